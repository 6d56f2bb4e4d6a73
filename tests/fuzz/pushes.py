"""Pushes as somebody with the account's token could make them: any frame under a right signature, any tree of XML.

`tests/test_wechat_mutations.py` damages good pushes; here they are made up from their parts.
"""

from __future__ import annotations

import base64
import struct
from collections.abc import Callable, Mapping
from datetime import datetime
from random import Random
from typing import Final, TypeVar
from xml.etree import ElementTree

import pytest
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from bot.config import SHANGHAI
from bot.errors import BadRequest, BotError, Refused, TooLarge
from bot.models import Message, Reply
from bot.wechat import strict_xml
from bot.wechat.codec import to_message, to_xml
from bot.wechat.gate import Gate
from tests.fuzz.one import Fuzz
from tests.wechat_side import Envelope, push_xml, sign, strict_fields

_T = TypeVar("_T")
TOKEN: Final = "AAAAA"  # noqa: S105 - for tests
APP_ID, AES_KEY = "wxba5fad812f8e6fb9", "uXyZ0123456789abcdefghijklmnopqrstuvwxyzABC"
NOW: Final = datetime(2026, 11, 21, 9, 0, tzinfo=SHANGHAI)
SECONDS: Final = int(NOW.timestamp())
GATES: Final = {key: Gate(TOKEN, APP_ID, key, lambda: NOW) for key in (None, AES_KEY)}
_ENVELOPE: Final = Envelope(AES_KEY, APP_ID)
_FIELDS: Final = (
    *("ToUserName", "FromUserName", "CreateTime", "MsgType", "Content", "MsgId", "Event", "EventKey"),
    *("MediaId", "Recognition", "Location_X", "Location_Y", "Label", "bizmsgmenuid", "OpenID", "List"),
    *("SubscribeMsgPopupEvent", "SubscribeMsgChangeEvent", "TemplateId", "SubscribeStatusString", "Encrypt"),
)
_VALUES: Final = (
    *("text", "event", "voice", "image", "location", "link", "file", "TEXT", "CLICK", "SCAN", "VIEW"),
    *(
        "subscribe",
        "unsubscribe",
        "user_authorization_revoke",
        "subscribe_msg_popup_event",
        "accept",
        "reject",
    ),
    *(
        "oUser-1_2",
        "gh_97417a04a28d",
        "qrscene_411303",
        str(SECONDS),
        "0",
        "-1",
        "9" * 40,
        "1e9",
        "NaN",
        "91.5",
    ),
    *("%E4%BD%8E%E4%BF%9D", "%zz%00", "a/b", " ", "收到不支持的消息类型", "低保", "\u202e\u200b", "𠮷"),
)


