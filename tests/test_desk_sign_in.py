"""Signing in at the desk as people do it, over a real store: passwords, codes, sessions, and who is kept out."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pyotp
import pytest
from playwright.sync_api import Browser, expect
from typer.testing import CliRunner

from bot.access import door, first_password, passwords
from bot.access.roles import Role
from bot.dispatch.staff_commands import staff_cli
from bot.keys import AUDIT, KEYRING, SHELF, STAFF
from bot.models import Staff
from bot.store.port_staff import AuditEntry, Credentials
from bot.web.desk import sessions
from tests.desk_browser import PlainBrowser
from tests.desk_side import staff_session
from tests.running import PATIENCE_MS, Running, running
from tests.storage import RealServer, real_server, wait_until

PASSWORD = "huoche-zhan-qian-de-shu"  # noqa: S105 - of people in these tests
OTHER = "lu-kou-you-jia-dian"
WOLONG = "411303"
MONTH = "2026-11"


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealServer]:
    with real_server(tmp_path_factory.mktemp("redis")) as up:
        yield up


@pytest.fixture(scope="module", autouse=True)
def cheap_hashes() -> Iterator[None]:
    """The real ones take a tenth of a second each (tests/test_access.py makes some)."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            passwords, "_HASHER", passwords.PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
        )
        passwords._nobodys.cache_clear()
        yield
    passwords._nobodys.cache_clear()


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory, store: RealServer) -> Iterator[Running]:
    with running(tmp_path_factory.mktemp("desk"), REDIS_URL=store.url) as up:
        yield up


@pytest.fixture
def empty(desk: Running, store: RealServer) -> Running:
    """Nobody serves yet, nothing was tried."""
    store.tell("FLUSHALL")
    return desk


def hired(
    desk: Running, staff_id: str, role: Role = "worker", password: str = PASSWORD, secret: str | None = None
) -> Staff:
    """Somebody with a password of their own."""
    staff = Staff(staff_id, "李梅", role, (WOLONG,))

    async def keep() -> None:
        await desk.app[STAFF].add(staff)
        kept = Credentials(staff_id, await passwords.hashed(password), secret, must_change=False)
        assert await desk.app[KEYRING].swap(await desk.app[KEYRING].get(staff_id), kept)

    desk.run(keep())
    return staff


def credentials(desk: Running, staff_id: str) -> Credentials:
    found = desk.run(desk.app[KEYRING].get(staff_id))
    assert found
    return found


def log(desk: Running) -> list[AuditEntry]:
    return list(desk.run(desk.app[AUDIT].read(MONTH)))


def is_in(browser: PlainBrowser) -> bool:
    return browser.get("/desk/account").status == 200


