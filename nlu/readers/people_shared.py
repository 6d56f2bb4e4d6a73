"""Shares what is said of several people in one breath: 都是低保, 一个85一个83, 男82女80, 分别83岁、80岁."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import Final

from nlu.readers.elder_facts import has_elder_age
from nlu.readers.kin_words import Who, sex_of
from nlu.readers.words import any_of

_COUPLE: Final = 2
_UNIT: Final = "(?:周?岁|虚岁)"
_AGE: Final = "(?:[5-9][0-9]|1[01][0-9]|[五六七八九]十[一二三四五六七八九]?|一百[零一二三四五]?[一二三四五]?)"
_THEY: Final = any_of(
    "也 不过 但是? 可是? 反正 好在 总算 其实 现在 目前 他们 她们 以上 上面 上述 这些人? [这他她我俺咱]们?"
)
_HOW_MANY: Final = "(?:[俩仨]|[两二三四五六几][个位名口]?)?(?:老人家?|老的|老|人|都?谁)?"
_WHERE: Final = any_of("现在 目前 户口 户籍 名下 家里 手里 身体 平时")
# 都83了, 都这么大了, 都靠我, 都三年了: said of one as well.
_NOT_ALL: Final = r"(?!\s*(?:[0-9]|[一二三四五六七八九]?十|快|这么|那么|好几|因为|怪|靠|\S*[年月]了|[领有][^，,。]{0,3}[吗不没]$))"
_ALL: Final = rf"(?:[都均]{_NOT_ALL}|全(?=是|都|没|有|无|属))"
_PLURAL: Final = re.compile(
    r"(?:(?<=[0-9十一二三四五六七八九岁了，,。；;\s、：:)）多保困居疾级户证理残])(?!(?<=十)[一二三四五六七八九])|(?<=[0-9]年)|^)"
    rf"{_THEY}?{_HOW_MANY}{_WHERE}?(?:也|又|全|谁)?{_ALL}|"
    "(?:俩|两|二|三|仨)(?:个|位)?(?:人|老|口)(?!的钱)|俩(?=都|也|是|没|全|均)|老两口|两口子|(?:两|二)位(?!数)|"
    "(?<![平])均(?!价|可|能)|全都|全是(?!我)|谁都(?=没|不|有)"
)
_BOTH_AGED: Final = re.compile(r"(?:^|(?<=[，,。；;\s]))(?:也|现在|他们)?都(?=快|已|[0-9]{2}|[五六七八九]十)")
_OF_ALL: Final = re.compile(
    rf"^[，,、\s]*(?:{_THEY}|谁|又)*(?:[俩仨]|[两二三四五六几][个位名口]?|老两口子?|两口子)?(?:子|老人家?|老的|老|人)?"
    rf"(?P<what>(?:现在|目前)?{_WHERE}?)(?:也|又|全|谁)*(?:都|均|全|俩)?"
)
# Two by themselves are not alone.
_TWO_ALONE: Final = re.compile(
    "[，,、\\s]*(?:他们|她们)?(?:俩人?|两个?人|老两口|两口子)(?:都|就)?(?:自己|单独)(?:住|过|生活)"
)
_ONLY_NO: Final = re.compile("(?:没有?|木有|没得|冇|不是|有|是|无)[了的呢啊哩嘞，,。 ]*")
# Before anybody is named: of all who follow.
_FOR_ALL: Final = re.compile(
    r"(?:下面|以下|下列|这|那|我们|俺们|有|共)[^，,。；;\n]{0,6}?(?:[几俩仨两三四五六七八九十0-9]+[个位名户人]|[俩仨几]|些)|"
    r"(?:^|[，,。；;、\s])(?:都|均|全)(?=是|没|有|住|在|无|为|属|领|吃)|(?:[:：]|有|如下|名单)\s*$|[\u4e00-\u9fff]\s*\n\s*$"
)
# What a household is, and nobody alone.
HOUSEHOLD_STATES: Final = "低保|建档立卡|脱贫|返贫|监测|低收入"
# 低保户，爸83，妈80: what a household is, told before those of one household.
_HOUSEHOLD: Final = re.compile(
    r"(?:[\u4e00-\u9fff]{2,6}[区县市乡镇](?:的|人)?[，,、 ]+)?(?:(?:我们?|俺们?|咱们?)?(?:家里?|全家)?(?:也|都|不是|是|属于|吃|享受)*"
    rf"(?:{HOUSEHOLD_STATES})(?:边缘)?(?:户|家庭|对象|人家)?[，,、 ]*)+"
)
_OF_ONE_HOUSEHOLD: Final = re.compile("公公|婆婆|爷爷?|奶奶?|姥姥|姥爷|外公|外婆|岳父|岳母|老丈人|丈母娘")
_FIRST_ITEM: Final = re.compile("(?:第|头|其中)?一(?:户|家|个|位)(?:人家)?(?:就?是|叫|，|：|:)")
_THRESHOLD: Final = re.compile("(?:[0-9]{2}|[五六七八九]十[一二三四五]?)(?:周?岁)?(?:及?以上|往上)的?")
_EACH: Final = re.compile(
    "(?:还有|另外?)?(?<!十)一个(?![人月星礼女男孩儿闺])|一位|第[一二三]个|最[大小年][的长轻]|中间(?:那个|的)"
    "|(?<![\u4e00-\u9fff])[甲乙丙丁戊](?=[\\s：:，,]?[0-9]{2})"
)
_PLAIN_AGE: Final = re.compile(
    rf"(?:还有|另外?)?(?:一个|一位|第[一二三]个)(?:是|都|也|就|快|今年)?({_AGE})(?!多|来|几|出头|不到|[0-9])"
    rf"(?:{_UNIT}|了)?(?=[，,、；;。\s]|$)"
)
_PAIR: Final = re.compile(
    rf"(?:分别|各|岁数|年龄|今年)*(?:是|为|有)?(?<![0-9.])({_AGE}){_UNIT}?\s?(?:[、，,和跟与/+ ]|还有)\s?"
    rf"({_AGE})(?:{_UNIT}|(?![0-9元块斤号楼层]))"
)
# 仨五保，78、81、85
_COUNTED: Final = re.compile(
    rf"(?P<ages>(?<![0-9.])(?:{_AGE}{_UNIT}?\s?(?:[、，,和跟与/ ]|还有)\s?){{2,9}}{_AGE}){_UNIT}?"
    rf"(?![0-9元块斤号楼层]|{_UNIT}?(?:的|及?以上|往上))"
)
_OLDER: Final = re.compile(_AGE)
# 住敬老院俩，在家一个; 男的瘫了女的好好的: said of some of them, and nobody knows of whom.
_OF_SOME: Final = re.compile("[，,。；; ]*[^，,。；;]*(?:[俩仨]|[一二两三四五六七八][个位])(?=[，,。；; ]|$)")
_BY_TWO: Final = re.compile(
    "[，,、 ]*(?:男(?:的|方)[^，,。；;男女]*[，,、 ]*女|女(?:的|方)[^，,。；;男女]*[，,、 ]*男)(?:的|方).*"
)
_SEX: Final = "(?:的|方|老人|性)?[^，,。0-9男女]{0,6}?"
_BY_SEX: Final = re.compile(
    rf"(?P<one>[男女]){_SEX}(?P<first>{_AGE}){_UNIT}?了?(?P<of_one>[^男女]{{0,24}}?)[，,、；; ]*"
    rf"(?P<two>[男女]){_SEX}(?P<second>{_AGE}){_UNIT}?了?"
)


def plural(text: str) -> int:
    """Where in `text` something begins to be said of all; -1 where nothing is."""
    found = _PLURAL.search(text)
    return found.start() if found else -1


def both_aged(text: str) -> int:
    """Where 都八十多了 begins; -1 where nobody says so."""
    found = _BOTH_AGED.search(text)
    return found.start() if found else -1


def said_to_all(text: str) -> str:
    """`text`, which begins with 都 or 俩人都, as it is said of one."""
    told = _OF_ALL.sub(r"\g<what>", text, count=1)
    return f"老两口{told}" if _TWO_ALONE.match(text) else told


def says_only_no(text: str) -> bool:
    """Whether `text` is nothing but 没有 or 不是."""
    return _ONLY_NO.fullmatch(text) is not None


def is_for_all(text: str) -> bool:
    """Whether words before anybody is named are said of all who follow ("下面三位均为低保：")."""
    return _FOR_ALL.search(text) is not None


def is_of_a_household(text: str, subject: str, name: str | None) -> bool:
    """Whether these words, before a parent or a spouse is named, say what the household is and nothing else."""
    own = subject != "other" or _OF_ONE_HOUSEHOLD.fullmatch(name or "") is not None
    return own and _HOUSEHOLD.fullmatch(text) is not None


def heading(text: str) -> tuple[str, str]:
    """What is said of all who follow, and what begins to be told of the first: 两户，一户是孤寡老人."""
    found = _FIRST_ITEM.search(text)
    return (text[: found.start()], text[found.start() :]) if found else (text, "")


def without_threshold(text: str) -> str:
    """A heading without the age that the list is about ("七十五岁以上独居的有")."""
    return _THRESHOLD.sub("", text)


def each_of(text: str) -> list[tuple[int, int]]:
    """The parts of `text` from one 一个 to the next."""
    starts = [match.start() for match in _EACH.finditer(text)]
    return list(pairwise([*starts, len(text)]))


def tells_apart(text: str, count: int) -> bool:
    """Whether `text` tells the ages of `count` people, one after the other."""
    each = each_of(text)
    if len(each) == count:
        return all(has_elder_age(text[start:end]) for start, end in each)
    return count == _COUPLE and two_ages(text) is not None


def two_ages(text: str) -> re.Match[str] | None:
    """Two ages side by side, in groups 1 and 2."""
    return _PAIR.search(text)


def ages_in_a_row(text: str) -> re.Match[str] | None:
    """Three ages and more, side by side."""
    return _COUNTED.search(text)


def shares_of_ages(text: str, row: re.Match[str]) -> list[str]:
    """What is told of each of those whose ages stand in a row; what is said of some of them is nobody's."""
    before, after = text[: row.start()], _OF_SOME.sub("", said_to_all(text[row.end() :]))
    return [f"{before}{age}岁，{after}" for age in _OLDER.findall(row["ages"])]


