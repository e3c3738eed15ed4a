"""`forbear sender`: a lender's pool of senders and their pace, and what waits until an operator releases it."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from forbear.ledger.engine import Ledger

sender = typer.Typer(no_args_is_help=True, help="Senders of texts: pools, pace, and what a person must release.")
Of = Annotated[str, typer.Option("--tenant", help="The tenant's id.")]
Data = Annotated[Path, typer.Option("--data", help="The installation's folder.", file_okay=False)]
DATA = Path("var/forbear")


@sender.command("add")
def add_command(
    address: Annotated[str, typer.Argument(help="A number (+1…), a Messaging Service (MG…) or a signature.")],
    *,
    tenant: Of,
    lender: Annotated[str, typer.Option(help="The lender's id.")],
    route: Annotated[str, typer.Option(help="The way its texts take.")] = "twilio",
    pace: Annotated[str | None, typer.Option(help="Segments per second; by its form if left out.")] = None,
    data: Data = DATA,
) -> None:
    """Put a sender into a lender's pool, or change its pace."""
    from forbear.ledger import pooling

    with _opened(data) as ledger:
        pooling.add(ledger, tenant, lender, address, provider=route, pace=pace)


@sender.command("retire")
def retire_command(address: str, *, tenant: Of, data: Data = DATA) -> None:
    """Send nothing more by a sender."""
    from forbear.ledger import pooling

    with _opened(data) as ledger:
        pooling.retire(ledger, tenant, address)


@sender.command("list")
def list_command(*, tenant: Of, data: Data = DATA) -> None:
    """Every sender of a tenant with its pace, and what keeps it silent."""
    from sqlalchemy import select

    from forbear.ledger.tables.senders import Sender

    with _opened(data) as ledger, ledger.staff(tenant) as session:
        for each in session.scalars(select(Sender).order_by(Sender.lender, Sender.address)):
            state = "retired" if each.retired_at else f"silent until {each.held_until}" if each.held_until else "in use"
            typer.echo(f"{each.lender}  {each.address}  {each.provider}  {each.segments_per_second:f}/s  {state}")


@sender.command("held")
def held_command(*, tenant: Of, data: Data = DATA) -> None:
    """What waits until somebody releases it, and the codes that nobody has explained yet."""
    from forbear.ledger import incidents

    with _opened(data) as ledger, ledger.staff(tenant) as session:
        for each in incidents.still_open(session):
            typer.echo(f"{each.id}  {each.opened_at:%Y-%m-%d %H:%M}  {each.kind}  {incidents.in_words(each)}")


@sender.command("release")
def release_command(incident: str, *, tenant: Of, data: Data = DATA) -> None:
    """Let what an incident held go on, and end its task."""
    from forbear.ledger import incidents

    with _opened(data) as ledger, ledger.staff(tenant) as session:
        incidents.release(session, incident, "operator", ledger.clock.now())


def _opened(data: Path) -> "Ledger":
    from forbear.ledger.engine import Ledger
    from forbear.services.installation import settings_of

    return Ledger.open(settings_of(data))
