"""Whose answer changes: the panel of elders, the comparison, the command, the patch, and what has grown old."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from bot.catalog.compare import compare, uncovered
from bot.catalog.files import read_files
from bot.catalog.freshness import Stale, stale
from bot.catalog.load import CATALOG_DATA, load_catalog
from bot.commands.catalog import catalog_cli
from bot.eligibility.vocabulary import BOOLEANS, CHOICES, DISABILITY_KINDS, FLAG_SETS
from bot.errors import CatalogError, Refused
from bot.web.desk.catalog_compared import compared
from bot.web.desk.catalog_files import on_disk, paths_of
from bot.web.desk.catalog_mends import problems_of
from bot.web.desk.catalog_proposal import Bench, Judged, as_written, patch_of
from bot.web.desk.catalog_view import looks
from bot.web.desk.catalog_words import lines, words
from bot.web.desk.catalog_words import told as told_words
from tests.catalog_copy import found_after

TODAY = date(2026, 11, 21)
ALLOWANCE = "lists/wolong-2024/05-elder-allowance.yaml"
OLD = load_catalog()
PANEL = [one.facts for one in OLD.panel]


def write(root: Path, file: str, there: str, instead: str) -> None:
    path = root / file
    text = path.read_text(encoding="utf-8")
    assert there in text, f"{file} has changed; mend this test"
    path.write_text(text.replace(there, instead, 1), encoding="utf-8")


def changed(root: Path) -> dict[str, dict[str, tuple[str, str]]]:
    """Elder → "entry aspect" → before and after; of the whole answer only "aspect"."""
    told: dict[str, dict[str, tuple[str, str]]] = {}
    new = load_catalog(root)
    for one in told_words(compare(OLD, new), len(PANEL), new)["changed"]:
        seen = told.setdefault(one["elder"], {})
        for aspect in one["answer"]:
            seen[aspect["aspect"]] = (aspect["before"], aspect["after"])
        for entry in one["entries"]:
            for aspect in entry["aspects"]:
                seen[f"{entry['id']} {aspect['aspect']}"] = (aspect["before"], aspect["after"])
    return told


# ── the panel ──


def test_every_entry_of_every_list_is_for_somebody_of_the_panel() -> None:
    assert [item.id for item in uncovered(OLD)] == []


def told_values() -> Iterator[str]:
    for facts in PANEL:
        for fact, value in facts.items():
            if fact == "disability" and value:
                yield from (f"disability {key} {one}" for key, one in value.items())
            elif isinstance(value, list) and fact in FLAG_SETS:
                yield from (f"{fact} {one}" for one in value)
            else:
                yield f"{fact} {value}"


def wanted_values() -> Iterator[str]:
    presumed = {"place home", "resident True", "hukou_local True"}
    for fact, values in (*FLAG_SETS.items(), *CHOICES.items()):
        yield from (one for value in values if (one := f"{fact} {value}") not in presumed)
    yield from (f"{fact} {fact not in ('resident', 'hukou_local')}" for fact in BOOLEANS)
    yield from (f"disability level {level}" for level in (1, 2, 3, 4))
    yield from (f"disability kind {kind}" for kind in DISABILITY_KINDS)
    yield from (f"age {age}" for age in (59, 60, 64, 65, 79, 80, 89, 90, 99, 100))


def test_the_panel_knows_every_kind_of_elder() -> None:
    assert sorted(set(wanted_values()) - set(told_values())) == []


def test_the_panel_knows_ages_by_the_old_count_and_elders_of_whom_little_is_known() -> None:
    assert {tuple(facts["age_range"]) for facts in PANEL if "age_range" in facts} >= {
        (78, 79),
        (88, 89),
        (98, 99),
    }
    assert any(set(facts) == {"region"} for facts in PANEL)
    assert any(set(facts) == {"region", "age"} for facts in PANEL)


@pytest.mark.parametrize(
    ("there", "instead", "says"),
    [
        ("age: 83}", "agee: 83}", "did you mean 'age'"),
        ("age: 83}", 'birth_date: "1943"}', "grows older"),
        ('{region: "411303"}', '{region: "999999"}', "a place with a list"),
        ('{region: "411303"}', "{age: 80}", "a place with a list"),
        ("只知道83岁", "只知道住在卧龙区", "stands here twice"),
        (
            "- name: 卧龙，只知道83岁\n",
            "- names: 卧龙，只知道83岁\n",
            "names is not known here; write one of name, facts",
        ),
        ("age: 83}", "age: 1000}", "an age is a whole number"),
    ],
)
def test_a_wrong_elder_is_told_with_the_line(copy: Path, there: str, instead: str, says: str) -> None:
    found_after(copy, "panel/wolong.yaml", there, instead, says)


def test_an_older_catalog_without_a_panel_can_be_compared(copy: Path) -> None:
    for path in (copy / "panel").glob("*.yaml"):
        path.unlink()
    assert compared(copy, CATALOG_DATA) == {"panel": len(PANEL), "changed": []}


# ── whose answer changes ──


def test_nobodys_answer_changes_where_nothing_does(copy: Path) -> None:
    assert compared(CATALOG_DATA, copy) == {"panel": len(PANEL), "changed": []}


def test_an_amount_changes_the_entry_and_the_sum_of_those_whom_it_is_for(copy: Path) -> None:
    write(copy, ALLOWANCE, "value: 50}", "value: 70}")
    told = changed(copy)
    assert told["卧龙，只知道83岁"] == {
        "month_min": ("50元", "70元"),
        "wolong-05 amount": ("每月不低于50元", "每月不低于70元"),
    }
    assert told["卧龙，只知道住在卧龙区"] == {"wolong-05 amount": ("每月不低于50元", "每月不低于70元")}
    assert not [name for name in told if not name.startswith("卧龙")]
    assert "卧龙，99岁，支出型困难，三级智力残疾" not in told


def test_a_condition_changes_the_verdict(copy: Path) -> None:
    write(copy, ALLOWANCE, "who: {age: {at_least: 80}}", "who: {age: {at_least: 85}}")
    told = changed(copy)["卧龙，只知道83岁"]
    assert told["wolong-05 verdict"] == ("可以享受", "不能享受")
    assert told["wolong-05 amount"] == ("每月不低于50元", "（没有）")
    assert told["month_min"] == ("50元", "0元")


def test_an_entry_taken_away_is_told_to_those_who_had_it_only(copy: Path) -> None:
    (copy / "lists/kaifeng-2024/20-vagrant-relief.yaml").unlink()
    write(copy, "lists/kaifeng-2024/document.yaml", " 20,", "")
    told = changed(copy)
    assert told["开封，66岁，流浪乞讨"]["kaifeng-20 verdict"] == ("可以享受", "没有这一项")
    # To whom it was "no" it is nothing new.
    assert "开封，59岁，领职工养老金" not in told


def test_agencies_words_and_standing_change_too(copy: Path) -> None:
    write(copy, ALLOWANCE, "agencies: [区民政局]", "agencies: [区民政局, 区财政局]")
    write(
        copy,
        ALLOWANCE,
        "reason: outside_rule, says: 清单没写户口条件",
        "reason: outside_rule, says: 没写户口条件",
    )
    write(copy, "services/meals.yaml", "助餐点这些", "助餐点")
    write(copy, "lists/yanling-2024-draft/document.yaml", "status: draft", "status: in_force")
    told = changed(copy)
    assert told["卧龙，只知道83岁"]["wolong-05 agencies"] == ("区民政局", "区民政局、区财政局")
    assert "wolong-05 doubt" in told["卧龙，90岁，外地户口，独居"]
    assert any(aspect.endswith(" what") for aspect in told["卧龙，只知道83岁"])
    assert told["鄢陵，74岁，流浪乞讨"]["status"] == ("征求意见稿", "已印发")


def test_a_place_that_loses_its_list_is_told(copy: Path) -> None:
    for file in ("panel/yanling.yaml", "areas/xuchang.yaml"):
        (copy / file).unlink()
    write(copy, "regions.yaml", "list: yanling, names", "names")
    told = changed(copy)
    assert {name[:2] for name in told} == {"鄢陵"}
    gone = told["鄢陵，100岁，身体好，不知道有没有残疾证"]
    assert gone["month_min"] == ("300元", "没有合计")
    assert gone["document"][1] == "（没有）"
    assert gone["yanling-05 verdict"] == ("可以享受", "没有这一项")


def test_an_elder_whom_only_the_extension_covers_is_told_so(copy: Path) -> None:
    write(
        copy,
        "lists/wolong-2024/07-elder-care-subsidy.yaml",
        "may_extend_to: {status: [low_income_margin, ",
        "may_extend_to: {status: [",
    )
    write(
        copy,
        "lists/wolong-2024/07-elder-care-subsidy.yaml",
        "    - {status: low_income}\n",
        "    - {status: [low_income, expenditure_poverty]}\n",
    )
    told = changed(copy)["卧龙，99岁，支出型困难，三级智力残疾"]
    assert told["wolong-07 verdict"] == ("可能享受", "可以享受")
    assert told["wolong-07 doubt"][1] == "（没有）"


def test_what_only_programs_see_is_told_as_such(copy: Path) -> None:
    write(copy, ALLOWANCE, "reason: outside_rule", "reason: reading")
    assert changed(copy) == {"卧龙，90岁，外地户口，独居": {"wolong-05 code": ("变了", "说给老人的话没有变")}}


def test_two_that_exclude_each_other_change_the_sum(copy: Path) -> None:
    write(copy, "lists/wolong-2024/12-nursing-subsidy.yaml", "value: 60", "value: 90")
    told = changed(copy)["卧龙，83岁，低保，失能已认定，二级残疾，要长期照护"]
    assert told["either_or"] == ("领重度残疾人护理补贴，不领护理补贴", "领护理补贴，不领重度残疾人护理补贴")
    assert "month_min" in told


# ── the command ──


def run(*arguments: str | Path) -> Any:
    return CliRunner().invoke(catalog_cli, ["diff", *map(str, arguments)])


def test_the_command_tells_each_elder_as_text_and_as_json(copy: Path) -> None:
    write(copy, ALLOWANCE, "value: 50}", "value: 70}")
    told = run(CATALOG_DATA, copy)
    assert told.exit_code == 0
    assert "卧龙，只知道83岁\n  每月合计至少：50元 → 70元\n  高龄津贴（wolong-05）\n" in told.stdout
    assert f"5 of {len(PANEL)} elders" in told.stdout
    as_json = json.loads(run(CATALOG_DATA, copy, "--json").stdout)
    assert (as_json["panel"], len(as_json["changed"])) == (len(PANEL), 5)
    assert "\n".join(lines(as_json)) in told.stdout


def test_the_command_ends_with_1_where_a_folder_is_broken(copy: Path) -> None:
    write(copy, ALLOWANCE, "who: {age:", "who: {agee:")
    finding = f"catalog_data/{ALLOWANCE}:5: nobody asks for 'agee'; did you mean 'age'?"
    program = [sys.executable, "-m", "bot", "catalog", "diff"]
    ended = subprocess.run(
        [*program, CATALOG_DATA, copy], cwd=CATALOG_DATA.parent, capture_output=True, text=True, check=False
    )
    assert (ended.returncode, ended.stdout, ended.stderr) == (1, "", finding + "\n")
    with pytest.raises(CatalogError, match=r"^OLD: catalog_data/lists"):
        compared(copy, CATALOG_DATA)


# ── the patch ──


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("a: 1\nb: 2\n", "a: 1\nb: 3\n"),
        ("a: 1", "a: 2\n"),
        ("a: 1\n", ""),
        ("甲: 一\u2028二\n" + "c: 1\n" * 20, "甲: 一\u2028二\n" + "c: 1\n" * 19 + "c: 2\n"),
        ("a: 1\x0bb\nc: 2\n", "a: 1\x0bb\nc: 3\n"),
    ],
    ids=["a line", "no newline at the end", "all taken out", "a line separator", "a vertical tab"],
)
def test_git_applies_the_patch(tmp_path: Path, before: str, after: str) -> None:
    file = tmp_path / "catalog_data" / "x.yaml"
    file.parent.mkdir()
    file.write_text(before, encoding="utf-8", newline="")
    patch = patch_of("catalog_data/x.yaml", before, after)
    subprocess.run(
        ["git", "apply", "--whitespace=nowarn", "-"], cwd=tmp_path, input=patch.encode(), check=True
    )
    assert (file.read_bytes().decode() if file.exists() else "") == after


def test_what_a_browser_posts_is_written_as_files_are() -> None:
    assert as_written("a: 1\r\nb: 2") == "a: 1\nb: 2\n"
    assert as_written("") == ""
    assert patch_of("x", "a\n", "a\n") == ""


# ── the bench ──


async def test_one_at_a_time_for_each_editor() -> None:
    bench, path = Bench(CATALOG_DATA), CATALOG_DATA / ALLOWANCE
    text = path.read_text(encoding="utf-8").replace("value: 50}", "value: 70}")
    first = asyncio.create_task(bench.judged("s-1", path, text))
    await asyncio.sleep(0)
    with pytest.raises(Refused):
        await bench.judged("s-1", path, text)
    found = await first
    assert found.comparison is not None
    assert len(found.comparison["changed"]) == 5
    assert path.read_text(encoding="utf-8") != text, "nothing of ours is changed"


@pytest.mark.parametrize("kind", ["references", "depth"])
async def test_what_no_parser_ends_is_ended(kind: str) -> None:
    letters = "abcdefghijk"
    grows = "".join(f"{one}: &{one} [{','.join(['*' + last] * 10)}]\n" for last, one in pairwise(letters))
    text = "a: &a [x]\n" + grows if kind == "references" else "a: " + "[" * 100_000
    found = await Bench(CATALOG_DATA).judged("s-1", CATALOG_DATA / ALLOWANCE, text)
    assert found.comparison is None


async def test_what_takes_too_long_is_ended() -> None:
    path = CATALOG_DATA / ALLOWANCE
    found = await Bench(CATALOG_DATA, patience_s=0.01).judged("s-1", path, path.read_text(encoding="utf-8"))
    assert found == Judged()


# ── findings for people ──


@pytest.mark.parametrize(
    ("says", "means"),
    [
        ("x.yaml:5: nobody asks for 'agee'; did you mean 'age'?", "条件里的词写错了"),
        ("x.yaml:5: the tiers overlap at 80; let one end at 79", "两档都有90岁"),
        ("x.yaml:5: item 12 of this list has no file; write it", "清单有第3项，没写文件"),
        ("x.yaml:5: clause is missing; add it", "少写一格（这里是来源）"),
        ("x.yaml:1: this is not YAML (mapping values); mind the spaces at the start", "格式乱了"),
        ("x.yaml:1: something of tomorrow", ""),
        ("no line at all", ""),
    ],
)
def test_a_finding_gets_its_row_of_the_table(says: str, means: str) -> None:
    (found,) = problems_of([says])
    assert found.means == means
    assert bool(found.mend) == bool(means)


# ── what has grown old ──


def kinds(root: Path, today: date) -> list[Stale]:
    return stale(read_files(root), today)


def test_drafts_plans_and_old_documents_are_told_with_their_line() -> None:
    found = {(one.file.split("/")[2], one.kind): one.line for one in kinds(CATALOG_DATA, TODAY)[:7]}
    assert found[("yanling-2024-draft", "draft")] == 6
    assert found[("nangong-2023-plan", "plan")] == 6
    assert found[("nanyang-2023", "old_document")] == 2


def test_what_nobody_verified_for_a_year_is_told() -> None:
    new = {one.kind for one in kinds(CATALOG_DATA, TODAY)}
    old = {one.kind for one in kinds(CATALOG_DATA, date(2027, 11, 23))}
    assert not new & {"item_verified", "hotline_verified", "holidays_over"}
    assert old >= {"item_verified", "hotline_verified", "hotline_unverified", "holidays_over"}


def test_a_year_gone_by_and_a_day_to_come_are_told(copy: Path) -> None:
    write(copy, ALLOWANCE, "says: 清单没写户口条件", "says: 2025年底前没写户口条件")
    write(copy, "lists/wolong-2024/04-ability-assessment.yaml", "verified_at: 2026", "verified_at: 2027")
    found = {one.kind: one for one in kinds(copy, TODAY) if one.kind in ("year_over", "verified_later")}
    assert found["year_over"].values == {"name": "高龄津贴", "words": "2025年底前没写户口条件"}
    assert found["verified_later"].file.endswith("04-ability-assessment.yaml")


def test_every_kind_has_its_words() -> None:
    assert all(set(told) == {"what", "mend"} for told in words()["stale"].values())


def test_what_is_broken_on_the_disk_is_told_first(copy: Path) -> None:
    write(copy, ALLOWANCE, "who: {age:", "who: {agee:")
    found = looks(on_disk(copy, TODAY))
    assert (found[0].kind, found[0].line, found[0].file) == (
        "broken",
        5,
        "lists.wolong-2024.05-elder-allowance",
    )
    assert found[0].mend == "照词表改"
    assert found[1].kind == "old"


def test_an_entry_for_nobody_of_the_panel_is_told(copy: Path) -> None:
    (copy / "panel/nangong.yaml").write_text("[]\n", encoding="utf-8")
    found = [one for one in on_disk(copy, TODAY).old if one.kind == "uncovered"]
    assert {one.file.split("/")[2] for one in found} == {"nangong-2023-plan"}


def test_files_are_named_by_the_list_of_them_only(copy: Path, tmp_path: Path) -> None:
    (tmp_path / "secret.yaml").write_text("a: 1\n")
    (copy / "linked.yaml").symlink_to(tmp_path / "secret.yaml")
    found = paths_of(copy)
    assert found["lists.wolong-2024.05-elder-allowance"] == copy / ALLOWANCE
    assert all(copy in path.parents and not path.is_symlink() for path in found.values())
