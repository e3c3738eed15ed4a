"""Letters under way, as upkeep sees them: which to take back while there is time, and which to ask about.

A letter is asked about although events tell of it: an event may be lost, and plain mail that was delivered may come
back weeks later. How often is a share of its age.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import ColumnElement, Select, and_, any_, exists, extract, or_, select, update
from sqlalchemy.orm import Session

from forbear.ledger import letters, routes
from forbear.ledger.engine import Ledger
from forbear.ledger.tables.accounts import Payment, Stop
from forbear.ledger.tables.contacts import Receipt, Suppression, Touch
from forbear.ledger.tables.letters import Letter
from forbear.ports.post import Tracked
from forbear.ports.tracking import Posted

FIRST_AFTER: Final = timedelta(hours=6)
"""World time until a letter is asked about at all: it is printed on the next working day."""
AT_LEAST: Final = timedelta(hours=6)
"""World time between two questions about one letter; else a share of its age."""
AT_LEAST_MACHINE: Final = timedelta(seconds=20)
"""In a rehearsal hours pass in an instant."""
SHARE: Final = 6
GIVEN_UP_AFTER: Final = timedelta(days=60)
"""World time after which mail comes back no more."""
RECALLED_WITHIN: Final = timedelta(days=3)
"""World time within which an own print room may still have it on the table; a provider has it for minutes."""
ASKED_ABOUT: Final = 100
"""Letters of one tenant in one round."""
PRINTED: Final = (
    *("printed", "handed_over", "in_transit", "delivered", "read", "signed"),
    *("returned", "lost_in_post", "cancelled"),
)


class LetterRoundsBook:
    """Implements `forbear.ports.tracking.LetterRounds` for the routes that can be asked."""

    def __init__(self, ledger: Ledger, routes_here: frozenset[str]) -> None:
        self._ledger = ledger
        self._routes = routes_here

    def recallable(self) -> list[Posted]:
        now = self._ledger.clock.now()
        return [one for tenant in self._tenants() for one in self._recallable_of(tenant, now)]

    def recalled(self, letter: Posted, taken_back: bool) -> bool:
        now = self._ledger.clock.now()
        with self._ledger.worker(letter.tenant) as session:
            if taken_back:
                gone = Tracked("cancelled", now, f"{letter.provider_id}:deleted", code="paid or stopped before print")
                letters.learn(session, letter.touch, [gone], source="sender", at=now)
            session.execute(update(Letter).where(Letter.touch == letter.touch).values(recalled_at=now))
        return taken_back

    def untold(self) -> list[Posted]:
        now = self._ledger.clock.now()
        return [one for tenant in self._tenants() for one in self._untold_of(tenant, now)]

    def learn(self, letter: Posted, news: Sequence[Tracked]) -> bool:
        now = self._ledger.clock.now()
        with self._ledger.worker(letter.tenant) as session:
            # The touch is locked first, as everywhere: an event may be telling of the same letter.
            fresh = letters.learn(session, letter.touch, news, source="listing", at=now, provider_id=letter.provider_id)
            session.execute(update(Letter).where(Letter.touch == letter.touch).values(asked_at=now))
            return fresh

    def _tenants(self) -> list[str]:
        with self._ledger.worker() as session:
            return routes.tenants(session)

    def _under_way(self, since: datetime) -> tuple[ColumnElement[bool], ...]:
        return (
            Letter.ended_at.is_(None),
            Letter.made_at > since,
            Letter.provider.in_(self._routes),
            Touch.state.in_(("sent", "delivered")),
            Touch.provider_id.is_not(None),
        )

    def _recallable_of(self, tenant: str, now: datetime) -> list[Posted]:
        seen = exists().where(Receipt.touch == Touch.id, Receipt.status.in_(PRINTED))
        with self._ledger.worker(tenant) as session:
            found = (
                select(Touch)
                .join(Letter, Letter.touch == Touch.id)
                .where(*self._under_way(now - RECALLED_WITHIN), Letter.recalled_at.is_(None), ~seen, _unwanted())
                .order_by(Letter.made_at, Letter.id)
                .limit(ASKED_ABOUT)
            )
            return _posted(session, found)

    def _untold_of(self, tenant: str, now: datetime) -> list[Posted]:
        """Due by the age at the last question: the older the letter, the rarer the questions."""
        pause = max(AT_LEAST, self._ledger.clock.world_span(AT_LEAST_MACHINE))
        first = max(FIRST_AFTER, self._ledger.clock.world_span(AT_LEAST_MACHINE))
        due = or_(
            and_(Letter.asked_at.is_(None), Letter.made_at <= now - first),
            and_(
                Letter.asked_at <= now - pause,
                extract("epoch", now - Letter.asked_at) * SHARE >= extract("epoch", Letter.asked_at - Letter.made_at),
            ),
        )
        with self._ledger.worker(tenant) as session:
            found = (
                select(Touch)
                .join(Letter, Letter.touch == Touch.id)
                .where(*self._under_way(now - GIVEN_UP_AFTER), due)
                .order_by(Letter.asked_at.asc().nulls_first(), Letter.made_at, Letter.id)
                .limit(ASKED_ABOUT)
            )
            return _posted(session, found)


def _unwanted() -> ColumnElement[bool]:
    """Money came, or somebody said stop, since it was made: what it says is not true any more, or not allowed."""
    paid = exists().where(Payment.account == any_(Touch.accounts), Payment.recorded_at >= Letter.made_at)
    stopped = exists().where(
        Stop.person == Touch.person,
        Stop.at >= Letter.made_at,
        Stop.lifted_at.is_(None),
        or_(Stop.account.is_(None), Stop.account == Touch.account),
    )
    opted_out = exists().where(
        Suppression.at >= Letter.made_at,
        Suppression.lifted_at.is_(None),
        or_(
            and_(Suppression.scope == "number", Suppression.address_key == Touch.address_key),
            and_(
                Suppression.person == Touch.person,
                or_(
                    Suppression.scope.in_(("everything", "all_automated")),
                    and_(Suppression.scope == "channel", Suppression.channel == "letter"),
                ),
            ),
        ),
    )
    return or_(paid, stopped, opted_out)


def _posted(session: Session, found: Select[Touch]) -> list[Posted]:
    touches = session.scalars(found)
    return [Posted(touch.tenant, touch.id, touch.provider, str(touch.provider_id)) for touch in touches]
