"""The door of the desk: who may come in, by password and, for those who see the most, by a phone's code."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final, Literal

from bot.access import first_password, one_time, passwords, throttle
from bot.access.roles import WITH_ONE_TIME_CODE
from bot.access.throttle import Browser
from bot.models import Staff
from bot.store.port import Shelf
from bot.store.port_staff import Credentials, Keyring, StaffRoom

# What still stands between a right password and the desk.
Step = Literal["code", "password", "phone", "in"]
No = Literal["wrong", "wait"]
_LONGEST_ID: Final = 20
# Whoever comes so far knows the password, and a code has six digits only.
_CODES_OF_STRANGERS: Final = 10
_TO_COME_S: Final = 30 * 60.0


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody at the door, as the store knows them."""

    staff: Staff
    credentials: Credentials

    def step(self, *, code_given: bool) -> Step:
        """What comes next."""
        if self.credentials.secret is not None and not code_given:
            return "code"
        if self.credentials.must_change:
            return "password"
        if self.credentials.secret is None and self.staff.role in WITH_ONE_TIME_CODE:
            return "phone"
        return "in"


@dataclass(frozen=True, slots=True)
class Door:
    """Over the rooms of one store; `moment` is the time in seconds since 1970. Every method may raise `StoreDown`."""

    room: StaffRoom
    keyring: Keyring
    shelf: Shelf
    moment: Callable[[], float]

    async def person(self, staff_id: str) -> Person | None:
        """Somebody who serves and has a password."""
        staff, credentials = await self.room.get(staff_id), await self.keyring.get(staff_id)
        return Person(staff, credentials) if staff and staff.active and credentials else None

    async def by_password(self, staff_id: str, password: str, browser: Browser) -> Person | No:
        """Who it is. Neither the answer nor its time tells whether somebody has that id."""
        begun = await throttle.begin(self.shelf, staff_id, browser)
        if begun is None:
            return "wait"
        person = await self.person(staff_id)
        right = await _fits(person, password, browser)
        if right is None:
            await begun.forgive(self.shelf)
            return "wait"
        if person is None or not right or not await first_password.holds(self.shelf, person.credentials):
            return "wrong"
        await begun.forgive(self.shelf)
        return await self._with_new_hash(person, password)

    async def by_code(self, person: Person, code: str, browser: Browser) -> Literal["right"] | No:
        """Whether the phone's code is right; one that was taken once is wrong."""
        begun = await throttle.begin(self.shelf, f"code:{person.staff.id}", browser, _CODES_OF_STRANGERS)
        if begun is None:
            return "wait"
        if not await self.takes(person.staff.id, person.credentials.secret, code):
            return "wrong"
        await begun.forgive(self.shelf)
        return "right"

    async def takes(self, staff_id: str, secret: str | None, code: str) -> bool:
        """Whether a code fits the secret; without counting, for one who is in."""
        return secret is not None and await one_time.take(self.shelf, staff_id, secret, code, self.moment())

    async def change_password(self, person: Person, password: str) -> Person | None:
        """The person with a new password, whose other sessions are over; None where they changed meanwhile."""
        kept = await passwords.hashed(password)
        return await self._changed(person, password=kept, must_change=False)

    async def change_secret(self, person: Person, secret: str | None) -> Person | None:
        """The person with one-time codes of another phone, or none; their other sessions are over."""
        return await self._changed(person, secret=secret)

    async def secret_to_come(self, person: Person) -> str:
        """The secret that their next phone is to learn; the same one for half an hour."""
        name = f"desk-phone:{person.staff.id}:{person.credentials.epoch}"
        await self.shelf.claim(name, one_time.new_secret(), _TO_COME_S)
        kept = await self.shelf.get(name)
        return kept.decode() if kept else one_time.new_secret()

    async def end_sessions(self, person: Person) -> None:
        """Signs them out everywhere."""
        await first_password.end_sessions(self.keyring, person.staff.id)

    async def _changed(self, person: Person, **changes: object) -> Person | None:
        before = person.credentials
        after = replace(before, epoch=before.epoch + 1, **changes)  # type: ignore[arg-type]
        return replace(person, credentials=after) if await self.keyring.swap(before, after) else None

    async def _with_new_hash(self, person: Person, password: str) -> Person:
        """Kept with today's parameters, where the hash is an old one."""
        before = person.credentials
        if not passwords.is_old(before.password):
            return person
        after = replace(before, password=await passwords.hashed(password))
        return replace(person, credentials=after) if await self.keyring.swap(before, after) else person


async def _fits(person: Person | None, password: str, browser: Browser) -> bool | None:
    """Whether it is their password; None where too many strangers wait for the same answer."""
    kept = person.credentials.password if person else None
    if browser.device is None:
        return await passwords.fits_of_stranger(kept, password)
    return await passwords.fits(kept, password)


def staff_id_of(typed: str) -> str:
    """The id that was meant: S12, full-width, with spaces."""
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", typed)).lower()[:_LONGEST_ID]
