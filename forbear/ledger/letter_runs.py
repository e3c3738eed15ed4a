"""Runs of letters in the record: which papers one asks for, what became of each, and who works on it.

A run makes papers and sends none: one that is to reach somebody becomes a touch, with the permit of its moment
(`letter_runs_claimed`). What is done to one paper is one transaction, so that a run may end anywhere and go on there.
"""

from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, Literal

from sqlalchemy import func, select, text, update
from sqlalchemy.orm import Session

from forbear.errors import BadInput, Conflict, NotFound
from forbear.ledger import audit, routes
from forbear.ledger.engine import Ledger
from forbear.ledger.ids import new_id
from forbear.ledger.tables.accounts import Account, Party
from forbear.ledger.tables.contacts import Touch
from forbear.ledger.tables.letter_runs import LetterRun, LetterRunItem
from forbear.ledger.tables.people import Lender

State = Literal["waiting", "made", "refused", "held", "handed"]
MOST: Final = 20_000
"""Papers of one run."""
FIRST: Final = ("borrower", "co_borrower")
"""Of those who owe the debt themselves one is written to; of all others each."""
OWNER: Final = text("select letter_run_owner(:run)")
TURN: Final = text("select pg_try_advisory_lock(hashtextextended('forbear.letter_run:' || :run, 0))")
TURN_OVER: Final = text("select pg_advisory_unlock_all()")
SETTLED: Final = {"sent": "handed", "delivered": "handed", "undelivered": "handed", "failed": "refused"}
"""What the state of its touch makes of a paper; a touch whose answer was lost is made out by upkeep."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a run is to make: one kind of paper, dated, for accounts of one lender.

    `parties` are the roles that may read it, as its registry says.
    """

    kind: str
    parties: frozenset[str]
    day: date
    accounts: tuple[str, ...]


def tenant_of(ledger: Ledger, run: str) -> str:
    """Whose a run is.

    Raises:
        NotFound: this installation has no such run.
    """
    with ledger.relay() as session:
        tenant: str | None = session.scalar(OWNER, {"run": run})
    if tenant is None:
        raise NotFound(f"No run {run} in this installation")
    return tenant


def tenant_of_lender(ledger: Ledger, lender: str) -> str:
    """Whose a lender is.

    Raises:
        NotFound: this installation has no such lender.
    """
    with ledger.worker() as session:
        tenants = routes.tenants(session)
    for tenant in tenants:
        with ledger.worker(tenant) as session:
            if session.get(Lender, lender) is not None:
                return tenant
    raise NotFound(f"No lender {lender} in this installation")


def overdue(session: Session, lender: str, since: date) -> tuple[str, ...]:
    """A lender's open accounts that are in arrears since a day or longer, in the order of their ids."""
    due = select(Account.id).where(Account.lender == lender, Account.state == "open", Account.due_since <= since)
    return tuple(session.scalars(due.order_by(Account.id).limit(MOST + 1)))


def start(ledger: Ledger, session: Session, asked: Asked) -> str:
    """Write a run down with everything that it is to make; returns its id.

    Raises:
        BadInput: no accounts, too many, of several lenders or of nobody here, or none with a reader.
    """
    found = session.scalars(select(Account).where(Account.id.in_(asked.accounts)).order_by(Account.id)).all()
    lenders = {account.lender for account in found}
    if len(found) < len(set(asked.accounts)):
        raise BadInput("--account", "names one that this installation does not have", "See 'forbear explain'")
    if len(lenders) != 1:
        raise BadInput("--account", "names accounts of several lenders or none", "Start a run for each lender")
    readers = [(account, person) for account in found for person in _readers(session, account.id, asked.parties)]
    if not 0 < len(readers) <= MOST:
        raise BadInput("--account", f"leads to {len(readers)} papers", f"A run has 1 to {MOST}")
    now, first = ledger.clock.now(), found[0]
    run = LetterRun(
        id=new_id("lrn"), tenant=first.tenant, lender=first.lender, kind=asked.kind, day=asked.day, created_at=now
    )
    session.add(run)
    session.flush()
    for number, (account, person) in enumerate(readers, 1):
        session.add(
            LetterRunItem(
                id=new_id("lri"),
                tenant=run.tenant,
                lender=run.lender,
                run=run.id,
                number=number,
                account=account.id,
                person=person,
                state="waiting",
                changed_at=now,
            )
        )
    written = {"run": run.id, "kind": asked.kind, "day": asked.day.isoformat(), "papers": len(readers)}
    _note(session, run, "letter_run_started", ledger, written)
    return run.id


