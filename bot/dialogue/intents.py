"""Which intents are small talk and which want a visit, and when the model is sure enough to act upon."""

from __future__ import annotations

from nlu.understanding import Understanding

BOOKING = ("book_call", "check_booking", "cancel_booking", "reschedule_booking")
SMALL_TALK = ("greet", "help", "human", "complain", "thanks", "goodbye", "out_of_scope")
# Below this the model only guesses; what it guesses is not acted upon.
_SURE = 0.4
# A guessed yes or no would become a fact of somebody's life.
_SURE_OF_AN_ANSWER = 0.8


def sure(heard: Understanding) -> bool:
    """Whether the intent may be acted upon."""
    return heard.engine == "rules" or heard.confidence >= _SURE


def answer_of(heard: Understanding) -> str | None:
    """affirm, deny or dont_know where it is beyond doubt, else None."""
    if heard.intent not in ("affirm", "deny", "dont_know"):
        return None
    return heard.intent if heard.engine == "rules" or heard.confidence >= _SURE_OF_AN_ANSWER else None
