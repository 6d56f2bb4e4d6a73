"""Who is named and yet no subject: company, those who only help or speak, those who are greeted."""

from __future__ import annotations

import re
from typing import Final

from nlu.readers.elder_facts import has_elder_age, is_young
from nlu.readers.kin_dead import is_dead
from nlu.readers.kin_helpers import ALWAYS, SPOKEN_OF, is_ailing, only_helps
from nlu.readers.kin_words import ANYBODY, NEIGHBOURS, Mention
from nlu.readers.words import any_of

_COUNT: Final = "[一二两俩三四五六七八九十几0-9]"
_OBJECT: Final = re.compile(
    any_of(
        "跟着? 和 与 同 随着? 靠着? 由 归 被 叫 让 给 没 没有 无 找 把 对 管 养 接 等 怕 陪着? 带着? 嫁给 指望 养活 想 问",
        f"有{_COUNT}*个? 生了?{_COUNT}*个? {_COUNT}个 送 供 抱 当",
    )
    + "(?:我|俺|他|她|咱)?(?:们)?(?:家)?的?$"
)
_SELF_OBJECT: Final = re.compile(
    any_of(
        "给 告诉 帮 叫 让 管 照顾 伺候 对 教 替 为 找 陪 养 看 接 送 疼 嫌 打 骂 气 来看 (?<!请)问 联系 派人 通知 提醒 回复 靠着? 指望着?",
        "把 被 连 缠着 拉扯 拖累 供 认不得 认得 认识 离不开 离不了 心疼 可怜 顾不上 顾不得 记 寻 喊 催 哄 欠 该 归 由 护着 守着 陪着 带着",
    )
    + "$"
)
_OWN_KIN: Final = re.compile(
    "们?家?"
    + any_of(
        "[大二三四小老堂表]?(?:爸|妈|爹|娘|爷爷?|奶奶?|婆婆?|公公?|哥|姐|弟|妹|嫂子?|姑|姨|舅|叔|婶) 老?伴儿? 媳妇 [大二三四小]?儿媳?妇?",
        "[大二三四小]?闺女",
        "[大二三四小]?女儿 [大二三四小]?儿子 孙[子女] 外孙女? 孩子 老头子? 老婆子? 爱人",
    )
)
_SELF_ALONE: Final = re.compile("一个人?|自己|自个儿?|孤|一人|俩|老两口")
_WITH: Final = re.compile(
    "(?:和|跟着?|与|同|随着?|挨着|靠着|守着)(?:孩子|孩儿|娃)?(?:我|俺|他|她|咱)?们?(?:家)?的?$"
)
_COMPANY: Final = re.compile(
    "(?:他们|她们)?(?:一家)?(?:俩人?|两个?人?|[两二]口子?|二人)?(?:就|自己|单独|一直|相依|在家)?(?:在)?"
    + any_of(
        "分(?:着|开|家)(?:住|过|吃)? 一起 一块儿? 一齐",
        "住(?!在?(?:对门|隔壁|前后|楼上|楼下|斜对门|邻|一[栋幢]|一个(?:楼|院|村|单元|[小社]区)))",
        "过日子 过 生活 同住 搭伙 相依为命 在[^，,。0-9]{1,6}(?=[，,。；;]|\\s|$)",
    )
)
_MINDING: Final = re.compile(
    "(?:在家|现在|天天|一直|白天|晚上|平时|能|来|都|也|还)*"
    + any_of(
        "照顾 照应着? 伺候 照看 侍候 看护 服侍 照护 照料 护理 管我 陪着 陪我 做饭",
        "端屎 端尿 接屎 接尿 擦屎 喂饭 喂水 喂吃 给(?:他|她|我|俺|老人)(?:娘|妈|爹|爸|爷爷?|奶奶?|婆婆|公公)?(?:擦|喂|翻身|端|洗)",
    )
    + "|(?P<lives>(?:也|都|还)?(?:健在|在世)|还在(?=[，,。；;]|$)|也?在(?=[，,。；;]|$))"
)
_BOTH: Final = re.compile("(?:两个人?|俩人?|两人|两位|二老|老两口)(?:也|今年|现在)?都")
_PLACE: Final = re.compile(
    any_of(
        "家(?!里?有|的?老|里?老|属|长|里?(?:的)?[大二三四五叔婶伯爷奶]|[0-9五六七八九]|是|也|就|在[^，,。；;]{0,8}[县区市镇乡])",
        "那儿 那里 那边 那(?=[了的在，,。]|$) 屋里住 名下 单位",
        "的?(?:电话|手机|号码?|微信|身份证号)号?码?(?:是|为|[:：0-9]) 说[，,:：] "
        "(?:上?报|反映|来电|登记)(?:的)?[：:，,] 讲[，,:：] 告诉 让我 叫我 帮我",
        "给我 教我",
    )
)
# 三婶说八十就能领: what she says is no fact of hers.
_SAYS: Final = re.compile(
    "(?:也|都|老|总|昨天|跟我|跟俺|给我|给俺|对我|对俺)*(?:说|讲|告诉)(?:过|是)?(?:"
    "[^，,。]{0,12}(?:能领|就领|给钱|有补|都有|可以领|发钱|有钱|能办|给办|来问)|我|俺|咱|你|恁|叫|要|过?(?=$|[，,。；;！!？?]))"
)
# 王婶让我代问她82能领啥: she asks for herself.
_HAS_ONE_ASK: Final = re.compile(
    "(?:让|叫|托|请)(?:我|俺)(?:来)?(?:代|替|帮|给)?(?:问|打听|查|咨询)(?:问|下|一下)?[，,]?[她他](?=今年|自己|能|[0-9]|[五六七八九]十)"
)
_HELLO: Final = re.compile(
    r"(?:，|,|\s)*(?:你好|您好|好[，,。！!\s]|们好)|[，,\s！!。](?:我|俺)?(?:想|请|问|麻烦|咨询|打听|帮)|[，,\s](?=我|俺)"
)
# A clause may be long; what matters stands near.
_CLAUSE: Final = re.compile(r"[^，,。；;！!？?\n]{0,60}")