def let_hand(ledger: Ledger, session: Session, run_id: str) -> None:
    """Say that the run's letters may be handed over, each with a permit of its own. Said again, nothing changes."""
    run = session.get_one(LetterRun, run_id)
    if run.hands_since is None:
        run.hands_since = ledger.clock.now()
        session.flush()
        _note(session, run, "letter_run_hands", ledger, {"run": run.id})


def of_state(session: Session, run: str, *states: State) -> list[LetterRunItem]:
    """The run's papers in these states, in their order."""
    found = select(LetterRunItem).where(LetterRunItem.run == run, LetterRunItem.state.in_(states))
    return list(session.scalars(found.order_by(LetterRunItem.number)))


def count(session: Session, run: str) -> dict[State, int]:
    """How many papers are in each state."""
    found = select(LetterRunItem.state, func.count()).where(LetterRunItem.run == run).group_by(LetterRunItem.state)
    known = dict(session.execute(found).all())
    states: tuple[State, ...] = ("waiting", "made", "refused", "held", "handed")
    return {state: known.get(state, 0) for state in states}


def put(ledger: Ledger, session: Session, item_id: str, state: State, **more: object) -> None:
    """Put down what became of a paper; what stood there of its last state goes."""
    told = {"code": None, "until": None, **more, "state": state, "changed_at": ledger.clock.now()}
    session.execute(update(LetterRunItem).where(LetterRunItem.id == item_id).values(told))


def ask_again(ledger: Ledger, session: Session, run: str) -> int:
    """Have what was refused made again, as somebody corrected what was wrong; returns how many."""
    refused = of_state(session, run, "refused")
    for item in refused:
        put(ledger, session, item.id, "waiting", touch=None)
    return len(refused)


def follow(ledger: Ledger, session: Session, run: str) -> None:
    """Take over what became of the touches of papers that were on their way."""
    under_way = (
        select(LetterRunItem, Touch)
        .join(Touch, Touch.id == LetterRunItem.touch)
        .where(LetterRunItem.run == run, LetterRunItem.state == "made")
    )
    for item, touch in session.execute(under_way).all():
        if touch.state in SETTLED:
            state: State = "handed" if SETTLED[touch.state] == "handed" else "refused"
            put(ledger, session, item.id, state, code=(touch.code or "not-sent") if state == "refused" else None)


@contextmanager
def alone(ledger: Ledger, run: str) -> Generator[None]:
    """Work on a run as the only process; the turn goes with the process, however it ends.

    Raises:
        Conflict: another one works on it.
    """
    with ledger.engine("worker").connect().execution_options(isolation_level="AUTOCOMMIT") as held:
        if not held.scalar(TURN, {"run": run}):
            raise Conflict("another process works on this run")
        try:
            yield
        finally:
            held.execute(TURN_OVER)


def overdue_since(day: date, days: int) -> date:
    """Since when somebody is in arrears who has been for so many days."""
    return day - timedelta(days=days)


def _readers(session: Session, account: str, parties: frozenset[str]) -> Sequence[str]:
    found = session.scalars(select(Party).where(Party.account == account).order_by(Party.role, Party.id)).all()
    may = [party for party in found if party.role in parties]
    for role in FIRST:
        if ones := [party.person for party in may if party.role == role]:
            return ones[:1]
    return list(dict.fromkeys(party.person for party in may))


def _note(session: Session, run: LetterRun, kind: str, ledger: Ledger, written: Mapping[str, object]) -> None:
    audit.note(
        session,
        tenant=run.tenant,
        lender=run.lender,
        kind=kind,
        subject=run.id,
        at=ledger.clock.now(),
        written=written,
    )
