"""Whether the words around a number make it the present age of the elder that a text is about."""

from __future__ import annotations

import re
from typing import Final

from nlu.readers import age_bare as bare
from nlu.readers import age_foreign as foreign
from nlu.readers import age_near as near
from nlu.readers.age_seen import BARE_LEAST, COMMON, Seen, speaks

_BAND: Final = 5
_LONG: Final = 8


def is_age(seen: Seen) -> bool:
    """Whether the number is the present age of the elder the text is about."""
    if foreign.NEWS.search(seen.before) or speaks(foreign.BYE, seen.text):
        return False
    if near.ELDER_BEHIND.match(seen.after):
        return True
    if _is_strangers(seen) or _is_threshold(seen) or _is_past(seen):
        return False
    if _has_lived(seen):
        return True
    if foreign.COMPARED.search(seen.rest):
        return False
    if seen.unit or _counts(seen):
        return seen.unit
    if seen.age < BARE_LEAST and not (seen.context == "age" or seen.cue):
        return False
    return _stands_as_age(seen)


def asks_a_rule(text: str) -> bool:
    """Whether a text asks what the rules say, and of nobody in particular."""
    return speaks(foreign.RULE, text) and not speaks(near.PERSON, text)


def _has_lived(seen: Seen) -> bool:
    """活到九十了, 活了八十三年."""
    years = "年" in (seen.text[seen.number_end : seen.number_end + 1], seen.text[seen.end : seen.end + 1])
    if years and seen.before.endswith("活了"):
        return True
    return seen.done and seen.before.endswith(("活", "活到"))


def _is_strangers(seen: Seen) -> bool:
    if seen.age in COMMON and foreign.SET_APART.search(seen.before):
        return False
    if seen.age in COMMON and foreign.AT_THEIRS.search(seen.before):
        return False
    return foreign.STRANGER.search(seen.before) is not None


def _counts(seen: Seen) -> bool:
    """Whether the number counts something else: 80 块, 血压 130."""
    if foreign.UNIT.match(seen.text, seen.number_end):
        return True
    if bare.begins_anew(seen):
        return False
    spaced = seen.rest.endswith(" ") and not (seen.cue or near.NEAR_PERSON.search(seen.rest))
    measured = seen.rest if spaced else seen.near
    counted = foreign.COUNTED.search(seen.rest) and not near.NAMED.search(seen.rest)
    return bool(counted or foreign.MEASURED.search(measured))


def _stands_as_age(seen: Seen) -> bool:
    if seen.context == "age" or seen.cue or seen.short or near.NEAR_PERSON.search(seen.rest):
        return True
    if re.search("[有单挂又]", seen.text[seen.start : seen.number_end]):
        return True
    if seen.age in foreign.EMERGENCY or (seen.context or "").startswith("booking"):
        return False
    return (
        _is_loose_age(seen)
        or _is_all(seen)
        or _is_corrected(seen)
        or _is_told_of_elder(seen)
        or _is_plain(seen)
        or _is_last(seen)
        or bare.is_spoken(seen)
    )


def _is_loose_age(seen: Seen) -> bool:
    """A number set apart from what stands before it, and worded as only ages are."""
    if seen.spread and near.UNSURE.search(seen.rest):
        return True
    goes_on = seen.lead in ("soon", "short", "below") and near.GOES_ON.search(seen.rest)
    if seen.age in COMMON and (seen.done or not seen.after) and near.HOUSED.search(seen.rest):
        return True
    if not near.LOOSE_LEFT.search(seen.rest) and not goes_on:
        return False
    if seen.age in COMMON and near.LIFE.match(seen.text, seen.number_end):
        return True
    if seen.done or seen.rough in ("好几", "出头", "来往", "开外") or seen.lead in ("short", "next"):
        return True
    worded = (
        seen.rough not in near.TOLD_OF_RULES
        or seen.spread
        or seen.lead in ("soon", "just", "about", "below", "over")
    )
    return bool(worded and near.LOOSE_RIGHT.match(seen.after))


def _is_corrected(seen: Seen) -> bool:
    return bool(
        speaks(near.CORRECTION, seen.text)
        and re.search(
            "(?:是|错了|不对|应该|改成|一下|[哦噢啊唉呃嗯哎不]不|其实|实际上?|更正|周岁)[，, ]?$", seen.before
        )
    )


