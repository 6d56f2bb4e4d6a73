"""What is an address where one was asked for, and would be none elsewhere: 3号楼, 村卫生室对面, 老李家隔壁."""

from __future__ import annotations

import re
from typing import Final

from nlu.readers import address

_LEAD: Final = re.compile(
    r"(?:[那这]个|[那就俺我咱家住在是到来搁人，, ]|(?:我|俺|咱)们|送到|地址|住址|地方|现在|目前|的(?=是)|[:：])*"
)
# What follows is no part of the address any more.
_REST: Final = re.compile(
    r"[，,。；; ]*(?:的?(?:电话|手机|号码|联系)|1[3-9][0-9]{9}|0[0-9]{2,3}-?[0-9]{7,8}|[幺一][三四五六七八九][零幺一二三四五六七八九]{3}|"
    r"没有?电梯|谢谢|就这|具体|[吧啊呀嘞呗哈]*$)"
)
_ELSE: Final = re.compile(
    r"[?？吗呢]|咋|怎|啥|什么|哪|谁|多少|几|为何|干嘛|上[次回]|一样|定位|位置|打电话|给[我俺]|不|[没忘别改换]|取消|[0-9一二两三四五六七八九十]点|"
    r"[上下]午|晌|[明后今]天|想|能|帮"
)
_LONGEST: Final = 40
# 约个助浴，明天上午九点，大寨村
_VILLAGE: Final = re.compile(
    r"(?:^|[，,。；; ])(?P<place>(?![我俺咱恁你他这那全本各每哪几]|一个)[\u4e00-\u9fff]{1,6}?"
    r"(?:村|庄|寨|营|屯|小区|社区|花园|家园|家属院))(?=$|[，,。；; 0-9])"
)


def read(text: str) -> str | None:
    """The answer to the question for an address, a normalised text, where it holds the words of a place; a county or a
    town alone is none."""
    start = _LEAD.match(text)
    told = text[start.end() if start else 0 :]
    rest = _REST.search(told)
    told = (told[: rest.start()] if rest else told).strip(" ，,。；;")
    fits = 1 < len(told) <= _LONGEST and not _ELSE.search(told)
    return told if fits and address.names_place(told) else None


def village(text: str) -> str | None:
    """A village or an estate that is a clause of its own, for a message that tells what is wanted and when too."""
    alone = _VILLAGE.search(text)
    return alone["place"] if alone and not _ELSE.search(alone["place"]) else None
