"""Broken files of calls and holidays are refused with file, line and mend: each way to break them, tried on a copy."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.catalog_copy import findings, found_after
from tests.test_calls import A_YEAR, BEIJING

MEALS, ASSESSMENT, DEFAULTS, PLACE = (
    "calls/meals.yaml", "calls/assessment.yaml", "calls/defaults.yaml", "calls/regions/411303.yaml",
)  # fmt: skip
HOURS = 'hours: {from: "07:00", to: "19:00"}'

# file, what stands there, what is written instead, what the finding must say
BREAKS = [
    ("an unknown service", MEALS, "fits: [meals", "fits: [mela", "there is no services/mela.yaml"),
    ("an unknown list", MEALS, "{nanyang:", "{nanyan:", "there is no list 'nanyan'"),
    ("a word of another", MEALS, "words: [", "words: [洗澡, ", "'洗澡' already calls bathing"),
    ("a name of another", "calls/bathing.yaml", "words: [", "words: [助急, ", "'助急' already calls bathing"),
    ("a word twice over", "calls/visit.yaml", "words: [", "words: [送饭, ", "'送饭' already calls meals"),
    ("hours backwards", MEALS, HOURS, 'hours: {from: "19:00", to: "07:00"}', "end (07:00) before they begin (19:00)"),
    ("hours of no length", MEALS, '"07:00"', '"19:00"', "end (19:00) before they begin (19:00)"),
    ("hours backwards by the defaults", MEALS, HOURS, 'hours: {from: "18:30"}', "end (18:00) before they begin"),
    ("no time of day", MEALS, '"07:00"', '"7:00"', 'hours.from is a time of day; write it as "08:30"'),
    ("no such time", MEALS, '"19:00"', '"24:30"', "hours.to is a time of day"),
    ("a day that is none", ASSESSMENT, "days: [1,", "days: [0,", "greater than or equal to 1"),
    ("hours with another key", MEALS, "hours: {from:", "hours: {form:", "write one of days, from, to, holidays, always"),
    ("an unknown need", MEALS, "needs: [time,", "needs: [tme,", "needs.0 is not known; write one of"),
    ("no way to call back", MEALS, "needs: [time, address, phone]", "needs: [time]", "add phone"),
    ("nobody who takes it", MEALS, "taken_by:", "taken:", "taken_by is missing"),
    ("an unknown key", MEALS, "costs:", "cost:", "cost is not known here; write one of"),
    ("minutes as text", MEALS, "late_minutes: 60", "late_minutes: 六十", "late_minutes"),
    ("a second urgent call", MEALS, "needs:", "urgent: true\nneeds:", "is the urgent call already"),
    ("an urgent call that asks", "calls/urgent.yaml", "needs: []", "needs: [phone]", "an urgent call asks nothing"),
    ("an urgent call with hours", "calls/urgent.yaml", "{always: true}", "{always: false}", "an urgent call asks nothing"),
    ("nothing urgent", "calls/urgent.yaml", "urgent: true", "urgent: false", "no call is urgent"),
    ("defaults of nobody", DEFAULTS, "set_by: operator", "set_by: document", "set_by is not known; write one of"),
    ("half the default hours", DEFAULTS, "holidays: closed", "always: false", "need days, from, to and holidays"),
    ("a missing default", DEFAULTS, "horizon_days:", "# ", "horizon_days is missing"),
    ("an order of nothing", DEFAULTS, "order: [", "order: [mela, ", "there is no call 'mela'"),
    ("nothing elsewhere", DEFAULTS, "elsewhere: []", "elsewhere: [mela]", "there is no call 'mela'"),
    ("a number without source", DEFAULTS, '"12345"', '"12349999"', "12349999 is not in hotlines.yaml"),
    ("a county's number without source", PLACE, '"12345"', '"037712"', "037712 is not in hotlines.yaml"),
    ("a place of another name", PLACE, "name: 卧龙区", "name: 卧龙", "411303 is 卧龙区 in regions.yaml"),
    ("no such call to leave out", PLACE, "not_offered: []", "not_offered: [mela]", "there is no call 'mela'"),
    ("no such call that differs", PLACE, "  meals:", "  mela:", "there is no call 'mela'"),
    ("left out and different", PLACE, "not_offered: []", "not_offered: [meals]", "meals is not offered here"),
    ("a county's hours backwards", PLACE, "{costs:", '{hours: {to: "06:30"}, costs:', "end (06:30) before they begin"),
    ("a county's unknown key", PLACE, "{costs:", "{hour: 1, costs:", "write one of hours, lead_minutes"),
    ("a holiday backwards", "holidays.yaml", "to: 2026-01-03", "to: 2025-12-31", "2025-12-31 is no day of 2026"),
    ("a holiday that ends first", "holidays.yaml", "to: 2026-05-05", "to: 2026-04-30", "劳动节 ends before it begins"),
    ("no day of the calendar", "holidays.yaml", "to: 2026-02-23", "to: 2026-02-30", "2026-02-30 is no day of 2026"),
    ("two holidays in one", "holidays.yaml", "to: 2026-09-27", "to: 2026-10-01", "2026-10-01 is in two holidays"),
    ("worked and off", "holidays.yaml", "worked: [2026-01-04", "worked: [2026-01-03", "2026-01-03 is a day off above"),
    ("worked on a weekday", "holidays.yaml", "worked: [2026-01-04", "worked: [2026-01-05", "no Saturday or Sunday"),
    ("a year twice", "holidays.yaml", "- year: 2026", f"{A_YEAR.format(2026)}- year: 2026", "2026 follows 2026"),
    ("holidays without source", "holidays.yaml", "  source:", "  sauce:", "source is missing"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("file", "there", "instead", "says"), [b[1:] for b in BREAKS], ids=[b[0] for b in BREAKS]
)
def test_a_break_is_named_with_its_line(copy: Path, file: str, there: str, instead: str, says: str) -> None:
    found_after(copy, file, there, instead, says)


def test_the_line_is_the_line(copy: Path) -> None:
    path = copy / MEALS
    lines = path.read_text(encoding="utf-8").splitlines()
    number = next(i for i, line in enumerate(lines, start=1) if line.startswith("hours:"))
    lines[number - 1] = 'hours: {from: "20:00"}'
    path.write_text("\n".join(lines), encoding="utf-8")
    assert f"catalog_data/calls/meals.yaml:{number}: the hours end" in findings(copy)


@pytest.mark.parametrize(
    ("code", "says"),
    [
        ("411399", "411399 is no code in regions.yaml"),
        (BEIJING, "北京市 has no list"),
        ("wolong", "is no code"),
    ],
)
def test_a_file_for_no_place_of_ours_is_named(copy: Path, code: str, says: str) -> None:
    (copy / f"calls/regions/{code}.yaml").write_text("name: 某县\n", encoding="utf-8")
    assert says in findings(copy)


@pytest.mark.parametrize("file", [DEFAULTS, "holidays.yaml"])
def test_a_missing_file_is_named(copy: Path, file: str) -> None:
    (copy / file).unlink()
    assert f"catalog_data/{file}:1: the file is missing" in findings(copy)


@pytest.mark.parametrize(
    ("file", "content"),
    [
        *[(MEALS, content) for content in (b"", b"\xff\xfe", b"- 1", b"just text", b"[", b"hours: 5")],
        *[(file, content) for file in (DEFAULTS, PLACE, "holidays.yaml") for content in (b"", b"hours: 5")],
    ],
)
def test_rubbish_is_refused_not_crashed_on(copy: Path, file: str, content: bytes) -> None:
    (copy / file).write_bytes(content)
    assert f"catalog_data/{file}:" in findings(copy)


def test_no_year_at_all_is_named(copy: Path) -> None:
    (copy / "holidays.yaml").write_text("[]\n", encoding="utf-8")
    assert "no year is written" in findings(copy)
