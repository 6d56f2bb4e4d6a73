"""Reads the disability certificate: whether one is held, its level and its kind."""

from __future__ import annotations

import re
from itertools import pairwise

from nlu.readers import disability_words as words
from nlu.readers import sounds
from nlu.readers.claims import claims
from nlu.readers.clauses import Clause
from nlu.readers.mentions import Mention
from nlu.readers.stance import Stance
from nlu.readers.thoughts import split

_ON_THE_SHEET = 2


def read(text: str, context: str | None) -> dict[str, object]:
    """`{"disability": None}`, `{"disability": {"level": 1..4, "kind": …}}` (either key may be missing), or `{}`."""
    asked = context in ("disability", "disability_level")
    text = sounds.graded(sounds.mended(text, "disability")) if asked else text
    bare = text.strip(" 。，,.!！~")
    if context == "disability_level" and (answer := words.ANSWER_LEVEL.fullmatch(bare)):
        return {"disability": {"level": words.LEVELS[answer["a"]]}}
    if words.NOT_DISABLED.fullmatch(bare) or (asked and any(_denies(clause.text) for clause in split(text))):
        return {"disability": None}
    if not asked and not any(hint in text for hint in words.HINTS):
        return {}
    if _never_had(text):
        return {"disability": None}
    told = (asked and _says_yes(text)) or _holds_paper(text)
    return _certificate(text, asked, told)


def _denies(answer: str) -> bool:
    return bool(words.ANSWER_NO.fullmatch(answer) or words.NOT_NOW.fullmatch(answer))


def _says_yes(text: str) -> bool:
    return any(
        words.YES_START.match(clause.text) or (words.ANSWER_YES.fullmatch(clause.text) and not clause.asks)
        for clause in split(text)[:2]
    )


def _never_had(text: str) -> bool:
    if words.NOT_TICKED.search(text):
        return True
    clauses = split(text)
    told = not any(clause.supposes or clause.asks or clause.past for clause in clauses)
    rated = words.NEVER_RATED.search(text) is None
    return (told and not rated) or any(_no_paper(clause, text) for clause in clauses)


def _no_paper(clause: Clause, text: str) -> bool:
    """耳朵聋，没办证; 妈没证, where the paper can only be this one."""
    if clause.asks or clause.supposes or clause.past:
        return False
    if words.OWNS_NONE.fullmatch(clause.text):
        return True
    return words.NO_PAPER.fullmatch(clause.text) is not None and words.IMPAIRED.search(text) is not None


def _holds_paper(text: str) -> bool:
    """俺老伴是聋哑人，持证的."""
    named = words.IMPAIRED.search(text) is not None
    return named and any(words.HOLDS.fullmatch(clause.text) and not clause.asks for clause in split(text))


def _certificate(text: str, asked: bool, known: bool) -> dict[str, object]:
    held: dict[str, object] | None = {} if asked or known else None
    spoken = known
    for mention in claims(text, words.TERM, words.PERSONAL):
        if words.OTHER_PAPER.search(mention.clause.text) and mention.match["cert"] is None:
            continue
        if words.A_RULE.search(mention.clause.text) or words.EITHER.search(mention.clause.text):
            continue
        known, held = _fold(mention, known, held)
        spoken = spoken or mention.stance is Stance.HELD
    level = _level(text, spoken, asked)
    if level is not None:
        known, held = True, {**(held or {}), "level": level}
    kind = _kind(text, known and held is not None, asked)
    if kind is not None:
        known, held = True, {**(held or {}), "kind": kind}
    return {"disability": held} if known else {}


