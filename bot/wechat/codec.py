"""The platform's XML and our models: `to_message` and `to_xml`; only here is WeChat spoken."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from urllib.parse import unquote

from bot.errors import BadRequest
from bot.models import EventKind, Message, MessageKind, Place, Reply
from bot.wechat import crypto, strict_xml
from bot.wechat.fitting import compose

_LONGEST_NAME = 128
_LONGEST_ID = 32
_LONGEST_SCENE = 64
_LONGEST_LABEL = 200
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
# Where nobody waits an event is "other": reports (LOCATION, TEMPLATESENDJOBFINISH, kf_create_session, ...), and
# what is only the forerunner of a message of its own (location_select, pic_sysphoto, ...).
_EVENTS: Mapping[str, EventKind] = {
    "subscribe": "subscribe",
    "unsubscribe": "unsubscribe",
    "scan": "scan",
    "click": "click",
    # This one shows "消息接收中" until an answer comes.
    "scancode_waitmsg": "click",
    "view": "view",
    "view_miniprogram": "view",
    "user_authorization_revoke": "revoked",
    "user_authorization_cancellation": "revoked",
    "subscribe_msg_popup_event": "consent",
    "subscribe_msg_change_event": "consent",
}
_POPUP, _CHANGE = "SubscribeMsgPopupEvent", "SubscribeMsgChangeEvent"
_MEDIA: Mapping[str, Sequence[str]] = {
    "voice": ("MediaId16K", "MediaId"),
    "image": ("MediaId",),
    "video": ("MediaId",),
    "file": ("MediaId",),
}
# Never a slash: it parts the account from the user in `Message.who`.
_NAME = re.compile(r"[^\s/\x00-\x20]{1,128}")
_NUMBER = re.compile(r"[0-9]{1,10}")
_DEGREES = re.compile(r"-?[0-9]{1,3}(?:\.[0-9]{1,20})?")
_PLATFORM_ID = re.compile(r"[\x21-\x7e]{1,256}")
# A choice as it stands in the link that `fitting` writes.
_QUOTED = re.compile(r"(?:[0-9A-Za-z_.~-]|%[0-9A-Fa-f]{2}){1,2000}")

_Fields = Mapping[str, str]
_Rows = Mapping[str, Sequence[_Fields]]
_Make = Callable[..., Message]


def to_message(xml: bytes, account: str = "", region: str | None = None) -> Message:
    """The message in a push that the gate of `account` let through, whose elders live in `region`; raises `BadRequest`
    where it cannot be read."""
    push = strict_xml.parse(xml)
    fields = push.leaves
    make = partial(
        Message,
        _name(fields, "FromUserName"),
        to=_name(fields, "ToUserName"),
        key=_key(fields),
        account=account,
        created=_created(fields),
        region=region,
    )
    kind = _KINDS.get(_name(fields, "MsgType").lower(), "unknown")
    if kind == "event":
        return _event(make, fields, push.rows)
    return _text(make, fields) if kind == "text" else _other(make, kind, fields)


def to_xml(reply: Reply, message: Message, now: datetime) -> bytes:
    """The reply as one text message; empty bytes where it has no words.

    It bears the time of the push, so that all its tries read the same; `now` only where the push told none.
    """
    words = compose(reply)
    if not words:
        return b""
    created = message.created or int(now.timestamp())
    return crypto.text_reply(message.to, message.user, words, created).encode()


def _name(fields: _Fields, field: str) -> str:
    value = fields.get(field, "").strip()
    if not _NAME.fullmatch(value):
        raise BadRequest(_lacking(fields, field), field=field)
    return value


def _lacking(fields: _Fields, field: str) -> str:
    if "Encrypt" in fields:
        return "the push is encrypted: set WECHAT_AES_KEY to the account's EncodingAESKey"
    return f"{field} is missing, or not what the platform sends"


def _created(fields: _Fields) -> int:
    seconds = fields.get("CreateTime", "").strip()
    return int(seconds) if _NUMBER.fullmatch(seconds) else 0


def _text(make: _Make, fields: _Fields) -> Message:
    words, tap = fields.get("Content", ""), _tap(fields.get("bizmsgmenuid", ""))
    if words.strip().lstrip("【[").startswith(_NOT_SHOWN):
        return make(kind="unknown")
    return make(text=_as_labelled(words, "bizmsgmenuid" in fields), tap=tap)


def _as_labelled(words: str, tapped: bool) -> str:
    """Some clients send a tapped choice back as it stood in the link, with its id or without."""
    plain = (_unquoted(words) if _QUOTED.fullmatch(words) else "") or words
    # What somebody typed is left alone; but nobody types the bytes of 低保.
    return plain if tapped or not plain.isascii() else words


def _other(make: _Make, kind: MessageKind, fields: _Fields) -> Message:
    if kind == "voice" and (heard := fields.get("Recognition", "").strip()):
        return make(text=heard)
    place = _place(fields) if kind == "location" else None
    return make(kind=kind, media=_media(kind, fields), place=place)


def _media(kind: MessageKind, fields: _Fields) -> str | None:
    ids = (fields.get(name, "").strip() for name in _MEDIA.get(kind, ()))
    return next(filter(_PLATFORM_ID.fullmatch, ids), None)


def _place(fields: _Fields) -> Place | None:
    given = [fields.get(name, "").strip() for name in ("Location_X", "Location_Y")]
    if not all(map(_DEGREES.fullmatch, given)):
        return None
    latitude, longitude = map(float, given)
    # A phone that does not know where it is says 0, 0.
    if abs(latitude) > 90 or abs(longitude) > 180 or latitude == longitude == 0:
        return None
    return Place(latitude, longitude, fields.get("Label", "").strip()[:_LONGEST_LABEL])


def _event(make: _Make, fields: _Fields, rows: _Rows) -> Message:
    event = _EVENTS.get(fields.get("Event", "").strip().lower(), "other")
    if event == "revoked":
        # It comes from the platform itself, and names whom it is about.
        return replace(make("event", event=event), user=_name(fields, "OpenID"))
    if event == "consent":
        return make("event", event=event, consents=_consents(rows))
    about = fields.get("EventKey", "").strip()
    # A menu's key is a choice like any other, and like any other it may be read as words.
    chosen = about if event == "click" else ""
    return make("event", chosen, _tap(chosen), event, _scene(event, about))


def _consents(rows: _Rows) -> Mapping[str, int]:
    """What was allowed in a popup, counted; 0 for a template that the user has since switched off."""
    refused = _templates(rows.get(_CHANGE, ()), "reject")
    return {**dict.fromkeys(refused, 0), **Counter(_templates(rows.get(_POPUP, ()), "accept"))}


def _templates(rows: Sequence[_Fields], status: str) -> Sequence[str]:
    named = [row.get("TemplateId", "").strip() for row in rows if row.get("SubscribeStatusString") == status]
    return [template for template in named if _PLATFORM_ID.fullmatch(template)]


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
    return strict_xml.without_forbidden(unquote(text, errors="ignore"))


def _key(fields: _Fields) -> str | None:
    """MsgId, a number beyond 2**53; an event has none, but a user has no two alike in one second."""
    push = fields.get("MsgId", "").strip()
    if push.isascii() and push.isdigit() and len(push) <= _LONGEST_ID and push.strip("0"):
        return push
    names = ("FromUserName", "CreateTime", "MsgType", "Event", "EventKey", "Content", "MsgId", "MsgID")
    values = [fields.get(name, "").strip() for name in names]
    if not (push.strip("0") or values[1]):
        return None
    return hashlib.sha256("\0".join(values).encode()).hexdigest()
