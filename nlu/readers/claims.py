"""What becomes of a thing that a text mentions: granted, refused, lost, granted again; the last word counts."""

from __future__ import annotations

import re
from dataclasses import replace

from nlu.readers import claim_words as words
from nlu.readers import thoughts
from nlu.readers.mentions import Mention
from nlu.readers.stance import AGED_AFTER, Stance
from nlu.readers.story import Story, last_row, stories

_BY_EVENT = {
    "kept": Stance.HELD,
    "got": Stance.HELD,
    "lost": Stance.DENIED,
    "refused": Stance.DENIED,
    "pending": Stance.APPLYING,
}


def claims(text: str, term: re.Pattern[str], personal: re.Pattern[str] | None = None) -> list[Mention]:
    """Every match of `term` with what the whole story comes to; `personal` as in `mentions`."""
    told = stories(text, term, personal)
    corrects = bool(told) and words.CORRECTS.search(text) is not None
    judged = [replace(each.mention, stance=_verdict(each, corrects)) for each in told]
    if not judged:
        return judged
    said = None if words.BUT_FOR.search(told[-1].before) else _of_all(told[-1].tale)
    if said is None or judged[-1].stance is Stance.OPEN:
        return judged
    row = last_row(told)
    return judged[:-row] + [replace(each, stance=said) for each in judged[-row:]]


def _of_all(tale: str) -> Stance | None:
    """低保、特困、边缘户，哪样都不占: what is said of all behind the last of a row."""
    if words.ALL_NOT.match(tale):
        return Stance.DENIED
    return Stance.HELD if words.ALL_SO.match(tale) else None


def _verdict(story: Story, corrects: bool) -> Stance:
    said = story.mention.stance
    if corrects and words.PUT_RIGHT.search(story.before):
        return Stance.HELD
    if words.ONLY_I_LACK.search(story.tale) or words.THE_OTHER_IS.match(story.rest):
        return Stance.DENIED
    if _is_rule(story) or _is_open(story):
        return Stance.OPEN
    told = _before(story.before) or _turned(story)
    event = _last_event(story.tale)
    if event is Stance.APPLYING and said is Stance.DENIED:
        return said
    if event is None and told is None and words.OTHER_LACK.search(story.before):
        return Stance.HELD
    return event or told or _plainly_held(story) or said


def _is_rule(story: Story) -> bool:
    """Hearsay, guesses, and what is said of the thing in general."""
    if story.clause.supposes or words.MAYBE.search(story.before) or words.HEARSAY.search(story.before):
        return True
    if words.DOUBTED_AFTER.search(story.tale) or words.A_WORD.match(story.rest):
        return True
    return words.TOPIC_AFTER.match(story.rest) is not None and not words.SOMEBODY.search(story.before)


def _is_open(story: Story) -> bool:
    """What is asked, and of nobody in particular."""
    if not thoughts.asks(story.clause) or AGED_AFTER.match(story.tale):
        return False
    if words.ASKED_AFTER.match(story.tale) or words.EITHER_WAY.search(story.tale):
        return True
    if story.mention.stance is not Stance.HELD:
        return False
    if not words.SOMEBODY.search(story.clause.text) and not words.GOVERNED.search(story.before):
        return True
    if words.SOMEBODY.search(story.before):
        return False
    general = not story.before and words.GENERAL_AFTER.match(story.tale)
    return bool(general or words.OF_THOSE_AFTER.match(story.tale))


def _before(before: str) -> Stance | None:
    """取消了低保; 不让吃低保."""
    if words.LOST_BEFORE.search(before) and not words.TO_COME_VERB.search(before):
        return Stance.DENIED
    refused = any(
        told.search(before) for told in (words.REFUSED_BEFORE, words.NEVER_BEFORE, words.NOT_YET_BEFORE)
    )
    return Stance.DENIED if refused else None


def _turned(story: Story) -> Stance | None:
    """从低保转成特困: it is another thing now."""
    if not words.TURNED_AFTER.match(story.tale):
        return None
    return Stance.OPEN if words.TO_COME.search(story.before[-8:]) else Stance.DENIED


def _plainly_held(story: Story) -> Stance | None:
    """低保才三百块; 俺的低保钱咋少了; 只有低保."""
    if story.mention.stance is not Stance.OPEN:
        return None
    before, tale, clause = story.before, story.tale, story.clause
    owned = words.OWNED_BEFORE.search(before) and words.OWNED_AFTER.match(tale)
    paid = words.PAID_AFTER.match(tale) and not words.A_RULE.search(clause.text)
    plain = not clause.asks and not clause.past
    only = plain and (words.ONLY_BEFORE.search(before) or words.PUT_BEFORE.search(before))
    treated = words.BY_BEFORE.search(before) and words.BY_AFTER.match(tale)
    chosen = plain and words.THAT_ONE_AFTER.match(tale)
    return Stance.HELD if owned or paid or only or treated or chosen else None


def _last_event(tale: str) -> Stance | None:
    last = None
    for found in words.EVENTS.finditer(tale):
        if not words.TO_COME.search(tale[: found.start()]) and _is_of_it(tale, found):
            last = _BY_EVENT[str(found.lastgroup)]
    return last


def _is_of_it(tale: str, found: re.Match[str]) -> bool:
    """In the clauses that follow, a weak word must be all that is said."""
    clause = max(tale.rfind(mark, 0, found.start()) for mark in "，,") + 1
    if not clause or not words.WEAK.match(found.group()):
        return True
    return words.LEAD.fullmatch(tale[clause : found.start()]) is not None
