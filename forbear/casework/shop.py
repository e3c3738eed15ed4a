"""The shop that makes packets: from a packet that was asked for to its sealed files, or to all that it lacks.

The record is read in one transaction, the packet bound outside of any, and kept in another: what changes meanwhile is
seen by whoever approves, as the packet's snapshot is that of what was read.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

import structlog

from forbear.casework.assembling import assemble
from forbear.casework.assembly import Assembly
from forbear.casework.gate import wanted_of
from forbear.casework.reading_back import unequal_papers
from forbear.contracts.cases import PacketOrder, PacketOutcome
from forbear.errors import Erased, Incomplete, Missing
from forbear.ledger.cases import packets
from forbear.ledger.cases.packets import MadeFile, MadePacket
from forbear.ledger.engine import Ledger
from forbear.ledger.tables.cases import Packet
from forbear.ports.packets import Binder, Bound
from forbear.ports.papers import Unprintable

PASSING: Final = frozenset({"engine.busy", "engine.closed"})
"""Refusals that are nobody's fault: the same may be asked again."""
MANIFEST, SUMS, ARCHIVE = "manifest.json", "SHA256SUMS", "packet.zip"
log = structlog.get_logger("forbear.casework")


class PacketShopHere:
    """Implements `ports.cases.PacketShop` on this installation's record."""

    def __init__(self, ledger: Ledger, binder: Binder) -> None:
        self._ledger, self._binder = ledger, binder

    def make(self, order: PacketOrder) -> PacketOutcome:
        """Make a packet that was asked for. One that was made, or that nobody waits for any more, stays as it is.

        Raises:
            Unprintable: nothing is wrong with the packet, and whoever binds has no time; ask again.
            NotFound: there is no such packet.
        """
        with self._ledger.worker(order.tenant) as session:
            packet = packets.find(session, order.packet)
            if packet.state not in packets.WAITING:
                return _outcome(packet)
        try:
            return self._made(order)
        except Incomplete as lacking:
            return self._incomplete(order, lacking.missing)
        except Erased as gone:
            return self._failed(order, f"erased: {gone}")
        except Unprintable as no:
            if no.code in PASSING:
                raise
            return self._failed(order, str(no))

    def _made(self, order: PacketOrder) -> PacketOutcome:
        """A packet that lacks nothing, kept.

        Raises:
            Erased: personal data that it needs was erased.
            Incomplete: it lacks something.
            Unprintable: it could not be bound, or a paper of it does not print the sum of the claim.
        """
        with self._ledger.worker(order.tenant) as session:
            wanted = wanted_of(session, packets.find(session, order.packet))
            assembly = assemble(self._ledger, session, wanted)
        if assembly.missing:
            raise Incomplete(assembly.missing)
        try:
            bound = self._binder.bind(assembly.parts, assembly.court, assembly.facts)
        except Incomplete as unfit:
            # People know a file by its slot, and what is kept of a refusal names no title.
            raise Incomplete(
                tuple(replace(each, item=assembly.slots.get(each.item, each.item)) for each in unfit.missing)
            ) from None
        if unequal := unequal_papers(assembly, bound):
            raise Unprintable("sums.unequal", f"{', '.join(unequal)} does not print the total of the claim")
        return self._keep(order, assembly, bound)

    def _keep(self, order: PacketOrder, assembly: Assembly, bound: Bound) -> PacketOutcome:
        made = MadePacket(
            files=tuple(_files(assembly, bound)),
            sha256=bound.sha256,
            snapshot=assembly.snapshot.text,
            pages=bound.pages,
            draft=bound.draft,
            court=assembly.court.id,
        )
        with self._ledger.worker(order.tenant) as session:
            packet = packets.keep_made(self._ledger, session, order.packet, made, self._ledger.clock.now())
            return _outcome(packet)

    def _incomplete(self, order: PacketOrder, missing: tuple[Missing, ...]) -> PacketOutcome:
        with self._ledger.worker(order.tenant) as session:
            now = self._ledger.clock.now()
            return _outcome(packets.mark_incomplete(session, order.packet, missing, now))

    def _failed(self, order: PacketOrder, reason: str) -> PacketOutcome:
        log.warning("packet.failed", packet=order.packet, code=reason.partition(":")[0])
        with self._ledger.worker(order.tenant) as session:
            return _outcome(packets.mark_failed(session, order.packet, reason, self._ledger.clock.now()))


def _files(assembly: Assembly, bound: Bound) -> Iterator[MadeFile]:
    for each in bound.volumes:
        yield MadeFile(each.name, "volume", each.content, each.pages)
    for each in bound.files:
        yield MadeFile(each.name, "part", each.content, each.pages)
    for each in assembly.facts.data:
        yield MadeFile(each.name, "data", each.content)
    yield MadeFile(MANIFEST, packets.MANIFEST, bound.manifest)
    yield MadeFile(SUMS, "sums", bound.sums)
    yield MadeFile(ARCHIVE, "archive", bound.archive)


def _outcome(packet: Packet) -> PacketOutcome:
    """How it stands, in words that name nothing personal."""
    lacking = len(packet.missing)
    reason = f"{lacking} {'thing is' if lacking == 1 else 'things are'} missing" if lacking else packet.state
    return PacketOutcome(packet=packet.id, state=packet.state, reason=reason)
