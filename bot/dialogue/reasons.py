"""Puts the facts that decided into plain words."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from bot.catalog.model import Catalog
from bot.dialogue.wording import say
from bot.eligibility.facts import Facts
from bot.eligibility.outcome import Reason


def age_words(facts: Facts) -> str:
    """ "83岁", or "80到89岁" where only a range is known."""
    low, high = facts.known["age"]
    return say("age_exact", age=low) if low == high else say("age_between", low=low, high=high)


def reason_words(reason: Reason, facts: Facts, catalog: Catalog) -> str:
    """One reason as a short phrase without a subject: 83岁，满80周岁."""
    if reason.fact == "age":
        return _age(reason, facts)
    if reason.fact == "care_months":
        months = facts.known.get("care_months", 0)
        return say(
            "months_enough" if reason.holds else "months_short", months=f"{months:g}", least=reason.value
        )
    if reason.fact == "disability":
        return _disability(reason, facts, catalog)
    return _fixed(reason, catalog)


@cache
def _fixed(reason: Reason, catalog: Catalog) -> str:
    """The words of a fact that holds or fails and has no figure in it: the same for every elder."""
    words = catalog.facts[reason.fact]
    if not words.values:
        holds = reason.holds is (reason.value is not False)
        return (words.holds if holds else words.fails) or words.name
    value = words.values[reason.value]
    return (value.holds if reason.holds else value.fails) or value.name


class Because:
    """The contract's `because` for one elder; words that several entries share are found once."""

    def __init__(self, facts: Facts, catalog: Catalog) -> None:
        self._facts = facts
        self._catalog = catalog
        self._told: dict[Reason, dict[str, str]] = {}
        self._by_words: dict[tuple[str, str], dict[str, str]] = {}

    def __call__(self, reasons: Sequence[Reason]) -> list[dict[str, str]]:
        """Each fact once; the age first, and of several ages the one that asks most."""
        age: Reason | None = None
        others: dict[int, dict[str, str]] = {}
        for reason in reasons:
            if reason[0] == "age" and reason[2]:
                age = reason if age is None or reason[1][0] > age[1][0] else age
            else:
                one = self._told.get(reason) or self._word(reason)
                others[id(one)] = one
        first = [self._told.get(age) or self._word(age)] if age is not None else []
        return [*first, *others.values()]

    def _word(self, reason: Reason) -> dict[str, str]:
        words = reason_words(reason, self._facts, self._catalog)
        one = self._by_words.setdefault((reason.fact, words), {"fact": reason.fact, "text": words})
        self._told[reason] = one
        return one


def _age(reason: Reason, facts: Facts) -> str:
    low, high = reason.value
    age = age_words(facts)
    if reason.holds:
        return say("age_reached", age=age, least=low) if low else say("age_under", age=age, most=high)
    if facts.known["age"][1] < low:
        return say("age_not_reached", age=age, least=low)
    return say("age_over", age=age, most=high)


def _disability(reason: Reason, facts: Facts, catalog: Catalog) -> str:
    if not facts.known.get("disability"):
        return say("no_certificate")
    if reason.value == "held":
        return say("certificate_held")
    level = facts.known.get("disability.level")
    if level is not None and level in _LEVELS and all(isinstance(one, int) for one in reason.value):
        return say("certificate_level", level=say(f"level_{level}"))
    kind = facts.known.get("disability.kind")
    kinds = catalog.facts["disability"].values
    return kinds[kind].name if kind in kinds else say("certificate_held")


_LEVELS = (1, 2, 3, 4)
