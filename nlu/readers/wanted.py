"""Which benefit and which service a text names, by the names the lexicon holds."""

from __future__ import annotations

import re
from collections.abc import Mapping

from nlu.lexicon import Lexicon
from nlu.readers import needs

_REFUSED = re.compile(r"(?:不要|不是|不用|别|甭|不约|不办|除了|没约)(?:这个|那个|再|给我|叫|办|约)?$")

# 洗个澡 is 洗澡, 理一次发 is 理发.
_BETWEEN = re.compile(r"(?<=[\u4e00-\u9fff])(?:了?一?[个次下顿份回])(?=[\u4e00-\u9fff])")

# What one does oneself (自己能做饭) or already has (退休工资不高) is not asked for.
_CHORE = r"(?:做饭|买菜|洗澡|洗衣服|洗衣裳|洗衣|打扫|收拾屋子|拾掇屋|上厕所|穿衣|吃饭|下楼|上楼|[、和，,])"
_TOLD = re.compile(
    rf"(?:(?<!不)能自己|自己(?:还|都)?(?:能|会)?|(?:还|都|也)(?:能|会)){_CHORE}{{1,6}}(?!的)"
    rf"|{_CHORE}{{1,6}}(?:也|都|还|全)?(?:是)?(?:自己|自个儿?)(?:都|也|还)?(?:来|能|中|行|弄|干|做|会)"
    r"|(?:退休(?:工资|金)|养老金)(?:也|都|才|就|只有?|每月|一个?月|倒)*(?:不高|不多|太?[低少]|很[低少]|[0-9一二两三四五六七八九])"
    r"|[带陪领](?:着)?(?:我|俺|他|她)?[去上](?:过)?医院[^，,。]{0,3}过了?"
    r"|(?:路灯|街灯)[^，,。]{0,6}"
    r"|(?:领着|拿着|吃着)(?:职工|城镇|企业|居民|农村|城乡)*(?:退休(?:工资|金)|养老(?:金|保险))"
)
# 洗澡得有人搭把手 tells how one is, unless somebody is asked to come.
_CARE = re.compile(
    rf"{_CHORE}{{1,6}}(?:还|都|也|全|就|啥的)?(?:得|要|需要?|靠|离不[了开]|用)?(?:有)?(?:个)?(?:人|别人|家人|儿子|闺女|"
    r"老伴儿?|老头子?|儿?媳妇|孩子)"
    r"(?:来)?(?:帮|搀|扶|搭把手|伺候|照顾|照应|看着|弄|管)|"
    rf"{_CHORE}{{1,6}}(?:还|都|也|全|就|啥的)?(?:不行|不中|不了|不成|费劲|困难|吃力|够呛|够不着|弄不了|做不了|洗不了)"
)
_COME = re.compile(
    r"(?:派|来|约|叫|找|请|雇|喊)(?:个|人|一|俩|位|恁|你们)|上门|服务|预约|助[餐浴洁医急行]|[能给](?:给|来)|恁来"
)
# 陪我去医院 is 陪去医院.
_WHOM = re.compile(
    r"(?<=[陪帮给替推扶])(?:着|一下)?(?:我|俺|咱)?(?:们|家)?(?:我|俺|他|她|咱|老人|妈妈?|娘|爸爸?|爹|老伴儿?|父亲|母亲|奶奶?|"
    r"爷爷?)(?=[\u4e00-\u9fff])"
)


class Names:
    """A mapping from names to what they stand for, made ready for finding the names in a text."""

    def __init__(self, names: Mapping[str, str]) -> None:
        self._names = names
        self._by_first: dict[str, list[str]] = {}
        for name in sorted(filter(None, names), key=len, reverse=True):
            self._by_first.setdefault(name[0], []).append(name)

    def found(self, text: str) -> tuple[tuple[int, str], ...]:
        """Where each name begins and what it stands for; of names within one another the longest counts."""
        hits: list[tuple[int, str]] = []
        at = 0
        while at < len(text):
            name = self._name_at(text, at) if text[at] in self._by_first else None
            if name is not None:
                hits.append((at, self._names[name]))
            at += len(name) if name is not None else 1
        return tuple(hits)

    def _name_at(self, text: str, at: int) -> str | None:
        return next((each for each in self._by_first[text[at]] if text.startswith(each, at)), None)

    def wanted(self, text: str) -> str | None:
        """The first thing named that is not refused ("不要助洁，要助餐"), else the first one named."""
        hits = self.found(text) or self.found(text := _WHOM.sub("", _BETWEEN.sub("", text)))
        kept = [thing for at, thing in hits if not _REFUSED.search(text[max(0, at - 8) : at])]
        return next(iter(kept), hits[0][1] if hits else None)


class Wanted:
    """Reads the slots `service` and `benefit`."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._services = lexicon.services
        self._slots = {"service": Names(lexicon.services), "benefit": Names(lexicon.benefits)}

    def read(self, text: str) -> dict[str, str]:
        """The slots that the normalised text fills, by the names of the lexicon."""
        asked = _TOLD.sub("", text)
        asked = asked if _COME.search(asked) else _CARE.sub("", asked)
        read = {slot: names.wanted(asked) for slot, names in self._slots.items()}
        if read["service"] is None and (need := needs.found(asked)):
            read["service"] = self._services.get(need)
        return {slot: thing for slot, thing in read.items() if thing is not None}
