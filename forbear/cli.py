"""The command `forbear`: serves an installation, rehearses one, and looks after its record.

Each command imports its room only when it runs, so that help and usage errors answer at once. What we raise on purpose
prints as one line and ends with status 1; a usage error with 2.
"""

import os
import signal
import sys
import time
from pathlib import Path
from typing import Annotated, Literal
from zoneinfo import reset_tzpath

import typer
from rich.console import Console

from forbear.cases_cli import case as legal_cases
from forbear.errors import BadInput, CannotStart, ForbearError
from forbear.lender_cli import entity_command, house_command, set_command
from forbear.letter_runs_cli import run as letter_runs
from forbear.letters_cli import letter, letters
from forbear.money_cli import money
from forbear.playbook_cli import playbook
from forbear.print_room_cli import print_room
from forbear.rules_cli.group import rules
from forbear.sender_cli import sender as sender_commands
from forbear.settings import Settings
from forbear.staff_cli import staff
from forbear.wording_cli import templates

EXIT_PAUSE_SECONDS = 0.05

app = typer.Typer(
    no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, help="Outreach for overdue accounts."
)
tenant = typer.Typer(no_args_is_help=True, help="The organisations that run the outreach.")
lender = typer.Typer(no_args_is_help=True, help="The creditors a tenant works for.")
key = typer.Typer(no_args_is_help=True, help="The API keys of lenders.")
for name, group in {"rules": rules, "tenant": tenant, "lender": lender, "key": key}.items():
    app.add_typer(group, name=name)
app.add_typer(templates, name="templates")
app.add_typer(staff, name="staff")
app.add_typer(print_room, name="print-room")
letters.add_typer(letter_runs, name="run")
app.add_typer(letters, name="letters")
app.add_typer(playbook, name="playbook")
app.add_typer(money, name="money")
app.add_typer(sender_commands, name="sender")
app.add_typer(legal_cases, name="case")
lender.command("set")(set_command)
lender.command("house")(house_command)
lender.command("entity")(entity_command)
app.command("letter")(letter)

console = Console(highlight=False, soft_wrap=True)
errors = Console(stderr=True, highlight=False, soft_wrap=True, markup=False)

Data = Annotated[Path, typer.Option("--data", help="The installation's folder.", file_okay=False)]
DATA = Path("var/forbear")


@app.command()
def up(
    data: Data = DATA,
    *,
    free_ports: Annotated[bool, typer.Option("--free-ports", help="Take ports nobody listens on.")] = False,
) -> None:
    """Serve everything on this machine until Ctrl-C: PostgreSQL, Temporal, sandbox, API and worker."""
    from forbear.services.addresses import Addresses
    from forbear.services.house import House

    for variable in ("FORBEAR_DATABASE_URL", "TEMPORAL_ADDRESS"):
        if variable in os.environ:
            raise CannotStart(
                f"{variable} is set, but 'forbear up' brings its own: unset it, or run the API and worker.py yourself"
            )
    try:
        with House(data, addresses=Addresses.free() if free_ports else None, say=_starting) as house:
            at = house.addresses
            console.print(f"API docs   {at.api_url}/docs\nTemporal   {at.ui_url}\nSandbox    {at.sandbox_url}/docs")
            console.print(f"Settings   {house.settings_file}\nCtrl-C stops everything.", markup=False)
            house.watch()
    except KeyboardInterrupt:
        console.print("Stopped.")


@app.command()
def doctor(data: Data = DATA) -> None:
    """Look for whatever would keep 'forbear up' from starting; status 1 when there is something."""
    from forbear.services.doctor import examine

    ill = 0
    for finding in examine(data):
        ill += not finding.well
        console.print("[green]ok[/]  " if finding.well else "[red]bad[/] ", end=" ")
        console.print(
            f"{finding.about}: {finding.found}" + (f". {finding.remedy}" if finding.remedy else ""), markup=False
        )
    raise typer.Exit(1 if ill else 0)


@app.command()
def demo(
    data: Annotated[Path, typer.Option("--data", help="Wiped first.", file_okay=False)] = Path("var/demo"),
    days: Annotated[int, typer.Option(min=1, help="Days of the world.")] = 30,
    seed: Annotated[int, typer.Option(help="Of the people's habits.")] = 1,
) -> None:
    """Rehearse a month of a lender's portfolio in minutes, and judge it."""
    from forbear.rehearsal import demo as rehearsal

    raise typer.Exit(rehearsal.run(data, days, seed))


@app.command()
def sandbox(
    port: Annotated[int, typer.Option(min=0, max=65_535, help="Where it listens; 0 takes a free one.")],
    *,
    host: Annotated[Literal["127.0.0.1", "::1"], typer.Option(help="Loopback only.")] = "127.0.0.1",
    speed: Annotated[int, typer.Option(min=1, max=7_200, help="Seconds of its world in one of ours.")] = 1,
    people: Annotated[
        Path | None, typer.Option(exists=True, dir_okay=False, help="JSON list of who lives there.")
    ] = None,
    inbound_url: Annotated[str, typer.Option(help="Where texts from people are posted.")] = "",
    voice_url: Annotated[str, typer.Option(help="Asked when a person calls.")] = "",
    seed: Annotated[int, typer.Option(help="Of the people's habits.")] = 1,
    lob_webhook_url: Annotated[str, typer.Option(help="Where the print house posts its events.")] = "",
    log: Annotated[
        Path | None, typer.Option(dir_okay=False, help="Append what was accepted to a file, one JSON line each.")
    ] = None,
) -> None:
    """Serve the carrier and the print house alone; one line of JSON tells where and with which fresh credentials.

    Only its log is kept, and that only where --log names a file. Ctrl-C or SIGTERM ends it.
    """
    from tempfile import TemporaryDirectory

    from forbear.sandbox.alone import Alone, ready_line
    from forbear.sandbox.serving import serve

    box = Alone(port, host, speed, people, inbound_url, voice_url, seed, lob_webhook_url, log)
    with TemporaryDirectory(prefix="forbear-sandbox-") as folder:
        options = box.options(Path(folder))
        try:
            serve(options, lambda base_url: ready_line(options, base_url))
        except SystemExit as end:
            if isinstance(end.code, str):
                raise CannotStart(end.code) from None
            raise


