"""What every act on a legal case does: lock it behind its account's persons, count it up, audit it, wake its workflow.

Persons come first, as everywhere: a payment locks them too, so that whoever approves or fetches a packet either sees
the payment or is done before it.
"""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.orm import Session

from forbear.contracts.words import Fact
from forbear.errors import Conflict, Forbidden, NotFound
from forbear.ledger import audit, outbox, staff_acts
from forbear.ledger.locking import lock_account
from forbear.ledger.tables.accounts import Account, LegalCase
from forbear.ledger.tables.base import Base
from forbear.ledger.tables.staff import Staff

LEGAL, LAWYER = "legal", "lawyer"


def find(session: Session, case: str) -> LegalCase:
    """A case as it stands, without a lock.

    Raises:
        NotFound: the session sees none of that id.
    """
    found = session.get(LegalCase, case, populate_existing=True)
    if found is None:
        raise NotFound(f"No case {case}")
    return found


def lock(session: Session, case: str) -> LegalCase:
    """A case as it stands once its account's persons and itself are ours until the transaction ends.

    Raises:
        NotFound: the session sees none of that id.
    """
    seen = find(session, case)
    lock_account(session, seen.tenant, seen.account)
    return session.get_one(LegalCase, case, populate_existing=True, with_for_update=True)


def is_open(case: LegalCase) -> LegalCase:
    """The same case, if it is open.

    Raises:
        Conflict: it is closed.
    """
    if case.state != "open":
        raise Conflict(f"Case {case.id} is closed: open it again first")
    return case


def borrower_of(session: Session, case: LegalCase) -> str:
    """Under whose key everything personal of a case is sealed."""
    return session.get_one(Account, case.account).borrower


def may(session: Session, staff: str | None, *roles: str) -> Staff:
    """Who acts, if they may act so.

    Raises:
        Forbidden: they are unknown here, shut out, or have none of the roles.
    """
    row = None if staff is None else session.get(Staff, staff, populate_existing=True)
    if row is None or row.disabled_at is not None or not set(roles) & set(row.roles):
        raise Forbidden(f"Only {' or '.join(roles)} of this tenant may do this")
    return row


def did(  # noqa: PLR0917  an act is all of these
    session: Session,
    case: LegalCase,
    kind: str,
    subject: str,
    written: Mapping[str, object] | Base,
    at: datetime,
    *,
    staff: str | None = None,
    person: str | None = None,
) -> None:
    """Put an act down: in the audit, and among the acts of whoever of staff did it."""
    session.flush()
    of = {"lender": case.lender, "account": case.account, "person": person}
    audit.note(session, tenant=case.tenant, kind=kind, subject=subject, at=at, written=written, **of)
    if staff is not None:
        staff_acts.note(session, tenant=case.tenant, staff=staff, kind=kind, subject=subject, at=at, **of)


def tell(session: Session, case: LegalCase, fact: Fact, at: datetime) -> None:
    """Count a case up and wake its workflow when the transaction commits."""
    case.version += 1
    session.flush()
    outbox.tell_case(session, tenant=case.tenant, account=case.account, case=case.id, fact=fact, at=at)


def tell_account(session: Session, case: LegalCase, at: datetime) -> None:
    """Wake the account of a case that ended: it closes, or somebody is asked what follows."""
    outbox.tell(session, tenant=case.tenant, account=case.account, fact="case_fact_told", at=at)
