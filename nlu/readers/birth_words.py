"""The ways dates are written, and which words around one make it somebody's birth."""

from __future__ import annotations

import re
from typing import Final

from nlu.readers.age_foreign import CHILD
from nlu.readers.zodiac import ANIMALS

_CN: Final = "零〇一二三四五六七八九"
_MONTH: Final = r"闰?(?:十[一二]|[一二三四五六七八九十]|1[0-2]|0?[1-9]|正|冬|腊)"
_DAY: Final = (
    r"(?:初[一二三四五六七八九十]|廿[一二三四五六七八九]?|[二三]?十[一二三四五六七八九]?|[一二三四五六七八九]|"
    r"3[01]|[12][0-9]|0?[1-9])"
)
_CALENDAR: Final = "阴历|农历|古历|旧历|老历|夏历|阳历|公历|新历|国历|阴|阳"
DATE: Final = re.compile(
    rf"(?<![0-9{_CN}第])(?:(?P<minguo>民国(?:[一二三四五六七八九十廿卅]{{1,3}}|[0-9]{{1,2}}))|"
    rf"(?P<full>(?:18|19|20)[0-9]{{2}}|[一二][八九零〇][{_CN}]{{2}})|(?P<short>[0-9]{{2}}|[{_CN}]{{2}}))"
    rf"(?: ?年份?(?:[，,（( ]?(?P<calendar>{_CALENDAR})(?:是|"
    rf"的)?)? ?(?P<month>{_MONTH}) ?月份?(?: ?(?P<day>{_DAY})(?P<mark>[日号])?)?|"
    r" ?年份?|"
    r"(?P<sep>[-./、 ])(?P<month2>1[0-2]|0?[1-9])(?:(?P=sep)(?P<day2>3[01]|[12][0-9]|0?[1-9]))?(?![0-9]))"
)
# 俺四六年嘞，十月生的: the year and the month of one date.
APART: Final = re.compile(
    rf"(?<=年)[的嘞哩生]?[，, ]{{1,2}}(?=(?:{_CALENDAR})?(?:的|是)?{_MONTH}月份?(?:{_DAY}[日号]?)?的?(?:生[的人日儿，,。 ]|生$|出生))"
)
_YMD: Final = r"(?P<month>0[1-9]|1[0-2])(?P<day>0[1-9]|[12][0-9]|3[01])"
# A date in one piece, or within an identity number.
RUN: Final = re.compile(
    rf"(?<![0-9])(?P<head>[1-8][0-9]{{5}}[ -]?)?(?P<year>(?:18|19|20)[0-9]{{2}}){_YMD}"
    r"(?:[ -]?(?P<tail>[0-9]{3}[0-9Xx]|[xX*]{2,4}))?(?![0-9])"
)
# The numbers of before 1999 had 15 digits.
OLD_RUN: Final = re.compile(
    rf"身份证\D{{0,6}}(?<![0-9])[1-8][0-9]{{5}}(?P<year>[0-9]{{2}}){_YMD}[0-9]{{3}}(?![0-9Xx])"
)
YEAR: Final = re.compile(
    rf"(?<![0-9.])(?:1[89][0-9]{{2}})(?![0-9.年元块])|[一][八九][{_CN}]{{2}}(?![{_CN}年])"
)

