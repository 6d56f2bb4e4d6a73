"""A number that may be an age, and what stands around it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

# Below the one no bare number is an elder's age, and within the other it is hardly anything else.
BARE_LEAST: Final = 50
COMMON: Final = range(60, 106)


@dataclass(frozen=True, slots=True)
class Seen:
    """A number and what stands around it: `before` in its sentence, `rest` in its clause without the words that
    `lead` names (快, 不到, …); text[number_end:end] are the words behind it (多, 岁, 了, `short`: 差俩月)."""

    text: str
    start: int
    end: int
    number_end: int
    before: str
    rest: str
    age: int
    lead: str
    unit: bool
    rough: str
    done: bool
    short: bool
    cue: bool
    nominal: bool
    full: bool
    spread: int
    context: str | None

    @property
    def after(self) -> str:
        return self.text[self.end : self.end + 14]

    @property
    def near(self) -> str:
        """What stands between the last word for a person or a time and the number."""
        return re.split(r"今年|现年|岁数|年龄|[我俺他她娘爹妈爸]| ", self.rest)[-1]


@lru_cache(maxsize=256)
def speaks(words: re.Pattern[str], text: str) -> bool:
    """Whether `words` stand anywhere in the text; the same text is asked for each of its numbers."""
    return words.search(text) is not None
