"""Puts together the words that name one person: 邻居王大爷, 我妈李秀英, 王大爷的老伴, 乔海媳妇."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Final

from nlu.readers.kin_words import NEIGHBOURS, Kind, Mention, Who
from nlu.readers.words import any_of, set_of

_NAME_GAP: Final = re.compile(r"(?:[，,：:（( ]?(?:名字)?(?:叫做?|名叫|姓名|名|是)[:： ]?|[：:（(]?)")
_NEAR: Final = NEIGHBOURS | set_of(
    "老人 战友 老战友 亲戚 朋友 老朋友 同事 老同事 老乡 老光棍 光棍汉 老党员 老兵 老支书",
    "老教师 孤寡老人 五保老人 独居老人",
)
# 隔壁五保户张老汉, 邻居家孤身的老韩
_NEAR_GAP: Final = re.compile(
    any_of(
        "家 的 那 这 个 位 有 一 住 老 姓 叫 名叫 五保户? 低保户? 特困户? 贫困户 孤寡 孤身 独居 瘫痪 残疾 哑巴 瞎子 聋子 村民"
    )
    + "{0,4}"
)
# 我是退休教师刘老师
_I_AM: Final = re.compile(
    "(?:就)?是(?:一个|一名|个|名)?(?:退休|退役|退伍)?(?:教师|工人|干部|职工|军人|老师|村民|居民|农民|[^，,。的家]{0,2}村)?(?:的)?"
)
_OF: Final = re.compile("(?:家)?[的嘞他她](?:家)?|家")
# In a list of names the partner is one more of the names: 户主段有福，妻姚兰.
_IN_A_LIST: Final = set_of("配偶 妻 夫 妻子 丈夫 爱人 老伴 其妻 其夫 其妻子 其丈夫")
# 周大娘她儿子牺牲了，她是烈属
_SHE_AGAIN: Final = re.compile("[，,。；;][她他](?=今年|现在|自己|是|也|[0-9五六七八九])")
# 她妈也就是我姥姥
_IS_ALSO: Final = re.compile("[，,]?(?:也就是|就是|也即|即|也是)(?:说)?")
_OWN: Final = frozenset("我俺咱")
# 我的表这样填：姓名 赵改兰
_MY_FORM: Final = re.compile(
    "(?:自己|本人)?的?(?:表格?|信息|情况|资料|材料|登记表?|申请表?)[^。；;]{0,8}?[：: ，,](?:姓名|名字)[：: ]*"
)
_SOMEBODY: Final = set_of(
    "老太太 老太 老太婆 老头 老头儿 老头子 老汉 老人 老大娘 老大爷 老奶奶 大爷 大娘 邻居"
)
_FAR: Final = 24
# 来电人母亲82岁
_CALLERS: Final = set_of(
    "来电人 来电者 来访人 来访者 求助人 求助者 咨询人 咨询者 申请人 反映人 反映者 诉求人 报告人"
)
# 他弟陈发旺: on a worker's list they go by their names.
_SIBLINGS: Final = set_of(
    "弟 弟弟 哥 哥哥 姐 姐姐 妹 妹妹 大哥 二哥 三哥 大弟 二弟 三弟 大姐 二姐 三姐 大妹 二妹 三妹"
)
_RELATIVES: Final = set_of(
    "老伴 老伴儿 媳妇 婆娘 老婆 老婆子 妻子 爱人 丈夫 老公 男人 老头 老头子 配偶 妻 夫"
)


def joined(text: str, mentions: list[Mention]) -> tuple[Mention, ...]:
    """The mentions of `text`, in order, those of one person put together."""
    every: list[Mention] = []
    fully: dict[tuple[Who, ...], tuple[Who, ...]] = {}
    for mention in mentions:
        if _is_meant_by_another_word(mention):
            mention = replace(mention, who=fully.get(mention.who, mention.who))
        one = _one_of_both(every, mention, text) if every else None
        if one is None:
            every.append(mention)
        else:
            fully[mention.who] = one.who
            every[-1] = one
    return tuple(every)


def _is_meant_by_another_word(mention: Mention) -> bool:
    """老爷子 for 公公, who may be 张大嫂的公公."""
    name = mention.who[0].name if len(mention.who) == 1 else None
    return bool(name and mention.word and not name.endswith(mention.word))


def _one_of_both(every: list[Mention], mention: Mention, text: str) -> Mention | None:
    """The last of `every` and `mention` as one, None where they are two people."""
    last, gap = every[-1], text[every[-1].end : mention.start]
    if _is_other(mention) and (mine := _beside(last, mention, text, gap)):
        return mine
    if told := _told_apart(last, mention, text, gap):
        return told
    if _is_apposition(last, mention, gap):
        return _named(every, mention)
    if not gap and last.word in _CALLERS and mention.kind == "elder":
        return replace(mention, start=last.start)
    if not gap and last.kind == "worker" and mention.kind in ("elder", "weak"):
        return replace(last, end=mention.end)
    if not gap and last.kind == "stranger" and mention.kind == "elder":
        return replace(mention, start=last.start, who=(Who("other", mention.word),))
    return _relative_of(last, mention, text, gap)


def _told_apart(last: Mention, mention: Mention, text: str, gap: str) -> Mention | None:
    """我的表：姓名 赵改兰; 有个老太太，姓马，马奶奶; 她妈也就是我姥姥."""
    if last.kind == "self" and not mention.word and _MY_FORM.fullmatch(gap):
        return replace(last, end=mention.end, who=(Who("self", mention.who[0].name),))
    if last.word in _SOMEBODY and mention.kind in ("elder", "weak") and _is_introduced(mention, text, gap):
        return replace(mention, start=last.start, kind="elder")
    also = _IS_ALSO.fullmatch(gap) and text[last.start] not in _OWN
    return replace(mention, start=last.start) if also and mention.kind == last.kind == "elder" else None


def _is_introduced(mention: Mention, text: str, gap: str) -> bool:
    """有个老太太，我们楼道的，姓马，马奶奶: the surname says whose name follows."""
    called = re.search("[姓叫](.)[^。；;0-9]{0,6}$", gap)
    return called is not None and len(gap) < _FAR and called[1] == text[mention.start]


def _is_other(mention: Mention) -> bool:
    return mention.kind in ("elder", "weak") and mention.who[0].subject == "other"


def _beside(last: Mention, mention: Mention, text: str, gap: str) -> Mention | None:
    """邻居王大爷, and the writer who says who they are."""
    if last.word in _NEAR and _NEAR_GAP.fullmatch(gap):
        kind: Kind = "elder" if last.word in NEIGHBOURS and mention.word not in NEIGHBOURS else mention.kind
        return replace(mention, start=last.start, kind=kind)
    if (
        last.kind == "self"
        and _I_AM.fullmatch(gap)
        and text[mention.end : mention.end + 1] not in ("的", "家")
    ):
        return replace(last, end=mention.end)
    return None


def _is_apposition(last: Mention, mention: Mention, gap: str) -> bool:
    """我妈李秀英, 他弟陈发旺: a name behind a word for a person is that person's."""
    if mention.word or last.word == "" or len(last.who) > 1 or last.kind in ("everyone", "denied"):
        return False
    return _NAME_GAP.fullmatch(gap) is not None


