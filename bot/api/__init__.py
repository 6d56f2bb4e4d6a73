"""The JSON API of the contract: the same functions as the commands, over HTTP."""

from bot.api.handlers import add_routes

__all__ = ["add_routes"]
