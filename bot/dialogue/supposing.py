"""What would be if it were otherwise: 我要是80了呢 is answered, and nothing of it is kept."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from bot.dialogue.answer import Told, line, money, sum_lines, understood
from bot.dialogue.choices import trimmed
from bot.dialogue.hearing import take_in
from bot.dialogue.people import SELF, called
from bot.dialogue.scene import Scene, end
from bot.dialogue.whole import basis, maybes
from bot.dialogue.wording import say, words
from bot.eligibility.vocabulary import AGES
from bot.models import Turn

# 100岁呢, of one whose age is known.
_BARE_AGE: Final = re.compile(
    "那?(?:[0-9]{2,3}|[一二三四五六七八九十百]{1,4})(?:周?岁)?(?:以上|以后)?的?呢[？?]?"
)
# Anything else with an if is no question about other facts: 要是他走丢了咋办.
_OF_FACTS: Final = ("correct", "inform", "ask_eligibility")


def supposed(scene: Scene) -> Turn | None:
    """The answer for one who was told of, with the one thing otherwise; None where nothing is supposed."""
    if scene.session.draft is not None or not _supposes(scene):
        return None
    if not any(one.facts for one in scene.heard.people):
        return _unheard(scene)
    imagined, keys = take_in(_in_full_years(scene))
    if len(keys) != 1 or not scene.person(keys[0]).facts:
        return None
    assessment = imagined.assess(keys[0])
    question = scene.catalog.questions.get(scene.session.asked or "")
    if assessment.benefit_list is None:
        return end(scene, [say("supposing_no_list")], question=question)
    told = Told(called(keys[0]), assessment, assessment.benefit_list, scene.catalog)
    return end(scene, _told(told), must=basis(told), question=question)


def _unheard(scene: Scene) -> Turn | None:
    """Supposed is something that was not read: how to have it reckoned. A question about one service has its own
    answer."""
    another = {"benefit", "service"} & set(scene.heard.slots) or scene.heard.intent not in _OF_FACTS
    if another or not scene.session.people:
        return None
    question = scene.catalog.questions.get(scene.session.asked or "")
    return end(scene, [say("supposing_unheard")], question=question)


def _told(told: Told) -> list[str]:
    """What would be sure and what might be, and that it is only supposed."""
    sure = [line(told, result) for result in money(told)]
    plan = told.benefit_list.document.status == "plan"
    head = "supposing_none" if not sure else "supposing_plan" if plan else "supposing_head"
    facts = understood(told.assessment.facts, told.catalog)
    return [
        say(head, who=told.who, facts=facts),
        *sure,
        *sum_lines(told),
        *maybes(told),
        say("supposing_kept"),
    ]


def _supposes(scene: Scene) -> bool:
    """要是…呢: a question with an if. A case that is told with an if is told all the same."""
    if _BARE_AGE.fullmatch(scene.text):
        return bool({*AGES} & {*scene.person(scene.session.active or SELF).facts})
    asks = trimmed(scene.text).endswith(words("supposing_ends")) or scene.text.endswith(("？", "?", "呢"))
    return asks and any(word in scene.text for word in words("supposing_words"))


def _in_full_years(scene: Scene) -> Scene:
    """要是80了呢 supposes the birthday that the lists ask for, whatever people count otherwise."""
    if any(word in scene.text for word in words("supposing_not_full")):
        return scene
    people = tuple(replace(one, facts=_full(one.facts)) for one in scene.heard.people)
    return replace(scene, heard=replace(scene.heard, people=people))


def _full(facts: Mapping[str, Any]) -> dict[str, Any]:
    """An age counted in 虚岁, one or two years down, back to the number that was said."""
    low, high = facts.get("age_range", (0, 0))
    if high - low != 1:
        return dict(facts)
    return {"age": high + 1, **{fact: value for fact, value in facts.items() if fact != "age_range"}}
