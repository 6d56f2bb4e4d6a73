"""Reads where an elder lives now: at home or in an institution, in a village, as a resident, with which 户籍."""

from __future__ import annotations

import re

from nlu.readers import register
from nlu.readers.clauses import Clause
from nlu.readers.thoughts import split
from nlu.readers.told import denied, holds, without
from nlu.readers.words import any_of, pattern

_HOUSE = (
    "(?:养老院|敬老院|福利院|护理院|养老中心|养老公寓|老年公寓|托老所|康养中心|康养院|养护院|养老机构|养护中心|光荣院|老年养护院|老人院|"
    "养老社区|供养中心|供养服务中心|照料中心|托养中心|颐养院|老年院)"
)
_SPAN_AHEAD = "(?=(?:都|已经|快)*[\\d一二两俩三四五六七八九十半好几]+(?:多)?(?:个月|年|天))"
_INSIDE = pattern(
    f"(?:住(?:在|进|到|了|着|的是)*|待(?:在)?|呆(?:在)?|搬(?:进|到|去)了?|送(?:到|进|去|来|了)?了?|转(?:到|进|去)了?|挪(?:到|进)了?|进了|去了|又?回(?:到|去)?了?|入住|"
    f"在|搁)[^，,。想没不]{{0,8}}?{_HOUSE}(?:里|里面|里头)?(?:住|生活|养老|待|呆|着|躺)*"
    f"|进{_HOUSE}{_SPAN_AHEAD}"
    f"|{_HOUSE}(?:里|里面|里头)(?:住|生活|待|呆|养)(?:着|了)?|{_HOUSE}住(?:着|了)|人在{_HOUSE}|{_HOUSE}呢$"
    f"|是[^，,]{{0,8}}{_HOUSE}(?:里|的)*(?:老人|五保|特困|住户|入住)|{_HOUSE}(?:里|里头)的?(?:五保|特困|孤寡)(?:老人|户)?$"
)
_HOMEWARD = "(?:(?:自己|自个儿?|自|老|俺|我|咱|本)?家|(?:自己|自个儿?|自家|俺|我|咱)(?:的)?(?:老)?(?:屋|院子|院|房子|房))(?:里|中|头|里头)?"
_AT_HOME = pattern(
    any_of(
        rf"(?:在|搁|于|就在){_HOMEWARD}(?:住|养老|养着|躺|过|居住|待着|呆着|伺候|照顾|生活|卧床|瘫|休养|静养|养病)",
        rf"(?:住|待|呆|瘫|躺|卧床|瘫痪|养)(?:在|着)?{_HOMEWARD}(?!属|人|政|庭病床|门口|长|的最|的(?:保姆|护工|阿姨)|[^，,]{{0,3}}(?:附近|隔壁|院))(?=$|[^\u4e00-\u9fff]|呢|的|没|不|里|有|啊|了|已|着)",
        "住(?:在)?(?:自己|自个儿?|自家)(?:的)?(?:家|房|老房|屋|院) "
        "居家养老(?!服务|补|中心|院|的?老人|政策|什么|啥|怎|是) 住家里 家里(?:住|养)着 "
        "居家(?:照料|照护|照顾|护理|生活)",
        rf"(?:就|还|一直|现在|都)(?:在|搁){_HOMEWARD}(?:呢|哩|嘞|了)?$ ^搁家里?(?:呢|嘞|住)?$",
    )
)
_JUST_HOME = pattern(
    r"(?:(?:一直|还|都|就|现在|如今|目前|人)*(?:在|搁)(?:自己|自个|老)?家(?:里)?(?:呢|住|了|嘞|哩)*|居家)"
)
_BACK_HOME = pattern(
    "(?:后来|现在|又|已经|早就?|都|才|就|给|把[^，,]{1,3})*(?:搬|接|送|住|领)?回(?:家|来)(?:了|住|养|来|(?=(?:都|快|有|已经)*[一二两三俩仨四五六七八九十几半0-9]+个?(?:多)?(?:月|年)))"
)
_RETURN = pattern(
    "(?:接|搬|领|弄|拉|背|叫|喊)[^，,不没]{0,4}?(?:回|出来)|(?:又|就|才|后来|自己|还是|最后|[，,]|^)(?:都|给|跑)?回(?:了)?家(?:了|住|养|里|$)|(?:又|就)?(?:出来|不住|不在那(?:儿|里)?住)了$"
)
_NO_RETURN = pattern(
    "想|盼|等|要(?!不)|能|让|不肯|不敢|没人?(?:接|回)|不(?:接|回|让|叫)|没(?:接|搬|回)|[接回]不|过年|过节|中秋|端午|周末|礼拜天|[几一两二三]天"
)
_AWAY_AGAIN = pattern("又(?:送|进|住|回)(?:回|了|进|过)*(?:去|来)?")
# On a sheet of facts the bare word says it all.
_HOUSE_ALONE = pattern(f"(?:住|在|现住|入住)?{_HOUSE}(?:里|老人|入住)?")
_STAFF = pattern(
    any_of(
        "上班 打工 工作 看门 做饭的 当护工 探 看望 看我 参观 门口 附近 隔壁 对面 旁边 医院养 附近 找 办 问 多少钱 收费 电话 地址",
        "当(?:过|了)?[^，,]{0,4}(?:护工|保安|厨|门卫|会计) 干(?:过|了)[^，,]{0,4}活 (?:当|干|做)过$",
        "志愿 义工 院长 查 去看 看过 转了转 看了看",
    )
)
_NOT_YET = pattern(
    "(?:能|可以|让|给|想|要|打算|准备|愿意?|肯|能不能|死活不|不想|不愿意?|考虑|商量|劝|叫|动员|够|够格)(?:我|俺|他|她|也|都|去|过去|把[^，,]{1,3}|再|让他|让她){0,2}$"
)
_INTEGRATED = pattern("医养一体化?|医养结合")
_NOT_INTEGRATED = pattern(
    "(?:不|没|非|未|没有|不是|不搞|没搞|不带|不算|不属于|没实行|还没|哪有|谈不上)[^，,]{0,5}$"
)
_VILLAGE = any_of(
    "农村 村里 乡下 村上 庄上 村子里? 庄里 屯里 山里头? 山沟沟?里? 山区 大山里头? 深山里? 山窝里? 山上"
)
_RURAL = pattern(
    f"(?:住(?:在|到)?|(?<!老)家(?:就)?在|家是|(?:我|俺|咱|他|她|娘|爹|妈|爸|们|老人|一直|都|就)?是|在|搁)(?:咱|俺|我们|老家|河南|本地|"
    f"这边|个|[^，,。]{{2,4}}(?=农村|乡下|山))?{_VILLAGE}(?!信用|合作|户口|养老|居民|医保|低保|商业|小学|卫生|政策|医疗|办|干部|说|给|报|批|评|发|定|有)(?:里|的|人|老人|老太太|老头|住|生活"
    f"|过)*"
    f"|{_VILLAGE}(?:的)?(?:人|住|住着|老百姓|老头|老太太|老婆子)(?!有|能|可以|咋|都?说|们|家)|(?:我们?|俺们?|咱)(?:就)?(?:是)?(?:个)?(?:种地的|老)?农民|是(?:个)?(?:种地的|老)农民|土里刨食的农民|庄稼(?:人|汉)|庄户人"
    f"|(?<![去回到来下想])(?:农村|乡下|山沟里|山里|村里)(?:的|嘞|哩|住|那边)*$|(?:俺|我|咱)(?:们)?(?:村|庄|屯)(?:里|上)?[^，,]{{0,6}}住着|^(?:俺|我|咱)?(?:们)?村里?(?:就|只|现在就)(?:剩|有)(?:下)?(?:我|俺|老)"
)
# 守着村里的老院子
_VILLAGE_HOUSE = pattern(
    "(?:守|住|待|呆|在|搁)(?:着|在|了)?(?:(?:俺|我|咱|自己|自家)们?家?)?(?:村里?|农村|乡下|庄上|庄里|屯里|山里|山沟里?)(?:的|那个?|这个?)*"
    "(?:[一二两三四五几]?间)?[老旧土破砖瓦平草]*(?:宅院|院子?|屋|房子?|宅子?|窑洞?)"
)
_VILLAGE_ALONE = pattern("(?:农村|村里|乡下)(?:的|人|老人)?")
_URBAN = pattern(
    "住(?:在|到)?(?:城里|县城|市区|市里|城区|街里|小区|楼房小区)(?:里)?(?!院|的?[^，,。；;]{0,5}(?:院|公寓|养老|医|病房|托养|托老|照料|供养|康养|养护))|(?:是|俺|我)城里(?:的)?人|^城里人$|在(?:城里|县城|市里|市区)(?:住(?!院)|生活|居住)"
)
_OF_THE_REGISTER = pattern(
    "(?:户口|户籍|老家|(?<![跟和与随])(?<![跟和与随][着我俺大小二])(?:儿子|闺女|孩子|女儿|孙子))[^，,]{0,3}$"
)
# Of those who tell no other home, the register of a village tells it.
_VILLAGE_REGISTER = pattern(
    "(?:农业|农村)(?:的)?(?:户口|户籍)(?![本簿所])|(?:户口|户籍)(?:都|也|还|是|在|就|一直|落在|属于?|性质|类型|俩|[：:])*[^，,。；;城镇不没]{0,5}?(?:农业|农村|乡下|村里)(?!信用|合作)"
)
_HINTS = pattern(
    r"院|家|养老|公寓|托老|医养|村|乡下|农|庄|屯|山|城|镇|市|小区|常住|长期|一直|暂住|临时|户口|户籍|当地|本地|这|住|屋|回|中心|户|流动"
)

