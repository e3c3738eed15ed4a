"""Five whole lives, as steps: two of China's, a breach between them, New York's and England's."""

from tests.case_life.handing_over import CN, GB, NY, Place
from tests.case_life.steps import Step, days, files, hands_in, notifies, tells, together

DUNNING, TO_GUARANTOR = "cn.notice.dunning", "cn.notice.guarantor"
TO_MEDIATION = (
    Step(0, together(), "notice"),
    Step(6, notifies(DUNNING, "borrower"), "mediation_preparing"),
    Step(5, hands_in("cn.mediation", "mediation_applied"), "mediation"),
    Step(8, tells("mediation_accepted"), "mediation"),
    Step(9, tells("mediation_session"), "mediation"),
)
AGREED = (
    Step(0, files("contract", "identity_respondent"), "notice"),
    *TO_MEDIATION[1:],
    Step(1, tells("mediation_agreed", perform_by=days(60), effective_on=days(0)), "confirming"),
    Step(12, hands_in("cn.confirmation", "confirmation_applied"), "confirming"),
    Step(15, tells("confirmed", perform_by=days(40)), "performing"),
)
AGREED_AND_PERFORMED = (*AGREED, Step(30, tells("booked_back", amount="36500.00"), "performing"))
BREACHED = (
    *AGREED,
    Step(45, tells("agreement_breached"), "enforcement_preparing"),
    Step(9, hands_in("cn.enforcement", "enforcement_applied"), "enforcing"),
    Step(70, tells("enforcement_ended", result="fulfilled"), "booking"),
)
GUARANTEED = (
    Step(0, files("contract", "identity_respondent"), "notice"),
    Step(5, notifies(DUNNING, "borrower"), "guarantor_notice"),
    Step(4, notifies(TO_GUARANTOR, "guarantor-1", "guarantor-2"), "mediation_preparing"),
    Step(3, hands_in("cn.mediation", "mediation_applied"), "mediation"),
    Step(7, tells("mediation_accepted"), "mediation"),
    Step(7, tells("mediation_session"), "mediation"),
    Step(10, tells("mediation_failed"), "suing"),
    Step(6, hands_in("cn.suit", "filed", against="everyone"), "filed"),
    Step(6, tells("filing_accepted", case_no="(2026)示0001民初1号"), "accepted"),
    Step(5, tells("served", person="borrower"), "served"),
    Step(30, tells("hearing"), "hearing"),
    Step(40, tells("judged", result="granted_in_part", served_on=days(0)), "judged"),
    Step(20, tells("judgment_final", perform_by=days(10)), "final"),
    Step(12, together(), "enforcement_preparing"),
    Step(20, hands_in("cn.enforcement", "enforcement_applied"), "enforcing"),
    Step(90, tells("enforcement_ended", result="fulfilled"), "booking"),
)
NEW_YORK = (
    Step(0, together(), "notice"),
    Step(7, notifies("us.letter.final_demand", "borrower"), "suing"),
    Step(14, hands_in("us-ny.suit", "filed"), "filed"),
    Step(20, tells("served", person="borrower"), "served"),
    Step(31, together(), "served"),
    Step(4, files("service_proof", "scra_certificate"), "default_preparing"),
    Step(30, tells("judged", result="granted_in_part", served_on=days(0)), "judged"),
    Step(35, tells("judgment_final", perform_by=days(0)), "final"),
    Step(30, tells("enforcement_applied"), "enforcing"),
    Step(90, tells("enforcement_ended", result="fulfilled"), "booking"),
)
ENGLAND = (
    Step(0, together(), "default_notice"),
    Step(5, notifies("gb.notice.default", "borrower"), "default_notice"),
    Step(18, together(), "letter"),
    Step(3, notifies("gb.letter.claim", "borrower"), "letter"),
    Step(32, together(), "claiming"),
    Step(6, hands_in("gb.claim", "filed"), "filed"),
    Step(10, tells("filing_accepted", case_no="000MC001"), "issued"),
    Step(8, tells("served", person="borrower"), "served"),
    Step(16, together(), "default"),
    Step(20, tells("judged", result="granted_in_part", served_on=days(0)), "judged"),
    Step(25, tells("judgment_final", perform_by=days(14)), "final"),
    Step(30, tells("enforcement_applied"), "enforcing"),
    Step(90, tells("enforcement_ended", result="fulfilled"), "booking"),
)
LIVES: dict[str, tuple[Place, tuple[str, ...], tuple[Step, ...]]] = {
    "china, guaranteed": (CN, ("joint", "general"), GUARANTEED),
    "china, agreed": (CN, (), AGREED),
    "china, breached": (CN, (), BREACHED),
    "new york": (NY, (), NEW_YORK),
    "england": (GB, (), ENGLAND),
}
"""By name: the place, the guarantors' kinds, the steps up to the last before the money."""
