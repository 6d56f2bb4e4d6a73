"""Moments to come, as people say them: 明天上午九点, 大后天下晌三点半, 下周三上午, 25号, 半个小时以后."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final

from nlu.readers.numerals import number

_N: Final = r"[0-9]{1,2}|[一二两三四五六七八九]?十[一二三四五六七八九]?|[一二两俩三四五六七八九]"
_DAY: Final = re.compile(
    r"(?P<word>大后[天日]|大后儿个?|后[天日](?!性)|后儿个?|明[天日儿]个?|今[天日儿]个?|[今明](?=黑|"
    r"早|晚|晌|夜|上午|下午|后晌|前晌)|后(?=早上|晚上))"
    rf"|(?P<days>{_N})天(?:以后|之后|后)|过(?P<after>[2-9两三四五六七])天"
    r"|(?P<week>下下个?|下个?|这个?|本)?(?:周|星期|礼拜)(?P<weekday>[一二三四五六日天末1-7])(?![次回遍岁0-9])"
    rf"|(?:(?P<year>20[0-9]{{2}})[年.\-/])?(?P<month>{_N})(?:月|[.\-/](?=[0-9]))(?P<day>{_N})[日号]?(?![0-9块元%级斤])"
    rf"|(?P<which>下个?月|这个?月|本月)?(?P<only>{_N})[日号](?![0-9楼院房门线床桌室厅码车机文])"
)
_PERIOD: Final = re.compile(
    r"(?P<period>大清早起?|清早起?|清晨|清起来?|一大早|一早|早上|早晨|早起|前半晌|前晌|头晌|上午|"
    r"晌午头?|中午|正午|下午|下晌|后半晌|后晌|过晌|傍晚|天擦黑|擦黑|傍黑|天黑|晚上|夜里|夜晚|黑家|"
    r"黑了|黑价|半夜|凌晨|早|晚|夜|黑)"
)
_CLOCK: Final = re.compile(
    rf"(?:差(?:(?P<less>{_N})分钟?|一刻钟?)(?:到|就)?)?"
    rf"(?:(?P<hour>{_N})(?:点钟?|时(?!候|间))(?:(?P<half>半)|(?P<quarter>[一三])刻|过?零?(?P<minute>{_N})分?(?![0-9号月]))?整?|"
    rf"(?P<h>[01]?[0-9]|2[0-3])[:：](?P<m>[0-5][0-9]))"
    r"(?:差一刻)?"
)
_GAP: Final = re.compile(r"(?:[ ，,的就吧、那]|我在|来|[（(][^（()）]{1,6}[)）]){0,2}")
_IN: Final = re.compile(
    rf"(?:过|再过|等)?(?:(?P<half>半)个?(?:小时|钟头)|(?P<hours>{_N})个?半?(?:小时|钟头)|(?P<minutes>{_N})分钟)(?:以后|之后|后)"
)
_START: Final = re.compile(
    r"[大后明今下这本周星礼过早晚上中下傍清头前晌凌半夜差一二两三四五六七八九十0-9正擦天黑]"
)
_PAST: Final = re.compile(
    r"(?:上个?|上上个?|每个?|每[天日逢]?|去年|前年|昨[天儿]?|前[天儿]|当时|以前|从|那[天年]|年|民国|月|一|第|[0-9])$"
)
_RECURRING: Final = re.compile(r"(?:每|天天|每天|每周|平时|一般|都是)[^，,。]{0,4}$")
_BEFORE_NUMBER: Final = re.compile(
    r"(?:[路街巷村组栋楼院弄道庄第段]|高压|血压|有|这|那|早|快|好|差|多|慢|晚|说|讲|提)$"
)
_CLOCK_ENDS: Final = re.compile(r"$|[，,。；;！!？?\s吧左右前后整来到上可行去有派让叫接过能好的多钟]|给我|帮")
_ONE_O_CLOCK: Final = re.compile(
    r"[一1两2三3](?:点)(?!钟|半|整|[一三]刻|[0-9一二三四五]|来|到|上门|左右|以前|之前)"
)

_DAY_WORDS: Final = {"今": 0, "明": 1, "后": 2, "大": 3}
_HOURS: Final = {
    "早": 8, "清": 7, "一": 7, "大": 7, "上": 9, "前": 9, "头": 9, "晌": 12, "中": 12, "正": 12, "下": 15, "后": 15, "过": 15,
    "傍": 18, "天": 19, "擦": 18, "晚": 19, "夜": 20, "黑": 19, "半": 0, "凌": 5,
}  # fmt: skip
_MORNING: Final = 9


@dataclass(frozen=True, slots=True)
class _Parts:
    day: re.Match[str] | None
    period: str | None
    clock: re.Match[str] | None
    start: int
    end: int


def read(text: str, now: datetime) -> tuple[str, datetime | None] | None:
    """The first time to come that a normalised text names: its words, and the moment in the zone of `now`.

    A part of a day without an hour stands for its usual hour (上午 9, 下午 15 o'clock), a day alone for 9 o'clock.
    The moment is None where the words leave it open or where it has gone by; the result is None without a time.
    """
    if wait := _IN.search(text):
        return wait[0], _later(wait, now)
    for start in _START.finditer(text):
        parts = _parts(text, start.start())
        if parts and _is_time(text, parts):
            return text[parts.start : parts.end].strip(" ，,的"), _moment(parts, now)
    return None


def _later(wait: re.Match[str], now: datetime) -> datetime:
    minutes = 30 if wait["half"] else number(wait["minutes"] or "") or 60 * (number(wait["hours"] or "") or 0)
    if wait["hours"] and "半" in wait[0]:
        minutes += 30
    return (now + timedelta(minutes=minutes)).replace(second=0, microsecond=0)


def _parts(text: str, start: int) -> _Parts | None:
    day = _DAY.match(text, start)
    end = day.end() if day else start
    period = _PERIOD.match(text, _after_gap(text, end, bool(day)))
    end = period.end() if period else end
    clock = _CLOCK.match(text, _after_gap(text, end, bool(day or period)))
    end = clock.end() if clock else end
    if not (day or clock):
        return None
    return _Parts(day, period["period"] if period else None, clock, start, end)


def _after_gap(text: str, end: int, wanted: bool) -> int:
    gap = _GAP.match(text, end) if wanted else None
    return gap.end() if gap else end


def _is_time(text: str, parts: _Parts) -> bool:
    before = text[max(0, parts.start - 8) : parts.start]
    if _RECURRING.search(before) or _PAST.search(before):
        return False
    if parts.day is None and parts.period is None:
        return _is_bare_clock(text, parts, before)
    if parts.day is not None and not (
        parts.day["word"] or parts.day["weekday"] or parts.day["days"] or parts.day["after"]
    ):
        return not _BEFORE_NUMBER.search(before) and not _is_duration(parts.day)
    return True


def _is_duration(day: re.Match[str]) -> bool:
    number_alone = day["month"] is not None and not re.search("[月日号]", day[0])
    return number_alone and day["year"] is None


def _is_bare_clock(text: str, parts: _Parts, before: str) -> bool:
    if parts.clock and text.strip() == parts.clock[0] and parts.clock["hour"] != "一":
        return True
    if parts.clock is None or _BEFORE_NUMBER.search(before) or _ONE_O_CLOCK.match(text, parts.start):
        return False
    return parts.clock["h"] is not None or _CLOCK_ENDS.match(text, parts.end) is not None


def _moment(parts: _Parts, now: datetime) -> datetime | None:
    day = _date(parts.day, now.date()) if parts.day else now.date()
    hour, minute = _hour(parts)
    if day is None or hour is None or hour > 23:
        return None
    moment = datetime.combine(day, time(hour, 0), now.tzinfo) + timedelta(minutes=minute)
    if moment > now:
        return moment
    if parts.day is None:
        return moment + timedelta(days=1)
    later = parts.clock and not parts.period and hour < 12 and moment + timedelta(hours=12) > now
    return moment + timedelta(hours=12) if later else None


def _hour(parts: _Parts) -> tuple[int | None, int]:
    """The hour, and minutes to add to it (which may be negative: 差一刻)."""
    usual = _HOURS[parts.period[0]] if parts.period else _MORNING
    clock = parts.clock
    if clock is None:
        return usual, 0
    hour = number(clock["hour"] or clock["h"])
    if hour is None:
        return None, 0
    late = parts.period is not None and usual >= 12 and parts.period[0] != "半"
    if hour < 12 and (
        (late and not (usual == 12 and hour >= 10)) or (parts.period is None and hour < 7 and clock["hour"])
    ):
        hour += 12
    if parts.period and usual >= 18 and hour == 12:
        return 23, 60
    return hour, _minutes(clock)


def _minutes(clock: re.Match[str]) -> int:
    if clock["m"]:
        return int(clock["m"])
    minute = (
        30
        if clock["half"]
        else 15 * (number(clock["quarter"] or "") or 0) or number(clock["minute"] or "") or 0
    )
    if clock[0].startswith("差"):
        minute -= number(clock["less"]) or 0 if clock["less"] else 15
    return minute - 15 if clock[0].endswith("差一刻") else minute


def _date(day: re.Match[str], today: date) -> date | None:
    if day["word"]:
        return today + timedelta(days=_DAY_WORDS[day["word"][0]])
    if ahead := day["days"] or day["after"]:
        if ahead in ("两", "2") and day["after"]:
            return None
        return today + timedelta(days=number(ahead) or 0)
    if day["weekday"]:
        return _weekday(day, today)
    if day["month"]:
        return _in_year(day, today)
    return _in_month(day, today)


def _weekday(day: re.Match[str], today: date) -> date | None:
    name = day["weekday"]
    index = 5 if name == "末" else 6 if name in "日天7" else (number(name) or 1) - 1
    monday = today - timedelta(days=today.weekday())
    weeks = (day["week"] or "").count("下")
    told = monday + timedelta(days=index, weeks=weeks)
    if day["week"] is None and told < today:
        return told + timedelta(weeks=1)
    return told


def _in_year(day: re.Match[str], today: date) -> date | None:
    month, of_month = number(day["month"]) or 0, number(day["day"]) or 0
    if day["year"]:
        return _valid(int(day["year"]), month, of_month)
    told = _valid(today.year, month, of_month)
    return told if told is None or told >= today else _valid(today.year + 1, month, of_month)


def _in_month(day: re.Match[str], today: date) -> date | None:
    of_month = number(day["only"]) or 0
    told = _valid(today.year, today.month, of_month)
    coming = day["which"] and day["which"].startswith("下")
    if told is not None and told >= today and not coming:
        return told
    month = today.month % 12 + 1
    return None if day["which"] and not coming else _valid(today.year + (month == 1), month, of_month)


def _valid(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