# So many clauses, each of a word or two, make a sheet of facts.
SHEET = 2
_ELDERS = (
    "(?:特困|五保|孤寡|低保|失能|烈士|退伍军人|光荣)(?:的)?(?:老人|老年人|人员|户|家属)?住|^(?:老人|老年人)住"
    "|(?:特困|五保|孤寡|低保|失能)(?:的)?(?:老人|老年人|人员|户)|和去|一样多"
)


def read(text: str) -> dict[str, object]:
    """`place`, `integrated_home`, `rural`, `resident` and `hukou_local`, as far as they are told."""
    if not _HINTS.search(text):
        return {}
    clauses = split(text)
    facts = _on_a_sheet(clauses)
    for clause in clauses:
        _place(clause, facts)
        _village(clause, facts)
    _home_again(clauses, text, facts)
    _village_register(clauses, facts)
    if _VILLAGE_ON_A_FORM.search(text):
        facts.setdefault("rural", True)
    _integrated(clauses, text, facts)
    return facts | register.hukou(text) | register.resident(text)


def _on_a_sheet(clauses: tuple[Clause, ...]) -> dict[str, object]:
    facts: dict[str, object] = {}
    if len(clauses) > SHEET and not any(clause.asks for clause in clauses):
        facts |= (
            {"place": "institution"} if any(_HOUSE_ALONE.fullmatch(each.text) for each in clauses) else {}
        )
        facts |= {"rural": True} if any(_VILLAGE_ALONE.fullmatch(each.text) for each in clauses) else {}
    return facts


