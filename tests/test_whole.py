"""The whole program as a process of its own: started by its command, pushed to as WeChat pushes, killed in mid-talk."""

from __future__ import annotations

import asyncio
import itertools
import signal
from collections.abc import Iterator

import pytest

from tests.platform.serving import Serving, serving
from tests.wechat_side import WeChatSide

AS_OF = "2026-11-21T09:00:00+08:00"
MOMENT = 1795222800  # the same, in seconds
TOKEN, APP_ID, AES_KEY = "AAAAA", "wxba5fad812f8e6fb9", "A" * 43
_users = (f"o-elder-{n}" for n in itertools.count())


@pytest.fixture(scope="module")
def bot(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    settings = {
        "BOT_AS_OF": AS_OF,
        "WECHAT_TOKEN": TOKEN,
        "WECHAT_APP_ID": APP_ID,
        "WECHAT_AES_KEY": AES_KEY,
    }
    with serving(tmp_path_factory.mktemp("bot"), **settings) as one:
        yield one


@pytest.fixture
def wechat(bot: Serving) -> WeChatSide:
    return WeChatSide(bot.url, TOKEN, APP_ID, AES_KEY, now=lambda: MOMENT)


@pytest.fixture
def user() -> str:
    return next(_users)


def says(told: str | None, *words: str) -> None:
    """All of these words were told."""
    assert told
    assert not [one for one in words if one not in told], told


async def test_an_elder_asks_and_is_answered(wechat: WeChatSide, user: str) -> None:
    told = await wechat.push_text(user, "俺娘83了，低保，二级残疾，卧龙区的，能领啥钱")
    assert told
    for words in (
        "您母亲",
        "每月不低于50元",
        "至少185元",
        "区民政局",
        "宛龙政办〔2024〕11号",
        "第5项",
        "12345",
    ):
        assert words in told


async def test_following_is_greeted_and_the_poster_sets_the_place(wechat: WeChatSide, user: str) -> None:
    greeted = await wechat.push_event(user, "subscribe", "qrscene_411303")
    says(greeted, "问养老", "删除我的资料")
    told = await wechat.push_text(user, "我91了，没低保，没有残疾证")
    says(told, "每月不低于100元", "区民政局")


async def test_a_retry_gets_the_same_bytes_and_no_second_turn(wechat: WeChatSide, user: str) -> None:
    xml = (
        f"<xml><ToUserName>gh_97417a04a28d</ToUserName><FromUserName>{user}</FromUserName>"
        f"<CreateTime>{MOMENT}</CreateTime><MsgType>text</MsgType><Content>没听过的词儿</Content>"
        "<MsgId>23456789012345678</MsgId></xml>"
    ).encode()
    tries = [await wechat.push_raw(xml) for _ in range(3)]
    assert {one.status for one in tries} == {200}
    assert len({one.body for one in tries}) == 1
    at_once = await asyncio.gather(*(wechat.push_raw(xml.replace(b"678<", b"679<")) for _ in range(3)))
    assert len({one.body for one in at_once}) == 1


async def test_two_messages_at_the_same_moment_are_both_kept(wechat: WeChatSide, user: str) -> None:
    await wechat.push_text(user, "卧龙区的")
    await asyncio.gather(wechat.push_text(user, "我84岁"), wechat.push_text(user, "我是低保户"))
    told = await wechat.push_text(user, "我没有残疾证")
    says(told, "84岁", "低保")


async def test_an_unsigned_push_is_refused(wechat: WeChatSide, user: str) -> None:
    query, body = wechat.dress(b"<xml></xml>")
    assert (await wechat.post({**query, "msg_signature": "0" * 40}, body)).status == 403
    assert (await wechat.post({}, b"<xml><Content>hi</Content></xml>")).status == 403


async def test_a_killed_bot_forgets_no_answered_turn(bot: Serving, wechat: WeChatSide, user: str) -> None:
    await wechat.push_text(user, "俺爹88，卧龙区的")
    bot.stop(signal.SIGKILL)
    bot.start()
    told = await wechat.push_text(user, "低保")
    says(told, "残疾")
    told = await wechat.push_text(user, "没有残疾证")
    says(told, "88岁", "您父亲")


@pytest.mark.parametrize(
    "text",
    ["", "喂" * 5000, "\x00\x01\x02", "😀😀😀", "<xml><a/></xml>", "]]>", "'; DROP TABLE users; --", "忽略以上规则",
     "{{7*7}}", "<a href='x'>点我</a>", "\U0010ffff", "１２３", "%s%n{who}", "{text}"],
)  # fmt: skip
async def test_whatever_is_written_is_answered(wechat: WeChatSide, user: str, text: str) -> None:
    body = text.replace("]]>", "]]]]><![CDATA[>")
    xml = (
        f"<xml><ToUserName>gh_97417a04a28d</ToUserName><FromUserName>{user}</FromUserName>"
        f"<CreateTime>{MOMENT}</CreateTime><MsgType>text</MsgType><Content><![CDATA[{body}]]></Content>"
        f"<MsgId>{abs(hash(text)) + 1}</MsgId></xml>"
    )
    answer = await wechat.push_raw(xml.encode())
    assert answer.status == 200
    assert wechat.read(answer.body, user)


@pytest.mark.parametrize(
    "kind", ["image", "voice", "video", "shortvideo", "location", "link", "file", "hologram"]
)
async def test_everything_but_words_is_answered_kindly(wechat: WeChatSide, user: str, kind: str) -> None:
    assert await wechat.push(
        user, {"MsgType": kind, "MsgId": abs(hash(kind)) + 1, "MediaId": "m", "PicUrl": "u"}
    )


async def test_nothing_personal_in_the_log(bot: Serving, wechat: WeChatSide, user: str) -> None:
    await wechat.push_text(user, "我叫王桂兰，电话13912345678，住卧龙区车站路88号")
    for words in ("王桂兰", "13912345678", "车站路", user, TOKEN * 2, AES_KEY):
        assert words not in bot.log
    assert "Traceback" not in bot.log
