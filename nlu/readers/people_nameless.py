"""Elders whom nobody names: one who is not told apart, or several by their ages (一个81一个87, 两位老人90和86)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from nlu.readers import people_shared
from nlu.readers.elder_facts import has_elder_age
from nlu.readers.kin_words import Mention, Who

_MADE_UP: Final = re.compile("老人[0-9]+")
_ITEM: Final = re.compile(r"[\n；;]+")
_TWO_OLD: Final = re.compile("[俩两二](?:个|位)?(?:老人|老的|老嘞)|老人[俩两]|[两二俩][个位]")


def is_made_up(name: str | None) -> bool:
    """Whether `name` was only made up for one of several who have none."""
    return name is not None and _MADE_UP.fullmatch(name) is not None


def made_up(at: int) -> str:
    return f"老人{at}"


def told_apart(text: str, mentions: Sequence[Mention]) -> list[str]:
    """What is told of each of several elders without names; empty where they are not told apart."""
    if any(mention.kind != "everyone" for mention in mentions):
        return []
    items = [item for item in _ITEM.split(text) if item.strip()]
    if len(items) > 1 and all(has_elder_age(item) for item in items):
        return items
    each = people_shared.each_of(text)
    if len(each) > 1 and all(has_elder_age(text[start:end]) for start, end in each):
        return people_shared.shares(text, [Who("other")] * len(each))
    if row := people_shared.ages_in_a_row(text):
        return people_shared.shares_of_ages(text, row)
    if people_shared.two_ages(text) and (_TWO_OLD.search(text) or mentions):
        return people_shared.shares(text, [Who("other"), Who("other")])
    return []
