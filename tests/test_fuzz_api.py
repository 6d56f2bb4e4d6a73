"""A little of `python -m tests.fuzz` in every run: the API answers as its own description says."""

from __future__ import annotations

from bot.dialogue.wording import say
from tests.fuzz import api
from tests.running import Running


def test_every_address_answers_as_described(server: Running) -> None:
    """No 5xx, the described shapes and types, wrong data refused, nothing of the inside told."""
    names = []
    for one in api.all_of(server):
        one.run(examples=3, dice=20261121)
        names.append(one.name)
    assert len(names) >= 25
    assert sum("with a token" in name for name in names) >= 9


def test_a_tap_that_says_nothing_is_no_trouble(server: Running) -> None:
    """Found by throwing: the turn broke inside, and the elder read that something was wrong."""
    told = server.post("/api/v1/talk", {"user": "taps nothing", "event": "click"}).json
    assert told["reply"]
    assert say("trouble") not in told["reply"]
