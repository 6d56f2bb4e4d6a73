"""One-time codes of a phone (TOTP, RFC 6238): six digits that change every half minute, each taken once only."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
import unicodedata
from io import BytesIO
from typing import Final

import pyotp
import segno

from bot.models import Staff
from bot.store.port import Shelf

_STEP_S: Final = 30
# Clocks of phones are off by some seconds, and people type slowly.
_TOLERANCE: Final = 1
_USED_S: Final = 3.0 * _STEP_S * (1 + _TOLERANCE)
_ISSUER: Final = "问养老"


def new_secret() -> str:
    """160 random bits, as apps take them typed."""
    return pyotp.random_base32()


def in_fours(secret: str) -> str:
    """As a person types it."""
    return " ".join(re.findall(".{1,4}", secret))


def picture(secret: str, staff: Staff) -> bytes:
    """The SVG that a phone's app scans."""
    address = pyotp.TOTP(secret).provisioning_uri(name=staff.id, issuer_name=_ISSUER)
    kept = BytesIO()
    segno.make(address, error="m", micro=False).save(kept, kind="svg", scale=6, border=4, light="#fff")
    return kept.getvalue()


async def take(shelf: Shelf, staff_id: str, secret: str, code: str, moment: float) -> bool:
    """Whether the code is right at this moment (seconds since 1970) and nobody has used it; raises `StoreDown`."""
    step = _step(secret, code, moment)
    if step is None:
        return False
    which = hashlib.sha256(f"{staff_id}:{secret}:{step}".encode()).hexdigest()
    return await shelf.claim(f"desk-code-used:{which}", secrets.token_hex(8), _USED_S)


def _step(secret: str, code: str, moment: float) -> int | None:
    """Which half minute the code belongs to."""
    given = re.sub(r"[\s-]", "", unicodedata.normalize("NFKC", code)).encode()
    now, totp = int(moment // _STEP_S), pyotp.TOTP(secret)
    for step in range(now - _TOLERANCE, now + _TOLERANCE + 1):
        if hmac.compare_digest(totp.at(step * _STEP_S).encode(), given):
            return step
    return None