class TestPassword:
    def test_a_right_one_opens_the_page_that_was_wanted(self, empty: Running) -> None:
        hired(empty, "s1")
        one = PlainBrowser(empty)
        asked = one.get("/desk/account?done=phone")
        assert (asked.status, asked.to) == (303, "/desk/sign-in?next=%2Fdesk%2Faccount%3Fdone%3Dphone")
        form = one.get(asked.to)
        done = one.post("/desk/sign-in", {**form.hidden, "id": " Ｓ1 ", "password": PASSWORD})
        assert (done.status, done.to) == (303, "/desk/account?done=phone")
        page = one.get("/desk/account")
        assert "李梅" in page.text
        assert "南阳市卧龙区" in page.text
        assert page.headers["cache-control"] == "no-store"
        assert one.get("/desk/sign-in").to == "/desk"

    def test_the_cookie_is_for_nobody_else(self, empty: Running) -> None:
        hired(empty, "s1")
        for headers, secure in (({}, False), ({"X-Forwarded-Proto": "https"}, True)):
            told = PlainBrowser(empty, headers=headers).sign_in("s1", PASSWORD).set_cookies
            kept = {one.partition("=")[0].rstrip("0123456789abcdef"): one for one in told}
            assert {"desk", "desk-known-"} <= set(kept)
            for one in kept.values():
                assert "HttpOnly" in one
                assert "SameSite=Strict" in one
                assert "Path=/desk" in one
                assert ("Secure" in one) is secure
            assert "Max-Age" not in kept["desk"]

    def test_nobody_hears_whether_somebody_exists(self, empty: Running) -> None:
        hired(empty, "s1")
        off = hired(empty, "s2")
        empty.run(empty.app[STAFF].add(replace(off, active=False)))
        empty.run(empty.app[STAFF].add(Staff("s3", "没密码", "worker", (WOLONG,))))
        tries = [
            ("s1", "wrong-word"),
            ("s2", PASSWORD),
            ("s3", PASSWORD),
            ("s9", PASSWORD),
            ("s9", ""),
            ("", ""),
        ]
        pages = [PlainBrowser(empty, f"203.0.113.{i}").sign_in(*one) for i, one in enumerate(tries)]
        told = {
            (page.status, re.sub(r'value="[^"]*"| autofocus', "", page.text), tuple(sorted(page.headers)))
            for page in pages
        }
        assert len(told) == 1
        assert pages[0].status == 403
        assert {one.what for one in log(empty)} == {"sign_in_refused"}
        assert [one.by for one in log(empty)] == ["staff:s1", "staff:s2", "staff:s3", *["unknown"] * 3]

    def test_a_hash_is_worked_out_for_whomever(self, empty: Running, monkeypatch: pytest.MonkeyPatch) -> None:
        """So that no answer comes sooner than another."""
        hired(empty, "s1")
        inner, worked = passwords._fits, list[str]()
        monkeypatch.setattr(passwords, "_fits", lambda kept, word: worked.append(word) or inner(kept, word))
        for who in ("s1", "s9", ""):
            PlainBrowser(empty).sign_in(who, f"guess-for-{who}")
        assert worked == ["guess-for-s1", "guess-for-s9", "guess-for-"]

    @pytest.mark.parametrize("odd", ["\x00", "长" * 2_000, "\ud83d\ude00" * 20, "%", "{{7*7}}"])
    def test_anything_may_be_typed(self, empty: Running, odd: str) -> None:
        hired(empty, "s1")
        told = odd.encode("utf-16", "surrogatepass").decode("utf-16")
        for who, word in (("s1", told), (told, told)):
            page = PlainBrowser(empty).sign_in(who, word)
            assert page.status == 403
            assert told not in page.text or len(told) < 3 or who == told

    def test_a_hash_of_old_parameters_is_renewed(self, empty: Running) -> None:
        cheap = passwords.PasswordHasher(time_cost=2, memory_cost=16, parallelism=1)
        hired(empty, "s1")
        before = replace(credentials(empty, "s1"), password=cheap.hash(PASSWORD))
        assert empty.run(empty.app[KEYRING].swap(credentials(empty, "s1"), before))
        assert PlainBrowser(empty).sign_in("s1", PASSWORD).status == 303
        after = credentials(empty, "s1")
        assert not passwords.is_old(after.password)
        assert after.epoch == before.epoch
        assert PlainBrowser(empty).sign_in("s1", PASSWORD).status == 303


class TestWhoIsKeptOut:
    def test_a_stranger_who_guesses_locks_no_colleague_out(self, empty: Running) -> None:
        hired(empty, "s1")
        mine = PlainBrowser(empty, "198.51.100.1")
        assert mine.sign_in("s1", PASSWORD).status == 303
        mine.cookies.pop("desk")
        thief = PlainBrowser(empty)
        tried = [thief.sign_in("s1", f"guess-number-{i}").status for i in range(10)]
        assert set(tried) == {403}
        held = thief.sign_in("s1", PASSWORD)
        assert (held.status, held.headers["retry-after"]) == (429, "900")
        assert mine.sign_in("s1", PASSWORD).status == 303, "their own browser counts for itself"
        assert PlainBrowser(empty, "198.51.100.9").sign_in("s1", PASSWORD).status == 303, "another place too"

    def test_many_addresses_fill_the_account_for_strangers_only(self, empty: Running) -> None:
        hired(empty, "s1")
        mine = PlainBrowser(empty, "198.51.100.1")
        assert mine.sign_in("s1", PASSWORD).status == 303
        shelf = empty.app[SHELF]
        browser = door.Browser("192.0.2.1")
        (everywhere,) = [name for name, most in browser.counts("s1", 50).items() if most == 50]
        for place in range(50):
            assert empty.run(shelf.claim(f"desk-try:{everywhere}:{place}", "others", 900))
        assert PlainBrowser(empty, "192.0.2.77").sign_in("s1", PASSWORD).status == 429
        mine.cookies.pop("desk")
        assert mine.sign_in("s1", PASSWORD).status == 303

    def test_one_address_tries_many_accounts(self, empty: Running) -> None:
        thief = PlainBrowser(empty, "2001:db8::1")
        statuses = []
        for i in range(41):
            thief.address = f"2001:db8::{i:x}"
            statuses.append(thief.sign_in(f"s{100 + i}", "guess-number-1").status)
        assert statuses == [403] * 40 + [429], "a household's network of the new kind is one address"

    def test_an_unknown_id_is_held_back_as_a_known_one(self, empty: Running) -> None:
        hired(empty, "s1")
        for who in ("s1", "s9"):
            thief = PlainBrowser(empty, "203.0.113.50" if who == "s1" else "203.0.113.51")
            assert [thief.sign_in(who, "guess-number-1").status for _ in range(12)] == [403] * 10 + [429] * 2
        held = [one.by for one in log(empty) if one.what == "sign_in_held_back"]
        assert held == ["staff:s1", "unknown"], "told once each"

    def test_right_ones_do_not_count(self, empty: Running) -> None:
        hired(empty, "s1")
        for _ in range(12):
            assert PlainBrowser(empty).sign_in("s1", PASSWORD).status == 303

    def test_a_forged_mark_of_a_known_browser_is_a_stranger(self, empty: Running) -> None:
        hired(empty, "s1")
        hired(empty, "s2")
        other = PlainBrowser(empty)
        other.sign_in("s2", PASSWORD)
        (name,) = [one for one in other.cookies if one.startswith("desk-known-")]
        mine = PlainBrowser(empty, "198.51.100.1")
        mine.sign_in("s1", PASSWORD)
        (wanted,) = [one for one in mine.cookies if one.startswith("desk-known-")]
        for forged in (other.cookies[name], "x.y", "x", "." * 9, "é"):
            thief = PlainBrowser(empty, "203.0.113.99", {wanted: forged.encode().decode("latin-1")})
            thief.sign_in("s1", "guess-number-1")
        tries = [thief.sign_in("s1", "guess-number-1").status for _ in range(6)]
        assert tries == [403] * 5 + [429]


