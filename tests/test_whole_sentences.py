"""Whole sentences, read from end to end: the meaning, whose facts they are, each fact, the slots, the danger."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import yaml

from bot.app import lexicon
from bot.catalog.load import load_catalog
from nlu import embedded
from nlu.understanding import CONTEXTS, EMERGENCIES, INTENTS, PersonHeard, Understanding

ROOT = Path(__file__).parents[1]
SENTENCES = ROOT / "tests" / "sentences" / "whole"
NOW = datetime(2026, 11, 21, 9, tzinfo=ZoneInfo("Asia/Shanghai"))

# "any": something must be read, whatever it is. "perhaps": an emergency, or the question whether it is one.
ANY, PERHAPS = "any", "perhaps"
AGES = ("age", "age_range", "birth_date")
# How far the ends of a spoken range ("八十好几") may lie from the written one.
LOOSE = 1

Facts = dict[str, Any]


@dataclass(frozen=True)
class Case:
    text: str
    body: dict[str, Any]
    theme: str

    @property
    def intents(self) -> tuple[str, ...]:
        """The right meanings, the best one first; none where any will do."""
        return tuple(self.body.get("intents", [self.body["intent"]] if "intent" in self.body else []))


@dataclass(frozen=True)
class Tally:
    """Facts of one sentence: read rightly, read wrongly, left out; and what a person should see of it."""

    right: int
    wrong: int
    lost: int
    faults: tuple[str, ...]


def cases() -> list[Case]:
    found = []
    for path in sorted(SENTENCES.glob("*.yaml")):
        found += [
            Case(str(body["text"]), body, path.stem) for body in yaml.safe_load(path.read_text("utf-8"))
        ]
    return found


@cache
def engine() -> embedded.Embedded:
    return embedded.load(ROOT / "var", lexicon(load_catalog()))


def parse(case: Case) -> Understanding:
    return engine().parse(case.text, case.body.get("context"), NOW)


def years(facts: Facts) -> tuple[int, int] | str | None:
    """The span of full years that the age facts leave open; ANY where the case leaves it open."""
    if ANY in (facts.get(key) for key in AGES):
        return ANY
    if "age" in facts:
        return facts["age"], facts["age"]
    if "age_range" in facts:
        low, high = facts["age_range"]
        return low, high
    return born(str(facts["birth_date"])) if "birth_date" in facts else None


def born(date: str) -> tuple[int, int]:
    parts = [int(part) for part in date.split("-")]
    earliest, latest = (parts + [1, 1][len(parts) - 1 :])[:3], (parts + [12, 31][len(parts) - 1 :])[:3]
    return aged(latest), aged(earliest)


def aged(date: list[int]) -> int:
    return NOW.year - date[0] - (date[1:] > [NOW.month, NOW.day])


def flat(facts: Facts) -> Facts:
    """Facts with all age keys as one span and all maps as single claims: status.low_income -> True."""
    out: Facts = {}
    for key, value in facts.items():
        if key in AGES:
            out["age"] = years(facts)
        elif isinstance(value, dict) and key != "disability":
            out |= {f"{key}.{name}": held for name, held in value.items()}
        else:
            out[key] = value
    return out


def same(key: str, expected: Any, got: Any) -> bool:
    if key == "age" and expected != ANY and expected[0] != expected[1]:
        return isinstance(got, tuple) and all(abs(a - b) <= LOOSE for a, b in zip(expected, got, strict=True))
    return bool(expected in (ANY, got))


def covers(expected: Facts, key: str) -> str | None:
    """The entry of `expected` that speaks of `key`: the claim itself, or "any" for its whole map."""
    whole = key.split(".", maxsplit=1)[0]
    return key if key in expected else whole if expected.get(whole) == ANY else None


def compare(expected: Facts, also: Facts, got: Facts) -> Tally:
    want, may, have = flat(expected), flat(also), flat(got)
    met = {
        covers(want, key)
        for key, value in have.items()
        if (of := covers(want, key)) and same(key, want[of], value)
    }
    strange = [
        key
        for key, value in have.items()
        if not ((of := covers(want, key)) and same(key, want[of], value))
        and not ((of := covers(may, key)) and same(key, may[of], value))
    ]
    lost = [key for key in want if key not in met]
    said = [f"多读了 {key}={have[key]}" for key in strange] + [f"漏了 {key}={want[key]}" for key in lost]
    return Tally(len(met), len(strange), len(lost), tuple(said))


def people(case: Case, heard: tuple[PersonHeard, ...]) -> Tally:
    """Match the written people with those heard, in order, by subject and (where written) by name."""
    left = list(heard)
    tallies, faults = [], []
    for person in case.body["people"]:
        found = next((each for each in left if is_who(person, each)), None)
        if found is not None:
            left.remove(found)
        elif not person["facts"]:
            continue
        tally = compare(person["facts"], person.get("also", {}), dict(found.facts) if found else {})
        tallies.append(tally)
        faults += [f"{person.get('name') or person['subject']}：{fault}" for fault in tally.faults]
    for each in left:
        if each.facts:
            tallies.append(compare({}, {}, dict(each.facts)))
            faults.append(f"多了一个人 {each.subject} {each.name or ''} {dict(each.facts)}")
    return Tally(
        sum(t.right for t in tallies),
        sum(t.wrong for t in tallies),
        sum(t.lost for t in tallies),
        tuple(faults),
    )


def is_who(person: Facts, heard: PersonHeard) -> bool:
    if "name" in person:
        return heard.name == str(person["name"])
    return bool(person["subject"] in (ANY, heard.subject))


def slot_faults(case: Case, heard: Understanding) -> list[str]:
    wanted: dict[str, str] = case.body.get("slots", {})
    got = heard.slots
    return [
        f"{name}应是{value}，读成{got.get(name)}"
        for name, value in wanted.items()
        if name not in got or value not in (ANY, got[name])
    ]


def danger_fault(case: Case, heard: Understanding) -> str | None:
    if "emergency" not in case.body:
        return None
    wanted, got = case.body["emergency"], heard.emergency
    if wanted is None:
        return f"不是急事，读成了{got}" if got else None
    if wanted == PERHAPS:
        return None if got or heard.perhaps_emergency else "该问一句是不是有危险"
    return (
        None
        if got and wanted in (ANY, got)
        else f"急事{wanted}，读成{got}（也许：{heard.perhaps_emergency}）"
    )


def intent_fault(case: Case, heard: Understanding) -> str | None:
    if not case.intents or heard.intent in case.intents:
        return None
    return f"意思应是{'或'.join(case.intents)}，读成{heard.intent}（把握{heard.confidence:.2f}）"


def faults(case: Case, heard: Understanding) -> list[str]:
    found = [fault for fault in (intent_fault(case, heard), danger_fault(case, heard)) if fault]
    if isinstance(case.body.get("people"), list):
        found += people(case, heard.people).faults
    return found + slot_faults(case, heard)


@pytest.mark.parametrize("case", cases(), ids=lambda case: f"{case.theme}:{case.text[:24]}")
def test_a_whole_sentence_is_read_rightly(case: Case) -> None:
    found = faults(case, parse(case))
    assert not found, f"\n句子：{case.text}　（刚问过：{case.body.get('context')}）\n" + "\n".join(found)


def test_the_written_cases_are_in_the_right_form() -> None:
    for case in cases():
        assert set(case.intents) <= set(INTENTS), case.text
        assert case.body.get("context") in (*CONTEXTS, None), case.text
        assert case.body.get("emergency") in (*EMERGENCIES, ANY, PERHAPS, None), case.text
