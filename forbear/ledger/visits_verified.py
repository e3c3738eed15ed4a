"""Whether the photos, papers and notes of visits are still what was captured: each file is read and hashed anew.

The rows that name their digests stand in the audit chain, so that a file and its row cannot be changed together unseen.
"""

from base64 import b64decode
from collections.abc import Iterator
from hashlib import sha256
from typing import Final, Literal

from sqlalchemy import select
from sqlalchemy.orm import Session

from forbear.errors import Erased, NotFound
from forbear.ledger.engine import Ledger
from forbear.ledger.evidence import EvidenceStore
from forbear.ledger.tables.people import PersonKey
from forbear.ledger.tables.visits import VisitEvidence
from forbear.ledger.vault import FileKey

BATCH: Final = 100
Kind = Literal["changed", "deleted"]
Fault = tuple[Kind, str]


def faults(ledger: Ledger, tenant: str) -> Iterator[Fault]:
    """What differs or is missing of a tenant's evidence, by the ids of its rows.

    Of a person who was erased nothing can be opened any more, and a file that went with them is no fault.
    """
    store, last = EvidenceStore(ledger.settings.data), ""
    while True:
        with ledger.worker(tenant) as session:
            chosen = select(VisitEvidence).where(VisitEvidence.tenant == tenant, VisitEvidence.id > last)
            rows = session.scalars(chosen.order_by(VisitEvidence.id).limit(BATCH)).all()
            for row in rows:
                last = row.id
                if (fault := _fault(ledger, session, store, row)) is not None:
                    yield fault
        if len(rows) < BATCH:
            return


def _fault(ledger: Ledger, session: Session, store: EvidenceStore, row: VisitEvidence) -> Fault | None:
    erased = _erased(session, row)
    try:
        sealed = store.get(row.stored_sha256)
    except NotFound:
        return None if erased else ("deleted", f"the file of {row.kind} {row.id} of visit {row.visit} is missing")
    except Erased:
        return "changed", f"the file of {row.kind} {row.id} of visit {row.visit} is not what was kept"
    if erased:
        return None
    try:
        key = ledger.vault.open(session, lender=row.lender, person=row.person, sealed=row.file_key)
        content = FileKey(b64decode(key), row.id).open(sealed, "original")
    except (Erased, NotFound, ValueError):
        return "changed", f"the file of {row.kind} {row.id} of visit {row.visit} does not open under its key"
    if sha256(content).hexdigest() != row.sha256:
        return "changed", f"{row.kind} {row.id} of visit {row.visit} is not what was captured"
    return None


def _erased(session: Session, row: VisitEvidence) -> bool:
    of = (PersonKey.lender == row.lender, PersonKey.person == row.person)
    return session.scalar(select(PersonKey.erased_at).where(*of)) is not None
