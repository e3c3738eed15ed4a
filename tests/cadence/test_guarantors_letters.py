"""Whoever guarantees a Chinese loan is written to once, after the borrower was: as a guarantor, and at home."""

from dataclasses import replace

import pytest

from forbear.cadence.decide import decide
from forbear.cadence.decision import Ask, Contact, Decision
from forbear.cadence.life import Life, Person
from forbear.cadence.playbooks import Playbook, load_all
from forbear.contracts.words import PartyRole
from forbear.rules.packs import Packs
from tests.cadence.chinese_loan import a_loan, on, somebody, touched

ROLES: list[PartyRole] = ["guarantor", "counter_guarantor"]


def book_for(role: PartyRole) -> Playbook:
    """The loan's playbook as it reads for one who guarantees."""
    book = load_all()["cn-guaranteed-loan"]
    return replace(book, steps=tuple(step for step in book.steps if step.party == role or step.id == "notice"))


def guaranteed(guarantor: Person, *, noticed: bool = True) -> Life:
    life = a_loan(persons=(somebody("b", "borrower"), guarantor))
    return touched(life, on(7), "notice", "letter", state="sent") if noticed else life


def asked(life: Life, role: PartyRole, packs: Packs, day: int = 8) -> Decision:
    return decide(replace(life, balance_as_of=on(day)), book_for(role), packs, on(day))


@pytest.mark.parametrize("role", ROLES)
def test_a_guarantor_is_written_to_at_his_own_address_once_the_borrower_was(role: PartyRole, packs: Packs) -> None:
    letter = asked(guaranteed(somebody("c", role)), role, packs)
    assert isinstance(letter, Contact)
    assert (letter.role, letter.person, letter.point, letter.channel) == (role, "c", "pa_c", "letter")
    assert letter.template == "guarantor-notice"
    again = asked(touched(guaranteed(somebody("c", role)), on(8), letter.step, "letter", person="c"), role, packs, 12)
    assert not isinstance(again, Contact)
    first = asked(guaranteed(somebody("c", role), noticed=False), role, packs)
    assert isinstance(first, Contact)
    assert (first.step, first.person) == ("notice", "b")


def test_a_counter_guarantor_without_an_address_is_called_all_the_same(packs: Packs) -> None:
    guarantor = somebody("c", "counter_guarantor")
    answer = asked(guaranteed(replace(guarantor, points=guarantor.points[:1])), "counter_guarantor", packs)
    assert isinstance(answer, Ask)
    assert (answer.step, answer.channel) == ("counter-guarantor", "call")
