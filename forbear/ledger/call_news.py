"""What the carrier tells of a call of ours, and the result by which it counts. News comes doubled and in any order."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final, cast

from sqlalchemy import select
from sqlalchemy.orm import Session

from forbear.cadence.call_results import Reached, result_of
from forbear.ledger import freed, outbox
from forbear.ledger.receipts import Source, add_receipt
from forbear.ledger.tables.calls import Call
from forbear.ledger.tables.contacts import Receipt, Touch

GIVEN_UP: Final = "given_up"
"""Our own word for a call whose end nobody told in all the time in which somebody might."""
OVER: Final = frozenset({"completed", "busy", "no-answer", "failed", "canceled", GIVEN_UP})


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
    was_over, before = _is_over(session, touch), touch.result
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
    _settle(session, touch, call, news.answered_by)
    is_over = was_over or news.status in OVER
    if is_over and (not was_over or touch.result != before):
        _tell_end(session, touch, at)


def _tell_end(session: Session, touch: Touch, at: datetime) -> None:
    if freed.is_by_result(touch):
        freed.tell(session, touch, "call_ended", at)
    else:
        outbox.tell(session, tenant=touch.tenant, account=touch.account, fact="call_ended", at=at)


def _is_over(session: Session, touch: Touch) -> bool:
    told = select(Receipt.id).where(Receipt.touch == touch.id, Receipt.status.in_(OVER))
    return session.scalars(told.limit(1)).first() is not None


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
