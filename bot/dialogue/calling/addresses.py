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
_DOOR = re.compile(r"(?:[号村院楼组室户庄营路街巷]|单元|小区|花园|大道)[0-9]*$")
_NUMBERED = re.compile(r"[0-9０-９]{3}")
_BARE_DOOR = re.compile(r"[0-9一二三四五六七八九十]{1,4}号(?:院|楼)?")
# A telephone read into an address is cut off with what follows it.
_WITHOUT_NUMBER = re.compile(r"[，,。；;：: ]*(?<![0-9])(?:1[3-9][0-9]{5,}|0[0-9]{2,3}[ \-][0-9]{2,}).*$")


def told_address(scene: Scene) -> str:
    """The address that was read, or the words after 地址是, or the whole answer to the question for it; "" for none."""
    told = _told(scene)
    # 新野 alone is a county, and leads to no door.
    return "" if told in scene.catalog.region_names else told


def _told(scene: Scene) -> str:
    if read := scene.heard.slots.get("address"):
        return _to_the_door(_led(without_remarks(_WITHOUT_NUMBER.sub("", read))), scene.text)
    if corrected := _after_mark(scene.text):
        return corrected
    if whole := _of_a_county(scene):
        return whole
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


def speaks_of_door(scene: Scene) -> bool:
    """Whether it is about the number at a door: 俺也不知道门牌 says nothing of a telephone."""
    return any(word in scene.text for word in words("call_door_words"))


def too_wide(told: str, before: str, scene: Scene) -> bool:
    """Whether the answer is a whole town or street district; it is asked once what is nearer, then it will do."""
    asked = scene.session.asked == "booking_address"
    return asked and told != before and told.endswith(words("call_wide_ends")) and told not in before


def is_bare_door(scene: Scene) -> bool:
    """1号, asked where to: a door without its street, and no day of a month."""
    return scene.session.asked == "booking_address" and _BARE_DOOR.fullmatch(scene.text) is not None


def nearer(told: str, before: str, scene: Scene) -> str:
    """李庄村口, after 靳岗街道: the one within the other."""
    if told and _BARE_DOOR.fullmatch(before) and not _BARE_DOOR.search(told):
        return told + before
    within = scene.session.asked == "booking_address" and before.endswith(words("call_wide_ends"))
    return before + told if told and within and before not in told else told


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


def _of_a_county(scene: Scene) -> str:
    """洛阳市涧西区3号, beside 卧龙区: an address by its front and its end, so that it is not passed over."""
    parts = [part for part in re.split("[，,。；;！!?？\n ]", scene.text) if _DOOR.search(part)]
    return next((part for part in parts if region_in(part, scene.catalog)), "")


def _to_the_door(address: str, text: str) -> str:
    """…周庄村 in …周庄村老槐树旁边那家: what leads to the door goes with it, to the end of that part."""
    rest = re.split("[，,。；;！!?？\n ]", text.partition(address)[2])[0] if address else ""
    leads = rest.endswith(words("call_door_ends")) or rest.startswith(words("call_door_rests"))
    leads = leads and not _QUESTION.search(rest)
    return address + rest if leads and len(address + rest) <= LONGEST else address


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
    number = any(word in scene.text for word in (*words("call_phone_words"), *words("call_area_words")))
    if number and _NUMBERED.search(scene.text):
        return False
    changes = any(word in scene.text for word in words("call_change_words"))
    if changes and any(
        word in scene.text for word in (*words("call_phone_words"), *words("call_time_words"))
    ):
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
