"""`forbear case packet` and `forbear case run`: ask for packets, look at what they lack, approve and fetch them.

Final bytes leave through the one gate that the console and the API use; what has not passed it cannot be written out.
"""

from collections.abc import Generator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer

from forbear.cases_at import DATA, By, Case, Data, Stdin, opened, prove
from forbear.rules_cli.paper import the_day
from forbear.staff_cli import asked_password

packet = typer.Typer(no_args_is_help=True, help="Packets: asked for, looked at, approved, fetched as final.")
run = typer.Typer(no_args_is_help=True, help="Many packets of one lender, as one job.")
PacketId = Annotated[str, typer.Argument(metavar="PACKET", help="Its id: pkt_….")]
Profile = Annotated[str, typer.Argument(metavar="PROFILE", help="Which packet, such as cn.suit or gb.claim.")]
CutOff = Annotated[str, typer.Option("--cut-off", metavar="DATE", help="The day up to which sums are reckoned.")]


@packet.command("ask")
def ask(
    case_id: Case,
    profile: Profile,
    *,
    cut_off: CutOff,
    court: Annotated[str, typer.Option(help="Profile of the court, where it is not the usual one.")] = "",
    here: Annotated[bool, typer.Option("--here", help="Make it at once, and not by the worker.")] = False,
    by: By = "",
    data: Data = DATA,
) -> None:
    """Ask for a packet; prints its id and state. Whoever asks may not approve it."""
    from forbear.ledger.cases.packets import ask as asked_for
    from forbear.ledger.tables.accounts import LegalCase

    day = the_day(cut_off, "--cut-off")
    with opened(data, LegalCase, case_id) as at:
        found = asked_for(at.session, case_id, profile, day, staff=by or None, court=court, now=at.now)
        told = (at.tenant, case_id, found.id)
    state = _make(data, *told) if here else found.state
    typer.echo(f"{told[2]}\t{state}")


def _make(data: Path, tenant: str, case: str, asked: str) -> str:
    from forbear.casework.shop import PacketShopHere
    from forbear.contracts.cases import PacketOrder
    from forbear.documents.packets.binding import PacketBinder
    from forbear.documents.packets.desks import Desks
    from forbear.documents.presses import Presses
    from forbear.letters_asked import JOB_SECONDS, READY_SECONDS
    from forbear.rules_cli.opening import ledger_of

    with ExitStack() as stack:
        ledger = stack.enter_context(ledger_of(data))
        presses = stack.enter_context(Presses(1, ready_seconds=READY_SECONDS, job_seconds=JOB_SECONDS))
        shop = PacketShopHere(ledger, PacketBinder(presses, stack.enter_context(Desks(1))))
        return shop.make(PacketOrder(tenant=tenant, case=case, packet=asked)).state


@packet.command("show")
def show(packet_id: PacketId, data: Data = DATA) -> None:
    """Show a packet: state, hash, files, and all that it lacks with who can supply it."""
    from forbear.ledger.cases.reviewing import reviews
    from forbear.ledger.tables.cases import Packet

    with opened(data, Packet, packet_id) as at:
        found: Packet = at.row
        for name in ("legal_case", "profile", "court", "state", "cut_off", "sha256", "pages", "draft", "asked_by"):
            typer.echo(f"{name}\t{getattr(found, name)}")
        for each in found.stored:
            typer.echo(f"file\t{each['role']}\t{each['name']}\t{each['size']}\t{each['pages']}\t{each['sha256']}")
        for each in reviews(at.session, found.id):
            typer.echo(f"review\t{each.verdict}\t{each.staff}\t{each.at.isoformat(timespec='minutes')}")
        for each in found.missing:
            typer.echo(f"missing\t{each['item']}\t{each['supplier']}\t{each['problem']}. {each['remedy']}")


@packet.command("look")
def look(
    packet_id: PacketId,
    *,
    out: Annotated[Path, typer.Option("--out", dir_okay=False, help="Where to write the volume that is looked at.")],
    name: Annotated[str, typer.Option(help="Which of its files.")] = "Packet.pdf",
    by: By,
    data: Data = DATA,
    password_stdin: Stdin = False,
) -> None:
    """Write a file of a prepared packet for whoever reviews it; that they opened it is put down."""
    from forbear.ledger.cases.reviewing import view
    from forbear.ledger.tables.cases import Packet
    from forbear.letters_cli import write_whole

    password = asked_password(stdin=password_stdin)
    with opened(data, Packet, packet_id) as at:
        prove(at.session, by, password)
        found, body = view(at.ledger, at.session, packet_id, name, staff=by, now=at.now)
        told = f"{found.state}\t{found.sha256}"
    write_whole(out, body)
    typer.echo(told)


