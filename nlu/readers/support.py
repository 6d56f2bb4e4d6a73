"""Reads who supports an elder: children or nobody, the state, an institution with or without a free bed."""

from __future__ import annotations

import itertools
import re

from nlu.readers.claims import claims
from nlu.readers.clauses import Clause
from nlu.readers.stance import Stance
from nlu.readers.told import denied, holds
from nlu.readers.words import any_of, pattern

_CHILDREN = "(?:儿女|孩子们?|孩儿们?|子女|儿子们?|闺女们?|女儿们?|几个孩子|娃们?)"
_ALONE_IN_LAW = pattern(
    any_of(
        "无儿无女 没儿没女 无儿女 没有?儿没有?女 没儿没闺女 没儿女 无子无女 无子女",
        "(?<!不是)没有?(?:一个)?(?:儿女|子女|孩子|孩儿|后人|后代|后)(?=$|[^在的能不管住照给打说养过一有]|了"
        "|也没) 膝下无[子儿] 没(?:生过|生养|生育)(?:孩子|娃|过)? 断了?后 绝户",
        "(?:儿女|子女|孩子)(?:都|也)?没有(?=$|了|[，,]) 没(?:一个|个)(?:孩子|儿女|后人) 一个(?:孩子|儿女|后人|亲人)(?:也|都)没",
        "(?:没有?人?|无人|没有)(?:能)?(?:赡养|抚养|扶养)(?:我|俺|他|她|的)? 没有?(?:法定)?(?:的)?(?:赡养|扶养|抚养)(?:义务)?人",
        "(?:没有?|没得|木有|没个|没一个)(?:能|可以|会|可|肯)?(?:养活?|赡养|供养|养老送终)(?:得?了|得?起)?(?:我|俺|他|她|"
        "老人)(?:的)?(?:人|亲人|后人)? "
        "(?:没有?|没得|木有|没个|没一个)能(?:养活?|赡养|供养)(?:得?了|得?起|得?住)*(?:的)?人 "
        "(?:没有?人?|无人|谁也不|没个人|没谁|没一个)(?:能|可以|会|肯)?养活?(?:得?了|得?起)?(?:我|俺|他|她|老人)(?!老伴) "
        "(?:赡养|扶养)人(?:都)?(?:没有?|无)(?:赡养|扶养)?(?:的)?能力",
        f"{_CHILDREN}(?:自己)?[^，,不有]{{0,5}}(?:没有?|无)(?:那个)?(?:赡养|扶养|养老)?(?:的)?(?:能力|本事|力量|条件)(?:赡养|养|养活|管)?(?!.{{0,2}}[吗么])",
        f"{_CHILDREN}[^，,]{{0,5}}养(?:不起|不了|活不了|不动)(?:我|俺|他|她|老人)?",
    )
)
_UNABLE_AFTER = pattern(
    "^(?:也|都|自己|根本|实在|又)*(?:养|管|顾)不(?:起|了|动|着)(?:我|俺|他|她|老人|俺们)|^(?:也|都)?没(?:有)?(?:能力|力气|本事|条件)(?:养|赡养|管)"
)
_CHILD_BEFORE = pattern(f"{_CHILDREN}")
# A question names the childless in general too: 没儿没女的老人咋管.
_CHILDLESS = pattern("(?:无儿无女|没儿没女)(?!的(?:老|人))")
_SUPPORTED = pattern(
    any_of(
        "(?<!没)(?<!没有)有(?:法定)?(?:赡养|扶养)人",
        f"{_CHILDREN}(?:都|也|们)?(?:能|有能力)(?:赡养|养) 有人(?:赡养|养活)",
        f"有{_CHILDREN}(?:养|赡养|管|给养老|伺候|养活)",
    )
)
_SPOUSE = pattern(
    "(?:跟|和|与|有)(?:我|俺)?(?:老伴|老头|老婆|丈夫)|老两口|老伴儿?(?:还|也(?!早|不在|没|走|去世|先|去|已)|身体|在(?!.{0,2}世前))"
)
_SPOUSE_GONE = pattern(
    "(?:老伴儿?|老头子?|老婆子?|丈夫|当家的)(?:也|都|又|早|先|已经|前年|去年|前几年|早就?)*(?:没了|走了|去世|不在|过世|死|没得早|先走)"
)
_PENSION_OF_STATE = pattern(
    any_of(
        "(?:国家)?定期(?:定量)?(?:抚恤|抚恤补助|补助金?)(?:金|补助)?",
        "(?:每个?月|月月|按月|每季度?|一直)(?:都)?(?:给)?(?:领|有|拿|发)(?:着|国家的?|民政的?|军人的?|的)*抚恤(?:金|补助)?",
        "国家抚恤(?:金|补助)?",
    )
)
# 民政上每个月给国家定期抚恤金
_PAID_OUT = pattern(
    "(?:每个?月|月月|按月|每季度?|一直|年年|按时)[^，,没不]{0,4}(?:给|发|打|补|拨)(?:我|俺|他|她)?(?:着|了|的|一份|点)*$"
)
_VAGRANT = pattern(
    "流浪|讨饭|要饭(?!吃)|讨米|乞讨|无家可归|露宿|睡(?:在)?(?:桥洞|大街|街头|马路边|车站|桥底下|涵洞|广场|公园)|沿街要|拾破烂为生|火车站睡|没家没业在外"
)
_NOT_PEOPLE = pattern(
    "狗|猫|歌|地球|儿子|怎么|咋|剧|电视|家里来|门口[有来]|碰[见到]|看见|见着|见到|施舍|给了?个要饭|来了?个要饭"
)
_CENTRAL_WISH = pattern(
    "(?:想|愿意?|要|希望|打算|申请|同意|情愿|巴不得|盼着)(?:去|住|进|到|搬|办|转|转到|转成|改成?|弄|走|住进|搬到|搬去|过去){0,3}(?:集中(?:供养|住|照料)?(?!服务)|"
    "(?:镇|乡|县|区|村)?(?:里|上|的)*(?:敬老院|福利院|供养(?:服务)?(?:机构|中心)|养老院))|(?:转|改)(?:成|到|为)?集中(?:供养)?(?:中不|行不|可以)"
)
_CENTRAL_NO = pattern(
    "(?:不想|不愿意?|不要|不肯|不情愿|不打算|不同意|死活不|坚决不|不)(?:去|住|进|到|搬|住进)*(?:集中(?:供养|住)?|(?:镇|乡|县)?(?:里|上)*(?:敬老院|福利院))"
)
_SUPPORT_HINT = pattern("特困|[五5]保|供养")
_SCATTERED = pattern("分散(?:供养|特困|五保|的|安置)?|散居|散(?:着)?(?:供养|养)|在家供养")
_CENTRAL = pattern("集中(?:供养|特困|五保|的)|敬老院(?:集中)?供养|(?:^|是)集中$")
_NOT_A_MODE = pattern(
    "和去|还是去|一样多|烈|军|标准|金额|机构|和集中|还是|去不了|进不去|(?:想|愿|要|打算|申请|希望|转|盼)[^，,]{0,6}集中"
)
_NUM = "(?:一|[一二两三四五六七八九十几俩仨好]+|\\d+)?"
_BED = pattern(
    any_of(
        f"(?:敬老院|养老院|福利院|院里|那边|镇上|机构|院长说)?[^，,没不]{{0,6}}?(?:有|空着?|空出|剩|还剩)(?:了|着)?{_NUM}[个张]?(?:空余?(?:的)?|闲)?床位",
        f"(?:敬老院|养老院|福利院|院里|院长说)[^，,没不]{{0,5}}(?:有|空出?|剩)(?:着|了)?{_NUM}[个张]?空*?床(?!垫|上)",
        f"床位(?:有|空着|空出来|还有|多|充足) (?:还)?有{_NUM}[个张]?空床(?:位)?",
    )
)
_NO_BED = pattern(
    any_of(
        "没(?:有)?(?:空)?(?:的)?床位?(?:了)?$ 没(?:有)?(?:空)?床位 没(?:有)?空床 床位(?:都|全|已经|早就?)*(?:满了?|没了|没有|紧张|住满)",
        "(?:敬老院|养老院|福利院)(?:都|全|已经)*(?:住)?满(?:了|员)",
    )
)


