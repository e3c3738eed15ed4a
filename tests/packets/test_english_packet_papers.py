"""The papers for courts of England and Wales: what each must say, its interest and its sums, and what is refused."""

import re
from typing import Final

import pytest

from forbear.documents.presses import Presses
from forbear.documents.registry import find_kind
from tests.packets.court_papers import (
    TICKED,
    UNTICKED,
    check_finished,
    check_named_when_missing,
    check_nothing_by_hand_is_filled_in,
    check_nothing_is_kept_from_machines,
    check_sums_are_those_of_the_account,
    elements,
    html,
    paper,
    refused,
    rows,
    words,
)

N1, PARTICULARS, N180 = "gb.court.n1_data", "gb.court.particulars", "gb.court.n180_draft"
STATEMENT, WITNESS, N279 = "gb.statement_of_account", "gb.witness_statement", "gb.court.discontinuance"
INDEX, SUMMARY = "gb.packet.index", "gb.mediation.summary"
SOLD: Final = "us.ca.court.complaint"
"""Its sample has a debt that was sold twice."""
SIGNED: Final = (PARTICULARS, WITNESS)
UNSIGNED: Final = (N1, N180, STATEMENT, N279, INDEX, SUMMARY)
KINDS: Final = (*SIGNED, *UNSIGNED)
DATA_SHEETS: Final = {N1: "form N1", N180: "form N180", N279: "form N279"}
NUMBER_WORDS: Final = re.compile(
    r"\b(two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fourteen|twenty|thirty|hundred|thousand)\b",
    re.IGNORECASE,
)
INTEREST: Final = (
    "Basis Contract",
    "Term or enactment clause 7 of the agreement",
    "Rate 9.9% a year",
    "From 15 January 2026",
    "To 22 November 2026",
    "Total up to then £121.44",
    "Daily rate after that £0.40",
)
"""What CPR 16.4(2) asks of a specified sum."""
CLAIMED: Final = (
    "In the County Court Business Centre",
    "Larkspur Example Finance Limited",
    "14 Sample Terrace, Fictional Green, Exampleford, ZZ99 3WZ",
    "a written agreement, Fixed-sum loan agreement, no. LEF-2024-0815, made on 15 August 2024",
    "£2,500.00 was lent to the Defendant",
    "A copy of the agreement, with any general conditions that are part of it, is attached and marked LEF1.",
    "36 instalments of £80.55",
    "regulated by the Consumer Credit Act 1974",
    "A default notice under section 87(1), dated 15 June 2026, was served on 17 June 2026.",
    "It asked for £483.30 before 6 July 2026",
    "in arrears since 15 January 2026",
    "The last payment, of £80.55, was made on 15 December 2025.",
    "Costs of collection £0.00 Total £1,605.64",
    "A letter of claim under the Pre-Action Protocol for Debt Claims, dated 21 September 2026",
    "No reply was received within 30 days.",
    "interest of £0.40 a day from then until judgment or earlier payment",
)
UNDER_AN_ENACTMENT: Final = {
    "interest_basis": "enactment",
    "interest_clause": "section 69 of the County Courts Act 1984",
    "interest_rate": "8",
    "statutory_interest": "99.85",
    "statutory_daily": "0.32",
}


# ── All of them ─────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("kind", KINDS)
def test_its_sample_is_a_finished_paper_that_nobody_has_accepted_yet(kind: str, press: Presses) -> None:
    check_finished(press, kind, sheet="court-gb", draft=kind in SIGNED)


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_fields_give_the_same_file(kind: str, press: Presses) -> None:
    assert press.render(paper(kind)).sha256 == press.render(paper(kind)).sha256


@pytest.mark.parametrize("kind", KINDS)
def test_whatever_it_needs_is_named_when_it_is_missing(kind: str) -> None:
    check_named_when_missing(kind)


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_is_signed_or_dated_beforehand(kind: str) -> None:
    check_nothing_by_hand_is_filled_in(kind, signed=kind in SIGNED)


@pytest.mark.parametrize("kind", [each for each in KINDS if find_kind(each).balance == "owed"])
def test_sums_are_those_of_the_account_on_the_cut_off_day(kind: str) -> None:
    check_sums_are_those_of_the_account(kind)


@pytest.mark.parametrize("kind", [each for each in KINDS if "account_no" in find_kind(each).fields])
def test_of_an_account_number_the_last_four_digits_alone_are_printed(kind: str) -> None:
    told = words(kind, account_no="9911223344556677")
    assert "6677" in told
    assert "5566" not in told


