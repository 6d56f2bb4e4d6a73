"""The gate: what the platform vouches for passes, and nothing else, whatever is thrown at it."""

from __future__ import annotations

import base64
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import ClassVar

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from multidict import MultiDict

from bot.config import SHANGHAI
from bot.errors import BadRequest, Refused, TooLarge
from bot.models import Message
from bot.wechat import crypto
from bot.wechat.codec import to_message
from bot.wechat.gate import BODY_LIMIT, Gate
from tests.wechat_side import Envelope, WeChatSide, push_xml, sign, strict_fields

TOKEN, APP_ID, AES_KEY = "AAAAA", "wxba5fad812f8e6fb9", "A" * 43
NOW = datetime(2026, 11, 21, 9, 0, tzinfo=SHANGHAI)
SECONDS = int(NOW.timestamp())
XML = push_xml(
    {"ToUserName": "gh_1", "FromUserName": "o1", "CreateTime": SECONDS, "MsgType": "text", "Content": "你好"}
)


MESSAGE = Message("o1", key="1", to="gh_97417a04a28d", created=SECONDS)


def gate(aes_key: str | None = AES_KEY, now: datetime = NOW) -> Gate:
    return Gate(TOKEN, APP_ID, aes_key, lambda: now)


def side(aes_key: str | None = AES_KEY) -> WeChatSide:
    return WeChatSide("http://unused", TOKEN, APP_ID, aes_key, NOW.timestamp)


def safe_query(sealed: str, timestamp: str = str(SECONDS), nonce: str = "n") -> dict[str, str]:
    signature = sign(TOKEN, timestamp, nonce, sealed)
    return {"timestamp": timestamp, "nonce": nonce, "msg_signature": signature, "encrypt_type": "aes"}


def why(error: pytest.ExceptionInfo[Refused]) -> str:
    return error.value.__notes__[0]


