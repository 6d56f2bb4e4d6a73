"""What a message has told of a call so far: the steps of filling hand it on, each with what it found."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from bot.dialogue.calling.ending import with_draft
from bot.dialogue.scene import Scene
from bot.models import Draft, Session, Tap


@dataclass(frozen=True, slots=True)
class Filled:
    """The scene with what was told, what must be said of it, and choices for the question that it leads back to.

    `new` says that the message told anything of the call; `stuck` that the place has no calls.
    """

    scene: Scene
    lines: tuple[str, ...] = ()
    taps: tuple[Tap, ...] = ()
    new: bool = False
    asks: str = ""
    stuck: bool = False

    @property
    def draft(self) -> Draft:
        return self.scene.session.draft or Draft()

    @property
    def session(self) -> Session:
        return self.scene.session

    def told(self, **fields: Any) -> Filled:
        """With these fields of the draft told."""
        return replace(self, scene=with_draft(self.scene, **fields), new=True)

    def trouble(self, *lines: str, asks: str, taps: tuple[Tap, ...] = ()) -> Filled:
        """With a sentence for what cannot be, and the question that it leads back to, the first one's."""
        first = not self.asks
        kept = {"taps": taps, "asks": asks} if first else {}
        return replace(self, lines=(*self.lines, *lines), new=True, **kept)  # type: ignore[arg-type]
