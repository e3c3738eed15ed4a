"""Finds cases that sleep too long or have no workflow; implements `forbear.ports.cases.CaseSweeps`.

As `forbear.ledger.sweeping` does for accounts: what is found is told through the outbox, a case that stays late less
and less often, and none while a fact waits for it or its packet is being made.
"""

from collections.abc import Sequence
from datetime import timedelta
from itertools import groupby

import structlog
from sqlalchemy import Row, bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY, INTERVAL
from sqlalchemy.orm import Session
from sqlalchemy.types import Text

from forbear.ledger import outbox, routes
from forbear.ledger.engine import Ledger
from forbear.ledger.sweeping import AT_ONCE, GRACE, LISTING_LAG, MOST_DOUBLINGS, STRETCH
from forbear.ports.cases import OpenCase
from forbear.ports.rounds import each

IN_THE_MAKING = timedelta(hours=1)
"""Machine time for which a case whose packet was asked for is left to make it; its workflow has as much patience."""

COUNT = text("select count(*) from legal_case where state = 'open' and next_at is not null")
IDLE = text(
    """
    select c.id, c.account from legal_case c cross join lateral (
        select count(*) as times, max(o.at) as last from outbox o
        where o.legal_case = c.id and o.fact = 'case_swept' and o.at > c.next_at
    ) swept
    where c.state = 'open' and c.next_at < :late
        and not exists (select from packet p where p.legal_case = c.id and p.state = 'asked' and p.changed_at > :asked)
        and not exists (select from outbox w where w.legal_case = c.id and w.delivered_at is null)
        and (swept.times = 0 or swept.last + :grace * power(2, least(swept.times - 1, :doublings)) <= :now)
    order by c.next_at, c.id limit :many
    """
).bindparams(bindparam("grace", type_=INTERVAL))
MISSING = text(
    """
    select c.id, c.account from legal_case c
    where c.id = any(:cases) and c.state = 'open' and c.next_at is not null
        and greatest(c.opened_at, c.stage_since) < :settled
        and not exists (select from outbox w where w.legal_case = c.id and w.delivered_at is null)
        and not exists (
            select from outbox o where o.legal_case = c.id and o.fact = 'case_swept' and o.at > :settled
        )
    order by c.id
    """
).bindparams(bindparam("cases", type_=ARRAY(Text)))
OPEN = text("select tenant, id from open_cases(:after, :many)")
log = structlog.get_logger(__name__)


class CaseSweepsBook:
    """One per process, used by one thread at a time."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._swept_up_to = ""

    def count_open(self) -> int:
        return sum(self._count(tenant) for tenant in self._tenants())

    def wake_idle(self) -> int:
        return each("idle cases", self._tenants(), self._wake, name=str)

    def stretch(self) -> list[OpenCase]:
        with self._ledger.worker() as session:
            found = [OpenCase(*row) for row in session.execute(OPEN, {"after": self._swept_up_to, "many": STRETCH})]
        self._swept_up_to = found[-1].case if len(found) == STRETCH else ""
        return found

    def start_missing(self, missing: Sequence[OpenCase]) -> int:
        by_tenant = groupby(sorted(missing, key=lambda one: (one.tenant, one.case)), lambda one: one.tenant)
        tenants = [(tenant, [one.case for one in cases]) for tenant, cases in by_tenant]
        return each("missing workflows", tenants, lambda tenant: self._start(*tenant), name=lambda tenant: tenant[0])

    def _tenants(self) -> list[str]:
        with self._ledger.worker() as session:
            return routes.tenants(session)

    def _count(self, tenant: str) -> int:
        with self._ledger.worker(tenant) as session:
            return int(session.scalars(COUNT).one())

    def _wake(self, tenant: str) -> int:
        clock = self._ledger.clock
        now, grace = clock.now(), clock.world_span(GRACE)
        asked = now - clock.world_span(IN_THE_MAKING)
        given = {"late": now - grace, "now": now, "asked": asked, "grace": grace, "doublings": MOST_DOUBLINGS}
        with self._ledger.worker(tenant) as session:
            woken = self._tell(session, tenant, session.execute(IDLE, given | {"many": AT_ONCE}).all())
        if woken:
            log.info("case.swept", tenant=tenant, cases=woken)
        return woken

    def _start(self, tenant: str, cases: list[str]) -> int:
        clock = self._ledger.clock
        given = {"cases": cases, "settled": clock.now() - clock.world_span(LISTING_LAG)}
        with self._ledger.worker(tenant) as session:
            return self._tell(session, tenant, session.execute(MISSING, given).all())

    def _tell(self, session: Session, tenant: str, found: Sequence[Row[str, str]]) -> int:
        now = self._ledger.clock.now()
        for case, account in found:
            outbox.tell_case(session, tenant=tenant, account=account, case=case, fact="case_swept", at=now)
        return len(found)
