"""Reads what the platform pushes, strictly: one flat <xml>, no declarations, nothing twice."""

from __future__ import annotations

import re
from collections.abc import Mapping
from xml.parsers import expat

from bot.errors import BadRequest

# Everything that XML 1.0 does not allow, and the controls that it allows but nobody types.
FORBIDDEN = re.compile(r"[^\t\n\r\x20-\x7e\u00a0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
# Stands where something was dropped until the parser has passed: closed up, `]]\x02>` would read `]]>`.
_GAP = "\ufffd"
_DEEPEST = 8


def read(body: bytes) -> Mapping[str, str]:
    """The leaves right under `<xml>` by their names, without control characters; raises `BadRequest`."""
    text = FORBIDDEN.sub(_GAP, body.decode("utf-8-sig", "replace")).strip(_GAP + " \t\r\n")
    fields = _Fields()
    try:
        _parser(fields).Parse(text.encode(), True)
    except expat.ExpatError as error:
        raise BadRequest(f"not readable as XML: {expat.ErrorString(error.code)}") from None
    return fields.leaves


def _parser(fields: _Fields) -> expat.XMLParserType:
    parser = expat.ParserCreate("utf-8")
    parser.buffer_text = True
    parser.StartElementHandler = fields.start
    parser.EndElementHandler = fields.end
    parser.CharacterDataHandler = fields.text
    parser.StartDoctypeDeclHandler = _surprise
    parser.EntityDeclHandler = _surprise
    parser.ProcessingInstructionHandler = _surprise
    parser.CommentHandler = _surprise
    return parser


def _surprise(*_: object) -> None:
    raise BadRequest("a push has no declarations, instructions or comments")


class _Fields:
    """Collects the leaves while the parser walks."""

    def __init__(self) -> None:
        self.leaves: dict[str, str] = {}
        self._seen: set[str] = set()
        self._path: list[str] = []
        self._parts: list[str] | None = None

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        self._path.append(name)
        depth = len(self._path)
        if attributes or depth > _DEEPEST or (depth == 1 and name != "xml"):
            raise BadRequest("a push is one <xml> without attributes")
        if depth == 2:
            self._open(name)
        elif depth > 2:
            # What has children is no leaf; nothing that we read has children.
            self._parts = None

    def _open(self, name: str) -> None:
        if name in self._seen:
            raise BadRequest("a push says nothing twice")
        self._seen.add(name)
        self._parts = []

    def end(self, name: str) -> None:
        self._path.pop()
        if len(self._path) == 1:
            if self._parts is not None:
                self.leaves[name] = "".join(self._parts).replace(_GAP, "")
            self._parts = None

    def text(self, data: str) -> None:
        if len(self._path) == 1 and data.replace(_GAP, "").strip():
            raise BadRequest("a push has no text between its elements")
        if self._parts is not None:
            self._parts.append(data)
