"""Bare numbers in text without commas: 光棍一辈子七十六了吃五保 tells an age, for the number can be nothing else."""

from __future__ import annotations

import re
from typing import Final

from nlu.readers import age_foreign as foreign
from nlu.readers import age_near as near
from nlu.readers.age_seen import COMMON, Seen, speaks

_BAND: Final = 5
# No child of an elder is told at such an age.
_NO_CHILD: Final = 70
_SHORTEST: Final = 3
_NUMERAL: Final = "0-9一二三四五六七八九十百千万两几半"
# 每月一百块八十一了, 住三楼八十八了: what was counted is told, and the number begins anew.
_COUNTED_OUT: Final = re.compile(
    rf"[{_NUMERAL}](?:来|多)?(?:元|块钱?|楼|层|栋|幢|号楼|单元|村|组|队|级|毛钱|[个张][床楼]位?)(?:钱|的)?$|[两俩仨二三四五六七八九十几半0-9]个?月$"
)
_FLOOR: Final = re.compile("[0-9一二三四五六七八九十](?:楼|层) $")
_FACT_BEHIND: Final = re.compile(" ?(?:独|低保|特困|五保|残|瘫|失能|卧床|聋|瞎|孤|腿|身体|无儿|没儿)")
# What is counted, priced, measured or told of somebody else close before the number.
_COUNTS: Final = re.compile(
    r"[费价租票]|(?<!没)(?<!没有)(?<!木有)(?<!为)(?<!要)(?<!给)钱$|工钱|贵|便宜|[涨降](?!不)|"
    r"(?:买|卖|付|缴|报|罚|赔|扣|花|交|收|给|发)(?:了|过|个|一|成|的|出|掉|去|到)[^了着]{0,3}$|报销|比例|"
    r"(?:^|[^第\d人])一(?:箱|盒|斤|袋|瓶|板|桶|包|次|趟|节|件|双|套|份|把|个月|小时|个?钟头?|晚上?|分钟|张|副|台|部|辆|只|条|"
    r"粒|片|针|盘|罐|壶|捆|串|提|坛|根|回|晌|宿|月|平|度|吨|筐|兜|碗|杯|桌)[^了着]{0,3}$|钟头$|小时$|分钟$|"
    r"体重|[瘦胖称]了?|排队|排到|叫到|叫号|前头还有|电量|手机电|流量|音量|声音|温度|空调|面积|平方|码数|尺码|度数|听力损失|分贝|步数|速度|时速|"
    r"(?<![没未不])(?:结婚|成亲|成家|入党|过门|嫁过来|党龄|工龄|教龄)(?:都|整|快|有|也|已经|了|才)*$|"
    r"你(?!说|看|猜|们说|知道)[^，,]{0,3}$|机器人|(?<!自己)(?<!一个人)生活费|家底|孙子?女?们?$|"
    r"(?:护工|保姆|医生|大夫|护士|书记|支书|社工|志愿者|村长|主任|司机|网格员|老师傅|明星|主持)[^，,]{0,8}$"
)
# The looser words that count where not even 了 is said.
_LOOSELY: Final = re.compile(
    r"(?:到|距|(?<!分)离(?!婚|不|异|开|休|世))[^，,了]{1,5}$|[0-9a-zA-Z]\s*$|小区|花园|大厦|公寓|胡同|苑|广场|大院|家属院|门牌|"
    r"(?:[走跑坐等睡打发给领交写按拨输填选报吃喝干做排]|有没有|没有|欠|借|剩|存|攒|只|共|各|加|减|乘|(?<![性体力况得神也都很太真])差|除)(?:了|过|到|成|的)?$|"
    r"(?:电话|手机号|号码|密码|尾号|编号)[^，,]{0,4}$|[+=×*/#]$"
)
_PRICED_BEHIND: Final = re.compile(r"[^，,]{0,2}(?:[元块毛钱贵费价斤]|太多|才够|够不够)")
_ASKED_BEHIND: Final = re.compile(r"\s*(?:[没吗么不](?=[\s，,。?？呢啊呀]|$))")
# What else is said of an elder at once: 八十八谁都不认识.
_GOES_ON: Final = re.compile(
    "[谁啥不没走吃记看听说屙尿拉动下躺坐摔咳喘穿洗翻起站连光靠跟种放喂爬认想问也又都手胸背浑]|天天"
)
_CHILD: Final = re.compile(rf"(?:{foreign.OWN_CHILD})")
# What only people are, can or have: 眼花耳聋, 走不动路, 不识字, 没儿没女.
_OF_AN_ELDER: Final = re.compile(
    r"人|^这?都$|生[日儿]|种|一辈子|一晃|眨眼|转眼|不知不觉|这辈子|光棍|孤|寡|守|瘫|病|疼|眼|耳|腿|腰|腕|膝|牙|手|脚|身|骨|心脏|脑|糊涂|记性|痴|"
    r"[走看听说记认动做干吃睡站坐爬下上起识翻咽尿拉]不|不(?:识|认|会|能|中|动|行|记|利|灵|便|好使|住|清|了)|[0-9一二三四五六七八九十两几]年(?!级)|没[儿女人结文]|无[儿女]|"
    r"老[了伴头婆汉]|[儿女]|独[居自]|自[己个理]|种地|下地|放羊|干活|养老|敬老|低保|五保|特困|残|"
    r"退[休伍役]|当[过了]?兵|老兵|军人|党员|户口|工人|教师|农民|属[鼠牛虎兔龙蛇马羊猴鸡狗猪]|打字|年纪|岁数|吃药|住院|轮椅|拐"
)


def begins_anew(seen: Seen) -> bool:
    """Whether a number follows a quantity that is told to its end: 住三楼八十八了, 住三楼 八十八."""
    if seen.age not in COMMON:
        return False
    if seen.done or _FACT_BEHIND.match(seen.after):
        return _COUNTED_OUT.search(seen.rest) is not None
    return _FLOOR.search(seen.rest) is not None


def is_spoken(seen: Seen) -> bool:
    """Whether a bare number that nothing counts is told as an age, whatever stands before it."""
    wide = seen.spread >= _BAND and not seen.done
    if wide or seen.age not in COMMON or _is_foreign(seen):
        return False
    told = _OF_AN_ELDER.search(seen.rest) or near.PERSON.search(seen.before) or begins_anew(seen)
    told = told or seen.text.startswith("的人了", seen.number_end)
    if not told:
        return False
    if seen.done:
        return _ASKED_BEHIND.match(seen.after) is None
    if seen.rough and seen.rough not in (*near.SPOKEN, "整"):
        return False
    return _closes(seen) and not _LOOSELY.search(seen.rest[-12:])


def _is_foreign(seen: Seen) -> bool:
    """Whether the number is counted, priced or a child's, or no number at all (百了)."""
    if seen.text[seen.start : seen.number_end] == "百":
        return True
    window = seen.rest[-12:]
    if _COUNTS.search(window) or _PRICED_BEHIND.match(seen.after) or foreign.NEWS.search(seen.before):
        return not begins_anew(seen)
    return seen.age < _NO_CHILD and _CHILD.search(seen.rest) is not None


def _closes(seen: Seen) -> bool:
    """Whether the number ends what is told of an elder: 老伴前年走了就俺一人过八十二."""
    goes_on = near.LOOSE_RIGHT.match(seen.after) or _GOES_ON.match(seen.after)
    if len(seen.rest) < _SHORTEST or not goes_on:
        return False
    return seen.age % 5 > 0 or not speaks(foreign.RULE, seen.text)
