"""Reads the file of accounts that WECHAT_ACCOUNTS names; every finding has file, line and mend, none has a secret."""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, SecretStr

from bot import forms
from bot.catalog.lined_yaml import Lined
from bot.errors import SettingError

SETTING = "WECHAT_ACCOUNTS"
_SECRETS = ("token", "aes_key", "app_secret")


_Name = Annotated[
    str,
    AfterValidator(forms.fits(r"[a-z0-9](?:[a-z0-9-]{0,30}[a-z0-9])?", "is a short word of a-z, 0-9 and -")),
]
_AppId = Annotated[
    str,
    AfterValidator(forms.fits(r"wx[0-9A-Za-z]{16}", "has wx and 16 letters and digits; gh_… is another id")),
]
_Token = Annotated[
    SecretStr, AfterValidator(forms.fits(r"[0-9A-Za-z]{3,32}", "has 3 to 32 letters and digits"))
]
_AesKey = Annotated[
    SecretStr,
    AfterValidator(forms.fits(r"[0-9A-Za-z+/]{43}", "has 43 letters and digits; copy EncodingAESKey again")),
]
_Secret = Annotated[SecretStr, AfterValidator(forms.fits(r"\S{1,128}", "is one word; copy AppSecret again"))]
_Region = Annotated[
    str, AfterValidator(forms.fits(r"[0-9]{6}", "is a code of 6 digits, such as 411303, in quotes"))
]
_Word = Annotated[
    str, AfterValidator(forms.fits(r"[A-Za-z][0-9A-Za-z_]{0,39}", "is a word of a-z, 0-9 and _"))
]
_TemplateId = Annotated[
    str, AfterValidator(forms.fits(r"[\w-]{10,64}", "is the template's id; copy it from the account's page"))
]


class TemplateForm(forms.Strict):
    """One template: its id, how it goes out, and which field of the notice fills which key."""

    id: _TemplateId
    how: Literal["consented", "service"]
    fields: Annotated[dict[_Word, _Word], Field(min_length=1, max_length=20)]


class AccountForm(forms.Strict):
    """One account; instead of a secret `<its name>_file` may name a file that holds it."""

    name: _Name
    app_id: _AppId
    token: _Token
    aes_key: _AesKey | None = None
    app_secret: _Secret | None = None
    default_region: _Region | None = None
    menu: str | None = None
    notices: dict[_Word, TemplateForm] = Field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Row:
    """One account of the file, and where it stands."""

    form: AccountForm
    lined: Lined
    number: int
    folder: Path

    @property
    def menu(self) -> Path | None:
        """The menu's file; a path that is not absolute begins beside the file of accounts."""
        return self.folder / self.form.menu if self.form.menu else None

    def problem(self, name: str, text: str) -> str:
        return self.lined.problem((self.number, name), f"{name}: {text}")


def read_rows(path: Path, regions: Container[str] | None, app_ids: tuple[str, ...]) -> list[Row]:
    """The accounts in their order; `app_ids` are taken already, `regions` are known (None: all).

    Raises `SettingError` for all that is wrong at once.
    """
    lined = forms.read(path, SETTING)
    if not isinstance(lined.data, list) or not lined.data:
        raise SettingError(f"{path.name}:1: the file is a list of accounts; start each with '- name:'")
    problems: list[str] = []
    rows = [row for n, data in enumerate(lined.data) for row in _row(path, lined, n, data, problems)]
    problems += [*_once(rows, "name", ()), *_once(rows, "app_id", app_ids), *_unknown(rows, regions)]
    if problems:
        raise SettingError("\n".join(problems))
    return rows


def _row(path: Path, lined: Lined, number: int, data: Any, problems: list[str]) -> Iterator[Row]:
    whole = dict(data) if isinstance(data, dict) else data
    wrong = list(forms.with_secrets(path, lined, number, whole, _SECRETS)) if isinstance(whole, dict) else []
    form, found = forms.checked(lined, whole, (number,), AccountForm)
    problems += wrong or found
    if form is not None and not wrong:
        yield Row(form, lined, number, path.parent)


def _once(rows: list[Row], name: str, taken: tuple[str, ...]) -> Iterator[str]:
    counted = Counter([*taken, *(getattr(row.form, name) for row in rows)])
    for row in rows:
        if counted[getattr(row.form, name)] > 1:
            yield row.problem(name, "two accounts have the same; each has its own")


def _unknown(rows: list[Row], regions: Container[str] | None) -> Iterator[str]:
    for row in rows:
        code = row.form.default_region
        if code and regions is not None and code not in regions:
            yield row.problem("default_region", f"{code} is no place of regions.yaml; write one of its codes")
        if row.menu and not row.menu.is_file():
            yield row.problem("menu", "there is no such file; the path begins beside the file of accounts")
        if "late" in row.form.notices:
            yield row.problem("notices", "'late' goes out without a template; take it out")
