"""Who is named and yet no subject: company, the dead, those who only help, those who are greeted."""

from __future__ import annotations

import re
from typing import Final

from nlu.readers.elder_facts import has_elder_age, is_young
from nlu.readers.kin_words import ANYBODY, NEIGHBOURS, Mention

_OBJECT: Final = re.compile(
    r"(?:跟着?|和|与|同|随着?|靠着?|由|归|被|叫|让|给|没|没有|无|找|把|对|管|养|接|等|怕|陪着?|带着?|嫁给|指望|养活|想|问|"
    r"有[一二两俩三四五六七八九十几0-9]*个?|生了?[一二两俩三四五六七八九十几0-9]*个?|[一二两俩三四五六七八九十几0-9]个|送|供|抱|当)"
    r"(?:我|俺|他|她|咱)?(?:们)?(?:家)?的?$"
)
_SELF_OBJECT: Final = re.compile(
    r"(?:给|告诉|帮|叫|让|管|照顾|伺候|对|教|替|为|找|陪|养|看|接|送|疼|嫌|打|骂|气|来看|(?<!请)问|联系|派人|通知|提醒|回复|靠着?|指望着?|把|被|连|"
    r"缠着|拉扯|拖累|供|认不得|认得|认识|离不开|离不了|心疼|可怜|顾不上|顾不得|记|寻|喊|催|哄|欠|该|归|由|护着|守着|陪着|带着)$"
)
# 平常都是俺喂饭
_ALWAYS: Final = re.compile(r"(?:都|全|总|一直|还|光)(?:是|得|靠)$")
_SELF_ALONE: Final = re.compile(r"(?:一个人?|自己|自个儿?|孤|一人|俩|老两口)")
_WITH: Final = re.compile(
    r"(?:和|跟着?|与|同|随着?|挨着|靠着|守着)(?:孩子|孩儿|娃)?(?:我|俺|他|她|咱)?们?(?:家)?的?$"
)
_COMPANY: Final = re.compile(
    r"(?:他们|她们)?(?:一家)?(?:俩|两个人?)?(?:在)?(?:一起|一块儿?|一齐|住|过日子|过|生活|同住|搭伙|相依为命"
    r"|在[^，,。0-9]{1,6}(?=[，,。；; ]|$))"
)
_DIED: Final = (
    r"(?:烈士(?!家|遗|的|证|陵)|去世|过世|不在了|不在人世|走[了嘞哩](?:都|有|快|也)?(?:[一二两三四五六七八九十好几多整0-9]+(?:个?多?年|个?多?月|天)|"
    r"(?=$|[，,。；; ]))|走[得的](?:早|突然|急)|(?:去年|前年|大前年|今年|上个?月|上年|前些年|[一二三四五六七八"
    r"九十]月)[^，,。；;0-9]{0,4}走的(?=[，,。；; "
    r"]|$)|(?:早|都|已经|就)*没(?:了|嘞|啦|咧|哩)|没的(?=[，,。；;]|$)|早没|没得早|(?:去年|前年|大前年|早年间?"
    r"|年轻时|前些年)没|"
    r"病故|(?<![要快想会怕该等不])死(?:了|嘞)|死得早|已故|早走|逝世|离世|下世|牺牲|作古|老了人|前年走|去年走|今年走|早就走|都走了|先走|仙逝|享年|终年|生前|活着(?:的话|的时候|时|那会)|(?:刚|才)走(?=没|了|不|[一二两三俩几])|要是(?:还)?活着|坟)"
)
_GONE: Final = re.compile(
    rf"(?:(?![我俺])[^，,。；;！!？?\n0-9]){{0,8}}?{_DIED}|(?:(?:活到|到)?(?:[0-9]{{2,3}}|[一二三四五六七八九十百]{{2,4}})岁?(?:的时候|那年|时|上|就|才|多)*(?:得?病?)?(?:{_DIED}|走的|没的))|"
    r"活[到了](?:[0-9]{2,3}|[一二三四五六七八九十百]{2,4})岁?(?:才)?(?:去世|走的?|走了|没的?)?[呢哩嘞]?(?=[，,。；; ]|$)"
)
# 公公是低保，前年没了
_GONE_NEXT: Final = re.compile(
    rf"[^，,。；;！!？?\n我俺孩儿闺女孙娃爹娘爸妈伴]{{1,14}}[，,](?:(?:也|已经|就|可惜|后来|上个?月|今年|[一二两三四五0-9]+年前|前几年|[一二三四五六七八九十]+月)*){_DIED}"
)
_MINDING: Final = re.compile(
    r"(?:在家|现在|天天|一直|白天|晚上|平时|还能|能|来|都|也|还)*(?:照顾|伺候|照看|侍候|看护|服侍|照护|照料|护理|"
    r"管我|陪着|陪我|做饭)|(?P<lives>(?:也|都|还)?(?:健在|在世)|还在(?=[，,。；;]|$)|也?在(?=[，,。；;]|$))"
)
_BOTH: Final = re.compile("(?:两个人?|俩人?|两人|两位|二老|老两口)(?:也|今年|现在)?都")
_PLACE: Final = re.compile(
    r"家(?!里?有|的?老|里?老|属|长|里?(?:的)?[大二三四五叔婶伯爷奶]|[0-9五六七八九]|是|也|就)|那儿|那里|那边|屋里住|名下|单位|的?(?:电话|手机|号码?|微信|身份证号)(?!卡)|说[，,:：]|(?:上?报|反映|来电|登记)(?:的)?[：:，,]|讲[，,:：]|告诉|让我|叫我|帮我|给我|教我"
)
# 三婶说八十就能领: what she says is no fact of hers.
_SAYS: Final = re.compile(
    r"(?:也|都|老|总|昨天|跟我|跟俺|给我|给俺|对我|对俺)*(?:说|讲|告诉)(?:过|是)?(?:[^，,。]{0,12}(?:能领|就领|给钱|有补|都有|可以领|发钱|有钱|能办|给办|来问)|我|俺|咱|你|恁|叫|要|过?(?=$|[，,。；;！!？?]))"
)
_HELLO: Final = re.compile(
    r"(?:，|,|\s)*(?:你好|您好|好[，,。！!\s]|们好)|[，,\s！!。](?:我|俺)?(?:想|请|问|麻烦|咨询|打听|帮)|[，,\s](?=我|俺)"
)
_CLAUSE: Final = re.compile(r"[^，,。；;！!？?\n]*")


