"""The line of a roster is letter for letter what the contract's function says, whatever stands in the line before."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import date
from io import BufferedReader, BytesIO
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot import contract
from bot.catalog.age_steps import age_steps
from bot.catalog.load import load_catalog
from bot.eligibility.facts import read_facts
from bot.eligibility.vocabulary import ATOMS, BOOLEANS, CHOICES, FACTS, FLAG_SETS
from bot.errors import BotError
from bot.roster import Births, Roster, batches
from bot.strict_json import part, strict_object
from tests.bench.population import elders

ROOT = Path(__file__).resolve().parents[1]
CATALOG = load_catalog()
TODAY = date(2026, 11, 21)
# One for all tests: what it keeps of one line must not show in another.
ROSTER = Roster(CATALOG, TODAY)
PLACES = (
    "411303",
    "卧龙区",
    "411300",
    "410200",
    "411024",
    "130581",
    "南召县",
    "郑州",
    "河南省南阳市卧龙区七里园乡",
)

ONE = [
    '{"id": "a", "facts": {"age": 83, "region": "411303"}}',
    '{"id": "a", "facts": {"age": 83, "region": "411303"}, "facts": {}}',
    '{"id": "a", "id": "b", "facts": {"age": 83, "region": "411303"}}',
    '{"id": "a", "facts": {"age": 83, "age": 84}}',
    '{"id": "a", "facts": {"age": NaN}}',
    '{"id": "a", "facts": {"care_months": 1e999}}',
    '{"id": "a", "facts": {"care_months": -0.0, "region": "411303"}}',
    '{"id": "a", "facts": {"care_months": 0, "region": "411303"}}',
    '{"id": "a", "facts": {"age": ' + "9" * 5000 + "}}",
    '{"id": "a", "facts": ' + '{"a":' * 30 + "1" + "}" * 30 + "}",
    '{"id": "a", "facts": ' + "[" * 100_000,
    '{"id": "[[[[{{{{[[[[{{{{[[[[{{{{", "facts": {"age": 83}}',
    '{"id": "\\ud800", "facts": {}}',
    '{"id": "\\uDBFF", "facts": {}}',
    '{"id": "\\ud83d\\ude00\\u5367", "facts": {"region": "\\u5367\\u9f99\\u533a"}}',
    '{"id": "a", "facts": {"region": "\\uD800"}}',
    '{"id": "quote \\" in it", "facts": {"age": 83}}',
    '{"id": "王大妈", "facts": {"age": 83}}',
    '{"id": "\x7f", "facts": {"age": 83}}',
    '{"id": "\t", "facts": {"age": 83}}',
    '{"id": "a"x, "facts": {"age": 83}}',
    '{"id": "a", "facts": {"age": 83}} and more',
    '{"id": "a", "facts": {"age": 83}',
    '{"id": 7, "facts": {"age": 83}}',
    '{"id": null, "facts": {"age": 83}}',
    '{"id": "a", "facts": [1]}',
    '{"id": "a"}',
    '{"id": "a", "facts": {"age": 83}, "more": {"is": ["ignored"]}}',
    '{"id": "", "facts": {}}',
    '{"id":"a","facts":{"age":83}}',
    '{"id":  "a" , "facts":{"age":83}} \t',
    '{"facts": {"age": 83}, "id": "a"}',
    '{"facts": {"age": 83}}',
    '\ufeff{"id": "a", "facts": {"age": 83}}',
    '\ufeff\ufeff{"id": "a", "facts": {"age": 83}}',
    '{"id": "a", "facts": {"agee": 83}}',
    '{"id": "a", "facts": {"age": true}}',
    '{"id": "a", "facts": {"rural": 1}}',
    '{"id": "a", "facts": {"birth_date": "1943-05-02", "age": 60, "region": "411303"}}',
    '{"id": "a", "facts": {"birth_date": "2043"}}',
    "[]", "7", "null", "{", "{}", '"', "\\", "{\r", "\r{",
]  # fmt: skip


def expected(line: bytes) -> str:
    """As it is told without any memory: the contract's function, the plain encoder."""
    try:
        body = strict_object(line)
        facts, id_ = part(body, "facts", dict), part(body, "id", str, "")
        told = contract.screen(facts, id_, CATALOG, TODAY)
    except BotError as error:
        told = error.as_json()
    return json.dumps(told, ensure_ascii=False)


def same(line: bytes, roster: Roster = ROSTER) -> None:
    answer = expected(line) + "\n"
    assert [roster.answers([line]).decode() for _ in range(2)] == [answer, answer]


def told(chance: random.Random) -> Iterator[dict[str, Any]]:
    """Elders of every place of whom more or less is known, some by their date of birth."""
    for place in PLACES:
        for elder in elders(40, place, seed=len(place)):
            yield elder
            some = {fact: value for fact, value in elder.items() if chance.random() < 0.5}
            yield {"birth_date": f"{2026 - elder['age']}-0{chance.randint(1, 9)}", **some, "region": place}


