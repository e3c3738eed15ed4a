"""Circumstances and events on their way to the rules: the debt's with the person's, and nobody else's."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from forbear.cadence.life import Happened, Life, Person
from forbear.cadence.translate import to_attempt, to_facts
from forbear.contracts.words import LenderRole
from forbear.rules.engine import check
from forbear.rules.facts import Event, Facts
from forbear.rules.packs import Packs
from tests.cadence.conftest import MakeLife

NOON = datetime(2026, 12, 1, 17, tzinfo=UTC)
"""12:00 in New York."""


def facts(life: Life, person: Person) -> Facts:
    return to_facts(life, person, NOON, contacts_in_7_days=3)


def test_the_debts_circumstances_join_the_persons(a_life: MakeLife) -> None:
    life = a_life(person={"circumstances": ("employer_forbids",)}, circumstances=("time_barred", "oral_contract"))
    assert facts(life, life.borrower).circumstances == {"employer_forbids", "time_barred", "oral_contract"}


def test_one_persons_circumstances_are_not_anothers(a_life: MakeLife) -> None:
    life = a_life(person={"circumstances": ("vulnerable",)}, circumstances=("time_barred",))
    guarantor = Person("per_2", "guarantor", "en", ("US",), ())
    assert facts(life, guarantor).circumstances == {"time_barred"}


def test_events_are_told_as_they_happened(a_life: MakeLife) -> None:
    sent = NOON - timedelta(days=3)
    life = a_life(events=(Happened("medical_notice_sent", sent),))
    assert facts(life, life.borrower).events == (Event("medical_notice_sent", sent),)
    assert facts(a_life(), life.borrower).events == ()


def test_a_rule_binds_only_where_its_circumstance_was_told(a_life: MakeLife, packs: Packs) -> None:
    def denying(*told: str) -> set[str]:
        life = a_life(person={"circumstances": told})
        life = replace(life, lender=replace(life.lender, role="debt_buyer"))
        at_work = replace(life.borrower.points[0], place="workplace")
        attempt = to_attempt(life, life.borrower, at_work, "call")
        return set(check(attempt, facts(life, life.borrower), packs, NOON).rules)

    assert denying("employer_forbids") - denying() == {"US.REGF.WORK"}


@pytest.mark.parametrize(
    ("role", "places", "bound"),
    [
        ("third_party_collector", ("US", "US-WA"), True),
        ("licensed_agency", ("US", "US-WA"), True),
        ("third_party_collector", ("US", "US-NY"), False),
        ("original_creditor", ("US", "US-WA"), False),
    ],
)
def test_an_agency_is_a_licensed_one_to_people_of_washington(
    a_life: MakeLife, packs: Packs, role: LenderRole, places: tuple[str, ...], *, bound: bool
) -> None:
    life = a_life(person={"jurisdictions": places})
    life = replace(life, lender=replace(life.lender, role=role))
    person = life.borrower
    [point, *_] = person.points
    permit = check(to_attempt(life, person, point, "call", by="person"), facts(life, person), packs, NOON)
    assert any("US-WA.FREQ3" in str(each) for each in permit.looked_at) is bound


def test_an_agency_abroad_is_what_it_was_enrolled_as(a_life: MakeLife) -> None:
    life = a_life(person={"jurisdictions": ("GB-EAW",)})
    life = replace(life, lender=replace(life.lender, role="third_party_collector"))
    assert facts(life, life.borrower).lender.role == "third_party_collector"
