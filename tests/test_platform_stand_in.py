"""The platform stand-in's pushing side: it refuses what the platform refuses, and tries again when it should."""

from __future__ import annotations

import asyncio
import math
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote
from xml.etree import ElementTree

import pytest

from bot.wechat.codec import to_message
from tests.platform import shapes
from tests.platform.account import AccountSide
from tests.platform.ledger import Ledger
from tests.platform.menus import as_kept
from tests.platform.pushing import Manner, Platform
from tests.platform.reckoning import Reckoning, percentile
from tests.platform.scripted_server import opened, reply, scripted, sealed
from tests.platform.serving import Serving, serving
from tests.platform.simulate import Person
from tests.storage import free_port
from tests.wechat_side import ACCOUNT

TOKEN, APP_ID, AES_KEY = "AAAAA", "wxba5fad812f8e6fb9", "A" * 43
USER = "o-elder"
API_PORT = free_port()
GOOD = reply(ACCOUNT, USER, "您好")
QUICK = Manner(patience_s=0.3, spread="in turn")


def platform(*urls: str, aes_key: str | None = None, **manner: Any) -> Platform:
    return Platform(urls, TOKEN, APP_ID, aes_key, manner=Manner(**{**vars(QUICK), **manner}))


class TestPushing:
    async def test_a_good_answer_is_read_at_the_first_try(self) -> None:
        answer = sealed(GOOD, TOKEN, APP_ID, AES_KEY)
        async with scripted(answer) as server, platform(server.url, aes_key=AES_KEY) as wechat:
            push = await wechat.push(USER, shapes.text("你好"))
        assert (push.outcomes, push.text) == (["text"], "您好")
        query, body = server.got[0]
        assert {"timestamp", "nonce", "signature", "msg_signature", "encrypt_type"} == set(query)
        assert opened(body, APP_ID, AES_KEY) == push.xml

    @pytest.mark.parametrize(
        ("step", "outcome"),
        [
            ("hang", "silent"),
            ("cut", "broken"),
            (500, "status"),
            (403, "status"),
            (b"ok", "malformed"),
            (b"<xml></xml>", "malformed"),
            (b"\xff\xfe", "malformed"),
            (GOOD[:-1], "malformed"),
            (GOOD.replace(b"</xml>", b"<Extra>1</Extra></xml>"), "malformed"),
            (reply(ACCOUNT, "o-somebody-else", "您好"), "malformed"),
            (reply("gh_other", USER, "您好"), "malformed"),
            (reply(ACCOUNT, USER, " "), "malformed"),
            (reply(ACCOUNT, USER, '<a href="javascript:x">点</a>'), "malformed"),
            (reply(ACCOUNT, USER, "您" * 683), "malformed"),
        ],
    )
    async def test_what_the_platform_does_not_take_is_pushed_three_times(
        self, step: Any, outcome: str
    ) -> None:
        async with scripted(step) as server, platform(server.url) as wechat:
            push = await wechat.push(USER, shapes.text("你好"))
        assert push.outcomes == [outcome] * 3
        assert (push.answered, push.text, len(server.got)) == (False, None, 3)

    async def test_two_thousand_and_forty_eight_bytes_are_taken(self) -> None:
        words = "您" * 682 + "ab"
        async with scripted(reply(ACCOUNT, USER, words)) as server, platform(server.url) as wechat:
            assert (await wechat.push(USER, shapes.text("你好"))).text == words

    async def test_nobody_listens(self) -> None:
        async with scripted(b"") as server:
            pass
        async with platform(server.url) as wechat:
            assert (await wechat.push(USER, shapes.text("你好"))).outcomes == ["broken"] * 3

    @pytest.mark.parametrize("nothing", [b"", b"success"])
    async def test_nothing_to_say_stops_it(self, nothing: bytes) -> None:
        async with scripted(nothing) as server, platform(server.url) as wechat:
            push = await wechat.push(USER, shapes.unsubscribe())
        assert (push.outcomes, push.answered, push.text) == (["empty"], True, None)

    @pytest.mark.parametrize("key", ["wrong signature", "wrong account"])
    async def test_a_reply_that_is_sealed_wrongly_is_not_shown(self, key: str) -> None:
        answer = (
            sealed(GOOD, TOKEN, APP_ID, AES_KEY, "0" * 40)
            if key == "wrong signature"
            else sealed(GOOD, TOKEN, "wx-other", AES_KEY)
        )
        async with scripted(answer) as server, platform(server.url, aes_key=AES_KEY) as wechat:
            assert (await wechat.push(USER, shapes.text("你好"))).outcomes == ["malformed"] * 3

    async def test_a_reply_in_the_clear_is_not_shown_in_safe_mode(self) -> None:
        async with scripted(GOOD) as server, platform(server.url, aes_key=AES_KEY) as wechat:
            assert (await wechat.push(USER, shapes.text("你好"))).outcomes == ["malformed"] * 3

    async def test_the_try_that_succeeds_is_the_last(self) -> None:
        async with scripted("hang", 502, GOOD) as server, platform(server.url) as wechat:
            push = await wechat.push(USER, shapes.text("你好"))
        assert (push.outcomes, push.text) == (["silent", "status", "text"], "您好")

    async def test_retries_are_the_same_bytes_where_that_is_set(self) -> None:
        async with scripted(500) as server, platform(server.url, aes_key=AES_KEY, retry="same") as wechat:
            await wechat.push(USER, shapes.text("你好"))
        assert server.got[0] == server.got[1] == server.got[2]

    async def test_retries_are_signed_and_sealed_anew_where_that_is_set(self) -> None:
        async with scripted(500) as server, platform(server.url, aes_key=AES_KEY, retry="new") as wechat:
            await wechat.push(USER, shapes.text("你好"))
        assert len({query["nonce"] for query, _ in server.got}) == 3
        assert len({body for _, body in server.got}) == 3
        assert len({opened(body, APP_ID, AES_KEY) for _, body in server.got}) == 1

    async def test_lost_answers_are_compared(self) -> None:
        async with scripted(GOOD) as server, platform(server.url, lost=1.0) as wechat:
            same = await wechat.push(USER, shapes.text("你好"))
        other = reply(ACCOUNT, USER, "再见")
        async with scripted(GOOD, other) as server, platform(server.url, lost=1.0) as wechat:
            different = await wechat.push(USER, shapes.text("你好"))
        assert (same.outcomes, same.answered, same.text) == (["text"] * 3, True, None)
        assert Reckoning([same, different]).differing == [different]

    async def test_several_addresses_take_turns(self) -> None:
        async with scripted(500) as one, scripted(500) as two, platform(one.url, two.url) as wechat:
            await wechat.push(USER, shapes.text("你好"))
            await wechat.push(USER, shapes.text("你好"))
        assert (len(one.got), len(two.got)) == (3, 3)

    async def test_a_replay_is_the_same_bytes(self) -> None:
        async with scripted(500) as server, platform(server.url, aes_key=AES_KEY, retry="new") as wechat:
            push = await wechat.push(USER, shapes.text("你好"))
            await wechat.replay(push)
        assert len(server.got) == 4
        assert server.got[2] == server.got[3]

    async def test_the_reckoning(self) -> None:
        async with scripted(GOOD, 500, 500, 500, GOOD) as server, platform(server.url) as wechat:
            for _ in range(3):
                await wechat.push(USER, shapes.text("你好"))
        told = Reckoning(wechat.pushes)
        assert (len(told.unanswered), len(told.seconds)) == (1, 2)
        assert told.percentile(0.999) == max(told.seconds) < 5.0
        assert str(told).startswith("3 pushes, 1 unanswered, 0 differing")

    def test_percentiles_by_the_nearest_rank(self) -> None:
        thousand = [float(n) for n in range(1, 1001)]
        assert [percentile(thousand, share) for share in (0.5, 0.99, 0.999, 1)] == [500, 990, 999, 1000]
        assert math.isnan(percentile([], 0.5))


