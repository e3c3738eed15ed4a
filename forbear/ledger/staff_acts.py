"""Who did what: one lasting row for each act of staff, and an audit row that holds its digest.

Looking at a name, a number or a text on somebody's behalf is an act too.
"""

from datetime import datetime

from sqlalchemy.orm import Session

from forbear.ledger import audit
from forbear.ledger.ids import new_id
from forbear.ledger.tables.staff import StaffAct


def note(
    session: Session,
    *,
    tenant: str,
    staff: str,
    kind: str,
    subject: str,
    at: datetime,
    lender: str | None = None,
    account: str | None = None,
    person: str | None = None,
) -> str:
    """Put an act down in its own transaction: what was done (`reply_opened`), and to which row, the `subject`."""
    act = StaffAct(
        id=new_id("act"),
        tenant=tenant,
        staff=staff,
        kind=kind,
        subject=subject,
        lender=lender,
        account=account,
        person=person,
        at=at,
    )
    session.add(act)
    session.flush()
    audit.note(
        session,
        tenant=tenant,
        lender=lender,
        account=account,
        person=person,
        kind=kind,
        subject=act.id,
        at=at,
        written=act,
    )
    return act.id
