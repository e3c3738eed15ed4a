"""Looks after what waits in silence: claims beyond their lease, lost answers, idle accounts, unsealed audit rows.

Each round says what it looked at, also when it found nothing: in an incident that is the proof that it ran.
"""

from datetime import datetime, timedelta

import structlog
from sqlalchemy import exists, func, or_, select
from sqlalchemy.orm import Session

from forbear.contracts.decision import UpkeepReport
from forbear.contracts.words import IN_FLIGHT
from forbear.errors import Erased
from forbear.ledger import audit, outbox, routes
from forbear.ledger.engine import Ledger
from forbear.ledger.receipts import add_receipt, lock_touch
from forbear.ledger.tables.accounts import Account
from forbear.ledger.tables.contacts import Link, Touch
from forbear.ledger.tables.people import ContactPoint
from forbear.ledger.tables.record import Outbox
from forbear.ports.book import Settled, Unsettled
from forbear.ports.sms import Found
from forbear.settings import Settings

GRACE = timedelta(seconds=15)
"""Machine time that an account may be late before it is woken, and between two wakings."""
LISTING_LAG = timedelta(minutes=15)
"""World time that a provider's list may lag behind what it took."""
SURELY_DONE = timedelta(seconds=60)
"""Machine time after which no request of ours can still be under way at the provider."""
AT_ONCE = 500
"""Rows of one tenant in one round; the next round takes the rest."""
log = structlog.get_logger(__name__)


class UpkeepingBook:
    """Implements `forbear.ports.book.UpkeepBook`."""

    def __init__(self, ledger: Ledger, settings: Settings) -> None:
        self._ledger = ledger
        self._settings = settings

    def expire_claims(self) -> int:
        return sum(self._expire(tenant, touch) for tenant in self._tenants() for touch in self._overdue(tenant))

    def unsettled(self) -> list[Unsettled]:
        found = [touch for tenant in self._tenants() for touch in self._unsettled_of(tenant)]
        return sorted(found, key=lambda touch: (touch.since, touch.touch))

    def settle(self, touch: Unsettled, found: Found | None) -> Settled:
        with self._ledger.worker(touch.tenant) as session:
            now = self._ledger.clock.now()
            if found is not None:
                return self._found(session, touch, found, now)
            stands = lock_touch(session, touch.touch)
            if stands is not None and stands.state != "unknown":
                return "absent" if stands.state == "failed" else "found"
            if not touch.patience_over:
                return "waiting"
            add_receipt(session, touch_id=touch.touch, source="listing", status="absent", at=now)
            return "absent"

    def wake_idle(self) -> tuple[int, int]:
        seen = woken = 0
        for tenant in self._tenants():
            with self._ledger.worker(tenant) as session:
                seen += self._open_accounts(session)
                woken += self._wake(session, tenant)
        return seen, woken

    def seal(self) -> int:
        return audit.seal(self._ledger, self._settings.data)

    def report(self, report: UpkeepReport) -> None:
        log.info("upkeep", **report.model_dump())

    def _tenants(self) -> list[str]:
        with self._ledger.worker() as session:
            return routes.tenants(session)

    def _overdue(self, tenant: str) -> list[str]:
        with self._ledger.worker(tenant) as session:
            overdue = select(Touch.id).where(
                Touch.state.in_(IN_FLIGHT), Touch.lease_until < self._ledger.clock.machine_now()
            )
            return list(session.scalars(overdue.order_by(Touch.lease_until, Touch.id).limit(AT_ONCE)))

    def _expire(self, tenant: str, touch_id: str) -> int:
        """Give one claim back, or admit that nobody knows. The sender's own transaction decides if it is faster."""
        with self._ledger.worker(tenant) as session:
            touch = lock_touch(session, touch_id)
            if touch is None or touch.state not in IN_FLIGHT:
                return 0
            status = "expired" if touch.state == "claimed" else "lost"
            log.warning("touch.lease_over", touch=touch_id, state=touch.state)
            add_receipt(session, touch_id=touch_id, source="ledger", status=status, at=self._ledger.clock.now())
            return 1

    def _unsettled_of(self, tenant: str) -> list[Unsettled]:
        with self._ledger.worker(tenant) as session:
            rows = session.execute(
                select(Touch, ContactPoint.value, Link.token_sha256)
                .join(ContactPoint, ContactPoint.id == Touch.contact_point)
                .join(Link, Link.touch == Touch.id)
                .where(Touch.state == "unknown")
                .order_by(Touch.claimed_at, Touch.id)
                .limit(AT_ONCE)
            ).all()
            return [one for touch, value, marker in rows if (one := self._sought(session, touch, value, marker))]

    def _sought(self, session: Session, touch: Touch, value: bytes, marker: str) -> Unsettled | None:
        try:
            to = self._ledger.vault.open(session, lender=touch.lender, person=touch.person, sealed=value)
        except Erased:
            return None  # cannot be looked for any more; it stays counted
        since = touch.dispatched_at or touch.claimed_at
        return Unsettled(
            tenant=touch.tenant,
            account=touch.account,
            touch=touch.id,
            channel=touch.channel,
            provider=touch.provider,
            to=to,
            sender=touch.sender,
            marker_sha256=marker,
            since=since,
            patience_over=self._patience_over(since),
        )

    def _patience_over(self, since: datetime) -> bool:
        clock = self._ledger.clock
        patience = max(SURELY_DONE, clock.machine_span(LISTING_LAG))
        return clock.machine_now() >= clock.to_machine(since) + patience

    def _found(self, session: Session, touch: Unsettled, found: Found, now: datetime) -> Settled:
        """A listed message was taken, whatever its status is called; the status may tell more."""
        for status in dict.fromkeys(("accepted", found.status)):
            add_receipt(
                session,
                touch_id=touch.touch,
                source="listing",
                status=status,
                provider_id=found.provider_id,
                at=now,
            )
        return "found"

    def _open_accounts(self, session: Session) -> int:
        return session.scalars(select(func.count()).select_from(Account).where(Account.state == "open")).one()

    def _wake(self, session: Session, tenant: str) -> int:
        """Tell each open account that is late and has nothing under way, at most once in a grace."""
        now = self._ledger.clock.now()
        late = now - self._ledger.clock.world_span(GRACE)
        under_way = exists().where(Touch.account == Account.id, Touch.state.in_(IN_FLIGHT))
        told = exists().where(Outbox.account == Account.id, Outbox.fact == "account_swept", Outbox.at > late)
        idle = session.scalars(
            select(Account.id)
            .where(Account.state == "open", or_(Account.next_at.is_(None), Account.next_at < late), ~under_way, ~told)
            .order_by(Account.next_at.asc().nulls_first(), Account.id)
            .limit(AT_ONCE)
        ).all()
        for account in idle:
            outbox.tell(session, tenant=tenant, account=account, fact="account_swept", at=now)
        return len(idle)