class TestTencentsPublishedVectors:
    """From 《消息推送》 on developers.weixin.qq.com: token AAAAA, key 43 × A."""

    SEALED = (
        "+qdx1OKCy+5JPCBFWw70tm0fJGb2Jmeia4FCB7kao+/Q5c/ohsOzQHi8khUOb05JCpj0JB4RvQMkUyus8TPxLKJGQqcvZqzDpVzazhZv"
        "6JsXUnnR8XGT740XgXZUXQ7vJVnAG+tE8NUd4yFyjPy7GgiaviNrlCTj+l5kdfMuFUPpRSrfMZuMcp3Fn2Pede2IuQrKEYwKSqFIZoNq"
        "J4M8EajAsjLY2km32IIjdf8YL/P50F7mStwntrA2cPDrM1kb6mOcfBgRtWygb3VIYnSeOBrebufAlr7F9mFUPAJGj04="
    )
    QUERY: ClassVar = {
        "signature": "6c5c811b55cc85e0e1b54100749188c20beb3f5d",
        "timestamp": "1714112445",
        "nonce": "415670741",
        "openid": "o9AgO5Kd5ggOC-bXrbNODIiE3bGY",
        "encrypt_type": "aes",
        "msg_signature": "046e02f8204d34f8ba5fa3b1db94908f3df2e9b3",
    }

    def test_the_handshake(self) -> None:
        query = {
            "signature": "f464b24fc39322e44b38aa78f5edd27bd1441696",
            "echostr": "4375120948345356249",
            "timestamp": "1714036504",
            "nonce": "1514711492",
        }
        for key in (None, AES_KEY):
            assert gate(key, at(1714036504)).echo(query) == "4375120948345356249"

    def test_a_push_in_the_clear(self) -> None:
        query = {
            "signature": "899cf89e464efb63f54ddac96b0a0a235f53aa78",
            "timestamp": "1714037059",
            "nonce": "486452656",
        }
        assert gate(None, at(1714037059)).open(query, b"<xml/>") == b"<xml/>"

    def test_an_encrypted_push(self) -> None:
        body = push_xml({"ToUserName": "gh_97417a04a28d", "Encrypt": self.SEALED})
        assert gate(now=at(1714112445)).open(self.QUERY, body) == (
            b'{"ToUserName":"gh_97417a04a28d","FromUserName":"o9AgO5Kd5ggOC-bXrbNODIiE3bGY",'
            b'"CreateTime":1714112445,"MsgType":"event","Event":"debug_demo","debug_str":"hello world"}'
        )

    def test_an_encrypted_push_in_xml_up_to_the_message(self) -> None:
        sealed = (
            "D7yzvUNAL930rd28wf21s4hvXhz0L6Uit/p2Di6C5DHyYGpEgdBRnKjBec34JwoQXicwaZC7fOVihW80F4VtsdvE//1vr7oAbqjDv8Ke"
            "nVp+ajKYpJnyQ4zMRhIC+a31fCVOMC03FfzV/QuC94kBP55a+Za3sJgvAn+ZbsNqZI5DkyuzkhQN8OBqCzFhizGmy0xpM0MEA4agpvE+"
            "RuNO1rhHTtuJB5yltw1FiYzecSXJ+y/D2r81VkRn2eYjh2ltsoyfbDR7Is6ookXIFxTfyeNyeHxMeT4KN5WpCDmSbTcUYrbBUlkGLJ9n"
            "/rU8YOywma6G7aTb7KZKOqCxgfoUlYEZPk4FUL/TK7ShriFDMVCLyjQJ15Ob++agDWtcxhfUfe6HIoIpRW8mKNBQiY/Jd1svvuskA1wL"
            "ef1RTtzKfMpagSCX/laZINmdnX4zrF6kIaR9P4xQrWXbsTFHTYe0Mg=="
        )
        query = {
            "signature": "cc0c594499c1634947d5b502f158ee518947db27",
            "timestamp": "1715943329",
            "nonce": "1590219412",
            "encrypt_type": "aes",
            "msg_signature": "6c12a4205838198b8fa631b3220723bb07f1015c",
        }
        opened = Gate(TOKEN, "wx134c8103faa5a59e", AES_KEY, lambda: at(1715943329)).open(
            query, push_xml({"ToUserName": "gh_97417a04a28d", "Encrypt": sealed})
        )
        assert len(opened) == 292
        message = to_message(opened)
        assert (message.user, message.kind, message.event) == (
            "o9AgO5Kd5ggOC-bXrbNODIiE3bGY",
            "event",
            "other",
        )

    def test_an_encrypted_reply(self) -> None:
        sealed = crypto.Cipher(AES_KEY, APP_ID).encrypt(b'{"demo_resp":"good luck"}', b"707722b803182950")
        assert sealed == (
            "ELGduP2YcVatjqIS+eZbp80MNLoAUWvzzyJxgGzxZO/5sAvd070Bs6qrLARC9nVHm48Y4hyRbtzve1L32tmxSQ=="
        )
        signature = crypto.signature(TOKEN, "1713424427", "415670741", sealed)
        assert signature == "1b9339964ed2e271e7c7b6ff2b0ef902fc94dea1"


def at(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, SHANGHAI)


class TestTheHandshake:
    def test_encrypted_as_some_consoles_send_it(self) -> None:
        sealed = Envelope(AES_KEY, APP_ID).encrypt(b"1616140317555161061")
        assert gate().echo({**safe_query(sealed), "echostr": sealed}) == "1616140317555161061"

    def test_does_not_decrypt_a_push_that_was_overheard(self) -> None:
        sealed = Envelope(AES_KEY, APP_ID).encrypt(XML)
        with pytest.raises(Refused):
            gate().echo({**safe_query(sealed), "echostr": sealed})

    @pytest.mark.parametrize("key", [None, AES_KEY])
    @pytest.mark.parametrize("echo", ["<xml><script/></xml>", "1\r\n2", "签", "1 2", "1" * 129])
    def test_writes_no_page_for_whoever_overheard_a_signature(self, key: str | None, echo: str) -> None:
        query, _ = side(None).dress(b"")
        with pytest.raises(Refused):
            gate(key).echo({**query, "echostr": echo})

    def test_wants_a_signature_and_something_to_say(self) -> None:
        query, _ = side().dress(b"")
        for wrong in (query, {**query, "echostr": "1", "signature": "0" * 40}, {"echostr": "1"}):
            with pytest.raises(Refused):
                gate().echo(wrong)