@pytest.mark.parametrize("line", ONE, ids=[ascii(one)[:60] for one in ONE])
@pytest.mark.parametrize("end", ["\n", "\r\n", ""], ids=["lf", "crlf", "nothing"])
def test_a_line_is_answered_as_the_contract_says(line: str, end: str) -> None:
    same((line + end).encode())


def test_bytes_that_are_no_text_are_an_error_in_their_place() -> None:
    for line in (
        b'{"id": "\xff", "facts": {}}',
        b'{"id": "a", "facts": {"region": "\xff"}}',
        b"\xff",
        b"\x00",
    ):
        same(line)


def test_a_whole_population_is_told_as_the_contract_says() -> None:
    for number, facts in enumerate(told(random.Random(5))):  # noqa: S311 - a population, not a secret
        same(json.dumps({"id": f"e{number}", "facts": facts}, ensure_ascii=number % 3 == 0).encode())


@pytest.mark.parametrize("place", PLACES[:1] + PLACES[2:6])
def test_no_age_is_taken_for_another(place: str) -> None:
    edges = sorted(
        {age for step in age_steps(CATALOG) for age in (step - 1, step, step + 1) if 0 <= age <= 130}
    )
    ranges = [[low, high] for low in edges for high in edges if low <= high]
    rest = {"region": place, "status": ["low_income"], "care": "dependent", "disability": {"level": 2}}
    told = [*({"age": age} for age in range(131)), *({"age_range": ages} for ages in ranges)]
    for ages in told:
        same(json.dumps({"id": "x", "facts": rest | ages}).encode())


_BIRTHS = (
    "1943-11-20", "1943-11-21", "1943-11-22", "1943-10", "1943-11", "1943-12", "1943", "1944", "1943-02-29", "1944-02-29",
    "1943-13", "1943-00-01", "2026-11-21", "2026-11-22", "2027", "1896-11-21", "1895-11-22", "1895-11-21", "0000", "83", "",
)  # fmt: skip


@pytest.mark.parametrize(
    "line",
    [
        '{"id": "a", "facts": {"region": "411303", "birth_date": "%s"}}',
        '{"id": "a", "facts": {"region": "411303", "birth_date":"%s", "age": 83}}',
        '{"id": "a", "facts": {"region": "411303", "birth_date": "%s", "age_range": [80, 82]}}',
        '{"id": "a", "facts": {"birth_date": "%s"}, "more": {"birth_date": "1944-11-20"}}',
        '{"id": "a", "facts": {"birth_date": "1944-11-20"}, "more": {"birth_date": "%s"}}',
        '{"id": "a", "facts": {"birth_date": "1944-11-20", "birth_date": "%s"}}',
        '{"id": "a", "facts": {"birth\\u005fdate": "1944-11-20"}, "more": {"birth_date": "%s"}}',
        '{"id": "a", "facts": {"age": 83}, "more\\"birth_date": "%s"}',
        '{"id": "a", "facts": {"living": {"birth_date": "%s"}}}',
        '{"id": "a", "facts": {"age": 83}, "more"birth_date": "%s"}',
        '{"birth_date": "%s", "id": "a", "facts": {"birth_date": "1944-11-20"}}',
    ],
)
def test_no_date_of_birth_is_taken_for_another(line: str) -> None:
    for birth in _BIRTHS:
        same((line % birth).encode())


def test_who_are_as_old_are_looked_up_alike() -> None:
    births = Births(TODAY)
    told = [births.alike(b'"birth_date": "%s"}' % birth.encode()) for birth in _BIRTHS[:10]]
    first = {told.index(one) for one in told}
    # 83, 82, one of the two, 81 or 82, and no day at all.
    assert [_BIRTHS[at] for at in sorted(first)] == [
        "1943-11-20",
        "1943-11-22",
        "1943-11",
        "1944",
        "1943-02-29",
    ]


def _values() -> dict[str, st.SearchStrategy[Any]]:
    flags = {
        fact: st.lists(st.sampled_from(names), max_size=3)
        | st.dictionaries(st.sampled_from(names), st.booleans(), max_size=3)
        for fact, names in FLAG_SETS.items()
    }
    ends = st.tuples(st.integers(50, 90), st.integers(0, 20)).map(lambda two: [two[0], sum(two)])
    levels = st.fixed_dictionaries({}, optional={"level": st.integers(1, 5), "kind": st.just("mental")})
    return {
        "region": st.sampled_from(PLACES) | st.text(max_size=5),
        "age": st.integers(50, 131) | st.booleans(),
        "age_range": ends,
        "birth_date": st.dates(date(1915, 1, 1), date(1975, 1, 1)).map(str) | st.just("1943"),
        "care_months": st.sampled_from([0, -0.0, 0.0, 5, 6, 6.0, 6.5, 1e9]),
        "disability": st.none() | levels,
        **flags,
        **{fact: st.sampled_from(values) for fact, values in CHOICES.items()},
        **dict.fromkeys(BOOLEANS, st.booleans()),
    }


