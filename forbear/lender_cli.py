"""`forbear lender set`, `house` and `entity`: what an operator decides for a lender, checked before it is kept."""

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


def house_command(
    lender: Annotated[str, typer.Argument(help="The lender's id.")],
    *,
    colour: Annotated[str | None, typer.Option(help="As #0b5e55; too light for words, it is used for rules.")] = None,
    logo: Annotated[
        Path | None, typer.Option(help="A PNG or JPEG of at most 200,000 bytes.", exists=True, dir_okay=False)
    ] = None,
    no_colour: Annotated[bool, typer.Option("--no-colour", help="Print in black.")] = False,
    no_logo: Annotated[bool, typer.Option("--no-logo", help="Print the name alone.")] = False,
    data: Data = DATA,
) -> None:
    """Set the colour and the logo of a lender's papers; what is left out stays. Prints what is kept."""
    from forbear.ledger.lender_house import MOST_LOGO, Look, tell_look
    from forbear.ports.house import ink
    from forbear.services.installation import settings_of

    told = b"" if no_logo else None
    if logo is not None:
        with logo.open("rb") as file:
            told = file.read(MOST_LOGO + 1)
    look = Look("" if no_colour else colour, told)
    kept = tell_look(settings_of(data).database_url_for("migrator"), lender, look)
    shown = {
        "colour": kept.get("colour", ""),
        "words_in_colour": bool(ink(kept.get("colour", ""))),
        "logo_signs": len(kept.get("logo", "")),
    }
    typer.echo(json.dumps(shown, sort_keys=True))


def entity_command(
    lender: Annotated[str, typer.Argument(help="The lender's id.")],
    *,
    field: Annotated[
        list[str] | None,
        typer.Option(
            "--field", metavar="NAME=VALUE", help="name, domicile, head_name, code …; an empty one is taken away."
        ),
    ] = None,
    data: Data = DATA,
) -> None:
    """Set who a lender is before a court, as the register of companies has it. Prints the names of what is kept."""
    from forbear.errors import BadInput
    from forbear.ledger.lender_entity import tell_entity
    from forbear.services.installation import settings_of

    told: dict[str, str] = {}
    for pair in field or ():
        name, equals, value = pair.partition("=")
        if not equals:
            raise BadInput("--field", "is no name with its value", "Write it as --field name=value")
        told[name.strip()] = value
    kept = tell_entity(settings_of(data).database_url_for("migrator"), lender, told)
    typer.echo(", ".join(sorted(kept)))
