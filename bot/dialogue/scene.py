"""What one turn has before it, and the few ways to end it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from bot.catalog.assess import Assessment, assess
from bot.catalog.model import Catalog, Question
from bot.dialogue.calling.state import reported
from bot.dialogue.choices import MORE, taps_of
from bot.dialogue.pages import PAGE_BYTES, pages, size
from bot.dialogue.people import called, facts_of
from bot.dialogue.wording import say
from bot.models import Message, Notice, Person, Reply, Request, Session, Tap, Turn
from nlu.understanding import Understanding

# However much must be said with it, an answer has room for a few sentences.
_LEAST_BYTES = 300


@dataclass(frozen=True, slots=True)
class Scene:
    """One turn: the session as it is by now, the message, what was understood of it, the session as it came.

    `waiting` are notices to be told, `owed` says that an earlier message still waits for its answer. `requests` are
    the user's calls, the newest first; `bookable` says that calls can be booked here, `number` is a free number for a
    new one, "" until it is known that this turn needs one. `link` is the address of a page that can show a full answer
    ("": there is none).
    """

    session: Session
    message: Message
    heard: Understanding
    catalog: Catalog
    now: datetime
    came: Session = field(default_factory=Session)
    waiting: tuple[Notice, ...] = ()
    owed: bool = False
    requests: tuple[Request, ...] = ()
    bookable: bool = False
    number: str = ""
    # Who serves and writes this, "" for all others.
    staff: str = ""
    link: str = ""
    # Without spaces around it; every step looks at it again and again.
    text: str = field(init=False)
    # Of each person, what was known when they were judged last, and what it came to.
    _judged: dict[str, tuple[Mapping[str, Any], str | None, Assessment]] = field(
        default_factory=dict, repr=False, compare=False
    )

    def __post_init__(self) -> None:
        object.__setattr__(self, "text", self.message.text.strip())

    @property
    def today(self) -> date:
        return self.now.date()

    def with_session(self, session: Session) -> Scene:
        return replace(self, session=session)

    def assess(self, key: str) -> Assessment:
        told, region = self.person(key).facts, self.session.region
        before = self._judged.get(key)
        if before is not None and before[0] is told and before[1] == region:
            return before[2]
        assessment = assess(self.catalog, facts_of(self.session, key), self.today)
        self._judged[key] = (told, region, assessment)
        return assessment

    def person(self, key: str) -> Person:
        return self.session.people.get(key, Person())


def end(
    scene: Scene,
    first: Sequence[str],
    *,
    question: Question | None = None,
    must: Sequence[str] = (),
    ahead: Sequence[str] = (),
    rest: Sequence[str] = (),
    taps: Sequence[Tap] = (),
    **changes: Any,
) -> Turn:
    """Ends the turn: `first`, what `must` be said with it, `ahead` and the question make the message; what does
    not fit and `rest` wait behind 更多. The first reply of all also says what is kept of the user."""
    # While a call is arranged nothing else is asked: its own question comes back.
    question = None if scene.session.draft else question
    privacy = say("privacy_with_calls" if scene.bookable else "privacy")
    must = [*must, *([] if scene.session.greeted else [privacy]), *ahead]
    tail = [*must, *([asked_words(scene, question)] if question else [])]
    told = pages(first, max(_LEAST_BYTES, PAGE_BYTES - size("\n".join(must))))
    waiting = [*told[1:], *(page for block in rest for page in pages([block]))]
    head = "\n".join([*told[:1], *tail])
    choices = [*(taps_of(question) if question else ()), *taps]
    if waiting:
        choices.append(Tap(MORE, say("more_label")))
    changes.setdefault("misunderstood", 0)
    session = replace(
        scene.session,
        asked=question.form.id if question else None,
        offered=tuple(choices),
        pages=tuple(waiting),
        greeted=True,
        **changes,
    )
    return Turn(session, Reply((head,), tuple(choices)), report=report(scene.with_session(session)))


def opened(turn: Turn, words: str) -> Turn:
    """The turn with a sentence before its reply."""
    head, *others = turn.reply.texts or ("",)
    return replace(turn, reply=replace(turn.reply, texts=("\n".join(filter(None, (words, head))), *others)))


def asked_words(scene: Scene, question: Question) -> str:
    """The question for the active person, with why it is asked."""
    who = called(scene.session.active or "self")
    return say("ask", text=question.form.text.format(who=who), why=question.form.why)


def report(scene: Scene) -> dict[str, Any]:
    """The state after the turn as the contract's §4 reports it."""
    answers = {key: results_of(scene, key) for key in scene.session.people}
    active = scene.session.active
    return {
        "intent": scene.heard.intent,
        "asked": None if scene.session.asked == "comment" else scene.session.asked,
        "subject": active,
        "people": {key: {"facts": facts_of(scene.session, key)} for key in scene.session.people},
        "results": answers.get(active or "", {"yes": [], "maybe": []}),
        "answers": answers,
        "booking": reported(scene.session, scene.requests, scene.catalog),
        "emergency": {"kind": scene.heard.emergency} if scene.heard.emergency else None,
    }


def results_of(scene: Scene, key: str) -> dict[str, list[str]]:
    """The person's sure and possible entries."""
    assessment = scene.assess(key)
    return {verdict: [one.id for one in assessment.by_verdict(verdict)] for verdict in ("yes", "maybe")}
