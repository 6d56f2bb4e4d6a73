"""The errors that are part of the product.

BotError                 everything we raise on purpose: a code, a sentence that says how to mend it, a field
├── InputError           what a caller sent is wrong
│   ├── BadRequest       400  the body is not what it says to be
│   ├── TooLarge         413  longer than the limit
│   └── BadValue         422  well-formed, with a wrong value
├── CatalogError         catalog_data/ is broken: file, line and mend
├── SettingError         a setting is wrong: the program does not start
├── StoreDown            503  the store cannot be reached
│   └── TurnLost         503  a turn was lost to another process; nothing was kept
├── Refused              403  a push that cannot be trusted
├── NotFound             404  no such thing
├── Overtaken            409  somebody else was faster, after what was seen
├── TooMany              429  one client asks too much (bot/web/limits.py)
└── ApiError             502  a call of WeChat's API failed (bot/wechat/platform_errors.py draws its branches)
"""

from __future__ import annotations

from collections.abc import Sequence


class BotError(Exception):
    """`code` for programs, `message` for people (what, where, how to mend), `field` where it is known."""

    code = "error"
    status = 500

    def __init__(self, message: str, *, code: str | None = None, field: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.code = code or type(self).code
        self.field = field

    def as_json(self) -> dict[str, dict[str, str | None]]:
        """The contract's §7 form."""
        return {"error": {"code": self.code, "message": self.message, "field": self.field}}


class InputError(BotError):
    code, status = "bad_input", 400


class BadRequest(InputError):
    code, status = "bad_request", 400


class TooLarge(InputError):
    code, status = "too_large", 413


class BadValue(InputError):
    code, status = "bad_value", 422


class Refused(BotError):
    code, status = "refused", 403


class NotFound(BotError):
    code, status = "not_found", 404


class Overtaken(BotError):
    code, status = "overtaken", 409


class StoreDown(BotError):
    code, status = "store_down", 503


class TurnLost(StoreDown):
    code = "turn_lost"


class SettingError(BotError):
    code = "bad_setting"


class CatalogError(BotError):
    """All that is wrong with the catalog at once, a line each: `file:line: what; how to mend`."""

    code = "bad_catalog"

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = tuple(problems)
