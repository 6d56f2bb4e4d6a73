"""More ways to break the catalog, each on a copy: what stands twice, what no program can read, what nobody asks for."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from bot.catalog.lined_yaml import read
from bot.catalog.load import CATALOG_DATA, load_catalog
from bot.errors import CatalogError

WOLONG = "lists/wolong-2024"
ALLOWANCE = f"{WOLONG}/05-elder-allowance.yaml"
FIRST_STEP = "{when: {age: {between: [80, 89]}}, value: 50}"

# file, what stands there, what is written instead, what the finding must say
BREAKS = [
    ("an age as text", ALLOWANCE, "at_least: 80}}", 'at_least: "80"}}', "age is {at_least: 80}"),
    ("an age backwards", ALLOWANCE, "between: [80, 89]", "between: [89, 80]", "between: [80, 89]"),
    ("an age half as text", ALLOWANCE, "between: [80, 89]", 'between: [80, "89"]', "between: [80, 89]"),
    ("an age nobody reaches", ALLOWANCE, "who: {age: {at_least: 80}}", "who: {age: {at_least: 800}}", "at_least: 80"),
    ("tiers and a value", ALLOWANCE, "    tiers:", "    value: 1\n    tiers:", "either tiers, or a value"),
    ("an agency to ask first", ALLOWANCE, "clause:", "ask_first: 邮局\nclause:", "'邮局' is not one of"),
    ("an unknown fact in a doubt", ALLOWANCE, "hukou_local: false", "hukou_locale: false", "did you mean 'hukou_local'"),
    ("tiers in another order, with a gap", ALLOWANCE, FIRST_STEP, FIRST_STEP.replace("89", "85"), "gap from 86 to 89"),
    ("a line that is a list's", "hotlines.yaml", "- ", "x: \n- ", "hotlines.yaml:"),
    ("a hotline twice", "hotlines.yaml", '"12345"', '"12349"', "12349 stands here twice"),
    ("no such floor", "regions.yaml", "floor: nanyang", "floor: nanyan", "there is no list 'nanyan'"),
    ("a name for two places", "regions.yaml", "names: [宛城,", "names: [卧龙,", "'卧龙' names two places"),
    ("a list's place unknown", f"{WOLONG}/document.yaml", '"411303"', '"411399"', "411399 is not in regions.yaml"),
    ("two lists of one name", f"{WOLONG}/document.yaml", "list: wolong", "list: nanyang", "nanyang stands here twice"),
    ("a fact twice", "facts.yaml", "- fact: rural", "- fact: resident", "resident stands here twice"),
    ("a value without words", "facts.yaml", "low_income:", "low_incom:", "for 'low_income'"),
    ("a yes-or-no without words", "facts.yaml", "fails:", "failed:", "failed is not known here"),
    ("a yes-or-no with half its words", "facts.yaml", "  fails: 不住在村里\n", "", "rural needs the words holds and fails"),
    ("a question twice", "questions.yaml", "- id: age", "- id: household", "household stands here twice"),
    ("nobody asks for the place", "questions.yaml", "- id: region", "- id: place_of_living", "add a question 'region'"),
    ("a choice with a wrong value", "questions.yaml", "low_income: true", "low_incom: true", "did you mean 'low_income'"),
    ("a choice with a wrong level", "questions.yaml", "{level: 1}", "{level: 7}", "level is 1, 2, 3 or 4"),
    ("a choice that declines nothing", "questions.yaml", "declines: [disability_level]", "declines: [disabled]", "no question 'disabled'"),
    ("a question that cannot be put", "questions.yaml", "{who}住在", "{whom}住在", "only {who} may stand in braces"),
    ("a brace left open", "questions.yaml", "{who}住在", "{who住在", "only {who} may stand in braces"),
    ("a condition of a question", "questions.yaml", "only_when: {disability: held}", "only_when: {disability: yes}", "disability is held"),
    ("a shared name for nothing", "shared_names.yaml", "services: [", "services: [nothing, ", "services/nothing.yaml"),
]  # fmt: skip


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    root = tmp_path / "catalog_data"
    shutil.copytree(CATALOG_DATA, root)
    return root


def findings(root: Path) -> str:
    with pytest.raises(CatalogError) as refused:
        load_catalog(root)
    return refused.value.message


@pytest.mark.parametrize(
    ("file", "there", "instead", "says"), [b[1:] for b in BREAKS], ids=[b[0] for b in BREAKS]
)
def test_a_break_is_named_with_its_line(copy: Path, file: str, there: str, instead: str, says: str) -> None:
    path = copy / file
    text = path.read_text(encoding="utf-8")
    assert there in text, f"{file} has changed; mend this test"
    path.write_text(text.replace(there, instead, 1), encoding="utf-8")
    found = [line for line in findings(copy).splitlines() if says.lower() in line.lower()]
    assert found, findings(copy)
    name, line, _ = found[0].split(":", 2)
    assert name.startswith("catalog_data/")
    assert int(line) >= 1


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