@packet.command("approve")
def approve(
    packet_id: PacketId,
    *,
    sha256: Annotated[str, typer.Option(help="Of the packet that was looked at, as 'packet show' tells it.")],
    by: By,
    data: Data = DATA,
    password_stdin: Stdin = False,
) -> None:
    """Approve a packet by its hash. Whoever asked for it may not."""
    from forbear.casework import gate
    from forbear.ledger.tables.cases import Packet

    password = asked_password(stdin=password_stdin)
    with _overtaken(data, packet_id), opened(data, Packet, packet_id) as at:
        prove(at.session, by, password)
        found = gate.approve(at.ledger, at.session, packet_id, sha256.strip().lower(), staff=by, now=at.now)
        typer.echo(f"{found.id}\t{found.state}")


@packet.command("download")
def download(
    packet_id: PacketId,
    *,
    out: Annotated[Path, typer.Option("--out", file_okay=False, help="A folder, made if it is not there.")],
    by: By = "",
    data: Data = DATA,
) -> None:
    """Write every file of an approved packet into a folder, for its owner alone to read."""
    from forbear.letters_cli import write_whole

    for name, body in _final(data, packet_id, by).items():
        out.mkdir(parents=True, exist_ok=True, mode=0o700)
        write_whole(out / name, body)
        typer.echo(name)


@packet.command("export")
def export(
    packet_id: PacketId,
    *,
    out: Annotated[Path, typer.Option("--out", dir_okay=False, help="Where to write the ZIP.")],
    by: By = "",
    data: Data = DATA,
) -> None:
    """Write an approved packet as one ZIP: volumes, parts, data, manifest and sums."""
    from forbear.casework.shop import ARCHIVE
    from forbear.letters_cli import write_whole

    write_whole(out, _final(data, packet_id, by)[ARCHIVE])
    typer.echo(str(out))


def _final(data: Path, packet_id: str, by: str) -> dict[str, bytes]:
    """The final bytes by name: all of them are opened before any is written."""
    from forbear.casework import gate
    from forbear.ledger.tables.cases import Packet

    with _overtaken(data, packet_id), opened(data, Packet, packet_id) as at:
        found = gate.final(at.ledger, at.session, packet_id, staff=by or None, now=at.now)
        return {str(each["name"]): found.open(str(each["name"])) for each in found.files}


@contextmanager
def _overtaken(data: Path, packet_id: str) -> Generator[None]:
    """Void a packet that the record turns out to have overtaken: the refusal took its own transaction back."""
    from forbear.casework import gate
    from forbear.ledger.cases.reviewing import Changed
    from forbear.ledger.tables.cases import Packet

    try:
        yield
    except Changed:
        with opened(data, Packet, packet_id) as at:
            gate.void_if_changed(at.ledger, at.session, packet_id, at.now)
        raise


@run.command("start")
def start_run(
    lender: Annotated[str, typer.Argument(metavar="LENDER", help="Whose cases: len_….")],
    profile: Profile,
    *,
    cut_off: CutOff,
    case: Annotated[list[str] | None, typer.Option(help="cas_…; may be given many times.")] = None,
    cases: Annotated[
        Path | None, typer.Option(exists=True, dir_okay=False, help="A file with a case on each line.")
    ] = None,
    by: By = "",
    data: Data = DATA,
) -> None:
    """Ask for one packet of each case; prints the run's id, and each case that was refused."""
    from forbear.ledger.cases import runs
    from forbear.ledger.tables.people import Lender

    named = [*(case or ()), *(cases.read_text("utf-8").split() if cases else ())]
    day = the_day(cut_off, "--cut-off")
    with opened(data, Lender, lender) as at:
        made = runs.start_run(at.session, lender, profile, day, named, staff=by or None, now=at.now)
        typer.echo(made.id)
        for each in made.refused:
            typer.echo(f"refused\t{each['case']}\t{each['reason']}")


@run.command("show")
def show_run(run_id: Annotated[str, typer.Argument(metavar="RUN", help="Its id: crn_….")], data: Data = DATA) -> None:
    """Show how a run stands, and its exceptions with what each lacks."""
    from forbear.ledger.cases import runs
    from forbear.ledger.tables.cases import CaseRun

    with opened(data, CaseRun, run_id) as at:
        status = runs.run_status(at.session, run_id)
        typer.echo(f"wanted {status.run.wanted}\twaiting {status.waiting}\tdone {status.done}")
        for each in status.exceptions:
            missing: Any = each.get("missing", ())
            lacking = ", ".join(item["item"] for item in missing) or each.get("reason", "")
            typer.echo(f"{each['state']}\t{each['case']}\t{each.get('packet', '')}\t{lacking}")
