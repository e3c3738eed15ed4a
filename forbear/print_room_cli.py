"""The commands of the own print room: what waits, what was printed, posted, signed for, or came back.

Each is entered on the shelf first and then in the record; repeated, it changes nothing, and what a lost connection kept
from the record, upkeep asks the shelf for. No command shows a name, an address or a word of a letter.
"""

import sys
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated, Any, Final, get_args

import typer

from forbear.channels.print_spool import SHELVES, Item, Shelf, Spool, happened
from forbear.errors import BadInput, Conflict
from forbear.ports.post import PostAddress, PostStatus, ReturnReason, Tracked
from forbear.settings import Settings

print_room = typer.Typer(no_args_is_help=True, help="Letters that our own people print and post.")
DATA = Path("var/forbear")
Data = Annotated[Path, typer.Option("--data", help="The installation's folder.", file_okay=False)]
Code = Annotated[str, typer.Argument(help="The scanned code or printed reference of a letter; '-' reads one per line.")]
NEEDS_NUMBER: Final = frozenset({"registered", "certified"})
HALF_A_DAY: Final = timedelta(hours=12)
"""What lies less apart is the same civil date, of which not yet all had passed."""


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
    """Take letters to the printer; prints the folder of each. From here on they cannot be called back.

    Each is looked at once more: what was paid, stopped or waited too long is not printed and lies on `cancelled` then.
    """
    spool, settings = _room(data)
    wanted = [spool.meant(code)] if code else list(spool.on("waiting"))
    for item in wanted:
        if item.shelf not in {"waiting", "printed"}:
            raise Conflict(f"the letter is {item.shelf}, not waiting")
    for item, why in _looked_at(settings, spool, wanted):
        if why is None:
            typer.echo(str(spool.meant(item.touch).folder))
        elif code:
            raise Conflict(f"the letter must not be printed: {why}")


@print_room.command("posted")
def posted(
    code: Code,
    tracking: Annotated[str | None, typer.Option("--tracking", help="The post's number of it.")] = None,
    data: Data = DATA,
) -> None:
    """Say that a letter was given to the post; registered and certified mail has a tracking number.

    With `-` each line is a code, a tab and its number.
    """
    from forbear.ledger.engine import Ledger
    from forbear.ledger.print_room import number_of

    spool, settings = _room(data)
    for each, number in _numbered(code, tracking):
        item = spool.meant(each)
        if item.shelf not in {"printed", "posted"}:
            raise Conflict(f"the letter is {item.shelf}: take it to the printer first")
        if not number and item.manifest["service"] in NEEDS_NUMBER:
            raise BadInput("--tracking", "is missing", f"A {item.manifest['service']} letter has one: give it")
        with ExitStack() as kept:
            if number:
                kept.enter_context(number_of(kept.enter_context(Ledger.open(settings)), item.touch, number))
            _enter(settings, spool, item, "handed_over", shelf="posted", proof="posted", tracking_number=number or None)


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
        _enter(settings, spool, item, "signed", shelf="ended", proof="signed", on=on)


@print_room.command("returned")
def returned(code: Code, reason: Annotated[str, typer.Option(help="Why it came back.")], data: Data = DATA) -> None:
    """Scan in letters that came back; unless unclaimed or refused, their address is not written to again."""
    _reason(reason)
    spool, settings = _room(data)
    for each in _codes(code):
        item = _posted(spool.meant(each))
        _enter(settings, spool, item, "returned", shelf="ended", proof="returned", code=reason)


