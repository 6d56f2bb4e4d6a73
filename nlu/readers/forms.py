"""Takes out of a text what would be misread as a fact: a form's bare 否, a label refused, a house's rule, a day to come."""

from __future__ import annotations

import re
from typing import Final

_END: Final = r"(?=[，,。；;、\s]|$)"
_TICKED_NO: Final = re.compile(
    r"(低保边缘户?|低保户?|特困(?:人员|供养)?|五保户?|建档立卡户?|监测户|脱贫户|支出型困难(?:家庭)?|独居|空巢|失独|残疾证?)"
    rf"[：: ]{{0,2}}(?:否|×|✗){_END}"
)
_TICKED_YES: Final = re.compile(
    rf"是否(?:是|有|为)?(低保边缘户?|低保户?|特困(?:人员|供养)?|五保户?|独居|空巢|残疾证?)[：: ]{{1,2}}(?:是|有|√|✓){_END}"
)
_PAPER: Final = "残疾"
# 别老给她报失能了
_REFUSED: Final = re.compile(
    r"(?:别|不要|甭|莫)[^，,。；;]{0,6}?(?:报|写|填|当|算)[^，,。；;]{0,4}?(?:半?失能|瘫痪?|不能自理|低保|特困|独居)[^，,。；;]{0,2}"
)
# 优先收低保和失能的
_RULE: Final = re.compile(
    r"(?:优先|专门?|只|光)(?:接?收|照顾|安排)(?=[^，,。；;]*(?:失能|低保|特困))[^，,。；;]{0,12}"
)
# 出院了我再找你们
_TO_COME: Final = re.compile(r"出院(?:了|以后|之后|后)?[，, ]?(?:我|俺|他|她|本人)?(?:才|再|就再)")


def plain(text: str) -> str:
    """The normalised text of one elder, as the readers of facts are to see it."""
    text = _TICKED_YES.sub(_held, _TICKED_NO.sub(_denied, text))
    for pattern in (_REFUSED, _RULE, _TO_COME):
        text = pattern.sub("", text)
    return text


def _held(found: re.Match[str]) -> str:
    return "有残疾证" if found[1].startswith(_PAPER) else f"是{found[1]}"


def _denied(found: re.Match[str]) -> str:
    return "没有残疾证" if found[1].startswith(_PAPER) else f"不是{found[1]}"
