"""Works out the age that is told by another's: 公公大婆婆六岁，婆婆77."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from nlu.readers.kin_words import Who
from nlu.readers.people_gaps import Gap
from nlu.understanding import PersonHeard

_KEYS: Final = ("age", "age_range", "birth_date")


def compared(everybody: Sequence[PersonHeard], gaps: Sequence[Gap]) -> list[PersonHeard]:
    """The same people, those without an age with the one that follows from the gaps; what is told outright stays."""
    known = {Who(person.subject, person.name): person for person in everybody}
    for gap in dict.fromkeys(gaps):
        for who, than, years in ((gap.who, gap.than, gap.years), (gap.than, gap.who, -gap.years)):
            one, other = _found(known, who), _found(known, than)
            if one and other and not _aged(known[one].facts) and _aged(known[other].facts):
                facts = {**known[one].facts, **_older(known[other].facts, years)}
                known[one] = replace(known[one], facts=facts)
    return list(known.values())


def _found(known: Mapping[Who, PersonHeard], who: Who) -> Who | None:
    """My mother is one person, whether or not her name is told."""
    if who in known:
        return who
    return next((each for each in known if each.subject == who.subject != "other"), None)


def _aged(facts: Mapping[str, Any]) -> bool:
    return any(key in facts for key in _KEYS)


def _older(facts: Mapping[str, Any], years: int) -> dict[str, Any]:
    """The age facts of somebody who is `years` older; the months of a birth date are not known of another."""
    if "age" in facts:
        return {"age": facts["age"] + years}
    if "age_range" in facts:
        return {"age_range": [end + years for end in facts["age_range"]]}
    return {"birth_date": str(int(facts["birth_date"][:4]) - years)}
