"""What each role may see and do; the pages, the API and the commands all ask here."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, Literal

from bot.catalog.addresses import inside
from bot.models import Staff

Role = Literal["hotline", "worker", "lead", "editor", "admin"]
What = Literal[
    "lookup",  # look up what an elder is entitled to
    "send",  # send an answer to a caller's WeChat
    "book",  # book a call for a caller
    "look",  # see calls without names and telephones
    "personal",  # see the names, telephones and addresses of calls that they handle
    "move",  # move calls
    "export",  # export calls
    "figures",  # see figures
    "catalog",  # read the catalog as editors do, and propose changes
    "audit",  # read and export the audit log
]

MAY: Final[Mapping[Role, frozenset[What]]] = MappingProxyType(
    {
        "hotline": frozenset({"lookup", "send", "book", "look", "figures"}),
        "worker": frozenset({"lookup", "send", "book", "look", "personal", "move"}),
        "lead": frozenset(
            {"lookup", "send", "book", "look", "personal", "move", "export", "figures", "audit"}
        ),
        "editor": frozenset({"lookup", "catalog"}),
        "admin": frozenset(
            {"lookup", "send", "book", "look", "personal", "move", "export", "figures", "catalog", "audit"}
        ),
    }
)
# They see the most, so a password alone does not let them in.
WITH_ONE_TIME_CODE: Final[frozenset[Role]] = frozenset({"lead", "admin"})


def may(staff: Staff, *what: What) -> bool:
    """Whether their role lets them do all of it."""
    return staff.active and MAY[staff.role] >= set(what)


def reaches(staff: Staff, region: str | None) -> bool:
    """Whether a place is theirs: everything for an admin; a city's code holds for its counties, and a place that
    nobody knows is everybody's."""
    return (
        staff.role == "admin" or region is None or any(area and inside(region, area) for area in staff.areas)
    )
