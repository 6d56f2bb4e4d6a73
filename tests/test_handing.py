"""A code that hands an answer from the hotline's desk to the caller's WeChat: once, for an hour, not to be guessed."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import pytest

from bot.errors import StoreDown
from bot.handing import HOLDS_S, issue, redeem
from bot.store.connect import connect
from bot.store.port import Shelf
from tests.storage import PATIENT, RealServer, real_server

FACTS = {"region": "411303", "age": 83, "status": {"low_income": True}, "disability": None}


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealServer]:
    with real_server(tmp_path_factory.mktemp("codes")) as up:
        yield up


@pytest.fixture
async def shelf(kept: RealServer) -> AsyncIterator[Shelf]:
    stores = await connect(kept.url, PATIENT)
    yield stores.shelf
    await stores.close()


async def test_a_code_brings_the_facts_once(shelf: Shelf) -> None:
    code = await issue(shelf, FACTS, "mother")
    assert len(code) == 6
    assert code.isdecimal()
    handed = await redeem(shelf, code, "one")
    assert handed is not None
    assert (handed.facts, handed.person) == (FACTS, "mother")
    assert await redeem(shelf, code, "another") is None


async def test_a_push_that_comes_again_gets_the_same(shelf: Shelf) -> None:
    code = await issue(shelf, FACTS)
    assert await redeem(shelf, code, "one") == await redeem(shelf, code, "one")


async def test_two_answers_have_two_codes_even_where_they_are_alike(shelf: Shelf) -> None:
    assert len({await issue(shelf, FACTS) for _ in range(20)}) == 20


@pytest.mark.parametrize("code", ["", "12345", "1234567", "12345a", "１２３４５６", "\ud800" * 6])
async def test_what_is_no_code_is_none(shelf: Shelf, code: str) -> None:
    assert await redeem(shelf, code, "one") is None


async def test_whoever_guesses_is_held_back_and_nobody_else(shelf: Shelf) -> None:
    code = await issue(shelf, FACTS)
    wrong = f"{(int(code) + 1) % 1_000_000:06}"
    for _ in range(5):
        assert await redeem(shelf, wrong, "guesser") is None
    assert await redeem(shelf, code, "guesser") is None
    assert await redeem(shelf, code, "caller") is not None


async def test_right_codes_use_up_no_tries(shelf: Shelf) -> None:
    for _ in range(7):
        assert await redeem(shelf, await issue(shelf, FACTS), "one") is not None


async def test_where_every_code_is_taken_it_is_told() -> None:
    class Full:
        async def claim(self, name: str, holder: str, seconds: float) -> bool:
            assert seconds == HOLDS_S
            return False

    with pytest.raises(StoreDown):
        await issue(Full(), FACTS)  # type: ignore[arg-type]
