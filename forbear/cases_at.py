"""How the commands of legal cases reach the record: as staff of the tenant whose case it is, and as who they say.

Rows are looked for in one tenant after the other, as a terminal knows ids alone.
"""

from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from forbear.errors import Forbidden, NotFound
from forbear.rules_cli.opening import DATA, Data, ledger_of

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from forbear.ledger.engine import Ledger

__all__ = ["DATA", "By", "Case", "Data", "Opened", "Stdin", "every_tenant", "opened", "prove"]
Case = Annotated[str, typer.Argument(metavar="CASE", help="Its id: cas_….")]
By = Annotated[str, typer.Option("--by", help="Who does it: stf_….")]
Stdin = Annotated[
    bool, typer.Option("--password-stdin", help="Read the password from standard input instead of asking.")
]


@dataclass(frozen=True, slots=True)
class Opened:
    """A transaction with the rights of staff, in the tenant of the row that was asked for."""

    ledger: "Ledger"
    session: "Session"
    tenant: str
    row: Any

    @property
    def now(self) -> Any:
        return self.ledger.clock.now()


@contextmanager
def opened(data: Path, table: type[Any], sought: str) -> Generator[Opened]:
    """Open the tenant in which a row lies.

    Raises:
        NotFound: no tenant of the installation has it.
    """
    with ledger_of(data) as ledger:
        for tenant in every_tenant(ledger):
            with ledger.staff(tenant) as session:
                row = session.get(table, sought)
                if row is not None:
                    yield Opened(ledger, session, tenant, row)
                    return
    raise NotFound(f"This installation has nothing under {sought}")


def every_tenant(ledger: "Ledger") -> list[str]:
    """The tenants of an installation."""
    from forbear.ledger.routes import tenants

    with ledger.worker() as session:
        return tenants(session)


def prove(session: "Session", staff: str, password: str) -> None:
    """Pass somebody who is who they say.

    Raises:
        Forbidden: it is not their password, or they are shut out.
        NotFound: there is nobody of that id.
    """
    from forbear.ledger import passwords, staffing

    member = staffing.locked(session, staff)
    if member.disabled_at is not None or not passwords.holds(member.password_hash, password):
        raise Forbidden(f"This is not the password of {staff}, or they may not sign in")
