"""How characters sound, from catalog_data/pinyin.yaml: for names typed as pinyin, as first letters, or misspelt."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from bot.catalog import lined_yaml
from bot.errors import CatalogError

FILE = Path(__file__).resolve().parents[2] / "catalog_data" / "pinyin.yaml"
Sound = frozenset[str]
Sounds = tuple[Sound, ...]
_SILENT: Sound = frozenset()


@cache
def load_pinyin(path: Path = FILE) -> Mapping[str, Sound]:
    """Each character with its readings; raises `CatalogError` where the file cannot be read."""
    lined = lined_yaml.read(path, f"{path.parent.name}/{path.name}")
    rows = lined.data if isinstance(lined.data, dict) else {}
    problems = lined.problems + [
        lined.problem((reading,), f"{reading!r} is no pinyin; write small letters, a colon and characters")
        for reading, characters in rows.items()
        if not (isinstance(characters, str) and str(reading).isascii() and str(reading).isalpha())
    ]
    if problems or not rows:
        raise CatalogError(problems or [f"{lined.file}:1: the file is empty"])
    found: dict[str, set[str]] = {}
    for reading, characters in rows.items():
        for character in characters:
            found.setdefault(character, set()).add(reading)
    return {character: frozenset(several) for character, several in found.items()}


def sounds_of(text: str, pinyin: Mapping[str, Sound]) -> Sounds:
    """The readings of each character; letters and digits sound as they are, what is not known is silent."""
    return tuple(pinyin.get(one) or (frozenset({one}) if one.isascii() else _SILENT) for one in text)


def spells(letters: str, sounds: Sounds) -> bool:
    """Whether the letters are these characters or some that stand together among them, each whole or by its first
    letters: gljt, gaoling, gaoljt, jint."""
    first = letters[:1]
    return any(
        _spells(letters, sounds, at)
        for at, sound in enumerate(sounds)
        if any(reading.startswith(first) for reading in sound)
    )


def sounds_like(some: Sounds, sounds: Sounds) -> bool:
    """Whether characters that sound so stand together there."""
    length = len(some)
    return any(
        some[0] & sounds[at] and all(map(frozenset.__and__, some, sounds[at : at + length]))
        for at in range(len(sounds) - length + 1)
    )


def _spells(letters: str, sounds: Sounds, at: int) -> bool:
    if not letters:
        return True
    if at == len(sounds):
        return False
    return any(
        letters.startswith(start) and _spells(letters[len(start) :], sounds, at + 1)
        for reading in sounds[at]
        for start in _starts(reading, letters)
    )


def _starts(reading: str, letters: str) -> tuple[str, ...]:
    """How a character may be typed: whole, by its first letter or its zh, ch, sh; the last one as far as it is."""
    if reading.startswith(letters):
        return (letters,)
    first = (reading[:1], reading[:2]) if reading[:2] in ("zh", "ch", "sh") else (reading[:1],)
    return (reading, *first)
