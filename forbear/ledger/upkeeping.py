"""Looks after what waits in silence: claims beyond their lease, lost answers, idle accounts, unsealed audit rows.

Each round says what it looked at, also when it found nothing: in an incident that is the proof that it ran.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import groupby

import structlog
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from forbear.contracts.decision import UpkeepReport
from forbear.contracts.words import IN_FLIGHT
from forbear.errors import Erased
from forbear.ledger import audit, begun, given_back, routes, sweeping, unknowns, visits_over
from forbear.ledger.engine import Ledger
from forbear.ledger.locking import lock_account
from forbear.ledger.receipts import add_receipt, lock_touch
from forbear.ledger.tables.accounts import Account
from forbear.ledger.tables.contacts import Link, Touch
from forbear.ledger.tables.people import ContactPoint
from forbear.ports.book import OpenAccount, Settled, Unsettled
from forbear.ports.rounds import each
from forbear.ports.sms import Found
from forbear.settings import Settings

LISTING_LAG = timedelta(minutes=15)
"""World time that a provider's list may lag behind what it took."""
SURELY_DONE = timedelta(seconds=60)
"""Machine time after which no request of ours can still be under way at the provider."""
PURGE_EVERY = timedelta(minutes=5)
"""Machine time."""
AT_ONCE = 500
"""Rows of one tenant in one round; the next round takes the rest."""
log = structlog.get_logger(__name__)


