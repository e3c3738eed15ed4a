"""`forbear rules check`: may this attempt be made, for cases in the published form."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from forbear.errors import BadInput
from forbear.rules_cli import paper


def check(
    dash: Annotated[str, typer.Argument(metavar="[-]", help="Read standard input: one case, or a case a line.")] = "",
    file: Annotated[Path | None, typer.Option(exists=True, dir_okay=False, help="Read a file, a case a line.")] = None,
    ruleset: Annotated[str | None, typer.Option(metavar="DATE", help="The rules as of that day.")] = None,
    explain: Annotated[
        str | None, typer.Option(metavar="en|zh-Hans", help="Add the reason as a sentence of that language.")
    ] = None,
) -> None:
    """Answer cases, one JSON object a line: may this attempt be made, and if not, which rule holds it until when."""
    from forbear.calendars import near
    from forbear.rules import cases
    from forbear.rules.facts import Permit
    from forbear.rules.packs import Packs
    from forbear.rules.sentences import of_permit
    from forbear.rules.spoken import words

    day = paper.a_day(ruleset, "--ruleset")

    def sentence(permit: Permit, packs: Packs) -> str:
        return of_permit(permit, packs, explain or "")

    if explain is not None:
        words(explain)  # refuses a language that we do not speak, before the first case
    told = sentence if explain is not None else None
    if file is not None:
        if dash:
            raise typer.BadParameter("Give '-' or --file FILE, not both: one of them would go unanswered")
        given = _lines(file, paper.read_text(file, "--file"))
        raise typer.Exit(cases.check_stream(given, _write, ruleset=day, calendars=near, sentence=told))
    if dash != "-":
        raise typer.BadParameter("Give '-' to read cases from standard input, or --file FILE")
    raise typer.Exit(cases.check_one(sys.stdin.read(), _write, ruleset=day, calendars=near, sentence=told))


def _lines(file: Path, text: str) -> list[str]:
    if not text.strip():
        raise BadInput("--file", f"{file} holds no case", "Give a file with a case a line")
    return text.split("\n")


def _write(text: str) -> None:
    sys.stdout.write(text)
