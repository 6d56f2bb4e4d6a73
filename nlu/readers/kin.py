"""Finds the words for people in a text: which elder each of them means, or that it is no elder."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Final

from nlu.readers import kin_again, kin_names, kin_nobody, kin_whose, kin_words
from nlu.readers.kin_company import kind_of_absence
from nlu.readers.kin_relatives import joined
from nlu.readers.kin_scant import FOR, SCANT
from nlu.readers.kin_seen import Seen, seen
from nlu.readers.kin_words import ANYBODY, NEIGHBOURS, Kind, Mention, Who, Words
from nlu.readers.words import any_of, set_of

# More people than one message really names.
_MOST: Final = 300
_SOME: Final = re.compile(
    r"(?:第[一二三四五六七八]|另一|还有一|有一|[这那])户(?:是|人家|的)?$|(?<!是)(?:有|一|某|这|那|几)(?:一)?[个位名](?:[^，,。；;\n我俺]{0,10}的?)?$|"
    + any_of("村里 庄上 邻居 隔壁 对门 这 那 村东头 村西头 家")
    + "的?(?:那个?|这个?|个)?(?:(?:五保|特困|低保|孤寡|瘫痪|残疾|独居|哑巴|瞎眼)户?的?)?$"
)
_NOT: Final = re.compile("(?<!是)(?<!要)不是(?:说|给|替|帮|问|为|讲)*(?:我|俺|他|她|咱)?们?(?:家)?的?$")
# 老赵叔
_OLD_NAME: Final = re.compile("(?<![养最敬])老$")
# 她伺候过一个九十八的老人
_TENDED: Final = re.compile("(?:照顾|伺候|侍候|护理|照看|照料|陪护|服侍|带)过[^，,。；;我俺他她]{0,10}$")
_LONE: Final = re.compile("一个(?!月)|一人|自己|孤")
# 理发那师傅, 送饭的阿姨, 公园里那老头: who came to serve, or is only met.
_SERVES: Final = re.compile(
    any_of(
        "理发 送饭 送餐 做饭 洗澡 打扫 保洁 护理 修[^，,。]{1,4} 上门 开车 陪诊 评估 体检 按摩 剪头 卖[^，,。]{1,4} 收[^，,。]{1,4} 推销",
        "跑业务 送[^，,。]{1,3} 看病 照护 服务 同病房 病友 邻床 同屋 公园里? 广场上? 菜市场 街上 路上 电梯里 车上 医院里",
        "[你恁您]们?(?:这儿?|那儿?|家|单位|社区|公司|平台)?",
    )
    + "(?:那|这|一个|个|位|的)*$"
)
# 俺爹九十三，五保老头: what he is, not somebody else.
_SORT: Final = re.compile(
    "(?:^|[，,。；;是个的\\s]|[0-9]岁?)(?:是)?(?:个|一个)?(?:五保|特困|低保|孤寡|孤|独居|瘫痪|残疾|农村|空巢)(?:户|的)?$"
)
# 两人住对门
_NEXT_DOOR: Final = re.compile("住(?:在|着|的是|的)?$")
# 姐俩都是残疾，姐一级妹二级
_OLDER: Final = set_of("姐 姐姐 哥 哥哥 大的 老大")
_YOUNGER: Final = set_of("妹 妹妹 弟 弟弟 小的 老二")
_ELDEST: Final = frozenset({"俺大", "我大", "咱大"})
_HERE: Final = frozenset({"俺这", "我这", "我们这", "俺们这", "咱这"})
_OLD_MEN: Final = set_of("老头 老头儿 老爷子")
_TWO_OF_US: Final = re.compile("[俺我咱老们]$")
_BODY: Final = re.compile("[身腿眼耳病岁年手腰把老个种情况样条]")
# Said of young people as well.
_ANY_AGE: Final = set_of("哥 姐 大哥 大姐 嫂 大嫂 嫂子 师傅 老师 先生 女士 某 某某 二哥 三哥")
_ACQUAINTED: Final = set_of("同学 老同学 战友 老战友 同事 老同事 朋友 老朋友 亲戚 老乡 师傅")
_TIES: Final = set_of(
    "哥俩 哥儿俩 姐俩 姐儿俩 姊妹俩 弟兄俩 俩兄弟 俩姐妹 老姊妹俩 妯娌俩 姐妹俩 兄弟俩 婆媳俩 母女俩 父子俩 母子俩 父女俩"
    " 老姐俩 老哥俩 老姐妹俩 老弟兄俩"
)
_KINDS: Final[dict[str, Kind]] = {
    "weak": "weak",
    "neighbour": "weak",
    "stranger": "stranger",
    "worker": "worker",
    "pronoun": "pronoun",
    "everyone": "everyone",
}


def find(text: str) -> tuple[Mention, ...]:
    """The mentions of people in a normalised text, in order, without overlaps; everyday words that only look like
    one and people who are only company ("跟儿子住") are left out."""
    words = kin_words.words()
    names = kin_names.find(text, words)
    taken = {at for name in names for at in range(name.start, name.end)}
    found: list[Mention] = []
    for match in words.heads.finditer(text):
        while names and names[0].end <= match.start():
            _add_name(found, names.pop(0), text)
        if len(found) > _MOST:
            break
        if match.start() not in taken and (mention := _mention(text, match, words, found)):
            _add(found, mention)
    for name in names[:_MOST]:
        _add_name(found, name, text)
    return joined(text, found)


def _add_name(found: list[Mention], name: Mention, text: str) -> None:
    present = _present(seen(text, name.start, name.end, "", found), name)
    found += [present] if present else []


def _add(found: list[Mention], mention: Mention) -> None:
    """The 我 of 我妈 is no mention of its own, nor is a name that its title has taken in."""
    while found and found[-1].start >= mention.start:
        found.pop()
    found.append(mention)


def _mention(text: str, match: re.Match[str], words: Words, found: list[Mention]) -> Mention | None:
    one = seen(text, match.start(), match.end(), words.roles[match[0]], found)
    if split := _split(one, words):
        return split
    again = kin_again.told_before(one) or kin_again.grandparent(one)
    if (
        not again
        and one.word in ANYBODY
        and _SORT.search(one.left)
        and one.last("elder", "self")
        and not one.owner
    ):
        return None
    mention = one.meaning(again) if again else _titled(one, words) or _anybody(one) or _by_role(one)
    if mention is None or mention.kind in ("pronoun", "everyone"):
        return (
            mention
            if mention is None or not (kin_nobody.is_measure(one) or kin_nobody.is_place(one))
            else None
        )
    if one.owner and mention.start == one.start and mention.kind != "self":
        mention = replace(mention, start=one.start - len(one.owner[0]))
    return _present(one, mention)


def _present(one: Seen, mention: Mention) -> Mention | None:
    """The mention as what it is in this talk; None for who is only company."""
    left = one.text[max(0, mention.start - 12) : mention.start]
    if no := _NOT.search(left):
        return replace(mention, start=mention.start - len(no[0]), kind="denied")
    if _TENDED.search(left):
        return replace(mention, kind="denied")
    if mention.kind in ("elder", "weak") and kin_whose.is_of_worker(one):
        return replace(mention, kind="denied")
    if _serves(one, mention, left):
        return replace(mention, kind="worker")
    absence = kind_of_absence(one.text, mention, left, one.found)
    if absence == "dead":
        return replace(mention, kind="dead")
    return None if absence else mention


def _split(one: Seen, words: Words) -> Mention | None:
    """The person in what only looks like one word: 比俺大三岁, 八十二姨父, 俺爹俺娘俩人, 俺这身子."""
    start = one.start
    if one.word in _ELDEST and one.left.endswith("比"):
        return Mention(start, start + 1, "self", (Who("self"),), one.word[0])
    if one.word[0] in "二三四五六七八九" and one.left.endswith("十"):
        rest = words.heads.match(one.text, start + 1)
        return (
            _by_role(seen(one.text, start + 1, rest.end(), words.roles[rest[0]], one.found)) if rest else None
        )
    elder = one.last("elder") if one.word == "娘俩" else None
    if elder and start - elder.end < 2:
        return Mention(elder.end, start + 1, "elder", (Who("mother"),), "娘")
    if one.word in _HERE and _BODY.match(one.text, one.end):
        return one.meaning(Who("self"), kind="self")
    return None


def _serves(one: Seen, mention: Mention, left: str) -> bool:
    """Whether the words speak of somebody who works for elders."""
    stranger = mention.kind in ("elder", "weak", "worker") and mention.who[0].subject == "other"
    return stranger and not one.mine and _SERVES.search(left) is not None


def _titled(one: Seen, words: Words) -> Mention | None:
    """王大爷, 李桂兰大妈, 张书记."""
    if one.word not in words.titles and one.word not in words.officials:
        return None
    name = kin_names.before_title(one.left)
    if not name:
        return None
    if _OLD_NAME.search(one.left[: -len(name)]):
        name = f"老{name}"
    kind: Kind = "elder" if one.word in words.titles and one.word not in _ANY_AGE else "weak"
    return Mention(one.start - len(name), one.end, kind, (Who("other", name + one.word),), one.word)


def _anybody(one: Seen) -> Mention | None:
    """老头 and 老太太 are the writer's own, the writer, or anybody."""
    if one.word not in ANYBODY:
        return None
    if one.owner:
        return one.meaning(Who("self"), kind="self") if _LONE.match(one.text, one.end) else None
    pair = "老太" in one.text and one.word in _OLD_MEN and not one.last("self")
    somebody = pair or _SOME.search(one.left) or one.left.endswith("岁的") or one.word == "老太太"
    others = any(map(kin_whose.is_other_couple, one.found))
    return one.meaning() if somebody or others else None


