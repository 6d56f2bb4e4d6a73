"""The codec: every push becomes a message or a clear refusal, every reply is read by a strict parser."""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import datetime
from urllib.parse import unquote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.config import SHANGHAI
from bot.errors import BadRequest
from bot.models import Message, Reply, Tap
from bot.wechat.codec import to_message, to_xml
from bot.wechat.fitting import LIMIT, compose, shorten, size
from tests.wechat_side import WeChatSide, check_links, push_xml, strict_fields

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=SHANGHAI)
MESSAGE = Message("oUser-1_2", to="gh_account")
SIDE = WeChatSide("http://unused", "token", "wx1", account="gh_account")
HEAD: dict[str, str | int] = {"ToUserName": "gh_account", "FromUserName": "oUser", "CreateTime": 1763686800}


def heard(**fields: str | int) -> Message:
    return to_message(push_xml({**HEAD, **fields}))


def said(*texts: str, taps: tuple[Tap, ...] = ()) -> str:
    """What the platform's side reads of a reply, after its strict checks."""
    words = SIDE.read(to_xml(Reply(texts, taps), MESSAGE, NOW), MESSAGE.user)
    assert words is not None
    return words


class TestMessages:
    def test_text(self) -> None:
        assert heard(MsgType="text", Content=" 俺娘83了\n低保 ", MsgId=23987654321098765) == Message(
            "oUser", text=" 俺娘83了\n低保 ", key="23987654321098765", to="gh_account"
        )

    @pytest.mark.parametrize(
        ("fields", "kind", "text"),
        [
            ({"MsgType": "image", "PicUrl": "http://x/y", "MediaId": "m"}, "image", ""),
            ({"MsgType": "voice", "Format": "amr", "MediaId": "m", "Recognition": ""}, "voice", ""),
            ({"MsgType": "voice", "Format": "amr", "MediaId": "m"}, "voice", ""),
            ({"MsgType": "voice", "MediaId": "m", "Recognition": "我能领什么。"}, "text", "我能领什么。"),
            ({"MsgType": "video", "MediaId": "m", "ThumbMediaId": "t"}, "video", ""),
            ({"MsgType": "shortvideo", "MediaId": "m"}, "video", ""),
            ({"MsgType": "location", "Location_X": "32.9", "Label": "着火了"}, "location", ""),
            ({"MsgType": "link", "Title": "低保", "Url": "http://x"}, "link", ""),
            ({"MsgType": "file", "Title": "a.doc"}, "file", ""),
            ({"MsgType": "TEXT", "Content": "好"}, "text", "好"),
            ({"MsgType": "text"}, "text", ""),
            ({"MsgType": "hologram", "Content": "x"}, "unknown", ""),
            ({"MsgType": "text", "Content": "【收到不支持的消息类型，暂无法显示】"}, "unknown", ""),
            ({"MsgType": "text", "Content": "[收到不支持的消息类型，暂无法显示]"}, "unknown", ""),
        ],
    )
    def test_every_kind(self, fields: dict[str, str | int], kind: str, text: str) -> None:
        message = heard(**fields, MsgId=1)
        assert (message.kind, message.text, message.key) == (kind, text, "1")

    @pytest.mark.parametrize(
        ("sent", "tap"),
        [("status:low_income", "status:low_income"), ("0", None), ("", None), (None, None), ("a%3Ab", "a:b")],
    )
    def test_a_tap_by_its_id(self, sent: str | None, tap: str | None) -> None:
        fields: dict[str, str | int] = {} if sent is None else {"bizmsgmenuid": sent}
        message = heard(MsgType="text", Content="低保", MsgId=1, **fields)
        assert (message.tap, message.text) == (tap, "低保")

    def test_a_tap_whose_words_come_back_as_they_stood_in_the_link(self) -> None:
        assert heard(MsgType="text", Content="%E4%BD%8E%E4%BF%9D", bizmsgmenuid="x").text == "低保"
        assert heard(MsgType="text", Content="%E4%BD%8E%E4%BF%9D").text == "%E4%BD%8E%E4%BF%9D"

    @pytest.mark.parametrize(
        "text", ["", " ", "x" * 15_000, "五保" * 10_000, "'; DROP TABLE users;--", "👵" * 99]
    )
    def test_long_and_strange_text_is_kept_whole(self, text: str) -> None:
        assert heard(MsgType="text", Content=text).text == text

    def test_control_characters_are_dropped(self) -> None:
        assert heard(MsgType="text", Content="八\x02十\x1d三\x00\x7f\ufffe").text == "八十三"

    def test_half_a_character_is_dropped(self) -> None:
        body = push_xml({**HEAD, "MsgType": "text", "Content": "八\ud83d十\udc75三"})
        assert b"\xed" in body
        assert to_message(body).text == "八十三"

    def test_what_is_dropped_does_not_close_a_section(self) -> None:
        forged = "]]\x02></Content><bizmsgmenuid>forged</bizmsgmenuid><MsgId>7</MsgId><X><![CDATA["
        message = heard(MsgType="text", Content=forged)
        assert (message.tap, message.text) == (None, forged.replace("\x02", ""))

    def test_pasted_xml_is_text(self) -> None:
        pasted = "<xml><FromUserName><![CDATA[liar]]></FromUserName></xml>&lt;&#2;<!DOCTYPE x>"
        assert heard(MsgType="text", Content=pasted).text == pasted

    @pytest.mark.parametrize("around", ["\ufeff{}", "\x00{}\x00\n", '<?xml version="1.0" encoding="gbk"?>{}'])
    def test_what_stands_around_the_xml_is_passed_over(self, around: str) -> None:
        body = around.replace("{}", push_xml({**HEAD, "MsgType": "text", "Content": "您好"}).decode())
        assert to_message(body.encode()).text == "您好"


