"""WeChat's side for tests, independent of wechatpy: signs, encrypts, pushes, and reads replies strictly."""

from __future__ import annotations

import base64
import hashlib
import itertools
import os
import re
import struct
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from xml.etree import ElementTree

import aiohttp
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

ACCOUNT = "gh_97417a04a28d"
REPLY_LIMIT = 2000
# A real one does not fit into the 53 bits of a double.
_MSG_IDS = itertools.count(23_987_654_321_098_765)


class BadReplyError(AssertionError):
    """A reply that the platform would not take; it would show the elder an error instead."""


def sign(*parts: str) -> str:
    """The platform's signature over its sorted parts."""
    return hashlib.sha1("".join(sorted(parts)).encode()).hexdigest()  # noqa: S324 - the platform's choice


class Envelope:
    """The platform's encryption, written from its documentation."""

    def __init__(self, aes_key: str, app_id: str) -> None:
        self._key = base64.b64decode(aes_key + "=")
        self._app_id = app_id.encode()

    def _cipher(self) -> Cipher[modes.CBC]:
        return Cipher(algorithms.AES(self._key), modes.CBC(self._key[:16]))

    def frame(self, message: bytes, salt: bytes | None = None, app_id: bytes | None = None) -> bytes:
        """The plain bytes with their padding, before encryption."""
        owner = self._app_id if app_id is None else app_id
        plain = (salt or os.urandom(16)) + struct.pack(">I", len(message)) + message + owner
        padding = 32 - len(plain) % 32
        return plain + bytes([padding]) * padding

    def encrypt_frame(self, frame: bytes) -> str:
        """Any frame, a wrong one too; its length must be whole AES blocks."""
        encryptor = self._cipher().encryptor()
        return base64.b64encode(encryptor.update(frame) + encryptor.finalize()).decode()

    def encrypt(self, message: bytes) -> str:
        return self.encrypt_frame(self.frame(message))

    def decrypt(self, sealed: str) -> bytes:
        """The message inside; raises BadReplyError for anything the platform would not take."""
        decryptor = self._cipher().decryptor()
        plain = decryptor.update(base64.b64decode(sealed, validate=True)) + decryptor.finalize()
        padding = plain[-1]
        if len(plain) % 32 or not 1 <= padding <= 32 or plain[-padding:] != bytes([padding]) * padding:
            raise BadReplyError("the padding is wrong")
        plain = plain[:-padding]
        (length,) = struct.unpack(">I", plain[16:20])
        if plain[20 + length :] != self._app_id:
            raise BadReplyError("the length or the app id is wrong")
        return plain[20 : 20 + length]


_LEAF = re.compile(r"<(\w+)>((?:<!\[CDATA\[(?:(?!\]\]>).)*\]\]>)+|[0-9]+)</\1>\s*", re.DOTALL)
_CDATA = re.compile(r"<!\[CDATA\[((?:(?!\]\]>).)*)\]\]>", re.DOTALL)
_NOT_XML = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def strict_fields(xml: bytes) -> dict[str, str]:
    """A flat `<xml>`, by a parser that knows nothing but CDATA and digits; ElementTree must agree."""
    text = xml.decode()
    if _NOT_XML.search(text):
        raise BadReplyError("a character that XML does not allow")
    inside = re.fullmatch(r"<xml>\s*(.*)</xml>\s*", text, re.DOTALL)
    if inside is None:
        raise BadReplyError(f"not one <xml>: {text[:80]!r}")
    fields = _leaves(inside.group(1))
    by_tree = {leaf.tag: leaf.text or "" for leaf in ElementTree.fromstring(xml)}  # noqa: S314 - our own reply
    if {name: value.replace("\r\n", "\n").replace("\r", "\n") for name, value in fields.items()} != by_tree:
        raise BadReplyError("two parsers read two things")
    return fields


def _leaves(text: str) -> dict[str, str]:
    fields: dict[str, str] = {}
    end = 0
    while end < len(text):
        leaf = _LEAF.match(text, end)
        if leaf is None or leaf.group(1) in fields:
            raise BadReplyError(f"not a leaf, or one that was there before: {text[end : end + 80]!r}")
        raw = leaf.group(2)
        fields[leaf.group(1)] = raw if raw.isdigit() else "".join(_CDATA.findall(raw))
        end = leaf.end()
    return fields


def cdata(text: str) -> str:
    """CDATA, split where the text would close it."""
    return "<![CDATA[" + text.replace("]]>", "]]]]><![CDATA[>") + "]]>"


def push_xml(fields: Mapping[str, str | int]) -> bytes:
    """A push as the platform writes it: numbers bare, all else in CDATA."""
    leaves = "".join(
        f"<{name}>{value if isinstance(value, int) else cdata(value)}</{name}>\n"
        for name, value in fields.items()
    )
    return f"<xml>{leaves}</xml>".encode("utf-8", "surrogatepass")


@dataclass(frozen=True)
class Answer:
    """What came back: the HTTP status and the raw body."""

    status: int
    body: bytes


