"""What the documentation says of the calls of cases whose body or answer is a file."""

from typing import Any, Final

from forbear.api.described import ALWAYS, KEY_PARAMETER, SCOPE, Described, acting, problem_answers
from forbear.api.lender import cases_examples as examples
from forbear.api.lender.shapes.cases import CaseFile
from forbear.api.lender.shapes.cases_packets import FileForm

Json = dict[str, Any]
ZIP, PDF, FORM = "application/zip", "application/pdf", "multipart/form-data"
SCHEMAS: Final[dict[str, Json]] = {
    ZIP: {"type": "string", "contentMediaType": ZIP},
    PDF: {"type": "string", "contentMediaType": PDF},
    "application/json": {"type": "object"},
}


def fetching(operation: str, summary: str, media: str, example: Any) -> Described:
    """A call that answers with one file of a final packet, or with everything that is in its way."""
    own = {"packet_not_final": examples.NOT_FINAL}
    return {
        "status_code": 200,
        "summary": summary,
        "operation_id": operation,
        "responses": {
            200: {
                "description": "The file, byte for byte as it was approved",
                "content": {media: {"schema": SCHEMAS[media], "example": example}},
            },
            **problem_answers(["not_found", "invalid", "erased", "packet_not_final", *ALWAYS], own),
        },
        "openapi_extra": {SCOPE: "cases:read"},
    }


def _upload() -> Described:
    described = acting(
        "uploadCaseFile",
        "Upload a file of a case",
        CaseFile,
        "not_found",
        "conflict",
        "erased",
        "unsupported_media",
        scope="cases:write",
        sent={},
        example=examples.KEPT,
        again="The same bytes lie in this slot already",
    )
    schema: Json = FileForm.model_json_schema()
    schema["properties"]["file"] = {
        "type": "string",
        "format": "binary",
        "description": "PDF, JPEG or PNG, up to 30 MB and 2000 pages; not encrypted.",
    }
    schema["required"] = [*schema["required"], "file"]
    described["openapi_extra"] = {
        SCOPE: "cases:write",
        "parameters": [KEY_PARAMETER],
        "requestBody": {"required": True, "content": {FORM: {"schema": schema, "example": examples.FILE}}},
    }
    return described


UPLOADING: Final = _upload()
