"""Decide-and-claim against the same statements on a bare connection: what our own code adds to the database's work.

The statements of each decision are noted as they go out, with their parameters, and sent again by psycopg alone to a
copy of the database as it was before. Both sides answer the same questions about the same people.
"""

from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from itertools import count
from typing import Any

import psycopg
from sqlalchemy import Engine, event

from benchmarks.figure import Figure, rates, seconds
from benchmarks.leaping import Worlds
from benchmarks.sizes import Sizes
from benchmarks.stand import MORNING, Place, Stand, plain
from forbear.cadence.playbooks import Playbook, load_all
from forbear.contracts.decision import Asked, Contact, Decision, Rest
from forbear.ledger.deciding import DecidingBook
from forbear.ledger.engine import Ledger
from forbear.rules.packs import load as load_packs
from forbear.settings import Role

GOAL = 0.5
WARM = 3
PLAYBOOKS, PACKS = load_all(), load_packs()


@dataclass
class Tape:
    """The statements of transactions, in their order."""

    transactions: list[list[tuple[str, Any]]] = field(default_factory=list[list[tuple[str, Any]]])

    def note(self, _conn: Any, _cursor: Any, statement: str, parameters: Any, _context: Any, many: bool) -> None:
        for each in parameters if many else [parameters]:
            self.transactions[-1].append((statement, each))

    @contextmanager
    def listening(self, engine: Engine) -> Generator[None]:
        event.listen(engine, "before_cursor_execute", self.note)
        try:
            yield
        finally:
            event.remove(engine, "before_cursor_execute", self.note)


@dataclass
class Ready:
    """People whose next decision claims a touch: each has rested until its place in the day."""

    place: Place
    worlds: Worlds
    playbooks: Mapping[str, Playbook]

    @classmethod
    def make(cls, stand: Stand, people: int, playbooks: Mapping[str, Playbook] = PLAYBOOKS) -> "Ready":
        place = stand.place()
        place.enrol(people, MORNING)
        ready = cls(place, Worlds(MORNING), playbooks)
        scratch, numbers = stand.copy(place), count()
        with scratch.open(ready.worlds, pool=2) as ledger:
            for account in place.accounts:
                while isinstance(answer := ready.ask(ledger, account, next(numbers)), Rest):
                    ready.worlds.leap(account, answer.until)
        stand.drop(scratch)
        return ready

    def on(self, place: Place) -> "Ready":
        """The same questions about a copy."""
        return Ready(place, self.worlds, self.playbooks)

    def ask(self, ledger: Ledger, account: str, number: int = 0) -> Decision:
        self.worlds.enter(account)
        book = DecidingBook(ledger, self.playbooks, PACKS)
        return book.decide(Asked(tenant=self.place.tenant, account=account, run="run", number=number))

    def warm(self, ledger: Ledger) -> None:
        """What is compiled once is no decision's."""
        self._claim(ledger, self.place.accounts[:WARM])

    def all(self, ledger: Ledger) -> None:
        self._claim(ledger, self.place.accounts[WARM:])

    def _claim(self, ledger: Ledger, accounts: list[str]) -> None:
        for account in accounts:
            answer = self.ask(ledger, account)
            assert isinstance(answer, Contact), answer  # noqa: S101  else it measured something else


def measure(stand: Stand, sizes: Sizes) -> list[Figure]:
    """Transactions a second. A slice's sides keep their order, because a replay needs its recording."""
    ours: list[float] = []
    bare: list[float] = []
    for _ in range(sizes.slices):
        ready = Ready.make(stand, sizes.decisions + WARM)
        place = ready.place
        taped, twin = stand.copy(place), stand.copy(place)
        with place.open(ready.worlds, pool=2) as ledger:
            ready.warm(ledger)
            ours.append(sizes.decisions / seconds(partial(ready.all, ledger)))
        bare.append(sizes.decisions / replay(twin, _recorded(ready.on(taped)), WARM))
        stand.drop(place, taped, twin)
    return [rates("decide and claim / the same statements on a bare connection", "1/s", ours, bare, GOAL)]


def _recorded(ready: Ready) -> Tape:
    tape = Tape()
    with ready.place.open(ready.worlds, pool=2) as ledger, tape.listening(ledger.engine("worker")):
        for account in ready.place.accounts:
            tape.transactions.append([])
            ready.ask(ledger, account)
    return tape


def replay(place: Place, tape: Tape, warm: int, role: Role = "worker") -> float:
    """Seconds for the same transactions but the first few, every row fetched."""
    with psycopg.connect(plain(place.settings.database_url_for(role)), autocommit=True) as connection:

        def again(transactions: list[list[tuple[str, Any]]]) -> None:
            for statements in transactions:
                with connection.transaction(), connection.cursor() as cursor:
                    for statement, parameters in statements:
                        cursor.execute(statement.encode(), parameters)
                        if cursor.description is not None:
                            cursor.fetchall()

        again(tape.transactions[:warm])
        return seconds(partial(again, tape.transactions[warm:]))
