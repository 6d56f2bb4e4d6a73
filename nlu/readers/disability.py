"""Reads the disability certificate: whether one is held, its level and its kind."""

from __future__ import annotations

import re

from nlu.readers.clauses import Clause, split
from nlu.readers.mentions import Mention, mentions
from nlu.readers.stance import Stance
from nlu.readers.words import any_of, pattern

_LEVELS = {
    digit: level for level, row in enumerate(("一1壹Ⅰ", "二2贰Ⅱ", "三3叁Ⅲ", "四4肆Ⅳ"), 1) for digit in row
}
_DIGIT = "[" + "".join(_LEVELS) + "]"
# In 张婶72二级残疾 the age runs into the level.
_LEVEL = (
    r"(?:(?<![一二三四五六七八九十百\d、到至或-])第?|(?<=(?<!\d)[5-9]\d)(?=[一二三四壹贰叁肆]))"
    rf"(?P<{{name}}>{_DIGIT})[级等急](?!及?以[上下])"
)
_KINDS = {
    "physical": "肢体|肢残",
    "visual": "视力|视障|视残",
    "hearing": "听力|听障|听残",
    "speech": "言语|语言",
    "intellectual": "智力|智残|智障",
    "mental": "精神",
    "multiple": "多重",
}
_KIND = "(?:" + "|".join(_KINDS.values()) + ")"
# Plain words that say the kind only beside a certificate or a level.
_PLAIN_KINDS = {"visual": "盲人|双目失明|眼瞎|瞎了|瞎子|失明|盲(?!目)", "hearing": "耳聋|聋子|聋了|聋(?!哑)"}
_LINK = rf"(?:上|的|是|为|评|定|等级|级别|写着?|办|鉴定|程度|有|属于|了|都|也|我|俺|他|她|{_KIND}|残疾|残)"
_BENEFIT = (
    r"(?!(?:人|者)?(?:的)?(?:补[贴助]|护理|津贴|生活|两项|待遇|优待|福利|联|车|政策|人补|机|用品|辅具|服务))"
)
_TERM = pattern(
    any_of(
        rf"(?:残疾(?:人)?证?|(?<!伤)残证|(?<![身保发残])证){_LINK}{{0,6}}?" + _LEVEL.format(name="a"),
        _LEVEL.format(name="b")
        + rf"的?(?:重度)?(?:的)?{_KIND}?(?:残疾(?!军)|残废|残(?![联留忍酷])|盲|聋)(?:人?证)?",
        rf"{_KIND}(?:方面|类)?(?:残疾?|障碍)?(?:是|为)?" + _LEVEL.format(name="c"),
        _LEVEL.format(name="d") + rf"的?{_KIND}",
        _LEVEL.format(name="e") + "的?证(?!书?明)",
        r"(?P<cert>(?:第?二代)?(?:残疾人?证|(?<!伤)残证|残疾本|残废证|盲人证|持证的?残疾人?|有证的残疾人?))",
        rf"(?P<severe>(?:重度残疾|重残)(?:人员|人)?){_BENEFIT}",
        rf"(?P<plain>残疾)(?!人?证|军|等级)人?{_BENEFIT}",
    )
)
_PERSONAL = pattern("[级等急]|重残|重度")
_HINTS = ("残", "证", "级", "等", "盲", "聋")
# Injuries of soldiers and of workers are graded too, with other papers.
_OTHER_PAPER = pattern("军人|革命|军残|工伤|因公|因战|伤残(?!疾)|劳动能力|司法鉴定")
_A_RULE = pattern("级及?以[上下]")
_BARE = pattern(
    rf"(?:残疾证?)?(?:不是第?{_DIGIT}级)?(?:我|俺|他|她|应该|应当|就|刚才|其实|是|有|等级|级别|评的?|定的?|上面|写着?|写的|属于|办的?|{_KIND}|残疾|残|的|,)*"
    + _LEVEL.format(name="a")
    + rf"(?:的|残疾|残|了|{_KIND}|证|哦|啊|呢|嘛|吧?，?|有)*"
)
_LEVEL_FIRST = pattern(rf"(?:等级|级别|级数)(?:是|为|:|：|写的?是?)*(?P<a>{_DIGIT})级?$")
# Other things have levels too.
_OTHER_LEVEL = pattern(
    "血压|糖尿|护理|失能|评估|医院|职称|运动员|心功能|护工|烧伤|烫伤|年级|教师|厨师|[一二三四]级?分"
)
_WRONG = pattern("[说写打弄记填选按报]错|不对|搞错|更正|应该是|应当是|纠正")
_SHEET = pattern(
    r"(?<!\d)[5-9]\d(?!\d)|1[01]\d|低保|特困|五保|独居|空巢|失能|瘫|卧床|自理|肢体|视力|听力|精神|智力"
)
_KIND_SAID = pattern(
    rf"(?P<k1>{_KIND})(?:类|方面)?(?:的)?(?:残疾?|障碍|{_DIGIT}级|那[类种])"
    rf"|(?:残疾人?证?|{_DIGIT}级)(?:的|是|类别|类型|上|写的?|种类|属于|办的?)*(?P<k2>{_KIND})"
    rf"|^(?:是|属于|算|就是)?(?P<k3>{_KIND})(?:类|残疾)?的?$"
)
_SORTS = pattern("|".join(f"(?P<{kind}>{words})" for kind, words in _KINDS.items()))
_ANSWER_LEVEL = pattern(
    r"(?:是|评的?是?|定的?是?|上面写的?是?|就是?|证上是?|我这?是?|他是?|她是?|"
    r"写着?)?第?(?P<a>[一二三四两1-4壹贰叁肆ⅠⅡⅢⅣ])(?:级|等|急)?(?:的|残疾|残|了|哦|啊|呢|吧)*"
)
_ANSWER_YES = pattern(
    "(?:有|有的|有证|有啊|有呀|有一个|有一本|办了|办过|办过了|有呢|有嘞|有哩|办了的|我有|俺有|他有|她有|有办)"
)
_ANSWER_NO = pattern(
    "(?:我|俺|他|她|也|都|还|从来|一直|现在|目前|那个|真)*(?:没有?|没得|木有|冇|莫得|无|没证|没有证|没办|没办过|没有办|没有办过|"
    "没有那个|没这个|没那个|没有这个|(?:没|不)(?:给|让|能)?(?:办|评)(?:上|成|下来|出来)?|(?:办|评)不(?:上|成|下来|了)|不够(?:级|评级|格|条件))"
    "(?:证|的|过|呢|啊|呀|哦|哩|嘞|了|残疾)*"
)


