"""A street, village or building address, as told."""

from __future__ import annotations

import re
from typing import Final

_N: Final = r"(?:[0-9]{1,4}|[一二三四五六七八九十百]{1,4}|[A-Za-z甲乙丙丁东西南北中])"
_NAME: Final = r"[\u4e00-\u9fffA-Za-z0-9]{1,10}?"
_CITY: Final = (
    rf"(?:{_NAME}(?:省|自治区))?(?:{_NAME}(?<!城)(?<!超)市)?(?:{_NAME}(?<!小)(?<!社)(?<!区)[区县](?!别))?"
)
_TOWN: Final = rf"(?:{_NAME}(?:街道办事处|街道办|街道|镇|乡|办事处))"
_VILLAGE: Final = (
    rf"(?:{_NAME}(?:行政村|自然村|村委会|庄村|寨村|营村|屯村|村|庄|屯|寨|营|社区|家属院|家属楼|小区|"
    rf"花园|花苑|公寓|新村|新城|大院|佳苑|嘉园|家园|名城|名苑|华庭|小院|苑|府(?=[0-9])))"
)
_ROAD: Final = rf"(?:{_NAME}(?:路|大街|大道|街(?!道)|巷|胡同|弄)(?:中段|东段|西段|南段|北段)?)"
_DETAIL: Final = (
    rf"(?:第?{_N}(?:号楼|号院|栋楼|单元|村民小组|号|栋|幢|座|楼|层|室|户|组|队|排|弄|门|期)|(?<=[号栋幢座楼元层院\-])[0-9]{{2,4}}(?![0-9个斤块元岁年月])|"
    rf""
    r"[0-9]{1,4}(?:-[0-9]{1,4})+|(?<=[路街巷道弄])[0-9]{1,4}(?![0-9岁年月元块斤个])|东头|西头|南头|"
    r"北头|东户|西户|中户|(?:路口|口)?(?:往|向)?[东西南北]{1,2}(?:侧|边|走)?[0-9]{2,3}米|[东西南北]?隔壁|"
    r"对面|后面|前面|旁边|门口)"
)
_GAP: Final = r"[ ，,]?"
_ADDRESS: Final = re.compile(
    rf"(?P<area>{_CITY}{_TOWN}?{_GAP}{_VILLAGE}?{_GAP}{_ROAD}?{_GAP}(?:与[\u4e00-\u9fff]{{1,6}}?(?:路|"
    rf"街)交叉口)?{_VILLAGE}?)(?P<detail>(?:{_GAP}{_DETAIL})*)"
)
_START: Final = re.compile(
    r"(?:地址|住址|住处|家庭住址|上门地址)(?:是|在|[:：])*[ ]*|(?:现在|目前|常年|就|我|俺|家|都|"
    r"一直|人)*(?:家住|住在|住|居住在|搬到|家在|送到|来到|上门到|到|在|来|去)(?:了|的是|的)*|(?:我家|"
    r"俺家|家里?|我们家|这里)(?:是|在)?"
)
_PLACE_WORD: Final = re.compile(rf"{_TOWN}|{_VILLAGE}|{_ROAD}")
_NO_PLACE: Final = re.compile(
    r"^(?:.{0,4}(?:我们?|俺们?|咱们?|他们?|她|这个|那个|哪个|什么|啥|农|一个|本|全|同|整个|几个|"
    r"每个|各|走|半|网|公|铁|马|一条|这条|上|下|逛|门|出)(?:村|庄|社区|小区|镇|乡|路|街))$|(?:回|"
    r"在|住|到|去|是|有|的)?(?:养老|卫生|敬老)[^0-9]{0,2}$"
)


def read(text: str) -> str | None:
    """The first address of a normalised text, as told; a floor or a village without a name is none."""
    for clause_start in _starts(text):
        if found := _at(text, clause_start):
            return found
    return None


def _starts(text: str) -> list[int]:
    """Where an address may begin: behind 住在, 地址是 and the like, then at every clause."""
    told = [match.end() for match in _START.finditer(text)]
    clauses = [0] + [match.end() for match in re.finditer(r"[，,。；;！!？?\n \t：:]", text)]
    return [at for at in dict.fromkeys([*told, *clauses]) if at < len(text)]


def _at(text: str, start: int) -> str | None:
    match = _ADDRESS.match(text, start)
    if match is None:
        return None
    address, area = match[0].strip(" ，,"), match["area"].strip(" ，,")
    places = [place[0] for place in _PLACE_WORD.finditer(area)]
    if not places or any(_NO_PLACE.match(place) for place in places) or _odd(area):
        return None
    return address if match["detail"].strip(" ，,") or len(places) > 1 else None


_VERB: Final = re.compile(
    r"想|要|能|有|没|吗|补|领|谁|怎|咋|帮|请|您|你|给|问|瘫|病|岁|儿子|闺女|老伴|残|低保|不|了"
)


def _odd(area: str) -> bool:
    """A sentence that happens to end in 村 or 路 is no name."""
    return _VERB.search(area) is not None
