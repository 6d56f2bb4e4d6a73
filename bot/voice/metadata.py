"""What an ONNX file says about itself, read without loading its weights (they are skipped, not read).

An ONNX file is one protobuf message; `metadata_props` are its fields 14, each a key (1) and a value (2).
Source: onnx.proto of the ONNX project; protobuf's wire format.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

_METADATA = 14
_MAX_ENTRY = 1024 * 1024
_VARINT, _EIGHT, _BYTES, _FOUR = 0, 1, 2, 5


def metadata_of(path: Path) -> dict[str, str]:
    """Keys and values of the file's metadata; raises `ValueError` where it is no whole ONNX file."""
    with path.open("rb") as file:
        size = file.seek(0, io.SEEK_END)
        file.seek(0)
        return dict(_entry(value) for field, value in _fields(file, size, {_METADATA}) if field == _METADATA)


def _entry(value: bytes) -> tuple[str, str]:
    fields = dict(_fields(io.BytesIO(value), len(value), {1, 2}))
    return fields.get(1, b"").decode(errors="replace"), fields.get(2, b"").decode(errors="replace")


def _fields(file: BinaryIO, size: int, wanted: set[int]) -> Iterator[tuple[int, bytes]]:
    """The wanted fields that hold bytes; the others are passed over."""
    while file.tell() < size:
        key = _varint(file)
        length = _length(file, key & 7)
        if file.tell() + length > size:
            raise ValueError("cut short")
        if key >> 3 in wanted and length <= _MAX_ENTRY:
            yield key >> 3, file.read(length)
        else:
            file.seek(length, io.SEEK_CUR)


def _length(file: BinaryIO, wire: int) -> int:
    if wire == _VARINT:
        _varint(file)
        return 0
    if wire == _BYTES:
        return _varint(file)
    if wire in (_EIGHT, _FOUR):
        return 8 if wire == _EIGHT else 4
    raise ValueError("not protobuf")


def _varint(file: BinaryIO) -> int:
    value = 0
    for shift in range(0, 70, 7):
        byte = file.read(1)
        if not byte:
            raise ValueError("cut short")
        value |= (byte[0] & 0x7F) << shift
        if byte[0] < 0x80:
            return value
    raise ValueError("not protobuf")
