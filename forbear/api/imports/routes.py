"""Imports: send a file of accounts, see how far it is, fetch what became of each record."""

import asyncio
from collections.abc import AsyncGenerator
from datetime import datetime
from typing import Annotated, Any, Final, Literal

import structlog
from fastapi import APIRouter, Query, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import JSONResponse, StreamingResponse
from starlette.requests import ClientDisconnect

from forbear.api import cursors
from forbear.api.acting import REPLAYED, call_key
from forbear.api.auth import Reader, TheLedger, Writer
from forbear.api.imports import answers, documented, results
from forbear.api.imports.flaws import MAX_BYTES, REMEDIES
from forbear.api.imports.records import Format
from forbear.api.imports.slots import Slots
from forbear.api.imports.source import Encoding
from forbear.api.lender.forms import Id
from forbear.api.problems import Problem
from forbear.errors import BadInput, TooMany
from forbear.ledger import import_files
from forbear.ledger.import_spool import PIECE, InProgress, Upload

PACE_SECONDS: Final = 45
"""Machine seconds in which the next piece must come: the upload holds a transaction."""
UPLOAD_SECONDS: Final = 600
"""Machine seconds for the whole file."""
TYPES: Final[dict[str, Format | None]] = {
    "": None,
    "text/csv": "csv",
    "application/csv": "csv",
    "application/x-ndjson": "ndjson",
    "application/ndjson": "ndjson",
    "application/jsonl": "ndjson",
    "application/gzip": None,
    "application/x-gzip": None,
    "application/octet-stream": None,
}
CHARSETS: Final[dict[str, Encoding]] = {
    "utf-8": "utf-8",
    "utf8": "utf-8",
    "us-ascii": "utf-8",
    "gb18030": "gb18030",
    "gbk": "gb18030",
    "gb2312": "gb18030",
}
router = APIRouter(prefix="/v1/imports", tags=["Imports"])
log = structlog.get_logger()


@router.post("", **documented.IMPORTING)
async def post_import(
    *,
    request: Request,
    caller: Writer,
    ledger: TheLedger,
    format: Annotated[Format | None, Query(description=documented.FORMAT)] = None,  # noqa: A002  the parameter's name
    encoding: Annotated[Encoding | None, Query(description=documented.ENCODING)] = None,
    dry_run: Annotated[bool, Query(description=documented.DRY_RUN)] = False,
) -> Response:
    """Send a file of accounts, up to 50 MB, plain or as gzip; a `.gz` body is recognised by its first bytes.

    The file is checked whole before anything is enrolled: a wrong encoding, a missing column or broken gzip refuses it
    and says where. Then each record is enrolled for itself, whole or not at all, and has its own result. What is not
    known is left empty and never guessed: an account without a time zone is enrolled and held, and says so. The answer
    comes as soon as the file is kept; follow `Location` until `state` is `done` or `refused`.

    Sent again under the same key it is the same import; sent again under a new key, accounts that were enrolled before
    are answered with `already` and not changed.
    """
    _only(request, "format", "encoding", "dry_run")
    key = call_key(request)
    declared = _declared(request, format, encoding, dry_run=dry_run)
    told = f"POST\n/v1/imports\n{sorted(declared.items())}\n"
    upload = Upload(ledger, tenant=caller.tenant, lender=caller.lender, key=key, told=told)
    slots: Slots = request.app.state.uploads
    if not slots.take(caller.lender):
        raise TooMany("Too many files are being sent at once", 5)
    try:
        await _receive(request, upload)
        answer = await run_in_threadpool(_keep, upload, declared, ledger.clock.now())
    except ClientDisconnect:
        log.info("upload_dropped", bytes=upload.size, key=caller.key)
        return Response(status_code=400)
    except InProgress as error:
        raise Problem("in_progress", str(error)) from None
    finally:
        # Shielded, for a call that is cancelled must give its connection back like any other.
        await asyncio.shield(_drop(upload, slots, caller.lender))
    request.app.state.imports.wake()
    return answer


@router.get("", **documented.LISTING)
def list_imports(
    *,
    request: Request,
    caller: Reader,
    ledger: TheLedger,
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
    cursor: Annotated[str | None, Query(max_length=500)] = None,
) -> JSONResponse:
    """The lender's imports, newest first."""
    settings, asked = request.app.state.settings, f"imports|{caller.lender}"
    after = None
    if cursor is not None:
        at, last = cursors.read(settings, asked, cursor)
        after = (datetime.fromisoformat(at), last)
    with ledger.api(caller.tenant, caller.lender) as session:
        found = import_files.page(session, after=after, limit=limit + 1)
    rows, more = found[:limit], len(found) > limit
    position = [rows[-1].created_at.isoformat(), rows[-1].id] if rows else []
    return JSONResponse(
        {
            "data": [answers.shown(row) for row in rows],
            "next_cursor": cursors.write(settings, asked, position) if more else None,
            "has_more": more,
        }
    )


