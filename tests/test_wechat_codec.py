"""The codec: every push becomes a message or a clear refusal, every reply is read by a strict parser."""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from urllib.parse import unquote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.config import SHANGHAI
from bot.errors import BadRequest
from bot.models import Message, Place, Reply, Tap
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
            "oUser", text=" 俺娘83了\n低保 ", key="23987654321098765", to="gh_account", created=1763686800
        )

    def test_the_account_whose_door_it_came_through(self) -> None:
        body = push_xml({**HEAD, "MsgType": "text", "Content": "您好"})
        assert (to_message(body, "wolong").account, to_message(body).account) == ("wolong", "")

    @pytest.mark.parametrize(
        "created", ["", "x", "-5", "1e9", "１７６３６８６８００", "9" * 11, "9" * 60_000, "1 2"]
    )
    def test_a_time_that_is_none(self, created: str) -> None:
        assert heard(MsgType="text", CreateTime=created).created == 0

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
        for fields in ({"bizmsgmenuid": "x"}, {"bizmsgmenuid": "0"}, {"bizmsgmenuid": ""}, {}):
            assert heard(MsgType="text", Content="%E4%BD%8E%E4%BF%9D", **fields).text == "低保"

    @pytest.mark.parametrize(
        "typed",
        ["50%25", "100%20元", "%", "%E4%BD%8E" * 700, "%E4", "低保%E4%BD%8E", "%41", "a_b", "%E4%BD%8E 保"],
    )
    def test_what_was_typed_is_left_alone(self, typed: str) -> None:
        assert heard(MsgType="text", Content=typed).text == typed

    @pytest.mark.parametrize(
        ("fields", "media"),
        [
            ({"MsgType": "voice", "MediaId": "m", "MediaId16K": "m16"}, "m16"),
            ({"MsgType": "voice", "MediaId": "m", "MediaId16K": " "}, "m"),
            ({"MsgType": "voice", "MediaId": "m"}, "m"),
            ({"MsgType": "voice", "MediaId": "m", "Recognition": "您好"}, None),
            ({"MsgType": "image", "MediaId": "wV-_9", "MediaId16K": "x"}, "wV-_9"),
            ({"MsgType": "video", "MediaId": "m", "ThumbMediaId": "t"}, "m"),
            ({"MsgType": "shortvideo", "MediaId": "m"}, "m"),
            ({"MsgType": "file", "MediaId": "m"}, "m"),
            ({"MsgType": "file", "FileKey": "k"}, None),
            ({"MsgType": "link", "MediaId": "m"}, None),
            ({"MsgType": "image", "MediaId": "a b"}, None),
            ({"MsgType": "image", "MediaId": "签"}, None),
            ({"MsgType": "image", "MediaId": "m" * 257}, None),
        ],
    )
    def test_where_the_platform_keeps_it(self, fields: dict[str, str | int], media: str | None) -> None:
        assert heard(**fields).media == media

    def test_a_place(self) -> None:
        fields = {
            "Location_X": "32.990664",
            "Location_Y": " 112.528308",
            "Scale": "15",
            "Label": " 南阳市卧龙区 ",
        }
        assert heard(MsgType="location", **fields).place == Place(32.990664, 112.528308, "南阳市卧龙区")
        assert heard(MsgType="location", Location_X="-1", Location_Y="0").place == Place(-1.0, 0.0)
        long = heard(MsgType="location", Location_X="1", Location_Y="1", Label="长" * 5000).place
        assert long is not None
        assert long.label == "长" * 200

    @pytest.mark.parametrize(
        "degrees",
        ["", "nan", "inf", "1e1", "1_0", "180.01", "-181", "３２", "0x1", "1.", "." * 99, "9" * 999],
    )
    def test_a_place_that_is_nowhere(self, degrees: str) -> None:
        assert heard(MsgType="location", Location_X=degrees, Location_Y="112.5").place is None
        assert heard(MsgType="location", Location_X="32.9", Location_Y=degrees).place is None

    def test_a_place_beyond_the_pole_or_of_a_phone_that_does_not_know(self) -> None:
        assert heard(MsgType="location", Location_X="90.01", Location_Y="112.5").place is None
        assert heard(MsgType="location", Location_X="0", Location_Y="0.000000").place is None
        assert heard(MsgType="text", Location_X="32.9", Location_Y="112.5").place is None

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


