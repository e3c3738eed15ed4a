"""How a case ends: nothing pending is left behind, no freeze is forgotten, and no stage is one from which nothing leads."""

from datetime import timedelta

import pytest

from tests.court.book import book
from tests.court.walks import WALKS, performs, walk


def test_a_claim_withdrawn_for_a_mediated_agreement_leaves_the_agreement_to_be_confirmed_and_kept() -> None:
    case = walk("CN suit", 6)
    performs("mediation_agreed")(case)
    case.run()
    case.today += timedelta(days=1)
    case.tell("withdrawn", what="claim")
    case.rest()
    assert case.stage == "confirming"
    assert case.clock("judicial_confirmation").state == "running"
    case.today += timedelta(days=1)
    case.tell("agreement_breached")
    case.rest()
    assert case.stage == "suing"


def test_a_claim_that_was_settled_by_mediation_is_called_off_before_the_case_ends() -> None:
    for name, steps, profile in (("CN suit", 6, "cn.withdrawal"), ("GB-EAW", 11, "gb.discontinuance")):
        for ends in ("paid", "performed"):
            case = walk(name, steps)
            performs("mediation_agreed")(case)
            case.run()
            if ends == "paid":
                case.pay()
            else:
                case.tell("agreement_performed")
            case.rest()
            assert case.asked[-1] == profile
            case.packet(profile, "filed")
            case.tell("withdrawn", what="claim")
            case.run()
            assert case.closed == ends


def test_a_freeze_that_still_holds_keeps_its_case_open_and_its_clock_running() -> None:
    case = walk("CN suit", 13)
    case.tell("frozen", freeze=1, until="2027-12-31")
    case.tell("enforcement_ended", result="nothing_found")
    assert case.lacking() == ["fact:freeze_lifted"]
    assert case.clock("freeze", "freeze-1").state == "running"
    case.tell("freeze_lifted", freeze=1)
    case.run()
    assert case.closed == "unrecovered"


@pytest.mark.parametrize("name", ["CN suit", "US", "GB-EAW"])
def test_a_claim_that_was_refused_ends_once_nobody_appealed_in_time(name: str) -> None:
    case = walk(name, len(WALKS[name][1]) - (6 if name == "CN suit" else 5))
    case.tell("judged", result="refused")
    case.rest()
    assert case.stage == "judged"
    last = case.clock("appeal").last
    case.go(last)
    assert not case.closed
    case.today = last + timedelta(days=1)
    case.run()
    assert case.closed == "dismissed"
    assert case.alarms[-1][3] == -1


def test_a_judgment_that_was_won_is_not_lost_by_one_of_an_earlier_suit() -> None:
    case = walk("CN suit", 9)
    case.tell("judged", result="refused")
    case.tell("filed", case.today + timedelta(days=1))
    case.tell("judged", case.today + timedelta(days=2), result="granted")
    case.today += timedelta(days=60)
    case.rest()
    assert case.stage == "judged"


def test_enforcement_that_was_fulfilled_in_part_can_be_asked_for_again() -> None:
    for name in ("CN suit", "US", "GB-EAW"):
        case = walk(name)
        case.tell("enforcement_applied")
        case.run()
        assert case.stage == "enforcing"


def test_service_in_the_armed_forces_holds_what_is_not_contested() -> None:
    case = walk("US-NY", 7)
    assert case.stage == "default_preparing"
    asked = list(case.asked)
    case.stop("military")
    assert (case.rest().rule, case.asked) == ("STOP.MILITARY", asked)
    case.tell("answered", to="claim", how="defended")
    assert case.rest().rule != "STOP.MILITARY"


def test_who_wants_mediation_has_it_although_the_lender_skips_it() -> None:
    for kind in ("mediation", "suit"):
        case = book("CN", policy={"mediation": "skip"}, kind=kind)
        if kind == "suit":
            case.tell("taken_up", way="mediation")
        case.serve("cn.notice.dunning")
        case.run()
        assert (case.stage, case.asked) == ("mediation_preparing", ["cn.mediation"])


def test_an_appeal_that_was_called_off_because_the_debt_was_paid_ends_the_case() -> None:
    case = walk("CN suit", 10)
    case.tell("appealed", by="respondent")
    case.run()
    case.pay()
    assert case.lacking() == ["packet:cn.withdrawal"]
    case.packet("cn.withdrawal", "filed")
    case.tell("withdrawn", what="claim")
    case.run()
    assert case.closed == "paid"
