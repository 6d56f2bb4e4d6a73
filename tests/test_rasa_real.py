"""The bot beside a real Rasa, trained from our own sentences: as good, and no turn lost whatever happens to it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import yaml

from nlu import embedded, rasa, rasa_model, report
from nlu.embedded import Embedded
from nlu.rasa import Rasa
from nlu.understanding import INTENTS
from tests.rasa_server import VENV, RasaServer, free_port, model, serving, train_another
from tests.running import running

ROOT = Path(__file__).parents[1]
PROJECT = ROOT / "nlu" / "rasa_project"
NOW = datetime(2026, 11, 21, 9, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
TEXT = "俺爹八十二了，低保户"
# On sentences that neither engine was trained on.
AS_GOOD_AS = 0.9


def test_rasa_knows_the_same_intents() -> None:
    domain = yaml.safe_load((PROJECT / "domain.yml").read_text(encoding="utf-8"))
    assert domain["intents"] == list(INTENTS)


def test_the_lock_names_no_host() -> None:
    assert "://" not in (PROJECT / "requirements.lock").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def server() -> Iterator[RasaServer]:
    if not (VENV / ".ready").exists():
        pytest.skip("Rasa is not installed here; make rasa-train installs and trains it")
    if not model().exists():
        pytest.skip("Rasa is not trained from these sentences; run: make rasa-train")
    with serving(free_port()) as up:
        yield up


@pytest.fixture(scope="module")
def own() -> Embedded:
    return embedded.load(ROOT / "var", report.lexicon(ROOT / "tests" / "sentences" / "lexicon.yaml"))


async def _engine(client: Rasa) -> str:
    return (await client.understand(TEXT, None, NOW)).engine


async def _until(client: Rasa, engine: str) -> None:
    async with asyncio.timeout(rasa.REST_S + 30):
        while await _engine(client) != engine:
            await asyncio.sleep(0.2)


async def test_it_says_which_model_it_has(server: RasaServer, own: Embedded) -> None:
    async with rasa.connect(server.url, own) as client:
        assert await client.state() == f"rasa, model {rasa_model.name()}"


async def test_it_understands_held_out_sentences(server: RasaServer, own: Embedded) -> None:
    cases = report.cases(ROOT / "tests" / "sentences" / "intents")
    async with rasa.connect(server.url, own) as client:
        await _until(client, "rasa")
        heard = [await client.understand(case.text, case.context, NOW) for case in cases]
    right = sum(each.intent in case.intents for each, case in zip(heard, cases, strict=True))
    assert right / len(cases) >= AS_GOOD_AS
    assert {each.engine for each in heard} <= {"rasa", "rules", "embedded"}
    assert sum(each.engine == "rasa" for each in heard) > len(cases) / 2


def test_the_whole_bot_asks_it(server: RasaServer, tmp_path: Path) -> None:
    with running(tmp_path, RASA_URL=server.url) as bot:
        assert f"rasa, model {rasa_model.name()}" in bot.get("/readyz").text
        heard = bot.post("/api/v1/parse", {"id": "1", "text": TEXT}).json
    assert (heard["engine"], heard["people"][0]["facts"]["age"]) == ("rasa", 82)


async def test_while_it_hangs_the_embedded_engine_answers_in_time(
    server: RasaServer, own: Embedded, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rasa, "REST_S", 0.5)
    async with rasa.connect(server.url, own) as client:
        await _until(client, "rasa")
        with server.held():
            async with asyncio.timeout(10 * rasa.BUDGET_S):
                assert [await _engine(client) for _ in range(8)] == ["embedded"] * 8
            assert "embedded, because Rasa does not answer" in await client.state()
        await _until(client, "rasa")


async def test_another_model_in_it_is_not_believed(
    server: RasaServer, own: Embedded, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rasa, "REST_S", 0.5)
    another = train_another(tmp_path)
    async with rasa.connect(server.url, own) as client:
        await _until(client, "rasa")
        server.load(another)
        assert await _engine(client) == "embedded"
        assert "pizza" in await client.state()
        server.load(model())
        await _until(client, "rasa")


async def test_when_it_dies_the_embedded_engine_goes_on(own: Embedded, server: RasaServer) -> None:
    with serving(free_port()) as dying:
        async with rasa.connect(dying.url, own) as client:
            await _until(client, "rasa")
            dying.process.kill()
            dying.process.wait()
            assert await _engine(client) == "embedded"
            assert "embedded, because Rasa cannot be reached" in await client.state()
