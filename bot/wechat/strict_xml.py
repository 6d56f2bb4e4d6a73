"""Reads what the platform pushes, strictly: one flat <xml>, no declarations, nothing twice."""

from __future__ import annotations

import re
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass
from xml.parsers import expat

from bot.errors import BadRequest

# Everything that XML 1.0 does not allow, and the controls that it allows but nobody types.
FORBIDDEN = re.compile(r"[^\t\n\r\x20-\x7e\u00a0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]+")
# Stands where something was dropped until the parser has passed: closed up, `]]\x02>` would read `]]>`.
_GAP = "\ufffd"
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_DEEPEST = 8
# A report on a message of eight articles has some hundred. What is not yet vouched for must cost little.
_MOST_ELEMENTS = 1000
# The only nesting that we read: <xml>, one of these, `<List>` a row, its leaves.
_LISTS = frozenset({"SubscribeMsgPopupEvent", "SubscribeMsgChangeEvent"})
_ROW = "List"
_LEAF, _ROW_DEPTH, _CELL = 2, 3, 4


@dataclass(frozen=True, slots=True)
class Push:
    """What a push says: `leaves` right under `<xml>` by their names, `rows` of the lists that are read."""

    leaves: Mapping[str, str]
    rows: Mapping[str, Sequence[Mapping[str, str]]]


def without_forbidden(text: str, instead: str = "") -> str:
    """The text without what is `FORBIDDEN`, each stretch of it replaced."""
    # Nothing that can be printed is forbidden, and asking for that costs a tenth of the search.
    return text if text.replace("\n", "").isprintable() else FORBIDDEN.sub(instead, text)


def read(body: bytes) -> Mapping[str, str]:
    """The leaves alone; raises `BadRequest`."""
    return parse(body).leaves


def parse(body: bytes) -> Push:
    """All that is read of a push, without control characters; raises `BadRequest`."""
    decoded = body.removeprefix(_BYTE_ORDER_MARK).decode("utf-8", "replace")
    text = without_forbidden(decoded, _GAP).strip(_GAP + " \t\r\n")
    fields = _Fields()
    try:
        _parser(fields).Parse(text.encode(), True)
    except expat.ExpatError as error:
        raise BadRequest(f"not readable as XML: {expat.ErrorString(error.code)}") from None
    return Push(fields.leaves, fields.rows)


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
    """Collects the leaves, and the rows of the known lists, while the parser walks."""

    def __init__(self) -> None:
        self.leaves: dict[str, str] = {}
        self.rows: dict[str, list[dict[str, str]]] = {}
        self._elements = 0
        self._seen: set[str] = set()
        self._path: list[str] = []
        self._parts: list[str] | None = None

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        self._path.append(name)
        depth = len(self._path)
        self._elements += 1
        if attributes or depth > _DEEPEST or (depth == 1 and name != "xml"):
            raise BadRequest("a push is one <xml> without attributes")
        if self._elements > _MOST_ELEMENTS:
            raise BadRequest(f"a push has at most {_MOST_ELEMENTS} elements")
        # What has children is no leaf.
        self._parts = None
        if depth == _LEAF:
            _once(name, self._seen)
            self._seen.add(name)
            self._parts = None if name in _LISTS else []
        elif depth > _LEAF and self._path[1] in _LISTS:
            self._in_list(name, depth)

    def _in_list(self, name: str, depth: int) -> None:
        rows = self.rows.setdefault(self._path[1], [])
        if depth == _CELL:
            _once(name, rows[-1])
            self._parts = []
        elif depth == _ROW_DEPTH and name == _ROW:
            rows.append({})
        else:
            raise BadRequest("a list is rows of leaves")

    def end(self, name: str) -> None:
        depth = len(self._path)
        if self._parts is not None:
            value = "".join(self._parts).replace(_GAP, "")
            (self.leaves if depth == _LEAF else self.rows[self._path[1]][-1])[name] = value
        self._path.pop()
        self._parts = None

    def text(self, data: str) -> None:
        if self._parts is not None:
            self._parts.append(data)
        elif (len(self._path) == 1 or self._path[1] in _LISTS) and data.replace(_GAP, "").strip():
            raise BadRequest("a push has no text between its elements")


def _once(name: str, seen: Container[str]) -> None:
    if name in seen:
        raise BadRequest("a push says nothing twice")
