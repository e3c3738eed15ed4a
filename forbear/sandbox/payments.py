"""The payment provider: sessions that are opened, paid once, or expire, each told by a signed event."""

import json
from datetime import UTC, datetime
from typing import Any

from forbear.sandbox.agenda import Payload
from forbear.sandbox.ground import Ground
from forbear.sandbox.sessions import Nested, amount, completed, event, expired, open_session
from forbear.sandbox.webhooks import Webhooks
from forbear.sandbox.wire import iso

_EXPIRE = "expire"


class Payments:
    """Everything behind the payment API and the hosted page but HTTP."""

    def __init__(self, ground: Ground, webhooks: Webhooks, *, base_url: str, webhook_url: str) -> None:
        self._store, self._journal, self._agenda = ground.store, ground.journal, ground.agenda
        self._clock, self._webhooks = ground.clock, webhooks
        self._base_url, self._webhook_url = base_url, webhook_url
        ground.agenda.on_step(_EXPIRE, self._expire_due)

    def open(self, form: Nested) -> Nested:
        """Create a session, within the current transaction."""
        session = open_session(form, self._clock.now(), self._base_url)
        self._store.run("INSERT INTO sessions (id, body) VALUES (?, ?)", session["id"], json.dumps(session))
        self._agenda.add(_EXPIRE, {"id": session["id"]}, datetime.fromtimestamp(session["expires_at"], UTC))
        return session

    def get(self, identity: str) -> Nested | None:
        row = self._store.row("SELECT body FROM sessions WHERE id = ?", identity)
        return None if row is None else json.loads(row["body"])

    def pay(self, session: Nested) -> Nested:
        """Take the money of an open session; one that is not open stays as it is."""
        if session["status"] != "open":
            return session
        with self._store.transaction():
            at = iso(self._clock.now())
            paid = completed(session)
            self._save(paid, at)
            self._journal.write(_line(paid, at))
            self._tell("checkout.session.completed", paid)
        return paid

    def expire(self, session: Nested) -> Nested:
        """Close an open session unpaid."""
        if session["status"] != "open":
            return session
        with self._store.transaction():
            closed = expired(session)
            self._save(closed, None)
            self._tell("checkout.session.expired", closed)
        return closed

    def settled(self) -> list[dict[str, Any]]:
        """The settlement report: what was paid, in order."""
        rows = self._store.rows("SELECT body, paid_at FROM sessions WHERE paid_at IS NOT NULL ORDER BY paid_at")
        paid = ((json.loads(row["body"]), row["paid_at"]) for row in rows)
        return [
            {
                "at": at,
                "session": session["id"],
                "client_reference_id": session["client_reference_id"],
                "amount": amount(session),
                "currency": session["currency"].upper(),
            }
            for session, at in paid
        ]

    def _expire_due(self, payload: Payload) -> None:
        session = self.get(payload["id"])
        if session is not None:
            self.expire(session)

    def _save(self, session: Nested, paid_at: str | None) -> None:
        values = json.dumps(session), paid_at, session["id"]
        self._store.run("UPDATE sessions SET body = ?, paid_at = ? WHERE id = ?", *values)

    def _tell(self, kind: str, session: Nested) -> None:
        body = json.dumps(event(kind, session, self._clock.now()))
        self._webhooks.post_event(self._webhook_url, body)


def _line(session: Nested, at: str) -> dict[str, Any]:
    return {
        "at": at,
        "channel": "payment",
        "kind": "payment",
        "from": None,
        "sid": session["id"],
        "ref": session["client_reference_id"],
        "amount": amount(session),
        "currency": session["currency"].upper(),
    }
