"""Reads the economic household status: 低保, 特困, 低保边缘, 支出型困难, 返贫致贫, 农村易返贫致贫."""

from __future__ import annotations

from functools import lru_cache

from nlu.readers import sounds
from nlu.readers.claims import claims
from nlu.readers.stance import Stance
from nlu.readers.thoughts import split
from nlu.readers.words import any_of, pattern

ALL = (
    "low_income",
    "extreme_poverty",
    "low_income_margin",
    "expenditure_poverty",
    "returned_poverty",
    "rural_at_risk",
)

_NOT_PREVENTED = "(?<!防)(?<!防止)(?<!易)(?<!怕)(?<!预防)"
# The first name that fits wins, so the longer names stand before the shorter ones inside them.
_NAMES = {
    "rural_at_risk": any_of(
        "易返贫(?:致贫)?(?:户|人口|家庭|对象)? 易致贫(?:户|人口)? (?:边缘)?易致贫户? 监测(?:户|对象|帮扶户|家庭) 三类户 三类人群 三类监测",
        "脱贫不稳定户? 突发(?:严重)?困难户? 防止?返贫(?:致贫)?(?:动态)?监测(?:户|对象|人口)? 防返贫(?:户|对象)? "
        "防贫监测(?:户|对象)? 贫困边缘户?",
    ),
    "returned_poverty": any_of(
        f"{_NOT_PREVENTED}返贫致贫(?:人口|户|家庭)? {_NOT_PREVENTED}返贫(?:户|人口|家庭|了|的)? {_NOT_PREVENTED}返了贫",
        "建档立卡(?!脱贫)(?:的)?(?:老)?(?:贫困)?(?:户|家庭|人口|人员|对象)? 建卡(?:贫困)?户 建过档立过卡",
    ),
    "low_income_margin": "低保边缘(?:户|家庭|人口)?|低保边儿?户|低边(?:户|家庭)?|边缘户|低收入边缘(?:户|家庭)?",
    "expenditure_poverty": "支出型(?:困难|贫困)?(?:户|家庭)?|刚性支出(?:困难|较大)?(?:户|家庭)?|支出困难(?:户|家庭)|因病致贫(?:户|家庭)",
    "extreme_poverty": "特困(?!职工|学生|生|企业|行业|地区|补)(?:救助)?(?:供养)?(?:户|人员|老人|对象)?|[五5]保(?:供养)?户?"
    "|(?:分散|集中)供养",
    "low_income": any_of(
        "(?:低保|低宝|底保|抵保|低饱)(?!险|证明书|健)户? 最低生活保障(?:户|家庭)? 最低社会保障",
    ),
}
_TERM = pattern("|".join(f"(?P<{name}>{pattern})" for name, pattern in _NAMES.items()))
_PERSONAL = pattern("户$|老人$|人员$|对象$|边缘$|家庭$|人口$")
_HINTS = (
    "保",
    "宝",
    "饱",
    "困",
    "贫",
    "监测",
    "三类",
    "低边",
    "边缘",
    "供养",
    "支出",
    "建档",
    "建卡",
    "建过档",
)
_THESE = "(?:(?:这些?|那些?|这几[样种个]|这里面|这里头|上面|上头|以上|别的|其[他它]的?|剩下的?|你说的|上面说的)(?:的|里)?)"
_OURS = "(?:(?:我|俺|咱|他|她|老人)?(?:们)?(?:家|家里)?)"
_NO_SUCH = (
    "(?:没有?|不是|不算|不占|不沾|木有|没得|没占|没沾|不属于|不在|没|够不[上着]|挨不[上着]|沾不[上着]|不沾边"
    "|不搭边|靠不上|不够|不符合|没享受过?|没吃过?|没认定过?|没评过?|无)"
)
_NONE = pattern(
    rf"(?:{_OURS}{_THESE}?{_OURS}(?:几[样个种]|哪[样个种]|一[样个种项]|任何|啥|什么|随便哪个)?(?:都|全|也|通通|统统){{1,2}}{_NO_SUCH}的?(?:了|啊|呀|呢|哩|嘞)*"
    rf"|{_OURS}{_NO_SUCH}{_THESE}(?:情况|身份|待遇|东西)?(?:的|了|啊|呀|呢|哩|嘞)*"
    rf"|{_OURS}(?:一[样个]|啥|什么)(?:也|都)?{_NO_SUCH}(?:的|了|啊|呀|呢|哩|嘞)*"
    rf"|(?:哪|随便哪)[一个样条种项]{{0,2}}(?:都|也)?{_NO_SUCH}的?(?:了|啊|呀|呢|哩|嘞)*|没有?一[样个](?:的|了)?|无|以上皆无|均无|均不是|皆不是|都非)"
)
# 普通家庭: none of them.
_ORDINARY = pattern(
    rf"{_OURS}(?:家庭)?(?:就|就是|是|也是|都是|也就是|只是|属于|算是|个|一个)*"
    r"(?:普通|一般|平常|寻常|平头|正常|普普通通)(?:的)?(?:家庭|人家|老百姓|百姓|农户|农民家庭|户|群众|居民|市民|人|老人|老头|老太太?)?"
    r"(?<!普通)(?<!一般)(?<!平常)(?<!寻常)(?<!平头)(?<!正常)(?:一个|了|的|而已|吧|啊|呗)*"
)
# 一个低保一个残疾，两样能一起领不: names of benefits
_ONE_AND_ONE = pattern(
    "一[个样项](?:低保|特困)[、和，, ]?(?:和|跟)?一[个样项](?:残|特困|低保|高龄|护理|养老)"
)
# 村里低保名单公布了八十二户
_LIST = pattern(
    "(?:低保|特困|五保|监测|边缘)(?:户|对象|人员)?(?:的)?(?:名单|公示|公告|名额|花名册|台账)|(?:名单|公示)[^，,]{0,6}(?:低保|特困|五保)|(?:低保|特困|五保)户?(?:一共|总共|共|有|公布了?)[^，,]{0,4}[0-9一二三四五六七八九十百]+户"
)
_ON_IT = pattern(
    "(?:我|俺|他|她|本人|名字|咱)[^，,没不]{0,6}(?:在|上|有|列|进|纳入)|名单[里上]?(?:的|有(?:我|俺|本人|他|她))"
)
_HONOURED = pattern("烈|军|光荣院|特殊贡献")
_OUT_OF_POVERTY = pattern(
    "(?:脱贫|脱了贫|脱的贫|摘帽|摘了帽)(?!.*(?:又|重新|再次|后来)[^，,。不没怕防]{0,3}返了?贫)"
)
_PLANNED = pattern(r"(?:想|愿意?|打算|要|希望|准备|申请|不|去|进|转)[^，,]{0,4}(?:分散|集中)供养")


