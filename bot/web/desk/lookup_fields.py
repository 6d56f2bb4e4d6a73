"""The fields beside the caller's words: one for each fact of the catalog, showing what is known, made to be changed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, Literal

from bot.catalog.model import Catalog
from bot.catalog.schema import FactForm
from bot.dialogue.reasons import age_words
from bot.dialogue.wording import say
from bot.eligibility.facts import Facts
from bot.eligibility.outcome import YES
from bot.eligibility.vocabulary import BOOLEANS, CHOICES, DISABILITY_KINDS, DISABILITY_LEVELS, FLAG_SETS
from bot.web.answer_view import places_by_list

Kind = Literal["text", "select", "places", "flags"]

# What the fields say of a flag or of a yes and no.
REST, DENIED, TRUE, FALSE = "rest", "!", "1", "0"
# The age has one field for all the ways in which it can be told.
_NO_FIELD: Final = ("age_range",)


@dataclass(frozen=True, slots=True)
class Choice:
    """One choice of a select or a group of boxes."""

    value: str
    label: str
    chosen: bool = False


@dataclass(frozen=True, slots=True)
class FactField:
    """One field; `first` says that it stands in view, `told` that something is known of it."""

    name: str
    label: str
    kind: Kind
    value: str = ""
    choices: Sequence[Choice] = ()
    groups: Sequence[tuple[str, Sequence[Choice]]] = ()
    hint: str = ""
    first: bool = False
    told: bool = False


def fields_of(raw: Mapping[str, Any], facts: Facts, catalog: Catalog) -> list[FactField]:
    """The fields in the order in which they are asked; `facts` are `raw`, read."""
    first = _in_view(facts, catalog)
    order = [*first, *(fact for fact in catalog.facts if fact not in first)]
    return [
        made
        for fact in order
        if fact not in _NO_FIELD
        for made in _made(catalog.facts[fact], raw, facts, catalog, first=fact in first)
    ]


def _in_view(facts: Facts, catalog: Catalog) -> list[str]:
    """What is worth asking of this elder, and what was told; presumptions and rare things stand apart."""
    asked = [
        fact
        for question in catalog.questions.values()
        if not question.form.rare
        and (question.form.only_when is None or question.only_when(facts.known).truth is YES)
        for fact in question.form.settles
    ]
    told = [fact for fact in catalog.facts if facts.has(fact) and fact != "birth_date"]
    born = ["birth_date"] if "birth_date" in facts.known else []
    return list(dict.fromkeys([*asked, *told, *born]))


def _made(
    form: FactForm, raw: Mapping[str, Any], facts: Facts, catalog: Catalog, *, first: bool
) -> Iterator[FactField]:
    value = raw.get(form.fact)
    blank = FactField(f"f.{form.fact}", form.name, "text", first=first, told=form.fact in raw)
    if form.fact == "region":
        yield replace(blank, kind="places", groups=_places(value, catalog))
    elif form.fact == "age":
        yield replace(blank, value=_age(raw), hint=_age_hint(raw, facts), told=bool(_age(raw)))
    elif form.fact == "disability":
        yield from _certificate(blank, raw, form)
    elif form.fact in FLAG_SETS:
        flags = _flags(form, value or {})
        yield replace(blank, kind="flags", choices=flags, told=any(one.chosen for one in flags))
    elif form.fact in CHOICES or form.fact in BOOLEANS:
        yield replace(blank, kind="select", choices=_one_of(form, value))
    elif form.fact == "care_months":
        yield replace(blank, value="" if value is None else f"{value:g}", hint=say("hotline_months_hint"))
    else:
        yield replace(blank, value=str(value or ""))


def _places(region: object, catalog: Catalog) -> list[tuple[str, list[Choice]]]:
    chosen = catalog.region(str(region)) if region else None
    groups = [
        (title, [Choice(one.code or "", one.full, one == chosen) for one in places])
        for title, places in places_by_list(catalog)
    ]
    if chosen and not any(one.chosen for _, places in groups for one in places):
        other = Choice(str(region), say("hotline_other_place", place=chosen.full), chosen=True)
        groups.insert(0, ("", [other]))
    return groups


def _age(raw: Mapping[str, Any]) -> str:
    if "age" in raw:
        return str(raw["age"])
    return "-".join(map(str, raw["age_range"])) if "age_range" in raw else ""


def _age_hint(raw: Mapping[str, Any], facts: Facts) -> str:
    if not _age(raw) and "age" in facts.known:
        return say("hotline_age_by_birth", age=age_words(facts))
    return say("hotline_age_hint")


def _certificate(blank: FactField, raw: Mapping[str, Any], form: FactForm) -> Iterator[FactField]:
    held = raw.get("disability")
    level = str(held.get("level", "held")) if isinstance(held, Mapping) else "none" if blank.told else ""
    labels = {
        "none": form.values["none"].name,
        **{str(one): say(f"level_{one}") for one in DISABILITY_LEVELS},
        "held": say("hotline_disability_held"),
    }
    yield replace(blank, kind="select", choices=_choices(labels, level))
    kind = str(held.get("kind", "")) if isinstance(held, Mapping) else ""
    kinds = _choices({one: form.values[one].name for one in DISABILITY_KINDS}, kind)
    label = say("hotline_kind")
    yield FactField("f.disability.kind", label, "select", choices=kinds, first=blank.told, told=bool(kind))


def _choices(labels: Mapping[str, str], chosen: str, nothing: str = "") -> list[Choice]:
    named = [Choice(value, label, value == chosen) for value, label in labels.items()]
    return [Choice("", nothing or say("hotline_not_asked"), not chosen), *named]


def _one_of(form: FactForm, value: object) -> list[Choice]:
    nothing = say("hotline_presumed", says=form.presumed_says) if form.presumed else ""
    if form.fact in CHOICES:
        return _choices({one: form.values[one].name for one in CHOICES[form.fact]}, str(value or ""), nothing)
    labels = {TRUE: say("hotline_is"), FALSE: say("hotline_is_not")}
    chosen = "" if value is None else TRUE if value else FALSE
    return _choices(labels, chosen, nothing)


def _flags(form: FactForm, told: Any) -> list[Choice]:
    """A box for each that may hold, one for each that was denied, one for all the others."""
    names = FLAG_SETS[form.fact]
    known = told if isinstance(told, Mapping) else {flag: flag in told for flag in names}
    denied = [flag for flag in names if known.get(flag) is False]
    rest = bool(denied) and all(flag in known for flag in names)
    boxes = [Choice(flag, form.values[flag].name, known.get(flag) is True) for flag in names]
    if not rest:
        boxes += [Choice(DENIED + flag, form.values[flag].fails or "", chosen=True) for flag in denied]
    return [*boxes, Choice(REST, say("hotline_rest_not"), rest)]
