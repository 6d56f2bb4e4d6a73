"""Fills in what is left unsaid of the second person: 婆婆有低保，公公没有; 他二级，她三级; 俺娘也是."""

from __future__ import annotations

import re
from typing import Final

from nlu.readers.words import any_of

_THING: Final = re.compile(
    any_of(
        "低保边缘户? 低保户? 特困户? 五保户? 残疾证 残疾 退休金 养老金 退休工资 医保 长护险 贫困户 监测户 边缘户"
    )
)
_STATE: Final = re.compile(
    any_of(
        "一个人(?:住|过|生活)? 独居 自己(?:住|过) 空巢 留守 卧床 瘫痪?(?:在床)? 失能 半自理 能?自理 住(?:在)?(?:敬老院|养老院)",
        "退伍军人 党员 本地户口 农村户口",
    )
)
_CERTIFIED: Final = ("证", "金", "资", "险")
_AGE: Final = "(?:(?:[0-9]{2}|[五六七八九]十[一二三四五六七八九]?)岁?[，, ]?)?"
_FILL: Final = (
    _AGE + any_of("家 倒 就 却 可 则 也 都 还 又 才 现在 自己 本人 呢 这边 那边 还是 真 确实") + "*"
)
_END: Final = r"(?:了|的|呢|哩|嘞|啊|着|过|来着)*(?=$|[\s，,。；;！!)）、])"
_BARE: Final = re.compile(
    f"{_FILL}(?P<verb>"
    + any_of(
        "没有 没得 木有 没 冇 无 有 不是 不算 没吃 不吃 没办 没领 没评上? 没享受 吃着 有个 有一个 办了 评了 领着"
    )
    + f"){_END}"
)
_ALSO: Final = re.compile(
    f"(?:家|倒|就|却|可|则|还|现在|自己|本人)*(?P<also>也|同样|一样)(?:是|一样|这样|有)?{_END}"
)
_CANNOT: Final = re.compile(
    f"(?:家|倒|就|却|可|则|还|现在|自己|已经|都)*(?P<verb>不能|不行|不中|能|中){_END}"
)
_LEVEL: Final = re.compile(
    r"(?:家|的|也|就|则|才|是|倒|却|呢|那个|证)*(?P<level>[一二三四1-4]级)(?=$|[\s，,。；;！!)）、的了嘞]|没|一)"
)
_CERTIFICATE: Final = re.compile(
    f"(?:自己|本人|家|倒|却|可|就|则|还)*(?:没有?|有|无|没办过?|办了)(?:个|那个|这个)?证{_END}"
)
_OF_PAPERS: Final = re.compile("残疾|(?:肢体|视力|听力|言语|智力|精神|多重)[一二三四1-4]")
# 俺自己可好好嘞啥证木有
_NO_PAPER: Final = re.compile(
    "[^，,。；;0-9]{0,8}?(?P<none>[，,]?(?:啥|什么|任何|哪样|一样)(?:残疾)?[证本]件?(?:也|都)?(?:没有?|木有|没得|冇|无))"
)
# How far before what is left unsaid was said.
_REACH: Final = 60


def filled(rest: str, before: str) -> str:
    """`rest`, which stands right behind a word for a person, with what it takes over from the words `before` it."""
    before = before[-_REACH:]
    if bare := _BARE.match(rest):
        return _with(rest, bare.end("verb"), (_THING.findall(before) or [""])[-1])
    if also := _ALSO.match(rest):
        return _repeated(rest, also, before)
    if level := _LEVEL.match(rest):
        return f"残疾{rest[level.start('level') :]}"
    if (cannot := _CANNOT.match(rest)) and "自理" in before:
        return _with(rest, cannot.end("verb"), "自理")
    if _OF_PAPERS.search(before) and _CERTIFICATE.match(rest):
        return rest.replace("证", "残疾证", 1)
    if "残疾" in before and (none := _NO_PAPER.match(rest)):
        return f"{rest[: none.start('none')]}，没残疾证{rest[none.end() :]}"
    return rest


def _with(rest: str, at: int, thing: str) -> str:
    return rest[:at] + thing + rest[at:]


def _repeated(rest: str, also: re.Match[str], before: str) -> str:
    """俺爹也是: the state, or the thing, that was said last."""
    states = [*_STATE.finditer(before), *_THING.finditer(before)]
    if not states:
        return rest
    last = max(states, key=lambda match: match.start())
    has = "有" if last[0].endswith(_CERTIFIED) else "是"
    said = last[0] if last.re is _STATE else has + last[0]
    return f"{rest[: also.start('also')]}，{said}{rest[also.end() :]}"
