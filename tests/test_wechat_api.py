"""The calls of the platform's API: what is sent, what is never sent twice, and what operators are told."""

from __future__ import annotations

import asyncio
import json
import traceback
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from aiohttp import web
from structlog.testing import capture_logs

from bot.catalog import lined_yaml
from bot.models import Tap
from bot.wechat import platform_errors as told_by
from bot.wechat.api import Api, QrTicket
from bot.wechat.platform_errors import ApiError, platform_error, sentence
from bot.wechat.wire import until_midnight
from tests.platform import shapes
from tests.platform.account import AccountSide
from tests.platform.api_side import ApiSide
from tests.scripted_platform import (
    APP_ID,
    OPENID,
    SECRET,
    TOKEN_PATH,
    Flood,
    Platform,
    Step,
    bad_gateway,
    breaks_off,
    half_an_answer,
    half_closes,
    html,
    opened,
    scripted,
    silence,
)
from tests.storage import RealServer, free_port, real_server

SEND, TEMPLATE = "/cgi-bin/message/custom/send", "/cgi-bin/message/template/send"
SUBSCRIBED, MEDIA = "/cgi-bin/message/subscribe/bizsend", "/cgi-bin/media/get"
QR, PUT_MENU, GET_MENU = "/cgi-bin/qrcode/create", "/cgi-bin/menu/create", "/cgi-bin/menu/get"
TEXT = "说给老人的话"
BUSY, REFUSED = {"errcode": -1, "errmsg": "system error"}, {"errcode": 40001, "errmsg": "invalid credential"}
QUOTA = {"errcode": 45009, "errmsg": "reach max api daily quota limit rid: 60196b9b-4c5ba79c-066b49c8"}
MENU = {"button": [{"type": "click", "name": "我能领什么", "key": "mine"}]}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealServer]:
    with real_server(tmp_path_factory.mktemp("redis")) as server:
        yield server


@pytest.fixture
def redis(server: RealServer) -> RealServer:
    server.tell("FLUSHALL")
    return server


@pytest.fixture
async def platform() -> AsyncIterator[Platform]:
    async with scripted() as platform:
        yield platform


@pytest.fixture
async def api(redis: RealServer, platform: Platform) -> AsyncIterator[Api]:
    async with opened(redis.url, platform.base) as (api, _):
        yield api


# What is sent


CALLS: dict[str, tuple[Callable[[Api], Awaitable[object]], str, object]] = {
    "text": (
        lambda api: api.send_text(OPENID, "您能领高龄津贴。"),
        SEND,
        {"touser": OPENID, "msgtype": "text", "text": {"content": "您能领高龄津贴。"}},
    ),
    "menu of taps": (
        lambda api: api.send_menu(
            OPENID, "您问哪一项？", [Tap("a1", "高龄津贴"), Tap("b2", "护理补贴")], "点一下"
        ),
        SEND,
        {
            "touser": OPENID,
            "msgtype": "msgmenu",
            "msgmenu": {
                "head_content": "您问哪一项？",
                "list": [{"id": "a1", "content": "高龄津贴"}, {"id": "b2", "content": "护理补贴"}],
                "tail_content": "点一下",
            },
        },
    ),
    "template": (
        lambda api: api.send_template(OPENID, "TPL", {"thing1": "受理"}, "https://x.example/1", once="n1"),
        TEMPLATE,
        {
            "touser": OPENID,
            "template_id": "TPL",
            "url": "https://x.example/1",
            "client_msg_id": "n1",
            "data": {"thing1": {"value": "受理"}},
        },
    ),
    "plain template": (
        lambda api: api.send_template(OPENID, "TPL", {}),
        TEMPLATE,
        {"touser": OPENID, "template_id": "TPL", "data": {}},
    ),
    "subscribed": (
        lambda api: api.send_subscribed(OPENID, "TPL", {"thing1": "受理"}, "https://x.example/1"),
        SUBSCRIBED,
        {
            "touser": OPENID,
            "template_id": "TPL",
            "page": "https://x.example/1",
            "data": {"thing1": {"value": "受理"}},
        },
    ),
    "put menu": (lambda api: api.put_menu(MENU), PUT_MENU, MENU),
}


