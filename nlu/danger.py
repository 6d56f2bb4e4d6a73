"""The second look at danger, after the rules: a small model weighs the words together with what the rules noticed."""

from __future__ import annotations

from nlu.features import grams
from nlu.readers import emergency_calm as calm
from nlu.readers import emergency_guards as guard
from nlu.readers.emergency import Emergency
from nlu.readers.emergency_signs import LOST, SELF_HARM
from nlu.weights import Weights

CALM, UNNAMED = "calm", "other"
# Found by cross-validation on data/: from here on it is an alarm; from there on it is worth one question.
ALARMING, WORTH_ASKING = 0.4, 0.2
# Who was asked a question most likely answers it, and what is past, supposed, taught or in the news is hardly now.
CALMLY_ALARMING, CALMLY_WORTH_ASKING = 0.7, 0.4
# Where the rules are certain and the model sees hardly anything, one question is asked; but a cry is short.
BELIEVABLE, CRY = 0.15, 11

_SIGNS = {
    "past": guard.PAST, "recent": guard.RECENT, "supposed": guard.SUPPOSE, "news": guard.NEWS, "benefit": guard.BENEFIT,
    "over": guard.RESOLVED, "chronic": guard.CHRONIC, "now": guard.NOW, "cry": guard.CRY, "often": guard.OFTEN,
    "once": guard.ONCE_INSIDE, "learning": guard.LEARNING, "how": guard.ASKS_HOW, "treated": guard.TREATED,
    "habit": guard.HABIT, "figure": guard.FIGURES, "teaching": guard.TEACHING,
}  # fmt: skip
_CALMING = (
    guard.PAST,
    guard.SUPPOSE,
    guard.NEWS,
    guard.RESOLVED,
    guard.TEACHING,
    guard.LEARNING,
    guard.CHRONIC,
    guard.OFTEN,
)


def pieces(text: str, told: Emergency | None) -> list[str]:
    """What the model sees of a normalised text in which the rules found `told`."""
    signs = [f"<{name}>" for name, words in _SIGNS.items() if words.search(text)]
    verdict = "<none>" if told is None else "<sure>" if told.certain else "<perhaps>"
    return [*grams(calm.without(text)), *signs, verdict]


def look(model: Weights, text: str, told: Emergency | None, *, calmly: bool = False) -> Emergency | None:
    """The emergency that a normalised text tells of after the rules found `told` in it; `calmly`
    where it answers a question of ours or tells the facts that we ask for."""
    kinds = model.probabilities(pieces(text, told))
    share = 1.0 - kinds.pop(CALM, 0.0)
    if told is not None and told.certain:
        return told if share >= BELIEVABLE or len(text) <= CRY else Emergency(told.kind, False, share)
    # What the rules saw and left open needs more too.
    calmly = calmly or told is not None or _sounds_calm(text)
    alarming, worth_asking = (CALMLY_ALARMING, CALMLY_WORTH_ASKING) if calmly else (ALARMING, WORTH_ASKING)
    if share < worth_asking or _lasts(text, told):
        return told
    kind = told.kind if told else max(kinds, key=lambda kind: kinds[kind])
    return Emergency(kind, share >= alarming, share)


def _sounds_calm(text: str) -> bool:
    return not guard.CRY.search(text) and any(words.search(text) for words in _CALMING)


def _lasts(text: str, told: Emergency | None) -> bool:
    """Whether the rules ask about something that happened a while ago (昨天摔了，现在还疼), or that was not meant
    (那是气话): then it stays a question."""
    if told is None:
        return False
    unmeant = told.kind == SELF_HARM.kind and guard.RETRACTED.search(text)
    goes_on = guard.CRY.search(text) or (told.kind == LOST.kind and guard.STILL_GONE.search(text))
    return bool(unmeant or (guard.RECENT.search(text) and not goes_on))
