"""Where an elder lives, and whether they are registered there."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from nlu.readers import register, sounds

# What makes a place name part of another name, behind it.
_OTHER_NAME: Final = re.compile(
    r"(?:路|街(?!道)|大道|大街|巷|胡同|大?桥|湖|公园|广场|河|山(?!沟|里|区|上|村|窝|头)|东站|西站|南站|北站|火车站|汽车站|"
    r"站|机场|高速|话|菜|人民?医院|烩面|包子|灌汤包|黄牛|玉|产|牌)"
    r"|[^，,。；;！!？?\s]{0,8}?(?:医院|卫生院|诊所|公司|大学|学院|师专|师院|中学|小学|高中|银行|"
    r"商场|超市|酒店|宾馆|饭店|厂(?!家属)|集团|日报|晚报|电视台|公交|科技馆|博物馆|法院)(?!家属|"
    r"附近|旁|对面|后面|宿舍)"
)
_VERB: Final = re.compile(r"(?:后[，,。就多能]|了[，,。]|以后|即食|有奖)")
_NOT: Final = re.compile(
    r"(?<!是)(?:不是|不在|没在|不住|并非|离开了?|没住|别|不属于|不归)(?:我们?|俺们?|咱)?(?:住|在|到)?(?:[^，,。]{0,4}市)?$"
)
_PAST: Final = re.compile(
    r"(?:以前|原来|过去|原先|从前|曾经|早先|年轻时|小时候|之前|先前|当年|前些年|去年)[^，,。]{0,8}$"
)
_MOVED: Final = re.compile(r"搬|迁|落户")
_MOVED_FROM: Final = re.compile(r"(?:从|由|打)$")
_HOME: Final = re.compile(r"(?:老家|祖籍|籍贯|原籍|出生地?|娘家)(?:是|在|的|就|也|那边)*$")
_HUKOU: Final = re.compile(
    r"(?:户口|户籍|户口本|落户)(?:地)?(?:还|也|都|是|在|落|就|仍|一直|迁|转|到|了|现在|上|挂|留|登记|写的?|搁|倒|早|已经|俩|均)*$"
)
_NO_HUKOU: Final = re.compile(
    r"(?:户口|户籍)(?:还|也|都|俩|均|一直|现在)*(?:不在|没在|不是|没迁到|没落在|没落到|不属于)$"
)
_LIVING: Final = re.compile(
    r"(?:现在|现|目前|常年|一直|如今|后来|长期|平时|家|就|人)?(?:住|居住|常住|生活|搬|迁|转|定居)(?:在|"
    r"到|进|了|去|的(?:是|地方)?|来)*(?:[^，,。；;\n]{0,4}(?:省|市))?$|(?:^|[，,。；;\s])(?:现在|"
    r"现|目前|人)(?:又|已经|都|才|刚)?(?:在|是|回|回到|搬回|住回)?(?:了|到)?$|(?:家|社区|村)(?:在|是)$|(?<!不)是$|两口(?:子|儿)?(?:都)?(?:在|搁)$"
)
_ELSEWHERE: Final = re.compile(
    r"[^，,。；;！!？?\n]{0,6}?(?:住过|住了?(?:几天|一阵|一段)|打工|务工|上班|工作|上学|读书|念书|出差|旅游|看病|住院|做手术|开会|"
    r"当兵|做生意|开店|买房|买的房|赶集|办事|检查|化疗|坐车|转车|进货|培训|走亲戚|串门|串亲戚|玩|逛|看孙子|看闺女|看儿子|带孙子|看孩子|买东西|赶会|复查|拿药|挂号)"
)
_OFFSPRING: Final = (
    r"(?:儿子|闺女|女儿|孙子|孙女|外孙|孩子|孩儿|娃儿?|儿女|子女|儿媳妇?|女婿|侄子|侄女|外甥|弟弟|妹妹|哥哥?"
    r"|姐姐?|亲戚|朋友|同学|老[大二三四五幺]|妮儿?|小子|年轻人|晚辈|小孩|一女|一儿|孩)"
)
_CHILD: Final = re.compile(
    _OFFSPRING + rf"(?:(?:[0-9]{{2}}|[二三四五六]十[一-十]?)?岁?(?:和|跟|、)?{_OFFSPRING}(?:[0-9]{{2}})?)?"
    r"(?:们|家|都|也|全|一家|现在|嫁|常年|一直|人|又|还|俩)*(?:在|到|去|住|是|搬|跑|搁)?(?:了|在|到)*$"
)
# The asker may be elsewhere than the parents they ask for.
_ASKER: Final = re.compile(r"(?:我|俺)(?:人|现在|自己|都|们|一直|常年)*(?:在|嫁到?|到|去)(?:了)?$")
_PARENTS: Final = re.compile(r"妈|娘|爹|爸|母|父|公公|婆婆|爷|奶|姥|岳|老人|他|她")
_LIVED: Final = re.compile(r"[^，,。；;！!？?\n]{0,8}?(?:住|居住|生活|过日子|养老)")
_WITH_CHILD: Final = re.compile(
    r"住在?(?:我|俺)?[大小二三老]?(儿子|闺女|女儿)家|(?:跟|和|随)着?(?:我|俺)?[大小二三老]?(儿子|闺女|女儿|孩子)(?:一起|一块儿?)?(?:住|过)"
)
# 来南阳八年了
_CAME: Final = re.compile(r"(?:来|到|搬|迁)(?:了|到|来)*$")
_SINCE: Final = re.compile(r"(?:都|已经|快|也|有|里)*[0-9一二两三四五六七八九十好几半]+多?年")
_GOING: Final = re.compile(r"(?:去|到|回|上|来|跑|往|嫁到)(?:了|过|一趟)?$")
_GENERAL: Final = re.compile(
    r"(?:那边|那里|那儿)?(?:的)?(?:老人|政策|标准|规定)?(?:呢|也有吗|有没有|是不是也|的政策|也一样)"
)
# A name that only sounds like a place's is one where its rank is said, or where nothing else is said.
_RANKED: Final = re.compile(r"([\u4e00-\u9fff]{2})(?=[县区]|市(?!里|场|民|面|内))")
_ONLY_A_NAME: Final = re.compile(
    r"(?:我|俺|咱)?(?:们)?(?:家)?(?:是|在|住|住在|家在|搁)?([\u4e00-\u9fff]{2})(?:的|嘞|哩|呢|人|这边|这儿|这里)*[。.！!]?"
)


@dataclass(frozen=True, slots=True)
class _Place:
    code: str
    rank: int
    at: int
    hukou: bool | None


@dataclass(slots=True)
class _Cache:
    """The pattern of the last lexicon, which stays the same while the program runs."""

    regions: Mapping[str, str] | None = None
    pattern: re.Pattern[str] = re.compile("(?!)")


_cache = _Cache()


def read(text: str, regions: Mapping[str, str]) -> dict[str, object]:
    """What a normalised text tells of the place: a subset of `region` (the code that `regions` gives the name)
    and `hukou_local` (bool). A place of the past, of a child, of a hospital or of a road is none."""
    if not _pattern(regions).search(text):
        text = _heard_rightly(text)
    places = [place for match in _pattern(regions).finditer(text) if (place := _place(text, match, regions))]
    facts = register.hukou(text)
    home = _best([place for place in places if place.hukou is None])
    registered = _best([place for place in places if place.hukou])
    if home is None and registered is not None and registered.code[:2] not in _COVERED:
        # Whoever names a far register has another home that was not said.
        return {"hukou_local": False, **facts}
    if home or registered:
        facts["region"] = (home or registered or places[0]).code
    return facts | _local(home, registered, places)


# Henan and Hebei.
_COVERED: Final = ("41", "13")
_REJECTED, _OLD_HOME, _PLAIN, _LIVES = 0, 1, 2, 3


def _local(home: _Place | None, registered: _Place | None, places: list[_Place]) -> dict[str, object]:
    """Whether the register is where the home is, as far as both are named."""
    if any(place.hukou is False and (home is None or _near(place, home)) for place in places):
        return {"hukou_local": False}
    if registered is None or (home is not None and home.rank <= _PLAIN):
        return {}
    return {"hukou_local": home is None or _near(home, registered)}


def _near(one: _Place, other: _Place) -> bool:
    return _within(one.code, other.code) or _within(other.code, one.code)


def _heard_rightly(text: str) -> str:
    """窝龙 for 卧龙, 燕岭县 for 鄢陵县."""
    found = _ONLY_A_NAME.fullmatch(text) or _RANKED.search(text)
    if found is None:
        return text
    return text[: found.start(1)] + sounds.mended(found[1], "region", wholly=True) + text[found.end(1) :]


def _pattern(regions: Mapping[str, str]) -> re.Pattern[str]:
    if _cache.regions is not regions:
        longest_first = sorted(filter(None, regions), key=len, reverse=True)
        _cache.pattern = re.compile("|".join(map(re.escape, longest_first)) or "(?!)")
        _cache.regions = regions
    return _cache.pattern


def _place(text: str, match: re.Match[str], regions: Mapping[str, str]) -> _Place | None:
    before = re.split(r"[。；;！!？?\n]", text[max(0, match.start() - 16) : match.start()])[-1]
    clause = re.split(r"[，, ]|(?=现在|如今|后来|目前)", before)[-1]
    if _NO_HUKOU.search(clause):
        return _Place(regions[match[0]], _PLAIN, match.start(), hukou=False)
    rank = _rank(text, match.end(), clause)
    if not rank:
        return None
    return _Place(regions[match[0]], rank, match.start(), hukou=_HUKOU.search(clause) is not None or None)


def _rank(text: str, end: int, clause: str) -> int:
    if (
        _OTHER_NAME.match(text, end)
        or _VERB.match(text, end)
        or _NOT.search(clause)
        or _MOVED_FROM.search(clause)
    ):
        return _REJECTED
    if (
        (_PAST.search(clause) and not _MOVED.search(clause))
        or _of_a_child(text, clause)
        or _ELSEWHERE.match(text, end)
        or _of_the_asker(text, end, clause)
    ):
        return _REJECTED
    if _GENERAL.match(text, end) and not _LIVING.search(clause):
        return _OLD_HOME
    if (
        _LIVING.search(clause)
        or _LIVED.match(text, end)
        or (_CAME.search(clause) and _SINCE.match(text, end))
    ):
        return _LIVES
    return _OLD_HOME if _HOME.search(clause) or _GOING.search(clause) else _PLAIN


def _of_the_asker(text: str, end: int, clause: str) -> bool:
    """我在郑州，俺娘在卧龙: where the one who asks is."""
    asker = _ASKER.search(clause)
    return asker is not None and not _LIVED.match(text, end) and _PARENTS.search(text) is not None


def _of_a_child(text: str, clause: str) -> bool:
    """闺女在北京; but where one lives with that child (住儿子家，儿子家在唐河) it is one's own place too."""
    if _CHILD.search(clause) is None:
        return False
    together = _WITH_CHILD.search(text)
    return together is None or next(filter(None, together.groups())) not in clause


def _best(places: list[_Place]) -> _Place | None:
    """The place that is said the most surely to be home; a district wins over its city."""
    if not places:
        return None
    top = max(place.rank for place in places)
    best = next(place for place in places if place.rank == top)
    inside = [place for place in places if _within(place.code, best.code) and place.rank != _OLD_HOME]
    return inside[-1] if inside else best


def _within(inner: str, outer: str) -> bool:
    return inner.startswith(outer.rstrip("0")) if len(outer.rstrip("0")) >= 2 else inner == outer
