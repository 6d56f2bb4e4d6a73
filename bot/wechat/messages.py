"""Messages <-> JSON bytes, for those that are kept until their turn is taken."""

from __future__ import annotations

import json

from pydantic import TypeAdapter, ValidationError

from bot.models import Message

_adapter = TypeAdapter(Message)


def dump(message: Message) -> bytes:
    """UTF-8 JSON."""
    return json.dumps(_adapter.dump_python(message), ensure_ascii=False).encode("utf-8", "surrogatepass")


def load(raw: bytes) -> Message | None:
    """The message in `raw`, None where it is broken or of another version."""
    try:
        return _adapter.validate_python(json.loads(raw.decode("utf-8", "surrogatepass")))
    except (ValueError, ValidationError, RecursionError):
        return None
