"""Limits of a debt, or of a debtor and spouse together, see the touches of everybody on the account, each once."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from forbear.cadence.life import Consent, ContactPoint, Lender, Life, PastTouch, Person, Tightened
from forbear.cadence.translate import to_attempt, to_facts
from forbear.rules.engine import check
from forbear.rules.facts import Facts, Permit
from forbear.rules.packs import Packs

MakeLife = Callable[..., Life]
NOON = datetime(2027, 1, 12, 17, tzinfo=UTC)
"""Noon in New York, a Tuesday."""
EMAIL = ContactPoint("pt_3", "email", "k3", "other", "valid", None, None)


def touch(number: int, *, to: str = "per_2", channel: Any = "call", **changes: Any) -> PastTouch:
    """One that was made to the second borrower, a few hours before noon; a call was not answered."""
    usual: dict[str, Any] = {
        "at": NOON - timedelta(hours=number + 1),
        "channel": channel,
        "role": "co_borrower",
        "state": "delivered",
        "key": "k_other",
        "place": "mobile",
        "account": "acc_1",
        "accounts": ("acc_1",),
        "result": "no_answer" if channel == "call" else None,
        "person": to,
        "ref": f"tch_{number}",
    }
    return PastTouch(**{**usual, **changes})


@pytest.fixture
def two(a_life: MakeLife) -> MakeLife:
    """A collector's account with a borrower and somebody else on it, to whom some touches were made."""

    def make(*made: PastTouch, places: tuple[str, ...] = ("US",), own: tuple[PastTouch, ...] = (), **other: Any):  # noqa: ANN202  a Life
        life = a_life(person={"jurisdictions": places, "history": own})
        first = life.borrower
        consents = (*first.consents, Consent("email", None, NOON - timedelta(days=60)))
        first = replace(first, points=(*first.points, EMAIL), consents=consents)
        usual: dict[str, Any] = {"id": "per_2", "role": "co_borrower", "points": (), "consents": (), "history": made}
        second = replace(first, **{**usual, **other})
        lender = Lender("len_1", "debt_buyer", "other", Tightened())
        return replace(life, lender=lender, persons=(first, second), balance_as_of=NOON)

    return make


def facts(life: Life, person: Person | None = None) -> Facts:
    return to_facts(life, person or life.borrower, NOON, contacts_in_7_days=3)


def ask(life: Life, packs: Packs, channel: Any, point: int = 0) -> Permit:
    first = life.borrower
    return check(to_attempt(life, first, first.points[point], channel), facts(life), packs, NOON)


TALKED = {"result": "connected"}
FAMILIES = [
    ("US-DC.CALL4", "US-DC", "call", 0, 4, {}),
    ("US-DC.EMSG5", "US-DC", "email", 2, 5, {"channel": "email"}),
    ("US-MA.FREQ2.HOME", "US-MA", "call", 0, 2, TALKED),
    ("US-MA.VISIT1", "US-MA", "visit", 1, 1, {"channel": "visit", "place": "residence", "result": "visited"}),
    ("US-NYC.SHIELD.FREQ3", "US-NYC", "call", 0, 3, {}),
    ("US-WA.FREQ3", "US-WA", "call", 0, 3, TALKED),
    ("AU.FREQ3W", "AU", "call", 0, 3, TALKED),
    ("AU.FREQ10M", "AU", "call", 0, 10, TALKED),
]


@pytest.mark.parametrize(("rule", "place", "channel", "point", "limit", "made"), FAMILIES)
def test_what_the_other_one_was_told_counts_for_the_debt(
    two: MakeLife, packs: Packs, *, rule: str, place: str, channel: str, point: int, limit: int, made: dict[str, Any]
) -> None:
    touches = [touch(number, **made) for number in range(limit)]
    counted = {each.rule: each.taken for each in ask(two(*touches, places=(place,)), packs, channel, point).counts}
    assert counted[rule] == limit
    one_less = ask(two(*touches[1:], places=(place,)), packs, channel, point)
    whole = ask(two(*touches, places=(place,)), packs, channel, point)
    assert (rule in one_less.rules, rule in whole.rules) == (False, True)


def test_limits_of_a_person_do_not_count_what_the_other_one_was_told(two: MakeLife, packs: Packs) -> None:
    texts = [touch(number, channel="sms") for number in range(3)]
    talks = [touch(number + 5, result="connected") for number in range(7)]
    permit = ask(two(*texts, *talks), packs, "sms")
    assert {each.rule: each.taken for each in permit.counts if each.rule.startswith("POLICY.")} == {
        "POLICY.SMS1": 0,
        "POLICY.SMS7": 0,
        "POLICY.CONTACT7": 0,
    }
    call = ask(two(*texts, *talks), packs, "call")
    assert not {"US.FREQ7", "US.COOL7"} & set(call.rules)
    assert {each.taken for each in call.counts if each.rule.startswith("US.")} <= {0}


def test_each_touch_is_there_once_and_in_order_with_whom_it_was_made_to(two: MakeLife) -> None:
    own = touch(1, to="per_1", role="borrower", key="k1")
    shared = touch(2, key="k1")
    life = two(touch(0), shared, touch(4), own=(own, shared))
    seen = [(past.ref, past.person, past.party) for past in facts(life).history]
    assert seen == [
        ("tch_4", "per_2", "co_debtor"),
        ("tch_2", "per_1", "co_debtor"),
        ("tch_1", "per_1", "debtor"),
        ("tch_0", "per_2", "co_debtor"),
    ]
    second = [(past.ref, past.person) for past in facts(life, life.persons[1]).history]
    assert second == [("tch_4", "per_2"), ("tch_2", "per_2"), ("tch_1", "per_1"), ("tch_0", "per_2")]


def test_a_touch_of_two_others_is_there_once(two: MakeLife) -> None:
    life = two(touch(0))
    third = replace(life.persons[1], id="per_3")
    assert len(facts(replace(life, persons=(*life.persons, third))).history) == 1


def test_a_lenders_nought_is_no_contact_at_all(two: MakeLife, packs: Packs) -> None:
    life = two()
    silent = replace(life, lender=replace(life.lender, tightened=Tightened(contacts_in_7_days=0)))
    assert facts(silent).policy.contacts_in_7_days == 0
    assert "POLICY.CONTACT7" in ask(silent, packs, "sms").rules