@print_room.command("correct")
def correct(
    code: Code,
    *,
    tracking: Annotated[str | None, typer.Option("--tracking", help="The right number.")] = None,
    on: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="The right day on the receipt.")] = None,
    reason: Annotated[str | None, typer.Option(help="The right reason why it came back.")] = None,
    data: Data = DATA,
) -> None:
    """Correct what was entered for a letter: a proof is added that stands in its stead, and nothing is removed.

    An address that a wrong reason put out of use stays so until the lender confirms it.
    """
    from forbear.ledger.engine import Ledger
    from forbear.ledger.print_room import noon_of, number_of, tell

    spool, settings = _room(data)
    if [tracking, on, reason].count(None) != 2:  # noqa: PLR2004  one of three
        raise BadInput("correct", "needs one thing", "Give --tracking, --on or --reason")
    what: PostStatus = "handed_over" if tracking else "signed" if on else "returned"
    item = spool.meant(code)
    with Ledger.open(settings) as ledger, ExitStack() as kept:
        last = _last(item, what)
        if tracking:
            kept.enter_context(number_of(ledger, item.touch, tracking))
            right = replace(last, tracking_number=tracking)
        elif on:
            right = replace(last, at=noon_of(ledger, item.touch, on.date(), _last(item, "handed_over").at))
        else:
            right = replace(last, code=_reason(reason or ""))
        if right != last:
            right = replace(right, event=f"{item.touch}:{what}:{len(_entered(item, what)) + 1}")
            right = spool.move(item, item.shelf, right)
        tell(ledger, item.touch, right)
    typer.echo(f"{item.touch}\t{what} corrected", err=True)


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

    from forbear.channels.post_lob import too_long
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
    name = set_sender(settings.database_url_for("migrator"), lender, address, how)
    if too_long(PostAddress(name, tuple(address.lines), address.city, address.country)):
        typer.echo("The route lob takes a name of 40 characters and two lines of 64: it refuses this sender", err=True)
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


def _numbered(code: str, number: str | None) -> Iterator[tuple[str, str | None]]:
    """One code and its number, or lines of both: one number must not come to stand on many letters."""
    if code != "-":
        yield code, number
        return
    if number:
        raise BadInput(
            "--tracking", "is one letter's, and '-' reads many", "Write each number after its code and a tab"
        )
    for line in _codes(code):
        each, *numbers = (part.strip() for part in line.split("\t"))
        if len(numbers) > 1:
            raise BadInput("line", "has more than a code and a number", "Write one letter on each line")
        yield each, numbers[0] if numbers else None


def _reason(reason: str) -> str:
    reasons = get_args(ReturnReason)
    if reason not in reasons:
        raise BadInput("--reason", "is not known", f"Give one of {', '.join(reasons)}")
    return reason


def _entered(item: Item, what: PostStatus) -> list[Tracked]:
    """What was entered of one thing that happened, the last correction last."""
    return [each for each in item.news if each.status == what]


def _last(item: Item, what: PostStatus) -> Tracked:
    if not (entered := _entered(item, what)):
        raise Conflict(f"nobody entered that it was {what.replace('_', ' ')}: there is nothing to correct")
    return entered[-1]


def _room(data: Path) -> tuple[Spool, Settings]:
    """The shelves and the settings of an installation."""
    from forbear.channels.print_room import shelves
    from forbear.services.installation import settings_of

    settings = settings_of(data)
    return Spool(shelves(settings)), settings


def _looked_at(settings: Settings, spool: Spool, wanted: list[Item]) -> Iterator[tuple[Item, str | None]]:
    """Carry each letter to the printer, or to `cancelled` with the reason."""
    from forbear.ledger.engine import Ledger
    from forbear.ledger.print_room import look_and_carry, tell
    from forbear.rules.packs import load

    packs = load()
    with Ledger.open(settings) as ledger:
        for item in wanted:

            def carry(why: str | None, item: Item = item) -> Tracked:
                shelf: Shelf = "printed" if why is None else "cancelled"
                return spool.move(item, shelf, happened(item.touch, shelf, ledger.clock.now(), code=why))

            known = [each for each in item.news if item.shelf == "printed" and each.status == "printed"]
            told = known[0] if known else look_and_carry(ledger, item.touch, packs, carry)
            tell(ledger, item.touch, told)
            typer.echo(f"{item.touch}\t{told.status}" + (f"\t{told.code}" if told.code else ""), err=True)
            yield item, told.code


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
    """Note what happened to a letter, on the shelf and then in the record; what the shelf knew already stands.

    Raises:
        Conflict: the shelf knows it otherwise.
    """
    from forbear.ledger.engine import Ledger
    from forbear.ledger.print_room import noon_of, tell

    with Ledger.open(settings) as ledger:
        posted_at = _last(item, "handed_over").at if on else None
        at = noon_of(ledger, item.touch, on.date(), posted_at) if on and posted_at else ledger.clock.now()
        given = happened(item.touch, what, at, **more)
        first = spool.move(item, shelf, given)
        tell(ledger, item.touch, first)
    now_known = _last(spool.meant(item.touch), what)
    other = any(value is not None and getattr(now_known, name) != value for name, value in more.items())
    if other or (on is not None and abs(now_known.at - at) > HALF_A_DAY):
        raise Conflict("something else was entered for this letter before: see 'forbear print-room correct --help'")
    typer.echo(f"{item.touch}\t{what}", err=True)
