"""The printable A4 poster with an account's code for a region or a community: one page of HTML that needs nothing else."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import segno
from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from markupsafe import Markup

from bot.catalog import lined_yaml
from bot.catalog.model import Region
from bot.errors import SettingError

HERE = Path(__file__).parent
# What the platform takes as the scene of a permanent code; it counts characters, we count bytes to be sure.
SCENE_BYTES = 64
_COMMUNITY = re.compile(r"[\w·（）()-]+")


def scene(region: str, community: str | None = None) -> str:
    """What the code holds: the region's code, and after a colon the community; raises `SettingError`.

    The bot reads the region before the colon.
    """
    if not community:
        return region
    made = f"{region}:{community}"
    if not _COMMUNITY.fullmatch(community):
        raise SettingError("--community: write a name of characters, letters and digits, without spaces")
    if len(made.encode()) > SCENE_BYTES:
        most = (SCENE_BYTES - len(region) - 1) // 3
        raise SettingError(f"--community: the name is too long; {most} Chinese characters fit, shorten it")
    return made


def file_name(region: str, community: str | None = None) -> str:
    """Where the poster goes unless it is said; it names what the poster says in print."""
    return "-".join(filter(None, ("poster", region, community))) + ".html"


def poster_html(region: Region, community: str | None, url: str) -> str:
    """The page, with the code of `url` (the one that came with the ticket)."""
    return _template().render(words=_words(), region=region.full, community=community or "", code=_drawn(url))


def _drawn(url: str) -> Markup:
    """The code as SVG; a quarter of it may be torn or dirty and it is still read."""
    drawn = io.BytesIO()
    segno.make(url, error="q", micro=False).save(
        drawn, kind="svg", xmldecl=False, svgns=True, omitsize=True, border=4, dark="#000", light="#fff"
    )
    return Markup(drawn.getvalue().decode())  # noqa: S704 - drawn by segno: it has squares and no text


@cache
def _template() -> Template:
    env = Environment(
        loader=FileSystemLoader(HERE),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return env.get_template("poster.html")


@cache
def _words() -> Mapping[str, str]:
    words: Mapping[str, str] = lined_yaml.read(HERE / "poster.yaml", "poster.yaml").data
    return words
