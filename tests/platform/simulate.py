"""A person at a terminal talks to a running server as WeChat would: lines are pushed, numbers are taps."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import re
import sys
import threading
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import yaml

from tests.platform import shapes
from tests.platform.account import AccountSide, Sent
from tests.platform.api_side import ApiSide
from tests.platform.pushing import Platform, Push
from tests.platform.shapes import Fields
from tests.wechat_side import LINK

_WORDS: Mapping[str, Any] = yaml.safe_load(Path(__file__).with_suffix(".yaml").read_text(encoding="utf-8"))
# Silence: a header, and a second of frames without data.
_RECORDING = b"#!AMR\n" + b"\x7c" * 50
# Choices are mostly numbered already.
_CHOICE = re.compile(rf"(?:\d+\. )?{LINK.pattern}")
_media = (f"media-{number}" for number in itertools.count(1))


async def main(
    url: str,
    token: str,
    app_id: str,
    aes_key: str | None,
    api_port: int,
    user: str,
    *,
    now: Callable[[], float] = time.time,
) -> None:
    """Until `:quit` or the end of standard input; `url` is the server's, 0 as `api_port` any free one."""
    account = AccountSide(app_id, now=now)
    async with (
        ApiSide([account], port=api_port, now=now) as api,
        Platform(url, token, app_id, aes_key, ledger=account.ledger, now=now) as platform,
    ):
        person = Person(platform, account, user)
        _tell("start", url=url, api=api.url)
        async for line in _lines():
            if not await person.types(line):
                break
        _tell("bye")


class Person:
    """Who sits at the terminal, as one user of one account."""

    def __init__(self, platform: Platform, account: AccountSide, user: str) -> None:
        self._platform = platform
        self._account = account
        self._user = user
        self._choices: list[tuple[str, str]] = []
        self._created = 0
        account.watchers.append(self._show_sent)

    async def types(self, line: str) -> bool:
        """Does what the line says; False where it ends the talk."""
        command, _, rest = line.strip().partition(" ")
        if command == ":quit":
            return False
        if not command.startswith(":"):
            await self._says(line.strip())
        elif act := _ACTS.get(command):
            await act(self, rest.strip())
        elif shape := _SHAPES.get(command):
            await self._push(shape(rest.strip()))
        else:
            _tell("unknown", command=command)
        return True

    async def _says(self, words: str) -> None:
        if words.isdecimal() and self._choices and int(words) <= len(self._choices):
            content, menu_id = self._choices[int(words) - 1]
            await self._push(shapes.tap(content, menu_id))
        elif words:
            await self._push(shapes.text(words))

    async def _push(self, fields: Fields) -> None:
        # Two events of one second are one push to the server, and its clock may stand still.
        self._created = max(self._created + 1, int(self._account.now()))
        self._show(await self._platform.push(self._user, fields, created=self._created))

    async def again(self, _: str) -> None:
        """The last push once more, as the platform does where it did not get the answer."""
        if not self._platform.pushes:
            _tell("no_push")
            return
        last = self._platform.pushes[-1]
        self._show(await self._platform.again(last))
        _tell("same" if last.same_bytes else "different")

    async def says_exactly(self, words: str) -> None:
        """A number that is meant as words."""
        await self._push(shapes.text(words))

    async def speaks(self, heard: str) -> None:
        """A recording from a file, or an empty one, with the words that the platform made out."""
        file = Path(heard) if heard else None
        recorded = file is not None and file.is_file()
        data = file.read_bytes() if file and recorded else _RECORDING
        media = self._account.store_media(next(_media), data)
        await self._push(shapes.voice(media, "" if recorded else heard))

    async def sends_picture(self, _: str) -> None:
        await self._push(shapes.image(self._account.store_media(next(_media), b"\xff\xd8\xff", "image/jpeg")))

    async def stands(self, place: str) -> None:
        """Latitude, longitude, address."""
        try:
            latitude, longitude, *label = place.split(maxsplit=2)
            fields = shapes.location(float(latitude), float(longitude), "".join(label))
        except ValueError:
            _tell("bad_place")
            return
        await self._push(fields)

    async def opens_menu(self, name: str) -> None:
        """The button of this name, or a key that no button has."""
        button = next((one for one in self._buttons() if one.get("name") == name), {"key": name})
        if button.get("type") == "view":
            await self._push(shapes.view(button["url"]))
        else:
            await self._push(shapes.click(button["key"]))

    def _buttons(self) -> list[Mapping[str, Any]]:
        menu = (self._account.menu or {"menu": {"button": []}})["menu"]["button"]
        return [one for top in menu for one in (top["sub_button"] or [top])]

    @staticmethod
    async def waits(seconds: str) -> None:
        """So that something else may arrive."""
        await asyncio.sleep(float(seconds) if seconds.replace(".", "", 1).isdecimal() else 1.0)

    @staticmethod
    async def asks_for_help(_: str) -> None:
        _tell("help")

    def _show(self, push: Push) -> None:
        last = push.tries[-1]
        self._choices = []
        if last.good:
            print(self._numbered(last.text) if last.text else _WORDS["nothing"])
        else:
            _tell("error")
        _tell("seconds", seconds=f"{last.seconds:.1f}")
        if not last.good or len(push.tries) > 1:
            told = "、".join(_WORDS["outcomes"][one] for one in push.outcomes)
            _tell("tries", count=len(push.tries), outcomes=told)

    def _show_sent(self, sent: Sent) -> None:
        if sent.user != self._user:
            return
        _tell(f"sent_{sent.kind}")
        print(self._numbered(sent.text))
        for menu_id, label in sent.choices:
            print(self._choice(label, menu_id, label))
        sys.stdout.flush()

    def _numbered(self, text: str) -> str:
        return _CHOICE.sub(lambda link: self._choice(unquote(link[1]), unquote(link[2]), link[3]), text)

    def _choice(self, content: str, menu_id: str, label: str) -> str:
        self._choices.append((content, menu_id))
        return str(_WORDS["choice"]).format(number=len(self._choices), label=label)


