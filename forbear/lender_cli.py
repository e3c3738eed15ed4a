"""`forbear lender set`: what an operator decides for a lender, each value checked before it is kept."""

import json
from pathlib import Path
from typing import Annotated, Any

import typer

Data = Annotated[Path, typer.Option("--data", help="The installation's folder.", file_okay=False)]
DATA = Path("var/forbear")


def set_command(
    lender: Annotated[str, typer.Argument(help="The lender's id.")],
    *,
    voicemail: Annotated[
        str | None, typer.Option(help="none, or limited_content: what a machine that answers is told.")
    ] = None,
    voicemail_contact: Annotated[
        str | None, typer.Option(help="The human to ask for, whom such a message names; empty for nobody.")
    ] = None,
    call_identity: Annotated[
        str | None, typer.Option(help="birth_date or last_four: what a machine's call asks before it says more.")
    ] = None,
    post_line: Annotated[
        list[str] | None, typer.Option(help="A line of the address on its letters; up to four times.")
    ] = None,
    post_city: Annotated[str | None, typer.Option(help="With --post-line.")] = None,
    post_region: Annotated[str | None, typer.Option(help="With --post-line; short form.")] = None,
    post_code: Annotated[str | None, typer.Option(help="With --post-line.")] = None,
    post_country: Annotated[str | None, typer.Option(help="With --post-line; two letters.")] = None,
    post_service: Annotated[str | None, typer.Option(help="plain, registered or certified.")] = None,
    data: Data = DATA,
) -> None:
    """Set how a lender's calls and letters are made; what is left out stays. Prints its policy."""
    from forbear.ledger.lender_policy import Change, tell
    from forbear.services.installation import settings_of

    told = {
        "lines": post_line or None,
        "city": post_city,
        "region": post_region,
        "postal_code": post_code,
        "country": post_country,
    }
    address: dict[str, Any] = {name: value for name, value in told.items() if value is not None}
    change = Change(voicemail, voicemail_contact, call_identity, address or None, post_service)
    policy = tell(settings_of(data).database_url_for("migrator"), lender, change)
    typer.echo(json.dumps(policy, ensure_ascii=False, sort_keys=True))
