"""What is said of some of those who are named: 前两个低保，后一个五保; 除了老李都是低保; 低保的：…五保的：…."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from nlu.readers.elder_facts import has_elder_age
from nlu.readers.gathering import Gathering
from nlu.readers.kin_words import Who

_STATUS: Final = "(?:低保边缘|低保|特困|五保|独居|空巢|失能)"
_SAID: Final = r"(?P<said>[^，,。；;：:！!？?\s0-9]{2,12}?)"
_END: Final = r"(?=[，,。；;：:！!\s]|$)"
_NUMBER: Final = {"一": 1, "两": 2, "二": 2, "俩": 2, "三": 3, "仨": 3, "四": 4, "五": 5}
_SOME: Final = re.compile(
    rf"(?:^|(?<=[，,。；;：:\s]))(?P<which>前|头|后|最后|末)(?:面)?(?P<count>[一两二俩三仨四五1-5])(?:个|位|人|户)?(?:老人)?{_SAID}{_END}"
)
_BUT: Final = re.compile(
    rf"(?:^|(?<=[，,。；;：:\s]))除了?(?P<who>[\u4e00-\u9fff]{{1,4}}?)(?:以外|之外|外)?[，,]?(?:其[他余它]的?人?|别人|剩下的)?(?=[都全均]){_SAID}{_END}"
)
_HEADED: Final = re.compile(
    rf"(?:^|(?<=[\n。；;]))[ ]*(?P<status>{_STATUS})(?:的|户|老人|人员|对象)*(?:有|名单|是)*[：:][ ]*"
    rf"(?P<items>(?![是否有无没×✗√✓])[^。；;\n]+)"
)
_TITLE: Final = re.compile(
    rf"^(?![^\n]*[一二三四五六七八九]十[一二三四五六七八九])(?P<title>[^\n，,]{{0,16}}?(?P<status>{_STATUS})[^\n，,0-9]{{0,12}})\n"
)
_THRESHOLD: Final = re.compile("(?:[0-9]{2}|[五六七八九]十)(?:周?岁)?(?:及?以上|往上)的?")
_TELLS_LIST: Final = re.compile("名单|几个|如下|下面|[：:]$|有这|都是|位$|个$|的有$")
_NAMED: Final = {
    "father": re.compile("爸|爹|父"),
    "mother": re.compile("妈|娘|母"),
    "spouse": re.compile("老伴|老婆|老头|老公"),
}


@dataclass(frozen=True, slots=True)
class Selection:
    """`said` is told of the first (`count` > 0), of the last (< 0), or of all but `but`."""

    said: str
    count: int = 0
    but: str = ""


def headed(text: str) -> str:
    """`text` with the status of a heading told of each who stands under it."""
    if len(_HEADED.findall(text)) > 1:
        return _HEADED.sub(_with_status, text)
    title = _TITLE.match(text)
    listed = (
        title and not has_elder_age(_THRESHOLD.sub("", title["title"])) and _TELLS_LIST.search(title["title"])
    )
    return f"下面都是{title['status']}：\n{text[title.end() :]}" if title and listed else text


def _with_status(found: re.Match[str]) -> str:
    items = re.split("、" if "、" in found["items"] else "[，,]", found["items"])
    return "；".join(f"{item}，{found['status']}" for item in items if item.strip())


def taken(text: str) -> tuple[str, tuple[Selection, ...]]:
    """`text` without what is said of some of several, and what that is."""
    if not (_SOME.search(text) or _BUT.search(text)):
        return text, ()
    several = [Selection(one["said"], _count(one)) for one in _SOME.finditer(text)]
    others = [
        Selection(one["said"], but=one["who"]) for one in _BUT.finditer(text) if text.count(one["who"]) > 1
    ]
    if not others:
        return _SOME.sub("", text), tuple(several)
    return _BUT.sub("", _SOME.sub("", text)), (*several, *others)


def _count(found: re.Match[str]) -> int:
    number = int(found["count"]) if found["count"].isdigit() else _NUMBER[found["count"]]
    return number if found["which"] in "前头" else -number


def share(gathering: Gathering, selections: tuple[Selection, ...]) -> None:
    """Tells each selection of those it means; of nobody, where that is not sure."""
    named = tuple(gathering.texts)
    for one in selections:
        for who in _meant(named, one):
            gathering.texts[who].append("，" + one.said.removeprefix("都").removeprefix("全"))


def _meant(named: tuple[Who, ...], selection: Selection) -> tuple[Who, ...]:
    if selection.count:
        fits = abs(selection.count) < len(named)
        return (named[: selection.count] if selection.count > 0 else named[selection.count :]) if fits else ()
    but = [who for who in named if _is_called(who, selection.but)]
    return tuple(who for who in named if who not in but) if len(but) == 1 else ()


def _is_called(who: Who, word: str) -> bool:
    if who.name:
        return word in who.name or who.name in word
    told = _NAMED.get(who.subject)
    return told is not None and told.search(word) is not None
