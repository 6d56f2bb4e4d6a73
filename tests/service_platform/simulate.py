"""A person at a county's platform: sees the calls that arrive, and reports back with a letter and the number."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import aiohttp
import yaml

from tests.platform import faults
from tests.platform.simulate import _lines as lines
from tests.service_platform.county import PATH, County, Taken

_WORDS: Mapping[str, Any] = yaml.safe_load(Path(__file__).with_suffix(".yaml").read_text(encoding="utf-8"))
_STATES = {"a": "accepted", "w": "on_the_way", "d": "done", "f": "failed"}
_FAULTS: Mapping[str, Callable[[], faults.Fault]] = {
    "!500": lambda: faults.page(500),
    "!html": lambda: faults.page(200),
    "!cut": faults.cut,
    "!lost": faults.lost,
    "!slow": lambda: faults.slow(20.0),
}


async def main(
    id_: str, secret: str, port: int, callback: str, *, now: Callable[[], float] = time.time
) -> None:
    """Until `:quit` or the end of standard input; `callback` is the bot's address for reports."""
    async with County(callback, id_, secret, port, now) as county:
        county.on_event = _show
        _tell("start", url=county.url, callback=callback)
        async for line in lines():
            if line.strip() == ":quit":
                break
            await _types(county, line.split())
        _tell("bye")


async def _types(county: County, words: list[str]) -> None:
    match words:
        case []:
            pass
        case [":help"]:
            _tell("help")
        case [":wait", seconds] if seconds.replace(".", "", 1).isdecimal():
            await asyncio.sleep(float(seconds))
        case ["l"]:
            _list(county)
        case [letter, number, *note] if letter in _STATES:
            await _report(county, number, _STATES[letter], " ".join(note))
        case [fault, *times] if fault in _FAULTS:
            count = int(times[0]) if times and times[0].isdecimal() else 1
            county.faults.add(PATH, _FAULTS[fault](), times=count)
            _tell("fault", times=count)
        case _:
            _tell("unknown", line=" ".join(words))


async def _report(county: County, number: str, state: str, note: str) -> None:
    try:
        answer = await county.report(number, state, **({"note": note} if note else {}))
    except (aiohttp.ClientError, OSError) as error:
        _tell("lost", why=type(error).__name__)
        return
    _tell("reported", status=answer.status, body=answer.body)


async def _show(taken: Taken) -> None:
    body = taken.body
    urgent = str(_WORDS["urgent"]) if body["urgent"] else ""
    told = body | {"time": body["time_text"] or body["time"] or ""}
    print(str(_WORDS["event"]).format(**told) + urgent, flush=True)


def _list(county: County) -> None:
    for why in county.refused:
        _tell("refused", why=why)
    if not county.calls:
        _tell("none")
    for body in county.calls.values():
        _tell("line", **body)


def _tell(what: str, **about: object) -> None:
    print(str(_WORDS[what]).format(**about), flush=True)
