"""A turn of a user who named themselves, at the page or by the API: their calls are counted by where they come from.

A user of WeChat is somebody, and has five open calls at most; these are whoever they say they are, each time another.
"""

from __future__ import annotations

from aiohttp import web

from bot.keys import CONVERSATION
from bot.models import Message, Turn
from bot.web.limits import LIMITS


async def hear(request: web.Request, message: Message) -> Turn:
    """The turn; raises `TooMany` and `StoreDown`."""
    limits = request.app.get(LIMITS)
    if limits is not None:
        limits.check_calls(request)
    turn = await request.app[CONVERSATION].hear(message)
    if limits is not None:
        limits.learn_calls(request, sum(one.version == 1 for one in turn.requests))
    return turn