_MENDED = pattern(
    rf"不是(?:残疾)?第?{_DIGIT}级的?[，,。 ]?(?:他|她|我)?(?:应该)?是"
    + _LEVEL.format(name="a")
    + r"|(?:^|[，,。 ]|[证我他她娘爹妈爸伴])(?:应该)?是"
    + _LEVEL.format(name="b")
    + rf"的?[，,。 ]?(?:可|并)?不是第?{_DIGIT}级"
    + rf"|从第?{_DIGIT}级(?:升|降|变|改|调|提|转)?(?:到|成|为|至)了?(?P<c>{_DIGIT})级"
    + rf"|(?:改|换|升|变|调)(?:成|为|到)(?:了(?P<d>{_DIGIT})级|(?P<e>{_DIGIT})级了)"
)
_ANSWER_NOT_NOW = pattern(
    "(?:以前|原来|之前)?(?:办过|有过)?(?:的)?(?:已经|早就?|都|也|就|又)*(?:过期|到期|注销|作废|失效)了?(?:的)?"
    "|(?:我|俺|他|她)?(?:正在?|还?在|想|打算|准备|要|还没)(?:去)?(?:办|申请|评残?|鉴定)(?:理|一个|着|呢|了|下来|的)*"
)


_NOT_DISABLED = pattern("(?:我|俺|他|她)?(?:也|都)?不残疾?(?:的|啊|呀)?")


def read(text: str, context: str | None) -> dict[str, object]:
    """`{"disability": None}`, `{"disability": {"level": 1..4, "kind": …}}` (either key may be missing), or `{}`."""
    asked = context in ("disability", "disability_level")
    bare = text.strip(" 。，,.!！~")
    if context == "disability_level" and (answer := _ANSWER_LEVEL.fullmatch(bare)):
        return {"disability": {"level": _LEVELS.get(answer["a"], 2)}}
    if _NOT_DISABLED.fullmatch(bare) or (asked and any(_denies(clause.text) for clause in split(text))):
        return {"disability": None}
    if not asked and not any(hint in text for hint in _HINTS):
        return {}
    if any(_never_rated(clause, text) for clause in split(text)):
        return {"disability": None}
    told = (context == "disability" and _says_yes(text)) or _holds_paper(text)
    return _certificate(text, asked, told)


def _denies(answer: str) -> bool:
    return bool(_ANSWER_NO.fullmatch(answer) or _ANSWER_NOT_NOW.fullmatch(answer))


def _says_yes(text: str) -> bool:
    return any(_ANSWER_YES.fullmatch(clause.text) and not clause.asks for clause in split(text)[:2])


