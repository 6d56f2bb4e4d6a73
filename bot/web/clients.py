"""Who asks, and over which scheme: what a proxy before us tells is believed of our own proxies only."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Final

import structlog
from aiohttp import web

from bot.keys import SETTINGS

Network = IPv4Network | IPv6Network
Address = IPv4Address | IPv6Address
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
FOR: Final = "X-Forwarded-For"
PROTO: Final = "X-Forwarded-Proto"
_warned: set[str] = set()
log: structlog.typing.FilteringBoundLogger = structlog.get_logger(__name__)


@web.middleware
async def with_client(request: web.Request, handler: Handler) -> web.StreamResponse:
    """From here on `request.remote` and `request.secure` are the client's; nobody else need read the headers."""
    if FOR not in request.headers and PROTO not in request.headers:
        return await handler(request)
    peer, trusted = request.remote or "", request.app[SETTINGS].trusted_proxies
    if not _is_of(_address(peer), trusted):
        _warn_once()
        return await handler(request)
    client = client_of(peer, tuple(request.headers.getall(FOR, ())), trusted)
    return await handler(request.clone(remote=client, scheme=_scheme(request)))


# The same few proxies tell of the same clients again and again, and reading addresses is slow.
@lru_cache(maxsize=4096)
def client_of(peer: str, told: tuple[str, ...], trusted: tuple[Network, ...]) -> str:
    """Whoever stands before our own proxies: from the right, the first address that is none of them.

    `told` are the values of X-Forwarded-For. What stands further left was written by the client.
    """
    found = peer
    hops = [hop.strip() for value in told for hop in value.split(",")]
    while _is_of(_address(found), trusted) and hops:
        hop = _address(hops.pop())
        if hop is None:
            break
        found = str(hop)
    return found


def whole_house(address: str) -> str:
    """The network that one client has for itself: of IPv6 it is a /64, and it may use any address in it."""
    found = _address(address)
    return str(ip_network((found, 64), strict=False)) if isinstance(found, IPv6Address) else address


def _scheme(request: web.Request) -> str:
    told = request.headers.get(PROTO, "").split(",")[0].strip().lower()
    return told if told in ("http", "https") else request.scheme


def _is_of(address: Address | None, networks: Iterable[Network]) -> bool:
    return address is not None and any(address in one for one in networks)


@lru_cache(maxsize=4096)
def _address(text: str) -> Address | None:
    try:
        found = ip_address(text)
    except ValueError:
        return None
    return getattr(found, "ipv4_mapped", None) or found


def _warn_once() -> None:
    if not _warned:
        _warned.add(FOR)
        log.warning(
            "a proxy is not believed",
            why="X-Forwarded-… came from an address that TRUSTED_PROXIES does not name: behind a proxy of your own, "
            "name its network, else all clients count as one and cookies are not marked for TLS",
        )
