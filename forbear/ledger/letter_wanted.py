"""Whether a letter that was made may still be printed: what was paid, said or closed since, not its hours.

A stop or an opt-out counts from the moment it is known, whenever it was said: `at` may lie before the letter.
"""

from datetime import datetime

from sqlalchemy import ColumnElement, any_, exists, or_, select
from sqlalchemy.orm import Session

from forbear.cadence.recheck import ClaimedTouch, forbidden
from forbear.ledger.lives import load_life
from forbear.ledger.tables.accounts import Account, Payment, Stop
from forbear.ledger.tables.contacts import Suppression, Touch
from forbear.ledger.tables.letters import Letter
from forbear.rules.packs import Packs


def certainly_unwanted() -> ColumnElement[bool]:
    """Money came since it was made, or its account was closed: what it says is not true any more."""
    paid = exists().where(Payment.account == any_(Touch.accounts), Payment.recorded_at >= Letter.made_at)
    closed = exists().where(Account.id == Touch.account, Account.state != "open")
    return or_(paid, closed)


def perhaps_unwanted() -> ColumnElement[bool]:
    """Somebody said something of which only the rules know whether it reaches the letter."""
    stopped = exists().where(
        or_(Stop.person == Touch.person, Stop.account == any_(Touch.accounts)), Stop.lifted_at.is_(None)
    )
    opted_out = exists().where(
        Suppression.lifted_at.is_(None),
        or_(Suppression.person == Touch.person, Suppression.address_key == Touch.address_key),
    )
    return or_(stopped, opted_out)


def why_unwanted(session: Session, touch: Touch, packs: Packs, now: datetime) -> str | None:
    """What speaks against printing a letter, in words without anything personal; None while it is wanted.

    Args:
        session: a transaction that sees all lenders of the tenant. With the locks of the account's persons and of the
            touch, what it tells stays true until the end of the transaction.
        touch: the letter's.
        packs: the rules.
        now: world instant.
    """
    found = select(certainly_unwanted()).select_from(Touch).join(Letter, Letter.touch == Touch.id)
    if session.scalar(found.where(Touch.id == touch.id)):
        return "money came since it was made, or its account was closed"
    life = load_life(session, touch.account, now=now, without=touch.id, packs=packs)
    if life is None or life.balance <= 0:
        return "nothing is owed any more"
    return forbidden(life, ClaimedTouch(touch.person, touch.contact_point, "letter"), packs, now)
