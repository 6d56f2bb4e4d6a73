"""The words everybody shares: what comes in, what goes out, what is remembered; frozen, imports nothing of ours."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

MessageKind = Literal["text", "event", "voice", "image", "video", "location", "link", "file", "unknown"]
EventKind = Literal["subscribe", "unsubscribe", "scan", "click", "view", "other"]


@dataclass(frozen=True, slots=True)
class Message:
    """One message of one user, from whichever door it came.

    `key` names the push once and for all (MsgId, or user + time + event), None where the door has no retries.
    `tap` is the id of a tapped choice; `scene` the region code of a scanned poster.
    """

    user: str
    kind: MessageKind = "text"
    text: str = ""
    tap: str | None = None
    event: EventKind | None = None
    scene: str | None = None
    key: str | None = None
    to: str = ""


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
    full: bool = False


@dataclass(frozen=True, slots=True)
class Session:
    """What is remembered of one user between two messages.

    `people` is keyed by subject (self, father, mother, spouse) or by the name or relation as told.
    `asked` is the question that waits for an answer, `offered` the taps under the last reply by their ids,
    `pages` the texts that wait behind "更多". `topic` is the one service that was asked about, while its
    answer still needs a fact.
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


@dataclass(frozen=True, slots=True)
class Effect:
    """Something the shell must carry out after a turn: "forget" erases all that is kept of the user."""

    kind: Literal["forget"]


@dataclass(frozen=True, slots=True)
class Turn:
    """The outcome of one turn: the next session, the reply, the effects, and what the contract's §4 reports."""

    session: Session
    reply: Reply
    effects: tuple[Effect, ...] = ()
    report: Mapping[str, Any] = field(default_factory=dict)
