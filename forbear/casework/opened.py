"""Who opened what of a case before its next packet: for whoever swears to have looked.

From the record of who opened which packet and never typed. It is left out of what voids a packet: opening one to look
at it is no change of it.
"""

from typing import Final
from zoneinfo import ZoneInfo

from sqlalchemy import select

from forbear.casework.assembly import Wanted
from forbear.casework.found import Found
from forbear.casework.record import CaseRecord
from forbear.ledger.days import local, zone_of
from forbear.ledger.tables.cases import Packet, PacketReview
from forbear.ledger.tables.staff import Staff

GROUP: Final = "opened"
MOST: Final = 60


def find_opened(record: CaseRecord, wanted: Wanted, found: Found) -> None:
    """Give the rows of what was opened up to the packet's day."""
    zone = zone_of(record.session, record.account.id) or "UTC"
    rows = record.session.execute(
        select(PacketReview.staff, PacketReview.at, Packet.number, Packet.profile)
        .join(Packet, Packet.id == PacketReview.packet)
        .where(Packet.legal_case == record.case.id, PacketReview.verdict == "opened", Packet.id != wanted.packet)
        .order_by(PacketReview.at, PacketReview.id)
    ).all()
    seen = [row for row in rows if local(row.at, zone) <= wanted.day]
    names = _names(record, {row.staff for row in seen})
    told = [
        {
            "what": f"Packet {row.number} ({row.profile})",
            "when": f"{row.at.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M} {zone}",
            "who": names[row.staff],
        }
        for row in seen
    ]
    found.give(GROUP, {"opened_log": told[-MOST:], "looked_through": wanted.day})


def _names(record: CaseRecord, staff: set[str]) -> dict[str, str]:
    """What colleagues call them; read with the rights of staff, as whoever decides may not see them."""
    if not staff:
        return {}
    vault = record.ledger.vault
    with record.ledger.staff(record.case.tenant) as session:
        rows = session.scalars(select(Staff).where(Staff.id.in_(staff)))
        return {row.id: vault.open_staff(row.tenant, row.id, row.name)[:80] for row in rows}
