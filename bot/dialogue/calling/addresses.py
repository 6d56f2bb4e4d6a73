"""Addresses as elders write them: read, too long, in another place than the one told before."""

from __future__ import annotations

import re

from bot.catalog.addresses import inside, region_in
from bot.catalog.model import Catalog, Region
from bot.dialogue.calling.remarks import told_remark, without_remarks
from bot.dialogue.intents import answer_of, sure
from bot.dialogue.scene import Scene
from bot.dialogue.wording import words

LONGEST = 80
_HAN = re.compile(r"[\u3400-\u9fff]")
_LEAST_HAN = 2
_QUESTION = re.compile(r"[?？吗么]|咋|怎么|多少|哪|谁|啥")
_ASIDE = (
    "greet",
    "thanks",
    "goodbye",
    "ask_service",
    "ask_eligibility",
    "check_booking",
    "dont_know",
    "restart",
)
_DOUBTFUL = ("human", "complain", "out_of_scope", "help")
_MARKS = "，,。；;：: "


def told_address(scene: Scene) -> str:
    """The address that was read, or the words after 地址是, or the whole answer to the question for it; "" for none."""
    if read := scene.heard.slots.get("address"):
        return _led(without_remarks(read))
    if corrected := _after_mark(scene.text):
        return corrected
    asked = scene.session.asked == "booking_address"
    return _led(without_remarks(scene.text).strip(_MARKS)) if asked and _may_be_one(scene) else ""


def at_home(scene: Scene) -> bool:
    """Whether somebody only says 俺家, which leads nobody there."""
    return scene.text.strip(_MARKS + "吧呗啊的") in words("call_home_words")


def same_as_last(scene: Scene) -> bool:
    """跟上次一样, 她跟我住一起: where they came last time."""
    return bool(scene.session.address) and says_same(scene)


def says_same(scene: Scene) -> bool:
    """Whether the words lead back to an address told before."""
    return any(word in scene.text for word in words("call_same_words"))


def elsewhere(address: str, heard: Region | None, place: Region, catalog: Catalog) -> Region | None:
    """The place that the address is in, where it is another than the one told before."""
    named = region_in(address, catalog) or heard
    if named is None or named.code is None or place.code is None:
        return None
    one_in_the_other = inside(named.code, place.code) or inside(place.code, named.code)
    return None if one_in_the_other else named


def heard_region(scene: Scene) -> Region | None:
    """The place that the message tells."""
    told = next((one.facts["region"] for one in scene.heard.people if "region" in one.facts), None)
    return scene.catalog.region(str(told)) if told else None


def _led(text: str) -> str:
    """就在老供销社后头 → 老供销社后头."""
    while lead := next((word for word in words("call_address_lead") if text.startswith(word)), ""):
        text = text.removeprefix(lead)
    return text


def _after_mark(text: str) -> str:
    """地址不对，是车站路90号 → 车站路90号."""
    if not any(word in text for word in words("call_address_words")):
        return ""
    cuts = [text.rpartition(mark)[2] for mark in words("call_says_anew") if mark in text]
    tail = min(cuts, key=len, default="").strip(_MARKS + "吧了")
    return tail if len(_HAN.findall(tail)) >= _LEAST_HAN and len(tail) <= LONGEST else ""


def names_service(scene: Scene) -> bool:
    """Whether the message is only the wish for another service: 还是打扫卫生吧."""
    call = scene.catalog.call_named(scene.heard.slots.get("service", ""))
    said = [word for word in (call.name, *call.words) if word in scene.text] if call else []
    anew = any(word in scene.text for word in words("call_instead_words"))
    return bool(said) and (anew or len(scene.text.strip(_MARKS + "吧")) <= len(max(said, key=len)) + 3)


def _may_be_one(scene: Scene) -> bool:
    """A village without number or road is an address to those who live there."""
    if {"time_text", "phone"} & set(scene.heard.slots) or scene.text.startswith(words("call_not")):
        return False
    if scene.text.startswith(words("call_no_address_starts")) and len(scene.text) <= 6:
        return False
    wish = scene.heard.intent == "book_call" and sure(scene.heard) and "service" in scene.heard.slots
    if wish or names_service(scene) or (told_remark(scene) and not without_remarks(scene.text)):
        return False
    if len(_HAN.findall(scene.text)) < _LEAST_HAN or _QUESTION.search(scene.text):
        return False
    heard = scene.heard
    aside = heard.intent in _ASIDE or (heard.intent in _DOUBTFUL and heard.confidence > 0.8)
    told = any(set(one.facts) - {"region"} for one in heard.people)
    only_place = any("region" in one.facts for one in heard.people) and heard_whole(scene)
    return not (aside or told or only_place or answer_of(heard))


def heard_whole(scene: Scene) -> bool:
    """Whether the message is only the name of a place: 卧龙区."""
    name = "".join(scene.text.split()).strip(_MARKS)
    return name in scene.catalog.region_names
