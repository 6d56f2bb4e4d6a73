"""`deploy/security/asvs.md` answers every number of levels 1 and 2, once, and what it names is there."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

ROOT: Final = Path(__file__).resolve().parents[1]
FOLDER: Final = ROOT / "deploy" / "security"
TEXT: Final = (FOLDER / "asvs.md").read_text(encoding="utf-8")
ANSWERS: Final = ("kept", "elsewhere", "not kept", "n/a")
# Levels 1 and 2 of version 4.0.3; numbers that it took out are left out.
NUMBERS: Final = """
1.1.1-7 1.2.1-4 1.4.1 1.4.4-5 1.5.1-4 1.6.1-4 1.7.1-2 1.8.1-2 1.9.1-2 1.10.1 1.11.1-2 1.12.2 1.14.1-6
2.1.1-12 2.2.1-3 2.3.1-3 2.4.1-5 2.5.1-7 2.6.1-3 2.7.1-6 2.8.1-7 2.9.1-3 2.10.1-4
3.1.1 3.2.1-4 3.3.1-4 3.4.1-5 3.5.1-3 3.7.1
4.1.1-3 4.1.5 4.2.1-2 4.3.1-3
5.1.1-5 5.2.1-8 5.3.1-10 5.4.1-3 5.5.1-4
6.1.1-3 6.2.1-6 6.3.1-2 6.4.1-2
7.1.1-4 7.2.1-2 7.3.1 7.3.3-4 7.4.1-3
8.1.1-4 8.2.1-3 8.3.1-8
9.1.1-3 9.2.1-4
10.2.1-2 10.3.1-3
11.1.1-8
12.1.1-3 12.2.1 12.3.1-6 12.4.1-2 12.5.1-2 12.6.1
13.1.1 13.1.3-5 13.2.1-3 13.2.5-6 13.3.1-2 13.4.1-2
14.1.1-4 14.2.1-6 14.3.2-3 14.4.1-7 14.5.1-4
"""


def each(told: str) -> Iterator[str]:
    """`2.1.2-4` and `2.1.2–2.1.4` are three numbers."""
    for one in re.split(r"[,\s]+", told.strip()):
        first, _, last = one.replace("–", "-").partition("-")
        section, _, start = first.rpartition(".")
        end = int(last.rpartition(".")[2]) if last else int(start)
        yield from (f"{section}.{number}" for number in range(int(start), end + 1))


def rows() -> list[tuple[str, str, str]]:
    found = re.findall(r"^\| (\d[\d.,– ]*) \| ([^|]+) \| (.*) \|$", TEXT, re.MULTILINE)
    assert len(found) > 100
    return found


def test_every_number_is_answered_once() -> None:
    answered = Counter(number for numbers, _, _ in rows() for number in each(numbers))
    wanted = set(each(NUMBERS))
    assert set(answered) == wanted, (wanted - set(answered), set(answered) - wanted)
    assert not [number for number, times in answered.items() if times > 1]


def test_every_answer_is_one_of_four_and_says_how_or_why() -> None:
    for numbers, answer, how in rows():
        assert answer in ANSWERS, numbers
        assert len(how) > 5, numbers


@pytest.mark.parametrize("page", sorted(FOLDER.glob("*.md")), ids=lambda page: page.stem)
def test_what_is_named_is_there(page: Path) -> None:
    for name in re.findall(r"`([\w@./-]+)`", page.read_text(encoding="utf-8")):
        if name.startswith(("bot/", "tests/", "deploy/", "nlu/", "catalog_data/", ".ci/", "requirements.")):
            assert (ROOT / name).exists(), name