@pytest.mark.parametrize("key", [None, AES_KEY], ids=["plain", "safe"])
class TestBothModes:
    def test_what_the_platform_sends_passes(self, key: str | None) -> None:
        assert gate(key).open(*side(key).dress(XML)) == XML

    def test_sealed_replies_are_read_by_the_platform(self, key: str | None) -> None:
        reply = crypto.text_reply("gh_97417a04a28d", "o1", "您好 ]]＞ 👵", SECONDS).encode()
        sealed = gate(key).seal_for(reply, MESSAGE, NOW)
        assert side(key).read(sealed, "o1") == "您好 ]]＞ 👵"

    def test_forged_markup_would_be_seen_by_the_platform(self, key: str | None) -> None:
        reply = crypto.text_reply("gh_97417a04a28d", "o1", "您好 ]]>", SECONDS).encode()
        with pytest.raises(AssertionError, match="markup"):
            side(key).read(gate(key).seal_for(reply, MESSAGE, NOW), "o1")

    @pytest.mark.parametrize("minutes", [-10, -9, 0, 9, 10])
    def test_within_ten_minutes_either_way(self, key: str | None, minutes: int) -> None:
        assert gate(key, NOW + timedelta(minutes=minutes)).open(*side(key).dress(XML)) == XML

    @pytest.mark.parametrize("seconds", [-601, 601, 86_400])
    def test_not_outside_of_it(self, key: str | None, seconds: int) -> None:
        with pytest.raises(Refused) as error:
            gate(key, NOW + timedelta(seconds=seconds)).open(*side(key).dress(XML))
        assert "window" in why(error)

    @pytest.mark.parametrize("name", ["timestamp", "nonce", "signature"])
    def test_nothing_may_lack(self, key: str | None, name: str) -> None:
        query, body = side(key).dress(XML)
        for given_name in (name, "msg_" + name):
            query.pop(given_name, None)
        with pytest.raises(Refused):
            gate(key).open(query, body)

    @pytest.mark.parametrize("name", ["timestamp", "nonce", "signature", "msg_signature", "encrypt_type"])
    def test_nothing_may_stand_twice(self, key: str | None, name: str) -> None:
        query, body = side(key).dress(XML)
        twice = MultiDict(query)
        for _ in range(2):
            twice.add(name, query.get(name, "1"))
        with pytest.raises(BadRequest):
            gate(key).open(twice, body)

    @pytest.mark.parametrize("value", ["签名", "\ud800", "é" * 40, "", "0" * 5000])
    @pytest.mark.parametrize("name", ["timestamp", "nonce", "signature", "msg_signature", "echostr"])
    def test_strange_words_are_refused_quietly(self, key: str | None, name: str, value: str) -> None:
        query, body = side(key).dress(XML)
        query[name] = value
        if name == ("signature" if key else "msg_signature") or name == "echostr":
            query["nonce"] = "other"
        for door in (lambda: gate(key).open(query, body), lambda: gate(key).echo(query)):
            with pytest.raises(Refused):
                door()

    def test_longer_than_the_limit(self, key: str | None) -> None:
        query, _ = side(key).dress(XML)
        with pytest.raises(TooLarge):
            gate(key).open(query, b" " * (BODY_LIMIT + 1))

    def test_all_refusals_read_alike(self, key: str | None) -> None:
        query, body = side(key).dress(XML)
        name = "msg_signature" if key else "signature"
        wrongs = [{**query, name: "0" * 40}, {**query, "timestamp": "1"}, {**query, "nonce": ""}]
        assert len({str(refusal(partial(gate(key).open, wrong, body))) for wrong in [*wrongs, {}]}) == 1


