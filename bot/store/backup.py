"""A copy of a running store's append-only files, and a store made of such a copy; no server is asked or stopped."""

from __future__ import annotations

import contextlib
import gzip
import hashlib
import io
import json
import os
import re
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import IO, Final, cast

from bot.errors import SettingError
from bot.store import embedded
from bot.store.requests import COUNTER
from bot.store.server import connect

FOLDER: Final = "appendonlydir"
_CONTENTS: Final = "contents.json"
_NAME: Final = re.compile(r"wenyanglao-(\d{8}T\d{6}Z)\.tar\.gz(\.age)?")
_STAMP: Final = "%Y%m%dT%H%M%SZ"
_FILE: Final = re.compile(r"file ([A-Za-z0-9._-]+) seq \d+ type ([bi])\b")
_LARGEST_CONTENTS: Final = 1024 * 1024
_TRIES: Final = 5
_CHUNK: Final = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Restored:
    """What a copy held: when it was made, how many keys, and up to which count call numbers are given away now."""

    taken: datetime
    keys: int
    counter: int


def make(store: Path, folder: Path, now: datetime, recipients: Path | None = None) -> Path:
    """Copies the files of the server whose data stand in `store` into a new archive in `folder`, and gives its path.

    What a running server appends meanwhile is not in it, all that was answered before is. With `recipients`, a file
    of age's public keys, it is encrypted on its way. Raises `SettingError` where `store` has no such files, or
    `folder` cannot be written.
    """
    name = f"wenyanglao-{now.astimezone(UTC):{_STAMP}}.tar.gz{'.age' if recipients else ''}"
    path, partial = folder / name, folder / f".{name}.partial"
    with contextlib.ExitStack() as stack:
        files = _opened(store / FOLDER, stack)
        try:
            with _written(partial, recipients) as out:
                _pack(out, files, now)
            partial.rename(path)
        except OSError as error:
            raise SettingError(f"{folder} cannot be written ({error.strerror})") from None
        finally:
            partial.unlink(missing_ok=True)
    return path


def remove_old(folder: Path, now: datetime, days: int) -> list[Path]:
    """Removes the archives that are older, and gives which; the newest one stays however old it is."""
    dated = sorted((match[1], path) for path in folder.iterdir() if (match := _NAME.fullmatch(path.name)))
    limit = f"{now.astimezone(UTC) - timedelta(days=days):{_STAMP}}"
    old = [path for stamp, path in dated[:-1] if stamp < limit]
    for path in old:
        path.unlink()
    return old


async def restore(archive: Path, into: Path, skip: int, identity: Path | None = None) -> Restored:
    """Makes the files of a store in `into`, to be started on by any server that is as new as the one that wrote them.

    They are loaded once here, which shows that they can be. Numbers of calls made after the copy are unknown: the
    next `skip` of them are given to nobody. Raises `SettingError` where `into` holds a store already, or the archive
    is damaged; nothing is left in `into` then.
    """
    if (into / FOLDER).exists():
        raise SettingError(f"{into / FOLDER} is there already; name a new folder, or move that one away")
    into.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".restoring-", dir=into) as folder:
        home = Path(folder) / "store"
        taken = _unpack(archive, home, identity)
        restored = await _loaded(Path(folder), taken, skip)
        (home / FOLDER).rename(into / FOLDER)
    return restored


def _opened(folder: Path, stack: contextlib.ExitStack) -> dict[str, tuple[IO[bytes], int]]:
    """Every file that makes up the store now, open, with its size; a server that tidies up may remove some meanwhile."""
    for _ in range(_TRIES):
        with contextlib.suppress(FileNotFoundError), contextlib.ExitStack() as held:
            files = _files(folder, held)
            stack.push(held.pop_all())
            return files
    raise SettingError(f"{folder} has no append-only files of a server; name the folder that holds {FOLDER}")


def _files(folder: Path, stack: contextlib.ExitStack) -> dict[str, tuple[IO[bytes], int]]:
    manifest = next(iter(sorted(folder.glob("*.manifest"))), folder / "none")
    listed = manifest.read_bytes()
    names = [match[1] for match in _FILE.finditer(listed.decode())]
    files: dict[str, tuple[IO[bytes], int]] = {manifest.name: (io.BytesIO(listed), len(listed))}
    for name in names:
        opened = stack.enter_context((folder / name).open("rb"))
        files[name] = opened, os.fstat(opened.fileno()).st_size
    return files


@contextlib.contextmanager
def _written(path: Path, recipients: Path | None) -> Iterator[IO[bytes]]:
    """What is written into it is on the disk afterwards, for its owner only."""
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        if recipients is None:
            yield file
        else:
            with _age(["--encrypt", "--recipients-file", str(recipients)], subprocess.PIPE, file) as age:
                yield cast(IO[bytes], age.stdin)
        file.flush()
        os.fsync(file.fileno())