def supporter(clause: Clause, facts: dict[str, object]) -> None:
    if clause.supposes or clause.past or (clause.asks and not _CHILDLESS.search(clause.text)):
        return
    found = _ALONE_IN_LAW.search(clause.text)
    if found and not denied(clause, found.start()):
        facts["no_supporter"] = True
    elif _SUPPORTED.search(clause.text):
        facts["no_supporter"] = False


def unable_children(clauses: tuple[Clause, ...], facts: dict[str, object]) -> None:
    """儿子自己还是残疾，养不了我."""
    for one, other in itertools.pairwise(clauses):
        told = not (one.asks or other.asks or other.supposes)
        if told and _CHILD_BEFORE.search(one.text) and _UNABLE_AFTER.match(other.text):
            facts["no_supporter"] = True


def with_spouse(text: str) -> bool:
    """Whether a husband or wife is there, who must support the elder."""
    return _SPOUSE.search(text) is not None and _SPOUSE_GONE.search(text) is None


def state_pension(clause: Clause, facts: dict[str, object]) -> None:
    for mention in claims(clause.text, _PENSION_OF_STATE):
        paid = _PAID_OUT.search(clause.text[: mention.match.start()])
        if (mention.stance is Stance.HELD or paid) and not (clause.asks or clause.supposes or clause.past):
            facts["state_regular_pension"] = True
        elif mention.stance is Stance.DENIED:
            facts["state_regular_pension"] = False


