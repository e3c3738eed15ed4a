"""A reply that no machine may answer for is somebody's task: who is asked, how soon, and why, without a word of it."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Final

from sqlalchemy.orm import Session

from forbear.contracts.words import StaffRole
from forbear.ledger import tasks
from forbear.ledger.tables.contacts import Reply

KIND: Final = "reply"
SENSITIVE: Final = frozenset(
    {"stop", "dispute", "hardship", "insolvency", "attorney", "deceased", "wrong_person", "struggling"}
)
"""What was understood needs experience, and may need a letter within a term."""
WITHIN: Final = timedelta(days=1)
"""World time in which somebody should have read it."""
WHY: Final[Mapping[str, str]] = MappingProxyType(
    {
        "other": "A message that no machine understood: read it and choose what it means.",
        "help": "Somebody asks who we are or how to pay: read it and see to it that they know.",
        "paid": "Somebody says that it is paid: compare it with the account.",
        "promise": "Somebody promises to pay and names no day, or more than a promise: read it and put in the day.",
        "start": "Somebody wants texts again: read it.",
    }
)


def ask(session: Session, reply: Reply, now: datetime) -> str | None:
    """Open the task of a reply that a human must read; None where nobody must, or it is open."""
    if not reply.needs_human:
        return None
    sensitive = reply.reading in SENSITIVE
    role: StaffRole = "supervisor" if sensitive else "caller"
    understood = (
        f"Understood as {reply.reading.replace('_', ' ')} and obeyed: read the words and see what else they say."
    )
    wanted = tasks.Wanted(
        tenant=reply.tenant,
        lender=reply.lender,
        kind=KIND,
        role=role,
        reason=WHY.get(reply.reading, understood),
        account=reply.account,
        person=reply.person,
        contact_point=reply.contact_point,
        priority=2 if sensitive else 3,
        due_at=now + WITHIN,
        reply=reply.id,
    )
    return tasks.open_task(session, wanted, now)
