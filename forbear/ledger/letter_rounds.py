"""Letters under way, as upkeep sees them: which to take back while there is time, and which to ask about.

A letter is asked about although events tell of it: an event may be lost, and plain mail that was delivered may come
back weeks later. How often is a share of its age.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import ColumnElement, Select, and_, exists, extract, func, or_, select, update
from sqlalchemy.orm import Session

from forbear.ledger import letters, routes
from forbear.ledger.engine import Ledger
from forbear.ledger.letter_wanted import certainly_unwanted, perhaps_unwanted, why_unwanted
from forbear.ledger.letters import PRINT_ROOM
from forbear.ledger.tables.contacts import Receipt, Touch
from forbear.ledger.tables.letters import Letter
from forbear.ports.post import Tracked
from forbear.ports.tracking import Posted
from forbear.rules.packs import Packs

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
"""World time within which a provider may not have printed it; an own print room has it until it says `printed`."""
ASKED_ABOUT: Final = 100
"""Letters of one tenant in one round."""
PRINTED: Final = (
    *("printed", "handed_over", "in_transit", "delivered", "read", "signed"),
    *("returned", "lost_in_post", "cancelled"),
)


class LetterRoundsBook:
    """Implements `forbear.ports.tracking.LetterRounds` for the routes that can be asked."""

    def __init__(self, ledger: Ledger, routes_here: frozenset[str], packs: Packs) -> None:
        self._ledger = ledger
        self._routes = routes_here
        self._packs = packs

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

    def _under_way(self) -> tuple[ColumnElement[bool], ...]:
        return (
            Letter.ended_at.is_(None),
            Letter.provider.in_(self._routes),
            Touch.state.in_(("sent", "delivered")),
            Touch.provider_id.is_not(None),
        )

    def _recallable_of(self, tenant: str, now: datetime) -> list[Posted]:
        seen = exists().where(Receipt.touch == Touch.id, Receipt.status.in_(PRINTED))
        in_time = or_(Letter.provider == PRINT_ROOM, Letter.made_at > now - RECALLED_WITHIN)
        with self._ledger.worker(tenant) as session:
            waiting = (
                select(Touch)
                .join(Letter, Letter.touch == Touch.id)
                .where(*self._under_way(), in_time, Letter.recalled_at.is_(None), ~seen)
                .limit(ASKED_ABOUT)
            )
            certain = waiting.where(certainly_unwanted()).order_by(Letter.made_at, Letter.id)
            # In no order: those that a stop leaves alone must not stand before the others in every round.
            doubtful = waiting.where(~certainly_unwanted(), perhaps_unwanted()).order_by(func.random())
            # No locks here: what is said a moment later is seen in the next round, and before it is printed.
            asked = session.scalars(doubtful).all()
            reached = [each for each in asked if why_unwanted(session, each, self._packs, now)]
            return [*_posted(session, certain), *_told(reached)]

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
                .where(*self._under_way(), Letter.made_at > now - GIVEN_UP_AFTER, due)
                .order_by(Letter.asked_at.asc().nulls_first(), Letter.made_at, Letter.id)
                .limit(ASKED_ABOUT)
            )
            return _posted(session, found)


def _posted(session: Session, found: Select[Touch]) -> list[Posted]:
    return _told(session.scalars(found))


def _told(touches: Iterable[Touch]) -> list[Posted]:
    return [Posted(touch.tenant, touch.id, touch.provider, str(touch.provider_id)) for touch in touches]
