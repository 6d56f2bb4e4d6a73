"""Tells a user what waits for them, by whatever the platform allows; else it waits for the next message."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

import structlog

from bot.models import Notice, Reply
from bot.store.port import Mailbox
from bot.wechat.accounts import Account
from bot.wechat.api import Api
from bot.wechat.fitting import compose
from bot.wechat.platform_errors import (
    ApiError,
    NotConfigured,
    NotConsented,
    NotPermitted,
    QuotaUsedUp,
    WindowOver,
)

log: structlog.typing.FilteringBoundLogger = structlog.get_logger(__name__)
# More than ever wait for one user.
_MOST = 20
# No second try helps: the user's next message does.
_WAITS = (WindowOver, NotPermitted, NotConfigured, QuotaUsedUp)


class Outbox:
    """One account's outbox; `counts` tells how many went which way."""

    def __init__(self, account: Account, api: Api, mailbox: Mailbox) -> None:
        self._account = account
        self._api = api
        self._mailbox = mailbox
        self.counts: Counter[str] = Counter()

    async def deliver(self, who: str, openid: str) -> None:
        """Sends what waits, the oldest first, as long as the platform allows; raises where to try again later."""
        if self._account.app_secret is None:
            return
        for _ in range(_MOST):
            notice = await self._mailbox.take(who, customer_service=True)
            if notice is None:
                break
            if not await self._sent(who, openid, notice):
                break
        await self._by_template(who, openid)

    async def _sent(self, who: str, openid: str, notice: Notice) -> bool:
        """Whether it went out by customer-service message; raises `ApiError` where that may come right."""
        # A late answer's choices are those of its turn; other notices came by themselves.
        words = compose(Reply(notice.texts, notice.taps), numbered=notice.kind == "late")
        try:
            await self._api.send_text(openid, words)
        except ApiError as error:
            await self._mailbox.not_sent(who, notice.id)
            if isinstance(error, WindowOver):
                await self._mailbox.close_ledger(who)
            if isinstance(error, _WAITS) or error.maybe_sent:
                # Where nobody knows, it waits on too: told twice is better than never.
                self.counts["unsure" if error.maybe_sent else "waiting"] += 1
                return False
            raise
        await self._mailbox.sent(who, notice.id)
        self.counts["customer_service"] += 1
        return True

    async def _by_template(self, who: str, openid: str) -> None:
        """Those that the account has a template for and the user allowed; the others wait and hold none up."""
        if not self._account.notices:
            return
        looked_at: list[str] = []
        try:
            for _ in range(_MOST):
                notice = await self._mailbox.take(who, customer_service=False)
                if notice is None:
                    break
                looked_at.append(notice.id)
                if await self._template_sent(who, openid, notice):
                    await self._mailbox.sent(who, looked_at.pop())
        finally:
            for notice_id in looked_at:
                await self._mailbox.not_sent(who, notice_id)

    async def _template_sent(self, who: str, openid: str, notice: Notice) -> bool:
        template = self._account.notices.get(notice.kind)
        if template is None:
            return False
        if template.how == "consented" and not await self._mailbox.spend_consent(who, template.id):
            return False
        send = self._api.send_subscribed if template.how == "consented" else self._api.send_template
        try:
            await send(openid, template.id, _filled(template.fields, notice.fields))
        except ApiError as error:
            if isinstance(error, (*_WAITS, NotConsented)) or error.maybe_sent:
                return False
            raise
        self.counts[template.how] += 1
        return True


def _filled(keys: Mapping[str, str], fields: Mapping[str, str]) -> Mapping[str, str]:
    return {key: fields.get(name, "") for key, name in keys.items()}
