"""A broken catalog is refused with file, line and how to mend it: each way to break it, tried on a copy."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.catalog.load import load_catalog
from bot.errors import CatalogError
from tests.catalog_copy import findings, found_after

WOLONG = "lists/wolong-2024"
ALLOWANCE = f"{WOLONG}/05-elder-allowance.yaml"
FIRST_STEP = "{when: {age: {between: [80, 89]}}, value: 50}"

# file, what stands there, what is written instead, what the finding must say
BREAKS = [
    ("an unknown fact", ALLOWANCE, "who: {age: {at_least: 80}}", "who: {agee: {at_least: 80}}", "did you mean 'age'?"),
    ("an unknown service", ALLOWANCE, "service: elder-allowance", "service: no-such", "services/no-such.yaml"),
    ("a missing source", ALLOWANCE, "clause: 附件第5项\n", "", "clause is missing; add it"),
    ("overlapping tiers", ALLOWANCE, "between: [90, 99]", "between: [89, 99]", "the tiers overlap at 89"),
    ("tiers with a gap", ALLOWANCE, "between: [90, 99]", "between: [92, 99]", "gap from 90 to 91"),
    ("tiers that end", ALLOWANCE, "at_least: 100}}", "between: [100, 110]}}", "end before the oldest"),
    ("an unknown agency", ALLOWANCE, "agencies: [区民政局]", "agencies: [区民证局]", "'区民证局' is not in agencies.yaml"),
    ("a number without source", "hotlines.yaml", "source:", "sauce:", "source is missing; add it"),
    ("a repeated key", ALLOWANCE, "kind: material", "kind: material\nkind: care", "'kind' stands here twice"),
    ("a text too long", "services/elder-allowance.yaml", "what: ", "what: " + "很长" * 80, "too long for a message; at most"),
    ("an unknown key", ALLOWANCE, "kind: material", "kind: material\nkindd: care", "kindd is not known here"),
    ("an unknown kind", ALLOWANCE, "kind: material", "kind: money", "kind is not known; write one of"),
    ("an unknown status", f"{WOLONG}/06-subsistence-allowance.yaml", "low_income", "low_incom", "status has no 'low_incom'"),
    ("a missing audience", f"{WOLONG}/document.yaml", "audience:", "audiences:", "audience is missing"),
    ("no such list", "regions.yaml", "list: wolong", "list: wolongg", "there is no list 'wolongg'"),
    ("a region twice", "regions.yaml", '"411321"', '"411322"', "stands here twice"),
    ("no YAML", ALLOWANCE, "who: {", "who: {{", "this is not YAML"),
    ("an unquoted code", "regions.yaml", 'code: "411303"', "code: 411303", "must be text; put it in quotes"),
    ("an item the list has not", ALLOWANCE, "item: 5", "item: 55", "the list has no item 55"),
    ("an entry twice", ALLOWANCE, "item: 5", "item: 6", "is written twice"),
    ("an unknown either-or", f"{WOLONG}/document.yaml", "wolong-16b", "wolong-16c", "no entry 'wolong-16c'"),
    ("a question about nothing", "questions.yaml", "settles: [age]", "settles: [aeg]", "there is no fact 'aeg'"),
    ("a choice that says nothing known", "questions.yaml", "sets: {rural: true}", "sets: {rurall: true}", "'rurall'"),
    ("a fact without words", "facts.yaml", "- fact: rural", "- fact: rurall", "the fact 'rural' has no words"),
    ("a name twice", "services/meals.yaml", "everyday: [", "everyday: [高龄补贴, ", "already names elder-allowance"),
    ("a hotline nobody lists", "services/elder-allowance.yaml", '"12345"', '"12346"', "12346 is not in hotlines.yaml"),
    ("no such neighbour", "services/meals.yaml", "see_also: [", "see_also: [nothing, ", "services/nothing.yaml"),
    ("a tier that says nothing", ALLOWANCE, ", value: 50}", "}", "a tier needs a value"),
    ("a condition that is none", ALLOWANCE, "who: {age: {at_least: 80}}", "who: [age]", "dict"),
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


@pytest.mark.parametrize(
    ("file", "there", "instead", "says"), [b[1:] for b in BREAKS], ids=[b[0] for b in BREAKS]
)
def test_a_break_is_named_with_its_line(copy: Path, file: str, there: str, instead: str, says: str) -> None:
    found_after(copy, file, there, instead, says)


def test_a_missing_item_is_named(copy: Path) -> None:
    (copy / ALLOWANCE).unlink()
    assert "wolong-2024/document.yaml" in findings(copy)
    assert "item 5 of this list has no file" in findings(copy)


def test_the_line_is_the_line(copy: Path) -> None:
    path = copy / ALLOWANCE
    lines = path.read_text(encoding="utf-8").splitlines()
    number = next(i for i, line in enumerate(lines, start=1) if line.startswith("agencies:"))
    lines[number - 1] = "agencies: [没有这个局]"
    path.write_text("\n".join(lines), encoding="utf-8")
    assert f"05-elder-allowance.yaml:{number}: " in findings(copy)


@pytest.mark.parametrize("file", ["regions.yaml", "agencies.yaml", f"{WOLONG}/document.yaml"])
def test_a_missing_file_is_named(copy: Path, file: str) -> None:
    (copy / file).unlink()
    assert "missing" in findings(copy)


@pytest.mark.parametrize("content", [b"", b"\xff\xfe", b"- 1", b"just text", b"[", b"? [a]\n: b", b"\t- x"])
def test_rubbish_is_refused_not_crashed_on(copy: Path, content: bytes) -> None:
    (copy / ALLOWANCE).write_bytes(content)
    assert "05-elder-allowance.yaml:" in findings(copy)


def test_no_folder_at_all(tmp_path: Path) -> None:
    with pytest.raises(CatalogError):
        load_catalog(tmp_path / "nothing")


def test_every_entry_has_what_it_needs() -> None:
    catalog = load_catalog()
    assert {one.id: len({item.form.item for item in one.items}) for one in catalog.lists.values()} == {
        "nanyang": 20, "wolong": 30, "kaifeng": 23, "yanling": 25, "nangong": 10,
    }  # fmt: skip
    assert len(catalog.lists["nangong"].items) == 21
    for found in catalog.lists.values():
        for item in found.items:
            assert item.form.agencies
            assert item.form.clause
            assert item.id == item.rule.id
