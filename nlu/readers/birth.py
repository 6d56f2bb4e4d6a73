"""When an elder was born: years and dates in every style, 民国 years, identity numbers, and the animals of the zodiac."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Final

from nlu.readers.numerals import digits, number

# A two-digit year is of the last century; above this age nobody, below that nobody this bot is for.
_OLDEST: Final = 125
_YOUNGEST: Final = 45

_CN: Final = "零〇一二三四五六七八九"
_CALENDAR: Final = (
    r"(?:[，,（( ]?(?P<calendar{n}>阴历|农历|古历|旧历|老历|夏历|阳历|公历|新历|国历|阴|阳)(?:是|的)?)?"
)
_MONTH: Final = r"闰?(?:十[一二]|[一二三四五六七八九十]|1[0-2]|0?[1-9]|正|冬|腊)"
_DAY: Final = (
    r"(?:初[一二三四五六七八九十]|廿[一二三四五六七八九]?|[二三]?十[一二三四五六七八九]?|[一二三四五六七八九]|"
    r"3[01]|[12][0-9]|0?[1-9])"
)
_DATE: Final = re.compile(
    rf"(?<![0-9{_CN}第])(?:(?P<minguo>民国(?:[一二三四五六七八九十]{{1,3}}|[0-9]{{1,2}}))|"
    rf"(?P<full>(?:18|19|20)[0-9]{{2}}|[一二][八九零〇][{_CN}]{{2}})|(?P<short>[0-9]{{2}}|[{_CN}]{{2}}))"
    rf"(?:年份?{_CALENDAR.format(n=1)}(?P<month>{_MONTH})月份?(?:(?P<day>{_DAY})(?P<mark>[日号])?)?|年份?|"
    r"(?P<sep>[-./、 ])(?P<month2>1[0-2]|0?[1-9])(?:(?P=sep)(?P<day2>3[01]|[12][0-9]|0?[1-9]))?(?![0-9]))"
)
_RUN: Final = re.compile(
    r"(?<![0-9])(?:[1-8][0-9]{5})?(?P<year>(?:18|19|20)[0-9]{2})(?P<month>0[1-9]|1[0-2])(?P<day>0[1-9]|"
    r"[12][0-9]|3[01])(?P<tail>[0-9]{3}[0-9Xx])?(?![0-9])"
)
_YEAR: Final = re.compile(
    rf"(?<![0-9.])(?:1[89][0-9]{{2}})(?![0-9.年元块])|[一][八九][{_CN}]{{2}}(?![{_CN}年])"
)

_BEFORE: Final = re.compile(
    r"(?:(?:出生|生日|生年|生辰|出生年月日?|出生日期|生于|生在|生人|年龄|年纪|岁数|属[鼠牛虎兔龙蛇马羊猴鸡狗猪]的?|"
    r"身份证(?:上|号)?|实际|农历|阴历|阳历|公历|古历|旧历)(?:写的?|登记)?(?:是|为|在|于|就是)*)[，,：: 于]*$"
)
_AFTER: Final = re.compile(
    r"[，,（( ]*(?:份|里|尾|头|底|初|间|春天|冬天|秋天|夏天)?[，, ]*(?:阴历|农历|阳历)?(?:的时候)?(?:出生|"
    r"生人|生的|生日|生[，,。）)；; 、]|生$|生(?=[^产活病意前日气])|属[鼠牛虎兔龙蛇马羊猴鸡狗猪]|"
    r"的?[鼠牛虎兔龙蛇马羊猴鸡狗猪](?=$|[，,。；; 的])|出世|落地|的生日)"
)
_OF_YEAR: Final = re.compile(
    r"(?:的|哩|嘞|生|份的)(?:人|老人)?(?:[，,。；;、！!？?）) \n了啦吧呀啊呢嘛低特残瘫独属一二三四今虚周现有没住户身能该可]|$)"
)
_EVENT: Final = re.compile(
    r"[，, ]?(?:的)?(?:时候?|就|才|还|开始|前|后|那|以|办|领|取|参|入|结|退|去世|没了|走的|得|查|"
    r"瘫|住|盖|修|建|买|离|到|来|搬|发|评|起|当|转|下岗|死|病|摔|做|换|开|工|党|兵|军|教|嫁|娶|"
    r"迁|闹|逃|灾|年|多|来|夫妻|婚)"
)
_SPAN_OF_TIME: Final = re.compile(
    r"(?:[了过有近满第整约共达超去前昨今明后每]|已经|快|将近|大约|多少|党龄|工龄|教龄|军龄|结婚|退休|守寡|退伍|瘫|病|种地|干|去年|前年)$"
)
_STRANGE: Final = re.compile(
    r"(?:参军|入伍|入党|结婚|退休|去世|办证|有效期|到期|发证|摔|手术|住院|注册|电话|编号|文件|政策|〔|【)[^，,。]{0,4}$"
)
_PERSON: Final = "娘妈爹爸爷奶伴我俺他她人婶叔伯姨姑舅婆公亲"
_LUNAR: Final = frozenset({"阴历", "农历", "古历", "旧历", "老历", "夏历", "阴"})
_SOLAR: Final = frozenset({"阳历", "公历", "新历", "国历", "阳"})

_ANIMALS: Final = "鼠牛虎兔龙蛇马羊猴鸡狗猪"
_ANIMAL: Final = re.compile(rf"属(?:相|于)?(?:是|大)?(?P<small>小龙|长虫)?(?P<animal>[{_ANIMALS}])?")


@dataclass(frozen=True, slots=True)
class Birth:
    """`value` is "YYYY", "YYYY-MM" or "YYYY-MM-DD"; text[start:end] told it."""

    value: str
    start: int
    end: int

    def ages(self, today: date) -> tuple[int, int]:
        """The least and the greatest full age that fits on `today`."""
        parts = [int(part) for part in self.value.split("-")]
        first = [*parts, 1, 1][:3]
        last = [*parts, 12, 31][:3]
        return _full_years(last, today), _full_years(first, today)


def find(text: str, context: str | None, today: date) -> Birth | None:
    """The last affirmed birth date of a normalised text; dates of other events are none."""
    found: Birth | None = None
    for match in _DATE.finditer(text):
        if birth := _dated(text, match, context, today):
            found = birth
    for match in _RUN.finditer(text):
        value = _checked(int(match["year"]), int(match["month"]), int(match["day"]), today)
        if (
            value
            and (match["tail"] is not None) == (len(match[0]) == 18)
            and not _denied(text, match.start())
        ):
            found = Birth(value, match.start(), match.end())
    return found or _bare_year(text, context, today)


def zodiac_ages(text: str, today: date, low: int, high: int) -> list[tuple[int, int]]:
    """The possible full ages, as inclusive ranges, of someone of the animal `text` names, that touch low..high."""
    match = _ANIMAL.search(text)
    animal = match and ("蛇" if match["small"] else match["animal"])
    if not animal:
        return []
    years = [
        year
        for year in range(today.year - _OLDEST, today.year - 20)
        if (year - 4) % 12 == _ANIMALS.index(animal)
    ]
    # The animal's year begins between 21 January and 20 February.
    spans = [(_full_years([year + 1, 2, 20], today), _full_years([year, 1, 21], today)) for year in years]
    return [(max(low, least), min(high, most)) for least, most in spans if least <= high and most >= low]


def _dated(text: str, match: re.Match[str], context: str | None, today: date) -> Birth | None:
    year = _year(match)
    if year is None or _denied(text, match.start()):
        return None
    value = _value(year, match, today)
    if value is None or not _is_birth(text, match, context):
        return None
    return Birth(value, match.start(), match.end())


def _year(match: re.Match[str]) -> int | None:
    if match["minguo"]:
        told = number(match["minguo"][2:])
        return None if told is None else 1911 + told
    if match["full"]:
        return digits(match["full"])
    short = digits(match["short"])
    return None if short is None or match["sep"] in (".", "-", "/", " ", "、") else 1900 + short


def _value(year: int, match: re.Match[str], today: date) -> str | None:
    month, day = match["month"] or match["month2"], match["day"] or match["day2"]
    calendar = match["calendar1"]
    lunar = (
        calendar in _LUNAR or (month or "")[:1] in ("正", "冬", "腊", "闰") or (day or "")[:1] in ("初", "廿")
    )
    by_name = bool(day and not match["mark"] and not match["sep"] and not day[:1].isdecimal())
    if (
        not month
        or lunar
        or (by_name and calendar not in _SOLAR)
        or re.match("阴历|农历|古历|（?\\(?阴历", match.string[match.end() : match.end() + 4])
        or re.search("(?:阴历|农历|古历|旧历|老历)(?:是|的)?$", match.string[: match.start()])
    ):
        return _checked(year, None, None, today)
    whole = _checked(year, number(month), number(day) if day else None, today)
    return whole or _checked(year, None, None, today)


def _is_birth(text: str, match: re.Match[str], context: str | None) -> bool:
    before, after = text[max(0, match.start() - 12) : match.start()], text[match.end() : match.end() + 12]
    if _BEFORE.search(before) or _AFTER.match(after):
        return not re.search("儿子|闺女|女儿|孙", before)
    if _STRANGE.search(before) or (match["short"] and _SPAN_OF_TIME.search(before)):
        return False
    if _OF_YEAR.match(after) and match["sep"] is None:
        return True
    if _EVENT.match(after):
        return False
    ends = not after or after[0] in "，,。；;、！!？?）) \n男女的低特残"
    if match["short"]:
        near = match["month"] is not None and before[-1:] in _PERSON
        return (context == "age" or near) and ends and not match["sep"]
    return ends and (not before or before[-1] in _PERSON + "，,：:（( \n男女是岁")


def _bare_year(text: str, context: str | None, today: date) -> Birth | None:
    found: Birth | None = None
    for match in _YEAR.finditer(text):
        before, after = text[: match.start()], text[match.end() :]
        sure = _BEFORE.search(before[-12:]) or _AFTER.match(after)
        alone = (not before or before[-1] in "，, ：:（(") and (not after or after[0] in "，, 。）)的")
        value = _checked(digits(match[0]) or 0, None, None, today)
        if value and (
            sure or (alone and (context == "age" or len(text) > 8) and not _STRANGE.search(before[-10:]))
        ):
            found = Birth(value, match.start(), match.end())
    return found


def _denied(text: str, start: int) -> bool:
    return re.search(r"(?<!是)不是$", text[max(0, start - 3) : start]) is not None


def _checked(year: int, month: int | None, day: int | None, today: date) -> str | None:
    """The ISO text of a possible date of an elder's birth."""
    try:
        born = date(year, month or 1, day or 1)
    except ValueError:
        return None
    if not today.year - _OLDEST <= born.year <= today.year - _YOUNGEST:
        return None
    return born.isoformat()[: 10 if day else 7 if month else 4]


def _full_years(born: list[int], today: date) -> int:
    return today.year - born[0] - ((today.month, today.day) < (born[1], born[2]))
