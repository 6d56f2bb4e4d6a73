"""The OpenAPI document, generated from the table of operations and the models of their shapes."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

from aiohttp import web
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from bot.api.answers import ErrorAnswer

_REF = "#/components/schemas/{model}"
ERRORS = {
    400: "The body is not what it says to be.",
    401: "It is for staff: send your token as Authorization: Bearer.",
    403: "Your role or your places do not reach so far.",
    404: "There is no such thing.",
    405: "The address is not asked in this way.",
    409: "The call cannot be moved so; `code` says why.",
    413: "The body is larger than 64 KiB.",
    415: "The body is not application/json.",
    422: "Well-formed, with a wrong value; `field` names it.",
    429: "Too many requests of one client; Retry-After tells when the next one is taken.",
    500: "Something broke on our side.",
    503: "The store is down; try again soon.",
}
_BODY_ERRORS = (400, 413, 415, 422)
_STAFF_ERRORS = (401, 403, 503)
_STAFF = {
    "staff": {
        "type": "http",
        "scheme": "bearer",
        "description": "A token of a member of staff, made by `python -m bot staff token ID`.",
    }
}


@dataclass(frozen=True, slots=True)
class Operation:
    """One address of the API: what it takes and answers, and which errors beside 405, 429 and 500 it may give.

    Those for `staff` need a token; `media` are further types of content that it may answer with.
    """

    method: str
    path: str
    handler: Callable[[web.Request], Awaitable[web.Response]]
    summary: str
    answer: type[BaseModel] | None
    body: type[BaseModel] | None = None
    query: type[BaseModel] | None = None
    errors: tuple[int, ...] = ()
    staff: bool = False
    media: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        return self.handler.__name__.strip("_")

    @property
    def may_fail(self) -> list[int]:
        more = (*(_BODY_ERRORS if self.body else ()), *(_STAFF_ERRORS if self.staff else ()))
        return sorted({*self.errors, *more, 405, 429, 500})


def document(operations: Sequence[Operation], version: str) -> dict[str, Any]:
    """The whole document, OpenAPI 3.1."""
    schemas = _schemas(operations)
    paths: dict[str, Any] = {}
    for operation in operations:
        paths.setdefault(operation.path, {})[operation.method.lower()] = _operation(operation, schemas)
    return {
        "openapi": "3.1.0",
        "info": {"title": "问养老 wenyanglao", "version": version, "description": _ABOUT},
        "servers": [{"url": "/"}],
        "paths": paths,
        "components": {"schemas": schemas, "securitySchemes": _STAFF},
    }


_ABOUT = (
    "Which basic elder-care services an elder in China is entitled to, by the official lists. "
    "The commands of the program speak the same JSON. Unknown is never taken for no."
)


def _schemas(operations: Sequence[Operation]) -> dict[str, Any]:
    models = [model for one in operations for model in (one.body, one.query, one.answer) if model]
    wanted: list[Any] = [(model, "validation") for model in dict.fromkeys([*models, ErrorAnswer])]
    _, definitions = models_json_schema(wanted, ref_template=_REF)
    schemas: dict[str, Any] = definitions["$defs"]
    return schemas


def _operation(operation: Operation, schemas: dict[str, Any]) -> dict[str, Any]:
    told: dict[str, Any] = {
        "operationId": operation.name,
        "summary": operation.summary,
        "responses": {
            "200": {"description": "The answer.", "content": _contents(operation)},
            **{
                str(status): {"description": ERRORS[status], "content": _json(ErrorAnswer)}
                for status in operation.may_fail
            },
        },
    }
    if operation.staff:
        told["security"] = [{"staff": []}]
    if operation.body:
        told["requestBody"] = {"required": True, "content": _json(operation.body)}
    if parameters := [*_in_path(operation.path), *_in_query(operation.query, schemas)]:
        told["parameters"] = parameters
    return told


def _json(model: type[BaseModel]) -> dict[str, Any]:
    return {"application/json": {"schema": {"$ref": _REF.format(model=model.__name__)}}}


def _contents(operation: Operation) -> dict[str, Any]:
    files = {kind: {"schema": {"type": "string", "format": "binary"}} for kind in operation.media}
    return (_json(operation.answer) if operation.answer else {}) | files


def _in_path(path: str) -> list[dict[str, Any]]:
    names = re.findall(r"\{(\w+)\}", path)
    return [{"name": name, "in": "path", "required": True, "schema": {"type": "string"}} for name in names]


def _in_query(model: type[BaseModel] | None, schemas: dict[str, Any]) -> list[dict[str, Any]]:
    if model is None:
        return []
    fields = schemas.pop(model.__name__, model.model_json_schema())["properties"]
    return [
        {"name": name, "in": "query", "required": False, "schema": schema} for name, schema in fields.items()
    ]
