"""A street, village or building address, as told."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

_N: Final = r"(?:[0-9]{1,4}|[一二三四五六七八九十百]{1,4}|[A-Za-z甲乙丙丁东西南北中])"
# Words that no name holds keep a sentence from being taken for one.
_NAME: Final = r"(?:(?![我俺咱恁你您他她的了吗呢吧没不是给叫让住在到去从搁])[\u4e00-\u9fffA-Za-z0-9])"
_LANDMARK: Final = (
    r"供销社|镇政府|乡政府|区政府|县政府|政府|卫生室|卫生院|卫生所|医院|学校|小学|中学|[一二三四五六七八九十]{1,2}中(?=家属|"
    r"老|后|对|旁|东|西|南|北|$)|"
    r"幼儿园|超市|百货(?:大楼|商场)?|商厦|大厦|宾馆|酒店|药店|商场|商店|小卖部|代销点|市场|饭店|粮库|粮所|粮站|粮管所|加油站|银行|信用社|邮电局|邮局|火车站|汽车站|车站|"
    r"桥头|大桥|"
    r"庙|祠堂|教堂|电影院|剧院|戏院|戏台|公园|广场|派出所|服务站|服务中心|法院|党校|师院|学院|大学|村委会?|村部|大队部|居委会|礼堂|澡堂|水塔|"
    r"文化广场|"
    r"局|厂(?!子)|公司|[东西南北城]关(?!系|节)"
)
_AREA: Final = re.compile(
    rf"(?P<name>{_NAME}{{0,8}}?)(?:"
    r"(?P<village>行政村|自然村|庄村|寨村|营村|屯村|村(?!委|部|里|口|民|干|镇|乡|路|街)|庄(?!稼|镇|乡|路|街)|"
    r"屯(?![镇乡路街])|寨(?![镇乡路街])|营(?!养|业|镇|乡|路|街)|社区|家属院|家属楼|"
    r"家属区|小区|花园|花苑|公寓|"
    r"新村|新城|大院|佳苑|嘉园|家园|名城|名苑|名邸|华庭|华府|小院|雅苑|苑(?=[0-9一二三四五六七八九十])|府(?=[0-9])|"
    r"城(?=[一二三四1-4]期)|筒子楼|宿舍|老楼|老院(?!子))|"
    rf"(?P<mark>(?:{_LANDMARK})(?![村庄镇乡路街营寨屯]))|(?P<town>街道办事处|街道办|街道|镇|乡(?!下|里|亲)|办事处)|"
    r"(?P<city>自治区|省|市|县|区(?!别))|"
    r"(?P<road>(?:路(?!口|上|边|过|费|远|灯|滑)|大街|大道|街(?!道|上|坊)|巷(?!子)|胡同|里弄)(?:中段|东段|"
    r"西段|南段|北段)?))"
)
# A housing estate may be told without any word for what it is: 阳光水岸9栋.
_BARE: Final = re.compile(rf"(?P<name>{_NAME}{{2,7}}?)(?:[一二三四1-4]期)?(?={_N}(?:栋|号楼|幢|座))")
# 前进路5号，28号上午十点
_THEN: Final = r"[上中下]午|早|晚|晌|那天|来|上门|[0-9一二三四五六七八九十]{1,3}点"
_DETAIL: Final = re.compile(
    rf"(?P<number>第?{_N}(?:号楼|号院|栋楼|单元|村民小组|号(?!{_THEN})|栋|幢|座|楼|层|室|户|组|队|排|弄|门|期)|"
    r"(?<=[号栋幢座楼元层院\-])[0-9]{2,4}(?![0-9个斤块元岁年月])|(?<=[元层楼栋])[零〇一二三四五六七八九幺]{3,4}(?![岁年月])|"
    r"[0-9]{1,4}(?:-[0-9]{1,4})+|(?<=[路街巷道弄])[0-9]{1,4}(?![0-9岁年月元块斤个])|[东西中南北]户|顶楼|一楼)|"
    r"(?P<beside>[村屯庄路街巷]?[东西南北]{1,2}头|[村路巷街胡]口|(?:口)?(?:往|向|朝)[东西南北里]{1,2}(?:走|"
    r"拐)?(?:[0-9一二三四五六七八九十百]{1,4}米)?|"
    r"[东西南北]{1,2}(?:侧|边|角)(?:[0-9]{2,3}米)?|[东西南北]?隔壁|斜?对[面过]|[后前](?:面|头|边|院|庄|街)|旁边|边上|跟前|"
    r"门口|路口|拐角|里头|"
    rf"(?:进村)?头一?[家户]|第{_N}个?(?:家|门|户)|[红黑绿蓝白铁木]{{1,2}}大门|那家|(?:与|和)[\u4e00-\u9fff]{{1,6}}?(?:路|"
    r"街)(?:交叉口|交汇处?|路口))"
)
_HOUSE: Final = re.compile(
    rf"{_N}(?:号楼|号院|栋楼?|幢|座|单元|组|排|室|户|楼|层)|[0-9]{{1,4}}(?:-[0-9]{{1,4}})+"
)
_GAP: Final = re.compile(r"[ ，,]?")
_START: Final = re.compile(
    r"(?:地址|住址|住处|家庭住址|上门地址|地方)(?:是|在|写|[:：]|[改换搬](?:成|到|为)|不对|错了|应该|[，,])*[ ]*|"
    r"(?:现在|目前|常年|就|我|俺|家|都|一直|人){0,4}(?:家住|住在|住|居住在|搬到|家在|人?搁|送到|来到|上门到|到|在|来|去)(?:了|的是|的)*|(?:我家|"
    r"俺家|家里?|我们家|这里|我|俺)(?:是|在)|"
    # 不对，是…; 地址改成…
    r"(?:^|[，,。；; ]|不对|错了?|应该|反正|还)就?(?:是|在)(?!不)|(?:改|换|搬)(?:成|到|在|为)了?"
)
# No mark between what is wanted and where: 后天上午约个助浴车站路88号
_WANTED: Final = r"助[餐浴洁医急行]|洗澡|打扫|卫生(?![院所室服间])|送[饭餐]|陪诊|评估|[0-9一二两三四五六七八九十]点|[上下]午"
_AFTER_WANTED: Final = re.compile(rf"(?:{_WANTED}|[0-9]{{11}})")
# The address before is another one, or the one behind is taken back.
_NOT_HERE: Final = re.compile(r"(?:不是|不在|不去|别去|甭去|不到|不住)(?:那个?)?$")
_TAKEN_BACK: Final = re.compile(
    r"[，, ]*(?:这个|那个)?(?:地址)?(?:不对|(?:说|写|打|记|弄|报)?错|不住了|不是(?:我|俺)|(?:改|换)(?:成|到|为))"
)
_NO_PLACE: Final = re.compile(
    r"^(?:.{0,4}(?:们|这个|那个|哪个|哪条|什么|啥|(?<!工)农|一个|本|全|同|整个|几个|"
    r"每个|各|走|半|网|公|铁|马|一条|这条|上|下|逛|门|出|(?<![前先])进|回|本|修|过|坐|新农)(?:村|庄|社区|小区|镇|乡|路|街))$|(?:养老|敬老)"
)
_VERB: Final = re.compile(
    r"想|要|能|有|吗|补|领|谁|怎|咋|帮|请|问|瘫|病|岁|儿子|闺女|老伴|残|低保|明天|今天|后天|[上下]午|晌|早上|晚上|"
    r"[0-9一二三四五六七八九十]点|电话|手机|说|修|陪|接|送|约|"
    rf"{_WANTED}"
)
_AT_MOST: Final = 12


@dataclass(frozen=True, slots=True)
class _Part:
    """A piece of an address, text[start:end]; `kind` is a group of _AREA or _DETAIL, or "bare"."""

    kind: str
    named: bool
    start: int
    end: int


def read(text: str) -> str | None:
    """The first address of a normalised text that is not taken back, as told; a floor or a village without a name is
    none."""
    for start in _starts(text):
        parts = list(_parts(text, start))
        if _is_address(parts) and not _is_denied(text, start, parts[-1].end):
            return text[parts[0].start : parts[-1].end]
    return None


def names_place(text: str) -> bool:
    """Whether a text holds the number of a house, a village with its name, or what stands beside a place."""
    if _HOUSE.search(text):
        return True
    kinds = {found.lastgroup for found in _DETAIL.finditer(text)}
    areas = [found for found in _AREA.finditer(text) if found["name"] and not _NO_PLACE.search(found[0])]
    return "beside" in kinds or any(found.lastgroup in ("village", "road") for found in areas)


def _is_denied(text: str, start: int, end: int) -> bool:
    return bool(_NOT_HERE.search(text[max(0, start - 6) : start]) or _TAKEN_BACK.match(text, end))


def _starts(text: str) -> list[int]:
    """Where an address may begin: behind 住在, 地址是 and the like, then at every clause, then behind what is wanted."""
    told = [match.end() for match in _START.finditer(text)]
    clauses = [0] + [match.end() for match in re.finditer(r"[，,。；;！!？?\n \t：:]", text)]
    wanted = reversed([match.end() for match in _AFTER_WANTED.finditer(text)])
    return [at for at in dict.fromkeys([*told, *clauses, *wanted]) if at < len(text)]


def _parts(text: str, at: int) -> Iterator[_Part]:
    kind, end = "", at
    for _ in range(_AT_MOST):
        gap = _GAP.match(text, end) if kind else None
        found = _part(text, gap.end() if gap else end, kind)
        if found is None:
            return
        kind, end = found.kind, found.end
        yield found


def _part(text: str, at: int, before: str) -> _Part | None:
    if before and (detail := _DETAIL.match(text, at)):
        return _Part(str(detail.lastgroup), True, at, detail.end())
    area = _AREA.match(text, at)
    if area and not _VERB.search(area["name"]) and not _NO_PLACE.search(area[0]):
        return _Part(str(area.lastgroup), bool(area["name"]), at, area.end())
    bare = _BARE.match(text, at) if before in ("", "city", "town") else None
    return _Part("bare", True, at, bare.end()) if bare and not _VERB.search(bare[0]) else None


def _is_address(parts: Sequence[_Part]) -> bool:
    """Whether somebody could find the door, or at least the village of a township, by these parts."""
    kinds = [part.kind for part in parts]
    details = kinds.count("number") + kinds.count("beside")
    marks = kinds.count("mark")
    named = _named(parts)
    if "bare" in kinds:
        return "number" in kinds
    if named:
        return bool(details) or named + marks > 1
    return bool(marks) and "beside" in kinds and details + marks > 2


def _named(parts: Sequence[_Part]) -> int:
    """How many towns, villages and roads have a name; 县医院家属院 is one by what stands before it."""
    places = ("town", "village", "road")
    first = [part for part in parts[:1] if part.kind in places and part.named]
    later = [
        part
        for before, part in pairwise(parts)
        if part.kind in places and (part.named or before.kind in ("mark", *places))
    ]
    return len(first) + len(later)
