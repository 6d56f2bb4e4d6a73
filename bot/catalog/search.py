"""Finds entries by what people type: a name, an everyday name, an agency, a word, with typing errors."""

from __future__ import annotations

from collections.abc import Sequence

from rapidfuzz import fuzz

from bot.catalog.model import Item

_GOOD = 75


def search(items: Sequence[Item], query: str) -> list[Item]:
    """The entries that fit, the best first; all of them where nothing is asked."""
    wanted = query.strip()[:60]
    if not wanted:
        return list(items)
    scored = [(_fit(item, wanted), -i, item) for i, item in enumerate(items)]
    return [item for fit, _, item in sorted(scored, key=lambda one: one[:2], reverse=True) if fit >= _GOOD]


def _fit(item: Item, wanted: str) -> float:
    names = (item.form.name, item.service.name, *item.service.everyday)
    if any(wanted in name or name in wanted for name in names):
        return 100
    rest = (item.service.what, item.service.who_for, *item.form.agencies)
    if any(wanted in text for text in rest):
        return 90
    return max(fuzz.ratio(wanted, name) for name in names)
