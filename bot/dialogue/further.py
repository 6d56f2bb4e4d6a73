"""A short question that leans on what was told just before: where to go, when it is paid, how much, is it in force."""

from __future__ import annotations

from collections.abc import Sequence

from bot.catalog.model import BenefitList, Item
from bot.dialogue import telling, together, topics
from bot.dialogue.answer import Told, agency_words, line, money, sum_lines, too_young
from bot.dialogue.choices import trimmed
from bot.dialogue.news import draft
from bot.dialogue.people import SELF, called, key_of
from bot.dialogue.questions import asking_of
from bot.dialogue.scene import Scene, end, opened
from bot.dialogue.topic_words import described, how_much_lines, verdicts_of, where_lines
from bot.dialogue.wording import say, words
from bot.models import Turn

# Longer ones say for themselves what they are about.
_LONGEST = 16
_KINDS = ("clause", "paid_when", "why_no_sum", "in_force", "apply_how", "how_much", "detail")
# More agencies than this are a list again, and that was told.
_MOST_LINES = 5


def asked_further(scene: Scene) -> Turn | None:
    """The answer about the service told last, else about all that was told; None where it leans on nothing."""
    kind = _kind(scene)
    if line := _unlisted(scene) or _number_wanted(scene) or _elsewhere(scene):
        return _and_again(scene, [line])
    if kind == "total" and (sums := together.sums(scene)):
        return _and_again(scene, sums)
    scene = telling.turned_to_named(scene) if kind and _names_known(scene) else scene
    assessment = scene.assess(scene.session.active or SELF)
    if too_young(assessment) and "benefit" not in scene.heard.slots and _says(scene, "further_old_enough"):
        return telling.follow(scene)
    if kind is None or assessment.benefit_list is None:
        return None
    if kind == "why_none":
        return _why_none(scene, assessment.benefit_list)
    told = Told(called(scene.session.active or SELF), assessment, assessment.benefit_list, scene.catalog)
    return _answered(scene, kind, told)


def _answered(scene: Scene, kind: str, told: Told) -> Turn | None:
    items = topics.items_of(scene, scene.session.topic, told.benefit_list)
    sums = sum_lines(told)
    if kind == "total" and sums:
        return _and_again(scene, [*sums, *_not_counted(told)])
    if kind == "total" or (kind == "how_much" and not items):
        return telling.told_again(scene)
    if kind == "detail" and not items and scene.session.people:
        return _and_again(scene, [say("further_unknown_any")])
    if kind in ("anything", "detail") and not items:
        return None
    lines = _of_one(kind, scene.text, told, items) if items else _of_all(kind, told)
    return _and_again(scene, lines, must=[] if kind == "in_force" else draft(told))


def asked_if_in_force(scene: Scene) -> Turn | None:
    """这个定下来没有, of a list: while no call was ever wanted, nothing of a call is meant."""
    told = any(one.facts for one in scene.heard.people)
    free = not scene.requests and scene.session.draft is None and not told
    return asked_further(scene) if free and _kind(scene) == "in_force" else None


def with_aside(turn: Turn, scene: Scene) -> Turn:
    """The turn that took in facts, opened with a word on what was asked or counted beside them."""
    told = {fact for one in scene.heard.people for fact in one.facts}
    if scene.heard.emergency or turn.session.draft is not None:
        return turn
    lines = [_unlisted(scene) or _number_wanted(scene)] if told else []
    lines.append(_both(turn, scene))
    if "age_range" in told and _says(scene, "further_nominal_words"):
        lines.append(say("further_nominal_age"))
    return opened(turn, "\n".join(filter(None, lines))) if any(lines) else turn


def _both(turn: Turn, scene: Scene) -> str:
    """高龄津贴和残疾补贴能一起领不: one pair is excluded in print, of the others nothing is."""
    found = scene.with_session(turn.session).assess(turn.session.active or SELF).benefit_list
    asks = _says(scene, "further_both_words") and ("benefit" in scene.heard.slots or scene.came.people)
    return say("further_both") if asks and found and found.document.status != "plan" else ""


def _unlisted(scene: Scene) -> str:
    """A word on a thing that no document of ours speaks of; "" where none was asked for."""
    if scene.session.draft is not None or {"benefit", "service"} & set(scene.heard.slots):
        return ""
    word = next((one for one in words("further_unlisted_words") if one in scene.text), "")
    return say("further_unlisted", word=word) if word else ""


def _number_wanted(scene: Scene) -> str:
    """民政局电话多少: the numbers of offices are not in the documents."""
    free = scene.session.draft is None and "phone" not in scene.heard.slots
    return say("further_number") if free and _says(scene, "further_number_words") else ""


def _certificate_wanted(scene: Scene) -> str:
    """残疾证上哪办: of the certificate, whatever service was told last."""
    asks = _says(scene, "further_apply_how") and len(scene.text) <= _LONGEST
    free = scene.session.draft is None and "benefit" not in scene.heard.slots
    return say("further_certificate") if free and asks and _says(scene, "further_certificate_words") else ""


def _elsewhere(scene: Scene) -> str:
    """A word on what is no service of a list; "" where something else is asked."""
    return _certificate_wanted(scene) or _base_wanted(scene) or _paid_where(scene) or _insured(scene)


def _insured(scene: Scene) -> str:
    """医保咋报销: not of our lists."""
    free = scene.session.draft is None and "benefit" not in scene.heard.slots
    return say("out_of_scope") if free and _says(scene, "further_insured_words") else ""