EVERYTHING = [
    shapes.text("你好"),
    shapes.tap("低保", "a:dibao"),
    shapes.tap("低保", "0"),
    shapes.tap("低保", None),
    shapes.sticker(),
    shapes.voice("m"),
    shapes.voice("m", "俺娘八十三"),
    shapes.voice("m", None, "speex"),
    shapes.image("m"),
    shapes.video("m"),
    shapes.shortvideo("m"),
    shapes.location(32.99, 112.53, "河南省南阳市卧龙区"),
    shapes.link("标题", "https://example.cn/"),
    shapes.file("户口本.pdf"),
    shapes.subscribe(),
    shapes.subscribe("411303"),
    shapes.unsubscribe(),
    shapes.scan("411303"),
    shapes.click("我能领什么"),
    shapes.view("https://example.cn/"),
    shapes.position(32.99, 112.53),
    shapes.location_select("where", 32.99, 112.53, "河南省南阳市卧龙区"),
    shapes.scancode("scan", "411303"),
    shapes.scancode("scan", "411303", waiting=True),
    shapes.template_done(200163840),
    shapes.consent("t1", "t2"),
    shapes.consent("t1", accepted=False),
    shapes.consent_changed("t1"),
    shapes.notice_sent("t1", 1_700_827_132_819_554_304),
]


