"""What has been kept long enough is let go of: by kind, every night, by one process, without standing in anybody's way."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from bot.booking.history import SHANGHAI, grown
from bot.dialogue.calling import erasing
from bot.dialogue.wording import say
from bot.dispatch.records import PERSONAL
from bot.errors import SettingError, StoreDown
from bot.jobs import jobs
from bot.models import Notice, Request, Session, Staff
from bot.retention import NIGHTLY, Retention, next_night, sweep
from bot.store import sweep as sweeping
from bot.store import terms
from bot.store.connect import Stores
from bot.store.limits import Limits
from bot.store.port import Line, Outcome
from bot.store.port_staff import AuditEntry, Credentials
from bot.store.scripts import Keys
from bot.store.terms import FILE, KINDS, load_terms
from tests.privacy_side import at, holding, log_on_disk, opened, raw_store, sealer
from tests.storage import RealServer, real_server, wait_until

NOW = datetime(2026, 11, 21, 9, tzinfo=SHANGHAI)
PHONE, NAME = "13700001234", "欧阳建国"
TERMS = load_terms()
DAY = timedelta(days=1)


@pytest.fixture(scope="module")
def redis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealServer]:
    with real_server(tmp_path_factory.mktemp("redis"), "--appendonly", "yes") as up:
        yield up


@pytest.fixture
async def stores(redis: RealServer) -> AsyncIterator[Stores]:
    redis.tell("FLUSHALL")
    async with at(redis, sealer("a")) as opened_stores:
        yield opened_stores


async def done_call(stores: Stores, ended: datetime, user: str = "oUser", state: str = "done") -> str:
    """A call with everything personal that came to its state at that moment, with its line."""
    number = await stores.requests.reserve(user)
    request = Request(
        number, user, "bathing", "411303", phone=PHONE, contact=NAME, address="梅溪路", comment="好"
    )
    request = grown(request, "submitted", "elder", ended - DAY)
    request = grown(request, state, "staff:s1", ended)  # type: ignore[arg-type]
    async with stores.turns.turn(user) as held:
        await stores.turns.keep(held, Outcome(Session(), requests=(request,)))
    moved = request.history[-1].at
    created = request.history[0].at
    await stores.requests.enter(
        Line(number, "bathing", "411303", request.state, False, created, None, None, None, moved)
    )
    return number


async def swept(stores: Stores, now: datetime = NOW, ahead: timedelta = timedelta()) -> dict[str, int]:
    done = await sweep(stores, TERMS, now, ahead)
    assert done is not None
    return {kind: count for kind, count in done.items() if count}


class TestTerms:
    def test_the_file_has_every_kind_with_a_reason(self) -> None:
        assert set(TERMS) == set(KINDS)
        assert TERMS["calls"].keep > TERMS["calls_with_persons"].keep

    @pytest.mark.parametrize(
        ("change", "told"),
        [
            (("session:\n", "sesion:\n"), "line 4: sesion is no kind"),
            (
                ("keep: 90 days\n  why: 老", "keep: ninety\n  why: 老"),
                "line 4: session: keep is a number and",
            ),
            (
                ("keep: 90 days\n  why: 老", "keep: 0 days\n  why: 老"),
                "line 4: session: keep is a number and",
            ),
            (("answers:\n", "session:\n"), "line 7: session is there twice"),
            (("staff_left:\n", "staff_left: x\nother:\n"), "staff_left: it has keep and why"),
            (("  why: 窗口", "  why: ' '\n  wh: 窗口"), "it has keep and why, and nothing else"),
            (("calls:\n  keep: 1095", "calls:\n  keep: 90"), "calls are kept at least as long"),
        ],
    )
    def test_what_is_wrong_is_told_by_line(self, tmp_path: Path, change: tuple[str, str], told: str) -> None:
        path, text = tmp_path / "retention.yaml", FILE.read_text()
        assert change[0] in text
        path.write_text(text.replace(*change, 1))
        with pytest.raises(SettingError) as error:
            load_terms(path)
        assert told in error.value.message

    @pytest.mark.parametrize("text", ["", "- a\n", "a: [", "\0", "session: 5\n"])
    def test_no_file_breaks_it(self, tmp_path: Path, text: str) -> None:
        path = tmp_path / "retention.yaml"
        path.write_text(text)
        with pytest.raises(SettingError, match=r"retention\.yaml"):
            load_terms(path)

    def test_a_kind_that_is_missing_is_named(self, tmp_path: Path) -> None:
        path = tmp_path / "retention.yaml"
        path.write_text(FILE.read_text().partition("staff_left:")[0])
        with pytest.raises(SettingError, match="staff_left is missing"):
            load_terms(path)

    def test_they_are_no_shorter_than_what_the_store_needs(self) -> None:
        limits = Limits()
        assert TERMS["session"].ms == limits.session_ms
        assert TERMS["notices"].ms == limits.notice_ms
        assert TERMS["promises"].ms == limits.promise_ms
        assert TERMS["answers"].ms >= limits.answer_ms

    def test_elders_are_told_the_same_days(self) -> None:
        days = {kind: str(term.keep.days) for kind, term in TERMS.items()}
        assert f"{days['session']}天" in say("privacy")
        assert f"{days['session']}天" in say("privacy_with_calls")
        told = say("my_data_how_long")
        assert f"{days['session']}天不用" in told
        assert f"{days['calls_with_persons']}天后" in told
        assert f"留{TERMS['calls'].keep.days // 365}年" in told

    def test_what_is_emptied_is_what_erasing_empties_and_desks_hide(self) -> None:
        assert erasing._PERSONAL == sweeping.EMPTIED
        assert set(PERSONAL) == set(sweeping.EMPTIED)


class TestCalls:
    async def test_persons_go_first_and_the_call_later(self, stores: Stores, redis: RealServer) -> None:
        young = await done_call(stores, NOW - 179 * DAY)
        old = await done_call(stores, NOW - 181 * DAY)
        ancient = await done_call(stores, NOW - 1096 * DAY)
        assert await swept(stores) == {"calls_with_persons": 1, "calls": 1, "lines": 1}
        assert await swept(stores) == {}
        kept, emptied = await stores.requests.find(young), await stores.requests.find(old)
        assert kept is not None
        assert kept.phone == PHONE
        assert emptied is not None
        assert (emptied.phone, emptied.contact, emptied.address, emptied.comment) == ("", "", "", "")
        assert (emptied.service, emptied.version) == ("bathing", 2)
        assert await stores.requests.find(ancient) is None
        assert ancient not in str(raw_store(redis))
        assert ancient not in await opened(stores.server)

    async def test_one_of_long_ago_that_stands_apart_goes_as_well(self, stores: Stores) -> None:
        numbers = [await done_call(stores, NOW - (200 + day) * DAY) for day in range(40)]
        keys = Keys.of("oUser").all
        assert await stores.server.script("return redis.call('HLEN', KEYS[14])", keys) > 0
        assert await swept(stores) == {"calls_with_persons": 40}
        assert PHONE not in await opened(stores.server)
        assert len(await stores.requests.of("oUser")) == len(numbers)

    async def test_an_open_call_stays_however_old(self, stores: Stores) -> None:
        number = await done_call(stores, NOW - 2000 * DAY, state="accepted")
        assert await swept(stores) == {}
        found = await stores.requests.find(number)
        assert found is not None
        assert found.phone == PHONE

    async def test_whoever_moves_it_meanwhile_is_first(self, stores: Stores) -> None:
        number = await done_call(stores, NOW - 1096 * DAY)
        found = await stores.requests.find(number)
        assert found is not None
        async with stores.turns.turn("oUser") as held:
            assert (await swept(stores))["calls"] == 1
            rated = grown(replace(found, rating="good"), "done", "elder", NOW, "rating")
            with pytest.raises(StoreDown):
                await stores.turns.keep(held, Outcome(Session(), requests=(rated,)))
        assert await stores.requests.find(number) is None

    async def test_one_that_cannot_be_read_stops_nothing(
        self, stores: Stores, redis: RealServer, capsys: pytest.CaptureFixture[str]
    ) -> None:
        await done_call(stores, NOW - 181 * DAY, "oUser")
        redis.tell("HSET", Keys.of("oOther").all[10], "9137482", "{broken")
        assert await swept(stores) == {"calls_with_persons": 1}
        assert "call_unreadable" in capsys.readouterr().out


class TestWhatLapses:
    async def test_what_would_stay_for_ever_lapses_and_what_lapses_stays(
        self, stores: Stores, redis: RealServer
    ) -> None:
        async with stores.turns.turn("oUser", "push", "message") as held:
            await stores.turns.keep(held, Outcome(Session(phone=PHONE), b"answer"))
        await stores.mailbox.put("oUser", Notice("n", ("told",)))
        await stores.mailbox.consent("oUser", "template", 2)
        await stores.shelf.put("answer-link:x", b"{}", 900 * 86400)
        redis.tell("PERSIST", Keys.of("oUser").session)
        assert await swept(stores) == {"session": 1, "consents": 1, "answer_links": 1}
        assert await swept(stores) == {}
        assert 0 < redis.tell("PTTL", Keys.of("oUser").session) <= TERMS["session"].ms
        assert 0 < redis.tell("PTTL", "wenyanglao:shelf:answer-link:x") <= TERMS["answer_links"].ms
        assert (await stores.turns.recall("oUser")).phone == PHONE

    async def test_a_consent_that_is_given_again_is_kept_anew(
        self, stores: Stores, redis: RealServer
    ) -> None:
        await stores.mailbox.consent("oUser", "template", 2)
        key = Keys.of("oUser").consents
        await swept(stores)
        redis.tell("PEXPIRE", key, 5000)
        await stores.mailbox.consent("oUser", "template", 1)
        assert redis.tell("PTTL", key) == -1

    async def test_as_of_a_later_day_what_would_have_lapsed_is_gone(self, stores: Stores) -> None:
        async with stores.turns.turn("oUser", "push") as held:
            await stores.turns.keep(held, Outcome(Session(phone=PHONE), b"answer"))
        ahead = 91 * DAY
        done = await swept(stores, NOW + ahead, ahead)
        assert done["session"] == 1
        assert (await stores.turns.recall("oUser")) == Session()

    async def test_old_months_of_the_audit_log_go_as_a_whole(self, stores: Stores) -> None:
        for at_moment in ("2023-01-05T09:00:00+08:00", "2023-11-21T09:00:00+08:00", NOW.isoformat()):
            await stores.audit.note(AuditEntry(at_moment, "operator", "look", {"number": "1"}))
        assert await swept(stores) == {"audit": 1}
        assert await stores.audit.months() == ("2023-11", "2026-11")
        assert await stores.audit.read("2023-01") == ()
        assert await swept(stores) == {}


class TestStaff:
    async def test_who_left_a_year_ago_keeps_an_id_and_nothing_else(self, stores: Stores) -> None:
        await stores.staff.add(Staff("s1", NAME, "worker", ("411303",), None, active=False))
        await stores.staff.add(Staff("s2", NAME, "worker", ("411303",)))
        await stores.keyring.swap(None, Credentials("s1", "hash", "secret"))
        assert await swept(stores) == {}
        assert await swept(stores, NOW + 364 * DAY) == {}
        assert await swept(stores, NOW + 366 * DAY) == {"staff_left": 1}
        assert await swept(stores, NOW + 999 * DAY) == {}
        assert await stores.staff.get("s1") == Staff("s1", "s1", "worker", (), None, active=False)
        assert await stores.keyring.get("s1") is None
        assert (await stores.staff.all())[1].name == NAME

    async def test_who_came_back_begins_anew(self, stores: Stores) -> None:
        left = Staff("s1", NAME, "worker", ("411303",), None, active=False)
        await stores.staff.add(left)
        await swept(stores)
        await stores.staff.add(replace(left, active=True))
        await swept(stores, NOW + 300 * DAY)
        await stores.staff.add(left)
        assert await swept(stores, NOW + 400 * DAY) == {}
        assert (await stores.staff.all())[0].name == NAME


class TestSweeping:
    async def test_one_process_at_a_time(self, stores: Stores) -> None:
        assert await stores.shelf.claim("retention", "another", 60)
        assert await sweep(stores, TERMS, NOW) is None
        await stores.shelf.release("retention", "another")
        assert await sweep(stores, TERMS, NOW) is not None

    async def test_whoever_lost_it_to_another_stops(self, stores: Stores) -> None:
        await done_call(stores, NOW - 181 * DAY)

        async def not_mine() -> bool:
            return False

        with pytest.raises(StoreDown):
            await sweeping.Sweep(stores.server, TERMS, NOW).run(not_mine)
        assert (await swept(stores))["calls_with_persons"] == 1

    async def test_two_at_once_do_it_once(self, stores: Stores, redis: RealServer) -> None:
        for number in range(30):
            await done_call(stores, NOW - 181 * DAY, f"oUser{number}")
        async with at(redis, sealer("a")) as other:
            told = await asyncio.gather(*(sweep(one, TERMS, NOW) for one in (stores, other)))
        assert sum(one["calls_with_persons"] for one in told if one) == 30

    async def test_nobody_waits_for_it(self, stores: Stores) -> None:
        for number in range(60):
            await done_call(stores, NOW - 181 * DAY, f"oUser{number}")
        sweeper = asyncio.create_task(sweep(stores, TERMS, NOW))
        turns = 0
        while not sweeper.done():
            async with stores.turns.turn("oTalking") as held:
                await stores.turns.keep(held, Outcome(Session()))
            turns += 1
        assert (await sweeper or {})["calls_with_persons"] == 60
        assert turns > 5

    async def test_the_log_on_disk_forgets_what_was_let_go(self, redis: RealServer) -> None:
        """Plain, so that the bytes would be seen."""
        redis.tell("FLUSHALL")

        def on_disk() -> bool:
            return PHONE.encode() in log_on_disk(redis)

        async with at(redis) as plain:
            await done_call(plain, NOW - 181 * DAY)
            assert on_disk()
            assert holding(redis, PHONE)
            await sweep(plain, TERMS, NOW)
        assert not holding(redis, PHONE)
        wait_until(lambda: not on_disk())


class TestNightly:
    @pytest.mark.parametrize(
        ("now", "night"),
        [
            ("2026-11-21T09:00:00+08:00", "2026-11-22T03:00:00+08:00"),
            ("2026-11-21T02:59:59+08:00", "2026-11-21T03:00:00+08:00"),
            ("2026-11-21T03:00:00+08:00", "2026-11-22T03:00:00+08:00"),
            ("2026-12-31T23:00:00+08:00", "2027-01-01T03:00:00+08:00"),
        ],
    )
    def test_the_next_night(self, now: str, night: str) -> None:
        assert next_night(datetime.fromisoformat(now)) == datetime.fromisoformat(night)

    async def test_it_is_planned_once_a_night_and_plans_the_next(self, stores: Stores) -> None:
        added = list[tuple[str, str, float]]()

        async def add(name: str, value: str, *, seconds: float) -> None:
            added.append((name, value, seconds))

        retention = Retention(stores, add, lambda: NOW, TERMS)
        await retention.tonight()
        await done_call(stores, NOW - 181 * DAY)
        await retention.nightly("2026-11-21")
        assert added == [(NIGHTLY, "2026-11-22", 18 * 3600.0)] * 2
        assert PHONE not in await opened(stores.server)

    async def test_a_process_that_ends_leaves_the_rest_to_another(
        self, stores: Stores, redis: RealServer
    ) -> None:
        for number in range(30):
            await done_call(stores, NOW - 181 * DAY, f"oUser{number}")

        async def add(_: str, __: str, *, seconds: float) -> None:
            pass

        ending, living = (Retention(stores, add, lambda: NOW, TERMS) for _ in range(2))
        sweeping_now = asyncio.create_task(ending.nightly("2026-11-21"))
        await asyncio.sleep(0)
        ending.stop()
        await asyncio.gather(sweeping_now, return_exceptions=True)
        await living.nightly("2026-11-21")
        assert PHONE not in await opened(stores.server)

    async def test_the_queue_does_it(self, stores: Stores, redis: RealServer) -> None:
        await done_call(stores, NOW - 181 * DAY)
        planned = list[str]()

        async def later(name: str, value: str, *, seconds: float) -> None:
            planned.append(value)

        retention = Retention(stores, later, lambda: NOW, TERMS)
        async with jobs(redis.url, retention.handlers()) as queue:
            await queue.add(NIGHTLY, "2026-11-21")
            async with asyncio.timeout(20):
                while PHONE in await opened(stores.server):
                    await asyncio.sleep(0.05)
        assert planned == ["2026-11-22"]


def test_every_family_lapses_or_is_judged() -> None:
    assert set(terms.LAPSE.values()) | {kind for _, kind in terms.SHELF} | set(terms.SWEPT) == set(KINDS)
