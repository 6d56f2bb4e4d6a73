"""Hands out what the hotline's desk left under a code: only to users of WeChat, since others name themselves freely."""

from __future__ import annotations

from bot.dispatch.telling import address
from bot.handing import Handed, forget, redeem
from bot.store.port import Shelf


class Pickup:
    """The `Handing` protocol of the conversation."""

    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf

    async def redeem(self, code: str, who: str) -> Handed | None:
        """See `bot.handing.redeem`."""
        return await redeem(self._shelf, code, who) if address(who) else None

    async def forget(self, who: str) -> None:
        """See `bot.handing.forget`."""
        await forget(self._shelf, who)