class TestFirstTime:
    def runs(self, store: RealServer, *arguments: str) -> str:
        done = CliRunner().invoke(staff_cli, arguments, env={"REDIS_URL": store.url, "COLUMNS": "200"})
        assert done.exit_code == 0, done.output
        return done.stdout

    def one_time(self, told: str) -> str:
        found = re.search(r"password (\S+):", told)
        assert found
        return found[1]

    def test_added_first_password_changed_phone_in(self, empty: Running, store: RealServer) -> None:
        told = self.runs(store, "add", "赵敏", "--role", "lead", "--area", WOLONG)
        first, one = self.one_time(told), PlainBrowser(empty)
        page = one.sign_in("s1", first, "/desk/audit")
        assert page.to == "/desk/sign-in/password?next=%2Fdesk%2Faudit"
        half = one.cookies["desk"]
        assert one.get("/desk/audit").to.startswith("/desk/sign-in?next=")
        for new, again, why in (
            ("short", "short", "too_short"),
            ("a-good-long-one", "another-one-yet", "not_the_same"),
            (first, first, "as_before"),
            ("13912345678", "13912345678", "no_letter"),
            ("我是赵敏我是赵敏啊啊", "我是赵敏我是赵敏啊啊", "like_you"),
            ("Wenyanglao2026", "Wenyanglao2026", "too_simple"),
            ("x" * 129 + PASSWORD, "x" * 129 + PASSWORD, "too_long"),
        ):
            refused = one.send("/desk/sign-in/password?next=%2Fdesk%2Faudit", {"new": new, "again": again})
            assert (refused.status, 'class="fault"' in refused.text) == (422, True), why
        page = one.send("/desk/sign-in/password?next=%2Fdesk%2Faudit", {"new": PASSWORD, "again": PASSWORD})
        assert page.to == "/desk/sign-in/phone?next=%2Fdesk%2Faudit"
        assert one.cookies["desk"] != half
        page = one.get(page.to)
        found = re.search(r'class="secret">([A-Z2-7 ]+)<', page.text)
        assert found
        secret = found[1].replace(" ", "")
        assert self.scanned(one) == pyotp.TOTP(secret).provisioning_uri(name="s1", issuer_name="问养老")
        wrong = one.send("/desk/sign-in/phone?next=%2Fdesk%2Faudit", {"code": "000000"})
        assert wrong.status == 403
        code = pyotp.TOTP(secret).now()
        page = one.send("/desk/sign-in/phone?next=%2Fdesk%2Faudit", {"code": f"{code[:3]} {code[3:]}"})
        assert (page.status, page.to) == (303, "/desk/audit")
        assert one.get("/desk/audit").status == 200
        assert PlainBrowser(empty).sign_in("s1", first).status == 403
        deeds = [(entry.by, entry.what) for entry in log(empty)][:4]
        assert deeds == [
            ("operator", "staff_added"),
            ("staff:s1", "password_changed"),
            ("staff:s1", "codes_changed"),
            ("staff:s1", "sign_in"),
        ]

    def scanned(self, one: PlainBrowser) -> str:
        """What a phone reads off the picture."""
        picture = one.get("/desk/sign-in/phone.svg")
        assert picture.headers["content-type"] == "image/svg+xml"
        assert picture.headers["cache-control"] == "no-store"
        import zxingcpp
        from PIL import Image

        dark = Image.open(BytesIO(drawn(picture.body)))
        return zxingcpp.read_barcodes(dark)[0].text

    def test_reset_ends_sessions_and_holds_for_a_day(self, empty: Running, store: RealServer) -> None:
        hired(empty, "s1")
        one = PlainBrowser(empty)
        one.sign_in("s1", PASSWORD)
        assert is_in(one)
        first = self.one_time(self.runs(store, "reset", "s1"))
        assert not is_in(one)
        assert PlainBrowser(empty).sign_in("s1", PASSWORD).status == 403
        (name,) = store.tell("KEYS", "*desk-first-password*")
        assert 0 < store.tell("TTL", name) <= 86_400
        assert first.encode() not in b"".join(store.tell("HVALS", "wenyanglao:credentials"))
        assert PlainBrowser(empty).sign_in("s1", first).to.startswith("/desk/sign-in/password")
        store.tell("DEL", name)
        assert PlainBrowser(empty).sign_in("s1", first).status == 403
        assert [entry.what for entry in log(empty)].count("staff_reset") == 1

    def test_a_new_reset_ends_the_one_before(self, empty: Running, store: RealServer) -> None:
        hired(empty, "s1", "lead", secret="JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP")  # noqa: S106
        first = self.one_time(self.runs(store, "reset", "s1"))
        assert credentials(empty, "s1").secret
        second = self.one_time(self.runs(store, "reset", "s1", "--new-phone"))
        assert credentials(empty, "s1").secret is None
        assert PlainBrowser(empty).sign_in("s1", first).status == 403
        assert PlainBrowser(empty).sign_in("s1", second).status == 303

    def test_who_is_disabled_is_out_at_once(self, empty: Running, store: RealServer) -> None:
        seat = staff_session(empty, "worker", staff_id="s1")
        assert seat.get(empty, "/desk/account").status == 200
        self.runs(store, "disable", "s1")
        assert seat.get(empty, "/desk/account").status == 303
        assert seat.post(empty, "/desk/sign-out").status == 303
        for command in ("reset", "code"):
            done = CliRunner().invoke(staff_cli, [command, "s1"], env={"REDIS_URL": store.url})
            assert done.exit_code

    def test_a_password_cannot_be_had_by_going_round(self, empty: Running, store: RealServer) -> None:
        """Every step asks whether the one before was taken."""
        first = self.one_time(self.runs(store, "add", "赵敏", "--role", "lead", "--area", WOLONG))
        one = PlainBrowser(empty)
        one.sign_in("s1", first)
        for step in ("code", "phone", "phone.svg"):
            assert one.get(f"/desk/sign-in/{step}").to.startswith("/desk/sign-in?next=")
        for step in ("code", "phone"):
            assert one.post(f"/desk/sign-in/{step}", {"code": "123456"}).to.startswith("/desk/sign-in?next=")
        nobody = PlainBrowser(empty)
        for step in ("code", "password", "phone"):
            assert nobody.post(f"/desk/sign-in/{step}", {"new": PASSWORD, "again": PASSWORD}).status == 303
        assert one.post("/desk/sign-in/password", {"new": OTHER, "again": OTHER}).status == 403, "no mark"
        assert credentials(empty, "s1").must_change


