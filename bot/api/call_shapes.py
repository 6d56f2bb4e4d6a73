"""What the addresses for calls take and answer."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, ConfigDict, Field

from bot.api.shape import Shape
from bot.dispatch.records import MONTH
from bot.models import RequestState

Flag = Annotated[Literal["true", "false"], Field(description="true or false")]
Month = Annotated[str, Field(pattern=f"^{MONTH}$", description="When they were submitted, such as 2026-11.")]
Area = Annotated[
    str | None,
    Field(
        max_length=6, pattern="^[0-9]{6}$", description="The code of a place; a city's holds its counties."
    ),
]
Rating = Literal["good", "fair", "bad"]


def _is_short(note: str) -> str:
    if len(note) > 200:
        raise ValueError("it has 200 characters at most")
    return note


class CallsQuery(Shape):
    """Which calls; without `since` and a final `state` only those that are open."""

    area: Area = None
    state: RequestState | None = None
    since: str | None = Field(
        None, pattern=r"^20[0-9]{2}-[01][0-9]-[0-3][0-9]$", description="The first day, such as 2026-11-01."
    )
    urgent: Flag = "false"
    late: Flag = "false"


class CallQuery(Shape):
    """`personal` asks for names, telephones and addresses; who asked for them is noted."""

    personal: Flag = "false"


class ExportQuery(Shape):
    month: Month
    format: Literal["csv", "xlsx"] = "csv"
    personal: Flag = "false"


class FiguresQuery(Shape):
    """Without `picture` the answer is JSON, with one it is an SVG picture."""

    month: Month
    area: Area = None
    picture: Literal["service", "area", "week", "waiting", "satisfaction"] | None = None


class MoveRequest(Shape):
    """To which state; `note` stays in the history for ever and is never personal. With `version` the call is moved only as
    it was seen."""

    model_config = ConfigDict(json_schema_extra={"examples": []})
    to: RequestState
    note: Annotated[str, AfterValidator(_is_short)] = ""
    version: int | None = Field(
        None,
        ge=1,
        description="The version that you looked at; where somebody moved the call since, nothing is done: 409.",
    )


class CallLine(Shape):
    """One call as desks list it, without anything personal."""

    number: str
    service: str
    service_name: str
    region: str | None
    region_name: str
    state: RequestState
    urgent: bool
    created: str
    time: str | None
    due: str | None
    worker: str | None
    changed: str
    rating: str | None
    late: bool
    dispatch: Literal["none", "waiting", "sent", "dead"]


class CallsAnswer(Shape):
    calls: list[CallLine]


class HistoryLine(Shape):
    at: str
    state: RequestState
    by: str
    note: str
    seal: str


class PersonalFields(Shape):
    contact: str
    phone: str
    address: str
    person: str
    time_text: str
    note: str
    comment: str


class CallAnswer(Shape):
    """One call; `intact` is whether its history is as it was written."""

    number: str
    service: str
    service_name: str
    region: str | None
    region_name: str
    state: RequestState
    urgent: bool
    time: str | None
    worker: str | None
    booked_by: str | None = Field(
        description="Who of the staff booked it for somebody; null where nobody did."
    )
    rating: Rating | None
    version: int
    intact: bool
    history: list[HistoryLine]
    personal: PersonalFields | None


class FiguresRow(Shape):
    """`count` is null where it is too small to be shown, or would tell one that is; `text` says so. After `median`
    minutes half of the calls were taken, after `p90` nine of ten."""

    name: str
    count: int | None
    text: str
    median: int | None
    p90: int | None


class FiguresAnswer(Shape):
    month: str
    total: FiguresRow
    by_service: list[FiguresRow]
    by_area: list[FiguresRow]
    by_week: list[FiguresRow]
    satisfaction: list[FiguresRow]