def shares(text: str, who: Sequence[Who]) -> list[str]:
    """What `text` says of each in `who`: their own age where the ages are told one after the other, and all the rest."""
    each = each_of(text)
    if len(each) == len(who) > 1:
        return _one_by_one(text, each)
    if len(who) == 2 and (sexes := _BY_SEX.search(text)):
        return _by_sex(text, sexes, who)
    if len(who) == 2 and (pair := _PAIR.search(text)):
        return [f"{text[: pair.start()]}{pair[side]}岁，{said_to_all(text[pair.end() :])}" for side in (1, 2)]
    row = ages_in_a_row(text)
    if row and len(_OLDER.findall(row["ages"])) == len(who):
        return shares_of_ages(text, row)
    of_all = "都" in text[:5] or plural(text[:6]) >= 0
    return [said_to_all(text) if of_all else text] * len(who)


def _one_by_one(text: str, each: Sequence[tuple[int, int]]) -> list[str]:
    parts = [text[start:end] for start, end in each]
    shared, told = plural(parts[-1]), ""
    if shared > 0:
        parts[-1], told = parts[-1][:shared], said_to_all(parts[-1][shared:])
    # 甲低保 乙五保 丙都不是: of him alone, and of what is not said.
    common = f"，{told}" if shared > 0 and not says_only_no(told) else ""
    parts[-1] = _BY_TWO.sub("", parts[-1])
    head = text[: each[0][0]]
    return [f"{head}{_plainly(part)}{common}" for part in parts]


def _plainly(part: str) -> str:
    """一个81 is 81岁."""
    return _PLAIN_AGE.sub(r"\1岁", part, count=1)


def _by_sex(text: str, sexes: re.Match[str], who: Sequence[Who]) -> list[str]:
    """男82女80; where it is not known who is the man, neither age is anybody's."""
    told = {sexes["one"]: f"{sexes['first']}岁{sexes['of_one']}", sexes["two"]: f"{sexes['second']}岁"}
    of = {"m": told.get("男", ""), "f": told.get("女", ""), "": ""}
    before, after = text[: sexes.start()], said_to_all(text[sexes.end() :])
    return [f"{before}{of[sex]}，{after}" for sex in _sexes(who)]


def _sexes(who: Sequence[Who]) -> list[str]:
    """The sexes of two; who is not told is what the other is not."""
    sexes = [sex_of(one) for one in who]
    if sexes.count("") != 1:
        return sexes
    return [sex or ("f" if "m" in sexes else "m") for sex in sexes]
