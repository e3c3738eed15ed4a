"""One engine per database role for a whole process, pointed at one database after the other.

SQLAlchemy keeps compiled statements with the engine; a season on a fresh database would else spend most of its time in
compiling the same statements again.
"""

from collections.abc import Generator
from contextlib import contextmanager
from typing import Any

import psycopg
from sqlalchemy import Engine, create_engine, event
from sqlalchemy.engine import make_url

from forbear.ledger import engine as shipped

_urls: dict[str, str] = {}
_engines: dict[str, Engine] = {}


def _reused(url: str, *, pool: int = 0) -> Engine:
    role = make_url(url).username or ""
    _urls[role] = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    if role not in _engines:
        made = create_engine(
            "postgresql+psycopg://",
            creator=lambda: psycopg.connect(_urls[role], connect_timeout=5),
            pool_size=pool or 1,
            pool_use_lifo=True,
            hide_parameters=True,
        )
        event.listen(made, "handle_error", shipped._drop_detail)
        _engines[role] = made
    return _engines[role]


@contextmanager
def reused() -> Generator[None]:
    """Let every ledger opened meanwhile use the process's own engines. One ledger at a time."""
    module: Any = shipped
    before = shipped.make_engine
    module.make_engine = _reused
    try:
        yield
    finally:
        module.make_engine = before
