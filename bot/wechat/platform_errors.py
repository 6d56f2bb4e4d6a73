"""What can go wrong between us and the platform, with a sentence for operators; never a secret, a token or an openid.

ApiError              a call failed; `errcode` as the platform gave it
├── NotConfigured     the account has no AppSecret
├── Unreachable       no answer: network, time-out, a connection that broke off
│   └── Unreadable    an answer that is not the platform's: HTML, no JSON, too long
├── PlatformBusy      -1, 45011: busy, also after a few tries
├── QuotaUsedUp       45009: not before midnight in China
├── TokenRefused      40001, 40014, 42001: also with a fresh token
├── WindowOver        45015, 43004: not before the user writes (or follows) again
│   └── UsedUp        45047: all messages of the window are sent
├── NotPermitted      48001, 48004, 50001: this account may not do that
├── NotConsented      43101: the user did not allow this notice
└── TooBig            a recording or a picture larger than the limit
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import suppress
from functools import cache
from ipaddress import ip_address
from pathlib import Path

import yaml

from bot.errors import BotError

_WORDS = Path(__file__).with_name("platform_errors.yaml")
# The platform's own words may quote anything; only these parts of them are ever passed on.
_RID = re.compile(r"\brid: ?([0-9A-Za-z-]{6,40})\b")
_FIELD = re.compile(r"\bdata\.([A-Za-z_]+[0-9]*)\b")
_NOT_NAMED = "（微信没有写明）"


class ApiError(BotError):
    """A call that failed. `operator` says in Chinese what it means and what to do, `rid` is the platform's own
    number of the failed call. `maybe_sent`: nobody knows whether it took effect, so it must not be repeated."""

    code, status = "wechat_api", 502
    setting: str | None = None

    def __init__(
        self, operator: str, *, errcode: int | None = None, rid: str = "", maybe_sent: bool = False
    ) -> None:
        told = "，".join([f"返回码 {errcode}"] * (errcode is not None) + [f"rid {rid}"] * bool(rid))
        super().__init__(f"{operator}（{told}）" if told else operator, field=self.setting)
        self.operator, self.errcode, self.rid, self.maybe_sent = operator, errcode, rid, maybe_sent


class NotConfigured(ApiError):
    code, status, setting = "not_configured", 503, "WECHAT_APP_SECRET"


class Unreachable(ApiError):
    code = "wechat_unreachable"


class Unreadable(Unreachable):
    code = "wechat_unreadable"


class PlatformBusy(ApiError):
    code = "wechat_busy"


class QuotaUsedUp(ApiError):
    code = "wechat_quota"


class TokenRefused(ApiError):
    code = "wechat_token"


class WindowOver(ApiError):
    code = "wechat_window_over"


class UsedUp(WindowOver):
    code = "wechat_used_up"


class NotPermitted(ApiError):
    code = "wechat_not_permitted"


class NotConsented(ApiError):
    code = "wechat_not_consented"


class TooBig(ApiError):
    code = "wechat_too_big"


_KINDS: Mapping[int, type[ApiError]] = {
    -1: PlatformBusy,
    45011: PlatformBusy,
    45009: QuotaUsedUp,
    40001: TokenRefused,
    40014: TokenRefused,
    42001: TokenRefused,
    45015: WindowOver,
    43004: WindowOver,
    45047: UsedUp,
    48001: NotPermitted,
    48004: NotPermitted,
    50001: NotPermitted,
    43101: NotConsented,
}


def platform_error(errcode: int, errmsg: str = "") -> ApiError:
    """The error of a return code; of the platform's words it takes the address, the field and the rid."""
    rid = _RID.search(errmsg)
    operator = sentence(errcode, ip=_address(errmsg), field=_field(errmsg))
    return _KINDS.get(errcode, ApiError)(operator, errcode=errcode, rid=rid[1] if rid else "")


def sentence(name: int | str, /, **values: object) -> str:
    """What operators are told of a return code or of a failure of our own; unknown ones have a general sentence."""
    words = _sentences()
    return words.get(name, words["other"]).format_map(values)


def _address(errmsg: str) -> str:
    for word in re.split(r"[\s,]+", errmsg):
        with suppress(ValueError):
            return str(ip_address(word))
    return _NOT_NAMED


def _field(errmsg: str) -> str:
    found = _FIELD.search(errmsg)
    return found[1] if found else _NOT_NAMED


@cache
def _sentences() -> Mapping[int | str, str]:
    read: dict[int | str, str] = yaml.safe_load(_WORDS.read_text(encoding="utf-8"))
    # Chinese has no spaces where a line ends.
    return {name: text.replace("\n", "") for name, text in read.items()}
