"""What one lender is shown of a reason: its own facts in full, anybody else's only as 'a limit of this person'.

Limits count over all lenders of a tenant, so a reason may rest on what another lender did or heard. Where this
lender's own rows do not explain the rule, the rule and its instant are shown and nothing else.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import cache
from types import MappingProxyType
from typing import Final

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from forbear.ledger.tables.accounts import Account, Party, Stop
from forbear.ledger.tables.contacts import PastContact, Suppression, Touch
from forbear.rules.packs import load

LIMIT_OF_PERSON: Final = "a limit of this person"
TURN: Final = "PERSON.TURN"
LOOK_BACK: Final = timedelta(days=31)
"""World time. No cap of the shipped packs looks further back."""
COUNTED: Final = frozenset({"frequency_cap", "cooldown", "busy_counts"})
SAID: Final = frozenset({"stop_state", "suppression"})


@cache
def rule_kinds() -> Mapping[str, str]:
    """The kind of each rule of the shipped packs."""
    return MappingProxyType(
        {terms.rule: terms.kind for pack in load().by_jurisdiction.values() for terms in pack.terms}
    )


class Explained:
    """Which reasons this lender's own rows explain, for one account. Reads what row-level security shows, once."""

    def __init__(self, session: Session, account: Account) -> None:
        persons = session.scalars(select(Party.person).where(Party.account == account.id)).all()
        self._touched = [
            *session.scalars(select(Touch.claimed_at).where(Touch.person.in_(persons))),
            *session.scalars(select(PastContact.at).where(PastContact.person.in_(persons))),
        ]
        stopped = select(Stop.at).where(or_(Stop.account == account.id, Stop.person.in_(persons)))
        suppressed = select(Suppression.at).where(Suppression.person.in_(persons))
        self._said = [*session.scalars(stopped), *session.scalars(suppressed)]
        others = select(func.count()).where(Account.borrower == account.borrower, Account.id != account.id)
        self._siblings = session.execute(others.select_from(Account)).scalar_one() > 0

    def words(self, rule: str | None, reason: str | None, at: datetime) -> str:
        """The reason as this lender may read it; `at` is when it was written."""
        return (reason or "") if self._explains(rule or "", at) else LIMIT_OF_PERSON

    def _explains(self, rule: str, at: datetime) -> bool:
        if rule == TURN:
            return self._siblings
        kind = rule_kinds().get(rule, "")
        if kind in COUNTED:
            return any(at - LOOK_BACK <= touched <= at for touched in self._touched)
        if kind in SAID:
            return any(said <= at for said in self._said)
        return True
