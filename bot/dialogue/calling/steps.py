"""The steps of the talk that books a call."""

from __future__ import annotations

from bot.models import Message, Session


def may_book(session: Session, message: Message) -> bool:
    """Whether this turn may submit a new request, so that it needs a number."""
    return session.draft is not None or bool(message.tap and message.tap.startswith("urgent"))
