"""Signing in with a password, and the sessions that follow from it. Only digests of cookies are stored.

A try is counted before the password is compared, so that guesses that arrive together cannot outrun the lock-out; and
an address nobody has, a locked or a disabled account cost the same work and get the same answer as a wrong password.
"""

import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Final

import structlog
from sqlalchemy import select, text, update
from sqlalchemy.orm import Session

from forbear.ledger import passwords, staff_acts, staffing
from forbear.ledger.engine import Ledger
from forbear.ledger.ids import new_id
from forbear.ledger.tables.staff import Staff, StaffSession

TRIES: Final = 5
"""Wrong passwords before a lock-out."""
LOCK_OUTS: Final = (timedelta(minutes=15), timedelta(hours=1), timedelta(hours=24))
"""Machine time: after the first five wrong passwords, the next five, and every five from then on."""
IDLE: Final = timedelta(hours=2)
"""Machine time. An officer is on the road for an hour between two doors."""
LONGEST: Final = timedelta(hours=12)
"""Machine time: a working day."""
SEEN: Final = timedelta(minutes=1)
"""Machine time: how exactly it is known when a session was last used."""
OWNER: Final = text("select tenant, id from staff_owner(:sought)")
SESSION_OWNER: Final = text("select tenant, id from staff_session_owner(:sought)")
log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Present:
    """Somebody who is signed in."""

    id: str
    tenant: str
    session: str
    name: str = field(repr=False)
    roles: frozenset[str]
    language: str


@dataclass(frozen=True, slots=True)
class _Try:
    """A try that was counted: whose, and what their password is compared with."""

    tenant: str
    staff: str
    stored: str = field(repr=False)


def sign_in(ledger: Ledger, email: str, password: str) -> str | None:
    """Compare a password and let the browser in; returns its cookie, or None, which never says why."""
    tried = _count(ledger, email)
    right = passwords.holds(tried.stored if tried else None, password)
    if tried is None or not right:
        log.info("staff_sign_in_refused", staff=tried.staff if tried else None)
        return None
    return _open(ledger, tried, passwords.made_anew(tried.stored, password))


def present(ledger: Ledger, cookie: str | None) -> Present | None:
    """Who is signed in with this cookie, if anybody still is."""
    if not cookie:
        return None
    digest = _digest(cookie)
    with ledger.staff() as session:
        owner = session.execute(SESSION_OWNER, {"sought": digest}).one_or_none()
    if owner is None:
        return None
    now = ledger.clock.machine_now()
    with ledger.staff(owner.tenant) as session:
        chosen = select(StaffSession, Staff).join(Staff, Staff.id == StaffSession.staff)
        row = session.execute(chosen.where(StaffSession.id == owner.id)).one_or_none()
        if row is None or not _lives(row[0], now) or row[1].disabled_at is not None:
            return None
        opened, staff = row
        if now - opened.seen_at >= SEEN:
            session.execute(update(StaffSession).where(StaffSession.id == opened.id).values(seen_at=now))
        return Present(
            id=staff.id,
            tenant=staff.tenant,
            session=opened.id,
            name=ledger.vault.open_staff(staff.tenant, staff.id, staff.name),
            roles=frozenset(staff.roles),
            language=staff.language,
        )


def whose(ledger: Ledger, cookie: str | None) -> str | None:
    """Whose session it was or is, over or not; None where nobody knows any more. It lets nobody in."""
    digest = _digest(cookie or "")
    with ledger.staff() as session:
        owner = session.execute(SESSION_OWNER, {"sought": digest}).one_or_none()
    if owner is None:
        return None
    with ledger.staff(owner.tenant) as session:
        return session.scalar(select(StaffSession.staff).where(StaffSession.id == owner.id))


def sign_out(ledger: Ledger, who: Present) -> None:
    """End this session; others of the same person go on."""
    with ledger.staff(who.tenant) as session:
        ended = update(StaffSession).where(StaffSession.id == who.session, StaffSession.ended_at.is_(None))
        session.execute(ended.values(ended_at=ledger.clock.machine_now()))
        _note(session, ledger, who, "signed_out")


