"""Limits of a debt, or of a debtor and spouse together, on a real database: two parties, one told all of it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

from forbear.cadence.life import ContactPoint, Life
from forbear.cadence.translate import to_attempt, to_facts
from forbear.contracts.words import Channel, PartyRole
from forbear.ledger.ids import new_id
from forbear.ledger.lives import LOOK_BACK, load_life, look_back
from forbear.ledger.tables.accounts import Party
from forbear.ledger.tables.contacts import PastContact
from forbear.ledger.tables.people import Profile
from forbear.rules.asked import longest
from forbear.rules.engine import check
from forbear.rules.facts import Permit
from forbear.rules.packs import Packs
from forbear.rules.weighing import MARGIN
from tests.conftest import Hands
from tests.ledger.house import A_DAY, AN_HOUR, PACKS, House
from tests.rules.asking import packs_from

WINTER = datetime(2027, 1, 12, 18, tzinfo=UTC)
"""12:00 in Chicago, a Tuesday, when New York City's rule is in force."""
FIRST, SECOND = "+13125550141", "+13125550142"


@pytest.fixture
def joint(house: House, hands: Hands) -> tuple[str, str, str]:
    """An account with a borrower and somebody else on it: account and both persons."""
    hands.set(WINTER)
    first, account = house.borrower(FIRST)
    second = house.person()
    house.phone(second, SECOND)
    return account, first, second


def join(house: House, account: str, person: str, role: PartyRole, places: tuple[str, ...]) -> None:
    with house.api() as session:
        row = {"tenant": house.tenant, "lender": house.lender}
        session.add(Party(id=new_id("pty"), **row, account=account, person=person, role=role))
        session.execute(update(Profile).values(jurisdictions=list(places)))


def tell(
    house: House,
    account: str,
    person: str,
    at: datetime,
    *,
    channel: str = "call",
    role: str = "co_borrower",
    result: str = "connected",
    number: str = SECOND,
    place: str = "mobile",
) -> None:
    """Somebody of the account was reached, as the lender reports it."""
    with house.api() as session:
        session.add(
            PastContact(
                id=new_id("pst"),
                tenant=house.tenant,
                lender=house.lender,
                account=account,
                person=person,
                at=at,
                channel=channel,
                role=role,
                address_key=house.key(number),
                place=place,
                result=result,
            )
        )


def life_of(house: House, account: str, packs: Packs = PACKS) -> Life:
    with house.worker() as session:
        life = load_life(session, account, now=house.now, packs=packs)
    assert life is not None
    return replace(life, lender=replace(life.lender, role="debt_buyer"))


def ask(life: Life, channel: Channel, packs: Packs = PACKS) -> Permit:
    """The borrower, by his mobile or at home."""
    first = life.borrower
    point = first.points[0]
    if channel == "visit":
        point = ContactPoint("pt_x", "postal", "ff", "residence", "valid", None, None)
    facts = to_facts(life, first, WINTER, contacts_in_7_days=3)
    return check(to_attempt(life, first, point, channel), facts, packs, WINTER)


FAMILIES: list[tuple[str, str, Channel, int, str]] = [
    ("US-DC.CALL4", "US-DC", "call", 4, "no_answer"),
    ("US-DC.EMSG5", "US-DC", "sms", 5, "delivered"),
    ("US-MA.FREQ2.HOME", "US-MA", "call", 2, "connected"),
    ("US-MA.VISIT1", "US-MA", "visit", 1, "visited"),
    ("US-NYC.SHIELD.FREQ3", "US-NYC", "call", 3, "no_answer"),
    ("AU.FREQ3W", "AU", "call", 3, "connected"),
    ("AU.FREQ10M", "AU", "call", 10, "connected"),
]


@pytest.mark.parametrize(("rule", "place", "channel", "limit", "result"), FAMILIES)
def test_what_the_co_borrower_was_told_counts_for_the_debt(
    house: House, joint: tuple[str, str, str], *, rule: str, place: str, channel: Channel, limit: int, result: str
) -> None:
    account, _, second = joint
    join(house, account, second, "co_borrower", (place,))
    where = "residence" if channel == "visit" else "mobile"
    for number in range(limit):
        assert rule not in ask(life_of(house, account), channel).rules, number
        at = WINTER - (number + 1) * AN_HOUR
        tell(house, account, second, at, channel=channel, result=result, place=where)
    assert rule in ask(life_of(house, account), channel).rules


@pytest.mark.parametrize("role", ["spouse", "co_borrower"])
def test_debtor_and_spouse_are_counted_together(house: House, joint: tuple[str, str, str], role: PartyRole) -> None:
    account, first, second = joint
    join(house, account, second, role, ("US-WA",))
    tell(house, account, first, WINTER - 5 * AN_HOUR, role="borrower", number=FIRST)
    for number in range(2):
        assert "US-WA.FREQ3" not in ask(life_of(house, account), "call").rules
        tell(house, account, second, WINTER - (number + 1) * AN_HOUR, role=role)
    assert "US-WA.FREQ3" in ask(life_of(house, account), "call").rules


def test_a_persons_own_limits_count_nobody_else(house: House, joint: tuple[str, str, str]) -> None:
    account, _, second = joint
    join(house, account, second, "co_borrower", ("US",))
    for number in range(4):
        tell(house, account, second, WINTER - (number + 1) * AN_HOUR, channel="sms", result="delivered")
    permit = ask(life_of(house, account), "sms")
    taken = {each.rule: each.taken for each in permit.counts if each.rule.startswith("POLICY.")}
    assert taken == {"POLICY.SMS1": 0, "POLICY.SMS7": 0, "POLICY.CONTACT7": 0}


def test_a_number_that_both_have_is_counted_once_for_each(house: House, joint: tuple[str, str, str]) -> None:
    account, first, second = joint
    join(house, account, second, "co_borrower", ("US",))
    house.phone(second, FIRST)
    tell(house, account, first, WINTER - AN_HOUR, channel="sms", role="borrower", result="delivered", number=FIRST)
    life = life_of(house, account)
    for person in life.persons:
        (past,) = to_facts(life, person, WINTER, contacts_in_7_days=3).history
        assert past.person == person.id


LONG = """\
[pack]
jurisdiction = "US"

[[rule]]
id = "US.LONG"
kind = "frequency_cap"
channels = ["call"]
unit = "conversation"
subject = "debt"
limit = 1
window = "local_days_rolling(90)"

[[rule.version]]
statement = "At most 1 conversation in 90 days about one debt."
cite = { instrument = "Invented Act", section = "1" }
force = "law"
evidence = "S"
verified_on = 2026-11-21
added = 2026-11-22
"""


def test_the_past_is_read_as_far_back_as_the_longest_rule_counts(
    house: House, joint: tuple[str, str, str], tmp_path: Path
) -> None:
    account, _, second = joint
    join(house, account, second, "co_borrower", ("US",))
    tell(house, account, second, WINTER - 80 * A_DAY)
    packs = packs_from(tmp_path, LONG)
    assert look_back(packs) == timedelta(days=90 + MARGIN)
    assert ask(life_of(house, account, packs), "call", packs).rules == ("US.LONG",)
    assert look_back(PACKS) >= max(LOOK_BACK, timedelta(days=longest(PACKS) + MARGIN))
    assert longest(PACKS) >= 31
