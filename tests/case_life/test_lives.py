"""Whole lives of cases on virtual time, with the real ledger, paths and rules, and every alarm of every clock on its day."""

from dataclasses import replace
from datetime import datetime

import pytest

from forbear.contracts.cases import CaseClose, CaseRest
from forbear.court.decide import decide
from forbear.court.decision import Decided, Rest
from forbear.court.life import CaseLife
from forbear.court.path import CasePath
from tests.case_life.branching import Trunks, begun
from tests.case_life.handing_over import CaseHouse
from tests.case_life.lives import ENGLAND, GUARANTEED, LIVES, NEW_YORK
from tests.case_life.living import A_DAY, LivedCase
from tests.case_life.steps import live
from tests.conftest import Hands


@pytest.mark.parametrize("name", sorted(LIVES))
def test_a_life_goes_through_its_stages_and_ends_when_the_money_is_booked(
    house: CaseHouse, hands: Hands, name: str
) -> None:
    case = begun(house, hands, name)
    live(case, LIVES[name][2])
    case.tell("booked_back", amount="36500.00")
    assert isinstance(case.settle(), CaseClose)
    row = case.row
    assert (row.state, row.next_at) == ("closed", None)
    assert row.outcome == ("enforced" if name != "china, agreed" else "paid")
    assert not [each.kind for each in case.clocks() if each.state == "running"]
    case.check_alarms()


@pytest.mark.parametrize(
    ("name", "number"), [(name, number) for name in sorted(LIVES) for number in range(len(LIVES[name][2]))]
)
def test_a_payment_at_any_stage_ends_the_case_or_first_calls_off_what_is_pending(
    trunks: Trunks, name: str, number: int
) -> None:
    with trunks.at(name, number) as case:
        stage = case.stage
        case.pay()
        answer = case.settle()
        if not isinstance(answer, CaseClose):
            answer = called_off(case)
        assert isinstance(answer, CaseClose), (stage, answer.reason)
        assert case.row.state == "closed"
        assert not [each.kind for each in case.clocks() if each.state == "running"]
        case.check_alarms()


def called_off(case: LivedCase) -> CaseRest | CaseClose:
    """The withdrawal was asked for by itself; it is approved and handed in."""
    profile = {"CN": "cn.withdrawal", "US-NY": "us.dismissal", "GB-EAW": "gb.discontinuance"}[case.row.path or ""]
    case.approve(profile)
    enforcing = case.stage == "enforcing"
    case.tell("withdrawn", what="enforcement" if enforcing else "claim")
    return case.settle()


def test_the_lives_see_the_alarms_they_are_to_see(house: CaseHouse, hands: Hands) -> None:
    """So that checking them on every life is not checking nothing."""
    case = begun(house, hands, "china, guaranteed")
    live(case, GUARANTEED)
    assert {seen.kind for seen, _ in case.alarms()} >= {"guarantee", "appeal"}


def test_a_case_that_is_looked_at_once_a_week_is_found_out(house: CaseHouse, hands: Hands) -> None:
    """Planted: rests that let the days of the ladder pass."""

    def lazy(life: CaseLife, path: CasePath | None, now: datetime) -> Decided:
        decided = decide(life, path, now)
        rest = decided.answer
        return replace(decided, answer=replace(rest, until=now + 9 * A_DAY)) if isinstance(rest, Rest) else decided

    house.decide = lazy
    case = begun(house, hands, "china, guaranteed")
    live(case, GUARANTEED[:1])
    case.live_until(case.today + 70 * A_DAY)
    with pytest.raises(AssertionError, match="guarantee"):
        case.check_alarms()


def test_new_york_and_england_wait_for_what_the_other_side_is_owed(house: CaseHouse, hands: Hands) -> None:
    for name, steps, waits in (("new york", NEW_YORK, "answer"), ("england", ENGLAND, "letter_of_claim")):
        case = begun(house, hands, name)
        live(case, steps)
        found = [each for each in case.clocks() if each.kind == waits]
        assert [each.nature for each in found] == ["waiting"], name
        assert len(found[0].reckoned) >= 2, name
