"""The rehearsal: a month of a lender's portfolio in minutes, with the real services, watched, judged and reported.

Everything runs as it does in production, on a clock that goes 7,200 times as fast, against a world of made-up people.
The folder it leaves can be served again: `forbear up --data` goes on where the month ended.
"""

import json
import threading
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
from rich.console import Console
from rich.progress import Progress

from forbear.api.auth import SCOPES
from forbear.clock import Clock, machine_time
from forbear.errors import CannotStart
from forbear.ledger import admin
from forbear.ledger.census import Census
from forbear.rehearsal import cast, closing, figures, folder, histories, portfolio, story
from forbear.rehearsal.clientlog import ClientLog
from forbear.rehearsal.closing import Papers
from forbear.rehearsal.figures import Month
from forbear.rehearsal.office import Office
from forbear.rehearsal.portfolio import Loan
from forbear.rehearsal.screen import Glance, Screen, WorldCount
from forbear.services.addresses import Addresses
from forbear.services.folders import write_private
from forbear.services.house import House
from forbear.services.processes import poll_until

ORIGIN = datetime(2026, 10, 26, 10, 0, tzinfo=UTC)
"""06:00 on a Monday in New York; the clocks there change on the sixth day after."""
START_UP = timedelta(seconds=10)
"""Machine time that services need; the world reaches `ORIGIN` about when they are ready."""
LONGEST_START_SECONDS = 120.0
LENDER = "Harbor Example Credit Union"
LENDER_PHONE, SENDER = "+12125550198", "+12125550199"

HTTP_SECONDS = 60.0


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


def run(data: Path, days: int = 30, seed: int = 1, *, speed: int = 7_200, accounts: int | None = None) -> int:
    """Rehearse, judge and report.

    Args:
        data: folder to wipe and fill.
        days: of the world.
        seed: of the people's habits.
        speed: world seconds in one machine second.
        accounts: how many of the portfolio, from its top; all unless given.

    Returns:
        The exit status: 0 if the judge found nothing.
    """
    began = machine_time()
    console = Console(highlight=False, soft_wrap=True)
    loans = portfolio.read(portfolio.EXAMPLE, accounts)
    plan = Plan(folder.claim(data), days, speed, seed, loans, console)
    habits = cast.draw(loans, seed)
    people = cast.write(loans, habits, data)
    write_private(plan.papers.needles, "".join(f"{value}\n" for value in portfolio.personal_values(loans)))
    clock = Clock(origin=ORIGIN, anchor=machine_time() + START_UP, speed=speed)
    with House(data, addresses=Addresses.free(), clock=clock, people=people, seed=seed, say=_dim(console)) as house:
        with opened_office(plan, house) as office:
            month, told, silence, events = _live(plan, house, office, habits)
        logs = house.logs
        verdict = closing.judge(plan.papers, month.end, logs)
    return _report(plan, month, verdict, (told, silence), events_per_touch=events, began=began)


def _live(
    plan: Plan, house: House, office: Office, habits: Mapping[str, str]
) -> tuple[Month, story.Story, story.Story, float]:
    """The month itself, and what is read from the services before they stop."""
    if not poll_until(lambda: house.clock.now() >= ORIGIN, LONGEST_START_SECONDS):
        raise CannotStart("The world did not begin: the machine's clock stands still or was set back")
    start = house.clock.now()
    _enrol(plan, office)
    with Census(house.settings.database_url_for("migrator")) as census:
        with _at_work(office, lambda: office.work(habits, plan.seed, start)) as failed:
            _watch(plan, house, start, census=census, office=office, failed=failed)
        end = closing.settle(house, census)
    closing.write_record(house, plan.papers)
    month = Month.read(plan.papers.world, plan.papers.ledger, start, end, plan.days)
    events = histories.events_per_touch(histories.fetch(house.settings, house.environment))
    told, quiet = story.eventful(month), story.silent(month)
    return (
        month,
        story.tell(office.account(told), office.timeline(told)),
        story.explain(office.account(quiet), office.timeline(quiet)),
        events,
    )


