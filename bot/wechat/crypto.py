"""Signatures, the cipher (all that we take from wechatpy, behind our own types), a text reply's frame."""

from __future__ import annotations

import base64
import hashlib
import hmac

from wechatpy.crypto import PrpCrypto

SALT_BYTES = 16
_LENGTH_BYTES = 4
_BLOCK = 32
_TEXT_REPLY = (
    "<xml>\n<MsgType><![CDATA[text]]></MsgType>\n<Content><![CDATA[{content}]]></Content>\n"
    "<FromUserName><![CDATA[{sender}]]></FromUserName>\n<ToUserName><![CDATA[{receiver}]]></ToUserName>\n"
    "<CreateTime>{created}</CreateTime>\n</xml>"
)


def signature(*parts: str) -> str:
    """The platform's SHA-1 over the sorted parts, in hex; takes any text, lone surrogates too."""
    return hashlib.sha1(b"".join(sorted(map(_bytes, parts)))).hexdigest()  # noqa: S324 - the platform's choice


def same(one: str, other: str) -> bool:
    """Compares in constant time; takes any text."""
    return hmac.compare_digest(_bytes(one), _bytes(other))


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


class Cipher:
    """AES-256-CBC as the platform frames it: 16 bytes of salt, length, message, app id, padding to 32.

    `aes_key` is EncodingAESKey, 43 letters and digits.
    """

    def __init__(self, aes_key: str, app_id: str) -> None:
        self._app_id = app_id.encode()
        self._key = base64.b64decode(aes_key + "=")
        # wechatpy's own framing draws the salt from a generator that can be predicted, and its unpacking
        # believes the padding and the length: only its cipher is asked.
        self._cipher = PrpCrypto(self._key).cipher

    def drawn(self, *parts: str | bytes) -> bytes:
        """32 bytes that look random to all but the key's holders, always the same for the same parts."""
        raw = [part if isinstance(part, bytes) else _bytes(part) for part in parts]
        framed = b"".join(len(part).to_bytes(_LENGTH_BYTES, "big") + part for part in raw)
        return hmac.digest(self._key, framed, "sha256")

    def encrypt(self, message: bytes, salt: bytes) -> str:
        """The message, framed with 16 bytes of `salt` and encrypted, in base64."""
        frame = salt + len(message).to_bytes(_LENGTH_BYTES, "big") + message + self._app_id
        padding = _BLOCK - len(frame) % _BLOCK
        return base64.b64encode(self._cipher.encrypt(frame + bytes([padding]) * padding)).decode()

    def decrypt(self, sealed: str) -> bytes:
        """The message inside; raises ValueError for anything that the platform cannot have sent."""
        return self._unframe(self._cipher.decrypt(_strict_base64(sealed)))

    def _unframe(self, plain: bytes) -> bytes:
        content = _unpad(plain)[SALT_BYTES:]
        length = int.from_bytes(content[:_LENGTH_BYTES], "big")
        end = _LENGTH_BYTES + length
        if len(content) < end or not hmac.compare_digest(content[end:], self._app_id):
            raise ValueError("the length or the app id is wrong")
        return content[_LENGTH_BYTES:end]


def _strict_base64(text: str) -> bytes:
    raw = base64.b64decode(text, validate=True)
    if base64.b64encode(raw).decode() != text:
        raise ValueError("not the one way to write these bytes")
    return raw


def _unpad(plain: bytes) -> bytes:
    if not plain or len(plain) % _BLOCK:
        raise ValueError("not a whole number of blocks")
    size = plain[-1]
    if not 1 <= size <= _BLOCK or plain[-size:] != bytes([size]) * size:
        raise ValueError("the padding is wrong")
    return plain[:-size]


def text_reply(sender: str, receiver: str, content: str, created: int) -> str:
    """A text reply as the platform wants it; `created` in seconds since 1970."""
    return _TEXT_REPLY.format(
        sender=_cdata(sender), receiver=_cdata(receiver), content=_cdata(content), created=created
    )


def _cdata(text: str) -> str:
    # What would end the section stands in two of them.
    return text.replace("]]>", "]]]]><![CDATA[>")
