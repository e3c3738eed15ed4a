"""What the documentation says of every operation: its answer, its example, the problems it may give.

FastAPI writes the rest. The headers `Idempotency-Key` and `If-Match` are described by hand, because they are read
before the form is.
"""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final, TypedDict

from pydantic import BaseModel

from forbear.api.acting import HEADER, REPLAYED
from forbear.api.conditions import MUST_MATCH
from forbear.api.lender.answers import Problem
from forbear.api.problems import KINDS, MEDIA_TYPE

Json = dict[str, Any]
Problems = Mapping[str, Json]
"""Members of a call's own examples of problems, by their code."""
ALWAYS: Final = ("unauthenticated", "forbidden", "too_many", "internal", "unavailable")
SENT: Final = ("not_json", "too_large", "invalid")
ACTING: Final = (*SENT, "idempotency_key_missing", "in_progress", "idempotency_key_reused")
CHANGING: Final = (*SENT, "precondition_required", "precondition_failed")
SCOPE: Final = "x-scope"
"""What the document calls the scope a key needs; the security scheme of bearer keys has no place for it."""
NULL: Final = "\0null"
"""Stands for null in an example until the document is made, because FastAPI leaves out every member that is null."""
KEY_PARAMETER: Final[Json] = {
    "name": HEADER,
    "in": "header",
    "required": True,
    "description": "A new value for each new call; repeat it to repeat the call safely.",
    "schema": {"type": "string", "pattern": '^"?[!#-~]{1,255}"?$'},
    "example": "b2c7a1e0-4d1f-4d0e-9c55-0c8b6f3f7a51",
}
TAG: Final[Json] = {
    "ETag": {
        "description": "The tag of this answer: send it as If-Match to change the account.",
        "schema": {"type": "string"},
    }
}
TAG_PARAMETER: Final[Json] = {
    "name": MUST_MATCH,
    "in": "header",
    "required": True,
    "description": "The ETag of the account as it was read; what changed since is not overwritten.",
    "schema": {"type": "string"},
    "example": '"6f1d0c9e8b7a45d2a1c3e5f708192a3b"',
}


class Described(TypedDict):
    """Arguments of a route's decorator."""

    status_code: int
    summary: str
    operation_id: str
    responses: dict[int | str, Json]
    openapi_extra: Json


def reading(
    operation: str,
    summary: str,
    model: type[BaseModel],
    *codes: str,
    example: Json,
    scope: str | None,
    problems: Problems = MappingProxyType({}),
) -> Described:
    """A call that changes nothing; without a scope anybody may make it. `problems` are its own, by their code."""
    always = ALWAYS if scope else ("internal", "unavailable")
    return {
        "status_code": 200,
        "summary": summary,
        "operation_id": operation,
        "responses": {200: _answer(model, example), **problem_answers([*codes, *always], problems)},
        "openapi_extra": {SCOPE: scope} if scope else {},
    }


def asking(
    operation: str,
    summary: str,
    model: type[BaseModel],
    *codes: str,
    scope: str,
    sent: Json,
    example: Json,
    problems: Problems = MappingProxyType({}),
) -> Described:
    """A question with a body: it changes nothing, so that it needs no key and may be asked as often as one likes."""
    return {
        "status_code": 200,
        "summary": summary,
        "operation_id": operation,
        "responses": {200: _answer(model, example), **problem_answers([*codes, *SENT, *ALWAYS], problems)},
        "openapi_extra": {
            SCOPE: scope,
            "requestBody": {"content": {"application/json": {"example": marked(sent)}}},
        },
    }


def changing(
    operation: str, summary: str, model: type[BaseModel], *codes: str, scope: str, sent: Json, example: Json
) -> Described:
    """A change of what was read before, as a merge patch; done twice, it is done once."""
    body = {"example": marked(sent)}
    return {
        "status_code": 200,
        "summary": summary,
        "operation_id": operation,
        "responses": {
            200: {**_answer(model, example), "headers": TAG},
            **problem_answers([*codes, *CHANGING, *ALWAYS]),
        },
        "openapi_extra": {
            SCOPE: scope,
            "parameters": [TAG_PARAMETER],
            "requestBody": {"content": {"application/json": body}},
        },
    }


def acting(
    operation: str,
    summary: str,
    model: type[BaseModel],
    *codes: str,
    scope: str,
    sent: Json,
    example: Json,
    status: int = 201,
    again: str = "",
) -> Described:
    """A call that creates or acts, and so needs its key; `again` says when it is answered with 200, as made before."""
    answer = _answer(model, example)
    answer["headers"] = {
        REPLAYED: {"description": "true where the stored answer was given", "schema": {"type": "string"}}
    }
    return {
        "status_code": status,
        "summary": summary,
        "operation_id": operation,
        "responses": {
            **({200: {**answer, "description": again}} if again else {}),
            status: answer,
            **problem_answers([*codes, *ACTING, *ALWAYS]),
        },
        "openapi_extra": {
            SCOPE: scope,
            "parameters": [KEY_PARAMETER],
            "requestBody": {"content": {"application/json": {"example": marked(sent)}}},
        },
    }


def problem_example(code: str) -> Json:
    """A problem as it is answered."""
    kind, trace = KINDS[code], "4f8c1d2e9a7b4c3d8e6f0a1b2c3d4e5f"
    return {
        "type": f"https://lender.example.com/docs#problem-{code}",
        "title": kind.title,
        "status": kind.status,
        "detail": kind.remedy,
        "instance": f"urn:forbear:request:{trace}",
        "code": code,
        "errors": [{"pointer": "/amount/amount", "detail": "must be more than zero"}] if code == "invalid" else [],
        "trace_id": trace,
    }


def marked(example: Any) -> Any:
    """The example with its nulls marked."""
    return _replaced(example, None, NULL)


def unmarked(document: Json) -> Json:
    """The document with the nulls of its examples."""
    return {name: _replaced(each, NULL, None) for name, each in document.items()}


def _replaced(value: Any, old: object, new: object) -> Any:
    if isinstance(value, dict):
        return {name: _replaced(each, old, new) for name, each in value.items()}
    if isinstance(value, list):
        return [_replaced(each, old, new) for each in value]
    return new if value == old else value


def _answer(model: type[BaseModel], example: Json) -> Json:
    return {"model": model, "content": {"application/json": {"example": marked(example)}}}


def problem_answers(codes: Sequence[str], own: Problems = MappingProxyType({})) -> dict[int | str, Json]:
    """The answers of an operation that may give these problems, by status."""
    by_status: dict[int | str, Json] = {}
    for code in sorted(set(codes), key=lambda each: (KINDS[each].status, each)):
        kind = KINDS[code]
        entry = by_status.setdefault(
            kind.status,
            {"description": "", "content": {MEDIA_TYPE: {"schema": _schema(), "examples": {}}}},
        )
        entry["description"] = "; ".join(filter(None, (entry["description"], kind.title)))
        entry["content"][MEDIA_TYPE]["examples"][code] = {
            "summary": kind.title,
            "value": {**problem_example(code), **own.get(code, {})},
        }
    return by_status


def _schema() -> Json:
    return {"$ref": f"#/components/schemas/{Problem.__name__}"}
