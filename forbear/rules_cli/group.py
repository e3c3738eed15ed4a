"""The commands of `forbear rules`: for a compliance officer, a lawyer, and whoever asks why nothing was sent."""

import typer

from forbear.rules_cli import asking, comparing, keeping, printing, reading

rules = typer.Typer(no_args_is_help=True, help="Read, ask, compare, print and look after the contact rules.")
rules.command("list")(reading.list_rules)
rules.command("show")(reading.show)
rules.command("check")(asking.check)

rules.command("diff")(comparing.diff)
rules.command("print")(printing.print_rules)
rules.command("doctor")(keeping.doctor)