@contextlib.contextmanager
def _age(
    options: list[str], source: int | IO[bytes], sink: int | IO[bytes]
) -> Iterator[subprocess.Popen[bytes]]:
    command = ["age", *options]
    try:
        process = subprocess.Popen(command, stdin=source, stdout=sink, stderr=subprocess.PIPE)  # noqa: S603
    except FileNotFoundError:
        raise SettingError(
            "age is not installed (`apt install age`); it encrypts and opens back-ups"
        ) from None
    with process:
        yield process
        if process.stdin:
            process.stdin.close()
        why = process.stderr.read().decode("utf-8", "replace").strip() if process.stderr else ""
        if process.wait():
            raise SettingError(f"age could not do it: {why.splitlines()[0] if why else 'without a word'}")


def _pack(out: IO[bytes], files: dict[str, tuple[IO[bytes], int]], now: datetime) -> None:
    sums: dict[str, str] = {}
    with (
        gzip.GzipFile(fileobj=out, mode="wb", compresslevel=1, mtime=0) as pressed,
        tarfile.open(fileobj=pressed, mode="w|") as tar,
    ):
        for name, (file, size) in files.items():
            reader = _Counted(file)
            _add(tar, f"{FOLDER}/{name}", reader, size)
            sums[name] = reader.digest.hexdigest()
        told = json.dumps({"taken": now.astimezone(UTC).isoformat(), "sha256": sums}).encode()
        _add(tar, _CONTENTS, io.BytesIO(told), len(told))


def _add(tar: tarfile.TarFile, name: str, file: object, size: int) -> None:
    info = tarfile.TarInfo(name)
    info.size, info.mode = size, 0o600
    tar.addfile(info, cast(IO[bytes], file))


class _Counted:
    """A reader that keeps the digest of what was read."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self.digest = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        some = self._file.read(size)
        self.digest.update(some)
        return some


def _unpack(archive: Path, home: Path, identity: Path | None) -> datetime:
    """Writes the files, and gives when the copy was made."""
    (home / FOLDER).mkdir(parents=True)
    sums: dict[str, str] = {}
    told: bytes = b""
    try:
        with _read(archive, identity) as source, tarfile.open(fileobj=source, mode="r|gz") as tar:
            for member in tar:
                if member.name == _CONTENTS and member.size <= _LARGEST_CONTENTS:
                    told = cast(IO[bytes], tar.extractfile(member)).read()
                else:
                    sums.update(_extracted(tar, member, home))
        contents = json.loads(told)
        whole = contents["sha256"] == sums
    except (OSError, EOFError, tarfile.TarError, ValueError, KeyError) as error:
        raise SettingError(f"{archive} cannot be read ({type(error).__name__})") from None
    if not whole:
        raise SettingError(f"{archive} is damaged: its files are not those that were packed")
    return datetime.fromisoformat(contents["taken"])


def _extracted(tar: tarfile.TarFile, member: tarfile.TarInfo, home: Path) -> dict[str, str]:
    folder, _, name = member.name.partition("/")
    if folder != FOLDER or not member.isreg() or not re.fullmatch(r"[A-Za-z0-9_-][A-Za-z0-9._-]*", name):
        raise SettingError("the archive holds something that is not of a store")
    source, digest = cast(IO[bytes], tar.extractfile(member)), hashlib.sha256()
    with (home / FOLDER / name).open("xb") as file:
        while some := source.read(_CHUNK):
            digest.update(some)
            file.write(some)
    return {name: digest.hexdigest()}


@contextlib.contextmanager
def _read(archive: Path, identity: Path | None) -> Iterator[IO[bytes]]:
    with archive.open("rb") as file:
        if identity is None:
            yield file
            return
        with _age(["--decrypt", "--identity", str(identity)], file, subprocess.PIPE) as age:
            out = cast(IO[bytes], age.stdout)
            yield out
            # Padding behind the last file; age ends only when all is read.
            while out.read(_CHUNK):
                pass


async def _loaded(data_dir: Path, taken: datetime, skip: int) -> Restored:
    """Starts a server on the files, which cuts off half a command at their end, and skips the numbers."""
    server = await embedded.start(data_dir)
    try:
        store = await connect(server.url)
        try:
            keys = int(await store.script("return redis.call('DBSIZE')", ()))
            counter = int(
                await store.script("return redis.call('INCRBY', KEYS[1], ARGV[1])", (COUNTER,), skip)
            )
        finally:
            await store.close()
    finally:
        await server.stop()
    return Restored(taken, keys, counter)
