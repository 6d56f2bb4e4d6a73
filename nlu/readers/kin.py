"""Finds the words for people in a text: which elder each of them means, or that it is no elder."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Final

from nlu.readers import kin_names, kin_words
from nlu.readers.elder_facts import is_young
from nlu.readers.kin_company import kind_of_absence
from nlu.readers.kin_relatives import joined
from nlu.readers.kin_words import ANYBODY, Kind, Mention, Who, Words

# 我的, 俺家那个, 我那四十八的残疾(弟弟)
_OWNER: Final = re.compile(
    r"(?P<who>我|俺|咱|你|您|恁|他|她)们?(?:家|屋)?里?[的嘞]?(?:那个?|这个?)?(?:个|位)?"
    r"(?:[^，,。；;！!？?\n我俺咱他她是]{0,4}(?:[0-9]{1,3}|[一二三四五六七八九]?十[一二三四五六七八九]?|百)岁?多?的|(?:瘫痪|失能|卧床|残疾|独居|孤寡|有病|糊涂|痴呆)(?:在床|在炕上)?的)?(?:残疾|瘫痪|傻|哑巴|瞎眼)?$"
)
_RANK: Final = re.compile(r"[大二三四五六七八小老]$")
_SOME: Final = re.compile(
    r"(?<!是)(?:有|一|某|这|那|几)(?:一)?[个位名](?:[^，,。；;\n我俺]{0,10}的?)?$|(?:村里|庄上|邻居|隔壁|对门|这|那|村东头|村西头|家)的?$"
)
_OLD: Final = re.compile(
    r"(?:(?<!是)(?:有|还有|某)(?:一)?[个位名]|(?<!是)一[个位名])[^，,。；;\n我俺]{0,10}$"
)
_NOT: Final = re.compile(r"(?<!是)(?<!要)不是(?:说)?(?:我|俺|他|她|咱)?们?(?:家)?的?$")
_LONE: Final = re.compile(r"一个(?!月)|一人|自己|孤")
_FOR: Final = re.compile(r"[代替为帮](?:其|自己|自家|他|她)?的?$")
_NEARBY: Final = re.compile(
    r"(?:(?:[代替为帮给]|问问|邻居|隔壁|对门)(?:[俺我咱]们?)?(?:[村庄组队院楼]|社区|小区)?里?(?:的|那个?|这个?|一个|个|位)?|(?:单位|厂|学校|局|队|连)里?的?|[村庄组队院楼](?:[东西南北前后]头)?里?的?|社区里?的?|小区里?的?)$"
)
_HOUSE: Final = re.compile(r"(?:可|也|就|却|倒|都|现在|还)*(?:没|木|不是|不算|是|有|吃|领|享|算)")
# 理发那师傅, 送饭的阿姨: who came to serve.
_SERVES: Final = re.compile(
    r"(?:理发|送饭|送餐|做饭|洗澡|打扫|保洁|护理|修[^，,。]{1,4}|上门|开车|陪诊|评估|体检|按摩|剪头|送[^，,。]{1,3}|看病|照护|服务|[你恁您]们?(?:这儿?|那儿?|家|单位|社区|公司|平台)?)的?(?:那个?|这个?|一个|个|位|的)*$"
)
# At the head of an entry: 父88, 母：83, 妻姚兰.
_ENTRY: Final = re.compile(r"(?:^|[\s，,。；;：:、（(0-9])$")
_ENTRY_FOLLOWS: Final = re.compile(
    r"[:：, ，（(]?(?:[0-9]{2}|[五六七八九]十|19)|[\u4e00-\u9fff]{2,3}[\s，,（(：:0-9]"
)
_AGE_FOLLOWS: Final = re.compile(r"(?:今年|现在|也|都)*(?:[5-9][0-9](?![0-9])|[五六七八九]十)")
# Other people's couple, not the writer's.
_THEIRS: Final = re.compile(
    r"(?:楼[上下]|隔壁|对门|邻居|邻家|街坊|[前后东西]院|村里|[俺我咱]们?[村庄]|社区里?|小区里?|院里|村[东西南北]头|一对|有对|人家|[王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马]家)"
    r"(?:家|的|那|这|有|个|一|对|住着?|里)*$"
)
_OLD_MAN: Final = re.compile(r"老头儿|老头子|老头|老爷子|大爷|男的")
_OLD_WOMAN: Final = re.compile(r"老太太|老太婆|老婆子|老太|大娘|大妈|女的")


@dataclass(frozen=True, slots=True)
class _Seen:
    """A word for a person where it stands, with the words before it and whose it is said to be."""

    text: str
    start: int
    end: int
    word: str
    role: str
    left: str
    owner: re.Match[str] | None
    found: list[Mention]

    @property
    def mine(self) -> bool:
        return self.owner is not None and self.owner["who"] in "我俺咱"

    @property
    def theirs(self) -> bool:
        return self.owner is not None and self.owner["who"] in "他她"

    def meaning(self, *who: Who, kind: Kind = "elder") -> Mention:
        return Mention(self.start, self.end, kind, who or (Who("other", self.word),), self.word)


def find(text: str) -> tuple[Mention, ...]:
    """The mentions of people in a normalised text, in order, without overlaps; everyday words that only look like
    one and people who are only company ("跟儿子住") are left out."""
    words = kin_words.words()
    names = kin_names.find(text, words)
    taken = {at for name in names for at in range(name.start, name.end)}
    found: list[Mention] = []
    for match in words.heads.finditer(text):
        while names and names[0].end <= match.start():
            found.append(names.pop(0))
        if match.start() in taken:
            continue
        mention = _mention(text, match, words, found)
        if mention is not None:
            _add(found, mention)
    return joined(text, [*found, *names])


def _add(found: list[Mention], mention: Mention) -> None:
    """The 我 of 我妈 is no mention of its own, nor is a name that its title has taken in."""
    while found and found[-1].start >= mention.start:
        found.pop()
    found.append(mention)


def _mention(text: str, match: re.Match[str], words: Words, found: list[Mention]) -> Mention | None:
    left = text[max(0, match.start() - 16) : match.start()]
    word = match[0]
    if split := _split(text, match, left, found):
        return split
    seen = _Seen(text, match.start(), match.end(), word, words.roles[word], left, _OWNER.search(left), found)
    mention = _titled(seen, words) or _anybody(seen) or _by_role(seen)
    if mention is None or mention.kind in ("pronoun", "everyone"):
        return mention
    if seen.owner and mention.start == seen.start and mention.kind != "self":
        mention = replace(mention, start=seen.start - len(seen.owner[0]))
    left = text[max(0, mention.start - 12) : mention.start]
    if _NOT.search(left):
        return replace(mention, kind="denied")
    if _serves(seen, mention, left):
        return replace(mention, kind="worker")
    absence = kind_of_absence(text, mention, left, found)
    if absence == "dead":
        return replace(mention, kind="dead")
    return None if absence else mention


def _split(text: str, match: re.Match[str], left: str, found: list[Mention]) -> Mention | None:
    """The person at the beginning of what looks like one word: 比俺大三岁, 俺爹俺娘俩人, 俺这身子."""
    word, start, heads = match[0], match.start(), match.re
    if word in ("俺大", "我大", "咱大") and left.endswith("比"):
        return Mention(start, start + 1, "self", (Who("self"),), word[0])
    if word[0] in "二三四五六七八九" and left.endswith("十") and (rest := heads.match(text, start + 1)):
        return _by_role(
            _Seen(
                text,
                start + 1,
                rest.end(),
                rest[0],
                kin_words.words().roles[rest[0]],
                left + word[0],
                None,
                found,
            )
        )
    if word == "娘俩" and found and found[-1].kind == "elder" and start - found[-1].end < 2:
        return Mention(start, start + 1, "elder", (Who("mother"),), "娘")
    if word in ("俺这", "我这", "我们这", "俺们这", "咱这") and _BODY.match(text, match.end()):
        return Mention(start, match.end(), "self", (Who("self"),), word)
    return None


_TWO_OF_US: Final = re.compile("[俺我咱老们]$")
_BODY: Final = re.compile("[身腿眼耳病岁年手腰把老个种情况样条]")


def _serves(seen: _Seen, mention: Mention, left: str) -> bool:
    """Whether the words speak of somebody who works for elders."""
    stranger = mention.kind in ("elder", "weak", "worker") and mention.who[0].subject == "other"
    return stranger and not seen.mine and _SERVES.search(left) is not None


def _titled(seen: _Seen, words: Words) -> Mention | None:
    """王大爷, 李桂兰大妈, 张书记."""
    if seen.word not in words.titles and seen.word not in words.officials:
        return None
    name = kin_names.before_title(seen.left)
    if not name:
        return None
    kind: Kind = "elder" if seen.word in words.titles and seen.word not in _ANY_AGE else "weak"
    return Mention(seen.start - len(name), seen.end, kind, (Who("other", name + seen.word),), seen.word)


# Said of young people as well.
_ANY_AGE: Final = frozenset(
    {
        "哥",
        "姐",
        "大哥",
        "大姐",
        "嫂",
        "大嫂",
        "嫂子",
        "师傅",
        "老师",
        "先生",
        "女士",
        "某",
        "某某",
        "二哥",
        "三哥",
    }
)


def _anybody(seen: _Seen) -> Mention | None:
    """老头 and 老太太 are the writer's own, the writer, or anybody."""
    if seen.word not in ANYBODY:
        return None
    if seen.owner and _LONE.match(seen.text, seen.end):
        return seen.meaning(Who("self"), kind="self")
    unowned = not seen.owner and (
        _SOME.search(seen.left) or seen.left.endswith("岁的") or seen.word == "老太太"
    )
    others = not seen.owner and any(_is_other_couple(mention) for mention in seen.found)
    return seen.meaning() if unowned or others else None


