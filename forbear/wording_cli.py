"""The commands about templates: whether every text may be sent, today and when a known rule begins."""

from datetime import UTC
from pathlib import Path
from typing import Annotated

import typer

from forbear.rules_cli import paper

templates = typer.Typer(no_args_is_help=True, help="The words that people read.")


@templates.callback()
def about() -> None:
    """Keep `check` a command of its own, however many there are."""


@templates.command("check")
def check(
    folder: Annotated[
        Path | None,
        typer.Argument(exists=True, file_okay=False, help="With a manifest.toml; the shipped texts if left out."),
    ] = None,
    day: Annotated[str | None, typer.Option(metavar="DATE", help="The rules of that day alone.")] = None,
) -> None:
    """Hold every text against the rules of words: of today, and of each later day on which a known rule begins."""
    from forbear.clock import Clock
    from forbear.rules.packs import load
    from forbear.wording.checking import FOLDER, check_templates, days_ahead

    given = paper.a_day(day, "--day")
    packs, chosen = load(), folder or FOLDER
    days = [given] if given else days_ahead(packs, Clock.real().now().astimezone(UTC).date())
    found = {finding: on for on in reversed(days) for finding in check_templates(chosen, packs, on)}
    for finding, on in sorted(found.items(), key=lambda each: str(each[0])):
        typer.echo(f"{finding}{'' if on == days[0] else f' From {on}.'}")
    typer.echo(f"{len(found) or 'No'} fault{'' if len(found) == 1 else 's'} in {chosen}")
    raise typer.Exit(1 if found else 0)
