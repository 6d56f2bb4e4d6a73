"""Links to answer pages: random and signed, kept for 30 days under their digest, withdrawn one by one or all at once."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import json
import re
import secrets
from typing import Final, NamedTuple

from bot.store.port import Shelf
from bot.store.port_staff import Keyring

PATH: Final = "/a/"
HOLDS_S: Final = 30 * 24 * 3600.0
# The oldest of a user's links gives way to a new one.
MOST: Final = 20
# Ten bytes are sixteen letters and digits that nobody mixes up and no chat takes for the end of a sentence.
_BYTES: Final = 10
_TOKEN: Final = re.compile(r"([a-z2-7]{16})([a-z2-7]{16})")
_PURPOSE: Final = b"answer-link:"


class Behind(NamedTuple):
    """Whose session a link shows, and which person of it; the page reads the rest as it stands."""

    user: str
    person: str


class Links:
    """All but `withdraw` of a link that is not ours ask the store, and may raise `StoreDown`."""

    def __init__(self, keyring: Keyring, shelf: Shelf, public_url: str = "") -> None:
        self._keyring = keyring
        self._shelf = shelf
        self._start = public_url.rstrip("/") + PATH
        self._key = b""

    async def fresh(self) -> str:
        """The address of a page that nobody has yet; nothing stands behind it before `keep`."""
        name = _letters(secrets.token_bytes(_BYTES))
        return f"{self._start}{name}{await self._seal(name)}"

    async def keep(self, address: str, user: str, person: str) -> None:
        """Puts the person (a key of the session's people) behind an address that `fresh` gave."""
        row = _row(address.removeprefix(self._start))
        rows = [*await self._rows(user), row]
        # First where it is looked for: no link may stand that cannot be withdrawn.
        await self._shelf.put(_of(user), json.dumps(rows[-MOST:]).encode(), HOLDS_S)
        behind = json.dumps({"user": user, "person": person}, ensure_ascii=False)
        await self._shelf.put(row, behind.encode("utf-8", "surrogatepass"), HOLDS_S)
        await asyncio.gather(*(self._drop(old) for old in rows[:-MOST]))

    async def ours(self, token: str) -> bool:
        """Whether we once signed it; guesses are told apart without asking the store for more than its key."""
        found = _TOKEN.fullmatch(token)
        return found is not None and hmac.compare_digest(found[2], await self._seal(found[1]))

    async def behind(self, token: str) -> Behind | None:
        """What stands behind a link; None where it is not ours, has expired or was withdrawn."""
        raw = await self._shelf.get(_row(token)) if await self.ours(token) else None
        return Behind(**json.loads(raw.decode("utf-8", "surrogatepass"))) if raw else None

    async def withdraw(self, token: str) -> None:
        """The link shows nothing any more."""
        if await self.ours(token):
            await self._drop(_row(token))

    async def withdraw_all(self, user: str) -> None:
        """None of the user's links shows anything any more."""
        rows = await self._rows(user)
        await asyncio.gather(*(self._drop(row) for row in rows))
        if rows:
            await self._drop(_of(user))

    async def count(self, user: str) -> int:
        """How many of the user's links still show something, or may."""
        return len(await self._rows(user))

    async def _rows(self, user: str) -> list[str]:
        raw = await self._shelf.get(_of(user))
        return list(json.loads(raw)) if raw else []

    async def _drop(self, name: str) -> None:
        if raw := await self._shelf.get(name):
            await self._shelf.drop(name, raw)

    async def _seal(self, name: str) -> str:
        # It never changes, so that a guess costs no look at the store.
        self._key = self._key or await self._keyring.signing_key()
        return _letters(hmac.digest(self._key, _PURPOSE + name.encode(), "sha256")[:_BYTES])


def _letters(raw: bytes) -> str:
    return base64.b32encode(raw).decode().lower()


def _row(token: str) -> str:
    return f"answer-link:{_digest(token)}"


def _of(user: str) -> str:
    return f"answer-links-of:{_digest(user)}"


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
