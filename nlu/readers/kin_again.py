"""Whom a general word means where somebody was told of before: 老太太 after 马奶奶, 老爷子 after 公公, 她奶奶 of a
grandchild."""

from __future__ import annotations

import re
from typing import Final

from nlu.readers.elder_facts import has_elder_age
from nlu.readers.kin_seen import Seen
from nlu.readers.kin_words import Mention, Who, sex_of
from nlu.readers.words import any_of, set_of

_WOMEN: Final = set_of("老太太 老太婆 老奶奶 老婆婆 老婆儿 老太 老大娘 老大妈 老婆子")
_MEN: Final = set_of("老爷子 老头 老头儿 老头子 老先生 老汉 老大爷")
_OLD: Final = set_of("老人")
# The writer's own partner, unless nothing but how they are follows.
_PARTNERS: Final = set_of("老头 老头儿 老头子 老太婆 老婆子 老婆儿 老汉")
# 有个老太太, 隔壁老太太: somebody new.
_NEW: Final = re.compile(
    any_of(
        "[个位名俩两二几些对另家] 隔壁 对门 邻居 楼[上下] [村院庄里]里? 村[东西南北]头 街上 社区 小区 别的 有 一",
        "孤寡 独居 五保 跟 和 与 同 找 又 还有",
    )
    + "的?$"
)
# 老人卡, 老人们
_NO_PERSON: Final = re.compile(
    "[机卡证们院节补优餐票]|食堂|活动|大学|家(?!里|就|没|只|属)|服务|协会|能|可以|多"
)
_AGE_AHEAD: Final = re.compile(
    "[，, ]*(?:今年|都|也|快|已经|岁数|是)*(?:[5-9][0-9]|1[01][0-9]|[五六七八九]十)"
)
_GRANDCHILDREN: Final = re.compile("^(?:[俺我大小二重外]*孙(?:[子女儿娃]|女儿|子女)?子?)$")
_GRANDPARENTS: Final = set_of("奶奶 爷爷 奶 爷 姥姥 姥爷 姥娘 外婆 外公 外爷 外奶")
# Said by grandparents: 孙女替俺打的字, 俺八十七.
_BY_ELDERS: Final = re.compile(
    "[替帮给教][我俺]|(?:我|俺)(?:今年|都|也|快|已经|现在)*(?:[7-9][0-9](?![0-9.])|[七八九]十)"
)


def told_before(seen: Seen) -> Who | None:
    """Who of those named before is meant; None where the word brings in somebody new."""
    word = seen.word
    if word not in _WOMEN | _MEN | _OLD or seen.owner or _NEW.search(seen.left):
        return None
    if word in _OLD and (_NO_PERSON.match(seen.text, seen.end) or seen.left[-1:] not in "，,。；;：: \n"):
        return None
    every = [one for one in seen.found if one.kind == "elder" and len(one.who) == 1]
    alike = [one for one in every if one.who[0].subject != "self" and _may_be(one.who[0], word)]
    if len({one.who for one in alike}) != 1 or (word in _OLD and len({one.who for one in every}) > 1):
        return None
    return None if _is_second(seen, alike[-1]) else alike[-1].who[0]


def _may_be(who: Who, word: str) -> bool:
    sex = sex_of(who)
    if word in _OLD:
        return True
    return sex == ("f" if word in _WOMEN else "m")


def _is_second(seen: Seen, last: Mention) -> bool:
    """俺爹八十三，老头子八十: an age of his own behind another's."""
    if _AGE_AHEAD.match(seen.text, seen.end) is None:
        return False
    return seen.word in _PARTNERS or has_elder_age(seen.text[last.end : seen.start])


def grandparent(seen: Seen) -> Who | None:
    """她奶奶, said by the grandfather of the grandchild just named."""
    if not seen.theirs or seen.word not in _GRANDPARENTS or not _BY_ELDERS.search(seen.text):
        return None
    child = seen.last("stranger", "elder", "weak")
    if any(one.word == seen.word and one.who[0].subject == "other" for one in seen.found):
        return None
    told = any(_GRANDCHILDREN.match(one.word) for one in seen.found if one.kind == "stranger")
    return Who("spouse") if told or (child is None and seen.last("self")) else None
