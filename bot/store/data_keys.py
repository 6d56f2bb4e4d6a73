"""The file of keys that seal what is kept: read, checked, noticed when it changes, made once where there is none."""

from __future__ import annotations

import base64
import binascii
import os
import re
import secrets
import time
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import structlog

from bot.errors import SettingError
from bot.store.sealing import KEY_BYTES

SETTING: Final = "DATA_KEYS_FILE"
OWN_FILE: Final = "data-keys"
# A changed file is noticed after so long, without a restart.
NOTICE_S: Final = 5.0
_ID: Final = re.compile("[A-Za-z0-9._-]{1,32}")
_FORM: Final = (
    "a key a line, the newest first: its id, a space, base64 of 32 bytes (`openssl rand -base64 32`)"
)

log: structlog.typing.FilteringBoundLogger = structlog.get_logger(__name__)


class KeyFile:
    """The `Keys` of a file; a running server goes on with what it knows where the file cannot be read any more."""

    def __init__(self, path: Path) -> None:
        """Raises `SettingError` where the file cannot be read."""
        self._path = path
        self._keys = read_keys(path)
        self._stamp = _stamp(path)
        self._looked = time.monotonic()

    def now(self) -> dict[str, bytes]:
        """See `Keys.now`; at most so old as `NOTICE_S`."""
        return self._keys if time.monotonic() - self._looked < NOTICE_S else self.again()

    def again(self) -> dict[str, bytes]:
        """See `Keys.again`."""
        self._looked = time.monotonic()
        stamp = _stamp(self._path)
        if stamp != self._stamp:
            self._stamp = stamp
            self._read()
        return self._keys

    def _read(self) -> None:
        try:
            self._keys = read_keys(self._path)
            log.info("data_keys_read", keys=list(self._keys))
        except SettingError as error:
            log.error("data_keys_unreadable", why=error.message)


def read_keys(path: Path) -> dict[str, bytes]:
    """The keys by their ids in the order of the file; raises `SettingError`, which never quotes a key."""
    try:
        lines = path.read_text("utf-8").splitlines()
    except (OSError, UnicodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is no text"
        raise _wrong(path, f"cannot be read ({why}); put it back from its back-up, or name another") from None
    keys: dict[str, bytes] = {}
    for number, line in enumerate(lines, 1):
        if line.strip() and not line.lstrip().startswith("#"):
            name, key = _key(path, number, line)
            if name in keys:
                raise _wrong(
                    path, f"line {number}: the id {name!r} is there twice; give each key one of its own"
                )
            keys[name] = key
    if not keys:
        raise _wrong(path, f"holds no key; write {_FORM}")
    return keys


def own_keys(path: Path) -> Path:
    """The file at that place, made with a new key where there is none; two that make it at once get the same."""
    if not path.exists():
        stamp = datetime.now(UTC).strftime("%Y%m%d")
        _made(
            path,
            f"{stamp}-{secrets.token_hex(2)} {base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode()}\n",
        )
    return path


def _key(path: Path, number: int, line: str) -> tuple[str, bytes]:
    name, _, text = line.strip().partition(" ")
    with suppress(binascii.Error, ValueError):
        key = base64.b64decode(text.strip(), validate=True)
        if _ID.fullmatch(name) and len(key) == KEY_BYTES:
            return name, key
    raise _wrong(path, f"line {number} is no key; write {_FORM}")


def _made(path: Path, text: str) -> None:
    """Appears whole or not at all, survives a loss of power, and never takes the place of another."""
    fresh = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    try:
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        with suppress(FileExistsError):
            os.link(fresh, path)
        _synced(path.parent)
    except OSError as error:
        raise _wrong(path, f"cannot be made ({error.strerror}); mend BOT_DATA_DIR or set {SETTING}") from None
    finally:
        fresh.unlink(missing_ok=True)


def _synced(folder: Path) -> None:
    at = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(at)
    finally:
        os.close(at)


def _stamp(path: Path) -> tuple[int, int, int] | None:
    try:
        told = path.stat()
    except OSError:
        return None
    return told.st_mtime_ns, told.st_size, told.st_ino


def _wrong(path: Path, what: str) -> SettingError:
    return SettingError(f"{SETTING}: {path} {what}", field=SETTING)