@contextmanager
def opened_office(plan: Plan, house: House) -> Generator[Office]:
    """The lender's back office with a key of its own."""
    database = house.settings.database_url_for("migrator")
    tenant = admin.add_tenant(database, "Example Outreach")
    lender = admin.add_lender(
        database,
        tenant=tenant,
        name=LENDER,
        role="original_creditor",
        kind="bank",
        country="US",
        phone=LENDER_PHONE,
        sender=SENDER,
    )
    key = admin.add_key(database, lender=lender, scopes=SCOPES, label="back office")
    headers = {"Authorization": f"Bearer {key.shown}"}
    log = ClientLog(plan.papers.client, house.clock)
    with (
        httpx.Client(base_url=house.addresses.api_url, headers=headers, timeout=HTTP_SECONDS, trust_env=False) as api,
        httpx.Client(base_url=house.addresses.sandbox_url, timeout=HTTP_SECONDS, trust_env=False) as provider,
        Census(database) as census,
    ):

        def settled() -> list[dict[str, Any]]:
            """The provider's report with the account each checkout was begun for."""
            report = provider.get("/_sandbox/payments").raise_for_status().json()
            begun = census.checkouts() if report else {}
            return [{**paid, "account": begun.get(paid["client_reference_id"])} for paid in report]

        yield Office(api, house.clock, log, settled)
    log.close()


def _enrol(plan: Plan, office: Office) -> None:
    with Progress(console=plan.console, transient=True) as progress:
        task = progress.add_task("enrolling", total=len(plan.loans))
        office.enrol(plan.loans, lambda: progress.advance(task))
    plan.console.print(f"{len(plan.loans)} accounts enrolled over the API")


@contextmanager
def _at_work(office: Office, work: Callable[[], None]) -> Generator[list[BaseException]]:
    """Run the back office beside us; its failure is ours. Yields what it failed with, empty as long as all is well."""
    failed: list[BaseException] = []

    def guarded() -> None:
        try:
            work()
        except BaseException as error:  # noqa: BLE001  it is raised again in the thread that watches
            failed.append(error)

    thread = threading.Thread(target=guarded, name="back office", daemon=True)
    thread.start()
    try:
        yield failed
    finally:
        office.stop()
    thread.join()
    if failed:
        raise failed[0]


def _watch(
    plan: Plan, house: House, start: datetime, *, census: Census, office: Office, failed: list[BaseException]
) -> None:
    """Show the month until its last day is over or the office failed; services that die are started again."""
    world = WorldCount(plan.papers.world)

    def over() -> bool:
        now = house.clock.now()
        day = min(plan.days, (now - start).days + 1)
        if screen.wants(day, house.clock.machine_now()):
            world.read()
            with suppress(CannotStart):  # a database that is being started again is looked at later
                paid = world.paid + office.banked
                screen.show(Glance(now, day, plan.days, world.texts, paid, world.stops, census.take()))
        return bool(failed) or now >= start + timedelta(days=plan.days)

    with Screen(plan.console) as screen:
        house.watch(until=over)


def _report(
    plan: Plan,
    month: Month,
    verdict: dict[str, Any],
    stories: tuple[story.Story, story.Story],
    *,
    events_per_touch: float,
    began: datetime,
) -> int:
    from forbear.rehearsal import report

    seconds = (machine_time() - began).total_seconds()
    summary = figures.summary(month, verdict, events_per_touch=events_per_touch, seconds=seconds)
    report.write(plan.papers.report, month, summary, *stories)
    plan.papers.summary.write_text(json.dumps(summary, indent=2) + "\n", encoding="utf-8")
    _print(plan, summary, stories)
    return 1 if any(summary[name] for name in ("violations", "duplicates", "lost")) else 0


def _print(plan: Plan, summary: dict[str, Any], stories: tuple[story.Story, story.Story]) -> None:
    """The few lines that matter."""
    say = plan.console.print
    held = ", ".join(f"{rule} {count}" for rule, count in list(summary["held"].items())[:4]) or "nothing"
    collected = ", ".join(f"{amount} {currency}" for currency, amount in summary["collected"].items()) or "nothing"
    say(f"\n[bold]{summary['days']} days[/], {summary['accounts']} accounts of {summary['persons']} people, ", end="")
    say(f"{sum(summary['touches'].values())} texts, in {summary['seconds']:.0f} seconds")
    say(f"Collected {collected}; {summary['paid_accounts']} paid in full, {summary['open_accounts']} open")
    say(f"Held by {held}; {summary['suppressed']} people opted out")
    for heading, told in zip(("One account's story", "Why was nothing sent"), stories, strict=True):
        say(f"\n[bold]{heading}[/]: {told.account} ({told.about})")
        for line in told.lines:
            say(f"  {line.at:%d %b %H:%M}  {line.what}", markup=False)
        say(f"  {told.now}", markup=False)
    say(
        f"\nThe judge: {summary['violations']} violations, {summary['duplicates']} duplicates, {summary['lost']} lost; "
        f"{summary['history_events_per_touch']} history events per touch"
    )
    say(f"Report: {plan.papers.report}\nGo on:  forbear up --data {plan.data}", markup=False)


def _dim(console: Console) -> Callable[[str], None]:
    return lambda line: console.print(line, style="dim", markup=False)