@pytest.mark.parametrize("kind", KINDS)
def test_both_sides_must_be_named_and_may_be_several(kind: str) -> None:
    for side in ("claimant_organisations", "respondent_persons"):
        who = side.partition("_")[0]
        assert f"{who}_persons_or_{who}_organisations_must_be_given" in refused(kind, **{side: None})
    second = {"name": "Sam Specimen", "domicile": "2 Sample Street, Exampleford, ZZ99 4AA"}
    assert "Sam Specimen" in words(kind, respondent_persons=[*rows(kind, "respondent_persons"), second])


@pytest.mark.parametrize("kind", KINDS)
def test_numbers_and_dates_are_figures(kind: str) -> None:
    told = words(kind)
    assert not NUMBER_WORDS.findall(told)
    assert not re.search(r"\b(January|June|November|December) \d{1,2},", told)


@pytest.mark.parametrize("kind", DATA_SHEETS)
def test_a_data_sheet_says_that_it_is_no_form(kind: str) -> None:
    assert f"It is not {DATA_SHEETS[kind]} and cannot be filed in its place." in words(kind)
    assert "signed and dated" in words(kind)


@pytest.mark.parametrize("kind", SIGNED)
def test_the_statement_of_truth_is_an_empty_place_until_somebody_has_read_its_words(kind: str) -> None:
    slot = find_kind(kind).slots["statement_of_truth"]
    assert not slot.text
    assert "Prescribed wording to be put in here" in words(kind)
    assert "contempt" not in words(kind)


# ── Claim ───────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("part", [*CLAIMED, *INTEREST])
def test_particulars_say_all_that_a_claim_on_a_loan_must(part: str) -> None:
    assert part in words(PARTICULARS)


@pytest.mark.parametrize("part", INTEREST)
def test_the_claim_form_is_told_the_same_interest(part: str) -> None:
    assert part in words(N1)


@pytest.mark.parametrize("kind", [N1, PARTICULARS])
def test_interest_is_claimed_on_a_stated_basis_or_not_at_all(kind: str) -> None:
    for field in ("interest_clause", "interest_rate", "interest_from"):
        assert "interest_clause_interest_rate_and_interest_from_must_be_given" in refused(kind, **{field: None})
    assert "per_diem_must_be_given" in refused(kind, per_diem=None)
    assert "interest_from_is_after_the_cut_off_day" in refused(kind, interest_from="2026-11-23")
    assert "Daily rate" not in words(kind, interest_basis="none")
    for field in ("statutory_interest", "statutory_daily"):
        assert f"{field}: " in refused(kind, **{**UNDER_AN_ENACTMENT, field: None})


def test_interest_under_an_enactment_is_asked_for_beside_what_the_account_holds() -> None:
    told = words(PARTICULARS, **UNDER_AN_ENACTMENT)
    assert "interest of £99.85 up to 22 November 2026" in told
    assert "interest of £0.32 a day" in told
    assert "Total up to then £99.85" in told
    box = words(N1, **UNDER_AN_ENACTMENT, total_claimed="1820.49")
    assert "Amount claimed £1,705.49 Court fee £115.00 Legal representative’s costs £0.00 Total amount £1,820.49" in box
    assert "total_claimed_must_be_the_sum_of_its_lines" in refused(N1, **UNDER_AN_ENACTMENT)


def test_the_agreement_is_attached_or_its_spoken_words_are_told() -> None:
    assert "agreement_exhibit_must_be_given" in refused(PARTICULARS, agreement_exhibit=None)
    assert "oral_words" in refused(PARTICULARS, written=False)
    told = words(PARTICULARS, written=False, oral_words="“I lend you £2,500”, by telephone on 15 August 2024.")
    assert "By an oral agreement" in told
    assert "“I lend you £2,500”" in told


@pytest.mark.parametrize(
    "field", ["default_notice_on", "default_notice_served", "default_notice_before", "default_notice_sum"]
)
def test_of_a_regulated_agreement_the_default_notice_must_be_told(field: str) -> None:
    assert f"{field}: " in refused(PARTICULARS, **{field: None})
    told = words(PARTICULARS, regulated=False)
    assert "not regulated" in told
    assert "section 87(1)" not in told


