"""Decides whether a push may be trusted, and opens and seals what passes; knows nothing of what it says."""

from __future__ import annotations

import re
from base64 import urlsafe_b64encode
from collections.abc import Callable, Mapping
from datetime import datetime

from bot.errors import BadRequest, Refused, TooLarge
from bot.models import Message
from bot.wechat import crypto, strict_xml

BODY_LIMIT = 64 * 1024
WINDOW_SECONDS = 600
_NONCE = re.compile(r"[\x21-\x7e]{1,128}")
_ECHO = re.compile(r"[0-9A-Za-z_.+/=-]{1,128}")
# 12 bytes make 16 letters and digits, as the platform's own programs draw their salt.
_SALT_FROM = crypto.SALT_BYTES * 3 // 4
_NONCE_FROM = 8
_ENVELOPE = (
    "<xml><Encrypt><![CDATA[{sealed}]]></Encrypt><MsgSignature><![CDATA[{signature}]]></MsgSignature>"
    "<TimeStamp>{timestamp}</TimeStamp><Nonce><![CDATA[{nonce}]]></Nonce></xml>"
)


class Gate:
    """One account's gate: plain mode without `aes_key`, with it safe mode and nothing else.

    Every distrust is the same `Refused`, so that nobody learns from it; its note says why, for the log only.
    """

    def __init__(self, token: str, app_id: str, aes_key: str | None, clock: Callable[[], datetime]) -> None:
        self._token = token
        self._clock = clock
        self._cipher = crypto.Cipher(aes_key, app_id) if aes_key else None

    def echo(self, query: Mapping[str, str]) -> str:
        """What the handshake wants to read; raises `Refused` or `BadRequest`.

        The account's console signs `echostr` in the clear in every mode; others encrypt and sign it.
        """
        timestamp, nonce = self._fresh(query)
        words = query.get("echostr", "")
        if not words:
            raise _refused("no echostr")
        if self._cipher and self._signed(query.get("msg_signature", ""), timestamp, nonce, words):
            return _echo_text(self._decrypt(self._cipher, words).decode("utf-8", "replace"))
        if self._signed(query.get("signature", ""), timestamp, nonce):
            return _echo_text(words)
        raise _refused("signature")

    def open(self, query: Mapping[str, str], body: bytes) -> bytes:
        """The XML that the platform vouches for; raises `TooLarge`, `BadRequest` or `Refused`."""
        if len(body) > BODY_LIMIT:
            raise TooLarge(f"a push has at most {BODY_LIMIT} bytes")
        timestamp, nonce = self._fresh(query)
        if self._cipher is None:
            if not self._signed(query.get("signature", ""), timestamp, nonce):
                raise _refused("signature")
            return body
        sealed = _sealed_part(body)
        if not self._signed(query.get("msg_signature", ""), timestamp, nonce, sealed):
            raise _refused("msg_signature")
        return self._decrypt(self._cipher, sealed)

    def seal_for(self, xml: bytes, message: Message, now: datetime) -> bytes:
        """The reply to `message` as it goes out: encrypted and signed in safe mode, as it is in plain mode.

        The same bytes for the same reply to the same push; `now` counts only where the push told no time.
        """
        if self._cipher is None:
            return xml
        # Tries 2 and 3 of a push must get the bytes of try 1, from whichever process and also where nothing
        # could be remembered. A salt out of key and content (as in SIV, RFC 5297) is as good as a random one:
        # it repeats only where the whole plaintext does, and then there is nothing to tell apart.
        drawn = self._cipher.drawn(message.key or "", message.who, xml)
        salt = urlsafe_b64encode(drawn[:_SALT_FROM])
        nonce = str(int.from_bytes(drawn[-_NONCE_FROM:], "big"))
        timestamp = str(message.created or int(now.timestamp()))
        return self._envelope(self._cipher.encrypt(xml, salt), nonce, timestamp)

    def _envelope(self, sealed: str, nonce: str, timestamp: str) -> bytes:
        signature = crypto.signature(self._token, timestamp, nonce, sealed)
        return _ENVELOPE.format(sealed=sealed, signature=signature, timestamp=timestamp, nonce=nonce).encode()

    def _fresh(self, query: Mapping[str, str]) -> tuple[str, str]:
        if len(query) != len(set(query)):
            raise BadRequest("a parameter stands twice in the address")
        timestamp, nonce = query.get("timestamp", ""), query.get("nonce", "")
        if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= 12):
            raise _refused("no timestamp")
        if abs(self._clock().timestamp() - int(timestamp)) > WINDOW_SECONDS:
            raise _refused("the timestamp is outside of the window")
        if not _NONCE.fullmatch(nonce):
            raise _refused("no nonce")
        return timestamp, nonce

    def _signed(self, signature: str, *parts: str) -> bool:
        return bool(signature) and crypto.same(crypto.signature(self._token, *parts), signature)

    @staticmethod
    def _decrypt(cipher: crypto.Cipher, sealed: str) -> bytes:
        try:
            return cipher.decrypt(sealed)
        except ValueError as error:
            raise _refused(str(error)) from None


def _sealed_part(body: bytes) -> str:
    try:
        sealed = strict_xml.read(body).get("Encrypt", "")
    except BadRequest as error:
        raise _refused(error.message) from None
    if not sealed:
        raise _refused("a push in the clear, but WECHAT_AES_KEY is set")
    return sealed


def _echo_text(words: str) -> str:
    # A push that somebody overheard is signed in the same way: the handshake must neither decrypt it for him
    # nor write his page for him.
    if not _ECHO.fullmatch(words):
        raise _refused("no echostr inside")
    return words


def _refused(why: str) -> Refused:
    error = Refused("this push cannot be trusted; it must come from the platform, signed, within ten minutes")
    error.add_note(why)
    return error
