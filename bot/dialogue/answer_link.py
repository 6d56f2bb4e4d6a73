"""The link to the full answer as a page: told with the answer, withdrawn by a plain command or with what it shows."""

from __future__ import annotations

from dataclasses import replace

from bot.dialogue.choices import trimmed
from bot.dialogue.scene import Scene, end
from bot.dialogue.wording import say, words
from bot.models import Effect, Turn


def line(scene: Scene) -> list[str]:
    """The line that ends a full answer, where there is a link for it."""
    return [say("answer_link", link=scene.link)] if scene.link else []


def with_link(turn: Turn, scene: Scene, person: str) -> Turn:
    """The turn, with the word to the shell that its link was told and whom it shows."""
    if not scene.link:
        return turn
    return replace(turn, effects=(*turn.effects, Effect("link", person, scene.link)))


def withdrawn(scene: Scene) -> Turn | None:
    """撤回链接: the question that waits stays asked."""
    if not scene.link or trimmed(scene.text) not in words("answer_link_withdraw"):
        return None
    question = scene.catalog.questions.get(scene.session.asked or "")
    turn = end(scene, [say("answer_link_withdrawn")], question=question, rest=scene.session.pages)
    return replace(turn, effects=(*turn.effects, Effect("unlink")))


def with_nobody(turn: Turn, scene: Scene) -> Turn:
    """Who starts anew may tell of somebody else next: no old link may show that."""
    if not scene.link or not scene.session.people or turn.session.people:
        return turn
    return replace(turn, effects=(*turn.effects, Effect("unlink")))
