"""Times that are no moment: any day of next week, between nine and eleven, yesterday."""

from __future__ import annotations

import re
from datetime import date, timedelta

from bot.dialogue.calling.moments import day_spoken
from bot.dialogue.scene import Scene
from bot.dialogue.wording import say, words

_PARTS = re.compile(r"[，,。；;！!\n]+")
_WEEK = re.compile(r"(?P<which>这个?|本|下个?)?(?:礼拜|星期|周)(?P<end>末)?(?![一二三四五六日天1-7])")
_HOUR = r"(?:[上下]午|早上|晚上|中午)?(?:[0-9]{1,2}|[一二两三四五六七八九十]{1,3})(?:点半?|[:：][0-9]{2})"
_RANGE = re.compile(rf"{_HOUR}(?:(?:到|至|-|—|~)+{_HOUR}(?:之间|都行|都可以|都中)?|以前|之前|以后|之后|左右)")
_AMOUNTS = {"半": 0.5, "一": 1.0, "俩": 2.0, "两": 2.0, "二": 2.0, "三": 3.0, "四": 4.0, "五": 5.0}
_SHIFT = re.compile(
    r"(?P<way>晚|推迟|推后|往后|延后|早|提前|往前)(?:上|推|挪|延|来|去)?(?P<much>[半一俩两二三四五1-9])个?"
    r"(?P<half>半)?(?P<unit>小时|钟头|天|日)"
)
_CLOCK = r"[上下中早晚午晌]{0,3}(?:[0-9]{1,2}|[一二两三四五六七八九十]{1,3})(?:点|[:：])"


def any_day(scene: Scene) -> str:
    """下个礼拜哪天都行 as the days that are meant, so that it is read aright later; "" where no such thing is told."""
    part = next((one for one in _PARTS.split(scene.text) if _says(one, "call_any_day_words")), "")
    if not part or "time" in scene.heard.slots:
        return ""
    week = _WEEK.search(part)
    if week is None or not (week["which"] or week["end"]):
        return say("call_open_time") if _says(part, "call_any_day_alone_words") else ""
    first, last = _days(scene.today, later="下" in (week["which"] or ""), end=bool(week["end"]))
    return say("call_open_days", first=day_spoken(first), last=day_spoken(last))


def clock_range(text: str) -> str:
    """9点到11点之间, 11点以前: for whoever comes, beside the moment that it is put down for; "" for none."""
    found = _RANGE.search(text)
    return found[0] if found else ""


def shift(text: str) -> timedelta | None:
    """再晚一个小时, 推迟两天: by how much, earlier below zero; None for none."""
    found = _SHIFT.search(text)
    if found is None:
        return None
    amount = _AMOUNTS.get(found["much"]) or (float(found["much"]) if found["much"].isdecimal() else 1.0)
    amount += 0.5 if found["half"] else 0.0
    unit = timedelta(days=1) if found["unit"] in ("天", "日") else timedelta(hours=1)
    return amount * unit * (-1 if found["way"] in words("call_earlier_words") else 1)


def past_moment(text: str) -> bool:
    """Whether it is for an hour of a day that is over."""
    days = "|".join(map(re.escape, words("call_past_days")))
    return re.search(rf"(?:{days}){_CLOCK}", text) is not None


def _days(today: date, *, later: bool, end: bool) -> tuple[date, date]:
    """The first and last day of this week or the next, of its end only; what is over of this one is left out."""
    monday = today - timedelta(days=today.weekday()) + timedelta(days=7 if later else 0)
    first = monday + timedelta(days=5 if end else 0)
    return max(first, today), monday + timedelta(days=6)


def _says(text: str, list_of_words: str) -> bool:
    return any(word in text for word in words(list_of_words))
