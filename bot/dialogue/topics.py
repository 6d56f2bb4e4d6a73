"""Questions about one named service: asks what it still needs, and tells whether this elder has it."""

from __future__ import annotations

from collections.abc import Sequence

from bot.catalog.assess import Assessment, assess
from bot.catalog.model import BenefitList, Item, Question
from bot.dialogue.answer import Told, either_or, for_another
from bot.dialogue.news import draft
from bot.dialogue.notes import particular
from bot.dialogue.people import SELF, called, facts_of
from bot.dialogue.questions import next_question
from bot.dialogue.scene import Scene, end
from bot.dialogue.topic_words import described, verdicts_of
from bot.dialogue.whole import basis
from bot.dialogue.wording import say, words
from bot.eligibility.rules import Result
from bot.models import Turn


def about(scene: Scene, topic: str) -> Turn:
    """Answers for the active person, or asks the one fact that the benefit of that name still needs."""
    key = scene.session.active or SELF
    assessment = scene.assess(key)
    if assessment.region is None:
        return _anywhere(scene, topic, key)
    if assessment.benefit_list is None:
        return end(scene, [say("not_covered", region=assessment.region.name)], topic=None)
    items = items_of(scene, topic, assessment.benefit_list)
    if not items:
        told = Told(called(key), assessment, assessment.benefit_list, scene.catalog)
        return end(scene, not_in_list(topic, assessment.benefit_list), must=draft(told), topic=None)
    return _here(
        scene, topic, key, Told(called(key), assessment, assessment.benefit_list, scene.catalog), items
    )


def items_of(scene: Scene, topic: str | None, found: BenefitList) -> list[Item]:
    """What the list has under that name, else what it has next to it."""
    services = scene.catalog.topics.get(topic or "", ())
    items = [item for item in found.items if item.form.service in services]
    if items:
        return items
    near = {slug for one in services for slug in scene.catalog.services[one].see_also}
    return [item for item in found.items if item.form.service in near]


def not_in_list(topic: str, found: BenefitList) -> list[str]:
    """That the list has nothing of that name, which is no no."""
    return [say("topic_not_in_list", title=found.document.title, name=topic)]


def _here(scene: Scene, topic: str, key: str, told: Told, items: Sequence[Item]) -> Turn:
    person = scene.person(key)
    services = [item.form.service for item in items]
    results = [result for result in told.assessment.results if told.item(result).form.service in services]
    lines = described(told, items)
    if not set(services) & set(scene.catalog.topics[topic]):
        title = told.benefit_list.document.title
        # Its text may speak of the service all the same: only that it is no item of its own is sure.
        lines = [say("topic_no_item", title=title, name=topic), say("topic_near"), *lines]
    asking = next_question(
        results,
        told.assessment.facts,
        scene.catalog,
        told.benefit_list,
        (*person.answered, *person.declined),
        topic=services,
    )
    for_everybody = all(item.form.general for item in items)
    if all(one.verdict == "maybe" and for_another(told, one) for one in results):
        return _of_others(scene, told, results, lines)
    if asking is not None and not for_everybody and all(one.verdict == "maybe" for one in results):
        # What it is was said when it was asked about; how much it is, as soon as the place was known.
        said = waiting(scene) == topic and scene.came.region is not None
        declined = scene.came.asked in person.declined
        lines = [say("never_mind" if declined else "noted")] if said else lines
        again = bool(said) and "benefit" in scene.heard.slots and scene.heard.intent != "inform"
        if again or any(word in scene.text for word in words("why")):
            # Nothing was refused yet, and that is the answer.
            lines = [] if again else lines
            lines = [*verdicts_of(told, results), *lines]
        return end(scene, lines, must=draft(told), question=asking.question, topic=topic)
    rest = [] if person.full else [say("topic_rest", who=told.who)]
    first = [
        *verdicts_of(told, results),
        *either_or(told, results),
        *lines,
        *particular(told.assessment, scene.catalog),
    ]
    if not any(result.benefits for result in results) and _asks_price(scene, first):
        first.append(say("topic_price"))
    # It stays the topic: 在哪儿办, 啥时候发 are asked of it next.
    return end(scene, first, must=[*basis(told), *rest], topic=topic)


def _of_others(scene: Scene, told: Told, results: Sequence[Result], lines: Sequence[str]) -> Turn:
    """Nothing that is asked for it would bring it; what was asked before still counts for the rest."""
    pending = scene.catalog.questions.get(scene.session.asked or "")
    lines = [*verdicts_of(told, results), *lines]
    return end(scene, lines, must=basis(told), question=pending, topic=None)


def _asks_price(scene: Scene, lines: Sequence[str]) -> bool:
    """食堂吃饭要钱不, of what is not called free in so many words."""
    asks = any(word in scene.text for word in words("asking_price"))
    said = any(word in line for line in lines for word in words("price_said"))
    return asks and not said


def waiting(scene: Scene) -> str | None:
    """The service whose answer still needs a fact, while that fact is asked for or a call is arranged meanwhile."""
    topic, session = scene.session.topic, scene.came
    waits = session.asked in scene.catalog.questions or session.draft is not None
    # A session may be older than the catalog.
    return topic if waits and topic in scene.catalog.topics else None


def _anywhere(scene: Scene, topic: str, key: str) -> Turn:
    """Without a place: what all lists agree on is asked and said, else the place is asked."""
    assessments = [_in_list(scene, key, one) for one in scene.catalog.lists.values()]
    judged = [(one, result) for one in assessments for result in _of(scene, one, topic)]
    if judged and all(result.verdict == "no" for _, result in judged):
        first, result = judged[0]
        told = Told(called(key), first, _list_of(first), scene.catalog)
        return end(scene, [*verdicts_of(told, [result]), say("phone")], topic=None)
    what = (
        [say("noted")]
        if waiting(scene) == topic
        else [
            say("topic_what", what=form.what, who_for=form.who_for)
            for form in (scene.catalog.services[slug] for slug in scene.catalog.topics[topic])
        ]
    )
    return end(scene, what, question=_common_question(scene, key, judged), topic=topic)


def _common_question(scene: Scene, key: str, judged: Sequence[tuple[Assessment, Result]]) -> Question:
    """The core question that every list needs, else the place; what is for everybody needs no other."""
    person = scene.person(key)
    missing = [set(one.missing) for where, one in judged if not _list_of(where).by_id[one.id].form.general]
    common = set.intersection(*missing) if missing else set()
    for question in scene.catalog.questions.values():
        asked = question.form.id in (*person.answered, *person.declined)
        if question.form.core and not asked and common & set(question.form.settles):
            return question
    return scene.catalog.questions["region"]


def _in_list(scene: Scene, key: str, found: BenefitList) -> Assessment:
    facts = {**facts_of(scene.session, key), "region": found.document.region}
    return assess(scene.catalog, facts, scene.today)


def _list_of(assessment: Assessment) -> BenefitList:
    if assessment.benefit_list is None:
        raise LookupError("an assessment made for a list has that list")
    return assessment.benefit_list


def _of(scene: Scene, assessment: Assessment, topic: str) -> list[Result]:
    services = scene.catalog.topics[topic]
    found = _list_of(assessment)
    return [result for result in assessment.results if found.by_id[result.id].form.service in services]
