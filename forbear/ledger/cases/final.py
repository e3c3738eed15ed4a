"""The one gate through which the final bytes of a packet leave, whoever asks and over whichever path.

Nothing that is missing, unreadable, unequal, unapproved or overtaken passes, and each refusal names what is in the way.
"""

from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256
from typing import Any, Final

from sqlalchemy.orm import Session

from forbear.errors import Conflict, Erased, Incomplete, Missing
from forbear.ledger.cases import packets, reviewing
from forbear.ledger.cases.reviewing import Snapshot
from forbear.ledger.engine import Ledger
from forbear.ledger.tables.cases import Packet

FINAL: Final = frozenset({"approved", "filed"})


class FinalPacket:
    """A packet that passed the gate; its files are opened one by one, each held against its digest."""

    def __init__(self, ledger: Ledger, session: Session, packet: Packet) -> None:
        self._ledger = ledger
        self._session = session
        self.packet = packet

    @property
    def files(self) -> tuple[Mapping[str, Any], ...]:
        """What there is: name, role, digest, size, pages."""
        return tuple(self.packet.stored)

    def open(self, name: str) -> bytes:
        """The final bytes of one file.

        Raises:
            Erased: it is not what was approved.
            NotFound: there is none of that name.
        """
        return packets.open_stored(self._ledger, self._session, self.packet, name)


def final(
    ledger: Ledger, session: Session, packet_id: str, snapshot: Snapshot, *, staff: str | None = None, now: datetime
) -> FinalPacket:
    """Let a packet through; that it left is put down.

    Args:
        ledger: with the vault and the store.
        session: of staff, or of the lender's API.
        packet_id: which one.
        snapshot: digests anew what the packet rests on; what was filed is not held against it any more.
        staff: who fetches it; None for the lender's own system.
        now: world instant.

    Raises:
        Changed: the record has overtaken it (a `Conflict`); see `reviewing.void_if_changed`.
        Conflict: it is neither approved nor filed, or a draft, or its approval is of another hash or its preparer's.
        Erased: a file of it was changed, or its borrower erased.
        Incomplete: it lacks something.
        NotFound: there is no such packet, or a file of it is gone.
    """
    case, packet = packets.lock(session, packet_id)
    if packet.missing:
        raise Incomplete(tuple(Missing(**each) for each in packet.missing))
    if packet.state not in FINAL:
        raise Conflict(f"Packet {packet.id} is {packet.state}: only an approved one leaves the house")
    if packet.draft:
        raise Conflict(f"Packet {packet.id} is a draft: a prescribed wording is missing in it")
    _approved(session, packet)
    _is_its_manifest(ledger, session, packet)
    if packet.state != "filed":
        reviewing.unchanged(session, packet, snapshot)
    reviewing.note_download(session, case, packet, staff, now)
    return FinalPacket(ledger, session, packet)


def _approved(session: Session, packet: Packet) -> None:
    """By somebody who did not prepare it, and by the hash that it has."""
    found = [
        each for each in reviewing.reviews(session, packet.id)
        if each.verdict == "approved" and each.sha256 == packet.sha256 and each.staff not in {None, packet.asked_by}
    ]  # fmt: skip
    if not found:
        raise Conflict(f"Packet {packet.id} has no approval of its hash by somebody who did not prepare it")


def _is_its_manifest(ledger: Ledger, session: Session, packet: Packet) -> None:
    """Every file opens and is what was kept, and the manifest's digest is the packet's hash."""
    for row in packet.stored:
        body = packets.open_stored(ledger, session, packet, row["name"])
        if row["role"] == packets.MANIFEST and sha256(body).hexdigest() != packet.sha256:
            raise Erased("A packet's manifest is not what was approved: have it prepared again")
    if not any(row["role"] == packets.MANIFEST for row in packet.stored):
        raise Conflict(f"Packet {packet.id} has no manifest: have it prepared again")
