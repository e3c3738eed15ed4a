"""Every error as an RFC 9457 problem: one shape, stable codes, and nothing of what was sent.

Validation errors name the place by a JSON pointer and the reason in our own words or in pydantic's; never the value.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from starlette.exceptions import HTTPException

from forbear.errors import (
    BadInput,
    Conflict,
    Erased,
    ForbearError,
    Forbidden,
    KeyReused,
    NotFound,
    TooMany,
    Unauthenticated,
)
from forbear.ledger.books import PaymentDiffers
from forbear.ledger.enrol import AlreadyEnrolled
from forbear.ledger.forms.checks import Refused

MEDIA_TYPE: Final = "application/problem+json"
RETRY_SOON: Final = "1"
"""Machine seconds after which a call that met another one, or a restart, is worth repeating."""
SOON: Final = frozenset({"in_progress", "busy"})
_ID: Final = re.compile(r"[a-z]{2,3}_[0-9A-Za-z]+")
log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Kind:
    """One stable kind of problem."""

    status: int
    title: str
    remedy: str


KINDS: Final[Mapping[str, Kind]] = MappingProxyType(
    {
        "not_json": Kind(400, "The body cannot be read", "Send JSON in UTF-8 with Content-Type: application/json."),
        "idempotency_key_missing": Kind(400, "Idempotency-Key is missing", "Send a new key with each new call."),
        "bad_cursor": Kind(
            400, "The cursor is not one of ours", "Send next_cursor as it was given, with the same filters."
        ),
        "unauthenticated": Kind(401, "No valid key", "Send Authorization: Bearer followed by a key that is in force."),
        "forbidden": Kind(403, "The key lacks a scope", "Use a key that has the scope named in the detail."),
        "not_found": Kind(404, "Not found", "Check the id; another lender's accounts are not found either."),
        "method_not_allowed": Kind(405, "This method is not offered here", "See the header Allow."),
        "conflict": Kind(409, "The present state forbids it", "Read the present state and decide anew."),
        "already_enrolled": Kind(409, "The account is enrolled already", "Use the account named in `account`."),
        "payment_differs": Kind(409, "The payment is known with other facts", "See the payment named in `payment`."),
        "packet_not_final": Kind(
            409, "The packet is not final", "Supply each item of `missing`, and have the packet approved."
        ),
        "in_progress": Kind(409, "The same call is being answered", "Repeat it after the seconds in Retry-After."),
        "erased": Kind(410, "The personal data was erased", "It cannot be restored."),
        "precondition_failed": Kind(412, "It is not as you read it", "Read it again and decide anew what to change."),
        "upload_stalled": Kind(408, "The upload stood still", "Nothing was kept. Send the file again."),
        "unsupported_media": Kind(
            415, "This kind of body is not taken here", "Send text/csv or application/x-ndjson, plain or as gzip."
        ),
        "too_large": Kind(
            413, "The body is too large", "Send less in one call: fewer rows of a file, fewer entries of a list."
        ),
        "invalid": Kind(422, "Some fields cannot be accepted", "Correct each place listed in `errors`."),
        "words_refused": Kind(422, "The text may not be sent", "Change what `errors` lists; each names its rule."),
        "idempotency_key_reused": Kind(422, "This key was used for another call", "Send a new key with each new call."),
        "precondition_required": Kind(428, "If-Match is missing", "Send the ETag of what you read as If-Match."),
        "too_many": Kind(429, "Asked too often", "Wait for the seconds in Retry-After."),
        "internal": Kind(500, "Something went wrong on our side", "Nothing was changed. Report the trace_id."),
        "busy": Kind(503, "Too many at once", "Nothing was taken. Send it again after the seconds in Retry-After."),
        "unavailable": Kind(503, "The ledger cannot be reached", "Nothing was changed. Repeat the call with its key."),
        "refused": Kind(400, "The request cannot be served", "See the documentation."),
    }
)
BY_STATUS: Final[Mapping[int, str]] = MappingProxyType(
    {400: "not_json", 404: "not_found", 405: "method_not_allowed", 413: "too_large"}
)
BY_ERROR: Final[tuple[tuple[type[ForbearError], str], ...]] = (
    (KeyReused, "idempotency_key_reused"),
    (Conflict, "conflict"),
    (BadInput, "invalid"),
    (Unauthenticated, "unauthenticated"),
    (Forbidden, "forbidden"),
    (NotFound, "not_found"),
    (Erased, "erased"),
    (TooMany, "too_many"),
)


class Refusal(Exception):
    """What was sent can be read and is refused: the places, each with its reason."""

    def __init__(self, code: str, errors: Sequence[Mapping[str, str]]) -> None:
        super().__init__(code)
        self.code, self.errors = code, errors


class Problem(Exception):
    """A problem raised where no error of the hierarchy says it; `extra` are further members."""

    def __init__(self, code: str, detail: str, **extra: Any) -> None:
        super().__init__(detail)
        self.code, self.detail, self.extra = code, detail, extra


def respond(
    request: Request,
    code: str,
    detail: str,
    *,
    errors: Sequence[Mapping[str, str]] = (),
    headers: Mapping[str, str] | None = None,
    extra: Mapping[str, Any] | None = None,
) -> JSONResponse:
    """The problem as a response."""
    kind = KINDS[code]
    trace: str = request.scope.get("forbear.trace", "")
    content: dict[str, Any] = {
        "type": f"{request.app.state.settings.public_url}/docs#problem-{code}",
        "title": kind.title,
        "status": kind.status,
        "detail": detail,
        "instance": f"urn:forbear:request:{trace}",
        "code": code,
        "errors": list(errors),
        "trace_id": trace,
        **(extra or {}),
    }
    return JSONResponse(content, status_code=kind.status, headers=dict(headers or {}), media_type=MEDIA_TYPE)


def install(app: FastAPI) -> None:
    """Answer every error of the application with a problem."""
    app.add_exception_handler(Problem, _problem)
    app.add_exception_handler(Refusal, _refusal)
    app.add_exception_handler(ForbearError, _ours)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)
    for unreachable in (OperationalError, InterfaceError, PoolTimeout):
        app.add_exception_handler(unreachable, _unreachable)


def _problem(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, Problem)  # noqa: S101  registered for this class only
    headers = {"Retry-After": RETRY_SOON} if error.code in SOON else {}
    errors, extra = error.extra.get("errors", ()), {**error.extra}
    extra.pop("errors", None)
    return respond(request, error.code, error.detail, errors=errors, headers=headers, extra=extra)


def _refusal(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, Refusal)  # noqa: S101  registered for this class only
    return respond(request, error.code, _summary(len(error.errors)), errors=error.errors)


def _ours(request: Request, error: Exception) -> JSONResponse:
    code = next((code for kind, code in BY_ERROR if isinstance(error, kind)), "internal")
    if isinstance(error, BadInput):
        found = error.found if isinstance(error, Refused) else [error]
        return respond(request, code, _summary(len(found)), errors=[input_error(each) for each in found])
    if isinstance(error, TooMany):
        return respond(request, code, str(error), headers={"Retry-After": str(error.retry_after)})
    if isinstance(error, AlreadyEnrolled):
        return respond(request, "already_enrolled", str(error), extra={"account": error.account})
    if isinstance(error, PaymentDiffers):
        return respond(request, "payment_differs", str(error), extra={"payment": error.payment})
    if code == "internal":
        log.error("request_failed", error=type(error).__name__, trace=request.scope.get("forbear.trace"))
        return respond(request, code, KINDS[code].remedy)
    headers = {"WWW-Authenticate": 'Bearer realm="forbear"'} if code == "unauthenticated" else {}
    return respond(request, code, str(error), headers=headers)


def input_error(error: BadInput) -> dict[str, str]:
    return {"pointer": pointer(error.field.split(".")), "detail": f"{error.problem}. {error.remedy}"}


def pointer(path: Sequence[str | int]) -> str:
    """A JSON pointer (RFC 6901)."""
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in path)


def _invalid(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)  # noqa: S101  registered for this class only
    found: list[Mapping[str, Any]] = list(error.errors())
    if any(each["type"] == "json_invalid" for each in found):
        return respond(request, "not_json", KINDS["not_json"].remedy)
    errors = [{"pointer": pointer(_place(each["loc"])), "detail": reason_of(each)} for each in found]
    return respond(request, "invalid", _summary(len(errors)), errors=errors)


def _summary(count: int) -> str:
    return f"{count} place{'s' if count > 1 else ''} in the request cannot be accepted"


def _place(loc: Sequence[str | int]) -> list[str | int]:
    """Where it is in what was sent: without our own marks for body, query and branches of a union."""
    first, *rest = loc or ("body",)
    named = [part for part in rest if not isinstance(part, str) or part.islower() or _ID.fullmatch(part)]
    return named if first == "body" else [first, *named]


def reason_of(error: Mapping[str, Any]) -> str:
    """What is wrong, in words that cannot quote the value."""
    context: Mapping[str, Any] = error.get("ctx") or {}
    own = {
        "extra_forbidden": "this field is not known here",
        "union_tag_invalid": f"must have one of the kinds {context.get('expected_tags', '')}",
        "union_tag_not_found": "its kind is missing",
        "model_attributes_type": "must be a JSON object, sent with Content-Type: application/json",
    }
    kind = str(error["type"])
    return own.get(kind) or str(error["msg"]).removeprefix("Value error, ")


def _http(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)  # noqa: S101  registered for this class only
    code = BY_STATUS.get(error.status_code, "internal" if error.status_code >= 500 else "refused")  # noqa: PLR2004
    headers = dict(error.headers or {})
    if code == "method_not_allowed":
        headers["Allow"] = _allowed(request) or headers["Allow"]
    return respond(request, code, KINDS[code].remedy, headers=headers)


def _allowed(request: Request) -> str:
    """All methods of the path; the framework names those of the first route that has it."""
    route = getattr(request.scope.get("route"), "path_format", "")
    told: Mapping[str, Any] = request.app.openapi()["paths"].get(route, {})
    return ", ".join(method.upper() for method in told)


def _unreachable(request: Request, error: Exception) -> JSONResponse:
    log.warning("ledger_unreachable", error=type(error).__name__, trace=request.scope.get("forbear.trace"))
    return respond(request, "unavailable", KINDS["unavailable"].remedy, headers={"Retry-After": RETRY_SOON})
