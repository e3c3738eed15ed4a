"""The way into the database: one engine per role, one transaction per `with`, tenant and lender set inside it.

Row-level security reads the two settings `forbear.tenant` and `forbear.lender`, which end with their transaction;
without them every table is empty. Reasons for the forms used here: a setting once used is '' and not absent afterwards,
and an exception must not quote what a statement carried.
"""

from base64 import b64decode
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from functools import lru_cache
from threading import Lock
from typing import Any, Self, cast

import structlog
from psycopg.errors import UndefinedTable
from pydantic import SecretStr
from sqlalchemy import Engine, Row, Text, TextClause, bindparam, create_engine, event, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.engine import ExceptionContext, make_url
from sqlalchemy.exc import DBAPIError, OperationalError, ProgrammingError
from sqlalchemy.orm import Session
from sqlalchemy.pool import NullPool

from forbear.clock import Clock
from forbear.errors import CannotStart
from forbear.ledger import clock_row
from forbear.ledger.vault import Vault
from forbear.settings import Role, Settings

OLDEST = 150_000
"""PostgreSQL 15: the first with unique constraints that take two nulls for equal."""
KEY_BYTES = 32
NO_TABLES = "The database has no tables yet: run 'forbear migrate'"
SCOPE = text(
    "select set_config('forbear.tenant', :tenant, true), set_config('forbear.lender', :lender, true), "
    "set_config('idle_in_transaction_session_timeout', '60s', true)"
)
"""Also: a process that was stopped in mid-transaction must not keep its locks on persons for ever."""
SCOPE_OF_TOUCH = text(
    "select set_config('forbear.tenant', tenant, true), set_config('forbear.lender', lender, true), "
    "set_config('idle_in_transaction_session_timeout', '60s', true) from touch_owner(:touch)"
)
"""The same for whom a touch belongs to: one transaction and one statement, where a look first would take two."""
SCOPE_OF_TOUCHES = text(
    """
    with owned as materialized (
        select asked.touch, owner.tenant, owner.lender
        from unnest(:touches) as asked (touch), touch_owner(asked.touch) as owner
    ), first as materialized (
        select tenant, lender from owned limit 1
    ), scope as materialized (
        select set_config('forbear.tenant', tenant, true), set_config('forbear.lender', lender, true),
            set_config('idle_in_transaction_session_timeout', '60s', true)
        from first
    )
    select owned.touch, (owned.tenant, owned.lender) = (first.tenant, first.lender) from owned, first, scope
    """
).bindparams(bindparam("touches", type_=ARRAY(Text)))
"""The same for several, of which the first one that is somebody's says whose turn it is."""
log = structlog.get_logger()


def make_engine(url: str, *, pool: int = 0) -> Engine:
    """An engine for one role; without `pool` every connection is closed after use.

    Then it is the same for whoever asks again: it holds nothing but what it learnt of the server and its statements.
    """
    if not pool:
        return _poolless(url)
    # Last in, first out: a few connections stay warm and keep their prepared statements.
    return _made(url, pool_size=pool, max_overflow=pool, pool_timeout=15, pool_use_lifo=True)


@lru_cache(maxsize=16)
def _poolless(url: str) -> Engine:
    return _made(url, poolclass=NullPool)


def _made(url: str, **pooling: Any) -> Engine:
    arguments = {"connect_timeout": 5, "application_name": make_url(url).username or "forbear"}
    engine = create_engine(url, connect_args=arguments, hide_parameters=True, **pooling)
    event.listen(engine, "handle_error", _drop_detail)
    return engine


def _drop_detail(context: ExceptionContext) -> None:
    """Keep the first line of the server's complaint: the lines after it quote values."""
    for error in (context.original_exception, context.sqlalchemy_exception):
        if error is not None and error.args and isinstance(error.args[0], str):
            error.args = (error.args[0].split("\n")[0], *error.args[1:])


@contextmanager
def must_answer(url: str) -> Generator[None]:
    """Turn a database that cannot be reached into one line with its remedy."""
    try:
        yield
    except ProgrammingError as error:
        if isinstance(error.orig, UndefinedTable):
            raise CannotStart(NO_TABLES) from None
        raise
    except OperationalError as error:
        place = make_url(url)
        where = f"{place.host}:{place.port or 5432}/{place.database} as {place.username}"
        said = str(error.orig)
        if "password authentication failed" in said or "no password supplied" in said:
            raise CannotStart(f"PostgreSQL at {where} refuses the password: correct FORBEAR_PASSWORD_…") from None
        if "does not exist" in said:
            raise CannotStart(f"PostgreSQL at {where} has no such database or role: create it first") from None
        raise CannotStart(f"No PostgreSQL answers at {where}: start it, or correct FORBEAR_DATABASE_URL") from None


def key_bytes(settings: Settings, name: str) -> bytes:
    """One of the installation's keys, decoded and of the right length."""
    given: SecretStr = getattr(settings, name)
    try:
        decoded = b64decode(given.get_secret_value(), validate=True)
    except ValueError:
        decoded = b""
    if len(decoded) != KEY_BYTES:
        raise CannotStart(f"FORBEAR_{name.upper()} is not 32 bytes in base64: set it, or name FORBEAR_SETTINGS")
    return decoded


