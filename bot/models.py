"""The words everybody shares: what comes in, what goes out, what is remembered; frozen, imports nothing of ours."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

MessageKind = Literal["text", "event", "voice", "image", "video", "location", "link", "file", "unknown"]
# A call is a draft in its session until it is submitted.
RequestState = Literal["submitted", "accepted", "on_the_way", "done", "cancelled", "failed", "expired"]
EventKind = Literal["subscribe", "unsubscribe", "scan", "click", "view", "consent", "revoked", "other"]


@dataclass(frozen=True, slots=True)
class Place:
    """A place that was sent: degrees as the platform gives them (GCJ-02), and the address it writes beside them."""

    latitude: float
    longitude: float
    label: str = ""


@dataclass(frozen=True, slots=True)
class Message:
    """One message of one user, from whichever door it came.

    `key` names the push once and for all (MsgId, or user + time + event), None where the door has no retries.
    `tap` is the id of a tapped choice; `scene` what the code of a scanned poster holds. `account` names one of
    several accounts on one server, "" the main one; `to` is the account's own id at the platform, `created` the
    platform's time in seconds, 0 where it is not known. `media` is where the platform keeps a recording, a picture
    or a file; `consents` tells how many notices of which template the user just allowed. `region` is where the
    account's elders live, where nothing else tells it.
    """

    user: str
    kind: MessageKind = "text"
    text: str = ""
    tap: str | None = None
    event: EventKind | None = None
    scene: str | None = None
    key: str | None = None
    to: str = ""
    account: str = ""
    created: int = 0
    media: str | None = None
    place: Place | None = None
    consents: Mapping[str, int] = field(default_factory=dict)
    region: str | None = None

    @property
    def who(self) -> str:
        """Under which name the user is kept: an id belongs to its account."""
        return f"{self.account}/{self.user}" if self.account else self.user


@dataclass(frozen=True, slots=True)
class Tap:
    """A choice that can be tapped; its label also works when it is typed."""

    id: str
    label: str


@dataclass(frozen=True, slots=True)
class Reply:
    """What the user reads: `texts` (2000 bytes of UTF-8 each at most) and the choices under them."""

    texts: tuple[str, ...]
    taps: tuple[Tap, ...] = ()


@dataclass(frozen=True, slots=True)
class Notice:
    """What a user is told outside of an answer; it waits for the next message where it may not be sent.

    `kind` names the template of a notice in the account's file ("late" has none), `fields` its values.
    """

    id: str
    texts: tuple[str, ...]
    taps: tuple[Tap, ...] = ()
    kind: str = "late"
    fields: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Move:
    """One line of a request's history: the state it came to, or stayed in where `note` tells what was changed.

    `at` is an ISO 8601 moment with its zone; `by` is "elder", "platform", "clock" or "staff:<id>". `seal` is a digest
    over this line and the one before, so that nobody can rewrite what was.
    """

    at: str
    state: RequestState
    by: str
    note: str = ""
    seal: str = ""


@dataclass(frozen=True, slots=True)
class Request:
    """One call that was submitted; `id` is the number that is told, `who` the user who asked (`Message.who`).

    `service` is the file's name in catalog_data/calls, `region` the code of the place, `time` an ISO 8601 moment
    (None: as soon as somebody can, or to be agreed by telephone), `time_text` as it was said, `person` for whom (a
    subject or a name as told), `worker` who took it. The state is that of the last move; `version` counts the moves.
    """

    id: str
    who: str
    service: str
    region: str | None = None
    time: str | None = None
    time_text: str = ""
    address: str = ""
    phone: str = ""
    contact: str = ""
    person: str | None = None
    urgent: bool = False
    note: str = ""
    worker: str | None = None
    rating: Literal["good", "fair", "bad"] | None = None
    comment: str = ""
    history: tuple[Move, ...] = ()

    @property
    def state(self) -> RequestState:
        return self.history[-1].state

    @property
    def version(self) -> int:
        return len(self.history)


@dataclass(frozen=True, slots=True)
class Staff:
    """Somebody who serves: `areas` are codes of places (a city's holds for its counties); `user` is the bound user."""

    id: str
    name: str
    role: Literal["hotline", "worker", "lead", "editor", "admin"]
    areas: tuple[str, ...]
    user: str | None = None
    active: bool = True


@dataclass(frozen=True, slots=True)
class Person:
    """What one user told of one elder; `facts` as in the contract's §1, in map form.

    `answered` and `declined` are the questions that were answered, and answered 不知道: neither is asked again.
    `told` are the entries told as sure so far, so that later answers tell what is new; `full` says that the
    whole answer was given once.
    """

    facts: Mapping[str, Any] = field(default_factory=dict)
    answered: tuple[str, ...] = ()
    declined: tuple[str, ...] = ()
    told: tuple[str, ...] = ()
    requests: tuple[Request, ...] = ()
    full: bool = False


@dataclass(frozen=True, slots=True)
class Draft:
    """A call that is being arranged; what is empty is not known yet.

    `service` is the call's id, `person` for whom (a key of the session's people, None for the user), `changes` the
    number of the request that it changes.
    """

    service: str = ""
    person: str | None = None
    time: str | None = None
    time_text: str = ""
    address: str = ""
    phone: str = ""
    contact: str = ""
    note: str = ""
    changes: str | None = None


@dataclass(frozen=True, slots=True)
class Session:
    """What is remembered of one user between two messages.

    `people` is keyed by subject (self, father, mother, spouse) or by the name or relation as told.
    `asked` is the question that waits for an answer, `offered` the taps under the last reply by their ids,
    `pages` the texts that wait behind "更多". `topic` is the one service that was asked about: while a
    question waits its answer still needs a fact, else it is what was told last. `draft` is the call being arranged,
    `last_call` the number of the request spoken of last; `address`, `phone` and `contact` are those of the last call,
    to be offered again and never assumed.
    """

    people: Mapping[str, Person] = field(default_factory=dict)
    active: str | None = None
    region: str | None = None
    asked: str | None = None
    offered: tuple[Tap, ...] = ()
    pages: tuple[str, ...] = ()
    topic: str | None = None
    misunderstood: int = 0
    greeted: bool = False
    draft: Draft | None = None
    last_call: str | None = None
    address: str = ""
    phone: str = ""
    contact: str = ""


@dataclass(frozen=True, slots=True)
class Effect:
    """Something the shell must carry out after a turn: "forget" erases all that is kept of the user, "link" keeps the
    person (a key of the session's people) behind the `link` that was told, "unlink" withdraws all of the user's links."""

    kind: Literal["forget", "link", "unlink"]
    person: str = ""
    link: str = ""


@dataclass(frozen=True, slots=True)
class Turn:
    """The outcome of one turn: the next session, the reply, the effects, and what the contract's §4 reports.

    `told` are the ids of the waiting notices that the reply tells, `requests` the calls that are new or changed, as
    they are to be kept.
    """

    session: Session
    reply: Reply
    effects: tuple[Effect, ...] = ()
    report: Mapping[str, Any] = field(default_factory=dict)
    told: tuple[str, ...] = ()
    requests: tuple[Request, ...] = ()
