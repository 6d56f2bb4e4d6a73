"""Several elders told of in one message: one compact answer each, and what they have together."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Final

from bot.catalog.assess import Assessment
from bot.dialogue import answer, whole
from bot.dialogue.amounts import yuan
from bot.dialogue.answer import ELDER, too_young
from bot.dialogue.people import SELF, as_told, called, key_of
from bot.dialogue.questions import asking_of
from bot.dialogue.reasons import age_words
from bot.dialogue.scene import Scene, end
from bot.dialogue.topic_words import verdicts_of
from bot.dialogue.topics import items_of, not_in_list
from bot.dialogue.wording import say, words
from bot.models import Turn

# 我一共能领多少, of one; 我们, 他俩, 我家 are several.
_OF_ONE: Final = re.compile("[我俺他她](?![们俩两家爸妈爹娘和跟]|全家|一家)")

_THEY: Final = re.compile("[他她](?:们|俩|两)")


def several(scene: Scene, keys: Sequence[str]) -> Turn:
    """One compact answer each; the place holds for all, so it is asked once."""
    assessments = {key: scene.assess(key) for key in keys}
    if any(one.region is None for one in assessments.values()):
        lines = [say("several_head", count=len(keys)), *_understood_each(scene, assessments)]
        return end(scene, lines, question=scene.catalog.questions["region"])
    lines = [say("several_head", count=len(keys))]
    for key, assessment in assessments.items():
        lines += _compact(scene, key, assessment)
    lines += _sum_of(scene, assessments)
    lines.append(say("several_more", who=as_told(keys[0])))
    lists = {one.benefit_list.id: one for one in reversed(assessments.values()) if one.benefit_list}
    if not lists:
        return end(scene, lines, must=[say("phone")])
    told = [
        answer.Told("", one, one.benefit_list, scene.catalog) for one in lists.values() if one.benefit_list
    ]
    # Elders of several places are answered from several lists, each with its own standing.
    lines += dict.fromkeys(line for one in told for line in whole.caveats(one))
    return end(scene, lines, must=[*dict.fromkeys(line for one in told for line in whole.basis(one))])


def _sum_of(scene: Scene, assessments: Mapping[str, Assessment]) -> list[str]:
    """What all of them have together, where that was asked: 一共能领多少."""
    totals = [one.total.month_min for one in assessments.values() if one.total.month_min]
    if len(totals) < 2 or not any(word in scene.text for word in words("further_all_of_it")):
        return []
    return [say("several_sum", count=len(totals), amount=yuan(sum(totals)))]


def sums(scene: Scene) -> list[str]:
    """What each of those told of has a month, and all of them together; nothing where one alone is meant."""
    named = [key_of(one, None) for one in scene.heard.people if one.named]
    told_of = _told_of(scene)
    if _THEY.search(scene.text):
        told_of = [key for key in told_of if key != SELF]
    keys = named if len(named) > 1 else told_of
    judged = {key: scene.assess(key) for key in keys if scene.assess(key).benefit_list}
    if len(judged) < 2 or len(named) == 1 or _OF_ONE.search(scene.text):
        return []
    lines = [_sum_line(called(key), one) for key, one in judged.items()]
    totals = [one.total.month_min for one in judged.values() if one.total.month_min]
    several = len(totals) > 1
    return [*lines, say("several_sum", count=len(totals), amount=yuan(sum(totals)))] if several else lines


def which(scene: Scene, topic: str) -> Turn | None:
    """哪几个有高龄津贴: whether each of those told of has the one service; None where one alone is meant."""
    asks = any(word in scene.text for word in words("which_of_them"))
    judged = _judged(scene, _told_of(scene)) if asks else []
    if len(judged) < 2:
        return None
    lines: list[str] = []
    for told in judged:
        services = {item.form.service for item in items_of(scene, topic, told.benefit_list)}
        results = [one for one in told.assessment.results if told.item(one).form.service in services]
        lines += verdicts_of(told, results) or not_in_list(topic, told.benefit_list)
    must = dict.fromkeys(line for told in judged for line in whole.basis(told))
    question = scene.catalog.questions.get(scene.session.asked or "")
    return end(scene, [*dict.fromkeys(lines)], must=[*must], question=question)


def _told_of(scene: Scene) -> list[str]:
    return [key for key, person in scene.session.people.items() if set(person.facts) - {"region"}]


def _judged(scene: Scene, keys: Sequence[str]) -> list[answer.Told]:
    """Each of them for whom there is a list."""
    each = ((key, scene.assess(key)) for key in keys)
    return [
        answer.Told(called(k), one, one.benefit_list, scene.catalog) for k, one in each if one.benefit_list
    ]


def _sum_line(who: str, assessment: Assessment) -> str:
    amount = assessment.total.month_min
    none = "several_no_total" if amount is None else "several_none"
    sure = say("several_total", amount=yuan(amount)) if amount else say(none)
    return say("several_line_plain", who=who, sure=sure)


def _understood_each(scene: Scene, assessments: Mapping[str, Assessment]) -> list[str]:
    return [
        say("understood", who=called(key), facts=answer.understood(one.facts, scene.catalog))
        for key, one in assessments.items()
    ]


def _compact(scene: Scene, key: str, assessment: Assessment) -> list[str]:
    if assessment.benefit_list is None:
        name = assessment.region.name if assessment.region else ""
        return [say("not_covered", region=name)]
    if too_young(assessment):
        years = ELDER - assessment.facts.known["age"][1]
        return [say("under_60", who=called(key), age=age_words(assessment.facts), years=years)]
    told = answer.Told(called(key), assessment, assessment.benefit_list, scene.catalog)
    asking = asking_of(scene.person(key), assessment, scene.catalog)
    line = whole.compact(told)
    if asking is None or not asking.question.form.core:
        return [line]
    names = [scene.catalog.facts[fact].name for fact in asking.question.form.settles]
    return [line + "，" + say("several_missing", facts="、".join(names))]
