"""Telephone numbers on which somebody can be called back."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

_SPELT: Final = str.maketrans("零〇○洞幺一二两三四五六七拐八九勾", "00001122345677899")
_D: Final = "0-9零〇○洞幺一二两三四五六七拐八九勾"
_SEP: Final = r" \-—–·.,，、…()（）"
_RUN: Final = re.compile(
    rf"(?<![0-9A-Za-z.])(?P<plus>\+|00(?=[1-9]))?[(（]?[{_D}](?:[{_SEP}]{{0,3}}[{_D}]){{6,28}}(?![0-9A-Za-z])"
)
_FEW: Final = 4
_GROUP: Final = re.compile(rf"[{_D}]+")
_MOBILE: Final = re.compile(r"(?:(?:00)?86|0)?(1[3-9][0-9]{9})")
_LANDLINE: Final = re.compile(r"(?:(?:00)?86)?(0(?:10|2[0-9])|0[3-9][0-9]{2})([2-8][0-9]{6,7})")
_CUE: Final = re.compile(r"电话|手机|号码|号是|联系|座机|打|拨|微信|热线")
# Other long numbers that stand in messages.
_NO_PHONE: Final = re.compile(
    r"(?:身份证|证件|卡号|账号|账户|存折|银行卡|[农工建交]行卡|户号|表号|社保|医保|订单|单号|编号|证号|文号|密码|验证码|"
    r"邮编)[^，,。；;0-9忘丢没记]{0,6}$"
)
_DENIED: Final = re.compile(
    r"(?<!是)不是(?:电话|手机|号码)?[:： ]?$|(?:停机|打不通|不用|作废|老号|旧号)了?的?(?:是|号)?$"
)
# 尾号不是9 139…: what is denied is only a digit of the number before.
_TAIL: Final = re.compile(r"[0-9一二三四五六七八九零]{1,4}[ ，,、]+1[3-9][0-9]{9}")
_DEAD: Final = re.compile(
    r"[，,]?(?:这个?|那个?)?(?:号码?|手机|电话)?(?:已经|早|都|现在|就)*(?:停机|不用了|打不通(?!再|就|的话|时)|作废|注销|欠费|空号|换号|"
    r"不是我的|丢了)"
)
# 139…不对，是138…: what comes first is taken back.
_TAKEN_BACK: Final = re.compile(
    r"[，,。;； ]*(?:哎呀?|哎哟|哦|啊|呃|等等|等一下|不好意思|[我俺]|这个|那个)*[，, ]*(?:又)?"
    r"(?:不对|不是(?!我的)|不，|(?:说|写|打|记|弄|报|发|按)?(?:错|岔|反|串)|(?:改|换)(?:成|到|为|作))"
)


def read(text: str) -> str | None:
    """The first number of a normalised text that is not taken back: a mainland mobile as 11 digits, or a landline as
    "0377-63123456"; never an identity or a card number, nor one of another country."""
    kept: str | None = None
    for match in _RUN.finditer(text):
        if _is_other(text, match):
            continue
        called = bool(_CUE.search(text[: match.start()]))
        number = next(_numbers(match[0].lstrip("+"), called), None)
        if number and not _TAKEN_BACK.match(text, match.end()):
            return number
        kept = number or kept
    return kept


def _is_other(text: str, match: re.Match[str]) -> bool:
    before = text[max(0, match.start() - 12) : match.start()]
    if match["plus"] and not re.match(r"(?:\+|00) ?86", match[0]):
        return True
    denied = _DENIED.search(before) and not _TAIL.match(match[0])
    return bool(_NO_PHONE.search(before) or denied or _DEAD.match(text, match.end()))


def _numbers(run: str, called: bool) -> Iterator[str]:
    """The numbers in a run of digits and gaps, each of whole groups; gaps between two numbers are not closed."""
    groups = [match[0].translate(_SPELT) for match in _GROUP.finditer(run)]
    if len(groups) > 1 and _is_card(groups):
        return
    for start in range(len(groups)):
        for end in range(len(groups), start, -1):
            number = _number("".join(groups[start:end]))
            if number and (called or _by_custom(groups[start:end], run)):
                yield number


def _is_card(groups: list[str]) -> bool:
    """6228 4809 1234 5678 912, 411303 19430502 1234"""
    fours = len(groups) > 2 and all(len(group) == 4 for group in groups[:-1]) and sum(map(len, groups)) > 13
    return fours or [len(group) for group in groups] == [6, 8, 4]


def _by_custom(groups: list[str], run: str) -> bool:
    """Whether nothing but a telephone number is written in such groups."""
    lengths = [len(group) for group in groups]
    if len(groups) == 1 or lengths in ([3, 4, 4], [4, 7], [4, 8], [3, 8], [4, 4, 4], [4, 3, 4]):
        return True
    return not re.search("[，,、]", run) and (len(groups) <= _FEW or lengths.count(1) > len(groups) / 2)


def _number(digits: str) -> str | None:
    if mobile := _MOBILE.fullmatch(digits):
        return mobile[1]
    landline = _LANDLINE.fullmatch(digits)
    return f"{landline[1]}-{landline[2]}" if landline else None
