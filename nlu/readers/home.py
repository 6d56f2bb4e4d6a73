"""Reads where an elder lives now: at home or in an institution, in a village, as a resident, with which 户籍."""

from __future__ import annotations

import re

from nlu.readers.assertion import asserted, denied
from nlu.readers.clauses import Clause, split
from nlu.readers.words import any_of, pattern

_HOUSE = (
    "(?:养老院|敬老院|福利院|护理院|养老中心|养老公寓|老年公寓|托老所|康养中心|养护院|养老机构|养护中心|光荣院|老年养护院|老人院|"
    "养老社区)"
)
_INSIDE = pattern(
    f"(?:住(?:在|进|到|了|着)*|待(?:在)?|呆(?:在)?|搬(?:进|到|去)了?|送(?:到|进|去|来|了)?了?|进了|去了|"
    f"在)[^，,。想没不]{{0,8}}?{_HOUSE}(?:里|里面|里头)?(?:住|生活|养老|待|呆|着|躺)*"
    f"|进{_HOUSE}(?=(?:都|已经|快)*[\\d一二两俩三四五六七八九十半好几]+(?:多)?(?:个月|年|天))"
    f"|{_HOUSE}(?:里|里面|里头)(?:住|生活|待)(?:着|了)?|{_HOUSE}住(?:着|了)"
    f"|是[^，,]{{0,8}}{_HOUSE}(?:里|的)*(?:老人|五保|特困|住户|入住)"
)
_AT_HOME = pattern(
    "在(?:自己|自个儿?|老|俺|我)?家(?:里|中)?(?:住|养老|养着|躺|过|居住|待着|呆着|伺候|照顾|生活|卧床|瘫)|(?:住|待|呆|瘫|躺|卧床|"
    "瘫痪)(?:在)?(?:自己|自个儿?|老|俺|我)?家(?:里|中)?(?!属|人|政|庭病床|门口|[^，,]{0,3}(?:附近|隔壁|院))(?=$|[^\u4e00-\u9fff]|"
    "呢|的|没|不|里|有|啊|了|已)"
    "|住(?:在)?(?:自己|自个儿?|自家)(?:的)?(?:家|房|老房|屋)|居家养老(?!服务|补|中心|院|的?老人|政策|什么|啥|怎|是)|住家里|(?:就|还|一直|现在|都)在(?:自己|老|俺|我)?家(?:里)?(?:呢|哩|嘞|了)?$"
)
# On a sheet of facts the bare word says it all.
_HOUSE_ALONE = pattern(f"(?:住|在|现住)?{_HOUSE}(?:里|老人|入住)?")
_STAFF = pattern(
    any_of(
        "上班 打工 工作 看门 做饭的 当护工 探 看望 看我 参观 门口 附近 隔壁 对面 旁边 医院养 附近 找 办 问 多少钱 收费 电话 地址",
        "志愿 义工 院长 查",
    )
)
_INTEGRATED = pattern("医养一体化?|医养结合")
_VILLAGE = any_of("农村 村里 乡下 村上 庄上 村子里? 庄里 屯里 山里 山沟里? 山区")
_RURAL = pattern(
    f"(?:住(?:在|到)?|家(?:就)?在|家是|(?:我|俺|咱|他|她|娘|爹|妈|爸|们|老人|一直|都|就)?是|在|搁)(?:咱|俺|我们|老家|河南|本地|"
    f"这边|个|[^，,。]{{2,4}}(?=农村))?{_VILLAGE}(?!信用|合作|户口|养老|医保|低保|商业|小学|卫生|政策|医疗|办|干部|说)(?:里|的|人|老人|老太太|老头|住|生活"
    f"|过)*"
    f"|{_VILLAGE}(?:的)?(?:人|住|住着|老百姓|老头|老太太|老婆子)(?!有|能|可以|咋|都?说|们|家)|(?:我们|俺)(?:是)?农民"
)
_VILLAGE_ALONE = pattern("(?:农村|村里|乡下)(?:的|人|老人|户口)?")
_URBAN = pattern(
    "住(?:在|到)?(?:城里|县城|市区|市里|城区|街里|小区)(?:里)?|(?:是|俺|我)城里(?:的)?人|在(?:城里|县城|市里|市区)(?:住|生活|居住)"
)
_RESIDENT = pattern(
    any_of(
        "常住(?:人口|居民)?(?:在)?(?:这里?|本地|当地)? 长期(?:住|居住)在?(?:这里?|本地|当地)",
        "一直(?:住|居住|生活)在?(?:这儿?里?|本地|当地)(?:住)? 一直在(?:这儿?里?|本地|当地)(?:住|居住|生活)",
        "就住(?:在)?(?:本地|当地) (?:在)?(?:这儿?里?|本地|当地)住了(?:\\d+|[一二三四五六七八九十几好半]+)(?:多|来|辈子)?年?",
    )
)
_PASSING = pattern("暂住|临时(?:住|来住|待|借住)|(?:过来|来)(?:住|待)(?:几天|一阵|一段|几个月)")
_HUKOU = "(?:户口本?|户籍)"
_LOCAL = "(?:本地|当地|这儿?|这里|这边|咱这|俺这|本市|本区|本县|本村|咱们这)"
_HUKOU_HERE = pattern(
    f"{_HUKOU}(?:也|都|还|就|是|一直)*(?:在|是|落在|迁到|迁来|迁过来了?|转到)(?:了)?(?:{_LOCAL}|$)(?:的|了)?|{_LOCAL}(?:的)?{_HUKOU}"
)
_HUKOU_AWAY = pattern(
    f"(?:外地|外省|外县|外市|老家|别处|外乡)(?:的)?{_HUKOU}|{_HUKOU}(?:还|都|也|是|一直)*(?:在|是)(?:外地|外省|外县|老家|别处|外市"
    f"|原籍)|{_HUKOU}(?:还|都|也)*(?:没(?:有)?(?:在|迁|落|转)(?:到|过来|过|来)?{_LOCAL}?|不(?:在|是){_LOCAL})"
)
_HINTS = pattern(
    r"院|家|养老|公寓|托老|医养|村|乡下|农|庄|屯|山|城|镇|市|小区|常住|长期|一直|暂住|临时|户口|户籍|当地|本地|这|住"
)


