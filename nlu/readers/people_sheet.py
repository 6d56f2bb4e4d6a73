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
# 李桂英-79岁-空巢, 马凤莲/80/低保; not 150/90, not 138-1234-5678.
_DASHES: Final = re.compile(
    r"(?<=[\u4e00-\u9fff])[-—－–/／＋+·*]+(?=[0-9\u4e00-\u9fff])|(?<=[0-9])[-—－–/／＋+·*]+(?=[\u4e00-\u9fff])"
)
_FEW: Final = 1
_FIELD: Final = any_of(
    "序号 编号 姓名 性别 年龄 岁数 出生年?月? 出生日期 类别 类型 户别 户籍 身份 住址 地址 电话 联系方式 联系电话 备注 情况 村组 社区",
    "家庭情况 残疾等级 残疾 自理能力 自理情况 居住情况 居住 困难类型 能力 与户主关系 关系",
)
_TABLE_HEAD: Final = re.compile(rf"(?:{_FIELD}[\s，,、/]+){{2,}}(?:{_FIELD}(?:[：:]|(?=\s|$)))?")
_YOUNG: Final = "(?:[1-5][0-9]|[二三四五]十[一二三四五六七八九]?)(?:多|周?岁)*了?"
_WRITERS: Final = any_of(
    "儿子 闺女 女儿 孙子 孙女 外孙女? 儿媳妇? 女婿 侄子 侄女 外甥女? 小子 妮儿? 邻居",
    "社区 村委会? (?<![农山])村 居委会? 街道办? 乡镇 镇政府 乡政府",
    "民政[局所办]? 网格员 志愿者 工作人员 护工 保姆 社工 支书 书记 村长 村医 队长 主任 干部 医生 护士 家属 子女 孩子 热线 客服 话务员",
    "监护人 晚辈 亲戚 帮扶人 帮扶干部 专干 办事员 会计 组长 楼长 单元长 养老院",
)
_INTRO: Final = re.compile(
    # 俺是烈士家属 is a claim of one's own.
    r"(?:我|俺|本人|这里|这边|这)(?:就)?是(?![^，,。]{0,6}(?:军|烈|牺牲|病故|失独|计生))[^，,。！!\s；;0-9]{0,12}?"
    rf"{_WRITERS}(?:里|这边|这儿)?的?(?:(?:新|刚)(?:来|到|招|调来|上任)的?)?(?:工作人员|干部|书记|主任|网格员|志愿者|社工|人员|专干)?"
    r"(?:[老小]?[\u4e00-\u9fff](?:某|同志)?)?(?=[，,。！!\s；;]|$|想|问|替|帮|给|代|来|要)"
    rf"(?:[，,]?(?:我|俺)?(?:(?:今年|现年|也|都)+{_YOUNG}|(?:[1-5][0-9]|[二三四五]十[一二三四五六七八九]?)岁)(?=[，,。；;\s]|$)"
    # 我是大闺女，今年六十三，替俺娘问
    r"|[，,]?(?:我|俺)?(?:今年|现年|自己|也|都)*(?:6[0-9]|六十[一二三四五六七八九]?)岁?多?了?(?=[，,]?(?:来)?(?:替|帮|给|代|想|问|照顾|伺候)))?"
)
_HIS: Final = re.compile(
    "(?:我|俺|本人)(?:就)?是(?P<sex>[他她])们?家?的?[大小二三]?(?P<child>儿子|闺女|女儿|孙子|孙女|外孙女?|外孙子|儿媳妇?|女婿|侄子|侄女|外甥女?|邻居)"
)
_PARENTS: Final = {
    "儿子|闺女|女儿": ("我爹", "我娘"),
    "孙子|孙女": ("我爷爷", "我奶奶"),
    "外孙女?|外孙子": ("我姥爷", "我姥姥"),
    "儿媳妇?": ("我公公", "我婆婆"),
    "女婿": ("我岳父", "我岳母"),
}
_OFFICE: Final = re.compile(
    "社区|村委|居委|街道|乡镇|镇政府|民政|网格员|志愿者|工作人员|社工|支书|书记|村长|村医|主任|干部|医生|护士|热线|客服|话务员|专干|办事员|会计|组长|楼长|单元长|邻居"
)
_COUPLE: Final = re.compile("(?<![我俺咱们对])(?:老两口|老俩口|夫妻俩|老夫妻俩?)(?:子|儿)?")
# 我退休金三千二，不用问我，问我岳母
_NOT_ME: Final = re.compile(
    "^(?:我|俺)(?:自己)?[^。；;！!？?\\n]{1,30}?[，, ](?:不用|不要|别|不是|甭)(?:来)?(?:问|管|说|算|替)(?:的)?(?:是)?(?:"
    "我|俺)(?:自己|的事)?[，,。 ]"
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
_LEADERS: Final = re.compile(
    "(?:^|(?<=[，,。]))(?:各位|尊敬的?|诸位)(?:领导|同志|老师)们?(?:你好|您好|好)?[，,！!。]?"
)
# 我是他老伴，七十九
_HIS_WIFE: Final = re.compile(
    "(?:我|俺)(?:就)?是[他她]的?(?:老伴儿?|老婆子?|爱人|妻子|丈夫|男人|老公|老头子?|媳妇)"
    "(?=[，, ](?:我|俺)?(?:今年|也|都|快)*(?:[6-9][0-9](?![0-9.])|[六七八九]十))"
)
# 俺就一个儿还是残废
_ONE_SON: Final = re.compile(
    "(?<=[就只有俺我个])一个儿(?=[，,。；;\\s]|还|也|是|残|瘫|傻|痴|走|没|在|有|死|又|得|脑|智|精)"
)
_LEVEL: Final = re.compile(
    "(?<=[五六七八九]十[一二三四五六七八九])(?=[一二三四]级)|(?<=[五六七八九]十)(?=[一二三四]级(?!岁))"
)
# 系张三丰之妻
_TIE: Final = re.compile(r"系[^，,。；;\s]{2,4}(?:之|的)[妻夫母父子女兄弟姐妹](?:亲)?")
# 我这当闺女的六十了
_I_AS_CHILD: Final = re.compile(
    "(?:我|俺)(?:这个?)?[当做](?:闺女|儿子|女儿|儿媳妇?|媳妇|孙子|孙女|侄子|侄女|外甥女?)(?:的|嘞)"
)

# 我负责三个老人: not the writer
_IN_CHARGE: Final = re.compile(
    "(?:我|俺)们?(?:这边|这里|这儿|社区|村)?(?:负责|包保?|联系|帮扶|分管|走访|服务|代管)[着了的]?(?=[^，,。；;]{0,6}[0-9一二两俩三仨四五六七八九十几][个位户名])"
)
# 我大爷（爸爸的哥哥）
_GLOSS: Final = re.compile(
    "[（(](?:就是|也就是|即|是)?(?:我|俺)?(?:爸爸?|妈妈?|爹|娘|父亲|母亲|老伴|爷爷|奶奶|丈夫|老公|老婆|媳妇)家?的[\u4e00-\u9fff]{1,4}[）)]"
)

# What a messenger puts above a forwarded message: 李支书 10:21, 2026年11月3日 上午9:12.
_FORWARDED: Final = re.compile(
    "(?:^|(?<=\\n))(?:[—\\-【\\[]*转[自发][^\\n]*|[\u4e00-\u9fff]{1,4}(?:支书|书记|会计|主任|村长|队长|组长|网格员|老师|医生|专干)\\s+[0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?"
    "|20[0-9]{2}[年/-][0-9]{1,2}[月/-][0-9]{1,2}日?\\s*(?:[上下]午)?\\s*[0-9]{1,2}:[0-9]{2})[ ]*(?:\\n|$)"
)
# 李秀英电话13812345678，86岁
_NUMBER_BESIDE: Final = re.compile(
    "[，,\\s]*(?:联系)?(?:电话|手机)号?码?(?:是|为)?[:：]?\\s*1[3-9][0-9]{9}(?=[，,\\s]*(?:[男女][，,\\s]|(?:今年)?(?:[6-9][0-9]|1[01][0-9])(?![0-9])|[六七八九]十))"
)


def laid_bare(text: str) -> str:
    """A normalised text without list numbers, table heads, introductions and hearsay."""
    text = _NUMBER_BESIDE.sub("", _FORWARDED.sub("", text))
    if text.count("|") > 1:
        text = text.replace("|", " ")
    if len(_DASHES.findall(text)) > _FEW:
        text = _DASHES.sub("，", text)
    text = _without_count(_without_marks(text))
    text = _LEVEL.sub(" ", _TABLE_HEAD.sub("\n", text))
    text = _I_AS_CHILD.sub("我", _GLOSS.sub("", _IN_CHARGE.sub("", _TIE.sub("", text))))
    text = _HIS_WIFE.sub("我", text, count=1)
    text = _ONE_SON.sub("一个儿子", _LEADERS.sub("", _NOT_ME.sub("", text, count=1), count=1))
    return _NEWS.sub("，", _introduced(text))


def _introduced(text: str) -> str:
    """Without who is writing; a worker's 老两口 are no couple of the worker's."""
    intro = _INTRO.search(text)
    if intro is None:
        return text
    if his := _HIS.match(intro[0]):
        told = text[: intro.start()] + text[intro.end() :]
        alone = not any(mention.kind in ("elder", "weak", "self") for mention in kin.find(told))
        return _INTRO.sub(_parent(his) if alone else "", text)
    text = _INTRO.sub(_whom, text)
    return _COUPLE.sub("一对老两口", text) if _OFFICE.search(intro[0]) else text


def _parent(his: re.Match[str]) -> str:
    """Whom 我是他儿子 asks for."""
    man = his["sex"] == "他"
    for child, (father, mother) in _PARENTS.items():
        if re.fullmatch(child, his["child"]):
            return father if man else mother
    return "有一位老人"


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
