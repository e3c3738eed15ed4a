"""A call whose end is not known yet counts as whatever would hold: as a conversation, and as one that nobody took."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, get_args

import pytest

from forbear.cadence.either_way import readings, weigh
from forbear.cadence.life import Life, PastTouch
from forbear.cadence.standing import unreachable
from forbear.cadence.translate import to_attempt
from forbear.contracts.words import TouchState
from forbear.rules.engine import check
from forbear.rules.facts import Permit
from forbear.rules.packs import Packs

MakeLife = Callable[..., Life]
NOON = datetime(2026, 12, 1, 17, tzinfo=UTC)
UNDER_WAY = ("claimed", "dispatching", "sent")


def call(state: TouchState, ago: int, result: str | None = None) -> PastTouch:
    """One of another account to the borrower's number, some minutes ago."""
    return PastTouch(
        at=NOON - timedelta(minutes=ago),
        channel="call",
        role="borrower",
        state=state,
        key="k1",
        place="mobile",
        account="acc_2",
        accounts=("acc_2",),
        result=result,
        person="per_1",
        ref=f"tch_{ago}",
    )


def rules(life: Life, packs: Packs, channel: Any, at: datetime = NOON) -> tuple[str, ...]:
    return permit(life, packs, channel, at).rules


def permit(life: Life, packs: Packs, channel: Any, at: datetime = NOON) -> Permit:
    """The permit, which must be the same again from the facts that are kept with it."""
    person = life.borrower
    attempt = to_attempt(life, person, person.points[0], channel, by="person")
    weighed, facts = weigh(attempt, readings(life, person, at, contacts_in_7_days=3), packs, at)
    assert check(attempt, facts, packs, at) == weighed
    return weighed


@pytest.mark.parametrize("state", get_args(TouchState))
def test_no_second_contact_slips_through_while_it_may_become_one(
    a_life: MakeLife, packs: Packs, state: TouchState
) -> None:
    talks = (call("delivered", 300, "connected"), call("delivered", 200, "connected"))
    life = a_life(person={"history": (*talks, call(state, 1))})
    assert ("POLICY.CONTACT7" in rules(life, packs, "sms")) == (state in {*UNDER_WAY, "delivered"})


@pytest.mark.parametrize("state", get_args(TouchState))
def test_nor_a_call_too_many_while_nobody_may_take_it(a_life: MakeLife, packs: Packs, state: TouchState) -> None:
    dials = [call("undelivered", 10 * number, "no_answer") for number in range(6, 1, -1)]
    life = a_life(person={"jurisdictions": ("CN",), "history": (*dials, call(state, 1))})
    here = replace(life.borrower, points=(replace(life.borrower.points[0], zone="Asia/Shanghai"),))
    morning = datetime(2026, 12, 1, 4, tzinfo=UTC)
    moved = tuple(replace(touch, at=touch.at - (NOON - morning)) for touch in here.history)
    life = replace(life, persons=(replace(here, history=moved),), balance_as_of=morning)
    held = "CN.FREQ.CBA.DIAL6" in rules(life, packs, "call", morning)
    assert held == (state not in {"delivered", "failed"})


def test_nobody_is_out_of_reach_while_he_may_be_talking(a_life: MakeLife) -> None:
    missed = [replace(call("undelivered", 10 * number, "no_answer"), account="acc_1") for number in (3, 2, 1)]
    life = a_life(person={"history": tuple(missed)})
    assert unreachable(life, life.borrower)
    talking = replace(call("sent", 1), account="acc_1")
    life = a_life(person={"history": (*missed, talking)})
    assert not unreachable(life, life.borrower)


@pytest.mark.parametrize("state", UNDER_WAY)
def test_it_takes_one_place_in_every_limit(a_life: MakeLife, packs: Packs, state: TouchState) -> None:
    calls = (call("undelivered", 3, "no_answer"), call("undelivered", 2, "no_answer"), call(state, 1))
    history = tuple(replace(each, account="acc_1", accounts=("acc_1",)) for each in calls)
    life = a_life(person={"jurisdictions": ("US-DC",), "history": history})
    counts = {count.rule: count for count in permit(life, packs, "call").counts if count.taken}
    assert counts["US-DC.CALL4"].taken == len(calls)
    assert all(len(set(count.refs)) == count.taken for count in counts.values())
