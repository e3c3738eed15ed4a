"""The dated plan of one account: the trade's ladder as the playbook walks it, and never beyond what the rules allow."""

from dataclasses import replace
from decimal import Decimal

from forbear.cadence.life import Stop
from forbear.cadence.playbooks import load_all
from forbear.cadence.preview import Planned, plan
from forbear.rules.packs import Packs
from tests.cadence.chinese_loan import a_loan, on

BOOK = load_all()["cn-guaranteed-loan"]


def days(planned: list[Planned], step: str) -> list[int]:
    """The days of a step as the trade counts them, from 0."""
    return [each.day - 1 for each in planned if each.step == step]


def test_the_ladder_of_a_guaranteed_loan(packs: Packs) -> None:
    planned = list(plan(a_loan(), BOOK, packs, on(0), days=60))
    assert days(planned, "first-visit") == [0]
    assert days(planned, "daily-call") == [1, 2, 3]
    assert days(planned, "visit-and-talk")[0] == 4
    assert days(planned, "counter-guarantor")[0] == 4
    assert days(planned, "notice") == [7]
    assert days(planned, "counter-guarantor-notice") == [8]
    # A day on which he is visited is not one on which he is called too.
    assert {*days(planned, "call-after-service"), *days(planned, "visit-and-talk")} >= set(range(8, 40))
    assert min(days(planned, "payment-on-behalf")) >= 14
    assert planned[-1].kind == "escalate"
    assert planned[-1].day - 1 == 45
    assert [each.at for each in planned] == sorted(each.at for each in planned)
    assert {each.kind for each in planned if each.channel in {"call", "visit"}} == {"ask"}
    assert {each.kind for each in planned if each.channel == "letter"} == {"contact"}


def test_what_people_are_asked_for_is_by_day(packs: Packs) -> None:
    for each in plan(a_loan(), BOOK, packs, on(0), days=60):
        if each.channel in {"call", "visit"}:
            assert 8 <= (each.at.hour + 8) % 24 < 22


def test_a_plan_says_what_holds_and_ends_with_what_holds_for_good(packs: Packs) -> None:
    stopped = tuple(replace(each, stops=(Stop("dispute", on(0)),)) for each in a_loan().persons)
    planned = list(plan(a_loan(persons=stopped), BOOK, packs, on(0), days=40))
    assert [each.kind for each in planned] == ["held"]
    assert planned[0].held[0][0].startswith(("CN.", "POLICY.STOP"))
    night = list(plan(a_loan(enrolled_at=on(-1)), BOOK, packs, on(0, hour=3), days=2))
    assert night[0].held[0][0].startswith("CN.HOURS")


def test_a_paid_account_is_closed(packs: Packs) -> None:
    planned = list(plan(a_loan(balance=Decimal(0)), BOOK, packs, on(3), days=9))
    assert [each.kind for each in planned] == ["close"]


def test_every_playbook_has_a_plan_that_ends(packs: Packs) -> None:
    for book in load_all().values():
        life = a_loan() if book.currencies == ("CNY",) else replace(a_loan(), currency="USD")
        planned = list(plan(life, book, packs, on(0), days=170))
        assert planned
        assert len(planned) < 200