# Reports that nobody waits for, from the platform's documentation.
UNHEARD = [
    "LOCATION",
    "location_select",
    "scancode_push",
    "pic_sysphoto",
    "pic_photo_or_album",
    "pic_weixin",
    "TEMPLATESENDJOBFINISH",
    "MASSSENDJOBFINISH",
    "PUBLISHJOBFINISH",
    "subscribe_msg_sent_event",
    "kf_create_session",
    "kf_close_session",
    "kf_switch_session",
    "qualification_verify_success",
    "qualification_verify_fail",
    "naming_verify_success",
    "naming_verify_fail",
    "annual_renew",
    "verify_expired",
    "poi_check_notify",
    "user_info_modified",
    "user_enter_tempsession",
    "media_id",
    "view_limited",
    "debug_demo",
    "WifiConnected",
    "user_get_card",
]


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
            ("view_miniprogram", "pages/index", "view", None, ""),
            ("scancode_waitmsg", "我能领什么", "click", None, "我能领什么"),
            *((event, "key", "other", None, "") for event in UNHEARD),
            ("", "", "other", None, ""),
        ],
    )
    def test_every_event(self, event: str, about: str, expected: str, scene: str | None, text: str) -> None:
        message = heard(MsgType="event", Event=event, EventKey=about)
        assert (message.kind, message.event, message.scene) == ("event", expected, scene)
        assert (message.text, message.tap) == (text, text or None)

    @pytest.mark.parametrize("event", ["user_authorization_revoke", "user_authorization_cancellation"])
    def test_a_consent_that_is_withdrawn_names_whom(self, event: str) -> None:
        message = heard(MsgType="event", Event=event, OpenID="oWithdrawn")
        assert (message.event, message.user) == ("revoked", "oWithdrawn")
        with pytest.raises(BadRequest):
            heard(MsgType="event", Event=event)

    def test_nested_reports_are_read(self) -> None:
        body = push_xml({**HEAD, "MsgType": "event", "Event": "pic_weixin"}).replace(
            b"</xml>", b"<SendPicsInfo><PicList><item><a>1</a></item><item/></PicList></SendPicsInfo></xml>"
        )
        assert to_message(body).event == "other"

    @pytest.mark.parametrize(
        "inside",
        [
            "<ScanCodeInfo><ScanType>qrcode</ScanType><ScanResult>2</ScanResult></ScanCodeInfo>",
            "<SendLocationInfo><Location_X>23</Location_X><Location_Y>113</Location_Y></SendLocationInfo>",
            "<CopyrightCheckResult><Count>2</Count><ResultList><item><a>1</a></item><item><a>2</a></item></ResultList>"
            "</CopyrightCheckResult>",
            "<PublishEventInfo><fail_idx>1</fail_idx><fail_idx>2</fail_idx></PublishEventInfo>",
            "<SubscribeMsgSentEvent><List><TemplateId>t</TemplateId><MsgID>1</MsgID></List></SubscribeMsgSentEvent>",
        ],
    )
    def test_reports_of_the_documentation_are_read(self, inside: str) -> None:
        assert consent("MASSSENDJOBFINISH", inside).event == "other"


def consent(event: str, inside: str) -> Message:
    whole = push_xml({**HEAD, "MsgType": "event", "Event": event})
    return to_message(whole.replace(b"</xml>", f"{inside}</xml>".encode()))


def rows(*pairs: tuple[str, str], name: str = "SubscribeMsgPopupEvent") -> str:
    inside = "".join(
        f"<List>\n<TemplateId><![CDATA[{template}]]></TemplateId>\n"
        f"<SubscribeStatusString><![CDATA[{status}]]></SubscribeStatusString>\n<PopupScene>2</PopupScene>\n</List>\n"
        for template, status in pairs
    )
    return f"<{name}>\n{inside}</{name}>"


