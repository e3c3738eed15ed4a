"""One example of each thing of legal cases that is sent and answered, plainly fictional."""

from typing import Any, Final

from forbear.api.lender.examples import ACCOUNT, PARTY
from forbear.api.lender.shapes.page import page_of

Json = dict[str, Any]
AT: Final = "2026-03-02T15:00:00Z"
CASE_ID: Final = "cas_3TrWq9ZkLm5XvBn7YsD1hG"
FACT_ID: Final = "fct_6YnBv2QpXs8KdRm4ZtW9cJ"
FILE_ID: Final = "cfl_2MkTz7WvQb4YxNr9LsP6dH"
PACKET_ID: Final = "pkt_8QzLx3VnKt6WbRy1MsD5pF"
RUN_ID: Final = "crn_4XvNk8TzQm2YbLr7WsP9dC"
GUARANTOR: Final = "pty_7CvXn4LqRt9WzKm2YbS5dP"
SHA256: Final = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
OPENING: Final = "the case was opened; its first decision is pending"

OPEN: Final[Json] = {"kind": "suit"}
ROW: Final[Json] = {
    "id": CASE_ID,
    "account": ACCOUNT["id"],
    "kind": "suit",
    "state": "open",
    "path": "US",
    "stage": None,
    "stage_since": AT,
    "opened_at": AT,
    "closed_at": None,
    "outcome": None,
}
OPENED: Final[Json] = {
    **ROW,
    "stage_title": None,
    "next": {"at": AT, "reason": OPENING, "rule": None},
    "missing": [],
    "clocks": [],
    "facts": [],
    "fields_told": [],
    "services": [],
    "costs": [],
    "files": [],
    "packets": [],
}
LIST: Final[Json] = page_of(ROW)

FACT: Final[Json] = {"kind": "acknowledged", "on": "2026-03-01", "values": {"how": "asked_for_time"}}
TOLD_FACT: Final[Json] = {
    "id": FACT_ID,
    "number": 1,
    "kind": "acknowledged",
    "on": "2026-03-01",
    "party": None,
    "values": {"how": "asked_for_time"},
    "may_be_sealed": [],
    "told_by": "lender",
    "taken_back": False,
    "at": AT,
}
TAKEN_BACK: Final[Json] = {**TOLD_FACT, "taken_back": True}

FIELDS: Final[Json] = {
    "values": {"contract_no": "LN-2048-07", "contract_day": "2025-06-01", "court": "Example County Court"}
}
TOLD_FIELDS: Final[Json] = {
    "id": "cfd_9LsPd2MkTz7WvQb4YxNr6H",
    "case": CASE_ID,
    "paper": None,
    "names": {"contract_no": True, "contract_day": True, "court": True},
    "at": AT,
}

SERVICE: Final[Json] = {
    "external_id": "SRV-2026-0041",
    "paper": "us.notice.validation",
    "party": PARTY,
    "method": "certified_post",
    "result": "signed",
    "sent_on": "2026-02-21",
    "reached_on": "2026-02-23",
    "tracking": {"carrier": "Example Post", "number": "9400100000000000000000", "signed_by": "A. Sampleton"},
    "evidence": [{"exhibit_id": FILE_ID}],
}
SERVED: Final[Json] = {
    "id": "srv_5DhGs1YnBv7QpXk8LmRt3W",
    "paper": "us.notice.validation",
    "party": PARTY,
    "method": "certified_post",
    "result": "signed",
    "sent_on": "2026-02-21",
    "reached_on": "2026-02-23",
    "rule": None,
    "source": "staff",
    "evidence": [FILE_ID],
    "at": AT,
}

COST: Final[Json] = {
    "kind": "court_fee",
    "amount": {"amount": "45.00", "currency": "USD"},
    "on": "2026-03-02",
    "claimed": True,
    "what": "Filing fee",
}
SPENT: Final[Json] = {
    "id": "cst_1GhRt5WzKm9YbSd3CvXn7L",
    "kind": "court_fee",
    "amount": {"amount": "45.00", "currency": "USD"},
    "on": "2026-03-02",
    "claimed": True,
    "at": AT,
}

