"""All that we take from wechatpy, behind our own types: signatures, the cipher, a text reply's frame."""

from __future__ import annotations

import base64
import hmac
import secrets
from collections.abc import Callable

from wechatpy.crypto import PrpCrypto
from wechatpy.replies import TextReply
from wechatpy.utils import WeChatSigner

_SALT_BYTES = 16
_LENGTH_BYTES = 4
_BLOCK = 32


def _salt() -> str:
    return secrets.token_hex(_SALT_BYTES // 2)


def signature(*parts: str) -> str:
    """The platform's SHA-1 over the sorted parts, in hex; takes any text, lone surrogates too."""
    signer = WeChatSigner()
    signer.add_data(*(part.encode("utf-8", "surrogatepass") for part in parts))
    return str(signer.signature)


def same(one: str, other: str) -> bool:
    """Compares in constant time; takes any text."""
    return hmac.compare_digest(one.encode("utf-8", "surrogatepass"), other.encode("utf-8", "surrogatepass"))


class Cipher:
    """AES-256-CBC as the platform frames it: 16 random bytes, length, message, app id, padding to 32.

    `aes_key` is EncodingAESKey, 43 letters and digits; `salt` gives 16 random characters.
    """

    def __init__(self, aes_key: str, app_id: str, salt: Callable[[], str] = _salt) -> None:
        self._app_id = app_id.encode()
        self._crypto = PrpCrypto(base64.b64decode(aes_key + "="))
        # wechatpy draws its own from a generator that can be predicted.
        self._crypto.get_random_string = salt

    def encrypt(self, message: bytes) -> str:
        """The message, framed and encrypted, in base64."""
        return str(self._crypto.encrypt(message, self._app_id).decode())

    def decrypt(self, sealed: str) -> bytes:
        """The message inside; raises ValueError for anything that the platform cannot have sent."""
        # wechatpy's own unpacking believes the padding and the length, so only its cipher is asked.
        return self._unframe(self._crypto.cipher.decrypt(_strict_base64(sealed)))

    def _unframe(self, plain: bytes) -> bytes:
        content = _unpad(plain)[_SALT_BYTES:]
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
    reply = TextReply(source=_cdata(sender), target=_cdata(receiver), content=_cdata(content), time=created)
    return str(reply.render())


def _cdata(text: str) -> str:
    # wechatpy writes `<![CDATA[` and `]]>` around the value without looking inside.
    return text.replace("]]>", "]]]]><![CDATA[>")