def _place(clause: Clause, facts: dict[str, object]) -> None:
    found = _INSIDE.search(clause.text)
    if found and not _STAFF.search(clause.text) and not _of_all_elders(clause):
        if _NOT_YET.search(clause.text[: found.start()]):
            return
        if holds(clause, found.start(), found.end()):
            facts["place"] = "institution"
        elif denied(clause, found.start()) and "想" not in clause.text and "愿" not in clause.text:
            facts["place"] = "home"
    elif (home := _at_home(clause.text)) and holds(clause, home.start(), home.end()):
        facts.setdefault("place", "home")


def _at_home(text: str) -> re.Match[str] | None:
    found = _AT_HOME.search(text)
    if found is None or _OUR_HOUSE.search(text[: found.end()]):
        return None
    return None if "老家" in found.group() and not _LIVES.search(found.group()) else found


# 奶奶在我家住: it is not hers.
_OUR_HOUSE = pattern(
    "本人[^，,]{0,6}(?:在|搁|住)(?:着|在)?(?:我|俺|咱)(?:们)?(?:的)?(?:家|屋|房子)(?:里|中|头|里头)?(?:住|养|过|待|呆|居住)?[^，,]{0,2}$"
)
_LIVES = pattern("住|养|躺|过|待|呆|生活|瘫|卧")