def refusal(call: Callable[[], object]) -> Refused:
    with pytest.raises(Refused) as error:
        call()
    return error.value


class TestTheSameBytes:
    """To tries 2 and 3 of a push, from any process, at any time, and where nothing could be remembered."""

    REPLY = b"<xml><Content>1</Content></xml>"

    def test_for_the_same_reply_to_the_same_push(self) -> None:
        later = NOW + timedelta(seconds=9)
        first = gate().seal_for(self.REPLY, MESSAGE, NOW)
        assert gate(now=later).seal_for(self.REPLY, MESSAGE, later) == first
        assert strict_fields(first)["TimeStamp"] == str(SECONDS)

    def test_a_push_that_tells_no_time_has_that_of_now(self) -> None:
        sealed = gate().seal_for(self.REPLY, replace(MESSAGE, created=0), NOW)
        assert strict_fields(sealed)["TimeStamp"] == str(SECONDS)

    def test_nothing_is_shared_by_two_replies_or_two_pushes(self) -> None:
        sealed = [
            strict_fields(gate(key).seal_for(reply, message, NOW))
            for key in (AES_KEY, "B" * 43)
            for reply in (self.REPLY, self.REPLY + b" ")
            for message in (
                MESSAGE,
                replace(MESSAGE, key="2"),
                replace(MESSAGE, key=None),
                replace(MESSAGE, user="o2"),
                replace(MESSAGE, account="wolong"),
            )
        ]
        for part in ("Encrypt", "Nonce"):
            assert len({fields[part] for fields in sealed}) == len(sealed)
        assert len({fields["Encrypt"][:20] for fields in sealed}) == len(sealed)

    def test_the_parts_that_make_the_salt_cannot_be_shifted(self) -> None:
        cipher = crypto.Cipher(AES_KEY, APP_ID)
        assert cipher.drawn("ab", "c", b"") != cipher.drawn("a", "bc", b"")
        assert cipher.drawn("a", b"b") == cipher.drawn("a", b"b")

    def test_half_a_character_in_a_name_does_no_harm(self) -> None:
        assert gate().seal_for(self.REPLY, replace(MESSAGE, user="\ud800", key="\ud800"), NOW)

    def test_without_a_key_the_xml_itself(self) -> None:
        assert gate(None).seal_for(self.REPLY, MESSAGE, NOW) == self.REPLY


