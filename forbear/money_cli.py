"""The commands of `forbear money`: the calculations behind every figure on a paper, for whoever wants to check them."""

import json
import sys
from pathlib import Path
from typing import Annotated, Literal

import typer

from forbear.errors import BadInput
from forbear.rules_cli.explaining import ACCOUNT
from forbear.rules_cli.opening import DATA, Data, ledger_of, tenant_of
from forbear.rules_cli.paper import a_day

money = typer.Typer(no_args_is_help=True, help="How much: interest, allocations, fees, legal dates, statements.")


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


@money.command()
def statement(
    account: Annotated[str, typer.Argument(help="Its id, acc_….")],
    as_of: Annotated[str | None, typer.Option(metavar="DATE", help="By the end of that day; today's if none.")] = None,
    form: Annotated[Literal["text", "json", "csv"], typer.Option("--format", help="How it is written.")] = "text",
    data: Data = DATA,
) -> None:
    """Print every line that changed what is owed on an account until a day, and what is owed then."""
    from forbear.ledger.statements import statement_of
    from forbear.money.statement_texts import as_csv, as_text
    from forbear.money.statements import as_json

    if not ACCOUNT.fullmatch(account):
        raise BadInput("ACCOUNT", f"'{account}' is no account's id", "Give one such as acc_01K…")
    day = a_day(as_of, "--as-of")
    with ledger_of(data) as ledger, ledger.worker(tenant_of(ledger, account)) as session:
        found = statement_of(session, account, day, ledger.clock.now())
    if form == "json":
        sys.stdout.write(json.dumps(as_json(found), indent=2) + "\n")
    else:
        sys.stdout.write(as_csv(found) if form == "csv" else as_text(found))
