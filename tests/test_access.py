"""What stands behind the sign-in, piece by piece: roles, rules for passwords, counts of tries, the audit log."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.access import audit, first_password, one_time, passwords, throttle
from bot.access.door import Person, staff_id_of
from bot.access.roles import MAY, WITH_ONE_TIME_CODE, may, reaches
from bot.access.throttle import Browser
from bot.models import Staff
from bot.store.audit import intact
from bot.store.connect import Stores, connect
from bot.store.port_staff import AuditEntry, Credentials
from tests.storage import PATIENT, RealServer, real_server

LI = Staff("s12", "李梅", "worker", ("411300",))
NOW = datetime.fromisoformat("2026-11-21T09:00:00+08:00")
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"  # noqa: S105 - of the RFC's kind, nobody's


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealServer]:
    with real_server(tmp_path_factory.mktemp("access")) as up:
        yield up


@pytest.fixture
async def stores(server: RealServer) -> AsyncIterator[Stores]:
    server.tell("FLUSHALL")
    opened = await connect(server.url, PATIENT)
    yield opened
    await opened.close()


class TestRoles:
    def test_who_is_disabled_may_nothing(self) -> None:
        for role, allowed in MAY.items():
            staff = replace(LI, role=role)
            assert all(may(staff, one) for one in allowed)
            assert not any(may(replace(staff, active=False), one) for one in allowed)
            assert not may(staff, *set().union(*MAY.values())) or role == "admin"

    def test_who_sees_the_most_needs_a_code(self) -> None:
        for role, allowed in MAY.items():
            assert not allowed & {"audit", "export"} or role in WITH_ONE_TIME_CODE

    @pytest.mark.parametrize(
        ("role", "region", "theirs"),
        [
            ("worker", "411303", True),
            ("worker", "411300", True),
            ("worker", "410200", False),
            ("worker", None, True),
            ("admin", "410200", True),
        ],
    )
    def test_places(self, role: str, region: str | None, theirs: bool) -> None:
        assert reaches(replace(LI, role=role), region) is theirs  # type: ignore[arg-type]
        assert not reaches(replace(LI, areas=("",)), "411303")


class TestRules:
    @pytest.mark.parametrize(
        ("password", "why"),
        [
            ("", "too_short"),
            ("nine-char", "too_short"),
            ("x-y_z" * 26, "too_long"),
            ("1390000000012", "no_letter"),
            ("１３９００００００００１２", "no_letter"),
            ("2026-11-21!!", "no_letter"),
            ("s12s12s12s12", "like_you"),
            ("S12-2026!!s12", "like_you"),
            ("我叫李梅今年四十岁啦", "like_you"),
            ("aaaaaaaaaaaa", "too_simple"),
            ("abababababab", "too_simple"),
            ("abcabcabcabc1", "too_simple"),
            ("qwertyuiop12", "too_simple"),
            ("zyxwvutsrqpo", "too_simple"),
            ("1qaz2wsx3edc", "too_simple"),
            ("Password2026", "too_simple"),
            ("woaini1314520", "too_simple"),
            ("zhang19801122", "too_simple"),
            ("lm1980112233", "too_simple"),
            ("民政局20261122", "too_simple"),
            ("huoche-zhan-qian", None),
            ("窗前明月光疑是地上霜", None),
            ("k7mp-2wqx-9fhd", None),
            ("Nan4 mian qi!", None),
        ],
    )
    def test_a_password(self, password: str, why: str | None) -> None:
        assert passwords.weakness(password, LI) == why

    @given(st.text(max_size=200))
    def test_any_text_is_judged(self, password: str) -> None:
        assert passwords.weakness(password, LI) in (
            None, "too_short", "too_long", "no_letter", "like_you", "too_simple",
        )  # fmt: skip

    async def test_however_it_is_typed_it_is_the_same(self) -> None:
        kept = await passwords.hashed("窗前Ａｂｃ１２３")
        assert kept.startswith("$argon2id$")
        assert await passwords.fits(kept, "窗前Abc123")
        assert not await passwords.fits(kept, "窗前abc123")
        assert not passwords.is_old(kept)

    @pytest.mark.parametrize("kept", [None, "", "no hash", "$argon2id$v=19$m=8,t=1,p=1$x$y"])
    async def test_what_is_no_hash_fits_nothing(self, kept: str | None) -> None:
        assert not await passwords.fits(kept, "anything")
        assert not await passwords.fits(kept, "\ud800")

    async def test_hashing_leaves_the_loop_to_others(self) -> None:
        """It is done in another thread."""
        names = set()
        inner = passwords._hashed

        def seen(password: str) -> str:
            names.add(threading.current_thread().name)
            return inner(password)

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(passwords, "_hashed", seen)
            await passwords.hashed("some words here")
        assert names
        assert all(name.startswith("password") for name in names)


class TestOneTime:
    @pytest.mark.parametrize(
        ("moment", "code"),
        # Appendix B of RFC 6238, its last six digits.
        [(59, "287082"), (1111111109, "081804"), (1234567890, "005924"), (20000000000, "353130")],
    )
    async def test_the_rfcs_own_codes(self, stores: Stores, moment: int, code: str) -> None:
        secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"  # noqa: S105 - printed in the RFC
        assert await one_time.take(stores.shelf, "s1", secret, code, moment)
        assert not await one_time.take(stores.shelf, "s1", secret, code, moment), "once"

    @pytest.mark.parametrize("code", ["", "12345", "1234567", "abcdef", "é", "\x00" * 6, "９" * 7])
    async def test_other_things_are_no_code(self, stores: Stores, code: str) -> None:
        assert not await one_time.take(stores.shelf, "s1", SECRET, code, 59)

    async def test_full_width_with_a_gap(self, stores: Stores) -> None:
        code = one_time.pyotp.TOTP(SECRET).at(60)
        wide = code.translate({ord("0") + i: chr(ord("０") + i) for i in range(10)})
        assert await one_time.take(stores.shelf, "s1", SECRET, f" {wide[:3]} {wide[3:]}", 60)

    async def test_two_at_once_and_one_is_in(self, stores: Stores) -> None:
        code = one_time.pyotp.TOTP(SECRET).at(60)
        tries = await asyncio.gather(*(one_time.take(stores.shelf, "s1", SECRET, code, 60) for _ in range(8)))
        assert sum(tries) == 1
        assert await one_time.take(stores.shelf, "s2", SECRET, code, 60), "another's is their own"

    def test_a_secret_has_160_bits(self) -> None:
        assert len(one_time.new_secret()) == 32
        assert one_time.in_fours("ABCDEFGHIJ") == "ABCD EFGH IJ"


class TestTries:
    async def test_parallel_tries_are_counted_before_they_are_looked_at(self, stores: Stores) -> None:
        browser = Browser("203.0.113.7")
        begun = await asyncio.gather(*(throttle.begin(stores.shelf, "s1", browser) for _ in range(30)))
        assert sum(one is not None for one in begun) == 10

    async def test_what_was_held_back_takes_no_place(self, stores: Stores, server: RealServer) -> None:
        browser = Browser("203.0.113.7")
        for _ in range(25):
            await throttle.begin(stores.shelf, "s1", browser)
        assert len(server.tell("KEYS", "*desk-try:*")) == 30, "ten in each of the three counts"
        assert all(0 < server.tell("TTL", key) <= 900 for key in server.tell("KEYS", "*desk-try:*"))

    async def test_a_right_one_is_forgiven(self, stores: Stores, server: RealServer) -> None:
        begun = await throttle.begin(stores.shelf, "s1", Browser("203.0.113.7"))
        assert begun
        await begun.forgive(stores.shelf)
        assert not server.tell("KEYS", "*desk-try:*")

    async def test_names_of_counts_tell_nothing(self, stores: Stores, server: RealServer) -> None:
        await throttle.begin(stores.shelf, "s12", Browser("203.0.113.7"))
        assert not [key for key in server.tell("KEYS", "*desk-try:*") if b"s12" in key or b"203.0" in key]

    def test_a_mark_is_of_one_person_and_one_key(self) -> None:
        mark = throttle.device_mark(b"k" * 32, "s1")
        assert throttle.device_of(b"k" * 32, "s1", mark) == mark.partition(".")[0]
        for key, account, kept in (
            (b"j" * 32, "s1", mark),
            (b"k" * 32, "s2", mark),
            (b"k" * 32, "s1", mark[:-1]),
            (b"k" * 32, "s1", "x" + mark),
            (b"k" * 32, "s1", ""),
            (b"k" * 32, "s1", "é.\ud800"),
        ):
            assert throttle.device_of(key, account, kept) is None

    @pytest.mark.parametrize(
        ("address", "network"),
        [
            ("203.0.113.7", "203.0.113.7"),
            ("2001:db8:0:1:2:3:4:5", "2001:db8:0:1::/64"),
            ("::ffff:203.0.113.7", "203.0.113.7"),
            ("not one", ""),
            ("", ""),
        ],
    )
    def test_addresses(self, address: str, network: str) -> None:
        assert throttle.network(address) == network


class TestFirstPassword:
    async def test_it_is_hard_to_guess_and_easy_to_tell(self, stores: Stores) -> None:
        told = {await first_password.issue(stores.keyring, stores.shelf, "s1") for _ in range(3)}
        assert len(told) == 3
        assert all(len(one) == 14 and passwords.weakness(one, LI) is None for one in told)
        kept = await stores.keyring.get("s1")
        assert kept
        assert (kept.must_change, kept.epoch) == (True, 3)
        assert await first_password.holds(stores.shelf, kept)
        assert not await first_password.holds(stores.shelf, replace(kept, epoch=4))

    async def test_two_operators_at_once(self, stores: Stores) -> None:
        told = await asyncio.gather(
            *(first_password.issue(stores.keyring, stores.shelf, "s1") for _ in range(3))
        )
        kept = await stores.keyring.get("s1")
        assert kept
        assert kept.epoch == 3
        assert [await passwords.fits(kept.password, one) for one in told].count(True) == 1

    async def test_ending_sessions_of_nobody(self, stores: Stores) -> None:
        await first_password.end_sessions(stores.keyring, "nobody")
        assert await stores.keyring.get("nobody") is None


class TestKeyring:
    async def test_only_the_one_that_stands_is_swapped(self, stores: Stores) -> None:
        first, second = Credentials("s1", "a"), Credentials("s1", "b")
        assert await stores.keyring.swap(None, first)
        assert not await stores.keyring.swap(None, second)
        assert not await stores.keyring.swap(second, replace(first, epoch=9))
        assert await stores.keyring.swap(first, second)
        assert await stores.keyring.swap(first, second), "said again after a broken connection"
        assert await stores.keyring.get("s1") == second

    async def test_what_an_older_version_wrote_can_be_changed(
        self, stores: Stores, server: RealServer
    ) -> None:
        server.tell("HSET", "wenyanglao:credentials", "s1", '{"password": "a", "staff": "s1"}')
        before = await stores.keyring.get("s1")
        assert before == Credentials("s1", "a")
        assert await stores.keyring.swap(before, replace(before, epoch=1))

    async def test_all_share_one_signing_key(self, stores: Stores) -> None:
        keys = await asyncio.gather(*(stores.keyring.signing_key() for _ in range(5)))
        assert len(set(keys)) == 1
        assert len(keys[0]) == 32


class TestAuditLog:
    async def test_many_at_once_from_two_processes_are_all_there(self, server: RealServer) -> None:
        server.tell("FLUSHALL")
        first, second = await connect(server.url, PATIENT), await connect(server.url, PATIENT)
        async with asyncio.TaskGroup() as group:
            for i in range(60):
                log = (first if i % 2 else second).audit
                group.create_task(audit.note(log, NOW, LI, "show", number=i))
        entries = await first.audit.read("2026-11")
        assert intact(entries)
        assert {one.about["number"] for one in entries} == {str(i) for i in range(60)}
        assert await second.audit.standing("2026-11") == (60, entries[-1].seal)
        assert await second.audit.months() == ("2026-11",)
        await first.close()
        await second.close()

    async def test_each_month_has_its_own(self, stores: Stores) -> None:
        for at in ("2026-10-31T23:59:59+08:00", "2026-11-01T00:00:00+08:00"):
            await audit.note(stores.audit, datetime.fromisoformat(at), audit.OPERATOR, "export", calls=3)
        assert await stores.audit.months() == ("2026-10", "2026-11")
        (entry,) = await stores.audit.read("2026-11")
        assert (entry.by, entry.about) == ("operator", {"calls": "3"})
        assert await stores.audit.standing("2026-12") == (0, "")

    async def test_a_seal_covers_everything(self, stores: Stores) -> None:
        for i in range(3):
            await audit.note(stores.audit, NOW, LI, "show", number=i)
        entries = list(await stores.audit.read("2026-11"))
        assert intact(entries)
        assert intact([])
        for change in ({"at": "x"}, {"by": "staff:s1"}, {"what": "look"}, {"about": {}}, {"seal": ""}):
            for place in range(3):
                broken = [*entries]
                broken[place] = replace(broken[place], **change)  # type: ignore[arg-type]
                assert not intact(broken), change

    async def test_said_again_after_a_broken_connection_it_stands_once(self, stores: Stores) -> None:
        entry = AuditEntry(NOW.isoformat(), "staff:s1", "show", {"number": "1"})
        sent = stores.audit._server.script

        async def twice(*values: object, **named: object) -> object:
            await sent(*values, **named)  # type: ignore[arg-type]
            return await sent(*values, **named)  # type: ignore[arg-type]

        stores.audit._server.script = twice  # type: ignore[assignment,method-assign]
        await stores.audit.note(entry)
        await stores.audit.note(entry)
        assert len(await stores.audit.read("2026-11")) == 2
        assert (await stores.audit.standing("2026-11"))[0] == 2

    async def test_long_values_are_cut(self, stores: Stores) -> None:
        await audit.note(stores.audit, NOW, LI, "look", area="长" * 500)
        assert len((await stores.audit.read("2026-11"))[0].about["area"]) == 80


class TestDoor:
    @pytest.mark.parametrize(
        ("role", "credentials", "code_given", "step"),
        [
            ("worker", Credentials("s", "h", must_change=False), False, "in"),
            ("worker", Credentials("s", "h"), False, "password"),
            ("worker", Credentials("s", "h", SECRET, must_change=False), False, "code"),
            ("worker", Credentials("s", "h", SECRET, must_change=False), True, "in"),
            ("lead", Credentials("s", "h", must_change=False), False, "phone"),
            ("lead", Credentials("s", "h"), False, "password"),
            ("lead", Credentials("s", "h", SECRET), False, "code"),
            ("admin", Credentials("s", "h", SECRET), True, "password"),
            ("admin", Credentials("s", "h", SECRET, must_change=False), True, "in"),
        ],
    )
    def test_what_comes_next(self, role: str, credentials: Credentials, code_given: bool, step: str) -> None:
        person = Person(replace(LI, role=role), credentials)  # type: ignore[arg-type]
        assert person.step(code_given=code_given) == step

    @pytest.mark.parametrize("typed", ["s12", " S12 ", "ｓ１２", "s 1 2\n"])
    def test_an_id_however_it_is_typed(self, typed: str) -> None:
        assert staff_id_of(typed) == "s12"
        assert len(staff_id_of("x" * 900)) == 20