def _home_again(clauses: tuple[Clause, ...], text: str, facts: dict[str, object]) -> None:
    """以前住养老院，后来回家了; a bare 在家 among other facts."""
    if facts.get("place") == "institution" and _came_back(clauses):
        facts["place"] = "home"
    if "place" in facts:
        return
    was_away = re.search(_HOUSE, text) is not None
    for clause in clauses:
        if clause.asks or clause.supposes:
            continue
        alone = len(clauses) >= SHEET and _JUST_HOME.fullmatch(clause.text)
        if alone or (was_away and _BACK_HOME.search(clause.text) and not _NO_RETURN.search(clause.text)):
            facts["place"] = "home"


def _came_back(clauses: tuple[Clause, ...]) -> bool:
    """去年在养老院住了仨月，闺女又接回来了: whether the last that is told is the way home."""
    back = False
    for clause in clauses:
        told = not (clause.asks or clause.supposes)
        if _INSIDE.search(clause.text):
            back = False
        elif told and _RETURN.search(clause.text) and not _NO_RETURN.search(clause.text):
            back = True
        elif _AWAY_AGAIN.search(clause.text):
            back = False
    return back


def _integrated(clauses: tuple[Clause, ...], text: str, facts: dict[str, object]) -> None:
    ours = facts.get("place") == "institution" or _OURS.search(text) is not None
    for clause in clauses:
        found = _INTEGRATED.search(clause.text)
        if found is None or clause.asks or clause.supposes or not ours:
            continue
        if _NOT_INTEGRATED.search(clause.text[: found.start()]):
            facts["integrated_home"] = False
        elif holds(clause, found.start(), found.end()):
            facts["integrated_home"] = True


_OURS = pattern(f"(?:我们|俺们?|这个?|咱|普通)(?:住的|里|上)?[^，,]{{0,2}}{_HOUSE}|^{_HOUSE}(?:是|带|有)")


def _of_all_elders(clause: Clause) -> bool:
    """特困老人住敬老院要交钱吗 asks for nobody in particular."""
    return clause.asks and re.search(_ELDERS, clause.text) is not None


def _village_register(clauses: tuple[Clause, ...], facts: dict[str, object]) -> None:
    """农业户口, 户口在兰考农村: of somebody who is not said to live elsewhere."""
    if "rural" in facts or any(_MOVED_AWAY.search(clause.text) for clause in clauses):
        return
    for clause in clauses:
        found = _VILLAGE_REGISTER.search(clause.text)
        if (
            found
            and not _OF_ANYBODY.match(clause.text[found.end() :])
            and holds(clause, found.start(), found.end())
        ):
            facts["rural"] = True


_MOVED_AWAY = pattern(
    "(?:住|搬|过|生活|定居|进)(?:在|到|进|了)*[^，,]{0,6}?(?:城|市|小区|楼|街)|人(?:却|早就?|现在|一直|都|不)*(?:在|住)|(?:户口|户籍)[^，,]{0,4}(?:没(?:迁|动|转|挪)|还[在是])|(?:住|生活|待)了[^，,]{0,5}年"
)
_OF_ANYBODY = pattern("的?(?:老人|老年人|人|家庭|居民)(?!家)|(?:能|可以|有|咋|怎|补|的话|和|跟)")


# 户口性质：农业
_VILLAGE_ON_A_FORM = pattern("(?:户口|户籍)(?:性质|类型|类别)[：: ]{0,2}(?:农业|农村)(?!转)")


def _without_company(clause: Clause, start: int) -> Clause:
    """跟闺女住在乡下 is told of the elder, not of the daughter."""
    company = _COMPANY.search(clause.text[:start])
    return without(clause, company.start(), start) if company else clause


_COMPANY = pattern("(?:跟|和|与|随)着?(?:我|俺|他|她)?[^，,]{1,6}$")


def _village(clause: Clause, facts: dict[str, object]) -> None:
    for words, rural in ((_RURAL, True), (_VILLAGE_HOUSE, True), (_URBAN, False)):
        found = words.search(clause.text)
        if found is None or _OF_THE_REGISTER.search(clause.text[: found.start()]):
            continue
        shown = _without_company(clause, found.start()) if rural else clause
        if holds(shown, found.start(), found.end()):
            facts["rural"] = rural
        elif rural and denied(clause, found.start()):
            facts["rural"] = False