BEFORE: Final = re.compile(
    r"(?:(?:出生(?:年月日?|日期|年份?)?|生[日儿]|生年|生辰|生于|生在|生人|年龄|年纪|岁数|"
    rf"属[{ANIMALS}]的?|身份证(?:上|号|日期)?|(?<![疾婚残年休老役])证上|实际|农历|阴历|阳历|公历|古历|旧历)"
    r"(?:写[的着嘞哩得上]?|登记[的嘞哩]?|印[的着嘞哩]|标[的着嘞哩]|打[的着嘞哩]|显示|应该|记得|大概)?(?:是|为|在|于|就是)*|年份是?|真的?是|(?:户口"
    r"本?|档案)上?(?:写[的着嘞哩得]?|登记[的嘞哩]?|印[的着嘞哩]|打[的着嘞哩]|标[的着嘞哩])?是?)[，,：: 于]*$"
)
AFTER: Final = re.compile(
    r"[，,（( ]*(?:份|里|尾|头|底|初|间|春天|冬天|秋天|夏天)?[，, ]*(?:阴历|农历|阳历)?(?:的时候)?(?:出生|"
    rf"生人|生的|生日|生[，,。）)；; 、]|生$|生(?=[^产活病意前日气孩娃儿闺俺])|属[{ANIMALS}]|"
    rf"的?[{ANIMALS}](?=$|[，,。；; 的])|出世|落地|的生[日儿](?![子育]))|"
    r"[，, ]?[^，,。0-9]{0,6}(?:那天|当天|这天|夜里|晚上|早上|早起|半夜|时候)(?:生(?!病|气|孩|儿)|出生|落地)"
)
_OF_YEAR: Final = re.compile(
    r"(?:的|哩|嘞|生|份的)(?:人|老人|老头|老太太?|老汉|"
    r"老婆子)?(?:[，,。；;、！!？?）) \n了啦吧呀啊呢嘛低特残瘫独属一二三四今虚周现有没住户身能该可]|不是|$)"
)
_EVENT: Final = re.compile(
    r"[，, ]?(?:的)?(?:时候?|就|才|还|开始|前|后|那|以|办|领|取|参|入|结|退|去世|没了|走的|得|查|"
    r"瘫|住|盖|修|建|买|离|到|来|搬|发|评|起|当|转|下岗|死|病|摔|做|换|开|工|党|兵|军|教|嫁|娶|"
    r"迁|闹|逃|灾|年|多|来|夫妻|婚)"
)
_SPAN_OF_TIME: Final = re.compile(
    r"(?:[了过有近满第整约共达超去前昨今明后每]|已经|快|将近|大约|多少|党龄|工龄|教龄|军龄|结婚|退休|守寡|退伍|瘫|病|种地|干|"
    r"去年|前年)$"
)
STRANGE: Final = re.compile(
    r"(?:证明书?|证书|复员|转业|退伍|参军|入伍|入党|结婚|退休|去世|办证|有效期|到期|发证|摔|手术|住院|注册|电话|编号|文件|"
    r"政策|〔|【)[^，,。]{0,4}$|证明?书[，, ]$"
)
_ENDS: Final = re.compile(r"$|[，,。；;、！!？?）) \n男女低特残]|的(?=$|[，,。；;、 人])|不是")
_PERSON: Final = "娘妈爹爸爷奶伴我俺他她人婶叔伯姨姑舅婆公亲"
# 其实四六年正月; 不是四五年，是五四年
_TRULY: Final = re.compile(r"(?:其实|实际|应该?是|[，,]是)$")
_SWAPPED: Final = re.compile(r"不是[零〇一二三四五六七八九0-9]{2,4}年")
_SHORTEST: Final = 6


def is_birth(text: str, match: re.Match[str], context: str | None) -> bool:
    """Whether the match of DATE in `text` is the date somebody, but nobody's child, was born."""
    before, after = text[max(0, match.start() - 12) : match.start()], text[match.end() : match.end() + 12]
    if CHILD.search(before):
        return False
    if BEFORE.search(before) or AFTER.match(after):
        return True
    if STRANGE.search(before) or (match["short"] and (_SPAN_OF_TIME.search(before) or match["sep"])):
        return context == "age" and bool(match["day2"]) and not before
    if _OF_YEAR.match(after) and match["sep"] is None:
        return True
    corrected = match["month"] is not None or _SWAPPED.search(text)
    if match["sep"] is None and corrected and _TRULY.search(before):
        return _ENDS.match(after) is not None
    return not _EVENT.match(after) and _stands_alone(match, before, after, context)


def _stands_alone(match: re.Match[str], before: str, after: str, context: str | None) -> bool:
    if _ENDS.match(after) is None:
        return False
    if match["short"]:
        return context == "age" or (match["month"] is not None and before[-1:] in _PERSON)
    enough = (
        context == "age"
        or match["minguo"]
        or match["month"]
        or match["month2"]
        or len(match.string) > _SHORTEST
    )
    return bool(enough and (not before or before[-1] in _PERSON + "，,：:（( \n男女是岁"))