def _fold(
    mention: Mention, known: bool, held: dict[str, object] | None
) -> tuple[bool, dict[str, object] | None]:
    """What is known after one more mention: a certificate denied is none, a level denied only is not that level."""
    level = next((mention.match[name] for name in "abcdef" if mention.match[name]), None)
    if mention.stance is Stance.HELD:
        if mention.match["plain"]:
            return known, held
        return True, {**(held or {}), **({"level": words.LEVELS[level]} if level else {})}
    if mention.stance is Stance.OPEN or (level and not _no_certificate(mention)) or mention.match["severe"]:
        return known, held
    if mention.stance is Stance.APPLYING and mention.match["plain"]:
        return known, held
    return True, None


def _no_certificate(mention: Mention) -> bool:
    return "证" in mention.match.group() and mention.stance is Stance.APPLYING


def _level(text: str, spoken: bool, asked: bool) -> int | None:
    """The level that was put right, or that stands in a clause of its own beside a certificate."""
    if changed := words.CHANGED.search(text):
        return words.LEVELS[next(filter(None, changed.groups()))]
    if not (spoken or asked or _on_a_sheet(text)):
        return None
    for clause in reversed(split(text)):
        if clause.asks or clause.supposes or words.EITHER.search(clause.text):
            continue
        found = words.BARE.fullmatch(clause.text) or words.LEVEL_FIRST.fullmatch(clause.text)
        if found or (asked and (found := _beside(clause.text))):
            return words.LEVELS[found["a"]]
    return None


def _beside(answer: str) -> re.Match[str] | None:
    """精神类的1级, 眼睛一级: the one level in an answer that speaks of nothing else."""
    found = list(_ANY_LEVEL.finditer(answer))
    doubtful = words.OTHER_LEVEL.search(answer) or _UNSURE.search(answer)
    return found[0] if len(found) == 1 and not doubtful else None


_ANY_LEVEL = re.compile(words.LEVEL.format(name="a"))
_UNSURE = re.compile("好像|可能|大概|也许|不知|记不|忘|不是|不清|估计|似乎|应该")


def _on_a_sheet(text: str) -> bool:
    """Whether a level that stands alone can only be that of a certificate: among facts or ailments, as a
    correction, or alone."""
    clauses = split(text)
    if len(clauses) == 1:
        return words.OTHER_LEVEL.search(text) is None
    if any(_of_something_else(one, other) for one, other in pairwise(clauses)):
        return False
    return (
        words.HURT.search(text) is not None
        or any(words.KIND_ALONE.fullmatch(clause.text) for clause in clauses)
        or words.WRONG.search(text) is not None
        or (len(clauses) > _ON_THE_SHEET and words.SHEET.search(text) is not None)
    )


def _of_something_else(one: Clause, other: Clause) -> bool:
    """高血压，三级."""
    if words.BARE.fullmatch(other.text) is None:
        return words.OTHER_LEVEL.search(other.text) is not None and _ANY_LEVEL.search(other.text) is not None
    return words.OTHER_LEVEL.search(one.text[-_NEAR:]) is not None


_NEAR = 5


def _kind(text: str, held: bool, asked: bool) -> str | None:
    if not held and not asked:
        return None
    clauses = [clause for clause in split(text) if not clause.asks]
    said = [found for clause in clauses for found in words.KIND_SAID.finditer(clause.text)]
    kinds = {name for found in said for name in _names(found.group())}
    kinds = kinds or _organs(text, clauses)
    if not kinds and held and "没" not in text:
        kinds = {name for name, plain in words.PLAIN_KINDS.items() if re.search(plain, text)}
    return kinds.pop() if len(kinds) == 1 else None


def _organs(text: str, clauses: list[Clause]) -> set[str]:
    """眼睛嘞，二级; 耳朵残疾证."""
    own = {
        kind
        for kind, organ in words.OWN_ORGAN.items()
        if any(organ.search(clause.text.strip()) for clause in clauses)
    }
    return own or {kind for kind, organ in words.BESIDE_ORGAN.items() if organ.search(text)}


def _names(told: str) -> set[str]:
    return {name for found in words.SORTS.finditer(told) if (name := found.lastgroup) is not None}
