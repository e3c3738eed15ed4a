"""Addresses at which lenders want news of their cases, and messages that wait there. Implements `ports.lender_news`.

The database writes messages itself (revision 0023). Each is tried for three days, ever less often; an address keeps its
lender's secret, by which the receiver knows that it was us.
"""

import secrets
from base64 import b64encode
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import select, text, update
from sqlalchemy.orm import Session

from forbear.errors import Conflict, NotFound
from forbear.ledger import audit
from forbear.ledger.engine import Ledger
from forbear.ledger.ids import new_id
from forbear.ledger.tables.webhooks import Webhook, WebhookMessage
from forbear.ledger.vault import Vault
from forbear.ledger.views import instant
from forbear.ports.lender_news import News

PAUSES: Final = tuple(
    timedelta(seconds=each) for each in (5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400)
)
"""Machine time before each further try; after the last one a message is given up."""
LEASE: Final = timedelta(seconds=60)
"""Machine time: longer than a try may take."""
MOST: Final = 10
"""Addresses of one lender."""
SECRET_BYTES: Final = 32
PREFIX: Final = "whsec_"
DUE: Final = text("select * from webhooks_due(:now, :until, :many)")


class LenderNewsBook:
    """What is due over all tenants, and what became of it."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def due(self, many: int) -> list[News]:
        now = self._ledger.clock.machine_now()
        with self._ledger.worker() as session:
            rows = session.execute(DUE, {"now": now, "until": now + LEASE, "many": many}).all()
        return [each for row in rows if (each := self._news(row)) is not None]

    def _news(self, row: Any) -> News | None:
        with self._ledger.worker(row.tenant) as session:
            webhook = session.get_one(Webhook, row.webhook)
            if webhook.disabled_at is not None:
                self._over(session, row.id, given_up_at=self._ledger.clock.machine_now())
                return None
            opened = self._ledger.vault.open_staff
            address, secret = (opened(row.tenant, webhook.id, sealed) for sealed in (webhook.address, webhook.secret))
        return News(row.tenant, row.id, address, secret, row.kind, row.body, row.at, row.tries)

    def told(self, news: News, status: int) -> None:
        with self._ledger.worker(news.tenant) as session:
            self._over(session, news.id, status=status, told_at=self._ledger.clock.machine_now())

    def refused(self, news: News, status: int) -> None:
        now = self._ledger.clock.machine_now()
        with self._ledger.worker(news.tenant) as session:
            if news.tries > len(PAUSES):
                self._over(session, news.id, status=status, given_up_at=now)
                return
            again = {"status": status, "next_at": now + PAUSES[news.tries - 1]}
            session.execute(update(WebhookMessage).where(WebhookMessage.id == news.id).values(**again))

    def _over(self, session: Session, message: str, **end: object) -> None:
        session.execute(update(WebhookMessage).where(WebhookMessage.id == message).values(next_at=None, **end))


def add(
    session: Session, vault: Vault, *, tenant: str, lender: str, address: str, events: Sequence[str], now: datetime
) -> tuple[Webhook, str]:
    """A new address, and the secret that is shown this once.

    Raises:
        Conflict: the lender has as many as it may.
    """
    living = session.scalars(select(Webhook.id).where(Webhook.disabled_at.is_(None))).all()
    if len(living) >= MOST:
        raise Conflict(f"There are {MOST} webhooks already: end one that is not needed")
    made, secret = new_id("whk"), PREFIX + b64encode(secrets.token_bytes(SECRET_BYTES)).decode()
    row = Webhook(
        id=made,
        tenant=tenant,
        lender=lender,
        address=vault.seal_staff(tenant, made, address),
        secret=vault.seal_staff(tenant, made, secret),
        events=sorted(set(events)),
        created_at=now,
        disabled_at=None,
    )
    session.add(row)
    session.flush()
    audit.note(session, tenant=tenant, lender=lender, kind="webhook_added", subject=made, at=now, written={"id": made})
    return row, secret


def end(session: Session, webhook: str, now: datetime) -> Webhook:
    """Tell nothing more there; twice changes nothing.

    Raises:
        NotFound: the session sees no such webhook.
    """
    row = find(session, webhook)
    if row.disabled_at is None:
        row.disabled_at = now
        session.flush()
        of = {"tenant": row.tenant, "lender": row.lender}
        audit.note(session, **of, kind="webhook_ended", subject=row.id, at=now, written={"id": row.id})
    return row


def find(session: Session, webhook: str) -> Webhook:
    """One address of the lender.

    Raises:
        NotFound: the session sees none of that id.
    """
    row = session.get(Webhook, webhook)
    if row is None:
        raise NotFound("no such webhook")
    return row


def view(vault: Vault, row: Webhook) -> dict[str, Any]:
    """An address as its lender sees it; the secret is never shown again."""
    return {
        "id": row.id,
        "url": vault.open_staff(row.tenant, row.id, row.address),
        "events": list(row.events),
        "created_at": instant(row.created_at),
        "disabled_at": None if row.disabled_at is None else instant(row.disabled_at),
    }


def every(session: Session) -> list[Webhook]:
    """All addresses of the lender, oldest first."""
    return list(session.scalars(select(Webhook).order_by(Webhook.created_at, Webhook.id)))


def messages(session: Session, webhook: str) -> list[dict[str, Any]]:
    """What was told at an address or waits to be, the newest first."""
    find(session, webhook)
    chosen = select(WebhookMessage).where(WebhookMessage.webhook == webhook)
    rows = session.scalars(chosen.order_by(WebhookMessage.at.desc(), WebhookMessage.id.desc()).limit(1_000))
    return [_told(row) for row in rows]


def _told(row: WebhookMessage) -> dict[str, Any]:
    state = "delivered" if row.told_at else ("given_up" if row.given_up_at else "waiting")
    return {
        "id": row.id,
        "type": row.kind,
        "at": instant(row.at),
        "state": state,
        "tries": row.tries,
        "last_status": row.status,
    }
