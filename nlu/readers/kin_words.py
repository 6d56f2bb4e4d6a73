"""The people a text may name, and the table of words for them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Final, Literal

from nlu.readers.tables import read_table
from nlu.readers.words import set_of

Kind = Literal["elder", "self", "weak", "stranger", "worker", "pronoun", "everyone", "denied", "dead"]

ANYBODY: Final = frozenset(
    {"老头", "老头儿", "老头子", "老太太", "老太婆", "老爷子", "老婆子", "老婆儿", "老奶奶"}
)
NEIGHBOURS: Final = set_of(
    "邻居 隔壁 对门 街坊 老街坊 老邻居 楼上邻居 楼下邻居 隔壁邻居 对门邻居 前院邻居 后院邻居"
)
# 俺大 is one's father, but not in 俺大爷.
_ELDEST: Final = ("俺大", "我大", "咱大")
_AFTER_ELDEST: Final = "爷伯叔娘姑舅姨哥姐嫂妈婶妗儿闺孙女妹弟侄外队半概夫约家多门学奶姥"
_PARTNER: Final = re.compile(r"的?(?:老伴儿?|爱人|配偶|对象)$")
_MALE: Final = re.compile(
    r"(?:[爷公伯叔舅哥弟爹爸父夫头汉]|头儿|头子|丈人|先生|爷子|老子|岳丈|男人|掌柜的|当家的|男的|男方)$"
)
_FEMALE: Final = re.compile(
    r"(?:[奶婆婶姨姑嫂姐妹娘妈母太姥嬷嫲妻妗]|太太|女士|婶子|婶儿|妗子|嫂子|婆子|媳妇儿?|妯娌|女人|女的|女方)$"
)


@dataclass(frozen=True, slots=True)
class Who:
    """An elder: `subject` as in the contract's §3 and the name or relation as told."""

    subject: str
    name: str | None = None


@dataclass(frozen=True, slots=True)
class Mention:
    """text[start:end] means `who` (several for 爸妈); `kind` "weak" and "stranger" are resolved by what follows."""

    start: int
    end: int
    kind: Kind
    who: tuple[Who, ...] = ()
    word: str = ""


@dataclass(frozen=True, slots=True)
class Words:
    """`heads` finds a word, `roles` says what it is; `titles` and `officials` stand behind a surname, `pairs` mean
    two others."""

    heads: re.Pattern[str]
    roles: Mapping[str, str]
    titles: frozenset[str]
    officials: frozenset[str]
    pairs: Mapping[str, tuple[str, str]]


def sex_of(who: Who) -> str:
    """ "m", "f", or "" where the word for the person does not tell."""
    if who.subject in ("father", "mother"):
        return "m" if who.subject == "father" else "f"
    name = who.name or ""
    if partner := _PARTNER.search(name):
        return {"m": "f", "f": "m"}.get(sex_of(Who("other", name[: partner.start()])), "")
    if _FEMALE.search(name):
        return "f"
    return "m" if _MALE.search(name) else ""


# 牛奶奶 is somebody's grandmother, 牛奶 is milk.
_NOT_MILK: Final = "(?!牛奶奶(?!粉|制|茶))"


@cache
def words() -> Words:
    table = read_table("kin.yaml")
    titles, officials = frozenset(table.pop("titles")), frozenset(table.pop("officials"))
    ranks, ranked = table.pop("ranks"), table.pop("ranked")
    pairs = {word: tuple(names) for word, names in table.pop("pairs").items()}
    roles = dict.fromkeys(officials, "official") | dict.fromkeys(titles, "title") | {"老人": "old"}
    roles |= {rank + word: "other" for word in ranked for rank in ranks}
    roles |= {word: "other" for word in ranked if len(word) > 1}
    roles |= {word: role for role, row in table.items() for word in row} | dict.fromkeys(pairs, "other")
    return Words(
        heads=re.compile(f"{_NOT_MILK}{_trie(roles)}"),
        roles={word: "short" if role == "title" else role for word, role in roles.items()},
        titles=titles,
        officials=officials,
        pairs=pairs,
    )


def _trie(every: Iterable[str]) -> str:
    """One pattern for all words, the longest first; a plain list of so many would be tried one by one."""
    tree: dict[str, Any] = {}
    for word in every:
        node = tree
        for char in word:
            node = node.setdefault(char, {})
        node[""] = word
    return _branch(tree)


def _branch(node: dict[str, Any]) -> str:
    ends = node.get("")
    longer = "|".join(re.escape(char) + _branch(child) for char, child in node.items() if char)
    stop = f"(?![{_AFTER_ELDEST}])" if ends in _ELDEST else ""
    if not longer:
        return stop
    return f"(?:{longer}|{stop})" if ends else f"(?:{longer})"