def _quoted(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _cdata(text: str) -> str:
    return "<![CDATA[" + text.replace("]]>", "]]]]><![CDATA[>") + "]]>"


def _words(dice: Random) -> str:
    if dice.random() < 0.7:
        return dice.choice(_VALUES)
    return "".join(chr(dice.choice((dice.randrange(128), dice.randrange(0x3000, 0xA000)))) for _ in range(8))


def _leaf(dice: Random) -> str:
    return dice.choice((_quoted, _cdata, _cdata, str))(_words(dice))


def _element(dice: Random, depth: int = 0) -> str:
    name = dice.choice(_FIELDS) if dice.random() < 0.95 else dice.choice(("a", "_", "é", "x.y", "1"))
    if depth < 10 and dice.random() < (0.25 if depth < 3 else 0.6):
        return f"<{name}>{_elements(dice, depth + 1, dice.randrange(5))}</{name}>"
    return f"<{name}>{_leaf(dice)}</{name}>"


def _elements(dice: Random, depth: int, count: int) -> str:
    return "".join(_element(dice, depth) for _ in range(count))


def _a_push(dice: Random) -> bytes:
    """Mostly what the platform could write, else a tree of anything."""
    if dice.random() < 0.3:
        return f"<xml>{_elements(dice, 1, dice.randrange(12))}</xml>".encode()
    if dice.random() < 0.1:
        return _element(dice).encode()
    told = {name: _words(dice) for name in dice.sample(_FIELDS[:16], dice.randrange(10))}
    head = {"ToUserName": "gh_1", "FromUserName": "oUser", "MsgType": dice.choice(_VALUES[:8])}
    rows = _elements(dice, 2, 2) if dice.random() < 0.2 else ""
    return push_xml({**told, **head}).replace(b"</xml>", rows.encode() + b"</xml>")


def thrown(make: Callable[[Random], _T]) -> SearchStrategy[_T]:
    """What `make` makes of dice; drawn piece by piece by hypothesis it would take a hundred times as long."""
    return st.integers(0, 2**48).map(lambda number: make(Random(number)))  # noqa: S311 - chance, not secrecy


_xml = thrown(_a_push)


@st.composite
def _frames(draw: st.DrawFn) -> bytes:
    """What stands inside of the encryption: each part right as a rule, and now and then anything."""
    message = draw(_xml)
    length = draw(st.just(len(message)) | st.integers(0, 2**32 - 1))
    owner = draw(st.just(APP_ID.encode()) | st.binary(max_size=40))
    plain = draw(st.binary(min_size=16, max_size=16)) + struct.pack(">I", length) + message + owner
    padding = draw(st.just(32 - len(plain) % 32) | st.integers(1, 255))
    return plain + bytes([padding]) * padding


def _sealed(frame: bytes) -> str:
    whole = frame[: len(frame) - len(frame) % 16]
    return _ENVELOPE.encrypt_frame(whole) if whole else ""


_odd_base64 = st.builds(
    lambda raw, cut, more: base64.b64encode(raw).decode()[cut:] + more,
    st.binary(max_size=200),
    st.integers(0, 3),
    st.sampled_from(("", "=", "\n", "====", "é", " ", "-_")),
)
_stamps = st.just(str(SECONDS)) | st.integers(SECONDS - 700, SECONDS + 700).map(str) | st.text(max_size=14)


def _outcome(key: str | None, query: Mapping[str, str], body: bytes) -> Message | BotError:
    """Anything but a message and these three errors is raised, and so found."""
    try:
        return to_message(GATES[key].open(query, body), "wolong")
    except (BadRequest, Refused, TooLarge) as error:
        return error


def _signed_frame(frame: bytes, stamp: str, nonce: str) -> None:
    _signed_words(_sealed(frame), stamp, nonce)


def _signed_words(sealed: str, stamp: str, nonce: str) -> None:
    query = {"timestamp": stamp, "nonce": nonce, "msg_signature": sign(TOKEN, stamp, nonce, sealed)}
    came = _outcome(AES_KEY, query, push_xml({"Encrypt": sealed}))
    if isinstance(came, Message):
        _is_whole(came)


def _any_query(query: Mapping[str, str], body: bytes, key: str | None) -> None:
    """Without the token nobody gets in, whatever they send; nor by the handshake."""
    assert not isinstance(_outcome(key, query, body), Message)
    with pytest.raises((BadRequest, Refused)):
        GATES[key].echo(query)


def _is_whole(message: Message) -> None:
    """What the rest of the program may count on."""
    assert message.user
    assert not {"/", " ", "\n"} & set(message.user)
    assert message.key is None or 0 < len(message.key) <= 64
    assert 0 <= message.created < 10**10
    assert not strict_xml.FORBIDDEN.search(message.text + (message.tap or ""))
    assert message.scene is None or len(message.scene) <= 64
    assert message.place is None or abs(message.place.latitude) <= 90
    reply = to_xml(Reply((message.text or "好",)), message, NOW)
    assert not reply or strict_fields(reply)["ToUserName"] == message.user


def _read_alike(xml: bytes) -> None:
    """Where the strict reader reads anything, a common one reads the same."""
    try:
        leaves = strict_xml.read(xml)
    except BadRequest:
        return
    text = strict_xml.FORBIDDEN.sub("", xml.decode("utf-8-sig", "replace"))
    tree = ElementTree.fromstring(text)  # noqa: S314 - the strict reader took it, so it has no entities
    found = {one.tag: one.text or "" for one in tree if not len(one)}
    gap = "\ufffd"
    assert {name: value.replace(gap, "") for name, value in leaves.items()} == {
        name: found[name].replace(gap, "") for name in leaves
    }


def _becomes_a_message(xml: bytes) -> None:
    try:
        _is_whole(to_message(xml, "wolong"))
    except BadRequest:
        return


_nonces = st.text("".join(map(chr, range(0x21, 0x7F))), min_size=1, max_size=12) | st.text(max_size=8)
_queries = st.dictionaries(
    st.sampled_from(
        ("timestamp", "nonce", "signature", "msg_signature", "echostr", "encrypt_type", "openid")
    ),
    _stamps | st.text("0123456789abcdef", min_size=40, max_size=40),
    max_size=7,
)
ALL: Final = (
    Fuzz("frames under a right signature", {"frame": _frames(), "stamp": _stamps, "nonce": _nonces}, _signed_frame),
    Fuzz("words under a right signature", {"sealed": _odd_base64, "stamp": _stamps, "nonce": _nonces}, _signed_words),
    Fuzz("strangers", {"query": _queries, "body": _xml | st.binary(max_size=300), "key": st.sampled_from((None, AES_KEY))}, _any_query),
    Fuzz("trees of XML are read as by others", {"xml": _xml}, _read_alike),
    Fuzz("trees of XML as messages", {"xml": _xml}, _becomes_a_message),
)  # fmt: skip
