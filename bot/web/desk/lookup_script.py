"""What the hotline reads aloud to a caller, a short sentence for each thing; and the answer as text to copy."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice

from bot.catalog.assess import Assessment
from bot.catalog.model import BenefitList, Catalog, Item, Region
from bot.dialogue.amounts import amount_words, yuan
from bot.dialogue.answer import Told, agency_words, money
from bot.dialogue.questions import can_be_told
from bot.dialogue.wording import say
from bot.eligibility.benefits import Granted
from bot.eligibility.rules import Result
from bot.web.answer_view import PersonView, Row

_MOST_MONEY, _MOST_MAYBE, _MOST_NAMES = 6, 2, 3


def script(view: PersonView, assessment: Assessment, catalog: Catalog, called: str) -> list[str]:
    """The sentences in their order; `called` is how the person is named to the caller."""
    found, region = assessment.benefit_list, assessment.region
    if found is None or region is None:
        return [say("hotline_no_list" if region else "hotline_no_place")]
    told = Told(called, assessment, found, catalog)
    return [
        *_opening(view, region, found),
        *_sums(told),
        *_sure(told),
        *_services(told),
        *_maybes(told),
        *([say("hotline_ask", text=view.ask.text)] if view.ask else []),
        *(say(f"hotline_{name}") for name in ("end", "free", "more")),
    ]


def _opening(view: PersonView, region: Region, found: BenefitList) -> Iterator[str]:
    yield say("hotline_floor" if region.floor else "hotline_where", place=region.name)
    yield say(f"hotline_paper_{found.document.status}", year=found.document.year)
    if view.facts:
        yield say("hotline_understood", facts="、".join(view.facts))


def _sure(told: Told) -> Iterator[str]:
    sure = money(told)
    if not sure:
        yield say("hotline_nothing")
    for i, result in enumerate(sure[:_MOST_MONEY]):
        item = told.item(result)
        yield say("hotline_can_more" if i else "hotline_can", who=told.who, what=item.service.what)
        yield from _amounts(result.benefits)
        yield say("hotline_agency", agency=_whom(item))


def _amounts(benefits: Sequence[Granted]) -> Iterator[str]:
    """What is printed; of what is not, only that it is not."""
    printed = [one for one in benefits if one.value is not None]
    yield from dict.fromkeys(map(_amount, printed))
    if len(printed) < len(benefits):
        yield say("hotline_amount_rest" if printed else "hotline_amount_open")


def _amount(granted: Granted) -> str:
    plain = granted.unit == "CNY" and granted.to == "person"
    if not plain or granted.principle:
        return say("hotline_amount_words", amount=amount_words([granted]))
    per = say(f"per_{granted.per}") if granted.per else ""
    name = "hotline_amount" if granted.at_least else "hotline_amount_fixed"
    return say(name, per=per, value=yuan(granted.value or 0))


def _whom(item: Item) -> str:
    return item.form.ask_first or agency_words(item)


def _sums(told: Told) -> Iterator[str]:
    total, names = told.assessment.total, {item.id: item.service.name for item in told.benefit_list.items}
    if total.month_min:
        yield say("hotline_total", amount=yuan(total.month_min))
    for one in total.either_or:
        yield say("hotline_either_or", lower=names[one.instead_of], higher=names[one.take])


def _services(told: Told) -> Iterator[str]:
    free = [result for result in told.assessment.by_verdict("yes") if not result.benefits]
    free.sort(key=lambda result: -told.item(result).service.worth)
    if free:
        names = "、".join(told.item(result).service.name for result in free[:_MOST_NAMES])
        yield say("hotline_services", count=len(free), names=names)


def _maybes(told: Told) -> Iterator[str]:
    """What an answer could still bring: the money first, and of it what brings most."""
    facts, catalog = told.assessment.facts, told.catalog
    waiting = [
        (result, wanted)
        for result in sorted(told.assessment.by_verdict("maybe"), key=lambda one: _worth(told, one))
        if not told.item(result).service.rare and (wanted := can_be_told(result.missing, facts, catalog))
    ]
    for result, wanted in islice(waiting, _MOST_MAYBE):
        yield say("hotline_maybe", what=told.item(result).service.what)
        names = dict.fromkeys(catalog.facts[fact].name for fact in wanted)
        yield say("hotline_maybe_missing", facts="、".join(names))


def _worth(told: Told, result: Result) -> tuple[bool, float]:
    return (not result.benefits, -told.item(result).service.worth)


def copy_text(view: PersonView) -> str:
    """The whole answer as plain text, to paste into a record of calls."""
    lines = [say("hotline_copy_head", who=view.who, facts="、".join(view.facts))]
    if view.benefit_list:
        document = view.benefit_list.document
        lines.append(
            say(
                "hotline_copy_basis",
                title=document.title, document=document.document, year=document.year, standing=view.standing,
            )
        )  # fmt: skip
    if view.total is not None:
        lines.append(say("hotline_copy_total", amount=view.total))
    lines += view.beside_total
    for verdict in ("yes", "maybe", "no"):
        if view.rows[verdict]:
            lines.append(say("hotline_copy_group", name=say(f"hotline_verdict_{verdict}")))
            lines += [_copied(row, verdict) for row in view.rows[verdict]]
    return "\n".join([*lines, *view.notes, say("hotline_copy_end")])


def _copied(row: Row, verdict: str) -> str:
    form = row.item.form
    if verdict == "no":
        return say("hotline_copy_no", name=form.name, why=row.because)
    why = say("hotline_copy_why", why=row.why) if row.why else ""
    words = {"name": form.name, "agency": row.agency, "clause": form.clause, "why": why}
    if row.amount:
        return say("hotline_copy_line", amount=row.amount, **words)
    return say("hotline_copy_line_plain", **words)
