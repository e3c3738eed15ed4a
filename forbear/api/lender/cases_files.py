"""Files of a case: exhibits as a lender sends them, kept as they came, refused where no packet could hold them."""

from collections.abc import AsyncGenerator
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from hmac import digest
from typing import Annotated, Any, Final, cast

from fastapi import APIRouter, Depends, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import ValidationError
from sqlalchemy.orm import Session
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException

from forbear.api.acting import Answer, Call, call_key
from forbear.api.auth import CaseReader, CaseWriter, TheLedger
from forbear.api.described import reading
from forbear.api.imports.slots import Slots
from forbear.api.lender import cases_examples as examples
from forbear.api.lender.cases_documented import FORM, UPLOADING
from forbear.api.lender.cases_shown import file_view, parties_of
from forbear.api.lender.forms import Id
from forbear.api.lender.shapes.cases import CaseFile, FilePage
from forbear.api.lender.shapes.cases_packets import FileForm
from forbear.api.paging import Cursor, Limit, cut
from forbear.api.problems import Problem
from forbear.errors import BadInput, NotFound, TooMany
from forbear.ledger.cases import acts, files, rows
from forbear.ledger.engine import Ledger

router = APIRouter(prefix="/v1/cases/{case}/files", tags=["Cases"])
FIELDS_AT_MOST: Final = 20
FIELD_BYTES: Final = 20_000
BUSY_SECONDS: Final = 5


@dataclass(frozen=True, slots=True)
class Sent:
    """One file and what was told of it."""

    key: str
    form: FileForm
    content: bytes = field(repr=False)
    fingerprint: bytes = field(repr=False)


async def the_file(request: Request, caller: CaseWriter) -> AsyncGenerator[Sent]:
    """Read a form with one file. The same form again has the same fingerprint, whatever stands between its parts."""
    key, slots = call_key(request), cast("Slots", request.app.state.uploads)
    if not slots.take(caller.lender):
        raise TooMany("Too many files are being sent at once", BUSY_SECONDS)
    try:
        told, content = await _read(request)
        try:
            form = FileForm.model_validate(told)
        except ValidationError as error:
            raise RequestValidationError(error.errors()) from None
        secret: str = request.app.state.settings.token_key.get_secret_value()
        named = [request.method, request.url.path, form.model_dump_json(), sha256(content).hexdigest()]
        yield Sent(key, form, content, digest(secret.encode(), "\n".join(named).encode(), "sha256"))
    finally:
        slots.give(caller.lender)


TheFile = Annotated[Sent, Depends(the_file)]


async def _read(request: Request) -> tuple[dict[str, Any], bytes]:
    if not request.headers.get("content-type", "").lower().startswith(FORM):
        raise Problem("unsupported_media", f"Send {FORM}, with the bytes as its part named file")
    try:
        async with request.form(max_files=1, max_fields=FIELDS_AT_MOST, max_part_size=FIELD_BYTES) as parts:
            file = parts.get("file")
            if not isinstance(file, UploadFile):
                raise BadInput("file", "is missing", "Send the bytes as a part named file, with a file name.")
            return {name: value for name, value in parts.multi_items() if name != "file"}, await file.read()
    except HTTPException as error:
        raise Problem("too_large" if error.status_code == 413 else "not_json", "The form cannot be read") from None  # noqa: PLR2004  an answer's status
    except ValueError:
        raise Problem("not_json", "The form cannot be read") from None


@router.post("", **UPLOADING)
def post_file(case: Id, caller: CaseWriter, ledger: TheLedger, sent: TheFile) -> Response:
    """Send a PDF, a JPEG or a PNG, with what it is in the checklist of packets. It is kept as it came.

    What is encrypted or cannot be read is refused at once. The same bytes in the same slot are answered with 200 and
    the file that lies there. Prepared and approved packets of the case become void.
    """
    call = Call(ledger, sent.key, sent.fingerprint)
    return call.once(caller, lambda session, now: _keep(ledger, session, case, sent, now))


@router.get(
    "",
    **reading(
        "listCaseFiles",
        "List the files of a case",
        FilePage,
        "bad_cursor",
        "not_found",
        "invalid",
        example=examples.FILES,
        scope="cases:read",
    ),
)
def list_files(
    *, request: Request, case: Id, caller: CaseReader, ledger: TheLedger, limit: Limit = 100, cursor: Cursor = None
) -> JSONResponse:
    """Those that packets may use, by slot; yours and those of legal staff."""
    with ledger.api(caller.tenant, caller.lender) as session:
        found = [file_view(row) for row in rows.files(session, acts.find(session, case).id)]
    return cut(request, f"case-files|{caller.lender}|{case}", found, limit=limit, cursor=cursor)


@router.get(
    "/{exhibit}",
    **reading(
        "getCaseFile",
        "See a file of a case",
        CaseFile,
        "not_found",
        "invalid",
        example=examples.KEPT,
        scope="cases:read",
    ),
)
def get_file(case: Id, exhibit: Id, caller: CaseReader, ledger: TheLedger) -> JSONResponse:
    """Its digest, size and pages, and whether it was withdrawn."""
    with ledger.api(caller.tenant, caller.lender) as session:
        row = files.find_file(session, exhibit)
        if row.legal_case != case:
            raise NotFound(f"No file {exhibit}")
        view = file_view(row)
    return JSONResponse(view)


def _keep(ledger: Ledger, session: Session, case: str, sent: Sent, now: datetime) -> Answer:
    form, found = sent.form, acts.find(session, case)
    details: dict[str, Any] = {"form": form.form, "day": None if form.day is None else form.day.isoformat()}
    if form.party is not None:
        details["person"] = parties_of(session, found.account).person(form.party)
    before = {each.id for each in rows.files(session, case)}
    row = files.keep_file(
        ledger,
        session,
        case,
        form.slot,
        sent.content,
        title=form.title,
        details=_given(details),
        told=_given({"source": form.source, "proves": form.proves}),
        now=now,
    )
    return Answer(200 if row.id in before else 201, file_view(row))


def _given(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}
