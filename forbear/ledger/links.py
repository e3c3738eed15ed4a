"""The payment link of a touch, the identity check behind it, and the browser that passed it.

Only digests of tokens and cookies are stored. Tries are counted per link and over all living links of a person, so
that a new text does not bring new guesses. `link.expires_at` is world time; lock-outs and browser sessions are
machine time, because whoever guesses does it at the machine's pace however fast the world turns.
"""

import hmac
import re
import secrets
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from hashlib import sha256

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from forbear.clock import Clock
from forbear.errors import Erased
from forbear.ledger import audit, routes
from forbear.ledger.engine import Ledger
from forbear.ledger.ids import new_id
from forbear.ledger.tables.contacts import Link, PageSession, Touch
from forbear.ledger.tables.people import ContactPoint, Lender, Profile
from forbear.ledger.vault import Vault
from forbear.tokens import link_digest

TRIES = 3
"""Guesses before a lock-out."""
LAST_TRY = 9
"""Wrong guesses over all of a person's living links after which only the telephone helps."""
LOCK_OUTS = (timedelta(hours=1), timedelta(hours=24))
"""Machine time: after the first three wrong guesses, and after the next three."""
SESSION = timedelta(minutes=15)
"""Machine time."""
_TOKEN = re.compile(r"[0-9A-Za-z]{16}")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a link leads: ids only."""

    tenant: str
    lender: str
    link: str


@dataclass(frozen=True, slots=True)
class Journey:
    """What a link's pages need to know about where its borrower stands. Nothing in it is personal."""

    place: Place
    account: str
    person: str
    touch: str
    contact_point: str
    address_key: bytes = field(repr=False)
    lender_name: str
    lender_phone: str
    country: str
    language: str
    zone: str | None
    open: bool
    """Whether the link still works: neither expired nor taken back."""
    revoked: bool
    checkable: bool
    """Whether we hold a birth date to compare with."""
    locked_until: datetime | None
    """Machine instant; None unless locked now."""
    tries_left: int


@dataclass(frozen=True, slots=True)
class Checked:
    """The answer to one guess."""

    right: bool
    tries_left: int
    locked_until: datetime | None


def find(ledger: Ledger, token: str) -> Place | None:
    """The place of a token; None where no link has it."""
    if not _TOKEN.fullmatch(token):
        return None
    with ledger.anyone() as session:
        owner = routes.link_owner(session, link_digest(token))
    return None if owner is None else Place(*owner)


def look(session: Session, place: Place, clock: Clock) -> Journey:
    """Read where a borrower stands. Changes nothing: scanners and previews open links too."""
    row = session.execute(
        select(Link, Touch, Lender, Profile.language, Profile.birth_date.is_not(None), ContactPoint.zone)
        .join(Touch, Touch.id == Link.touch)
        .join(Lender, Lender.id == Link.lender)
        .join(ContactPoint, ContactPoint.id == Touch.contact_point)
        .outerjoin(Profile, (Profile.lender == Link.lender) & (Profile.person == Link.person))
        .where(Link.id == place.link)
    ).one()
    link, touch, lender, language, checkable, zone = row
    return Journey(
        place=place,
        account=link.account,
        person=link.person,
        touch=touch.id,
        contact_point=touch.contact_point,
        address_key=touch.address_key,
        lender_name=lender.name,
        lender_phone=lender.phone,
        country=lender.country,
        language=language or touch.language,
        zone=zone,
        open=link.revoked_at is None and clock.now() < link.expires_at,
        revoked=link.revoked_at is not None,
        checkable=bool(checkable),
        locked_until=_locked(link, clock.machine_now()),
        tries_left=TRIES - link.failures % TRIES,
    )


def check_identity(session: Session, vault: Vault, place: Place, born: date, clock: Clock) -> Checked:
    """Compare a birth date with the one we hold, and count the guess.

    The link's row is locked first: guesses that arrive together are counted one after the other.
    """
    link = session.get_one(Link, place.link, with_for_update=True, populate_existing=True)
    locked = _locked(link, clock.machine_now())
    if locked:
        return Checked(right=False, tries_left=0, locked_until=locked)
    right = _is_theirs(session, vault, link, born)
    if right:
        link.failures, link.locked_until = 0, None
        link.verified_at = link.verified_at or clock.now()
    else:
        link.failures += 1
        session.flush()
        link.locked_until = _lock_out(session, link, clock)
    _note(session, link, "identity_confirmed" if right else "identity_refused", clock.now())
    return Checked(right, TRIES - link.failures % TRIES, link.locked_until)


def open_session(session: Session, place: Place, clock: Clock) -> str:
    """Let the browser that passed the check in; returns its cookie, of which the digest is kept."""
    cookie, now = secrets.token_urlsafe(32), clock.machine_now()
    session.add(
        PageSession(
            id=new_id("pgs"),
            tenant=place.tenant,
            lender=place.lender,
            link=place.link,
            digest=_digest(cookie),
            opened_at=now,
            expires_at=now + SESSION,
        )
    )
    return cookie


def is_let_in(session: Session, place: Place, cookie: str | None, clock: Clock) -> bool:
    """Whether this browser passed the check of this very link within the last fifteen minutes."""
    if not cookie:
        return False
    ends = session.scalar(
        select(PageSession.expires_at).where(PageSession.digest == _digest(cookie), PageSession.link == place.link)
    )
    return ends is not None and clock.machine_now() < ends


def revoke(session: Session, place: Place, clock: Clock) -> None:
    """Take the link back; a browser that was let in is out with it."""
    link = session.get_one(Link, place.link, with_for_update=True, populate_existing=True)
    if link.revoked_at is None:
        link.revoked_at = clock.now()
        _note(session, link, "link_revoked", clock.now())


def _locked(link: Link, machine_now: datetime) -> datetime | None:
    return link.locked_until if link.locked_until is not None and machine_now < link.locked_until else None


def _is_theirs(session: Session, vault: Vault, link: Link, born: date) -> bool:
    sealed = session.scalar(
        select(Profile.birth_date).where(Profile.lender == link.lender, Profile.person == link.person)
    )
    if sealed is None:
        return False
    try:
        held = vault.open(session, lender=link.lender, person=link.person, sealed=sealed)
    except Erased:
        return False
    return hmac.compare_digest(held.encode(), born.isoformat().encode())


def _lock_out(session: Session, link: Link, clock: Clock) -> datetime | None:
    """Until when this link is locked after one more wrong guess."""
    guesses = session.scalar(
        select(func.sum(Link.failures)).where(
            Link.lender == link.lender,
            Link.person == link.person,
            Link.revoked_at.is_(None),
            Link.expires_at > clock.now(),
        )
    )
    if int(guesses or 0) >= LAST_TRY or link.failures >= LAST_TRY:
        return clock.to_machine(link.expires_at)
    if link.failures % TRIES:
        return None
    return clock.machine_now() + LOCK_OUTS[link.failures // TRIES - 1]


def _note(session: Session, link: Link, kind: str, at: datetime) -> None:
    audit.note(
        session,
        tenant=link.tenant,
        lender=link.lender,
        account=link.account,
        person=link.person,
        kind=kind,
        subject=link.id,
        at=at,
        written={"touch": link.touch, "failures": link.failures},
    )


def _digest(cookie: str) -> bytes:
    return sha256(cookie.encode()).digest()
