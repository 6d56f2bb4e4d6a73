"""Reads the economic household status: 低保, 特困, 低保边缘, 支出型困难, 返贫致贫, 农村易返贫致贫."""

from __future__ import annotations

from nlu.readers.clauses import split
from nlu.readers.mentions import mentions
from nlu.readers.stance import Stance
from nlu.readers.words import any_of, pattern

ALL = (
    "low_income",
    "extreme_poverty",
    "low_income_margin",
    "expenditure_poverty",
    "returned_poverty",
    "rural_at_risk",
)

# The first name that fits wins, so the longer names stand before the shorter ones inside them.
_NAMES = {
    "rural_at_risk": any_of(
        "易返贫(?:致贫)?(?:户|人口|家庭)? 易致贫户? (?:边缘)?易致贫户? 监测(?:户|对象|帮扶户) 三类户 三类人群 三类监测",
        "脱贫不稳定户? 突发严重困难户? 防止?返贫(?:致贫)?(?:动态)?监测(?:户|对象|人口)? 防贫监测(?:户|对象)? 贫困边缘户?",
    ),
    "returned_poverty": r"(?<!防)(?<!防止)(?<!易)返贫致贫(?:人口|户|家庭)?|(?<!防)(?<!防止)(?<!易)返贫(?:户|人口|家庭)",
    "low_income_margin": "低保边缘(?:户|家庭|人口)?|低边(?:户|家庭)?|边缘户",
    "expenditure_poverty": "支出型(?:困难|贫困)?(?:户|家庭)?|刚性支出困难(?:户|家庭)?",
    "extreme_poverty": "特困(?!职工|学生|生|企业|行业|地区|补)(?:供养)?(?:户|人员|老人)?|[五5]保户?|(?:分散|集中)供养",
    "low_income": any_of(
        "(?:低保|低宝|底保|抵保|低饱)(?!险|证明书|健)户? 最低生活保障(?:户|家庭)? 最低社会保障",
    ),
}
_TERM = pattern("|".join(f"(?P<{name}>{pattern})" for name, pattern in _NAMES.items()))
_PERSONAL = pattern("户$|老人$|人员$|对象$|边缘$|家庭$")
_HINTS = ("保", "宝", "饱", "困", "贫", "监测", "三类", "低边", "边缘户", "供养", "支出")
_NONE = pattern(
    r"(?:我|俺|家里?|这些?|那些?|以上|上面|别的|其[他它]的?|剩下的?)*(?:几[样个种])?(?:都|全|一[个样]也?|啥|什么)(?:都|也)?"
    r"(?:没有?|不是|不算|不占|不沾|木有)的?(?:了|啊|呀|呢|哩)?"
)
# 普通家庭: none of them.
_ORDINARY = pattern(
    r"(?:我|俺|咱|他|她)?们?(?:家|家里|家庭)?(?:就|就是|是|也是|都是|也就是|只是|属于|算是|个)*"
    r"(?:普通|一般|平常|寻常|平头)(?:的)?(?:家庭|人家|老百姓|百姓|农户|农民家庭|户|群众|居民|市民|人|老人|老头|老太太?)(?:了|的|而已|吧|啊|呗)*"
)
# 一个低保一个残疾，两样能一起领不: names of benefits
_ONE_AND_ONE = pattern(
    "一[个样项](?:低保|特困)[、和，, ]?(?:和|跟)?一[个样项](?:残|特困|低保|高龄|护理|养老)"
)
_HONOURED = pattern("烈|军|光荣院|特殊贡献")
_PLANNED = pattern(r"(?:想|愿意?|打算|要|希望|准备|申请|不|去)[^，,]{0,4}(?:分散|集中)供养")


def read(text: str, context: str | None) -> dict[str, object]:
    """`{"status": {name: bool}}` for the statuses that the text settles; empty where it settles none."""
    clauses = split(text)
    plain = any(_ORDINARY.fullmatch(clause.text) for clause in clauses)
    if plain or (context == "household" and any(_NONE.fullmatch(clause.text) for clause in clauses)):
        return {"status": dict.fromkeys(ALL, False) | _statuses(text)}
    if not any(hint in text for hint in _HINTS):
        return {}
    status = _statuses(text)
    return {"status": status} if status else {}


def _statuses(text: str) -> dict[str, bool]:
    status: dict[str, bool] = {}
    for mention in mentions(text, _TERM, _PERSONAL):
        name = mention.match.lastgroup
        if name is None or _not_a_status(mention.match.group(), mention.clause.text):
            continue
        if mention.stance is Stance.HELD:
            status[name] = True
        elif mention.stance is Stance.DENIED:
            status[name] = False
    return status


def _not_a_status(term: str, clause: str) -> bool:
    """集中供养 is also planned for, and offered to the families of martyrs."""
    if _ONE_AND_ONE.search(clause):
        return True
    if term not in ("分散供养", "集中供养"):
        return False
    return _HONOURED.search(clause) is not None or _PLANNED.search(clause) is not None
