"""Where a request comes from, our own pages or another site, and where it may be sent back to."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import unquote, urlsplit

from aiohttp import web

from bot.errors import Refused
from bot.keys import SETTINGS

# What a click inside the desk looks like: nothing that a browser could take for another host.
_OURS: Final = re.compile(r"/desk(?:[/?][!-\[\]-~]*)?")
_LONGEST: Final = 500
_NOT_BACK_TO: Final = ("/desk/sign-in", "/desk/sign-out")


def refuse_foreign(request: web.Request) -> None:
    """Raises `Refused` for a form of another site. A browser that tells nothing is left to the form's own mark."""
    site = request.headers.get("Sec-Fetch-Site")
    origin = request.headers.get("Origin", "null")
    # Our pages send no referrer, and so their forms have no origin.
    foreign = site not in ("same-origin", "none") if site else origin not in ("null", *_own(request))
    if foreign:
        raise Refused("the form came from another site; open our page and send it from there", code="foreign")


def safe_next(text: str, otherwise: str = "/desk") -> str:
    """The page of the desk that somebody wanted; never another site's, nor one that needs no signing in."""
    path = unquote(text.partition("?")[0])
    if len(text) > _LONGEST or not _OURS.fullmatch(text) or "//" in path or ".." in path or "\\" in path:
        return otherwise
    return otherwise if path.startswith(_NOT_BACK_TO) else text


def _own(request: web.Request) -> tuple[str, ...]:
    public = urlsplit(request.app[SETTINGS].public_url or "")
    own = (f"{scheme}://{request.host}" for scheme in ("http", "https"))
    return (*own, f"{public.scheme}://{public.netloc}") if public.netloc else tuple(own)
