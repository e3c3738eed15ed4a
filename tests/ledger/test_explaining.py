"""Why an account got nothing on a day: told whole to an operator, and to a lender only what is its own."""

from datetime import date, datetime, timedelta

import pytest

from forbear.cadence.decide import decide
from forbear.errors import NotFound
from forbear.ledger.explaining import explain, explain_day
from forbear.ledger.shown import LIMIT_OF_PERSON
from forbear.ledger.supposing import suppose
from tests.conftest import Hands
from tests.ledger.house import A_DAY, AN_HOUR, NOON, PACKS, PLAYBOOKS, House


@pytest.fixture
def shared(house: House, hands: Hands) -> tuple[str, str, str]:
    """Somebody who owes two lenders; the first has just texted, so the second must wait. Lender, and both accounts."""
    person, first = house.borrower("+13125550141")
    other = house.add_lender()
    house.phone(person, "+13125550142", lender=other)
    second = house.account(person, lender=other)
    house.claim(first)
    hands.advance(AN_HOUR)
    house.ask(second)
    return other, first, second


def test_the_decision_in_force_is_told_with_those_around_it(house: House, hands: Hands) -> None:
    _, account = house.borrower("+13125550143")
    for _ in range(3):
        house.ask(account)
        hands.advance(AN_HOUR)
    with house.worker() as session:
        told = explain(session, account, NOON + timedelta(minutes=90))
        early = explain(session, account, NOON - AN_HOUR)
        late = explain(session, account, NOON + 9 * AN_HOUR)
    assert told.before is not None
    assert told.in_force is not None
    assert told.after is not None
    assert [each.at for each in (told.before, told.in_force, told.after)] == [
        *(NOON + hours * AN_HOUR for hours in range(3)),
    ]
    assert (told.in_force.ended, told.after.ended) == (told.after.at, None)
    assert (told.before.kind, told.before.verdict, told.in_force.rule) == ("contact", "allow", "TOUCH.UNSETTLED")
    assert (early.before, early.in_force) == (None, None)
    assert early.after == told.before
    assert late.in_force == told.after
    assert late.after is None


def test_an_operator_reads_the_permit_and_the_touches_it_counted(house: House, shared: tuple[str, str, str]) -> None:
    _, first, second = shared
    with house.worker() as session:
        told = explain(session, second, house.now).in_force
    assert told is not None
    assert told.permit is not None
    assert told.verdict == told.permit.verdict == "hold"
    assert told.rule in told.permit.rules
    assert told.permit.looked_at
    assert told.permit.evidence
    assert [each.account for each in told.counted] == [first]
    assert {ref for count in told.permit.counts for ref in count.refs} == {told.counted[0].id}


def test_a_lender_reads_verdict_rule_and_instant_and_of_touches_only_its_own(
    house: House, shared: tuple[str, str, str]
) -> None:
    other, first, second = shared
    with house.api(other) as session:
        told = explain(session, second, house.now, limited=True).in_force
        with pytest.raises(NotFound):
            explain(session, first, house.now, limited=True)
    with house.worker() as session:
        whole = explain(session, second, house.now).in_force
    assert told is not None
    assert whole is not None
    assert (told.verdict, told.rule, told.until) == (whole.verdict, whole.rule, whole.until)
    assert (told.permit, told.counted, told.reason) == (None, (), LIMIT_OF_PERSON)


def test_a_lenders_own_touches_are_named(house: House, hands: Hands) -> None:
    person, account = house.borrower("+13125550144")
    second = house.account(person)
    touch = house.claim(account).touch
    house.ask(second)
    with house.api() as session:
        told = explain(session, second, house.now, limited=True).in_force
    assert told is not None
    assert [each.id for each in told.counted] == [touch]


def local(day: int, hour: int) -> datetime:
    """March in Chicago, six hours behind UTC until the 8th and five after it."""
    return NOON.replace(day=day, hour=0) + (hour + (6 if day < 8 else 5)) * AN_HOUR


def test_a_day_is_the_borrowers_and_begins_with_what_was_in_force(house: House, hands: Hands) -> None:
    _, account = house.borrower("+13125550145", balance_as_of=local(6, 22))
    hands.set(local(6, 22))
    house.ask(account, decide)
    for at in (local(7, 9), local(7, 15), local(9, 1)):
        hands.set(at)
        house.ask(account)
    with house.worker() as session:
        day = explain_day(session, account, date(2026, 3, 7))
        spring = explain_day(session, account, date(2026, 3, 8))
        before = explain_day(session, account, date(2026, 3, 1))
    assert (day.zone, day.days_past_due, day.starts, day.ends) == (
        *("America/Chicago", 15),
        *(local(7, 0), local(7, 0) + A_DAY),
    )
    assert [each.at for each in day.decisions] == [local(6, 22), local(7, 9), local(7, 15)]
    assert [each.ended for each in day.decisions] == [local(7, 9), local(7, 15), local(9, 1)]
    assert [each.at for each in day.touches] == [local(7, 9)]
    assert spring.ends - spring.starts == timedelta(hours=23)
    assert [each.at for each in spring.decisions] == [local(7, 15)]
    assert (before.decisions, before.touches) == ((), ())


def test_what_if_asks_every_way_to_everybody_with_what_is_known_now(house: House) -> None:
    _, account = house.borrower("+13125550146")
    house.ask(account)

    def asked(at: datetime, *, confirmed: bool = False) -> dict[str, tuple[str, ...]]:
        with house.worker() as session:
            ways = suppose(session, account, None, PACKS, PLAYBOOKS, at=at, confirmed=confirmed)
        assert {(way.role, way.place) for way in ways} == {("borrower", "mobile")}
        return {way.channel: way.permit.rules for way in ways}

    noon = asked(NOON)
    assert set(noon) == {"sms", "call"}
    assert "POLICY.SMS1" in noon["sms"]
    assert "POLICY.HOURS" in asked(NOON + 12 * AN_HOUR)["call"]
    assert "POLICY.BALANCE" in asked(NOON + 9 * A_DAY)["sms"]
    assert asked(NOON + 9 * A_DAY, confirmed=True)["sms"] == ()
    assert asked(NOON - A_DAY)["sms"] == (), "what came later does not count before"
    with house.worker() as session:
        assert {each.channel for each in suppose(session, account, "sms", PACKS, PLAYBOOKS, at=NOON)} == {"sms"}
        for unknown, playbooks in (("acc_unknown", PLAYBOOKS), (account, {})):
            with pytest.raises(NotFound):
                suppose(session, unknown, "sms", PACKS, playbooks, at=NOON)
