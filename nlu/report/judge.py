"""Compares what was read of a sentence with what is right: each fact, whose it is, the slots, the danger."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any, Literal, NamedTuple
from zoneinfo import ZoneInfo

from nlu.report.case import ANY, Case, Danger, Facts, Person
from nlu.understanding import PersonHeard, Understanding

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
AGES = ("age", "age_range", "birth_date")
# How far the ends of a spoken range ("八十好几") may lie from the written one.
LOOSE = 1

Verdict = Literal["right", "wrong", "lost"]


class Finding(NamedTuple):
    """One thing read rightly, read wrongly or left out: its kind ("age", "status", "subject", "time"), and what a
    person should see of it (nothing where it is right)."""

    kind: str
    verdict: Verdict
    said: str = ""


def facts(expected: Facts, also: Facts, got: Facts) -> list[Finding]:
    """A finding for each fact; `also` holds what may be read or not, or may be read in place of what is expected."""
    want, may, have = flat(expected), flat(also), flat(got)
    good = {key for key, value in have.items() if _told(want, key, value) or _told(may, key, value)}
    met = {of for key in good if (of := _covers(want, key))}
    strange = [key for key in have if key not in good]
    return [
        *(Finding(_kind(key), "right") for key in sorted(met)),
        *(Finding(_kind(key), "wrong", f"多读了 {key}={have[key]}") for key in strange),
        *(Finding(_kind(key), "lost", f"漏了 {key}={want[key]}") for key in want if key not in met),
    ]


def people(case: Case, heard: Sequence[PersonHeard]) -> list[Finding]:
    """The facts of all people, whose they are ("subject") and by which name they go ("name")."""
    if case.people is None:
        return []
    if not case.whose:
        return facts(case.people[0].facts, case.people[0].also, _together(heard))
    pairs, left = _paired(case.people, heard)
    found = [each for person, other in pairs for each in _of_one(person, other)]
    for each in left:
        if each.facts:
            found.append(Finding("subject", "wrong", f"多了一个人 {each.subject} {each.name or ''}"))
            found += facts({}, {}, each.facts)
    return found


def slots(case: Case, heard: Understanding) -> list[Finding]:
    """Of the slots that the case names only; None says that there is none to be read."""
    found: list[Finding] = []
    for name, value in case.slots.items():
        found += _slot(name, value, heard.slots.get(name))
    return found


def _slot(name: str, wanted: str | None, got: str | None) -> list[Finding]:
    if wanted == got or (wanted == ANY and got is not None):
        return [Finding(name, "right")] if got is not None else []
    if wanted is None:
        return [Finding(name, "wrong", f"多读了 {name}={got}")]
    lost = Finding(name, "lost", f"{name}应是{'有的' if wanted == ANY else wanted}，读成{got}")
    return [lost] if got is None else [lost, Finding(name, "wrong")]


def danger(wanted: Danger, heard: Understanding) -> str | None:
    """What is wrong about the alarm: "missed", "kind" (another kind of emergency) or "false"."""
    if not wanted.kinds:
        return "false" if heard.emergency else None
    if heard.emergency is None:
        return None if wanted.question_will_do and heard.perhaps_emergency else "missed"
    return None if heard.emergency in wanted.kinds else "kind"


def flat(told: Facts) -> dict[str, Any]:
    """Facts with all age keys as one span and all maps as single claims: status.low_income -> True."""
    out: dict[str, Any] = {}
    for key, value in told.items():
        if key in AGES:
            out["age"] = _years(told)
        elif isinstance(value, Mapping) and key != "disability":
            out |= {f"{key}.{name}": held for name, held in value.items()}
        else:
            out[key] = value
    return out


def _years(told: Facts) -> tuple[int, int] | str:
    """The span of full years that the age facts leave open; ANY where the case leaves it open."""
    if ANY in (told.get(key) for key in AGES):
        return ANY
    if "age" in told:
        return told["age"], told["age"]
    if "age_range" in told:
        low, high = told["age_range"]
        return low, high
    return _born(str(told["birth_date"]))


def _born(date: str) -> tuple[int, int]:
    parts = [int(part) for part in date.split("-")]
    earliest, latest = (parts + [1, 1][len(parts) - 1 :])[:3], (parts + [12, 31][len(parts) - 1 :])[:3]
    return _aged(latest), _aged(earliest)


def _aged(date: list[int]) -> int:
    return NOW.year - date[0] - (date[1:] > [NOW.month, NOW.day])


def _kind(key: str) -> str:
    return key.split(".", maxsplit=1)[0]


def _covers(expected: Facts, key: str) -> str | None:
    """The entry of `expected` that speaks of `key`: the claim itself, or ANY for its whole map."""
    return key if key in expected else _kind(key) if expected.get(_kind(key)) == ANY else None


def _told(expected: Facts, key: str, value: Any) -> bool:
    of = _covers(expected, key)
    return of is not None and _same(key, expected[of], value)


def _same(key: str, expected: Any, got: Any) -> bool:
    if expected == ANY:
        return True
    if key == "age" and expected[0] != expected[1]:
        return all(abs(a - b) <= LOOSE for a, b in zip(expected, got, strict=True))
    if isinstance(expected, Mapping) and isinstance(got, Mapping):
        return set(expected) == set(got) and all(expected[each] in (ANY, got[each]) for each in got)
    return bool(expected == got)


def _together(heard: Iterable[PersonHeard]) -> Facts:
    whole: dict[str, Any] = {}
    for key, value in ((key, value) for person in heard for key, value in person.facts.items()):
        both = isinstance(value, Mapping) and isinstance(whole.get(key), Mapping)
        whole[key] = {**value, **whole[key]} if both else whole.get(key, value)
    return whole


def _paired(
    written: Iterable[Person], heard: Sequence[PersonHeard]
) -> tuple[list[tuple[Person, PersonHeard | None]], list[PersonHeard]]:
    """By name where one is written, else by subject; only who is left over may go by another name."""
    left = list(heard)
    known: list[tuple[Person, PersonHeard | None]] = [
        (person, _taken(left, partial(_is, person)))
        for person in sorted(written, key=lambda person: person.name is None)
    ]
    return [(person, found or _by_another_name(person, left)) for person, found in known], left


def _taken(left: list[PersonHeard], fits: Callable[[PersonHeard], bool]) -> PersonHeard | None:
    found = next((each for each in left if fits(each)), None)
    if found is not None:
        left.remove(found)
    return found


def _is(person: Person, heard: PersonHeard) -> bool:
    return heard.name == person.name if person.name else person.subject in (ANY, heard.subject)


def _by_another_name(person: Person, left: list[PersonHeard]) -> PersonHeard | None:
    return _taken(left, lambda each: each.subject == person.subject) if person.name else None


def _of_one(person: Person, heard: PersonHeard | None) -> list[Finding]:
    who = person.name or person.subject
    if heard is None:
        lost = [Finding("subject", "lost", f"{who}：没读出这个人")] if person.facts else []
        return [*lost, *_said_of(who, facts(person.facts, person.also, {}))]
    found = _said_of(who, facts(person.facts, person.also, heard.facts))
    if person.free:
        found = [each for each in found if each.verdict != "wrong"]
    if person.facts and person.subject != ANY:
        found.append(Finding("subject", "right"))
    if person.name:
        same = heard.name == person.name
        found.append(
            Finding("name", "right") if same else Finding("name", "lost", f"{who}：读成{heard.name}")
        )
    return found


def _said_of(who: str, found: Iterable[Finding]) -> list[Finding]:
    return [each._replace(said=f"{who}：{each.said}" if each.said else "") for each in found]