@pytest.mark.parametrize("fields", EVERYTHING, ids=lambda fields: fields.get("Event", fields["MsgType"]))
def test_our_codec_reads_every_shape(fields: shapes.Fields) -> None:
    head: shapes.Fields = {"ToUserName": ACCOUNT, "FromUserName": USER, "CreateTime": 1_795_222_800}
    message = to_message(shapes.to_xml({**head, **fields}))
    assert (message.user, message.to) == (USER, ACCOUNT)
    assert (message.kind == "event") == (fields["MsgType"] == "event")


def test_lists_are_written_as_the_platform_writes_them() -> None:
    root = ElementTree.fromstring(shapes.to_xml(shapes.consent("t1", "t2", scene=2)))  # noqa: S314 - our own
    asked = root.findall("SubscribeMsgPopupEvent/List")
    assert [one.findtext("TemplateId") for one in asked] == ["t1", "t2"]
    assert {one.findtext("PopupScene") for one in asked} == {"2"}


ACCOUNT_SETTINGS = {"WECHAT_TOKEN": TOKEN, "WECHAT_APP_ID": APP_ID}


@pytest.fixture(scope="module")
def safe(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    """A real server in safe mode, whose API is the stand-in's."""
    api = {"WECHAT_API_BASE": f"http://127.0.0.1:{API_PORT}", "WECHAT_APP_SECRET": "any"}
    with serving(
        tmp_path_factory.mktemp("safe"), **ACCOUNT_SETTINGS, WECHAT_AES_KEY=AES_KEY, **api
    ) as server:
        yield server


async def test_a_real_server_in_safe_mode(safe: Serving) -> None:
    ledger = Ledger()
    async with Platform(safe.url, TOKEN, APP_ID, AES_KEY, ledger=ledger) as wechat:
        followed = await wechat.push(USER, shapes.subscribe("411303"))
        asked = await wechat.push(USER, shapes.text("俺娘83了，低保"))
        content, menu_id, label = asked.taps[0]
        tapped = await wechat.push(USER, shapes.tap(unquote(content), unquote(menu_id)))
        silent = await wechat.push(USER, shapes.view("https://example.cn/"))
    assert followed.text
    assert "问养老" in followed.text
    assert label in (tapped.text or "")
    assert (silent.outcomes, ledger.left(USER)) == (["empty"], 5 + 3)


async def test_a_real_server_answers_a_click_in_the_menu(safe: Serving) -> None:
    async with Platform(safe.url, TOKEN, APP_ID, AES_KEY) as wechat:
        assert (await wechat.push("o-clicks", shapes.click("我能领什么"))).text


async def test_a_real_server_gives_lost_answers_again_in_the_same_bytes(safe: Serving) -> None:
    users = [f"o-elder-{number}" for number in range(20)]
    async with Platform(safe.url, TOKEN, APP_ID, AES_KEY, manner=Manner(lost=0.7, retry="new")) as wechat:
        await asyncio.gather(*(wechat.push(user, shapes.text("没听过的词儿")) for user in users))
    told = Reckoning(wechat.pushes)
    assert (told.unanswered, told.differing) == ([], [])


async def test_a_real_server_in_safe_mode_takes_nothing_in_the_clear(safe: Serving) -> None:
    async with Platform(safe.url, TOKEN, APP_ID) as wechat:
        assert (await wechat.push(USER, shapes.text("你好"))).outcomes == ["status"] * 3


async def test_a_real_server_in_plain_mode(tmp_path: Path) -> None:
    with serving(tmp_path, **ACCOUNT_SETTINGS) as server:
        async with Platform(server.url, TOKEN, APP_ID) as wechat:
            assert (await wechat.push(USER, shapes.text("你好"))).text


async def test_a_person_reads_and_taps_what_comes_outside_of_answers(
    capsys: pytest.CaptureFixture[str],
) -> None:
    account = AccountSide(APP_ID)
    link = (
        '<a href="weixin://bizmsgmenu?msgmenucontent=%E7%9C%8B%E7%AD%94%E6%A1%88&msgmenuid=fetch">看答案</a>'
    )
    async with scripted(b"success") as server, platform(server.url) as wechat:
        person = Person(wechat, account, USER)
        account.menu = as_kept({"button": [{"type": "click", "name": "能领什么", "key": "我能领什么"}]})
        account.deliver(USER, "text", f"查好了\n1. {link}", {})
        account.deliver(USER, "msgmenu", "满意吗", {}, choices=(("s:1", "满意"),))
        account.deliver("o-other", "text", "不给他看", {})
        for line in ("1", "2", "3", ":menu 能领什么"):
            assert await person.types(line)
    told = capsys.readouterr().out
    for words in ("【客服消息】", "[1] 看答案", "【客服菜单消息】", "[2] 满意"):
        assert words in told
    assert "不给他看" not in told
    pushed = [(one.fields.get("Content"), one.fields.get("bizmsgmenuid")) for one in wechat.pushes]
    # A choice is gone once something else was answered.
    assert pushed[:3] == [("看答案", "fetch"), ("2", None), ("3", None)]
    assert wechat.pushes[3].fields["EventKey"] == "我能领什么"


def test_the_folder_does_not_hide_the_standard_librarys_platform() -> None:
    """It has no `__init__.py` for that reason: tests/ stands on the path of whatever is run from it."""
    code = "import platform; platform.machine()"
    subprocess.run([sys.executable, "-c", code], cwd=Path(__file__).parent, check=True, timeout=60)


def test_a_person_talks_with_a_real_server(safe: Serving) -> None:
    typed = [
        *(
            ":follow 411303",
            "俺娘83了，低保",
            "2",
            ":again",
            ":voice",
            ":where 32.99 112.53 南阳市卧龙区",
            ":where x",
        ),
        *(":image", ":sticker", ":video", ":link", ":file", ":scan 411303", ":say 3", ":consent t1", ":help"),
        *(":nothing", ":wait 0.1", ":leave", ":quit", "不会再发"),
    ]
    code = (
        "import asyncio; from tests.platform.simulate import main; "
        f"asyncio.run(main({safe.url!r}, {TOKEN!r}, {APP_ID!r}, {AES_KEY!r}, {API_PORT}, 'o-person'))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], input="\n".join(typed), capture_output=True, text=True, timeout=60
    )
    assert (done.returncode, done.stderr) == (0, "")
    for words in (
        "[1] 一级",
        "残疾证二级",
        "和上次一字不差",
        "位置要写",
        "没有 :nothing 这个用法",
        "（没有回复）",
        "结束了",
    ):
        assert words in done.stdout
    for words in ("不会再发", "暂时无法提供服务", "weixin://"):
        assert words not in done.stdout
