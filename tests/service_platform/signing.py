"""Signs and checks as deploy/platform.md says, written from that page alone and with none of the bot's code."""

from __future__ import annotations

from collections.abc import Mapping

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.hmac import HMAC

WINDOW_S = 300


def sign(secret: str, stamp: str, key: str, body: bytes) -> str:
    """The value of X-Dispatch-Signature."""
    return _mac(secret, stamp, key, body).finalize().hex()


def headers(id_: str, secret: str, key: str, body: bytes, now: float) -> dict[str, str]:
    """All headers of a signed message."""
    stamp = str(int(now))
    return {
        "Content-Type": "application/json",
        "X-Dispatch-Key-Id": id_,
        "X-Dispatch-Time": stamp,
        "Idempotency-Key": key,
        "X-Dispatch-Signature": sign(secret, stamp, key, body),
    }


def trouble(given: Mapping[str, str], id_: str, secret: str, body: bytes, now: float) -> str | None:
    """Why the message is not to be trusted; None where it is."""
    try:
        stamp, key = given["X-Dispatch-Time"], given["Idempotency-Key"]
        said = bytes.fromhex(given["X-Dispatch-Signature"])
        if given["X-Dispatch-Key-Id"] != id_:
            return "another key"
        _mac(secret, stamp, key, body).verify(said)
    except (KeyError, ValueError, InvalidSignature):
        return "not signed"
    return None if abs(now - int(stamp)) <= WINDOW_S else "stale"


def _mac(secret: str, stamp: str, key: str, body: bytes) -> HMAC:
    mac = HMAC(secret.encode(), SHA256())
    mac.update(f"{stamp}.{key}.".encode() + body)
    return mac
