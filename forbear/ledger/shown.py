"""What one lender is shown of a reason: its own facts in full, anybody else's only as 'a limit of this person'.

Limits count over all lenders of a tenant, so a reason may rest on what another lender did or heard. `decide` notes
whether the lender's own facts alone give the same answer; where they do not, rule and instant are shown, and no words.
"""

from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from forbear.ledger.tables.accounts import Account
from forbear.ledger.tables.contacts import Decision

LIMIT_OF_PERSON: Final = "a limit of this person"


def words(rule: str | None, reason: str | None, *, own: bool | None) -> str:
    """The reason as the account's lender may read it; a decision from before `own` was noted is not explained."""
    return (reason or "") if own or not rule else LIMIT_OF_PERSON


def if_own(reason: str, alone: str | None) -> str:
    """The reason, if the lender's own facts `alone` give the same one; else no words of it."""
    return reason if reason == alone else LIMIT_OF_PERSON


def next_words(session: Session, account: Account) -> str:
    """The reason of the account's next instant, which the decision named by `next_permit` gave."""
    own = session.execute(select(Decision.own).where(Decision.id == account.next_permit)).scalar_one_or_none()
    return words(account.next_rule, account.next_reason, own=own)
