"""`forbear letters run`: papers of one kind for many accounts: made, looked at, handed over, listed, counted.

A run is started once and may be gone on with as often as it takes. What is printed are ids, states, codes and sums.
"""

import csv
import json
import sys
from collections import Counter
from collections.abc import Generator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, fields
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from forbear.errors import BadInput, Conflict
from forbear.rules_cli.opening import DATA, Data, ledger_of

run = typer.Typer(no_args_is_help=True, help="Papers of one kind for many accounts, as a job that can be gone on with.")
Run = Annotated[str, typer.Argument(metavar="RUN", help="Its id: lrn_….")]
FOLDER: Final = "letter-runs"
PRESSES: Final = 2
READY_SECONDS: Final = 120.0
JOB_SECONDS: Final = 30.0
EVERY: Final = 50
"""Papers between two lines of progress."""


@run.command("start")
def start(
    kind: Annotated[str, typer.Argument(metavar="KIND", help="Which paper; see 'forbear letters kinds'.")],
    *,
    day: Annotated[str, typer.Option(metavar="DATE", help="The date on the papers.")],
    account: Annotated[list[str] | None, typer.Option(help="acc_…; may be given many times.")] = None,
    accounts: Annotated[
        Path | None, typer.Option(exists=True, dir_okay=False, help="A file with an account on each line.")
    ] = None,
    lender: Annotated[str, typer.Option(help="All its open accounts in arrears; len_….")] = "",
    overdue: Annotated[int, typer.Option(min=0, help="With --lender: in arrears for so many days.")] = 0,
    data: Data = DATA,
) -> None:
    """Start a run and make its papers; nothing is sent. Prints the run's id first, then progress on stderr."""
    from forbear.ledger import letter_runs
    from forbear.letters_asked import find
    from forbear.rules_cli.paper import a_day

    found, date = find(kind), a_day(day, "--day")
    if date is None or "letter" not in found.channels:
        raise BadInput(
            "KIND", f"'{kind}' is not sent by post, or --day is empty", "Take a kind with the channel letter"
        )
    named = _named(account or [], accounts)
    if bool(lender) == bool(named):
        raise BadInput("--account", "or --lender is needed, and not both", "Give accounts, or a lender")
    with ledger_of(data) as ledger:
        tenant = _owner(ledger, lender, named)
        with ledger.worker(tenant) as session:
            if lender:
                named = letter_runs.overdue(session, lender, letter_runs.overdue_since(date, overdue))
            run_id = letter_runs.start(ledger, session, letter_runs.Asked(found.id, found.parties, date, tuple(named)))
        typer.echo(run_id)
        _work(ledger, tenant, run_id, data)


@run.command("hand")
def hand(run_id: Run, data: Data = DATA) -> None:
    """Hand a run's letters over, each with a permit of its own; what may not go now is held and says why."""
    from forbear.ledger import letter_runs

    with ledger_of(data) as ledger:
        tenant = letter_runs.tenant_of(ledger, run_id)
        with ledger.worker(tenant) as session:
            letter_runs.let_hand(ledger, session, run_id)
        _work(ledger, tenant, run_id, data)


@run.command("resume")
def resume(
    run_id: Run,
    *,
    refused: Annotated[bool, typer.Option("--refused", help="Also what was refused, once it was corrected.")] = False,
    data: Data = DATA,
) -> None:
    """Go on with a run: make what waits, and hand over what may leave if the run was let to."""
    from forbear.ledger import letter_runs

    with ledger_of(data) as ledger:
        tenant = letter_runs.tenant_of(ledger, run_id)
        if refused:
            with letter_runs.alone(ledger, run_id), ledger.worker(tenant) as session:
                letter_runs.ask_again(ledger, session, run_id)
        _work(ledger, tenant, run_id, data)


@run.command("show")
def show(run_id: Run, data: Data = DATA) -> None:
    """Show how far a run is, and each paper that was refused or is held, with its reason."""
    from forbear.ledger import letter_runs
    from forbear.ledger.tables.letter_runs import LetterRun

    with ledger_of(data) as ledger:
        tenant = letter_runs.tenant_of(ledger, run_id)
        with ledger.worker(tenant) as session:
            letter_runs.follow(ledger, session, run_id)
            found = session.get_one(LetterRun, run_id)
            typer.echo(f"{found.kind}\t{found.day}\t{'hands over' if found.hands_since else 'makes only'}")
            for state, number in letter_runs.count(session, run_id).items():
                typer.echo(f"{state}\t{number}")
            for item in letter_runs.of_state(session, run_id, "refused", "held"):
                until = f"\tuntil {item.until.isoformat()}" if item.until else ""
                typer.echo(f"{item.number}\t{item.account}\t{item.person}\t{item.state}\t{item.code}{until}")


