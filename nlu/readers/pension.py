"""Reads which pension an elder receives, and the standing with long-term care insurance."""

from __future__ import annotations

import re

from nlu.readers.claims import claims
from nlu.readers.clauses import Clause
from nlu.readers.mentions import Mention
from nlu.readers.stance import Stance
from nlu.readers.thoughts import split
from nlu.readers.words import any_of, pattern

_WORK = (
    "(?:企业|单位|工厂|厂里?|机关|事业单位|学校|国企|银行|公司|医院|铁路|煤矿|矿上|供销社|公家|邮局|粮站"
    "|粮管所|电厂|钢厂|[棉毛]纺厂|机械厂|油田|林场|农场|乡政府|县里|政府|供电所|教育上|卫生院|酒厂|化肥厂"
    "|水泥厂|烟厂)"
)
_EMPLOYEE = any_of(
    "退休(?:金|工资|费|养老金?|钱) 离退休(?:金|费) "
    "(?:城镇)?(?:企业|职工|单位|工厂|机关|事业单位)(?:基本)?(?:职工)?养老(?:金|保险|钱)? "
    "离休(?:金|干部|工资)?",
    f"{_WORK}(?:上|里|的)*(?:退休|退下来|退的休?|办的?退休)(?!年龄|手续|证) 办的退休(?!证|手续) "
    f"[一-龥]{{0,2}}厂(?:里|的)*(?:退休|退下来|退的休?)(?!年龄|手续|证)",
    f"退休的?(?:老)?(?:工人|职工|教师|老师|干部|医生|人员|护士|会计|军官) 退休前(?:一直)?(?:是|在)[^，,]{{0,4}}{_WORK} 转正退(?:休|的) "
    "(?:教师|老师|医生|工人|干部|职工|教书|教员|护士|会计|钳工|电工|司机|民警)(?:的)?退(?:休|下来"
    "|的休)(?!年龄|手续)",
    "退的休(?!息) 内退(?:的|了)? 正式退休 退休职工 社保退休",
)
_RESIDENT = any_of(
    "(?:城乡|城镇)?居民(?:基本)?养老(?:金|保险|钱)? (?:城乡|城镇)居民(?:养老)? (?:城乡)?居保 新农保 "
    "农保(?!险) 新型农村(?:社会)?养老(?:保险|金)? 农村居民养老(?:金|保险|钱)?",
    "农村(?:的|那个|这个|老人)?(?:社会)?养老(?:金|保险|钱)? (?:老?农民|老农)(?:的)?养老(?:金|钱)? "
    "农村(?:的)?(?:老年)?(?:基础)?养老金 基础养老金 居民(?:的)?(?:那个|那种|那份)?养老 (?<=领的)居民的?",
    "(?<=领那个)居民的? (?<=领个)居民的? (?<=领着)居民的? (?<=领的是)居民的?",
)
_BOTH = r"(?:养老(?:金|钱|保险)|退休金和养老金|养老金和退休金|社保)"
_TERM = pattern(f"(?P<employee>{_EMPLOYEE})|(?P<resident>{_RESIDENT})|(?P<any>{_BOTH})")
_PERSONAL = pattern(
    "^退休前|退休$|退下来$|退的休?$|工人$|职工$|教师$|老师$|干部$|医生$|人员$|护士$|内退|会计$"
)
_HUNDREDS = r"(?:(?<!\d)[12]\d{2}(?!\d)|(?<![\d千万])(?:百十|百把|百来|一百零|[一二两]百)[一二三四五六七八九十来多几]*)(?:多|来|几|出头)?"
_SMALL = pattern(
    rf"(?:养老|老农|农保|农村|国家给|六十岁?以后|岁数钱)[^，,。没]{{0,9}}?{_HUNDREDS}(?:块|元|钱|$)"
    rf"|{_HUNDREDS}(?:块|元)?钱?的?(?:养老(?:金|钱|保险)|农保)|(?:养老金?|养老钱)(?:也|就|才|只有?|一个?月|每月|每个月){{0,3}}{_HUNDREDS}"
)
_SMALL_SUM = pattern(
    rf"^(?:一个?月|每个?月|月月|也|就|才|只|有|是|领|拿|给|发|大概|差不多){{0,5}}{_HUNDREDS}(?:块|元)?(?:钱)?(?:多|左右|吧|的样子)?$"
)
_LIVES_OF = pattern("^(?:养老|养老钱|养老金|居民养老|农村养老|社保)(?:金|钱)?$")
_PAYING = pattern("[交缴]|参加|参保|没到|还没领|不到岁|等到|快退休|没退休|补贴|标准|政策|涨|岁数(?:没|还)")
_MONEY = pattern(
    r"^(?:每个?月|一个月|一月|月月|也|就|才|只有|有|大概|差不多|能|拿|领|发|到手|是|开)*(?:\d{3,5}|[一二两三四五六七八九]千|"
    r"[一二两三四五六七八九]百)"
)
_NOTHING_YET = pattern(
    "(?:都|还|也)没(?:有)?(?:发下来|发呢|到账|打下来|打过来|收到|见着)|(?:还)?(?:没|不)到(?:领|拿|那个)|到了?岁数|够岁数"
)
_NOT_A_CENT = pattern(
    "(?:啥|什么|任何|哪样)(?:的)?(?:退休金|退休工资|养老金|养老钱|养老)(?:也|都|全)?(?:没|木|冇|无|不[领拿])(?!发|到账|下来|领到|打|涨|收到|见着)|(?:退休金|退休工资)(?:和|、|跟)?养老(?:金|钱)?[^，,]{0,2}都(?:没|木)"
    "|(?:没|木)(?:有)?(?:领|拿)过(?:退休|养老)(?:金|工资|钱)(?:[，,])?也?(?:没|木)(?:有)?(?:交|缴)过(?:社保|保险|养老)|养老(?:金|钱)?(?:也|都|是)?一[分毛](?:钱)?(?:也|都)?没|一[分毛](?:钱)?(?:的)?养老(?:金|钱)(?:也|都)没"
)
_LTCI = pattern(r"长护险|长期护理(?:保)?险|长照险|长期照护险|长期照护保险|护理保险")
_PASSED = pattern(
    any_of(
        "(?<!没)(?<!没有)(?:评估|评定|评|认定|审核|鉴定)(?:也|都|已经|早就?)?(?:过|(?<!估)(?<!定)上(?!门)|通过|下来|合格|完)+",
        "(?<!没)(?<!不)通过了?(?:评估|评定|审核)?",
        "享受着? 在?享受 (?<!能)(?<!才)(?<!候)(?:报|领|用|吃)(?:着|上) 批(?:了|下来) 待遇(?:已经|都|也)*(?:有|领|享)",
    )
)
_NOT_PASSED = pattern("没(?:有)?(?:评|通过|过|审|批|去评|申请)|评估没|不通过|没评上|还没")
_PAID = pattern("(?:我|俺|也|都|一直|早|已经|每年)*(?:交|缴|买|入|参加|参)(?:了|着|过|上)")
_JOINED = pattern("(?:有|交|缴|入|买|参加|参|投|上(?!门)|办)了?(?:的|过|着)*|参保")
_NOT_JOINED = pattern(
    "(?:没(?:有)?(?:去|给|让|能|跟着)?|未|不曾|从没|也没)(?:交|缴|入|买|参加|参保|参|投|上|办)(?:过|了|上|着)*"
)
_TO_JOIN = pattern(
    "(?:想|打算|准备|要|愿意|考虑|能不能|可以|咋|怎么)[^，,]{0,4}(?:交|缴|入|买|参加|参保|办)?$"
)