# So many clauses, each of a word or two, make a sheet of facts.
SHEET = 2
_ELDERS = "(?:特困|五保|孤寡|低保|失能)(?:的)?(?:老人|老年人|人员|户)"


def read(text: str) -> dict[str, object]:
    """`place`, `integrated_home`, `rural`, `resident` and `hukou_local`, as far as they are told."""
    if not _HINTS.search(text):
        return {}
    facts: dict[str, object] = {}
    clauses = split(text)
    if len(clauses) > SHEET and not any(clause.asks for clause in clauses):
        facts |= (
            {"place": "institution"} if any(_HOUSE_ALONE.fullmatch(each.text) for each in clauses) else {}
        )
        facts |= {"rural": True} if any(_VILLAGE_ALONE.fullmatch(each.text) for each in clauses) else {}
    for clause in clauses:
        _place(clause, facts)
        _village(clause, facts)
        _registered(clause, facts)
    return facts


def _place(clause: Clause, facts: dict[str, object]) -> None:
    found = _INSIDE.search(clause.text)
    if found and not _STAFF.search(clause.text) and not _of_all_elders(clause):
        if _holds(clause, found):
            facts["place"] = "institution"
        elif denied(clause, found.start()) and "想" not in clause.text and "愿" not in clause.text:
            facts["place"] = "home"
    elif (home := _AT_HOME.search(clause.text)) and _holds(clause, home):
        facts.setdefault("place", "home")
    if facts.get("place") == "institution" or re.search(
        f"(?:我们|俺们?|这个?|咱)[^，,]{{0,2}}{_HOUSE}", clause.text
    ):
        one = _INTEGRATED.search(clause.text)
        if one and not clause.asks and _holds(clause, one):
            facts["integrated_home"] = True
        elif one and denied(clause, one.start()):
            facts["integrated_home"] = False


def _of_all_elders(clause: Clause) -> bool:
    """特困老人住敬老院要交钱吗 asks for nobody in particular."""
    return clause.asks and re.search(_ELDERS, clause.text) is not None


def _holds(clause: Clause, found: re.Match[str]) -> bool:
    return asserted(clause, found.start(), found.end(), official=False)


def _village(clause: Clause, facts: dict[str, object]) -> None:
    for words, rural in ((_RURAL, True), (_URBAN, False)):
        found = words.search(clause.text)
        if found is None or clause.text[: found.start()].endswith(
            ("老家", "儿子", "闺女", "孩子", "女儿", "户口", "户籍")
        ):
            continue
        if _holds(clause, found):
            facts["rural"] = rural
        elif rural and denied(clause, found.start()):
            facts["rural"] = False


def _registered(clause: Clause, facts: dict[str, object]) -> None:
    if clause.asks or clause.supposes or clause.past:
        return
    if _HUKOU_AWAY.search(clause.text):
        facts["hukou_local"] = re.search("不是(?:外地|外省|老家)", clause.text) is not None
    elif found := _HUKOU_HERE.search(clause.text):
        facts["hukou_local"] = not denied(clause, found.start())
    if found := _RESIDENT.search(clause.text):
        facts["resident"] = not denied(clause, found.start())
    elif (found := _PASSING.search(clause.text)) and _holds(clause, found):
        facts["resident"] = False
