"""The one row that holds the installation's clock. Absent, the world's time is the machine's."""

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from forbear.clock import Clock
from forbear.ledger.tables.record import ClockRow


def load(session: Session) -> Clock | None:
    """The stored clock, if one was stored."""
    row = session.execute(select(ClockRow.origin, ClockRow.anchor, ClockRow.speed)).one_or_none()
    return None if row is None else Clock(origin=row.origin, anchor=row.anchor, speed=row.speed)


def store(database_url: str, clock: Clock) -> None:
    """Set the clock of all processes, as the migrator. Processes that run read it when they are started again."""
    from forbear.ledger.engine import make_engine, must_answer

    values = {"origin": clock.origin, "anchor": clock.anchor, "speed": clock.speed}
    statement = insert(ClockRow).values(id=1, **values).on_conflict_do_update(index_elements=["id"], set_=values)
    engine = make_engine(database_url)
    with must_answer(database_url), engine.begin() as connection:
        connection.execute(statement)
