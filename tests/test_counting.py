"""The counts: they add up, nothing of them tells of anybody, and several processes count into one store."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from importlib import resources
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.booking.moves import submit
from bot.booking.table import Actor
from bot.catalog.load import load_catalog
from bot.counting import counter
from bot.counting.counter import Counting, monday
from bot.counting.pieces import LONGEST, pieces
from bot.counting.turns import Named, named
from bot.keys import CATALOG, CLOCK, CONVERSATION, TALLY
from bot.models import Draft, Message, Person, Reply, Request, Session, Turn
from bot.store import tally
from bot.store.connect import connect
from tests.running import running
from tests.storage import PATIENT, ROOT, RealServer, real_server

WEEK = "2026-11-16"
NOW = datetime.fromisoformat("2026-11-21T09:00:00+08:00")
CATALOG_READ = load_catalog()
LIST = next(one for one in [CATALOG_READ.list_for(CATALOG_READ.region("411303"))] if one)
_TABLE = yaml.safe_load(resources.files("nlu.readers").joinpath("names.yaml").read_text(encoding="utf-8"))
_SURNAMES, _GIVEN = "".join(_TABLE["surnames"]), "".join(_TABLE["given"])

# What elders write that is not understood; no piece of it is a name.
fillers = st.sampled_from(
    ["助听器坏了", "咋弄", "去哪问", "", "拐棍", "血压药", "我跟你讲", "给俺说说", "嗯嗯", "煤气灶打不着"]
)
breaks = st.sampled_from(["", "，", "。", " ", "、", "\n", "！"])
_given = st.text(st.sampled_from(_GIVEN), min_size=1, max_size=2)
_any_han = st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5), min_size=1, max_size=2)
names = st.one_of(
    st.builds("{}{}".format, st.sampled_from(_SURNAMES), _given),
    st.builds("{}{}".format, st.sampled_from(_TABLE["compound_surnames"]), _given),
    # Of the commonest surnames nothing need be known of what follows.
    st.builds("{}{}".format, st.sampled_from(_SURNAMES[:120]), _any_han),
)
_digits = st.text(st.sampled_from("0123456789"), min_size=9, max_size=9)
_spoken = st.text(st.sampled_from("零一二三四五六七八九幺"), min_size=11, max_size=11)
phones = st.one_of(
    _digits.map(lambda rest: "13" + rest),
    _digits.map(lambda rest: f"15{rest[0]} {rest[1:5]} {rest[5:]}"),
    _digits.map(lambda rest: ("０３７７" + rest)[:11]),
    _spoken,
)
cards = st.builds(
    "411303{}{}{}".format,
    st.sampled_from(["19430512", "19391130"]),
    st.integers(100, 999),
    st.sampled_from("0123456789Xx"),
)
places = st.builds(
    "{}{}{}{}".format,
    st.sampled_from(["", "南阳市卧龙区", "卧龙", "宛城区"]),
    st.sampled_from(["达士", "梅溪", "七里园", "阳光水岸", "枣树底", "光武"]),
    st.sampled_from(["路", "村", "小区", "街道", "庄", "家属院", "镇", "胡同", "大厦"]),
    st.sampled_from(["", "12号", "3号楼2单元", "八号", "路口", "东头"]),
)  # fmt: skip


def parts_of(personal: str) -> set[str]:
    """Every two characters of it that stand together."""
    return {personal[at : at + 2] for at in range(len(personal) - 1)}


@settings(max_examples=150, deadline=None)
@given(before=fillers, left=breaks, name=names, right=breaks, after=fillers)
def test_no_name_survives(before: str, left: str, name: str, right: str, after: str) -> None:
    found = pieces(f"{before}{left}{name}{right}{after}")
    expected = parts_of(name) - parts_of(before) - parts_of(after)
    assert not [piece for piece in found if any(part in piece for part in expected)]


@settings(max_examples=150, deadline=None)
@given(before=fillers, left=breaks, personal=st.one_of(phones, cards), right=breaks, after=fillers)
def test_no_number_survives(before: str, left: str, personal: str, right: str, after: str) -> None:
    found = pieces(f"{before}{left}{personal}{right}{after}")
    assert not any(one.isalnum() and (one.isdigit() or one.isascii()) for piece in found for one in piece)
    assert not any(set(piece) & set("零一二三四五六七八九幺") for piece in found)


@settings(max_examples=150, deadline=None)
@given(before=fillers, left=breaks, place=places, right=breaks, after=fillers)
def test_no_address_survives(before: str, left: str, place: str, right: str, after: str) -> None:
    found = pieces(f"{before}{left}{place}{right}{after}", CATALOG_READ.region_names)
    expected = parts_of(place) - parts_of(before) - parts_of(after)
    assert not [piece for piece in found if any(part in piece for part in expected)]


@settings(max_examples=150, deadline=None)
@given(text=st.text(max_size=400), known=st.lists(st.text(max_size=6), max_size=4))
def test_a_piece_is_a_few_characters_of_plain_chinese(text: str, known: list[str]) -> None:
    found = pieces(text, known)
    assert all(2 <= len(piece) <= 4 and all("\u4e00" <= one <= "\u9fff" for one in piece) for piece in found)
    assert not [piece for piece in found if any(name in piece for name in known if name)]


@pytest.mark.parametrize("said", ["我叫栗子的爹", "俺姓操", "我是村东的那个", "身份证丢了", "住在对门"])
def test_who_says_who_they_are_is_not_learned_from(said: str) -> None:
    assert not pieces(said)


def test_words_are_learned() -> None:
    assert {"助听器", "坏了", "报销"} <= pieces("助听器坏了，能报销吗" + "啦" * LONGEST)


def turn_of(text: str = "", asked: str | None = None, **changes: object) -> Turn:
    session = replace(Session(region="411303", asked=asked), **changes)  # type: ignore[arg-type]
    report: dict[str, Any] = {"intent": "inform", "asked": asked, "emergency": None, "answers": {}}
    return Turn(session, Reply((text,)), report=report)


class Kept:
    """The `Tally` protocol over a dict."""

    def __init__(self) -> None:
        self.weeks: dict[str, dict[str, int]] = {}

    async def add(self, week: str, counts: Mapping[str, int]) -> None:
        into = self.weeks.setdefault(week, {})
        for name, count in counts.items():
            into[name] = into.get(name, 0) + count

    async def of(self, week: str) -> dict[str, int]:
        return self.weeks.get(week, {})


def counting(kept: Kept) -> Counting:
    return Counting(kept, CATALOG_READ, lambda: NOW)


turns = st.lists(
    st.tuples(
        st.sampled_from(["u1", "u2", "u3"]),
        st.sampled_from(["region", "age", "household", None]),
        st.sampled_from(["411303", "411302", "卧龙", "王大爷家", None]),
        st.booleans(),
        st.sampled_from(["fall", None]),
    ),
    max_size=30,
)


@settings(max_examples=150, deadline=None)
@given(told=turns, flushes=st.integers(0, 5))
def test_the_counts_add_up(
    told: list[tuple[str, str | None, str | None, bool, str | None]], flushes: int
) -> None:
    kept = Kept()
    ours = counting(kept)

    async def all_of_it() -> None:
        for place, (user, asked, region, unclear, emergency) in enumerate(told):
            turn = turn_of(asked=asked, region=region, misunderstood=int(unclear))
            turn = replace(turn, report={**turn.report, "emergency": emergency and {"kind": emergency}})
            ours.turned(Message(user, text="煤气灶打不着"), Session(), turn)
            if flushes and place % flushes == 0:
                await ours.flush()
        await ours.flush()

    asyncio.run(all_of_it())
    counts = {named(name): count for name, count in kept.weeks.get(WEEK, {}).items()}

    def total(what: str) -> int:
        return sum(count for one, count in counts.items() if one.what == what)

    assert total("messages") == len(told)
    assert total("emergency") == sum(one[4] is not None for one in told)
    assert total("asked") == sum(one[1] is not None and one[4] is None for one in told)
    assert total("not_understood") == sum(one[3] for one in told)
    assert {one.area for one in counts} <= {"411303", "411302", ""}
    learned = {one[0] for one in told if one[3] and one[1] != "region"}
    assert sum(count for one, count in counts.items() if one[1:] == ("word", "煤气灶")) == len(learned)


def test_what_is_counted_of_a_turn() -> None:
    kept = Kept()
    ours = counting(kept)
    full = turn_of(people={"mother": Person(full=True)})
    items = [one.id for one in LIST.items[:2]]
    full = replace(
        full, report={**full.report, "answers": {"mother": {"yes": items[:1], "maybe": items[1:]}}}
    )
    ours.turned(Message("u"), Session(), full)
    ours.turned(Message("u"), full.session, full)
    ours.turned(Message("u", kind="event", event="unsubscribe"), Session(), turn_of())
    ours.turned(Message("u"), Session(), replace(turn_of(), report={"intent": None}))
    # A turn whose report is not what it should be is not counted, and breaks nothing.
    ours.turned(Message("u"), Session(), replace(turn_of(), report={"intent": "x", "asked": ["?"]}))
    asyncio.run(ours.flush())
    assert kept.weeks[WEEK] == {
        "411303:messages": 3,
        "411303:full": 1,
        f"411303:yes:{LIST.by_id[items[0]].form.service}": 1,
        f"411303:maybe:{LIST.by_id[items[1]].form.service}": 1,
    }


def test_nothing_is_learned_while_something_personal_is_asked_for() -> None:
    kept = Kept()
    ours = counting(kept)
    unclear = turn_of(misunderstood=1)
    for before in (Session(draft=Draft("bathing")), Session(asked="region"), Session(asked="comment")):
        ours.turned(Message("u", text="煤气灶打不着"), before, unclear)
    asyncio.run(ours.flush())
    assert kept.weeks[WEEK] == {"411303:messages": 3, "411303:not_understood": 3}


def test_a_user_counts_once_a_month_for_a_piece() -> None:
    kept, clock = Kept(), [NOW]
    ours = Counting(kept, CATALOG_READ, lambda: clock[0])
    for days in (0, 1, 7, 14):
        clock[0] = NOW + timedelta(days=days)
        ours.turned(Message("u", text="煤气灶"), Session(), turn_of(misunderstood=1))
    asyncio.run(ours.flush())
    found = {week: counts.get("411303:word:煤气灶") for week, counts in kept.weeks.items()}
    # The week of 2026-11-30 is November's last.
    assert found == {"2026-11-16": 1, "2026-11-23": None, "2026-11-30": None}
    clock[0] = NOW + timedelta(days=17)
    ours.turned(Message("u", text="煤气灶"), Session(), turn_of(misunderstood=1))
    asyncio.run(ours.flush())
    assert kept.weeks["2026-12-07"]["411303:word:煤气灶"] == 1


def test_a_week_begins_on_monday() -> None:
    assert [monday(date(2026, 11, day)) for day in (15, 16, 21, 22, 23)] == [
        "2026-11-09", "2026-11-16", "2026-11-16", "2026-11-16", "2026-11-23",
    ]  # fmt: skip
    assert named(str(Named("", "word", "药"))) == Named("", "word", "药")


@pytest.fixture(scope="module")
def redis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealServer]:
    with real_server(tmp_path_factory.mktemp("redis")) as up:
        yield up


# A catalog of two questions is enough, and is there at once.
_CHILD = """
import asyncio, sys
from datetime import datetime
from types import SimpleNamespace
from bot.counting.counter import Counting
from bot.models import Message, Reply, Session, Turn
from bot.store.connect import connect

