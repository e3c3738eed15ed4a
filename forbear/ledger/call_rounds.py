"""Calls by the machine whose end nobody told, as upkeep sees them: their carrier is asked, so that they count rightly.

A call that stays `sent` has no result. The limits count it, but whether somebody was spoken with, or the number is none
any more, only its end says. How often one is asked about is remembered by the process; a new one asks once more.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final, NamedTuple

import structlog
from sqlalchemy import ColumnElement, select, tuple_
from sqlalchemy.orm import Session

from forbear.ledger import call_news, routes
from forbear.ledger.call_news import GIVEN_UP, OVER, News
from forbear.ledger.engine import Ledger
from forbear.ledger.receipts import lock_touch
from forbear.ledger.tables.contacts import Touch
from forbear.ports.calls import Standing
from forbear.ports.tracking import Posted

SURELY_OVER: Final = timedelta(minutes=15)
"""World time: a call rings for half a minute and may last for ten; the rest is the carrier's queue."""
SURELY_OVER_MACHINE: Final = timedelta(seconds=20)
"""In a rehearsal a quarter of an hour passes in an instant, and what was told of it is still under way to us."""
SHARE: Final = 3
"""The pause between two questions is this share of the call's age at the first."""
GIVEN_UP_AFTER: Final = timedelta(days=7)
"""World time after which nobody will tell any more. From then on it counts as one that nobody took."""
GIVEN_UP_AFTER_MACHINE: Final = timedelta(minutes=5)
LOOKED_AT, ASKED_ABOUT = 500, 100
"""Calls of one tenant in one round."""
Place = tuple[datetime, str]
log = structlog.get_logger(__name__)


class _Asked(NamedTuple):
    at: datetime
    next: datetime


class CallRoundsBook:
    """Implements `forbear.ports.tracking.CallRounds`; used by one thread at a time."""

    def __init__(self, ledger: Ledger, provider: str = "twilio") -> None:
        self._ledger = ledger
        self._provider = provider
        self._asked: dict[str, _Asked] = {}
        self._reached: dict[str, Place] = {}

    def unended(self) -> list[Posted]:
        with self._ledger.worker() as session:
            tenants = routes.tenants(session)
        now = self._ledger.clock.now()
        since = now - max(GIVEN_UP_AFTER, self._ledger.clock.world_span(GIVEN_UP_AFTER_MACHINE))
        self._asked = {touch: asked for touch, asked in self._asked.items() if asked.at > since}
        for tenant in tenants:
            self._give_up(tenant, now, since)
        return [one for tenant in tenants for one in self._of(tenant, now, since)]

    def learn(self, call: Posted, standing: Standing | None) -> bool:
        now = self._ledger.clock.now()
        with self._ledger.worker(call.tenant) as session:
            touch = lock_touch(session, call.touch)
            if touch is None:
                return False
            age = now - (touch.dispatched_at or touch.claimed_at)
            self._asked[call.touch] = _Asked(now, now + max(self._over(), age / SHARE))
            if standing is None:
                return False
            news = News(
                sid=standing.provider_id,
                status=standing.status,
                answered_by=standing.answered_by,
                provider_at=standing.at,
            )
            call_news.learn(session, touch, news, now, source="listing")
            return standing.status in OVER

    def _give_up(self, tenant: str, now: datetime, since: datetime) -> None:
        """Put down that nobody will tell any more how these ended."""
        with self._ledger.worker(tenant) as session:
            found = select(Touch.id).where(*self._unended(), Touch.claimed_at <= since)
            for touch_id in session.scalars(found.order_by(Touch.claimed_at, Touch.id).limit(ASKED_ABOUT)).all():
                touch = lock_touch(session, touch_id)
                if touch is not None and touch.state == "sent":
                    log.info("call.given_up", touch=touch.id)
                    news = News(sid=str(touch.provider_id), status=GIVEN_UP)
                    call_news.learn(session, touch, news, now, source="ledger")

    def _over(self) -> timedelta:
        return max(SURELY_OVER, self._ledger.clock.world_span(SURELY_OVER_MACHINE))

    def _of(self, tenant: str, now: datetime, since: datetime) -> list[Posted]:
        """The next stretch of them; after the last it begins again with the first."""
        with self._ledger.worker(tenant) as session:
            rows = self._stretch(session, self._reached.get(tenant, (since, "")), now - self._over())
            due = [touch for touch in rows if self._is_due(touch.id, now)][:ASKED_ABOUT]
            last = due[-1] if len(due) == ASKED_ABOUT else rows[-1] if len(rows) == LOOKED_AT else None
            if last is None:
                self._reached.pop(tenant, None)
            else:
                self._reached[tenant] = (last.claimed_at, last.id)
            return [Posted(tenant, touch.id, touch.provider, str(touch.provider_id)) for touch in due]

    def _stretch(self, session: Session, after: Place, before: datetime) -> list[Touch]:
        found = (
            select(Touch)
            .where(*self._unended(), Touch.claimed_at <= before, tuple_(Touch.claimed_at, Touch.id) > after)
            .order_by(Touch.claimed_at, Touch.id)
            .limit(LOOKED_AT)
        )
        return list(session.scalars(found))

    def _unended(self) -> Sequence[ColumnElement[bool]]:
        return (
            Touch.state == "sent",
            Touch.channel == "call",
            Touch.task.is_(None),
            Touch.provider == self._provider,
            Touch.provider_id.is_not(None),
        )

    def _is_due(self, touch: str, now: datetime) -> bool:
        asked = self._asked.get(touch)
        return asked is None or now >= asked.next