class TestEvents:
    @pytest.mark.parametrize(
        ("event", "about", "expected", "scene", "text"),
        [
            ("subscribe", "", "subscribe", None, ""),
            ("subscribe", "qrscene_411303", "subscribe", "411303", ""),
            ("subscribe", "last_trade_no_123", "subscribe", None, ""),
            ("subscribe", "qrscene_", "subscribe", None, ""),
            ("subscribe", "qrscene_" + "9" * 65, "subscribe", None, ""),
            ("unsubscribe", "", "unsubscribe", None, ""),
            ("SCAN", "411303", "scan", "411303", ""),
            ("CLICK", "我能领什么", "click", None, "我能领什么"),
            ("VIEW", "http://example.org", "view", None, ""),
            ("LOCATION", "", "other", None, ""),
            ("TEMPLATESENDJOBFINISH", "", "other", None, ""),
            ("", "", "other", None, ""),
        ],
    )
    def test_every_event(self, event: str, about: str, expected: str, scene: str | None, text: str) -> None:
        message = heard(MsgType="event", Event=event, EventKey=about)
        assert (message.kind, message.event, message.scene) == ("event", expected, scene)
        assert (message.text, message.tap) == (text, text or None)

    def test_nested_reports_are_read(self) -> None:
        body = push_xml({**HEAD, "MsgType": "event", "Event": "pic_weixin"}).replace(
            b"</xml>", b"<SendPicsInfo><PicList><item><a>1</a></item><item/></PicList></SendPicsInfo></xml>"
        )
        assert to_message(body).event == "other"


class TestKeys:
    def test_an_event_is_known_by_all_that_tells_it_apart(self) -> None:
        first: dict[str, str | int] = {"MsgType": "event", "Event": "SCAN", "EventKey": "1"}
        changes: list[dict[str, str | int]] = [
            {},
            {"EventKey": "2"},
            {"Event": "CLICK"},
            {"CreateTime": 5},
            {"FromUserName": "oOther"},
        ]
        keys = [heard(**{**first, **change}).key for change in changes]
        assert len(set(keys)) == len(keys)
        assert heard(**first).key == keys[0]
        assert all(key and re.fullmatch("[0-9a-f]{64}", key) for key in keys)

    def test_a_number_beyond_doubles_is_kept_whole(self) -> None:
        assert heard(MsgType="text", MsgId=9007199254740993).key == "9007199254740993"

    @pytest.mark.parametrize("push", ["x", "1" * 33, "-1", "１２", "a}b"])
    def test_a_strange_id_is_hashed(self, push: str) -> None:
        key = heard(MsgType="text", MsgId=push).key
        assert key is not None
        assert re.fullmatch("[0-9a-f]{64}", key)

    def test_without_id_and_time_no_retry_can_be_known(self) -> None:
        body = push_xml(
            {"ToUserName": "gh", "FromUserName": "o", "MsgType": "text", "Content": "1", "MsgId": 0}
        )
        assert to_message(body).key is None


LEAVES = (
    "<ToUserName>gh</ToUserName><FromUserName>o</FromUserName><MsgType>text</MsgType><Content>1</Content>"
)


