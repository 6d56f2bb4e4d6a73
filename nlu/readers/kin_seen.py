"""A word for a person where it stands in a text, and whose it is said to be."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from nlu.readers.kin_words import Kind, Mention, Who
from nlu.readers.words import any_of

# 我的, 俺家那个, 我那四十八的残疾(弟弟)
_AGED: Final = r"[^，,。；;！!？?\n我俺咱他她是]{0,4}(?:[0-9]{1,3}|[一二三四五六七八九]?十[一二三四五六七八九]?|百)岁?多?的"
_AILING: Final = any_of("瘫痪 失能 卧床 残疾 独居 孤寡 有病 糊涂 痴呆") + "(?:在床|在炕上)?的"
_OWNER: Final = re.compile(
    r"(?P<who>我|俺|咱|你|您|恁|他|她)们?(?:家|屋)?里?[的嘞]?(?:那个?|这个?)?(?:个|位)?"
    rf"(?:{_AGED}|{_AILING})?{any_of('残疾 瘫痪 傻 哑巴 瞎眼')}?$"
)
# How far back a word may be told whose it is.
_REACH: Final = 16


@dataclass(frozen=True, slots=True)
class Seen:
    """text[start:end] is `word`, of the kind `role`; `left` stands before it, `found` are the mentions before it."""

    text: str
    start: int
    end: int
    word: str
    role: str
    left: str
    owner: re.Match[str] | None
    found: list[Mention]

    @property
    def mine(self) -> bool:
        return self.owner is not None and self.owner["who"] in "我俺咱"

    @property
    def theirs(self) -> bool:
        return self.owner is not None and self.owner["who"] in "他她"

    def meaning(self, *who: Who, kind: Kind = "elder") -> Mention:
        """The word as a mention of `who`, or of somebody who is called by it."""
        return Mention(self.start, self.end, kind, who or (Who("other", self.word),), self.word)

    def last(self, *kinds: str) -> Mention | None:
        """The last mention before of one of the kinds."""
        return last(self.found, *kinds)


def seen(text: str, start: int, end: int, role: str, found: list[Mention]) -> Seen:
    left = text[max(0, start - _REACH) : start]
    return Seen(text, start, end, text[start:end], role, left, _OWNER.search(left), found)


def last(found: Iterable[Mention], *kinds: str) -> Mention | None:
    """The last of `found` that is of one of the kinds."""
    return next((mention for mention in reversed(list(found)) if mention.kind in kinds), None)