class UpkeepingBook:
    """Implements `forbear.ports.book.UpkeepBook`; one per process, used by one thread at a time."""

    def __init__(self, ledger: Ledger, settings: Settings) -> None:
        self._ledger = ledger
        self._settings = settings
        self._swept_up_to = ""
        self._purged_at: datetime | None = None

    def expire_claims(self) -> int:
        overdue = [(tenant, touch) for tenant in self._tenants() for touch in self._overdue(tenant)]
        return each("claims", overdue, lambda late: self._expire(*late), name=lambda late: late[1])

    def end_visits(self) -> int:
        left = [(tenant, visit) for tenant in self._tenants() for visit in self._left_over(tenant)]
        return each("visits", left, lambda one: self._take_back(*one), name=lambda one: one[1])

    def give_back(self) -> int:
        return each("tasks left lying", self._tenants(), self._give_back, name=str)

    def unsettled(self) -> list[Unsettled]:
        found = [touch for tenant in self._tenants() for touch in self._unsettled_of(tenant)]
        return sorted(found, key=lambda touch: (touch.since, touch.touch))

    def settle(self, touch: Unsettled, found: Found | None) -> Settled:
        with self._ledger.worker(touch.tenant) as session:
            now = self._ledger.clock.now()
            if found is not None:
                log.info("touch.found", touch=touch.touch)
                return self._found(session, touch, found, now)
            stands = lock_touch(session, touch.touch)
            if stands is not None and stands.state != "unknown":
                return "absent" if stands.state == "failed" else "found"
            if not touch.patience_over:
                return "waiting"
            log.info("touch.absent", touch=touch.touch)
            add_receipt(session, touch_id=touch.touch, source="listing", status="absent", at=now)
            return "absent"

    def call_for_help(self) -> int:
        return each("unknown touches", self._tenants(), self._call_for_help, name=str)

    def count_open(self) -> int:
        return sum(self._open_accounts(tenant) for tenant in self._tenants())

    def wake_idle(self) -> int:
        return each("idle accounts", self._tenants(), self._wake, name=str)

    def stretch(self) -> list[OpenAccount]:
        with self._ledger.worker() as session:
            found = sweeping.open_accounts(session, self._swept_up_to, sweeping.STRETCH)
        self._swept_up_to = found[-1].account if len(found) == sweeping.STRETCH else ""
        return found

    def start_missing(self, missing: Sequence[OpenAccount]) -> int:
        by_tenant = groupby(sorted(missing, key=lambda each: (each.tenant, each.account)), lambda each: each.tenant)
        tenants = [(tenant, [one.account for one in accounts]) for tenant, accounts in by_tenant]
        return each("missing workflows", tenants, lambda tenant: self._start(*tenant), name=lambda tenant: tenant[0])

    def seal(self) -> int:
        folder = self._settings.data
        return each("seals", self._tenants(), lambda tenant: audit.seal_tenant(self._ledger, folder, tenant), name=str)

    def purge(self) -> int:
        now = self._ledger.clock.machine_now()
        if self._purged_at is not None and now < self._purged_at + PURGE_EVERY:
            return 0
        with self._ledger.worker() as session:
            purged = sweeping.purge(session, self._ledger.clock)
        self._purged_at = now
        return purged

    def report(self, report: UpkeepReport) -> None:
        log.info("upkeep", **report.model_dump())

    def _tenants(self) -> list[str]:
        with self._ledger.worker() as session:
            return routes.tenants(session)

    def _call_for_help(self, tenant: str) -> int:
        clock = self._ledger.clock
        now = clock.now()
        with self._ledger.worker(tenant) as session:
            return unknowns.call_for_help(session, now - clock.world_span(self._patience()), now)

    def _overdue(self, tenant: str) -> list[str]:
        with self._ledger.worker(tenant) as session:
            overdue = select(Touch.id).where(
                Touch.state.in_(IN_FLIGHT), Touch.lease_until < self._ledger.clock.machine_now()
            )
            return list(session.scalars(overdue.order_by(Touch.lease_until, Touch.id).limit(AT_ONCE)))

    def _expire(self, tenant: str, touch_id: str) -> int:
        """Give one claim back, or admit that nobody knows. The sender's own transaction decides if it is faster."""
        with self._ledger.worker(tenant) as session:
            seen = session.get(Touch, touch_id)
            if seen is not None and seen.task is not None:  # persons first, as whoever says how it ended takes them
                lock_account(session, tenant, seen.account)
            touch = lock_touch(session, touch_id)
            if touch is None or touch.state not in IN_FLIGHT:
                return 0
            status = "expired" if touch.state == "claimed" else "lost"
            log.warning("touch.lease_over", touch=touch_id, state=touch.state)
            now = self._ledger.clock.now()
            add_receipt(session, touch_id=touch_id, source="ledger", status=status, at=now)
            begun.abandon(session, touch, now)
            return 1

    def _left_over(self, tenant: str) -> list[str]:
        with self._ledger.worker(tenant) as session:
            return visits_over.left_over(session, self._ledger.clock.now(), AT_ONCE)

    def _take_back(self, tenant: str, visit: str) -> int:
        with self._ledger.worker(tenant) as session:
            return visits_over.take_back(session, visit, self._ledger.clock.now())

    def _give_back(self, tenant: str) -> int:
        with self._ledger.worker(tenant) as session:
            return given_back.left_lying(session, self._ledger.clock)

    def _unsettled_of(self, tenant: str) -> list[Unsettled]:
        with self._ledger.worker(tenant) as session:
            rows = session.execute(
                select(Touch, ContactPoint.value, Link.token_sha256)
                .join(ContactPoint, ContactPoint.id == Touch.contact_point)
                # A call has no link: nothing of ours is in it that could be searched for.
                .outerjoin(Link, Link.touch == Touch.id)
                .where(Touch.state == "unknown", Touch.task.is_(None), ~unknowns.given_up())
                .order_by(Touch.claimed_at, Touch.id)
                .limit(AT_ONCE)
            ).all()
            return [one for touch, value, marker in rows if (one := self._sought(session, touch, value, marker or ""))]

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
        return clock.machine_now() >= clock.to_machine(since) + self._patience()

    def _patience(self) -> timedelta:
        """Machine time for which a touch may be unknown before its provider's list is believed, or a person asked."""
        return max(SURELY_DONE, self._ledger.clock.machine_span(LISTING_LAG))

    def _found(self, session: Session, touch: Unsettled, found: Found, now: datetime) -> Settled:
        """A listed message was taken, whatever its status is called; the status may tell more, and its code why."""
        for status in dict.fromkeys(("accepted", found.status)):
            told = status == found.status
            add_receipt(
                session,
                touch_id=touch.touch,
                source="listing",
                status=status,
                provider_id=found.provider_id,
                code=found.code if told else None,
                at=now,
                provider_at=found.at if told else None,
            )
        return "found"

    def _open_accounts(self, tenant: str) -> int:
        with self._ledger.worker(tenant) as session:
            return session.scalars(select(func.count()).select_from(Account).where(Account.state == "open")).one()

    def _wake(self, tenant: str) -> int:
        with self._ledger.worker(tenant) as session:
            woken = sweeping.wake_idle(session, tenant, self._ledger.clock)
        if woken:
            log.info("account.swept", tenant=tenant, accounts=woken)
        return woken

    def _start(self, tenant: str, accounts: list[str]) -> int:
        with self._ledger.worker(tenant) as session:
            return sweeping.start_missing(session, tenant, accounts, self._ledger.clock)
