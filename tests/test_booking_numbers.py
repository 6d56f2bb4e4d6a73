"""Numbers of calls: none comes twice, one slip is always seen, and no telephone or date is taken for one."""

from __future__ import annotations

import math
from itertools import product
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from stdnum import damm

from bot.booking import numbers
from bot.booking.numbers import looks_wrong, number, read, spoken

SAYINGS = yaml.safe_load((Path(__file__).parent / "booking" / "numbers.yaml").read_text(encoding="utf-8"))
# How many numbers there are of 7, 8, 9 and 10 digits.
SIZES = (80_000, 800_000, 8_000_000, 80_000_000)
COUNTERS = st.integers(0, sum(SIZES) - 1)
DIGITS = "0123456789"


@pytest.mark.parametrize("row", SAYINGS, ids=lambda row: str(row["says"])[:30])
def test_what_people_write(row: dict[str, Any]) -> None:
    assert read(str(row["says"])) == row.get("number")
    assert looks_wrong(str(row["says"])) is row.get("wrong", False)


def test_all_numbers_of_seven_digits_differ() -> None:
    assert len({number(counter) for counter in range(SIZES[0])}) == SIZES[0]


@pytest.mark.parametrize("size", SIZES)
def test_the_step_is_prime_to_every_size(size: int) -> None:
    """So that counter → counter * step is one to one, for all the numbers of a length."""
    assert math.gcd(numbers._STEP, size) == 1


@given(COUNTERS)
def test_a_number_leads_back_to_its_counter(counter: int) -> None:
    """A function with an inverse gives nothing twice; the first million among them."""
    told = number(counter)
    kind = len(told) - 7
    place = numbers._PAIRS.index(told[:2]) * 10 ** (kind + 4) + int(told[2:-1])
    back = (place - numbers._START) * pow(numbers._STEP, -1, SIZES[kind]) % SIZES[kind]
    assert back + sum(SIZES[:kind]) == counter


@given(st.integers(0, 999_998))
def test_neighbours_are_far_apart(counter: int) -> None:
    this, following = number(counter), number(counter + 1)
    assert this[:2] != following[:2] or abs(int(this) - int(following)) > 1_000


@pytest.mark.parametrize("edge", [0, 80_000, 880_000, 8_880_000])
def test_numbers_grow_when_they_run_out(edge: int) -> None:
    assert len(number(edge)) == len(number(edge + 1)) == 7 + [0, 80_000, 880_000, 8_880_000].index(edge)
    assert not edge or len(number(edge - 1)) == len(number(edge)) - 1


@pytest.mark.parametrize("counter", [-1, sum(SIZES)])
def test_there_are_no_other_counters(counter: int) -> None:
    with pytest.raises(ValueError, match=r"count|numbers"):
        number(counter)


def test_the_check_digit_sees_every_slip_at_any_length() -> None:
    """Damm's table, whole: from any state two digits differ, and two neighbours differ from their swap."""
    states = {damm.checksum(text): text for text in map("".join, product(DIGITS, repeat=2))}
    assert set(states) == set(range(10))
    for before in states.values():
        assert len({damm.checksum(before + digit) for digit in DIGITS}) == 10
        swapped = ((x + y, y + x) for x, y in product(DIGITS, repeat=2) if x != y)
        assert all(damm.checksum(before + one) != damm.checksum(before + other) for one, other in swapped)


@given(COUNTERS, st.data())
def test_one_wrong_digit_is_never_a_number(counter: int, data: st.DataObject) -> None:
    told = number(counter)
    at = data.draw(st.integers(0, len(told) - 1))
    digit = data.draw(st.sampled_from([d for d in DIGITS if d != told[at]]))
    wrong = told[:at] + digit + told[at + 1 :]
    assert read(wrong) is None
    assert looks_wrong(f"单号{wrong}") or not wrong.startswith("9")


@given(COUNTERS)
def test_swapped_neighbours_are_never_a_number(counter: int) -> None:
    told = number(counter)
    for at in range(len(told) - 1):
        swapped = told[:at] + told[at + 1] + told[at] + told[at + 2 :]
        assert swapped == told or read(swapped) is None


@given(COUNTERS)
def test_a_number_is_read_as_it_is_spoken(counter: int) -> None:
    told = number(counter)
    numerals = "".join("零幺二三四五六七八九"[int(digit)] for digit in told)
    for written in (told, spoken(told), spoken(told).replace(" ", "-"), numerals, f"我的单号{told}，谢谢"):
        assert read(written) == told
        assert not looks_wrong(written)


@given(st.from_regex(r"1[3-9][0-9]{9}|0[1-9][0-9]{1,2}-?[2-8][0-9]{6,7}|[2-8][0-9]{6,7}", fullmatch=True))
def test_no_telephone_is_a_number(phone: str) -> None:
    assert read(phone) is None
    assert read(f"电话{phone}。") is None
    assert not looks_wrong(phone)


@given(st.dates(), st.sampled_from(["%Y%m%d", "%Y-%m-%d", "%Y.%m.%d", "%Y/%m/%d", "%Y年%m月%d日"]))
def test_no_date_is_a_number(day: Any, form: str) -> None:
    if 1900 <= day.year < 2100:
        assert read(day.strftime(form)) is None
        assert not looks_wrong(day.strftime(form))


@given(st.text(alphabet="9418幺九 -年.，号13577x", max_size=60))
def test_what_is_read_is_valid_and_never_also_wrong(text: str) -> None:
    found = read(text)
    assert found is None or (damm.is_valid(found) and found.startswith("9") and not looks_wrong(text))


def test_a_very_long_text_is_read() -> None:
    assert read("9 " * 5_000 + "，单号9417735") == "9417735"
    assert read("1" * 10_000) is None
