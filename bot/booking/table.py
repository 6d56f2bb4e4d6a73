"""Who may move a call from which state to which; the words that the rules of a call share."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, Literal

from bot.models import RequestState

Role = Literal["elder", "worker", "lead", "platform", "clock"]
Reason = Literal[
    "already_done",
    "already_cancelled",
    "already_failed",
    "already_expired",
    "already_on_the_way",
    "taken_by_another",
    "not_taken",
    "not_yours",
    "not_your_area",
    "not_their_area",
    "not_done",
    "not_possible",
    "too_late",
    "too_many",
]

# The states that nothing leaves, and what is said of them.
FINISHED: Final[Mapping[RequestState, Reason]] = MappingProxyType(
    {
        "done": "already_done",
        "cancelled": "already_cancelled",
        "failed": "already_failed",
        "expired": "already_expired",
    }
)

# A platform's reports may come late or out of order, so it may leave states out. Back to "submitted" hands back.
MAY: Final[Mapping[tuple[RequestState, Role], tuple[RequestState, ...]]] = MappingProxyType(
    {
        ("submitted", "elder"): ("cancelled",),
        ("submitted", "worker"): ("accepted",),
        ("submitted", "lead"): ("accepted", "cancelled", "failed"),
        ("submitted", "platform"): ("accepted", "on_the_way", "done", "failed"),
        ("submitted", "clock"): ("expired",),
        ("accepted", "elder"): ("cancelled",),
        ("accepted", "worker"): ("on_the_way", "done", "failed", "submitted"),
        ("accepted", "lead"): ("on_the_way", "done", "failed", "cancelled", "submitted"),
        ("accepted", "platform"): ("on_the_way", "done", "failed"),
        ("on_the_way", "worker"): ("done", "failed", "submitted"),
        ("on_the_way", "lead"): ("done", "failed", "cancelled", "submitted"),
        ("on_the_way", "platform"): ("done", "failed"),
    }
)


@dataclass(frozen=True, slots=True)
class Actor:
    """Who moves a call: `id` is the user (`Message.who`) of an elder, the id of a member of staff.

    `areas` are the codes of the places a worker or lead serves, with all that lies in them.
    """

    role: Role
    id: str = ""
    areas: tuple[str, ...] = ()

    @property
    def by(self) -> str:
        """How the history names them; a user's id is personal and stays out of it."""
        return f"staff:{self.id}" if self.role in ("worker", "lead") else self.role


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a call was not moved: a code for which there are words, and the state that it stays in."""

    reason: Reason
    state: RequestState