def _is_other_couple(mention: Mention) -> bool:
    return len(mention.who) == 2 and mention.who[0].subject == "other" and mention.word in _COUPLES


_COUPLES: Final = frozenset({"老两口", "老两口子", "两口子", "两口", "老俩口", "老俩口子", "俩口子", "老夫妻", "老夫妻俩",
                             "夫妻俩", "夫妻", "夫妇", "老夫妇", "老夫妇俩", "夫妇俩"})  # fmt: skip


def _by_role(seen: _Seen) -> Mention | None:
    """What a word of kinship means here, by the role that the table gives it."""
    if seen.role == "noise" or _is_no_couple(seen):
        return None
    by_role = _OF_ROLE.get(seen.role)
    return by_role(seen) if by_role else _of_others(seen)


def _is_no_couple(seen: _Seen) -> bool:
    """两口 alone is a mouthful (两口饭) as often as a couple."""
    return (
        seen.word == "两口" and not _TWO_OF_US.search(seen.left) and not seen.text.startswith("人", seen.end)
    )


def _father(seen: _Seen) -> Mention | None:
    return seen.meaning(_of_theirs(seen) if seen.theirs else Who("father"))


def _mother(seen: _Seen) -> Mention | None:
    return seen.meaning(_of_theirs(seen) if seen.theirs else Who("mother"))


