"""What was told of whom so far, and the next piece to be told."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final

from nlu.readers import people_shared
from nlu.readers.elder_facts import has_elder_age
from nlu.readers.kin_words import Mention, Who

# Stands for the elder in what is told of them, so that no reader needs to know how they are called.
HE: Final = "本人"
_CLAUSES: Final = re.compile(r"[^，,。；;！!？?\s]*[，,。；;！!？?\s]*")


@dataclass(slots=True)
class Gathering:
    """`texts` are told of each elder, those in `now` are spoken of at present; `waiting` was told before anybody was
    named, `common` is said of everybody, `left_out` of nobody; `gone` are the dead. `aged` are those whose age was told; `speaking` is
    set while a helper's words are told; `item` is how many were named before the present item of a list."""

    texts: dict[Who, list[str]] = field(default_factory=dict)
    now: tuple[Who, ...] = ()
    waiting: list[str] = field(default_factory=list)
    common: list[str] = field(default_factory=list)
    aged: set[Who] = field(default_factory=set)
    left_out: list[str] = field(default_factory=list)
    gone: set[Who] = field(default_factory=set)
    dropping: bool = False
    speaking: bool = False
    flowing: bool = False
    item: int = 0

    def group(self) -> tuple[Who, ...]:
        """Whom 都 means: those of this item of a list, where it names two and more, else everybody."""
        named = tuple(self.texts)
        here = named[self.item :]
        return here if len(here) > 1 else named

    def turn(self, *who: Who) -> None:
        """From here on the text is about `who`."""
        self.now, self.dropping, self.speaking = who, False, False
        if not self.texts and self._is_for_all("".join(self.waiting)):
            heading, own = people_shared.heading("".join(self.waiting))
            self.common, self.waiting = [people_shared.without_threshold(heading)], [own] if own else []
        for one, told in zip(who, self._shares(who), strict=True):
            self.texts.setdefault(one, []).extend(told)
        self.flowing, self.waiting = bool(self.waiting), []

    def _shares(self, who: tuple[Who, ...]) -> list[list[str]]:
        """What waited for somebody to be named: 一个85一个83，两口子."""
        waited = "".join(self.waiting)
        if len(who) > 1 and people_shared.tells_apart(waited, len(who)):
            return [[one] for one in people_shared.shares(waited, who)]
        return [self.waiting] * len(who)

    def _is_for_all(self, text: str) -> bool:
        own = any(people_shared.is_of_a_household(text, one.subject, one.name) for one in self.now)
        return own or people_shared.is_for_all(text)

    def say(self, text: str) -> None:
        """Adds `text` to those it is about now; what stood side by side still does."""
        if self.dropping or not text:
            self.flowing = self.flowing and not text
            return
        if not self.now:
            self._add(self.waiting, text)
        for one in self.now:
            self.tell(one, text)
        self.flowing = True

    def resume(self, text: str) -> None:
        """Adds `text` to those it was about before somebody who is no elder was named."""
        self.dropping = False
        self.say(text)

    def tell(self, one: Who, text: str) -> None:
        """Adds `text` to one of them."""
        self._add(self.texts[one], text)
        if one not in self.aged and has_elder_age(text):
            self.aged.add(one)

    def bury(self, who: Who) -> None:
        """Whoever is dead is no elder of the message."""
        self.texts.pop(who, None)
        self.gone.add(who)
        self.now = tuple(one for one in self.now if one != who)

    def _add(self, told: list[str], text: str) -> None:
        if self.flowing and told:
            told[-1] += text
        else:
            told.append(text)


@dataclass(frozen=True, slots=True)
class Piece:
    """The people of one breath and what is `said` from them to the next; `body` is the same as the readers want it,
    with body[:lead] before and body[head:] behind the words that name them."""

    group: tuple[Mention, ...]
    said: str
    body: str
    lead: int
    head: int
    scene: Scene

    @property
    def after(self) -> str:
        return self.body[self.head :]


@dataclass(frozen=True, slots=True)
class Scene:
    """Whom a message speaks of: `others` are all subjects but the writer, `named` those whom a word of their own
    names (father alone, not 爸妈); `self_aged` where the writer tells an elder's age, `grand` where grandparents are;
    `friend` is what the writer calls somebody beside them who is no relative (同班的), or ""."""

    others: frozenset[str] = frozenset()
    named: frozenset[str] = frozenset()
    self_aged: bool = False
    grand: bool = False
    friend: str = ""


def clauses_of(text: str) -> list[str]:
    """The clauses of `text`, each with the marks behind it."""
    return [clause for clause in _CLAUSES.findall(text) if clause]
