"""Finds the words for people in a text: which elder each of them means, or that it is no elder."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from nlu.readers import kin_words
from nlu.readers.kin_company import is_no_subject, self_is_object
from nlu.readers.kin_words import ANYBODY, Kind, Mention, Who, Words

_OWNER: Final = re.compile(r"(?P<who>我|俺|咱|你|您|恁|他|她)们?(?:家|屋)?里?的?(?:那个?|这个?)?(?:个|位)?$")
_RANK: Final = re.compile(r"[大二三四五六七八小老]$")
_SOME: Final = re.compile(
    r"(?<!是)(?:有|一|某|这|那|几)(?:一)?[个位名](?:[^，,。；;\n我俺]{0,10}的?)?$|(?:村里|庄上|邻居|隔壁|对门|这|那|村东头|村西头)的?$"
)
_OLD: Final = re.compile(
    r"(?:(?<!是)(?:有|还有|某)(?:一)?[个位名]|(?<!是)一[个位名])[^，,。；;\n我俺]{0,10}$"
)
_NOT: Final = re.compile(r"(?<!是)(?<!要)不是(?:说)?(?:我|俺|他|她|咱)?们?(?:家)?的?$")
_NAME_GAP: Final = re.compile(r"(?:[，,：:（( ]?(?:名字)?(?:叫做?|名叫|姓名|是)[:： ]?|[：:（( ]?)")
_LONE: Final = re.compile(r"一个(?!月)|一人|自己|孤")


def find(text: str) -> tuple[Mention, ...]:
    """The mentions of people in a normalised text, in order, without overlaps; everyday words that only look like
    one, people who are only company ("跟儿子住"), and the dead are left out."""
    words = kin_words.words()
    names = (*kin_words.full_names(text, words), *kin_words.old_friends(text, words))
    taken = {at for name in names for at in range(name.start, name.end)}
    found: list[Mention] = []
    for match in words.heads.finditer(text):
        if match.start() in taken or words.roles[match[0]] == "noise":
            continue
        owned = _take_owner(text, match, words, found)
        mention = _mention(text, match, words, found)
        if mention is not None:
            found.append(replace(mention, start=min(owned, mention.start)))
    return _joined(text, sorted([*found, *names], key=lambda mention: mention.start))


def _take_owner(text: str, match: re.Match[str], words: Words, found: list[Mention]) -> int:
    """The 我 of 我妈 is no mention of its own; where the words for the person begin."""
    if not found or found[-1].kind not in ("self", "pronoun") or words.roles[match[0]] in ("self", "pronoun"):
        return match.start()
    owner = _OWNER.fullmatch(text[found[-1].start : match.start()])
    return found.pop().start if owner else match.start()


def _mention(text: str, match: re.Match[str], words: Words, found: list[Mention]) -> Mention | None:
    mention = _identified(text, match, words, found)
    if mention is None or mention.kind in ("pronoun", "everyone"):
        return mention
    left = text[max(0, mention.start - 12) : mention.start]
    if _NOT.search(left):
        return replace(mention, kind="denied")
    ignored = self_is_object if mention.kind == "self" else is_no_subject
    return None if ignored(text, mention, left, found) else mention


def _identified(text: str, match: re.Match[str], words: Words, found: list[Mention]) -> Mention | None:
    word, start, end = match[0], match.start(), match.end()
    role, left = words.roles[word], text[max(0, start - 12) : start]
    owner = _OWNER.search(left)
    if (
        word in words.titles
        and (surname := kin_words.surname(left, words))
        and not (owner and len(surname) == 0)
    ):
        return Mention(start - len(surname), end, "elder", (Who("other", surname + word),), word)
    if owner and owner["who"] in "他她" and role == "spouse":
        return Mention(start, end, "elder", (_partner(found),), word)
    if word in ANYBODY and not owner and (_SOME.search(left) or left.endswith("岁的")):
        return Mention(start, end, "elder", (Who("other", word),), word)
    if word == "老太太" and not owner:
        return Mention(start, end, "elder", (Who("other", word),), word)
    if word in ANYBODY and owner and _LONE.match(text, end):
        return Mention(start, end, "self", (Who("self"),), word)
    return _by_role(role, Mention(start, end, "elder", (), word), left, owner)


def _by_role(role: str, plain: Mention, left: str, owner: re.Match[str] | None) -> Mention | None:
    word = plain.word
    if role in ("father", "mother", "spouse", "self"):
        return replace(plain, kind="self" if role == "self" else "elder", who=(Who(role),))
    if role == "owned_spouse":
        return replace(plain, who=(Who("spouse"),)) if owner and owner["who"] in "我俺咱" else None
    if role in _GROUPS:
        return replace(plain, who=_GROUPS[role])
    if role == "short":
        rank = _RANK.search(left)
        name = rank[0] + word if rank else word
        return replace(plain, who=(Who("other", name),)) if owner or rank else None
    if role == "old":
        return replace(plain, who=(Who("other", word),)) if _OLD.search(left) else None
    kind: Kind = _KINDS.get(role, "elder")
    return replace(plain, kind=kind, who=_PAIRS.get(word, (Who("other", word),)))


_GROUPS: Final = {"parents": (Who("father"), Who("mother")), "couple": (Who("self"), Who("spouse"))}
_PAIRS: Final = {
    "公婆": (Who("other", "公公"), Who("other", "婆婆")),
    "岳父母": (Who("other", "岳父"), Who("other", "岳母")),
    "爷奶": (Who("other", "爷爷"), Who("other", "奶奶")),
}
_KINDS: Final[dict[str, Kind]] = {
    "weak": "weak",
    "neighbour": "weak",
    "stranger": "stranger",
    "pronoun": "pronoun",
    "everyone": "everyone",
}


def _partner(found: Iterable[Mention]) -> Who:
    """Whom 他老伴 means, after the people named so far."""
    last = next((mention.who[0] for mention in reversed(list(found)) if mention.kind == "elder"), None)
    if last is None:
        return Who("spouse")
    if last.subject in ("father", "mother"):
        return Who("mother" if last.subject == "father" else "father")
    return Who("self") if last.subject == "spouse" else Who("other", f"{last.name}的老伴")


def _joined(text: str, mentions: list[Mention]) -> tuple[Mention, ...]:
    """Puts together what names one person: 王大爷的老伴, 邻居王大爷, 我妈李秀英."""
    joined: list[Mention] = []
    for mention in mentions:
        last = joined[-1] if joined else None
        gap = text[last.end : mention.start] if last else ""
        if (
            last is not None
            and last.word in _NEAR
            and len(gap) <= 2
            and not re.search("[，,。；;\n]", gap)
            and mention.kind == "elder"
        ):
            joined[-1] = replace(mention, start=last.start)
        elif last is not None and _is_apposition(last, mention, gap):
            joined[-1] = replace(last, end=mention.end, who=(Who(last.who[0].subject, mention.who[0].name),))
        elif (
            last is not None
            and gap in ("的", "他", "她")
            and last.kind in ("elder", "stranger", "weak")
            and last.end < mention.start
        ) or (
            last is not None
            and not gap
            and last.kind == "elder"
            and text[mention.start] in "他她"
            and last.word
        ):
            joined[-1] = _relative(last, mention)
        elif last is not None and not gap and last.kind == "stranger" and mention.kind == "elder":
            joined[-1] = replace(mention, start=last.start, who=(Who("other", mention.word),))
        else:
            joined.append(mention)
    return tuple(joined)


_NEAR: Final = frozenset(
    {"邻居", "隔壁", "对门", "街坊", "楼上邻居", "楼下邻居", "老人", "战友", "亲戚", "朋友", "同事"}
)


def _is_apposition(last: Mention, mention: Mention, gap: str) -> bool:
    named = mention.word == "" and last.kind in ("elder", "self") and last.word != "" and len(last.who) == 1
    return named and _NAME_GAP.fullmatch(gap) is not None


def _relative(last: Mention, mention: Mention) -> Mention:
    if mention.kind not in ("elder", "weak"):
        return replace(mention, start=last.start)
    whose = last.who[0].name or last.word
    name = mention.word if last.kind == "stranger" else f"{whose}的{mention.word}"
    return replace(mention, start=last.start, who=(Who("other", name),))