def _is_told_of_elder(seen: Seen) -> bool:
    """A bare number among an elder's other facts: 李秀英83低保, 俺爹老年痴呆81."""
    named = near.SHORT_HEAD.fullmatch(seen.rest) and speaks(near.ELDER, seen.text)
    somebody = near.PERSON.search(seen.rest) or (seen.done and "老人" in seen.rest)
    described = somebody and near.AILMENT.search(seen.rest)
    if (named or described) and near.LOOSE_RIGHT.match(seen.after):
        return True
    if not near.LOOSE_LEFT.search(seen.rest):
        return False
    elder = speaks(near.ELDER, seen.text) or speaks(near.PERSON, seen.text)
    rough = seen.rough in ("多", "来", "几") and seen.age % 10 in (0, 9, 4)
    return bool(elder and (rough or near.LOOSE_RIGHT.match(seen.after)))


def _is_all(seen: Seen) -> bool:
    """Whether a number is the whole answer to a question about the elder: 74 can be nothing else but the age."""
    around = seen.text[: seen.start] + seen.text[seen.end if seen.rough in near.SPOKEN else seen.number_end :]
    if seen.age not in COMMON or near.AROUND.fullmatch(around) is None:
        return False
    return bool(around.strip(" 。，,.")) or (
        seen.context is not None and not seen.context.startswith("offer")
    )


def _is_plain(seen: Seen) -> bool:
    """A number of an elder's years that stands by itself where nothing is counted: 现在83，马上84."""
    alone = seen.start == 0 and seen.end >= len(seen.text) - 1
    if seen.age not in COMMON or alone or speaks(near.MONEY, seen.text):
        return not alone and _is_whole_clause(seen)
    if speaks(foreign.RULE, seen.text) and seen.age % 10 == 0 and seen.start == 0:
        return False
    right = near.LOOSE_RIGHT.match(seen.after) or (seen.rough in near.SPOKEN and seen.after.startswith("快"))
    return bool(near.LOOSE_LEFT.search(seen.rest) and right)


def _is_whole_clause(seen: Seen) -> bool:
    """没钱请律师，六十八，农民: nothing else in its clause, and nothing priced or measured beside it."""
    around = seen.text[max(0, seen.start - 10) : seen.start] + "|" + seen.text[seen.end : seen.end + 8]
    apart = not seen.rest and seen.start > 0 and re.match(r"[，,。；;]|$", seen.after)
    return bool(apart and not seen.rough and seen.age in COMMON and not near.PRICED.search(around))


def _is_last(seen: Seen) -> bool:
    """The last word of a message written without commas: 膝盖疼不碍事别的都好七十; or all of its last clause: 是八十一."""
    if seen.age not in COMMON or speaks(near.MONEY, seen.text) or speaks(foreign.RULE, seen.text):
        return False
    ends = not seen.after.strip(" 。了吧")
    return ends and (len(seen.rest) >= _LONG or seen.rest == "是")


def _is_past(seen: Seen) -> bool:
    if foreign.PAST_BEFORE.search(seen.rest) or foreign.DEAD_SINCE.match(seen.after):
        return True
    if seen.unit:
        return bool(foreign.PAST.match(seen.after) or foreign.DEAD.match(seen.after))
    return foreign.PAST_BARE.match(seen.after) is not None


def _is_threshold(seen: Seen) -> bool:
    """80岁能领多少, 满80岁才给: a rule is asked for or told, not somebody's age."""
    if seen.context == "age" or seen.nominal:
        return False
    if (
        foreign.ITS_MONEY.match(seen.after)
        or foreign.ONLY_THEN.match(seen.after)
        or foreign.RULE_BEFORE.search(seen.rest)
    ):
        return True
    if seen.spread >= _BAND and asks_a_rule(seen.text):
        return True
    if _is_band(seen) or (foreign.GIVES.match(seen.after) and not near.PERSON.search(seen.before)):
        return True
    if seen.unit and foreign.SUCH_A_ONE.match(seen.after) and asks_a_rule(seen.text):
        return not near.LIKE_ME.search(seen.before)
    if seen.cue or (seen.done and not (seen.unit and seen.rest)) or seen.rough in near.SPOKEN:
        return False
    is_round = seen.age % 10 == 0 or seen.age == 65
    return is_round and asks_a_rule(seen.text) and not _tells_facts(seen)


def _is_band(seen: Seen) -> bool:
    """Those of an age at large: 80岁以上, 80岁的老人."""
    rule, nobody = speaks(foreign.RULE, seen.text), not speaks(near.SOMEBODY, seen.text)
    if foreign.OVER.match(seen.rough):
        return bool(rule or re.match("的|老", seen.after) or not speaks(near.PERSON, seen.text))
    return bool(re.match("的?老年?人", seen.after) and rule and nobody)


def _tells_facts(seen: Seen) -> bool:
    """A number set apart by commas or spaces among other facts is no threshold."""
    apart = near.LOOSE_LEFT.search(seen.rest) and re.match(r"[，,；;\s]|$", seen.after)
    return bool(apart and (seen.start > 0 or speaks(near.ELDER, seen.text)))