def _husband_or_wife(seen: _Seen) -> Mention | None:
    return seen.meaning(_of_theirs(seen) if seen.theirs else _spouse(seen))


def _house(seen: _Seen) -> Mention | None:
    if not _last(seen.found, "elder", "weak") or not _HOUSE.match(seen.text, seen.end):
        return None
    return seen.meaning(Who("self"), kind="self")


def _owned_spouse(seen: _Seen) -> Mention | None:
    if seen.word in ("男的", "女的") and any(map(_is_other_couple, seen.found)):
        return seen.meaning()
    if not seen.mine:
        return _named_ones(seen)
    strangers = any(one.kind == "stranger" for one in seen.found)
    young = strangers and is_young(seen.text[seen.end : seen.end + 5])
    return seen.meaning(Who("spouse"), kind="stranger" if young else "elder")


_OF_ROLE: Final[Mapping[str, Callable[[_Seen], Mention | None]]] = {
    "father": _father,
    "mother": _mother,
    "spouse": _husband_or_wife,
    "self": lambda seen: seen.meaning(Who("self"), kind="self"),
    "house": _house,
    "owned_spouse": _owned_spouse,
    "couple": lambda seen: seen.meaning(*_couple(seen)),
    "parents": lambda seen: seen.meaning(Who("father"), Who("mother")),
    **dict.fromkeys(("short", "clipped", "old", "official", "nouns"), lambda seen: _scant(seen)),
}


