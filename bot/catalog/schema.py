"""The form of the files in catalog_data/, checked when they are loaded; what a person may write and nothing else."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError


def _there_is(day: str) -> str:
    try:
        date.fromisoformat(day)
    except ValueError:
        raise PydanticCustomError(
            "no_day", "{day} is no day of the calendar; write the day on which it was checked", {"day": day}
        ) from None
    return day


Code = Annotated[str, Field(pattern=r"^\d{6}$")]
Slug = Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]
# What an elder reads in one breath; a whole message holds some 600 characters.
Sentence = Annotated[str, Field(min_length=1, max_length=120)]
Date = Annotated[str, Field(pattern=r"^20\d\d-[01]\d-[0-3]\d$")]
CheckedOn = Annotated[Date, AfterValidator(_there_is)]
Phone = Annotated[str, Field(pattern=r"^\d{3,12}$")]
Condition = dict[str, Any]
# Points "longitude,latitude" with spaces between; the last is joined to the first.
Ring = Annotated[str, Field(pattern=r"^\d{2,3}\.\d+,\d{1,2}\.\d+( \d{2,3}\.\d+,\d{1,2}\.\d+){2,}$")]
DoubtReason = Literal[
    "reading", "not_certified", "row_missing", "pilot", "criteria_not_attached", "outside_rule"
]


class FileForm(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class DoubtForm(FileForm):
    when: Condition = Field(default_factory=dict)
    reason: DoubtReason
    says: Sentence


class PaysForm(FileForm):
    per: Literal["month", "year", "once"] | None = None
    at_least: bool = False
    to: Literal["person", "family_member", "institution", "insurance_fund"] = "person"
    unit: Annotated[str, Field(pattern=r"^(CNY|ratio|times|multiple_of:.+)$")] = "CNY"


class TierForm(FileForm):
    when: Condition | None = None
    value: float | int | None = None
    text: Sentence | None = None
    not_counted: Literal["existing_policy"] | None = None

    @model_validator(mode="after")
    def _says_something(self) -> TierForm:
        if self.value is None and self.text is None:
            raise ValueError("a tier needs a value, or a text that says by which rule it is set")
        return self


class BenefitForm(FileForm):
    label: Sentence
    pays: PaysForm = PaysForm()
    tiers: Annotated[tuple[TierForm, ...], Field(min_length=1, strict=False)] | None = None
    value: float | int | None = None
    text: Sentence | None = None
    principle: bool = False
    when: Condition | None = None

    @model_validator(mode="after")
    def _one_form(self) -> BenefitForm:
        direct = self.value is not None or self.text is not None
        if direct == (self.tiers is not None):
            raise ValueError("a benefit has either tiers, or a value or a text of its own")
        return self


class ItemForm(FileForm):
    service: Slug
    item: Annotated[int, Field(ge=1, le=99)]
    part: Literal["a", "b", "c"] | None = None
    id: Annotated[str, Field(pattern=r"^[a-z]+-\d+-[a-z-]+$")] | None = None
    name: Sentence
    kind: Literal["material", "care", "concern", "elderly_service"]
    general: bool = False
    audience: Literal["own"] | None = None
    who: Condition
    may_extend_to: Condition | None = None
    also_maybe: Annotated[tuple[DoubtForm, ...], Field(strict=False)] = ()
    at_most_maybe: Annotated[tuple[DoubtForm, ...], Field(strict=False)] = ()
    only_a_person_can_check: Sentence | None = None
    benefits: Annotated[tuple[BenefitForm, ...], Field(strict=False)] = ()
    agencies: Annotated[tuple[str, ...], Field(min_length=1, strict=False)]
    ask_first: str | None = None
    agency_note: Sentence | None = None
    clause: Sentence
    reading: Annotated[str, Field(max_length=200)] | None = None
    verified_at: CheckedOn


class EitherOrForm(FileForm):
    entries: Annotated[tuple[str, ...], Field(min_length=2, strict=False)]
    says: Sentence


class NoteForm(FileForm):
    when: Condition
    says: Sentence


class DocumentForm(FileForm):
    list: Slug
    year: int
    document: Sentence
    title: Sentence
    issuer: Sentence
    status: Literal["in_force", "draft", "plan"]
    region: Code
    amounts_printed: bool
    source_file: str
    audience: Condition
    items: Annotated[tuple[int, ...], Field(min_length=1, strict=False)]
    either_or: Annotated[tuple[EitherOrForm, ...], Field(strict=False)] = ()
    notes: Annotated[tuple[Sentence, ...], Field(strict=False)] = ()
    notes_when: Annotated[tuple[NoteForm, ...], Field(strict=False)] = ()


class ServiceForm(FileForm):
    name: Sentence
    everyday: Annotated[tuple[str, ...], Field(strict=False)] = ()
    what: Sentence
    who_for: Sentence
    ask: Sentence
    hotlines: Annotated[tuple[str, ...], Field(strict=False)] = ()
    worth: Annotated[float, Field(ge=0, strict=False)]
    rare: bool = False
    see_also: Annotated[tuple[Slug, ...], Field(strict=False)] = ()


class SharedNameForm(FileForm):
    name: str
    words: Annotated[tuple[str, ...], Field(min_length=1, strict=False)]
    services: Annotated[tuple[Slug, ...], Field(min_length=2, strict=False)]


class RegionForm(FileForm):
    code: Code
    name: str
    full: str
    within: Code | None = Field(None, alias="in")
    list: Slug | None = None
    floor: Slug | None = None
    names: Annotated[tuple[str, ...], Field(min_length=1, strict=False)]


class AreaForm(FileForm):
    code: Code
    name: str
    rings: Annotated[tuple[Ring, ...], Field(min_length=1, strict=False)]


class AgencyForm(FileForm):
    name: str
    full: str
    list: Slug
    aliases: Annotated[tuple[str, ...], Field(strict=False)] = ()


class HotlineForm(FileForm):
    number: Phone
    name: str
    purpose: Sentence = Field(alias="for")
    where: str
    hours: str | None = None
    source: Annotated[str, Field(min_length=2)]
    verified_at: CheckedOn
    status: Literal["safe", "unverified"]


class ValueWords(FileForm):
    name: str
    holds: str | None = None
    fails: str | None = None


class FactForm(FileForm):
    fact: str
    name: str
    holds: str | None = None
    fails: str | None = None
    values: dict[str, ValueWords] = Field(default_factory=dict)
    presumed: bool = False
    presumed_says: str | None = None


class OptionForm(FileForm):
    label: Annotated[str, Field(min_length=1, max_length=24)]
    words: Annotated[tuple[str, ...], Field(strict=False)] = ()
    sets: dict[str, Any] = Field(default_factory=dict)
    alone: bool = False
    # Questions that this choice answers with 不知道.
    declines: Annotated[tuple[str, ...], Field(strict=False)] = ()


class ImpliedForm(FileForm):
    when: Condition
    sets: dict[str, Any]


class QuestionForm(FileForm):
    id: str
    settles: Annotated[tuple[str, ...], Field(min_length=1, strict=False)]
    text: Sentence
    why: Sentence
    kind: Literal["region", "age", "choice", "checklist"]
    core: bool = False
    rare: bool = False
    only_when: Condition | None = None
    implied: ImpliedForm | None = None
    options: Annotated[tuple[OptionForm, ...], Field(strict=False)] = ()
