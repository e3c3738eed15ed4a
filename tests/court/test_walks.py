"""Each path walked whole: every stage in its order, every packet asked for once, every alarm raised once."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from forbear.court.decision import Close, Rest
from forbear.court.life import Answering, Stopped
from tests.court.book import GENERAL, JOINT, Book, book
from tests.court.walks import CN, WALKS, days, hands_in, performs, serves, tells, through, walk


@pytest.mark.parametrize("name", WALKS)
def test_a_path_is_walked_whole(name: str) -> None:
    case = walk(name)
    assert len(case.alarms) == len(set(case.alarms))
    assert len(case.asked) == len(set(case.asked))


@pytest.mark.parametrize("name", ["CN suit", "US", "US-NY", "US-CA", "GB-EAW"])
def test_money_of_the_judgment_is_booked_and_the_case_closes(name: str) -> None:
    case = walk(name)
    case.tell("booked_back", amount="9500.00")
    assert case.run() == Close("enforced", f"The path ends: {case.path.stage('enforced').title['en']}.")  # pyright: ignore[reportOptionalMemberAccess]  the path has it


def test_each_path_asks_for_its_own_packets() -> None:
    asked = {name: walk(name).asked for name in WALKS}
    assert asked["CN suit"] == ["cn.mediation", "cn.suit", "cn.enforcement"]
    assert asked["CN agreement"] == ["cn.mediation", "cn.confirmation", "cn.enforcement"]
    assert asked["CN order"] == ["cn.mediation", "cn.payment_order", "cn.enforcement"]
    assert asked["US"] == ["us.suit", "us.default"]
    assert asked["US-NY"] == ["us-ny.suit", "us.default"]
    assert asked["US-CA"] == ["us-ca.suit", "us.default"]
    assert asked["GB-EAW"] == ["gb.claim", "gb.mediation"]


def test_a_guaranteed_loan_waits_for_every_joint_guarantor_before_mediation() -> None:
    parties = (Answering("per_b", "borrower"), Answering("per_g", "guarantor"), Answering("per_h", "guarantor"))
    case = book("CN", guarantees=(JOINT, GENERAL), parties=parties)
    case.run()
    assert case.stage == "notice"
    case.serve("cn.notice.dunning")
    lacks = case.lacking()
    assert case.stage == "guarantor_notice"
    assert lacks == ["notice:cn.notice.guarantor:per_g"]  # a general guarantor is sued, not asked
    case.serve("cn.notice.guarantor", "per_g", proven=False)
    assert "nothing proves it" in case.rest().lacking[0].what
    case.serve("cn.notice.guarantor", "per_g")
    case.run()
    assert case.stage == "mediation_preparing"
    assert case.clock("guarantee", "per_g").state == "met"
    assert case.clock("guarantee", "per_h").state == "running"
    assert case.clock("limitation", "per_g").first == case.today


def test_policy_skips_mediation_and_goes_to_suit() -> None:
    case = through(book("CN", policy={"mediation": "skip"}), [(serves("cn.notice.dunning"), "suing")])
    assert case.asked == ["cn.suit"]


def test_policy_tries_a_payment_order_first_and_an_objection_makes_it_a_suit() -> None:
    case = book("CN", policy={"mediation": "skip", "payment_order": "first"})
    steps = [
        (serves("cn.notice.dunning"), "order_preparing"),
        (hands_in("cn.payment_order", "order_applied"), "order_asked"),
        (tells("order_served", "per_b"), "order_served"),
        (tells("order_objected"), "suing"),
    ]
    through(case, steps)
    assert case.clock("payment_order_objection").state == "void"
    assert case.asked[-1] == "cn.suit"


def test_a_contested_debt_never_goes_by_payment_order() -> None:
    case = book("CN", policy={"mediation": "skip", "payment_order": "first"}, stops=(Stopped("attorney"),))
    through(case, [(serves("cn.notice.dunning"), "order_preparing")])
    case.tell("mediation_declined", by="respondent")
    case.run()
    assert case.stage == "suing"


def test_preservation_is_asked_for_beside_the_suit() -> None:
    case = book("CN", policy={"mediation": "skip"})
    case.tell("taken_up", way="preservation")
    through(case, [(serves("cn.notice.dunning"), "suing")])
    assert case.asked == ["cn.suit", "cn.preservation"]
    case.tell("preservation_applied", stage="in_suit")
    assert not any("preservation" in item for item in case.lacking())


def test_a_claim_sent_back_is_prepared_again_with_a_new_packet() -> None:
    case = walk("CN suit", 5)
    case.today += timedelta(days=2)
    case.tell("filing_refused", reason="No copy of the contract.")
    case.run()
    assert case.stage == "suing"
    assert case.asked.count("cn.suit") == 2


def test_a_case_of_recourse_walks_the_part_of_the_suit() -> None:
    case = book("CN", kind="recourse", creditor="per_g")
    case.tell("paid_on_behalf", date(2026, 4, 1), "per_g", amount="9500.00")
    case.run()
    assert (case.stage, case.asked) == ("suing", ["cn.suit"])
    assert case.clock("limitation").first == date(2026, 4, 1)
    through(case, [(hands_in("cn.suit", "filed"), "filed"), *CN[5:]])


def test_a_review_waits_for_a_person_and_its_clocks_run_all_the_same() -> None:
    case = book("CN", kind="review", path="", today=date(2028, 12, 20))
    assert case.lacking() == ["fact:taken_up"]
    assert [(kind, rung) for kind, _, _, rung in case.alarms] == [("limitation", 30)]


def test_the_agreement_is_performed_and_the_case_closes() -> None:
    case = walk("CN agreement", 6)
    case.tell("agreement_performed")
    assert isinstance(case.run(), Close)
    assert case.closed == "performed"


def test_an_agreement_that_was_never_confirmed_leads_to_a_suit_when_it_is_broken() -> None:
    case = walk("CN agreement", 4)
    agreed = case.today
    case.go(agreed + timedelta(days=60))
    assert case.stage == "performing"
    assert [rung for kind, *_, rung in case.alarms if kind == "judicial_confirmation"] == [14, 7, 3, 1, -1]
    case.tell("agreement_breached")
    case.run()
    assert case.stage == "suing"


def test_an_appeal_goes_up_and_comes_back() -> None:
    case = walk("CN suit", 10)
    case.tell("appealed", by="respondent")
    case.run()
    assert case.stage == "appeal"
    case.today += timedelta(days=90)
    case.tell("judged", result="granted")
    case.run()
    assert case.stage == "judged"
    assert case.clock("appeal").state == "void"  # the second judgment is final


def test_a_claim_that_was_refused_can_be_appealed_in_time_or_ends() -> None:
    case = walk("CN suit", 9)
    case.tell("dismissed")
    case.run()
    assert case.stage == "dismissed"
    lost = case.today
    case.go(lost + timedelta(days=9))
    assert not case.closed
    case.today = lost + timedelta(days=20)
    case.run()
    assert case.closed == "dismissed"
    assert [rung for kind, *_, rung in case.alarms if kind == "appeal"][-1] == -1


def test_a_small_claim_in_california_has_its_own_packet() -> None:
    case = book("US-CA")
    case.tell("taken_up", way="small_claims")
    through(case, [(serves("us.letter.final_demand"), "suing")])
    assert case.asked == ["us-ca.small_claims"]


def test_a_collector_waits_for_the_end_of_the_validation_period() -> None:
    case = book("US-NY", lender_role="third_party_collector")
    case.run()
    case.serve("us.letter.final_demand")
    assert case.lacking() == ["notice:us.notice.validation:per_b"]
    case.serve("us.notice.validation")
    answer = case.rest()
    assert (case.stage, answer.rule) == ("notice", "WAIT.VALIDATION")
    case.go(case.clock("validation").last)
    assert case.stage == "notice"
    case.go(case.today + timedelta(days=1))
    assert case.stage == "suing"


def test_a_state_that_gives_a_right_to_cure_makes_us_wait_for_it() -> None:
    case = book("US", jurisdictions=("US", "US-WI"), policy={"mediation": "first"})
    case.tell("taken_up", way="suit", limitation_ends="2030-01-05")
    case.run()
    case.serve("us.letter.final_demand")
    assert case.lacking() == ["notice:us.notice.right_to_cure:per_b"]
    case.serve("us.notice.right_to_cure")
    sent = case.today
    case.go(sent + timedelta(days=15))
    assert case.stage == "notice"
    case.go(sent + timedelta(days=16))
    assert case.stage == "suing"


def test_mediation_comes_first_where_the_lender_says_so() -> None:
    case = book("US", policy={"mediation": "first"})
    through(case, [(days(0), "mediation_preparing")])
    case.tell("mediation_applied")
    case.run()
    case.tell("mediation_agreed", perform_by="2026-06-01")
    case.run()
    assert case.stage == "performing"


def test_no_default_judgment_is_prepared_without_the_certificate_of_military_service() -> None:
    case = walk("US-NY", 6)
    assert case.lacking() == ["slot:scra_certificate"]
    assert "us.default" not in case.asked


def test_a_claim_above_ten_thousand_is_not_sent_to_the_mediation_of_small_claims() -> None:
    case = walk("GB-EAW", 11, owed={"principal": Decimal(12000)})
    assert case.stage == "defended"
    assert "gb.mediation" not in case.asked


def test_judgment_in_default_in_england() -> None:
    case = walk("GB-EAW", 10)
    served = case.today
    case.go(served + timedelta(days=14))
    assert case.stage == "served"
    case.go(served + timedelta(days=15))
    assert case.stage == "default"
    case.tell("answered", to="claim", how="defended")
    case.run()
    assert case.stage == "defended"


def test_an_acknowledgement_of_service_gives_the_defendant_twenty_eight_days() -> None:
    case = walk("GB-EAW", 10)
    served = case.today
    case.tell("answered", on=served + timedelta(days=3), to="claim", how="acknowledged")
    case.go(served + timedelta(days=3))
    assert case.clock("answer", "per_b").last == served + timedelta(days=28)


def test_two_defendants_the_second_served_after_the_hearing_was_set() -> None:
    case = walk("CN suit", 9)
    case.tell("served", person="per_g")
    case.run()
    assert case.stage == "hearing"


def test_nothing_found_ends_the_case_and_a_new_application_opens_enforcement_again() -> None:
    case = walk("CN suit", 13)
    case.tell("enforcement_ended", result="nothing_found")
    case.run()
    assert case.closed == "unrecovered"
    case.today += timedelta(days=200)
    case.tell("reopened", reason="Property was found.")
    assert isinstance(case.run(), Rest)
    case.tell("enforcement_applied")
    case.run()
    assert case.stage == "enforcing"


def test_the_court_case_settles_by_mediation_before_the_court() -> None:
    case = walk("CN suit", 6)
    performs("mediation_agreed")(case)
    case.run()
    assert case.stage == "confirming"


def test_the_borrower_and_the_co_borrower_are_both_served() -> None:
    case = book("CN", parties=(Answering("per_b", "borrower"), Answering("per_c", "co_borrower")))
    case.run()
    case.serve("cn.notice.dunning")
    assert case.lacking() == ["notice:cn.notice.dunning:per_c"]


def test_a_case_without_a_path_rests_for_people() -> None:
    case: Book = book("CN")
    found = replace(case, path=None).step()  # pyright: ignore[reportArgumentType]  no path is what is tested
    assert isinstance(found, Rest)


def test_a_rest_ends_at_midnight_of_the_court_on_the_day_on_which_something_comes() -> None:
    case = walk("CN suit", 11)
    last = case.today + timedelta(days=10)
    case.today = last - timedelta(days=2)
    assert case.rest().until == datetime(last.year, last.month, last.day, 16, tzinfo=UTC)  # midnight in Shanghai
    case.today = last
    assert case.stage == "final"
    case.go(last + timedelta(days=1))
    assert case.stage == "enforcement_preparing"
