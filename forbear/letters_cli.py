"""The commands of papers: make one, show what the registry holds, keep fields of an account, approve a finished file.

What is printed names no person and no amount: pages, digest, version, and whether the paper is a draft.
"""

import os
import sys
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from forbear.errors import BadInput, Conflict
from forbear.rules_cli.opening import DATA, Data

if TYPE_CHECKING:
    from forbear.documents.fields import Field

letters = typer.Typer(no_args_is_help=True, help="The papers there are, what each has to be told, who approved them.")
KindName = Annotated[str, typer.Argument(metavar="KIND", help="Which paper; 'forbear letters kinds' lists them.")]
Account = Annotated[str, typer.Option("--account", help="The account's id, acc_….")]
Sample = Annotated[bool, typer.Option("--sample", help="With its sample: fictional people and figures.")]
Language = Annotated[str, typer.Option(help="In which language; its reader's if left out.")]
Day = Annotated[str | None, typer.Option(metavar="DATE", help="The paper's date; today where its reader lives.")]
Party = Annotated[str, typer.Option(help="For which of the account's people: per_… or pty_….")]
OneField = Annotated[list[str] | None, typer.Option("--field", metavar="NAME=VALUE", help="May be given many times.")]
Fields = Annotated[
    Path | None, typer.Option("--fields", exists=True, dir_okay=False, help="JSON: an object with a field each.")
]
NOTHING: Final = "-"


def letter(
    kind: KindName,
    out: Annotated[Path, typer.Option("--out", dir_okay=False, help="Where to write the PDF.")],
    *,
    account: Account = "",
    sample: Sample = False,
    language: Language = "",
    day: Day = None,
    party: Party = "",
    field: OneField = None,
    fields: Fields = None,
    data: Data = DATA,
) -> None:
    """Make one paper as PDF, checked as one that is sent; prints pages, digest, kind and version, and its state."""
    from forbear.letters_asked import Wanted, find, paper_of, render_once, state_of

    with _flaws_told():
        paper = paper_of(Wanted(kind, data, account, sample, language, day, party, tuple(field or ()), fields))
    rendered = render_once(paper)
    write_whole(out, rendered.pdf)
    found = find(kind)
    state = state_of(found, paper, rendered)
    typer.echo(f"{rendered.pages}\t{rendered.sha256}\t{found.id}@{found.version}\t{state}")


@letters.command("kinds")
def list_kinds() -> None:
    """Show every paper: id, version, jurisdiction, languages, signer, approval, reviewer, and where it is a draft."""
    from forbear.documents.registry import kinds

    for kind in kinds().values():
        drafts = [language for language in kind.languages if kind.empty_slots(language)]
        state = f"draft:{','.join(drafts)}" if drafts else "whole"
        reviewer = kind.reviewer or NOTHING
        told = (kind.id, kind.version, kind.jurisdiction, ",".join(kind.languages), kind.signer, kind.approval)
        typer.echo("\t".join(map(str, (*told, reviewer, state))))


@letters.command("show")
def show(kind: KindName) -> None:
    """Show one paper: what it is, what it has to be told, and which prescribed words are missing."""
    from forbear.letters_asked import find

    found = find(kind)
    until = f" until {found.valid_to}" if found.valid_to else ""
    rows = [
        ("kind", f"{found.id}@{found.version}"),
        ("digest", found.digest),
        *((f"title.{language}", title) for language, title in found.titles.items()),
        ("jurisdiction", found.jurisdiction),
        ("sheet", f"{found.sheet or 'of its reader'}{'' if found.window else ', no window'}"),
        ("signer", found.signer),
        ("approval", found.approval),
        ("channels", ", ".join(found.channels)),
        ("readers", ", ".join(sorted(found.parties))),
        ("valid", f"from {found.valid_from}{until}"),
        ("reviewer", found.reviewer or "nobody has accepted it"),
        *(("legal basis", each) for each in found.legal_basis),
    ]
    for name, told in rows:
        typer.echo(f"{name}\t{told}")
    for each in found.fields.values():
        for line in _described(each, ""):
            typer.echo(line)
    for name, slot in found.slots.items():
        empty = ", ".join(language for language in found.languages if language not in slot.text)
        typer.echo(f"slot {name}\t{f'empty: {empty}' if empty else 'filled'}\t{slot.source}")


