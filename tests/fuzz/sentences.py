"""Texts of any kind to be understood: real sentences torn, glued, doubled and disguised, and characters of every script."""

from __future__ import annotations

import re
import shutil
import tempfile
from collections.abc import Callable
from datetime import datetime
from functools import cache
from pathlib import Path
from random import Random
from time import perf_counter
from typing import Final

import yaml
from hypothesis import strategies as st

from bot.api.answers import ParseAnswer
from bot.app import lexicon
from bot.catalog.load import load_catalog
from bot.config import SHANGHAI
from bot.eligibility.facts import read_facts
from nlu import embedded
from nlu.understanding import CONTEXTS
from nlu.wire import as_json
from tests.fuzz.one import Fuzz
from tests.fuzz.pushes import thrown

NOW: Final = datetime(2026, 11, 21, 9, 0, tzinfo=SHANGHAI)
_ROOT: Final = Path(__file__).parents[2]
_FOLDER: Final = _ROOT / "tests" / "sentences"
_ODD: Final = (
    *(
        "\u200b",
        "\u202e",
        "\ufeff",
        "\u0301",
        "\U000e0067",
        "\ufe0f",
        "\u3000",
        "\x00",
        "\r\n",
        "\u2028",
        "👨‍👩‍👧",
    ),
    *("１２３", "零〇壹", "²", "٣", "①", "⒈", "㊀", "½", "九" * 30, "9" * 40, "-", "1e9", "0x53", "NaN", "∞"),
    *(
        "卧龍區",
        "張",
        "嬢",
        "𠮷",
        "ꀀ",
        "ㄅ",
        "ﾊﾝ",
        "한국",
        "ไทย",
        "עברית",
        "%s{who}{0}",
        "\\d+",
        "]]>",
        "'; --",
        "<b>",
    ),
)
# How many characters, how long, and what: the slowest of all that was thrown.
slowest: list[tuple[float, int, str]] = []
_KEPT: Final = 5


@cache
def engine() -> embedded.Embedded:
    """The embedded engine with the catalog's names; trained anew only where `make setup` has not."""
    folder = Path(tempfile.mkdtemp(prefix="fuzz-"))
    trained = _ROOT / "var" / "understanding.json"
    if trained.exists():
        shutil.copy(trained, folder)
    try:
        return embedded.load(folder, lexicon(load_catalog()))
    finally:
        shutil.rmtree(folder)


@cache
def _sentences() -> tuple[str, ...]:
    """Every text of the files of sentences."""
    found = [
        case["text"]
        for path in sorted(_FOLDER.glob("*/*.yaml"))
        for case in yaml.load(path.read_text(encoding="utf-8"), getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506
        if isinstance(case, dict) and isinstance(case.get("text"), str)
    ]
    return tuple(dict.fromkeys(found))


def _torn(text: str, dice: Random) -> str:
    at = dice.randrange(len(text) + 1)
    return text[:at] + text[at + dice.randrange(4) :]


def _glued(text: str, dice: Random) -> str:
    return text + dice.choice(("", "，", "。", "\n", "和", " ")) + dice.choice(_sentences())


def _filled(text: str, dice: Random) -> str:
    at = dice.randrange(len(text) + 1)
    return text[:at] + dice.choice(_ODD) + text[at:]


def _doubled(text: str, dice: Random) -> str:
    at = dice.randrange(len(text) + 1)
    return text[:at] + text[at : at + dice.randrange(1, 6)] * dice.choice((2, 3, 50, 400)) + text[at:]


def _turned(text: str, dice: Random) -> str:
    return dice.choice((text[::-1], text.upper(), re.sub("", "\u200b", text), text.replace("，", "")))


def _wide(text: str, _dice: Random) -> str:
    return "".join(chr(ord(one) + 0xFEE0) if "!" <= one <= "~" else one for one in text)


def _letters(text: str, dice: Random) -> str:
    return text + "".join(chr(dice.randrange(0x110000)) for _ in range(dice.randrange(30)))


_WAYS: Final[tuple[Callable[[str, Random], str], ...]] = (
    *(_torn, _torn, _glued, _glued, _filled, _filled, _doubled, _turned, _wide, _letters),
)


def _text(dice: Random) -> str:
    text = dice.choice(_sentences()) if dice.random() < 0.9 else ""
    for _ in range(dice.randrange(6)):
        text = dice.choice(_WAYS)(text, dice)
    return text[:6_000]


def _understood(text: str, context: str | None) -> None:
    """Never an error, always an answer of the contract's shape with facts that the rules take, the same one twice."""
    started = perf_counter()
    heard = engine().parse(text, context, NOW)
    _timed(perf_counter() - started, text)
    told = as_json("1", heard)
    ParseAnswer.model_validate(told)
    for person in heard.people:
        read_facts(person.facts, NOW.date())
    assert as_json("1", engine().parse(text, context, NOW)) == told


def _timed(seconds: float, text: str) -> None:
    slowest.append((seconds, len(text), text))
    slowest.sort(reverse=True)
    del slowest[_KEPT:]


_contexts = st.sampled_from((None, *CONTEXTS, "nothing of ours"))
ALL: Final = (
    Fuzz("sentences that were spoiled", {"text": thrown(_text), "context": _contexts}, _understood),
    Fuzz("characters of every kind", {"text": st.text(st.characters(codec=None), max_size=300), "context": _contexts}, _understood),
)  # fmt: skip
