"""Seals what is personal before it is kept: AES-256-GCM, bound to its kind and its owner, with any number of keys."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from hashlib import blake2b
from typing import Final, Literal, Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from bot.errors import StoreDown

Kind = Literal[
    "session", "answer", "promise", "notice", "request", "owner", "staff", "credentials", "signing-key", "shelf",
    "data-key",
]  # fmt: skip
KEY_BYTES: Final = 32
# No value of ours begins so: JSON, XML, digits and letters. Behind it stand the version and the key's id.
HEAD: Final = b"\x00wyl-seal"
_VERSION: Final = b"\x01"
_NONCE: Final = 12
# Where the length of the key's id stands, and behind it the id.
_ID: Final = len(HEAD) + len(_VERSION)


class KeyMissing(StoreDown):
    """A value was sealed with a key that is not here: nothing is told of it, and nothing takes its place."""


class Keys(Protocol):
    """The keys that are known now, by their ids, the one that seals first; none where values are kept plain."""

    def now(self) -> dict[str, bytes]: ...

    def again(self) -> dict[str, bytes]:
        """As they stand in their file, also where that was read a moment ago."""
        ...


class Given:
    """Keys that stay as they are."""

    def __init__(self, keys: dict[str, bytes]) -> None:
        self._keys = keys

    def now(self) -> dict[str, bytes]:
        """See `Keys.now`."""
        return self._keys

    def again(self) -> dict[str, bytes]:
        """See `Keys.again`."""
        return self._keys


class Sealer:
    """The same value under the same key gives the same bytes, so that scripts can compare what they cannot read.

    `owner` is the digest in a user's keys, a number, or the name under which a value stands: moved to another, it
    does not open any more. What was written before there were keys opens as it is.
    """

    def __init__(self, keys: Keys | None = None) -> None:
        self._keys = keys or Given({})

    def seal(self, kind: Kind, owner: str, value: bytes) -> bytes:
        """As it is to be kept; plain where there is no key. What is empty tells nothing and stays empty."""
        first = next(iter(self._keys.now().items()), None)
        return _sealed(*first, kind, owner, value) if first and value else value

    def open(self, kind: Kind, owner: str, value: bytes) -> bytes:
        """What was sealed; raises `KeyMissing` where its key is not here, or where it is not this owner's."""
        if not value.startswith(HEAD):
            return value
        name = key_of(value)
        key = self._keys.now().get(name) or self._keys.again().get(name)
        if key is None:
            raise KeyMissing(f"A value was sealed with the key {name!r}, which is not in DATA_KEYS_FILE.")
        try:
            return _opened(name, key, kind, owner, value)
        except InvalidTag:
            raise KeyMissing(
                f"A value that was sealed with the key {name!r} does not open; see data-keys."
            ) from None

    def every(self, kind: Kind, owner: str, value: bytes) -> tuple[bytes, ...]:
        """All forms in which a value may stand in the store, the newest first, plain last."""
        keys = self._keys.now().items()
        return (*(_sealed(name, key, kind, owner, value) for name, key in keys), value)

    def all(self, kind: Kind, owner: str, values: Iterable[bytes]) -> list[bytes]:
        """Each of them opened."""
        return [self.open(kind, owner, value) for value in values]

    def ids(self) -> tuple[str, ...]:
        """The ids of the keys, the one that seals first."""
        return tuple(self._keys.again())

    def stale(self, value: bytes) -> bool:
        """Whether it is to be sealed anew: plain, or with a key that is not the first."""
        first = next(iter(self._keys.now()), None)
        return bool(value) and first is not None and key_of(value) != first


PLAIN: Final = Sealer()


def key_of(value: bytes) -> str:
    """The id of the key that sealed it, "" where it is plain."""
    if not value.startswith(HEAD):
        return ""
    length = value[_ID : _ID + 1]
    return value[_ID + 1 : _ID + 1 + length[0]].decode("ascii", "replace") if length else ""


def _sealed(name: str, key: bytes, kind: Kind, owner: str, value: bytes) -> bytes:
    head, (cipher, mark, who) = _head(name), _own(key, owner)
    about = b"%b\0%b\0" % (kind.encode(), who)
    # Made of the value itself: the same twice tells no more than that it is the same, and no chance is needed.
    nonce = blake2b(about + value, key=mark, digest_size=_NONCE).digest()
    return head + nonce + cipher.encrypt(nonce, value, head + about)


def _opened(name: str, key: bytes, kind: Kind, owner: str, value: bytes) -> bytes:
    head = _head(name)
    nonce, sealed = value[len(head) : len(head) + _NONCE], value[len(head) + _NONCE :]
    if not value.startswith(head) or len(nonce) < _NONCE:
        raise InvalidTag
    cipher, _, who = _own(key, owner)
    return cipher.decrypt(nonce, sealed, b"%b%b\0%b\0" % (head, kind.encode(), who))


@lru_cache(maxsize=4096)
def _own(key: bytes, owner: str) -> tuple[AESGCM, bytes, bytes]:
    """An owner's own cipher and key of nonces, so that no key ever seals too much; and the owner as bytes."""
    who = owner.encode("utf-8", "surrogatepass")
    both = blake2b(who, key=key, person=b"wyl-owner-1").digest()
    return AESGCM(both[:KEY_BYTES]), both[KEY_BYTES:], who


@lru_cache(maxsize=64)
def _head(name: str) -> bytes:
    return HEAD + _VERSION + bytes([len(name)]) + name.encode("ascii")
