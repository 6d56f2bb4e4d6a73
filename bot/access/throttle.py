"""How often somebody may try, so that nobody guesses, and nobody locks a colleague out by guessing wrong.

A browser that signed in before counts for itself. All others count for their address, for the account there, and,
more generously, for the account wherever they are: whoever fills these stands before the door with other strangers,
never the colleague at their own desk.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address, ip_network
from typing import Final

from bot.store.port import Shelf

WAIT_S: Final = 15 * 60.0
_OF_A_BROWSER: Final = 10
_FROM_AN_ADDRESS: Final = 10
_OF_AN_ADDRESS: Final = 40
# One address alone cannot fill it.
_OF_STRANGERS: Final = 50


@dataclass(frozen=True, slots=True)
class Browser:
    """What tries: `device` is the mark of one that signed in as this person before, None for a stranger."""

    address: str
    device: str | None = None

    def counts(self, account: str, of_strangers: int) -> Mapping[str, int]:
        """Which counts a try belongs to, and how many tries each has."""
        if self.device is not None:
            return {_digest("device", account, self.device): _OF_A_BROWSER}
        here = network(self.address)
        return {
            _digest("account here", account, here): _FROM_AN_ADDRESS,
            _digest("address", here): _OF_AN_ADDRESS,
            _digest("account", account): of_strangers,
        }


@dataclass(frozen=True, slots=True)
class Try:
    """The places it has taken in its counts, each for `WAIT_S`."""

    holder: str
    places: tuple[str, ...]

    async def forgive(self, shelf: Shelf) -> None:
        """It was right: it does not count. Raises `StoreDown`."""
        for place in self.places:
            await shelf.release(place, self.holder)


async def begin(
    shelf: Shelf, account: str, browser: Browser, of_strangers: int = _OF_STRANGERS
) -> Try | None:
    """A try, taken before anything is looked at; None where a count is full. Raises `StoreDown`."""
    holder, places = secrets.token_hex(8), list[str]()
    for name, most in browser.counts(account, of_strangers).items():
        place = await _place(shelf, name, most, holder)
        if place is None:
            await Try(holder, tuple(places)).forgive(shelf)
            return None
        places.append(place)
    return Try(holder, tuple(places))


def device_mark(key: bytes, account: str) -> str:
    """What a browser keeps that signed in."""
    mark = secrets.token_urlsafe(18)
    return f"{mark}.{_seal(key, account, mark)}"


def device_of(key: bytes, account: str, kept: str) -> str | None:
    """The mark, where it is of our making and for this person."""
    mark, _, seal = kept.partition(".")
    return (
        mark
        if hmac.compare_digest(_seal(key, account, mark).encode(), seal.encode("utf-8", "replace"))
        else None
    )


def network(address: str) -> str:
    """A household has one address of the old kind, and a whole network of the new one."""
    try:
        found = ip_address(address.strip())
    except ValueError:
        return ""
    if isinstance(found, IPv6Address) and found.ipv4_mapped is None:
        return str(ip_network((found, 64), strict=False))
    return str(getattr(found, "ipv4_mapped", None) or found)


async def _place(shelf: Shelf, name: str, most: int, holder: str) -> str | None:
    for number in range(most):
        place = f"desk-try:{name}:{number}"
        if await shelf.claim(place, holder, WAIT_S):
            return place
    return None


def _seal(key: bytes, account: str, mark: str) -> str:
    return hmac.new(key, f"device:{account}:{mark}".encode("utf-8", "replace"), hashlib.sha256).hexdigest()


def _digest(*parts: str) -> str:
    return hashlib.sha256("\n".join(parts).encode("utf-8", "replace")).hexdigest()[:32]
