"""From an age, a range or a date of birth to full years: birthdays, 29 February, what nobody can be."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.eligibility.ages import read_ages, turns, years_between
from bot.eligibility.facts import read_facts
from bot.eligibility.vocabulary import OLDEST
from bot.errors import BadValue

TODAY = date(2026, 11, 21)
LEAP = date(1944, 2, 29)

# what was told, the youngest and oldest it leaves possible, whether it contradicts itself
TOLD: list[tuple[dict[str, Any], tuple[int, int] | None, bool]] = [
    ({}, None, False),
    ({"age": 0}, (0, 0), False),
    ({"age": 83}, (83, 83), False),
    ({"age": OLDEST}, (OLDEST, OLDEST), False),
    ({"age_range": [80, 89]}, (80, 89), False),
    ({"age_range": (80, 80)}, (80, 80), False),
    ({"birth_date": "1943"}, (82, 83), False),
    ({"birth_date": "1943-05"}, (83, 83), False),
    ({"birth_date": "1943-11"}, (82, 83), False),
    ({"birth_date": "1943-12"}, (82, 82), False),
    # The birthday itself counts, the day before it does not.
    ({"birth_date": "1943-11-21"}, (83, 83), False),
    ({"birth_date": "1943-11-22"}, (82, 82), False),
    ({"birth_date": "2026-11-21"}, (0, 0), False),
    ({"birth_date": "2026"}, (0, 0), False),
    # Two tellings keep what they have in common; without that, all between them.
    ({"age": 83, "birth_date": "1943"}, (83, 83), False),
    ({"age_range": [80, 89], "birth_date": "1943"}, (82, 83), False),
    ({"age": 84, "birth_date": "1943-05"}, (83, 84), True),
    ({"age": 83, "age_range": [60, 65]}, (60, 83), True),
]


@pytest.mark.parametrize(("told", "known", "conflict"), TOLD, ids=[str(one[0]) for one in TOLD])
def test_what_was_told_leaves_these_ages(
    told: dict[str, Any], known: tuple[int, int] | None, conflict: bool
) -> None:
    assert read_ages(told, TODAY) == (known, conflict)


# What nobody can be, with the fact that is named.
REFUSED = [
    *[("age", value) for value in (-1, OLDEST + 1, 83.0, "83", True, None, [83])],
    *[("age_range", value) for value in ([80], [80, 89, 90], [89, 80], ["80", "89"], [80, 131], 80, "80-89")],
    *[("age_range", value) for value in ([True, 80], {"0": 80, "1": 89}, None)],
    *[("birth_date", value) for value in ("1943-5", "43", "1943-13", "1943-00", "1943-02-30", "1943-05-00")],
    *[("birth_date", value) for value in ("1943/05/02", "1943-05-02 ", "", "0000", 1943, None, ["1943"])],
    # The future, and more than 130 years ago.
    *[("birth_date", value) for value in ("2027", "2026-12", "2026-11-22", "1895", "1895-11-21", "1043")],
    # 29 February in a year that has none.
    ("birth_date", "1943-02-29"),
]


@pytest.mark.parametrize(("fact", "value"), REFUSED, ids=[f"{fact} {value!r}" for fact, value in REFUSED])
def test_what_nobody_can_be_is_refused(fact: str, value: Any) -> None:
    with pytest.raises(BadValue) as refused:
        read_facts({fact: value}, TODAY)
    assert refused.value.field == f"facts.{fact}"


def test_the_oldest_possible_is_read() -> None:
    assert read_ages({"birth_date": "1895-11-22"}, TODAY).known == (OLDEST, OLDEST)


@pytest.mark.parametrize(
    ("today", "age"),
    [
        (date(2024, 2, 28), 79),
        (date(2024, 2, 29), 80),
        (date(2025, 2, 28), 80),
        (date(2025, 3, 1), 81),
    ],
)
def test_who_was_born_on_29_february_has_the_birthday_on_1_march(today: date, age: int) -> None:
    assert years_between(LEAP, today) == age
    assert read_ages({"birth_date": LEAP.isoformat()}, today).known == (age, age)


@pytest.mark.parametrize(
    ("birth_date", "age", "day"),
    [
        ("1944-02-29", 80, date(2024, 2, 29)),
        ("1944-02-29", 83, date(2027, 3, 1)),
        ("1947-05-02", 80, date(2027, 5, 2)),
        ("1947-05", 80, date(2027, 5, 1)),
        ("1947", 80, date(2027, 1, 1)),
    ],
)
def test_the_earliest_day_that_somebody_turns(birth_date: str, age: int, day: date) -> None:
    assert turns(birth_date, age) == day


births = st.dates(date(1900, 1, 1), date(2000, 12, 31)) | st.sampled_from([LEAP, date(1948, 2, 29)])


@given(births, st.integers(1, 110))
def test_on_the_birthday_and_not_a_day_before(birth: date, age: int) -> None:
    day = turns(birth.isoformat(), age)
    assert years_between(birth, day) == age
    assert years_between(birth, day - timedelta(days=1)) == age - 1


@given(births, st.dates(date(2001, 1, 1), date(2029, 12, 31)))
def test_the_less_exact_date_contains_the_more_exact(birth: date, today: date) -> None:
    (day, _), (month, _), (year, _) = (
        read_ages({"birth_date": birth.isoformat()[:length]}, today) for length in (10, 7, 4)
    )
    assert day is not None
    assert month is not None
    assert year is not None
    assert year[0] <= month[0] <= day[0] == day[1] <= month[1] <= year[1]
    assert year[1] - year[0] <= 1
