"""Tells everybody who waited for a call: while it was under way it counted as a conversation with the person.

The limits are common to all accounts of a person and of those who share an address, at whichever lender: when a call
turns out to have been less than that, each of them may have been waiting for a place that is free now.
"""

from datetime import datetime

from sqlalchemy.orm import Session

from forbear.contracts.words import Fact
from forbear.ledger import outbox, routes
from forbear.ledger.tables.contacts import Touch


def tell(session: Session, touch: Touch, fact: Fact, at: datetime) -> None:
    """Wake every open account whose limits the touch counted against."""
    persons = routes.persons_sharing(session, [touch.person])
    outbox.tell_accounts_of(session, persons=persons, fact=fact, at=at)


def is_by_result(touch: Touch) -> bool:
    """Whether a call was answered and yet no conversation. Of one that nobody took all hear as its state says so."""
    return touch.channel == "call" and touch.state == "delivered" and touch.result != "connected"
