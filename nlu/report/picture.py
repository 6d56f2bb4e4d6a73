"""The confusion picture: what was meant downwards, what was heard across, laid out for SVG."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import NamedTuple

from nlu.report.confusions import Pair, costly
from nlu.report.scores import Scores
from nlu.understanding import INTENTS

# Pixels.
SIDE, LEFT, TOP, MARGIN = 34, 130, 118, 60


class Tone(NamedTuple):
    """A ground and the ink that can be read on it."""

    ground: str
    ink: str


# From a little to a lot; the number in the square says the same without the colour.
RIGHT = (Tone("#eef5f0", "#14301f"), Tone("#cfe5d6", "#14301f"), Tone("#a9d0b6", "#0c2416"))
WRONG = (Tone("#fde9d9", "#3d1500"), Tone("#f8c79f", "#3d1500"), Tone("#7a2a00", "#ffffff"))
ACCEPTED = Tone("#ffffff", "#3c3c3c")


@dataclass(frozen=True, slots=True)
class Square:
    """So many sentences that meant one thing and were heard as another. `words`: the number, in brackets where the
    other one is accepted; `costly`: it does harm."""

    x: int
    y: int
    meant: str
    heard: str
    words: str
    tone: Tone
    costly: bool


@dataclass(frozen=True, slots=True)
class Picture:
    """Only the intents that were meant or heard, in the contract's order; sizes in pixels."""

    label: str
    intents: tuple[str, ...]
    squares: tuple[Square, ...]

    @property
    def right(self) -> int:
        return LEFT + SIDE * len(self.intents)

    @property
    def width(self) -> int:
        """The slanting words above stand out."""
        return self.right + MARGIN

    @property
    def height(self) -> int:
        return TOP + SIDE * len(self.intents)


def drawn(label: str, scores: Scores) -> Picture:
    many = Counter((each.case.intents[0], each.understood.intent) for each in scores.meant)
    harmless = many - scores.confusions()
    seen = {intent for pair in many for intent in pair}
    intents = tuple(intent for intent in INTENTS if intent in seen)
    asked = Counter(each.case.intents[0] for each in scores.meant)
    squares = (
        _square(
            pair, times, pair in harmless and scores.confusions()[pair] == 0, times / asked[pair[0]], intents
        )
        for pair, times in many.items()
    )
    return Picture(label, intents, tuple(squares))


def _square(pair: Pair, times: int, accepted: bool, part: float, intents: tuple[str, ...]) -> Square:
    meant, heard = pair
    x, y = LEFT + SIDE * intents.index(heard), TOP + SIDE * intents.index(meant)
    if meant == heard:
        tone = RIGHT[(part > 0.8) + (part > 0.95)]
    elif accepted:
        return Square(x, y, meant, heard, f"({times})", ACCEPTED, costly=False)
    else:
        tone = WRONG[(part > 0.03) + (part > 0.1)]
    return Square(x, y, meant, heard, str(times), tone, costly(meant, heard))
