"""Attempts held, blocked and made, counted from the stored decisions of a tenant or of one of its lenders."""

from forbear.ledger.compliance import compliance
from tests.conftest import Hands
from tests.ledger.house import A_DAY, AN_HOUR, NOON, House


def test_attempts_are_counted_by_end_by_rule_by_lender_and_by_time(house: House, hands: Hands) -> None:
    person, account = house.borrower("+13125550151")
    other = house.add_lender()
    house.phone(person, "+13125550152", lender=other)
    theirs = house.account(person, lender=other)
    touch = house.claim(account)
    house.touching().cancel(touch, "the worker stopped")
    hands.advance(AN_HOUR)
    sent = house.claim(account)
    house.touching().prepare(sent)
    house.record(sent)
    for _ in range(3):  # asked again for whatever reason, the same hold is one attempt
        hands.advance(AN_HOUR)
        house.ask(theirs)
    house.stop(person, "attorney")
    house.ask(account)

    def told(lender: str | None = None, days: int = 1) -> tuple[int, ...]:
        found = compliance(house.ledger, house.tenant, NOON, NOON + days * A_DAY, lender=lender)
        return found.attempted, found.held, found.blocked, found.made, found.not_sent

    assert told() == (4, 1, 1, 1, 1)
    assert told(house.lender) == (3, 0, 1, 1, 1)
    assert told(other) == (1, 1, 0, 0, 0)
    assert told(days=0) == (0, 0, 0, 0, 0)
    rules = {each.rule: each for each in compliance(house.ledger, house.tenant, NOON, NOON + A_DAY).rules}
    assert (rules["POLICY.SMS1"].held, rules["POLICY.SMS1"].made) == (2, 1)
    assert rules["POLICY.HOURS"].attempted == 4
    assert max(rules.values(), key=lambda each: each.denied).rule == next(iter(rules))
