"""What the carrier tells of a call of ours, and the result by which it counts. News comes doubled and in any order."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final, cast

from sqlalchemy import select
from sqlalchemy.orm import Session

from forbear.cadence.call_results import Reached, result_of
from forbear.ledger import outbox
from forbear.ledger.receipts import Source, add_receipt
from forbear.ledger.tables.calls import Call
from forbear.ledger.tables.contacts import Receipt, Touch

OVER: Final = frozenset({"completed", "busy", "no-answer", "failed", "canceled"})


@dataclass(frozen=True, slots=True)
class News:
    """One status of one call. `answered_by` and `code` stand in some of them."""

    sid: str
    status: str
    code: str | None = None
    answered_by: str | None = None
    provider_at: datetime | None = None


def learn(session: Session, touch: Touch, news: News, at: datetime, *, source: Source = "callback") -> None:
    """Store one piece of news and draw its consequences; told again, it changes nothing."""
    if news.status:
        add_receipt(
            session,
            touch_id=touch.id,
            source=source,
            status=news.status,
            provider_id=news.sid,
            code=news.code,
            at=at,
            provider_at=news.provider_at,
        )
    call = session.scalar(select(Call).where(Call.touch == touch.id))
    if call is not None and call.answered_by is None and news.answered_by:
        call.answered_by = news.answered_by
        session.flush()
    before = touch.result
    _settle(session, touch, call, news.answered_by)
    if news.status in OVER and touch.result != before:
        outbox.tell(session, tenant=touch.tenant, account=touch.account, fact="call_ended", at=at)


def settle(session: Session, call: Call) -> None:
    """Write down what a call counts as so far."""
    if call.touch is not None:
        _settle(session, session.get_one(Touch, call.touch), call, call.answered_by)


def _settle(session: Session, touch: Touch, call: Call | None, answered_by: str | None) -> None:
    told = session.execute(select(Receipt.status, Receipt.code).where(Receipt.touch == touch.id)).all()
    reached = cast("Reached", "nobody" if call is None else call.reached)
    heard = call.answered_by if call is not None and call.answered_by else answered_by
    code = next((code for status, code in told if status == "failed" and code), None)
    touch.result = result_of((status for status, _ in told), code, heard, reached)
    session.flush()