def drawn(svg: bytes) -> bytes:
    """The picture as a camera sees it; the paths of a QR are rows of modules."""
    from PIL import Image

    text = svg.decode()
    size = int(re.search(r'viewBox="0 0 (\d+)', text)[1]) if "viewBox" in text else 0
    scale = int(re.search(r"scale\((\d+)\)", text)[1])
    size = size or int(re.search(r'width="(\d+)"', text)[1]) // scale
    grid = Image.new("L", (size, size), 255)
    stroke = re.search(r'class="qrline"[^>]* d="([^"]+)"', text) or re.search(r'd="(M4 [^"]+h[^"]+)"', text)
    x, y = 0.0, 0.0
    for kind, numbers in re.findall(r"([MmhH])([-\d. ]+)", stroke[1]):
        values = [float(one) for one in numbers.split()]
        if kind == "M":
            x, y = values
        elif kind == "m":
            x, y = x + values[0], y + values[1]
        else:
            for step in range(int(values[0])):
                grid.putpixel((int(x) + step, int(y)), 0)
            x += values[0]
    kept = BytesIO()
    grid.resize((size * 6, size * 6), Image.Resampling.NEAREST).save(kept, "PNG")
    return kept.getvalue()


class TestCodes:
    SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"  # noqa: S105 - of people in these tests

    def at_the_code(self, desk: Running, address: str = "203.0.113.7") -> PlainBrowser:
        one = PlainBrowser(desk, address)
        assert one.sign_in("s1", PASSWORD).to.startswith("/desk/sign-in/code")
        return one

    def code(self, steps: int = 0) -> str:
        return pyotp.TOTP(self.SECRET).at(time.time() + 30 * steps)

    def test_a_code_lets_in_once(self, empty: Running) -> None:
        hired(empty, "s1", "lead", secret=self.SECRET)
        first, second = self.at_the_code(empty), self.at_the_code(empty)
        half, code = first.cookies["desk"], self.code()
        assert not is_in(first)
        assert first.send("/desk/sign-in/code", {"code": code}).to == "/desk"
        assert is_in(first)
        assert first.cookies["desk"] != half
        assert second.send("/desk/sign-in/code", {"code": code}).status == 403, "used already"
        assert not is_in(second)
        assert PlainBrowser(empty, cookies={"desk": half}).get("/desk/account").status == 303

    def test_one_step_of_tolerance(self, empty: Running) -> None:
        hired(empty, "s1", "lead", secret=self.SECRET)
        for steps, status in ((-1, 303), (1, 303), (-3, 403), (3, 403)):
            one = self.at_the_code(empty)
            assert one.send("/desk/sign-in/code", {"code": self.code(steps)}).status == status, steps

    def test_codes_cannot_be_guessed(self, empty: Running) -> None:
        hired(empty, "s1", "lead", secret=self.SECRET)
        thief = self.at_the_code(empty)
        codes = iter(
            f"{i:06}" for i in range(99) if f"{i:06}" not in {self.code(n) for n in (-2, -1, 0, 1, 2)}
        )
        assert [thief.send("/desk/sign-in/code", {"code": next(codes)}).status for _ in range(10)] == [
            403
        ] * 10
        assert thief.send("/desk/sign-in/code", {"code": self.code()}).status == 429
        again = self.at_the_code(empty, "203.0.113.8")
        assert again.send("/desk/sign-in/code", {"code": self.code()}).status == 429, "wherever they are"
        assert {"sign_in_refused", "sign_in_held_back"} <= {one.what for one in log(empty)}

    @pytest.mark.parametrize("role", ["lead", "admin"])
    def test_a_lead_without_a_phone_is_not_in(self, empty: Running, role: Role) -> None:
        hired(empty, "s1", role)
        one = PlainBrowser(empty)
        assert one.sign_in("s1", PASSWORD).to.startswith("/desk/sign-in/phone")
        assert not is_in(one)

    def test_who_becomes_a_lead_needs_one(self, empty: Running) -> None:
        staff = hired(empty, "s1")
        one = PlainBrowser(empty)
        one.sign_in("s1", PASSWORD)
        assert is_in(one)
        empty.run(empty.app[STAFF].add(replace(staff, role="lead")))
        assert not is_in(one)


