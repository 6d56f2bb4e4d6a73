"""Reads what an elder does alone and what others must help with, one daily activity after the other."""

from __future__ import annotations

import re
from dataclasses import dataclass

from nlu.readers.clauses import Clause
from nlu.readers.words import any_of, pattern

_EAT = "吃饭 吃喝 喝水 端碗 拿筷子 夹菜"
_BASIC = (
    "穿衣服?裳?(?:裤子)? 穿脱衣?[服裳]? 穿裤子 穿鞋 [系穿]扣子 扣扣子 系鞋带 上厕所 上茅房 上茅厕 上茅子 去厕所 去茅房 解手 "
    "如厕 大小便 解大手 起夜 起床 下床 翻身 坐起来? 起身 站起来?",
    "走路 走道 走动 行走 挪步 洗澡 洗脸 洗漱 洗头 擦身 洗脚 搓澡 刷牙 梳头 剪指甲 叠被子? 铺床 穿脱衣?裳? 起卧 擦洗 尿尿 拉屎 屙屎",
)
_HOUSEWORK = (
    "做饭 烧饭 弄饭 烧火 洗衣服?裳? 买菜 买东西 出门 上街 打扫 收拾屋子? 赶集 上下楼 上楼 下楼 爬楼 倒水 "
    "烧水 拾掇 种菜 种地 喂鸡 挑水 劈柴 骑三轮车? 骑车 遛弯 下地 扫地 扫院子"
)
_ACT = any_of(_EAT, *_BASIC, _HOUSEWORK)
_ACTS = rf"{_ACT}(?:[、和跟与]?{_ACT}){{0,5}}(?:啥的|什么的|这些|那些|这一套|等)?"
_ONE = pattern(_ACT)
_CHORES = pattern(any_of(_HOUSEWORK))
_WHO = (
    "(?:别?人|[两俩二]个?人|家人|家里人|闺女|女儿|姑娘|儿子|儿媳妇?|媳妇|老伴儿?|老头子?|老婆子?|孩子们?|儿女|俺们?|我们?"
    "|他|她|护工|保姆|老婆|孙[子女]|外孙女?|邻居|[俺我他她][娘妈爹爸哥姐弟妹嫂姑姨舅]|俺?婆婆|奶奶|爷爷)"
)
_HANDS = (
    "(?:帮忙?|帮着|帮衬|扶(?!着?墙)着?|搀着?|搀扶|喂|伺候|照顾|照应|管|弄|给?洗|给?穿|给?搓|背着?|抱着?|端|推|架着?|抬"
    "|搭把手|搭手|协助|看着|陪着?|拉着?)"
)
_MUST = "(?:都|也|就|全|还|又|有点|有时|基本|必须|非)*(?:得|要|需要?|靠|全靠|离不[开了得]|离了|指望|让|由|叫|有|需){1,2}(?:有)?(?:个)?"
_NEEDS = pattern(
    any_of(
        rf"^{_MUST}{_WHO}[^，,]{{0,2}}{_HANDS}? ^[^，,]{{0,5}}{_MUST}{_WHO}{_HANDS} ^{_MUST}{_HANDS} "
        rf"^(?:都|也|就|全|还|有点|自己|老)*(?:不中|不行|不成|不了|不能|不会|没法|不便|不方便|费劲|费事|困难|吃力"
        rf"|够呛|弄不了|做不了|成问题)",
        rf"^(?:都|也|就|全|是|还)*{_WHO}(?:天天|每天|一直|在)?(?:给|帮|来)(?:着|我|俺|他|她)?(?:洗|搓|穿|擦|喂|脱|系|剪|梳|扶|弄|忙|搭)",
        "^(?:就|都|也)?离(?:了|开)人(?:就)?(?:不行|不中|不成)",
    )
)
ON_ONE = pattern(rf"{_ACT}(?:都|也|就|时候?|的时候|还)?$")
_NEEDS_BEFORE = pattern(
    rf"(?:{_MUST}{_WHO}?(?:给)?{_HANDS}(?:着|他|她|我|俺)?(?:给)?|不能(?:自己)?|不会(?:自己)?|没法(?:自己)?|{_WHO}给(?:他|她|我|俺)?)$"
)
# 穿不上衣服, 下不了床: the verb itself says it.
_UNABLE = pattern(
    "系不(?:上|了)|穿不(?:上|了|成)|洗不(?:了|成|动)|拿不(?:住|了)|端不(?:住|了|动)|迈不开|上不了(?:厕所|茅房|楼)|弄不了(?:饭|吃)|做不(?:了|成)饭|出不了门|爬不(?:了|动|上)楼"
)
_ABLE = pattern(
    "^(?:这些|倒|倒是|都|也|还|全|自己|自个儿?|基本|能|会|可以|是|自己能|照样|样样|完全|啥的|靠){0,4}"
    "(?:能|会|可以|行(?!动)|中(?!风)|没问题|没事|不用(?:别?人|帮|管|操心)|不求人|是我(?:自己)?(?:来|干|弄|做|$)|是俺(?:自己)?(?:来|干|弄|做|$)|我来|俺来|不耽误|不碍事|利索|自理|自己来?|自个儿来?|没得说|成|都行|管|不靠人|自己弄|自己做|自己干)"
)
_ABLE_BEFORE = pattern(
    "(?:(?<!不)(?<!不能)(?<!不会)(?:能|会|可以|自己|自个儿?|亲自|照样|天天|每天|还)(?:能|会|可以|还|也|都|去|下去|上|下)*)$"
)
# 一天三顿饭自己烧; 还给孙子做饭
_DOES = pattern(
    "(?:饭|菜|衣裳?|衣服|地|屋子?|院子|被子|碗)(?:都|也|还|全)?(?:是)?(?:自己|自个儿?|我|俺)(?:自己)?(?:烧|做|弄|洗|扫|种|煮|收拾|打扫|刷|拾掇)|(?:给|帮)(?:孙子|孙女|儿子|闺女|孩子们?|老伴儿?|全家|一家人?|重孙)[^，,]{0,5}(?:做饭|带|看|接送|洗|送饭)"
)
_OWN_DOING = pattern(
    "(?:自己|自个儿?)(?:洗(?![澡脸衣头脚漱])|穿(?![衣鞋裤])|吃(?![饭喝])|涮|买(?!菜)|擦|刷)(?!不)"
)
_REST_ABLE = pattern(
    "(?:别的|其[他它余]的?|剩下的|旁的|除了[^，,]{1,8})[^，,]{0,3}(?:都|全|也)?(?:能|会|中|行|没问题|可以|自己来)(?!不)"
)
_REST_NEEDS = pattern(
    "(?:别的|其[他它余]的?|剩下的|旁的)[^，,]{0,3}(?:都|全|也)?(?:不中|不行|不能|不会|不成|干不了|得|要|靠)"
)
_EVERYTHING_ABLE = pattern(
    any_of(
        "(?:啥|什么|样样|啥活|啥事|事事|哪样)(?:儿)?(?:都|也)?(?:自己|自个儿?)?(?:能|会|可以|行|中)(?:干|做|弄|来|自己|行|中|了|的|自理|$|，)",
        "(?:都|全|一直|基本|样样)是?(?:自己|自个儿?)(?:来|弄|干|做|搞定|解决|动手|料理|张罗|$) "
        "(?:衣食住行|吃喝拉撒睡?|吃穿|生活|日常|起居|饮食起居|里里外外)[^，,不]{0,6}(?:自己|自个儿?)(?:都|还|也|全)?(?:能|会|来|弄"
        "|做|管|解决|料理|张罗|中(?!风)|行(?!动)|可以|$|，)",
        "(?:自己|自个儿?)(?:还)?(?:能|可以)?(?:顾得住|顾住|料理|管住|照管|顾得了|伺候|打理)(?:得?了)?(?:自己|自个"
        "|生活|没问题)? (?:生活上?|啥事)(?:都)?不(?:求|靠|麻烦)(?:别?人|孩子) "
        "不用(?:别?人|孩子们?|谁)(?:管|帮|伺候|照顾|操心)",
        "(?:啥|什么)(?:都|也)不耽误 (?:手脚|腿脚|胳膊腿)(?:都|还|也|挺|很|可|蛮)*(?:利索|灵便|好使|麻利|灵活)(?!"
        "不) 能(?:挑|扛|劈|种|爬山|骑车|骑三轮|下地) 还能(?:骑(?!人)|挑|种|干|爬|扛|赶|下地|做活) "
        "自己(?:都|还)?能(?:动|走|弄|过|干)(?!不)",
    )
)
_EVERYTHING_NEEDS = pattern(
    any_of(
        rf"(?:啥|什么|样样|事事|一切|吃喝拉撒|屎尿|吃穿|生活|里外|生活上|起居|日常)(?:睡)?(?:都|全|也|就|完全|基本){{1,2}}(?:得|要|靠|指望|离不[开了]|需要?|依靠|由)(?:着)?(?:有)?(?:{_WHO}|别人)",
        rf"(?<!里)(?:全|都|完全|全部|一天到晚)(?:得|要)?(?:靠|指望|依靠"
        rf"|仗着)(?:着)?{_WHO}(?:们)?[^，,]{{0,2}}(?:伺候|照顾|照料|端|喂|弄|管|$|，|着|养活不了)? "
        rf"(?:啥|什么|一样)(?:都|也)(?:干|做|弄)不(?:了|成|动)",
        r"(?:自己|连饭(?:都|也))?不会(?:自己)?吃(?:饭|了) 吃饭(?:都|也)(?:不会|不能自己)",
        rf"(?:端|喂)(?:吃|饭|水|茶)(?:端|喂|倒)(?:喝|饭|水|屎|尿) "
        rf"(?:饭|水|药|吃饭|吃的)(?:都|也|全)?(?:得|要|靠){_WHO}?(?:给)?喂 "
        rf"(?:一口一口|一勺一勺|一口口|一勺勺)(?:地|的)?喂",
        rf"(?:一口一口|天天|顿顿|平常|平时)[^，,]{{0,4}}喂(?:饭|着|他|她) 喂(?:饭|吃)(?:喂水|喝水|擦身|端屎)? "
        rf"屎一把尿一把 (?:吃|喝|饭|吃喝|吃饭)[^，,]{{0,3}}(?:全|都)(?:是|靠|得){{0,2}}{_WHO}[^，,]{{0,2}}喂",
    )
)
_SOME_ABLE = pattern("(?:有些|有的|一些|有时候?)(?:事|活)?[^，,不]{0,4}(?:能|行|会|中)")
_SOME_NOT = pattern(
    "(?:有些|有的|一些|有时候?)(?:事|活)?[^，,]{0,3}(?:不能|不行|不会|不中|得人|要人|得帮|要帮)"
)
_HEAVY = 3


