"""Where an elder lives, and whether they are registered there."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Final

from nlu.readers import region_hukou, register, sounds
from nlu.readers import region_words as words


@dataclass(frozen=True, slots=True)
class _Place:
    code: str
    rank: int
    at: int
    end: int
    hukou: bool | None
    old_home: bool | None = None


@dataclass(slots=True)
class _Cache:
    """The pattern of the last lexicon, which stays the same while the program runs."""

    regions: Mapping[str, str] | None = None
    pattern: re.Pattern[str] = re.compile("(?!)")
    near: frozenset[str] = frozenset()


_cache = _Cache()


def read(text: str, regions: Mapping[str, str]) -> dict[str, object]:
    """What a normalised text tells of the place: a subset of `region` (the code that `regions` gives the name)
    and `hukou_local` (bool). A place of the past, of a child, of a hospital or of a road is none."""
    named = list(_pattern(regions).finditer(text))
    if not named and (heard := _heard_rightly(text)) != text:
        text, named = heard, list(_pattern(regions).finditer(heard))
    places = _as_one(place for match in named if (place := _place(text, match, regions)))
    if region_hukou.KEPT.search(text) and not any(place.hukou for place in places):
        places = [replace(place, hukou=place.old_home or place.hukou) for place in places]
    return _weighed(text, places)


def _as_one(places: Iterable[_Place]) -> list[_Place]:
    """户口在山东菏泽: the city stands where its province does."""
    told: list[_Place] = []
    for place in places:
        if told and told[-1].hukou and place.at == told[-1].end and _within(place.code, told[-1].code):
            place = replace(place, hukou=True, rank=told[-1].rank)
        told.append(place)
    return told


def _weighed(text: str, places: list[_Place]) -> dict[str, object]:
    """What the places come to, of which some are homes and some where the register is."""
    facts = register.hukou(text)
    home = _best([place for place in places if place.hukou is None])
    registered = _best([place for place in places if place.hukou])
    if home and registered and _counts_by_register(home, registered):
        away = {"resident": False} if _is_long(text, home) and not _is_near(home) else {}
        return {"region": registered.code, "hukou_local": True, **away}
    if home is None and registered is not None and registered.code[:2] not in _COVERED:
        # Whoever names a far register has another home that was not said.
        return {"hukou_local": False, **facts}
    if home or registered:
        facts["region"] = (home or registered or places[0]).code
    if home and home.code[:2] in _COVERED and home.rank == _LIVES and _is_long(text, home):
        facts.setdefault("resident", True)
    if _is_there(text, home, registered):
        facts.setdefault("resident", True)
    return facts | _local(home, registered, places)


def _is_there(text: str, home: _Place | None, registered: _Place | None) -> bool:
    """户口跟人都在尉氏; 户口在镇平，人也一直在镇平."""
    if home is None or registered is None:
        return registered is not None and region_hukou.WITH_HIM.search(text) is not None
    here = words.PRESENT.search(text[max(0, home.at - 10) : home.at]) is not None
    return here and _near(home, registered) and _is_near(home)


# Henan and Hebei.
_COVERED: Final = ("41", "13")
_REJECTED, _OLD_HOME, _PLAIN, _LIVES = 0, 1, 2, 3


def _local(home: _Place | None, registered: _Place | None, places: list[_Place]) -> dict[str, object]:
    """Whether the register is where the home is, as far as both are named."""
    if any(place.hukou is False and (home is None or _near(place, home)) for place in places):
        return {"hukou_local": False}
    if home and registered and home.code[:2] in _COVERED and registered.code[:2] not in _COVERED:
        return {"hukou_local": False}
    if registered is None or (home is not None and home.rank <= _PLAIN):
        return {}
    return {"hukou_local": home is None or _near(home, registered)}


def _counts_by_register(home: _Place, registered: _Place) -> bool:
    """户口在杞县，人在广州: no list is issued where they live; and the register may name the district of the city."""
    if not _is_near(registered):
        return False
    return not _is_near(home) or (home.code != registered.code and _within(registered.code, home.code))


def _is_long(text: str, home: _Place) -> bool:
    return (
        words.FOR_YEARS.match(text, home.at) is not None
        or words.STAYS.search(text[max(0, home.at - 8) : home.at]) is not None
    )


def _near(one: _Place, other: _Place) -> bool:
    return _within(one.code, other.code) or _within(other.code, one.code)


def _heard_rightly(text: str) -> str:
    """窝龙 for 卧龙, 燕岭县 for 鄢陵县."""
    found = words.ONLY_A_NAME.fullmatch(text) or words.RANKED.search(text)
    if found is None:
        return text
    return text[: found.start(1)] + sounds.mended(found[1], "region", wholly=True) + text[found.end(1) :]


def _pattern(regions: Mapping[str, str]) -> re.Pattern[str]:
    if _cache.regions is not regions:
        longest_first = sorted(filter(None, regions), key=len, reverse=True)
        _cache.pattern = re.compile("|".join(map(re.escape, longest_first)) or "(?!)")
        cities = Counter(code[:4] for code in set(regions.values()))
        _cache.near = frozenset(
            city for city, places in cities.items() if places > 1 and city[:2] in _COVERED
        )
        _cache.regions = regions
    return _cache.pattern


def is_elsewhere(text: str, regions: Mapping[str, str]) -> bool:
    """Whether a text names a place so far that no list can be issued there."""
    far = any(regions[match[0]][:2] not in _COVERED for match in _pattern(regions).finditer(text))
    return far or words.ABROAD.search(text) is not None


def _is_near(place: _Place) -> bool:
    """Whether the place lies in a city of which the districts are known too: elsewhere no list can be issued."""
    return place.code[:4] in _cache.near


def _place(text: str, match: re.Match[str], regions: Mapping[str, str]) -> _Place | None:
    before = re.split(r"[。；;！!？?\n]", text[max(0, match.start() - 16) : match.start()])[-1]
    clause = re.split(
        r"[，, ]|(?=现在|如今|后来|目前)|(?<=[市县区镇村阳封州宫陵城])(?=人(?:在|住|搁))", before
    )[-1]
    code, behind = regions[match[0]], region_hukou.BEHIND.match(text, match.end()) is not None
    if region_hukou.ELSEWHERE.search(clause) or (behind and region_hukou.NO.search(clause)):
        return _Place(code, _PLAIN, match.start(), match.end(), hukou=False)
    rank = _rank(text, match.end(), clause, code)
    if not rank or ("户" in clause and region_hukou.OF_A_CHILD.search(before)):
        return None
    told = region_hukou.with_stay(before, clause)
    registered = behind or bool(region_hukou.BEFORE.search(told) or region_hukou.FORM.search(before))
    old_home = words.HOME.search(clause) is not None or None
    return _Place(code, rank, match.start(), match.end(), registered or None, old_home)


def _rank(text: str, end: int, clause: str, code: str) -> int:
    if (
        words.OTHER_NAME.match(text, end)
        or (
            words.VERB.match(text, end)
            and not (region_hukou.BEFORE.search(clause) or words.LIVING.search(clause))
        )
        or words.NOT.search(clause)
        or words.MOVED_FROM.search(clause)
    ):
        return _REJECTED
    came = words.CAME_TO_STAY.search(clause) and words.SO_LONG.match(text, end)
    if came and not _of_a_child(text, clause):
        return _LIVES
    if (
        (words.PAST.search(clause) and not words.MOVED.search(clause))
        or _of_a_child(text, clause)
        or words.ELSEWHERE.match(text, end)
        or words.CAME_BACK.match(text, end)
    ):
        return _REJECTED
    if _of_the_asker(text, end, clause):
        return _OLD_HOME if _likely_one_home(code, text, clause) else _REJECTED
    if words.GENERAL.match(text, end) and not words.LIVING.search(clause):
        return _OLD_HOME
    if (
        words.LIVING.search(clause)
        or words.LIVED.match(text, end)
        or (words.CAME.search(clause) and words.SINCE.match(text, end))
    ):
        return _LIVES
    return _OLD_HOME if words.HOME.search(clause) or words.GOING.search(clause) else _PLAIN


def _of_the_asker(text: str, end: int, clause: str) -> bool:
    """我在郑州，俺娘在卧龙: where the one who asks is."""
    asker = words.ASKER.search(clause)
    return asker is not None and not words.LIVED.match(text, end) and words.PARENTS.search(text) is not None


def _likely_one_home(code: str, text: str, clause: str) -> bool:
    """我在卧龙区，我妈83: to a district one belongs, and no other place is told; to a city many went for work."""
    county = code[:2] in _COVERED and not code.endswith("00")
    return county and words.ASKER_IS_IN.search(clause) is not None and words.APART.search(text) is None


def _of_a_child(text: str, clause: str) -> bool:
    """闺女在北京; but where one lives with that child (住儿子家，儿子家在唐河) it is one's own place too."""
    if words.CHILD_CAME.search(clause):
        return True
    if words.CHILD.search(clause) is None:
        return False
    together = words.WITH_CHILD.search(text)
    return together is None or next(filter(None, together.groups())) not in clause


def _best(places: list[_Place]) -> _Place | None:
    """The place that is said the most surely to be home; a district wins over its city."""
    if not places:
        return None
    top = max(place.rank for place in places)
    best = next(place for place in places if place.rank == top)
    inside = [place for place in places if _within(place.code, best.code) and place.rank != _OLD_HOME]
    return inside[-1] if inside else best


def _within(inner: str, outer: str) -> bool:
    return inner.startswith(outer.rstrip("0")) if len(outer.rstrip("0")) >= 2 else inner == outer
