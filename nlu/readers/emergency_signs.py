"""The words of danger, by kind, read from `danger/`: those that say it is happening, and those that leave it open."""

from __future__ import annotations

import re
from dataclasses import dataclass
from importlib import resources

import yaml


@dataclass(frozen=True, slots=True)
class Sign:
    """How one kind of emergency is told: `sure` in words that say it, `unsure` in words that call for a question.

    Every such word holds one of the characters of `gate`, which is much quicker to look for.
    """

    kind: str
    gate: re.Pattern[str]
    sure: re.Pattern[str]
    unsure: re.Pattern[str] | None


def _load(name: str) -> dict[str, list[str]]:
    text = resources.files(__package__).joinpath("danger", f"{name}.yaml").read_text(encoding="utf-8")
    loaded: dict[str, list[str]] = yaml.load(text, yaml.CSafeLoader)
    return loaded


_PARTS = {name: "(?:" + "|".join(words) + ")" for name, words in _load("parts").items()}


def _sign(kind: str) -> Sign:
    words = _load(kind)
    unsure = _either(words["unsure"]) if "unsure" in words else None
    return Sign(kind, re.compile(f"[{words['gate']}]"), _either(words["sure"]), unsure)


def _either(words: list[str]) -> re.Pattern[str]:
    """One pattern of all words. The fillers between two words are few: without a bound on them a hostile text could
    make the search take for ever."""
    pattern = re.sub(r"<(\w+)>", lambda part: _PARTS[part[1]], "|".join(words))
    return re.compile(pattern.replace(")*", "){0,5}"))


FIRE, GAS, POISON, VIOLENCE, SELF_HARM = map(_sign, ("fire", "gas", "poison", "violence", "self_harm"))
STROKE, UNCONSCIOUS, BREATHING, CHEST = map(_sign, ("stroke", "unconscious", "breathing", "chest_pain"))
BLEEDING, LOST, FALL, OTHER = map(_sign, ("bleeding", "lost_elder", "fall", "other"))

# Causes stand before what they bring about; among complaints the one told first gives the name.
RANKS = (
    (FIRE, GAS, POISON, VIOLENCE, SELF_HARM),
    (STROKE,),
    (UNCONSCIOUS,),
    (BREATHING, CHEST, BLEEDING, LOST, FALL),
    (OTHER,),
)
SIGNS = tuple(sign for rank in RANKS for sign in rank)

_ELDER = "(?:痴呆|糊涂|老人|妈|爸|爹|娘|爷|奶|公公|婆婆|老伴|老头)"
_OUT = "(?:出门|出去|出走|赶集|遛弯|买菜|散步|溜达|串门|走亲戚)"
# Signs that are told in two clauses, each harmless by itself.
ACROSS = (
    (
        GAS,
        re.compile(
            "(?:烧|生|点)了?[^，,。]{0,3}(?:炉|煤|炭)[^。]{0,16}(?:头晕|头疼|恶心|起不来|叫不|喊不|不应|没动静|没人应|想吐|吐了|迷糊|没劲)"
        ),
    ),
    (
        LOST,
        re.compile(f"{_OUT}[^。]{{0,18}}(?:没回|没见回|不见回|还没到家|不见人|联系不上|找不着人|找不到人)"),
    ),
    (LOST, re.compile(f"{_ELDER}[^。卡证本包机钥药单]{{0,18}}(?:没找着|没找到|找不着人|找不见)")),
    (
        SELF_HARM,
        re.compile("活(?:着|得)[^。]{0,6}(?:累|没意思|没劲|够)[^。]{0,14}(?:绳|农药|安眠药|遗书|后事)"),
    ),
    (SELF_HARM, re.compile("(?:拖累|累赘|麻烦你们|添麻烦)[^。]{0,12}(?:药|走了(?:算|好|干净)|死|了结|一走)")),
)
