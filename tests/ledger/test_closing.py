"""A closed ledger leaves nothing open: asked of the server, as the ledgers of other tests share what they opened."""

from itertools import repeat

from sqlalchemy import text

from forbear.clock import Clock
from forbear.ledger.engine import Ledger, make_engine
from forbear.settings import Role, Settings

ROLES: tuple[Role, ...] = ("api", "worker", "staff", "relay")
OPEN = text("select usename from pg_stat_activity where datname = current_database() and usename <> current_user")
A_MOMENT = text("select pg_sleep(0.05)")
OFTEN = 200
"""A server process ends a little after its client is gone: ten seconds at most."""


def test_a_closed_ledger_has_no_connection(database: Settings) -> None:
    ledger = Ledger.open(database, clock=Clock.real())
    engines = [ledger.engine(role) for role in ROLES]
    for begin in (ledger.api("tnt_1", "lnd_1"), ledger.worker("tnt_1"), ledger.staff("tnt_1"), ledger.relay()):
        with begin as session:
            session.execute(text("select 1"))
    url = database.database_url_for("migrator")
    with make_engine(url).connect().execution_options(isolation_level="AUTOCOMMIT") as watch:
        assert len(watch.execute(OPEN).scalars().all()) == len(engines)
        ledger.close()
        for _ in repeat(None, OFTEN):
            if not watch.execute(OPEN).scalars().all():
                break
            watch.execute(A_MOMENT)
        assert watch.execute(OPEN).scalars().all() == []
