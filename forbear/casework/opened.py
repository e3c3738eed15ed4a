"""Who opened what of a case before its next packet: for whoever swears to have looked.

From the record of who opened which packet and never typed. It is left out of what voids a packet: opening one to look
at it is no change of it.
"""

from typing import Any, Final
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
        select(PacketReview, Packet, Staff)
        .join(Packet, Packet.id == PacketReview.packet)
        .join(Staff, Staff.id == PacketReview.staff)
        .where(Packet.legal_case == record.case.id, PacketReview.verdict == "opened")
        .order_by(PacketReview.at, PacketReview.id)
    ).all()
    told: list[dict[str, Any]] = []
    for review, packet, staff in rows:
        if local(review.at, zone) <= wanted.day and packet.id != wanted.packet:
            told.append(
                {
                    "what": f"Packet {packet.number} ({packet.profile})",
                    "when": f"{review.at.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M} {zone}",
                    "who": record.ledger.vault.open_staff(staff.tenant, staff.id, staff.name)[:80],
                }
            )
    found.give(GROUP, {"opened_log": told[-MOST:], "looked_through": wanted.day})
