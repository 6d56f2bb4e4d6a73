"""One call as its page shows it: what it is, what happened so far in words, and what its reader can do with it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Final

from bot.booking import moves
from bot.booking.history import here
from bot.booking.moves import CHANGEABLE
from bot.booking.numbers import spoken
from bot.booking.table import FINISHED, Actor, Refusal
from bot.catalog.model import Catalog
from bot.dialogue.wording import say
from bot.dispatch.lines import LATE, STALLED, call_of, due_of
from bot.dispatch.staff import takes
from bot.models import Move, Request, RequestState, Staff
from bot.web.desk.requests_words import (
    People,
    moment_word,
    place_word,
    service_word,
    state_word,
    waited_word,
    words,
)
from nlu.understanding import EMERGENCIES

# The moves that bring a call to a state.
TO: Final[Mapping[str, RequestState]] = {
    "take": "accepted",
    "onway": "on_the_way",
    "done": "done",
    "back": "submitted",
    "failed": "failed",
    "cancel": "cancelled",
}
_ALARMS: Final = (LATE, "urgent", STALLED)
_RATED: Final = frozenset({"rating", "comment"})


@dataclass(frozen=True, slots=True)
class Step:
    """One line of the history, in words."""

    at: str
    moment: str
    who: str
    what: str
    alarm: bool


@dataclass(frozen=True, slots=True)
class Personal:
    """What stands about people; phones as they are rung. `time_as` says whose words `time_text` are."""

    contact: str
    person: str
    phone: str
    address: str
    time_as: str
    time_text: str
    note: str
    comment: str


@dataclass(frozen=True, slots=True)
class Call:
    """All of it; `personal` is None for whoever may not read it, `may` names the moves that would be done now."""

    number: str
    spoken: str
    version: int
    service: str
    what: str
    place: str
    when: str
    state: str
    whose: str
    waited: str
    urgent: bool
    late: bool
    over: bool
    mine: bool
    steps: tuple[Step, ...]
    personal: Personal | None
    may: frozenset[str]
    members: tuple[tuple[str, str], ...]


def call_shown(
    call: Request,
    people: People,
    actor: Actor | None,
    staff: Sequence[Staff],
    catalog: Catalog,
    now: datetime,
    *,
    personal: bool,
) -> Call:
    """The page's call; `actor` is None for those who move none."""
    known, due = call_of(call, catalog), due_of(call, catalog)
    waits = call.state == "submitted" and call.worker is None
    may = frozenset(_possible(call, actor, now))
    return Call(
        call.id,
        spoken(call.id),
        call.version,
        service_word(call.service, catalog),
        known.what if known else "",
        place_word(call.region, catalog),
        moment_word(call.time, now, urgent=call.urgent),
        state_word(call.state),
        whose(call, people),
        waited_word(call.history[0].at, now) if waits else "",
        call.urgent,
        waits and due is not None and due < now,
        call.state in FINISHED,
        call.worker == people.me,
        steps(call, people, now),
        _personal(call) if personal else None,
        may,
        _members(call, staff) if "give" in may else (),
    )


def whose(call: Request, people: People) -> str:
    """Who has it now, or that it is over."""
    if call.state in FINISHED:
        return str(words()["whose"]["over"]).format(state=state_word(call.state))
    return people.whose(call.worker)


def steps(call: Request, people: People, now: datetime) -> tuple[Step, ...]:
    """The history in words, the newest first."""
    told = [_step(None, call.history[0], people, now)]
    told += [_step(old, new, people, now) for old, new in pairwise(call.history)]
    return tuple(reversed(told))


def calls_made(history: Sequence[Move]) -> int:
    """How often the elder was called back."""
    return sum(map(_is_call, history))


def _is_call(line: Move) -> bool:
    begins, _, rest = str(words()["called"]).partition("{count}")
    return (
        line.by.startswith("staff:") and line.note.startswith(begins) and rest.partition("{")[0] in line.note
    )


def _possible(call: Request, actor: Actor | None, now: datetime) -> Iterator[str]:
    """What the rules would do now."""
    if actor is None:
        return
    for name, to in TO.items():
        after = moves.move(call, to, actor, now)
        if not isinstance(after, Refusal) and after is not call:
            yield name
    if not isinstance(moves.remark(call, actor, now, "?"), Refusal):
        yield "note"
        # Who may not read the telephone rings nobody.
        if actor.role == "lead" or call.worker == actor.by:
            yield "called"
    if actor.role == "lead" and call.state not in FINISHED:
        yield "give"


def _members(call: Request, staff: Sequence[Staff]) -> tuple[tuple[str, str], ...]:
    """To whom it may be given: those who take calls from there, but not who has it."""
    able = [one for one in staff if one.active and takes(one, call.region)]
    return tuple((one.id, one.name) for one in able if f"staff:{one.id}" != call.worker)


def _step(old: Move | None, new: Move, people: People, now: datetime) -> Step:
    at = here(datetime.fromisoformat(new.at))
    same_year = at.year == here(now).year
    return Step(
        f"{at.month}月{at.day}日 {at:%H:%M}"
        if same_year
        else f"{at.year}年{at.month}月{at.day}日 {at:%H:%M}",
        new.at,
        people.name(new.by),
        _what(old, new, people),
        new.by == "clock",
    )


def _what(old: Move | None, new: Move, people: People) -> str:
    told: Mapping[str, str] = words()["steps"]
    if new.state == "accepted" and new.note.startswith("staff:"):
        return told["handed"].format(to=people.name(new.note))
    if old is not None and old.state == new.state:
        return _remark(new, told)
    if old is None and new.note.startswith("staff:"):
        return told["booked_by"].format(who=people.name(new.note))
    name = "back" if old is not None and new.state == "submitted" else new.state
    return told[name] + (f"：{new.note}" if new.note else "")


def _remark(line: Move, told: Mapping[str, str]) -> str:
    """A line that moved nothing."""
    if line.by == "clock" and line.note in _ALARMS:
        return told[line.note]
    parts = line.note.split()
    if parts and {*parts} <= {*CHANGEABLE}:
        fields = dict.fromkeys(words()["fields"][part] for part in parts)
        return told["changed"].format(fields="、".join(fields))
    if parts and {*parts} <= _RATED:
        return told["rated"]
    if _is_call(line):
        return line.note
    return f"{told['noted']}：{line.note}"


def _personal(call: Request) -> Personal:
    danger = call.urgent and call.note in EMERGENCIES
    return Personal(
        call.contact,
        words()["subjects"].get(call.person, call.person) if call.person else "",
        call.phone,
        call.address,
        words()["time_as"][_time_as(call)],
        call.time_text,
        say(f"duty_danger_{call.note}") if danger else call.note,
        call.comment,
    )


def _time_as(call: Request) -> str:
    if call.time_text in (say("call_open_time"), say("call_soon")):
        return "told"
    booked = call.history[0]
    return "staff" if "staff" in (booked.by.partition(":")[0], booked.note.partition(":")[0]) else "elder"