def _by_role(one: Seen) -> Mention | None:
    if one.role in SCANT:
        return SCANT[one.role](one)
    if one.role in ("father", "mother"):
        return kin_whose.parent(one)
    if one.role == "spouse":
        return kin_whose.spouse(one)
    if one.role == "couple" and kin_nobody.owns_some(one):
        return None
    if one.role == "couple":
        return kin_whose.couple(one) if one.word != "两口" or _are_two(one) else None
    if one.role == "self":
        return (
            None
            if kin_nobody.in_person(one) or kin_nobody.owns_some(one)
            else one.meaning(Who("self"), kind="self")
        )
    if one.role == "parents":
        return one.meaning(Who("father"), Who("mother"))
    return _others(one)


def _are_two(one: Seen) -> bool:
    """俺两口, and not 喝了两口."""
    return _TWO_OF_US.search(one.left) is not None or one.text.startswith("人", one.end)


def _of_the_two(one: Seen) -> Who | None:
    """姐 and 妹 after 方金凤，方银凤，姐俩: the older is named first."""
    if one.owner or one.word not in _OLDER | _YOUNGER or not any(each.word in _TIES for each in one.found):
        return None
    two = list(dict.fromkeys(each.who[0] for each in one.found if each.kind == "elder"))[-2:]
    return two[0 if one.word in _OLDER else -1] if len(two) > 1 else None


def _others(one: Seen) -> Mention | None:
    if one.word in NEIGHBOURS and _NEXT_DOOR.search(one.left) and not one.text.startswith("的", one.end):
        return None
    if one.word in _TIES and sum(mention.kind == "elder" for mention in one.found) < 2:
        return None
    if again := kin_whose.named_before(one) or _of_the_two(one):
        return one.meaning(again)
    if one.role == "weak" and one.word in _ACQUAINTED and not one.owner and not FOR.search(one.left):
        return one.meaning(kind="stranger")
    pair = kin_words.words().pairs.get(one.word, ())
    return one.meaning(*(Who("other", name) for name in pair), kind=_KINDS.get(one.role, "elder"))
