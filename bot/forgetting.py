"""Erases a user at an operator's command, by the same turn that takes 删除我的资料."""

from __future__ import annotations

from datetime import datetime

from bot.catalog.model import Catalog
from bot.config import Settings
from bot.conversation import Conversation
from bot.following import calls_of
from bot.links import Links
from bot.models import Message
from bot.pickup import Pickup
from bot.store.connect import Stores
from nlu.understanding import Understanding


async def forget(stores: Stores, settings: Settings, catalog: Catalog, who: str) -> list[str]:
    """The numbers of the calls that are under way; raises `StoreDown`."""
    before = await stores.requests.of(who)
    async with calls_of(stores) as calls:
        conversation = Conversation(
            catalog,
            _Silent(),
            stores.turns,
            settings.now,
            calls=calls,
            links=Links(stores.keyring, stores.shelf),
            handing=Pickup(stores.shelf),
        )
        await conversation.hear(Message(who, kind="event", event="revoked"))
    return [one.id for one in before if one.state == "on_the_way"]


class _Silent:
    """Nothing was said."""

    async def understand(self, text: str, context: str | None, now: datetime) -> Understanding:  # noqa: ARG002
        """See `Understander`."""
        return Understanding("out_of_scope", 1.0, "rules")

    async def state(self) -> str:
        """See `Understander`."""
        return "silent"