def _of_others(seen: _Seen) -> Mention | None:
    """Relatives, neighbours, acquaintances."""
    if seen.word in _TIES and len([one for one in seen.found if one.kind == "elder"]) < 2:
        return None
    if again := _named_before(seen):
        return seen.meaning(again)
    if seen.role == "weak" and seen.word in _ACQUAINTED and not seen.owner and not _FOR.search(seen.left):
        return seen.meaning(kind="stranger")
    return seen.meaning(*_PAIRS.get(seen.word, ()), kind=_KINDS.get(seen.role, "elder"))


_ACQUAINTED: Final = frozenset(
    {"同学", "老同学", "战友", "老战友", "同事", "老同事", "朋友", "老朋友", "亲戚", "老乡", "师傅"}
)
_TIES: Final = frozenset(
    {
        "妯娌俩",
        "姐妹俩",
        "兄弟俩",
        "婆媳俩",
        "母女俩",
        "父子俩",
        "母子俩",
        "父女俩",
        "老姐俩",
        "老哥俩",
        "老姐妹俩",
        "老弟兄俩",
    }
)


def _named_before(seen: _Seen) -> Who | None:
    """大爷 after 秦大爷 is he."""
    if seen.owner:
        return None
    names = (one.who[0] for one in seen.found if one.kind == "elder" and one.word.endswith(seen.word))
    return next(
        (who for who in names if who.name and who.name.endswith(seen.word) and who.name != seen.word), None
    )


def _scant(seen: _Seen) -> Mention | None:
    """Words too short or too general to mean somebody without help."""
    if seen.role == "official":
        return None
    if seen.role == "old":
        return seen.meaning() if _OLD.search(seen.left) else None
    if seen.role == "nouns":
        if _OLD.search(seen.left):
            return seen.meaning()
        return seen.meaning(kind="weak") if _NEARBY.search(seen.left) else None
    if seen.role == "clipped":
        entry = _ENTRY.search(seen.left) and _ENTRY_FOLLOWS.match(seen.text, seen.end)
        return seen.meaning(_CLIPPED[seen.word]) if entry or _FOR.search(seen.left) else None
    rank = _RANK.search(seen.left)
    if any(one.word == seen.word for one in seen.found):
        return seen.meaning(next(one.who[0] for one in seen.found if one.word == seen.word))
    listed = (
        _last(seen.found, "elder", "weak")
        and _ENTRY.search(seen.left)
        and _AGE_FOLLOWS.match(seen.text, seen.end)
    )
    name = rank[0] + seen.word if rank else _FULLY.get(seen.word, seen.word)
    told = seen.owner or rank or listed or _FOR.search(seen.left)
    return seen.meaning(Who("other", name)) if told else None