def _base_wanted(scene: Scene) -> str:
    """1.3倍是多少钱, 低保标准多少: what the lists reckon by is set elsewhere."""
    free = scene.session.draft is None and len(scene.text) <= _LONGEST
    asks = _says(scene, "further_sum") or _says(scene, "further_how_much")
    return say("further_base") if free and asks and _says(scene, "further_base_words") else ""


def _paid_where(scene: Scene) -> str:
    """钱打到哪: no paper tells."""
    free = scene.session.draft is None and bool(scene.session.people)
    return say("further_paid_where") if free and _says(scene, "further_paid_where_words") else ""


def _and_again(scene: Scene, lines: Sequence[str], must: Sequence[str] = ()) -> Turn:
    key = scene.session.active or SELF
    if key == scene.came.active or key not in scene.session.people:
        question = scene.catalog.questions.get(scene.session.asked or "")
        return end(scene, lines, must=must, question=question, rest=scene.session.pages)
    # Of somebody else than before: whose it is, and what is still worth asking of that one.
    asking = asking_of(scene.person(key), scene.assess(key), scene.catalog)
    question = asking.question if asking else None
    return end(scene, [say("further_of", who=called(key)), *lines], must=must, question=question)


def _says(scene: Scene, list_of_words: str) -> bool:
    return any(word in scene.text for word in words(list_of_words))


def _kind(scene: Scene) -> str | None:
    heard = scene.heard
    if (
        scene.session.draft is not None
        or len(scene.text) > _LONGEST
        or {"benefit", "service"} & set(heard.slots)
    ):
        return None
    if heard.intent == "complain" or not _of_known(scene):
        return None
    if trimmed(scene.text).removeprefix("那") in words("further_why_none_bare"):
        return "why_none"
    if trimmed(scene.text).removeprefix("那") in words("further_apply_how_bare"):
        return "apply_how"
    if _says(scene, "further_all_of_it"):
        return "total" if scene.session.people and _says(scene, "further_sum") else None
    if trimmed(scene.text).removeprefix("那") in words("further_how_much_bare"):
        return "how_much"
    # What else is asked of the service told last is answered with all that is known of it.
    other = "anything" if heard.intent == "ask_service" and scene.session.topic else None
    return next((kind for kind in _KINDS if _says(scene, f"further_{kind}")), other)


def _not_counted(told: Told) -> list[str]:
    """What is sure beside the sum, so that nobody takes the sum for all."""
    left = {one for one, why in told.assessment.total.not_counted if why != "lower_of_either_or"}
    names = dict.fromkeys(told.item(one).service.name for one in money(told) if one.id in left)
    return [say("further_not_counted", names="、".join(names))] if names else []


def _why_none(scene: Scene, found: BenefitList) -> Turn:
    """Of the service told last; else what the paper is, and how to ask of one."""
    topic = scene.session.topic
    if topic is not None and topic in scene.catalog.topics:
        return topics.about(scene, topic)
    plan = found.document.status == "plan"
    basis = [say("basis", document=found.document.document, standing=say("standing_plan"))] if plan else []
    return _and_again(scene, [*basis, say("further_why_which")])


def _of_known(scene: Scene) -> bool:
    """Whether it is asked of nobody by name, or of one who was told of: 我爸去哪办. A sum may be of several."""
    named = [key_of(one, None) for one in scene.heard.people if one.named]
    # 我该找谁 asks for whoever is talked about.
    known = all(key in scene.session.people for key in named if key != SELF)
    return known and (len(named) < 2 or _says(scene, "further_all_of_it"))


def _names_known(scene: Scene) -> bool:
    return all(key_of(one, None) in scene.session.people for one in scene.heard.people if one.named)


def _of_one(kind: str, text: str, told: Told, items: Sequence[Item]) -> list[str]:
    """What the papers say of the one service, and what they do not say."""
    agency = agency_words(items[0])
    if kind == "clause":
        return where_lines(told, items)
    if kind == "apply_how":
        return [*where_lines(told, items), say("further_how_unwritten")]
    if kind == "paid_when":
        return _denied(told, items) or [say("further_when", agency=agency)]
    if kind == "how_much":
        return [*_denied(told, items), *how_much_lines(text, told, items)]
    if kind == "detail":
        return [say("further_unknown", agency=agency)]
    if kind == "anything":
        return described(told, items)
    return _of_all(kind, told)


def _denied(told: Told, items: Sequence[Item]) -> list[str]:
    """That this elder does not have it, before any more is said of it."""
    ids = {item.form.service for item in items}
    results = [one for one in told.assessment.results if told.item(one).form.service in ids]
    return verdicts_of(told, [one for one in results if one.verdict == "no"])


def _of_all(kind: str, told: Told) -> list[str]:
    """The same of all that was told as sure."""
    document = told.benefit_list.document
    if kind == "apply_how":
        sure = [told.item(result) for result in money(told)][:_MOST_LINES]
        where = [say("further_where", name=one.service.name, agency=agency_words(one)) for one in sure]
        return [*where, say("further_how"), say("further_how_unwritten")]
    if kind == "clause":
        return [*(line(told, one) for one in money(told)[:_MOST_LINES]), *_basis(told)]
    if kind == "paid_when":
        return [say("further_when_any")]
    if kind == "why_no_sum" and document.status != "plan":
        return [say("further_no_sum")]
    return _basis(told)


def _basis(told: Told) -> list[str]:
    document = told.benefit_list.document
    return [say("basis", document=document.document, standing=say(f"standing_{document.status}"))]