FACTS_TOLD = st.fixed_dictionaries({}, optional=_values())


@settings(max_examples=100, deadline=None)
@given(FACTS_TOLD, st.text(max_size=6), st.booleans(), st.sampled_from([(", ", ": "), (",", ":")]))
def test_whatever_is_told(facts: dict[str, Any], id_: str, escaped: bool, between: tuple[str, str]) -> None:
    line = json.dumps({"id": id_, "facts": facts}, ensure_ascii=escaped, separators=between)
    same(line.encode("utf-8", "surrogatepass"))


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(ONE[:30]), st.binary(max_size=3), st.integers(0, 80), st.integers(0, 3))
def test_whatever_is_put_into_a_line(line: str, put: bytes, at: int, instead: int) -> None:
    whole = line[:400].encode()
    same(whole[:at] + put.replace(b"\n", b"") + whole[at + instead :] or b"x")


@settings(max_examples=100, deadline=None)
@given(FACTS_TOLD)
def test_nothing_known_stays_out_of_what_it_is_looked_up_by(facts: dict[str, Any]) -> None:
    try:
        known = read_facts(facts, TODAY).known
    except BotError:
        return
    assert known.keys() <= {*ATOMS, "birth_date"}
    assert {one.partition(".")[0] for one in ATOMS} | {"region", "age_range", "birth_date"} == set(FACTS)


def test_memory_that_is_full_begins_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.roster._MOST", 3)
    monkeypatch.setattr("bot.contract_text._MOST", 2)
    monkeypatch.setattr("bot.eligibility.told._MOST", 40)
    roster = Roster(CATALOG, TODAY)
    for facts in elders(12, "411303") * 2:
        same(json.dumps({"id": "e", "facts": facts}).encode(), roster)


def test_lines_are_cut_where_a_file_cuts_them() -> None:
    chance = random.Random(3)  # noqa: S311 - lines, not a secret
    for _ in range(200):
        text = b"".join(
            chance.choice([b"a", b"\r", b"\n", b" ", b"\x0b"]) for _ in range(chance.randint(0, 40))
        )
        got = [line for batch in batches(BufferedReader(_Dripping(text, chance)), 3) for line in batch]
        assert got == list(BytesIO(text))


class _Dripping(BytesIO):
    """Gives what it has a few bytes at a time, as a pipe may."""

    def __init__(self, text: bytes, chance: random.Random) -> None:
        super().__init__(text)
        self._chance = chance

    def readinto(self, buffer: Any) -> int:
        few = self.read(self._chance.randint(1, 4))
        buffer[: len(few)] = few
        return len(few)


class Screen:
    """`bot screen` as a program that is talked with."""

    def __enter__(self) -> Screen:
        self.child = subprocess.Popen(
            [sys.executable, "-m", "bot", "screen", "--jsonl", "--as-of", f"{TODAY}T09:00:00+08:00"],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={"PATH": os.environ["PATH"]},
        )
        assert self.child.stdin
        assert self.child.stdout
        self.told, self.answered = self.child.stdin, self.child.stdout
        return self

    def tell(self, text: bytes) -> None:
        self.told.write(text)
        self.told.flush()

    def __exit__(self, *_: object) -> None:
        self.told.close()
        self.answered.close()
        self.child.wait(30)


def test_who_waits_for_an_answer_gets_it_before_the_next_line() -> None:
    lines = [
        f'{{"id": "{n}", "facts": {{"age": {80 + n}, "region": "411303"}}}}\n'.encode() for n in range(3)
    ]
    with Screen() as screen:
        for line in lines:
            screen.tell(line)
            assert screen.answered.readline().decode() == expected(line) + "\n"
        screen.tell(lines[0] + lines[1][:20])
        assert screen.answered.readline().decode() == expected(lines[0]) + "\n"
        screen.tell(lines[1][20:] + b"{")
        assert screen.answered.readline().decode() == expected(lines[1]) + "\n"
        screen.told.close()
        assert json.loads(screen.answered.readline())["error"]["code"] == "bad_json"
        assert screen.child.wait(30) == 1


def test_a_roster_through_a_pipe_is_told_in_its_order() -> None:
    lines = [
        json.dumps({"id": f"e{n}", "facts": facts}).encode() + b"\n"
        for n, facts in enumerate(elders(700, "411303"))
    ]
    lines[5:5] = [b"\n", b"  \r\n"]
    with Screen() as screen:
        telling = threading.Thread(target=lambda: (screen.told.write(b"".join(lines)), screen.told.close()))
        telling.start()
        got = screen.answered.read().decode().splitlines()
        telling.join()
        assert screen.child.wait(30) == 0
    assert got == [expected(line) for line in lines if line.strip()]
