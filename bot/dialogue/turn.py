"""One turn: a session, a message and what was understood of it become the next session, the reply, the effects."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from bot.catalog.model import Catalog
from bot.dialogue import (
    answer_link,
    asking_back,
    doors,
    further,
    my_data,
    small_talk,
    supposing,
    telling,
    waiting,
)
from bot.dialogue.calling.offering import with_offer
from bot.dialogue.calling.talk import going_on, talk
from bot.dialogue.known_names import with_known_names
from bot.dialogue.safety import fraud, safety
from bot.dialogue.scene import Scene, opened
from bot.dialogue.wording import say
from bot.models import Message, Notice, Reply, Request, Session, Turn
from nlu.understanding import LONGEST_TEXT, Understanding

# The first that has an answer ends the turn: danger before everything, then what was asked or told.
_STEPS: tuple[Callable[[Scene], Turn | None], ...] = (
    safety,
    waiting.fetch,
    doors.other_than_words,
    doors.more,
    asking_back.distrusted,
    fraud,
    answer_link.withdrawn,
    my_data.shown,
    small_talk.commands,
    further.asked_if_in_force,
    talk,
    supposing.supposed,
    asking_back.asked_back,
    telling.told_something,
    further.asked_further,
    telling.asked_about_one,
    telling.asked_for_everything,
    small_talk.small_talk,
)


def take_turn(
    session: Session,
    message: Message,
    heard: Understanding,
    catalog: Catalog,
    now: datetime,
    notices: tuple[Notice, ...] = (),
    *,
    owed: bool = False,
    requests: tuple[Request, ...] = (),
    bookable: bool = False,
    staff: str = "",
    number: str = "",
    link: str = "",
) -> Turn:
    """Pure: reads no clock, no store, no environment; never raises for what a user may write.

    `notices` wait to be told; `owed` says that an earlier message still waits for its answer. `requests` are the
    user's calls, the newest first; `bookable` says that calls can be booked here, `number` is free for a new one, `staff` is
    the id of who serves, "" for all others, and `link` is free for a page with the answer.
    A turn that books without a number (`wants_number`) is to be taken again with one.
    """
    scene = Scene(
        session,
        message,
        with_known_names(session, message.text, heard),
        catalog,
        now,
        came=session,
        waiting=notices,
        owed=owed,
        requests=requests,
        bookable=bookable,
        staff=staff,
        number=number,
        link=link,
    )
    answers = (turn for step in _STEPS if (turn := step(scene)) is not None)
    turn = further.with_aside(next(answers, None) or small_talk.not_understood(scene), scene)
    turn = going_on(with_offer(answer_link.with_nobody(turn, scene), scene), scene)
    # Whom to call comes first; otherwise nobody is left to believe that all of it was read.
    unread = len(message.text) > LONGEST_TEXT and not turn.report["emergency"]
    return waiting.told_first(opened(turn, say("too_long")) if unread else turn, scene)


def in_trouble(session: Session) -> Turn:
    """The answer where a turn failed by a fault of ours: nothing is changed, and there is a number to call."""
    return Turn(session, Reply((say("trouble"),)), report=empty_report(session))


def empty_report(session: Session) -> Mapping[str, Any]:
    """What the contract's §4 reports of a turn that decided nothing."""
    told: dict[str, Any] = {"intent": None, "asked": session.asked, "subject": session.active}
    none: dict[str, Any] = {"yes": [], "maybe": []}
    return told | {"people": {}, "results": none, "answers": {}, "booking": None, "emergency": None}
