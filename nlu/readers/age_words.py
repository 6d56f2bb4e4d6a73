"""Which numbers of a text are the age of the elder it speaks of, and how exactly each of them is told."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Final

from nlu.readers import age_context
from nlu.readers.numerals import digits, number

_D: Final = "一二三四五六七八九"
_CN: Final = rf"[{_D}]?十(?:[有零单又挂]?[{_D}]|[1-9](?![0-9]))?|一?百(?:一?十[{_D}]?|二十[{_D}]?|[零单有][{_D}])?|[廿卅卌][{_D}]?"
_ONE: Final = rf"[0-9]{{2,3}}(?![0-9])|{_CN}"
_AGE: Final = r"(?:周?岁)?"
_NUMBER: Final = re.compile(
    r"(?<![0-9][.:：/])(?<![0-9—\-一二三四五六七八九十百千万第几])(?:"
    rf"(?P<both>[{_D}][{_D}])十|(?P<tens>[{_D}]十)(?P<pair>[{_D}]{{2}})(?![{_D}十])|"
    rf"(?P<low>{_ONE}){_AGE}\s?(?:-+|—+|~|～|至|到|、|还是|或者?)\s?(?P<high>{_ONE})|"
    rf"(?P<ten>[5-9])(?P<first>[0-8])[、.,，]?(?P<second>[1-9])(?=周?岁)|"
    rf"(?P<one>{_ONE})|(?P<spelt>[{_D}][{_D}零〇]))(?![0-9]|[.:：/\-][0-9])"
)
_UPPER: Final = re.compile("[壹贰叁肆伍陆柒捌玖拾佰]{2,}")
# Voice keyboards put spaces between the characters of one number.
_APART: Final = re.compile(
    rf"(?<=[{_D}]) (?=十)|(?:(?<=[{_D}]十)|(?<=[{_D}] 十)) (?=[{_D}](?![级个]))|(?<=(?<![0-9])[5-9]) (?=[0-9]\s?周?岁)"
)
_PLAIN: Final = str.maketrans("壹贰叁肆伍陆柒捌玖拾佰", "一二三四五六七八九十百")

_TAIL: Final = re.compile(
    r"(?:\s?(?:刚|才)?(?P<rough>多[点]?|来往|来|好几|大几|几|有余|出头|冒头|冒尖|挂点?零|挂几|上下|左右|开外|"
    r"往上|朝上|以上|及以上|以下|不到|整|高龄))?"
    r"(?:\s?(?P<unit>周岁|(?:虚岁|毛岁|虚)(?!\D{0,2}[0-9六七八九])|实岁|足岁|岁|周(?![年末一二三四五六日天期])))?"
    r"(?P<rough2>多|出头|冒头|上下|左右|开外|往上|朝上|以上|及以上|以下|不到|挂零|来往|整|高龄)?"
    r"(?P<short>[，,]?还?(?:差|欠|不到)(?:[^，,。]{1,5}?(?:个?月|天)|[一半1](?:岁|年))(?![0-9]))?"
    r"(?P<after_nominal>[，,（( ]{0,2}(?:(?:说的|这|按|算|也|就)*(?:是|的)?虚(?:岁|的)|虚)(?!\D{0,4}[0-9六七八九十]))?"
    r"(?P<done>了|啦|咧|嘞|喽|哩|的人了|过了)?"
)
_FILL: Final = r"(?:也|都|已经|已|是|就|算|有|到|满|才|今年|现在|该|要|整|我|俺|他|她|[:：，, ])*$"
_LEADS: Final = {
    "short": re.compile(
        r"(?:还?(?:差|欠|缺)|还有|再有|再等)(?P<much>[^，,。]{0,4}?)(?P<of>月|天|年|日|岁)(?:左右|多)?(?:就|"
        r"到|满|才|不到|不满|够|是|了)*$"
    ),
    "next": re.compile(
        r"(?P<when>下个?月|再过[^，,。]{1,5}(?:月|天)|过[^，,。年]{1,3}个?月|年底|月底|过了年|过完年|过罢年|过年|开春|明年|后年|春节后?)"
        + _FILL
    ),
    "last": re.compile(r"(?P<when>去年|头年|前年)" + _FILL),
    "soon": re.compile(
        r"(?:快|马上|眼看|眼瞅着|将近|接近|靠近|临近|年近|近|奔着?|直奔|冲|就要|即将|转眼|(?:^|[我俺娘爹妈爸伴婆他她，, 都])小|"
        r"(?<!不)(?<!需)要)(?:要|到|满|有|就|是|着|上|奔|近|往)*$"
    ),
    "below": re.compile(r"(?:不到|不满|未满|没满|没到|还没|没有|不足|不够|没|不上)(?:够|到|满)?$"),
    "just": re.compile(r"(?:刚刚?|才|整|正好?|恰好)(?:刚|好|满|过|到|够|是)*$"),
    "over": re.compile(r"(?:过了|过|超过|年过|超|大于)$"),
    "about": re.compile(r"(?:大概|大约|约摸?|差不多|可能|估计|好像|也就|大致|应该)(?:有|是|也|就|得有|得)*$"),
}
_NOMINAL: Final = re.compile(r"(?:虚岁|毛岁|虚数|虚|老岁)(?:快|将近|大概|马上|刚)?" + _FILL)
_FULL: Final = re.compile(r"(?:周岁|实岁|足岁|实足|实际)(?:年龄)?" + _FILL)
_CUE: Final = re.compile(
    r"(?:今年|今儿个?|现年|今|年龄|年纪|岁数|年岁|高龄|高寿|贵庚|年庚|享寿|活了|活到)(?:快|将近|大概|马上|刚|差不多|不到|满|大约|过|虚|周)*"
    + _FILL
)
_NOT: Final = re.compile(r"(?<!是)(?<!要)不是(?:我|俺|他|她|今年|说|属)*$|哪有$|不止$")
_IDIOM: Final = re.compile(
    r"(?P<near>年近|将近|快|近|接近)?(?:年过|过了?)?(?:(?P<decade>[五六七八九])旬|(?P<idiom>花甲|古稀|耄耋|鲐背|期颐))"
)
_IDIOMS: Final = {"花甲": (60, 69), "古稀": (70, 79), "耄耋": (80, 99), "鲐背": (90, 99), "期颐": (100, 109)}


@dataclass(frozen=True, slots=True)
class Told:
    """An age as told: low..high inclusive, `exact` where they are one age in full years; `marked` where the words
    say that it is an age, `full` where they say that it is the full one (周岁)."""

    start: int
    end: int
    low: int
    high: int
    exact: bool = True
    marked: bool = False
    full: bool = False


def find_numbers(text: str, context: str | None) -> list[Told]:
    """All ages a normalised text tells of its elder, in order."""
    text = _APART.sub("", _UPPER.sub(lambda match: match[0].translate(_PLAIN), text))
    found: list[Told] = []
    for match in _NUMBER.finditer(text):
        bounds = _bounds(match, context)
        told = bounds and _meant(text, match, bounds, context)
        if told:
            found.append(told)
    return found


def idioms(text: str) -> list[Told]:
    """Ages told without a number: 八旬, 年近古稀, 耄耋之年."""
    found = []
    for match in _IDIOM.finditer(text):
        low = 0 if match["idiom"] else 10 * (digits(match["decade"]) or 0)
        low, high = _IDIOMS[match["idiom"]] if match["idiom"] else (low, low + 9)
        if match["near"]:
            low, high = low - 2, low - 1
        found.append(Told(match.start(), match.end(), low, high, exact=False, marked=True))
    return [] if age_context.asks_a_rule(text) else found


def _bounds(match: re.Match[str], context: str | None) -> tuple[int, int] | None:
    """The number, or the two ends of a range, that a match writes."""
    if match["one"]:
        one = number(match["one"])
        return None if one is None else (one, one)
    if match["both"]:
        first, second = (digits(char) or 0 for char in match["both"])
        return (first * 10, second * 10 + 9) if second == first + 1 else None
    if match["pair"]:
        tens, (first, second) = number(match["tens"]) or 0, (digits(char) or 0 for char in match["pair"])
        return (tens + first, tens + second) if second == first + 1 else None
    if match["low"]:
        low, high = number(match["low"]) or 0, number(match["high"]) or 0
        return (low, high) if low < high <= low + 20 else None
    if match["ten"]:
        first, second = int(match["first"]), int(match["second"])
        return (
            (int(match["ten"]) * 10 + first, int(match["ten"]) * 10 + second) if second == first + 1 else None
        )
    spelt = digits(match["spelt"])
    marked = match.string.startswith(("岁", "周岁"), match.end())
    return (spelt, spelt) if spelt and (marked or context == "age") else None


def _meant(text: str, match: re.Match[str], bounds: tuple[int, int], context: str | None) -> Told | None:
    tail = _TAIL.match(text, match.end())
    if tail is None or not 18 <= bounds[0] <= bounds[1] <= 130:
        return None
    before = re.split(r"[。；;！!？?\n]", text[max(0, match.start() - 16) : match.start()])[-1]
    clause = re.split(r"[，,]", before)[-1]
    if _NOT.search(clause):
        return None
    lead, kind = _lead(clause)
    rest = clause[: lead.start()] if lead else clause
    nominal = bool(tail["unit"] in ("虚岁", "毛岁", "虚") or tail["after_nominal"] or _NOMINAL.search(before))
    full = bool(tail["unit"] in ("周岁", "实岁", "足岁", "周") or (_FULL.search(before) and not nominal))
    seen = age_context.Seen(
        text=text, start=match.start(), end=tail.end(), number_end=match.end(), before=before, rest=rest, age=bounds[1],
        lead=kind, unit=bool(tail["unit"]), rough=tail["rough"] or tail["rough2"] or "", done=bool(tail["done"]),
        cue=bool(nominal or full or _CUE.search(before)), pair=bool(match["pair"] or match["both"]), context=context,
    )  # fmt: skip
    if not age_context.is_age(seen):
        return None
    told = Told(
        match.start(),
        tail.end(),
        *bounds,
        exact=bounds[0] == bounds[1],
        marked=seen.unit or seen.cue,
        full=full,
    )
    told = _roughly(_led(told, lead, kind), tail)
    return replace(told, low=told.low - 2, high=told.high - 1, exact=False) if nominal else told


def _lead(clause: str) -> tuple[re.Match[str] | None, str]:
    for kind, pattern in _LEADS.items():
        if match := pattern.search(clause):
            return match, kind
    return None, ""


def _led(told: Told, lead: re.Match[str] | None, kind: str) -> Told:
    """What the words before the number make of it: 快八十 is not yet 80, 大概八十 is about 80."""
    if lead is None or kind == "just":
        return told
    low, high, ten = told.low, told.high, told.low % 10 == 0
    if kind == "short":
        years = (number(lead["much"].rstrip("个")) or 1) if lead["of"] in "年岁" else 1
        return replace(told, low=low - years, high=low - years, exact=False)
    if kind in ("next", "last"):
        least, most = _YEARS_OFF.get(lead["when"], (-1, -1))
        return replace(told, low=low + least, high=high + most, exact=False)
    if kind == "over":
        return replace(told, high=high + 9, exact=False) if ten else told
    off = {"soon": (-2, -1), "below": (-5 if ten else -2, -1), "about": (-2, 2) if ten else (-1, 1)}[kind]
    return replace(told, low=low + off[0], high=(low if off[1] < 0 else high) + off[1], exact=False)


_YEARS_OFF: Final = {"明年": (-2, -1), "过了年": (-2, -1), "过完年": (-2, -1), "过罢年": (-2, -1), "过年": (-2, -1), "开春": (-2, -1),
                     "后年": (-3, -2), "去年": (0, 1), "头年": (0, 1), "前年": (1, 2)}  # fmt: skip


def _roughly(told: Told, tail: re.Match[str]) -> Told:
    """What the words behind the number make of it: 八十多, 八十来岁, 八十出头, 八十上下."""
    if tail["short"]:
        return replace(told, low=told.low - 1, high=told.low - 1, exact=False)
    rough = (tail["rough"] or tail["rough2"] or "").removesuffix("点")
    off = _ROUGH.get(rough)
    if off is None or (told.low % 10 and rough in ("多", "几", "来", "有余")):
        return told
    if rough in ("以上", "及以上"):
        return replace(told, high=130, exact=False)
    return replace(told, low=told.low + off[0], high=told.high + off[1], exact=False)


_ROUGH: Final = {
    **dict.fromkeys(("多", "几", "有余", "挂几", "开外", "往上", "朝上"), (0, 9)),
    **dict.fromkeys(("来", "来往"), (-2, 4)),
    **dict.fromkeys(("出头", "冒头", "冒尖", "挂零", "挂点零"), (0, 3)),
    **dict.fromkeys(("好几", "大几"), (3, 9)),
    **dict.fromkeys(("上下", "左右"), (-2, 2)),
    **dict.fromkeys(("不到",), (-5, -1)),
    **dict.fromkeys(("以下",), (-20, -1)),
    **dict.fromkeys(("以上", "及以上"), (0, 50)),
}
