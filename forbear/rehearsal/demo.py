"""The rehearsal: a month of three lenders' portfolios in minutes, with the real services, watched, judged and reported.

Everything runs as it does in production, on a clock that goes 7,200 times as fast, against a world of made-up people.
The folder it leaves can be served again: `forbear up --data` goes on where the month ended.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import Progress

from forbear.clock import Clock, machine_time
from forbear.errors import CannotStart
from forbear.ledger.census import Census
from forbear.rehearsal import (
    back_offices,
    cast,
    closing,
    court,
    courtroom,
    crew,
    figures,
    folder,
    histories,
    in_court,
    portfolio,
    posting,
    saying,
    staff,
    story,
)
from forbear.rehearsal.closing import Papers
from forbear.rehearsal.figures import Month
from forbear.rehearsal.in_court import Court
from forbear.rehearsal.lenders import LENDERS, UNION
from forbear.rehearsal.office import Office
from forbear.rehearsal.portfolio import Labels, Loan
from forbear.rehearsal.robot import Robot
from forbear.rehearsal.screen import Glance, Screen, Sums, WorldCount, add
from forbear.rehearsal.story import Read
from forbear.services.addresses import Addresses
from forbear.services.folders import write_private
from forbear.services.house import House
from forbear.services.processes import poll_until

ORIGIN = datetime(2026, 10, 26, 10, 0, tzinfo=UTC)
"""06:00 on a Monday in New York, where the clocks change on the sixth day after; 18:00 in Beijing, where they never
do."""
START_UP = timedelta(seconds=10)
"""Machine time that services need; the world reaches `ORIGIN` about when they are ready."""
LONGEST_START_SECONDS = 120.0
LENDER, LENDER_PHONE, SENDER = UNION.name, UNION.phone, UNION.sender


@dataclass(frozen=True, slots=True)
class Plan:
    """What is rehearsed."""

    data: Path
    days: int
    speed: int
    seed: int
    loans: list[Loan]
    console: Console

    @property
    def papers(self) -> Papers:
        return Papers(self.data)

    def of(self, office: Office) -> list[Loan]:
        return [loan for loan in self.loans if loan.lender == office.lender]


def run(data: Path, days: int = 30, seed: int = 1, *, speed: int = 7_200, accounts: int | None = None) -> int:
    """Rehearse, judge and report.

    Args:
        data: folder to wipe and fill.
        days: of the world.
        seed: of the people's habits.
        speed: world seconds in one machine second.
        accounts: how many of the portfolios, from their tops; all unless given.

    Returns:
        The exit status: 0 if the judge found nothing.
    """
    began = machine_time()
    console = Console(highlight=False, soft_wrap=True)
    labels: Labels = {}
    loans = portfolio.read_all(accounts, labels)
    matters = court.read_all(labels)
    for_court = [matter.loan for matter in matters]
    plan = Plan(folder.claim(data), days, speed, seed, loans, console)
    habits = cast.draw(loans, seed)
    people = cast.write([*loans, *for_court], habits | court.habits(matters), data)
    personal = {*portfolio.personal_values([*loans, *for_court]), *court.personal_values(matters)}
    write_private(plan.papers.needles, "".join(f"{value}\n" for value in sorted(personal)))
    clock = Clock(origin=ORIGIN, anchor=machine_time() + START_UP, speed=speed)
    with House(
        data,
        addresses=Addresses.free(),
        clock=clock,
        people=people,
        seed=seed,
        returned_share=100 * posting.COMES_BACK,
        say=_dim(console),
    ) as house:
        tenant = back_offices.add_tenant(house)
        employees = staff.hire(house, tenant)
        with (
            back_offices.opened(house, plan.papers, LENDERS, tenant) as offices,
            crew.hired(house, plan.papers.staff, employees, loans=loans, habits=habits, seed=seed) as robots,
            courtroom.in_session(house, plan.papers.packets, offices, employees, matters) as legal,
        ):
            month, read, events = _live(plan, house, offices, [*robots, *legal], habits=habits)
        logs = house.logs
        verdict = closing.judge(plan.papers, month.end, logs)
    roles = {each.id: each.role for each in employees}
    court_month = in_court.read(month, plan.papers.packets, roles)
    return _report(plan, month, verdict, read, events_per_touch=events, began=began, court_month=court_month)


def _live(
    plan: Plan, house: House, offices: Sequence[Office], robots: Sequence[Robot], *, habits: Mapping[str, str]
) -> tuple[Month, list[Read], float]:
    """The month itself, and what is read from the services before they stop."""
    if not poll_until(lambda: house.clock.now() >= ORIGIN, LONGEST_START_SECONDS):
        raise CannotStart("The world did not begin: the machine's clock stands still or was set back")
    start = house.clock.now()
    for office in offices:
        _enrol(plan, office)
    with Census(house.settings.database_url_for("migrator")) as census:
        with (
            back_offices.at_work(offices, lambda office: office.work(habits, plan.seed, start)) as failed,
            back_offices.at_work(robots, Robot.work) as broken,
        ):
            _watch(plan, house, start, census=census, offices=offices, failed=lambda: bool(failed or broken))
        end = closing.settle(house, census)
    closing.write_record(house, plan.papers)
    month = Month.read(plan.papers.world, plan.papers.ledger, start, end, plan.days)
    events = histories.events_per_touch(histories.fetch(house.settings, house.environment))
    return month, _read(month, offices), events


def _read(month: Month, offices: Sequence[Office]) -> list[Read]:
    """Of each lender an eventful account, then of each a silent one, as its own API tells them."""
    asked = {office.lender: office for office in offices}
    chosen = [(asked[lender], story.eventful(part), False) for lender, part in month.parts()]
    chosen += [(asked[lender], story.silent(part), True) for lender, part in month.parts()]
    return [
        Read(office.lender, office.account(account), office.timeline(account), quiet)
        for office, account, quiet in chosen
    ]


def _enrol(plan: Plan, office: Office) -> None:
    """The way each lender prefers: account by account, or its whole file as its system wrote it."""
    loans = plan.of(office)
    with Progress(console=plan.console, transient=True) as progress:
        task = progress.add_task(f"enrolling for {office.lender.name}", total=len(loans))
        if not office.lender.sends_file:
            office.enrol(loans, lambda: progress.advance(task))
            told = f"{len(loans)} accounts enrolled over the API"
        else:
            counts = office.hand_over(loans, lambda row: progress.update(task, completed=row))
            file = office.lender.export.name
            told = f"{counts['enrolled']} accounts enrolled from {file}, {counts['refused']} rows refused"
    plan.console.print(f"{office.lender.name}: {told}", markup=False)


def _watch(
    plan: Plan,
    house: House,
    start: datetime,
    *,
    census: Census,
    offices: Sequence[Office],
    failed: Callable[[], bool],
) -> None:
    """Show the month until its last day is over or an office failed; services that die are started again."""
    world = WorldCount(plan.papers.world)

    def over() -> bool:
        now = house.clock.now()
        day = min(plan.days, (now - start).days + 1)
        if screen.wants(day, house.clock.machine_now()):
            world.read()
            with suppress(CannotStart):  # a database that is being started again is looked at later
                paid = _paid(world, offices)
                screen.show(Glance(now, day, plan.days, world.texts, paid, world.stops, census.take()))
        return failed() or now >= start + timedelta(days=plan.days)

    with Screen(plan.console) as screen:
        house.watch(until=over)


def _paid(world: WorldCount, offices: Sequence[Office]) -> Sums:
    """What came through links and what came to the lenders, by currency."""
    sums = dict(world.paid)
    for office in offices:
        add(sums, office.lender.currency, office.banked)
    return sums


def _report(
    plan: Plan,
    month: Month,
    verdict: dict[str, Any],
    read: Sequence[Read],
    *,
    events_per_touch: float,
    began: datetime,
    court_month: Court,
) -> int:
    from forbear.rehearsal import report

    seconds = (machine_time() - began).total_seconds()
    summary = figures.summary(month, verdict, events_per_touch=events_per_touch, seconds=seconds)
    summary["court"] = in_court.counted(month)
    reports = report.write(plan.papers.folder, month, summary, read, court_month)
    plan.papers.summary.write_text(json.dumps(summary, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    saying.say(plan.console, plan.data, summary, read, reports)
    return 1 if any(summary[name] for name in ("violations", "duplicates", "lost")) else 0


def _dim(console: Console) -> Callable[[str], None]:
    return lambda line: console.print(line, style="dim", markup=False)