@pytest.mark.parametrize("name", list(CALLS))
async def test_what_is_sent(api: Api, platform: Platform, name: str) -> None:
    call, path, body = CALLS[name]
    assert await call(api) is None
    assert platform.bodies(path) == [body]
    _, query, raw = platform.asked[-1]
    assert query == {"access_token": "T1-secret"}
    assert b"\\u" not in raw


async def test_half_a_character_does_not_stop_a_message(api: Api, platform: Platform) -> None:
    await api.send_text(OPENID, "坏\ud83d字")
    assert platform.bodies(SEND)[0]["text"]["content"] == "坏?字"


async def test_a_code_for_a_poster(api: Api, platform: Platform) -> None:
    platform.script[QR] = [{"ticket": "gQH47/==", "url": "http://weixin.qq.com/q/kZgf"}]
    assert await api.qr_ticket("411303") == QrTicket("gQH47/==", "http://weixin.qq.com/q/kZgf")
    scene = {"scene": {"scene_str": "411303"}}
    assert platform.bodies(QR) == [{"action_name": "QR_LIMIT_STR_SCENE", "action_info": scene}]


async def test_the_menu_that_stands(api: Api, platform: Platform) -> None:
    platform.script[GET_MENU] = [{"menu": MENU}, {"errcode": 46003, "errmsg": "menu no exist"}]
    assert await api.get_menu() == MENU
    assert await api.get_menu() is None


# Media


def media(body: bytes, kind: str) -> Step:
    async def step(_: web.Request) -> web.StreamResponse:
        return web.Response(body=body, content_type=kind)

    return step


@pytest.mark.parametrize("kind", ["audio/amr", "text/plain", "application/octet-stream"])
async def test_a_recording_is_fetched(api: Api, platform: Platform, kind: str) -> None:
    platform.script[MEDIA] = [media(b"#!AMR\n\x3c\x91", kind)]
    assert await api.download("MEDIA-1", 100) == b"#!AMR\n\x3c\x91"
    assert platform.asked[-1][1] == {"access_token": "T1-secret", "media_id": "MEDIA-1"}


@pytest.mark.parametrize("kind", ["text/plain", "application/json", "image/jpeg"])
async def test_a_recording_that_is_gone(api: Api, platform: Platform, kind: str) -> None:
    platform.script[MEDIA] = [media(b'{"errcode":40007,"errmsg":"invalid media_id"}', kind)]
    with pytest.raises(ApiError, match="三天") as told:
        await api.download("MEDIA-1", 100)
    assert told.value.errcode == 40007


async def test_a_recording_as_large_as_allowed_and_one_byte_more(api: Api, platform: Platform) -> None:
    platform.script[MEDIA] = [media(b"x" * 100, "audio/amr"), media(b"x" * 101, "audio/amr")]
    assert len(await api.download("MEDIA-1", 100)) == 100
    with pytest.raises(told_by.TooBig):
        await api.download("MEDIA-1", 100)
    assert platform.hits[MEDIA] == 2


async def test_media_without_an_end_is_cut_off(api: Api, platform: Platform) -> None:
    flood = Flood(b"#!AMR\n")
    platform.script[MEDIA] = [flood]
    with pytest.raises(told_by.TooBig, match="100000"):
        await api.download("MEDIA-1", 100_000)
    assert flood.written < 1 << 26


@pytest.mark.parametrize("step", [{"video_url": "http://x.example/v"}, html, media(b"", "audio/amr")])
async def test_what_is_no_recording(api: Api, platform: Platform, step: Step) -> None:
    platform.then[MEDIA] = step
    with pytest.raises(told_by.Unreadable):
        await api.download("MEDIA-1", 100)


# Tokens that are refused


