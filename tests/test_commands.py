"""The commands as other programs call them: JSON lines in, JSON lines out, honest exit codes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
AS_OF = ("--as-of", "2026-11-21T09:00:00+08:00")
SCREEN_KEYS = ["id", "region", "list", "results", "total", "next", "presumed", "notes"]
RESULT_KEYS = {
    "id", "item", "name", "verdict", "kind", "benefits", "agencies", "agency_note", "because", "missing", "extends",
    "source",
}  # fmt: skip


def bot(*command: str, lines: Sequence[Any] = (), **settings: str) -> subprocess.CompletedProcess[str]:
    """One command with these lines on its standard input; text goes in as it is."""
    given = "".join(
        (one if isinstance(one, str) else json.dumps(one, ensure_ascii=False)) + "\n" for one in lines
    )
    env = {"PATH": os.environ["PATH"], **settings}
    return subprocess.run(
        [sys.executable, "-m", "bot", *command],
        cwd=ROOT,
        input=given,
        capture_output=True,
        text=True,
        env=env,
    )


def answers(run: subprocess.CompletedProcess[str]) -> list[Any]:
    return [json.loads(line) for line in run.stdout.splitlines()]


def test_screen_answers_every_line_in_order() -> None:
    elder = {"region": "卧龙区", "age": 83, "status": ["low_income"], "disability": {"level": 2}}
    run = bot(
        "screen",
        "--jsonl",
        *AS_OF,
        lines=[{"id": "a", "facts": elder}, "{", {"id": "c", "facts": {"agee": 1}}],
    )
    good, broken, unknown = answers(run)
    assert run.returncode == 1
    assert list(good) == SCREEN_KEYS
    assert good["region"] == {"code": "411303", "name": "南阳市卧龙区"}
    assert [one["id"] for one in good["results"]][:2] == ["wolong-01", "wolong-02"]
    assert all(set(one) >= RESULT_KEYS for one in good["results"])
    assert all("reason" in one for one in good["results"] if one["verdict"] == "maybe")
    assert good["total"]["month_min"] == 185
    assert "卧龙" in run.stdout
    assert broken["error"]["code"]
    assert unknown["error"] == {
        "code": "unknown_fact", "message": "there is no fact 'agee'; did you mean 'age'?", "field": "facts.agee",
    }  # fmt: skip


def test_screen_of_good_lines_ends_well() -> None:
    assert bot("screen", "--jsonl", lines=[{"id": "a", "facts": {}}]).returncode == 0


def test_parse_reads_the_moment_from_as_of() -> None:
    run = bot(
        "parse",
        "--jsonl",
        *AS_OF,
        lines=[{"id": "1", "text": "帮我约个人来洗澡，明天上午九点", "context": None}],
    )
    (told,) = answers(run)
    assert set(told) == {"id", "intent", "confidence", "engine", "people", "slots", "emergency"}
    assert told["intent"] == "book_call"
    assert told["slots"]["time"] == "2026-11-22T09:00:00+08:00"


def test_parse_refuses_an_unknown_context() -> None:
    run = bot("parse", "--jsonl", lines=[{"id": "1", "text": "是", "context": "weather"}])
    assert run.returncode == 1
    assert answers(run)[0]["error"]["field"] == "context"


def test_talk_keeps_each_user_apart() -> None:
    run = bot("talk", "--jsonl", *AS_OF, lines=[
        {"user": "a", "text": "俺娘83了，低保，二级残疾，卧龙区的，能领啥钱"},
        {"user": "b", "text": "我70"},
        {"user": "a", "tap": "care:0", "text": "都能自己来"},
        {"user": ""},
    ])  # fmt: skip
    first, other, tapped, nobody = answers(run)
    assert first["subject"] == "mother"
    assert "wolong-05" in first["results"]["yes"]
    assert first["answers"]["mother"] == first["results"]
    assert other["people"] == {"self": {"facts": {"age": 70}}}
    assert tapped["people"]["mother"]["facts"]["care"] == "independent"
    assert nobody["error"]["field"] == "user"
    assert run.returncode == 1


def test_lists_are_told_as_data() -> None:
    (told,) = answers(bot("lists", "--json"))
    assert {one["id"] for one in told["lists"]} == {"nanyang", "wolong", "kaifeng", "yanling", "nangong"}
    item = next(one for one in told["lists"] if one["id"] == "wolong")["items"][4]
    assert {
        "id",
        "item",
        "name",
        "kind",
        "who",
        "may_extend_to",
        "benefits",
        "agencies",
        "source",
        "reading",
    } <= set(item)


def test_the_catalog_check_says_that_all_is_well() -> None:
    run = bot("catalog", "check")
    assert run.returncode == 0
    assert "5 lists" in run.stdout


def test_the_catalog_check_fails_with_the_line(tmp_path: Path) -> None:
    run = bot("catalog", "check", str(tmp_path))
    assert run.returncode == 1
    assert ":1: " in run.stderr


def test_wrong_usage_and_wrong_settings() -> None:
    assert bot("dance").returncode == 2
    assert bot("screen", "--as-of", "yesterday").returncode == 2
    wrong = bot("serve", BOT_PORT="many", WECHAT_AES_KEY="a secret that is too short")
    assert wrong.returncode == 2
    assert "BOT_PORT" in wrong.stderr
    assert "WECHAT_AES_KEY" in wrong.stderr
    assert "a secret" not in wrong.stderr + wrong.stdout
    assert "Traceback" not in wrong.stderr
