"""Passwords: how they are kept (argon2id), and which are too easy."""

from __future__ import annotations

import asyncio
import re
import secrets
import unicodedata
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path
from typing import Final, Literal

from argon2 import PasswordHasher, profiles
from argon2.exceptions import InvalidHashError, VerificationError

from bot.catalog import lined_yaml
from bot.errors import CatalogError
from bot.models import Staff

SHORTEST: Final = 10
LONGEST: Final = 128
Weakness = Literal["too_short", "too_long", "no_letter", "like_you", "too_simple"]
_FEWEST_CHARACTERS: Final = 5
_FEWEST_OWN: Final = 6
_SHORTEST_WORD: Final = 4
_ROWS: Final = ("abcdefghijklmnopqrstuvwxyz", "qwertyuiopasdfghjklzxcvbnm", "1qaz2wsx3edc4rfv5tgb6yhn7ujm")
# Each takes 64 MiB and a tenth of a second: two at once leave the machine to others. Strangers have one of the threads,
# and so short a line before it: a flood of them keeps nobody waiting who was here before.
_POOL: Final = ThreadPoolExecutor(1, thread_name_prefix="password")
_STRANGERS: Final = ThreadPoolExecutor(1, thread_name_prefix="password of a stranger")
_MOST_STRANGERS: Final = 30
_in_line: Final[set[object]] = set()
_HASHER: Final = PasswordHasher.from_parameters(profiles.RFC_9106_LOW_MEMORY)


async def hashed(password: str) -> str:
    """The hash to keep; takes about a tenth of a second, in a thread."""
    return await asyncio.get_running_loop().run_in_executor(_POOL, _hashed, password)


async def fits(kept: str | None, password: str) -> bool:
    """Whether it is the password of the hash; takes as long where nothing is kept."""
    return await asyncio.get_running_loop().run_in_executor(_POOL, _fits, kept, password)


async def fits_of_stranger(kept: str | None, password: str) -> bool | None:
    """As `fits`, for a browser that nobody knows; None, at once, where too many such wait already."""
    if len(_in_line) >= _MOST_STRANGERS:
        return None
    one = object()
    _in_line.add(one)
    try:
        return await asyncio.get_running_loop().run_in_executor(_STRANGERS, _fits, kept, password)
    finally:
        _in_line.discard(one)


def is_old(kept: str) -> bool:
    """Whether the hash was made with other parameters than those of today."""
    return _HASHER.check_needs_rehash(kept)


def weakness(password: str, staff: Staff) -> Weakness | None:
    """Why a new password is refused; None for a good one."""
    plain = _plain(password).lower()
    if len(plain) < SHORTEST:
        return "too_short"
    if len(password) > LONGEST:
        return "too_long"
    if not _has_letter(plain):
        return "no_letter"
    if _is_like(plain, staff):
        return "like_you"
    return "too_simple" if _is_simple(plain) else None


def _is_like(plain: str, staff: Staff) -> bool:
    own = plain.replace(staff.id.lower(), "")
    return (
        len(own) < _FEWEST_OWN
        or not _has_letter(own)
        or (len(staff.name) > 1 and staff.name.lower() in plain)
    )


def _has_letter(text: str) -> bool:
    return re.search(r"[^\W\d_]", text) is not None


def _is_simple(plain: str) -> bool:
    """Few characters, one piece again and again, a row of keys, or a common word with something around it."""
    word = re.sub(r"[^a-z\u4e00-\u9fff]", "", plain)
    return (
        len(set(plain)) < _FEWEST_CHARACTERS
        or re.fullmatch(r"(.{1,5})\1+.{0,4}", plain) is not None
        or any(plain[:SHORTEST] in row or plain[:SHORTEST] in row[::-1] for row in _ROWS)
        or (word.isascii() and len(word) < _SHORTEST_WORD and plain.isalnum())
        or plain in _common()
        or word in _common()
    )


@cache
def _common() -> frozenset[str]:
    """The words of the YAML beside this module; raises `CatalogError`."""
    path = Path(__file__).with_name("common_passwords.yaml")
    read = lined_yaml.read(path, path.name)
    if read.problems:
        raise CatalogError(read.problems)
    return frozenset(str(word) for word in read.data["words"])


def _plain(password: str) -> str:
    """However a keyboard writes it, it is the same password."""
    return unicodedata.normalize("NFKC", password)


def _hashed(password: str) -> str:
    return _HASHER.hash(_plain(password).encode("utf-8", "surrogatepass"))


def _fits(kept: str | None, password: str) -> bool:
    nobodys = _nobodys()
    try:
        right = _HASHER.verify(kept or nobodys, _plain(password).encode("utf-8", "surrogatepass"))
    except (VerificationError, InvalidHashError):
        return False
    return right and kept is not None


@cache
def _nobodys() -> str:
    return _hashed(secrets.token_urlsafe(32))
