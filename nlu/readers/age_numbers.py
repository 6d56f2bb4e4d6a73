"""How the number of an age is written or misheard: 83, 八十三, 捌拾叁, 七十五六, 75-80, 八时二."""

from __future__ import annotations

import re
from typing import Final

from nlu.readers.numerals import digits, number

_D: Final = "一二三四五六七八九"
_CN: Final = rf"[{_D}]?十(?:[有零单又挂]?[{_D}]|[1-9](?![0-9]))?|一?百(?:一?十[{_D}]?|二十[{_D}]?|[零单有][{_D}])?|[廿卅卌][{_D}]?"
_ONE: Final = rf"[0-9]{{2,3}}(?![0-9])|{_CN}"
_PAIR: Final = "一二|二三|三四|四五|五六|六七|七八|八九"
_AGE: Final = r"(?:周?岁)?"
NUMBER: Final = re.compile(
    r"(?<![0-9][.:：/])(?<![0-9—\-一二三四五六七八九十百千万第几])(?:"
    rf"(?P<both>[{_D}][{_D}])十|(?P<tens>[{_D}]十)(?P<pair>{_PAIR})(?![{_D}十级]|(?<=五)保)|"
    rf"(?P<last>[{_D}]十九)(?P<next>[{_D}]十)(?![{_D}])|"
    rf"(?P<low>{_ONE}){_AGE}\s?(?:-+|—+|~|～|至|到|、|还是|就是|要么是?|或者?是?|[/](?=[0-9]{{2}}\s?周?岁))\s?(?P<high>{_ONE})|"
    rf"(?P<ten>[5-9])(?P<first>[0-8])[、.,，]?(?P<second>[1-9])(?=周?岁)|"
    rf"(?P<one>{_ONE})|(?P<spelt>[{_D}][{_D}零〇]))(?![0-9]|(?<=[{_D}十百])(?:[{_D}]{{2}}(?!级)|十)|(?<=百)[{_D}](?![级个])|"
    rf"[.:：/\-][0-9])"
)
_UPPER: Final = re.compile("[壹贰叁肆伍陆柒捌玖拾佰]{2,}")
_PLAIN: Final = str.maketrans("壹贰叁肆伍陆柒捌玖拾佰", "一二三四五六七八九十百")
# Voice keyboards put spaces between the characters of one number.
_APART: Final = re.compile(
    rf"(?<=[{_D}]) (?=十)|(?:(?<=[{_D}]十)|(?<=[{_D}] 十)) (?=[{_D}](?![级个]))|"
    r"(?<=(?<![0-9])[5-9]) (?=[0-9]\s?周?岁)|(?<=[^0-9 ][5-9]) (?=[0-9]\s?了)|(?<=[^0-9 ] [5-9]) (?=[0-9]\s?了)|"
    rf"(?<=^[5-9]) (?=[0-9]$)|(?<=^[{_D}]) (?=[{_D}]$)"
)

# 住502八十一了: the number of a door, and an age.
_DOOR: Final = re.compile(r"(?<=[0-9]{3})(?=[六七八九]十[一二三四五六七八九]?(?:岁|了|嘞|啦))")

# Characters that sound like a numeral; they are numerals only where an age was to be said.
_SOUNDS: Final = {
    **dict.fromkeys("午武伍", "五"), **dict.fromkeys("溜遛", "六"), **dict.fromkeys("期其齐妻欺", "七"),
    **dict.fromkeys("巴扒疤芭", "八"), **dict.fromkeys("酒久灸", "九"),
}  # fmt: skip
_ONES: Final = _SOUNDS | {"山": "三", "吧": "八", "留": "六", "吴": "五", "儿": "二", "而": "二"}
_LEAD: Final = r"(?:^|今年|现年|虚岁|周岁|岁数|年龄|[都快已经有满我俺娘爹妈爸伴爷奶婆公叔婶姨舅姑他她，, ])"
_ENDS: Final = r"(?=\s*(?:[周虚]?岁|[了咧嘞啦喽]|$|[，,。]))"
_MISHEARD_TENS: Final = re.compile(
    rf"(?P<lead>{_LEAD})(?P<ten>[{''.join(_SOUNDS)}])[十时实石](?P<one>[{_D}]?){_ENDS}"
)
_MISHEARD_TEN: Final = re.compile(
    rf"(?P<lead>{_LEAD})(?P<ten>[五六七八九])[时实石食是](?P<one>[{_D}]){_ENDS}"
)
_MISHEARD_ONE: Final = re.compile(rf"(?<=[五六七八九]十)[{''.join(_ONES)}](?=周?岁)")
_MIXED: Final = re.compile(rf"(?<![0-9.])([5-9])十(?:([1-9])(?![0-9])|([{_D}]))?(?![{_D}])")

# Each of the four holds a ten, or what sounds like one.
_TEN: Final = re.compile("[十时实石食是]")


def mended(text: str) -> str:
    """`text` with the numbers that are spelt, spaced or misheard put into plain numerals; the rest stays."""
    text = _APART.sub("", _UPPER.sub(lambda match: match[0].translate(_PLAIN), text))
    if not _TEN.search(text):
        return text
    text = _DOOR.sub(" ", text)
    text = _MIXED.sub(lambda match: f"{match[1]}{match[2] or digits(match[3] or '0')}", text)
    text = _MISHEARD_TENS.sub(lambda match: f"{match['lead']}{_SOUNDS[match['ten']]}十{match['one']}", text)
    text = _MISHEARD_TEN.sub(r"\g<lead>\g<ten>十\g<one>", text)
    return _MISHEARD_ONE.sub(lambda match: _ONES[match[0]], text)


def bounds(match: re.Match[str], context: str | None) -> tuple[int, int] | None:
    """The number, or the two ends of a range, that a match of NUMBER writes; None where it writes no age."""
    if match["one"]:
        one = number(match["one"])
        return None if one is None else (one, one)
    if match["both"] or match["pair"] or match["ten"]:
        return _neighbours(match)
    if match["low"] or match["last"]:
        low, high = number(match["low"] or match["last"]) or 0, number(match["high"] or match["next"]) or 0
        return (low, high) if low < high <= low + 20 else None
    return _spelt(match, context)


def _neighbours(match: re.Match[str]) -> tuple[int, int] | None:
    """七八十, 七十五六 and 75、6: two digits beside each other that follow one another."""
    pair = match["both"] or match["pair"] or match["first"] + match["second"]
    first, second = (digits(char) or 0 for char in pair)
    if second != first + 1:
        return None
    if match["both"]:
        return first * 10, second * 10 + 9
    tens = number(match["tens"]) or 0 if match["tens"] else 10 * int(match["ten"])
    return tens + first, tens + second


def _spelt(match: re.Match[str], context: str | None) -> tuple[int, int] | None:
    """八三 is 83 where an age is asked for or said; 七八岁 is a child."""
    one = digits(match["spelt"])
    if not one or (one % 10 == one // 10 + 1 and context != "age"):
        return None
    marked = match.string.startswith(("岁", "周岁"), match.end())
    said = re.search(r"(?:今年|虚岁|周岁|岁数|年龄)[都已经是有快]{0,3}$", match.string[: match.start()])
    return (one, one) if marked or said or context == "age" else None