class TestConsents:
    POPUP = "subscribe_msg_popup_event"
    CHANGE = "subscribe_msg_change_event"

    def test_the_accepted_are_counted(self) -> None:
        message = consent(
            self.POPUP, rows(("a", "accept"), ("b", "reject"), ("c", "accept"), ("a", "accept"))
        )
        assert (message.kind, message.event) == ("event", "consent")
        assert message.consents == {"a": 2, "c": 1}

    def test_what_was_switched_off_counts_nothing_any_more(self) -> None:
        inside = rows(("a", "reject"), ("b", "accept"), name="SubscribeMsgChangeEvent")
        message = consent(self.CHANGE, inside)
        assert (message.event, message.consents) == ("consent", {"a": 0})

    @pytest.mark.parametrize(
        "inside", ["", rows(), rows(("", "accept"), ("签 ", "accept"), ("a", "Accept?"))]
    )
    def test_nothing_allowed(self, inside: str) -> None:
        message = consent(self.POPUP, inside)
        assert (message.event, message.consents) == ("consent", {})

    def test_another_event_allows_nothing(self) -> None:
        assert consent("CLICK", rows(("a", "accept"))).consents == {}

    def test_what_a_template_is_called_cannot_forge_a_row(self) -> None:
        forged = "</TemplateId><SubscribeStatusString>accept</SubscribeStatusString>"
        assert consent(self.POPUP, rows((forged, "reject"))).consents == {}

    @pytest.mark.parametrize(
        "inside",
        [
            rows(("a", "accept")) * 2,
            "<SubscribeMsgPopupEvent>stray<List/></SubscribeMsgPopupEvent>",
            "<SubscribeMsgPopupEvent><List>stray</List></SubscribeMsgPopupEvent>",
            "<SubscribeMsgPopupEvent><Row><TemplateId>a</TemplateId></Row></SubscribeMsgPopupEvent>",
            "<SubscribeMsgPopupEvent><TemplateId>a</TemplateId></SubscribeMsgPopupEvent>",
            "<SubscribeMsgPopupEvent><List><a>1</a><a>1</a></List></SubscribeMsgPopupEvent>",
            "<SubscribeMsgPopupEvent><List><a>1<b>2</b></a></List></SubscribeMsgPopupEvent>",
            "<SubscribeMsgPopupEvent><List a='b'/></SubscribeMsgPopupEvent>",
            "<SubscribeMsgPopupEvent><List><!-- a --></List></SubscribeMsgPopupEvent>",
        ],
    )
    def test_any_other_nesting_is_refused(self, inside: str) -> None:
        with pytest.raises(BadRequest):
            consent(self.POPUP, inside)

    def test_the_nesting_is_read_nowhere_else(self) -> None:
        message = consent("SCAN", "<Other><List><EventKey>1</EventKey></List></Other>")
        assert message.scene is None


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
            f"<xml>{LEAVES}</xml>".replace("<FromUserName>o<", "<FromUserName>wolong/o<"),
            f"<xml>{LEAVES}{'<a/>' * 2}</xml>",
            f"<xml>{LEAVES}<a>{'<b/>' * 1000}</a></xml>",
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

    @settings(max_examples=500, deadline=None)
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
    def test_all_tries_of_a_push_read_the_same(self) -> None:
        push, later = replace(MESSAGE, created=1763686800), NOW + timedelta(seconds=9)
        first = to_xml(Reply(("您好",)), push, NOW)
        assert to_xml(Reply(("您好",)), push, later) == first
        assert strict_fields(first)["CreateTime"] == "1763686800"

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
    "¥50",
    "83.5%",
    "。”",
    "？！",
    "e\u0301",
    "13912345678",
    "1,234.50",
    "https://12345.gov.cn/a?b=c&d=1",
    "好",
    "。",
    "\n",
]


NAMES = st.one_of(
    st.from_regex(r"\A[\x21-\x7e]{1,60}\Z"),
    st.text("]>[<!&CDATA/ ", min_size=1),
    st.text(st.characters(), max_size=60),
)


class TestFitting:
    @settings(max_examples=400, deadline=None)
    @given(st.lists(st.sampled_from(ATOMS), max_size=60), st.integers(40, 400))
    def test_nothing_is_cut_in_the_middle(self, pieces: list[str], limit: int) -> None:
        spaced = [piece + " " for piece in pieces]
        short = shorten("".join(spaced), limit)
        assert size(short) <= limit
        ends = {"".join(spaced[:count]).rstrip() for count in range(len(spaced) + 1)}
        assert short in ends or short == "".join(spaced)

    @pytest.mark.parametrize("piece", ["9", "\u0301\u200d", "👵\u200d", "！", "a/", "🇨", "\u0301", "０"])
    def test_what_has_no_end_is_cut_all_the_same(self, piece: str) -> None:
        assert 0 < size(shorten(piece * 5000, 2000)) <= 2000
        assert said(piece * 5000)

    def test_an_address_is_kept_whole_or_left_out(self) -> None:
        address = "https://bot.example.org/answer/" + "a-Z_9" * 50
        assert shorten(f"请看 {address}", 250) == "请看"
        assert shorten(f"请看 {address} 好好好", size(f"请看 {address} 好") - 1) == f"请看 {address}"

    @pytest.mark.parametrize(
        ("text", "limit", "short"),
        [
            ("🇨🇳🇨🇳🇨🇳", 12, "🇨🇳"),
            ("好👨‍👩‍👧‍👦", 20, "好"),
            ("1️⃣2️⃣", 10, "1️⃣"),
            ("13912345678 https://12345.gov.cn/a?b=c&d=1", 40, "13912345678"),
            ("满80 每月¥1,234.50元", 20, "满80 每月"),
            ("比例为 83.5%。", 14, "比例为"),
        ],
    )
    def test_what_belongs_together(self, text: str, limit: int, short: str) -> None:
        assert shorten(text, limit) == short

    def test_a_sentence_keeps_its_closing_quote(self) -> None:
        assert shorten("他说：“好的，没问题啊。”然后就走了", 40) == "他说：“好的，没问题啊。”"

    @settings(max_examples=300, deadline=None)
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
    @given(NAMES, NAMES)
    def test_whoever_it_goes_to(self, user: str, account: str) -> None:
        with suppress(BadRequest):
            message = to_message(
                push_xml({"ToUserName": account, "FromUserName": user, "MsgType": "text", "Content": "x"})
            )
            fields = strict_fields(to_xml(Reply(("好",)), message, NOW))
            assert (fields["ToUserName"], fields["FromUserName"]) == (message.user, message.to)