@run.command("manifest")
def manifest(
    run_id: Run,
    *,
    as_json: Annotated[bool, typer.Option("--json", help="One object with lines and totals.")] = False,
    both_sides: Annotated[bool, typer.Option("--both-sides", help="Count sheets as printed on both sides.")] = False,
    data: Data = DATA,
) -> None:
    """List a run's papers as CSV, and their totals by provider and service: letters, pages, sheets, cost."""
    from forbear.cadence.playbooks import load_all
    from forbear.ledger import letter_runs
    from forbear.ledger.letter_runs_told import Line, lines, totals

    with ledger_of(data) as ledger:
        tenant = letter_runs.tenant_of(ledger, run_id)
        with ledger.worker(tenant) as session:
            letter_runs.follow(ledger, session, run_id)
            told = lines(session, run_id, load_all(), ledger.settings.letter_prices)
    summed = [
        {**group._asdict(), **asdict(total), "cost": str(total.cost) if group.currency else ""}
        for group, total in totals(told, both_sides=both_sides).items()
    ]
    if as_json:
        typer.echo(json.dumps({"lines": [_plain(line) for line in told], "totals": summed}))
        return
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow([field.name for field in fields(Line)])
    writer.writerows(_plain(line).values() for line in told)
    writer.writerow([])
    for total in summed:
        writer.writerow([f"{name}={value}" for name, value in total.items()])


def _plain(line: Any) -> dict[str, Any]:
    return {**asdict(line), "cost": None if line.cost is None else str(line.cost)}


def _named(given: list[str], file: Path | None) -> tuple[str, ...]:
    read = file.read_text("utf-8").split() if file is not None else []
    return tuple(dict.fromkeys([*given, *read]))


def _owner(ledger: Any, lender: str, named: tuple[str, ...]) -> str:
    from forbear.ledger.letter_runs import tenant_of_lender
    from forbear.rules_cli.opening import tenant_of

    return tenant_of_lender(ledger, lender) if lender else tenant_of(ledger, named[0])


def _work(ledger: Any, tenant: str, run_id: str, data: Path) -> None:
    """Make what waits; hand over if the run was let to; tell how it stands."""
    from forbear.ledger import letter_runs
    from forbear.ledger.tables.letter_runs import LetterRun
    from forbear.letter_runs_work import Shop, hand_over, strays
    from forbear.letters_asked import find

    with ExitStack() as kept:
        kept.enter_context(letter_runs.alone(ledger, run_id))
        with ledger.worker(tenant) as session:
            found = session.get_one(LetterRun, run_id)
            waiting, hands = letter_runs.count(session, run_id), found.hands_since is not None
        presses = kept.enter_context(_presses())
        folder = data / FOLDER
        for stray in strays(folder):
            stray.unlink()
        shown = Counter[str]()

        def progress(phase: str, state: str) -> None:
            shown[state] += 1
            if sum(shown.values()) % EVERY == 0:
                typer.echo(f"{phase}: {dict(shown)}", err=True)

        if waiting["waiting"]:
            Shop(ledger, presses, PRESSES, folder).make(tenant, run_id, find(found.kind), progress)
        if hands:
            hand_over(ledger, tenant, run_id, *_hands(ledger, presses), progress)
        with ledger.worker(tenant) as session:
            told = letter_runs.count(session, run_id)
    typer.echo("\t".join(f"{state} {number}" for state, number in told.items()), err=True)
    if told["waiting"]:
        raise Conflict("papers of this run still wait: go on with 'forbear letters run resume'")


def _hands(ledger: Any, presses: Any) -> tuple[Any, Any]:
    """What hands letters over, as the worker does it, and the rules that it asks."""
    from activities.contact import ContactActivities
    from activities.letters import Letters
    from forbear.cadence.playbooks import load_all
    from forbear.channels.post_routed import RoutedPost
    from forbear.ledger.letter_runs_claimed import Rules
    from forbear.ledger.touching import TouchingBook
    from forbear.rules.packs import load

    rules, settings = Rules(load_all(), load()), ledger.settings
    post = RoutedPost.from_settings(settings, presses, ledger.clock)
    book = TouchingBook(ledger, settings, rules.playbooks, rules.packs)
    return ContactActivities(book, {"letter": Letters(presses, post)}, ledger.clock), rules


@contextmanager
def _presses() -> Generator[Any]:
    from forbear.documents.presses import Presses

    with Presses(PRESSES, ready_seconds=READY_SECONDS, job_seconds=JOB_SECONDS) as presses:
        yield presses
