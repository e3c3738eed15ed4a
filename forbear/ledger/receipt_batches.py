"""Stores the plain news of many touches in one transaction, as `receipts` stores the news of one.

Plain is what only ever moves a message on: it concerns no person and wakes nobody. Whatever else comes of it, the touch
or its lock is left to a transaction of its own, so that nothing here ever waits for somebody else's.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import DateTime, LargeBinary, Text, TextClause, bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session
from sqlalchemy.types import TypeEngine

from forbear.ledger.engine import Ledger
from forbear.ledger.receipts import Heard, Standing, audited, fold, move, say_doubled, written

PLAIN: Final = frozenset({"queued", "accepted", "sending", "sent", "delivered", "read"})
"""Statuses without consequences, if no code came with them."""
APART: Final = frozenset({"unknown"})
"""States of a touch that is being looked into: news of it ends a task and wakes its account."""


@dataclass(frozen=True, slots=True)
class News:
    """What a provider told of a touch, and when it reached us (world)."""

    touch: str
    status: str
    provider_id: str | None
    code: str | None
    at: datetime

    @property
    def plain(self) -> bool:
        return self.code is None and self.status in PLAIN


def _with_lists(sql: str, **lists: TypeEngine[Any]) -> TextClause:
    return text(sql).bindparams(*(bindparam(name, type_=ARRAY(kind)) for name, kind in lists.items()))


LOCK = _with_lists(
    "select id, tenant, lender, account, person, channel, state, provider_id, code, settled_at from touch "
    "where id = any (:touches) for update skip locked",
    touches=Text(),
)
"""Passes over what others hold: who waited for one with others in hand would keep everybody waiting, or for ever."""
ADD = _with_lists(
    """
    with given as (
        select * from unnest(:ids, :touches, :statuses, :provider_ids, :ats, :accounts, :persons, :digests)
            with ordinality as row (id, touch, status, provider_id, at, account, person, digest, place)
    ), added as (
        insert into receipt (id, tenant, lender, touch, source, status, provider_id, at)
        select id, :tenant, :lender, touch, 'callback', status, provider_id, at from given order by place
        on conflict do nothing returning id
    ), noted as (
        insert into audit_row (tenant, lender, account, person, kind, subject, of_table, at, digest)
        select :tenant, :lender, account, person, 'touch_receipt', id, 'receipt', at, digest
        from given join added using (id) order by place
    )
    select given.id in (select id from added), array(select status from receipt where receipt.touch = given.touch)
    from given order by place
    """,
    ids=Text(), touches=Text(), statuses=Text(), provider_ids=Text(), ats=DateTime(timezone=True),
    accounts=Text(), persons=Text(), digests=LargeBinary(),
)  # fmt: skip
"""Whether each receipt is new, and what was known of its touch before any of them; audit rows in order of coming."""
MOVE = _with_lists(
    "update touch set state = moved.state, provider_id = moved.provider_id, settled_at = moved.settled_at "
    "from unnest(:touches, :states, :provider_ids, :settled) as moved (id, state, provider_id, settled_at) "
    "where touch.id = moved.id",
    touches=Text(), states=Text(), provider_ids=Text(), settled=DateTime(timezone=True),
)  # fmt: skip


def store(ledger: Ledger, news: Sequence[News]) -> list[bool]:
    """Store plain news in the order given, one transaction for each lender.

    Returns:
        For each whether it is in the record now. What is not has to be stored by itself: its touch is nobody's, is
        held by somebody else just now, or has more to hear than its state.
    """
    waiting, stored = list(dict.fromkeys(each.touch for each in news)), set[str]()
    while waiting:
        with ledger.api_of_touches(waiting) as (session, owned):
            held = _store(session, [each for each in news if owned.get(each.touch)])
        stored.update(held)
        waiting = [touch for touch, mine in owned.items() if not mine]
    return [each.touch in stored for each in news]


def _store(session: Session, news: Sequence[News]) -> Iterable[str]:
    """Store news of one lender's touches; the touches of which it was stored."""
    if not news:
        return ()
    locked = session.execute(LOCK, {"touches": [each.touch for each in news]})
    held = {row.id: Standing(*row) for row in locked if row.channel != "call" and row.state not in APART}
    if told := [each for each in news if each.touch in held]:
        rows = [written(held[each.touch], "callback", _heard(each), each.at) for each in told]
        _move(session, held, told, _add(session, held, rows))
    return held


def _add(
    session: Session, held: Mapping[str, Standing], rows: Sequence[dict[str, Any]]
) -> list[tuple[bool, list[str]]]:
    lines = [audited(held[row["touch"]], row) for row in rows]
    values = {
        "tenant": rows[0]["tenant"],
        "lender": rows[0]["lender"],
        "ids": [row["id"] for row in rows],
        "touches": [row["touch"] for row in rows],
        "statuses": [row["status"] for row in rows],
        "provider_ids": [row["provider_id"] for row in rows],
        "ats": [row["at"] for row in rows],
        "accounts": [line["account"] for line in lines],
        "persons": [line["person"] for line in lines],
        "digests": [line["digest"] for line in lines],
    }
    return [(added, known) for added, known in session.execute(ADD, values)]


def _move(
    session: Session, held: Mapping[str, Standing], news: Sequence[News], added: Sequence[tuple[bool, list[str]]]
) -> None:
    """Fold what is new into its touches, and write those that it moved."""
    moved: dict[str, Standing] = {}
    heard: dict[str, list[str]] = {}
    for each, (fresh, before) in zip(news, added, strict=True):
        if not fresh:
            say_doubled(each.touch, "callback", each.status)
            continue
        known, touch = heard.setdefault(each.touch, before), held[each.touch]
        known.append(each.status)
        was = (touch.state, touch.provider_id, touch.settled_at)
        move(touch, _heard(each), fold(known), each.at)
        if was != (touch.state, touch.provider_id, touch.settled_at):
            moved[touch.id] = touch
    if moved:
        touches = moved.values()
        values = {
            "touches": [touch.id for touch in touches],
            "states": [touch.state for touch in touches],
            "provider_ids": [touch.provider_id for touch in touches],
            "settled": [touch.settled_at for touch in touches],
        }
        session.execute(MOVE, values)


def _heard(news: News) -> Heard:
    return Heard(news.status, None, news.provider_id)
