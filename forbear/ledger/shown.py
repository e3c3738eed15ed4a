"""What one lender is shown of a reason: its own facts in full, anybody else's only as 'a limit of this person'.

Limits count over all lenders of a tenant, so a reason may rest on what another lender did or heard. Where this
lender's own rows do not explain the rule, the rule and its instant are shown and nothing else.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from functools import cache, cached_property
from types import MappingProxyType
from typing import Final

from sqlalchemy import or_, select
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
    """Which reasons this lender's own rows explain, for one account; they are read when a reason first needs them."""

    def __init__(self, session: Session, account: Account) -> None:
        self._session, self._account = session, account

    def words(self, rule: str | None, reason: str | None, at: datetime) -> str:
        """The reason as this lender may read it; `at` is when it was written."""
        return (reason or "") if self._explains(rule or "", at) else LIMIT_OF_PERSON

    def _explains(self, rule: str, at: datetime) -> bool:
        if rule == TURN:
            return self._has_siblings
        kind = rule_kinds().get(rule, "")
        if kind in COUNTED:
            return any(at - LOOK_BACK <= touched <= at for touched in self._touched)
        if kind in SAID:
            return any(said <= at for said in self._said)
        return True

    @cached_property
    def _persons(self) -> Sequence[str]:
        return self._session.scalars(select(Party.person).where(Party.account == self._account.id)).all()

    @cached_property
    def _touched(self) -> list[datetime]:
        touched = select(Touch.claimed_at).where(Touch.person.in_(self._persons))
        reported = select(PastContact.at).where(PastContact.person.in_(self._persons))
        return [*self._session.scalars(touched), *self._session.scalars(reported)]

    @cached_property
    def _said(self) -> list[datetime]:
        stopped = select(Stop.at).where(or_(Stop.account == self._account.id, Stop.person.in_(self._persons)))
        suppressed = select(Suppression.at).where(Suppression.person.in_(self._persons))
        return [*self._session.scalars(stopped), *self._session.scalars(suppressed)]

    @cached_property
    def _has_siblings(self) -> bool:
        """Whether the lender has another debt of this borrower."""
        others = select(Account.id).where(Account.borrower == self._account.borrower, Account.id != self._account.id)
        return self._session.scalars(others.limit(1)).first() is not None
