"""The commands and the talk in the terminal, run in this process: what is typed in, what comes out, the exit code."""

from __future__ import annotations

import io
import json
import socket
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import structlog

from bot.__main__ import main
from bot.dialogue.wording import say

ROOT = Path(__file__).resolve().parents[1]
AS_OF = ("--as-of", "2026-11-21T09:00:00+08:00")


@pytest.fixture(autouse=True)
def logs_as_before() -> Iterator[None]:
    """The commands send the logs to the standard error of the test, which ends with it."""
    yield
    structlog.reset_defaults()


class Terminal:
    """Types lines into a command and reads what it prints."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        self._monkeypatch = monkeypatch
        self._capsys = capsys

    def __call__(self, *command: str, typed: str = "") -> tuple[int, str, str]:
        """The exit code, what was printed, and what was complained of."""
        self._monkeypatch.chdir(ROOT)
        self._monkeypatch.setattr(sys, "argv", ["bot", *command])
        self._monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(typed.encode())))
        with pytest.raises(SystemExit) as ended:
            main()
        printed = self._capsys.readouterr()
        return int(ended.value.code or 0), printed.out, printed.err

    def lines(self, *command: str, given: list[Any]) -> tuple[int, list[Any]]:
        """As above, with JSON lines both ways; text goes in as it is."""
        typed = "".join((one if isinstance(one, str) else json.dumps(one)) + "\n" for one in given)
        code, out, _ = self(*command, typed=typed)
        return code, [json.loads(line) for line in out.splitlines()]


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Terminal:
    return Terminal(monkeypatch, capsys)


def test_a_person_is_greeted_answered_and_may_leave(terminal: Terminal) -> None:
    code, out, _ = terminal("talk", *AS_OF, typed="我爹83，卧龙区的\n7\n")
    assert code == 0
    assert say("greeting") in out
    assert "您父亲" in out
    assert "50元" in out
    # Choices are numbers here, and a number was an answer: 都没有 to the household.
    assert say("terminal_tap", number=1, label="低保") in out
    assert "残疾证" in out


def test_a_person_who_says_nothing_is_greeted(terminal: Terminal) -> None:
    code, out, _ = terminal("talk", *AS_OF)
    assert code == 0
    assert say("greeting") in out


def test_ctrl_c_ends_the_talk(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    class Interrupted(io.StringIO):
        def readline(self, size: int | None = -1, /) -> str:
            raise KeyboardInterrupt

    monkeypatch.chdir(ROOT)
    monkeypatch.setattr(sys, "argv", ["bot", "talk", *AS_OF])
    monkeypatch.setattr(sys, "stdin", Interrupted())
    with pytest.raises(SystemExit) as ended:
        main()
    assert not ended.value.code
    assert say("greeting") in capsys.readouterr().out


def test_programs_talk_in_lines(terminal: Terminal) -> None:
    code, told = terminal.lines("talk", "--jsonl", *AS_OF, given=[
        {"user": "a", "text": "我83"}, "", {"user": "a", "text": "卧龙区"}, {"user": "b", "text": "我70"},
    ])  # fmt: skip
    assert code == 0
    assert [one["user"] for one in told] == ["a", "a", "b"]
    assert told[1]["people"]["self"]["facts"] == {"age": 83, "region": "411303"}
    assert told[2]["people"]["self"]["facts"] == {"age": 70}


def test_a_line_that_cannot_be_answered_does_not_end_the_run(terminal: Terminal) -> None:
    given = ["{", {"user": "a", "text": 3}, {"user": "a", "text": "我83"}]
    code, (broken, wrong, good) = terminal.lines("talk", "--jsonl", *AS_OF, given=given)
    assert code == 1
    assert broken["error"]["code"] == "bad_json"
    assert wrong["error"]["field"] == "text"
    assert good["subject"] == "self"


# command, a line, what its error names
BAD_LINES: list[tuple[str, Any, str | None]] = [
    ("screen", {"id": "1"}, "facts"),
    ("screen", {"id": 1, "facts": {}}, "id"),
    ("screen", {"facts": {"birth_date": "2030"}}, "facts.birth_date"),
    ("screen", "[1]", None),
    ("parse", {"id": "1"}, "text"),
    ("parse", {"text": "我83", "context": "weather"}, "context"),
]


@pytest.mark.parametrize(("command", "line", "field"), BAD_LINES)
def test_a_bad_line_is_named_and_the_next_is_answered(
    terminal: Terminal, command: str, line: Any, field: str | None
) -> None:
    good = {"id": "2", "facts": {}, "text": "我83"}
    code, (bad, answered) = terminal.lines(command, *AS_OF, given=[line, "  ", good])
    assert code == 1
    assert bad["error"]["field"] == field
    assert bad["error"]["message"]
    assert answered["id"] == "2"


def test_screening_good_lines_ends_well(terminal: Terminal) -> None:
    facts = {"region": "411303", "age": 83}
    code, (one,) = terminal.lines("screen", *AS_OF, given=[{"id": "x", "facts": facts}])
    assert code == 0
    assert one["id"] == "x"
    assert [r["verdict"] for r in one["results"] if r["id"] == "wolong-05"] == ["yes"]


def test_the_fixed_day_is_the_day_of_the_screening(terminal: Terminal) -> None:
    line = {"facts": {"region": "411303", "birth_date": "1946-11-22"}}
    verdicts = []
    for moment in ("2026-11-21T23:59:59+08:00", "2026-11-22T00:00:00+08:00"):
        _, (one,) = terminal.lines("screen", "--as-of", moment, given=[line])
        verdicts += [r["verdict"] for r in one["results"] if r["id"] == "wolong-05"]
    assert verdicts == ["no", "yes"]


def test_the_lists_as_a_table_and_as_data(terminal: Terminal) -> None:
    _, table, _ = terminal("lists")
    code, (data,) = terminal.lines("lists", "--json", given=[])
    assert code == 0
    rows = [line.split("\t") for line in table.splitlines()]
    assert [row[0] for row in rows] == [one["id"] for one in data["lists"]]
    assert [int(row[3]) for row in rows] == [len(one["items"]) for one in data["lists"]]


def test_a_good_catalog_is_told_and_a_broken_one_named(terminal: Terminal, tmp_path: Path) -> None:
    code, out, _ = terminal("catalog", "check")
    assert code == 0
    assert "5 lists" in out
    code, _, err = terminal("catalog", "check", str(tmp_path))
    assert code == 1
    assert "lists:1: the folder is missing" in err


@pytest.mark.parametrize(
    ("command", "says"),
    [
        (("screen", "--as-of", "yesterday"), "--as-of: write a moment such as"),
        (("talk", "--jsonl", "--store", "mysql://secret@host"), "REDIS_URL cannot be read"),
        (("serve", "--port", "70000"), "less than or equal to 65535"),
    ],
)
def test_a_wrong_setting_is_named_and_ends_with_two(
    terminal: Terminal, command: tuple[str, ...], says: str
) -> None:
    code, out, err = terminal(*command)
    assert code == 2
    assert says in err
    assert "secret" not in out + err
    assert "Traceback" not in err


@pytest.mark.parametrize("command", [("dance",), ("screen", "--loud"), ("serve", "--port", "many")])
def test_wrong_usage_ends_with_two(terminal: Terminal, command: tuple[str, ...]) -> None:
    assert terminal(*command)[0] == 2


def test_where_it_cannot_listen_it_says_so(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        code, out, err = terminal("serve", "--host", "127.0.0.1", "--port", port)
    assert code == 2
    assert port in err
    assert "Traceback" not in err
    assert "open http" not in out
