"""The JSON that other programs count on: one function for each shape, used by the commands and by the API alike."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import cache, lru_cache
from typing import Any

from bot.catalog.assess import Assessment, assess
from bot.catalog.model import BenefitList, Catalog, Item, Question, Region
from bot.dialogue.notes import notes
from bot.dialogue.questions import next_question
from bot.dialogue.reasons import Because
from bot.dialogue.wording import say
from bot.eligibility.benefits import Granted
from bot.eligibility.rules import Result
from bot.eligibility.told import Told
from bot.eligibility.totals import Total
from bot.errors import BadValue
from bot.models import Message, Turn
from nlu.understanding import CONTEXTS, Understanding
from nlu.wire import as_json

Json = dict[str, Any]
_RESULTS: Told[Json] = Told()
_ASKED: Told[Json] = Told()


def screen(facts: Mapping[str, Any], id_: str, catalog: Catalog, today: date) -> Json:
    """The contract's §2 for one elder; raises `BadValue`."""
    return screened(assess(catalog, facts, today), id_, catalog)


def screened(assessment: Assessment, id_: str, catalog: Catalog) -> Json:
    """An assessment in the contract's §2 form."""
    results = screened_results(assessment, catalog)
    head, rest = screened_head(assessment), screened_rest(assessment, catalog)
    return {"id": id_, **head, "results": results, **rest}


def screened_head(assessment: Assessment) -> Json:
    """What stands between the id and the results; nobody changes it, as with the rest."""
    region, found = assessment.region, assessment.benefit_list
    return _covered(region, found) if region and found else {"region": _region_head(region), "list": None}


@lru_cache(maxsize=4096)
def _covered(region: Region, found: BenefitList) -> Json:
    return {"region": _region_head(region), "list": list_head(found)}


def _region_head(region: Region | None) -> Json | None:
    return {"code": region.code, "name": region.full} if region else None


def screened_results(assessment: Assessment, catalog: Catalog, before: Told[Json] = _RESULTS) -> list[Json]:
    """Every entry; nobody changes them, for other elders are told the same ones, out of `before`."""
    found, results = assessment.benefit_list, assessment.results
    told = before.of_all(results)
    if told is not None or found is None:
        return told or []
    because = Because(assessment.facts, catalog)
    return [before.of(one) or before.keep(one, _result(one, found, because)) for one in results]


def screened_rest(assessment: Assessment, catalog: Catalog) -> Json:
    """What stands behind the results; nobody changes the maps in it, for other elders are told the same ones."""
    return {
        "total": _total(assessment.total),
        "next": _next(assessment, catalog),
        "presumed": assessment.presumed,
        "notes": notes(assessment, catalog),
    }


def list_head(found: BenefitList) -> Json:
    """Which list it is, wherever one is named."""
    document = found.document
    return {
        "id": found.id,
        "document": document.document,
        "status": document.status,
        "title": document.title,
        "year": document.year,
    }


def _result(result: Result, found: BenefitList, because: Because) -> Json:
    told: Json = {
        **_head(found.by_id[result.id], found),
        "verdict": result.verdict,
        "benefits": _benefits(result) if result.benefits else [],
        "because": because(result.because),
        "missing": list(result.missing),
        "extends": result.extends,
    }
    if result.verdict == "maybe":
        told["reason"] = result.reason
        told["says"] = result.says or None
    return told


def _benefits(result: Result) -> list[Json]:
    return [{"id": result.id, "label": one.label, "amount": amount(one)} for one in result.benefits]


@cache
def _head(item: Item, found: BenefitList) -> Json:
    """What is the same for every elder; made once an entry."""
    form = item.form
    return {
        "id": item.id,
        "item": form.item,
        "name": form.name,
        "kind": form.kind,
        "agencies": list(form.agencies),
        "agency_note": form.agency_note,
        "source": source(item, found),
    }


def amount(granted: Granted) -> Json:
    """One amount; `text` says by which rule it is set where no figure is printed."""
    told: Json = {
        "value": granted.value,
        "unit": granted.unit,
        "per": granted.per,
        "at_least": granted.at_least,
        "to": granted.to,
    }
    if granted.text is not None:
        told["text"] = granted.text
    return told


def source(item: Item, found: BenefitList) -> Json:
    """Where an entry is printed, and the reading it rests on."""
    return {
        "document": found.document.document,
        "item": item.form.clause.removeprefix("附件"),
        "reading": item.form.reading,
    }


@lru_cache(maxsize=4096)
def _total(total: Total) -> Json:
    return {
        "month_min": total.month_min,
        "counted": list(total.counted),
        "not_counted": [{"id": id_, "why": why} for id_, why in total.not_counted],
        "either_or": [taken._asdict() for taken in total.either_or],
    }


def _next(assessment: Assessment, catalog: Catalog) -> Json | None:
    asking = next_question(assessment.results, assessment.facts, catalog, assessment.benefit_list)
    return (
        None
        if asking is None
        else _ASKED.of(asking.question) or _ASKED.keep(asking.question, _asked(asking.question))
    )


def _asked(question: Question) -> Json:
    form = question.form
    options = [{"label": option.label, "sets": dict(option.sets)} for option in form.options]
    return {"fact": form.id, "text": form.text.format(who=say("an_elder")), "options": options}


def parsed(id_: str, understanding: Understanding) -> Json:
    """The contract's §3."""
    return as_json(id_, understanding)


def context(body: Mapping[str, Any]) -> str | None:
    """What was asked just before, for §3; raises `BadValue`."""
    asked = body.get("context")
    if asked is not None and asked not in CONTEXTS:
        raise BadValue(f"context is null or one of {', '.join(CONTEXTS)}", field="context")
    return asked


def message_of(body: Mapping[str, Any], prefix: str = "") -> Message:
    """The contract's §4 request; raises `BadValue`."""
    if extra := set(body) - {"user", "text", "tap", "event", "scene"}:
        raise BadValue(
            f"there is no {min(extra)[:40]!r} here; send user, text, tap, event, scene", field=min(extra)
        )
    text = {name: _text(body, name) for name in ("user", "text", "tap", "event", "scene")}
    if not text["user"]:
        raise BadValue("user is missing: any text that names the same person each time", field="user")
    event = text["event"] or None
    if event not in (None, "subscribe", "unsubscribe", "scan", "click", "view"):
        raise BadValue("event is subscribe, unsubscribe, scan, click or view", field="event")
    return Message(
        user=prefix + text["user"],
        kind="event" if event else "text",
        text=text["text"],
        tap=text["tap"] or None,
        event=event,  # type: ignore[arg-type]
        scene=text["scene"] or None,
    )


def _text(body: Mapping[str, Any], name: str) -> str:
    value = body.get(name)
    if value is None:
        return ""
    if not isinstance(value, str) or len(value) > _LONGEST.get(name, 128):
        raise BadValue(f"{name} is text of at most {_LONGEST.get(name, 128)} characters", field=name)
    return value


_LONGEST = {"text": 20_000}


def talked(user: str, turn: Turn) -> Json:
    """The contract's §4 answer."""
    return {
        "user": user,
        "reply": list(turn.reply.texts),
        "taps": [{"id": tap.id, "label": tap.label} for tap in turn.reply.taps],
        **turn.report,
    }
