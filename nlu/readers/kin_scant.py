"""Words that are too short or too general to mean an elder without help: 叔, 父88, 老支书, 媳妇, 俺家."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from nlu.readers.elder_facts import has_elder_fact, is_young
from nlu.readers.kin_seen import Seen
from nlu.readers.kin_whose import is_other_couple
from nlu.readers.kin_words import Mention, Who
from nlu.readers.words import any_of

FOR: Final = re.compile("[代替为帮](?:其|自己|自家|他|她)?的?$")
_RANK: Final = re.compile("[大二三四五六七八小老]$")
_OLD: Final = re.compile(
    r"(?:(?<!是)(?:有|还有|某)(?:一)?[个位名]|(?<!是)一[个位名])[^，,。；;\n我俺]{0,10}$"
)
_GROUND: Final = any_of("[村庄组队院楼] 社区 小区")
_NEARBY: Final = re.compile(
    rf"(?:(?:[代替为帮给]|问问|邻居|隔壁|对门)(?:[俺我咱]们?)?{_GROUND}?里?(?:的|那个?|这个?|一个|个|位)?"
    rf"|{_GROUND}(?:[东西南北前后]头)?里?的?|(?:单位|厂|学校|局|连)里?的?)$"
)
_HOUSE: Final = re.compile("(?:可|也|就|却|倒|都|现在|还)*(?:没|木|不是|不算|是|有|吃|领|享|算)")
_ENTRY: Final = re.compile(r"(?:^|[\s，,。；;：:、（(0-9])$")
_ENTRY_FOLLOWS: Final = re.compile(
    r"[:：, ，（(]?"
    + any_of("残疾 自理 半自理 失能 低保 特困 独居 瘫 卧床 偏瘫 肢体 听力 视力 [0-9]{2} [五六七八九]十 19")
    + r"|[\u4e00-\u9fff]{2,3}[\s，,（(：:0-9]"
)
_AGE_FOLLOWS: Final = re.compile(
    "[ :：(（]?(?:今年|现在|也|都)*(?:[5-9][0-9](?![0-9])|1[01][0-9](?![0-9])|[五六七八九]十)"
)
# 叔没领过退休金，今年六十九
_TOLD: Final = re.compile(
    "(?:今年|现在|也|都|自己|家)*(?:没|领|住|瘫|残|低保|五保|是(?!不是)|有(?!没有)|一个人|独居|[5-9][0-9](?![0-9])|[五六七八九]十)"
)
_CLIPPED: Final = {"父": Who("father"), "母": Who("mother"), "夫": Who("spouse"), "妻": Who("spouse")}
# 俺爷 is told as 爷爷.
_FULLY: Final = {"爷": "爷爷", "奶": "奶奶", "姥": "姥姥"}


def _short(seen: Seen) -> Mention | None:
    """俺姑, 三叔, 代叔; behind another elder also 婶79."""
    again = next((one.who[0] for one in seen.found if one.word == seen.word), None)
    if again:
        return seen.meaning(again)
    rank = _RANK.search(seen.left)
    listed = (
        _ENTRY.search(seen.left) and _AGE_FOLLOWS.match(seen.text, seen.end) and seen.last("elder", "weak")
    )
    name = rank[0] + seen.word if rank else _FULLY.get(seen.word, seen.word)
    opens = seen.start == 0 and _TOLD.match(seen.text, seen.end) and has_elder_fact(seen.text)
    told = seen.owner or rank or listed or opens or FOR.search(seen.left)
    return seen.meaning(Who("other", name)) if told else None


def _clipped(seen: Seen) -> Mention | None:
    """At the head of an entry: 父88, 母：83, 妻姚兰; the second of a couple is the one who writes."""
    entry = _ENTRY.search(seen.left) and _ENTRY_FOLLOWS.match(seen.text, seen.end)
    if not entry and not FOR.search(seen.left):
        return None
    both = any(one.word in ("夫", "妻") and one.word != seen.word for one in seen.found)
    return seen.meaning(Who("self") if both else _CLIPPED[seen.word])


def _old(seen: Seen) -> Mention | None:
    if _OLD.search(seen.left):
        return seen.meaning()
    follows = _AGE_FOLLOWS.match(seen.text, seen.end) or seen.text.startswith(("姓", "叫", "名叫"), seen.end)
    alone = _ENTRY.search(seen.left) and follows
    return seen.meaning() if alone and seen.last("elder", "self", "weak") is None else None


def _noun(seen: Seen) -> Mention | None:
    """俺村有个老兵, 帮老支书问, 乙户：独居老人79."""
    if _OLD.search(seen.left) or _ANOTHERS.search(seen.left):
        return seen.meaning()
    return seen.meaning(kind="weak") if _NEARBY.search(seen.left) else None


# 隔壁那户，男的瘫了，女的七十八
_THAT_HOUSE: Final = re.compile(
    "(?:隔壁|对门|邻居|楼[上下]|[前后]院|[东西南北]头)[^。；;我俺]{0,4}(?:[户家]|人家)[，,：: ]?$|(?:那|这|有一?|一)[户家][，,：: ]?$"
)
# 第二户老汉七十七
_ANOTHERS: Final = re.compile(
    "(?:第[一二三四五六七八]|另一|还有一|有一|[这那甲乙丙丁])户(?:是|人家|的)?[：:]?$|(?:有|村里|隔壁|对门|邻居)(?:一?[个位])?(?:的)?$"
)
# 对象是复员军人，九十四; not 低保对象.
_OPENS: Final = re.compile(r"(?:^|[，,。；;！!\s])$")
_AS_SUBJECT: Final = re.compile(
    r"(?:今年|现在|也|都|早|身体|[有得是](?!不是|什么|啥|谁|哪|没有)|没了|走了|去世|过世|瘫|偏瘫|残|卧床|[5-9][0-9](?![0-9])|[五六七八九]十)"
)


def _owned_spouse(seen: Seen) -> Mention | None:
    """俺媳妇; after a name also 乔海媳妇, and 男的 after 一对老夫妻."""
    if seen.word in ("男的", "女的") and any(len(one.who) > 1 for one in seen.found):
        others = any(map(is_other_couple, seen.found))
        return seen.meaning(kind="elder" if others else "denied")
    if seen.word in ("男的", "女的") and (
        _THAT_HOUSE.search(seen.left) or seen.last("elder") in _strangers(seen)
    ):
        return seen.meaning()
    if seen.word.startswith("老汉") and _ANOTHERS.search(seen.left):
        return seen.meaning()
    if seen.word == "对象" and _OPENS.search(seen.left) and _AS_SUBJECT.match(seen.text, seen.end):
        return seen.meaning(Who("spouse"))
    if not seen.mine:
        return seen.meaning() if _follows_name(seen) else None
    young = is_young(seen.text[seen.end : seen.end + 5]) and seen.last("stranger")
    return seen.meaning(Who("spouse"), kind="stranger" if young else "elder")


def _strangers(seen: Seen) -> list[Mention]:
    """男的 and 女的 of the house next door, told of before."""
    return [one for one in seen.found if one.word in ("男的", "女的") and one.kind == "elder"]


def _follows_name(seen: Seen) -> bool:
    last = seen.found[-1] if seen.found else None
    return (
        last is not None
        and not last.word
        and seen.text[last.end : seen.start] in ("", "的", "他", "她", "家")
    )


def _house(seen: Seen) -> Mention | None:
    """对门吃低保，俺家没有."""
    if seen.last("elder", "weak") is None or not _HOUSE.match(seen.text, seen.end):
        return None
    return seen.meaning(Who("self"), kind="self")


SCANT: Final[dict[str, Callable[[Seen], Mention | None]]] = {
    "short": _short,
    "clipped": _clipped,
    "old": _old,
    "nouns": _noun,
    "owned_spouse": _owned_spouse,
    "house": _house,
    "official": lambda _seen: None,
    "noise": lambda _seen: None,
}
