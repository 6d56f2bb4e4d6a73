"""Hands an answer over: what is known of an elder, left under a short code for whoever reads it out to the bot."""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from bot.errors import StoreDown
from bot.store.port import Shelf

DIGITS: Final = 6
HOLDS_S: Final = 3600.0
# A push may come again after its code was used.
_AGAIN_S: Final = 120.0
# So few that nobody meets a code by guessing.
_TRIES: Final = 5
_TRIES_S: Final = 3600.0
_DRAWS: Final = 20


class Handed(NamedTuple):
    """`facts` as in the contract's §1; `person` is whom they are of, as the caller told it (a key of people)."""

    facts: Mapping[str, Any]
    person: str


async def issue(shelf: Shelf, facts: Mapping[str, Any], person: str = "self") -> str:
    """A new code of 6 digits that holds for an hour and is used once; raises `StoreDown`."""
    # The word makes the value one of its own, so that no other can claim its code.
    kept = json.dumps(
        {"facts": facts, "person": person, "word": secrets.token_hex(8)}, ensure_ascii=False, sort_keys=True
    )
    for _ in range(_DRAWS):
        code = f"{secrets.randbelow(10**DIGITS):0{DIGITS}}"
        if await shelf.claim(_code(code), kept, HOLDS_S):
            return code
    raise StoreDown("too many codes are out; try again in some minutes")


async def redeem(shelf: Shelf, code: str, who: str) -> Handed | None:
    """What was left under the code, None where there is no such code (any more) or `who` (a user) has tried five
    wrong ones within an hour. The same user may send it again at once. Raises `StoreDown`."""
    if len(code) != DIGITS or not (code.isascii() and code.isdecimal()):
        return None
    slot, holder = await _slot(shelf, who)
    raw = await shelf.get(_code(code)) if slot else None
    if raw is None or not await shelf.claim(_used(raw), _digest(who), HOLDS_S):
        return None
    await shelf.release(slot, holder)
    await shelf.put(_code(code), raw, _AGAIN_S)
    await shelf.put(_last(who), _code(code).encode(), _AGAIN_S)
    kept = json.loads(raw)
    return Handed(kept["facts"], str(kept["person"]))


async def forget(shelf: Shelf, who: str) -> None:
    """Nothing is left of what the user has just been handed; raises `StoreDown`."""
    name = await shelf.get(_last(who))
    if name and (raw := await shelf.get(name.decode())):
        await shelf.drop(name.decode(), raw)


async def _slot(shelf: Shelf, who: str) -> tuple[str, str]:
    """One of the tries that a user has, taken before the code is looked at; "" where none is left."""
    holder = secrets.token_hex(8)
    for place in range(_TRIES):
        slot = f"answer-code-tried:{_digest(who)}:{place}"
        if await shelf.claim(slot, holder, _TRIES_S):
            return slot, holder
    return "", holder


def _code(code: str) -> str:
    return f"answer-code:{_digest(code)}"


def _last(who: str) -> str:
    return f"answer-code-last:{_digest(who)}"


def _used(raw: bytes) -> str:
    return f"answer-code-used:{hashlib.sha256(raw).hexdigest()[:32]}"


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]
