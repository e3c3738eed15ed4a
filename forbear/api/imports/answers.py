"""The shapes and examples of what is answered about imports; tests hold the answers against them."""

from datetime import datetime
from typing import Any, Final, Literal

from pydantic import Field

from forbear.api.lender.answers import Answer
from forbear.ledger.import_files import STATUSES
from forbear.ledger.import_spool import Upload
from forbear.ledger.tables.imports import ImportFile
from forbear.ledger.views import instant

Json = dict[str, Any]


class Position(Answer):
    """How far the file is: the last record that was settled."""

    row: int = Field(description="Records settled so far.")
    line: int = Field(description="The line of the file on which the last of them begins.")
    rows: int | None = Field(description="Records in the file; null until it was checked.")


class Counts(Answer):
    enrolled: int
    already: int = Field(description="Records whose external_id was enrolled before; nothing of them was changed.")
    would_enrol: int = Field(description="In a dry run: records with which nothing is wrong.")
    refused: int


class FileProblem(Answer):
    """Why the file was refused; nothing of it was enrolled, unless `code` is internal: then what has results was."""

    code: str
    line: int | None
    column: str | None = Field(description="Only a name of ours: what is not known is told by its place in the header.")
    byte: int | None = Field(description="Offset in the unpacked file, from 0.")
    problem: str
    remedy: str


class Import(Answer):
    """A file of accounts on its way in."""

    id: str
    state: Literal["received", "enrolling", "done", "refused"] = Field(
        description="received: waits for its check; enrolling: checked, records are being settled; done: all records "
        "have their result; refused: the file as a whole could not be taken."
    )
    dry_run: bool
    format: Literal["csv", "ndjson"] | None = Field(description="null until it was checked, if it was not told.")
    encoding: Literal["utf-8", "gb18030"] | None
    compressed: bool
    bytes: int
    sha256: str = Field(description="Of the body as it was sent.")
    created_at: datetime
    finished_at: datetime | None
    position: Position
    counts: Counts
    problem: FileProblem | None
    results: str = Field(description="Where the result of each record is, kept for 30 days after the end.")


class ImportPage(Answer):
    data: list[Import]
    next_cursor: str | None
    has_more: bool


def shown(file: ImportFile) -> Json:
    """An import as it is answered."""
    return {
        "id": file.id,
        "state": file.state,
        "dry_run": file.dry_run,
        "format": file.format,
        "encoding": file.encoding,
        "compressed": file.compressed,
        "bytes": file.size,
        "sha256": file.sha256,
        "created_at": instant(file.created_at),
        "finished_at": None if file.finished_at is None else instant(file.finished_at),
        "position": {"row": file.row, "line": file.line, "rows": file.rows},
        "counts": {status: getattr(file, status) for status in STATUSES},
        "problem": file.problem and {name: file.problem.get(name) for name in FileProblem.model_fields},
        "results": f"/v1/imports/{file.id}/results",
    }


def new(upload: Upload, declared: Json, at: datetime) -> Json:
    """An import that was just received."""
    return {
        "id": upload.id,
        "state": "received",
        **declared,
        "bytes": upload.size,
        "sha256": upload.sha256,
        "created_at": instant(at),
        "finished_at": None,
        "position": {"row": 0, "line": 0, "rows": None},
        "counts": dict.fromkeys(STATUSES, 0),
        "problem": None,
        "results": f"/v1/imports/{upload.id}/results",
    }


RECEIVED: Final[Json] = {
    "id": "imp_6GkNc3MpU9xYb1JvWa5ZdQ",
    "state": "received",
    "dry_run": False,
    "format": "csv",
    "encoding": None,
    "compressed": False,
    "bytes": 461,
    "sha256": "5d0f2f4e3f0b8f9a6c1f6a1f0c6f3f7e8a2b4d5c6e7f8091a2b3c4d5e6f70819",
    "created_at": "2026-03-02T15:00:00Z",
    "finished_at": None,
    "position": {"row": 0, "line": 0, "rows": None},
    "counts": {"enrolled": 0, "already": 0, "would_enrol": 0, "refused": 0},
    "problem": None,
    "results": "/v1/imports/imp_6GkNc3MpU9xYb1JvWa5ZdQ/results",
}
DONE: Final[Json] = {
    **RECEIVED,
    "state": "done",
    "encoding": "utf-8",
    "finished_at": "2026-03-02T15:00:01Z",
    "position": {"row": 2, "line": 3, "rows": 2},
    "counts": {"enrolled": 1, "already": 0, "would_enrol": 0, "refused": 1},
}
PAGE: Final[Json] = {"data": [DONE], "next_cursor": None, "has_more": False}
CSV: Final = (
    "loan_number,product,debt_kind,playbook,currency,due_since,principal,balance_as_of,borrower_name,language,"
    "phone,phone_type,phone_zone,sms_consent_at,sms_consent_how,sms_consent_given_to\r\n"
    "IMP-1001,Personal Loan,personal_loan,us-first-party,USD,2026-02-20,412.50,2026-03-02T09:00:00Z,Ada Sampleton,en,"
    "+13125550143,mobile,America/Chicago,2025-06-01T15:00:00Z,loan agreement,Example Credit Union\r\n"
    "IMP-1002,Personal Loan,personal_loan,us-first-party,USD,2026-02-20,-5.00,,Bo Specimen,en,,,,,,\r\n"
)
NDJSON: Final = (
    '{"external_id":"IMP-1003","product":"Personal Loan","debt_kind":"personal_loan","playbook":"us-first-party",'
    '"currency":"USD","due_since":"2026-02-20","balance":{"as_of":null,"components":{"principal":"90.00"}},'
    '"parties":[{"role":"borrower","name":"Cy Placeholder","language":"en"}]}\n'
)
RESULTS: Final = (
    '{"line":2,"external_id":"IMP-1001","status":"enrolled","account":"acc_0V3kq8YtQmW2sLd7Zp4NbX","problems":[]}\n'
    '{"line":3,"external_id":"IMP-1002","status":"refused","account":null,"problems":[{"line":3,"column":"principal",'
    '"code":"amount_negative","problem":"must not be negative","remedy":"Set a credit off before enrolling."}]}\n'
)
RESULTS_CSV: Final = (
    "line,external_id,status,account,code,column,problem,remedy\r\n"
    "2,IMP-1001,enrolled,acc_0V3kq8YtQmW2sLd7Zp4NbX,,,,\r\n"
    "3,IMP-1002,refused,,amount_negative,principal,must not be negative,Set a credit off before enrolling.\r\n"
)