@dataclass
class WeChatSide:
    """The platform, pushing to a running server.

    `url` is the server's address, `http://host:port`, with `/wechat` or without; `aes_key` None means plain
    mode; `now` gives the platform's clock in seconds, to be set where the server's "now" is fixed; `most` is how
    many bytes of text a reply may have: our own promise, or what the platform takes.
    """

    url: str
    token: str
    app_id: str
    aes_key: str | None = None
    now: Callable[[], float] = time.time
    account: str = ACCOUNT
    most: int = REPLY_LIMIT

    async def push_text(
        self,
        user: str,
        text: str,
        msg_id: int | None = None,
        nonce: str | None = None,
        timestamp: str | None = None,
        tap: str | None = None,
    ) -> str | None:
        """What the elder reads, after every check; None where the server answers `success` or nothing."""
        fields: dict[str, str | int] = {"MsgType": "text", "Content": text, "MsgId": msg_id or next(_MSG_IDS)}
        if tap is not None:
            fields["bizmsgmenuid"] = tap
        return await self.push(user, fields, nonce, timestamp)

    async def push_event(
        self, user: str, event: str, event_key: str | None = None, created: int | None = None
    ) -> str | None:
        """As `push_text`, for `subscribe`, `SCAN`, `CLICK` and the others."""
        fields: dict[str, str | int] = {"MsgType": "event", "Event": event}
        if event_key is not None:
            fields["EventKey"] = event_key
        if created is not None:
            fields["CreateTime"] = created
        return await self.push(user, fields)

    async def push(
        self,
        user: str,
        fields: Mapping[str, str | int],
        nonce: str | None = None,
        timestamp: str | None = None,
    ) -> str | None:
        """Any message: its own fields, to which sender, receiver and time are added."""
        head: dict[str, str | int] = {"ToUserName": self.account, "FromUserName": user}
        head["CreateTime"] = int(self.now())
        answer = await self.push_raw(push_xml({**head, **fields}), nonce, timestamp)
        if answer.status != 200:
            raise BadReplyError(f"HTTP {answer.status}: {answer.body[:200]!r}")
        return self.read(answer.body, user)

    async def push_raw(self, xml: bytes, nonce: str | None = None, timestamp: str | None = None) -> Answer:
        """Signs and, in safe mode, encrypts any bytes, and pushes them."""
        query, body = self.dress(xml, nonce, timestamp)
        return await self.post(query, body)

    def dress(
        self, xml: bytes, nonce: str | None = None, timestamp: str | None = None
    ) -> tuple[dict[str, str], bytes]:
        """The query and the body of a push."""
        nonce, timestamp = (
            nonce or str(int.from_bytes(os.urandom(4), "big")),
            timestamp or str(int(self.now())),
        )
        query = {"timestamp": timestamp, "nonce": nonce, "signature": sign(self.token, timestamp, nonce)}
        if self.aes_key is None:
            return query, xml
        sealed = Envelope(self.aes_key, self.app_id).encrypt(xml)
        signature = sign(self.token, timestamp, nonce, sealed)
        return {**query, "encrypt_type": "aes", "msg_signature": signature}, self.wrap(sealed)

    def wrap(self, sealed: str) -> bytes:
        """The outer XML around what is encrypted."""
        return push_xml({"ToUserName": self.account, "Encrypt": sealed})

    async def post(self, query: Mapping[str, str], body: bytes) -> Answer:
        """Posts exactly this."""
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=5)) as session:
            headers = {"Content-Type": "text/xml"}
            async with session.post(self._address(), params=query, data=body, headers=headers) as response:
                return Answer(response.status, await response.read())

    async def handshake(self, echostr: str = "4375120948345356249", *, encrypted: bool = False) -> Answer:
        """The GET of the account's page; with `encrypted`, as some consoles send it."""
        query, _ = self.dress(b"")
        if encrypted and self.aes_key:
            echostr = Envelope(self.aes_key, self.app_id).encrypt(echostr.encode())
            signature = sign(self.token, query["timestamp"], query["nonce"], echostr)
            query = {"timestamp": query["timestamp"], "nonce": query["nonce"], "msg_signature": signature}
        return await self.get({**query, "echostr": echostr})

    async def get(self, query: Mapping[str, str]) -> Answer:
        """Gets exactly this."""
        async with (
            aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=5)) as session,
            session.get(self._address(), params=query) as response,
        ):
            return Answer(response.status, await response.read())

    def read(self, body: bytes, user: str) -> str | None:
        """The text of a reply to `user`; raises BadReplyError where the platform would not show it."""
        if body in (b"", b"success"):
            return None
        fields = strict_fields(self._opened(body))
        if set(fields) != {"ToUserName", "FromUserName", "CreateTime", "MsgType", "Content"}:
            raise BadReplyError(f"not the elements of a text reply: {sorted(fields)}")
        if (fields["ToUserName"], fields["FromUserName"], fields["MsgType"]) != (user, self.account, "text"):
            raise BadReplyError("to somebody else, from somebody else, or not a text")
        words = fields["Content"]
        if not words.strip() or len(words.encode()) > self.most:
            raise BadReplyError(f"{len(words.encode())} bytes of text")
        check_links(words)
        return words

    def _opened(self, body: bytes) -> bytes:
        if self.aes_key is None:
            return body
        outer = strict_fields(body)
        if set(outer) != {"Encrypt", "MsgSignature", "TimeStamp", "Nonce"}:
            raise BadReplyError("not the elements of an encrypted reply")
        if sign(self.token, outer["TimeStamp"], outer["Nonce"], outer["Encrypt"]) != outer["MsgSignature"]:
            raise BadReplyError("the signature is wrong")
        return Envelope(self.aes_key, self.app_id).decrypt(outer["Encrypt"])

    def _address(self) -> str:
        return self.url.rstrip("/").removesuffix("/wechat") + "/wechat"


LINK = re.compile(
    r'<a href="weixin://bizmsgmenu\?msgmenucontent=([^"&<>\s]+)&msgmenuid=([^"&<>\s]+)">([^<>\n]+)</a>'
)


def check_links(words: str) -> list[tuple[str, str, str]]:
    """The tap links of a reply: content, id, label; BadReplyError for any other markup."""
    rest = LINK.sub("", words)
    if "<" in rest or ">" in rest:
        raise BadReplyError(f"markup that is no tap link: {rest[:200]!r}")
    return LINK.findall(words)
