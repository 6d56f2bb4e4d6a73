"""What the others ask of a store: turns remembered once, notices that wait, the ledger, values that all share."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Literal, Protocol

from bot.models import Notice, Request, RequestState, Session

# What a push allows the account to send by customer-service message: a message 5 within 48 h, an event 3 within
# a minute (PLATFORM.md, row 9).
Allows = Literal["message", "event", "nothing"]


@dataclass(frozen=True, slots=True)
class Held:
    """A user's turn while it is held, and what is kept of the user as it begins.

    `before` are the bytes that answered this push before; `late` says that they only promised an answer, and
    that the turn is still to be taken. `waiting` are notices that could not be sent; `promised` are messages of
    the user that got a promise, as they were kept, and whose turns nobody has taken yet. `requests` are the user's calls, the newest first,
    and `older` is how many that are over were left out (`Store.all_calls` gives them); `staff` is the id of the member of
    staff whom this user has bound, None for all others.
    """

    user: str
    key: str | None
    token: str
    session: Session
    before: bytes | None = None
    late: bool = False
    waiting: tuple[Notice, ...] = ()
    promised: tuple[bytes, ...] = ()
    requests: tuple[Request, ...] = ()
    staff: str | None = None
    older: int = 0


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a turn leaves: the session, the bytes that answer its push, and what was told of the waiting notices.

    Where the push has been answered with a promise meanwhile, `notice` waits for the user instead of `answer`.
    `requests` are kept with the rest; each must follow the version that the turn began with.
    """

    session: Session
    answer: bytes | None = None
    notice: Notice | None = None
    told: tuple[str, ...] = ()
    forget: bool = False
    requests: tuple[Request, ...] = ()


class Store(Protocol):
    """Sessions and once-only answers; every method may raise `StoreDown`."""

    def turn(
        self,
        user: str,
        key: str | None = None,
        allows: Allows = "nothing",
        *,
        finish: bool = False,
        recent: bool = False,
    ) -> AbstractAsyncContextManager[Held]:
        """Holds the user's turn, so that messages are taken one after the other; notes in the ledger what a push
        that is new `allows`. A push that was answered `before` holds nothing and waits for nobody, except to
        `finish` what was promised, or where it got its promise while it stood in line: then it is taken in its
        place. With `recent` it holds those of the user's calls that are open, the newest, and those moved last."""
        ...

    async def all_calls(self, held: Held) -> tuple[Request, ...]:
        """All of the user's calls, the newest first, with those that a turn with `recent` left out: from now on they are
        the turn's too."""
        ...

    async def recall(self, user: str) -> Session:
        """The user's session as it stands, a new one where nothing is kept."""
        ...

    async def keep(self, held: Held, outcome: Outcome) -> bool:
        """Keeps all of the outcome in one step and ends the turn; True where the answer came in time, False where
        its push has got a promise meanwhile. Raises `TurnLost` where the turn was lost to somebody else (then
        nothing is kept)."""
        ...

    async def promise(self, user: str, key: str, answer: bytes, message: bytes, allows: Allows) -> bytes:
        """Answers a push whose turn takes too long, and keeps the message until the turn is done. Gives back the
        bytes that answer the push: these, or those that came first."""
        ...

    async def promised(self, user: str, key: str) -> bytes | None:
        """The message of a promise that has not been kept yet."""
        ...

    async def check(self) -> None:
        """Raises `StoreDown` where the store cannot do its work."""
        ...


class Mailbox(Protocol):
    """Notices that wait for a user, and the ledger of customer-service messages; any method may raise `StoreDown`."""

    async def put(self, user: str, notice: Notice) -> None:
        """Lets a notice wait; one that waits already under the same id is left as it is."""
        ...

    async def put_of_call(self, request: Request, notice: Notice) -> bool:
        """As `put`, for whose call it is; False, and nothing is put, where the call was moved since it was read. What
        it says of the call may have been erased by then."""
        ...

    async def take(self, user: str, *, customer_service: bool) -> Notice | None:
        """Takes the oldest notice for sending, and one message off the ledger where it goes that way; None where
        nothing waits or the ledger is used up. Ends with `sent` or `not_sent`, or returns by itself after half a
        minute."""
        ...

    async def sent(self, user: str, notice_id: str) -> None:
        """It has arrived: it waits no more."""
        ...

    async def not_sent(self, user: str, notice_id: str) -> None:
        """It waits on, before all others."""
        ...

    async def close_ledger(self, user: str) -> None:
        """The platform says that no more may be sent until the user's next message."""
        ...

    async def consent(self, user: str, template: str, count: int, push: str | None = None) -> None:
        """The user allowed so many notices of a template; 0 takes back what was allowed. Once only for a `push`."""
        ...

    async def spend_consent(self, user: str, template: str) -> bool:
        """Takes one of the allowed notices, where there is one."""
        ...


@dataclass(frozen=True, slots=True)
class Line:
    """One request as the desks list it, without anything personal; `due` is when somebody must have taken it."""

    id: str
    service: str
    region: str | None
    state: RequestState
    urgent: bool
    created: str
    time: str | None
    due: str | None
    worker: str | None
    changed: str
    rating: str | None = None
    late: bool = False
    dispatch: Literal["none", "waiting", "sent", "dead"] = "none"


class Requests(Protocol):
    """Calls that were submitted, and the index that desks read; any method may raise `StoreDown`."""

    async def reserve(self, user: str) -> str:
        """A number that nobody has had, for a new request of this user; it lapses in a day where none is kept."""
        ...

    async def find(self, number: str) -> Request | None:
        """The request of that number, whoever's it is."""
        ...

    async def of(self, user: str) -> tuple[Request, ...]:
        """A user's requests, the newest first."""
        ...

    async def save(self, request: Request, version: int) -> bool:
        """Keeps it if its kept version is still `version` (0: none is kept); False where it was moved meanwhile."""
        ...

    async def enter(self, line: Line) -> None:
        """Writes its line in the index: among the open ones, or in its month once it is over."""
        ...

    async def open(self) -> tuple[Line, ...]:
        """The lines of all requests that are not over."""
        ...

    async def over(self, month: str) -> tuple[Line, ...]:
        """The lines of those that were over in a month (2026-11)."""
        ...

    async def unlisted(self) -> tuple[str, ...]:
        """The numbers, of the newest two thousand, whose requests are kept and stand in no index."""
        ...


class Tally(Protocol):
    """Counts that tell of nobody; any method may raise `StoreDown`."""

    async def add(self, week: str, counts: Mapping[str, int]) -> None:
        """Adds to the counts of a week, named after its Monday (2026-11-16)."""
        ...

    async def of(self, week: str) -> Mapping[str, int]: ...


class Shelf(Protocol):
    """Small values that all processes share, such as access tokens; any method may raise `StoreDown`."""

    async def get(self, name: str) -> bytes | None:
        """The value, None where there is none or its time is over."""
        ...

    async def put(self, name: str, value: bytes, seconds: float) -> None:
        """Keeps a value for so long."""
        ...

    async def drop(self, name: str, value: bytes) -> None:
        """Forgets it, if it still is this value."""
        ...

    async def claim(self, name: str, holder: str, seconds: float) -> bool:
        """Whether `holder` has the name for itself now, for so long at the most."""
        ...

    async def release(self, name: str, holder: str) -> None:
        """Gives up what `holder` claimed."""
        ...