@dataclass(slots=True)
class _Day:
    """How many activities an elder does alone, how many not, and whether all of them were spoken of."""

    able: int = 0
    chores: int = 0
    needs: int = 0
    all_able: bool = False
    all_need: bool = False
    rest: bool = False


def degree(clauses: tuple[Clause, ...]) -> tuple[str | None, list[int]]:
    """ "independent", "partial" or "dependent" by what is told of the day, and the clauses that tell of need."""
    day, places = _Day(), list[int]()
    for index, clause in enumerate(clauses):
        if clause.supposes or clause.past or clause.asks or _NOT_NOW.search(clause.text):
            continue
        needs = day.needs, day.all_need
        _hear(clause.text, day)
        if (day.needs, day.all_need) != needs:
            places.append(index)
    if any(_BOOKS.search(clause.text) for clause in clauses) and not (day.all_need or day.needs >= 2):
        # What somebody is sent for to do once tells nothing of the other days.
        return None, []
    return _judged(day), places


_BOOKS = pattern(
    "约|派|安排|上门|找人|请(?:个|人|你们|师傅)|来个|来人|叫个|叫人|师傅|护工来|登记一下|报个|送饭|助浴|助餐|理发|取消|单子|中间人|谁能来|谁会|来一趟|不用过来|别来"
)
_NOT_NOW = pattern(
    "想|要是|如果|能不能|服务|上门|预约|请人|派人|来人|护工多少|帮忙(?:做饭|打扫)|有没有|给(?:我|俺)(?:娘|爹|妈|爸)?(?:洗|做|理|剪|送)|约|订|叫个|送餐|饭菜"
)


