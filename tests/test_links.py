"""Links to answer pages: not to be guessed, never more than twenty, gone when they are withdrawn or their user is."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from datetime import datetime
from typing import Any

import pytest

from bot.catalog.load import load_catalog
from bot.config import SHANGHAI
from bot.conversation import Conversation
from bot.dialogue.answer_code import code_in
from bot.dialogue.turn import take_turn
from bot.handing import issue
from bot.links import MOST, Behind, Links
from bot.models import Draft, Message, Session, Turn
from bot.pickup import Pickup
from bot.store.connect import Stores, connect
from bot.wechat.fitting import compose
from nlu.understanding import PersonHeard, Understanding
from tests.storage import PATIENT, RealServer, real_server
from tests.test_elders import elders

NOW = datetime(2026, 11, 21, 9, tzinfo=SHANGHAI)
CATALOG = load_catalog()
HOUSE = "https://yanglao.example"
FACTS = {"age": 83, "region": "411303", "status": ["low_income"], "disability": {"level": 2}, "living": []}
HEARD = {
    "全说了": Understanding(
        "inform", 1.0, "rules", (PersonHeard("mother", facts={**FACTS, "care": "partial"}),)
    ),
    "删除我的资料": Understanding("delete_my_data", 1.0, "rules"),
    "重新开始": Understanding("restart", 1.0, "rules"),
    "194305": Understanding(
        "inform", 1.0, "rules", (PersonHeard("self", facts={"birth_date": "1943-05"}, named=False),)
    ),
}


class Listed:
    """Understands the texts above."""

    async def understand(self, text: str, context: str | None, now: datetime) -> Understanding:
        await asyncio.sleep(0)
        return HEARD.get(text, Understanding("out_of_scope", 0.1, "embedded"))

    async def state(self) -> str:
        return "listed"


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealServer]:
    with real_server(tmp_path_factory.mktemp("links")) as up:
        yield up


@pytest.fixture
async def stores(kept: RealServer) -> AsyncIterator[Stores]:
    assert kept.tell("FLUSHALL") == b"OK"
    opened = await connect(kept.url, PATIENT)
    yield opened
    await opened.close()


@pytest.fixture
def links(stores: Stores) -> Links:
    return Links(stores.keyring, stores.shelf, HOUSE + "/")


@pytest.fixture
def bot(stores: Stores, links: Links) -> Conversation:
    return Conversation(
        CATALOG, Listed(), stores.turns, lambda: NOW, links=links, handing=Pickup(stores.shelf)
    )


async def hear(bot: Conversation, text: str, who: str = "one") -> Turn:
    turn = await bot.hear(Message(who, text=text))
    assert all(len(one.encode()) <= 2000 for one in turn.reply.texts)
    return turn


def link_in(turn: Turn) -> str:
    """The last part of the address in the reply, "" where there is none."""
    _, _, after = "\n".join(turn.reply.texts).partition(f"{HOUSE}/a/")
    return after.split("\n")[0]


async def test_a_link_shows_what_was_kept_behind_it(links: Links, stores: Stores) -> None:
    address = await links.fresh()
    token = address.removeprefix(f"{HOUSE}/a/")
    assert len(token) == 32
    assert await links.ours(token)
    assert await links.behind(token) is None
    await links.keep(address, "户/one", "王大爷")
    assert await links.behind(token) == Behind("户/one", "王大爷")
    assert await Links(stores.keyring, stores.shelf).behind(token) == Behind("户/one", "王大爷")
    await links.withdraw(token)
    assert await links.behind(token) is None


@pytest.mark.parametrize(
    "guess", ["", "a", "a" * 32, "A" * 32, "1" * 32, "../" * 8, "a" * 33, "a" * 31 + "\n", "爱" * 32]
)
async def test_a_guess_is_told_by_its_signature(links: Links, stores: Stores, guess: str) -> None:
    assert not await links.ours(guess)
    assert await links.behind(guess) is None
    await links.withdraw(guess)


async def test_a_signature_holds_for_its_own_link_only(links: Links) -> None:
    one, other = [(await links.fresh()).removeprefix(f"{HOUSE}/a/") for _ in range(2)]
    assert not await links.ours(one[:16] + other[16:])
    assert not await links.ours(one[:-1] + ("a" if one[-1] != "a" else "b"))


async def test_nothing_of_a_link_or_its_user_stands_in_a_name(
    links: Links, stores: Stores, kept: RealServer
) -> None:
    address = await links.fresh()
    await links.keep(address, "openid-of-one", "mother")
    names = kept.tell("KEYS", "*")
    assert len(names) == 3
    for name in names:
        assert b"openid" not in name
        assert address[-16:].encode() not in name
    row = next(name for name in names if b"answer-link:" in name)
    assert 29 * 24 * 3600 < kept.tell("TTL", row) <= 30 * 24 * 3600


async def test_the_oldest_gives_way_and_all_can_be_withdrawn(links: Links) -> None:
    tokens = []
    for _ in range(MOST + 2):
        address = await links.fresh()
        await links.keep(address, "one", "self")
        tokens.append(address.removeprefix(f"{HOUSE}/a/"))
    other = await links.fresh()
    await links.keep(other, "another", "self")
    stand = [await links.behind(token) is not None for token in tokens]
    assert stand == [False, False, *[True] * MOST]
    await links.withdraw_all("one")
    assert not any([await links.behind(token) for token in tokens])
    assert await links.behind(other.removeprefix(f"{HOUSE}/a/"))


async def test_the_full_answer_brings_a_link_once(bot: Conversation, links: Links) -> None:
    turn = await hear(bot, "全说了")
    assert await links.behind(link_in(turn)) == Behind("one", "mother")
    assert "看大字、能打印的完整说明：https://" in turn.reply.texts[0]
    assert not link_in(await hear(bot, "您好"))


async def test_without_links_an_answer_is_as_ever(stores: Stores) -> None:
    plain = Conversation(CATALOG, Listed(), stores.turns, lambda: NOW)
    turn = await hear(plain, "全说了")
    assert "高龄津贴" in turn.reply.texts[0]
    assert "完整说明" not in turn.reply.texts[0]
    assert not turn.effects
    assert "收回" not in (await hear(plain, "撤回链接")).reply.texts[0]


@pytest.mark.parametrize("words", ["撤回链接", "收回链接。", "删除我的资料", "重新开始"])
async def test_what_is_taken_back_shows_nothing(bot: Conversation, links: Links, words: str) -> None:
    first, second = [link_in(await hear(bot, "全说了", who)) for who in ("one", "other")]
    turn = await hear(bot, words)
    assert await links.behind(first) is None
    assert await links.behind(second)
    assert (turn.session.people != {}) is words.endswith(("链接", "链接。"))


async def test_a_question_stays_asked_when_links_are_withdrawn(bot: Conversation) -> None:
    asked = (await hear(bot, "全说了")).session.asked
    assert (await hear(bot, "撤回链接")).session.asked == asked


@pytest.mark.parametrize("form", ["{}", "取 {}", "取{}。", "{} 取答案", "取答案：{}", "热线 {}"])
async def test_a_code_from_the_hotline_brings_what_was_told_there(
    bot: Conversation, stores: Stores, links: Links, form: str
) -> None:
    code = await issue(stores.shelf, {**FACTS, "care": "partial"}, "mother")
    turn = await hear(bot, form.format(code))
    assert turn.session.people["mother"].facts["age"] == 83
    assert "高龄津贴" in turn.reply.texts[0]
    assert await links.behind(link_in(turn)) == Behind("one", "mother")


async def test_a_named_person_and_an_answer_told_before(bot: Conversation, stores: Stores) -> None:
    for _ in range(2):
        code = await issue(stores.shelf, FACTS | {"care": "partial"}, "王大爷")
        turn = await hear(bot, f"取 {code}")
        assert turn.session.active == "王大爷"
        assert "每月不低于50元" in turn.reply.texts[0]


async def test_a_wrong_code_is_told_kindly_and_five_are_enough(bot: Conversation, stores: Stores) -> None:
    code = await issue(stores.shelf, FACTS)
    wrong = f"{(int(code) + 1) % 10**6:06}"
    for _ in range(5):
        turn = await hear(bot, f"取 {wrong}")
        assert turn.reply.texts[0].startswith("这六个数字我没有查到")
        assert not turn.session.people
    assert not (await hear(bot, f"取 {code}")).session.people
    assert (await hear(bot, f"取 {code}", "somebody else")).session.people


async def test_who_names_himself_freely_cannot_try_codes(bot: Conversation, stores: Stores) -> None:
    code = await issue(stores.shelf, FACTS)
    for who in ("api:one", "try:one"):
        assert not (await hear(bot, f"取 {code}", who)).session.people
    assert (await hear(bot, f"取 {code}")).session.people


async def test_a_bare_number_that_is_no_code_is_what_it_was(bot: Conversation) -> None:
    turn = await hear(bot, "194305")
    assert turn.session.people["self"].facts == {"birth_date": "1943-05"}


async def test_a_push_that_comes_again_has_the_same_link(bot: Conversation, links: Links) -> None:
    pushes = [Message("one", text="全说了", key="push") for _ in range(2)]
    answers = [await bot.answer(push, lambda reply: "\n".join(reply.texts).encode()) for push in pushes]
    assert answers[0] == answers[1]
    token = answers[0].answer.decode().partition(f"{HOUSE}/a/")[2].split("\n")[0]
    assert await links.behind(token) == Behind("one", "mother")


@pytest.mark.parametrize("elder", elders())
def test_a_long_link_stands_whole_in_one_message(elder: dict[str, Any]) -> None:
    link = "https://yanglao.wolong.nanyang.gov.example/a/" + "a" * 32
    people = (PersonHeard("mother", facts=elder["facts"]),)
    told = Understanding("ask_eligibility", 1.0, "rules", people)
    turn = take_turn(Session(), Message("u", text="问"), told, CATALOG, NOW, link=link)
    for _ in range(8):
        unknown = Understanding("dont_know", 1.0, "rules")
        if not turn.effects:
            turn = take_turn(turn.session, Message("u", text="不知道"), unknown, CATALOG, NOW, link=link)
    assert (f"{link}\n" in compose(turn.reply) + "\n") is bool(turn.effects)


@pytest.mark.parametrize(
    ("text", "session", "code"),
    [
        ("123456", Session(), "123456"),
        ("１２３４５６", Session(), "123456"),
        ("取 123 456", Session(), "123456"),
        ("取一下，零幺二三四五", Session(), "012345"),
        ("888888", Session(asked="household"), "888888"),
        ("123456", Session(asked="household"), ""),
        ("123456", Session(asked="age"), ""),
        ("123456", Session(asked="booking_phone", draft=Draft()), ""),
        ("123456", Session(draft=Draft()), ""),
        ("123456", Session(asked="danger"), ""),
        ("取 123456", Session(asked="danger"), ""),
        ("取 123456", Session(asked="age"), "123456"),
        ("1234567", Session(), ""),
        ("12345", Session(), ""),
        ("13912345678", Session(), ""),
        ("我妈1943051", Session(), ""),
        ("每月123456元", Session(), ""),
        ("取123456还有别的事", Session(), ""),
        ("٣٣٣٣٣٣", Session(), ""),
    ],
)
def test_which_six_digits_are_a_code(text: str, session: Session, code: str) -> None:
    assert code_in(Message("u", text=text), session, CATALOG) == code