class TestSessions:
    def test_every_sign_in_has_a_new_key(self, empty: Running) -> None:
        hired(empty, "s1")
        chosen = "A" * 43
        one = PlainBrowser(empty, cookies={"desk": chosen})
        one.sign_in("s1", PASSWORD)
        first = one.cookies["desk"]
        assert first != chosen
        assert PlainBrowser(empty, cookies={"desk": chosen}).get("/desk/account").status == 303

    def test_they_lapse(self, empty: Running, store: RealServer) -> None:
        seat = staff_session(empty, "worker", staff_id="s1")
        session, seen = (store.tell("KEYS", f"*desk-{name}:*")[0] for name in ("session", "seen"))
        assert 12 * 3600 - 60 < store.tell("TTL", session) <= 12 * 3600
        store.tell("EXPIRE", seen, 100)
        store.tell("EXPIRE", session, 5_000)
        assert seat.get(empty, "/desk/account", x_refresh="1").status == 200
        assert store.tell("TTL", seen) <= 100, "a page that refreshes by itself is no click"
        assert seat.get(empty, "/desk/account").status == 200
        assert 1_700 < store.tell("TTL", seen) <= 1_800
        assert store.tell("TTL", session) <= 5_000, "no click makes it longer than a shift"
        store.tell("DEL", seen)
        assert seat.get(empty, "/desk/account").status == 303

    def test_a_click_under_way_brings_nothing_back(self, empty: Running) -> None:
        """What it keeps at its end comes after the sign-out."""
        seat = staff_session(empty, "worker", staff_id="s1")
        shelf = empty.app[SHELF]
        empty.run(sessions.end(shelf, seat.key))
        empty.run(shelf.put(sessions._seen(seat.key), b"1", sessions.IDLE_S))
        assert seat.get(empty, "/desk/account").status == 303

    @pytest.mark.parametrize("key", ["", "x", "../../x", "A" * 43, "A" * 5_000, "%00" * 14, "é" * 43])
    def test_a_made_up_key_is_nobody(self, empty: Running, key: str) -> None:
        one = PlainBrowser(empty, cookies={"desk": key.encode().decode("latin-1")})
        assert one.get("/desk/account").status == 303
        assert one.get("/desk/sign-in").status == 200

    def test_the_store_holds_no_key(self, empty: Running, store: RealServer) -> None:
        seat = staff_session(empty, "worker", staff_id="s1")
        assert not [one for one in store.tell("KEYS", "*") if seat.key.encode() in one]

    def test_signing_out(self, empty: Running) -> None:
        seat, other = (staff_session(empty, "worker", staff_id="s1") for _ in range(2))
        assert seat.post(empty, "/desk/sign-out", {"csrf": "wrong"}).status == 403
        told = seat.post(empty, "/desk/sign-out")
        assert told.headers["location"] == "/desk/sign-in?out=1"
        assert "Max-Age=0" in told.headers["set-cookie"]
        assert seat.get(empty, "/desk/account").status == 303
        assert other.get(empty, "/desk/account").status == 200
        assert [one.what for one in log(empty)] == ["sign_out"]

    def test_signing_out_everywhere(self, empty: Running) -> None:
        seats = [staff_session(empty, "worker", staff_id="s1") for _ in range(3)]
        stranger = staff_session(empty, "worker", staff_id="s2")
        seats[0].post(empty, "/desk/account/sign-out-everywhere")
        assert [one.get(empty, "/desk/account").status for one in seats] == [303] * 3
        assert stranger.get(empty, "/desk/account").status == 200

    def test_a_new_password_ends_the_other_sessions(self, empty: Running) -> None:
        hired(empty, "s1")
        one, other = PlainBrowser(empty), PlainBrowser(empty, "198.51.100.2")
        for browser in (one, other):
            browser.sign_in("s1", PASSWORD)
        fields = {**one.get("/desk/account").hidden, "password": PASSWORD, "new": OTHER, "again": OTHER}
        before = one.cookies["desk"]
        for wrong, status in (
            ({"password": "not-this-one"}, 422),
            ({"again": "x"}, 422),
            ({"new": "x", "again": "x"}, 422),
        ):
            assert one.post("/desk/account/password", {**fields, **wrong}).status == status
        assert one.post("/desk/account/password", fields).to == "/desk/account?done=password"
        assert is_in(one)
        assert one.cookies["desk"] != before
        assert not is_in(other)
        assert other.sign_in("s1", PASSWORD).status == 403
        assert other.sign_in("s1", OTHER).status == 303

    def test_another_phone(self, empty: Running) -> None:
        hired(empty, "s1")
        one = PlainBrowser(empty)
        one.sign_in("s1", PASSWORD)
        page = one.get("/desk/account/phone")
        secret = re.search(r'class="secret">([A-Z2-7 ]+)<', page.text)[1].replace(" ", "")
        good = {"password": PASSWORD, "code": pyotp.TOTP(secret).now()}
        for wrong in ({"password": "not-this-one"}, {"code": "12345"}):
            assert one.send("/desk/account/phone", {**good, **wrong}).status == 422
        assert one.send("/desk/account/phone", good).to == "/desk/account?done=phone"
        assert credentials(empty, "s1").secret == secret
        assert is_in(one)
        assert PlainBrowser(empty).sign_in("s1", PASSWORD).to.startswith("/desk/sign-in/code")


