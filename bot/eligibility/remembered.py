"""Judges a list again and again: what an entry comes to is found once for the facts that the entry looks at."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from operator import itemgetter
from typing import Any, TypeVar

from bot.eligibility.conditions import reads
from bot.eligibility.outcome import Check, Known
from bot.eligibility.rules import Result, Rule, judge

_T = TypeVar("_T")
# Of one entry the elders of a county come to some hundred.
_MOST = 4096


class Remembered:
    """`judge` for the entries of a list. Holds what was known of no name, no place and no date, and forgets it when it
    becomes much."""

    def __init__(self, rules: Sequence[Rule]) -> None:
        self._rules = tuple(rules)
        told = [_atoms(rule) for rule in rules]
        self._atoms = _together(told)
        self._looks = tuple(_look(atoms, self._atoms) for atoms in told if atoms is not None and self._atoms)
        self._found = tuple(_Found[Result]() for _ in rules)
        self._wholes = _Found[tuple[Result, ...]]()

    def __call__(self, known: Known) -> tuple[Result, ...]:
        """Each entry's result, in their order; the very same one for elders whom an entry cannot tell apart, and the
        very same tuple for those whom the list cannot."""
        if not self._atoms:
            return tuple([judge(rule, known) for rule in self._rules])
        seen = tuple(map(known.get, self._atoms))
        return self._wholes.get(seen) or self._wholes.keep(seen, self._each(known, seen))

    def _each(self, known: Known, seen: tuple[Any, ...]) -> tuple[Result, ...]:
        results = []
        for rule, look, found in zip(self._rules, self._looks, self._found, strict=True):
            own = look(seen)
            results.append(found.get(own) or found.keep(own, judge(rule, known)))
        return tuple(results)


class _Found(dict[Hashable, _T]):
    def keep(self, seen: Hashable, found: _T) -> _T:
        if len(self) >= _MOST:
            self.clear()
        self[seen] = found
        return found


def _look(atoms: tuple[str, ...], every: tuple[str, ...]) -> Callable[[tuple[Any, ...]], Hashable]:
    """Of what the list sees of an elder, what the entry sees."""
    places = [every.index(atom) for atom in atoms]
    return itemgetter(*places) if places else itemgetter(slice(0))


def _together(told: Iterable[tuple[str, ...] | frozenset[str] | None]) -> tuple[str, ...] | None:
    """All of them, None where one of them is not known."""
    every = list(told)
    known = [atoms for atoms in every if atoms is not None]
    return tuple(sorted(frozenset().union(*known))) if len(known) == len(every) else None


def _atoms(rule: Rule) -> tuple[str, ...] | None:
    """What decides a rule and what it brings."""
    return _together(map(reads, _checks(rule)))


def _checks(rule: Rule) -> Iterable[Check]:
    yield from (rule.audience, rule.who)
    yield from (doubt.when for doubt in (*rule.also_maybe, *rule.at_most_maybe))
    yield from (tier.when for benefit in rule.benefits for tier in benefit.tiers)
    rest = (rule.may_extend_to, *(benefit.when for benefit in rule.benefits))
    yield from (check for check in rest if check is not None)
