"""`python -m bot COMMAND`: serve, talk, and the lines of JSON that other programs write and read."""

from __future__ import annotations

import sys
from importlib import import_module
from typing import Any, Final

import typer
from typer.core import TyperGroup

from bot.errors import BotError, SettingError
from bot.watching import logs

# Where each stands. Loading all for one of them would cost seconds at every start.
COMMANDS: Final = {
    "serve": "bot.commands.serving:serving_cli",
    "serve-worker": "bot.commands.serving:serving_cli",
    "worker": "bot.commands.serving:serving_cli",
    "talk": "bot.commands.understanding:understanding_cli",
    "screen": "bot.commands.judging:judging_cli",
    "parse": "bot.commands.understanding:understanding_cli",
    "lists": "bot.commands.judging:judging_cli",
    "catalog": "bot.commands.catalog:catalog_cli",
    "wechat": "bot.wechat.commands:wechat_cli",
    "requests": "bot.dispatch.record_commands:requests_cli",
    "staff": "bot.dispatch.staff_commands:staff_cli",
    "platform": "bot.dispatch.commands:platform_cli",
    "backup": "bot.commands.backup:backup_cli",
    "data": "bot.commands.data:data_cli",
}


class Commands(TyperGroup):
    """All of `COMMANDS`."""

    def list_commands(self, ctx: Any) -> list[str]:
        """Their names, in the order of the help."""
        return list(COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """The one of this name, None where there is none."""
        if cmd_name not in COMMANDS:
            return None
        module, _, name = COMMANDS[cmd_name].partition(":")
        group = typer.main.get_group(getattr(import_module(module), name))
        group.name = cmd_name
        return group.commands.get(cmd_name, group)


cli = typer.Typer(cls=Commands, no_args_is_help=True, pretty_exceptions_enable=False)


@cli.callback(help="问养老: tells elders which care services they are entitled to.")
def _all() -> None:
    """Nothing is common to all of them."""


def main() -> None:
    """0 done, 1 some line had an error or the catalog is broken, 2 wrong usage or setting."""
    logs.configure()
    try:
        cli()
    except BotError as error:
        print(error.message, file=sys.stderr)
        sys.exit(2 if isinstance(error, SettingError) else 1)


if __name__ == "__main__":
    main()
