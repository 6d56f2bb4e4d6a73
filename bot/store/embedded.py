"""The embedded server for one machine: started on the data folder, kept alive, shared by all who use it."""

from __future__ import annotations

import asyncio
import fcntl
import os
import shutil
import sys
import tempfile
from asyncio.subprocess import DEVNULL, Process
from contextlib import suppress
from pathlib import Path
from urllib.parse import quote

import structlog

from bot.errors import SettingError
from bot.store import leash
from bot.store.binary import find_server

log: structlog.typing.FilteringBoundLogger = structlog.get_logger(__name__)

READY_S = 60.0
FOLLOW_S = 0.2
# What the kernel allows is 108 on Linux and 104 on macOS.
LONGEST_SOCKET_PATH = 100
SOCKET = "store.sock"
# The append-only file in plain commands loads in every Redis 7 and Valkey: it moves house by copying.
OPTIONS = (
    *("--port", "0", "--dir", ".", "--unixsocket", SOCKET, "--unixsocketperm", "700"),
    *("--appendonly", "yes", "--appendfsync", "always", "--aof-use-rdb-preamble", "no", "--save", ""),
    *("--maxmemory-policy", "noeviction", "--daemonize", "no", "--loglevel", "warning"),
)


class EmbeddedServer:
    """One server on one folder, whoever started it; made by `start`.

    The first process that gets the folder's lock runs the server, the others use it, and whichever lives when
    the server dies starts it again.
    """

    def __init__(self, home: Path, program: Path) -> None:
        self._home = home
        self._program = program
        self._link: Path | None = None
        self._process: Process | None = None
        self._watcher: asyncio.Task[None] | None = None
        self._socket = self._short(home / SOCKET)

    @property
    def url(self) -> str:
        """A `unix://` address for `bot.store.server.connect`."""
        return f"unix://{quote(str(self._socket))}"

    @property
    def pid(self) -> int | None:
        """The server's process where this one started it, else None."""
        return self._process.pid if self._process and self._process.returncode is None else None

    async def open(self) -> None:
        """Waits until the server answers; raises `SettingError` where it cannot be started."""
        await self._until_ready()
        self._watcher = asyncio.create_task(self.watch(), name="embedded store")

    async def watch(self) -> None:
        """Starts the server again whenever it is gone; runs until `stop`."""
        while True:
            await self._until_gone()
            log.warning("embedded_store_lost")
            try:
                await self._until_ready()
            except SettingError as error:
                log.error("embedded_store_not_started", error=error.message)
                await asyncio.sleep(1)
            else:
                log.info("embedded_store_back", started_here=self.pid is not None)

    async def stop(self) -> None:
        """Ends the server if this process runs it; others on the folder start it again for themselves."""
        if self._watcher:
            self._watcher.cancel()
            with suppress(asyncio.CancelledError):
                await self._watcher
        if self._process:
            await _end(self._process)
        if self._link:
            shutil.rmtree(self._link, ignore_errors=True)

    async def _until_ready(self) -> None:
        try:
            async with asyncio.timeout(READY_S):
                while not await self._answers():
                    self._process = self._process or await self._start_if_free()
                    self._raise_if_ended()
                    await asyncio.sleep(0.01)
        except TimeoutError:
            raise SettingError(f"The embedded store did not answer in {READY_S:.0f} s: {self._log}") from None

    def _raise_if_ended(self) -> None:
        code = self._process.returncode if self._process else None
        if code is not None:
            self._process = None
            raise SettingError(
                f"BOT_DATA_DIR: the embedded store in {self._home} ended with {code}: {self._last_words()}; "
                "mend that, or move the folder away (and keep it) to begin anew",
                field="BOT_DATA_DIR",
            )

    async def _until_gone(self) -> None:
        if self._process:
            await self._process.wait()
            self._process = None
            return
        while (process := await self._start_if_free()) is None:
            await asyncio.sleep(FOLLOW_S)
        self._process = process

    async def _start_if_free(self) -> Process | None:
        """Starts a server that inherits the folder's lock and so holds it exactly as long as it lives."""
        lock = _try_lock(self._home / "lock")
        if lock is None:
            return None
        with open(lock, "rb"), self._log.open("ab") as told:
            return await asyncio.create_subprocess_exec(
                *(sys.executable, "-I", "-S", leash.__file__, str(os.getpid()), self._program, *OPTIONS),
                cwd=self._home,
                # A locale of the machine's that does not exist would stop the server.
                env={"LC_ALL": "C"},
                pass_fds=(lock,),
                stdin=DEVNULL,
                stdout=told,
                stderr=told,
                # Ctrl-C is for the bot, which ends the server after its last turn.
                start_new_session=True,
            )

    async def _answers(self) -> bool:
        try:
            reader, writer = await asyncio.open_unix_connection(self._socket)
        except OSError:
            return False
        try:
            writer.write(b"PING\r\n")
            return (await reader.readline()).startswith(b"+PONG")
        except OSError:
            return False
        finally:
            writer.close()

    @property
    def _log(self) -> Path:
        return self._home / "server.log"

    def _last_words(self) -> str:
        lines = self._log.read_text("utf-8", "replace").strip().splitlines()
        return f"{lines[-1] if lines else 'without a word'} ({self._log})"

    def _short(self, socket: Path) -> Path:
        """The socket's path, through a link in a private folder where it is too long for the kernel."""
        if len(os.fsencode(socket)) <= LONGEST_SOCKET_PATH:
            return socket
        self._link = Path(tempfile.mkdtemp(prefix="wyl-"))
        (self._link / "s").symlink_to(socket.parent, target_is_directory=True)
        return self._link / "s" / socket.name


async def start(data_dir: Path) -> EmbeddedServer:
    """The server on `data_dir`, started or found running, and ready; raises `SettingError`."""
    server = EmbeddedServer(_prepare(data_dir), find_server())
    try:
        await server.open()
    except BaseException:
        await server.stop()
        raise
    return server


def _prepare(data_dir: Path) -> Path:
    home = data_dir.resolve() / "store"
    try:
        home.mkdir(parents=True, exist_ok=True)
        home.chmod(0o700)
        (home / "server.log").open("ab").close()
        (home / "lock").open("ab").close()
    except OSError as error:
        raise SettingError(
            f"BOT_DATA_DIR: {data_dir} cannot be written ({error.strerror}); mend it or name another",
            field="BOT_DATA_DIR",
        ) from None
    return home


def _try_lock(path: Path) -> int | None:
    """The open file that holds the lock, None where somebody else holds it."""
    lock = os.open(path, os.O_RDONLY | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(lock)
        return None
    return lock


async def _end(process: Process) -> None:
    with suppress(ProcessLookupError):
        process.terminate()
    try:
        await asyncio.wait_for(process.wait(), timeout=5)
    except TimeoutError:
        process.kill()
        await process.wait()