_ACTS: Mapping[str, Callable[[Person, str], Awaitable[None]]] = {
    ":again": Person.again,
    ":say": Person.says_exactly,
    ":voice": Person.speaks,
    ":image": Person.sends_picture,
    ":where": Person.stands,
    ":menu": Person.opens_menu,
    ":wait": lambda _, seconds: Person.waits(seconds),
    ":help": lambda _, rest: Person.asks_for_help(rest),
}
_SHAPES: Mapping[str, Callable[[str], Fields]] = {
    ":follow": lambda scene: shapes.subscribe(scene or None),
    ":leave": lambda _: shapes.unsubscribe(),
    ":scan": shapes.scan,
    ":video": lambda _: shapes.video("video-1"),
    ":file": lambda name: shapes.file(name or "户口本.pdf"),
    ":link": lambda url: shapes.link("链接", url or "https://example.cn/"),
    ":sticker": lambda _: shapes.sticker(),
    ":consent": shapes.consent,
}


def _tell(what: str, **about: object) -> None:
    print(str(_WORDS[what]).format(**about).rstrip("\n"), flush=True)


async def _lines() -> AsyncIterator[str]:
    """Standard input, read beside the loop: a thread that nobody has to wait for."""
    loop, lines = asyncio.get_running_loop(), asyncio.Queue[str]()

    def read() -> None:
        # The talk may be over, and its loop closed, before all lines are read.
        with contextlib.suppress(RuntimeError):
            while line := sys.stdin.readline():
                loop.call_soon_threadsafe(lines.put_nowait, line)
            loop.call_soon_threadsafe(lines.put_nowait, "")

    threading.Thread(target=read, name="standard input", daemon=True).start()
    while True:
        if sys.stdin.isatty():
            print(_WORDS["prompt"], end="", flush=True)
        line = await lines.get()
        if not line:
            return
        yield line
