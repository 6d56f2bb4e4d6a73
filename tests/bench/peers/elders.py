"""The pushes of many elders, signed and encrypted beforehand, and whether what came back is an answer."""

from __future__ import annotations

import os
import random
import re
import time
from base64 import b64encode
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import urlencode

import yaml

from tests.wechat_side import ACCOUNT, Envelope, WeChatSide, push_xml, strict_fields

TOKEN, APP_ID = "token0of0the0bench", "wxba5fad812f8e6fb9"
AES_KEY = b64encode(bytes(range(32))).decode().rstrip("=")
_TALKS = yaml.safe_load((Path(__file__).parents[1] / "talks.yaml").read_text(encoding="utf-8"))
_SEALED = re.compile(rb"<Encrypt><!\[CDATA\[(.+?)\]\]></Encrypt>", re.DOTALL)


class Crowd:
    """So many users, who come in turn and each time say something that elders say; ids are never used twice."""

    def __init__(self, users: int, seed: int) -> None:
        self._seed = seed
        self._chance = random.Random(seed)  # noqa: S311 - who says what
        self._side = WeChatSide("http://127.0.0.1", TOKEN, APP_ID, AES_KEY)
        self.users = [f"o{seed:03}bench{number:06}" for number in range(users)]
        self._chance.shuffle(self.users)
        self._next = 24_100_000_000_000_000 + int.from_bytes(os.urandom(5), "big")

    def pushes(self, count: int, path: str, *, keep: bool) -> list[bytes]:
        """Whole HTTP requests, fresh from now on for ten minutes."""
        head = "Host: 127.0.0.1\r\nContent-Type: text/xml\r\n" + ("" if keep else "Connection: close\r\n")
        return [self._request(self._fields(), path, head) for _ in range(count)]

    def dressed(self, count: int) -> list[tuple[dict[str, str], bytes]]:
        """Pushes as queries and bodies, without HTTP."""
        return [self._side.dress(push_xml(self._fields())) for _ in range(count)]

    def first(self, users: int) -> Crowd:
        """So many of them, as a crowd."""
        few = Crowd(0, self._seed)
        few.users = self.users[:users]
        return few

    def _fields(self) -> dict[str, str | int]:
        self._next += 1
        user = self.users[self._next % len(self.users)]
        now = int(time.time())
        names = {"ToUserName": ACCOUNT, "FromUserName": user, "CreateTime": now}
        return {**names, "MsgType": "text", "Content": self._words(), "MsgId": self._next}

    def _words(self) -> str:
        kinds = list(_TALKS.values())
        (kind,) = self._chance.choices(kinds, [one["weight"] for one in kinds])
        return str(self._chance.choice(kind["texts"]))

    def _request(self, fields: dict[str, str | int], path: str, head: str) -> bytes:
        query, body = self._side.dress(push_xml(fields))
        line = f"POST {path}?{urlencode(query)} HTTP/1.1\r\n{head}Content-Length: {len(body)}\r\n\r\n"
        return line.encode() + body


def wrong(answers: Sequence[bytes], every: int = 20) -> Counter[str]:
    """What is not as the platform takes it; every answer by its status, some opened and read."""
    told = Counter(f"HTTP {answer[9:12].decode()}" for answer in answers if answer[9:12] != b"200")
    unread = sum(not _readable(answer) for answer in answers[::every] if answer[9:12] == b"200")
    return told + Counter(unreadable=unread)


def _readable(answer: bytes) -> bool:
    body = answer.partition(b"\r\n\r\n")[2]
    if body in (b"", b"success"):
        return True
    sealed = _SEALED.search(body)
    if sealed is None:
        return False
    fields = strict_fields(Envelope(AES_KEY, APP_ID).decrypt(sealed.group(1).decode()).strip())
    return fields["MsgType"] == "text" and bool(fields["Content"])