def clause_after(text: str, end: int) -> str:
    """What follows position `end` up to the next punctuation mark."""
    match = _CLAUSE.match(text, end)
    return match[0] if match else ""


def kind_of_absence(text: str, mention: Mention, left: str, found: list[Mention]) -> str:
    """ "dead", "company" (also for who only helps, speaks or is greeted), or "" for one who is spoken of."""
    if mention.kind == "self":
        return "company" if _is_object(text, mention, left, found) else ""
    if mention.kind in ("elder", "weak") and is_dead(text, mention.end):
        return "dead"
    return "company" if _is_no_subject(text, mention, left, found) else ""


def _is_object(text: str, mention: Mention, left: str, found: list[Mention]) -> bool:
    if _SELF_OBJECT.search(left):
        return not _SELF_ALONE.match(text, mention.end)
    kin = _OWN_KIN.match(text, mention.end)
    if only_helps(text, left, mention.end) or (kin and only_helps(text, left, kin.end())):
        return True
    if ALWAYS.search(left) and any(one.kind == "elder" for one in found):
        return True
    company = _WITH.search(left)
    if company is None:
        return False
    beside = found and found[-1].kind == "elder" and found[-1].end == mention.start - len(company[0])
    after = clause_after(text, mention.end)
    return not (beside and (re.search("[都俩两均]", after) or not _COMPANY.match(after)))


# 前几年老伴还在这
_ONCE: Final = re.compile(
    "(?:前几年|头几年|前些年|以前|原来|原先|那时候?|当年|先前|早先|之前|早几年)(?:还有|有)?$"
)
_WAS_THERE: Final = re.compile(
    "(?:还|也|都)*(?:在(?=[，,。；;]|的时|世|这|那|家|时|$)|陪|跟[我俺]|能|管|做饭)"
)
# 没老伴没孩子
_LACKED: Final = re.compile("(?<!有)(?<!说)(?:没有?|木有|无|冇|没了|没个)$")
_PARTED: Final = re.compile("(?:早|都|已经|前年|去年|后来|就){0,3}(?:离婚|离了|分手|改嫁|散了)")
_NEAREST: Final = frozenset({"spouse", "father", "mother"})


