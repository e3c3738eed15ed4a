"""Exhibits and other files of a case: kept as they came, opened again, withdrawn; each in a slot of the checklist."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from forbear.errors import BadInput, Conflict, NotFound
from forbear.ledger.cases import acts, content
from forbear.ledger.cases.sealing import file_key, new_file_key, seal, seal_json, unseal, unseal_json
from forbear.ledger.engine import Ledger
from forbear.ledger.ids import new_id
from forbear.ledger.tables.cases import CaseFile

SLOTS: Final = (
    *("contract", "disbursement", "transactions", "identity_claimant", "identity_respondent", "authority"),
    *("guarantee_contract", "collateral_contract", "registration", "assignment", "notice_proof", "lawyer_invoice"),
    *("mediation_agreement", "confirmation_ruling", "judgment", "payment_on_behalf", "charge_off_statement"),
    *("account_statement", "bill_of_sale", "default_notice", "letter_of_claim", "service_proof", "scra_certificate"),
    "other",
)
"""What a file can be in the checklists of packets."""
PLACE: Final = "original"
MOST_FILES: Final = 400
"""Files of one case."""
MOST_TITLE: Final = 200
DETAILS: Final = frozenset({"form", "day", "number", "person"})
"""Plain: original or copy, the paper's date, its number in a list, whose identity it proves."""
TOLD: Final = frozenset({"source", "proves", "remark", "sponsor"})
MOST_TOLD: Final = 2_000


def keep_file(
    ledger: Ledger,
    session: Session,
    case_id: str,
    slot: str,
    body: bytes,
    *,
    title: str,
    details: Mapping[str, Any] | None = None,
    told: Mapping[str, Any] | None = None,
    staff: str | None = None,
    now: datetime,
) -> CaseFile:
    """Keep a file. The same bytes in the same slot again are the same file.

    Args:
        ledger: with the vault and the store.
        session: of staff, of the lender's API or of the worker.
        case_id: the case.
        slot: one of `SLOTS`.
        body: the bytes.
        title: as people call it; sealed.
        details: plain values, of `DETAILS`.
        told: values for people and the list of evidence, of `TOLD`; sealed.
        staff: who brings it; None for the lender's own system.
        now: world instant.

    Raises:
        BadInput: what is sent cannot be taken.
        Conflict: the case has too many files.
        NotFound: there is no such case.
    """
    _accept(slot, title, details or {}, told or {})
    looked = content.look(body)
    case = acts.lock(session, case_id)
    kept = session.scalars(
        select(CaseFile).where(CaseFile.legal_case == case.id, CaseFile.state == "kept").order_by(CaseFile.number)
    ).all()
    same = next((row for row in kept if (row.slot, row.sha256) == (slot, looked.sha256)), None)
    if same is not None:
        return same
    if len(kept) >= MOST_FILES:
        raise Conflict(f"Case {case.id} has {MOST_FILES} files already: withdraw some")
    row_id = new_id("cfl")
    key, sealed_key = new_file_key(ledger, session, case, row_id)
    last = session.scalars(
        select(func.max(CaseFile.number)).where(CaseFile.legal_case == case.id, CaseFile.slot == slot)
    ).one()
    row = CaseFile(
        id=row_id,
        tenant=case.tenant,
        lender=case.lender,
        legal_case=case.id,
        slot=slot,
        number=(last or 0) + 1,
        title=seal(ledger, session, case, title),
        media_type=looked.media_type,
        sha256=looked.sha256,
        size=looked.size,
        pages=looked.pages,
        details=dict(details or {}),
        told=seal_json(ledger, session, case, dict(told or {})),
        stored_sha256=content.keep(ledger, key, PLACE, body),
        file_key=sealed_key,
        state="kept",
        staff=staff,
        at=now,
    )
    session.add(row)
    written = {"file": row.id, "slot": slot, "sha256": row.sha256, "stored": row.stored_sha256, "size": row.size}
    acts.did(session, case, "case_file_kept", row.id, written, now, staff=staff)
    acts.tell(session, case, "case_file_kept", now)
    return row


def find_file(session: Session, file_id: str) -> CaseFile:
    """A file's row.

    Raises:
        NotFound: the session sees none of that id.
    """
    found = session.get(CaseFile, file_id)
    if found is None:
        raise NotFound(f"No file {file_id}")
    return found


def open_file(ledger: Ledger, session: Session, row: CaseFile) -> bytes:
    """The untouched original.

    Raises:
        Erased: it was changed, or its borrower erased.
        NotFound: the file is gone from the store.
    """
    key = file_key(ledger, session, acts.find(session, row.legal_case), row.id, row.file_key)
    return content.fetch(ledger, key, PLACE, row.stored_sha256, row.sha256)


def called(ledger: Ledger, session: Session, row: CaseFile) -> tuple[str, dict[str, Any]]:
    """Its title and what was told of it."""
    case = acts.find(session, row.legal_case)
    return unseal(ledger, session, case, row.title), unseal_json(ledger, session, case, row.told)


def look_at(ledger: Ledger, session: Session, file_id: str, *, staff: str, now: datetime) -> tuple[CaseFile, bytes]:
    """Open a file for somebody of staff; that they did is put down.

    Raises:
        NotFound: there is no such file.
    """
    row = find_file(session, file_id)
    case = acts.find(session, row.legal_case)
    body = open_file(ledger, session, row)
    acts.did(session, case, "case_file_opened", row.id, {"file": row.id, "sha256": row.sha256}, now, staff=staff)
    return row, body


def withdraw(session: Session, file_id: str, *, staff: str, now: datetime) -> CaseFile:
    """Leave a file out of whatever is prepared from now on; its bytes stay. Withdrawing twice changes nothing.

    Raises:
        NotFound: there is no such file.
    """
    row = find_file(session, file_id)
    case = acts.lock(session, row.legal_case)
    session.refresh(row)
    if row.state == "kept":
        row.state = "withdrawn"
        acts.did(session, case, "case_file_withdrawn", row.id, {"file": row.id}, now, staff=staff)
        acts.tell(session, case, "case_file_kept", now)
    return row


def _accept(slot: str, title: str, details: Mapping[str, Any], told: Mapping[str, Any]) -> None:
    if slot not in SLOTS:
        raise BadInput("slot", "is none of the checklist", f"Choose one of {', '.join(SLOTS)}.")
    if not title.strip() or len(title) > MOST_TITLE:
        raise BadInput("title", "is missing or too long", f"Call the file by at most {MOST_TITLE} signs.")
    for name, values, known in (("details", details, DETAILS), ("told", told, TOLD)):
        if unknown := sorted(set(values) - known):
            raise BadInput(f"{name}.{unknown[0]}", "is not known", f"Known are: {', '.join(sorted(known))}.")
        if any(not isinstance(value, str | int | bool) for value in values.values()):
            raise BadInput(name, "holds something that is no text", "Send texts and numbers.")
        if sum(len(str(value)) for value in values.values()) > MOST_TOLD:
            raise BadInput(name, "is too long", f"Send at most {MOST_TOLD} signs.")
