"""What a person agreed to with a lender after enrolment: consents to a channel, hours, a span for calls; and their end.

Each takes the account's locks first, so that a claim sees it or was there before it. A consent that was revoked and
an agreement that ended stay on file with both instants; given again, it is a new one.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from forbear.contracts.words import Channel, Fact
from forbear.errors import NotFound
from forbear.ledger import audit
from forbear.ledger.changing import tell_own_accounts
from forbear.ledger.ids import new_id
from forbear.ledger.locking import lock_account
from forbear.ledger.tables.accounts import Account, Party
from forbear.ledger.tables.people import Agreement, Consent


def give_consent(
    session: Session,
    account: Account,
    *,
    person: str,
    channel: Channel,
    contact_point: str | None,
    given_to: str,
    how: str,
    at: datetime,
    now: datetime,
) -> str:
    """Put down a consent; without a contact point it is for every point of the channel. Returns its id."""
    lock_account(session, account.tenant, account.id)
    consent = Consent(
        id=new_id("con"), tenant=account.tenant, lender=account.lender, person=person, contact_point=contact_point,
        channel=channel, given_to=given_to, how=how, at=at,
    )  # fmt: skip
    session.add(consent)
    session.flush()
    _put_down(session, account, consent, "consent_given", now)
    return consent.id


def revoke_consent(session: Session, account: Account, consent: str, *, at: datetime, now: datetime) -> None:
    """End a consent as of an instant; revoking it twice changes nothing."""
    lock_account(session, account.tenant, account.id)
    given = session.get(Consent, consent, populate_existing=True)
    if given is None or given.person not in _persons(session, account):
        raise NotFound(f"No consent {consent} of this account's parties")
    if given.revoked_at is None:
        given.revoked_at = at
        session.flush()
        _put_down(session, account, given, "consent_revoked", now)


def agree(
    session: Session, account: Account, *, person: str, kind: str, terms: dict[str, Any], at: datetime, now: datetime
) -> str:
    """Put down hours or a span of time for calls; returns the agreement's id."""
    lock_account(session, account.tenant, account.id)
    agreed = Agreement(
        id=new_id("agr"), tenant=account.tenant, lender=account.lender, person=person, kind=kind, terms=terms, at=at
    )
    session.add(agreed)
    session.flush()
    _put_down(session, account, agreed, "agreement_made", now)
    return agreed.id


def end_agreement(session: Session, account: Account, agreement: str, *, at: datetime, now: datetime) -> None:
    """End an agreement; ending it twice changes nothing."""
    lock_account(session, account.tenant, account.id)
    agreed = session.get(Agreement, agreement, populate_existing=True)
    if agreed is None or agreed.person not in _persons(session, account):
        raise NotFound(f"No agreement {agreement} of this account's parties")
    if agreed.ended_at is None:
        agreed.ended_at = at
        session.flush()
        _put_down(session, account, agreed, "agreement_ended", now)


def _persons(session: Session, account: Account) -> list[str]:
    return list(session.scalars(select(Party.person).where(Party.account == account.id)))


def _put_down(session: Session, account: Account, row: Consent | Agreement, fact: Fact, now: datetime) -> None:
    """The audit row, without the words of the lender, and the news for the lender's accounts of this person."""
    if isinstance(row, Consent):
        written = {"channel": row.channel, "contact_point": row.contact_point, "revoked_at": row.revoked_at}
    else:
        written = {"kind": row.kind, "terms": row.terms, "ended_at": row.ended_at}
    audit.note(
        session, tenant=row.tenant, lender=row.lender, account=account.id, person=row.person, kind=fact,
        subject=row.id, at=now, written={**written, "at": row.at},
    )  # fmt: skip
    tell_own_accounts(session, account, {row.person}, now, fact=fact)
