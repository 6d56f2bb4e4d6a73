"""What a hired attacker tried with the source in hand, and what stands against it since."""

from __future__ import annotations

import pytest

from bot.api.call_shapes import CallAnswer
from bot.dispatch import export, remarks
from bot.dispatch.callbacks import Report, _note
from tests.test_api_requests import HERE, TAKEN, House, house, server
from tests.test_records import SECRETS, call

__all__ = ["house", "server"]

PERSONAL_NOTES = (
    "打13912345678找他",
    "电话139-1234-5678",
    "电话１３９１２３４５６７８",
    "身份证411303194001011234",
    "座机0377-63123456",
)


@pytest.mark.parametrize("note", PERSONAL_NOTES)
async def test_no_telephone_gets_into_a_history_by_the_api(house: House, note: str) -> None:
    """The history is for ever, every role reads it, and forgetting an elder leaves it."""
    answer = await house.move("worker", HERE, "accepted", note=note)
    answer.refused(422, "bad_value", "note")
    told = (await house.get("worker", f"/api/v1/requests/{HERE}")).fits(CallAnswer)
    assert told["state"] == "submitted"


@pytest.mark.parametrize("note", ["staff:s3", "staff:s3 拿走了", "\u200bstaff:s3", "time address", "late"])
async def test_nobody_writes_what_the_program_writes_itself(house: House, note: str) -> None:
    """`staff:s3` beside "accepted" would tell the elder and s3 that a lead had handed the call to s3."""
    (await house.move("worker", HERE, "accepted", note=note)).refused(422, "bad_value", "note")


@pytest.mark.parametrize("note", ["\x1b[2J", "一\n二", "\u202e倒过来", "\x00"])
async def test_what_nobody_sees_is_not_in_a_note(house: House, note: str) -> None:
    answer = await house.move("worker", HERE, "accepted", note=note)
    if answer.status == 200:
        kept = answer.json["history"][-1]["note"]
        assert kept.isprintable(), kept


async def test_names_of_a_finished_call_are_nobodys_errand_any_more(house: House) -> None:
    """As on the desk's page: who has done the work has no more business with the telephone."""
    path = f"/api/v1/requests/{TAKEN}?personal=true"
    assert (await house.get("worker", path)).status == 200
    assert (await house.move("worker", TAKEN, "done")).status == 200
    (await house.get("worker", path)).refused(403, "not_yours")
    assert (await house.get("lead", path)).fits(CallAnswer)["personal"]["phone"] == SECRETS["phone"]


HIDDEN = ("\x00", "\x0b", "\x0c", "\xa0", "\xad", "\u200b", "\u202e", "\u2060", "\ufeff", "\u3000", " ")


@pytest.mark.parametrize("hidden", HIDDEN, ids=ascii)
def test_nothing_unseen_hides_a_formula_from_the_export(hidden: str) -> None:
    """LibreOffice and others drop some of these before they look at the cell."""
    for start in "=+-@＝":
        assert export.as_csv([[f"{hidden}{hidden}{start}HYPERLINK(1)"]]).decode("utf-8-sig").startswith("'")
    assert export.as_csv([[f"{hidden}王大妈"]]).decode("utf-8-sig").strip() == f"{hidden}王大妈".strip()


@pytest.mark.parametrize("note", ["staff:s3", "\u200bstaff:s3 ", "time", "rating comment", "late"])
def test_a_platform_writes_nothing_that_the_program_writes_itself(note: str) -> None:
    """ "accepted" with the note `staff:s3` would tell s3 and the elder that the call was handed to s3."""
    kept = _note(Report(number="9137482", state="accepted", note=note), call("9137482"))
    assert kept.startswith("“")
    assert not remarks.is_odd(kept)
