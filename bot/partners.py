"""What the conversation asks of others: to book calls, to serve staff, to hand answers over, to keep links, to count."""

from __future__ import annotations

from typing import Protocol

from bot.handing import Handed
from bot.models import Message, Reply, Request, Session, Tap, Turn


class CallBook(Protocol):
    """What the conversation needs to book calls."""

    async def reserve(self, user: str) -> str:
        """A free number; raises `StoreDown`."""
        ...

    async def follow(self, request: Request) -> None:
        """Looks after a call from now on; said before it is kept, so that none is ever kept and forgotten."""
        ...


class Duty(Protocol):
    """What a member of staff can do by WeChat."""

    async def answer(self, staff_id: str, message: Message, offered: tuple[Tap, ...] = ()) -> Reply | None:
        """The answer to a command of somebody who serves, also by its number among the taps that were `offered`; None
        where it is a message like any other."""
        ...

    async def bind(self, message: Message) -> Reply | None:
        """The answer to a one-time code, None where the message is none."""
        ...


class Handing(Protocol):
    """What the hotline's desk left for a caller."""

    async def redeem(self, code: str, who: str) -> Handed | None:
        """See `bot.handing.redeem`."""
        ...

    async def forget(self, who: str) -> None:
        """See `bot.handing.forget`."""
        ...


class AnswerLinks(Protocol):
    """Links to pages with a full answer; all may raise `StoreDown`."""

    async def fresh(self) -> str:
        """An address that shows nothing before it is kept."""
        ...

    async def keep(self, address: str, user: str, person: str) -> None:
        """From now on it shows that person of the user's session."""
        ...

    async def withdraw_all(self, user: str) -> None:
        """None of the user's shows anything any more."""
        ...


class Counts(Protocol):
    """Counts what the bot does, without telling whose turn it was."""

    def turned(self, message: Message, before: Session, turn: Turn) -> None:
        """A turn was kept that began with the session `before`; waits for nothing, never raises."""
        ...
