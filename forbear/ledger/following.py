"""Follows texts to their end where the provider tells it only when asked, or where all that it told was lost.

Two walks: those of which somebody hinted that there is news, newest hint first; and all others in turn, so that none is
forgotten however many there are. How often one is asked about is remembered by the process; a new one asks once more.
Only a question that was answered counts: after a provider's outage of days every text is still to be asked about.
"""

from datetime import datetime, timedelta
from typing import Final, NamedTuple

from sqlalchemy import ColumnElement, and_, or_, select, tuple_
from sqlalchemy.orm import Session

from forbear.errors import Erased
from forbear.ledger import routes
from forbear.ledger.engine import Ledger
from forbear.ledger.receipts import HINT, add_receipt, fold
from forbear.ledger.tables.contacts import Receipt, Touch
from forbear.ledger.tables.people import ContactPoint
from forbear.ports.book import Unsettled
from forbear.ports.sms import Found

FIRST_AFTER = timedelta(seconds=20)
"""Machine time: reports seldom take longer, and a hint may come before."""
AT_LEAST = timedelta(minutes=2)
"""World time between two questions about one text; else a share of its age."""
SHARE = 3
GIVEN_UP_AFTER = timedelta(hours=72)
"""World time after which no carrier reports any more. What was sent and never reported counts as it stands: `sent`."""
GIVEN_UP_AFTER_MACHINE = timedelta(minutes=3)
"""In a rehearsal three days pass in seconds; so long it is asked in any case."""
LISTED: Final = frozenset({"aliyun"})
"""Routes whose provider lists what became of a text by our own id."""
BY_ID: Final = frozenset({"twilio"})
"""Routes whose provider tells by itself, and is asked by its own id where nothing came."""
LOOKED_AT, ASKED_ABOUT = 500, 100
"""Texts of one tenant in one round."""


class _Asked(NamedTuple):
    at: datetime
    next: datetime


class FollowingBook:
    """Implements `forbear.ports.following.FollowBook` for some providers; used by one thread at a time."""

    def __init__(self, ledger: Ledger, providers: frozenset[str] = LISTED | BY_ID) -> None:
        self._ledger = ledger
        self._providers = providers
        self._asked: dict[str, _Asked] = {}
        self._reached: dict[str, tuple[datetime, str]] = {}
        self._chosen_at = ledger.clock.now()

    def unreported(self) -> list[Unsettled]:
        with self._ledger.worker() as session:
            tenants = routes.tenants(session)
        now = self._chosen_at = self._ledger.clock.now()
        self._asked = {touch: asked for touch, asked in self._asked.items() if asked.at > now - self._given_up_after()}
        return [one for tenant in tenants for one in self._of(tenant, now)]

    def learn(self, touch: Unsettled, found: Found | None) -> bool:
        # As of when the question was chosen: a hint that came while it was under way is news again.
        pause = max(AT_LEAST, (self._chosen_at - touch.since) / SHARE)
        self._asked[touch.touch] = _Asked(self._chosen_at, self._chosen_at + pause)
        if found is None or fold([found.status]) == "sent":
            return False  # as we know it stands
        with self._ledger.worker(touch.tenant) as session:
            state = add_receipt(
                session,
                touch_id=touch.touch,
                source="listing",
                status=found.status,
                provider_id=found.provider_id,
                code=found.code,
                at=self._ledger.clock.now(),
                provider_at=found.at,
            )
        return state != "sent"

    def _of(self, tenant: str, now: datetime) -> list[Unsettled]:
        with self._ledger.worker(tenant) as session:
            rows = {row[0].id: row for row in (*self._hinted(session, now), *self._in_turn(session, tenant, now))}
            chosen = list(rows.values())[:ASKED_ABOUT]
            return [one for touch, value in chosen if (one := self._sought(session, touch, value)) is not None]

    def _hinted(self, session: Session, now: datetime) -> list[tuple[Touch, bytes]]:
        """Those of which a hint came since they were asked about."""
        hints = (
            select(Touch, ContactPoint.value, Receipt.at)
            .join(ContactPoint, ContactPoint.id == Touch.contact_point)
            .join(Receipt, and_(Receipt.touch == Touch.id, Receipt.status == HINT))
            .where(*self._open(now))
            .order_by(Receipt.at.desc(), Touch.id)
            .limit(LOOKED_AT)
        )
        return [
            (touch, value)
            for touch, value, hinted_at in session.execute(hints)
            if (asked := self._asked.get(touch.id)) is None or asked.at < hinted_at
        ]

    def _in_turn(self, session: Session, tenant: str, now: datetime) -> list[tuple[Touch, bytes]]:
        """The next stretch of all others; after the last ones it begins again with the first."""
        at, id_ = self._reached.get(tenant, (datetime.min.replace(tzinfo=now.tzinfo), ""))
        stretch = (
            select(Touch, ContactPoint.value)
            .join(ContactPoint, ContactPoint.id == Touch.contact_point)
            .where(*self._open(now), tuple_(Touch.claimed_at, Touch.id) > (at, id_))
            .order_by(Touch.claimed_at, Touch.id)
            .limit(LOOKED_AT)
        )
        rows = [(touch, value) for touch, value in session.execute(stretch)]
        due = [row for row in rows if self._is_due(row[0], now)][:ASKED_ABOUT]
        last = due[-1] if len(due) == ASKED_ABOUT else rows[-1] if len(rows) == LOOKED_AT else None
        if last is None:
            self._reached.pop(tenant, None)
        else:
            self._reached[tenant] = (last[0].claimed_at, last[0].id)
        return due

    def _open(self, now: datetime) -> tuple[ColumnElement[bool], ...]:
        return (
            Touch.channel == "sms",
            Touch.provider.in_(self._providers),
            or_(Touch.provider.not_in(BY_ID), Touch.provider_id.is_not(None)),
            Touch.state == "sent",
            Touch.claimed_at > now - self._given_up_after(),
        )

    def _given_up_after(self) -> timedelta:
        return max(GIVEN_UP_AFTER, self._ledger.clock.world_span(GIVEN_UP_AFTER_MACHINE))

    def _is_due(self, touch: Touch, now: datetime) -> bool:
        asked = self._asked.get(touch.id)
        first = _since(touch) + self._ledger.clock.world_span(FIRST_AFTER)
        return now >= (first if asked is None else asked.next)

    def _sought(self, session: Session, touch: Touch, value: bytes) -> Unsettled | None:
        by_id = touch.provider in BY_ID
        try:  # what is asked for by its id needs no number
            to = "" if by_id else self._number(session, touch, value)
        except Erased:
            return None
        return Unsettled(
            tenant=touch.tenant,
            account=touch.account,
            touch=touch.id,
            channel=touch.channel,
            provider=touch.provider,
            to=to,
            sender=touch.sender,
            marker_sha256="",
            since=_since(touch),
            patience_over=False,
            provider_id=str(touch.provider_id) if by_id else "",
        )

    def _number(self, session: Session, touch: Touch, value: bytes) -> str:
        return self._ledger.vault.open(session, lender=touch.lender, person=touch.person, sealed=value)


def _since(touch: Touch) -> datetime:
    return touch.dispatched_at or touch.claimed_at
