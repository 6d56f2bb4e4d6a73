"""The last resort of the logs: what looks like a telephone, an identity card, an openid or a secret is taken out."""

from __future__ import annotations

import re
from typing import Any, Final

_DEPTH: Final = 4
_PATTERNS: Final = (
    # Before all others, since a secret may look like anything.
    (
        r"(?i)\b(access_token|appsecret|secret|openid|(?:msg_)?signature|token|password|code|key)=[^&\s'\"]+",
        r"\1=[secret]",
    ),
    (r"://[^/@\s]*@", "://[secret]@"),
    (r"(?i)\bbearer +[\w.~+/=-]+", "Bearer [secret]"),
    (r"(?<!\d)\d{17}[\dXx](?!\w)", "[id number]"),
    (r"(?<!\d)(?:\+?86[- ]?)?1[3-9]\d(?:[- ]?\d{4}){2}(?!\d)", "[phone]"),
    (r"(?<!\d)0\d{2,3}-?\d{7,8}(?!\d)", "[phone]"),
    (r"(?<![\w-])o[\w-]{27}(?![\w-])", "[openid]"),
)
_RULES: Final = tuple((re.compile(pattern, re.ASCII), instead) for pattern, instead in _PATTERNS)
# Nothing of it can hold without one of these: most values are through with a single look.
_SUSPECT: Final = re.compile(r"\d{4}|[=@]|[Bb]earer|o[\w-]{27}", re.ASCII)


def redacted(value: Any, depth: int = _DEPTH) -> Any:
    """The value as it may be logged; what is no plain data becomes the name of its type, since its text may be anything."""
    match value:
        case str():
            return _text(value)
        case None | bool() | float():
            return value
        case int():
            return value if abs(value) < 10**10 else _text(str(value))
        case dict() if depth:
            return {_text(str(name)): redacted(one, depth - 1) for name, one in value.items()}
        case list() | tuple() if depth:
            return [redacted(one, depth - 1) for one in value]
    return type(value).__name__


def _text(text: str) -> str:
    if _SUSPECT.search(text):
        for pattern, instead in _RULES:
            text = pattern.sub(instead, text)
    return text
