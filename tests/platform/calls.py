"""What each call of the platform's API checks, does and tells; an error is its number, success a mapping."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from typing import Any

from tests.platform.account import AccountSide, Kind
from tests.platform.menus import as_kept, check_menu

TEXT_BYTES = 2048
_SCENE_LETTERS = 64
_LONGEST_CODE_SECONDS = 2_592_000

BAD_OPENID, BAD_MESSAGE_TYPE, BAD_TEMPLATE, BAD_SCENE = 40003, 40008, 40037, 40053
EMPTY_MESSAGE, TOO_LONG, NO_MENU, BAD_JSON, BAD_DATA = 44004, 45002, 46003, 47001, 47003

Told = int | Mapping[str, Any]
Call = Callable[[AccountSide, Mapping[str, Any]], Told]


def custom_send(account: AccountSide, body: Mapping[str, Any]) -> Told:
    """`text` and `msgmenu`, within what the ledger allows."""
    user, kind = _openid(body), body.get("msgtype")
    if not user:
        return BAD_OPENID
    if kind not in ("text", "msgmenu"):
        return BAD_MESSAGE_TYPE
    words, choices = _words(kind, body.get(kind))
    if wrong := EMPTY_MESSAGE if not words.strip() else TOO_LONG if len(words.encode()) > TEXT_BYTES else 0:
        return wrong
    if refused := account.ledger.send(user):
        return refused
    account.deliver(user, kind, words, body, choices=choices)
    return {}


def _openid(body: Mapping[str, Any]) -> str:
    user = body.get("touser")
    return user if isinstance(user, str) else ""


def _words(kind: Kind, part: Any) -> tuple[str, tuple[tuple[str, str], ...]]:
    if not isinstance(part, dict):
        return "", ()
    if kind == "text":
        return str(part.get("content", "")), ()
    choices = tuple((str(one.get("id")), str(one.get("content"))) for one in part.get("list", ()))
    lines = [part.get("head_content", ""), *(label for _, label in choices), part.get("tail_content", "")]
    return ("\n".join(one for one in lines if one) if choices else ""), choices


def template_send(account: AccountSide, body: Mapping[str, Any]) -> Told:
    """A template message (模板消息) to a follower; a `client_msg_id` is sent once in ten minutes."""
    if wrong := _check_template(account, body):
        return wrong
    if refused := account.ledger.send_template(body["touser"]):
        return refused
    if before := account.sent_before(body["touser"], body.get("client_msg_id")):
        return {"msgid": before}
    message = account.deliver(body["touser"], "template", _values(body), body)
    account.remember(body["touser"], body.get("client_msg_id"), message)
    return {"msgid": message}


def bizsend(account: AccountSide, body: Mapping[str, Any]) -> Told:
    """A subscription notice (订阅通知), for one consent."""
    if wrong := _check_template(account, body):
        return wrong
    if refused := account.ledger.send_consented(body["touser"], body["template_id"]):
        return refused
    account.deliver(body["touser"], "notice", _values(body), body)
    return {}


def _check_template(account: AccountSide, body: Mapping[str, Any]) -> int:
    template, data = body.get("template_id"), body.get("data")
    if not _openid(body):
        return BAD_OPENID
    if not template or (account.templates is not None and template not in account.templates):
        return BAD_TEMPLATE
    if not isinstance(data, dict) or not data:
        return BAD_DATA
    full = all(isinstance(one, dict) and str(one.get("value", "")).strip() for one in data.values())
    return 0 if full else BAD_DATA


def _values(body: Mapping[str, Any]) -> str:
    return "\n".join(str(one["value"]) for one in body["data"].values())


def qrcode_create(account: AccountSide, body: Mapping[str, Any]) -> Told:
    """A code with a scene; the ticket leads to its picture."""
    action, scene = str(body.get("action_name")), _scene(body)
    if scene is None or action.removeprefix("QR_").removeprefix("LIMIT_") not in ("SCENE", "STR_SCENE"):
        return BAD_SCENE
    ticket = "gQ" + secrets.token_urlsafe(69)
    account.tickets[ticket] = scene
    told = {"ticket": ticket, "url": f"http://weixin.qq.com/q/{ticket[2:26]}"}
    seconds = min(int(body.get("expire_seconds", 60)), _LONGEST_CODE_SECONDS)
    return told if "LIMIT" in action else {**told, "expire_seconds": seconds}


def _scene(body: Mapping[str, Any]) -> str | None:
    try:
        scene = body["action_info"]["scene"]
        value = scene["scene_str"] if "STR" in body["action_name"] else scene["scene_id"]
    except (KeyError, TypeError):
        return None
    right_kind = isinstance(value, str if "STR" in body["action_name"] else int)
    return str(value) if right_kind and 0 < len(str(value)) <= _SCENE_LETTERS else None


def menu_create(account: AccountSide, body: Mapping[str, Any]) -> Told:
    """The menu, where its sizes are right."""
    if wrong := check_menu(body):
        return wrong
    account.menu = as_kept(body)
    return {}


def menu_get(account: AccountSide, query: Mapping[str, Any]) -> Told:
    """The menu as it was created."""
    return account.menu if account.menu is not None else NO_MENU
