"""The clauses of a text as the readers of facts need them: opened where a voice keyboard left no marks, each with
its question and its past told rightly."""

from __future__ import annotations

import re
from functools import lru_cache

from nlu.readers import clauses
from nlu.readers.breaks import opened
from nlu.readers.clauses import Clause
from nlu.readers.words import any_of, pattern

# 几个儿子 asks nothing, 接过去住 tells of no past, 老人家 is not 人家.
_HOW_MANY = pattern("(?:就|这|那|的|有|好)?(?:几|多少)个?(?:儿|闺|孩|子女|女|兄弟|姊妹|人轮)")
_ASKING = pattern("[?？吗么]|咋|怎|哪|能不能|是不是|多少钱|有没有|[不没]$")
_MOVED = pattern("(?:接|搬|送|迁|带|跟|住|叫|喊|领|拉|挪)过去")
_FORMERLY = pattern("以前|原来|原先|从前|之前|曾经|早先|先前|早年|那时|那会|当年|往年")
_A_NOT_A = re.compile("([\u4e00-\u9fff]{1,2})不\\1")
_BARE_NO = pattern("[^，,]{3}(?<![都也还从就并可是我俺她他咱们家])不$")
_CHOICE = pattern(
    any_of(
        "算[^，,]{1,8}还是 还是(?:给|要|得|能|自己|去|在) (?:收|管|给|要|能|得|等)几(?:天|个|回|次|点|月|年) "
        "(?:钱|待遇)?一样多 哪个(?:好|多|强|给) 谁(?:出|管|给|交)",
        "(?:还|都|也)?得(?:多长时间|多久|几天) (?:一个?月|每月|一年)几(?:百|十|个)|几百$|几个钱",
    )
)


@lru_cache(maxsize=512)
def split(text: str) -> tuple[Clause, ...]:
    """The clauses of a normalised text, in order; an empty text has none."""
    return tuple(_plain(clause) for clause in clauses.split(plain(text)))


def plain(text: str) -> str:
    """`text` as `split` cuts it."""
    return opened(text).replace("老人家", "老人儿")


@lru_cache(maxsize=512)
def asks(clause: Clause) -> bool:
    """Whether `clause` asks something."""
    text = clause.text
    if clause.asks:
        return not (_HOW_MANY.search(text) and not _ASKING.search(text))
    return bool(_A_NOT_A.search(text) or _BARE_NO.search(text) or _CHOICE.search(text))


def _plain(clause: Clause) -> Clause:
    past = clause.past and not (_MOVED.search(clause.text) and not _FORMERLY.search(clause.text))
    return Clause(clause.text, asks(clause), clause.supposes, past)