def _is_no_subject(text: str, mention: Mention, left: str, found: list[Mention]) -> bool:
    after = clause_after(text, mention.end)
    near = mention.who[0].subject in _NEAREST or mention.word.startswith("老伴")
    if near and (_LACKED.search(left) or _PARTED.match(text, mention.end)):
        return True
    if mention.who[0].subject == "spouse" and _ONCE.search(left) and _WAS_THERE.match(after):
        return True
    if _is_only_had(mention, left):
        return _had(text, mention, left, after)
    if only_helps(text, left, mention.end) and not SPOKEN_OF.search(text, mention.end):
        return True
    if _is_apposed_to_self(text, mention, found) or _only_acts(text, mention, after):
        return True
    if re.fullmatch(r"[，,\s]*", text[: mention.start]) and _is_hello(text, mention):
        return True
    return _keeps_company(text, mention, left, found, after)


def _is_only_had(mention: Mention, left: str) -> bool:
    """跟儿子, 没孩子, 有三个闺女."""
    stranger = mention.kind in ("stranger", "weak", "worker") and mention.word not in NEIGHBOURS
    called = not mention.word and left.endswith("叫")
    return stranger and not called and _OBJECT.search(left) is not None


def _had(text: str, mention: Mention, left: str, after: str) -> bool:
    """Whether nothing is told of who is only had; 有个闺女四十九 tells something."""
    if mention.kind == "weak" and after.startswith("都") and _WITH.search(left):
        return False
    if re.search("(?:没有?|无)$", left) or _COMPANY.match(after):
        return True
    told = re.search("[0-9一二三四五六七八九十]岁|残疾|低保", after) or is_ailing(text, mention.end)
    told = told or (mention.kind == "weak" and has_elder_age(text[mention.end :][:5]))
    return not told and not is_young(text[mention.end :][:6])


def _only_acts(text: str, mention: Mention, after: str) -> bool:
    """Who minds the elder, speaks, or is only said to be alive."""
    if _HAS_ONE_ASK.match(text, mention.end):
        return False
    if _PLACE.match(after) or _SAYS.match(after):
        return True
    minding = _MINDING.match(after)
    if mention.kind == "stranger" or minding is None or _BOTH.search(text[mention.end :][:40]):
        return False
    told = text[mention.end + len(after) + 1 :][:6]
    return not (minding["lives"] and has_elder_age(told) and not re.search("[我俺爹娘爸妈他她]", told))


def _keeps_company(text: str, mention: Mention, left: str, found: list[Mention], after: str) -> bool:
    company = _COMPANY.match(after)
    rest = after[company.end() :] + text[mention.end + len(after) :][:2] if company else after
    plural = re.search("[都俩两均]", rest)
    alone = not found or mention.who[0].subject == "spouse" or found[-1].kind != "self"
    answers = (
        len(left) == mention.start
        and _WITH.fullmatch(left) is not None
        and not text[mention.end :].strip(" 。，,呢的啊")
    )
    return bool(_WITH.search(left) and (answers or company) and not plural and alone)


def _is_apposed_to_self(text: str, mention: Mention, found: list[Mention]) -> bool:
    """我78岁老太太一个人: the old woman is the speaker."""
    if not found or found[-1].kind != "self":
        return False
    if mention.word not in ANYBODY and not mention.word.startswith(("孤", "老光棍")):
        return False
    between = text[found[-1].end : mention.start]
    return re.fullmatch(r"(?!.{0,3}有)[^，,。；;\n]{0,12}(?:岁|的|个|是)", between) is not None


def _is_hello(text: str, mention: Mention) -> bool:
    """Whether the text opens by greeting the listener ("大姐你好", "阿姨，我想问")."""
    unowned = mention.who and mention.who[0].subject == "other"
    return bool(
        unowned and _HELLO.match(text, mention.end) and text[mention.start : mention.end] == mention.word
    )
