"""The menu's file, its limits, and the command that pushes it and tells what stands."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bot.errors import SettingError
from bot.wechat.accounts import MENU
from bot.wechat.menu import cut_names, in_words, load_menu, menu_json, standing
from tests.operators import Operator, operator
from tests.platform import faults, menus
from tests.platform.api_side import MENU_CREATE, MENU_GET

GOOD = """
buttons:
  - name: 能领什么
    says: 我能领什么
  - name: 看网页
    opens: https://example.org/a?b=1
  - name: 更多
    buttons:
      - {name: 转人工, says: 转人工}
      - {name: 发位置, sends: location}
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "menu.yaml"
    path.write_text(GOOD, encoding="utf-8")
    return path


@pytest.fixture
def shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Operator]:
    monkeypatch.chdir(tmp_path)
    with operator(tmp_path) as one:
        yield one


def test_our_own_menu_is_what_the_platform_takes_and_a_phone_shows() -> None:
    menu = load_menu(MENU)
    made = menu_json(menu)
    assert menus.check_menu(made) == 0
    assert not list(cut_names(menu))
    assert [button.get("key") for button in made["button"]] == ["我能领什么", "一键呼叫", None]
    assert {"查进度", "转人工", "看答案"} <= {one["key"] for one in made["button"][2]["sub_button"]}


def test_nothing_is_erased_by_one_touch() -> None:
    assert "删除" not in json.dumps(menu_json(load_menu(MENU)), ensure_ascii=False)


def test_every_kind_of_button_goes_out_as_the_platform_wants_it(file: Path) -> None:
    assert menu_json(load_menu(file)) == {
        "button": [
            {"type": "click", "name": "能领什么", "key": "我能领什么"},
            {"type": "view", "name": "看网页", "url": "https://example.org/a?b=1"},
            {
                "name": "更多",
                "sub_button": [
                    {"type": "click", "name": "转人工", "key": "转人工"},
                    {"type": "location_select", "name": "发位置", "key": "发位置"},
                ],
            },
        ]
    }


def test_what_stands_is_told_in_words(file: Path) -> None:
    kept = menus.as_kept(menu_json(load_menu(file)))["menu"]
    assert standing(kept) == menu_json(load_menu(file))["button"]
    assert list(in_words(standing(kept))) == [
        "1 能领什么: says 我能领什么",
        "2 看网页: opens https://example.org/a?b=1",
        "3 更多: unfolds 2 more",
        "  3.1 转人工: says 转人工",
        "  3.2 发位置: asks for the place 发位置",
    ]


def test_a_menu_made_elsewhere_is_told_too() -> None:
    foreign: dict[str, Any] = {
        "button": [{"type": "miniprogram", "name": "小程序", "url": "https://example.org"}]
    }
    assert list(in_words(standing(foreign))) == ["1 小程序: miniprogram https://example.org"]
    assert standing({}) == []


