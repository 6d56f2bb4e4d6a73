"""The rooms of the talk that books a call, in their order, and the way back to it after something else."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from bot.dialogue.calling import arranging, asides, following, rating, repeating, urgent, wanting
from bot.dialogue.calling.asking import waiting
from bot.dialogue.calling.state import place_of
from bot.dialogue.people import SELF, key_of, with_facts
from bot.dialogue.scene import Scene, report
from bot.dialogue.wording import say, words
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
    turn = _kept_place(turn, scene)
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
    head = _or_later(head, scene)
    texts = ("\n".join(filter(None, (head, say("call_back_to", question=text)))), *others)
    session = replace(session, asked=asked, offered=(*taps, *turn.reply.taps))
    reply = replace(turn.reply, texts=texts, taps=session.offered)
    return replace(turn, session=session, reply=reply, report=report(scene.with_session(session)))


def _kept_place(turn: Turn, scene: Scene) -> Turn:
    """A place told of somebody else meanwhile is not where this call is for."""
    draft, session = turn.session.draft, turn.session
    if draft is None or scene.came.draft is None or draft.person != scene.came.draft.person:
        return turn
    key, catalog = draft.person or SELF, scene.catalog
    before, after = place_of(scene.came, draft, catalog), place_of(session, draft, catalog)
    others = {
        key_of(one, scene.came.active) for one in scene.heard.people if "region" in one.facts and one.named
    }
    if before is None or before == after or not others or key in others:
        return turn
    session = with_facts(session, key, {"region": before.code}, catalog, scene.today)
    return replace(turn, session=session, report=report(scene.with_session(session)))


def _or_later(head: str, scene: Scene) -> str:
    """What was asked of a list and needs a question first is told to come after the call."""
    asks = scene.heard.intent in ("ask_eligibility", "ask_service")
    if not asks or head.strip() not in ("", say("noted")):
        return head.strip()
    money = "benefit" in scene.heard.slots or any(
        word in scene.text for word in words("call_list_money_words")
    )
    return say("call_ask_later" if money else "call_ask_them")
