"""One account as the platform keeps it: tokens, what may be sent and what was, media, codes, the menu."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from tests.platform.ledger import Ledger
from tests.platform.tokens import Tokens

ONCE_SECONDS = 600
Kind = Literal["text", "msgmenu", "template", "notice"]


@dataclass(frozen=True)
class Sent:
    """What a user received outside of an answer; `text` its words, `choices` the ids and labels of a menu."""

    user: str
    kind: Kind
    text: str
    at: float
    body: Mapping[str, Any]
    choices: tuple[tuple[str, str], ...] = ()


@dataclass
class AccountSide:
    """`secret` None takes any; `templates` None takes any template, else only these.

    `media` holds bytes and content type by media id; `tickets` the scenes of the codes that were made.
    """

    app_id: str
    secret: str | None = None
    templates: frozenset[str] | None = None
    now: Callable[[], float] = time.time
    ledger: Ledger = field(init=False)
    tokens: Tokens = field(init=False)
    sent: list[Sent] = field(default_factory=list)
    media: dict[str, tuple[bytes, str]] = field(default_factory=dict)
    tickets: dict[str, str] = field(default_factory=dict)
    menu: dict[str, Any] | None = None
    watchers: list[Callable[[Sent], None]] = field(default_factory=list)
    _once: dict[tuple[str, str], tuple[float, int]] = field(default_factory=dict)
    _ids: itertools.count[int] = field(default_factory=lambda: itertools.count(3_200_000_001))

    def __post_init__(self) -> None:
        self.ledger = Ledger(self.now)
        self.tokens = Tokens(self.now)

    def deliver(self, user: str, kind: Kind, text: str, body: Mapping[str, Any], **more: Any) -> int:
        """Keeps what the user receives; gives its id."""
        one = Sent(user, kind, text, self.now(), body, **more)
        self.sent.append(one)
        for watcher in self.watchers:
            watcher(one)
        return next(self._ids)

    def sent_before(self, user: str, once: str | None) -> int | None:
        """The id of what was sent under this `client_msg_id` in the last ten minutes."""
        at, message = self._once.get((user, once or ""), (float("-inf"), 0))
        return message if self.now() - at < ONCE_SECONDS else None

    def remember(self, user: str, once: str | None, message: int) -> None:
        """So that it is not sent a second time."""
        if once:
            self._once[user, once] = self.now(), message

    def received(self, user: str) -> list[Sent]:
        """All that this user received, in order."""
        return [one for one in self.sent if one.user == user]

    def store_media(self, media: str, data: bytes, content_type: str = "audio/amr") -> str:
        """A recording or picture that may be fetched, also under the id of its 16 kHz form."""
        self.media[media] = self.media[f"{media}-16k"] = (data, content_type)
        return media
