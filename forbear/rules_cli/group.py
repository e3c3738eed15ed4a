"""The commands of `forbear rules`: for a compliance officer, a lawyer, and whoever asks why nothing was sent."""

import typer

from forbear.rules_cli import asking, comparing, explaining, keeping, printing, reading, replaying

rules = typer.Typer(no_args_is_help=True, help="Read, ask, compare, print and look after the contact rules.")
rules.command("list")(reading.list_rules)
rules.command("show")(reading.show)
rules.command("check")(asking.check)
rules.command("explain")(explaining.explain)
rules.command("diff")(comparing.diff)
rules.command("print")(printing.print_rules)
rules.command("doctor")(keeping.doctor)
rules.command("replay")(replaying.replay)
rules.command("change-note")(replaying.change_note)