@pytest.mark.parametrize("errcode", [40001, 40014, 42001])
async def test_a_refused_token_is_renewed_once(api: Api, platform: Platform, errcode: int) -> None:
    platform.script[SEND] = [{"errcode": errcode, "errmsg": "no"}]
    await api.send_text(OPENID, "好")
    assert platform.hits == {TOKEN_PATH: 2, SEND: 2}
    assert [query["access_token"] for path, query, _ in platform.asked if path == SEND] == [
        "T1-secret",
        "T2-secret",
    ]


@pytest.mark.parametrize("insists", [False, True])
async def test_a_token_that_stays_refused_costs_one_renewal_and_one_retry(
    api: Api, platform: Platform, insists: bool
) -> None:
    platform.insists = insists
    platform.then[SEND] = REFUSED
    with pytest.raises(told_by.TokenRefused), capture_logs() as logs:
        await api.send_text(OPENID, "好")
    assert platform.hits == {TOKEN_PATH: 3 if insists else 2, SEND: 2}
    assert [line["event"] for line in logs if line["log_level"] == "error"] == ["wechat_token_refused_twice"]


async def test_where_the_platform_insists_there_is_nothing_to_retry(api: Api, platform: Platform) -> None:
    platform.insists, platform.then[SEND] = True, REFUSED
    for _ in range(5):
        with pytest.raises(told_by.TokenRefused):
            await api.send_text(OPENID, "好")
    assert platform.hits[TOKEN_PATH] == 4
    assert platform.hits[SEND] == 2 + 4


# Busy, and used up


@pytest.mark.parametrize("errcode", [-1, 45011])
async def test_busy_twice_and_then_fine(api: Api, platform: Platform, errcode: int) -> None:
    platform.script[SEND] = [{"errcode": errcode, "errmsg": "busy"}] * 2
    await api.send_text(OPENID, "好")
    assert platform.hits[SEND] == 3
    assert api.counts == {(TOKEN_PATH, "ok"): 1, (SEND, "ok"): 1}


async def test_busy_for_good(api: Api, platform: Platform) -> None:
    platform.then[SEND] = BUSY
    with pytest.raises(told_by.PlatformBusy) as told:
        await api.send_text(OPENID, "好")
    assert platform.hits[SEND] == 3
    assert not told.value.maybe_sent


async def test_a_used_up_day_is_remembered_by_all_processes_for_that_call_only(
    redis: RealServer, api: Api, platform: Platform
) -> None:
    platform.then[SEND] = QUOTA
    for _ in range(3):
        with pytest.raises(told_by.QuotaUsedUp, match="零点"):
            await api.send_text(OPENID, "好")
    async with opened(redis.url, platform.base) as (elsewhere, _):
        with pytest.raises(told_by.QuotaUsedUp):
            await elsewhere.send_menu(OPENID, "", [], "")
        await elsewhere.send_template(OPENID, "TPL", {})
    assert platform.hits == {TOKEN_PATH: 1, SEND: 1, TEMPLATE: 1}
    left = redis.tell("PTTL", f"wenyanglao:shelf:quota:{APP_ID}:{SEND}")
    assert 0 < left <= 24 * 3600 * 1000


@pytest.mark.parametrize(
    ("now", "seconds"),
    [
        (datetime(2026, 11, 21, 9, tzinfo=ZoneInfo("Asia/Shanghai")), 15 * 3600),
        (datetime(2026, 11, 21, 15, 59, 59, tzinfo=ZoneInfo("UTC")), 1),
        (datetime(2026, 11, 21, 16, tzinfo=ZoneInfo("UTC")), 24 * 3600),
    ],
)
def test_a_day_of_the_platform_ends_in_china(now: datetime, seconds: int) -> None:
    assert until_midnight(now) == seconds


# Silence, broken connections, other people's answers

BROKEN: dict[str, Step] = {
    "silence": silence,
    "breaks off": breaks_off,
    "half-closed": half_closes,
    "half an answer": half_an_answer,
    "html": html,
    "bad gateway": bad_gateway,
    "not utf-8": media(b'{"errcode": 0, "errmsg": "\xff"}', "application/json"),
    "a list": media(b"[]", "application/json"),
    "nothing": media(b"", "application/json"),
    "too deep": media(b'{"a":' * 100_000, "application/json"),
    "a gateway's json": media(b'{"message": "upstream timed out"}', "application/json"),
    "an odd code": {"errcode": "none"},
    "without an end": Flood(),
}


