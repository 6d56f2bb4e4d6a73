"""More ways to break the catalog, each on a copy: what stands twice, what no program can read, what nobody asks for."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from bot.catalog.lined_yaml import read
from bot.web.desk.catalog_mends import problems_of
from tests.catalog_copy import findings, found_after

WOLONG = "lists/wolong-2024"
ALLOWANCE = f"{WOLONG}/05-elder-allowance.yaml"


def test_a_copied_folder_is_not_taken_for_a_new_list(copy: Path) -> None:
    shutil.copytree(copy / WOLONG, copy / "lists/wolong-2026")
    found = findings(copy)
    assert "lists/wolong-2026/document.yaml:1: wolong stands here twice" in found
    assert "lists/wolong-2024/document.yaml:1: wolong stands here twice" in found


def test_an_entry_too_long_for_a_message_is_named(copy: Path) -> None:
    path = copy / ALLOWANCE
    many = "\n".join(f"  - {{when: {{rural: true}}, reason: pilot, says: {'长' * 118}}}" for _ in range(25))
    text = path.read_text(encoding="utf-8").replace("at_most_maybe:\n", f"at_most_maybe:\n{many}\n")
    path.write_text(text, encoding="utf-8")
    assert "too long to be told in one message" in findings(copy)


def test_a_file_of_rows_that_is_none_is_named(copy: Path) -> None:
    (copy / "hotlines.yaml").write_text("number: 12345\n", encoding="utf-8")
    assert "hotlines.yaml:1: the file is a list" in findings(copy)


@pytest.mark.parametrize("file", [ALLOWANCE, "hotlines.yaml", "holidays.yaml"])
def test_a_day_that_there_is_not_was_no_day_of_checking(copy: Path, file: str) -> None:
    says = "verified_at: 2026-02-31 is no day of the calendar; write the day"
    written = re.search(r"verified_at: (20\S+?)(?=[,\s}])", (copy / file).read_text(encoding="utf-8"))
    assert written
    found_after(copy, file, written[0], "verified_at: 2026-02-31", says)
    (problem,) = [one for one in problems_of(findings(copy).splitlines()) if says in one.says]
    assert (problem.means, problem.mend) == ("日历上没有这一天", "写核对的那一天")


def test_all_that_is_wrong_is_said_at_once(copy: Path) -> None:
    for name in ("05-elder-allowance", "06-subsistence-allowance", "07-elder-care-subsidy"):
        path = copy / WOLONG / f"{name}.yaml"
        path.write_text(path.read_text(encoding="utf-8").replace("clause:", "claus:", 1), encoding="utf-8")
    found = findings(copy).splitlines()
    assert len([line for line in found if "clause is missing" in line]) == 3
    assert len([line for line in found if "claus is not known here" in line]) == 3


# what is written, what it is taken for
VALUES = [
    ("a: yes", {"a": "yes"}),
    ("a: on", {"a": "on"}),
    ("a: true", {"a": True}),
    ("a: 060", {"a": "060"}),
    ("a: 60", {"a": 60}),
    ("a: -1", {"a": -1}),
    ("a: 0.7", {"a": 0.7}),
    ("a: 1e3", {"a": "1e3"}),
    ("a: 2026-11-21", {"a": "2026-11-21"}),
    ("a: 9:30", {"a": "9:30"}),
    ("a: =", {"a": "="}),
    ("a: ~", {"a": None}),
    ("a:", {"a": None}),
    ("a: &x [1]\nb: *x", {"a": [1], "b": [1]}),
    ("", None),
]


@pytest.mark.parametrize(("written", "taken"), VALUES)
def test_nothing_is_taken_for_what_it_is_not(tmp_path: Path, written: str, taken: object) -> None:
    path = tmp_path / "x.yaml"
    path.write_text(written, encoding="utf-8")
    found = read(path, "x.yaml")
    assert found.problems == []
    assert found.data == taken


# what no editor means; each is named with its file
RUBBISH = [
    "a: !foo b", "a: !!python/object:os.system x", "a: !!int zz", "a: &x [*x]", "a: *nobody", "a: 1\n---\nb: 2",
    "? [a]\n: b", "? {a: 1}\n: b", "a: \x00", "a: '", "a: 1\na: 2", "1.5: a",
]  # fmt: skip


@pytest.mark.parametrize("written", RUBBISH)
def test_what_cannot_be_meant_is_named_not_crashed_on(tmp_path: Path, written: str) -> None:
    path = tmp_path / "x.yaml"
    path.write_text(written, encoding="utf-8")
    problems = read(path, "x.yaml").problems
    assert problems
    assert all(problem.startswith("x.yaml:") for problem in problems)
