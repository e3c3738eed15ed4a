"""The commands of the own print room: what waits, what was printed, posted, signed for, or came back.

Each is entered on the shelf first and then in the record; repeated, it changes nothing, and what a lost connection kept
from the record, upkeep asks the shelf for. No command shows a name, an address or a word of a letter.
"""

import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, Final, get_args

import typer

from forbear.channels.print_spool import SHELVES, Item, Shelf, Spool, happened
from forbear.errors import BadInput, Conflict
from forbear.ports.post import PostStatus, ReturnReason
from forbear.settings import Settings

print_room = typer.Typer(no_args_is_help=True, help="Letters that our own people print and post.")
DATA = Path("var/forbear")
Data = Annotated[Path, typer.Option("--data", help="The installation's folder.", file_okay=False)]
Code = Annotated[str, typer.Argument(help="The scanned code or printed reference of a letter; '-' reads one per line.")]
NEEDS_NUMBER: Final = frozenset({"registered", "certified"})


@print_room.command("list")
def list_letters(
    shelf: Annotated[str, typer.Option(help="waiting, printed, posted, ended or cancelled.")] = "waiting",
    data: Data = DATA,
) -> None:
    """Show the letters on a shelf: code, pages, service, country, and since when it is here."""
    spool, _ = _room(data)
    if shelf not in SHELVES:
        raise BadInput("--shelf", "is no shelf", f"Give one of {', '.join(SHELVES)}")
    for item in spool.on(shelf):
        told = item.manifest
        typer.echo(f"{item.touch}\t{told['pages']}\t{told['service']}\t{told['country']}\t{told['given_at']}")


@print_room.command("take")
def take(
    code: Annotated[str | None, typer.Argument(help="One letter; all that wait if left out.")] = None,
    data: Data = DATA,
) -> None:
    """Take letters to the printer; prints the folder of each. From here on they cannot be called back."""
    spool, settings = _room(data)
    wanted = [spool.meant(code)] if code else list(spool.on("waiting"))
    for item in wanted:
        if item.shelf not in {"waiting", "printed"}:
            raise Conflict(f"the letter is {item.shelf}, not waiting")
        _enter(settings, spool, item, "printed", shelf="printed")
        typer.echo(str(spool.meant(item.touch).folder))


@print_room.command("posted")
def posted(
    code: Code,
    tracking: Annotated[str | None, typer.Option("--tracking", help="The post's number of it.")] = None,
    data: Data = DATA,
) -> None:
    """Say that a letter was given to the post; registered and certified mail has a tracking number."""
    spool, settings = _room(data)
    for each in _codes(code):
        item = spool.meant(each)
        if item.shelf not in {"printed", "posted"}:
            raise Conflict(f"the letter is {item.shelf}: take it to the printer first")
        if not tracking and item.manifest["service"] in NEEDS_NUMBER:
            raise BadInput("--tracking", "is missing", f"A {item.manifest['service']} letter has one: give it")
        _enter(settings, spool, item, "handed_over", shelf="posted", proof="posted", tracking_number=tracking or None)


@print_room.command("signed")
def signed(
    code: Code,
    on: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="The day on the receipt.")] = None,
    data: Data = DATA,
) -> None:
    """Say that the post's receipt came back with a signature."""
    spool, settings = _room(data)
    for each in _codes(code):
        item = _posted(spool.meant(each))
        _enter(settings, spool, item, "signed", shelf="ended", proof="signed", scanned=True, on=on)


@print_room.command("returned")
def returned(code: Code, reason: Annotated[str, typer.Option(help="Why it came back.")], data: Data = DATA) -> None:
    """Scan in letters that came back; unless unclaimed or refused, their address is not written to again."""
    reasons = get_args(ReturnReason)
    if reason not in reasons:
        raise BadInput("--reason", "is not known", f"Give one of {', '.join(reasons)}")
    spool, settings = _room(data)
    for each in _codes(code):
        item = _posted(spool.meant(each))
        _enter(settings, spool, item, "returned", shelf="ended", proof="returned", scanned=True, code=reason)


@print_room.command("sender")
def sender(
    lender: Annotated[str, typer.Argument(help="Its id: len_….")],
    *,
    line: Annotated[list[str], typer.Option(help="Of the street; one to four.")],
    city: Annotated[str, typer.Option()],
    country: Annotated[str, typer.Option(help="Two letters.")],
    region: Annotated[str | None, typer.Option(help="State or province, in its short form.")] = None,
    postal_code: Annotated[str | None, typer.Option()] = None,
    service: Annotated[str, typer.Option(help="How its letters travel: plain, registered or certified.")] = "plain",
    data: Data = DATA,
) -> None:
    """Say where a lender's letters come back to; before that none of them goes out."""
    from pydantic import ValidationError

    from forbear.ledger.addresses import PostalAddress
    from forbear.ledger.papers import SERVICE
    from forbear.ledger.print_room import set_sender

    _, settings = _room(data)
    told = {"lines": line, "city": city, "region": region, "postal_code": postal_code, "country": country}
    try:
        address, how = PostalAddress.model_validate(told), SERVICE.validate_python(service)
    except ValidationError as error:
        where = ".".join(str(part) for part in error.errors()[0]["loc"]) or "service"
        raise BadInput(where, "is not understood", "See 'forbear print-room sender --help'") from None
    set_sender(settings.database_url_for("migrator"), lender, address, how)
    typer.echo(f"Letters of {lender} go by {how} mail and come back to the address given")


def _posted(item: Item) -> Item:
    if item.shelf not in {"posted", "ended"}:
        raise Conflict(f"the letter is {item.shelf}: it was never posted")
    return item


def _codes(code: str) -> Iterator[str]:
    """One code, or those that a scanner types on standard input."""
    if code != "-":
        yield code
        return
    yield from (line.strip() for line in sys.stdin if line.strip())


def _room(data: Path) -> tuple[Spool, Settings]:
    """The shelves and the settings of an installation."""
    from forbear.channels.print_room import shelves
    from forbear.services.installation import settings_of

    settings = settings_of(data)
    return Spool(shelves(settings)), settings


def _enter(
    settings: Settings,
    spool: Spool,
    item: Item,
    what: PostStatus,
    *,
    shelf: Shelf,
    on: datetime | None = None,
    **more: Any,
) -> None:
    """Note what happened to a letter, on the shelf and then in the record; what the shelf knew already stands."""
    from forbear.ledger.engine import Ledger
    from forbear.ledger.print_room import tell

    with Ledger.open(settings) as ledger:
        at = ledger.clock.now() if on is None else on.replace(tzinfo=UTC)
        tell(ledger, item.touch, spool.move(item, shelf, happened(item.touch, what, at, **more)))
    typer.echo(f"{item.touch}\t{what}", err=True)