class TestForms:
    def test_another_site_signs_nobody_in(self, empty: Running) -> None:
        hired(empty, "s1")
        told = {"id": "s1", "password": PASSWORD}
        own = PlainBrowser(empty).get("/desk/sign-in").hidden
        for fields, headers, status in (
            (told, {}, 403),
            ({**told, **own}, {}, 403),
            ({**told, **own}, {"cookie": "desk-form=" + "x" * 32}, 403),
        ):
            page = PlainBrowser(empty).post("/desk/sign-in", fields, **headers)
            assert page.status == status
            assert not [one for one in page.set_cookies if one.startswith("desk=")]

    @pytest.mark.parametrize(
        ("headers", "status"),
        [
            ({"Sec-Fetch-Site": "cross-site"}, 403),
            ({"Sec-Fetch-Site": "same-site"}, 403),
            ({"Sec-Fetch-Site": "same-origin", "Origin": "null"}, 303),
            ({"Origin": "https://evil.example"}, 403),
            ({"Origin": "null"}, 303),
            ({"Origin": "http://127.0.0.1:{port}"}, 303),
            ({"Origin": "http://127.0.0.1:{port}.evil.example"}, 403),
        ],
        ids=range(7),
    )
    def test_where_a_form_comes_from(self, empty: Running, headers: dict[str, str], status: int) -> None:
        hired(empty, "s1")
        told = {name: value.format(port=empty.port) for name, value in headers.items()}
        assert PlainBrowser(empty, headers=told).sign_in("s1", PASSWORD).status == status
        seat = staff_session(empty, "worker", staff_id="s2")
        assert seat.post(empty, "/desk/sign-out", **told).status == status

    def test_a_move_needs_the_mark_of_its_session(self, empty: Running) -> None:
        seat, other = (staff_session(empty, "worker", staff_id=one) for one in ("s1", "s2"))
        for mark in ("", "x", other.csrf, "é" * 40):
            page = seat.post(empty, "/desk/account/sign-out-everywhere", {"csrf": mark})
            assert page.status == 403
        assert seat.get(empty, "/desk/account").status == 200

    @pytest.mark.parametrize(
        "wanted",
        [
            "//evil.example", "/\\evil.example", "\\\\evil.example", "https://evil.example", "/desk//evil.example",
            "/desk/../try", "/desk/%2e%2e/try", "/desk/%2E%2E/try", "/desk\\..\\..\\", "/desk/%5c%5cevil", "/deskevil",
            "/try", "javascript:alert(1)", "/desk/sign-out", "/desk/sign-in/code", " /desk", "/desk\r\nX: y", "/desk/\x00",
            "/%64esk", "/desk/%0d%0aX:y/../..//", "desk", "/desk/" + "x" * 600, "/desk@evil.example", "",
        ],
    )  # fmt: skip
    def test_nobody_is_sent_elsewhere(self, empty: Running, wanted: str) -> None:
        hired(empty, "s1")
        one = PlainBrowser(empty)
        assert one.sign_in("s1", PASSWORD, wanted).to == "/desk"
        form = PlainBrowser(empty)
        fields = {**form.get("/desk/sign-in").hidden, "next": wanted, "id": "s1", "password": PASSWORD}
        assert form.post("/desk/sign-in", fields).to == "/desk"

    def test_inside_the_desk_they_are(self, empty: Running) -> None:
        hired(empty, "s1")
        for wanted in ("/desk", "/desk?x=1", "/desk/requests?area=411303&q=%E5%8D%A7", "/desk/account"):
            assert PlainBrowser(empty).sign_in("s1", PASSWORD, wanted).to == wanted


