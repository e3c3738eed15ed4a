"""Packets of a case: asked for, made or found incomplete, kept sealed. Who may look and approve is in `reviewing`."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from hashlib import sha256
from typing import Any, Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from forbear.contracts.case_words import PacketState
from forbear.court.path import PROFILES
from forbear.errors import BadInput, Conflict, Missing, NotFound
from forbear.ledger.cases import acts, content
from forbear.ledger.cases.sealing import file_key, new_file_key
from forbear.ledger.days import local, zone_of
from forbear.ledger.engine import Ledger
from forbear.ledger.ids import new_id
from forbear.ledger.tables.accounts import LegalCase
from forbear.ledger.tables.cases import Packet

MANIFEST: Final = "manifest"
"""Role of the file whose digest is the packet's hash."""
WAITING: Final = frozenset({"asked"})
LIVE: Final = frozenset({"asked", "incomplete", "prepared", "returned", "approved", "failed"})
"""Superseded by a newer packet of the same profile; what was filed stays."""


@dataclass(frozen=True, slots=True)
class MadeFile:
    """One finished file. `role` is volume, part, manifest, sums, archive or data."""

    name: str
    role: str
    content: bytes = field(repr=False)
    pages: int = 0


@dataclass(frozen=True, slots=True)
class MadePacket:
    """A packet as it was bound. `sha256` is that of its manifest; `snapshot` is over all that it rests on."""

    files: Sequence[MadeFile] = field(repr=False)
    sha256: str
    snapshot: str
    pages: int
    draft: bool
    court: str = ""


def ask(
    session: Session,
    case_id: str,
    profile: str,
    cut_off: date,
    *,
    staff: str | None = None,
    court: str = "",
    run: str | None = None,
    now: datetime,
) -> Packet:
    """Ask for a packet; its case makes it. Asked again while one of this profile waits, it is the same.

    Args:
        session: of staff or of the lender's API.
        case_id: the case.
        profile: which packet, one of `forbear.court.path.PROFILES`.
        cut_off: the day up to which sums are reckoned.
        staff: who prepares it, and may therefore not approve it.
        court: profile of the court or committee, where it is not the packet's usual one.
        run: of many prepared at once.
        now: world instant.

    Raises:
        BadInput: there is no such profile, or the day is to come.
        Conflict: the case is closed, or nobody has taken it up.
        NotFound: there is no such case.
    """
    case = acts.is_open(acts.lock(session, case_id))
    if case.path is None:
        raise Conflict(f"Case {case.id} walks no path yet: take it up first")
    return _ask(session, case, profile, cut_off, staff=staff, court=court, run=run, now=now)


def ask_itself(session: Session, case: LegalCase, profile: str, cut_off: date, now: datetime) -> Packet:
    """The case asks of its own accord. The caller holds it, and decides again."""
    return _ask(session, case, profile, cut_off, staff=None, court="", run=None, now=now, wake=False)


def _ask(
    session: Session,
    case: LegalCase,
    profile: str,
    cut_off: date,
    *,
    staff: str | None,
    court: str,
    run: str | None,
    now: datetime,
    wake: bool = True,
) -> Packet:
    if profile not in PROFILES:
        raise BadInput("profile", "is no packet of ours", f"Choose one of {', '.join(PROFILES)}.")
    if cut_off > local(now, zone_of(session, case.account)):
        raise BadInput("cut_off", "is a day to come", "Name a day up to which sums can be reckoned.")
    waiting = session.scalars(
        select(Packet).where(Packet.legal_case == case.id, Packet.profile == profile, Packet.state.in_(WAITING))
    ).first()
    if waiting is not None and (waiting.cut_off, waiting.court) == (cut_off, court):
        return waiting
    supersede(session, case, profile, WAITING, now)
    last = session.scalars(select(func.max(Packet.number)).where(Packet.legal_case == case.id)).one()
    row = Packet(
        id=new_id("pkt"),
        tenant=case.tenant,
        lender=case.lender,
        legal_case=case.id,
        number=(last or 0) + 1,
        profile=profile,
        court=court,
        state="asked",
        cut_off=cut_off,
        asked_by=staff,
        asked_at=now,
        run=run,
        draft=False,
        stored=[],
        missing=[],
        changed_at=now,
    )
    session.add(row)
    written = {"packet": row.id, "profile": profile, "cut_off": cut_off, "court": court, "run": run}
    acts.did(session, case, "packet_asked", row.id, written, now, staff=staff)
    if wake:
        acts.tell(session, case, "packet_asked", now)
    return row


def find(session: Session, packet_id: str) -> Packet:
    """A packet as it stands, without a lock.

    Raises:
        NotFound: the session sees none of that id.
    """
    found = session.get(Packet, packet_id, populate_existing=True)
    if found is None:
        raise NotFound(f"No packet {packet_id}")
    return found


def lock(session: Session, packet_id: str) -> tuple[LegalCase, Packet]:
    """A packet as it stands once its case is ours, and with it the account's persons: no payment lands meanwhile.

    Raises:
        NotFound: the session sees none of that id.
    """
    case = acts.lock(session, find(session, packet_id).legal_case)
    return case, session.get_one(Packet, packet_id, populate_existing=True)


