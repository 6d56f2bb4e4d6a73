"""What must hold between the files of calls, the holidays and the rest; every finding names file, line and mend."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from bot.catalog.files import Files, Read
from bot.catalog.holidays import days
from bot.catalog.lined_yaml import Where
from bot.catalog.load_calls import hours_over
from bot.catalog.schema_calls import CallForm, CallSettingsForm, CallsInPlaceForm, HolidaysForm

_MIDNIGHT = "00:00"


def check_calls(files: Files) -> list[str]:
    """All findings, in the order of the files."""
    findings = [*_defaults(files), *_words(files), *_urgent(files)]
    for call in files.calls:
        findings += _call(files, call)
    for place in files.call_places:
        findings += [*_where(files, place), *_place(files, place)]
    return [*findings, *_years(files)]


def _defaults(files: Files) -> Iterator[str]:
    one = files.call_defaults[0]
    yield from _known(files, one, ("order",), one.form.order)
    yield from _known(files, one, ("elsewhere",), one.form.elsewhere)
    yield from _hours(one, ("hours",), one.form)
    yield from _phone(files, one, one.form.fallback_phone)


def _known(files: Files, one: Read[Any], where: Where, ids: Iterable[str]) -> Iterator[str]:
    known = [call.stem for call in files.calls]
    for id_ in ids:
        if id_ not in known:
            yield one.problem((*where, id_), f"there is no call {id_!r}; write one of {', '.join(known)}")


def _hours(one: Read[Any], where: Where, *layers: CallSettingsForm) -> Iterator[str]:
    """Only of a file that writes hours itself: one wrong default is one finding."""
    if layers[-1].hours is None:
        return
    hours = hours_over(*layers)
    if hours.always:
        return
    if hours.days is None or hours.opens is None or hours.closes is None or hours.holidays is None:
        yield one.problem(where, "hours need days, from, to and holidays, or always: true")
    elif hours.opens >= hours.closes and hours.closes != _MIDNIGHT:
        yield one.problem(where, f"the hours end ({hours.closes}) before they begin ({hours.opens})")


def _phone(files: Files, one: Read[Any], phone: str | None) -> Iterator[str]:
    if phone is not None and phone not in {hotline.form.number for hotline in files.hotlines}:
        yield one.problem(
            ("fallback_phone",), f"{phone} is not in hotlines.yaml; add it there with its source"
        )


def _words(files: Files) -> Iterator[str]:
    """One word, one call: who writes it must be understood."""
    owners: dict[str, str] = {}
    for one in files.calls:
        for word in dict.fromkeys((one.form.name, *one.form.words)):
            if word in owners:
                yield one.problem(("words",), f"{word!r} already calls {owners[word]}; one word, one call")
            owners.setdefault(word, one.stem)


def _urgent(files: Files) -> Iterator[str]:
    urgent = [one for one in files.calls if one.form.urgent]
    if not urgent:
        name = f"{files.root.name}/calls:1"
        yield f"{name}: no call is urgent; one file needs 'urgent: true', for danger"
    for one in urgent[1:]:
        yield one.problem(("urgent",), f"{urgent[0].stem} is the urgent call already; keep one")
    for one in urgent:
        if one.form.needs or one.form.hours is None or not one.form.hours.always:
            yield one.problem(
                ("urgent",), "an urgent call asks nothing: 'needs: []' and 'hours: {always: true}'"
            )


def _call(files: Files, one: Read[CallForm]) -> Iterator[str]:
    services = {service.stem for service in files.services}
    lists = {document.form.list for document in files.documents}
    for i, slug in enumerate(one.form.fits):
        if slug not in services:
            yield one.problem(("fits", i), f"there is no services/{slug}.yaml; write it or take the name out")
    for named in one.form.printed:
        if named not in lists:
            yield one.problem(("printed", named), f"there is no list {named!r} in lists/")
    if not one.form.urgent and "phone" not in one.form.needs:
        yield one.problem(("needs",), "nobody can be called back without a number; add phone")
    yield from _hours(one, ("hours",), files.call_defaults[0].form, one.form)


def _where(files: Files, one: Read[CallsInPlaceForm]) -> Iterator[str]:
    region = next((region.form for region in files.regions if region.form.code == one.stem), None)
    if region is None:
        yield one.problem(
            (), f"{one.stem} is no code in regions.yaml; name the file by the code of its place"
        )
    elif not (region.list or region.floor or _has_counties(files, one.stem)):
        yield one.problem((), f"{region.name} has no list in regions.yaml; nothing is offered there")
    elif region.name != one.form.name:
        yield one.problem(("name",), f"{one.stem} is {region.name} in regions.yaml; write it so")


def _has_counties(files: Files, city: str) -> bool:
    """A city without a list may speak for its counties that have one."""
    inside = [one.form for one in files.regions if one.form.within == city]
    return any(one.list or one.floor for one in inside)


def _place(files: Files, one: Read[CallsInPlaceForm]) -> Iterator[str]:
    forms = {call.stem: call.form for call in files.calls}
    yield from _known(files, one, ("not_offered",), one.form.not_offered)
    yield from _known(files, one, ("differs",), one.form.differs)
    yield from _phone(files, one, one.form.fallback_phone)
    for id_, here in one.form.differs.items():
        if id_ in one.form.not_offered:
            yield one.problem(("differs", id_), f"{id_} is not offered here; take it out of one of the two")
        elif id_ in forms:
            layers = (files.call_defaults[0].form, forms[id_], here)
            yield from _hours(one, ("differs", id_, "hours"), *layers)


def _years(files: Files) -> Iterator[str]:
    if not files.holidays:
        yield f"{files.root.name}/holidays.yaml:1: no year is written; copy the last notice"
    years = [one.form.year for one in files.holidays]
    for before, one in zip(years, files.holidays[1:], strict=False):
        if one.form.year != before + 1:
            yield one.problem(
                ("year",), f"{one.form.year} follows {before}; write the years one after another"
            )
    for one in files.holidays:
        yield from _dates(one)


def _dates(one: Read[HolidaysForm]) -> Iterator[str]:
    """Dates that the calendar has, within their year; anything more is only looked at where these are right."""
    written = [
        (("days_off", i), day) for i, off in enumerate(one.form.days_off) for day in (off.first, off.last)
    ]
    written += [(("worked", i), day) for i, day in enumerate(one.form.worked)]
    wrong = [
        one.problem(where, f"{day} is no day of {one.form.year}")
        for where, day in written
        if not _is_day_of(one.form.year, day)
    ]
    yield from wrong or _holidays(one)


def _is_day_of(year: int, day: str) -> bool:
    try:
        return date.fromisoformat(day).year == year
    except ValueError:
        return False


def _holidays(one: Read[HolidaysForm]) -> Iterator[str]:
    off: set[date] = set()
    for i, form in enumerate(one.form.days_off):
        if not days(form):
            yield one.problem(("days_off", i), f"{form.name} ends before it begins")
        if again := off.intersection(days(form)):
            yield one.problem(("days_off", i), f"{min(again)} is in two holidays; keep one")
        off.update(days(form))
    for i, day in enumerate(map(date.fromisoformat, one.form.worked)):
        if day in off:
            yield one.problem(("worked", i), f"{day} is a day off above; take it out of one of the two")
        elif day.isoweekday() < 6:
            yield one.problem(("worked", i), f"{day} is no Saturday or Sunday; such a day is worked anyway")
