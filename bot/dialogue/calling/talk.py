"""The rooms of the talk that books a call, in their order, and the way back to it after something else."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from bot.dialogue.calling import arranging, asides, following, rating, repeating, urgent, wanting
from bot.dialogue.calling.asking import waiting
from bot.dialogue.scene import Scene, report
from bot.dialogue.wording import say
from bot.models import Turn

# The first that has an answer ends the turn.
_ROOMS: tuple[Callable[[Scene], Turn | None], ...] = (
    urgent.urged,
    rating.rated,
    repeating.repeated,
    following.followed,
    arranging.answered,
    asides.after_booking,
    wanting.wanted,
)


def talk(scene: Scene) -> Turn | None:
    """The turn about a call, None where the message is about something else."""
    answers = (turn for room in _ROOMS if (turn := room(scene)) is not None)
    return next(answers, None)


def going_on(turn: Turn, scene: Scene) -> Turn:
    """After something else, the question of the call that waits, shortly."""
    session = turn.session
    if (
        session.draft is None
        or session.asked is not None
        or turn.report.get("emergency")
        or not turn.reply.texts
    ):
        return turn
    text, taps, asked = waiting(scene.with_session(session))
    head, *others = turn.reply.texts
    texts = ("\n".join((head, say("call_back_to", question=text))), *others)
    session = replace(session, asked=asked, offered=(*taps, *turn.reply.taps))
    reply = replace(turn.reply, texts=texts, taps=session.offered)
    return replace(turn, session=session, reply=reply, report=report(scene.with_session(session)))
