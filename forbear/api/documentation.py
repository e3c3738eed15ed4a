"""The API's documentation: the OpenAPI document, and a page at /docs that is made from it without any script.

The usual viewer loads its code from elsewhere; this page works on a machine without network and under a strict policy.
"""

import json
from base64 import b64encode
from collections.abc import Iterator
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from fastapi import APIRouter, FastAPI, Request
from fastapi.openapi.utils import get_openapi
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from forbear.api.described import SCOPE, unmarked
from forbear.api.lender.answers import PlaceError, Problem
from forbear.api.problems import KINDS, MEDIA_TYPE

FOLDER: Final = Path(__file__).parent / "reference"
METHODS: Final = ("get", "post", "put", "patch", "delete")
router = APIRouter(include_in_schema=False)
Json = dict[str, Any]


def describe(app: FastAPI) -> Json:
    """The OpenAPI document, with the problem's schema that routes refer to by name."""
    if app.openapi_schema is None:
        document = get_openapi(
            title=app.title,
            version=app.version,
            description=app.description,
            routes=app.routes,
            openapi_version="3.1.0",
        )
        schemas = document.setdefault("components", {}).setdefault("schemas", {})
        for model in (Problem, PlaceError):
            schema = model.model_json_schema(ref_template="#/components/schemas/{model}")
            schema.pop("$defs", None)
            schemas[model.__name__] = schema
        app.openapi_schema = unmarked(document)
    return app.openapi_schema


@router.get("/docs")
def docs(request: Request) -> HTMLResponse:
    """Every operation with its parameters, examples and problems."""
    document: Json = request.app.openapi()
    css = (FOLDER / "page.css").read_text("utf-8")
    page = (
        _environment()
        .get_template("page.html.j2")
        .render(document=document, operations=_operations(document), problems=KINDS, css=css)
    )
    digest = b64encode(sha256(css.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'sha256-{digest}'; frame-ancestors 'none'; base-uri 'none'"
    return HTMLResponse(page, headers={"Content-Security-Policy": policy})


@cache
def _environment() -> Environment:
    environment = Environment(loader=FileSystemLoader(FOLDER), autoescape=True, undefined=StrictUndefined)
    environment.filters["pretty"] = _pretty
    return environment


def _pretty(example: Any) -> str:
    """JSON on many lines; what is text already, such as a file, as it stands."""
    return example if isinstance(example, str) else json.dumps(example, indent=2, ensure_ascii=False)


def _operations(document: Json) -> list[Json]:
    """The operations in the order of the document, flattened for the page."""
    return [
        {"method": method.upper(), "path": path, **_flat(document, operation)}
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
        if method in METHODS
    ]


def _flat(document: Json, operation: Json) -> Json:
    bodies = operation.get("requestBody", {}).get("content", {})
    sent = bodies.get("application/json", {})
    responses = {status: response.get("content", {}) for status, response in operation["responses"].items()}
    return {
        "id": operation["operationId"],
        "summary": operation["summary"],
        "description": operation.get("description", ""),
        "parameters": operation.get("parameters", []),
        "scope": operation.get(SCOPE),
        "sent": [{"media": media, "example": body["example"]} for media, body in bodies.items() if "example" in body],
        "fields": list(_fields(document, sent.get("schema", {}), "")),
        "answers": [
            {"status": status, "media": media, "example": body["example"]}
            for status, content in responses.items()
            for media, body in content.items()
            if "example" in body
        ],
        "problems": [
            code for content in responses.values() for code in content.get(MEDIA_TYPE, {}).get("examples", {})
        ],
    }


def _fields(document: Json, schema: Json, path: str) -> Iterator[Json]:
    """The fields of a form, nested ones by their path: `parties[].contact_points[].zone`."""
    schema = _resolved(document, schema)
    for name, field in schema.get("properties", {}).items():
        inner, label = _resolved(document, field), f"{path}{name}"
        yield {
            "path": label,
            "type": _type(document, field),
            "needed": name in schema.get("required", []),
            "says": field.get("description") or inner.get("description", ""),
        }
        for child, mark in _children(document, inner):
            yield from _fields(document, child, f"{label}{mark}.")


def _children(document: Json, schema: Json) -> Iterator[tuple[Json, str]]:
    """The forms inside a field, in every shape it may take, with the mark of a list or of ids where it is one."""
    for choice in schema.get("anyOf") or schema.get("oneOf") or [schema]:
        shape = _resolved(document, choice)
        if shape.get("type") == "array":
            yield from ((item, "[]") for item in shape["items"].get("oneOf", [shape["items"]]))
        elif by_id := list(shape.get("patternProperties", {}).values()):
            yield from ((each, ".{id}") for each in by_id)
        elif isinstance(shape.get("additionalProperties"), dict):
            yield shape["additionalProperties"], ".{id}"
        else:
            yield shape, ""


def _resolved(document: Json, schema: Json) -> Json:
    name = schema.get("$ref", "").rpartition("/")[2]
    return document["components"]["schemas"][name] if name else schema


def _type(document: Json, schema: Json) -> str:
    """A field's type in a few words: its choices, its format, or what it is a list of."""
    if "$ref" in schema:
        return _type(document, _resolved(document, schema))
    if choices := schema.get("anyOf") or schema.get("oneOf"):
        return " or ".join(dict.fromkeys(_type(document, choice) for choice in choices))
    if "enum" in schema:
        return ", ".join(map(str, schema["enum"]))
    if "const" in schema:
        return str(schema["const"])
    if schema.get("type") == "array":
        return "list"
    return str(schema.get("format") or schema.get("type", "any"))
