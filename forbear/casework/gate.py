"""The way to the final bytes of a packet: whoever asks, from the console, the API or the terminal, comes through here.

Each time the packet is assembled anew without its files, so that an approval holds only while the record still says
what was approved. That is read in a transaction of its own, with the worker's rights: whoever asks holds the account's
persons, so that nothing lands meanwhile.
"""

from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from forbear.casework.assembling import assemble
from forbear.casework.assembly import GROUP_DIGITS, Assembly, Wanted, digest
from forbear.court.paths import load_all
from forbear.errors import Conflict
from forbear.ledger.cases import final as gate
from forbear.ledger.cases import packets, reviewing
from forbear.ledger.cases.final import FinalPacket
from forbear.ledger.cases.loading import stops
from forbear.ledger.cases.reviewing import Snapshot
from forbear.ledger.days import local, zone_of
from forbear.ledger.engine import Ledger
from forbear.ledger.tables.accounts import Account, LegalCase
from forbear.ledger.tables.cases import Packet

LACKING: Final = "lacking"
"""As a group of the snapshot: what nothing prints, and what is missing since it was made."""


def wanted_of(session: Session, packet: Packet) -> Wanted:
    """What a packet that was asked for is to be: dated on the day on which it was asked for."""
    zone = zone_of(session, session.get_one(LegalCase, packet.legal_case).account)
    before = session.scalars(
        select(Packet.sha256)
        .where(
            Packet.legal_case == packet.legal_case,
            Packet.profile == packet.profile,
            Packet.number < packet.number,
            Packet.sha256.is_not(None),
        )
        .order_by(Packet.number.desc())
        .limit(1)
    ).first()
    return Wanted(
        case=packet.legal_case,
        profile=packet.profile,
        cut_off=packet.cut_off,
        day=local(packet.asked_at, zone),
        court=packet.court,
        packet=packet.id,
        previous=before or "",
    )


def assembled(ledger: Ledger, packet: Packet) -> Assembly:
    """A packet as it would be assembled now, without opening its files: what it lacks, its snapshot, its drafts."""
    with ledger.worker(packet.tenant) as session:
        return assemble(ledger, session, wanted_of(session, packet), contents=False)


def snapshots(ledger: Ledger) -> Snapshot:
    """Digests anew what a packet rests on, for `forbear.ledger.cases.reviewing`."""
    return lambda _, packet: _says(assembled(ledger, packet))


def _says(assembly: Assembly) -> str:
    """Its snapshot; and what it lacks by now, though nothing of that is printed: what was approved lacked nothing."""
    if not assembly.missing:
        return assembly.snapshot.text
    lacks = digest(sorted((each.item, each.problem) for each in assembly.missing))[:GROUP_DIGITS]
    return f"{assembly.snapshot.text} {LACKING}={lacks}"


def approve(ledger: Ledger, session: Session, packet: str, sha256: str, *, staff: str, now: datetime) -> Packet:
    """Approve a packet by the hash that somebody looked at.

    Raises:
        BadInput: the hash is another packet's.
        Changed: the record says something else by now; call `void_if_changed` in a transaction of its own.
        Conflict: it is not prepared, or a draft: with the prescribed words that are missing; or its case is held.
        Forbidden: they may not, or prepared it.
    """
    _name_drafts(ledger, packets.find(session, packet))
    _refuse_held(ledger, session, packets.find(session, packet), now)
    return reviewing.approve(session, packet, sha256, staff=staff, snapshot=snapshots(ledger), now=now)


def final(ledger: Ledger, session: Session, packet: str, *, staff: str | None = None, now: datetime) -> FinalPacket:
    """Let the final form of a packet through, file by file; that it left is put down.

    Raises:
        Changed: the record has overtaken it: with the groups of values that changed.
        Conflict: it is neither approved nor filed, a draft, or approved by whoever prepared it; or its case is over,
            or a stop holds it.
        Erased: a file of it was changed, or its borrower erased.
        Incomplete: it lacks something: with every item.
        NotFound: there is no such packet, or a file of it is gone.
    """
    _name_drafts(ledger, packets.find(session, packet))
    _refuse_held(ledger, session, packets.find(session, packet), now)
    return gate.final(ledger, session, packet, snapshots(ledger), staff=staff, now=now)


def void_if_changed(ledger: Ledger, session: Session, packet: str, now: datetime) -> bool:
    """Void a packet that the record has overtaken; whether it is void now. In a transaction of its own."""
    return reviewing.void_if_changed(session, packet, snapshots(ledger), now)


def _name_drafts(ledger: Ledger, packet: Packet) -> None:
    if packet.draft:
        named = "; ".join(assembled(ledger, packet).drafts) or "a prescribed wording"
        raise Conflict(f"Packet {packet.id} is a draft: prescribed words are missing in it ({named})")


def _refuse_held(ledger: Ledger, session: Session, packet: Packet, now: datetime) -> None:
    """Nothing is handed in of a case that is over, nor while a stop of the debt holds it, except what calls it off.

    A stop waits for the account's persons as everything does, so the caller takes them first. What was handed in stays
    to be fetched.
    """
    if packet.state not in reviewing.STANDING:
        return
    case, _ = packets.lock(session, packet.id)
    if case.state != "open":
        raise Conflict(f"Case {case.id} is closed: nothing of it is handed in any more")
    path = load_all().get(case.path or "")
    if path is None or packet.profile in {each.withdrawal for each in path.stages}:
        return
    with ledger.worker(packet.tenant) as reading:
        account = reading.get_one(Account, case.account)
        found = path.hold(case.stage, (each.kind for each in stops(reading, account, now)))
    if found is not None:
        raise Conflict(f"Packet {packet.id} is held by a stop ({found[1].replace('_', ' ')}): {found[0].reason}")