class TestStoreDown:
    def test_nobody_comes_in_and_nothing_is_shown(self, tmp_path: Path) -> None:
        with real_server(tmp_path) as store, running(tmp_path, REDIS_URL=store.url) as server:
            seat = staff_session(server, "lead")
            assert seat.get(server, "/desk/audit").status == 200
            store.stop()
            assert seat.get(server, "/desk/account").status == 503

    def test_what_cannot_be_noted_is_not_shown(self, empty: Running, store: RealServer) -> None:
        hired(empty, "s1")
        seat = staff_session(empty, "lead", staff_id="s2")
        # A value of another kind stands where the log should: it cannot be written.
        store.tell("SET", f"wenyanglao:audit:{{log}}:{MONTH}", "x")
        assert seat.get(empty, "/desk/audit").status == 503
        assert seat.get(empty, "/desk/audit.csv").status == 503
        one = PlainBrowser(empty)
        assert one.sign_in("s1", PASSWORD).status == 503
        assert not is_in(one)


class TestAuditPage:
    def test_read_chosen_exported(self, empty: Running) -> None:
        worker, lead = staff_session(empty, "worker"), staff_session(empty, "lead", name="=cmd|'/c calc'!A1")
        worker.post(empty, "/desk/sign-out")
        page = lead.get(empty, "/desk/audit")
        assert "是完整的" in page.text
        assert "李梅（s-worker）" in page.text
        only = lead.get(empty, "/desk/audit?what=sign_out")
        assert only.text.count("<td>退出</td>") == 1
        assert "<td>看查看记录</td>" not in only.text
        assert "没有这样的记录" in lead.get(empty, "/desk/audit?who=staff%3As-worker&what=move").text
        assert "没有这样的记录" in lead.get(empty, "/desk/audit?month=2026-01").text
        file = lead.get(empty, "/desk/audit.csv")
        assert file.headers["content-disposition"] == 'attachment; filename="audit-2026-11.csv"'
        assert file.body.startswith(b"\xef\xbb\xbf")
        rows = file.text.lstrip("\ufeff").splitlines()
        assert rows[0] == "时间,谁,做了什么,关于,封印"
        assert "'=cmd" in rows[1], "no cell is a formula"
        assert [one.what for one in log(empty)][-1] == "audit_export"

    @pytest.mark.parametrize("month", ["2026-13", "x", "2026-1", "../x", "2026-11%00"])
    def test_a_wrong_month_is_told(self, empty: Running, month: str) -> None:
        lead = staff_session(empty, "lead")
        assert lead.get(empty, f"/desk/audit?month={month}").status == 422
        assert lead.get(empty, "/desk/audit?page=99999&who=%00&what=%F0%9F").status == 200

    def test_what_was_changed_or_taken_out_is_told(self, empty: Running, store: RealServer) -> None:
        lead, key = staff_session(empty, "lead"), f"wenyanglao:audit:{{log}}:{MONTH}"
        for _ in range(4):
            lead.get(empty, "/desk/audit")
        rows = store.tell("LRANGE", key, 0, -1)
        for broken in (
            [rows[0], *rows[2:]],
            [rows[1], rows[0], *rows[2:]],
            [rows[0].replace(b"s-lead", b"s-else"), *rows[1:]],
            rows[:-1],
            rows[1:],
        ):
            store.tell("DEL", key)
            store.tell("RPUSH", key, *broken)
            page = lead.get(empty, "/desk/audit")
            assert "被改过，或者少了" in page.text
            assert page.status == 200
        store.tell("DEL", key)
        assert "被改过，或者少了" in lead.get(empty, "/desk/audit").text

    def test_many_rows_are_turned_page_by_page(self, empty: Running) -> None:
        lead = staff_session(empty, "lead")

        async def many() -> None:
            for i in range(405):
                entry = AuditEntry("2026-11-21T09:00:00+08:00", "staff:s-lead", "show", {"number": str(i)})
                await empty.app[AUDIT].note(entry)

        empty.run(many())
        third = lead.get(empty, "/desk/audit?what=show&page=3").text
        assert "共405条" in third
        assert "第3页，共3页" in third
        assert third.count("<tr><td>") == 5


