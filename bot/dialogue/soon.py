"""What the next birthday brings: 再过3个月满80岁."""

from __future__ import annotations

from bot.catalog.assess import Assessment, judge_list
from bot.catalog.model import BenefitList
from bot.dialogue.amounts import amount_words
from bot.dialogue.wording import say
from bot.eligibility.ages import turns
from bot.eligibility.facts import Facts
from bot.eligibility.rules import Result


def soon(who: str, assessment: Assessment, benefit_list: BenefitList) -> list[str]:
    """One line where the next full year of age brings something new; needs the exact age."""
    low, high = assessment.facts.known.get("age", (0, 1))
    if low != high:
        return []
    older = Facts({**assessment.facts.known, "age": (low + 1, low + 1)}, presumed=assessment.facts.presumed)
    later, _ = judge_list(benefit_list, older)
    gains = [
        _gain(after, benefit_list)
        for before, after in zip(assessment.results, later, strict=True)
        if _brings_more(before, after)
    ]
    if not gains:
        return []
    months = _months_until(assessment, low + 1)
    when = say("soon_months", months=months) if months else say("soon_year")
    return [say("soon", when=when, who=who, age=low + 1, names="、".join(gains))]


def _months_until(assessment: Assessment, age: int) -> int | None:
    """Full months, rounded up, until the birthday; None where only the year of birth is known."""
    birth = assessment.facts.known.get("birth_date", "")
    if len(birth) < len("1943-05"):
        return None
    day, today = turns(birth, age), assessment.today
    months = (day.year - today.year) * 12 + day.month - today.month + (day.day > today.day)
    return max(1, months)


def _brings_more(before: Result, after: Result) -> bool:
    if after.verdict != "yes":
        return False
    return before.verdict == "no" or (before.verdict == "yes" and before.benefits != after.benefits)


def _gain(after: Result, benefit_list: BenefitList) -> str:
    name = benefit_list.by_id[after.id].service.name
    amount = amount_words(after.benefits)
    return say("soon_rises", name=name, amount=amount) if amount else name
