"""The platform's XML and our models: `to_message` and `to_xml`; only here is WeChat spoken."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime
from urllib.parse import unquote

from bot.errors import BadRequest
from bot.models import EventKind, Message, MessageKind, Reply
from bot.wechat import crypto, strict_xml
from bot.wechat.fitting import compose

_LONGEST_NAME = 128
_LONGEST_ID = 32
_LONGEST_SCENE = 64
_QR_PREFIX = "qrscene_"
# What the platform puts in the place of stickers, forwarded chats and the like.
_NOT_SHOWN = "收到不支持的消息类型"

_KINDS: Mapping[str, MessageKind] = {
    "text": "text",
    "event": "event",
    "voice": "voice",
    "image": "image",
    "video": "video",
    "shortvideo": "video",
    "location": "location",
    "link": "link",
    "file": "file",
}
_EVENTS: Mapping[str, EventKind] = {
    "subscribe": "subscribe",
    "unsubscribe": "unsubscribe",
    "scan": "scan",
    "click": "click",
    "view": "view",
}
_Fields = Mapping[str, str]


def to_message(xml: bytes) -> Message:
    """The message in a push that the gate let through; raises `BadRequest` where it cannot be read."""
    fields = strict_xml.read(xml)
    user, account = _name(fields, "FromUserName"), _name(fields, "ToUserName")
    kind = _KINDS.get(_name(fields, "MsgType").lower(), "unknown")
    key = _key(fields)
    if kind == "event":
        return _event(fields, user, account, key)
    if kind == "text":
        return _text(fields, user, account, key)
    heard = fields.get("Recognition", "").strip() if kind == "voice" else ""
    return Message(user, "text" if heard else kind, text=heard, key=key, to=account)


def to_xml(reply: Reply, message: Message, now: datetime) -> bytes:
    """The reply as one text message; empty bytes where it has no words."""
    words = compose(reply)
    if not words:
        return b""
    return crypto.text_reply(message.to, message.user, words, int(now.timestamp())).encode()


def _name(fields: _Fields, field: str) -> str:
    value = fields.get(field, "").strip()
    if not value or len(value) > _LONGEST_NAME or not value.isprintable():
        raise BadRequest(_lacking(fields, field), field=field)
    return value


def _lacking(fields: _Fields, field: str) -> str:
    if "Encrypt" in fields:
        return "the push is encrypted: set WECHAT_AES_KEY to the account's EncodingAESKey"
    return f"{field} is missing, or not what the platform sends"


def _text(fields: _Fields, user: str, account: str, key: str | None) -> Message:
    words, tap = fields.get("Content", ""), _tap(fields.get("bizmsgmenuid", ""))
    if words.strip().lstrip("【[").startswith(_NOT_SHOWN):
        return Message(user, "unknown", key=key, to=account)
    # Some clients send a tapped choice back as it stood in the link.
    return Message(user, text=_unquoted(words) if tap else words, tap=tap, key=key, to=account)


def _event(fields: _Fields, user: str, account: str, key: str | None) -> Message:
    event = _EVENTS.get(fields.get("Event", "").strip().lower(), "other")
    about = fields.get("EventKey", "").strip()
    scene = _scene(event, about)
    # A menu's key is a choice like any other, and like any other it may be read as words.
    chosen = about if event == "click" else ""
    return Message(user, "event", chosen, _tap(chosen), event, scene, key, account)


def _scene(event: EventKind, about: str) -> str | None:
    if event == "subscribe":
        about = about.removeprefix(_QR_PREFIX) if about.startswith(_QR_PREFIX) else ""
    elif event != "scan":
        return None
    return about if 0 < len(about) <= _LONGEST_SCENE else None


def _tap(menu_id: str) -> str | None:
    menu_id = _unquoted(menu_id).strip()
    return menu_id if menu_id not in ("", "0") and len(menu_id) <= _LONGEST_NAME else None


def _unquoted(text: str) -> str:
    return strict_xml.FORBIDDEN.sub("", unquote(text, errors="ignore"))


def _key(fields: _Fields) -> str | None:
    """MsgId, a number beyond 2**53; an event has none, but a user has no two alike in one second."""
    push = fields.get("MsgId", "").strip()
    if push.isascii() and push.isdigit() and len(push) <= _LONGEST_ID and push.strip("0"):
        return push
    names = ("FromUserName", "CreateTime", "MsgType", "Event", "EventKey", "Content", "MsgId")
    values = [fields.get(name, "").strip() for name in names]
    if not (push.strip("0") or values[1]):
        return None
    return hashlib.sha256("\0".join(values).encode()).hexdigest()
