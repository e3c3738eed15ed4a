"""Looks at a packet, approves or returns it, puts down that it was filed, and voids it when what it rests on changed.

Who prepared a packet may not approve it: who asked for it, or, where the case did so by itself, who told its fields and
brought its files. An approval names the packet's hash and holds only as long as the record still
says what the packet says: whoever works with one voids it first where it does not (`void_if_changed`, in a transaction
of its own, since a refusal takes its transaction back).
"""

from collections.abc import Callable
from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from forbear.errors import BadInput, Conflict, Forbidden
from forbear.ledger.cases import acts, packets, rows
from forbear.ledger.cases.sealing import seal
from forbear.ledger.engine import Ledger
from forbear.ledger.ids import new_id
from forbear.ledger.tables.accounts import LegalCase
from forbear.ledger.tables.cases import Packet, PacketReview

Snapshot = Callable[[Session, Packet], str]
"""Digests anew all that a packet rests on, as the record stands in this transaction."""
STANDING: Final = frozenset({"prepared", "approved"})
SHOWN: Final = frozenset({"prepared", "returned", "approved", "void", "filed"})
"""States in which there is something to look at."""
REVIEWERS: Final = (acts.LEGAL, acts.LAWYER)
MOST_REASON: Final = 2_000


class Changed(Conflict):
    """The record says something else than the packet does."""


def view(
    ledger: Ledger, session: Session, packet_id: str, name: str, *, staff: str, now: datetime
) -> tuple[Packet, bytes]:
    """One file of a packet for the page on which it is looked through; never as its final form.

    Raises:
        Conflict: there is nothing to look at yet.
        Forbidden: they are neither legal staff nor a lawyer.
        NotFound: there is no such packet or file.
    """
    acts.may(session, staff, *REVIEWERS)
    packet = packets.find(session, packet_id)
    if packet.state not in SHOWN:
        raise Conflict(f"Packet {packet.id} is {packet.state}: there is nothing to look at")
    body = packets.open_stored(ledger, session, packet, name)
    if not _has(session, packet, staff, "opened"):
        _review(session, acts.find(session, packet.legal_case), packet, staff, "opened", now)
    return packet, body


def approve(session: Session, packet_id: str, sha256: str, *, staff: str, snapshot: Snapshot, now: datetime) -> Packet:
    """Approve a packet by the hash that somebody looked at. Approving again what one approved changes nothing.

    Raises:
        BadInput: the hash is another packet's.
        Changed: the record says something else by now.
        Conflict: it is not prepared, or a draft.
        Forbidden: they are neither legal staff nor a lawyer, or prepared it.
    """
    acts.may(session, staff, *REVIEWERS)
    case, packet = packets.lock(session, packet_id)
    if staff in _preparers(session, packet):
        raise Forbidden("Who prepared a packet may not approve it: ask a colleague")
    _hash_fits(packet, sha256)
    if packet.state == "approved":
        return packet
    if packet.state != "prepared":
        raise Conflict(f"Packet {packet.id} is {packet.state}: only one that is prepared can be approved")
    if packet.draft:
        raise Conflict(f"Packet {packet.id} is a draft: a prescribed wording is missing in it")
    unchanged(session, packet, snapshot)
    acts.is_open(case)
    _review(session, case, packet, staff, "approved", now)
    packets.move(session, case, packet, "approved", now, staff=staff)
    acts.tell(session, case, "packet_reviewed", now)
    return packet


def _preparers(session: Session, packet: Packet) -> frozenset[str]:
    """Who asked for a packet. For what its case asked for by itself: who told its fields and brought its files."""
    if packet.asked_by is not None:
        return frozenset({packet.asked_by})
    told = rows.field_rows(session, packet.legal_case)
    kept = rows.files(session, packet.legal_case)
    return frozenset(each.staff for each in (*told, *kept) if each.staff is not None)


