"""OpenAPI 3.1 of one service, from its doors and their shapes."""

import importlib
import pkgutil
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

from marshmallow import Schema

import shared
from deploy.docs.doors import Entry, doors_of, who_may
from deploy.docs.shapes import new_spec
from shared.kernel.errors import Fault
from shared.web.endpoint import Endpoint
from shared.web.request import SAFE
from shared.web.responses import PROBLEM_TYPE
from shared.web.schemas import Empty, UploadField
from shared.web.service import Service

_ABOUT = """One URL is one resource in two representations, by `Accept`: JSON for programs, a page for people.
A form carries the same fields as the JSON body, and its page's `csrf_token`; after it, people are sent on with 303.
`x-access` tells who may: roles count in the community that the URL names."""

_NOTHING = "There is only a page to see."

_IDEMPOTENCY_KEY = {
    "in": "header",
    "name": "Idempotency-Key",
    "description": "Chosen by the client; the same write sent again under the same key is done once and answered the same.",
    "schema": {"type": "string", "minLength": 1},
}
_PATH_PARAMETER = re.compile(r"<(?:\w+:)?(\w+)>")


def openapi(service: type[Service], version: str) -> dict[str, Any]:
    spec = new_spec(f"Lianfang: {service.name}", version, info={"description": _ABOUT})
    spec.components.security_scheme("bearer", {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"})
    spec.components.parameter("IdempotencyKey", "header", _IDEMPOTENCY_KEY)
    spec.components.schema("Problem", _problem(service))
    spec.components.response("Problem", _problem_response())
    named = Counter[str]()
    for entry in doors_of(service):
        if isinstance(entry.door, Endpoint):
            path = _PATH_PARAMETER.sub(r"{\1}", entry.door.url)
            operation = _operation(service, entry, entry.door)
            named[entry.name] += 1
            if named[entry.name] > 1:  # one method behind two URLs, as at every store of supplies
                operation["operationId"] += f"_{named[entry.name]}"
            spec.path(path=path, operations={entry.door.method.lower(): operation})
    document: dict[str, Any] = spec.to_dict()
    return document


def _operation(service: type[Service], entry: Entry, door: Endpoint) -> dict[str, Any]:
    operation: dict[str, Any] = {
        "operationId": entry.name,
        "tags": ["process" if hasattr(Service, entry.name) else service.name],
        "x-access": who_may(door.who),
        "parameters": list(_parameters(door)),
        "responses": _responses(door),
    }
    if entry.says:
        operation["description"] = entry.says
    if door.who.roles is not None:
        operation["security"] = [{"bearer": []}]
    if door.method not in SAFE and door.body is not Empty:
        needed = any(field.required for field in _fields(door.body).values())
        taken = "multipart/form-data" if _takes_file(door.body) else "application/json"
        operation["requestBody"] = {"required": needed, "content": {taken: {"schema": door.body}}}
    return operation


def _parameters(door: Endpoint) -> Iterator[Any]:
    for name in _PATH_PARAMETER.findall(door.url):
        yield {"in": "path", "name": name, "required": True, "schema": {"type": "string"}}
    if _fields(door.query):
        yield {"in": "query", "schema": door.query}
    if door.method not in SAFE:
        yield "IdempotencyKey"


def _responses(door: Endpoint) -> dict[str, Any]:
    safe = door.method in SAFE
    faults = {
        "401": door.who.roles is not None,
        "403": bool(door.who.roles),
        "404": "<" in door.url,
        "409": not safe,
        "422": bool(_fields(door.query) or _fields(door.body)),
    }
    said = {status: "Problem" for status, may_be in faults.items() if may_be}
    return {**_successes(door), **said, "default": "Problem"}


def _successes(door: Endpoint) -> dict[str, Any]:
    """By status; where there is only a page, programs get what it is drawn from, which has no shape, or nothing."""
    content: dict[str, Any] = {}
    if door.out is not None:
        content["application/json"] = {"schema": _listed(door) if door.many else door.out}
    if door.file is not None:
        content[door.file] = {"schema": {"type": "string", "format": "binary"}}
    if door.page is not None:
        content["text/html"] = {"schema": {"type": "string"}}
        content.setdefault("application/json", {})
    answer: dict[str, Any] = {"description": "What was asked for." if door.method in SAFE else "Done."}
    answer |= {"content": content} if content else {}
    if door.method not in SAFE or not content:
        return {"2XX": answer}
    return {"200": answer} if door.out is not None else {"200": answer, "204": {"description": _NOTHING}}


def _listed(door: Endpoint) -> dict[str, Any]:
    """A list's own shape; one that is paged names the cursor to give as `after`."""
    properties: dict[str, Any] = {"items": {"type": "array", "items": door.out}}
    if "after" in _fields(door.query):
        properties["next"] = {
            "type": ["string", "null"],
            "description": "Where the next page begins: give it as `after`.",
        }
    return {"type": "object", "required": ["items"], "properties": properties}


def _problem(service: type[Service]) -> dict[str, Any]:
    text = {"type": "string"}
    return {
        "type": "object",
        "description": "RFC 9457. `code` is stable; `detail` is a sentence in the caller's language.",
        "required": ["type", "title", "status", "code", "detail"],
        "properties": {
            "type": {"type": "string", "format": "uri"},
            "title": text,
            "status": {"type": "integer"},
            "code": {"type": "string", "enum": _codes(service)},
            "detail": text,
            "field": {"type": "string", "description": "The field at fault."},
            "errors": {"type": "object", "additionalProperties": text, "description": "A sentence per field at fault."},
        },
    }


def _problem_response() -> dict[str, Any]:
    schema = {"$ref": "#/components/schemas/Problem"}
    return {"description": "Refused, with the reason.", "content": {PROBLEM_TYPE: {"schema": schema}}}


def _codes(service: type[Service]) -> list[str]:
    """The codes of all named errors that this service or the mechanism may answer with, whatever has been imported so far."""
    for module in pkgutil.walk_packages(shared.__path__, "shared."):
        importlib.import_module(module.name)
    rooms = ("shared.", f"services.{service.name}.")
    return sorted({fault.code for fault in _kinds_of(Fault) if fault.__module__.startswith(rooms)})


def _kinds_of(fault: type[Fault]) -> Iterator[type[Fault]]:
    yield fault
    for kind in fault.__subclasses__():
        yield from _kinds_of(kind)


def _takes_file(schema: type[Schema]) -> bool:
    return any(isinstance(field, UploadField) for field in _fields(schema).values())


def _fields(schema: type[Schema]) -> dict[str, Any]:
    fields: dict[str, Any] = schema().fields
    return fields
