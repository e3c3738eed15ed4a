"""Digests of what was written: one canonical form, so that the same row gives the same digest years later.

A row whose columns never change can be digested again from its table; which tables and columns those are stands here.
"""

import json
from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache
from hashlib import sha256

from forbear.ledger.tables.accounts import Entry, Event, LoanTerms, Payment
from forbear.ledger.tables.approvals import PaperApproval, PaperFields
from forbear.ledger.tables.base import Base
from forbear.ledger.tables.cases import (
    CaseCost,
    CaseDecisionRow,
    CaseFact,
    CaseFields,
    CaseService,
    Guarantee,
    PacketReview,
)
from forbear.ledger.tables.contacts import Decision, PastContact, Receipt, Touch
from forbear.ledger.tables.letters import ServiceProof
from forbear.ledger.tables.staff import StaffAct
from forbear.ledger.tables.visits import HandedOver, VisitCheckIn, VisitEvidence, VisitReport

FIXED: dict[str, type[Base]] = {
    "entry": Entry,
    "loan_terms": LoanTerms,
    "payment": Payment,
    "decision": Decision,
    "receipt": Receipt,
    "past_contact": PastContact,
    "event": Event,
    "touch": Touch,
    "service_proof": ServiceProof,
    "staff_act": StaffAct,
    "visit_check_in": VisitCheckIn,
    "visit_evidence": VisitEvidence,
    "visit_report": VisitReport,
    "handed_over": HandedOver,
    "paper_approval": PaperApproval,
    "paper_fields": PaperFields,
    "case_fact": CaseFact,
    "case_fields": CaseFields,
    "case_decision": CaseDecisionRow,
    "guarantee": Guarantee,
    "case_service": CaseService,
    "packet_review": PacketReview,
    "case_cost": CaseCost,
}
"""Tables whose rows can be digested again, by name."""
CHANGING: dict[str, set[str]] = {
    # Came with a later revision, and only chooses which words a lender reads.
    "decision": {"own"},
    "touch": {
        *("state", "dispatch_by", "lease_until", "window_closes", "dispatched_at", "settled_at"),
        *("provider_id", "code", "body_sha256", "segments", "result"),
    },
}
"""Columns outside the digest, by table; a touch's claim is all the others."""
LATER: dict[str, set[str]] = {"decision": {"asked"}, "entry": {"reckoned"}, "event": {"touch"}, "touch": {"task"}}
"""Columns of a later revision, in the digest only where they hold something: older rows keep theirs."""


@cache
def columns(table: str) -> tuple[str, ...]:
    """The columns a row's digest is made over, in order."""
    changing: set[str] = CHANGING.get(table, set())
    return tuple(sorted(column.name for column in FIXED[table].__table__.columns if column.name not in changing))


def digest(written: Mapping[str, object]) -> bytes:
    """SHA-256 of the canonical JSON: sorted keys, amounts without trailing zeros, instants in UTC, bytes in hex."""
    text = json.dumps(written, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=_plain)
    return sha256(text.encode()).digest()


def row_digest(table: str, row: Mapping[str, object]) -> bytes:
    """The digest of a row of one of the `FIXED` tables; a column not given counts as null."""
    later: set[str] = LATER.get(table, set())
    return digest({name: row.get(name) for name in columns(table) if name not in later or row.get(name) is not None})


def model_digest(model: Base) -> tuple[str, bytes]:
    """The table and the digest of a row that is held as a model instance."""
    table = str(model.__tablename__)
    return table, row_digest(table, {name: getattr(model, name) for name in columns(table)})


def _plain(value: object) -> str:
    if isinstance(value, Decimal):
        return format((value + 0).normalize(), "f")
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bytes | memoryview):
        return bytes(value).hex()
    raise TypeError(f"An audit row cannot hold a {type(value).__name__}")