@pytest.mark.browser
def test_a_person_signs_in_with_the_keyboard(browser: Browser, empty: Running) -> None:
    """From the one-time password to the account page, without a mouse, and out again."""
    empty.run(empty.app[STAFF].add(Staff("s1", "李梅", "worker", (WOLONG,))))
    first = empty.run(first_password.issue(empty.app[KEYRING], empty.app[SHELF], "s1"))
    context = browser.new_context(viewport={"width": 390, "height": 844}, locale="zh-CN")
    context.set_default_timeout(PATIENCE_MS)
    page, trouble = context.new_page(), []
    page.on("console", lambda one: trouble.append(one.text) if one.type == "error" else None)
    page.goto(empty.url + "/desk/account")
    # The focus comes a moment after the page.
    expect(page.locator("main input:not([type=hidden])").first).to_be_focused()
    page.keyboard.type("s1")
    page.keyboard.press("Tab")
    page.keyboard.type(first)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="换成自己的密码")).to_be_visible()
    for box in (page.get_by_label("新密码", exact=True), page.get_by_label("再填一次新密码")):
        box.fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="我的账号")).to_be_visible()
    expect(page.get_by_text("s1", exact=True)).to_be_visible()
    assert page.evaluate("document.cookie") == ""
    page.get_by_role("link", name="装到手机上").press("Enter")
    # Not `wait_for_function`: what it evaluates in the page is forbidden there.
    wait_until(lambda: page.evaluate("document.querySelector('img.qr').naturalWidth > 100"))
    small = page.eval_on_selector_all(
        "main a, main button, main input:not([type=hidden])",
        "all => all.filter(one => one.getBoundingClientRect().height < 44).map(one => one.outerHTML)",
    )
    assert not small
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.get_by_role("button", name="退出").press("Enter")
    expect(page.get_by_role("status")).to_have_text("已经退出。")
    page.go_back()
    page.reload()
    expect(page.get_by_role("heading", name="登录")).to_be_visible()
    context.close()
    assert not trouble