def test_names_that_a_phone_cuts_are_named(file: Path) -> None:
    file.write_text(
        GOOD.replace("看网页", "看五个字").replace("发位置", "这个名字有九个字长"), encoding="utf-8"
    )
    assert list(cut_names(load_menu(file))) == ["这个名字有九个字长"]


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        (
            "name: 能领什么",
            "name: 我能领什么呢",
            "menu.yaml:3: buttons.0.name has 18 bytes, and the platform takes 16",
        ),
        ("name: 转人工", f"name: {'长' * 21}", "menu.yaml:9: buttons.2.buttons.0.name has 63 bytes"),
        ("says: 我能领什么", f"says: {'长' * 43}", "menu.yaml:4: buttons.0.says has 129 bytes"),
        ("says: 我能领什么", 'says: "能领\\n什么"', "menu.yaml:4: buttons.0.says must be words on one line"),
        ("says: 我能领什么", "says: 12", "menu.yaml:4: buttons.0.says must be text; put it in quotes"),
        ("says: 我能领什么", "key: 我能领什么", "menu.yaml:4: buttons.0.key is not known here"),
        (
            "    says: 我能领什么\n",
            "",
            "menu.yaml:3: buttons.0 needs exactly one of says, opens, sends, buttons",
        ),
        ("    says: 我", "    opens: https://a.cn\n    says: 我", "buttons.0 needs exactly one of says"),
        ("https://example.org", "example.org", "menu.yaml:6: buttons.1.opens must be an address"),
        (
            "?b=1",
            f"?b={'1' * 1024}",
            "menu.yaml:6: buttons.1.opens has 1048 bytes, and the platform takes 1024",
        ),
        (
            "sends: location",
            "sends: 位置",
            "menu.yaml:10: buttons.2.buttons.1.sends is not known; write one of",
        ),
        (
            "{name: 转人工, says: 转人工}",
            "{name: 转, buttons: []}",
            "buttons.2.buttons.0.buttons is not known here",
        ),
        ("buttons:\n  - name: 能", "button:\n  - name: 能", "menu.yaml:2: buttons is missing; add it"),
        ("  - name: 看网页", "  - {name: 多, says: 多}\n  - name: 看网页", "menu.yaml:2: buttons"),
    ],
)
def test_a_mistake_is_told_with_line_and_mend(file: Path, old: str, new: str, told: str) -> None:
    assert old in GOOD
    file.write_text(GOOD.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(SettingError) as found:
        load_menu(file)
    assert told in found.value.message


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(SettingError, match="cannot be read"):
        load_menu(tmp_path / "nowhere.yaml")


def test_the_command_pushes_and_tells_what_stands(shell: Operator) -> None:
    told = shell.runs("menu")
    assert told.code == 0
    assert told.out.splitlines()[:2] == ["The menu stands as follows.", "1 能领什么: says 我能领什么"]
    assert shell.account.menu == menus.as_kept(menu_json(load_menu(MENU)))
    assert "3.2 转人工: says 转人工" in shell.runs("menu", "--show").out


def test_a_dry_run_asks_nobody(shell: Operator) -> None:
    told = shell.runs("menu", "--dry-run")
    assert json.loads(told.out) == menu_json(load_menu(MENU))
    assert not shell.platform.calls


def test_no_menu_is_told_as_none(shell: Operator) -> None:
    told = shell.runs("menu", "--show")
    assert (told.code, told.out) == (0, "The account has no menu.\n")


def test_the_platforms_no_is_told_plainly(shell: Operator) -> None:
    shell.platform.forbidden.add("127.0.0.1")
    told = shell.runs("menu")
    assert told.code == 1
    assert "40164" in told.err
    assert "the-app-secret" not in told.err + told.out
    shell.platform.forbidden.clear()
    shell.platform.faults.add(MENU_CREATE, faults.error(48001))
    told = shell.runs("menu")
    assert (told.code, "48001" in told.err) == (1, True)


def test_another_menu_than_the_one_sent_is_noticed(shell: Operator) -> None:
    shell.platform.faults.add(MENU_GET, faults.text('{"menu": {"button": []}}'))
    told = shell.runs("menu")
    assert told.code == 1
    assert "look again with --show" in told.err


def test_a_wrong_setting_is_told_before_anybody_is_asked(shell: Operator) -> None:
    without_secret = shell.runs("menu", WECHAT_APP_SECRET=None)
    without_account = shell.runs("menu", WECHAT_TOKEN=None)
    unknown = shell.runs("menu", "--account", "nowhere")
    assert [one.code for one in (without_secret, without_account, unknown)] == [2, 2, 2]
    assert without_secret.err.startswith("WECHAT_APP_SECRET is missing")
    assert "WECHAT_APP_ID, WECHAT_TOKEN" in without_account.err
    assert "no account 'nowhere'" in unknown.err
    assert not shell.platform.calls
