"""The commands of `forbear money`: the calculations behind every figure on a paper, for whoever wants to check them."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from forbear.errors import BadInput

money = typer.Typer(no_args_is_help=True, help="How much: interest, allocations, fees, legal dates, statements.")


@money.callback()
def about() -> None:
    """Keep `check` a command of its own, however many there are."""


@money.command()
def check(
    dash: Annotated[str, typer.Argument(metavar="[-]", help="Read standard input: one case, or a case a line.")] = "",
    file: Annotated[Path | None, typer.Option(exists=True, dir_okay=False, help="Read a file, a case a line.")] = None,
) -> None:
    """Answer cases, one JSON object a line: what a calculation of the named kind gives for these inputs."""
    from forbear.money import cases

    if file is not None:
        if dash:
            raise typer.BadParameter("Give '-' or --file FILE, not both: one of them would go unanswered")
        text = _text(file.read_bytes())
        if not text.strip():
            raise BadInput("--file", f"{file} holds no case", "Give a file with a case a line")
        raise typer.Exit(cases.check_stream(text.split("\n"), sys.stdout.write))
    if dash != "-":
        raise typer.BadParameter("Give '-' to read cases from standard input, or --file FILE")
    raise typer.Exit(cases.check_one(_text(sys.stdin.buffer.read()), sys.stdout.write))


def _text(raw: bytes) -> str:
    """What is no UTF-8 spoils its own line and no other."""
    return raw.decode("utf-8", errors="replace")