@pytest.mark.parametrize("name", list(BROKEN))
async def test_what_may_have_been_sent_is_not_sent_again(api: Api, platform: Platform, name: str) -> None:
    platform.then[SEND] = BROKEN[name]
    with pytest.raises(told_by.Unreachable, match="不知道") as told:
        await api.send_text(OPENID, "好")
    assert told.value.maybe_sent
    assert platform.hits[SEND] == 1


@pytest.mark.parametrize("name", list(BROKEN))
async def test_what_has_no_effect_is_asked_again(api: Api, platform: Platform, name: str) -> None:
    platform.script[QR] = [BROKEN[name], BROKEN[name], {"ticket": "t", "url": "u"}]
    assert await api.qr_ticket("411303") == QrTicket("t", "u")
    platform.then[QR] = BROKEN[name]
    with pytest.raises(told_by.Unreachable) as told:
        await api.qr_ticket("411303")
    assert not told.value.maybe_sent
    assert platform.hits[QR] == 6


async def test_an_answer_without_an_end_is_cut_off(api: Api, platform: Platform) -> None:
    platform.then[SEND] = flood = Flood()
    with pytest.raises(told_by.Unreadable):
        await api.send_text(OPENID, "好")
    assert flood.written < 1 << 26


async def test_a_connection_that_ended_between_two_calls_is_not_used_again(
    api: Api, platform: Platform
) -> None:
    async def ends_later(request: web.Request) -> web.StreamResponse:
        assert request.transport
        asyncio.get_running_loop().call_later(0.05, request.transport.close)
        return web.json_response({"errcode": 0})

    platform.script[SEND] = [ends_later]
    await api.send_text(OPENID, "一")
    await asyncio.sleep(0.2)
    await api.send_text(OPENID, "二")
    assert [body["text"]["content"] for body in platform.bodies(SEND)] == ["一", "二"]


async def test_an_answer_that_lacks_its_fields(api: Api, platform: Platform) -> None:
    platform.then[QR] = {"ticket": "x"}
    with pytest.raises(told_by.Unreadable):
        await api.qr_ticket("411303")


async def test_a_token_goes_nowhere_else(api: Api, platform: Platform) -> None:
    async def elsewhere(request: web.Request) -> web.StreamResponse:
        return web.Response(status=302, headers={"Location": f"/elsewhere?{request.query_string}"})

    platform.then[GET_MENU] = elsewhere
    with pytest.raises(told_by.Unreadable):
        await api.get_menu()
    assert set(platform.hits) == {TOKEN_PATH, GET_MENU}


async def test_nobody_listens(redis: RealServer, platform: Platform) -> None:
    async with opened(redis.url, platform.base) as (_, tokens):
        await tokens.get()
    async with opened(redis.url, f"http://127.0.0.1:{free_port()}") as (api, _):
        with pytest.raises(told_by.Unreachable, match="连不上") as told:
            await api.send_text(OPENID, "好")
    assert not told.value.maybe_sent


async def test_an_address_that_is_none(redis: RealServer) -> None:
    async with opened(redis.url, "http://") as (api, _):
        with pytest.raises(told_by.Unreachable, match="WECHAT_API_BASE"):
            await api.get_menu()


# Against the whole stand-in of the platform, by other hands


@pytest.fixture
async def side(redis: RealServer) -> AsyncIterator[tuple[ApiSide, Api]]:
    async with ApiSide([AccountSide(APP_ID, SECRET)]) as side, opened(redis.url, side.url) as (api, _):
        yield side, api


