"""Approvals of papers: who accepted which finished file, in which role; and what of it a paper is judged by.

A kind's words are approved by its sample, a single paper by its own file. A lawyer accepts single papers alone. Only
somebody who works for the tenant in that very role can, and proves with their password that it is they.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, get_args

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from forbear.contracts.words import StaffRole
from forbear.errors import BadInput, Conflict, Forbidden, NotFound
from forbear.ledger import audit, passwords, staffing
from forbear.ledger.ids import new_id
from forbear.ledger.tables.approvals import PaperApproval
from forbear.ledger.tables.staff import Staff
from forbear.ledger.views import find_account

ROLES: Final[frozenset[str]] = frozenset({"operator", "supervisor", "lawyer"}) & frozenset(get_args(StaffRole))
SINGLE: Final = "lawyer"
"""The role that accepts no words in general: each of its papers is one person's own."""


@dataclass(frozen=True, slots=True)
class By:
    """Who approves, and the proof that it is they."""

    staff: str
    password: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Accepted:
    """A finished file and what it was made from. `draft` is whether prescribed words are missing in it."""

    kind: str
    version: int
    digest: str
    language: str
    sha256: str
    draft: bool
    account: str | None = None


def approve(session: Session, by: By, role: str, accepted: Accepted, at: datetime) -> str:
    """Write an approval down; returns its id. The same again is the same approval.

    Raises:
        NotFound: nobody has that id, or the account is no account of their tenant.
        Forbidden: they may not approve it, or it is not they who ask.
        Conflict: it is a draft.
        BadInput: the kind needs nobody's approval, or a lawyer's and no account is named.
    """
    member = staffing.locked(session, by.staff)
    _check_person(member, by.password, role)
    if accepted.account is not None and find_account(session, accepted.account).tenant != member.tenant:
        raise NotFound(f"No account {accepted.account}")
    if accepted.draft:
        raise Conflict("the paper is a draft: prescribed words are missing in it, so that nobody can approve it")
    if role == SINGLE and accepted.account is None:
        raise BadInput("--account", "is missing", "A lawyer accepts a single paper and no sample: name its account")
    if (known := _same(session, member, role, accepted)) is not None:
        return known
    row = PaperApproval(
        id=new_id("apr"),
        tenant=member.tenant,
        staff=member.id,
        role=role,
        kind=accepted.kind,
        version=accepted.version,
        digest=accepted.digest,
        language=accepted.language,
        sha256=accepted.sha256,
        account=accepted.account,
        at=at,
    )
    session.add(row)
    session.flush()
    audit.note(
        session, tenant=row.tenant, account=row.account, kind="paper_approved", subject=row.id, at=at, written=row
    )
    return row.id


def approvals_for(session: Session, tenant: str, kind: str, account: str) -> tuple[str, ...]:
    """What was approved that may bear on a paper about an account, in the form of `ports.papers.Paper.approvals`."""
    rows = session.scalars(
        select(PaperApproval).where(
            PaperApproval.tenant == tenant,
            PaperApproval.kind == kind,
            or_(PaperApproval.account.is_(None), PaperApproval.account == account),
        )
    )
    return tuple(sorted({_mark(row) for row in rows}))


def _mark(row: PaperApproval) -> str:
    if row.account is None:
        return f"{row.role}:{row.digest}:{row.language}"
    return f"{row.role}:{row.sha256}"


def _check_person(member: Staff, password: str, role: str) -> None:
    if role not in ROLES:
        raise BadInput("KIND", "needs nobody's approval", "It may leave as it is")
    if member.disabled_at is not None or role not in member.roles:
        raise Forbidden(f"This paper is approved by a {role}, which {member.id} is not: see 'forbear staff list'")
    if not passwords.holds(member.password_hash, password):
        raise Forbidden(f"This is not the password of {member.id}")


def _same(session: Session, member: Staff, role: str, accepted: Accepted) -> str | None:
    return session.scalars(
        select(PaperApproval.id).where(
            PaperApproval.staff == member.id,
            PaperApproval.role == role,
            PaperApproval.kind == accepted.kind,
            PaperApproval.digest == accepted.digest,
            PaperApproval.language == accepted.language,
            PaperApproval.sha256 == accepted.sha256,
            PaperApproval.account.is_(None) if accepted.account is None else PaperApproval.account == accepted.account,
        )
    ).first()
