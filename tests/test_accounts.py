"""The file of accounts: what it brings, and that every mistake is told with its line and no secret."""

from __future__ import annotations

import os
import re
from collections.abc import Container
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from bot.catalog.load import load_catalog
from bot.config import Settings, load_settings
from bot.errors import SettingError
from bot.wechat.accounts import MENU, Accounts, load_accounts, the_account

EXAMPLE = Path(__file__).parents[1] / "deploy" / "accounts.example.yaml"
KEY = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
HUSH = "HushHushHush77"
MAIN = {"WECHAT_APP_ID": "wxba5fad812f8e6fb9", "WECHAT_TOKEN": "AAAAA"}
GOOD = f"""
- name: wolong
  app_id: wx0000000000000001
  token: {HUSH}
  aes_key: {KEY}
  app_secret_file: secrets/wolong
  default_region: "411303"
  menu: menus/own.yaml
  notices:
    booked:
      id: Template_id-0123456789
      how: consented
      fields: {{thing1: service, time2: time}}
- name: yan-ling2
  app_id: wx0000000000000002
  token_file: secrets/yanling
"""


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """An environment without settings, and a folder without a `.env`."""
    for name in list(os.environ):
        if name.startswith(("BOT_", "WECHAT_")):
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A folder with a good file of accounts and all that it names, for its owner's eyes only."""
    for name, text in {
        "secrets/wolong": "the-app-secret\n",
        "secrets/yanling": " TokenOfYanling\r\n",
        "menus/own.yaml": "buttons: [{name: 好, says: 好}]\n",
        "accounts.yaml": GOOD,
    }.items():
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
        path.chmod(0o600)
    return tmp_path / "accounts.yaml"


def settings(file: Path | None, **others: object) -> Settings:
    """Settings that name the file, and none of this machine's."""
    return load_settings(**others).model_copy(update={"accounts_file": file})


def accounts(file: Path | None, **others: object) -> Accounts:
    return load_accounts(settings(file, **others), known())


@cache
def known() -> Container[str]:
    return load_catalog().regions


def wrong(file: Path, old: str, new: str, **others: Any) -> str:
    """What is told when one thing in the good file is changed."""
    assert old in GOOD
    file.write_text(GOOD.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(SettingError) as told:
        accounts(file, **others)
    return told.value.message


def test_every_account_has_its_own_settings(file: Path) -> None:
    found = accounts(file, **MAIN)
    assert list(found) == ["", "wolong", "yan-ling2"]
    wolong, yanling = found["wolong"], found["yan-ling2"]
    assert wolong.app_secret
    assert wolong.app_secret.get_secret_value() == "the-app-secret"
    assert yanling.token.get_secret_value() == "TokenOfYanling"
    assert (wolong.menu, yanling.menu) == (file.parent / "menus" / "own.yaml", MENU)
    assert (wolong.default_region, yanling.default_region) == ("411303", None)
    booked = wolong.notices["booked"]
    assert (booked.how, dict(booked.fields)) == ("consented", {"thing1": "service", "time2": "time"})


def test_the_main_account_comes_from_the_settings() -> None:
    found = accounts(None, **MAIN, WECHAT_AES_KEY=KEY, BOT_DEFAULT_REGION="411303")
    assert list(found) == [""]
    assert (found[""].name, found[""].app_id, found[""].default_region) == (
        "",
        "wxba5fad812f8e6fb9",
        "411303",
    )
    assert found[""].menu == MENU


def test_without_any_there_is_none_and_it_is_said_how() -> None:
    none = accounts(None)
    assert not none
    with pytest.raises(SettingError, match="WECHAT_APP_ID, WECHAT_TOKEN"):
        the_account(none, "")
    with pytest.raises(SettingError, match="there are: none; WECHAT_ACCOUNTS"):
        the_account(none, "wolong")


def test_an_account_is_found_by_its_name(file: Path) -> None:
    found = accounts(file)
    assert the_account(found, "wolong").app_id == "wx0000000000000001"
    with pytest.raises(SettingError, match="there are: wolong, yan-ling2"):
        the_account(found, "elsewhere")


def test_the_place_of_all_holds_for_who_names_none(file: Path) -> None:
    found = accounts(file, BOT_DEFAULT_REGION="410200")
    assert [one.default_region for one in found.values()] == ["411303", "410200"]


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("name: wolong", "name: Wo long", "accounts.yaml:2: name is a short word of a-z"),
        ("name: wolong", "nam: wolong", "accounts.yaml:2: name is missing; add it"),
        ("  token: ", "  tokn: ", "accounts.yaml:4: tokn is not known here"),
        ("wx0000000000000001", "gh_000000000000001", "accounts.yaml:3: app_id has wx and 16"),
        ("wx0000000000000002", "wx0000000000000001", "accounts.yaml:3: app_id: two accounts have the same"),
        ("name: yan-ling2", "name: wolong", "accounts.yaml:14: name: two accounts have the same"),
        (HUSH, '"A secret with spaces"', "accounts.yaml:4: token has 3 to 32 letters and digits"),
        (HUSH, "771177", "accounts.yaml:4: token must be text; put it in quotes"),
        (KEY, KEY[:-1], "accounts.yaml:5: aes_key has 43 letters and digits"),
        ("secrets/wolong", "secrets/nowhere", "accounts.yaml:6: app_secret_file: the file cannot be read"),
        ("secrets/wolong", "secrets", "accounts.yaml:6: app_secret_file: the file cannot be read"),
        ("app_secret_file: ", "token_file: ", "accounts.yaml:4: token and token_file both stand here"),
        ('"411303"', "411303", "accounts.yaml:7: default_region must be text; put it in quotes"),
        ('"411303"', '"411399"', "accounts.yaml:7: default_region: 411399 is no place of regions.yaml"),
        ('"411303"', "卧龙区", "accounts.yaml:7: default_region is a code of 6 digits"),
        ("menus/own.yaml", "menus/other.yaml", "accounts.yaml:8: menu: there is no such file"),
        ("    booked:", "    late:", "accounts.yaml:9: notices: 'late' goes out without a template"),
        (
            "consented",
            "somehow",
            "accounts.yaml:12: notices.booked.how is not known; write one of 'consented'",
        ),
        ("Template_id-0123456789", "short", "accounts.yaml:11: notices.booked.id is the template's id"),
        ("thing1: service", "thing1: 服务", "accounts.yaml:13: notices.booked.fields.thing1 is a word"),
        ("- name: wolong", "- wolong", "accounts.yaml:3: this is not YAML"),
        ("  app_id: wx0000000000000002", "  app_id: 1\n  app_id: 2", "stands here twice"),
    ],
)
def test_a_mistake_is_told_with_line_and_mend_and_without_secrets(
    file: Path, old: str, new: str, told: str
) -> None:
    message = wrong(file, old, new)
    assert told in message
    assert HUSH not in message
    assert KEY[:-1] not in message
    assert "A secret" not in message
    assert "771177" not in message


