"""The words that the document lists for cases are those that the rooms behind it know: no more and no fewer."""

from typing import get_args

from forbear.api.lender.shapes.cases_packets import Profile, Slot
from forbear.casework.profile_file import PACKETS
from forbear.court.path import PROFILES
from forbear.ledger.cases.files import SLOTS


def test_every_slot_can_be_filled() -> None:
    assert set(get_args(Slot)) == set(SLOTS)


def test_every_packet_can_be_asked_for() -> None:
    assert set(get_args(Profile)) == set(PROFILES) == set(PACKETS)