@letters.command("tell")
def tell(
    whose: Annotated[
        str, typer.Argument(metavar="ID", help="An account's, acc_…, or a lender's for all its accounts.")
    ],
    *,
    kind: Annotated[str, typer.Option(help="For one paper alone; for every one if left out.")] = "",
    field: OneField = None,
    fields: Fields = None,
    data: Data = DATA,
) -> None:
    """Keep fields for papers, so that a playbook's letter finds them; told again, the later holds.

    Of a lender, such as where to pay, they are kept in its policy, and an empty value takes one away.
    """
    from forbear.ledger import paper_fields
    from forbear.ledger.views import find_account
    from forbear.letters_asked import check_kept, told_fields
    from forbear.staff_cli import record

    told = told_fields(tuple(field or ()), fields)
    if not told:
        raise BadInput("--field", "is missing", "Give --field name=value, or --fields FILE")
    with record(data) as (ledger, session), _flaws_told():
        if whose.startswith("len_"):
            if kind:
                raise BadInput(
                    "--kind", "is of an account alone", "Leave it out: a lender's fields are for every paper"
                )
            check_kept("", told, "")
            typer.echo(", ".join(paper_fields.tell_lender(session, whose, told)))
        else:
            account = find_account(session, whose)
            check_kept(kind, told, account.currency)
            typer.echo(paper_fields.tell(ledger, session, account, kind, told))


@letters.command("approve")
def approve(
    kind: KindName,
    *,
    sha256: Annotated[str, typer.Option(help="Of the file that was looked at, as 'forbear letter' told it.")],
    by: Annotated[str, typer.Option(help="Who approves: stf_….")],
    account: Account = "",
    sample: Sample = False,
    language: Language = "",
    day: Day = None,
    party: Party = "",
    field: OneField = None,
    fields: Fields = None,
    data: Data = DATA,
    password_stdin: Annotated[bool, typer.Option("--password-stdin", help="Read the password from input.")] = False,
) -> None:
    """Approve a file: it is made once more as it was asked for, and must be the same byte for byte.

    With --sample the words of a kind are approved, with --account a single paper. Whoever approves has the role that
    the kind asks for, and gives their own password.
    """
    from forbear.ledger import approving
    from forbear.letters_asked import Wanted, find, paper_of, render_once
    from forbear.staff_cli import asked_password, record

    found = find(kind)
    if found.approval == "none":
        raise BadInput("KIND", f"'{found.id}' needs nobody's approval", "It may leave as it is")
    with _flaws_told():
        paper = paper_of(Wanted(kind, data, account, sample, language, day, party, tuple(field or ()), fields))
    rendered = render_once(paper)
    if rendered.sha256 != sha256.strip().lower():
        raise Conflict(
            "this is not the file that was looked at: make it again with 'forbear letter', look, then approve"
        )
    spoken = found.spoken(paper.language, paper.to.country)
    accepted = approving.Accepted(
        found.id, found.version, found.digest, spoken, rendered.sha256, rendered.draft, account or None
    )
    who = approving.By(by, asked_password(stdin=password_stdin))
    with record(data) as (ledger, session):
        typer.echo(approving.approve(session, who, found.approval, accepted, ledger.clock.now()))


@contextmanager
def _flaws_told() -> Generator[None]:
    """Tell every flaw of given fields on a line of its own."""
    from forbear.letters_asked import Flawed

    try:
        yield
    except Flawed as found:
        for flaw in found.flaws:
            sys.stderr.write(f"forbear: {flaw}\n")
        raise typer.Exit(2) from None


def write_whole(out: Path, pdf: bytes) -> None:
    """Write a file whole or not at all; it is personal, so that its owner alone may read it."""
    if out.exists() and not out.is_file():  # a device such as /dev/null would be replaced by the file
        raise BadInput("--out", "is no file", "Give a file in a folder you may write")
    part = out.with_name(f".{out.name}.part")
    try:
        part.unlink(missing_ok=True)
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(pdf)
            file.flush()
            os.fsync(file.fileno())
        part.replace(out)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise BadInput(
            "--out", f"cannot be written ({error.strerror})", "Give a file in a folder you may write"
        ) from None


def _described(each: "Field", before: str) -> Iterator[str]:
    need = "required" if each.required else f"when {each.when}" if each.when else "optional"
    more = f" of {', '.join(each.choices)}" if each.choices else f", at most {each.most}" if each.most else ""
    yield f"field {before}{each.name}\t{each.type}{more}\t{need}\t{each.called()}"
    for column in each.columns.values():
        yield from _described(column, f"{before}{each.name}.")
