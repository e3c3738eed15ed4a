"""Where the people of an enrolment are, read off what their lender told: zones of each point, and whose law applies.

What the lender said in so many words stands. What it left out is read from addresses and numbers, with the evidence
kept; the area code of a mobile says where it was bought, so it is kept as a clue and never becomes the point's zone.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import cache

from forbear.ledger.addresses import PostalAddress
from forbear.ledger.forms.parties import PartyForm
from forbear.ledger.forms.points import PointForm
from forbear.rules.packs import POLICY, load
from forbear.whereabouts.addresses import zones_of_address
from forbear.whereabouts.clues import Address, Clue
from forbear.whereabouts.law import packs_of
from forbear.whereabouts.phones import zones_of_number


@dataclass(frozen=True, slots=True)
class Placed:
    """A point's zone for counting dates, where it comes from, and every clue it gives."""

    zone: str | None
    evidence: str | None
    clues: tuple[Clue, ...]

    def rows(self) -> list[dict[str, str]]:
        """The clues as they are kept."""
        return [asdict(clue) for clue in self.clues]


@cache
def shipped() -> frozenset[str]:
    """The jurisdictions that have a pack, read once."""
    return frozenset(load().by_jurisdiction) - {POLICY}


def place_point(point: PointForm) -> Placed:
    """What is known of where a point's person is; the zone the lender told goes before what is read off the point."""
    clues = _clues(point)
    if point.zone is not None:
        return Placed(point.zone, point.zone_evidence, clues)
    firm = next((clue for clue in clues if clue.kind != "area_code_mobile"), None)
    return Placed(firm and firm.zone, firm and firm.kind, clues)


def _clues(point: PointForm) -> tuple[Clue, ...]:
    if isinstance(point.value, PostalAddress):
        return zones_of_address(_address(point.value))
    return zones_of_number(point.value, mobile=point.place == "mobile") if point.kind == "phone" else ()


def jurisdictions(party: PartyForm) -> list[str]:
    """The packs that apply as told, else as the postal addresses say, without one as the phones do.

    Evidence of two countries is no answer, and no answer holds the account.
    """
    if party.jurisdictions is not None:
        return list(party.jurisdictions)
    points = party.contact_points
    return packs_of(_addresses(points), _phones(points), shipped())


def law_of(point: PointForm) -> list[str]:
    """The packs that one more postal address adds; a phone adds none, as an address outranks it."""
    return packs_of([_address(point.value)], [], shipped()) if isinstance(point.value, PostalAddress) else []


def _addresses(points: Sequence[PointForm]) -> list[Address]:
    return [_address(point.value) for point in points if isinstance(point.value, PostalAddress)]


def _phones(points: Sequence[PointForm]) -> list[tuple[str, str]]:
    return [(point.country or "", point.written) for point in points if point.kind == "phone"]


def _address(told: PostalAddress) -> Address:
    return Address(told.country, told.region, told.postal_code, told.city)
