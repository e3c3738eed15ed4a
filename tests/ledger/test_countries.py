"""The country of a contact point: kept at enrolment, learnt from old numbers, and what no route reaches is not sent."""

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select

from forbear.cadence.decide import decide as decide_by_playbook
from forbear.contracts.decision import Contact, Outcome, Rest
from forbear.ledger.forms.parties import PartyForm
from forbear.ledger.forms.points import PointForm
from forbear.ledger.placing import jurisdictions
from forbear.ledger.profiles import Teller, write_points
from forbear.ledger.tables.people import ContactPoint
from forbear.ports.book import Dispatch
from tests.ledger.house import House, eager

CHINESE = "+8619900000101"
AMERICAN = "+13125550101"


def test_enrolment_keeps_the_country_and_a_second_telling_fills_it_in(house: House) -> None:
    person = house.person()
    old = house.phone(person, CHINESE)
    address: dict[str, Any] = {"lines": ["1 Example Road"], "city": "Chengdu", "country": "CN"}
    points = [
        PointForm(kind="phone", value=CHINESE, place="mobile"),
        PointForm(kind="phone", value=AMERICAN, place="mobile"),
        PointForm.model_validate({"kind": "postal", "value": address, "place": "residence"}),
        PointForm(kind="email", value="someone@example.com"),
    ]
    assert _country(house, old) is None
    with house.api() as session:
        teller = Teller(session, house.ledger.vault, house.tenant, house.lender, person, house.now)
        ids = [known.id for known in write_points(teller, points)]
    assert ids[0] == old
    assert [_country(house, each) for each in ids] == ["CN", "US", "CN", None]


@pytest.mark.parametrize(
    ("values", "packs"),
    [
        ((CHINESE,), ["CN"]),
        ((AMERICAN,), ["US"]),
        ((CHINESE, AMERICAN), []),
        (("+5511900000101",), []),
        ((CHINESE, "CN"), ["CN"]),
        ((CHINESE, "BR"), []),
        ((AMERICAN, "CN"), ["CN"]),
        ((), []),
    ],
)
def test_packs_follow_from_the_addresses_and_without_one_from_the_phones(
    values: tuple[str, ...], packs: list[str]
) -> None:
    points: list[dict[str, Any]] = []
    for value in values:
        address = {"lines": ["1 Example Road"], "city": "Exampleton", "country": value}
        points.append({"kind": "phone", "value": value} if value[0] == "+" else {"kind": "postal", "value": address})
    party = {"role": "borrower", "name": "Example Borrower", "language": "zh-Hans", "contact_points": points}
    assert jurisdictions(PartyForm.model_validate(party)) == packs


def test_an_old_number_is_taken_to_be_where_the_packs_are_until_it_is_opened(house: House) -> None:
    person, account = house.borrower(CHINESE)
    assert house.point(person).country is None
    order = house.claim(account)
    withheld = house.touching().prepare(order)
    assert isinstance(withheld, Outcome)
    assert (withheld.state, withheld.reason) == ("failed", "its route does not reach the number")
    assert house.point(person).country == "CN"
    after = house.ask(account, decide_by_playbook)
    assert isinstance(after, Rest)
    assert after.rule == "ROUTE.NONE"
    assert "CN" in after.reason


def test_an_old_number_that_is_where_it_was_thought_is_sent_to_and_known_from_then_on(house: House) -> None:
    person, account = house.borrower(AMERICAN)
    assert isinstance(house.touching().prepare(house.claim(account)), Dispatch)
    assert house.point(person).country == "US"


def test_the_touch_carries_the_route_that_was_decided(house: House) -> None:
    _, account = house.borrower(CHINESE)

    def domestic(*given: Any) -> Any:
        return replace(eager(*given), provider="aliyun")

    decision = house.ask(account, domestic)
    assert isinstance(decision, Contact)
    assert house.touch(decision.touch).provider == "aliyun"
    ready = house.touching().prepare(house.order(account, decision.touch))
    assert isinstance(ready, Dispatch)
    assert ready.provider == "aliyun"


def _country(house: House, point: str) -> str | None:
    with house.worker() as session:
        return session.scalars(select(ContactPoint.country).where(ContactPoint.id == point)).one()
