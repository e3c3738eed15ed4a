"""`forbear case`: legal cases at the terminal: what there is, what happened, what papers are told, files and service.

Each command goes through the same functions as the console and the API. What is printed are ids, days, states and words
of ours; names and texts stay sealed.
"""

import json
from datetime import datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from forbear.cases_at import DATA, By, Case, Data, every_tenant, opened
from forbear.cases_packets_cli import packet, run
from forbear.errors import BadInput
from forbear.rules_cli.paper import a_day, the_day

case = typer.Typer(no_args_is_help=True, help="Legal cases: stages and clocks, facts, files, service, packets.")
file = typer.Typer(no_args_is_help=True, help="Exhibits of a case, in the slots of its checklist.")
case.add_typer(file, name="file")
case.add_typer(packet, name="packet")
case.add_typer(run, name="run")
On = Annotated[str, typer.Option("--on", metavar="DATE", help="When it happened, where the court is.")]
Detail = Annotated[
    list[str] | None, typer.Option("--detail", metavar="NAME=VALUE", help="A value of it; may be given many times.")
]
Person = Annotated[str, typer.Argument(metavar="PERSON", help="A party of the account: per_….")]
NOTHING: Final = "-"


@case.command("list")
def list_cases(
    *,
    closed: Annotated[bool, typer.Option("--closed", help="Those that are over, too.")] = False,
    data: Data = DATA,
) -> None:
    """Show every case: id, account, kind, path, stage, state, when it is decided next, and why."""
    from sqlalchemy import select

    from forbear.ledger.tables.accounts import LegalCase
    from forbear.rules_cli.opening import ledger_of

    with ledger_of(data) as ledger:
        for tenant in every_tenant(ledger):
            with ledger.staff(tenant) as session:
                wanted = select(LegalCase).order_by(LegalCase.opened_at, LegalCase.id)
                for row in session.scalars(wanted if closed else wanted.where(LegalCase.state == "open")):
                    told = (row.id, row.account, row.kind, row.path, row.stage, row.state, row.next_at, row.next_reason)
                    typer.echo("\t".join(_said(each) for each in told))


@case.command("show")
def show(case_id: Case, data: Data = DATA) -> None:
    """Show one case: where it stands, its clocks, facts, service, files and packets, each by id."""
    from forbear.ledger.cases import rows
    from forbear.ledger.tables.accounts import LegalCase

    with opened(data, LegalCase, case_id) as at:
        found, session = at.row, at.session
        for name in ("account", "kind", "path", "stage", "state", "outcome", "next_at", "next_reason", "next_rule"):
            typer.echo(f"{name}\t{_said(getattr(found, name))}")
        for clock in rows.clocks(session, found.id):
            _line("clock", clock.kind, clock.subject, clock.nature, clock.state, clock.last_day)
        for fact in rows.facts(session, found.id):
            _line("fact", fact.id, fact.on_day, fact.kind, fact.person)
        for service in rows.services(session, found):
            _line("service", service.id, service.paper, service.person, service.method, service.result,
                  service.sent_on, service.reached_on)  # fmt: skip
        for each in rows.files(session, found.id):
            _line("file", each.id, each.slot, each.number, each.media_type, each.pages, each.sha256)
        for each in rows.packets(session, found.id):
            _line("packet", each.id, each.profile, each.state, each.cut_off, f"{len(each.missing)} missing")


@case.command("tell")
def tell(
    case_id: Case,
    kind: Annotated[str, typer.Argument(metavar="KIND", help="What happened, such as filed or judged.")],
    *,
    on: On,
    detail: Detail = None,
    person: Annotated[str | None, typer.Option(help="Whom it is about: per_….")] = None,
    by: By = "",
    data: Data = DATA,
) -> None:
    """Tell what happened in a case; prints the fact's id."""
    from forbear.ledger.cases.facts import tell_fact
    from forbear.ledger.tables.accounts import LegalCase

    with opened(data, LegalCase, case_id) as at:
        told = tell_fact(
            at.ledger, at.session, case_id, kind, the_day(on, "--on"), person=person, values=_pairs(detail),
            staff=by or None, now=at.now,
        )  # fmt: skip
        typer.echo(told.id)


@case.command("fields")
def tell_fields(
    case_id: Case,
    *,
    kind: Annotated[str, typer.Option(help="For one kind of paper alone; for all of the case's if left out.")] = "",
    field: Annotated[
        list[str] | None, typer.Option("--field", metavar="NAME=VALUE", help="An empty one takes it away.")
    ] = None,
    fields: Annotated[Path | None, typer.Option("--file", exists=True, dir_okay=False, help="JSON: an object.")] = None,
    by: By = "",
    data: Data = DATA,
) -> None:
    """Tell values for the papers of a case. What the record supplies is refused."""
    from forbear.casework.telling import tell_fields as take
    from forbear.ledger.tables.accounts import LegalCase
    from forbear.letters_asked import told_fields

    told = told_fields(tuple(field or ()), fields)
    if not told:
        raise BadInput("--field", "is missing", "Give --field name=value, or --file FILE")
    with opened(data, LegalCase, case_id) as at:
        plain = json.loads(json.dumps(dict(told), default=str))
        typer.echo(take(at.ledger, at.session, case_id, kind, plain, staff=by or None, now=at.now).id)