def _hear(text: str, day: _Day) -> None:
    if _REST_ABLE.search(text) or _REST_NEEDS.search(text):
        day.rest = True
    day.able += _SOME_ABLE.search(text) is not None
    day.needs += _SOME_NOT.search(text) is not None
    day.all_able |= _EVERYTHING_ABLE.search(text) is not None
    day.all_need |= _EVERYTHING_NEEDS.search(text) is not None
    day.needs += len(_UNABLE.findall(text))
    day.able += len(_OWN_DOING.findall(text))
    day.chores += _DOES.search(text) is not None
    for found in _GROUPS.finditer(text):
        _weigh(text, found, day)


_GROUPS = pattern(_ACTS)


def _weigh(text: str, found: re.Match[str], day: _Day) -> None:
    before, after = text[max(0, found.start() - 10) : found.start()], text[found.end() : found.end() + 12]
    count = len(_ONE.findall(found.group()))
    if _NEEDS.match(after) or _NEEDS_BEFORE.search(before):
        day.needs += count
    elif _ABLE.match(after) or _ABLE_BEFORE.search(before):
        day.able += count
        day.chores += len(_CHORES.findall(found.group()))


def _judged(day: _Day) -> str | None:
    if day.all_need:
        return "partial" if day.able or day.all_able else "dependent"
    if day.needs:
        return (
            "dependent" if day.needs >= _HEAVY and not (day.able or day.rest or day.all_able) else "partial"
        )
    if day.rest and day.able:
        return "partial"
    return "independent" if day.all_able or day.able >= 2 or day.chores else None
