"""What `/readyz` tells besides the store, the catalog and the understanding; nothing secret."""

from __future__ import annotations

from collections import Counter
from collections.abc import Awaitable, Callable, Mapping

from aiohttp import web

from bot.jobs import Jobs
from bot.wechat.door import OFFICE
from bot.wechat.office import Window


def parts(queue: Jobs) -> Mapping[str, Callable[[web.Application], Awaitable[str]]]:
    """The queue of jobs, without which no late answer can be promised, and the accounts."""

    async def jobs(_app: web.Application) -> str:
        told = await queue.standing()
        return f"{told.waiting} due, {told.running} being done, {told.later} later"

    return {"jobs": jobs, "wechat": _accounts}


async def _accounts(app: web.Application) -> str:
    """Only a call of the API shows whether a token is good; nobody is asked for one here."""
    told = Counter(map(_account, app[OFFICE].windows.values()))
    return ", ".join(f"{count} {state}" for state, count in sorted(told.items())) or "no account is set up"


def _account(window: Window) -> str:
    if window.account.app_secret is None:
        return "accounts that only answer"
    return f"accounts, token: {window.api.token.state}"