@app.command()
def migrate(data: Data = DATA) -> None:
    """Bring the database to the newest schema."""
    from forbear.ledger.migrate import head, upgrade

    upgrade(_settings(data).database_url_for("migrator"))
    console.print(f"The database is at {head()}")


@app.command("import")
def import_(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="Overdue accounts, as CSV or NDJSON.")],
    api_key: Annotated[
        str, typer.Option("--key", envvar="FORBEAR_API_KEY", help="A key with accounts:write and accounts:read.")
    ],
    api: Annotated[str, typer.Option(help="Where the API listens.")] = "http://127.0.0.1:8000",
    encoding: Annotated[str | None, typer.Option(help="utf-8 or gb18030; utf-8 if not told.")] = None,
    *,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Check everything and enrol nothing.")] = False,
) -> None:
    """Enrol accounts from a file, with an answer for each row that is refused."""
    from forbear.api import client_import

    raise typer.Exit(client_import.run(file, api, api_key, console, encoding=encoding, dry_run=dry_run))


@app.command()
def dump(
    path: Annotated[Path, typer.Argument(dir_okay=False, help="Where to write it.")],
    data: Data = DATA,
) -> None:
    """Write the record as JSON lines, as the judge reads it."""
    from forbear.ledger import dump as record

    count = record.write(_settings(data).database_url_for("migrator"), path)
    console.print(f"{count} rows in {path}")


@app.command()
def rehydrate(data: Data = DATA) -> None:
    """Rebuild every workflow from the ledger, on a Temporal that lost them or never had them; may be repeated."""
    from forbear.services import rehydration

    rebuilt = rehydration.run(_settings(data), console.print)
    if rebuilt.failed:
        raise CannotStart(f"{rebuilt.failed} accounts or cases could not be reached: run 'forbear rehydrate' again")
    console.print(f"All {rebuilt.told} open accounts have their workflow, {rebuilt.cases} cases theirs; upkeep runs")


@app.command()
def verify(data: Data = DATA) -> None:
    """Show any change, insertion or deletion below the last published head of the audit chain."""
    from forbear.ledger.engine import Ledger
    from forbear.ledger.verify import verify_command

    settings = _settings(data)
    with Ledger.open(settings) as ledger:
        raise typer.Exit(verify_command(ledger, settings.data, console.print))


@tenant.command("add")
def add_tenant(name: str, data: Data = DATA) -> None:
    """Add an organisation; prints its id."""
    from forbear.ledger import admin

    console.print(admin.add_tenant(_settings(data).database_url_for("migrator"), name))


@lender.command("add")
def add_lender(
    name: str,
    *,
    tenant_id: Annotated[str, typer.Option("--tenant", help="Its id.")],
    role: Annotated[str, typer.Option(help="What the lender is to the debts.")] = "original_creditor",
    kind: Annotated[str, typer.Option(help="What sort of institution it is.")] = "consumer_finance_company",
    country: Annotated[str, typer.Option(help="Two letters.")] = "US",
    phone: Annotated[str, typer.Option(help="Where its people answer.")],
    sender: Annotated[
        str, typer.Option(help="The number its texts come from, or its SMS signature in China; its alone.")
    ],
    data: Data = DATA,
) -> None:
    """Add a creditor; prints its id."""
    from forbear.ledger import admin

    url = _settings(data).database_url_for("migrator")
    added = admin.add_lender(
        url, tenant=tenant_id, name=name, role=role, kind=kind, country=country, phone=phone, sender=sender
    )
    console.print(added)


@key.command("add")
def add_key(
    lender_id: Annotated[str, typer.Option("--lender", help="Its id.")],
    scope: Annotated[list[str], typer.Option(help="What the key may do; may be given several times.")],
    label: Annotated[str, typer.Option(help="Who holds it.")],
    data: Data = DATA,
) -> None:
    """Make an API key; it is shown this once."""
    from forbear.ledger import admin

    made = admin.add_key(_settings(data).database_url_for("migrator"), lender=lender_id, scopes=scope, label=label)
    console.print(made.shown)


def _settings(data: Path) -> Settings:
    """The settings the environment names, or else those of the folder."""
    from forbear.services.installation import settings_of

    return settings_of(data)


def _starting(line: str) -> None:
    console.print(line, style="dim", markup=False)


def main() -> None:
    """Run one command and end cleanly."""
    reset_tzpath(())  # zones come from the pinned package, whatever the machine has
    for ending in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        # All as Ctrl-C, so that services are stopped in order. A script's background job starts with Ctrl-C ignored
        # and must still end when told to; who starts it under nohup means it.
        if ending != signal.SIGHUP or signal.getsignal(ending) != signal.SIG_IGN:
            signal.signal(ending, signal.default_int_handler)
    status: object = 0
    try:
        app()
    except SystemExit as end:
        status = end.code
    except ForbearError as error:
        errors.print(f"forbear: {error}")
        status = 2 if isinstance(error, BadInput) else 1
    # The Temporal SDK can crash a process that ends right after its last call (temporalio/sdk-python#300).
    time.sleep(EXIT_PAUSE_SECONDS)
    sys.exit(status if isinstance(status, int) else 1)
