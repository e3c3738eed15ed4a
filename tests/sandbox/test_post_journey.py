"""What becomes of letters, drawn many times: each ends once, in order, and a share of them comes back."""

from datetime import timedelta
from itertools import pairwise
from random import Random

import pytest

from forbear.sandbox.post_journey import CANCELLABLE_FOR, Fate, fate_of, journey

SERVICES = (None, "certified", "certified_return_receipt", "registered")


@pytest.mark.parametrize("fate", [fate for fate in Fate if fate is not Fate.UNDELIVERABLE])
@pytest.mark.parametrize("service", SERVICES)
def test_a_journey_goes_forward_and_ends_once(fate: Fate, service: str | None) -> None:
    for seed in range(200):
        made = journey(fate, service, Random(seed))
        times = [scan.after for scan in made.scans]
        assert all(before <= after for before, after in pairwise(times))
        assert all(time > CANCELLABLE_FOR for time in times)
        assert all(time < timedelta(days=30) for time in times)
        assert [scan.name for scan in made.scans].count("Returned to Sender") <= 1
        told = any(scan.name == "Delivered" for scan in made.scans)
        assert not (told and made.delivered_after is not None)


@pytest.mark.parametrize(
    ("fate", "service", "end"),
    [
        (Fate.DELIVERED, None, "delivered"),
        (Fate.DELIVERED, "certified_return_receipt", "delivered"),
        (Fate.RETURNED, None, "returned"),
        (Fate.UNCLAIMED, None, "delivered"),
        (Fate.UNCLAIMED, "certified_return_receipt", "returned"),
        (Fate.LOST, None, "lost"),
        (Fate.SILENT, "certified", "delivered"),
        (Fate.RETURNED_LATE, None, "returned"),
    ],
)
def test_how_it_ends(fate: Fate, service: str | None, end: str) -> None:
    assert journey(fate, service, Random(1)).end == end


def test_an_address_does_the_same_each_time_and_a_share_sends_mail_back() -> None:
    drawn = [fate_of(7, f"{number} example st|60601", 10) for number in range(2_000)]
    assert drawn == [fate_of(7, f"{number} example st|60601", 10) for number in range(2_000)]
    assert 150 < drawn.count(Fate.RETURNED) < 250
    assert 50 < drawn.count(Fate.MOVED) < 150
    assert {fate_of(7, f"{number}", 0) for number in range(200)} == {Fate.DELIVERED}