CATALOG = SimpleNamespace(
    region=lambda code: SimpleNamespace(code=code), questions=("age", "region"), region_names=(), list_for=lambda _: None
)
TURN = Turn(Session(region="411303", asked="age", misunderstood=1), Reply(()), report={"intent": "inform", "asked": "age"})

async def main(url):
    stores = await connect(url)
    ours = Counting(stores.tally, CATALOG, lambda: datetime(2026, 11, 21))
    async with ours.counting():
        for place in range(300):
            ours.turned(Message(f"u{place}", text="煤气灶打不着"), Session(), TURN)
            if place % 100 == 0:
                await ours.flush()
    await stores.close()

asyncio.run(main(sys.argv[1]))
"""


def test_counts_are_flushed_now_and_then_and_at_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(counter, "_EVERY_S", 0.01)
    kept = Kept()

    async def all_of_it() -> None:
        ours = counting(kept)
        async with ours.counting():
            ours.turned(Message("u"), Session(), turn_of())
            while not kept.weeks:
                await asyncio.sleep(0.01)
            monkeypatch.setattr(counter, "_EVERY_S", 60)
            await asyncio.sleep(0.05)
            ours.turned(Message("u"), Session(), turn_of())

    asyncio.run(all_of_it())
    assert kept.weeks == {WEEK: {"411303:messages": 2}}


def test_what_waits_for_the_store_has_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(counter, "_MOST_NAMES", 2)
    monkeypatch.setattr(counter, "_MOST_MARKS", 1)
    kept = Kept()
    ours = counting(kept)
    for user in ("a", "b"):
        ours.turned(Message(user, text="煤气灶"), Session(), turn_of(asked="age", misunderstood=1))
    asyncio.run(ours.flush())
    assert kept.weeks[WEEK] == {"411303:messages": 2, "411303:asked:age": 2}


def test_counts_that_cannot_be_kept_stop_nothing() -> None:
    class Broken(Kept):
        async def add(self, week: str, counts: Mapping[str, int]) -> None:
            if week == WEEK:
                raise ValueError
            await super().add(week, counts)

    kept, clock = Broken(), [NOW]
    ours = Counting(kept, CATALOG_READ, lambda: clock[0])
    ours.turned(Message("u"), Session(), turn_of())
    clock[0] = NOW + timedelta(days=7)
    ours.turned(Message("u"), Session(), turn_of())
    asyncio.run(ours.flush())
    assert kept.weeks == {"2026-11-23": {"411303:messages": 1}}


def test_names_that_are_known_are_left_out() -> None:
    assert pieces("拐棍拐棍坏了拐棍", ["拐棍"]) == {"坏了"}


def test_two_processes_count_into_one_store(redis: RealServer) -> None:
    children = [subprocess.Popen([sys.executable, "-c", _CHILD, redis.url], cwd=ROOT) for _ in range(2)]
    assert [child.wait(60) for child in children] == [0, 0]

    async def found() -> dict[str, int]:
        stores = await connect(redis.url, PATIENT)
        try:
            return dict(await stores.tally.of(WEEK))
        finally:
            await stores.close()

    counts = asyncio.run(found())
    assert counts["411303:messages"] == counts["411303:asked:age"] == counts["411303:not_understood"] == 600
    assert counts["411303:word:煤气"] == 600


def test_a_store_that_was_away_gets_the_counts_later(tmp_path: Path) -> None:
    async def all_of_it(server: RealServer) -> int:
        stores = await connect(server.url, PATIENT)
        ours = Counting(stores.tally, CATALOG_READ, lambda: NOW)
        ours.turned(Message("u"), Session(), turn_of())
        server.stop()
        await ours.flush()
        ours.turned(Message("u"), Session(), turn_of())
        server.start()
        await ours.flush()
        try:
            return (await stores.tally.of(WEEK))["411303:messages"]
        finally:
            await stores.close()

    with real_server(tmp_path) as server:
        assert asyncio.run(all_of_it(server)) == 2


def test_a_week_has_room_for_so_many_words(redis: RealServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tally, "_MOST_WORDS", 20)

    async def all_of_it() -> dict[str, int]:
        stores = await connect(redis.url, PATIENT)
        try:
            await stores.tally.add("2026-01-05", {f":word:{at}": 1 for at in range(5000)})
            await stores.tally.add("2026-01-05", {":word:0": 2, ":word:new": 1, ":messages": 1})
            await stores.tally.add("2026-01-05", {})
            return dict(await stores.tally.of("2026-01-05"))
        finally:
            await stores.close()

    counts = asyncio.run(all_of_it())
    assert (len(counts), counts[":word:0"], counts[":messages"]) == (21, 3, 1)
    assert ":word:new" not in counts


def test_a_real_talk_is_counted_and_tells_of_nobody(tmp_path: Path) -> None:
    said = [
        "俺叫王建国，电话13912345678，住卧龙区达士营村12号",
        "助听器坏了咋弄嘞",
        "俺娘83了，低保，卧龙区的，能领啥钱",
        "都没有",
        "没有残疾证",
        "身份证411303194305121234",
        "咣当咣当呜啦呜啦",
    ]
    with running(tmp_path) as up:
        ours = Counting(up.app[TALLY], up.app[CATALOG], up.app[CLOCK])
        up.app[CONVERSATION]._counts = ours
        for text in said:
            up.run(up.app[CONVERSATION].hear(Message("openid-of-somebody", text=text)))
        up.run(ours.flush())
        counts = up.run(up.app[TALLY].of(WEEK))
    names = [named(name) for name in counts]
    told = sum(count for name, count in counts.items() if named(name).what == "messages")
    assert told == len(said)
    assert {"asked", "not_understood"} <= {one.what for one in names}
    assert not [
        name for name in counts if any(one in name for one in ("建国", "139", "达士", "4113031", "openid"))
    ]


def test_a_call_is_counted_when_it_is_new() -> None:
    kept = Kept()
    ours = counting(kept)
    request = submit(Request("100001", "u", "bathing", region="411303"), Actor("elder", "u"), NOW)
    moved = replace(request, history=(*request.history, *request.history))
    ours.turned(Message("u"), Session(), replace(turn_of(), requests=(request, moved)))
    asyncio.run(ours.flush())
    assert kept.weeks[WEEK]["411303:booked:bathing"] == 1