def test_the_main_accounts_id_is_taken(file: Path) -> None:
    told = wrong(file, "wx0000000000000001", MAIN["WECHAT_APP_ID"], **MAIN)
    assert told == "accounts.yaml:3: app_id: two accounts have the same; each has its own"


def test_all_mistakes_are_told_at_once(file: Path) -> None:
    file.write_text(GOOD.replace("app_id: wx", "app_id: gh").replace("consented", "never"), encoding="utf-8")
    with pytest.raises(SettingError) as told:
        accounts(file)
    assert len(told.value.message.splitlines()) == 3


@pytest.mark.parametrize(
    ("raw", "told"),
    [
        (b"", "accounts.yaml:1: the file is a list of accounts"),
        (b"name: wolong", "accounts.yaml:1: the file is a list of accounts"),
        (b"- just words", "accounts.yaml:1: this entry must be lines of"),
        (b"\xff\xfe", "accounts.yaml:1: the file is not UTF-8"),
        (b"- name: &a [*a]", "a tag (!!) or an alias"),
    ],
)
def test_what_is_no_list_of_accounts_is_refused(file: Path, raw: bytes, told: str) -> None:
    file.write_bytes(raw)
    with pytest.raises(SettingError, match=re.escape(told)):
        accounts(file)


def test_a_file_that_is_not_there_is_named_with_its_setting(tmp_path: Path) -> None:
    with pytest.raises(SettingError, match=r"WECHAT_ACCOUNTS: .*nowhere\.yaml cannot be read"):
        accounts(tmp_path / "nowhere.yaml")


@pytest.mark.parametrize("raw", [b"", b"  \n", b"\xff\xfe\xfd", b"x" * 2000])
def test_a_secrets_file_holds_one_secret(file: Path, raw: bytes) -> None:
    (file.parent / "secrets" / "yanling").write_bytes(raw)
    with pytest.raises(SettingError, match=r"accounts\.yaml:16: token_file: the file cannot be read"):
        accounts(file)


def test_secrets_that_all_may_read_are_warned_of(file: Path) -> None:
    with capture_logs() as quiet:
        accounts(file)
    (file.parent / "secrets" / "yanling").chmod(0o604)
    with capture_logs() as told:
        accounts(file)
    assert not quiet
    assert [(one["log_level"], one["file"]) for one in told] == [("warning", "yanling")]


def test_a_secret_is_never_shown(file: Path) -> None:
    assert HUSH not in repr(accounts(file))


def test_the_example_can_be_filled_in(tmp_path: Path) -> None:
    """The example is good but for the files of secrets, and so is what stands in its comments."""
    text = EXAMPLE.read_text(encoding="utf-8").replace("模板的id从公众号后台抄来", "Template_id-0123456789")
    text = re.sub(r"^  # (?!menu)", "  ", text, flags=re.MULTILINE)
    (tmp_path / "secrets").mkdir()
    for name, secret in {"token": HUSH, "aes-key": KEY, "app-secret": "secret"}.items():
        (tmp_path / "secrets" / f"wolong.{name}").write_text(secret, encoding="utf-8")
    file = tmp_path / "accounts.yaml"
    file.write_text(text, encoding="utf-8")
    found = accounts(file)
    assert list(found) == ["wolong", "yanling"]
    assert found["wolong"].aes_key
    assert list(found["yanling"].notices) == ["booked"]