def clause_after(text: str, end: int) -> str:
    """What follows position `end` up to the next punctuation mark."""
    match = _CLAUSE.match(text, end)
    return match[0] if match else ""


def kind_of_absence(text: str, mention: Mention, left: str, found: list[Mention]) -> str:
    """ "dead", "company" (also for who only helps, speaks or is greeted), or "" for one who is spoken of."""
    if mention.kind == "self":
        return "company" if _is_object(text, mention, left, found) else ""
    if mention.kind in ("elder", "weak") and (
        _GONE.match(text, mention.end) or _GONE_NEXT.match(text, mention.end)
    ):
        return "dead"
    return "company" if _is_no_subject(text, mention, left, found) else ""


def _is_object(text: str, mention: Mention, left: str, found: list[Mention]) -> bool:
    if _SELF_OBJECT.search(left):
        return not _SELF_ALONE.match(text, mention.end)
    if _ALWAYS.search(left) and any(one.kind == "elder" for one in found):
        return True
    company = _WITH.search(left)
    if company is None:
        return False
    beside = found and found[-1].kind == "elder" and found[-1].end == mention.start - len(company[0])
    after = clause_after(text, mention.end)
    return not (beside and (re.search("[都俩两均]", after) or not _COMPANY.match(after)))


def _is_no_subject(text: str, mention: Mention, left: str, found: list[Mention]) -> bool:
    after = clause_after(text, mention.end)
    if (
        mention.kind in ("stranger", "weak", "worker")
        and mention.word not in NEIGHBOURS
        and _OBJECT.search(left)
    ):
        if mention.kind == "weak" and after.startswith("都") and _WITH.search(left):
            return False
        none = re.search("(?:没有?|无)$", left) is not None
        told = re.search(r"[0-9一二三四五六七八九十]岁|残疾|低保", after) or is_young(text[mention.end :][:6])
        return none or not told or _COMPANY.match(after) is not None
    if _is_apposed_to_self(text, mention, found) or _only_acts(text, mention, after):
        return True
    if re.fullmatch(r"[，,\s]*", text[: mention.start]) and _is_hello(text, mention):
        return True
    return _keeps_company(text, mention, left, found, after)


def _only_acts(text: str, mention: Mention, after: str) -> bool:
    """Who minds the elder, speaks, or is only said to be alive."""
    if _PLACE.match(after) or _SAYS.match(after):
        return True
    minding = _MINDING.match(after)
    if mention.kind == "stranger" or minding is None or _BOTH.search(text, mention.end):
        return False
    told = text[mention.end + len(after) + 1 :][:6]
    return not (minding["lives"] and has_elder_age(told) and not re.search("[我俺爹娘爸妈他她]", told))


def _keeps_company(text: str, mention: Mention, left: str, found: list[Mention], after: str) -> bool:
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
    if (
        not found
        or found[-1].kind != "self"
        or not (mention.word in ANYBODY or mention.word.startswith(("孤", "老光棍")))
    ):
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
