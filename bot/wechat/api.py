"""What one official account asks of the platform: messages, notices, media, QR codes, the menu."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import aiohttp
import structlog

from bot.models import Tap
from bot.wechat.accounts import Account
from bot.wechat.platform_errors import ApiError, TokenRefused, Unreadable, sentence
from bot.wechat.tokens import Standing, Tokens
from bot.wechat.wire import Answer, Call, Limits, Wire

log: structlog.typing.FilteringBoundLogger = structlog.get_logger(__name__)

# https://developers.weixin.qq.com/doc/service/api/
_CUSTOM = "/cgi-bin/message/custom/send"
_TEMPLATE = "/cgi-bin/message/template/send"
_SUBSCRIBED = "/cgi-bin/message/subscribe/bizsend"
_MEDIA = "/cgi-bin/media/get"
_QR = "/cgi-bin/qrcode/create"
_PUT_MENU = "/cgi-bin/menu/create"
_GET_MENU = "/cgi-bin/menu/get"
_NO_MENU = 46003


@dataclass(frozen=True, slots=True)
class QrTicket:
    """A QR code for ever: `ticket` fetches its picture from the platform, `url` is what it holds."""

    ticket: str
    url: str


class Api:
    """The calls; each may raise `ApiError` (see `platform_errors`) or, before anything was sent, `StoreDown`.

    A send that ends with `maybe_sent` may have arrived, and so may one that is cancelled; one that ends with any
    other error has not. A call takes at most `Limits.call_s`, twice where its token is refused, and the wait for
    a token; whoever has less time puts its own limit around.
    """

    def __init__(
        self,
        account: Account,
        http: aiohttp.ClientSession,
        tokens: Tokens,
        base: str,
        limits: Limits | None = None,
    ) -> None:
        self._tokens, self._wire = tokens, Wire(account, http, tokens.wire.shelf, base, limits)

    @property
    def counts(self) -> Counter[tuple[str, str]]:
        """Calls since the start by path and outcome, those for tokens among them."""
        return self._wire.counts + self._tokens.wire.counts

    @property
    def token(self) -> Standing:
        """How it stands with the account's token in this process."""
        return self._tokens.standing

    async def send_text(self, openid: str, text: str) -> None:
        """A customer-service message of at most 2048 bytes of UTF-8."""
        await self._send(_CUSTOM, openid, {"msgtype": "text", "text": {"content": text}})

    async def send_menu(self, openid: str, head: str, choices: Sequence[Tap], tail: str) -> None:
        """A customer-service message with choices to tap between two texts; a tap comes back as its label and id."""
        listed = [{"id": choice.id, "content": choice.label} for choice in choices]
        menu = {"head_content": head, "list": listed, "tail_content": tail}
        await self._send(_CUSTOM, openid, {"msgtype": "msgmenu", "msgmenu": menu})

    async def send_template(
        self,
        openid: str,
        template_id: str,
        fields: Mapping[str, str],
        url: str | None = None,
        once: str | None = None,
    ) -> None:
        """A template message (模板消息); `url` opens on a tap. The platform sends one with the same `once` a
        single time within 10 minutes, so it may be repeated after `maybe_sent`."""
        body = _filled(template_id, fields, url=url, client_msg_id=once)
        await self._send(_TEMPLATE, openid, body)

    async def send_subscribed(
        self, openid: str, template_id: str, fields: Mapping[str, str], url: str | None = None
    ) -> None:
        """A notice the user allowed (订阅通知 of service accounts); `url` opens on a tap."""
        await self._send(_SUBSCRIBED, openid, _filled(template_id, fields, page=url))

    async def download(self, media_id: str, limit_bytes: int) -> bytes:
        """A recording or a picture a user sent less than three days ago; raises `TooBig` past the limit."""
        call = Call(_MEDIA, params={"media_id": media_id}, media_bytes=limit_bytes)
        answer = await self._ask(call)
        if not answer.media:
            # A video is told as the address of a page.
            error = Unreadable(sentence("no_media"))
            self._wire.report(_MEDIA, error)
            raise error
        return answer.media

    async def qr_ticket(self, scene: str) -> QrTicket:
        """A permanent QR code for a scene of 1 to 64 letters; an account has 100,000 of them."""
        body = {"action_name": "QR_LIMIT_STR_SCENE", "action_info": {"scene": {"scene_str": scene}}}
        answer = await self._ask(Call(_QR, body, needs={"ticket": str, "url": str}))
        return QrTicket(answer.fields["ticket"], answer.fields["url"])

    async def put_menu(self, menu: Mapping[str, Any]) -> None:
        """Makes `{"button": [...]}` the account's menu; phones show it within minutes."""
        await self._ask(Call(_PUT_MENU, menu))

    async def get_menu(self) -> Mapping[str, Any] | None:
        """The menu as `put_menu` takes it; None where the account has none."""
        try:
            answer = await self._ask(Call(_GET_MENU, needs={"menu": dict}))
        except ApiError as error:
            if error.errcode == _NO_MENU:
                return None
            raise
        menu: Mapping[str, Any] = answer.fields["menu"]
        return menu

    async def _send(self, path: str, openid: str, message: Mapping[str, Any]) -> None:
        await self._ask(Call(path, {"touser": openid, **message}, effect=True))

    async def _ask(self, call: Call) -> Answer:
        """With one other token and one more try where the platform refuses the first."""
        token = await self._tokens.get()
        try:
            return await self._wire.ask(call, token)
        except TokenRefused:
            fresh = await self._tokens.renew(token)
            if fresh == token:
                raise
        try:
            return await self._wire.ask(call, fresh)
        except TokenRefused:
            log.error("wechat_token_refused_twice", account=self._wire.account.name, call=call.path)
            raise


def _filled(template_id: str, fields: Mapping[str, str], **more: str | None) -> dict[str, Any]:
    data = {name: {"value": value} for name, value in fields.items()}
    given = {name: value for name, value in more.items() if value is not None}
    return {"template_id": template_id, "data": data, **given}