def vagrant(clause: Clause, facts: dict[str, object]) -> None:
    found = _VAGRANT.search(clause.text)
    if found is None or clause.asks or _NOT_PEOPLE.search(clause.text):
        return
    once = "过" in clause.text[found.end() - 1 :][:2]
    if not once and holds(clause, found.start(), found.end()):
        facts["vagrant"] = True


def bed(clause: Clause, facts: dict[str, object]) -> None:
    if clause.asks or clause.supposes or clause.past or re.search("想|如果|听说|可能|等", clause.text):
        return
    if _NO_BED.search(clause.text):
        facts["bed_available"] = False
    elif _BED.search(clause.text):
        facts["bed_available"] = True


def by_state(text: str, clauses: tuple[Clause, ...], facts: dict[str, object]) -> None:
    """How a 特困 elder is supported, and whether they want to be in a home; only where 特困 or 供养 is spoken of."""
    if not _SUPPORT_HINT.search(text):
        return
    for clause in clauses:
        if clause.supposes or clause.past:
            continue
        if _CENTRAL_NO.search(clause.text):
            facts["wants_central"] = False
        elif _CENTRAL_WISH.search(clause.text):
            facts["wants_central"] = True
        if not clause.asks or re.search("我是|俺是", clause.text):
            _mode(clause, facts)


def _mode(clause: Clause, facts: dict[str, object]) -> None:
    if _NOT_A_MODE.search(clause.text) and not _SCATTERED.search(clause.text):
        return
    for words, mode in ((_SCATTERED, "scattered"), (_CENTRAL, "centralized")):
        found = words.search(clause.text)
        if (
            found is None
            or denied(clause, found.start())
            or _NOT_A_MODE.search(clause.text[: found.end() + 4])
        ):
            continue
        if holds(clause, found.start(), found.end()):
            facts["support_mode"] = mode
