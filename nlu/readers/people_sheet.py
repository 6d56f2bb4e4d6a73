"""Takes the paper out of a message: list numbers, table heads, who is writing, and what the news told."""

from __future__ import annotations

import re
from typing import Final

from nlu.readers import kin
from nlu.readers.words import any_of

_MARK: Final = re.compile(
    r"(?:^|(?<=[\n；;。，,\s]))[ ]*[(（]?(?:[1-9]|[12][0-9]|30)[)）.、](?=[^0-9])|"
    r"第?[一二三四五六七八九十]{1,2}、(?=[\u4e00-\u9fff])"
)
_LEADING_MARK: Final = re.compile(r"^\s*[(（]?(?:[1-9]|[12][0-9])[)）.、]")
_UNITS: Final = "级个月岁年天日号楼栋单室点块元次口人位层组队儿女子孙万千百里斤公万亩米分小大中种项样名户家周"
# 1冉建国，84 2张爱珍，82: numbers that run on from one, before people and not before a unit.
_COUNT: Final = re.compile(rf"(?<![0-9.])([1-9][0-9]?)[\s:：]?(?=[\u4e00-\u9fff])(?![{_UNITS}])")
_FIELD: Final = any_of(
    "序号 编号 姓名 性别 年龄 岁数 出生年?月? 出生日期 类别 类型 户别 户籍 身份 住址 地址 电话 联系方式 联系电话 备注 情况 村组 社区",
    "家庭情况 残疾等级 残疾 自理能力 自理情况 居住情况 居住 困难类型 能力 与户主关系 关系",
)
_TABLE_HEAD: Final = re.compile(rf"(?:{_FIELD}[\s，,、/]+){{2,}}(?:{_FIELD}(?=\s|$))?")
_YOUNG: Final = "(?:[1-5][0-9]|[二三四五]十[一二三四五六七八九]?)(?:多|周?岁)*了?"
_WRITERS: Final = any_of(
    "儿子 闺女 女儿 孙子 孙女 外孙女? 儿媳妇? 女婿 侄子 侄女 外甥女? 小子 妮儿? 邻居 社区 村委会? 村 居委会? 街道办? 乡镇 镇政府 乡政府",
    "民政[局所办]? 网格员 志愿者 工作人员 护工 保姆 社工 支书 书记 村长 村医 队长 主任 干部 医生 护士 家属 子女 孩子 热线 客服 话务员",
    "监护人 晚辈 亲戚 帮扶人 帮扶干部 专干 办事员 会计 组长 楼长 单元长 养老院",
)
_INTRO: Final = re.compile(
    # 俺是烈士家属 is a claim of one's own.
    r"(?:我|俺|本人|这里|这边|这)(?:就)?是(?![^，,。]{0,6}(?:军|烈|牺牲|病故|失独|计生))[^，,。！!\s；;0-9]{0,12}?"
    rf"{_WRITERS}(?:里|这边|这儿)?的?(?:工作人员|干部|书记|主任|网格员|志愿者|社工|人员|专干)?"
    r"(?:[老小]?[\u4e00-\u9fff](?:某|同志)?)?(?=[，,。！!\s；;]|$|想|问|替|帮|给|代|来|要)"
    rf"(?:[，,]?(?:我|俺)?(?:今年|现年|也|都)+{_YOUNG}(?=[，,。；;\s]|$))?"
)
_MEDIA: Final = any_of(
    "电视 新闻 抖音 快手 短视频 视频 报纸 报上 广播 收音机 网上 戏[里上] 小说 手机上 朋友圈 小品 电影 电视剧 相声 书 故事"
)
_SOMEBODY: Final = any_of("老人 老汉 老头 老太 老奶 大爷 大妈 大娘 老兵 老党员 寿星 人 夫妻 两口")
_NOT_OURS: Final = r"[^，,。！!？?\n我俺咱爹娘爸妈]*"
_FAR: Final = any_of(
    "邻村 外村 别的村 别村 外地 城里 人家 有人 东北 南方 北京 上海 [^，,。我俺咱]{0,4}(?:有个|有一个)"
)
_NEWS: Final = re.compile(
    rf"{_MEDIA}[上里中]?[^，,。！!？?\n我俺咱]{{0,10}}?[有那说讲放播看演个位的][^，,。！!？?\n我俺咱]{{0,16}}?{_SOMEBODY}"
    rf"{_NOT_OURS}(?:[，,]{_NOT_OURS})*|听(?:说|人说|人家说){_FAR}{_NOT_OURS}"
)
# 八十五二级: the age and the level of the certificate
_LEVEL: Final = re.compile(
    "(?<=[五六七八九]十[一二三四五六七八九])(?=[一二三四]级)|(?<=[五六七八九]十)(?=[一二三四]级(?!岁))"
)
# 系张三丰之妻
_TIE: Final = re.compile(r"系[^，,。；;\s]{2,4}(?:之|的)[妻夫母父子女兄弟姐妹](?:亲)?")
# 我这当闺女的六十了
_I_AS_CHILD: Final = re.compile(
    "(?:我|俺)(?:这个?)?[当做](?:闺女|儿子|女儿|儿媳妇?|媳妇|孙子|孙女|侄子|侄女|外甥女?)(?:的|嘞)"
)


def laid_bare(text: str) -> str:
    """A normalised text without list numbers, table heads, introductions and hearsay."""
    if text.count("|") > 1:
        text = text.replace("|", " ")
    text = _without_count(_without_marks(text))
    text = _LEVEL.sub(" ", _TABLE_HEAD.sub("\n", text))
    text = _I_AS_CHILD.sub("我", _TIE.sub("", text))
    return _NEWS.sub("，", _INTRO.sub(_whom, text))


def _without_marks(text: str) -> str:
    """Lists lose their numbers ("1. 王大爷") where there are at least two of them."""
    return _MARK.sub("\n", text) if len(_MARK.findall(text)) > 1 else _LEADING_MARK.sub("", text)


def _without_count(text: str) -> str:
    expected, cuts = 1, []
    for match in _COUNT.finditer(text):
        if int(match[1]) == expected and (expected > 1 or _opens(text, match.start())):
            expected += 1
            cuts.append(match)
    if expected < 3:
        return text
    for match in reversed(cuts):
        text = f"{text[: match.start()]}\n{text[match.end() :]}"
    return text


def _opens(text: str, at: int) -> bool:
    return at == 0 or text[at - 1] in " \n，,。；;：:、)）"


def _whom(intro: re.Match[str]) -> str:
    """An introduction ("我是王大爷的儿子") says nothing but whose child is asking."""
    whose = intro[0].partition("的")[0].partition("是")[2]
    named = [mention for mention in kin.find(whose) if mention.kind == "elder"]
    return "".join(whose[mention.start : mention.end] for mention in named[-1:])
