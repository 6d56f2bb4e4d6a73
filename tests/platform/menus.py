"""What the platform takes as an account's menu, by its documentation."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

TOP_BUTTONS, SUB_BUTTONS = 3, 5
TOP_NAME_BYTES, SUB_NAME_BYTES = 16, 60
KEY_BYTES, URL_BYTES = 128, 1024
_KEYED = frozenset(
    {
        "click",
        "scancode_push",
        "scancode_waitmsg",
        "pic_sysphoto",
        "pic_photo_or_album",
        "pic_weixin",
        "location_select",
    }
)
# count, type, name, key, address: of the buttons, of those under them.
_TOP = {"count": 40016, "type": 40017, "name": 40018, "key": 40019, "url": 40020}
_SUB = {"count": 40023, "type": 40024, "name": 40025, "key": 40026, "url": 40027}
_BAD_JSON = 47001


def check_menu(menu: Any) -> int:
    """0, or the platform's error for the first thing that is wrong."""
    buttons = menu.get("button") if isinstance(menu, dict) else None
    if not isinstance(buttons, list) or not all(isinstance(one, dict) for one in buttons):
        return _BAD_JSON
    if not 1 <= len(buttons) <= TOP_BUTTONS:
        return _TOP["count"]
    return next((wrong for one in buttons if (wrong := _check_top(one))), 0)


def _check_top(button: Mapping[str, Any]) -> int:
    under = button.get("sub_button")
    if not under:
        return _check(button, TOP_NAME_BYTES, _TOP)
    if not _fits(button.get("name"), TOP_NAME_BYTES):
        return _TOP["name"]
    if not isinstance(under, list) or len(under) > SUB_BUTTONS:
        return _SUB["count"]
    return next((wrong for one in under if (wrong := _check(one, SUB_NAME_BYTES, _SUB))), 0)


def _check(button: Mapping[str, Any], name_bytes: int, errors: Mapping[str, int]) -> int:
    if not _fits(button.get("name"), name_bytes):
        return errors["name"]
    kind = button.get("type")
    if kind in _KEYED:
        return 0 if _fits(button.get("key"), KEY_BYTES) else errors["key"]
    if kind == "view":
        url = str(button.get("url", ""))
        return 0 if _fits(url, URL_BYTES) and url.startswith(("http://", "https://")) else errors["url"]
    return errors["type"]


def _fits(value: Any, most: int) -> bool:
    return isinstance(value, str) and 0 < len(value.encode()) <= most


def as_kept(menu: Mapping[str, Any]) -> dict[str, Any]:
    """The menu as it is told back: every button has its list of buttons under it."""
    kept = [{**one, "sub_button": list(one.get("sub_button") or [])} for one in menu["button"]]
    return {"menu": {"button": kept}}