async def test_messages_as_far_as_the_window_goes(side: tuple[ApiSide, Api]) -> None:
    platform, api = side
    with pytest.raises(told_by.WindowOver):
        await api.send_text(OPENID, TEXT)
    platform.main.ledger.heard(OPENID, shapes.text("您好"))
    await api.send_text(OPENID, TEXT)
    await api.send_menu(OPENID, "您问哪一项？", [Tap("a1", "高龄津贴")], "")
    received = [(one.kind, one.text, one.choices) for one in platform.received(OPENID)]
    assert received == [("text", TEXT, ()), ("msgmenu", "您问哪一项？\n高龄津贴", (("a1", "高龄津贴"),))]
    for _ in range(3):
        await api.send_text(OPENID, TEXT)
    with pytest.raises(told_by.UsedUp):
        await api.send_text(OPENID, TEXT)
    assert len(platform.received(OPENID)) == 5


async def test_notices_as_far_as_allowed(side: tuple[ApiSide, Api]) -> None:
    platform, api = side
    platform.main.ledger.heard(OPENID, shapes.unsubscribe())
    with pytest.raises(told_by.WindowOver):
        await api.send_template(OPENID, "TPL", {"thing1": "受理"})
    platform.main.ledger.heard(OPENID, shapes.subscribe())
    await api.send_template(OPENID, "TPL", {"thing1": "受理"})
    with pytest.raises(told_by.NotConsented):
        await api.send_subscribed(OPENID, "TPL", {"thing1": "受理"})
    platform.main.ledger.heard(OPENID, shapes.consent("TPL"))
    await api.send_subscribed(OPENID, "TPL", {"thing1": "受理"})
    assert [one.kind for one in platform.received(OPENID)] == ["template", "notice"]


async def test_codes_menus_media_and_a_spoiled_token(side: tuple[ApiSide, Api]) -> None:
    platform, api = side
    platform.main.media["M"] = (b"#!AMR\n", "audio/amr")
    assert await api.get_menu() is None
    await api.put_menu(MENU)
    platform.main.tokens.spoil()
    assert [one["name"] for one in (await api.get_menu() or {})["button"]] == ["我能领什么"]
    assert platform.main.tickets[(await api.qr_ticket("411303")).ticket] == "411303"
    assert await api.download("M", 100) == b"#!AMR\n"
    assert platform.main.tokens.fetches == 2


# What operators are told


@pytest.mark.parametrize(
    ("errcode", "kind"),
    [
        (-1, told_by.PlatformBusy),
        (45011, told_by.PlatformBusy),
        (45009, told_by.QuotaUsedUp),
        (40001, told_by.TokenRefused),
        (45015, told_by.WindowOver),
        (43004, told_by.WindowOver),
        (45047, told_by.UsedUp),
        (48001, told_by.NotPermitted),
        (43101, told_by.NotConsented),
        (40013, ApiError),
        (99999, ApiError),
    ],
)
def test_callers_can_tell_errors_apart(errcode: int, kind: type[ApiError]) -> None:
    error = platform_error(errcode)
    assert type(error) is kind
    assert error.errcode == errcode
    assert f"返回码 {errcode}" in error.message


def test_the_window_over_and_used_up_are_handled_as_one() -> None:
    assert isinstance(platform_error(45047), told_by.WindowOver)


@pytest.mark.parametrize(
    ("errmsg", "says"),
    [
        ("invalid ip 203.0.113.9 ipv6 ::ffff:203.0.113.9, not in whitelist rid: 6207df1a-08ef8516-2a6c18c6", "203.0.113.9"),
        ("invalid ip 203.0.113.9, not in whitelist", "203.0.113.9"),
        ("invalid ip 2001:db8::7, not in whitelist", "2001:db8::7"),
        ("invalid ip, not in whitelist", "没有写明"),
    ],
)  # fmt: skip
def test_the_address_that_is_not_on_the_list_is_named(errmsg: str, says: str) -> None:
    assert says in platform_error(40164, errmsg).operator


def test_the_field_that_does_not_fit_and_the_number_of_the_call_are_named() -> None:
    error = platform_error(
        47003, "argument invalid! data.thing3.value invalid rid: 5f325159-44411d21-1eb8b6c3"
    )
    assert "thing3" in error.operator
    assert error.rid == "5f325159-44411d21-1eb8b6c3"
    assert error.rid in error.message


