"""Who is meant by words that depend on those named before: 他老伴, 她爸, 老两口, 大爷 after 秦大爷."""

from __future__ import annotations

import re
from typing import Final

from nlu.readers.kin_seen import Seen
from nlu.readers.kin_words import Mention, Who
from nlu.readers.words import any_of, set_of

COUPLES: Final = set_of(
    "老两口 老两口子 两口子 两口 老俩口 老俩口子 俩口子 老夫妻 老夫妻俩 夫妻俩 夫妻 夫妇 老夫妇 老夫妇俩 夫妇俩"
)
# Other people's couple, not the writer's.
_THEIRS: Final = re.compile(
    any_of(
        "楼[上下] 隔壁 对门 邻居 邻家 街坊 [前后东西]院 村里 [俺我咱]们?[村庄] 社区里? 小区里? 院里 村[东西南北]头 一对 有对 人家",
        "[王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马]家",
    )
    + "(?:家|的|那|这|有|个|一|对|住着?|里)*$"
)
_OLD_MAN: Final = re.compile("老头儿|老头子|老头|老爷子|大爷|男的")
_OLD_WOMAN: Final = re.compile("老太太|老太婆|老婆子|老太|大娘|大妈|女的")
_IN_LAWS: Final = set_of("公公 婆婆 岳父 岳母 丈人 丈母娘 公婆 亲家 妯娌")
# 支书他爹, 同事她妈
_WHOSE: Final = re.compile(
    f"(?P<who>{any_of('书记 主任 村长 会计 老师 老板 领导 同事 朋友 同学 医生 师傅 司机 老乡 网友 客户')})家?[他她]?们?家?的?$"
)
_NEIGHBOURS: Final = re.compile("(?:邻居|隔壁|对门|人家|别人|同事|朋友|街坊)(?:家|的|那)*$")


def parent(seen: Seen) -> Mention:
    return seen.meaning(_of_theirs(seen) if seen.theirs else Who(seen.role))


def spouse(seen: Seen) -> Mention:
    return seen.meaning(_of_theirs(seen) if seen.theirs else _spouse(seen))


def couple(seen: Seen) -> Mention:
    """The writer and the spouse, or the two old people next door."""
    if seen.word not in COUPLES or not _THEIRS.search(seen.left):
        return seen.meaning(Who("self"), Who("spouse"))
    man, woman = _OLD_MAN.search(seen.text, seen.end), _OLD_WOMAN.search(seen.text, seen.end)
    return seen.meaning(
        Who("other", man[0] if man else "老人1"), Who("other", woman[0] if woman else "老人2")
    )


def is_other_couple(mention: Mention) -> bool:
    """Whether the mention means two old people who are not the writer's family."""
    return len(mention.who) == 2 and mention.who[0].subject == "other" and mention.word in COUPLES


def named_before(seen: Seen) -> Who | None:
    """大爷 after 秦大爷 is he."""
    if seen.owner:
        return None
    names = (one.who[0] for one in seen.found if one.kind == "elder" and one.word.endswith(seen.word))
    return next((who for who in names if _ends_with(who, seen.word)), None)


def _ends_with(who: Who, word: str) -> bool:
    return who.name is not None and who.name != word and who.name.endswith(word)


def _spouse(seen: Seen) -> Who:
    """老伴 is the writer's, or, in a report about others, of the one named last: 王大爷82，老伴79."""
    last = seen.last("elder", "self")
    if seen.owner or last is None or last.word in _IN_LAWS or seen.last("self"):
        return Who("spouse")
    return _partner(last.who[0], seen)


def _of_theirs(seen: Seen) -> Who:
    """Whom 他老伴 or 她爸 means, after the people named so far."""
    same = (one for one in seen.found if one.word == seen.word and one.kind == "elder")
    again = next((one for one in same if seen.text[one.start] in "他她"), None)
    if again is not None:
        return again.who[0]
    last = seen.last("elder", "stranger", "weak")
    if last is None:
        whose = _WHOSE.search(seen.left)
        return Who("other", f"{whose['who']}的{seen.word}") if whose else Who(seen.role)
    if last.kind == "stranger":
        return _of_child(seen, last)
    if seen.role != "spouse":
        return Who("other", f"{last.who[0].name or last.word}的{seen.word}")
    return _partner(last.who[0], seen)


def _of_child(seen: Seen, child: Mention) -> Who:
    """她爸, told of one's daughter, is one's husband; told of the neighbours' daughter he is not."""
    strange = _NEIGHBOURS.search(seen.text[: child.start][-8:]) or seen.role == "spouse"
    return Who("other", f"{child.word}的{seen.word}") if strange else Who("spouse")


def _partner(who: Who, seen: Seen) -> Who:
    if who.subject in ("father", "mother"):
        return Who("mother" if who.subject == "father" else "father")
    if who.subject != "other":
        return Who("self") if seen.theirs else Who("spouse")
    if (who.name or "").endswith(seen.word):
        return who
    return Who("other", f"{who.name}的{'老伴' if seen.theirs else seen.word}")
