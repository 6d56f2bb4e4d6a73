"""The files of calls → `Calls`: the operator's settings for all, for one call, for one place, each over the one before."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import time
from types import MappingProxyType

from bot.catalog.calls import Call, CallHours, Calls
from bot.catalog.files import Files, Read
from bot.catalog.schema import RegionForm
from bot.catalog.schema_calls import (
    CallDefaultsForm,
    CallForm,
    CallSettingsForm,
    CallsInPlaceForm,
    HoursForm,
)

_PLAIN = {
    "lead_minutes",
    "horizon_days",
    "late_minutes",
    "set_out_minutes",
    "over_hours",
    "over_days",
    "costs",
}


def calls(files: Files) -> Calls:
    """All calls of checked files."""
    defaults = files.call_defaults[0].form
    forms = _in_order(files, defaults)
    every = _had(forms, defaults, None)
    own = {one.stem: one for one in files.call_places}
    covered = [one.form for one in files.regions if one.form.list or one.form.floor]
    return Calls(
        MappingProxyType(every),
        MappingProxyType({place.code: _place(place, own, forms, defaults) for place in covered}),
        MappingProxyType({id_: call for id_, call in every.items() if id_ in defaults.elsewhere}),
        defaults.fallback_phone,
    )


def hours_over(*layers: CallSettingsForm) -> HoursForm:
    """The hours that hold where each layer changes only what it writes."""
    told = [layer.hours.model_dump(exclude_none=True, by_alias=True) for layer in layers if layer.hours]
    return HoursForm.model_validate({key: value for one in told for key, value in one.items()})


def _in_order(files: Files, defaults: CallDefaultsForm) -> dict[str, CallForm]:
    forms = {one.stem: one.form for one in files.calls}
    first = {id_: forms[id_] for id_ in defaults.order}
    return {**first, **forms}


def _place(
    place: RegionForm,
    own: Mapping[str, Read[CallsInPlaceForm]],
    forms: Mapping[str, CallForm],
    defaults: CallDefaultsForm,
) -> Mapping[str, Call]:
    """A county without a file of its own is served as its city is."""
    found = own.get(place.code) or own.get(place.within or "")
    return MappingProxyType(_had(forms, defaults, found.form if found else None))


def _had(
    forms: Mapping[str, CallForm], defaults: CallDefaultsForm, place: CallsInPlaceForm | None
) -> dict[str, Call]:
    without = place.not_offered if place else ()
    return {id_: _call(id_, form, defaults, place) for id_, form in forms.items() if id_ not in without}


def _call(id_: str, form: CallForm, defaults: CallDefaultsForm, place: CallsInPlaceForm | None) -> Call:
    here = place.differs.get(id_) if place else None
    set_ = _settled(defaults, form, here or CallSettingsForm())
    return Call(
        id=id_,
        name=form.name,
        words=form.words,
        what=form.what,
        needs=form.needs,
        taken_by=form.taken_by,
        fits=form.fits,
        hours=_hours(set_.hours),
        lead_minutes=set_.lead_minutes,
        horizon_days=set_.horizon_days,
        late_minutes=set_.late_minutes,
        set_out_minutes=set_.set_out_minutes,
        over_hours=set_.over_hours,
        over_days=set_.over_days,
        costs=set_.costs,
        phone=(place.fallback_phone if place else None) or defaults.fallback_phone,
        urgent=form.urgent,
    )


def _settled(defaults: CallDefaultsForm, *layers: CallSettingsForm) -> CallDefaultsForm:
    told: dict[str, object] = {}
    for layer in layers:
        told |= layer.model_dump(exclude_none=True, include=_PLAIN)
    return defaults.model_copy(update={**told, "hours": hours_over(defaults, *layers)})


def _hours(form: HoursForm) -> CallHours | None:
    if form.always or form.days is None or form.opens is None or form.closes is None:
        return None
    opens, closes = time.fromisoformat(form.opens), time.fromisoformat(form.closes)
    return CallHours(frozenset(form.days), opens, closes, form.holidays == "open")
