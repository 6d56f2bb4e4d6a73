"""How long things may take, and how long they are kept."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """How long things may take (seconds) and how long they are kept (milliseconds)."""

    command_s: float = 3.0
    leave_s: float = 1.0
    turn_wait_s: float = 9.0
    # A turn is held for so long unless it is prolonged: a bot killed in the middle of one costs its user a wait
    # that still fits into the time of the next try.
    turn_ms: int = 2_500
    prolong_s: float = 0.7
    session_ms: int = 90 * 24 * 3600 * 1000
    # A signature is good for ten minutes on either side of its time: as long as any replay of a push may come.
    answer_ms: int = 21 * 60 * 1000
    promise_ms: int = 24 * 3600 * 1000
    notice_ms: int = 30 * 24 * 3600 * 1000
    sending_ms: int = 30 * 1000
    connections: int = 64