GUARANTEE: Final[Json] = {
    "party": GUARANTOR,
    "kind": "joint",
    "contract_no": "GU-2048-07",
    "signed_on": "2025-06-01",
    "main_due_on": "2026-02-20",
    "agreed_months": 24,
}
GUARANTEED: Final[Json] = {
    "id": "gua_6RtWz2KmYb8SdCv4XnLq1P",
    "party": GUARANTOR,
    "number": 1,
    "kind": "joint",
    "counter": False,
    "signed_on": "2025-06-01",
    "main_due_on": "2026-02-20",
    "agreed_end": None,
    "agreed_months": 24,
    "most": None,
    "at": AT,
}
GUARANTEES: Final[Json] = page_of(GUARANTEED)

PDF: Final = (
    "%PDF-1.4\n"
    "1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n"
    "2 0 obj\n<< /Type /Pages /Kids [3 0 R] /Count 1 >>\nendobj\n"
    "3 0 obj\n<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Resources << >> >>\nendobj\n"
    "xref\n0 4\n0000000000 65535 f \n0000000009 00000 n \n0000000058 00000 n \n0000000115 00000 n \n"
    "trailer\n<< /Size 4 /Root 1 0 R >>\nstartxref\n200\n%%EOF\n"
)
"""The smallest file there is with a page."""
FILE: Final[Json] = {
    "slot": "contract",
    "title": "Loan agreement",
    "form": "copy",
    "day": "2025-06-01",
    "source": "Lender's file",
    "proves": "That the loan was agreed on",
    "file": PDF,
}
KEPT: Final[Json] = {
    "id": FILE_ID,
    "slot": "contract",
    "number": 1,
    "form": "copy",
    "day": "2025-06-01",
    "media_type": "application/pdf",
    "sha256": SHA256,
    "size": 402,
    "pages": 1,
    "state": "kept",
    "at": AT,
}
FILES: Final[Json] = page_of(KEPT)
ARCHIVE: Final = "PK (the ZIP as it stands)"

ASK: Final[Json] = {"profile": "us.suit", "cut_off": "2026-03-01"}
ASKED: Final[Json] = {
    "id": PACKET_ID,
    "case": CASE_ID,
    "number": 1,
    "profile": "us.suit",
    "court": None,
    "state": "asked",
    "cut_off": "2026-03-01",
    "asked_at": AT,
    "made_at": None,
    "sha256": None,
    "pages": None,
    "draft": False,
    "run": None,
    "missing": [],
}
INCOMPLETE: Final[Json] = {
    "item": "exhibit:contract",
    "problem": "no file lies there",
    "remedy": "Upload it: POST /v1/cases/{case}/files with slot contract",
    "supplier": "lender",
}
PACKETS: Final[Json] = page_of(ASKED)
NOT_FINAL: Final[Json] = {
    "detail": "The packet is asked: only an approved one leaves the house",
    "errors": [{"pointer": "/missing/0", "detail": "exhibit:contract: no file lies there. Upload it"}],
    "state": "incomplete",
    "missing": [INCOMPLETE],
}
MANIFEST: Final[Json] = {"packet": PACKET_ID, "case": CASE_ID, "pages": 42}

RUN: Final[Json] = {"profile": "us.suit", "cut_off": "2026-03-01", "cases": [{"case_id": CASE_ID}]}
RUNNING: Final[Json] = {
    "id": RUN_ID,
    "profile": "us.suit",
    "cut_off": "2026-03-01",
    "at": AT,
    "state": "running",
    "wanted": 1,
    "waiting": 1,
    "made": 0,
    "states": {"asked": 1},
    "exceptions": [],
}
RUNS: Final[Json] = page_of(
    {"id": RUN_ID, "profile": "us.suit", "cut_off": "2026-03-01", "at": AT, "wanted": 1},
)
EVENTS: Final[Json] = page_of(
    {"at": AT, "kind": "opened", "id": CASE_ID, "text": "The case was opened: the lender asked for it"},
    {"at": AT, "kind": "fact", "id": FACT_ID, "text": "acknowledged on 2026-03-01"},
)