def read(text: str) -> dict[str, object]:
    """`{"pension": …}` and `{"ltci": …}` as far as the text tells them."""
    facts: dict[str, object] = {}
    if any(
        hint in text
        for hint in ("养老", "退休", "农保", "离休", "社保", "居民", "退的", "退下", "内退", "农村那")
    ):
        pension = _pension(text)
        if pension is not None:
            facts["pension"] = pension
    if "护险" in text or "护理险" in text or "护理保险" in text or "照" in text:
        ltci = _ltci(text)
        if ltci is not None:
            facts["ltci"] = ltci
    return facts


def _pension(text: str) -> str | None:
    clauses = split(text)
    if any(_small(clause, clauses[at + 1 :]) for at, clause in enumerate(clauses)):
        return "resident_receiving"
    found = claims(text, _TERM, _PERSONAL)
    sheet = not any(clause.asks for clause in clauses)
    for mention in found:
        kind = mention.match.lastgroup
        alone = sheet and _LABEL.fullmatch(mention.clause.text) is not None
        if kind != "any" and ((alone and _is_label(mention, clauses)) or _receives(mention)):
            return "employee_receiving" if kind == "employee" else "resident_receiving"
    nothing = any(mention.match.lastgroup == "any" and _has_none(mention) for mention in found)
    return "none" if nothing or _NOT_A_CENT.search(text) else None


