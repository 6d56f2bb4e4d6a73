"""What the commands for official accounts share: which account is meant, and the stand-in that a person talks with."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from socket import create_server
from threading import Thread

import pytest

from bot.wechat import commands
from tests.operators import PATIENCE_S, Operator, operator
from tests.platform.account import AccountSide
from tests.platform.api_side import TOKEN
from tests.storage import real_server

WOLONG = AccountSide("wx0000000000000001", secret="the-secret-of-wolong")  # noqa: S106 - of the platform's side here
FILE = """
- name: wolong
  app_id: wx0000000000000001
  token: AAAAA
  app_secret: the-secret-of-wolong
  menu: own.yaml
- name: silent
  app_id: wx0000000000000002
  token: AAAAA
"""


@pytest.fixture
def shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Operator]:
    """A main account and a file of two more, one of them without an AppSecret."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "accounts.yaml").write_text(FILE, encoding="utf-8")
    (tmp_path / "own.yaml").write_text("buttons: [{name: 好, says: 您好}]", encoding="utf-8")
    monkeypatch.setenv("WECHAT_ACCOUNTS", "accounts.yaml")
    with operator(tmp_path, WOLONG) as one:
        yield one


class Door(BaseHTTPRequestHandler):
    """Takes every push and has nothing to say."""

    server: Doorway

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.server.asked.append(self.path.partition("?")[0])
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"success")

    def log_message(self, *_: object) -> None:
        """The test looks at `asked`."""


class Doorway(HTTPServer):
    asked: list[str]


@pytest.fixture
def doorway() -> Iterator[Doorway]:
    server = Doorway(("127.0.0.1", 0), Door)
    server.asked = []
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    thread.join(PATIENCE_S)
    server.server_close()


def test_every_account_has_its_own_menu_and_codes(shell: Operator) -> None:
    told = shell.runs("menu", "--account", "wolong")
    assert told.out.splitlines() == ["The menu stands as follows.", "1 好: says 您好"]
    assert WOLONG.menu is not None
    assert shell.account.menu is None
    assert shell.runs("poster", "411303", "--account", "wolong").code == 0
    assert list(WOLONG.tickets.values()) == ["411303"]
    assert not shell.account.tickets


def test_a_name_that_a_phone_cuts_is_told(shell: Operator) -> None:
    (shell.folder / "own.yaml").write_text("buttons: [{name: 五个字的名, says: 您好}]", encoding="utf-8")
    told = shell.runs("menu", "--account", "wolong", "--dry-run")
    assert told.err == "own.yaml: 五个字的名 is long, a phone shows only its beginning\n"


def test_the_token_is_shared_through_the_store_of_the_server(shell: Operator, tmp_path: Path) -> None:
    with real_server(tmp_path) as store:
        for _ in range(2):
            assert shell.runs("menu", "--show", REDIS_URL=store.url).code == 0
        assert shell.platform.calls[TOKEN] == 1


def test_an_account_without_its_secret_is_told_by_name(shell: Operator) -> None:
    told = shell.runs("menu", "--account", "silent")
    assert (told.code, told.err[:54]) == (2, "WECHAT_ACCOUNTS: app_secret of silent is missing; set ")


def test_a_person_talks_to_the_door_of_the_account(shell: Operator, doorway: Doorway) -> None:
    port = str(doorway.server_port)
    asked = {"typed": "您好\n:follow\n:quit\n", "BOT_PORT": port}
    told = shell.runs("simulate", "--api-port", "0", "--account", "wolong", **asked)
    assert told.code == 0
    assert doorway.asked == ["/wechat/wolong", "/wechat/wolong"]
    assert shell.runs("simulate", "--api-port", "0", **asked).code == 0
    elsewhere = f"http://127.0.0.1:{port}/there"
    assert shell.runs("simulate", "--api-port", "0", "--url", elsewhere, typed="您好\n").code == 0
    assert doorway.asked[2:] == ["/wechat", "/wechat", "/there"]


def test_a_port_that_is_taken_is_told(shell: Operator) -> None:
    with closing(create_server(("127.0.0.1", 0))) as other:
        taken = str(other.getsockname()[1])
        told = shell.runs("simulate", "--api-port", taken)
        assert (told.code, told.err.startswith(f"--api-port: cannot listen on {taken}")) == (2, True)
        told = shell.runs("simulate", WECHAT_API_BASE=f"http://127.0.0.1:{taken}")
        assert (told.code, told.err.startswith(f"--api-port: cannot listen on {taken}")) == (2, True)


def test_outside_of_a_checkout_it_says_where_to_run(shell: Operator, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(commands, "_SIMULATOR", "tests.nowhere.simulate")
    told = shell.runs("simulate")
    assert (told.code, "run it in a checkout's folder" in told.err) == (2, True)
    monkeypatch.setattr(commands, "_SIMULATOR", "another_library_that_is_missing")
    with pytest.raises(ModuleNotFoundError):
        shell.runs("simulate")
