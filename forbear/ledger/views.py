"""What a lender sees of an account: where it stands, what is owed, what is next and why, and what forbids contact.

Row-level security decides which rows are read; nothing here is personal, not even to the lender that told us.
"""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from forbear.errors import NotFound
from forbear.ledger.happenings import events
from forbear.ledger.owed import owed_on
from forbear.ledger.shown import next_words
from forbear.ledger.tables.accounts import Account, Event, Party, Payment, Promise, Stop
from forbear.ledger.tables.contacts import Suppression, Touch
from forbear.ledger.tables.people import ContactPoint, Profile
from forbear.ledger.terms import terms_view
from forbear.ledger.wording import CHANNELS, TOUCH_STATES, worded
from forbear.money.currency import wire, write_amount

View = dict[str, Any]


def instant(at: datetime) -> str:
    """RFC 3339 in UTC."""
    return at.astimezone(UTC).isoformat(timespec="microseconds" if at.microsecond else "seconds").replace("+00:00", "Z")


def reachable(session: Session) -> None:
    """Ask the database for nothing; raises what the driver raises where it does not answer."""
    session.execute(select(1))


def find_account(session: Session, account: str) -> Account:
    """The account, if the session may see it.

    Raises:
        NotFound: the same answer for 'absent' and 'not yours'.
    """
    found = session.get(Account, account, populate_existing=True)
    if found is None:
        raise NotFound(f"No account {account}")
    return found


def account_view(session: Session, account: str, *, now: datetime) -> View:
    """One account as the lender's API shows it."""
    found = find_account(session, account)
    return {
        "id": found.id,
        "external_id": found.external_id,
        "state": found.state,
        "stage": found.stage,
        "product": found.product,
        "debt_kind": found.debt_kind,
        "playbook": {"name": found.playbook, "version": found.playbook_version},
        "due_since": found.due_since.isoformat(),
        "enrolled_at": instant(found.enrolled_at),
        "balance": _balance_view(session, found, now),
        "terms": terms_view(session, account),
        "circumstances": list(found.circumstances),
        "events": [event_view(event) for event in events(session, account)],
        "next": _next(session, found),
        "closed": None
        if found.closed_at is None
        else {"at": instant(found.closed_at), "reason": found.close_reason or ""},
        "holds": _holds(session, found, now),
        "parties": parties_view(session, account),
        "promises": [promise_view(promise) for promise in _promises(session, account)],
        "last_touch": _last_touch(session, account),
    }


def payment_view(session: Session, payment: str, *, now: datetime) -> View:
    """A payment as it was posted, with the balance as it is now."""
    found = find_payment(session, payment)
    return {**told_payment(found), "balance": _balance_view(session, find_account(session, found.account), now)}


def told_payment(payment: Payment) -> View:
    return {
        "id": payment.id,
        "account": payment.account,
        "external_id": payment.external_id,
        "amount": wire(payment.amount, payment.currency),
        "received_at": instant(payment.received_at),
        "recorded_at": instant(payment.recorded_at),
        "reverses": payment.reverses,
    }


def find_payment(session: Session, payment: str, account: str | None = None) -> Payment:
    """The payment, if the session may see it and it is the account's."""
    found = session.get(Payment, payment)
    if found is None or account not in {None, found.account}:
        raise NotFound(f"No payment {payment}")
    return found


def promise_view(promise: Promise) -> View:
    return {
        "id": promise.id,
        "amount": wire(promise.amount, promise.currency),
        "due_on": promise.due_on.isoformat(),
        "state": promise.state,
        "made_at": instant(promise.made_at),
    }


def event_view(event: Event) -> View:
    """Something that happened, as its lender told it."""
    return {"id": event.id, "kind": event.kind, "at": instant(event.at)}


def stop_view(session: Session, stop: str) -> View:
    """A stop this lender placed or heard."""
    found = session.get(Stop, stop, populate_existing=True)
    if found is None:
        raise NotFound(f"No stop {stop}")
    return told_stop(found)