def _named(every: list[Mention], mention: Mention) -> Mention:
    last, name = every[-1], mention.who[0].name
    if last.kind == "pronoun":
        return replace(last, end=mention.end)
    sibling = last.kind == "stranger" and last.word[0] == "老" and mention.kind == "elder"
    listed = last.word in _IN_A_LIST and any(not one.word and one.kind == "elder" for one in every)
    if sibling or listed or last.word in _SIBLINGS:
        return replace(mention, start=last.start)
    if last.kind == "elder" and last.who[0].subject == "other" and last.word not in _NEAR:
        return replace(last, end=mention.end)
    return replace(last, end=mention.end, who=(Who(last.who[0].subject, name),))


def _relative_of(last: Mention, mention: Mention, text: str, gap: str) -> Mention | None:
    """王大爷的老伴, 乔海媳妇, 我对象他妈, 老太婆她."""
    if (
        last.kind not in ("elder", "stranger", "weak")
        or len(last.who) > 1
        or (last.kind == "stranger" and not last.word)
    ):
        return None
    if mention.kind == "pronoun":
        return replace(last, end=mention.end) if not gap else None
    linked = _OF.fullmatch(gap) is not None or (not gap and text[mention.start] in "他她")
    beside = not gap and last.who[0].subject == "other" and mention.word in _RELATIVES
    if mention.kind not in ("elder", "weak"):
        if last.kind == "elder" and mention.kind == "stranger" and _SHE_AGAIN.search(text, mention.end):
            return None
        return (
            replace(mention, start=last.start) if linked and gap != "家" and mention.kind != "self" else None
        )
    if not linked and not beside:
        return None
    return _relative(last, mention, "" if beside else _of(text, last, mention))


def _of(text: str, last: Mention, mention: Mention) -> str:
    """老公他爹, 张大嫂的公公: how the one is tied to the other, as told."""
    between = text[last.end : mention.end - len(mention.word)]
    return next((word for word in ("他", "她") if between.startswith(word)), "的")


def _relative(last: Mention, mention: Mention, of: str) -> Mention:
    subject = last.who[0].subject
    if last.kind == "elder" and subject in ("father", "mother") and mention.word in _RELATIVES:
        who = Who("mother" if subject == "father" else "father")
    elif last.kind == "stranger":
        who = Who("other", mention.word)
    else:
        who = Who("other", f"{last.who[0].name or last.word}{of}{mention.word}")
    return replace(mention, start=last.start, who=(who,))
