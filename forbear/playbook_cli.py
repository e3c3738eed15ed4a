"""The commands about playbooks: is a file right, what does a playbook do, and what would it do to one account?"""

from pathlib import Path
from typing import Annotated, Any

import typer

from forbear.errors import BadData, CannotStart, NotFound

playbook = typer.Typer(no_args_is_help=True, help="The cadences: what is said when, by which way, to whom.")
DATA = Path("var/forbear")
PLAN_DAYS = 120


@playbook.command("check")
def check(file: Annotated[Path, typer.Argument(exists=True, dir_okay=False)]) -> None:
    """Read a playbook as a worker would at its start, and look for its words and at the routes that they take."""
    from forbear.cadence.playbooks import load
    from forbear.cadence.sms_routes import load_routes
    from forbear.channels.route_check import check_routes
    from forbear.channels.step_words import check_words
    from forbear.channels.wording import SmsWording

    try:
        book = load(file)
        check_routes({book.name: book}, SmsWording(), load_routes())
        check_words({book.name: book})
    except (BadData, CannotStart) as wrong:
        typer.echo(str(wrong))
        raise typer.Exit(1) from None
    typer.echo(f"{book.name} {book.version}: {len(book.steps)} steps, nothing wrong")


@playbook.command("show")
def show(name: Annotated[str, typer.Argument(help="A playbook's name, or its file.")]) -> None:
    """Print a playbook: its limits with their source, its steps in the order in which they are tried, and its end."""
    book = _named(name)
    typer.echo(f"{book.name} {book.version}: {book.title}")
    source = f", by: {book.source}" if book.source else ""
    typer.echo(f"At most {book.contacts_in_7_days} contacts in 7 days with one person{source}")
    for step in book.steps:
        by = f"{step.staff}s, who get a permit when they begin" if step.by == "person" else "a machine"
        typer.echo(f"\n{step.id}: {step.title}")
        typer.echo(f"  days {step.from_day} to {step.to_day}, {step.channel} to the {_words(step.party)}, by {by}")
        typer.echo(f"  at most {step.at_most}, {step.gap_days} days apart at least; words: {step.template}")
        for line in _conditions(step):
            typer.echo(f"  {line}")
    if book.escalation is not None:
        typer.echo(f"\nFrom day {book.escalation.from_day}: {book.escalation.title} ({book.escalation.matter})")
    if book.repaid is not None:
        typer.echo(f"\nOnce repaid: {book.repaid.title} ({book.repaid.matter})")


@playbook.command("preview")
def preview(
    account: Annotated[str, typer.Argument(help="An account's id, or a JSON file with the enrolment to be sent.")],
    days: Annotated[int, typer.Option(min=1, max=1000)] = PLAN_DAYS,
    data: Annotated[Path, typer.Option("--data", help="The installation's folder.", file_okay=False)] = DATA,
) -> None:
    """Print the dated plan of one account if nobody answers and nothing is paid, with the rules that hold each step.

    Nothing is written and nobody is contacted.
    """
    planned, note = _from_file(Path(account), days) if Path(account).is_file() else _from_ledger(account, days, data)
    for each in planned:
        for rule, why in each.held:
            typer.echo(f"      held by {rule}: {why}")
        where = f"{each.channel} to the {_words(each.party)}: " if each.channel else ""
        who = "a person is asked for a " if each.kind == "ask" else ""
        typer.echo(f"{_local(each)}  day {each.day:>3}  {who}{where}{each.says}")
    typer.echo(f"{len(planned)} things in {days} days, as if nobody answered and nothing was paid{note}")


def _from_file(file: Path, days: int) -> tuple[list[Any], str]:
    from pydantic import ValidationError

    from forbear.cadence.preview import plan
    from forbear.clock import Clock
    from forbear.ledger.forms.enrolment import EnrolmentForm
    from forbear.ledger.planned import life_of_form
    from forbear.rules.packs import load

    try:
        form = EnrolmentForm.model_validate_json(file.read_text("utf-8"))
    except ValidationError as wrong:
        # The values themselves are somebody's: only where and what.
        faults = "; ".join(f"{'.'.join(map(str, each['loc']))}: {each['msg']}" for each in wrong.errors())
        raise CannotStart(f"{file.name} is no enrolment: {faults}") from None
    packs, now = load(), Clock.real().now()
    life = life_of_form(form, packs, now)
    return list(plan(life, _named(form.playbook), packs, now, days=days)), "; not enrolled yet"


def _from_ledger(account: str, days: int, data: Path) -> tuple[list[Any], str]:
    from forbear.cadence.playbooks import load_all
    from forbear.cadence.preview import plan
    from forbear.ledger import life_rows
    from forbear.ledger.lives import life_of
    from forbear.rules.packs import load
    from forbear.rules_cli.opening import ledger_of, tenant_of

    packs, books = load(), load_all()
    with ledger_of(data) as ledger, ledger.worker(tenant_of(ledger, account)) as session:
        found, now = life_rows.account(session, account), ledger.clock.now()
        book = None if found is None else books.get(found[0].playbook)
        if found is None or book is None:
            raise NotFound(f"No account {account}, or its playbook is not installed here")
        return list(plan(life_of(session, found, now=now, packs=packs), book, packs, now, days=days)), ""


def _named(name: str) -> Any:
    from forbear.cadence.playbooks import load, load_all

    if Path(name).is_file():
        return load(Path(name))
    books = load_all()
    if name not in books:
        raise NotFound(f"No playbook {name}: there are {', '.join(sorted(books))}")
    return books[name]


def _conditions(step: Any) -> list[str]:
    lines = [f"only when {_words(step.when)}"] if step.when != "always" else []
    lines += [f"not when {_words(step.unless)}"] if step.unless else []
    lines += [f"only after {each.step} was {_words(each.result)}" for each in step.after]
    lines += [f"holds all that follows until it was {_words(step.required)}"] if step.required else []
    lines += ["is passed over where nothing allows it"] if step.optional else []
    lines += [f"a talk must tell: {', '.join(map(_words, step.requires))}"] if step.requires else []
    return lines


def _words(code: str) -> str:
    return code.replace("_", " ").replace(":", ": ")


def _local(each: Any) -> str:
    from zoneinfo import ZoneInfo

    return f"{each.at.astimezone(ZoneInfo(each.zone)):%a %Y-%m-%d %H:%M} {each.zone}"
