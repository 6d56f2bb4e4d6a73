"""Who is named and yet no subject: company, the dead, those who only help, those who are greeted."""

from __future__ import annotations

import re
from typing import Final

from nlu.readers.kin_words import ANYBODY, Mention

_OBJECT: Final = re.compile(
    r"(?:跟着?|和|与|同|随着?|靠着?|由|归|被|叫|让|给|没|没有|无|找|把|对|管|养|接|等|怕|陪着?|带着?|嫁给|指望|养活|想|问|"
    r"有[一二两俩三四五六七八九十几0-9]*个?|生了?[一二两俩三四五六七八九十几0-9]*个?|[一二两俩三四五六七八九十几0-9]个|送|供|抱|当)"
    r"(?:我|俺|他|她|咱)?(?:们)?(?:家)?的?$"
)
_SELF_OBJECT: Final = re.compile(
    r"(?:给|告诉|帮|叫|让|管|照顾|伺候|对|教|替|为|找|陪|养|看|接|送|疼|嫌|打|骂|气|来看|(?<!请)问|联系|派人|通知|提醒|回复)$"
)
_WITH: Final = re.compile(r"(?:和|跟着?|与|同|随)(?:我|俺|他|她|咱)?们?(?:家)?的?$")
_COMPANY: Final = re.compile(r"(?:俩|两个人?)?(?:在)?(?:一起|一块|一齐|住|过日子|过|生活|同住|搭伙|相依为命)")
_GONE: Final = re.compile(
    r"[^，,。；;！!？?\n0-9]{0,8}?(?:烈士(?!家|遗|的|证|陵)|去世|过世|不在了|不在人世|走了(?:[一二两三四五六七八九十好几多0-9]+年|"
    r"$|[，,。；;])|走[得的]早|没了|没的(?=[，,。；;]|$)|早没|没得早|"
    r"病故|死了|死得早|已故|早走|逝世|离世|下世|牺牲|前年走|去年走|今年走|早就走|都走了|先走)"
)
_MINDING: Final = re.compile(
    r"(?:在家|现在|天天|一直|白天|晚上|平时|还能|能|来|都|也|还)*(?:照顾|伺候|照看|侍候|看护|服侍|"
    r"管我|陪着|陪我|做饭|健在|还在(?:[，,。；;]|$)|也?在(?:[，,。；;]|$))"
)
_BOTH: Final = re.compile("(?:两个人?|俩人?|两人|两位|二老|老两口)(?:也|今年|现在)?都")
_PLACE: Final = re.compile(
    r"家(?!里?有|的?老|里?老|属|长)|那儿|那里|那边|屋里住|名下|单位|说[，,:：]?|(?:上?报|反映|来电|登记)(?:的)?[：:，,]|讲|告诉|让我|叫我|帮我|给我|教我"
)
_HELLO: Final = re.compile(
    r"(?:，|,|\s)*(?:你好|您好|好[，,。！!\s]|们好)|[，,\s！!。](?:我|俺)?(?:想|请|问|麻烦|咨询|打听|帮)|[，,\s](?=我|俺)"
)
_CLAUSE: Final = re.compile(r"[^，,。；;！!？?\n]*")
_AGED: Final = re.compile(
    r"(?<![0-9.])(?:[5-9][0-9]|1[01][0-9])(?![0-9.]|[元块斤层楼号个%米平天年月分]|多[元块斤个天年])|"
    r"[五六七八九]十(?![元块斤天年])|百岁|19[2-6][0-9]|[2-5][0-9]年(?:的|生|出生|属)"
)
_STATUS: Final = re.compile(
    r"低保|特困|五保|残疾|瘫|失能|自理|独居|空巢|留守|卧床|痴呆|退伍|虚岁|孤寡|失独|优抚|军属|烈属"
)


def clause_after(text: str, end: int) -> str:
    """What follows position `end` up to the next punctuation mark."""
    match = _CLAUSE.match(text, end)
    return match[0] if match else ""


def has_elder_fact(text: str) -> bool:
    """Whether `text` gives an elder's age or a status, so that it is worth a person of its own."""
    return has_elder_age(text) or _STATUS.search(text) is not None


def has_elder_age(text: str) -> bool:
    """Whether `text` gives an age from 50 on, or a year of birth to match."""
    return _AGED.search(text) is not None


def self_is_object(text: str, mention: Mention, left: str, found: list[Mention]) -> bool:
    if _SELF_OBJECT.search(left):
        return True
    company = _WITH.search(left)
    if company is None:
        return False
    beside = found and found[-1].kind == "elder" and found[-1].end == mention.start - len(company[0])
    after = clause_after(text, mention.end)
    return not (beside and (re.search("[都俩两均]", after) or not _COMPANY.match(after)))


def is_no_subject(text: str, mention: Mention, left: str, found: list[Mention]) -> bool:
    after = clause_after(text, mention.end)
    if mention.kind in ("stranger", "weak") and _OBJECT.search(left):
        return (
            not re.search(r"[0-9一二三四五六七八九十]岁|残疾|低保", after)
            or _COMPANY.match(after) is not None
        )
    if _is_apposed_to_self(text, mention, found):
        return True
    minding = _MINDING.match(after) and not _BOTH.search(text, mention.end)
    if _PLACE.match(after) or (mention.kind != "stranger" and (_GONE.match(text, mention.end) or minding)):
        return True
    if re.fullmatch(r"[，,\s]*", text[: mention.start]) and _is_hello(text, mention):
        return True
    plural = re.search("[都俩两均]", after)
    alone = not found or mention.who[0].subject == "spouse" or found[-1].kind != "self"
    answers = (
        len(left) == mention.start
        and _WITH.fullmatch(left) is not None
        and not text[mention.end :].strip(" 。，,呢的啊")
    )
    return bool(_WITH.search(left) and (answers or _COMPANY.match(after)) and not plural and alone)


def _is_apposed_to_self(text: str, mention: Mention, found: list[Mention]) -> bool:
    """我78岁老太太一个人: the old woman is the speaker."""
    if not found or found[-1].kind != "self" or mention.word not in ANYBODY:
        return False
    return (
        re.fullmatch(r"(?!.{0,3}有)[^，,。；;\n]{0,12}(?:岁|的|个|是)", text[found[-1].end : mention.start])
        is not None
    )


def _is_hello(text: str, mention: Mention) -> bool:
    """Whether the text opens by greeting the listener ("大姐你好", "阿姨，我想问")."""
    unowned = mention.who and mention.who[0].subject == "other"
    return bool(
        unowned and _HELLO.match(text, mention.end) and text[mention.start : mention.end] == mention.word
    )
