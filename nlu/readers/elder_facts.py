"""Whether words tell an elder's age or status, or the age of somebody who is none."""

from __future__ import annotations

import re
from typing import Final

from nlu.readers.words import any_of

_AGED: Final = re.compile(
    any_of(
        "(?<![0-9.])(?:[5-9][0-9]|1[01][0-9])(?![0-9.]|[元块斤层楼号个%米平天年月分]|多[元块斤个天年]) [五六七八九]十(?![元块斤天年])",
        "[五六七八九]旬 花甲 古稀 耄耋 百岁 一百[零一二三四五六七八九] 19[1-6][0-9] [2-6][0-9]年(?:的|生|出生|属|[，,。]|\\s|$)",
        "[一二三四五六][一二三四五六七八九零]年(?:的|生|出生|属) 民国[一二三四0-9]",
    )
)
_STATUS: Final = re.compile(
    any_of(
        "低保 特困 五保 残疾 瘫 失能 自理 独居 空巢 留守 卧床 痴呆 退伍 虚岁 孤寡 孤老 失独 优抚 军属 烈属 边缘户 建档立卡 监测户",
        "[肢视听智]力?残 精神[一二三四残] [一二三四1-4]级",
    )
)
_STOP: Final = r"(?=[，,。；;\s]|$)"
_YOUNG: Final = re.compile(
    rf"(?<![0-9.])[1-5]?[0-9](?:来|多)?(?:周?岁|{_STOP}|了|的人|多)(?![0-9])|"
    r"(?:(?<![一二三四五六七八九])[二三四五]?十[一二三四五六七八九几]?|(?<![0-9一二三四五六七八九十])[一二两三四五六七八九])(?:来|多)?岁|"
    r"(?<![一二三四五六七八九])[三四五]十(?:多|好几|几)(?=在|也|都|还|没|嫁|上|打)|"
    rf"(?<![一二三四五六七八九])(?:[二三四五]十|十)[一二三四五六七八九几]?(?:来|多)?(?:了|的人|{_STOP})|"
    r"快(?:到|要)?(?:60|六十)|(?:[89][0-9]|0[0-9])后"
)
_SIXTY: Final = re.compile(r"(?<![0-9.])(?:[6-9][0-9]|1[01][0-9])(?![0-9.])|[六七八九]十")


def has_elder_fact(text: str) -> bool:
    """Whether `text` gives an elder's age or a status, so that it is worth a person of its own."""
    return has_elder_age(text) or _STATUS.search(text) is not None


def has_elder_age(text: str) -> bool:
    """Whether `text` gives an age from 50 on, or a year of birth to match."""
    return _AGED.search(text) is not None


def is_young(text: str) -> bool:
    """Whether the first age that `text` gives is below sixty, and no elder's."""
    found = _YOUNG.search(text)
    return found is not None and not _SIXTY.search(text[: found.start()])
