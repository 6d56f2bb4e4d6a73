"""The API of a running server, thrown at by its own description: with and without a token, right and wrong in shape."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, Final

import schemathesis
from schemathesis import Case, GenerationMode
from schemathesis.checks import CHECKS, load_all_checks

from bot.dialogue.wording import say
from bot.dispatch import tokens
from bot.keys import SHELF
from tests.desk_side import staff_session
from tests.fuzz.one import Fuzz
from tests.running import Running

# The rules of facts and of days are finer than a schema can be: what fits it may still be refused, with 422.
_NOT_ASKED: Final = ("positive_data_acceptance",)
# As good a refusal of a long body as 422; the checker knows only the latter.
_TOO_LARGE: Final = 413
# Behind that the server itself refuses the line, with 400, before it is anybody's request.
_LONGEST_LINE: Final = 8_000
# What an elder reads where a turn broke inside, with 200 all the same.
_TROUBLE: Final = say("trouble").encode()


def all_of(server: Running) -> Iterator[Fuzz]:
    """One for each address, kind of data and, where staff are asked for, with and without a token."""
    schema = schemathesis.openapi.from_dict(server.get("/api/openapi.json").json)
    schema.config.update(base_url=server.url)
    token = _token(server)
    for found in schema.get_all_operations():
        operation = found.ok()
        guarded = "security" in operation.definition.raw
        for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
            # Where nothing is asked for, there is nothing wrong to send.
            if mode is GenerationMode.NEGATIVE and not (operation.body or operation.query):
                continue
            thrown = {"case": operation.as_strategy(generation_mode=mode)}
            one = Fuzz(f"{operation.label}, {mode.value} data", thrown, _Check(None))
            yield one
            if guarded:
                yield replace(one, name=f"{one.name}, with a token", check=_Check(token))


class _Check:
    """One request, and whether its answer is as described."""

    def __init__(self, token: str | None) -> None:
        load_all_checks()
        self._token = token
        self._never = [CHECKS.get_one(name) for name in _NOT_ASKED]
        self._shape_of_data = CHECKS.get_one("negative_data_rejection")

    def __call__(self, case: Case) -> None:
        if self._token:
            case.headers["Authorization"] = f"Bearer {self._token}"
        answer = case.call()
        if len(answer.request.url or "") > _LONGEST_LINE:
            assert answer.status_code < 500
            return
        left_out = [*self._never, *([self._shape_of_data] if answer.status_code == _TOO_LARGE else [])]
        case.validate_response(answer, excluded_checks=left_out)
        assert _TROUBLE not in answer.content, "a turn failed inside"
        _tells_nothing(answer)


def _tells_nothing(answer: Any) -> None:
    assert b"Traceback" not in answer.content
    assert b"/bot/" not in answer.content
    assert answer.headers["x-content-type-options"] == ["nosniff"]


def _token(server: Running) -> str:
    seat = staff_session(server, "lead", ("411303",), staff_id="s-fuzz")
    return server.run(tokens.issue(server.app[SHELF], seat.staff.id))
