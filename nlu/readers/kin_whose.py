"""Who is meant by words that depend on those named before: 他老伴, 她爸, 老两口, 大爷 after 秦大爷."""

from __future__ import annotations

import re
from typing import Final

from nlu.readers import kin_names
from nlu.readers.kin_seen import Seen
from nlu.readers.kin_words import Mention, Who
from nlu.readers.words import any_of, set_of

COUPLES: Final = set_of(
    "老两口 老两口子 两口子 两口 老俩口 老俩口子 俩口子 老夫妻 老夫妻俩 夫妻俩 夫妻 夫妇 老夫妇 老夫妇俩 夫妇俩"
)
# 楼上那家老两口 are two more; the 一对 of a worker's report is put there by the reader of sheets.
_NEW_COUPLE: Final = re.compile(
    "(?:楼[上下]|隔壁|对门|邻居|邻家|街坊|有|有一对|还有一对|另一?对|家|户(?:人家)?(?:是|就|有)?|另外?一?[户家]|[户家]：)(?:家|的|那|这|住着?|里)*$"
)
_IN_FAMILY: Final = set_of(
    "公公 婆婆 爷爷 奶奶 姥姥 姥爷 姥娘 外公 外婆 岳父 岳母 丈人 丈母娘 老丈人 儿媳 哥 姐 弟 妹 嫂子"
)
# Other people's couple, not the writer's.
_THEIRS: Final = re.compile(
    any_of(
        "楼[上下] 隔壁 对门 邻居 邻家 街坊 [前后东西]院 村里 [俺我咱]们?[村庄] 社区里? 小区里? 院里 村[东西南北]头 一对 有对 人家",
        "[一二三四五两这那]户(?:人家)?(?:是|就|有)?",
        "[王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马]家",
    )
    + "(?:家|的|那|这|有|个|一|对|住着?|里)*$"
)
_OLD_MAN: Final = re.compile("老头儿|老头子|老头|老爷子|大爷|男的")
_OLD_WOMAN: Final = re.compile("老太太|老太婆|老婆子|老太|大娘|大妈|女的")
_TELLS_OF_HERSELF: Final = re.compile(
    any_of("护工 保姆 护理员 钟点工 家政 阿姨 服务员 护士 社工 志愿者 司机 保洁 小[王李张刘陈赵周吴孙马]")
    + "[^，,。；;我俺]{0,4}(?:说|讲|聊)[^，,。；;我俺]{0,3}[她他](?:自己|以前|都|也|已经)*(?:干|做|当|从事|老家|家里)[^。；;！!？?\n我俺]*$"
)
# How long a helper goes on.
_SPEECH: Final = 60
# 俺那口子
_OWN: Final = frozenset("我俺咱")
# Whoever is called so, 老伴 alone says as much.
_ANYONES: Final = set_of("老人 岳父 老汉 老头 老头儿 老爷子 老太太 丈人 公公 婆婆 岳母 丈母娘")
# Nobody calls a son's wife so: 老李头86，儿子在外；他老婆子84.
_OLD_SPOUSE: Final = set_of("老伴 老伴儿 老婆子 老婆儿 老头子 老头儿 老头 老太婆 老太太")
_IN_LAWS: Final = set_of("公公 婆婆 岳父 岳母 丈人 丈母娘 公婆 亲家 妯娌")
# 支书他爹, 同事她妈
_WHOSE: Final = re.compile(
    f"(?P<who>{any_of('书记 主任 村长 会计 老师 老板 领导 同事 朋友 同学 医生 师傅 司机 老乡 网友 客户')})家?[他她]?们?家?的?$"
)
_IN_LAW_CHILD: Final = re.compile("媳妇?$|女婿|姑爷")
_NEIGHBOURS: Final = re.compile("(?:邻居|隔壁|对门|人家|别人|同事|朋友|街坊)(?:家|的|那)*$")


def parent(seen: Seen) -> Mention:
    if not seen.owner and (name := kin_names.owner(seen.left)):
        return seen.meaning(Who("other", f"{name}的{seen.word}"))
    return seen.meaning(_of_theirs(seen) if seen.theirs else Who(seen.role))


def is_of_worker(seen: Seen) -> bool:
    """保姆说她娘家妈九十了, 护工说她干了八年，老家妈七十九: no elder of the message."""
    if seen.mine:
        return False
    last = seen.last("elder", "self", "stranger", "weak", "worker", "dead")
    of_hers = seen.theirs and last is not None and last.kind == "worker"
    return (
        of_hers or _TELLS_OF_HERSELF.search(seen.text, max(0, seen.start - _SPEECH), seen.start) is not None
    )