def _never_rated(clause: Clause, text: str) -> bool:
    """没评残; 耳朵聋，没办证, where the paper can only be this one."""
    if clause.asks or clause.supposes or clause.past:
        return False
    return _NEVER_RATED.search(clause.text) is not None or (
        _NO_PAPER.fullmatch(clause.text) is not None and _IMPAIRED.search(text) is not None
    )


def _holds_paper(text: str) -> bool:
    """俺老伴是聋哑人，持证的."""
    named = _IMPAIRED.search(text) is not None
    return named and any(_HOLDS.fullmatch(clause.text) and not clause.asks for clause in split(text))


_NEVER_RATED = pattern("(?:没有?|未|没去|从没)(?:去)?(?:评|鉴定)(?:过|上|成)?残(?!疾证)(?:疾)?(?:$|[^级])")
_NO_PAPER = pattern(
    "(?:就是|可是?|但是?|也|都|还|一直)*(?:没有?|未|从没)(?:去|给)?(?:办|领|评)(?:过|成|到|下来|上)?(?:这个|那个)?证(?:呢|哩|嘞|件)?"
)
_IMPAIRED, _HOLDS = pattern("聋|哑|盲|瞎|残"), pattern("(?:都|也|是)*(?:持证|有证)的?(?:了|哩|嘞|呢)?")


def _certificate(text: str, asked: bool, known: bool) -> dict[str, object]:
    held: dict[str, object] | None = {} if asked or known else None
    spoken = False
    for mention in mentions(text, _TERM, _PERSONAL):
        if _OTHER_PAPER.search(mention.clause.text) and mention.match["cert"] is None:
            continue
        if _A_RULE.search(mention.clause.text):
            continue
        known, held = _fold(mention, known, held)
        spoken = spoken or mention.stance is Stance.HELD
    mended = _MENDED.search(text)
    level = (
        _LEVELS[next(filter(None, mended.groups()))]
        if mended
        else _bare_level(split(text), spoken or _on_a_sheet(text), asked)
    )
    if level is not None:
        known, held = True, {**(held or {}), "level": level}
    kind = _kind(text, known and held is not None, asked)
    if kind is not None:
        known, held = True, {**(held or {}), "kind": kind}
    return {"disability": held} if known else {}


def _fold(
    mention: Mention, known: bool, held: dict[str, object] | None
) -> tuple[bool, dict[str, object] | None]:
    """What is known after one more mention: a certificate denied is none, a level denied only is not that level."""
    level = next((mention.match[name] for name in "abcde" if mention.match[name]), None)
    if mention.stance is Stance.HELD:
        if mention.match["plain"]:
            return known, held
        return True, {**(held or {}), **({"level": _LEVELS[level]} if level else {})}
    if mention.stance is Stance.OPEN or (level and not _no_certificate(mention)) or mention.match["severe"]:
        return known, held
    if mention.stance is Stance.APPLYING and mention.match["plain"]:
        return known, held
    return True, None


def _no_certificate(mention: Mention) -> bool:
    return "证" in mention.match.group() and mention.stance is Stance.APPLYING


def _bare_level(clauses: tuple[Clause, ...], held: bool, asked: bool) -> int | None:
    """A level in a clause of its own (是二级的), where a certificate is spoken of or was asked for."""
    if not held and not asked:
        return None
    for clause in reversed(clauses):
        found = _BARE.fullmatch(clause.text) or _LEVEL_FIRST.fullmatch(clause.text)
        if found and not clause.asks and not clause.supposes:
            return _LEVELS[found["a"]]
    return None


def _on_a_sheet(text: str) -> bool:
    """Whether a level that stands alone can only be that of a certificate: among facts, as a correction, or alone."""
    if _OTHER_LEVEL.search(text):
        return False
    clauses = split(text)
    return (
        len(clauses) == 1
        or _WRONG.search(text) is not None
        or (len(clauses) > 2 and _SHEET.search(text) is not None)
    )


def _kind(text: str, held: bool, asked: bool) -> str | None:
    if not held and not asked:
        return None
    said = [found for clause in split(text) if not clause.asks for found in _KIND_SAID.finditer(clause.text)]
    kinds = {name for found in said for name in _names(found.group())}
    if not kinds and held:
        kinds = {name for name, words in _PLAIN_KINDS.items() if re.search(words, text) and "没" not in text}
    return kinds.pop() if len(kinds) == 1 else None


def _names(words: str) -> set[str]:
    return {name for found in _SORTS.finditer(words) if (name := found.lastgroup) is not None}
