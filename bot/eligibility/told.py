"""What was made of a result, kept beside it: elders whom a list cannot tell apart share their results."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Generic, TypeVar

_T = TypeVar("_T")
_MOST = 8192


class Told(Generic[_T]):
    """Of each thing, by which object it is, what was made of it; forgets all when it becomes much."""

    def __init__(self) -> None:
        # The thing itself stays there, so that no other one can get its number.
        self._made: dict[int, tuple[object, _T]] = {}

    def of(self, thing: object) -> _T | None:
        """What was made of this very one, None where it is new."""
        made = self._made.get(id(thing))
        return made[1] if made is not None else None

    def of_all(self, things: Sequence[object]) -> list[_T] | None:
        """What was made of each, None where one of them is new."""
        made = [self._made.get(id(thing)) for thing in things]
        return None if None in made else [one[1] for one in made if one]

    def keep(self, thing: object, made: _T) -> _T:
        """Gives `made` back."""
        if len(self._made) >= _MOST:
            self._made.clear()
        self._made[id(thing)] = (thing, made)
        return made
