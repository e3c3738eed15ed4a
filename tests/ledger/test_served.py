"""What the record proves to have been served: a paper out of an officer's hand, a letter signed for; nothing else."""

from datetime import timedelta
from decimal import Decimal

import pytest

from forbear.cadence.life import Served
from forbear.ledger.letters import Source
from forbear.ledger.lives import load_life
from forbear.ledger.outcomes import Promised
from forbear.ports.post import Tracked
from tests.ledger.house import PACKS, House
from tests.ledger.visiting import Crew, crew_of
from tests.post.mailing import mailed

A_DAY = timedelta(days=1)


@pytest.fixture
def crew(house: House) -> Crew:
    return crew_of(house)


def served(house: House, account: str) -> tuple[Served, ...]:
    with house.worker() as session:
        life = load_life(session, account, now=house.now, packs=PACKS)
    assert life is not None
    return life.served


@pytest.mark.parametrize("taken", ["borrower", "refused"])
def test_a_paper_that_was_taken_at_a_visit_was_served(house: House, crew: Crew, taken: str) -> None:
    visit, person, account = crew.under_way()
    promise = Promised((house.now + A_DAY).date(), Decimal(10))
    crew.report(visit, "met_borrower", "borrower", handed=(("notice", taken),), promise=promise)
    expected = [(person, "notice", None)] if taken == "borrower" else []
    assert [(one.person, one.paper, one.touch) for one in served(house, account)] == expected


def test_a_letter_is_served_by_a_signature_until_it_comes_back(house: House) -> None:
    letter = mailed(house)
    letter.record()
    letter.learn(Tracked("delivered", house.now + A_DAY, "e1", proof="tracked"))
    assert served(house, letter.account) == (), "that it is under way proves nothing"
    letter.learn(Tracked("signed", house.now + A_DAY, "e2", proof="signed", scanned=True))
    assert [(one.person, one.touch) for one in served(house, letter.account)] == [(letter.person, letter.touch)]
    letter.learn(Tracked("returned", house.now + 9 * A_DAY, "e3", code="unknown_address", proof="returned"))
    assert served(house, letter.account) == ()


@pytest.mark.parametrize("source", ["staff", "callback"])
def test_a_day_of_signature_that_was_corrected_counts_as_corrected(house: House, source: Source) -> None:
    """What our own people entered wrongly serves nothing; two scans of a print house are two things that happened."""
    letter = mailed(house)
    letter.record()
    days = (house.now + A_DAY, house.now + 3 * A_DAY)
    for number, at in enumerate(days, start=1):
        letter.learn(
            Tracked("signed", at, f"{letter.touch}:signed:{number}", proof="signed", scanned=True), source=source
        )
    kept = [one.at for one in served(house, letter.account)]
    assert kept == ([days[1]] if source == "staff" else [*days])
