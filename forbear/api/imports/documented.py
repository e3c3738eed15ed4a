"""What the documentation says of the calls whose body or answer is a file."""

from typing import Any, Final

from forbear.api.described import ALWAYS, KEY_PARAMETER, SCOPE, Described, acting, problem_answers, reading
from forbear.api.imports import answers

LINES: Final = "application/x-ndjson"
Json = dict[str, Any]
FORMAT: Final = "csv or ndjson; else by Content-Type, else by the first character of the file."
ENCODING: Final = (
    "utf-8 (with or without a byte order mark) or gb18030 (also for GBK and GB2312); else by the charset of "
    "Content-Type, else utf-8. It is never guessed: a name that was misread would be printed on letters."
)
DRY_RUN: Final = "Check everything and enrol nothing."
PACKED: Final[Json] = {
    "name": "Content-Encoding",
    "in": "header",
    "required": False,
    "description": "gzip, where the body is.",
    "schema": {"type": "string", "enum": ["gzip", "identity"]},
}
CSV_SAYS: Final = (
    "A header and one account a row. The columns are those of the operating guide, by their English or Chinese names."
)
NDJSON_SAYS: Final = "One account a line, each the body of POST /v1/accounts."


def _importing() -> Described:
    described = acting(
        "importAccounts",
        "Enrol accounts from a file",
        answers.Import,
        "unsupported_media",
        "upload_stalled",
        scope="accounts:write",
        sent={},
        example=answers.RECEIVED,
        status=202,
    )
    described["openapi_extra"] = {
        SCOPE: "accounts:write",
        "parameters": [KEY_PARAMETER, PACKED],
        "requestBody": {
            "required": True,
            "description": f"CSV: {CSV_SAYS} NDJSON: {NDJSON_SAYS}",
            "content": {
                "text/csv": {
                    "schema": {"contentMediaType": "text/csv", "description": CSV_SAYS},
                    "example": answers.CSV,
                },
                LINES: {"schema": {"contentMediaType": LINES, "description": NDJSON_SAYS}, "example": answers.NDJSON},
            },
        },
    }
    return described


def _results() -> Described:
    text = {"type": "string"}
    return {
        "status_code": 200,
        "summary": "Fetch what became of each record",
        "operation_id": "getImportResults",
        "responses": {
            200: {
                "description": "The results, one record or problem a line",
                "content": {
                    LINES: {"schema": text, "example": answers.RESULTS},
                    "text/csv": {"schema": text, "example": answers.RESULTS_CSV},
                },
            },
            **problem_answers(["not_found", "erased", "invalid", *ALWAYS]),
        },
        "openapi_extra": {SCOPE: "accounts:read"},
    }


IMPORTING: Final = _importing()
LISTING: Final = reading(
    "listImports",
    "List imports",
    answers.ImportPage,
    "bad_cursor",
    "invalid",
    example=answers.PAGE,
    scope="accounts:read",
)
ONE: Final = reading(
    "getImport",
    "See how far an import is",
    answers.Import,
    "not_found",
    "invalid",
    example=answers.DONE,
    scope="accounts:read",
)
RESULTS: Final = _results()
