"""The accounts of those who work for a tenant: added, given roles and passwords, disabled and listed.

Adding, roles and disabling are an operator's, done as the migrator; a signed-in person changes their own password and
language only. Whatever takes a right away ends the sessions that had it.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, get_args

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from forbear.clock import Clock
from forbear.contracts.words import StaffRole
from forbear.errors import BadInput, Conflict, NotFound
from forbear.ledger import audit, given_back, passwords
from forbear.ledger.ids import new_id
from forbear.ledger.tables.people import Tenant
from forbear.ledger.tables.staff import Staff, StaffSession
from forbear.ledger.vault import Vault

ROLES: Final[tuple[StaffRole, ...]] = get_args(StaffRole)
LANGUAGES: Final = ("en", "zh-Hans")
"""In which the pages of staff are written."""
LONGEST_NAME: Final = 100
_EMAIL: Final = re.compile(r"[^@\s]{1,64}@[^@\s.]+(?:\.[^@\s.]+)+")


@dataclass(frozen=True, slots=True)
class Member:
    """One person who works for a tenant, as an operator or a supervisor sees them."""

    id: str
    tenant: str
    name: str = field(repr=False)
    email: str = field(repr=False)
    roles: frozenset[str]
    language: str
    has_password: bool
    disabled: bool


def email_digest(vault: Vault, email: str) -> bytes:
    """The digest under which an address is looked up; one address is one account in the whole installation."""
    return vault.match_digest("", "staff_email", unicodedata.normalize("NFKC", email).strip().casefold())


def add(
    session: Session,
    vault: Vault,
    *,
    tenant: str,
    email: str,
    name: str,
    roles: Iterable[str],
    language: str,
    now: datetime,
) -> str:
    """Add somebody, who cannot sign in before a password is set; returns their id.

    Raises:
        BadInput: of the address, the name, the roles or the language.
        NotFound: there is no such tenant.
        Conflict: the address has an account already.
    """
    address, given = email.strip(), name.strip()
    if not _EMAIL.fullmatch(address):
        raise BadInput("email", "is no e-mail address", "Write it as name@example.org.")
    if not given or len(given) > LONGEST_NAME:
        raise BadInput("name", f"is empty or longer than {LONGEST_NAME} characters", "Give the name colleagues use.")
    if language not in LANGUAGES:
        raise BadInput("language", "has no pages for staff", f"Choose one of {', '.join(LANGUAGES)}.")
    chosen = checked_roles(roles)
    if session.get(Tenant, tenant) is None:
        raise NotFound(f"No tenant {tenant}: add it first with 'forbear tenant add'")
    digest = email_digest(vault, address)
    if session.scalar(select(Staff.id).where(Staff.email_digest == digest)) is not None:
        raise Conflict("This e-mail address has an account already: see 'forbear staff list', or use another address")
    staff = new_id("stf")
    session.add(
        Staff(
            id=staff,
            tenant=tenant,
            email_digest=digest,
            email=vault.seal_staff(tenant, staff, address),
            name=vault.seal_staff(tenant, staff, given),
            roles=chosen,
            language=language,
            created_at=now,
        )
    )
    _note(session, tenant, staff, "staff_added", now, roles=chosen)
    return staff


def checked_roles(roles: Iterable[str]) -> list[str]:
    """Roles in order, each once.

    Raises:
        BadInput: there is none, or one that we do not know.
    """
    chosen = set(roles)
    if not chosen or not chosen <= set(ROLES):
        raise BadInput("roles", "are none, or not all known", f"Choose of {', '.join(ROLES)}.")
    return sorted(chosen)


def set_password(session: Session, vault: Vault, staff: str, password: str, clock: Clock) -> None:
    """Give somebody a password; it ends every session, and a lock-out."""
    row = locked(session, staff)
    email = vault.open_staff(row.tenant, row.id, row.email)
    row.password_hash = passwords.hashed(password, email=email)
    row.failures, row.locked_until = 0, None
    end_sessions(session, staff, clock)
    _note(session, row.tenant, staff, "staff_password_set", clock.now())


def set_roles(session: Session, staff: str, roles: Iterable[str], clock: Clock) -> None:
    """Give somebody these roles and no others, from the next click; what they may do no more is given back."""
    row = locked(session, staff)
    row.roles = checked_roles(roles)
    given_back.of_holder(session, staff, clock.now(), roles=row.roles)
    _note(session, row.tenant, staff, "staff_roles_set", clock.now(), roles=row.roles)


def set_language(session: Session, staff: str, language: str) -> None:
    """Choose the language of somebody's pages; one we have no pages in changes nothing."""
    if language in LANGUAGES:
        session.execute(update(Staff).where(Staff.id == staff).values(language=language))


def disable(session: Session, staff: str, clock: Clock) -> None:
    """Shut somebody out at once; what they did stays under their id, and what they had taken goes back on the list.

    Twice changes nothing.
    """
    row = locked(session, staff)
    if row.disabled_at is None:
        row.disabled_at = clock.now()
        end_sessions(session, staff, clock)
        given_back.of_holder(session, staff, clock.now())
        _note(session, row.tenant, staff, "staff_disabled", clock.now())


def enable(session: Session, staff: str, clock: Clock) -> None:
    """Let somebody in again who was shut out; a new password must be set first."""
    row = locked(session, staff)
    if row.disabled_at is not None:
        row.disabled_at, row.password_hash = None, None
        _note(session, row.tenant, staff, "staff_enabled", clock.now())


def end_sessions(session: Session, staff: str, clock: Clock) -> None:
    """Sign somebody out everywhere."""
    living = (StaffSession.staff == staff, StaffSession.ended_at.is_(None))
    session.execute(update(StaffSession).where(*living).values(ended_at=clock.machine_now()))


def members(session: Session, vault: Vault, *, tenant: str | None = None, role: str | None = None) -> Sequence[Member]:
    """Those whom the session sees, by the order in which they came; of one tenant or with one role where named."""
    chosen = select(Staff).order_by(Staff.tenant, Staff.created_at, Staff.id)
    if tenant is not None:
        chosen = chosen.where(Staff.tenant == tenant)
    if role is not None:
        chosen = chosen.where(Staff.roles.contains([role]))
    return [_member(vault, row) for row in session.scalars(chosen)]


def name_of(session: Session, vault: Vault, staff: str) -> str:
    """The name that colleagues read.

    Raises:
        NotFound: the session sees no such person.
    """
    row = session.get(Staff, staff)
    if row is None:
        raise NotFound("no such member of staff")
    return vault.open_staff(row.tenant, row.id, row.name)


def locked(session: Session, staff: str) -> Staff:
    """Somebody's row, kept from others until the transaction ends.

    Raises:
        NotFound: the session sees no such person.
    """
    row = session.get(Staff, staff, with_for_update=True, populate_existing=True)
    if row is None:
        raise NotFound(f"No member of staff {staff}: see 'forbear staff list'")
    return row


def _member(vault: Vault, row: Staff) -> Member:
    return Member(
        id=row.id,
        tenant=row.tenant,
        name=vault.open_staff(row.tenant, row.id, row.name),
        email=vault.open_staff(row.tenant, row.id, row.email),
        roles=frozenset(row.roles),
        language=row.language,
        has_password=row.password_hash is not None,
        disabled=row.disabled_at is not None,
    )


def _note(session: Session, tenant: str, staff: str, kind: str, at: datetime, **written: object) -> None:
    session.flush()
    audit.note(session, tenant=tenant, kind=kind, subject=staff, at=at, written={"staff": staff, **written})
