"""The commands about staff: who works for a tenant, in which roles, with which password, and since when no more.

Run by an operator with the migrator's rights. A password is asked for and never an argument, which every process of a
machine can read; `--password-stdin` takes it from a program that keeps secrets.
"""

import sys
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer

from forbear.errors import BadInput

staff = typer.Typer(no_args_is_help=True, help="Those who work for a tenant: callers, officers, supervisors.")
Data = Annotated[Path, typer.Option("--data", help="The installation's folder.", file_okay=False)]
DATA = Path("var/forbear")
Id = Annotated[str, typer.Argument(help="Of the member of staff: stf_….")]
Roles = Annotated[
    list[str],
    typer.Option("--role", help="caller, officer, supervisor, operator, legal or lawyer; may be given several times."),
]
FromStdin = Annotated[
    bool, typer.Option("--password-stdin", help="Read the password from standard input instead of asking.")
]


@staff.command("add")
def add(
    *,
    email: Annotated[str, typer.Option(help="With which they sign in; one account each.")],
    name: Annotated[str, typer.Option(help="As colleagues know them.")],
    role: Roles,
    tenant: Annotated[str, typer.Option(help="Its id: ten_….")],
    language: Annotated[str, typer.Option(help="Of their pages: en or zh-Hans.")] = "en",
    data: Data = DATA,
    password_stdin: FromStdin = False,
) -> None:
    """Add somebody and set a first password; prints their id."""
    from forbear.ledger import staffing

    with _record(data) as (session, vault, clock):
        added = staffing.add(
            session, vault, tenant=tenant, email=email, name=name, roles=role, language=language, now=clock.now()
        )
        staffing.set_password(session, vault, added, asked_password(stdin=password_stdin, confirm=True), clock)
    typer.echo(added)


@staff.command("list")
def list_staff(
    tenant: Annotated[str | None, typer.Option(help="Its id; every tenant if left out.")] = None, data: Data = DATA
) -> None:
    """Show who works for a tenant: id, roles, language, whether they can sign in, name and e-mail address."""
    from forbear.ledger import staffing

    with _record(data) as (session, vault, _):
        found = staffing.members(session, vault, tenant=tenant)
    for member in found:
        state = "disabled" if member.disabled else "" if member.has_password else "no password"
        roles = ",".join(sorted(member.roles))
        typer.echo(f"{member.id}\t{member.tenant}\t{roles}\t{member.language}\t{state}\t{member.name}\t{member.email}")
    if not found:
        typer.echo("Nobody yet: add somebody with 'forbear staff add'", err=True)


@staff.command("password")
def password(member: Id, data: Data = DATA, *, password_stdin: FromStdin = False) -> None:
    """Set a new password; it ends every session of theirs, and a lock-out."""
    from forbear.ledger import staffing

    with _record(data) as (session, vault, clock):
        staffing.locked(session, member)
        staffing.set_password(session, vault, member, asked_password(stdin=password_stdin, confirm=True), clock)
    typer.echo(f"{member} has a new password, and is signed out everywhere")


@staff.command("roles")
def roles(member: Id, role: Roles, data: Data = DATA) -> None:
    """Give somebody these roles and no others, from their next click on."""
    from forbear.ledger import staffing

    with _record(data) as (session, _, clock):
        staffing.set_roles(session, member, role, clock)
    typer.echo(f"{member} is now {', '.join(sorted(set(role)))}")


@staff.command("disable")
def disable(member: Id, data: Data = DATA) -> None:
    """Shut somebody out at once. What they did stays on record under their id."""
    from forbear.ledger import staffing

    with _record(data) as (session, _, clock):
        staffing.disable(session, member, clock)
    typer.echo(f"{member} is signed out everywhere and cannot sign in; 'forbear staff enable' takes it back")


@staff.command("enable")
def enable(member: Id, data: Data = DATA) -> None:
    """Let somebody in again who was shut out, once a new password is set."""
    from forbear.ledger import staffing

    with _record(data) as (session, _, clock):
        staffing.enable(session, member, clock)
    typer.echo(f"{member} may sign in again once 'forbear staff password' has set a new password")


@contextmanager
def _record(data: Path) -> Generator[Any]:
    """One transaction as the migrator, with the installation's vault and clock."""
    with record(data) as (ledger, session):
        yield session, ledger.vault, ledger.clock


@contextmanager
def record(data: Path) -> Generator[Any]:
    """One transaction as the migrator, with the installation's ledger."""
    from sqlalchemy.orm import Session

    from forbear.ledger.engine import Ledger, make_engine, must_answer
    from forbear.services.installation import settings_of

    settings = settings_of(data)
    url = settings.database_url_for("migrator")
    with Ledger.open(settings) as ledger, must_answer(url), Session(make_engine(url)) as session, session.begin():
        yield ledger, session


def asked_password(*, stdin: bool, confirm: bool = False) -> str:
    """A password from standard input or the terminal, twice where it is a new one."""
    if stdin:
        given = sys.stdin.readline().rstrip("\r\n")
        if not given:
            raise BadInput("password", "is missing on standard input", "Write it there as one line.")
        return given
    if not sys.stdin.isatty():
        raise BadInput("password", "cannot be asked for here", "Give --password-stdin and write it there as one line.")
    return str(typer.prompt("Password", hide_input=True, confirmation_prompt=confirm))
