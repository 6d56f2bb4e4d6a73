"""The instruments that the parts turn as they work; everything that they name is counted, nobody is."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from functools import partial
from typing import Final

from prometheus_client import (
    CollectorRegistry,
    GCCollector,
    PlatformCollector,
    ProcessCollector,
)

from bot.models import Message, Move, Session, Turn
from bot.watching.instruments import Count, Level, Spread
from bot.wechat.door import OUTCOMES

# The platform waits 5 s; at 2.5 s an answer is promised, at 3.2 s something goes out at the latest.
ANSWER_S: Final = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 2.5, 3.2, 4.0, 5.0)
_PARSE_S: Final = (0.0005, 0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.4, 0.5)
_STORE_S: Final = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 1.0, 3.0)
_PAGE_S: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)
_JOB_S: Final = (0.005, 0.025, 0.1, 0.5, 1.0, 5.0, 15.0, 60.0)
_QUESTIONS: Final = (0, 1, 2, 3, 4, 5, 6, 8, 10, 15)
# The platform pushes again after 5 s, and once more; its time has whole seconds, and clocks differ a little.
_SECOND_TRY_S: Final = 4.0
_THIRD_TRY_S: Final = 9.0
_WHO: Final = ("elder", "platform", "clock")


class Metrics:
    """All instruments of one application, in a registry of its own."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self.registry = CollectorRegistry()
        _of_the_process(self.registry)
        count = partial(Count, self.registry)
        spread = partial(Spread, self.registry)
        self.pushes = count("pushes", "Pushes of WeChat", "account", "kind", "outcome")
        self.tries = count("push_tries", "Which of the platform's three tries a push was", "nth", "outcome")
        self.push_seconds = spread("push_seconds", "From a push to its answer", ANSWER_S, "outcome")
        self.turns = count("turns", "Turns, and whether the bot understood", "understood")
        self.danger = count("danger", "Turns that told whom to call at once")
        self.questions = spread("questions", "Questions asked until the whole answer", _QUESTIONS)
        self.understood = count("understood", "Texts by who took them for what", "engine", "intent")
        self.understanding_seconds = spread(
            "understanding_seconds", "Understanding a text", _PARSE_S, "engine"
        )
        self.rasa = count("rasa_asked", "Questions to Rasa, and why it had no word", "outcome")
        self.rasa_seconds = spread("rasa_seconds", "Until Rasa was heard or given up", _PARSE_S, "outcome")
        self.store_seconds = spread("store_seconds", "Operations of the store", _STORE_S, "room", "operation")
        self.store_failures = count(
            "store_failures", "Operations of the store that failed", "room", "operation", "error"
        )
        self.moves = count("call_moves", "Moves of calls that were kept, by whom", "state", "by")
        self.jobs = count("jobs_done", "Tries to do a job", "job", "outcome")
        self.job_seconds = spread("job_seconds", "A try to do a job", _JOB_S, "job")
        self.http_seconds = spread(
            "http_seconds", "Answering a request", _PAGE_S, "method", "route", "status"
        )
        for outcome in OUTCOMES:
            self.push_seconds.known(outcome)
        self.http_open = Level(self.registry, "http_open", "Requests and streams in hand", "route")

    def pushed(self, account: str, message: Message | None, outcome: str, seconds: float) -> None:
        """See `bot.wechat.door.Pushed`; the doors that are none count as one."""
        door = "unknown" if outcome == "nobody" else account or "main"
        self.pushes.add(door, _kind(message), outcome)
        self.push_seconds.observe(seconds, outcome)
        if message is not None and (nth := nth_try(message.created, self._clock())):
            self.tries.add(str(nth), outcome)

    def turned(self, message: Message, before: Session, turn: Turn) -> None:
        """See `Counts.turned`."""
        self.turns.add(_understood(message, before, turn))
        if turn.report.get("emergency"):
            self.danger.add()
        for key, person in turn.session.people.items():
            known = before.people.get(key)
            if person.full and not (known and known.full):
                self.questions.observe(len(person.answered) + len(person.declined))

    def asked_rasa(self, outcome: str, seconds: float) -> None:
        """Rasa was asked, or left alone; "ok" or the kind of a `RasaFault`."""
        self.rasa.add(outcome)
        self.rasa_seconds.observe(seconds, outcome)

    def moved(self, moves: Iterable[Move]) -> None:
        """Lines of a call's history were kept."""
        for move in moves:
            self.moves.add(move.state, move.by if move.by in _WHO else "staff")

    def job_done(self, job: str, outcome: str, seconds: float) -> None:
        """See `bot.job_queue.Done`."""
        self.jobs.add(job, outcome)
        self.job_seconds.observe(seconds, job)


def _of_the_process(registry: CollectorRegistry) -> None:
    for kind in (ProcessCollector, PlatformCollector, GCCollector):
        kind(registry=registry)


def nth_try(created: int, now: datetime) -> int:
    """Which of the platform's tries a push is, by its age; `created` in seconds, 0 where nobody knows it (then 0).
    Processes and machines need not know of each other for it, only the time."""
    if not created:
        return 0
    age = now.timestamp() - created
    return 3 if age >= _THIRD_TRY_S else 2 if age >= _SECOND_TRY_S else 1


def _understood(message: Message, before: Session, turn: Turn) -> str:
    if turn.report.get("intent") is None or message.kind == "event":
        return "not_asked"
    return "no" if turn.session.misunderstood > before.misunderstood else "yes"


def _kind(message: Message | None) -> str:
    if message is None:
        return "unread"
    return message.event or message.kind