class TestSafeModeOnly:
    def test_a_push_in_the_clear_is_refused(self) -> None:
        with pytest.raises(Refused):
            gate().open(*side(None).dress(XML))

    def test_a_plain_signature_does_not_help(self) -> None:
        query, body = side().dress(XML)
        del query["msg_signature"]
        with pytest.raises(Refused):
            gate().open(query, body)

    def test_of_compatible_mode_only_the_encrypted_part_is_trusted(self) -> None:
        sealed = Envelope(AES_KEY, APP_ID).encrypt(XML)
        body = push_xml(
            {"ToUserName": "gh_1", "FromUserName": "liar", "Content": "a\x02b", "Encrypt": sealed}
        )
        assert gate().open(safe_query(sealed), body) == XML

    @pytest.mark.parametrize(
        "body",
        [
            b"<xml><Encrypt>%s</Encrypt><Encrypt>%s</Encrypt></xml>",
            b"<!DOCTYPE xml><xml><Encrypt>%s</Encrypt></xml>",
            b"<html><Encrypt>%s</Encrypt></html>",
            b"<xml><a><Encrypt>%s</Encrypt></a></xml>",
            b'{"Encrypt": "%s"}',
            b"%s",
            b"",
        ],
    )
    def test_a_strange_envelope_is_refused(self, body: bytes) -> None:
        sealed = Envelope(AES_KEY, APP_ID).encrypt(XML)
        with pytest.raises(Refused):
            gate().open(safe_query(sealed), body.replace(b"%s", sealed.encode()))

    def test_another_apps_push_is_refused(self) -> None:
        assert "app id" in str(self.opened(Envelope(AES_KEY, "wx0000000000000000").encrypt(XML)).__notes__)

    def test_every_wrong_frame_is_refused(self) -> None:
        envelope = Envelope(AES_KEY, APP_ID)
        frame = envelope.frame(XML, b"0123456789abcdef")
        size = frame[-1]
        # Padded to AES's own 16 instead of the platform's 32.
        bare = next(
            padded[: -padded[-1]]
            for spaces in range(32)
            if (padded := envelope.frame(XML + b" " * spaces))[-1] > 16
        )
        wrong = {
            "padding to 16": bare + bytes([16 - len(bare) % 16]) * (16 - len(bare) % 16),
            "padding of nothing": frame[:-1] + b"\0",
            "padding too long": frame[:-1] + bytes([33]),
            "one byte of padding": frame[:-2] + bytes([size ^ 1, size]),
            "length beyond the end": frame[:16] + b"\xff\xff\xff\xff" + frame[20:],
            "length too short": frame[:16] + bytes(4) + frame[20:],
            "half a block": frame[:-16],
            "nothing but padding": bytes([32]) * 32,
            "empty": b"",
        }
        for name, bad in wrong.items():
            assert self.opened(envelope.encrypt_frame(bad)), name

    @pytest.mark.parametrize("bad", ["====", "a", "AAA=AAA=", "Zm9v\n", "Zm9v Zm9v", "Zm9vZg=", "Zh==", "签"])
    def test_only_strict_base64(self, bad: str) -> None:
        assert self.opened(bad)

    def test_the_same_bytes_in_other_letters(self) -> None:
        sealed = next(
            sealed
            for spaces in range(0, 200, 32)
            if (sealed := Envelope(AES_KEY, APP_ID).encrypt(XML + b" " * spaces)).endswith("=")
        )
        letter = chr(ord(sealed.rstrip("=")[-1]) + 1)
        other = sealed.rstrip("=")[:-1] + letter + "=" * sealed.count("=")
        assert base64.b64decode(other) == base64.b64decode(sealed)
        assert "one way" in self.opened(other).__notes__[0]

    @pytest.mark.parametrize("nonce", ["签", "1 2", "1\n", "\x80", "n" * 129])
    def test_a_nonce_that_no_platform_draws(self, nonce: str) -> None:
        sealed = Envelope(AES_KEY, APP_ID).encrypt(XML)
        assert refusal(lambda: gate().open(safe_query(sealed, nonce=nonce), push_xml({"Encrypt": sealed})))

    def opened(self, sealed: str) -> Refused:
        body = push_xml({"Encrypt": sealed})
        return refusal(lambda: gate().open(safe_query(sealed), body))


@settings(max_examples=200, deadline=None)
@given(
    st.dictionaries(
        st.sampled_from(["timestamp", "nonce", "signature", "msg_signature", "echostr"]), st.text()
    )
)
def test_made_up_queries_are_refused(query: dict[str, str]) -> None:
    for key in (None, AES_KEY):
        refusal(partial(gate(key).echo, query))
        refusal(partial(gate(key).open, query, XML))


@settings(max_examples=150, deadline=None)
@given(
    st.binary(max_size=200),
    st.text(st.characters(codec="utf-8"), min_size=1, max_size=40),
    st.binary(min_size=16, max_size=16),
)
def test_what_is_sealed_opens_again(message: bytes, app_id: str, salt: bytes) -> None:
    sealed = crypto.Cipher(AES_KEY, app_id).encrypt(message, salt)
    assert (
        crypto.Cipher(AES_KEY, app_id).decrypt(sealed) == message == Envelope(AES_KEY, app_id).decrypt(sealed)
    )
    assert len(base64.b64decode(sealed)) % 32 == 0
