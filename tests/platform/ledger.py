"""What the platform allows an account to send to whom: the windows that a push opens, followers, consents."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

MESSAGE_SENDS, MESSAGE_SECONDS = 5, 48 * 3600
EVENT_SENDS, EVENT_SECONDS = 3, 60
# Of a menu's buttons only these three open a window.
_OPENING_EVENTS = frozenset({"subscribe", "scan", "click", "scancode_push", "scancode_waitmsg"})

OK, USED_UP, CLOSED, NO_CONSENT, NOT_FOLLOWING = 0, 45047, 45015, 43101, 43004


@dataclass
class Window:
    """How many messages may still go out, and until when (seconds since 1970)."""

    left: int
    until: float


@dataclass
class Ledger:
    """One account's; `now` gives the platform's clock in seconds.

    A message renews the window of 5 in 48 hours, a menu click, a follow, a scan or a tapped choice that of 3 in
    a minute; what is sent is taken from the window that closes first.
    """

    now: Callable[[], float] = time.time
    _windows: dict[str, dict[str, Window]] = field(default_factory=dict)
    _gone: set[str] = field(default_factory=set)
    _consents: dict[str, Counter[str]] = field(default_factory=dict)

    def heard(self, user: str, fields: Mapping[str, Any]) -> None:
        """A push of this user goes out, for the first time."""
        event = str(fields.get("Event", "")).lower()
        if event == "unsubscribe":
            self._leave(user)
            return
        if event == "subscribe":
            self._gone.discard(user)
        self._count_consents(user, fields)
        self._open(user, self._kind(fields, event))

    def _leave(self, user: str) -> None:
        self._gone.add(user)
        self._windows.pop(user, None)

    @staticmethod
    def _kind(fields: Mapping[str, Any], event: str) -> str | None:
        if fields.get("MsgType") == "event":
            return "event" if event in _OPENING_EVENTS else None
        # The documentation: a tap in a menu message counts as a menu click, not as a message.
        return "event" if fields.get("bizmsgmenuid", "0") != "0" else "message"

    def _open(self, user: str, kind: str | None) -> None:
        sends, seconds = (
            (MESSAGE_SENDS, MESSAGE_SECONDS) if kind == "message" else (EVENT_SENDS, EVENT_SECONDS)
        )
        if kind:
            self._windows.setdefault(user, {})[kind] = Window(sends, self.now() + seconds)

    def _count_consents(self, user: str, fields: Mapping[str, Any]) -> None:
        for one in fields.get("SubscribeMsgPopupEvent", {}).get("List", ()):
            accepted = one["SubscribeStatusString"] == "accept"
            self._consents.setdefault(user, Counter())[one["TemplateId"]] += int(accepted)
        for one in fields.get("SubscribeMsgChangeEvent", {}).get("List", ()):
            self._consents.setdefault(user, Counter())[one["TemplateId"]] = 0

    def send(self, user: str) -> int:
        """Takes one customer-service message; `OK`, `USED_UP` or `CLOSED`."""
        open_now = [one for one in self._windows.get(user, {}).values() if one.until > self.now()]
        if not open_now:
            return CLOSED
        with_rest = sorted((one for one in open_now if one.left), key=lambda one: one.until)
        if not with_rest:
            return USED_UP
        with_rest[0].left -= 1
        return OK

    def left(self, user: str) -> int:
        """How many customer-service messages may go out now."""
        return sum(one.left for one in self._windows.get(user, {}).values() if one.until > self.now())

    def send_template(self, user: str) -> int:
        """`OK`, or `NOT_FOLLOWING`."""
        return NOT_FOLLOWING if user in self._gone else OK

    def send_consented(self, user: str, template: str) -> int:
        """Takes one consent; `OK` or `NO_CONSENT`."""
        counts = self._consents.get(user, Counter())
        if counts[template] < 1:
            return NO_CONSENT
        counts[template] -= 1
        return OK

    def consents(self, user: str, template: str) -> int:
        """How many notices of this template the user still allows."""
        return self._consents.get(user, Counter())[template]