def move(
    session: Session,
    case: LegalCase,
    packet: Packet,
    state: PacketState,
    now: datetime,
    *,
    staff: str | None = None,
    **written: object,
) -> None:
    """Put a packet into a state, with its audit row."""
    packet.state, packet.changed_at = state, now
    told = {"packet": packet.id, "state": state, "sha256": packet.sha256, **written}
    acts.did(session, case, f"packet_{state}", packet.id, told, now, staff=staff)


def supersede(
    session: Session, case: LegalCase, profile: str, states: Iterable[str], now: datetime, *, keep: str = ""
) -> None:
    """Void the case's other packets of a profile that are in one of these states."""
    others = session.scalars(
        select(Packet)
        .where(
            Packet.legal_case == case.id, Packet.profile == profile, Packet.state.in_(list(states)), Packet.id != keep
        )
        .order_by(Packet.number)
        .execution_options(populate_existing=True)
    )
    for other in others.all():
        move(session, case, other, "void", now, by=keep or None)


def drop_waiting(session: Session, case: LegalCase, now: datetime) -> None:
    """Nobody makes a packet any more of a case that ended."""
    for packet in session.scalars(
        select(Packet).where(Packet.legal_case == case.id, Packet.state.in_(WAITING)).order_by(Packet.number)
    ).all():
        move(session, case, packet, "void", now)


def keep_made(ledger: Ledger, session: Session, packet_id: str, made: MadePacket, now: datetime) -> Packet:
    """Keep a packet that was made. One that nobody waits for any more stays as it is.

    Raises:
        BadInput: its hash is not that of its manifest, or two files have one name.
        NotFound: there is no such packet.
    """
    _whole(made)
    seen = find(session, packet_id)
    if seen.state not in WAITING:
        return seen
    key, sealed_key = new_file_key(ledger, session, acts.find(session, seen.legal_case), packet_id)
    # Before the locks: nobody shall wait for the disk, and what is left over is noise under a key that nobody has.
    stored = [_stored(ledger, key, each) for each in made.files]
    case, packet = lock(session, packet_id)
    if packet.state not in WAITING:
        return packet
    packet.stored, packet.file_key, packet.missing = stored, sealed_key, []
    packet.sha256, packet.snapshot, packet.pages = made.sha256, made.snapshot, made.pages
    packet.draft, packet.made_at = made.draft, now
    packet.court = made.court or packet.court
    supersede(session, case, packet.profile, LIVE - WAITING, now, keep=packet.id)
    move(session, case, packet, "prepared", now, snapshot=made.snapshot, stored=[each["sha256"] for each in stored])
    acts.tell(session, case, "packet_made", now)
    return packet


def mark_incomplete(session: Session, packet_id: str, missing: Iterable[Missing], now: datetime) -> Packet:
    """Put down all that keeps a packet from being made, with who can supply it. Titles are left out: they may name."""
    told = [{name: value for name, value in asdict(each).items() if name != "title"} for each in missing]
    return _unmade(session, packet_id, "incomplete", told, now)


def mark_failed(session: Session, packet_id: str, reason: str, now: datetime) -> Packet:
    """Put down that a packet could not be made for no lack of anything; `reason` holds nothing personal."""
    told = [{"item": "packet", "problem": reason, "remedy": "Ask for it again.", "supplier": "operator"}]
    return _unmade(session, packet_id, "failed", told, now)


def _unmade(
    session: Session, packet_id: str, state: PacketState, missing: list[dict[str, Any]], now: datetime
) -> Packet:
    case, packet = lock(session, packet_id)
    if packet.state in WAITING:
        packet.missing, packet.made_at = missing, now
        supersede(session, case, packet.profile, {"incomplete", "failed"}, now, keep=packet.id)
        move(session, case, packet, state, now, missing=[each["item"] for each in missing])
        acts.tell(session, case, "packet_made", now)
    return packet


def stored_file(packet: Packet, name: str) -> Mapping[str, Any]:
    """The row of one of its files.

    Raises:
        NotFound: it has none of that name.
    """
    found = next((each for each in packet.stored if each["name"] == name), None)
    if found is None:
        raise NotFound(f"Packet {packet.id} has no such file")
    return found


def open_stored(ledger: Ledger, session: Session, packet: Packet, name: str) -> bytes:
    """One of its files. Whoever hands it on asks `reviewing.view` or `final` instead, which say who may.

    Raises:
        Erased: it was changed, or the borrower erased.
        NotFound: it has none of that name, or the file is gone.
    """
    row = stored_file(packet, name)
    if packet.file_key is None:
        raise Conflict(f"Packet {packet.id} was not made")
    key = file_key(ledger, session, acts.find(session, packet.legal_case), packet.id, packet.file_key)
    return content.fetch(ledger, key, name, row["stored_sha256"], row["sha256"])


def _stored(ledger: Ledger, key: Any, made: MadeFile) -> dict[str, Any]:
    return {
        "name": made.name,
        "role": made.role,
        "sha256": sha256(made.content).hexdigest(),
        "stored_sha256": content.keep(ledger, key, made.name, made.content),
        "size": len(made.content),
        "pages": made.pages,
    }


def _whole(made: MadePacket) -> None:
    manifests = [each for each in made.files if each.role == MANIFEST]
    if len(manifests) != 1 or sha256(manifests[0].content).hexdigest() != made.sha256:
        raise BadInput("sha256", "is not that of the one manifest", "Bind the packet again.")
    if len({each.name for each in made.files}) != len(made.files):
        raise BadInput("files", "have one name twice", "Bind the packet again.")
