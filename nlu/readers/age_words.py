"""How exactly an age is told: what stands before its number (快, 不到, 虚岁) and behind it (多, 出头, 差俩月)."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Final

from nlu.readers import age_foreign as foreign
from nlu.readers import age_sayings
from nlu.readers.age_context import asks_a_rule, is_age
from nlu.readers.age_near import FILL
from nlu.readers.age_numbers import NUMBER, bounds
from nlu.readers.age_seen import Seen
from nlu.readers.numerals import number

_MUCH: Final = r"[^，,。0-9]{0,4}?[0-9]{0,2}"
_TAIL: Final = re.compile(
    r"(?:\s?(?:刚|才)?(?P<rough>多[点]?|来往|来|大多|好几|大几|几|有余|出头|出点头|冒头|露头|冒尖|冒点儿?|挂点?儿?零|挂几|"
    r"上下|左右|"
    r"开外|打外|往上|朝上|靠上|以上|及以上|以下|往里|以里|不到(?![0-9二三四五六七八九]|一百)|边儿?上|[啷郎朗]当|整|高龄|高寿))?"
    r"(?:\s?(?P<unit>周岁|(?:虚岁|毛岁|虚)(?!\D{0,2}[0-9六七八九])|实岁|足岁|岁|周(?![年末一二三四五六日天期])))?"
    r"(?P<rough2>多|(?:刚|才)?(?:出头|冒头)|上下|左右|开外|往上|朝上|以上|及以上|以下|不到(?![0-9二三四五六七八九]|一百)|挂零|来往|整|高龄)?"
    r"(?:(?:左右|上下)?的?(?P<seems>样子|光景|模样))?"
    r"(?:[，,]?(?:还|也|就|只|才|不够|不到|不满|没到|[，,]){0,4}(?P<verb>差|欠|缺|不到|有|得|要|剩|隔)(?!不多|点|劲)了?"
    rf"(?P<much>(?!几年){_MUCH})(?P<of>个?月|天|日|年|岁)(?![0-9]|才|就?[到满]?[一二三四五六七八九]?十))?"
    r"(?P<onto>上(?:奔|数|走|爬|靠|去))?"
    r"(?P<beneath>还?(?:不到|不够|不满|没到|未满)(?![0-9二三四五六七八九十]|一百))?"
    r"(?P<after_nominal>了?[，,（( ]{0,2}(?:农村|农历|老家|乡下)?(?:(?:说的|这|按|算|也|就)*(?:是|的)?虚(?:岁|的|龄)|"
    r"虚)(?!\D{0,4}[0-9六七八九十]))?"
    r"(?P<done>了|满了|啦|咧|嘞|喽|哩|的人了|过了)?"
)
_LEADS: Final = {
    "short": re.compile(
        r"(?:还?(?:差|欠|缺)|还有|再有|再[等过活熬])(?P<much>[^，,。]{0,4}?)(?P<of>月|天|年|日|岁)(?:左右|多)?(?:就|到|满|才|"
        r"不到|不满|够|是|了|该|整|我|俺|他|她|本人)*$"
    ),
    "next": re.compile(
        r"(?:到|等|赶)?(?P<when>下个?(?:月|礼拜|星期|周)(?:初?[一二三四五六七八九十]{1,3}号?|[0-9]{1,2}号|底|初)?|"
        r"再过[^，,。]{1,5}(?:月|天)|过[^，,。年]{1,3}个?月|(?:今年)?(?:年底|冬至|冬天|[腊冬]月(?:初?[一二三四五六七八九十]{1,3}|廿[一二三四五六七八九]?)?|除夕|年三十|大年初一)|月底|(?:明|后|大后)[天儿个](?=[^，,。]{0,3}[满就够整该])|"
        r"下个?生日|过了?[罢完]?生日(?=就|才|该|满|要|整|进|吃)|过了年|过完年|过罢年|过年|转过年|开年|年下|开春|明年|后年|春节后?)(?:正月|(?:[1-9]|1[0-2]|十?[一二三四五六七八九十])月份?)?(?:吃|进|上)?"
        + FILL
    ),
    "last": re.compile(r"(?P<when>去年|头年|前年)" + FILL),
    "soon": re.compile(
        r"(?:快|差一?点儿?|马上|眼看|眼瞅着|将近|接近|靠近|临近|年近|近|奔着?|直奔|冲|就要|即将|转眼|说话|摸着?|挨着?|[往朝照]|"
        r"(?:^|[我俺娘爹妈爸伴婆他她，, 都])小|(?<!不)(?<!需)(?<!打)要)(?:要|到|满|有|就|是|着|上|奔|近|往)*$"
    ),
    "below": re.compile(r"还?(?:不到|不满|未满|没满|没到|还没|没有|不足|不够|没|不上)(?:够|到|满|过)?$"),
    "just": re.compile(r"(?:不多不少|刚刚?|将将|才|整|刚?交|(?<!反)正好?|恰好)(?:刚|好|满|过|到|够|是|整)*$"),
    "over": re.compile(r"(?:超?过了|年过|超过|[跨迈]过了?|[跨迈]进|步入|(?<![儿女孙家块起自己独伴住])(?<![一个俩]人)过|超|大于)$"),
    "least": re.compile(r"(?:少说|起码|至少|最少)(?:也|都|得|有|要|是)*$"),
    "about": re.compile(
        r"(?:差不离|大概|大约|约[摸莫]?|差不多|可能|估计|估摸着?|好像|也就|大致|兴许|怕是?|恐怕)(?:有|是|也|就|得|填的?|"
        r"写的?|要)*$"
    ),
}  # fmt: skip
# 再有一个月，我就满八十了
_OVER_COMMA: Final = re.compile(
    r"((?:还?(?:差|欠|缺)|还有|再有|再等|再过)[^，,。]{1,5}(?:月|天|年|岁)(?:左右)?)[，,](?=(?:我|俺|他|她|本人)?(?:就|才|满|到|够|该|整)+$)"
)
_TOWARD: Final = re.compile(r"(?:离|距离?|到|够)(?:满|到)?$")
_NOMINAL: Final = re.compile(
    r"(?:虚岁数?|毛岁|虚龄|虚年龄|虚数|虚[的着]?说?|(?:按|照|讲|论|说的?是?)虚岁(?![^，,。]{0,3}[0-9])[^0-9。；;周实]{0,14}|"
    r"毛着?|老岁|老算法|[农乡]村(?:的)?(?:说法|算法)|老家(?:的)?(?:说法|算法)|虚[一两]岁)"
    r"(?:快|将近|大概|马上|刚|算|说|[，, ])*" + FILL
)
_FULL: Final = re.compile(r"(?:周岁|实岁|足岁|[实周足]的|实足|实际|实打实)(?:年龄|说|算|的话|按)?" + FILL)
_CUE: Final = re.compile(
    r"(?:今年|今儿个?年?|现年|今|年龄|年纪|岁数|年岁|高龄|高寿|贵庚|年庚|享寿|活了|整整|周龄|(?:身份证|户口本|户口簿)[上里]?|"
    r"(?:户口|档案|证件)[上里])"
    r"(?:快|将近|大概|马上|刚|差不多|不到|满|大约|过|虚|周|奔|[改换]一?下|改成|更正|的话)*" + FILL
)
_DENIED: Final = re.compile(r"(?<!是)(?<!要)不是(?:我|俺|他|她|今年|说|属)*$|哪有$|不止$|有没有$")


@dataclass(frozen=True, slots=True)
class Told:
    """An age as told: low..high inclusive, `exact` where they are one age in full years; `marked` where the words
    say that it is an age, `full` where they say that it is the full one (周岁), `below` where `low` is a guess."""

    start: int
    end: int
    low: int
    high: int
    exact: bool = True
    marked: bool = False
    full: bool = False
    below: bool = False


def find_numbers(text: str, context: str | None) -> list[Told]:
    """All ages that a text, mended by `age_numbers.mended`, tells of its elder in numbers, in order."""
    found = (_told(text, match, context) for match in NUMBER.finditer(text))
    return [told for told in found if told is not None]


def idioms(text: str) -> list[Told]:
    """Ages told without a number: 八旬, 年近古稀, 耄耋之年."""
    if asks_a_rule(text):
        return []
    return [Told(*found, exact=False, marked=True) for found in age_sayings.decades(text)]


def _told(text: str, match: re.Match[str], context: str | None) -> Told | None:
    ends, tail = bounds(match, context), _TAIL.match(text, match.end())
    if ends is None or tail is None or not 18 <= ends[0] <= ends[1] <= 130:
        return None
    before = re.split(r"[。；;！!？?\n]", text[max(0, match.start() - 24) : match.start()])[-1]
    clause = re.split(r"[，,]", _OVER_COMMA.sub(r"\1", before))[-1]
    denied = _DENIED.search(clause) and "就是" not in match[0]
    if denied or foreign.LOOKS.search(clause) or foreign.WRONG.match(text, tail.end()):
        return None
    if tail["verb"] in ("有", "得", "要", "剩", "隔") and not _TOWARD.search(clause):
        tail = _TAIL.match(text[: tail.start("verb")], match.end()) or tail
    seen = _seen(text, match, tail, before, clause, context)
    seen = replace(seen, age=ends[1], spread=ends[1] - ends[0])
    return _meant(seen, ends, tail, clause) if is_age(seen) else None


def _seen(
    text: str, match: re.Match[str], tail: re.Match[str], before: str, clause: str, context: str | None
) -> Seen:
    lead, kind = _lead(clause)
    nominal, full = _counting(tail, before)
    return Seen(
        text=text, start=match.start(), end=tail.end(), number_end=match.end(), before=before,
        rest=clause[: lead.start()] if lead else clause, age=0,
        lead="toward" if tail["verb"] and not lead and _TOWARD.search(clause) else kind, unit=bool(tail["unit"]),
        rough=tail["rough"] or tail["rough2"] or tail["seems"] or "", done=bool(tail["done"]),
        short=bool(tail["verb"] or tail["onto"] or tail["beneath"]), cue=bool(nominal or full or _CUE.search(before)),
        nominal=nominal, full=full, spread=0, context=context,
    )  # fmt: skip


def _counting(tail: re.Match[str], before: str) -> tuple[bool, bool]:
    """Whether an age is told the old way (虚岁), and whether it is said to be the full one (周岁)."""
    nominal = tail["unit"] in ("虚岁", "毛岁", "虚") or tail["after_nominal"] or _NOMINAL.search(before)
    full = tail["unit"] in ("周岁", "实岁", "足岁", "周") or (_FULL.search(before) and not nominal)
    return bool(nominal), bool(full)


def _lead(clause: str) -> tuple[re.Match[str] | None, str]:
    for kind, pattern in _LEADS.items():
        if match := pattern.search(clause):
            return match, kind
    return None, ""


def _meant(seen: Seen, ends: tuple[int, int], tail: re.Match[str], clause: str) -> Told:
    told = Told(
        seen.start,
        seen.end,
        *ends,
        ends[0] == ends[1],
        seen.unit or seen.cue or seen.context == "age",
        seen.full,
    )
    lead, kind = _lead(clause)
    if kind == "about" and (tail["rough"] or tail["rough2"]):
        kind = ""
    if tail["verb"]:
        told = _short(told, tail["much"], tail["of"])
    elif tail["onto"] or tail["beneath"]:
        told = _led(told, lead, "soon" if tail["onto"] else "below")
    else:
        told = _roughly(_led(told, lead, kind), tail)
    return replace(told, low=told.low - 2, high=told.high - 1, exact=False) if seen.nominal else told


def _short(told: Told, much: str, of: str) -> Told:
    """差俩月八十, 离八十还有三年: so many years short of it, and months are one year."""
    years = (number(much.strip().rstrip("个")) or 1) if of in "年岁" else 1
    return replace(told, low=told.low - years, high=told.low - years, exact=False)


def _led(told: Told, lead: re.Match[str] | None, kind: str) -> Told:
    """What the words before the number make of it: 快八十 is not yet 80, 大概八十 is about 80."""
    if kind in ("", "just", "toward"):
        return told
    low, high, ten = told.low, told.high, told.low % 10 == 0
    if lead and kind == "short":
        return _short(told, lead["much"], lead["of"])
    if lead and kind in ("next", "last"):
        least, most = _YEARS_OFF.get(lead["when"], (-1, -1))
        if lead["when"] in _NEW_YEAR and re.search("[整满周]", lead[0]):
            least = most
        return replace(told, low=low + least, high=high + most, exact=False)
    if kind in ("over", "least"):
        return replace(told, high=high + (9 if ten else 4), exact=False) if ten or kind == "least" else told
    told = replace(told, below=kind == "below")
    off = {"soon": (-2, -1), "below": (-5 if ten else -2, -1), "about": (-2, 2) if ten else (-1, 1)}[kind]
    return replace(told, low=low + off[0], high=(low if off[1] < 0 else high) + off[1], exact=False)


_NEXT_YEAR: Final = ("明年", "过了年", "过完年", "过罢年", "过年", "转过年", "开年", "年下", "开春")
# 过了年就整九十: the birthday is as near as the new year.
_NEW_YEAR: Final = frozenset(_NEXT_YEAR) - {"明年"}
_YEARS_OFF: Final = dict.fromkeys(_NEXT_YEAR, (-2, -1)) | {
    "后年": (-3, -2), "去年": (0, 1), "头年": (0, 1), "前年": (1, 2),
}  # fmt: skip


def _roughly(told: Told, tail: re.Match[str]) -> Told:
    """What the words behind the number make of it: 八十多, 八十来岁, 八十出头, 八十上下."""
    rough = (tail["rough"] or tail["rough2"] or tail["seems"] or "").removesuffix("点")
    off = _ROUGH.get(rough)
    if off is None or (told.low % 10 and rough in ("多", "几", "来", "有余", "大多")):
        return told
    if rough in ("以上", "及以上"):
        return replace(told, high=130, exact=False)
    if rough in _SEEMS and not told.exact:
        return told
    if rough == "不到" and told.low % 10:
        off = (-2, -1)
    return replace(told, low=told.low + off[0], high=told.high + off[1], exact=False)


_SEEMS: Final = ("样子", "光景", "模样")
_ROUGH: Final = {
    **dict.fromkeys(("多", "几", "有余", "挂几", "开外", "打外", "往上", "朝上", "靠上", "啷当", "郎当", "朗当"), (0, 9)),
    **dict.fromkeys(("来", "来往"), (-2, 4)),
    **dict.fromkeys(("出头", "出点头", "刚出头", "才出头", "刚冒头", "才冒头", "冒头", "露头"), (0, 3)),
    **dict.fromkeys(("冒尖", "冒点", "冒点儿", "挂零", "挂点零", "挂点儿零"), (0, 3)),
    **dict.fromkeys(("好几", "大几", "大多"), (3, 9)),
    **dict.fromkeys(("上下", "左右", "边上", "边儿上"), (-2, 2)),
    **dict.fromkeys(_SEEMS, (-1, 1)),
    **dict.fromkeys(("不到", "往里", "以里"), (-5, -1)),
    **dict.fromkeys(("以下",), (-20, -1)),
    **dict.fromkeys(("以上", "及以上"), (0, 50)),
}  # fmt: skip