def read(text: str, context: str | None) -> dict[str, object]:
    """`{"status": {name: bool}}` for the statuses that the text settles; empty where it settles none."""
    asked = context == "household"
    text = sounds.mended(text, "household") if asked else text
    clauses = split(text)
    plain = any(_ORDINARY.fullmatch(clause.text) for clause in clauses)
    if plain or (asked and any(_NONE.fullmatch(clause.text) for clause in clauses)):
        return {"status": dict.fromkeys(ALL, False) | _statuses(text)}
    if not any(hint in text for hint in _HINTS):
        return {}
    status = _statuses(text)
    return {"status": status} if status else {}


def _statuses(text: str) -> dict[str, bool]:
    status: dict[str, bool] = {}
    for mention in claims(text, _TERM, _PERSONAL):
        name = mention.match.lastgroup
        if name is None or _not_a_status(mention.match.group(), mention.clause.text):
            continue
        if name == "returned_poverty" and _OUT_OF_POVERTY.search(text):
            continue
        if mention.stance is Stance.HELD:
            status[name] = True
        elif mention.stance is Stance.DENIED:
            status[name] = False
    return status


@lru_cache(maxsize=128)
def _is_a_list(clause: str) -> bool:
    return _LIST.search(clause) is not None and _ON_IT.search(clause) is None


def _not_a_status(term: str, clause: str) -> bool:
    """集中供养 is also planned for, and offered to the families of martyrs; of a list of names nobody is told."""
    if _ONE_AND_ONE.search(clause) or _is_a_list(clause):
        return True
    if term not in ("分散供养", "集中供养"):
        return False
    return _HONOURED.search(clause) is not None or _PLANNED.search(clause) is not None
