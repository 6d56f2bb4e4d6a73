"""The typed keys under which the composition root hands its parts to the pages, the API and the WeChat door."""

from __future__ import annotations

from aiohttp import web

from bot.catalog.model import Catalog
from bot.config import Settings
from bot.conversation import Clock, Conversation
from bot.dispatch.records import Desk
from bot.store.port import Requests, Shelf, StaffRoom, Store
from nlu.understanding import Understander

SETTINGS: web.AppKey[Settings] = web.AppKey("settings", Settings)
CATALOG: web.AppKey[Catalog] = web.AppKey("catalog", Catalog)
CLOCK: web.AppKey[Clock] = web.AppKey("clock")
STORE: web.AppKey[Store] = web.AppKey("store")
REQUESTS: web.AppKey[Requests] = web.AppKey("requests")
STAFF: web.AppKey[StaffRoom] = web.AppKey("staff")
DESK: web.AppKey[Desk] = web.AppKey("desk")
SHELF: web.AppKey[Shelf] = web.AppKey("shelf")
UNDERSTANDER: web.AppKey[Understander] = web.AppKey("understander")
# Understands in this process, whatever the other may ask.
QUICK: web.AppKey[Understander] = web.AppKey("quick_understander")
CONVERSATION: web.AppKey[Conversation] = web.AppKey("conversation", Conversation)
