"""Finds accounts that sleep too long or have no workflow, and removes rows that served their purpose.

What is found is told through the outbox, as every fact is. An account that stays late is told less and less often, and
not while a fact waits for it anyway: under overload or in an outage more rows would only make it worse.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY, INTERVAL
from sqlalchemy.orm import Session
from sqlalchemy.types import Text

from forbear.clock import Clock
from forbear.ledger import outbox
from forbear.ports.book import OpenAccount

GRACE = timedelta(seconds=15)
"""Machine time that an account may be late before it is woken, and between the first two wakings."""
MOST_DOUBLINGS = 6
"""The pause between two wakings doubles up to sixteen machine minutes."""
LISTING_LAG = timedelta(seconds=60)
"""Machine time that Temporal's list of running workflows may lag behind a start."""
AT_ONCE = 500
"""Rows of one tenant in one round; the next round takes the rest."""
STRETCH = 200
"""Accounts of which Temporal is asked in one round: one call, and every account's turn comes again in minutes."""
KEPT = timedelta(days=7)
"""World time for which delivered facts and stored answers are kept; a client that repeats a call does so sooner."""
KEPT_AT_LEAST = timedelta(hours=1)
"""Machine time: a client's patience is measured in it, and a fast world's week is over in minutes."""
SESSIONS_KEPT = timedelta(hours=1)
"""Machine time for which a browser's session is kept after its end."""
PURGED_AT_ONCE = 5_000

IDLE = text(
    """
    select a.id from account a cross join lateral (
        select count(*) as times, max(o.at) as last from outbox o
        where o.account = a.id and o.fact = 'account_swept' and o.at > coalesce(a.next_at, '-infinity')
    ) swept
    where a.state = 'open' and (a.next_at is null or a.next_at < :late)
        and not exists (select from touch t where t.account = a.id and t.state in ('claimed', 'dispatching'))
        and not exists (
            select from outbox w where w.account = a.id and w.legal_case is null and w.delivered_at is null
        )
        and (swept.times = 0 or swept.last + :grace * power(2, least(swept.times - 1, :doublings)) <= :now)
    order by a.next_at nulls first, a.id limit :many
    """
).bindparams(bindparam("grace", type_=INTERVAL))
MISSING = text(
    """
    select a.id from account a
    where a.id = any(:accounts) and a.state = 'open' and a.enrolled_at < :settled
        and not exists (
            select from outbox w where w.account = a.id and w.legal_case is null and w.delivered_at is null
        )
        and not exists (
            select from outbox o where o.account = a.id and o.fact = 'account_swept' and o.at > :settled
        )
    order by a.id
    """
).bindparams(bindparam("accounts", type_=ARRAY(Text)))
OPEN = text("select tenant, id from open_accounts(:after, :many)")
PURGE = text("select purge_spent(:before, :sessions_before, :many)")


def wake_idle(session: Session, tenant: str, clock: Clock) -> int:
    """Tell each open account of a tenant that is late and has nothing under way."""
    now, grace = clock.now(), clock.world_span(GRACE)
    given = {"late": now - grace, "now": now, "grace": grace, "doublings": MOST_DOUBLINGS, "many": AT_ONCE}
    return _sweep(session, tenant, list(session.scalars(IDLE, given)), now)


def start_missing(session: Session, tenant: str, accounts: Sequence[str], clock: Clock) -> int:
    """Tell those of a tenant's accounts that are open, not new, and not told anything right now."""
    now = clock.now()
    given = {"accounts": list(accounts), "settled": now - clock.world_span(LISTING_LAG)}
    return _sweep(session, tenant, list(session.scalars(MISSING, given)), now)


def open_accounts(session: Session, after: str, many: int) -> list[OpenAccount]:
    """So many open accounts of all tenants whose ids come after one, in the order of their ids."""
    return [OpenAccount(*row) for row in session.execute(OPEN, {"after": after, "many": many})]


def purge(session: Session, clock: Clock) -> int:
    """Remove delivered facts, stored answers and sessions beyond their time, so many of each; returns how many."""
    given = {
        "before": clock.now() - max(KEPT, clock.world_span(KEPT_AT_LEAST)),
        "sessions_before": clock.machine_now() - SESSIONS_KEPT,
        "many": PURGED_AT_ONCE,
    }
    return int(session.execute(PURGE, given).scalar_one())


def _sweep(session: Session, tenant: str, accounts: Sequence[str], now: datetime) -> int:
    for account in accounts:
        outbox.tell(session, tenant=tenant, account=account, fact="account_swept", at=now)
    return len(accounts)
