"""The people a text may name, and the table of words for them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Final, Literal

import yaml

Kind = Literal["elder", "self", "weak", "stranger", "pronoun", "everyone", "denied"]
_NO_GIVEN_NAME: Final = re.compile(
    r"[的了吗吧呢岁级保困残疾住低龄是不在个都还跟能没户口区县镇村乡市街社楼号话血压糖尿病瘫靠我俺他她老爸妈爹娘男女和有去年今]"
)
_LOOSE: Final = frozenset("和都来成时同给由于应原明保官向")
_NO_FRIEND: Final = frozenset("路房车花单包党古强乐年保伏")
ANYBODY: Final = frozenset({"老头", "老头儿", "老头子", "老太太", "老太婆", "老爷子", "老婆子", "老奶奶"})


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
    heads: re.Pattern[str]
    roles: dict[str, str]
    titles: frozenset[str]
    surnames: frozenset[str]
    compounds: frozenset[str]
    full_name: re.Pattern[str]
    old_friend: re.Pattern[str]
    not_names: tuple[str, ...]


def surname(left: str, table: Words) -> str:
    if left[-2:] in table.compounds:
        return left[-2:]
    return left[-1:] if left[-1:] in table.surnames and left[-1:] not in _LOOSE else ""


def full_names(text: str, table: Words) -> Iterable[Mention]:
    for match in table.full_name.finditer(text):
        name = match[1].rstrip("男女")
        given = name[2:] if name[:2] in table.compounds else name[1:]
        title = any(given.endswith(word) for word in table.titles) or given in table.roles
        if given and not title and not name.startswith(table.not_names) and not _NO_GIVEN_NAME.search(given):
            yield Mention(match.start(1), match.start(1) + len(name), "elder", (Who("other", name),))


def old_friends(text: str, table: Words) -> Iterable[Mention]:
    """老王, 老张."""
    for match in table.old_friend.finditer(text):
        yield Mention(match.start(), match.end(), "elder", (Who("other", match[0]),))


@cache
def words() -> Words:
    table = yaml.safe_load(resources.files(__package__).joinpath("kin.yaml").read_text(encoding="utf-8"))
    surnames, compounds = table.pop("surnames"), table.pop("compound_surnames")
    titles, not_names = frozenset(table.pop("titles")), tuple(table.pop("not_names"))
    roles = {word: role for role, row in table.items() for word in row} | {"老人": "old"}
    roles |= {word: "title" for word in titles if word not in roles}
    longest_first = sorted(roles, key=len, reverse=True)
    return Words(
        heads=re.compile("|".join(map(_head, longest_first))),
        roles={word: "short" if role == "title" else role for word, role in roles.items()},
        titles=titles,
        surnames=frozenset(surnames),
        compounds=frozenset(compounds),
        full_name=_full_name(surnames, compounds),
        old_friend=_old_friend(surnames),
        not_names=not_names,
    )


def _head(word: str) -> str:
    """俺大 is one's father, but not in 俺大爷."""
    return re.escape(word) + (f"(?![{_AFTER_ELDEST}])" if word in _ELDEST else "")


_ELDEST: Final = frozenset({"俺大", "我大", "咱大"})
_AFTER_ELDEST: Final = "爷伯叔娘姑舅姨哥姐嫂妈婶妗儿闺孙女妹弟侄外队"


def _full_name(surnames: str, compounds: Iterable[str]) -> re.Pattern[str]:
    """A family name and one or two characters, where a fact sheet would have them: before an age or a sex."""
    opens = r"(?<![^\n；;，,。、\s：:.）)叫名妈娘爸爹伴亲居民户壁门人])"
    facts = r"(?=[\s，,：:（(、]*(?:今年|现年|[男女]|虚岁|周岁|年龄|(?:[5-9][0-9]|1[01][0-9])(?![0-9])|[五六七八九]十|19[2-7][0-9]))"
    return re.compile(rf"{opens}((?:{'|'.join(compounds)}|[{surnames}])[\u4e00-\u9fff]{{1,2}}){facts}")


def _old_friend(surnames: str) -> re.Pattern[str]:
    """老王, where words follow that are said of a person, and 老李头."""
    name = "".join(sorted(set(surnames) - _LOOSE - _NO_FRIEND))
    follows = r"(?=[\s，,、今也都0-9五六七八九是没瘫在住低残特独和跟]|$)"
    return re.compile(rf"(?<!养)老[{name}](?:(?:头|汉|太|婆|师傅|哥|嫂|爷子)|{follows})")
