"""What elders were told, what the store holds, what the county has: every difference between the three."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from bot.booking.history import intact
from bot.booking.table import FINISHED, MAY, Role
from bot.models import Request
from bot.store.connect import Stores
from bot.store.port import Line
from bot.store.scripts import Keys
from tests.bench.booking_elders import Elder, Wish
from tests.bench.booking_run import Run, Told
from tests.bench.booking_words import brings, is_status
from tests.bench.compared import Findings
from tests.bench.processes import REGION, Fire
from tests.service_platform.county import County
from tests.service_platform.journeys import Report

LOST, DOUBLE, UNASKED, CONTENT = "lost", "double", "nobody said yes", "another content"
HISTORY, INDEX, COUNTY, REPORTS = (
    "a wrong history",
    "the index differs",
    "the county differs",
    "a report went astray",
)
NEVER_TOLD, TWICE_TOLD, UNREAD = (
    "a notice never told",
    "a notice told twice",
    "a notice told in a lost answer only",
)
STATUS, STRANGE, UNCLEAR = (
    "another state told",
    "an answer that did not fit",
    "never learned whether it was booked",
)
# Told twice is better than never; and where the last answer never came, the elder knows as much as we do.
NO_FAULT = (TWICE_TOLD, UNREAD, UNCLEAR, STRANGE)
_NEWS = ("accepted", "on_the_way", "done", "failed")
# Where the versions stand among the keys of a user.
_VERSIONS = 11
_RANK = {"submitted": 0, "accepted": 1, "on_the_way": 2, "done": 3, "failed": 3, "cancelled": 3, "expired": 3}


@dataclass(frozen=True)
class Kept:
    """What the store holds: calls by user and by number, lines of the index by number."""

    of: dict[str, tuple[Request, ...]]
    calls: dict[str, Request]
    lines: dict[str, Line]

    @classmethod
    async def read(cls, stores: Stores, users: Sequence[str]) -> Kept:
        of = {user: await stores.requests.of(user) for user in users}
        calls = {one.id: one for some in of.values() for one in some}
        lines = [*await stores.requests.open(), *await stores.requests.over("2026-11")]
        return cls(of, calls, {line.id: line for line in lines})

    @property
    def unsettled(self) -> list[str]:
        """The calls that are not listed as they are yet, or neither gone out nor a dead letter."""
        return [one.id for one in self.calls.values() if not self._is_settled(one)]

    def _is_settled(self, request: Request) -> bool:
        line = self.lines.get(request.id)
        return line is not None and line.dispatch != "waiting" and line.state == request.state


def compare(run: Run, kept: Kept, fire: Fire, answers: Sequence[tuple[Elder, int, str]]) -> Findings:
    """Everything that is not as it should be."""
    findings = Findings()
    for elder in run.elders:
        _check_elder(elder, kept.of[elder.user], findings)
    for request in kept.calls.values():
        for why in history_troubles(request):
            findings.note(HISTORY, request.id, why, *request.history)
    _check_versions(kept, fire, findings)
    _check_index(kept, findings)
    _check_county(kept, fire.county, findings)
    for report in fire.journeys.reports:
        for why in _report_troubles(report, kept.calls.get(report.number)):
            findings.note(REPORTS, report.number, why, report)
    for user, requests in kept.of.items():
        for request in requests:
            _check_notices(request, run.told[user], findings)
    _check_answers(kept, answers, findings)
    return findings


def _check_elder(elder: Elder, requests: Sequence[Request], findings: Findings) -> None:
    wanted = {one.number: one for one in elder.wishes if one.number}
    kept = {one.id: one for one in requests}
    for number in wanted.keys() - kept.keys():
        findings.note(LOST, elder.user, number)
    unclear = [one for one in elder.wishes if one.end == "unclear"]
    for one in unclear:
        findings.note(UNCLEAR, elder.user, *one.strange)
    more = kept.keys() - wanted.keys()
    if len(more) > sum(one.asked_to_book for one in unclear):
        findings.note(DOUBLE if wanted else UNASKED, elder.user, *(kept[one] for one in more))
    for wish in elder.wishes:
        if wish.strange and wish.end != "unclear":
            findings.note(STRANGE, elder.user, *wish.strange)
        if wish.number in kept:
            for why in _differences(wish, kept[wish.number], elder.user):
                findings.note(CONTENT, elder.user, why, kept[wish.number])


def _differences(wish: Wish, request: Request, user: str) -> Iterator[str]:
    if (request.service, request.address, request.phone) != (wish.service, wish.address, wish.phone):
        yield "service, address or phone"
    if request.time not in [hour.at for hour in wish.hours]:
        yield f"time: one of {[hour.at for hour in wish.hours]}"
    if (request.who, request.region) != (user, REGION):
        yield "who or where"
    if wish.cancelled is not None and (request.state == "cancelled") != wish.cancelled:
        yield f"cancelled: {wish.cancelled}"


def history_troubles(request: Request) -> Iterator[str]:
    """What is wrong with the lines of a call, by the table of who may move it."""
    lines = request.history
    if (lines[0].state, lines[0].by) != ("submitted", "elder"):
        yield "it does not begin with the elder who submitted it"
    if not intact(request):
        yield "its seals or its order"
    for old, new in pairwise(lines):
        role: Role = "worker" if new.by.startswith("staff:") else new.by  # type: ignore[assignment]
        if old.state == new.state and not new.note:
            yield f"{new.by} did nothing at {new.at}"
        if old.state != new.state and new.state not in MAY.get((old.state, role), ()):
            yield f"{new.by} moved it from {old.state} to {new.state}"
        if old.state in FINISHED and old.state != new.state:
            yield f"it went on after {old.state}"


def _check_versions(kept: Kept, fire: Fire, findings: Findings) -> None:
    """What two who move a call at once are told apart by."""
    for request in kept.calls.values():
        version = fire.site.redis.tell("HGET", Keys.of(request.who).all[_VERSIONS], request.id)
        if version != b"%d" % request.version:
            findings.note(HISTORY, request.id, f"its version is {version}", *request.history)


def _check_index(kept: Kept, findings: Findings) -> None:
    for number in kept.calls.keys() ^ kept.lines.keys():
        findings.note(INDEX, number, "in one only")
    for number in kept.calls.keys() & kept.lines.keys():
        line, call = kept.lines[number], kept.calls[number]
        if (line.state, line.time, line.changed) != (call.state, call.time, call.history[-1].at):
            findings.note(INDEX, number, line, call)


def _check_county(kept: Kept, county: County, findings: Findings) -> None:
    for number in county.calls.keys() - kept.calls.keys():
        findings.note(COUNTY, number, "it has a call that we do not have")
    keys = Counter(one.key for one in county.events)
    for key in [*(one for one, count in keys.items() if count > 1), *county.differing]:
        findings.note(COUNTY, key, "the same key twice, or with another body")
    for why in county.refused:
        findings.note(COUNTY, "signature", why)
    for request in kept.calls.values():
        for why in _county_troubles(request, county):
            findings.note(COUNTY, request.id, why, request, county.calls.get(request.id))


def _county_troubles(request: Request, county: County) -> Iterator[str]:
    body = county.calls.get(request.id)
    if body is None:
        # What was taken back before anybody was told need not be told.
        if request.state != "cancelled":
            yield "it never got it"
        return
    ours = [at for at, line in enumerate(request.history, 1) if line.by != "platform"]
    if body["version"] < ours[-1]:
        yield f"it knows {body['version']} moves, and ours was the {ours[-1]}th"
    content = {name: getattr(request, name) for name in ("service", "region", "time", "address", "phone")}
    if any(body[name] != value for name, value in content.items()):
        yield "another content"
    if body["state"] != request.history[body["version"] - 1].state:
        yield "another state"


def _report_troubles(report: Report, request: Request | None) -> Iterator[str]:
    if request is None:
        yield "of a call that is not there"
        return
    if not report.answers:
        yield "never answered"
    if len({(one.status, str(one.body)) for one in report.answers}) > 1:
        yield "answered differently"
    moved = any((line.by, line.state) == ("platform", report.state) for line in request.history)
    for one in report.answers:
        if one.status == 200 and not moved:
            yield "acknowledged, and not in the history"
        elif one.status == 409 and not moved and _RANK[one.body["state"]] < _RANK[report.state]:
            yield "refused without a reason"
        elif one.status not in (200, 409):
            yield f"answered with {one.status}"


def news_of(request: Request) -> list[str]:
    """What the elder must be told outside of the talk: each state that the platform brought the call to."""
    moves = pairwise(request.history)
    return [new.state for old, new in moves if new.by == "platform" and old.state != new.state]


def untold(request: Request, told: Told) -> list[str]:
    """What of it is not told yet, also not in an answer that got lost."""
    read = [*told.read, *told.unread]
    return [one for one in news_of(request) if not any(brings(text, one, request.id) for text in read)]


def _check_notices(request: Request, told: Told, findings: Findings) -> None:
    expected = news_of(request)
    for news in _NEWS:
        count = sum(brings(text, news, request.id) for text in told.read)
        lost = any(brings(text, news, request.id) for text in told.unread)
        if news in expected and not count:
            findings.note(UNREAD if lost else NEVER_TOLD, request.id, news, *told.read)
        if count > (news in expected):
            findings.note(TWICE_TOLD if news in expected else STRANGE, request.id, news, *told.read)


def _check_answers(kept: Kept, answers: Sequence[tuple[Elder, int, str]], findings: Findings) -> None:
    for elder, place, text in answers:
        number = elder.wishes[place].number
        call = kept.calls.get(number)
        if call is not None and not is_status(text, call.state, number):
            findings.note(STATUS, elder.user, call.state, text)
