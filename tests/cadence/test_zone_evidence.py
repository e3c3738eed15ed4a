"""Zone evidence on its way to the rules: what was told, what was read, and that a mobile's area code is only a hint."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from forbear.cadence.life import ContactPoint, ZoneClue
from forbear.cadence.translate import to_facts
from forbear.contracts.words import PointState
from forbear.rules.engine import check
from forbear.rules.facts import Attempt, Place
from forbear.rules.packs import Packs
from tests.cadence.conftest import MakeLife

HINT = ZoneClue("America/New_York", "area_code_mobile", "area code of the number")
ADDRESS = ZoneClue("America/Los_Angeles", "address", "postal code")
NOON = datetime(2026, 12, 1, 20, tzinfo=UTC)
"""15:00 in New York, 12:00 in Los Angeles."""
EARLY_OUT_WEST = datetime(2026, 12, 1, 14, 30, tzinfo=UTC)
LATE_IN_NEW_YORK = datetime(2026, 12, 2, 3, tzinfo=UTC)

Rules = Callable[..., set[str]]


def mobile(zone: str | None = None, evidence: str | None = None, state: PointState = "valid") -> ContactPoint:
    return ContactPoint("pt_1", "phone", "k1", "mobile", state, zone, evidence, "US", (HINT,))


def home() -> ContactPoint:
    return ContactPoint("pt_2", "postal", "k2", "residence", "valid", ADDRESS.zone, "address", "US", (ADDRESS,))


@pytest.fixture
def rules(a_life: MakeLife, packs: Packs) -> Rules:
    def denying(at: datetime, *points: ContactPoint) -> set[str]:
        life = a_life(person={"points": points}, balance_as_of=at)
        facts = to_facts(life, life.borrower, at, contacts_in_7_days=3)
        return set(check(Attempt("sms", "debtor", "k1", (life.account,), place="mobile"), facts, packs, at).rules)

    return denying


def places(a_life: MakeLife, *points: ContactPoint) -> tuple[Place, ...]:
    life = a_life(person={"points": points})
    return to_facts(life, life.borrower, NOON, contacts_in_7_days=3).places


def test_a_mobiles_area_code_alone_is_no_clock(rules: Rules) -> None:
    assert "POLICY.ZONE" in rules(NOON, mobile())


def test_beside_an_address_it_narrows_the_hours(rules: Rules) -> None:
    assert rules(NOON, mobile(), home()) == set()
    assert rules(EARLY_OUT_WEST, mobile(), home()) == {"POLICY.HOURS"}
    assert rules(LATE_IN_NEW_YORK, mobile(), home()) == {"POLICY.HOURS"}


def test_what_a_lender_told_of_a_mobile_stands(a_life: MakeLife, rules: Rules) -> None:
    told = mobile("America/New_York", "area_code_mobile")
    assert [(place.source, place.derived) for place in places(a_life, told)] == [("told by the lender", False)]
    assert rules(NOON, told) == set()


def test_a_ported_number_keeps_both_clocks(a_life: MakeLife) -> None:
    found = places(a_life, mobile("America/Denver", "address"))
    assert {place.zone: place.derived for place in found} == {"America/Denver": False, "America/New_York": True}


def test_what_was_read_off_an_address_says_so(a_life: MakeLife) -> None:
    assert [(place.kind, place.source, place.derived) for place in places(a_life, home())] == [
        ("address", "postal code", True)
    ]


def test_a_wrong_partys_number_says_nothing_of_the_person(a_life: MakeLife) -> None:
    assert places(a_life, mobile(state="wrong_party")) == ()
