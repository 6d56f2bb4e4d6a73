"""The typed keys under which the composition root hands its parts to the pages, the API and the WeChat door."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

from aiohttp import web

from bot.catalog.model import Catalog
from bot.config import Settings
from bot.conversation import Clock, Conversation, Suspects
from bot.dispatch.records import Desk
from bot.links import Links
from bot.partners import CallBook
from bot.store.port import Requests, Shelf, Store, Tally
from bot.store.port_staff import AuditLog, Keyring, StaffRoom
from nlu.understanding import Understander

SETTINGS: web.AppKey[Settings] = web.AppKey("settings", Settings)
CATALOG: web.AppKey[Catalog] = web.AppKey("catalog", Catalog)
CLOCK: web.AppKey[Clock] = web.AppKey("clock")
STORE: web.AppKey[Store] = web.AppKey("store")
REQUESTS: web.AppKey[Requests] = web.AppKey("requests")
STAFF: web.AppKey[StaffRoom] = web.AppKey("staff")
CALL_BOOK: web.AppKey[CallBook] = web.AppKey("call_book")
DESK: web.AppKey[Desk] = web.AppKey("desk")
KEYRING: web.AppKey[Keyring] = web.AppKey("keyring")
AUDIT: web.AppKey[AuditLog] = web.AppKey("audit")
TALLY: web.AppKey[Tally] = web.AppKey("tally")
SHELF: web.AppKey[Shelf] = web.AppKey("shelf")
LINKS: web.AppKey[Links] = web.AppKey("links", Links)
UNDERSTANDER: web.AppKey[Understander] = web.AppKey("understander")
# Understands in this process, whatever the other may ask.
QUICK: web.AppKey[Understander] = web.AppKey("quick_understander")
SUSPECTS: web.AppKey[Suspects] = web.AppKey("suspects")
# Parts of the readiness besides those that the pages know: a line each, a `BotError` where it cannot do its work.
READY: web.AppKey[Mapping[str, Callable[[web.Application], Awaitable[str]]]] = web.AppKey("ready")
CONVERSATION: web.AppKey[Conversation] = web.AppKey("conversation", Conversation)