def _small(clause: Clause, after: tuple[Clause, ...]) -> bool:
    """A pension of one or two hundred a month is the residents'."""
    if clause.asks or _PAYING.search(clause.text):
        return False
    if _SMALL.search(clause.text):
        return True
    return bool(_LIVES_OF.fullmatch(clause.text) and after and _SMALL_SUM.fullmatch(after[0].text))


_TWO = 2
_LABEL = pattern(f"(?:{_EMPLOYEE}|{_RESIDENT})(?:的|了|嘞|哩)*")


def _is_label(mention: Mention, clauses: tuple[Clause, ...]) -> bool:
    """Among other facts; all alone it asks for the thing, and a bare 新农保 is only what one has paid for."""
    if len(clauses) != _TWO:
        return len(clauses) > _TWO
    return not mention.match.group().endswith(("保险", "农保"))


def _receives(mention: Mention) -> bool:
    clause, match = mention.clause, mention.match
    if (
        _PERSONAL.search(match.group())
        and not clause.asks
        and _ALSO_PENSION.match(clause.text[match.end() :])
    ):
        return True
    if mention.stance is not Stance.HELD or _PAYING.search(clause.text):
        return False
    after = clause.text[match.end() :]
    if clause.asks and not _SOMEBODY.search(clause.text) and not _MONEY.match(after):
        return False
    if match.group().endswith(("保险", "农保")) or _PERSONAL.search(match.group()):
        return True
    if after and re.match("的?(?:啥时|什么时候|涨|发|到账|没发|还没|领取|认证|资格|卡)", after):
        return False
    if not clause.asks and (_HAS_IT.fullmatch(after) or _LITTLE.match(after)):
        return True
    return bool(_MONEY.match(after) or _TAKES.search(clause.text[: match.start()]))


_SOMEBODY = pattern("我|俺|咱|爹|娘|爸|妈|伴|他|她|公|婆|爷|奶|姥|叔|舅|姑|姨|婶|伯|岳|是|岁|[0-9]{2}")
_TAKES = pattern(
    "(?:有|领|拿|吃|发|享受|靠|就|只有|只|就是|开)(?:着|了|的|到|个|是|有)*(?:一?点儿?|一?份|那个?|这个?|个|农村|村里|企业|职工|单位|城镇|城乡|国家|每月|正式|厂里|的|俩|几个)*(?:[0-9一二三四五六七八九十百千两]+(?:多|来|几)?(?:块|元)?(?:钱)?的?)?$"
)
# 退休职工有养老金
_ALSO_PENSION = pattern("(?:的)?(?:也|是)?(?:有|领|拿)着?(?:职工)?(?:养老金|退休金|工资)")
_HAS_IT = pattern(
    "(?:也|都|是|还|每月|月月|按月|每个月|一直|现在)*(?:有|领着|拿着|在领|在拿|有的)(?:了|呢|的|哩|嘞)?$"
)
_LITTLE = pattern(
    "^(?:也|又|还|都|倒)?(?:不高|不多|不够|太?低|很低|太?少|很少|就那点|没多少|高|涨得少|够花|够用|够吃|还行|可以|挺多|不少|凑合)"
)


def _has_none(mention: Mention) -> bool:
    if _NOTHING_YET.search(mention.clause.text):
        return False
    return mention.stance is Stance.DENIED and "社保" not in mention.match.group()


def _ltci(text: str) -> str | None:
    for mention in claims(text, _LTCI):
        clause = mention.clause.text
        if mention.clause.asks or _TO_JOIN.search(clause[: mention.match.start()]):
            continue
        if _NOT_JOINED.search(clause):
            return "none"
        if _PAID.match(clause[mention.match.end() :]) or mention.stance is Stance.HELD:
            return _standing(text, clause)
        if mention.stance is Stance.DENIED:
            refused = _NOT_PASSED.search(clause) and "没有" not in clause and "没交" not in clause
            return None if refused else "none"
        if mention.stance is Stance.OPEN and _PASSED.search(text) and not _NOT_PASSED.search(text):
            return "assessed"
    return None


def _standing(text: str, clause: str) -> str | None:
    if _PASSED.search(text) and not _NOT_PASSED.search(text):
        return "assessed"
    return "insured" if _JOINED.search(clause) else None