class TestRefusals:
    @pytest.mark.parametrize(
        "body",
        [
            "",
            "nonsense",
            "{}",
            "<xml>",
            f"<html>{LEAVES}</html>",
            f"<XML>{LEAVES}</XML>",
            f"<xml>{LEAVES}</xml><xml/>",
            f"<!DOCTYPE xml><xml>{LEAVES}</xml>",
            f'<!DOCTYPE xml [<!ENTITY a "b">]><xml>{LEAVES}</xml>',
            f'<!DOCTYPE xml [<!ENTITY a SYSTEM "file:///etc/passwd">]><xml>{LEAVES}<X>&a;</X></xml>',
            f"<xml>{LEAVES}<X>&undefined;</X></xml>",
            f"<xml>{LEAVES}<X>&#2;</X></xml>",
            f"<xml>{LEAVES}<X>&#xD800;</X></xml>",
            f"<xml>{LEAVES}<Content>2</Content></xml>",
            f"<xml>{LEAVES}<MsgId>1</MsgId><MsgId>1</MsgId></xml>",
            f"<xml>{LEAVES}stray</xml>",
            f"<xml>{LEAVES}<?php evil ?></xml>",
            f"<xml>{LEAVES}<!-- a --></xml>",
            f'<xml a="b">{LEAVES}</xml>',
            f'<xml>{LEAVES}<X a="b">1</X></xml>',
            f"<xml>{LEAVES}" + "<d>" * 60 + "</d>" * 60 + "</xml>",
            f"<xml>{LEAVES}".replace("o<", "<b>o</b><") + "</xml>",
            f"<xml><in>{LEAVES}</in></xml>",
            f"<xml>{LEAVES}</xml>".replace("<FromUserName>o</FromUserName>", ""),
            f"<xml>{LEAVES}</xml>".replace("<FromUserName>o<", "<FromUserName> <"),
            f"<xml>{LEAVES}</xml>".replace("<FromUserName>o<", f"<FromUserName>{'o' * 129}<"),
            f"<xml>{LEAVES}</xml>".replace("<FromUserName>o<", "<FromUserName>o\no<"),
            f"<xml>{LEAVES}</xml>".replace("<ToUserName>gh</ToUserName>", ""),
            f"<xml>{LEAVES}</xml>".replace("<MsgType>text</MsgType>", ""),
            "<xml><ToUserName>gh</ToUserName><Encrypt>abc</Encrypt></xml>",
        ],
    )
    def test_what_no_platform_sends_is_refused(self, body: str) -> None:
        with pytest.raises(BadRequest):
            to_message(body.encode())

    def test_the_sound_body_beside_them_is_read(self) -> None:
        assert to_message(f"<xml>{LEAVES}</xml>".encode()).user == "o"

    def test_another_encoding_is_refused(self) -> None:
        with pytest.raises(BadRequest):
            to_message(f"<xml>{LEAVES}</xml>".encode("utf-16"))

    def test_a_lacking_key_is_named_to_the_operator(self) -> None:
        with pytest.raises(BadRequest, match="WECHAT_AES_KEY"):
            to_message(b"<xml><ToUserName>gh</ToUserName><Encrypt>abc</Encrypt></xml>")

    @settings(max_examples=2000, deadline=None)
    @given(st.one_of(st.binary(max_size=300), st.text(max_size=300).map(lambda text: text.encode())))
    def test_any_bytes(self, body: bytes) -> None:
        for whole in (
            body,
            f"<xml>{LEAVES}".encode() + body,
            f"<xml>{LEAVES}<X>".encode() + body + b"</X></xml>",
        ):
            with suppress(BadRequest):
                assert to_message(whole).user


def taps(*labels: str) -> tuple[Tap, ...]:
    return tuple(Tap(f"status:{number}", label) for number, label in enumerate(labels))


