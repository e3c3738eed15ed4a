"""How a whole installation stands right now, in numbers an operator watches: what is open, held, under way, waiting."""

from dataclasses import dataclass
from datetime import datetime
from typing import Self

from sqlalchemy import func, select

from forbear.contracts.words import IN_FLIGHT
from forbear.ledger.engine import make_engine, must_answer
from forbear.ledger.tables.accounts import Account
from forbear.ledger.tables.contacts import Checkout, Touch
from forbear.ledger.tables.record import Outbox

WATCHING = 1
"""Connections kept for the watcher."""


@dataclass(frozen=True, slots=True)
class Count:
    """`held` counts open accounts by the rule that holds them; `waiting` are facts no workflow has heard of yet."""

    open: int
    closed: int
    held: dict[str, int]
    in_flight: int
    waiting: int


class Census:
    """Counts over all tenants, as the migrator sees them."""

    def __init__(self, database_url: str) -> None:
        self._url = database_url
        self._engine = make_engine(database_url, pool=WATCHING)

    def take(self) -> Count:
        """Count now."""
        states = select(Account.state, Account.next_rule, func.count()).group_by(Account.state, Account.next_rule)
        flying = select(func.count()).where(Touch.state.in_(IN_FLIGHT))
        waiting = select(func.count()).where(Outbox.delivered_at.is_(None))
        with must_answer(self._url), self._engine.connect() as connection:
            rows = [(row.state, row.next_rule or "", int(row[2])) for row in connection.execute(states)]
            return Count(
                open=sum(count for state, _, count in rows if state == "open"),
                closed=sum(count for state, _, count in rows if state == "closed"),
                held={rule: count for state, rule, count in rows if state == "open" and rule},
                in_flight=connection.execute(flying).scalar_one(),
                waiting=connection.execute(waiting).scalar_one(),
            )

    def late(self, than: datetime) -> int:
        """How many open accounts have a next instant before this one: work that is still to be done."""
        behind = select(func.count()).where(Account.state == "open", Account.next_at < than)
        with must_answer(self._url), self._engine.connect() as connection:
            return connection.execute(behind).scalar_one()

    def checkouts(self) -> dict[str, str]:
        """The account of each payment begun through a link, to read a payment provider's report by."""
        with must_answer(self._url), self._engine.connect() as connection:
            return {row.id: row.account for row in connection.execute(select(Checkout.id, Checkout.account))}

    def close(self) -> None:
        self._engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
