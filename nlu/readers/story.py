"""What a text goes on to say of each thing that it mentions, up to where something else is named."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise

from nlu.readers import claim_words as words
from nlu.readers import thoughts
from nlu.readers.clauses import Clause, split
from nlu.readers.mentions import Mention, mentions

# How many clauses may go on about what was named before them, how far into each, and how far back to look.
_FOLLOWING = 2
_REACH = 24


@dataclass(frozen=True, slots=True)
class Story:
    """A mention, the words before and behind it in its clause, its tale with the clauses that follow it, and
    whether the next mention stands beside it in a row (低保、特困)."""

    mention: Mention
    before: str
    rest: str
    tale: str
    in_row: bool

    @property
    def clause(self) -> Clause:
        return self.mention.clause


def stories(text: str, term: re.Pattern[str], personal: re.Pattern[str] | None) -> list[Story]:
    """One for every match of `term` in the order of the text; `personal` as in `mentions`."""
    text = thoughts.plain(text)
    found = mentions(text, term, personal)
    if not found:
        return []
    clauses = split(text)
    places = {id(clause): at for at, clause in enumerate(clauses)}
    named = {places[id(mention.clause)] for mention in found}
    after: list[Mention | None] = [*found[1:], None]
    return [
        _story(mention, other, clauses, places, named) for mention, other in zip(found, after, strict=True)
    ]


def _story(
    mention: Mention,
    other: Mention | None,
    clauses: tuple[Clause, ...],
    places: dict[int, int],
    named: set[int],
) -> Story:
    text, (start, end) = mention.clause.text, mention.match.span()
    before, rest = text[max(0, start - _REACH) : start], text[end : end + 2 * _REACH]
    at = places[id(mention.clause)]
    if other is not None and other.clause is mention.clause:
        tale = text[end : other.match.start()]
        return Story(mention, before, rest, tale, words.JOIN.fullmatch(tale) is not None)
    following = [clauses[each] for each in range(at + 1, min(len(clauses), at + 1 + _FOLLOWING))]
    in_row = other is not None and end == len(text) and other.match.start() == 0
    in_row = in_row and other is not None and places[id(other.clause)] == at + 1
    return Story(mention, before, rest, _tale(text[end : end + _REACH], following, named, at), in_row)


def _tale(first: str, following: list[Clause], named: set[int], at: int) -> str:
    if words.OTHER_THING.search(first):
        return words.NEXT_THING.sub("", words.OTHER_THING.split(first)[0])
    pieces = [first]
    for index, clause in enumerate(following, at + 1):
        if index in named or (_elsewhere(clause) and not words.ALL_NOT.match(clause.text)):
            break
        pieces.append(clause.text[:_REACH])
    return "，".join(pieces)


def _elsewhere(clause: Clause) -> bool:
    return clause.asks or clause.supposes or words.OTHER_THING.search(clause.text) is not None


def last_row(told: list[Story]) -> int:
    """How many of the last stories stand in one row."""
    count = 1 if told else 0
    for one, _ in reversed(list(pairwise(told))):
        if not one.in_row:
            break
        count += 1
    return count