def test_the_platforms_own_words_are_not_passed_on() -> None:
    error = platform_error(40003, f"invalid openid {OPENID} token=T1-secret")
    assert OPENID not in repr(vars(error))
    assert "T1-secret" not in repr(vars(error))


def test_every_sentence_stands_once_and_has_its_words() -> None:
    path = Path(told_by.__file__).with_suffix(".yaml")
    read = lined_yaml.read(path, path.name)
    assert not read.problems
    for name in read.data:
        said = sentence(name, ip="203.0.113.9", field="thing1", seconds=20, bytes=100)
        assert said.endswith("。")
        assert "{" not in said
        assert "\n" not in said
    assert set(told_by._KINDS) <= set(read.data)


# Nothing personal, nothing secret


LEAKS: dict[str, Step] = BROKEN | {
    "an error that quotes": {"errcode": 40003, "errmsg": f"invalid openid {OPENID} T1-secret {SECRET}"},
    "an unknown error": {"errcode": 12345, "errmsg": f"{OPENID} T1-secret {SECRET}"},
    "busy": BUSY,
    "refused": REFUSED,
    "used up": QUOTA,
}


@pytest.mark.parametrize("name", list(LEAKS))
async def test_no_secret_token_openid_or_text_in_any_error_or_log(
    api: Api, platform: Platform, name: str, caplog: pytest.LogCaptureFixture
) -> None:
    platform.then |= dict.fromkeys((SEND, QR), LEAKS[name])
    with capture_logs() as logs:
        for call in (api.send_text(OPENID, TEXT), api.qr_ticket("411303")):
            with pytest.raises(ApiError) as told:
                await call
            _is_clean(told.value)
    assert logs
    _names_nothing(repr(logs) + caplog.text)


@pytest.mark.parametrize("step", [silence, breaks_off, html, {"errcode": 40125, "errmsg": SECRET}])
async def test_nor_where_no_token_is_got(redis: RealServer, platform: Platform, step: Step) -> None:
    platform.then[TOKEN_PATH] = step
    async with opened(redis.url, platform.base) as (api, _):
        with capture_logs() as logs, pytest.raises(ApiError) as told:
            await api.send_text(OPENID, TEXT)
    _is_clean(told.value)
    _names_nothing(repr(logs))


async def test_nor_where_nobody_listens(redis: RealServer) -> None:
    async with opened(redis.url, f"http://127.0.0.1:{free_port()}") as (api, tokens):
        tokens.get = _given  # type: ignore[method-assign]
        with capture_logs() as logs, pytest.raises(ApiError) as told:
            await api.send_text(OPENID, TEXT)
    _is_clean(told.value)
    _names_nothing(repr(logs))


async def _given() -> str:
    return "T1-secret"


def _is_clean(error: BaseException) -> None:
    _names_nothing("".join(traceback.format_exception(error, chain=True)))
    seen: BaseException | None = error
    while seen is not None:
        _names_nothing(f"{seen!r} {seen.args} {vars(seen)}")
        # `from None` only hides what hangs on an error; whoever logs errors whole would still print it.
        seen = seen.__cause__ or seen.__context__


def _names_nothing(text: str) -> None:
    for hidden in (SECRET, "T1-secret", "T2-secret", OPENID, TEXT, "access_token="):
        assert hidden not in text


async def test_one_line_a_failure_and_counts(api: Api, platform: Platform) -> None:
    platform.script[SEND] = [
        {"errcode": 45015, "errmsg": "out of time limit rid: 60196b9b-4c5ba79c-066b49c8"}
    ]
    with capture_logs() as logs, pytest.raises(told_by.WindowOver):
        await api.send_text(OPENID, "好")
    lines: list[Any] = [line for line in logs if line["event"] == "wechat_call_failed"]
    assert [(line["call"], line["outcome"], line["rid"]) for line in lines] == [
        (SEND, "45015", "60196b9b-4c5ba79c-066b49c8")
    ]
    await api.send_text(OPENID, "好")
    assert api.counts == {(TOKEN_PATH, "ok"): 1, (SEND, "45015"): 1, (SEND, "ok"): 1}
    assert json.dumps(lines, ensure_ascii=False)
