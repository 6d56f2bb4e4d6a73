"""The official accounts of this server: the main one from the settings, others from a file, each with its own door."""

from __future__ import annotations

from collections.abc import Container, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Literal, TypeAlias

from pydantic import SecretStr

from bot.config import Settings
from bot.errors import SettingError
from bot.wechat.accounts_file import Row, read_rows

MENU = Path(__file__).with_name("menu.yaml")


@dataclass(frozen=True, slots=True)
class Template:
    """How notices of one kind go out by template: `consented` (订阅通知) or `service` (模板消息, verified accounts).

    `fields` names, for each key of the template, the field of the notice that fills it.
    """

    id: str
    how: Literal["consented", "service"]
    fields: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Account:
    """One account; `name` is its door `/wechat/<name>`, "" the main one at `/wechat`."""

    name: str
    app_id: str
    token: SecretStr
    aes_key: SecretStr | None = None
    app_secret: SecretStr | None = None
    default_region: str | None = None
    menu: Path = MENU
    notices: Mapping[str, Template] = field(default_factory=dict)


# By name; without the main one ("") where the settings do not name it.
Accounts: TypeAlias = Mapping[str, Account]


def load_accounts(settings: Settings, regions: Container[str] | None = None) -> Accounts:
    """All accounts of the settings and of the file they name; `regions` are the codes that the catalog knows.

    Raises `SettingError` with file, line and mend for all that is wrong, never with a secret.
    """
    main = _main(settings)
    found = {main.name: main} if main else {}
    if path := settings.accounts_file:
        rows = read_rows(path, regions, tuple(one.app_id for one in found.values()))
        found |= {row.form.name: _account(row, settings.default_region) for row in rows}
    return MappingProxyType(found)


def the_account(accounts: Accounts, name: str) -> Account:
    """The account of that name; raises `SettingError`, which says which there are."""
    if found := accounts.get(name):
        return found
    if not name:
        raise SettingError(
            "WECHAT_APP_ID, WECHAT_TOKEN: set both, from the account's page, or name an --account"
        )
    others = ", ".join(filter(None, accounts)) or "none; WECHAT_ACCOUNTS names a file of them"
    raise SettingError(f"--account: there is no account {name!r}; there are: {others}")


def _main(settings: Settings) -> Account | None:
    if not (settings.wechat_app_id and settings.wechat_token):
        return None
    return Account(
        "",
        settings.wechat_app_id,
        settings.wechat_token,
        settings.wechat_aes_key,
        settings.wechat_app_secret,
        settings.default_region,
    )


def _account(row: Row, region: str | None) -> Account:
    form = row.form
    return Account(
        form.name,
        form.app_id,
        form.token,
        form.aes_key,
        form.app_secret,
        form.default_region or region,
        row.menu or MENU,
        {kind: Template(one.id, one.how, one.fields) for kind, one in form.notices.items()},
    )