def parties_view(session: Session, account: str) -> View:
    """Who is on the account, by the party's id, with what a correction may be about and nothing personal."""
    rows = session.execute(
        select(Party, Profile)
        .outerjoin(Profile, (Profile.lender == Party.lender) & (Profile.person == Party.person))
        .where(Party.account == account)
        .order_by(Party.role, Party.id)
    ).all()
    points = session.scalars(
        select(ContactPoint)
        .where(ContactPoint.person.in_([party.person for party, _ in rows]))
        .order_by(ContactPoint.created_at, ContactPoint.id)
        .execution_options(populate_existing=True)
    ).all()
    return {
        party.id: {
            "role": party.role,
            "language": profile.language if profile else "",
            "jurisdictions": list(profile.jurisdictions) if profile else [],
            "circumstances": list(profile.circumstances) if profile else [],
            "contact_points": {point.id: point_view(point) for point in points if point.person == party.person},
        }
        for party, profile in rows
    }


def point_view(point: ContactPoint) -> View:
    """A contact point without its value."""
    return {
        "kind": point.kind,
        "place": point.place,
        "state": point.state,
        "zone": point.zone,
        "zone_evidence": point.zone_evidence,
    }


def _balance_view(session: Session, account: Account, now: datetime) -> View:
    owed = owed_on(session, account, now)
    return {
        "as_of": None if account.balance_as_of is None else instant(account.balance_as_of),
        "reckoned_to": None if owed.reckoned_to is None else owed.reckoned_to.isoformat(),
        "total": wire(owed.total, account.currency),
        "components": {component: write_amount(amount, account.currency) for component, amount in owed.parts.items()},
    }


def _next(session: Session, account: Account) -> View | None:
    if account.next_at is None:
        return None
    return {"at": instant(account.next_at), "reason": next_words(session, account), "rule": account.next_rule or None}


def _holds(session: Session, account: Account, now: datetime) -> list[View]:
    """Stops and opt-outs in force, as far as this lender placed or heard them."""
    persons = session.scalars(select(Party.person).where(Party.account == account.id)).all()
    stops = session.scalars(
        select(Stop)
        .where(
            or_(Stop.account == account.id, Stop.account.is_(None) & Stop.person.in_(persons)),
            Stop.lifted_at.is_(None),
            or_(Stop.until.is_(None), Stop.until > now),
        )
        .order_by(Stop.at, Stop.id)
    )
    opted_out = session.scalars(
        select(Suppression)
        .where(Suppression.person.in_(persons), Suppression.lifted_at.is_(None))
        .order_by(Suppression.at, Suppression.id)
    )
    return [*map(told_stop, stops), *map(told_opt_out, opted_out)]


def told_stop(stop: Stop) -> View:
    return {
        "id": stop.id,
        "kind": stop.kind,
        "scope": "account" if stop.account else "person",
        "channel": None,
        "at": instant(stop.at),
        "until": None if stop.until is None else instant(stop.until),
        "lifted_at": None if stop.lifted_at is None else instant(stop.lifted_at),
        "via": stop.via,
    }


def told_opt_out(said: Suppression) -> View:
    return {
        "id": said.id,
        "kind": "opt_out",
        "scope": said.scope,
        "channel": said.channel,
        "at": instant(said.at),
        "until": None,
        "lifted_at": None if said.lifted_at is None else instant(said.lifted_at),
        "via": said.via,
    }


def _promises(session: Session, account: str) -> Sequence[Promise]:
    ordered = select(Promise).where(Promise.account == account).order_by(Promise.made_at, Promise.id)
    return session.scalars(ordered).all()


def _last_touch(session: Session, account: str) -> View | None:
    """The last touch of this account's own cadence."""
    last = session.scalars(
        select(Touch).where(Touch.account == account).order_by(Touch.claimed_at.desc(), Touch.id.desc()).limit(1)
    ).one_or_none()
    if last is None:
        return None
    return {
        "id": last.id,
        "channel": last.channel,
        "step": last.step,
        "state": last.state,
        "at": instant(last.dispatched_at or last.claimed_at),
        "text": f"{worded(CHANNELS, last.channel)}: {worded(TOUCH_STATES, last.state)}",
    }


def civil(day: date) -> str:
    """A date in words, e.g. `Fri 6 Mar 2026`."""
    return f"{day:%a} {day.day} {day:%b %Y}"