def sign_out_everywhere(ledger: Ledger, who: Present) -> None:
    """End every session of this person."""
    with ledger.staff(who.tenant) as session:
        staffing.end_sessions(session, who.id, ledger.clock)
        _note(session, ledger, who, "signed_out_everywhere")


def change_password(ledger: Ledger, who: Present, old: str, new: str) -> str | None:
    """Replace one's own password and sign in anew with it; None where the old one is wrong.

    The old one is a try like any other, so that a borrowed browser gives no free guesses.

    Raises:
        BadInput: the new one is no good.
    """
    passwords.checked(new)
    with ledger.staff(who.tenant) as session:
        tried = _reserve(session, ledger, who.id)
    right = passwords.holds(tried.stored if tried else None, old)
    if tried is None or not right:
        return None
    with ledger.staff(who.tenant) as session:
        staffing.set_password(session, ledger.vault, who.id, new, ledger.clock)
        return _new_session(session, ledger, who.tenant, who.id)


def is_they(ledger: Ledger, who: Present, password: str) -> bool:
    """Whether a password is that of whoever is signed in: asked for again before what cannot be undone.

    It is a try like any other; a right one ends the count.
    """
    with ledger.staff(who.tenant) as session:
        tried = _reserve(session, ledger, who.id)
    if not passwords.holds(tried.stored if tried else None, password) or tried is None:
        return False
    with ledger.staff(who.tenant) as session:
        row = staffing.locked(session, who.id)
        row.failures, row.locked_until = 0, None
    return True


def _count(ledger: Ledger, email: str) -> _Try | None:
    with ledger.staff() as session:
        owner = session.execute(OWNER, {"sought": staffing.email_digest(ledger.vault, email)}).one_or_none()
    if owner is None:
        return None
    with ledger.staff(owner.tenant) as session:
        return _reserve(session, ledger, owner.id)


def _reserve(session: Session, ledger: Ledger, staff: str) -> _Try | None:
    """Count a try; None where none may be made now."""
    row, now = staffing.locked(session, staff), ledger.clock.machine_now()
    shut = row.locked_until is not None and now < row.locked_until
    if shut or row.disabled_at is not None or row.password_hash is None:
        return None
    row.failures += 1
    if row.failures % TRIES == 0:
        row.locked_until = now + LOCK_OUTS[min(row.failures // TRIES, len(LOCK_OUTS)) - 1]
        at = ledger.clock.now()
        staff_acts.note(session, tenant=row.tenant, staff=row.id, kind="locked_out", subject=row.id, at=at)
    return _Try(row.tenant, row.id, row.password_hash)


def _open(ledger: Ledger, tried: _Try, anew: str | None) -> str | None:
    with ledger.staff(tried.tenant) as session:
        row = staffing.locked(session, tried.staff)
        if row.disabled_at is not None or row.password_hash != tried.stored:
            return None
        row.failures, row.locked_until = 0, None
        row.password_hash = anew or row.password_hash
        session.flush()
        return _new_session(session, ledger, row.tenant, row.id)


def _new_session(session: Session, ledger: Ledger, tenant: str, staff: str) -> str:
    cookie, now = secrets.token_urlsafe(32), ledger.clock.machine_now()
    opened = StaffSession(
        id=new_id("sgn"),
        tenant=tenant,
        staff=staff,
        digest=_digest(cookie),
        opened_at=now,
        seen_at=now,
        expires_at=now + LONGEST,
    )
    session.add(opened)
    session.flush()
    at = ledger.clock.now()
    staff_acts.note(session, tenant=tenant, staff=staff, kind="signed_in", subject=opened.id, at=at)
    return cookie


def _lives(opened: StaffSession, now: datetime) -> bool:
    return opened.ended_at is None and now < opened.expires_at and now - opened.seen_at < IDLE


def _note(session: Session, ledger: Ledger, who: Present, kind: str) -> None:
    at = ledger.clock.now()
    staff_acts.note(session, tenant=who.tenant, staff=who.id, kind=kind, subject=who.session, at=at)


def _digest(cookie: str) -> bytes:
    return sha256(cookie.encode()).digest()