def spouse(seen: Seen) -> Mention:
    return seen.meaning(_of_theirs(seen) if seen.theirs else _spouse(seen))


def couple(seen: Seen) -> Mention:
    """The writer and the spouse, or the two old people next door."""
    if seen.word not in COUPLES or not _THEIRS.search(seen.left):
        return seen.meaning(*(_couple_named(seen) or (Who("self"), Who("spouse"))))
    if named := _couple_named(seen):
        return seen.meaning(*named)
    next_house = seen.text.find("户", seen.end)
    end = next_house if next_house >= 0 else len(seen.text)
    man, woman = _OLD_MAN.search(seen.text, seen.end, end), _OLD_WOMAN.search(seen.text, seen.end, end)
    return seen.meaning(
        Who("other", man[0] if man else "老人1"), Who("other", woman[0] if woman else "老人2")
    )


def _couple_named(seen: Seen) -> tuple[Who, ...]:
    """周大爷七十六，老两口空巢: who was told of before in the same item, and is not of the writer's family."""
    if seen.mine or seen.word not in COUPLES or _NEW_COUPLE.search(seen.left):
        return ()
    item = max(seen.text.rfind(mark, 0, seen.start) for mark in "；;。\n") + 1
    here = [one for one in seen.found if one.start >= item and _may_be_elder(one)]
    who = list(dict.fromkeys(one.who[0] for one in here if len(one.who) == 1))
    named = all(each.subject == "other" and each.name not in _IN_FAMILY for each in who)
    return tuple(who[-2:]) if who and named else ()


def _may_be_elder(mention: Mention) -> bool:
    return mention.kind in ("elder", "self") or (mention.kind == "weak" and not mention.word)


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
    last = next((one for one in reversed(seen.found) if _may_be_elder(one)), None)
    if seen.owner or seen.word[0] in _OWN or last is None or seen.last("self"):
        return Who("spouse")
    if last.word in _IN_LAWS and seen.text[last.start] not in "他她":
        return Who("spouse")
    return _partner(last.who[0], seen)


def _of_theirs(seen: Seen) -> Who:
    """Whom 他老伴 or 她爸 means, after the people named so far."""
    same = (one for one in seen.found if one.word == seen.word and one.kind == "elder")
    again = next((one for one in same if seen.text[one.start] in "他她"), None)
    if again is not None:
        return again.who[0]
    last = seen.last("elder", "stranger", "weak", "dead")
    if last is not None and last.kind == "stranger" and seen.word in _OLD_SPOUSE:
        last = seen.last("elder", "dead") or last
    if last is None:
        whose = _WHOSE.search(seen.left)
        return Who("other", f"{whose['who']}的{seen.word}") if whose else Who(seen.role)
    if last.kind == "stranger":
        return _of_child(seen, last)
    if seen.role != "spouse":
        return Who("other", _as_told(last, seen))
    return _partner(last.who[0], seen)


def _as_told(last: Mention, seen: Seen) -> str:
    """老公他爹, and 对象的妈 where the two words stand apart."""
    name, tie = last.who[0].name or last.word, f"的{last.word}"
    if last.kind == "elder" and seen.text[last.start] in "他她" and name.endswith(tie):
        return f"{name.removesuffix(tie)}的{seen.word}"
    beside = seen.owner is not None and last.end == seen.start - len(seen.owner[0])
    return f"{last.who[0].name or last.word}{seen.owner[0] if beside and seen.owner else '的'}{seen.word}"


def _of_child(seen: Seen, child: Mention) -> Who:
    """她爸, told of one's daughter, is one's husband; told of a daughter-in-law or the neighbours' he is not."""
    if _IN_LAW_CHILD.search(child.word) or seen.word.startswith("娘家"):
        return Who("other", _as_told(child, seen))
    strange = _NEIGHBOURS.search(seen.text[: child.start][-8:]) or seen.role == "spouse"
    return Who("other", f"{child.word}的{seen.word}") if strange else Who("spouse")


def _partner(who: Who, seen: Seen) -> Who:
    if who.subject in ("father", "mother"):
        return Who("mother" if who.subject == "father" else "father")
    if who.subject != "other":
        return Who("self") if seen.theirs else Who("spouse")
    if (who.name or "").endswith(seen.word):
        return who
    if who.name in _ANYONES and not seen.theirs:
        return Who("other", seen.word)
    return Who("other", f"{who.name}的{'老伴' if seen.theirs else seen.word}")
