"""Thousands of damaged, forged and hostile pushes: only a message, or a clear refusal, may come out of them."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from random import Random
from xml.etree import ElementTree
from xml.parsers import expat

import pytest
import xmltodict
from hypothesis import given, settings
from hypothesis import strategies as st
from multidict import MultiDict

from bot.config import SHANGHAI
from bot.errors import BadRequest, BotError, Refused
from bot.models import Message, Reply, Tap
from bot.wechat import strict_xml
from bot.wechat.codec import to_message, to_xml
from bot.wechat.fitting import LIMIT, clean, compose, shorten, size
from bot.wechat.gate import Gate
from tests.wechat_side import Envelope, WeChatSide, check_links, push_xml, sign, strict_fields

TOKEN, APP_ID, AES_KEY = "AAAAA", "wxba5fad812f8e6fb9", "uXyZ0123456789abcdefghijklmnopqrstuvwxyzABC"
NOW = datetime(2026, 11, 21, 9, 0, tzinfo=SHANGHAI)
SECONDS = int(NOW.timestamp())
HEAD: dict[str, str | int] = {
    "ToUserName": "gh_97417a04a28d",
    "FromUserName": "oUser-1_2",
    "CreateTime": SECONDS,
}
CONSENT = (
    b"<SubscribeMsgPopupEvent><List><TemplateId><![CDATA[t1]]></TemplateId><SubscribeStatusString>accept"
    b"</SubscribeStatusString><PopupScene>2</PopupScene></List></SubscribeMsgPopupEvent></xml>"
)
PUSHES = [
    push_xml({**HEAD, "MsgType": "text", "Content": "俺娘83了，低保 ]]> <b>", "MsgId": 23987654321098765}),
    push_xml({**HEAD, "MsgType": "text", "Content": "低保", "bizmsgmenuid": "status:low_income", "MsgId": 7}),
    push_xml(
        {**HEAD, "MsgType": "voice", "Format": "amr", "MediaId": "m-1", "MediaId16K": "m-16", "MsgId": 8}
    ),
    push_xml({**HEAD, "MsgType": "location", "Location_X": "32.9", "Location_Y": "112.5", "Label": "卧龙区"}),
    push_xml({**HEAD, "MsgType": "event", "Event": "subscribe", "EventKey": "qrscene_411303"}),
    push_xml({**HEAD, "MsgType": "event", "Event": "subscribe_msg_popup_event"}).replace(b"</xml>", CONSENT),
]
GATES = {key: Gate(TOKEN, APP_ID, key, lambda: NOW) for key in (None, AES_KEY)}
SIDES = {key: WeChatSide("http://unused", TOKEN, APP_ID, key, NOW.timestamp) for key in (None, AES_KEY)}
ENVELOPE = Envelope(AES_KEY, APP_ID)


def outcome(key: str | None, query: Mapping[str, str], body: bytes) -> Message | BotError:
    """What comes of a push; anything but a message or a 4xx fails the test."""
    try:
        came: Message | BotError = to_message(GATES[key].open(query, body), "wolong")
    except BotError as error:
        came = error
    assert isinstance(came, Message) or 400 <= came.status < 500
    return came


def inside(xml: bytes, key: str | None = AES_KEY) -> Message | BotError:
    """What comes of any bytes that the platform itself would have signed and encrypted."""
    read = outcome(key, *SIDES[key].dress(xml, nonce="1"))
    assert isinstance(read, Message | BadRequest)
    return read


def resigned(sealed: str, timestamp: str = str(SECONDS), nonce: str = "1") -> Message | BotError:
    """What comes of a sealed part under a right signature."""
    query = {"timestamp": timestamp, "nonce": nonce, "msg_signature": sign(TOKEN, timestamp, nonce, sealed)}
    return outcome(AES_KEY, query, push_xml({"Encrypt": sealed}))


def thrown(name: str) -> Random:
    """Dice that fall the same way in every run."""
    return Random(name)  # noqa: S311 - chance, not secrecy


def flipped(data: bytes, dice: Random) -> bytes:
    place = dice.randrange(len(data))
    return data[:place] + bytes([data[place] ^ 1 << dice.randrange(8)]) + data[place + 1 :]


def cut(data: bytes, dice: Random) -> bytes:
    start = dice.randrange(len(data))
    return data[:start] + data[start + dice.choice((1, 2, 16, 32, 9999)) :]


def doubled(data: bytes, dice: Random) -> bytes:
    start = dice.randrange(len(data))
    end = start + dice.choice((1, 16, 32, 200))
    return data[:end] + data[start:end] * dice.choice((1, 2)) + data[end:]


def swapped(data: bytes, dice: Random) -> bytes:
    one, two = sorted(dice.sample(range(len(data) + 1), 2))
    return data[:one] + data[two:] + data[one:two]


HOSTILE_PIECES = [
    b"]]>",
    b"<![CDATA[",
    b"]]\x02>",
    b"<!DOCTYPE x>",
    b"&amp;",
    b"&#2;",
    b"&x;",
    b"</xml>",
    b"<xml>",
    b"<!-- -->",
    b"<?x?>",
    b"\x00",
    b"\xff\xfe",
    b"\xef\xbb\xbf",
    b"\xed\xa0\xbd",
    b"</FromUserName><FromUserName>",
    b"<MsgType>text</MsgType>",
    b"<List>",
    b"9" * 400,
    "签".encode(),
]


def filled(data: bytes, dice: Random) -> bytes:
    place = dice.randrange(len(data) + 1)
    return data[:place] + dice.choice(HOSTILE_PIECES) + data[place:]


def misplaced(data: bytes, dice: Random) -> bytes:
    leaves = re.findall(rb"<((?!xml)\w+)>.*?</\1>", data, re.DOTALL)
    one, two = dice.choice(leaves or [b"a"]), dice.choice(leaves or [b"a"])
    return data.replace(b"<%s>" % one, b"<%s>" % two).replace(b"</%s>" % one, b"</%s>" % two)


Mutator = Callable[[bytes, Random], bytes]


def damaged(data: bytes, mutate: Mutator, dice: Random) -> bytes:
    for _ in range(dice.choice((1, 1, 2, 5))):
        data = mutate(data or b"\0", dice)
    return data


MUTATORS: Sequence[Mutator] = (flipped, cut, doubled, swapped, filled, misplaced)
mutators = pytest.mark.parametrize("mutate", MUTATORS, ids=lambda mutate: mutate.__name__)
modes = pytest.mark.parametrize("key", [None, AES_KEY], ids=["plain", "safe"])


@modes
@pytest.mark.parametrize("xml", PUSHES, ids=range(len(PUSHES)))
def test_an_untouched_push_passes(key: str | None, xml: bytes) -> None:
    for _ in range(20):
        assert outcome(key, *SIDES[key].dress(xml)) == to_message(xml, "wolong")


@mutators
def test_a_touched_body_never_says_anything_else(mutate: Mutator) -> None:
    dice, read = thrown(mutate.__name__), 0
    for turn in range(1500):
        xml = PUSHES[turn % len(PUSHES)]
        query, body = SIDES[AES_KEY].dress(xml, nonce="1")
        body = damaged(body, mutate, dice)
        came = outcome(AES_KEY, query, body)
        assert isinstance(came, Refused) or came == to_message(xml, "wolong")
        read += came == to_message(xml, "wolong")
    # What stands outside of the sealed part is nobody's word: there a change may pass.
    assert read < 1500


@mutators
def test_what_the_platform_seals_may_be_anything(mutate: Mutator) -> None:
    dice = thrown(mutate.__name__)
    for turn in range(1500):
        xml = PUSHES[turn % len(PUSHES)]
        xml = damaged(xml, mutate, dice)
        came = inside(xml, dice.choice((None, AES_KEY)))
        if isinstance(came, Message):
            assert_read_alike(xml, came)


def assert_read_alike(xml: bytes, message: Message) -> None:
    """Another parser finds the same sender in what was accepted."""
    text = strict_xml.FORBIDDEN.sub("\ufffd", xml.decode("utf-8-sig", "replace")).strip("\ufffd \t\r\n")
    tree = ElementTree.fromstring(re.sub(r"^<\?xml[^>]*\?>", "", text))  # noqa: S314 - it was accepted
    found = {leaf.tag: (leaf.text or "").replace("\ufffd", "").strip() for leaf in tree}
    assert len(found) == len(tree)
    assert (found["FromUserName"], found["ToUserName"]) == (message.user, message.to)


@mutators
def test_frames_under_a_right_signature(mutate: Mutator) -> None:
    dice = thrown(mutate.__name__)
    for turn in range(800):
        frame = ENVELOPE.frame(PUSHES[turn % len(PUSHES)], b"0123456789abcdef")
        frame = damaged(frame, mutate, dice)
        resigned(ENVELOPE.encrypt_frame(frame[: len(frame) // 16 * 16]))


@mutators
def test_sealed_parts_under_a_right_signature(mutate: Mutator) -> None:
    dice = thrown(mutate.__name__)
    for turn in range(800):
        sealed = ENVELOPE.encrypt(PUSHES[turn % len(PUSHES)]).encode()
        sealed = damaged(sealed, mutate, dice)
        resigned(sealed.decode("utf-8", "replace"))


def test_every_length_and_every_padding() -> None:
    frame = ENVELOPE.frame(PUSHES[0], b"0123456789abcdef")
    for length in [*range(600), 2**31 - 1, 2**31, 2**32 - 1]:
        came = resigned(ENVELOPE.encrypt_frame(frame[:16] + length.to_bytes(4, "big") + frame[20:]))
        assert isinstance(came, Refused) == (length != len(PUSHES[0]))
    for padding in range(256):
        came = resigned(ENVELOPE.encrypt_frame(frame[:-1] + bytes([padding])))
        assert isinstance(came, Refused) == (padding != frame[-1])
    for blocks in range(len(frame) // 16):
        assert isinstance(resigned(ENVELOPE.encrypt_frame(frame[: blocks * 16])), Refused)


@pytest.mark.parametrize(
    "app_id",
    ["", "wx", APP_ID[:-1], APP_ID + "0", APP_ID.upper(), f"{APP_ID}\0", f" {APP_ID}", "wx0000000000000000"],
)
def test_another_accounts_push_under_our_token_and_key(app_id: str) -> None:
    for xml in PUSHES:
        assert isinstance(resigned(Envelope(AES_KEY, app_id).encrypt(xml)), Refused)


LOOK_ALIKES = str.maketrans("0123456789abcdef", "０１２３４５６７８９аьсԁеƒ")


def _queries(query: Mapping[str, str], name: str, dice: Random) -> Sequence[Mapping[str, str]]:
    """Every way in which one parameter may be wrong."""
    value = query.get(name, "")
    raw = value.encode() or b"0"
    words = [mutate(raw, dice).decode("utf-8", "replace") for mutate in MUTATORS[:5] for _ in range(4)]
    words += [
        value.upper(),
        value.translate(LOOK_ALIKES),
        f" {value}",
        f"{value} ",
        f"{value}\n",
        f"{value}\0",
    ]
    words += ["", "0", "-1", "null", "\ud800", "签" * 40, "0" * 5000, dice.choice(list(query.values()))]
    return [
        *({**query, name: word} for word in words),
        {key: value for key, value in query.items() if key != name},
        {**query, name: query[other], other: value} if (other := dice.choice(list(query))) != name else query,
    ]


@modes
@pytest.mark.parametrize(
    "name", ["timestamp", "nonce", "signature", "msg_signature", "encrypt_type", "openid"]
)
def test_a_touched_query_never_says_anything_else(key: str | None, name: str) -> None:
    dice = thrown(name)
    for xml in PUSHES * 8:
        query, body = SIDES[key].dress(xml)
        for touched in _queries(query, name, dice):
            came = outcome(key, touched, body)
            assert isinstance(came, Refused) or came == to_message(xml, "wolong")
        twice = MultiDict(query)
        for _ in range(2):
            twice.add(name, query.get(name, "1"))
        assert isinstance(outcome(key, twice, body), BadRequest)


@modes
@pytest.mark.parametrize("other", ["BBBBB", "AAAA", "aaaaa", ""])
def test_another_token_signs_nothing(key: str | None, other: str) -> None:
    stranger = replace(SIDES[key], token=other)
    assert all(isinstance(outcome(key, *stranger.dress(xml)), Refused) for xml in PUSHES)


@modes
@pytest.mark.parametrize(
    "change", [str.upper, lambda value: f" {value}", lambda value: value.translate(LOOK_ALIKES)]
)
def test_a_signature_has_one_form(key: str | None, change: Callable[[str], str]) -> None:
    query, body = SIDES[key].dress(PUSHES[0], nonce="a", timestamp=str(SECONDS))
    name = "msg_signature" if key else "signature"
    assert isinstance(outcome(key, {**query, name: change(query[name])}, body), Refused)


@modes
@pytest.mark.parametrize(
    ("timestamp", "passes"),
    [
        *((str(SECONDS + seconds), abs(seconds) <= 600) for seconds in (-601, -600, 600, 601, 10**6)),
        (f"00{SECONDS}", True),
        *(
            (form.format(SECONDS), False)
            for form in ("+{}", "-{}", " {}", "{} ", "{}.0", "{}e0", "{}\n", "000{}", "{}000")
        ),
        (str(SECONDS).translate(LOOK_ALIKES), False),
        *((word, False) for word in ("", "0", "x", "1_0", "٣", "²", "nan", "9" * 4400)),
    ],
)
def test_timestamps_at_the_edges(key: str | None, timestamp: str, passes: bool) -> None:
    # The platform's side would take the empty word for its own clock.
    query = {"timestamp": timestamp, "nonce": "1", "signature": sign(TOKEN, timestamp, "1")}
    body = PUSHES[0]
    if key:
        sealed = ENVELOPE.encrypt(PUSHES[0])
        query["msg_signature"], body = sign(TOKEN, timestamp, "1", sealed), push_xml({"Encrypt": sealed})
    assert isinstance(outcome(key, query, body), Message if passes else Refused)


LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
LEAVES = "".join(
    f"<{name}>{value}</{name}>" for name, value in {**HEAD, "MsgType": "text", "Content": "1"}.items()
)
ATTRIBUTES = " ".join(f'a{number}="1"' for number in range(4000))
REFUSED = {
    "billion laughs": f'<!DOCTYPE x [<!ENTITY l0 "l">{LAUGHS}]><xml>{LEAVES}<a>&l9;</a></xml>',
    "blow-up": f'<!DOCTYPE x [<!ENTITY a "{"a" * 9000}">]><xml>{LEAVES}<a>{"&a;" * 9000}</a></xml>',
    "a file": f'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/hostname">]><xml>{LEAVES}<a>&a;</a></xml>',
    "a parameter entity": f'<!DOCTYPE x [<!ENTITY % a SYSTEM "http://127.0.0.1/">%a;]><xml>{LEAVES}</xml>',
    "a doctype elsewhere": f'<!DOCTYPE xml SYSTEM "http://127.0.0.1/x.dtd"><xml>{LEAVES}</xml>',
    "a doctype inside": f"<xml>{LEAVES}<!DOCTYPE xml></xml>",
    "a stylesheet": f'<?xml-stylesheet href="x"?><xml>{LEAVES}</xml>',
    "an inclusion": f'<xml>{LEAVES}<i:include xmlns:i="http://www.w3.org/2001/XInclude" href="file:///x"/></xml>',
    "a namespace": f'<xml xmlns="urn:x">{LEAVES}</xml>',
    "another root": f"<XML>{LEAVES}</XML>",
    "two roots": f"<xml>{LEAVES}</xml><xml>{LEAVES}</xml>",
    "depth": f"<xml>{LEAVES}{'<a>' * 6000}{'</a>' * 6000}</xml>",
    "depth without end": f"<xml>{LEAVES}{'<a>' * 15000}",
    "width of one element": f"<xml>{LEAVES}<a {ATTRIBUTES}/></xml>",
    "elements without end": f"<xml>{LEAVES}{''.join(f'<a{n}/>' for n in range(1000))}</xml>",
    "a section without end": f"<xml>{LEAVES}<a><![CDATA[",
    "a section between": f"<xml>{LEAVES}<![CDATA[stray]]></xml>",
    "a section in a section": f"<xml>{LEAVES}<a><![CDATA[<![CDATA[ ]]> ]]></a></xml>",
    "closing early": f"<xml>{LEAVES}<a>]]></a></xml>",
    "an entity of nobody": f"<xml>{LEAVES}<a>&nbsp;</a></xml>",
    "a number of no letter": f"<xml>{LEAVES}<a>&#x110000;</a></xml>",
    "a number of half a letter": f"<xml>{LEAVES}<a>&#xD83D;&#xDC75;</a></xml>",
    "a number of a control": f"<xml>{LEAVES}<a>&#0;</a></xml>",
    "a tag that is cut": f"<xml>{LEAVES}<FromUserNa",
    "a tag with a gap": f"<xml>{LEAVES}<Fr\0om/></xml>",
    "a sender twice": f"<xml>{LEAVES}<FromUserName>oLiar</FromUserName></xml>",
    "a sender in a list": f"<xml>{LEAVES}<SubscribeMsgPopupEvent><FromUserName>o</FromUserName></SubscribeMsgPopupEvent></xml>",
    "json": '{"ToUserName": "gh", "FromUserName": "o", "MsgType": "text"}',
    "nothing": "",
    "spaces": " \t\r\n\0\ufeff",
}


@modes
@pytest.mark.parametrize("hostile", REFUSED.values(), ids=REFUSED)
def test_hostile_xml_is_unreadable(key: str | None, hostile: str) -> None:
    assert isinstance(inside(hostile.encode(), key), BadRequest)


@modes
@pytest.mark.parametrize(
    "encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-7", "cp500", "gb18030"]
)
def test_other_encodings(key: str | None, encoding: str) -> None:
    xml = f'<?xml version="1.0" encoding="{encoding}"?><xml>{LEAVES}<X>&#31614;</X></xml>'
    came = inside(xml.encode(encoding), key)
    assert isinstance(came, BadRequest) or came.user == HEAD["FromUserName"]


@modes
def test_hostile_words_are_only_words(key: str | None) -> None:
    harmless = {
        "numbers": f"<xml>{LEAVES}<MsgId>{'9' * 20_000}</MsgId></xml>",
        "width": f"<xml>{LEAVES}{''.join(f'<a{n}>1</a{n}>' for n in range(900))}</xml>",
        "many sections": f"<xml>{LEAVES}<a>{'<![CDATA[x]]>' * 3000}</a></xml>",
        "numbers of letters": f"<xml>{LEAVES}<a>{'&#31614;' * 5000}</a></xml>",
        "a mark and controls before": f"\ufeff\0\x02<xml>{LEAVES}</xml>\0",
        "a text in a text": f"<xml>{LEAVES}<a><![CDATA[<xml><FromUserName>oLiar</FromUserName></xml>]]></a></xml>",
    }
    for name, xml in harmless.items():
        came = inside(xml.encode(), key)
        assert isinstance(came, Message), name
        assert (came.user, came.text, came.created) == (HEAD["FromUserName"], "1", SECONDS)


words = st.text(st.characters(), max_size=200)


@settings(max_examples=200, deadline=None)
@given(
    words, st.integers(0, 2**64), st.from_regex(r"\A[\x21-\x7e]{1,128}\Z"), st.sampled_from([None, AES_KEY])
)
def test_any_words_of_an_elder_come_through(said: str, push: int, nonce: str, key: str | None) -> None:
    xml = push_xml({**HEAD, "MsgType": "voice", "Recognition": f"我{said}好", "MsgId": push})
    came = outcome(key, *SIDES[key].dress(xml, nonce=nonce))
    assert isinstance(came, Message)
    plain = re.sub("[\ufffd]", "", strict_xml.FORBIDDEN.sub("", f"我{said}好"))
    assert came.text == plain.replace("\r\n", "\n").replace("\r", "\n")
    assert came.user == HEAD["FromUserName"]


@settings(max_examples=150, deadline=None)
@given(
    st.one_of(st.binary(max_size=300), words.map(lambda text: text.encode("utf-8", "surrogatepass"))),
    st.sampled_from([None, AES_KEY]),
)
def test_any_bytes(raw: bytes, key: str | None) -> None:
    leaves = LEAVES.encode()
    for xml in (raw, b"<xml>" + leaves + raw, b"<xml>" + leaves + b"<X>" + raw + b"</X></xml>"):
        inside(xml, key)
    query, _ = SIDES[key].dress(PUSHES[0])
    outcome(key, query, raw)


NASTY = [
    "]]>",
    "]]]]><![CDATA[>",
    "<![CDATA[",
    "</Content></xml>",
    '<a href="weixin://bizmsgmenu?msgmenucontent=x&msgmenuid=1">点</a>',
    "&lt;a&gt;",
    "&#60;",
    "&amp;lt;",
    "\x00\x02\x1d\x7f\x85",
    "\ud83d",
    "\udc75\ud83d",
    "\ufffe\uffff\ufffd",
    "\r\n\r",
    "\u2028\u2029\u202e\u200b",
    "👨‍👩‍👧‍👦",
    "🏴󠁧󠁢󠁥󠁮󠁧󠁿",
    "🇨🇳",
    "1️⃣",
    "👵🏽",
    "e\u0301\u0301",
    "https://12345.gov.cn/a?b=c&d=1#e",
    "0377-63160000",
    "¥1,234.50",
    "每月不低于50元。",
    "他说：“好！”",
    "第一句。第二句？！第三句；",
    "好" * 700,
    "长" * 5000,
    "9" * 3000,
    "\n\n",
    " ",
]
nasty = st.lists(st.one_of(st.sampled_from(NASTY), st.text(st.characters(), max_size=9)), max_size=40).map(
    "".join
)
replies = st.builds(
    Reply,
    st.lists(nasty, max_size=3).map(tuple),
    st.lists(st.builds(Tap, nasty, nasty), max_size=6).map(tuple),
)
PUSH = replace(to_message(PUSHES[0]), account="wolong")


def by_expat(xml: bytes) -> dict[str, str]:
    """The texts between the tags, by a bare parser that joins nothing of its own."""
    found: dict[str, str] = {}
    path: list[str] = []
    parser = expat.ParserCreate()
    parser.StartElementHandler = lambda name, _: path.append(name)
    parser.EndElementHandler = lambda _: path.pop()
    parser.CharacterDataHandler = lambda data: found.update({path[-1]: found.get(path[-1], "") + data})
    parser.Parse(xml, True)
    found.pop("xml", None)
    return found


@settings(max_examples=150, deadline=None)
@given(replies)
def test_any_reply_is_read_the_same_by_everybody(reply: Reply) -> None:
    xml = to_xml(reply, PUSH, NOW)
    if not xml:
        assert not compose(reply)
        return
    fields = strict_fields(xml)
    by_tree = {leaf.tag: leaf.text or "" for leaf in ElementTree.fromstring(xml)}  # noqa: S314 - our own
    by_dict = xmltodict.parse(xml, strip_whitespace=False)["xml"]
    by_dict.pop("#text", None)
    assert fields == by_tree == by_dict == by_expat(xml)
    assert fields["Content"] == compose(reply)
    assert size(fields["Content"]) <= LIMIT
    check_links(fields["Content"])


@settings(max_examples=200, deadline=None)
@given(nasty, st.integers(100, LIMIT))
def test_a_cut_leaves_a_beginning_and_breaks_nothing(text: str, limit: int) -> None:
    whole = clean(text)
    short = shorten(whole, limit)
    rest = whole.removeprefix(short)
    assert size(short) <= limit
    assert whole.startswith(short)
    # However many choices stand under it, a text has that much room.
    assert short or not whole or limit < LIMIT // 2 - 1
    if rest and not re.search("[0-9A-Za-z]{280}", whole):
        assert not re.match(r"[\u0300-\u036f\u200d\ufe0f\U0001f3fb-\U0001f3ff\U000e0020-\U000e007f]", rest)
        assert not (re.search(r"[0-9A-Za-z]\Z", short) and re.match(r"[0-9A-Za-z%]", rest))
        assert not short.endswith("\u200d") or not rest[0].isprintable()


@settings(max_examples=80, deadline=None)
@given(replies, st.integers(0, 30))
def test_any_reply_is_sealed_alike_for_all_tries(reply: Reply, seconds: int) -> None:
    xml = to_xml(reply, PUSH, NOW)
    later = NOW + timedelta(seconds=seconds)
    assert to_xml(reply, PUSH, later) == xml
    if xml:
        sealed = GATES[AES_KEY].seal_for(xml, PUSH, NOW)
        other = Gate(TOKEN, APP_ID, AES_KEY, lambda: later)
        assert other.seal_for(xml, PUSH, later) == sealed
        assert SIDES[AES_KEY].read(sealed, PUSH.user) == compose(reply)
