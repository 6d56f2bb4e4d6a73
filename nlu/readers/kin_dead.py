"""Tells by what follows that somebody named is dead: 公公走了三年了, 爷爷活到九十三, 俺爹生前."""

from __future__ import annotations

import re
from typing import Final

from nlu.readers.words import any_of

_NUMBER: Final = "[一二两三四五六七八九十好几多整0-9]+"
_AGE: Final = "(?:[0-9]{2,3}|[一二三四五六七八九十百零]{2,5})岁?"
_END: Final = "(?=[，,。；; ]|$)"
_WHEN: Final = any_of("去年 前年 大前年 今年 上个?月 上年 前些年 [一二三四五六七八九十]月")
_DIED: Final = any_of(
    "烈士(?!家|遗|的|证|陵) 去世 过世 不在了 不在人世 病故(?!的?军人) 死得早 已故 早走 逝世 离世 下世 "
    "牺牲(?!的?军人) 作古 老了人 仙逝 享年 终年 生前 坟",
    f"走[了嘞哩](?:都|有|快|也)?(?:{_NUMBER}(?:个?多?年|个?多?月|天)|(?=$|[，,。；;]|\\s)) 走[得的](?:早|突然|急) 前年走 去年走 今年走",
    f"早就走 都走了 先走 (?:刚|才)走(?=没|了|不|[一二两三俩几]) {_WHEN}[^，,。；;0-9]{{0,4}}走的(?=[，,。；;]|\\s|$)",
    "(?:早|都|已经|就)*没(?:了|嘞|啦|咧|哩) 没的(?=[，,。；;]|$) 早没 没得早 (?:去年|前年|大前年|早年间?|年轻时|前些年)没",
    "(?<![要快想会怕该等不])死(?:了|嘞) 活着(?:的话|的时候|时|那会) 要是(?:还)?(?:活着|在世|在(?=的话|，|也))",
)
_GONE: Final = re.compile(
    rf"(?:(?![我俺])[^，,。；;！!？?\n0-9]){{0,8}}?{_DIED}|"
    rf"(?:活到|到)?{_AGE}(?:的时候|那年|时|上|就|才|多)*(?:得?病?)?(?:{_DIED}|走的|没的)|"
    rf"活[到了]{_AGE}(?:才)?(?:去世|走的?|走了|没的?)?[呢哩嘞]?{_END}"
)
# 公公是低保，前年没了
_GONE_NEXT: Final = re.compile(
    r"[^，,。；;！!？?\n我俺孩儿闺女孙娃爹娘爸妈伴]{1,14}[，,]"
    r"(?:也|已经|就|可惜|后来|上个?月|今年|[一二两三四五0-9]+年前|前几年|[一二三四五六七八九十]+月)*" + _DIED
)


def is_dead(text: str, end: int) -> bool:
    """Whether what follows position `end` says so of who is named there."""
    return _GONE.match(text, end) is not None or _GONE_NEXT.match(text, end) is not None
