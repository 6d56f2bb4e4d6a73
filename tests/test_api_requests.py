"""Calls over the API: who may see and move which, by token, role and place, and what every wrong asking is told."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from pydantic import BaseModel
from structlog.testing import capture_logs

from bot import api
from bot.api.answers import ErrorAnswer
from bot.api.call_shapes import CallAnswer, CallsAnswer, FiguresAnswer
from bot.api.calls import CALLS
from bot.api.handlers import openapi
from bot.booking.numbers import number
from bot.dispatch import tokens
from bot.dispatch.desk import Desk
from bot.keys import AUDIT, CATALOG, CLOCK, DESK, REQUESTS, SHELF, STAFF
from bot.models import Staff
from bot.store.connect import Stores, connect
from bot.web.middleware import middlewares
from tests.storage import PATIENT, RealServer, real_server
from tests.test_records import CATALOG as DATA
from tests.test_records import NOW, SECRETS, call, keep, read_csv, read_xlsx, taken

STAFF_OF = {
    "worker": Staff("s1", "李四", "worker", ("411303",)),
    "hotline": Staff("s2", "王五", "hotline", ("411300",)),
    "lead": Staff("s3", "赵六", "lead", ("411300",)),
    "admin": Staff("s4", "钱七", "admin", ("410000",)),
    "editor": Staff("s5", "孙八", "editor", ("411300",)),
    "other": Staff("s6", "周九", "worker", ("411303",)),
}
HERE, ELSEWHERE, TAKEN, NOWHERE = map(number, range(4))


@dataclass
class House:
    """The API before a real store, with a token for each of the staff."""

    client: TestClient[web.Request, web.Application]
    stores: Stores
    token: dict[str, str] = field(default_factory=dict)
    jobs: list[tuple[str, ...]] = field(default_factory=list)

    async def get(self, who: str | None, path: str) -> Answer:
        return await self.ask("GET", who, path)

    async def move(self, who: str | None, which: str, to: str, **more: object) -> Answer:
        return await self.ask("POST", who, f"/api/v1/requests/{which}/move", json={"to": to, **more})

    async def ask(self, method: str, who: str | None, path: str, **more: Any) -> Answer:
        headers = {"Authorization": f"Bearer {self.token[who]}"} if who else {}
        async with self.client.request(method, path, headers=headers, **more) as came:
            return Answer(came.status, came.headers.get("Content-Type", ""), await came.read())


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    kind: str
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    def fits(self, shape: type[BaseModel]) -> Any:
        assert self.status == 200, self.body
        shape.model_validate_json(self.body)
        return self.json

    def refused(self, status: int, code: str, field: str | None = None) -> None:
        assert self.status == status, self.body
        error = ErrorAnswer.model_validate_json(self.body).error
        assert (error.code, error.field) == (code, field), error
        assert not [secret for secret in SECRETS.values() if secret in error.message]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealServer]:
    with real_server(tmp_path_factory.mktemp("api")) as up:
        yield up


@pytest.fixture
async def house(server: RealServer) -> AsyncIterator[House]:
    server.tell("FLUSHALL")
    stores = await connect(server.url, PATIENT)
    jobs: list[tuple[str, ...]] = []

    async def later(name: str, *values: str, seconds: float = 0.0) -> None:
        jobs.append((name, *values))

    app = web.Application(middlewares=middlewares())
    app[CATALOG], app[CLOCK] = DATA, lambda: NOW + timedelta(minutes=10)
    app[REQUESTS], app[STAFF], app[SHELF] = stores.requests, stores.staff, stores.shelf
    app[AUDIT] = stores.audit
    app[DESK] = Desk(
        stores.requests, stores.staff, stores.mailbox, later, app[CATALOG], app[CLOCK], stores.shelf
    )
    api.add_routes(app)
    async with TestClient(TestServer(app)) as client:
        up = House(client, stores, jobs=jobs)
        for name, one in STAFF_OF.items():
            await stores.staff.add(one)
            up.token[name] = await tokens.issue(stores.shelf, one.id)
        await keep(stores, call(HERE), call(ELSEWHERE, region="130581"), taken(call(TAKEN), 5))
        yield up
    await stores.close()


class TestWhoAsks:
    @pytest.mark.parametrize("one", CALLS, ids=lambda one: one.name)
    async def test_nobody_without_a_token(self, house: House, one: Any) -> None:
        path = one.path.replace("{number}", HERE)
        for header in ("", "Bearer", "Bearer ", "Bearer x", "Basic d3lsX3g6", "Bearer wyl_" + "x" * 3_000):
            async with house.client.request(one.method, path, headers={"Authorization": header}) as came:
                Answer(came.status, "", await came.read()).refused(401, "not_signed_in")

    async def test_a_token_of_another_shape(self, house: House) -> None:
        for token in (house.token["lead"][:-1], house.token["lead"] + "x", "wyl_", "wyl_é"):
            async with house.client.get(
                "/api/v1/requests", headers={"Authorization": f"Bearer {token}"}
            ) as came:
                assert came.status == 401

    async def test_the_scheme_in_any_case(self, house: House) -> None:
        headers = {"Authorization": f"bearer  {house.token['lead']}"}
        async with house.client.get("/api/v1/requests", headers=headers) as came:
            assert came.status == 200

    async def test_an_editor_sees_no_calls(self, house: House) -> None:
        for path in (
            "/requests",
            f"/requests/{HERE}",
            "/requests/export?month=2026-11",
        ):
            (await house.get("editor", f"/api/v1{path}")).refused(403, "refused")


class TestTokens:
    async def test_a_new_one_ends_the_one_before(self, house: House) -> None:
        shelf, room = house.stores.shelf, house.stores.staff
        new = await tokens.issue(shelf, "s1")
        assert new != house.token["worker"]
        assert len(new) > 40
        assert await tokens.holder(shelf, room, house.token["worker"]) is None
        assert await tokens.holder(shelf, room, new) == STAFF_OF["worker"]

    async def test_who_left_has_none(self, house: House) -> None:
        await house.stores.staff.add(replace(STAFF_OF["lead"], active=False))
        (await house.get("lead", "/api/v1/requests")).refused(401, "not_signed_in")

    async def test_one_that_was_withdrawn(self, house: House) -> None:
        for _ in range(2):
            await tokens.withdraw(house.stores.shelf, "s3")
        (await house.get("lead", "/api/v1/requests")).refused(401, "not_signed_in")
        assert (await house.get("admin", "/api/v1/requests")).status == 200

    async def test_somebody_unknown_has_none(self, house: House) -> None:
        token = await tokens.issue(house.stores.shelf, "nobody")
        assert await tokens.holder(house.stores.shelf, house.stores.staff, token) is None

    async def test_only_digests_are_kept_and_they_lapse(self, house: House, server: RealServer) -> None:
        names = [name.decode() for name in server.tell("KEYS", "wenyanglao:shelf:staff-token*")]
        kept = " ".join(names) + " ".join(server.tell("GET", name).decode() for name in names)
        assert len(names) == 2 * len(STAFF_OF)
        assert not [token for token in house.token.values() if token in kept or token[4:] in kept]
        assert all(0 < server.tell("TTL", name) <= 365 * 86_400 for name in names)


class TestList:
    @pytest.mark.parametrize(
        ("who", "numbers"),
        [
            ("worker", {HERE, TAKEN}),
            ("hotline", {HERE, TAKEN}),
            ("lead", {HERE, TAKEN}),
            ("admin", {HERE, TAKEN, ELSEWHERE}),
        ],
    )
    async def test_each_sees_their_places(self, house: House, who: str, numbers: set[str]) -> None:
        answer = await house.get(who, "/api/v1/requests")
        told = answer.fits(CallsAnswer)
        assert {one["number"] for one in told["calls"]} == numbers
        assert not [secret for secret in SECRETS.values() if secret in answer.body.decode()]

    @pytest.mark.parametrize(
        ("query", "numbers"),
        [
            ("state=accepted", {TAKEN}),
            ("state=done", set()),
            ("area=130500", {ELSEWHERE}),
            ("since=2026-11-21", {HERE, TAKEN, ELSEWHERE}),
            ("since=2026-11-22", set()),
            ("urgent=true", set()),
            ("late=true", set()),
            ("urgent=false&late=false", {HERE, TAKEN, ELSEWHERE}),
        ],
    )
    async def test_what_is_asked_for(self, house: House, query: str, numbers: set[str]) -> None:
        told = (await house.get("admin", f"/api/v1/requests?{query}")).fits(CallsAnswer)
        assert {one["number"] for one in told["calls"]} == numbers

    @pytest.mark.parametrize(
        ("query", "field"),
        [("state=lost", "state"), ("since=2026-02-31", "since"), ("area=x", "area"), ("urgent=1", "urgent")],
    )
    async def test_a_wrong_value_is_named(self, house: House, query: str, field: str) -> None:
        (await house.get("admin", f"/api/v1/requests?{query}")).refused(422, "bad_value", field)


class TestShow:
    async def test_a_call_with_its_history(self, house: House) -> None:
        answer = await house.get("hotline", f"/api/v1/requests/{TAKEN}")
        told = answer.fits(CallAnswer)
        assert (told["state"], told["intact"], told["personal"]) == ("accepted", True, None)
        assert [one["state"] for one in told["history"]] == ["submitted", "accepted"]
        assert not [secret for secret in SECRETS.values() if secret in answer.body.decode()]

    async def test_personal_fields_leave_one_line(self, house: House) -> None:
        with capture_logs() as logs:
            told = (await house.get("lead", f"/api/v1/requests/{HERE}?personal=true")).fits(CallAnswer)
        assert told["personal"] == SECRETS
        (line,) = logs
        assert (line["event"], line["by"], line["number"]) == ("personal_fields_shown", "staff:s3", HERE)
        assert not [secret for secret in SECRETS.values() if secret in str(line)]

    async def test_personal_fields_are_for_those_who_come(self, house: House) -> None:
        personal = f"/api/v1/requests/{TAKEN}?personal=true"
        with capture_logs() as logs:
            (await house.get("hotline", personal)).refused(403, "refused")
            (await house.get("other", personal)).refused(403, "not_yours")
        assert [(one["event"], one["what"], one["by"], one["why"]) for one in logs] == [
            ("personal_fields_refused", "personal", "staff:s2", "refused"),
            ("personal_fields_refused", "personal", "staff:s6", "not_yours"),
        ]
        assert not [secret for secret in SECRETS.values() if secret in str(logs)]
        assert (await house.get("worker", personal)).fits(CallAnswer)["personal"]["phone"] == SECRETS["phone"]

    async def test_another_place_is_not_shown(self, house: House) -> None:
        for who in ("worker", "hotline", "lead"):
            (await house.get(who, f"/api/v1/requests/{ELSEWHERE}")).refused(403, "not_your_area")
        assert (await house.get("admin", f"/api/v1/requests/{ELSEWHERE}")).status == 200

    @pytest.mark.parametrize("odd", [NOWHERE, "9137481", "1", "%00", "九", "a%20b", "9" * 3_000, "%ff"])
    async def test_a_number_that_no_call_has(self, house: House, odd: str) -> None:
        (await house.get("admin", f"/api/v1/requests/{odd}")).refused(404, "not_found", "number")


class TestAudit:
    async def test_every_look_and_move_is_in_the_log(self, house: House) -> None:
        await house.get("lead", f"/api/v1/requests/{HERE}")
        await house.get("lead", f"/api/v1/requests/{HERE}?personal=true")
        await house.get("hotline", f"/api/v1/requests/{HERE}?personal=true")
        await house.move("worker", HERE, "accepted")
        await house.get("lead", "/api/v1/requests/export?month=2026-11&personal=true")
        told = [(one.by, one.what, dict(one.about)) for one in await house.stores.audit.read("2026-11")]
        assert told == [
            ("staff:s3", "show", {"number": HERE}),
            ("staff:s1", "move", {"number": HERE, "to": "accepted"}),
            ("staff:s3", "export", {"month": "2026-11", "calls": "2"}),
        ]

    async def test_what_cannot_be_noted_is_not_shown(self, house: House, server: RealServer) -> None:
        server.tell("SET", "wenyanglao:audit:{log}:2026-11", "x")
        for answer in (
            await house.get("lead", f"/api/v1/requests/{HERE}?personal=true"),
            await house.get("lead", "/api/v1/requests/export?month=2026-11&personal=true"),
            await house.move("worker", HERE, "accepted"),
        ):
            answer.refused(503, "store_down")
        assert (await house.get("lead", f"/api/v1/requests/{HERE}")).json["state"] == "submitted"


class TestMove:
    async def test_a_worker_takes_and_ends_it(self, house: House) -> None:
        told = (await house.move("worker", HERE, "accepted", note="电话约好了")).fits(CallAnswer)
        assert (told["worker"], told["version"]) == ("staff:s1", 2)
        assert told["history"][-1]["note"] == "电话约好了"
        assert (await house.move("worker", HERE, "done")).fits(CallAnswer)["intact"]
        assert {job[0] for job in house.jobs} >= {"tell", "track"}
        found = await house.stores.requests.find(HERE)
        assert found
        assert found.state == "done"

    async def test_the_same_move_again_changes_nothing(self, house: House) -> None:
        first, again = [(await house.move("worker", HERE, "accepted")).json for _ in range(2)]
        assert first == again

    async def test_a_call_that_was_moved_since_it_was_seen_stays(self, house: House) -> None:
        seen = (await house.get("lead", f"/api/v1/requests/{HERE}")).fits(CallAnswer)["version"]
        (await house.move("worker", HERE, "accepted", version=seen)).fits(CallAnswer)
        (await house.move("lead", HERE, "cancelled", version=seen)).refused(409, "overtaken")
        (await house.move("lead", HERE, "cancelled", version=seen + 7)).refused(409, "overtaken")
        told = (await house.move("lead", HERE, "cancelled", version=seen + 1)).fits(CallAnswer)
        assert told["state"] == "cancelled"

    async def test_what_cannot_be_is_refused_with_its_reason(self, house: House) -> None:
        (await house.move("other", TAKEN, "accepted")).refused(409, "taken_by_another")
        (await house.move("worker", HERE, "done")).refused(409, "not_taken")
        await house.move("lead", HERE, "cancelled")
        (await house.move("worker", HERE, "accepted")).refused(409, "already_cancelled")
        found = await house.stores.requests.find(HERE)
        assert found
        assert found.version == 2

    async def test_who_may_not(self, house: House) -> None:
        (await house.move("hotline", HERE, "accepted")).refused(403, "refused")
        (await house.move("worker", ELSEWHERE, "accepted")).refused(403, "not_your_area")
        (await house.move("worker", NOWHERE, "accepted")).refused(404, "not_found", "number")

    async def test_an_admin_moves_those_of_every_place(self, house: House) -> None:
        told = (await house.move("admin", ELSEWHERE, "accepted")).fits(CallAnswer)
        assert told["worker"] == "staff:s4"

    @pytest.mark.parametrize(
        ("body", "code", "field"),
        [
            ({"to": "lost"}, "bad_value", "to"),
            ({}, "bad_value", "to"),
            ({"to": "done", "note": "长" * 201}, "bad_value", "note"),
            ({"to": "done", "note": 3}, "bad_value", "note"),
            ({"to": "done", "version": 0}, "bad_value", "version"),
            ({"to": "done", "version": "2"}, "bad_value", "version"),
            ({"to": "done", "nota": "x"}, "unknown_key", "nota"),
        ],
    )
    async def test_a_wrong_body_is_named(
        self, house: House, body: dict[str, Any], code: str, field: str
    ) -> None:
        answer = await house.ask("POST", "lead", f"/api/v1/requests/{HERE}/move", json=body)
        answer.refused(422, code, field)

    async def test_two_at_once_and_one_gets_it(self, house: House) -> None:
        came = await asyncio.gather(*(house.move(who, HERE, "accepted") for who in ("worker", "other")))
        assert sorted(one.status for one in came) == [200, 409]


# The status of each asking about a call that somebody of 卧龙区 has taken, by role and whether that place is theirs.
MAY = [
    ("worker", True, (200, 403, 409, 403, 403)),
    ("worker", False, (403, 403, 403, 403, 403)),
    ("hotline", True, (200, 403, 403, 403, 200)),
    ("hotline", False, (403, 403, 403, 403, 200)),
    ("lead", True, (200, 200, 409, 200, 200)),
    ("lead", False, (403, 403, 403, 200, 200)),
    ("admin", True, (200, 200, 409, 200, 200)),
    ("admin", False, (200, 200, 409, 200, 200)),
    ("editor", True, (403, 403, 403, 403, 403)),
]


class TestRolesAndPlaces:
    @pytest.mark.parametrize(("role", "own", "statuses"), MAY)
    async def test_what_each_may_ask(
        self, house: House, role: str, own: bool, statuses: tuple[int, ...]
    ) -> None:
        """Shown, shown with what is personal, taken, exported, counted; each refusal leaves a line."""
        place = "411303" if own else "130581"
        await house.stores.staff.add(Staff("s9", "郑", role, (place,)))  # type: ignore[arg-type]
        house.token["s9"] = await tokens.issue(house.stores.shelf, "s9")
        paths = [f"/api/v1/requests/{TAKEN}", f"/api/v1/requests/{TAKEN}?personal=true"]
        others = ["/api/v1/requests/export?month=2026-11&personal=true", "/api/v1/figures?month=2026-11"]
        with capture_logs() as logs:
            shown = [await house.get("s9", path) for path in paths]
            moved = await house.move("s9", TAKEN, "accepted")
            asked = [await house.get("s9", path) for path in others]
        came = [*shown, moved, *asked]
        assert tuple(one.status for one in came) == statuses
        events = [one["event"] for one in logs]
        assert events.count("personal_fields_refused") == statuses.count(403)
        assert events.count("personal_fields_shown") == (statuses[1], statuses[3]).count(200)
        phones = [SECRETS["phone"] in one.body.decode("utf-8", "replace") for one in came]
        assert phones == [False, statuses[1] == 200, False, statuses[3] == 200, False]
        assert (TAKEN in came[3].body.decode()) == (statuses[3] == 200 and (own or role == "admin"))
        assert not [secret for secret in SECRETS.values() if secret in str(logs)]


class TestExport:
    async def test_a_csv_of_ones_places(self, house: House) -> None:
        answer = await house.get("lead", "/api/v1/requests/export?month=2026-11")
        assert answer.kind.startswith("text/csv")
        rows = read_csv(answer.body)
        assert {row[0] for row in rows[1:]} == {HERE, TAKEN}
        assert "电话" not in rows[0]

    async def test_a_workbook_with_what_is_personal(self, house: House) -> None:
        with capture_logs() as logs:
            answer = await house.get(
                "admin", "/api/v1/requests/export?month=2026-11&format=xlsx&personal=true"
            )
        assert set(SECRETS.values()) | {ELSEWHERE} <= set(read_xlsx(answer.body)[1])
        assert [(one["what"], one["by"], one["calls"]) for one in logs] == [("export", "staff:s4", 3)]

    async def test_it_is_for_leads(self, house: House) -> None:
        for who in ("worker", "hotline"):
            (await house.get(who, "/api/v1/requests/export?month=2026-11")).refused(403, "refused")

    @pytest.mark.parametrize(
        ("query", "field"),
        [("", "month"), ("month=2026-13", "month"), ("month=2026-11&format=pdf", "format")],
    )
    async def test_a_wrong_value_is_named(self, house: House, query: str, field: str) -> None:
        (await house.get("lead", f"/api/v1/requests/export?{query}")).refused(422, "bad_value", field)


class TestFigures:
    async def test_as_data_of_ones_places(self, house: House) -> None:
        await keep(house.stores, *(call(f"910{n:04}") for n in range(6)))
        told = (await house.get("hotline", "/api/v1/figures?month=2026-11")).fits(FiguresAnswer)
        assert told["total"]["count"] == 8
        assert [one["name"] for one in told["by_area"]] == ["南阳市卧龙区"]
        few = (await house.get("admin", "/api/v1/figures?month=2026-11&area=130581")).fits(FiguresAnswer)
        assert (few["total"]["count"], few["total"]["text"]) == (None, "少于5")

    async def test_as_a_picture(self, house: House) -> None:
        answer = await house.get("lead", "/api/v1/figures?month=2026-11&picture=area")
        assert answer.kind.startswith("image/svg+xml")
        assert answer.body.startswith(b"<svg ")

    async def test_they_are_not_for_workers(self, house: House) -> None:
        (await house.get("worker", "/api/v1/figures?month=2026-11")).refused(403, "refused")


class TestTheDocument:
    def test_it_tells_that_these_are_for_staff(self) -> None:
        document = openapi()
        assert document["components"]["securitySchemes"]["staff"]["scheme"] == "bearer"
        for one in CALLS:
            told = document["paths"][one.path][one.method.lower()]
            assert told["security"] == [{"staff": []}]
            assert {"401", "403", "503"} <= set(told["responses"])
        assert "security" not in document["paths"]["/api/v1/screen"]["post"]
        assert "409" in document["paths"]["/api/v1/requests/{number}/move"]["post"]["responses"]

    def test_it_tells_which_files_come(self) -> None:
        paths = openapi()["paths"]
        export = paths["/api/v1/requests/export"]["get"]["responses"]["200"]["content"]
        assert "text/csv" in export
        assert "application/json" not in export
        figures = paths["/api/v1/figures"]["get"]["responses"]["200"]["content"]
        assert set(figures) == {"application/json", "image/svg+xml"}


async def test_where_the_store_is_down_it_is_told(house: House, server: RealServer) -> None:
    with server.frozen():
        (await house.get("lead", "/api/v1/requests")).refused(503, "store_down")
