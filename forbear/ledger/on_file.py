"""What an account has on file, kind by kind: stops, holds, opt-outs, promises, agreements, consents and payments.

Each list is whole and in the order in which things happened, ended ones too. Row-level security shows what this
lender placed or heard; people appear as the parties of the account.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from forbear.errors import NotFound
from forbear.ledger.tables.accounts import Account, Party, Payment, Promise, Stop
from forbear.ledger.tables.contacts import Suppression
from forbear.ledger.tables.people import Agreement, Consent, ContactPoint
from forbear.ledger.views import find_account, instant, promise_view, told_opt_out, told_payment, told_stop

View = dict[str, Any]
HOLD = "hold"


def stops(session: Session, account: str) -> list[View]:
    """What somebody said that forbids contact; the lender's own holds are another list."""
    persons = list(_parties(session, account))
    bound = or_(Stop.account == account, Stop.account.is_(None) & Stop.person.in_(persons))
    rows = session.scalars(select(Stop).where(bound, Stop.kind != HOLD).order_by(Stop.at, Stop.id))
    return [told_stop(row) for row in rows]


def holds(session: Session, account: str) -> list[View]:
    """The lender's own pauses of this account."""
    find_account(session, account)
    rows = session.scalars(select(Stop).where(Stop.account == account, Stop.kind == HOLD).order_by(Stop.at, Stop.id))
    return [hold_view(row) for row in rows]


def opt_outs(session: Session, account: str) -> list[View]:
    """What the account's parties opted out of, as far as it was said to this lender."""
    persons = list(_parties(session, account))
    said = select(Suppression).where(Suppression.person.in_(persons))
    return [told_opt_out(row) for row in session.scalars(said.order_by(Suppression.at, Suppression.id))]


def promises(session: Session, account: str) -> list[View]:
    find_account(session, account)
    rows = session.scalars(select(Promise).where(Promise.account == account).order_by(Promise.made_at, Promise.id))
    return [promise_view(row) for row in rows]


def agreements(session: Session, account: str) -> list[View]:
    roles = _parties(session, account)
    rows = session.scalars(
        select(Agreement).where(Agreement.person.in_(list(roles))).order_by(Agreement.at, Agreement.id)
    )
    return [_agreement(row, roles) for row in rows]


def consents(session: Session, account: str) -> list[View]:
    roles = _parties(session, account)
    rows = session.scalars(select(Consent).where(Consent.person.in_(list(roles))).order_by(Consent.at, Consent.id))
    return [_consent(row, roles) for row in rows]


def payments(session: Session, account: str) -> list[View]:
    find_account(session, account)
    rows = session.scalars(select(Payment).where(Payment.account == account).order_by(Payment.recorded_at, Payment.id))
    return [told_payment(row) for row in rows]


def find_hold(session: Session, account: str, hold: str) -> Stop:
    """The lender's own pause of this account."""
    found = session.get(Stop, hold, populate_existing=True)
    if found is None or found.account != account or found.kind != HOLD:
        raise NotFound(f"No hold {hold} of this account")
    return found


def hold_view(hold: Stop) -> View:
    return {
        "id": hold.id,
        "reason": hold.reason,
        "at": instant(hold.at),
        "until": None if hold.until is None else instant(hold.until),
        "released_at": None if hold.lifted_at is None else instant(hold.lifted_at),
    }


def find_promise(session: Session, account: str, promise: str) -> View:
    found = session.get(Promise, promise, populate_existing=True)
    if found is None or found.account != account:
        raise NotFound(f"No promise {promise} of this account")
    return promise_view(found)


def find_agreement(session: Session, account: str, agreement: str) -> View:
    found, roles = session.get(Agreement, agreement, populate_existing=True), _parties(session, account)
    if found is None or found.person not in roles:
        raise NotFound(f"No agreement {agreement} of this account's parties")
    return _agreement(found, roles)


def find_consent(session: Session, account: str, consent: str) -> View:
    found, roles = session.get(Consent, consent, populate_existing=True), _parties(session, account)
    if found is None or found.person not in roles:
        raise NotFound(f"No consent {consent} of this account's parties")
    return _consent(found, roles)


def find_point(session: Session, person: str, *, point: str | None, key: bytes | None) -> str | None:
    """The id of a party's contact point, by its id or its address; None where there is none."""
    same = ContactPoint.id == point if point is not None else ContactPoint.address_key == key
    return session.scalars(select(ContactPoint.id).where(ContactPoint.person == person, same)).one_or_none()


def _parties(session: Session, account: str) -> dict[str, list[str]]:
    """The roles of each person on the account."""
    found: Account = find_account(session, account)
    rows: Sequence[Any] = session.execute(
        select(Party.person, Party.role).where(Party.account == found.id).order_by(Party.role, Party.id)
    ).all()
    roles: dict[str, list[str]] = {}
    for person, role in rows:
        roles.setdefault(person, []).append(role)
    return roles


def _agreement(row: Agreement, roles: dict[str, list[str]]) -> View:
    return {
        "id": row.id,
        "kind": row.kind,
        "roles": roles[row.person],
        "at": instant(row.at),
        "open": row.terms.get("open"),
        "close": row.terms.get("close"),
        "start": _utc(row.terms.get("start")),
        "end": _utc(row.terms.get("end")),
        "ended_at": None if row.ended_at is None else instant(row.ended_at),
    }


def _consent(row: Consent, roles: dict[str, list[str]]) -> View:
    return {
        "id": row.id,
        "channel": row.channel,
        "contact_point": row.contact_point,
        "roles": roles[row.person],
        "given_to": row.given_to,
        "how": row.how,
        "at": instant(row.at),
        "revoked_at": None if row.revoked_at is None else instant(row.revoked_at),
    }


def _utc(text: str | None) -> str | None:
    return None if text is None else text.replace("+00:00", "Z")
