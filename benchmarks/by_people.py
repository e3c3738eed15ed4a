"""Calls and visits by people: begun with a permit of that moment, told how they ended, against their bare statements.

No carrier is asked: a person dials or knocks. The statements are noted as they go out and sent again by psycopg alone.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

from sqlalchemy import select

from benchmarks.decisions import PACKS, PLAYBOOKS, Tape, replay
from benchmarks.figure import Figure, rates, seconds
from benchmarks.sizes import Sizes
from benchmarks.stand import MORNING, Place, Stand
from forbear.contracts.words import StaffRole, TaskKind
from forbear.ledger import tasks
from forbear.ledger.begun import Begun, begin, settle
from forbear.ledger.engine import Ledger
from forbear.ledger.tables.accounts import Party
from forbear.ledger.tables.people import ContactPoint
from forbear.ledger.task_reasons import because

NOON = MORNING + timedelta(hours=3)
WARM = 2


@dataclass(frozen=True, slots=True)
class Work:
    """What people do: its task, whom it reaches where, and how it ends."""

    kind: TaskKind
    role: StaffRole
    point: str
    template: str
    staff: tuple[str, ...]
    outcome: str


WORKS = (
    Work("call", "caller", "phone", "call-friendly", ("stf_caller",), "no_answer"),
    Work("visit", "officer", "postal", "visit", ("stf_one", "stf_two"), "nobody_home"),
)


def measure(stand: Stand, sizes: Sizes) -> list[Figure]:
    return [_figure(stand, sizes, work) for work in WORKS]


def _figure(stand: Stand, sizes: Sizes, work: Work) -> Figure:
    """Touches a second. A slice's sides keep their order, because a replay needs its recording."""
    ours: list[float] = []
    bare: list[float] = []
    for _ in range(sizes.slices):
        place = stand.place()
        place.enrol(sizes.people_called + WARM, MORNING)
        made = _asked(place, work)
        taped, twin = stand.copy(place), stand.copy(place)
        with place.open(lambda: NOON, pool=2) as ledger:
            _done(ledger, place, work, made[:WARM])
            ours.append(sizes.people_called / seconds(partial(_done, ledger, place, work, made[WARM:])))
        tape = Tape()
        with taped.open(lambda: NOON, pool=2) as ledger, tape.listening(ledger.engine("staff")):
            _done(ledger, taped, work, made, tape)
        bare.append(sizes.people_called / replay(twin, tape, WARM * 2, "staff"))
        stand.drop(place, taped, twin)
    name = f"a {work.kind} by people, begun and told / the same statements on a bare connection"
    return rates(name, "1/s", ours, bare, None)


def _asked(place: Place, work: Work) -> list[str]:
    """A task for each person, as a decision opens it."""
    with place.open(lambda: NOON, pool=2) as ledger, ledger.worker(place.tenant) as session:
        found = select(Party.account, Party.person, ContactPoint.id).where(
            ContactPoint.person == Party.person, ContactPoint.kind == work.point, Party.account.in_(place.accounts)
        )
        wanted = [
            tasks.Wanted(
                tenant=place.tenant,
                lender=place.lender,
                kind=work.kind,
                role=work.role,
                reason=because("step", step=f"by-hand-{work.kind}", title="somebody should talk to this person"),
                account=account,
                person=person,
                contact_point=point,
                step=f"by-hand-{work.kind}",
                template=work.template,
                language="en",
                expires_at=NOON + timedelta(days=3),
            )
            for account, person, point in session.execute(found)
        ]
        made = [tasks.open_task(session, each, NOON) for each in wanted]
    return [each for each in made if each is not None]


def _done(ledger: Ledger, place: Place, work: Work, made: Sequence[str], tape: Tape | None = None) -> None:
    """Each is begun in one transaction and told in another."""
    for task in made:
        if tape is not None:
            tape.transactions.append([])
        with ledger.staff(place.tenant) as session:
            begun = begin(ledger, session, task, work.staff, playbooks=PLAYBOOKS, packs=PACKS)
            assert isinstance(begun, Begun), begun  # noqa: S101  else it measured something else
        if tape is not None:
            tape.transactions.append([])
        with ledger.staff(place.tenant) as session:
            settle(ledger, session, task, work.staff, work.outcome, playbooks=PLAYBOOKS)
