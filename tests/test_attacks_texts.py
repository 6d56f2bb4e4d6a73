"""Texts that took a process away from everybody else: one message, typed by anybody."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from datetime import datetime
from itertools import pairwise
from pathlib import Path

import pytest

from bot.app import lexicon
from bot.catalog import lined_yaml
from bot.catalog.load import load_catalog
from bot.config import SHANGHAI
from bot.conversation import Conversation
from bot.dialogue.wording import say
from bot.models import Message
from bot.store.memory import MemoryStore
from nlu import embedded
from nlu.readers import emergency
from tests.storage import ROOT

READ = "import sys; from nlu import rules; rules.decide(sys.argv[1], None)"


@pytest.mark.parametrize("word", ["嗯", "喂", "嗨", "谢", "谢谢", "拜", "在吗"])
def test_what_people_repeat_is_read_at_once(word: str) -> None:
    """With a word that fits nowhere behind it, the time doubled with every repetition."""
    text = (word * 56)[:56] + "龘"
    subprocess.run([sys.executable, "-c", READ, text], cwd=ROOT, check=True, timeout=60)


def test_a_danger_told_a_thousand_times_is_weighed_a_few_times() -> None:
    told = emergency._alarms("小摔" * 1000)
    assert 0 < len(told) <= 64
    assert 0 < len(emergency._alarms("脸肿喘的，" * 400)) <= 500


def test_a_number_of_five_thousand_digits_is_no_age() -> None:
    catalog, now = load_catalog(), datetime(2026, 11, 21, 9, tzinfo=SHANGHAI)
    engine = embedded.load(ROOT / "var", lexicon(catalog))
    conversation = Conversation(catalog, engine, MemoryStore(), lambda: now)
    turn = asyncio.run(conversation.hear(Message("u", text="9" * 5000)))
    assert turn.reply.texts != (say("trouble"),)


def test_aliases_of_aliases_are_refused(tmp_path: Path) -> None:
    lines = ["a: &a [x,x,x,x,x,x,x,x,x,x]"]
    lines += [f"{two}: &{two} [{','.join([f'*{one}'] * 10)}]" for one, two in pairwise("abcdefgh")]
    (tmp_path / "bomb.yaml").write_text("\n".join(lines), encoding="utf-8")
    assert "alias" in lined_yaml.read(tmp_path / "bomb.yaml", "bomb.yaml").problems[0]