@router.get("/{file}", **documented.ONE)
def get_import(file: Id, caller: Reader, ledger: TheLedger) -> JSONResponse:
    """State, position, counts, and why the file as a whole was refused, if it was."""
    with ledger.api(caller.tenant, caller.lender) as session:
        view = answers.shown(import_files.found(session, file))
    return JSONResponse(view)


@router.get("/{file}/results", response_class=StreamingResponse, **documented.RESULTS)
def get_results(
    request: Request,
    file: Id,
    caller: Reader,
    ledger: TheLedger,
    format: Annotated[Literal["ndjson", "csv"], Query(description="csv is for a spreadsheet.")] = "ndjson",  # noqa: A002  the parameter's name
) -> StreamingResponse:
    """What became of each record so far, in the order of the file: complete once the import's `state` is `done`.

    `status` is `enrolled`, `already` (enrolled before; nothing was changed), `would_enrol` (in a dry run) or `refused`.
    Each problem names the line, the column as the file calls it (a JSON pointer in NDJSON), a stable code, and a
    remedy. Results are kept for 30 days after the import ended.
    """
    _only(request, "format")
    rows = import_files.results(ledger, caller.tenant, caller.lender, file)
    body, kind = (
        (results.spreadsheet(rows), "text/csv") if format == "csv" else (results.ndjson(rows), documented.LINES)
    )
    named = {"Content-Disposition": f'attachment; filename="{file}-results.{format}"'}
    return StreamingResponse(body, media_type=kind, headers=named)


def _only(request: Request, *names: str) -> None:
    """Refuse a parameter that is not known: a misspelt dry_run must not enrol."""
    if not set(request.query_params) <= set(names):
        raise BadInput("query", "has a parameter that is not known here", f"Known are {', '.join(names)}.")


def _declared(request: Request, format: Format | None, encoding: Encoding | None, *, dry_run: bool) -> dict[str, Any]:  # noqa: A002  as above
    """What the sender says of the file, by query or else by headers; None where nothing is said."""
    kind, _, rest = request.headers.get("content-type", "").partition(";")
    kind = kind.strip().lower()
    packing = request.headers.get("content-encoding", "identity").strip().lower()
    if kind not in TYPES or packing not in {"identity", "gzip", "x-gzip"}:
        raise Problem(
            "unsupported_media", "Send text/csv or application/x-ndjson, plain or with Content-Encoding: gzip"
        )
    charset = next((part.partition("=")[2].strip(' "').lower() for part in rest.split(";") if "charset" in part), "")
    if charset and encoding is None and charset not in CHARSETS:
        raise Problem("unsupported_media", "Send the file in UTF-8 or GB18030")
    return {
        "format": format or TYPES[kind],
        "encoding": encoding or CHARSETS.get(charset),
        "compressed": packing != "identity",
        "dry_run": dry_run,
    }


async def _drop(upload: Upload, slots: Slots, lender: str) -> None:
    """Leave nothing of what was not kept, away from the event loop: a rollback waits for the database."""
    try:
        await run_in_threadpool(upload.drop)
    finally:
        slots.give(lender)


async def _receive(request: Request, upload: Upload) -> None:
    """Spool the body as it comes."""
    if int(request.headers.get("content-length", "0")) > MAX_BYTES:
        raise _too_large()
    await run_in_threadpool(upload.begin)
    parts, loop = _parts(request), asyncio.get_running_loop()
    end = loop.time() + UPLOAD_SECONDS
    while True:
        pace = loop.time() + PACE_SECONDS
        try:
            async with asyncio.timeout_at(min(pace, end)):
                part = await anext(parts, None)
        except TimeoutError:
            whole = f"The file took more than {UPLOAD_SECONDS} seconds"
            slow = f"Less than {PIECE} bytes came in {PACE_SECONDS} seconds"
            raise Problem("upload_stalled", whole if end <= pace else slow) from None
        if part is None:
            break
        if upload.size + len(part) > MAX_BYTES:
            raise _too_large()
        await run_in_threadpool(upload.write, part)
    if not upload.size:
        raise Problem("not_json", "The body is empty: send the file as the body")


async def _parts(request: Request) -> AsyncGenerator[bytes]:
    gathered = bytearray()
    async for part in request.stream():
        gathered += part
        if len(gathered) >= PIECE:
            yield bytes(gathered)
            gathered.clear()
    if gathered:
        yield bytes(gathered)


def _too_large() -> Problem:
    return Problem("too_large", REMEDIES["too_large"])


def _keep(upload: Upload, declared: dict[str, Any], at: datetime) -> JSONResponse:
    view = answers.new(upload, declared, at)
    headers = {"Location": f"/v1/imports/{upload.id}"}
    before = upload.keep({"body": view, "headers": headers}, declared=declared, at=at)
    if before is None:
        return JSONResponse(view, status_code=202, headers=headers)
    return JSONResponse(
        before.body["body"], status_code=before.status, headers={**before.body["headers"], REPLAYED: "true"}
    )
