"""Whatever a packet lacks is named: each thing for itself, all of them at once, and who can supply it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from forbear.casework import sums
from forbear.casework.assembling import assemble
from forbear.casework.assembly import Assembly, Wanted
from forbear.errors import BadInput
from forbear.ledger.owed import Owed
from tests.casework.conftest import NOW
from tests.casework.filing import CN, CUT_OFF, TODAY, Filing
from tests.conftest import Hands

SLOTS = ("disbursement", "transactions")


def suit(filing: Filing, hands: Hands, **case: object) -> str:
    made = filing.case(**case)  # pyright: ignore[reportArgumentType]  as it is given on
    hands.set(NOW)
    filing.told_all(made, "cn.suit", complaint_form="free")
    filing.fill_slots(made, "cn.suit", *SLOTS)
    return made


def lacks(assembly: Assembly) -> dict[str, str]:
    return {each.item: each.supplier for each in assembly.missing}


def test_a_case_that_has_everything_lacks_nothing(china: Filing, hands: Hands) -> None:
    assembly = china.assembled(suit(china, hands), "cn.suit")
    assert assembly.missing == ()
    assert assembly.drafts == ()
    assert [part.key for part in assembly.parts][:3] == ["index", "complaint-free", "schedule"]


@pytest.mark.parametrize(
    ("name", "item", "supplier"),
    [
        ("court", "field:court", "legal"),
        ("facts", "field:facts", "legal"),
        ("complaint_form", "field:complaint_form", "legal"),
        ("agents_have", "field:agents_have", "legal"),
        ("e_service_papers", "field:e_service_papers", "claimant"),
        ("head_is", "field:head_is", "lender"),
    ],
)
def test_each_field_that_is_missing_is_named_with_who_tells_it(
    china: Filing, hands: Hands, name: str, item: str, supplier: str
) -> None:
    case = suit(china, hands)
    china.told(case, {name: ""})
    china.lender_told(case, {**china.lenders_words(case), name: ""})
    assert lacks(china.assembled(case, "cn.suit")).get(item) == supplier


@pytest.mark.parametrize(
    ("slot", "supplier"),
    [("contract", "lender"), ("transactions", "lender"), ("identity_claimant", "claimant")],
)
def test_each_slot_that_is_empty_is_named(china: Filing, hands: Hands, slot: str, supplier: str) -> None:
    case = china.case()
    hands.set(NOW)
    china.told_all(case, "cn.suit", complaint_form="free")
    for each in {"contract", "identity_claimant", "identity_respondent", *SLOTS} - {slot}:
        china.file(case, each)
    [lacking] = china.assembled(case, "cn.suit").missing
    assert (lacking.item, lacking.supplier) == (f"slot:{slot}", supplier)
    assert "forbear case file add" in lacking.remedy


@pytest.mark.parametrize("column", ["code", "head_name"])
def test_what_the_lenders_entity_lacks_is_named(china: Filing, hands: Hands, column: str) -> None:
    case = suit(china, hands)
    china.settle_in(entity={name: each for name, each in CN.entity.items() if name != column})
    assert lacks(china.assembled(case, "cn.suit"))[f"field:claimant_organisations.0.{column}"] == "lender"


def test_what_a_party_lacks_is_named(china: Filing, hands: Hands) -> None:
    case = china.case()
    hands.set(NOW)
    china.told_all(case, "cn.payment_order", respondent_persons="")
    assert lacks(china.assembled(case, "cn.payment_order"))["field:respondent_persons.0.sex"] == "lender"


def test_a_schedule_without_terms_asks_the_lender_for_them(china: Filing, hands: Hands) -> None:
    assembly = china.assembled(suit(china, hands, terms=False), "cn.suit")
    assert lacks(assembly)["field:segments"] == "lender"
    assert "terms" in next(each.remedy for each in assembly.missing if each.item == "field:segments")


def test_a_guarantee_without_its_clock_waits_for_the_case(china: Filing, hands: Hands) -> None:
    case = china.case(roles=("borrower", "guarantor"))
    china.guarantee(case, ends=None)
    assert lacks(china.assembled(case, "cn.suit"))["field:guarantees.0.period_end"] == "ledger"


def test_a_claim_in_england_waits_for_the_letter_of_claim(england: Filing, hands: Hands) -> None:
    case = england.case()
    hands.set(NOW)
    england.serve(case, "gb.letter.claim", reached=None)
    items = [each.item for each in england.assembled(case, "gb.claim").missing]
    assert f"service:gb.letter.claim:{england.person(case)}" in items
    england.serve(case, "gb.letter.claim")
    items = [each.item for each in england.assembled(case, "gb.claim").missing]
    assert not any(each.startswith("service:") for each in items)


def test_new_york_waits_for_the_limitation_clock(america: Filing, hands: Hands) -> None:
    case = america.case()
    hands.set(NOW)
    assert lacks(america.assembled(case, "us-ny.suit"))["field:limitation_ends_on"] == "ledger"


def test_a_fact_that_nobody_told_is_named(china: Filing, hands: Hands) -> None:
    case = china.case()
    assert lacks(china.assembled(case, "cn.confirmation"))["fact:mediation_agreed"] == "legal"
    hands.set(NOW)
    china.fact(case, "mediation_agreed", perform_by="2026-04-01", case_no="T-1")
    assert "fact:mediation_agreed" not in lacks(china.assembled(case, "cn.confirmation"))


def test_everything_that_is_missing_is_told_at_once(china: Filing) -> None:
    missing = china.assembled(china.case(), "cn.suit").missing
    assert len(missing) > 10
    assert {each.supplier for each in missing} >= {"legal", "lender", "claimant"}
    assert all(each.remedy and each.problem for each in missing)


def test_what_the_record_says_is_never_typed(china: Filing, hands: Hands) -> None:
    case = suit(china, hands)
    china.told(case, {"sum_total": "1.00", "overdue_days": "3"})
    assembly = china.assembled(case, "cn.suit")
    assert {"field:sum_total", "field:overdue_days"} <= lacks(assembly).keys()
    assert "36,720.00" in assembly.facts.says


def test_a_request_names_no_amount_but_the_records(china: Filing, hands: Hands) -> None:
    case = suit(china, hands)
    china.told(case, {"requests": [{"text": "请求判令被告归还借款36,700.00元"}]})
    assert "field:requests" in lacks(china.assembled(case, "cn.suit"))
    china.told(case, {"requests": [{"text": "请求判令被告归还{sum_principal}，另付{nobody_knows}"}]})
    assert "field:nobody_knows" in lacks(china.assembled(case, "cn.suit"))
    china.told(case, {"requests": [{"text": "请求判令{respondents}归还本金36,500.00元，合计{sum_total}"}]})
    assert china.assembled(case, "cn.suit").missing == ()


def test_the_prescribed_form_is_a_draft_while_its_words_are_missing(china: Filing, hands: Hands) -> None:
    case = suit(china, hands)
    china.told_all(case, "cn.suit", complaint_form="elements")
    assembly = china.assembled(case, "cn.suit")
    assert any(each.startswith("complaint-loan: ") for each in assembly.drafts)


def test_a_telling_that_contradicts_the_account_is_named(china: Filing, hands: Hands) -> None:
    case = suit(china, hands)
    name = china.country.names[0]
    china.told(case, {"respondent_persons": [{"name": name, "birth_date": "1970-01-01"}]})
    assert lacks(china.assembled(case, "cn.suit"))["field:respondent_persons.0.birth_date"] == "lender"
    china.told(case, {"respondent_persons": [{"name": "无此人"}]})
    assert lacks(china.assembled(case, "cn.suit"))["field:respondent_persons"] == "lender"


@pytest.mark.parametrize(
    ("owes", "asked"),
    [(lambda: "lapsed", False), (lambda: "running", True)],
)
def test_a_guarantor_whose_period_lapsed_is_not_claimed_against(
    china: Filing, owes: Callable[[], str], asked: bool
) -> None:
    case = china.case(roles=("borrower", "guarantor"))
    china.guarantee(case, ends=None)
    china.clock(case, "guarantee", china.person(case, "guarantor"), date(2026, 7, 31), owes())
    assert (china.country.names[1] in china.names(case)) is asked


def test_a_packet_of_another_path_is_refused_by_name(china: Filing) -> None:
    assert lacks(china.assembled(china.case(), "us.suit"))["path"] == "legal"


def test_a_day_to_come_is_no_cut_off_day(china: Filing) -> None:
    with pytest.raises(BadInput, match="cut_off"):
        china.assembled(china.case(), "cn.suit", cut_off=date(2026, 3, 17))
    assert CUT_OFF < TODAY


def test_sums_that_the_accounts_lines_do_not_lead_to_are_named(
    china: Filing, hands: Hands, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = suit(china, hands)
    right = sums.owed_on

    def more(*asked: Any) -> Owed:
        found = right(*asked)
        return replace(found, parts={**found.parts, "fee": found.parts["fee"] + 1})

    monkeypatch.setattr(sums, "owed_on", more)
    assert lacks(china.assembled(case, "cn.suit"))["field:sum_total"] == "operator"


def test_a_court_that_nobody_knows_is_named(china: Filing, hands: Hands) -> None:
    case = suit(china, hands)
    wanted = Wanted(case, "cn.suit", CUT_OFF, TODAY, court="moon")
    with china.house.worker() as session:
        assembly = assemble(china.house.ledger, session, wanted, contents=False)
    assert lacks(assembly).keys() == {"court_profile"}
