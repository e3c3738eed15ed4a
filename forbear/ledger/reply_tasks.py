"""A reply that no machine may answer for is somebody's task: who is asked, how soon, and why, without a word of it."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Final

from sqlalchemy.orm import Session

from forbear.contracts.words import StaffRole
from forbear.ledger import tasks
from forbear.ledger.tables.contacts import Reply
from forbear.ledger.task_reasons import Code, because

KIND: Final = "reply"
SENSITIVE: Final = frozenset(
    {"stop", "dispute", "hardship", "insolvency", "attorney", "deceased", "wrong_person", "struggling"}
)
"""What was understood needs experience, and may need a letter within a term."""
WITHIN: Final = timedelta(days=1)
"""World time in which somebody should have read it."""
ALONE: Final[Mapping[str, Code]] = MappingProxyType(
    {
        "other": "reply_other",
        "help": "reply_help",
        "paid": "reply_paid",
        "promise": "reply_promise",
        "start": "reply_start",
    }
)
"""Readings on which nothing was done; what has another reading was obeyed, and may say more."""


def ask(session: Session, reply: Reply, now: datetime) -> str | None:
    """Open the task of a reply that a human must read; None where nobody must, or it is open."""
    if not reply.needs_human:
        return None
    sensitive = reply.reading in SENSITIVE
    role: StaffRole = "supervisor" if sensitive else "caller"
    alone = ALONE.get(reply.reading)
    wanted = tasks.Wanted(
        tenant=reply.tenant,
        lender=reply.lender,
        kind=KIND,
        role=role,
        reason=because(alone) if alone else because("reply_understood", reading=reply.reading),
        account=reply.account,
        person=reply.person,
        contact_point=reply.contact_point,
        priority=2 if sensitive else 3,
        due_at=now + WITHIN,
        reply=reply.id,
    )
    return tasks.open_task(session, wanted, now)