_NEIGHBOURS: Final = re.compile(r"(?:邻居|隔壁|对门|人家|别人|同事|朋友|街坊)(?:家|的|那)*$")
_CLIPPED: Final = {"父": Who("father"), "母": Who("mother"), "夫": Who("spouse"), "妻": Who("spouse")}
# 俺爷 is told as 爷爷.
_FULLY: Final = {"爷": "爷爷", "奶": "奶奶", "姥": "姥姥"}
_PAIRS: Final = {
    "公婆": (Who("other", "公公"), Who("other", "婆婆")),
    "公公婆婆": (Who("other", "公公"), Who("other", "婆婆")),
    "婆婆公公": (Who("other", "婆婆"), Who("other", "公公")),
    "岳父母": (Who("other", "岳父"), Who("other", "岳母")),
    "岳父岳母": (Who("other", "岳父"), Who("other", "岳母")),
    "岳母岳父": (Who("other", "岳母"), Who("other", "岳父")),
    "爷奶": (Who("other", "爷爷"), Who("other", "奶奶")),
    "爷爷奶奶": (Who("other", "爷爷"), Who("other", "奶奶")),
    "奶奶爷爷": (Who("other", "奶奶"), Who("other", "爷爷")),
    "姥姥姥爷": (Who("other", "姥姥"), Who("other", "姥爷")),
    "姥爷姥姥": (Who("other", "姥爷"), Who("other", "姥姥")),
    "外公外婆": (Who("other", "外公"), Who("other", "外婆")),
    "外婆外公": (Who("other", "外婆"), Who("other", "外公")),
    "丈人丈母娘": (Who("other", "丈人"), Who("other", "丈母娘")),
    "老丈人丈母娘": (Who("other", "老丈人"), Who("other", "丈母娘")),
    "老丈人和丈母娘": (Who("other", "老丈人"), Who("other", "丈母娘")),
}
_KINDS: Final[dict[str, Kind]] = {
    "weak": "weak",
    "neighbour": "weak",
    "stranger": "stranger",
    "worker": "worker",
    "pronoun": "pronoun",
    "everyone": "everyone",
}


def _named_ones(seen: _Seen) -> Mention | None:
    """乔海媳妇: somebody's, where the name stands right before."""
    if not seen.found or seen.found[-1].word:
        return None
    between = seen.text[seen.found[-1].end : seen.start]
    return seen.meaning() if between in ("", "的", "他", "她", "家") else None


def _spouse(seen: _Seen) -> Who:
    """老伴 is the writer's, or, in a report about others, of the one named last: 王大爷82，老伴79."""
    last = _last(seen.found, "elder", "self")
    if (
        seen.owner
        or last is None
        or last.kind == "self"
        or last.who[0].subject not in ("other", "father", "mother")
    ):
        return Who("spouse")
    if any(mention.kind == "self" for mention in seen.found) or last.word in _IN_LAWS:
        return Who("spouse")
    who = last.who[0]
    if who.subject != "other":
        return Who("mother" if who.subject == "father" else "father")
    return who if (who.name or "").endswith(seen.word) else Who("other", f"{who.name}的{seen.word}")


_IN_LAWS: Final = frozenset({"公公", "婆婆", "岳父", "岳母", "丈人", "丈母娘", "公婆", "亲家", "妯娌"})


def _couple(seen: _Seen) -> tuple[Who, Who]:
    """The writer and the spouse, or the two old people next door."""
    if seen.word not in _COUPLES or not _THEIRS.search(seen.left):
        return Who("self"), Who("spouse")
    man, woman = _OLD_MAN.search(seen.text, seen.end), _OLD_WOMAN.search(seen.text, seen.end)
    return Who("other", man[0] if man else "老人1"), Who("other", woman[0] if woman else "老人2")


def _of_theirs(seen: _Seen) -> Who:
    """Whom 他老伴 or 她爸 means, after the people named so far."""
    same = (one for one in seen.found if one.word == seen.word and one.kind == "elder")
    again = next((one for one in same if seen.text[one.start] in "他她"), None)
    last = _last(seen.found, "elder", "stranger", "weak")
    if again is not None or last is None:
        return again.who[0] if again else Who(seen.role)
    if last.kind == "stranger":
        strange = _NEIGHBOURS.search(seen.text[: last.start]) or seen.role == "spouse"
        return Who("other", f"{last.word}的{seen.word}") if strange else Who("spouse")
    who = last.who[0]
    if seen.role != "spouse":
        return Who("other", f"{who.name or last.word}的{seen.word}")
    if who.subject in ("father", "mother"):
        return Who("mother" if who.subject == "father" else "father")
    return Who("self") if who.subject == "spouse" else Who("other", f"{who.name}的老伴")


def _last(found: Iterable[Mention], *kinds: str) -> Mention | None:
    return next((mention for mention in reversed(list(found)) if mention.kind in kinds), None)
