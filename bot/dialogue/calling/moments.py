"""Moments of a call in words and back: the weekday is always said, a clock without a day keeps the day told before."""

from __future__ import annotations

from datetime import date, datetime, time

from bot.booking.history import here
from bot.booking.hours import Fine, Problem, check, hours_of
from bot.catalog.calls import Call
from bot.dialogue.scene import Scene
from bot.dialogue.wording import say, words
from bot.models import Tap

AT = "at"
_STAMP = "%Y%m%d%H%M"
_PARTS = ((6, "night"), (9, "early"), (12, "morning"), (13, "noon"), (18, "afternoon"), (24, "evening"))


def day_spoken(day: date) -> str:
    """11月23日（星期一）."""
    return say("call_day", month=day.month, day=day.day, weekday=words("call_weekdays")[day.weekday()])


def spoken(moment: datetime, now: datetime) -> str:
    """11月23日，星期一，上午9点; the year where it is another."""
    moment = here(moment)
    told = say(
        "call_moment",
        month=moment.month,
        day=moment.day,
        weekday=words("call_weekdays")[moment.weekday()],
        time=_of_day(moment.time()),
    )
    return told if moment.year == here(now).year else say("call_year", year=moment.year) + told


def time_words(moment: str | None, now: datetime, text: str = "") -> str:
    """The moment of a call in words, or that it will be agreed by telephone."""
    return spoken(datetime.fromisoformat(moment), now) if moment else text or say("call_open_time")


def taps_at(moments: tuple[datetime, ...], now: datetime) -> list[Tap]:
    """The moments as choices."""
    return [Tap(f"{AT}:{here(one).strftime(_STAMP)}", spoken(one, now)) for one in moments]


def tapped_at(tap: str, now: datetime) -> datetime | None:
    """The moment that a choice names, None where it names none of these years."""
    try:
        stamp = datetime.strptime(tap.removeprefix(f"{AT}:"), _STAMP)  # noqa: DTZ007 - the zone follows
    except ValueError:
        return None
    moment = stamp.replace(tzinfo=here(now).tzinfo)
    return moment if abs(moment.year - now.year) <= 1 else None


def told_moment(scene: Scene, before: str | None) -> datetime | None:
    """The moment that was told: 十点 keeps the day of the one `before`, 后天 keeps its clock."""
    if "time" not in scene.heard.slots:
        return None
    told, text = here(datetime.fromisoformat(scene.heard.slots["time"])), scene.heard.slots["time_text"]
    if before is None:
        return told
    old = here(datetime.fromisoformat(before))
    if not _says(text, "call_day_words"):
        return datetime.combine(old.date(), told.timetz())
    return told if _says(text, "call_clock_words") else datetime.combine(told.date(), old.timetz())


def checked(scene: Scene, call: Call, moment: datetime) -> Fine | Problem:
    """Whether the call can be had then."""
    return check(moment, hours_of(call), scene.catalog.holidays, scene.now)


def why_not(scene: Scene, call: Call, moment: datetime, problem: Problem) -> str:
    """Said kindly: what is in the way, and when it can be had."""
    return say(
        f"call_{problem.kind}",
        moment=spoken(moment, scene.now),
        name=call.name,
        hours=hours_words(call),
        minutes=_ahead(call.lead_minutes),
        days=call.horizon_days,
        holiday=scene.catalog.holidays.names.get(here(moment).date(), say("call_a_holiday")),
    )


def _ahead(minutes: int) -> str:
    """4小时, 90分钟."""
    whole = minutes >= 60 and minutes % 60 == 0
    return say("call_hours", count=minutes // 60) if whole else say("call_minutes", count=minutes)


def hours_words(call: Call) -> str:
    """周一到周五，上午8点半到下午5点半."""
    if call.hours is None:
        return say("call_always")
    numbers = sorted(call.hours.days)
    days = "call_every_day" if len(numbers) == 7 else "call_some_days"
    if 2 < len(numbers) < 7 and numbers[-1] - numbers[0] == len(numbers) - 1:
        days = "call_days_in_a_row"
    named = [words("call_weekdays")[day - 1] for day in numbers]
    opens = _of_day(call.hours.opens)
    closes = _of_day(call.hours.closes) if call.hours.closes != time() else say("call_midnight")
    told = say(days, days="、".join(named), first=named[0], last=named[-1])
    return told + say("call_from_to", opens=opens, closes=closes)


def is_today(scene: Scene) -> bool:
    """Whether the time that was told is today and no more than that: 今天, 今儿个吧."""
    return (
        _says(scene.heard.slots.get("time_text", ""), "call_today_words") and "time" not in scene.heard.slots
    )


def open_words(scene: Scene) -> bool:
    """Whether any time will do: 越快越好, 随便, 你们定."""
    return _says(scene.text, "call_any_time")


def has_clock(text: str) -> bool:
    """Whether the words tell the time of day; 明天 alone does not."""
    return _says(text, "call_clock_words")


def has_hour(text: str) -> bool:
    """Whether the words tell the hour, so that none was put down for them; 明天上午 does not."""
    return has_clock(text) and not (_says(text, "call_wide_halves") and not _says(text, "call_hour_words"))


def with_time(moment: datetime, text: str) -> dict[str, str]:
    """The fields of a draft for that moment."""
    return {"time": here(moment).isoformat(), "time_text": text}


def _of_day(moment: time) -> str:
    """上午9点半."""
    part = next(name for end, name in _PARTS if moment.hour < end)
    return say(f"call_{part}") + _clock(moment)


def _clock(moment: time) -> str:
    hour = moment.hour if moment.hour <= 12 else moment.hour - 12
    if moment.minute == 0:
        return say("call_oclock", hour=hour)
    half = moment.minute == 30
    return say("call_half_past" if half else "call_minutes_past", hour=hour, minute=moment.minute)


def _says(text: str, list_of_words: str) -> bool:
    return any(word in text for word in words(list_of_words))
