"""Connections kept at hand for scripts: to borrow one from the client for every command costs more than the command."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

from hiredis import pack_command

Command = Sequence[str | bytes | int]


class Line(Protocol):
    """What is used of a connection of redis-py; it closes itself whenever an exchange breaks off."""

    @property
    def is_connected(self) -> bool: ...

    async def can_read(self) -> bool: ...

    async def send_packed_command(self, command: Any, check_health: bool = ...) -> None: ...

    async def read_response(self) -> Any: ...

    async def disconnect(self) -> None: ...


class Pool(Protocol):
    """What is used of a pool of redis-py."""

    async def get_connection(self) -> Any: ...

    async def release(self, connection: Any) -> None: ...


class Lines:
    """One command at a time on each; any number may ask at once, as far as the pool goes."""

    def __init__(self, pool: Pool, at_hand: int) -> None:
        """So many lines stay here at most; all others go back to the pool, for whoever waits there."""
        self._pool = pool
        self._at_hand = at_hand
        self._idle: list[Line] = []

    async def ask(self, *command: str | bytes | int) -> Any:
        """What the server answers; raises what redis-py raises."""
        line = await self._line()
        try:
            packed = pack_command(command)  # type: ignore[arg-type]  # its own types say "a tuple of one"
            await line.send_packed_command(packed, check_health=False)
            return await line.read_response()
        finally:
            await self._back(line)

    async def ask_all(self, *commands: Command) -> list[Any]:
        """What one and the same server answers to each, without another's commands in between; errors as values."""
        line = await self._line()
        try:
            return await exchanged(line, commands)
        finally:
            await self._back(line)

    async def drop(self) -> None:
        """Whoever asks next is connected anew, to the server that has the say by then."""
        while self._idle:
            line = self._idle.pop()
            await line.disconnect()
            await self._pool.release(line)

    async def _line(self) -> Line:
        while self._idle:
            line = self._idle.pop()
            # What can be read before anything was asked is the end of a server that has gone.
            if line.is_connected and not await line.can_read():
                return line
            await self._pool.release(line)
        fresh: Line = await self._pool.get_connection()
        return fresh

    async def _back(self, line: Line) -> None:
        if line.is_connected and len(self._idle) < self._at_hand:
            self._idle.append(line)
        else:
            await self._pool.release(line)


async def exchanged(line: Line, commands: Sequence[Command]) -> list[Any]:
    """What comes back on this line, an error too (as a value); raises where the line breaks."""
    packed = b"".join(pack_command(tuple(one)) for one in commands)  # type: ignore[arg-type]
    await line.send_packed_command(packed, check_health=False)
    return [await _answer(line) for _ in commands]


async def _answer(line: Line) -> Any:
    try:
        return await line.read_response()
    except Exception as error:
        if not line.is_connected:
            raise
        return error
