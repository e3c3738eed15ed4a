"""How the rules commands reach the record of an installation."""

from pathlib import Path
from typing import Annotated, Any

import typer

from forbear.errors import NotFound

Data = Annotated[Path, typer.Option("--data", help="The installation's folder.", file_okay=False)]
DATA = Path("var/forbear")


def ledger_of(data: Path) -> Any:
    """The installation's ledger, to be used with `with`."""
    from forbear.ledger.engine import Ledger
    from forbear.services.installation import settings_of

    return Ledger.open(settings_of(data))


def tenant_of(ledger: Any, account: str) -> str:
    """The tenant of an account; `NotFound` for one that the installation does not have."""
    from forbear.ledger.routes import account_owner

    with ledger.relay() as session:
        tenant = account_owner(session, account)
    if tenant is None:
        raise NotFound(f"No account {account} in this installation")
    return tenant
