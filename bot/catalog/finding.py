"""Finds services in all lists by what staff type: names, everyday names, agencies, words, slips, pinyin, first letters."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final, Literal

from rapidfuzz import fuzz

from bot.catalog.model import Catalog, Item
from bot.catalog.pinyin import Sound, Sounds, sounds_like, sounds_of, spells

How = Literal["name", "letters", "sound", "agency", "words", "slip"]

_LONGEST: Final = 60
# What is told by a part of a text that is longer is no slip in a short name.
_SLIP: Final = 75
_SHORTEST_SOUND: Final = 3
_HAN: Final = re.compile(r"[\u3400-\u9fff\U00020000-\U0003ffff]")
# Beside what surely is meant, what merely resembles it is noise.
_SURE: Final = 85.0


@dataclass(frozen=True, slots=True)
class Hit:
    """A service (a file in catalog_data/services), how it was found and by which name or words; `fit` to 100."""

    service: str
    fit: float
    how: How
    by: str


@dataclass(frozen=True, slots=True)
class _Name:
    shown: str
    text: str
    sounds: Sounds
    service: str


@dataclass(frozen=True, slots=True)
class _Words:
    text: str
    service: str
    how: Literal["agency", "words"]


class Finder:
    """All names and words of the catalog, made ready once."""

    def __init__(self, catalog: Catalog, pinyin: Mapping[str, Sound]) -> None:
        self._pinyin = pinyin
        self._names = [
            _Name(name, plain, sounds_of(plain, pinyin), slug)
            for name, slug in names(catalog)
            for plain in (_plain(name),)
        ]
        self._words = list(dict.fromkeys(_words(catalog)))

    def find(self, query: str, most: int = 20) -> list[Hit]:
        """The services that fit, the best first; none where nothing is asked."""
        wanted = _plain(query[:_LONGEST])
        if not wanted:
            return []
        best: dict[str, Hit] = {}
        for hit in self._hits(wanted):
            if hit.service not in best or hit.fit > best[hit.service].fit:
                best[hit.service] = hit
        found = sorted(best.values(), key=lambda hit: -hit.fit)
        if found and found[0].fit >= _SURE:
            found = [hit for hit in found if hit.how != "slip"]
        return found[:most]

    def _hits(self, wanted: str) -> Iterator[Hit]:
        if wanted.isascii() and wanted.isalpha():
            yield from self._by_letters(wanted)
            return
        sounds = sounds_of(wanted, self._pinyin)
        for name in self._names:
            if hit := _by_name(wanted, sounds, name):
                yield hit
        for words in self._words:
            if wanted in words.text:
                yield Hit(words.service, 80 if words.how == "agency" else 70, words.how, words.text)

    def _by_letters(self, letters: str) -> Iterator[Hit]:
        if len(letters) < 2:
            return
        for name in self._names:
            if spells(letters, name.sounds):
                # A short name is meant rather than a part of a long one.
                yield Hit(name.service, 95 - min(len(name.text), 20) / 4, "letters", name.shown)


def _plain(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).lower().split())


def names(catalog: Catalog) -> Iterator[tuple[str, str]]:
    """Every name under which people know a service, and the service: official, everyday, shared, as listed."""
    for slug, service in catalog.services.items():
        yield from ((name, slug) for name in dict.fromkeys((service.name, *service.everyday)))
    for word, name in catalog.benefit_names.items():
        several = catalog.topics.get(name, ())
        yield from ((word, slug) for slug in several if word not in catalog.services[slug].everyday)
    for item in _items(catalog):
        if item.form.name != item.service.name:
            yield item.form.name, item.form.service


def without_sound(catalog: Catalog, pinyin: Mapping[str, Sound]) -> Mapping[str, str]:
    """The Chinese characters in names of services of which no reading is known, each with a name that has it: such a
    name is found by what is written, but not by pinyin."""
    found: dict[str, str] = {}
    for name, _ in names(catalog):
        for one in _plain(name):
            if _HAN.match(one) and one not in pinyin:
                found.setdefault(one, name)
    return found


def _words(catalog: Catalog) -> Iterator[_Words]:
    for slug, service in catalog.services.items():
        yield from (_Words(text, slug, "words") for text in (service.what, service.who_for))
    for item in _items(catalog):
        form = item.form
        yield from (_Words(text, form.service, "agency") for text in form.agencies)
        more = (form.agency_note, form.only_a_person_can_check, form.reading)
        labels = (benefit.label for benefit in form.benefits)
        yield from (_Words(text, form.service, "words") for text in (*more, *labels) if text)


def _items(catalog: Catalog) -> Iterator[Item]:
    for found in catalog.lists.values():
        yield from found.items


def _by_name(wanted: str, sounds: Sounds, name: _Name) -> Hit | None:
    text = name.text
    if wanted == text:
        return Hit(name.service, 100, "name", name.shown)
    if wanted in text or text in wanted:
        share = min(len(wanted), len(text)) / max(len(wanted), len(text))
        return Hit(name.service, 90 + 8 * share, "name", name.shown)
    if len(wanted) >= _SHORTEST_SOUND and sounds_like(sounds, name.sounds):
        return Hit(name.service, _SURE + 4 * len(wanted) / len(text), "sound", name.shown)
    slip = fuzz.ratio(wanted, text)
    return Hit(name.service, slip * 0.8, "slip", name.shown) if slip >= _SLIP else None