def give_back(
    ledger: Ledger, session: Session, packet_id: str, sha256: str, reason: str, *, staff: str, now: datetime
) -> Packet:
    """Return a packet with the reason, which is sealed. An approval ends with it.

    Raises:
        BadInput: no reason is given, or the hash is another packet's.
        Conflict: it is neither prepared nor approved.
        Forbidden: they are neither legal staff nor a lawyer.
    """
    acts.may(session, staff, *REVIEWERS)
    if not reason.strip() or len(reason) > MOST_REASON:
        raise BadInput("reason", "is missing or too long", "Say what has to be put right.")
    case, packet = packets.lock(session, packet_id)
    _hash_fits(packet, sha256)
    if packet.state not in STANDING:
        raise Conflict(f"Packet {packet.id} is {packet.state}: it cannot be returned")
    sealed = seal(ledger, session, case, reason)
    _review(session, case, packet, staff, "returned", now, reason=sealed)
    packets.move(session, case, packet, "returned", now, staff=staff)
    acts.tell(session, case, "packet_reviewed", now)
    return packet


def filed(session: Session, packet_id: str, sha256: str, *, staff: str, now: datetime) -> Packet:
    """Put down that an approved packet was handed in: from now on it stays as it is. The fact is told besides.

    Raises:
        BadInput: the hash is another packet's.
        Conflict: it is not approved.
        Forbidden: they are neither legal staff nor a lawyer.
    """
    acts.may(session, staff, *REVIEWERS)
    case, packet = packets.lock(session, packet_id)
    _hash_fits(packet, sha256)
    if packet.state == "filed":
        return packet
    if packet.state != "approved":
        raise Conflict(f"Packet {packet.id} is {packet.state}: only an approved one can be filed")
    _review(session, case, packet, staff, "filed", now)
    packets.move(session, case, packet, "filed", now, staff=staff)
    acts.tell(session, case, "packet_reviewed", now)
    return packet


def void_if_changed(session: Session, packet_id: str, snapshot: Snapshot, now: datetime) -> bool:
    """Void a prepared or approved packet that does not say any more what the record says; whether it is void now."""
    if packets.find(session, packet_id).state not in STANDING:
        return False
    case, packet = packets.lock(session, packet_id)
    if packet.state not in STANDING or snapshot(session, packet) == packet.snapshot:
        return False
    packets.move(session, case, packet, "void", now)
    acts.tell(session, case, "packet_reviewed", now)
    return True


def unchanged(session: Session, packet: Packet, snapshot: Snapshot) -> None:
    """Refuse a packet that the record has overtaken. The caller holds its case.

    Raises:
        Changed: naming the parts of the record that differ, where both digests name theirs.
    """
    now_says, then_said = snapshot(session, packet), packet.snapshot or ""
    if now_says != then_said:
        parts = sorted({each.partition("=")[0] for each in set(now_says.split()[1:]) ^ set(then_said.split()[1:])})
        named = f" ({', '.join(parts)})" if parts else ""
        raise Changed(f"Packet {packet.id} is out of date{named}: have it prepared again")


def reviews(session: Session, packet_id: str) -> list[PacketReview]:
    """Who did what with a packet, oldest first."""
    rows = select(PacketReview).where(PacketReview.packet == packet_id).order_by(PacketReview.at, PacketReview.id)
    return list(session.scalars(rows))


def note_download(session: Session, case: LegalCase, packet: Packet, staff: str | None, now: datetime) -> None:
    """Put down that its final form left."""
    _review(session, case, packet, staff, "downloaded", now)


def _hash_fits(packet: Packet, sha256: str) -> None:
    if packet.sha256 is None or sha256 != packet.sha256:
        raise BadInput(
            "sha256", "is not this packet's hash", "Look at the packet again, and name the hash shown there."
        )


def _has(session: Session, packet: Packet, staff: str, verdict: str) -> bool:
    return any(
        (each.staff, each.verdict, each.sha256) == (staff, verdict, packet.sha256)
        for each in reviews(session, packet.id)
    )


def _review(  # noqa: PLR0917  a review is all of these
    session: Session,
    case: LegalCase,
    packet: Packet,
    staff: str | None,
    verdict: str,
    now: datetime,
    *,
    reason: bytes | None = None,
) -> None:
    row = PacketReview(
        id=new_id("rvw"),
        tenant=case.tenant,
        lender=case.lender,
        packet=packet.id,
        staff=staff,
        verdict=verdict,
        sha256=packet.sha256 or "",
        reason=reason,
        at=now,
    )
    session.add(row)
    acts.did(session, case, f"packet_review_{verdict}", row.id, row, now, staff=staff)
