"""Waits until replicas have what was written: only then does it outlive the machine that took it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, Final

from bot.store.lines import Command

# A replica that is alive has it within a millisecond or two; the next try waits for one that just came.
_MS: Final = 500
_MARK_MS: Final = 1000
# Answers to commands that stand one behind the other on one connection to the machine of a key, errors as values.
Exchange = Callable[[str, tuple[Command, ...]], Awaitable[list[Any]]]


class Copies:
    """So many replicas are `wanted` of the machine that an `exchange` speaks to."""

    def __init__(self, exchange: Exchange, wanted: int) -> None:
        self._exchange = exchange
        self.wanted = wanted

    async def of(self, key: str, command: Command) -> tuple[Any, bool]:
        """What the command brings, an error too (as a value), and whether enough replicas have all that was written
        on its machine up to then.

        It must be one connection: a primary that was set aside takes writes for some seconds more, and its successor
        would count its replicas for what only the other one has. The server counts what the same connection has
        written before: so a mark is written behind the command, which may have been done by an earlier try.
        """
        mark = f"wenyanglao:{{{_slot_of(key)}}}:mark"
        behind = ("SET", mark, b"", "PX", _MARK_MS), ("WAIT", self.wanted, _MS)
        told, marked, replicas = await self._exchange(key, (command, *behind))
        return told, marked == b"OK" and isinstance(replicas, int) and replicas >= self.wanted


def _slot_of(key: str) -> str:
    """What decides on which machine of a Cluster the key is."""
    tag = key.partition("{")[2].partition("}")
    return tag[0] if tag[0] and tag[1] else key