def test_an_assignment_is_told_with_the_day_of_its_notice() -> None:
    bought = rows(SOLD, "assignments")
    bought[-1]["buyer"] = rows(PARTICULARS, "claimant_organisations")[0]["name"]
    told = words(PARTICULARS, debt_buyer=True, assignments=bought)
    assert "Notice in writing was given to the Defendant on 5 August 2026." in told
    assert "assignments_must_be_given" in refused(PARTICULARS, debt_buyer=True)
    assert "from_the_buyer_before" in refused(PARTICULARS, debt_buyer=True, assignments=bought[1:] * 2)
    assert "down_to_the_claimant" in refused(PARTICULARS, debt_buyer=True, assignments=bought[:1])
    unknown = [{name: value for name, value in row.items() if name != "notice_day"} for row in bought]
    assert "notice_day_must_be_given" in refused(PARTICULARS, debt_buyer=True, assignments=unknown)


def test_paragraphs_are_numbered_in_one_row() -> None:
    numbers = [int(each.partition(".")[0]) for each in html(PARTICULARS).split('<p class="number">')[1:]]
    claims = len(numbers) - numbers.index(1, 1)
    assert numbers == [*range(1, len(numbers) - claims + 1), *range(1, claims + 1)]
    assert claims == 3


# ── The others ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_statement_of_account_parts_interest_from_charges_and_leads_to_what_is_owed() -> None:
    told = words(STATEMENT)
    assert "Principal £1,460.20 Interest £121.44 Charges £24.00 Costs of collection £0.00 Total £1,605.64" in told
    assert "15 January 2026 6 July 2026 172 £1,460.20 9.9% a year clause 7 £68.10" in told
    assert "movements_do_not_lead_to_sum_total" in refused(STATEMENT, movements=rows(STATEMENT, "movements")[:-1])


def test_answers_of_the_questionnaire_are_the_claimants_own() -> None:
    asked = ("small_claims", "on_paper", "expert", "interpreter", "vulnerable")
    fields = find_kind(N180).fields
    for field in asked:
        assert fields[field].supplier == "claimant"
        assert f"{field}: " in refused(N180, **{field: None})
    page = html(N180)
    assert (page.count(TICKED), page.count(UNTICKED)) == (len(asked), len(asked))
    assert "1 appointment of 1 hour" in words(N180)


@pytest.mark.parametrize(
    "part",
    [
        "On behalf of: Claimant", "Witness: R. Specimen", "Statement no.: 1", "Exhibits: RS1, RS2", "Date made:",
        "I, Robin Specimen, of 1 Specimen Court", "within my own knowledge", "comes from the claimant’s ledger",
        "This statement was prepared as follows:", "RS1 Fixed-sum loan agreement",
    ],
)  # fmt: skip
def test_a_witness_statement_has_the_parts_that_it_must_have(part: str) -> None:
    assert part in words(WITNESS)


def test_a_discontinuance_says_how_far_and_why() -> None:
    assert "Extent The whole claim Against All defendants Permission or consent Not needed" in words(N279)
    for field, given in (("part", "whole"), ("against", "against_all")):
        assert f"{field}: " in refused(N279, **{given: False})
    assert "permission: " in refused(N279, permission_needed=True)
    assert "paid_on" in refused(N279, paid_on=None)


def test_bounds_of_a_settlement_are_for_the_claimants_side_alone_and_within_what_is_owed() -> None:
    told = words(SUMMARY)
    assert "It is not for the court, the mediator or the other side" in told
    assert "Accept no less than £1,300.00" in told
    assert "must_be_within_what_is_owed" in refused(SUMMARY, best="1605.65")
    assert "must_be_within_what_is_owed" in refused(SUMMARY, least="1605.64", best="1605.63")


def test_the_index_says_what_stands_on_which_pages() -> None:
    assert "1 Particulars of claim 2 5 2 LEF1: Fixed-sum loan agreement 6 11 3 Statement of account 12 13" in words(
        INDEX
    )


@pytest.mark.parametrize("kind", [N1, N180])
def test_machines_are_told_all_that_the_page_says(kind: str) -> None:
    check_nothing_is_kept_from_machines(kind)


def test_elements_hold_exact_sums_and_answers_in_words() -> None:
    assert elements(N1)["Box of sums"] == {"court_fee": "115.00", "legal_costs": "0.00", "total_claimed": "1720.64"}
    assert elements(N180)["Hearing"]["on_paper"] == "No"