@file.command("add")
def add_file(
    case_id: Case,
    slot: Annotated[str, typer.Argument(help="What it is in the checklist, such as contract.")],
    path: Annotated[Path, typer.Argument(metavar="FILE", exists=True, dir_okay=False, help="A PDF, JPEG or PNG.")],
    *,
    title: Annotated[str, typer.Option(help="As the list of exhibits calls it.")],
    source: Annotated[str, typer.Option(help="Where it is from.")] = "",
    proves: Annotated[str, typer.Option(help="What it proves.")] = "",
    original: Annotated[bool, typer.Option("--original", help="The original is handed in, and no copy.")] = False,
    day: Annotated[str | None, typer.Option(metavar="DATE", help="The paper's own date.")] = None,
    by: By = "",
    data: Data = DATA,
) -> None:
    """Keep a file of a case as it is; prints its id."""
    from forbear.ledger.cases.content import LARGEST
    from forbear.ledger.cases.files import keep_file
    from forbear.ledger.tables.accounts import LegalCase

    with path.open("rb") as read:
        body = read.read(LARGEST + 1)
    details = {"form": "original" if original else "copy", **({"day": str(the_day(day, "--day"))} if day else {})}
    told = {name: value for name, value in (("source", source), ("proves", proves)) if value}
    with opened(data, LegalCase, case_id) as at:
        kept = keep_file(
            at.ledger, at.session, case_id, slot, body, title=title, details=details, told=told,
            staff=by or None, now=at.now,
        )  # fmt: skip
        typer.echo(f"{kept.id}\t{kept.sha256}\t{kept.pages}")


@file.command("withdraw")
def withdraw_file(
    file_id: Annotated[str, typer.Argument(metavar="FILE", help="Its id: cfl_….")], *, by: By, data: Data = DATA
) -> None:
    """Leave a file out of whatever is prepared from now on."""
    from forbear.ledger.cases.files import withdraw
    from forbear.ledger.tables.cases import CaseFile

    with opened(data, CaseFile, file_id) as at:
        typer.echo(withdraw(at.session, file_id, staff=by, now=at.now).state)


@case.command("guarantee")
def guarantee(
    case_id: Case,
    person: Person,
    *,
    kind: Annotated[str, typer.Option(help="general or joint.")],
    signed: Annotated[str, typer.Option(metavar="DATE", help="Day of the guarantee contract.")],
    due: Annotated[str, typer.Option(metavar="DATE", help="When the secured debt came due.")],
    contract_no: Annotated[str, typer.Option(help="Number of the contract.")] = "",
    end: Annotated[str | None, typer.Option(metavar="DATE", help="Agreed last day of the period.")] = None,
    months: Annotated[int | None, typer.Option(help="Agreed months of the period.")] = None,
    counter: Annotated[bool, typer.Option("--counter", help="It secures a guarantor's recourse.")] = False,
    most: Annotated[str | None, typer.Option(help="Its maximum.")] = None,
    by: By = "",
    data: Data = DATA,
) -> None:
    """Tell that a party answers for the debt; told again, the later holds."""
    from forbear.ledger.cases.guarantees import GuaranteeTold, tell_guarantee
    from forbear.ledger.tables.accounts import LegalCase

    if kind not in {"general", "joint"}:
        raise BadInput("--kind", "is neither general nor joint", "Say which one the contract agrees on")
    told = GuaranteeTold(
        person,
        "joint" if kind == "joint" else "general",
        the_day(signed, "--signed"),
        the_day(due, "--due"),
        contract_no,
        a_day(end, "--end"),
        months,
        counter,
        _amount(most, "--most") if most else None,
    )
    with opened(data, LegalCase, case_id) as at:
        row = tell_guarantee(at.ledger, at.session, at.row.account, told, staff=by or None, now=at.now)
        typer.echo(row.id)


@case.command("service")
def service(
    case_id: Case,
    paper: Annotated[str, typer.Argument(metavar="KIND", help="Which paper, such as cn.notice.dunning.")],
    person: Person,
    *,
    method: Annotated[str, typer.Option(help="Such as registered_post or personal.")],
    result: Annotated[str, typer.Option(help="Such as sent, delivered, signed or returned.")],
    sent: Annotated[str | None, typer.Option(metavar="DATE", help="When it left.")] = None,
    reached: Annotated[str | None, typer.Option(metavar="DATE", help="When it arrived, or counts as arrived.")] = None,
    rule: Annotated[str, typer.Option(help="By which rule it counts as served.")] = "",
    detail: Detail = None,
    proof: Annotated[list[str] | None, typer.Option("--proof", help="A file of the case: cfl_….")] = None,
    event: Annotated[str, typer.Option(help="Your own id of it: told again, it is the same piece.")] = "",
    by: By = "",
    data: Data = DATA,
) -> None:
    """Enter a piece of service into the register; prints its id."""
    from forbear.ledger.cases.services import ServiceTold, tell_service
    from forbear.ledger.tables.accounts import LegalCase

    told = ServiceTold(
        paper=paper,
        person=person,
        method=method,
        result=result,
        sent_on=a_day(sent, "--sent"),
        reached_on=a_day(reached, "--reached"),
        rule=rule,
        tracking=_pairs(detail),
        files=tuple(proof or ()),
        event=event,
    )
    with opened(data, LegalCase, case_id) as at:
        typer.echo(tell_service(at.ledger, at.session, case_id, told, staff=by or None, now=at.now).id)


def _pairs(told: list[str] | None) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for pair in told or ():
        name, equals, value = pair.partition("=")
        if not equals or not name.strip():
            raise BadInput("--detail", "is no name with its value", "Write it as --detail name=value")
        found[name.strip()] = value
    return found


def _amount(told: str, option: str) -> Decimal:
    try:
        return Decimal(told)
    except InvalidOperation:
        raise BadInput(option, "is no amount", "Give an amount such as 1234.50") from None


def _line(*told: object) -> None:
    typer.echo("\t".join(_said(each) for each in told))


def _said(told: object) -> str:
    if isinstance(told, datetime):
        return told.isoformat(timespec="minutes")
    return NOTHING if told in (None, "") else str(told)