class Ledger:
    """The open record of one installation. Threads may share it.

    Attributes:
        vault: seals and opens personal data.
        clock: the installation's clock as it was when last loaded.
        kept: digests of the rules and calendars that this process knows to be in the record, where they stay.
    """

    def __init__(self, settings: Settings, *, pool: int, clock: Clock | None) -> None:
        self.settings = settings
        self.vault = Vault(key_bytes(settings, "master_key"), key_bytes(settings, "match_key"))
        self.clock = clock or Clock.real()
        self.kept: set[str] = set()
        self._given = clock
        self._pool = pool
        self._engines: dict[Role, Engine] = {}
        self._lock = Lock()

    @classmethod
    def open(cls, settings: Settings, *, pool: int = 5, clock: Clock | None = None) -> Self:
        """Connect, look at the version and load the clock; a `clock` given is used instead of the stored one."""
        ledger = cls(settings, pool=pool, clock=clock)
        url = settings.database_url_for(ledger._first_role())
        with must_answer(url), ledger.engine(ledger._first_role()).connect() as connection:
            version = int(connection.exec_driver_sql("show server_version_num").scalar_one())
            if version < OLDEST:
                raise CannotStart(f"PostgreSQL {version // 10_000} is too old: Forbear needs 15 or newer")
            if connection.exec_driver_sql("select to_regclass('public.clock')").scalar_one() is None:
                raise CannotStart(NO_TABLES)
        ledger.reload_clock()
        return ledger

    def _first_role(self) -> Role:
        """A role this process has a password for."""
        if self.settings.password_api.get_secret_value():
            return "api"
        return "worker" if self.settings.password_worker.get_secret_value() else "relay"

    def engine(self, role: Role) -> Engine:
        """The engine of a role, made on first use."""
        with self._lock:
            if role not in self._engines:
                self._engines[role] = make_engine(self.settings.database_url_for(role), pool=self._pool)
            return self._engines[role]

    def reload_clock(self) -> Clock:
        """Read the clock's row again, as a process does that was started before a rehearsal."""
        if self._given is None:
            with self._transaction(self._first_role(), "", "") as session:
                self.clock = clock_row.load(session) or Clock.real()
        return self.clock

    @contextmanager
    def api(self, tenant: str, lender: str) -> Generator[Session]:
        """A transaction that sees one lender of one tenant."""
        with self._transaction("api", tenant, lender) as session:
            yield session

    @contextmanager
    def worker(self, tenant: str = "") -> Generator[Session]:
        """A transaction that sees one tenant; without one, only the list of tenants."""
        with self._transaction("worker", tenant, "") as session:
            yield session

    @contextmanager
    def staff(self, tenant: str = "") -> Generator[Session]:
        """A transaction of somebody who works for a tenant and sees all its lenders; without one, it sees no row."""
        with self._transaction("staff", tenant, "") as session:
            yield session

    @contextmanager
    def relay(self) -> Generator[Session]:
        """A transaction that sees the ids in the outbox."""
        with self._transaction("relay", "", "") as session:
            yield session

    @contextmanager
    def anyone(self) -> Generator[Session]:
        """A transaction that sees no row: only the look-ups that tell whose an id is."""
        with self._transaction("api", "", "") as session:
            yield session

    @contextmanager
    def api_of_touch(self, touch: str) -> Generator[Session | None]:
        """A transaction that sees the lender whose touch this is; None where it is nobody's."""
        session, found = self._begin("api", SCOPE_OF_TOUCH, {"touch": touch})
        with self._finished(session):
            yield session if found else None

    @contextmanager
    def api_of_touches(self, touches: Sequence[str]) -> Generator[tuple[Session, dict[str, bool]]]:
        """A transaction that sees one lender; of each touch that is anybody's, whether it is that lender's."""
        session, found = self._begin("api", SCOPE_OF_TOUCHES, {"touches": touches})
        with self._finished(session):
            yield session, dict(cast("Sequence[tuple[str, bool]]", found))

    @contextmanager
    def _transaction(self, role: Role, tenant: str, lender: str) -> Generator[Session]:
        session, _ = self._begin(role, SCOPE, {"tenant": tenant, "lender": lender})
        with self._finished(session):
            yield session

    @contextmanager
    def _finished(self, session: Session) -> Generator[Session]:
        try:
            yield session
            session.commit()
        except BaseException:
            session.rollback()
            raise
        finally:
            session.close()

    def _begin(self, role: Role, scope: TextClause, values: Mapping[str, object]) -> tuple[Session, Sequence[Row[Any]]]:
        """Open a transaction and set its scope; also what was found of it, nothing where there is no such scope.

        The first statement finds out whether a pooled connection outlived its server; nothing was done yet, so once
        more with a new one is safe.
        """
        session = Session(self.engine(role), expire_on_commit=False)
        try:
            return session, session.execute(scope, values).all()
        except DBAPIError as error:
            session.rollback()
            if not error.connection_invalidated:
                session.close()
                raise
            log.info("database_connection_renewed", role=role)
            return session, session.execute(scope, values).all()

    def close(self) -> None:
        """Give all connections back."""
        with self._lock:
            for engine in self._engines.values():
                engine.dispose()
            self._engines.clear()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
