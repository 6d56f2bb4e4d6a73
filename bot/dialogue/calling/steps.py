"""Which turns may book: the shell asks before a turn whether it needs a free number."""

from __future__ import annotations

from bot.dialogue.choices import offered_tap
from bot.models import Message, Session

URGENT = "urgent"


def may_book(session: Session, message: Message) -> bool:
    """Whether this turn may submit a new request, so that it needs a number."""
    return session.draft is not None or pressed(session, message).startswith(URGENT)


def pressed(session: Session, message: Message) -> str:
    """The id of the choice that was tapped, or that a number or a label of the last reply names; "" for none."""
    if message.tap:
        return message.tap
    tap = offered_tap(message.text, session.offered)
    return tap.id if tap else ""
