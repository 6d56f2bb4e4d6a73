"""Which keys have ever sealed something in a store, so that a lost one is told at the start and not by garbage."""

from __future__ import annotations

from typing import Final

import structlog

from bot.errors import SettingError, StoreDown
from bot.store.data_keys import SETTING
from bot.store.sealing import KeyMissing, Sealer
from bot.store.server import Server

log: structlog.typing.FilteringBoundLogger = structlog.get_logger(__name__)
NAME: Final = "wenyanglao:data-keys"
# A store that is away shall not keep a program from starting.
_PATIENCE_S: Final = 1.0
_WORD: Final = b"opens"
_ALL = "return redis.call('HGETALL', KEYS[1])"
_ADD = "return redis.call('HSETNX', KEYS[1], ARGV[1], ARGV[2])"
_DROP = "return redis.call('HDEL', KEYS[1], ARGV[1])"
_LOST = (
    "what was sealed with it cannot be read: sessions, calls with their names and addresses, notices, staff and "
    "their sign-in. Put the file back from its back-up. Only where it is lost for good, "
    "`python -m bot data give-up <id>` erases what nobody can read any more"
)


async def registered(server: Server) -> dict[str, bytes]:
    """The ids of the keys that sealed something, each with a word that it sealed."""
    flat = await server.script(_ALL, (NAME,), within=_PATIENCE_S)
    return {name.decode(): word for name, word in zip(flat[::2], flat[1::2], strict=True)}


async def check_keys(server: Server, sealer: Sealer) -> None:
    """Registers the key that seals; raises `SettingError` where one that sealed is not here, or is another now, and
    `StoreDown`."""
    known = sealer.ids()
    for name, word in (await registered(server)).items():
        if name not in known:
            raise SettingError(f"{SETTING}: the key {name!r} is missing; {_LOST}", field=SETTING)
        if not _opens(sealer, name, word):
            raise SettingError(
                f"{SETTING}: the key {name!r} is not the one that sealed; {_LOST}", field=SETTING
            )
    if known:
        word = sealer.seal("data-key", known[0], _WORD)
        await server.script(_ADD, (NAME,), known[0], word)


async def forget_key(server: Server, name: str) -> None:
    """Nothing is sealed with it any more."""
    await server.script(_DROP, (NAME,), name)


async def check_where_it_answers(server: Server, sealer: Sealer) -> None:
    """As `check_keys`; a store that is away is told by others, and does not keep the program from starting."""
    try:
        await check_keys(server, sealer)
    except KeyMissing:
        raise
    except StoreDown:
        return


def warn_where_plain(sealer: Sealer) -> None:
    """Said once at the start of a server."""
    if not sealer.ids():
        log.warning(
            "kept_plain", mend=f"set {SETTING}: names, telephones and addresses stand in the store unsealed"
        )


def _opens(sealer: Sealer, name: str, word: bytes) -> bool:
    try:
        return sealer.open("data-key", name, word) == _WORD
    except KeyMissing:
        return False
