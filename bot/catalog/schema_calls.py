"""The form of the files about calls and holidays: what a social worker or the operator may write, and nothing else."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from bot.catalog.schema import CheckedOn, Date, FileForm, Phone, Sentence, Slug

CLOCK = r"^([01]\d|2[0-3]):[0-5]\d$"
Clock = Annotated[str, Field(pattern=CLOCK)]
Weekday = Annotated[int, Field(ge=1, le=7)]
LeadMinutes = Annotated[int, Field(ge=0, le=10080)]
HorizonDays = Annotated[int, Field(ge=0, le=90)]
LateMinutes = Annotated[int, Field(ge=1, le=2880)]
SetOutMinutes = Annotated[int, Field(ge=1, le=2880)]
OverHours = Annotated[int, Field(ge=1, le=720)]
OverDays = Annotated[int, Field(ge=1, le=90)]


class HoursForm(FileForm):
    days: Annotated[tuple[Weekday, ...], Field(min_length=1, strict=False)] | None = None
    opens: Clock | None = Field(None, alias="from")
    closes: Clock | None = Field(None, alias="to")
    holidays: Literal["open", "closed"] | None = None
    always: bool | None = None


class CallSettingsForm(FileForm):
    """What the operator sets: for all calls, for one, for one in a place; what is left out stays as it was."""

    hours: HoursForm | None = None
    lead_minutes: LeadMinutes | None = None
    horizon_days: HorizonDays | None = None
    late_minutes: LateMinutes | None = None
    set_out_minutes: SetOutMinutes | None = None
    over_hours: OverHours | None = None
    over_days: OverDays | None = None
    costs: Sentence | None = None


class CallForm(CallSettingsForm):
    name: Annotated[str, Field(min_length=1, max_length=12)]
    words: Annotated[tuple[str, ...], Field(min_length=1, strict=False)]
    what: Sentence
    needs: Annotated[tuple[Literal["time", "address", "phone"], ...], Field(strict=False)]
    taken_by: Annotated[str, Field(min_length=1, max_length=20)]
    fits: Annotated[tuple[Slug, ...], Field(strict=False)] = ()
    printed: dict[Slug, Sentence] = Field(default_factory=dict)
    urgent: bool = False


class CallDefaultsForm(CallSettingsForm):
    set_by: Literal["operator"]
    hours: HoursForm
    lead_minutes: LeadMinutes
    horizon_days: HorizonDays
    late_minutes: LateMinutes
    set_out_minutes: SetOutMinutes
    over_hours: OverHours
    over_days: OverDays
    costs: Sentence
    fallback_phone: Phone
    order: Annotated[tuple[Slug, ...], Field(strict=False)]
    elsewhere: Annotated[tuple[Slug, ...], Field(strict=False)] = ()


class CallsInPlaceForm(FileForm):
    name: str
    not_offered: Annotated[tuple[Slug, ...], Field(strict=False)] = ()
    differs: dict[Slug, CallSettingsForm] = Field(default_factory=dict)
    fallback_phone: Phone | None = None


class DaysOffForm(FileForm):
    name: str
    first: Date = Field(alias="from")
    last: Date = Field(alias="to")


class HolidaysForm(FileForm):
    year: Annotated[int, Field(ge=2000, le=2100)]
    source: Annotated[str, Field(min_length=2)]
    verified_at: CheckedOn
    days_off: Annotated[tuple[DaysOffForm, ...], Field(min_length=1, strict=False)]
    worked: Annotated[tuple[Date, ...], Field(strict=False)] = ()
