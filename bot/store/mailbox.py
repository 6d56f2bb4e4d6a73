"""Notices that wait for a user, and the ledger of customer-service messages, in Redis."""

from __future__ import annotations

from bot.models import Notice, Request
from bot.store import sessions
from bot.store.scripts import (
    CLOSE_LEDGER,
    CONSENT,
    NOT_SENT,
    PUT,
    PUT_OF_CALL,
    SENT,
    SPEND_CONSENT,
    TAKE_NOTICE,
    Keys,
    digest,
)
from bot.store.server import Server


class RedisMailbox:
    """The `Mailbox` protocol over one `Server`."""

    def __init__(self, server: Server) -> None:
        self._server = server

    async def put(self, user: str, notice: Notice) -> None:
        """See `Mailbox.put`; kept for 30 days."""
        await self._do(PUT, user, *self._sealed(user, notice))

    async def put_of_call(self, request: Request, notice: Notice) -> bool:
        """See `Mailbox.put_of_call`; kept for 30 days."""
        sealed = self._sealed(request.who, notice)
        return bool(await self._do(PUT_OF_CALL, request.who, *sealed, request.id, request.version))

    async def take(self, user: str, *, customer_service: bool) -> Notice | None:
        """See `Mailbox.take`."""
        raw = await self._do(TAKE_NOTICE, user, self._server.limits.sending_ms, int(customer_service))
        if not isinstance(raw, bytes):
            return None
        return sessions.load_notice(self._server.sealer.open("notice", digest(user), raw))

    async def sent(self, user: str, notice_id: str) -> None:
        """See `Mailbox.sent`."""
        await self._do(SENT, user, notice_id)

    async def not_sent(self, user: str, notice_id: str) -> None:
        """See `Mailbox.not_sent`."""
        await self._do(NOT_SENT, user, notice_id)

    async def close_ledger(self, user: str) -> None:
        """See `Mailbox.close_ledger`."""
        await self._do(CLOSE_LEDGER, user)

    async def consent(self, user: str, template: str, count: int, push: str | None = None) -> None:
        """See `Mailbox.consent`."""
        once = "" if push is None else digest(f"{template} {push}")
        await self._do(CONSENT, user, template, count, once, self._server.limits.answer_ms)

    async def spend_consent(self, user: str, template: str) -> bool:
        """See `Mailbox.spend_consent`."""
        return bool(await self._do(SPEND_CONSENT, user, template))

    def _sealed(self, user: str, notice: Notice) -> tuple[str, bytes, int]:
        raw = sessions.dump_notice(notice)
        sealed = self._server.sealer.seal("notice", digest(user), raw)
        return notice.id, sealed, self._server.limits.notice_ms

    async def _do(self, script: str, user: str, *values: str | bytes | int) -> object:
        return await self._server.script(script, Keys.of(user).all, *values)
