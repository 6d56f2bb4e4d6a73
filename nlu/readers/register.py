"""Reads whether an elder is registered (户籍) and usually lives (常住) where the list is issued."""

from __future__ import annotations

from nlu.readers.clauses import Clause
from nlu.readers.thoughts import split
from nlu.readers.told import denied
from nlu.readers.words import any_of, pattern

_HUKOU = "(?:户口本?|户籍|户头|户口簿)"
_LOCAL = (
    "(?:本地|当地|这儿?|这里|这边|咱这儿?|俺这儿?|本市|本区|本县|本村|本乡|本镇|本社区|本街道|本省|咱们这"
    "|俺们?这|我们这|俺村|我们村|俺们村|社区|庄上|队里|老院)"
)
_AWAY = "(?:外地|外省|外县|外市|外乡|外村|别处|别的地方|原籍|异地|外头|老家|农村老家|娘家|非本地|非本市|非本县|儿子那儿?|闺女那儿?)"
_STILL = "(?:[跟和连]人(?=[都全也就在])|也|都|还|就|是|一直|仍|倒|现在|早就?|已经|俩|均|全|又|给){0,3}"
_HERE = pattern(
    any_of(
        rf"{_HUKOU}{_STILL}(?:在|是|落在|落到|迁到|迁在|转到|搁|落|上在)(?:了)?{_LOCAL}(?:的|了)? "
        rf"(?:户口|户籍){_STILL}在(?=$|[，,。]) {_LOCAL}(?:的)?{_HUKOU} (?:户口|户籍){_STILL}{_LOCAL}(?:的|人)?$",
        "(?:户口|户籍)(?:也|都)是(?=$)",
        rf"{_HUKOU}(?:也|都|就|同样|一样|一直){{1,2}}(?:都|是)?(?:在|搁|落|落在)那(?:儿|里|边)?(?:的|了)?(?=$|[，,。])",
        rf"{_HUKOU}{_STILL}(?:迁|转|落|挪)(?:过来|来|回来|到这|在这|回)(?:了|的)? 已经落户 落了户",
        "落户(?:到|在)[^，,]{0,4}这(?:儿|里|边)?(?:了|的)?(?=$|[，,。]) (?:本地|当地)户(?!口|籍)",
    )
)
_ELSEWHERE = pattern(
    any_of(
        rf"{_AWAY}(?:的)?{_HUKOU} {_HUKOU}{_STILL}(?:在|是|搁|留在|挂在|落在)?{_AWAY} "
        rf"{_HUKOU}{_STILL}(?:不(?:在|是|属于)|没在|不搁){_LOCAL}|{_HUKOU}{_STILL}(?:不在|没在)(?=$|[，,。])",
        rf"{_HUKOU}{_STILL}没(?:有)?(?:在|迁|落|转|上|挪)(?:到|过来|过|来|户)*(?:{_LOCAL})? "
        rf"(?:没有?|不是|非){_LOCAL}(?:的)?{_HUKOU} 没(?:有)?(?:把)?(?:户口)?落户",
        rf"(?:外来|流动)人口 {_HUKOU}{_STILL}(?:[跟随]着?[^，,。]{{1,4}})?(?:迁|转)(?:走|出去)了?",
    )
)
# A line of a form: 户籍：外地.
_FORM = pattern(
    rf"(?:{_HUKOU}|户口所在地)[：:][ ]?(?:(?P<here>本地|当地|本市|本县|本区|本村|是)|(?P<away>{_AWAY}|否))"
)
_FORM_RESIDENT = pattern("常住(?:人口|情况)?[：:][ ]?(?:(?P<here>是|本地|有)|(?P<away>否|不是|外地|无))")
_NOT_HERE = pattern("(?:不是|没有?|非)$")
_ASKING = pattern(
    "(?:能|可以|行|有|算|要)[^，,。]{0,8}(?:吗|么|不|[?？])|能不能|可不可以|怎么|咋|有没有|是不是|行不行|影响"
)
_PERSON = pattern("我|俺|咱|妈|娘|爹|爸|老伴|他|她|奶|爷|婆|公公")

_YEARS = r"(?:\d+|[一二三四五六七八九十几好半]+)(?:几|多|来|辈子)?(?:年|辈子)?"
_RESIDENT = pattern(
    any_of(
        "常住(?:人口|居民|户)?(?:在)?(?:这里?|本地|当地|本村|本社区)? "
        "(?:长期|常年|一直|长年|多年)(?:都)?(?:在)?(?:这儿?里?|这边|本地|当地|本村|村里|本县|本市|本区|俺这|咱这"
        "|我们这)(?:儿)?(?:住|居住|生活|过)",
        "(?:长期|一直|常年|长年|多年|打小)(?:都)?(?:住|居住|生活)在?(?:这儿?|这里|这边|本地|当地|本村|村里|咱这"
        "|俺这)(?:住)? (?:就)?(?:一直)?住(?:在)?(?:本地|当地|这儿|这里)(?!几|多少)",
        rf"(?:在)?(?:这儿?|这里|这边|本地|当地|本村|咱这|俺这)(?:儿)?(?:都|也|已经)?住(?:了)?{_YEARS} "
        rf"住了(?:一|大半|半)辈子 没挪过窝 从没离开过(?:家|村|本地|这儿?)",
        "(?<!不)(?<!没)常住 (?:户口|户籍)[跟和连]人(?:都|全|也|就)在 人[跟和连](?:户口|户籍)(?:都|全|也|就)在",
    )
)
_PASSING = pattern(
    "暂住|临时(?:住|来住|待|借住)|(?:刚)?(?<!回)(?:过来|来)(?:住|待)(?:几天|一阵|一段|几个月|两天|些天)|不常住|不在这(?:儿|里)?常住|不是常住|(?:我|俺)[^，,]{0,4}(?:过年才回|偶尔回来)"
)


_CHILD = pattern("孩子|儿|闺女|女|他们|年轻")


def hukou(text: str) -> dict[str, object]:
    """`{"hukou_local": bool}` where the text tells it in general words, else `{}`."""
    if "户" not in text and "流动" not in text and "外来" not in text:
        return {}
    if form := _FORM.search(text):
        return {"hukou_local": form["here"] is not None}
    for clause in split(text):
        said = _registered(clause)
        if said is not None:
            return {"hukou_local": said}
    return {}


def _registered(clause: Clause) -> bool | None:
    away, here = _ELSEWHERE.search(clause.text), _HERE.search(clause.text)
    found = away or here
    if found is None or clause.supposes or clause.past:
        return None
    behind = clause.text[found.end() :]
    asks = _ASKING.search(clause.text) is not None and not _PERSON.search(clause.text[: found.start()])
    if asks or (clause.asks and not _PERSON.search(clause.text)) or behind.startswith(("本", "簿", "页")):
        return None
    return away is None and not _NOT_HERE.search(clause.text[: found.start()])


def resident(text: str) -> dict[str, object]:
    """`{"resident": bool}` where the text tells it, else `{}`."""
    if form := _FORM_RESIDENT.search(text):
        return {"resident": form["here"] is not None}
    told: dict[str, object] = {}
    for clause in split(text):
        if clause.asks or clause.supposes or clause.past:
            continue
        passing, stays = _PASSING.search(clause.text), _RESIDENT.search(clause.text)
        if (
            passing
            and not _CHILD.search(clause.text[: passing.start()])
            and not denied(clause, passing.start())
        ):
            told["resident"] = False
        elif stays and not _CHILD.search(clause.text[: stays.start()]):
            told["resident"] = not denied(clause, stays.start())
    return told
