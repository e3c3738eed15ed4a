"""Each check: what it finds, why, what to do about it, and who can."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from forbear.court.clocks import reckon
from forbear.court.decide import outlook
from forbear.court.eligibility import CHECKED, Asked, Verdict, check, check_all
from forbear.court.ground import Ground
from forbear.court.life import CaseLife, Guaranteed, Happened, Served, Stopped
from forbear.court.paths import load_all
from tests.court.book import book, life

TODAY = date(2026, 4, 7)
LONG_AGO = date(2015, 1, 5)


def verdict(name: str, case: CaseLife, today: date = TODAY) -> Verdict:
    ground = Ground(case, load_all()[case.path], today)
    return check(name, Asked(ground, reckon(ground)))


def fact(kind: Any, on: date = TODAY, **details: Any) -> Happened:
    return Happened(f"fct_{kind}", kind, on, "", details)


DUNNED = (Served("cn.notice.dunning", "per_b", "ems", "signed", TODAY, TODAY, "", proven=True),)
PASSES: list[tuple[str, str, dict[str, Any]]] = [
    ("amount", "CN", {}),
    ("amount", "CN", {"policy": {"least_amount": "9500"}}),
    ("limitation", "CN", {}),
    ("limitation", "CN", {"due_since": LONG_AGO, "facts": (fact("taken_up", way="suit", despite_limitation="yes"),)}),
    ("suit_in_time", "US-NY", {"due_since": LONG_AGO}),
    ("suit_in_time", "US-NY", {"lender_role": "debt_buyer"}),
    ("guarantors_in_time", "CN", {}),
    ("mediation_respondent", "CN", {}),
    ("mediation_respondent", "CN", {"fields_told": frozenset(), "slots_filled": frozenset({"identity_respondent"})}),
    ("mediation_request", "CN", {}),
    ("mediation_grounds", "CN", {}),
    ("mediation_grounds", "CN", {"slots_filled": frozenset({"guarantee_contract"})}),
    ("mediation_acceptable", "CN", {}),
    ("order_due", "CN", {}),
    ("order_uncontested", "CN", {}),
    ("order_deliverable", "CN", {"services": DUNNED}),
    ("order_no_preservation", "CN", {}),
    ("pap_reply", "GB-EAW", {}),
    ("pap_reply", "GB-EAW", {"facts": (
        fact("answered", to="letter_of_claim", documents="not_asked"),
        Happened("fct_n", "notice_served", TODAY, "per_b", {"paper": "gb.notice.before_issue"}))}),
]  # fmt: skip
FAILS: list[tuple[str, str, dict[str, Any], str, str]] = [
    ("amount", "CN", {"owed": {"principal": Decimal(499)}}, "least of 500", "threshold"),
    ("amount", "CN", {"policy": {"least_amount": "9500.01"}}, "least of 9500.01", "threshold"),
    ("limitation", "CN", {"due_since": LONG_AGO}, "ran out on 2018-01-05", "despite_limitation"),
    ("limitation", "GB-EAW", {"due_since": LONG_AGO, "facts": (
        fact("taken_up", way="suit", despite_limitation="yes"),)}, "ran out", "began it anew"),
    ("limitation", "US", {"jurisdictions": ("US",)}, "no rule here says", "limitation_ends"),
    ("suit_in_time", "US-NY", {"due_since": LONG_AGO, "lender_role": "debt_buyer"}, "may not sue", "no decision"),
    ("suit_in_time", "US-CA", {"due_since": LONG_AGO, "lender_role": "third_party_collector"}, "may not", "Close"),
    ("mediation_respondent", "CN", {"fields_told": frozenset()}, "nothing identifies", "identity"),
    ("mediation_respondent", "CN", {"parties": ()}, "nothing identifies", "identity"),
    ("mediation_request", "CN", {"owed": {}}, "no sum", "balance"),
    ("mediation_grounds", "CN", {"slots_filled": frozenset()}, "no contract", "loan contract"),
    ("mediation_acceptable", "CN", {"facts": (fact("filed"),)}, "a court has", "court"),
    ("mediation_acceptable", "CN", {"facts": (fact("mediation_declined", by="respondent"),)}, "refused", "taken_up"),
    ("order_due", "CN", {"instalment_due": date(2027, 1, 1)}, "not all", "calls the whole due"),
    ("order_uncontested", "CN", {"stops": (Stopped("dispute"),)}, "contested", "Sue"),
    ("order_uncontested", "CN", {"facts": (fact("order_objected"),)}, "contested", "Sue"),
    ("order_deliverable", "CN", {}, "nothing shows", "proof"),
    ("order_deliverable", "CN", {"services": DUNNED, "events": (("debtor_unreachable", TODAY),)}, "reached", "Sue"),
    ("order_no_preservation", "CN", {"facts": (fact("preservation_applied", stage="before_suit"),)}, "preserved", "Sue"),
    ("pap_reply", "GB-EAW", {"facts": (fact("answered", to="letter_of_claim", documents="asked"),)}, "documents", "Send"),
    ("pap_reply", "GB-EAW", {"facts": (fact("answered", to="letter_of_claim", agreement="reached"),)}, "led to", "settled"),
    ("pap_reply", "GB-EAW", {"facts": (fact("answered", to="letter_of_claim"),)}, "no notice before", "before_issue"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "place", "told"), PASSES)
def test_a_check_that_passes_says_why(name: str, place: str, told: dict[str, Any]) -> None:
    found = verdict(name, life(place, **told))
    assert (found.passed, bool(found.reason)) == (True, True)


@pytest.mark.parametrize(("name", "place", "told", "reason", "remedy"), FAILS)
def test_a_check_that_fails_says_what_to_do(
    name: str, place: str, told: dict[str, Any], reason: str, remedy: str
) -> None:
    found = verdict(name, life(place, **told))
    assert not found.passed
    assert reason in found.reason
    assert remedy in found.remedy
    assert found.supplier


def test_a_guarantee_that_lapsed_leaves_the_guarantor_out_and_holds_nobody_else() -> None:
    case = life("CN", guarantees=(Guaranteed("per_g", "joint", LONG_AGO),))
    assert "leave those guarantors out" in verdict("guarantors_in_time", case).reason


def test_every_check_can_be_asked_of_every_case() -> None:
    for place in load_all():
        ground = Ground(life(place), load_all()[place], TODAY)
        found = check_all(tuple(CHECKED), Asked(ground, reckon(ground)))
        assert [each.check for each in found] == list(CHECKED)


def test_what_a_stage_lacks_can_be_asked_before_it_comes() -> None:
    case = book("CN")
    case.run()
    lacks = outlook(case.life, case.path, "suing", case.now())
    assert [each.item for each in lacks] == ["notice:cn.notice.dunning:per_b"]
    assert outlook(case.life, case.path, "nowhere", case.now()) == ()
    bare = replace(case.life, slots_filled=frozenset(), fields_told=frozenset())
    items = [each.item for each in outlook(bare, case.path, "mediation_preparing", case.now())]
    assert items == ["mediation_respondent", "mediation_grounds", "notice:cn.notice.dunning:per_b"]


def test_a_case_whose_limitation_ran_out_goes_no_further_by_itself() -> None:
    case = book("US-CA", due_since=LONG_AGO)
    assert case.lacking() == ["limitation"]
    assert [rung for _, _, _, rung in case.alarms] == [1, -1]