class TestReplies:
    def test_a_text(self) -> None:
        assert strict_fields(to_xml(Reply(("您好",)), MESSAGE, NOW)) == {
            "ToUserName": "oUser-1_2",
            "FromUserName": "gh_account",
            "CreateTime": str(int(NOW.timestamp())),
            "MsgType": "text",
            "Content": "您好",
        }

    def test_taps_are_numbered_links(self) -> None:
        words = said("家里是低保吗？", taps=taps("低保", "都没有 / 不&知道"))
        assert [line[:2] for line in words.split("\n")[1:]] == ["1.", "2."]
        assert [(unquote(content), menu_id, label) for content, menu_id, label in check_links(words)] == [
            ("低保", "status:0", "低保"),
            ("都没有 / 不&知道", "status:1", "都没有 / 不&知道"),
        ]

    def test_links_that_do_not_fit_become_words(self) -> None:
        words = said("好" * 630, taps=taps("低保", "特困"))
        assert words.endswith("好\n1. 低保\n2. 特困")
        assert words.count("好") == 630

    def test_a_text_ends_a_sentence_earlier_so_that_the_choices_stay(self) -> None:
        words = said("这一句话讲一项服务。" * 66, taps=taps("更多"))
        assert words.endswith("服务。\n1. 更多")
        assert size(words) > LIMIT - 60

    def test_choices_without_end_leave_room_for_the_text(self) -> None:
        words = said("您要问哪一项？", taps=taps(*["很长的一个选项" * 4] * 60))
        assert words.startswith("您要问哪一项？\n1. ")
        assert words.split("\n")[-1].endswith("选项")

    def test_further_texts_go_out_as_far_as_they_fit_whole(self) -> None:
        assert said("一", "二") == "一\n\n二"
        assert said("一", "二" * 700, "三", taps=taps("好")).startswith("一\n1. <a")

    def test_nothing_to_say_is_nothing(self) -> None:
        for texts in ((), ("",), (" \x02\n",)):
            assert to_xml(Reply(texts), MESSAGE, NOW) == b""

    @pytest.mark.parametrize(
        "echo",
        [
            "]]></Content><MsgType><![CDATA[news]]></MsgType><Content><![CDATA[",
            "]]>]]>]]&gt;",
            "<a href='http://evil.example'>点我</a>",
            "< a href=http://evil.example>点我",
            "<A\nHREF=x>",
            "&lt;a href=&#34;x&#34;&gt;",
            "\ud83d\udc75 \x00\x02\x1d\x7f\x85 \ufffe\uffff",
            "weixin://bizmsgmenu?msgmenucontent=x",
        ],
    )
    def test_echoed_words_forge_nothing(self, echo: str) -> None:
        words = said(f"您说“{echo}”，我没听懂。", taps=(Tap('x"><a href="', f"{echo}\n"), *taps("好")))
        assert all(re.fullmatch(r"[^&\"<>]+", menu_id) for _, menu_id, _ in check_links(words))
        assert not re.search(r"&#?\w+;", re.sub(r"<a [^>]*>", "", words))

    def test_comparisons_stay_readable(self) -> None:
        assert said("年龄<60，A&B，3 > 2") == "年龄＜60，A&B，3 ＞ 2"


ATOMS = [
    "👨‍👩‍👧‍👦",
    "🇨🇳",
    "1️⃣",
    "👵🏽",
    "13912345678",
    "1,234.50",
    "https://12345.gov.cn/a?b=c&d=1",
    "好",
    "。",
    "\n",
]


class TestFitting:
    @settings(max_examples=400, deadline=None)
    @given(st.lists(st.sampled_from(ATOMS), max_size=60), st.integers(40, 400))
    def test_nothing_is_cut_in_the_middle(self, pieces: list[str], limit: int) -> None:
        spaced = [piece + " " for piece in pieces]
        short = shorten("".join(spaced), limit)
        assert size(short) <= limit
        ends = {"".join(spaced[:count]).rstrip() for count in range(len(spaced) + 1)}
        assert short in ends or short == "".join(spaced)

    def test_a_word_without_end_is_cut_all_the_same(self) -> None:
        assert 1800 < size(shorten("9" * 5000, 2000)) <= 2000

    @settings(max_examples=1000, deadline=None)
    @given(
        st.lists(st.text(st.characters(), max_size=900), max_size=3),
        st.lists(
            st.builds(Tap, st.text(st.characters(), max_size=20), st.text(st.characters(), max_size=80)),
            max_size=8,
        ),
    )
    def test_any_reply_is_read_by_the_platform(self, texts: list[str], choices: list[Tap]) -> None:
        xml = to_xml(Reply(tuple(texts), tuple(choices)), MESSAGE, NOW)
        words = SIDE.read(xml, MESSAGE.user)
        assert (words or "") == compose(Reply(tuple(texts), tuple(choices)))

    @settings(max_examples=300, deadline=None)
    @given(st.text(st.characters(), max_size=60), st.text(st.characters(), max_size=60))
    def test_whoever_it_goes_to(self, user: str, account: str) -> None:
        with suppress(BadRequest):
            message = to_message(
                push_xml({"ToUserName": account, "FromUserName": user, "MsgType": "text", "Content": "x"})
            )
            fields = strict_fields(to_xml(Reply(("好",)), message, NOW))
            assert (fields["ToUserName"], fields["FromUserName"]) == (message.user, message.to)
