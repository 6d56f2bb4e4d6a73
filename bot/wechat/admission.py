"""Lets in so many users at once as can be answered in time; the others stand in line, and are told where it is too long."""

from __future__ import annotations

import asyncio
from collections import deque
from dataclasses import dataclass

# Of one process. While one waits for the store another is worked at; with many more all of them would be late.
MOST_USERS = 32
# While so many come that even telling them so takes all of its time, so few are worked at.
FEWEST_USERS = 2
# The loop is looked at so often while somebody stands in line; where it comes so late, too much is in hand.
LOOK_S, LATE_S = 0.05, 0.1
# A push waits for the loop that often before it is seen here: as it connects, as it is read, as it is begun.
_WAITS = 3


@dataclass(eq=False, slots=True)
class _Party:
    """One user's messages: they come in together, since only one of them is worked at."""

    admitted: asyncio.Future[bool]
    members: int = 0
    timer: asyncio.TimerHandle | None = None


class Admission:
    """First come, first let in; whoever was let in must `leave`."""

    def __init__(self, most: int = MOST_USERS) -> None:
        self._most = self._bound = most
        self._inside = 0
        self._parties: dict[str, _Party] = {}
        self._line: deque[_Party] = deque()
        self._looking: asyncio.TimerHandle | None = None
        self._late = 0.0
        self._last_left = 0.0

    def full(self, user: str) -> bool:
        """Whether a message of this user would have to wait."""
        party = self._parties.get(user)
        return not party.admitted.done() if party else not self._has_room()

    async def enter(self, user: str, until: float, *, at_once: bool = False) -> bool:
        """Waits for room until then (seconds on the loop's clock), `at_once` for nothing; tells whether there was."""
        party = self._parties.get(user)
        if party is None:
            party = self._parties[user] = self._come(user, until)
        if at_once:
            self._let_in(party)
        party.members += 1
        entered = False
        try:
            entered = await asyncio.shield(party.admitted)
        finally:
            if not entered:
                self._gone(user, party)
        return entered

    def leave(self, user: str) -> None:
        """One message of theirs is done."""
        self._last_left = _now()
        self._gone(user, self._parties[user])

    def moved_since(self, moment: float) -> bool:
        """Whether any message was done since then; else it is not too many that make it slow."""
        return self._last_left > moment

    def _has_room(self) -> bool:
        return self._inside < self._bound

    def _come(self, user: str, until: float) -> _Party:
        party = _Party(asyncio.get_running_loop().create_future())
        if self._has_room():
            self._let_in(party)
        else:
            self._line.append(party)
            until -= _WAITS * self._late
            party.timer = asyncio.get_running_loop().call_at(until, self._turned_away, user, party)
            self._look_soon()
        return party

    def _let_in(self, party: _Party) -> None:
        if not party.admitted.done():
            self._inside += 1
            self._decide(party, entered=True)

    def _turned_away(self, user: str, party: _Party) -> None:
        if not party.admitted.done():
            del self._parties[user]
            self._decide(party, entered=False)

    def _decide(self, party: _Party, *, entered: bool) -> None:
        party.admitted.set_result(entered)
        if party.timer:
            party.timer.cancel()

    def _gone(self, user: str, party: _Party) -> None:
        party.members -= 1
        if party.members or self._parties.get(user) is not party:
            return
        del self._parties[user]
        if party.admitted.done():
            self._inside -= 1
            self._next()
        else:
            # Its only member was called away while it stood in line.
            self._decide(party, entered=False)

    def _next(self) -> None:
        while self._line and self._has_room():
            self._let_in(self._line.popleft())

    def _look_soon(self) -> None:
        if self._looking is None:
            due = _now() + LOOK_S
            self._looking = asyncio.get_running_loop().call_at(due, self._look, due)

    def _look(self, due: float) -> None:
        """Fewer at once where the loop comes late, one more where it does not, until there is room for all again."""
        self._looking, self._late = None, _now() - due
        late = self._late > LATE_S
        self._bound = max(FEWEST_USERS, self._bound * 2 // 3) if late else min(self._most, self._bound + 1)
        self._next()
        if self._line or self._bound < self._most:
            self._look_soon()
        else:
            self._late = 0.0


def _now() -> float:
    return asyncio.get_running_loop().time()
