"""The account's menu as a file that people edit, checked against the platform's limits, and as the platform wants it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, model_validator

from bot import forms
from bot.errors import SettingError

# A phone shows so many characters of a name and cuts the rest.
SHOWN, SHOWN_BELOW = 4, 8
_NAME_BYTES, _NAME_BELOW_BYTES, _KEY_BYTES, _URL_BYTES = 16, 60, 128, 1024


@dataclass(frozen=True, slots=True)
class _Bytes:
    """Text of one line, of at most so many bytes of UTF-8."""

    most: int

    def __call__(self, text: str) -> str:
        if not text.strip() or not text.isprintable():
            raise ValueError("must be words on one line")
        if (length := len(text.encode())) > self.most:
            raise ValueError(
                f"has {length} bytes, and the platform takes {self.most}; a Chinese character has 3"
            )
        return text


def _address(url: str) -> str:
    if not url.startswith(("https://", "http://")):
        raise ValueError("must be an address that starts with https://")
    return url


_Key = Annotated[str, AfterValidator(_Bytes(_KEY_BYTES))]
_Url = Annotated[str, AfterValidator(_Bytes(_URL_BYTES)), AfterValidator(_address)]


class Button(forms.Strict):
    """A button does one thing: it `says` words as if the user had typed them, `opens` a page, or `sends` a place."""

    name: Annotated[str, AfterValidator(_Bytes(_NAME_BELOW_BYTES))]
    says: _Key | None = None
    opens: _Url | None = None
    sends: Literal["location"] | None = None

    @model_validator(mode="after")
    def _does_one_thing(self) -> Button:
        if len([one for one in self._deeds() if one]) != 1:
            raise ValueError(f"needs exactly one of {', '.join(self._names())}")
        return self

    def _deeds(self) -> tuple[object, ...]:
        return self.says, self.opens, self.sends

    def _names(self) -> tuple[str, ...]:
        return "says", "opens", "sends"


class TopButton(Button):
    """A button at the foot of the talk, which may also unfold further `buttons`."""

    name: Annotated[str, AfterValidator(_Bytes(_NAME_BYTES))]
    buttons: Annotated[tuple[Button, ...], Field(min_length=1, max_length=5, strict=False)] = ()

    def _deeds(self) -> tuple[object, ...]:
        return *super()._deeds(), self.buttons

    def _names(self) -> tuple[str, ...]:
        return *super()._names(), "buttons"


class Menu(forms.Strict):
    """The whole menu, from left to right."""

    buttons: Annotated[tuple[TopButton, ...], Field(min_length=1, max_length=3, strict=False)]


def load_menu(path: Path) -> Menu:
    """Reads the file; raises `SettingError` with file, line and mend for all that is wrong."""
    lined = forms.read(path, "menu")
    menu, problems = forms.checked(lined, lined.data, (), Menu)
    if menu is None:
        raise SettingError("\n".join(problems))
    return menu


def menu_json(menu: Menu) -> dict[str, Any]:
    """What `POST /cgi-bin/menu/create` wants; its JSON must be sent as UTF-8, escapes would be shown as such."""
    return {"button": [_top(button) for button in menu.buttons]}


def _top(button: TopButton) -> dict[str, Any]:
    if button.buttons:
        return {"name": button.name, "sub_button": [_leaf(one) for one in button.buttons]}
    return _leaf(button)


def _leaf(button: Button) -> dict[str, Any]:
    if button.says:
        return {"type": "click", "name": button.name, "key": button.says}
    if button.opens:
        return {"type": "view", "name": button.name, "url": button.opens}
    return {"type": "location_select", "name": button.name, "key": button.name}


def cut_names(menu: Menu) -> Iterator[str]:
    """The names of which a phone shows only the beginning."""
    for button in menu.buttons:
        yield from [button.name] if len(button.name) > SHOWN else []
        yield from (one.name for one in button.buttons if len(one.name) > SHOWN_BELOW)


def standing(menu: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The buttons that the platform tells of, in the form they were sent in."""
    return [_plain(button) for button in menu.get("button", ())]


def _plain(button: Mapping[str, Any]) -> dict[str, Any]:
    known = {name: button[name] for name in ("type", "name", "key", "url") if button.get(name)}
    below = [_plain(one) for one in button.get("sub_button") or ()]
    return known | ({"sub_button": below} if below else {})


def in_words(buttons: Sequence[Mapping[str, Any]], mark: str = "") -> Iterator[str]:
    """The buttons of a menu as the platform has them, a line each, for the operator."""
    for number, button in enumerate(buttons, start=1):
        below = button.get("sub_button") or ()
        yield f"{'  ' if mark else ''}{mark}{number} {button.get('name', '')}: {_deed(button, len(below))}"
        yield from in_words(below, f"{number}.")


def _deed(button: Mapping[str, Any], below: int) -> str:
    if below:
        return f"unfolds {below} more"
    deed = {"click": "says", "view": "opens", "location_select": "asks for the place"}.get(
        button.get("type", ""), button.get("type", "")
    )
    return f"{deed} {button.get('key') or button.get('url') or ''}".strip()
