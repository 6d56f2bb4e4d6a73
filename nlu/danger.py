"""The second look at danger, after the rules: a small model weighs the words together with what the rules noticed."""

from __future__ import annotations

from collections.abc import Sequence

from nlu.readers import emergency_guards as guard
from nlu.readers.emergency import Emergency
from nlu.weights import Weights

CALM, UNNAMED = "calm", "other"
# Found by cross-validation on data/: from here on it is an alarm; from there on it is worth one question.
ALARMING, WORTH_ASKING = 0.5, 0.25
# Who was asked a question most likely answers it.
ALARMING_ANSWER, WORTH_ASKING_BACK = 0.8, 0.5
# Where the rules are certain and the model sees hardly anything, one question is asked; but a cry is short.
BELIEVABLE, CRY = 0.15, 11

_SIGNS = {
    "past": guard.PAST, "recent": guard.RECENT, "supposed": guard.SUPPOSE, "news": guard.NEWS, "benefit": guard.BENEFIT,
    "over": guard.RESOLVED, "chronic": guard.CHRONIC, "now": guard.NOW, "cry": guard.CRY, "often": guard.OFTEN,
    "once": guard.ONCE_INSIDE, "learning": guard.LEARNING, "how": guard.ASKS_HOW, "treated": guard.TREATED,
    "habit": guard.HABIT, "figure": guard.FIGURES,
}  # fmt: skip


def pieces(text: str, cut: Sequence[str], told: Emergency | None) -> list[str]:
    """What the model sees of a normalised text, cut into its grams, in which the rules found `told`."""
    signs = [f"<{name}>" for name, words in _SIGNS.items() if words.search(text)]
    verdict = "<none>" if told is None else "<sure>" if told.certain else "<perhaps>"
    return [*cut, *signs, verdict]


def look(
    model: Weights, text: str, cut: Sequence[str], told: Emergency | None, *, asked: bool = False
) -> Emergency | None:
    """The emergency that a normalised text, cut into its grams, tells of after the rules found `told` in it; `asked`
    where it follows a question of ours."""
    kinds = model.probabilities(pieces(text, cut, told))
    share = 1.0 - kinds.pop(CALM, 0.0)
    if told is not None and told.certain:
        return told if share >= BELIEVABLE or len(text) <= CRY else Emergency(told.kind, False, share)
    alarming, worth_asking = (ALARMING_ANSWER, WORTH_ASKING_BACK) if asked else (ALARMING, WORTH_ASKING)
    if share < worth_asking:
        return told
    kind = told.kind if told else max(kinds, key=lambda kind: kinds[kind])
    return Emergency(kind, share >= alarming, share)
