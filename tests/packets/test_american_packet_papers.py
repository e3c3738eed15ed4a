"""The American papers of packets: what is true of all of them, what people swear to, lists, service and dismissal."""

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
    html,
    paper,
    refused,
    rows,
    words,
)

COMPLAINT, NEW_YORK, CALIFORNIA = "us.court.complaint", "us.ny.court.complaint", "us.ca.court.complaint"
COMPLAINTS: Final = (COMPLAINT, NEW_YORK, CALIFORNIA)
AFFIDAVIT, SCRA, CHAIN, SC100 = "us.affidavit.debt", "us.affidavit.scra", "us.chain_of_title", "us.ca.sc100_data"
AFFIRMATION, STATED, SERVICE = "us.ny.affirmation", "us.statement.account_stated", "us.proof_of_service"
SIGNED: Final = (
    *COMPLAINTS,
    AFFIDAVIT,
    SCRA,
    AFFIRMATION,
    STATED,
    SERVICE,
    "us.mediation.request",
    "us.court.dismissal",
)
UNSIGNED: Final = (
    CHAIN,
    SC100,
    "us.ny.court.notice_306d",
    "us.exhibit_list",
    "us.court.civil_cover",
    "us.packet.index",
)
KINDS: Final = (*SIGNED, *UNSIGNED)
DRAFTS: Final = frozenset({AFFIRMATION, "us.ny.court.notice_306d"})
"""Their prescribed words stand nowhere in our sources."""

BY_STATUTE: Final = "I declare under penalty of perjury that the foregoing is true and correct."
"""28 U.S.C. 1746(2) with the first of its verbs."""


# ── All of them ─────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("kind", KINDS)
def test_its_sample_is_a_finished_paper_that_nobody_has_accepted_yet(kind: str, press: Presses) -> None:
    check_finished(press, kind, sheet="court-letter", draft=kind in DRAFTS)


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
    told = words(kind, account_no="9911-2233-4455-6677")
    assert "6677" in told
    assert not any(part in told for part in ("9911", "2233", "4455"))


@pytest.mark.parametrize("kind", KINDS)
def test_both_sides_must_be_named_and_may_be_several(kind: str) -> None:
    for side in ("claimant_organisations", "respondent_persons"):
        who = side.partition("_")[0]
        assert f"{who}_persons_or_{who}_organisations_must_be_given" in refused(kind, **{side: None})
    second = {"name": "Sam Specimen", "domicile": "2 Sample Street, Troy, NY 12180"}
    assert "Sam Specimen" in words(kind, respondent_persons=[*rows(kind, "respondent_persons"), second])


# ── What people swear to ────────────────────────────────────────────────────────────────────────────────────────────


def test_nobody_signs_for_a_file_that_another_opened() -> None:
    log = [{**row, "who": "Robin Specimen"} for row in rows(AFFIDAVIT, "opened_log")]
    assert "opened_log_must_be_of_the_person_who_signs" in refused(AFFIDAVIT, opened_log=log)
    told = words(AFFIDAVIT)
    for part in ("Account ledger of the account", "November 20, 2026, 10:14 EST", "regularly conducted activity"):
        assert part in told


def test_a_declaration_has_the_words_of_the_statute_and_an_affidavit_a_place_for_the_notary() -> None:
    assert BY_STATUTE in words(AFFIDAVIT)
    notary = words(AFFIDAVIT, oath="notary", notary_state="New York")
    assert BY_STATUTE not in notary
    assert "For the notary, State of New York" in notary
    assert "notary_state" in refused(AFFIDAVIT, oath="notary")


@pytest.mark.parametrize(
    ("choice", "says"),
    [
        ("in_service", "The defendant is in military service."),
        ("not_in_service", "The defendant is not in military service."),
        ("unable_to_determine", "I am unable to determine whether the defendant is in military service."),
    ],
)
def test_one_of_three_statements_on_military_service_is_ticked_and_none_by_itself(choice: str, says: str) -> None:
    page = html(SCRA, service=choice)
    assert (page.count(TICKED), page.count(UNTICKED)) == (1, 2)
    ticked = page[page.index(TICKED) :]
    assert says in ticked[: ticked.index("</p>")]
    assert "'Military service: whoever signs chooses one' is missing" in refused(SCRA, service=None)
    assert "commits a crime" in page


def test_the_search_of_military_records_is_told_or_why_there_was_none() -> None:
    told = words(SCRA)
    assert (
        "searched by last name, first name and date of birth. Its certificate of November 20, 2026 is Exhibit H."
        in told
    )
    for field in ("dmdc_day", "dmdc_keys", "dmdc_exhibit"):
        assert field in refused(SCRA, **{field: None})
    assert "not_searched_why" in refused(SCRA, dmdc_searched=False)
    assert "about_must_be_one_of_the_respondents" in refused(SCRA, about="Somebody Else")


def test_an_account_is_stated_only_where_nobody_objected_and_its_lines_lead_to_its_balance() -> None:
    assert "objected_must_be_no" in refused(STATED, objected=True)
    assert "movements_do_not_lead_to_sum_total" in refused(STATED, movements=rows(STATED, "movements")[:-1])
    for part in ("Opening balance $2,520.00", "May 2, 2026", "Apt 4B, Brooklyn, NY 11201", "There are none."):
        assert part in words(STATED)


def test_each_sale_of_a_chain_has_its_line_and_its_file() -> None:
    told = words(CHAIN)
    for part in (
        "The account is line 1,204 of EB_2026-05-29_sale.csv (Exhibit E)",
        "line 318",
        "9f2c" * 16,
        "41ab" * 16,
    ):
        assert part in told
    assert "one_for_each_assignment" in refused(CHAIN, schedules=rows(CHAIN, "schedules")[:1])
    assert "must_be_the_first_seller" in refused(CHAIN, original_creditor="Another Bank")


# ── Lists, service, dismissal ───────────────────────────────────────────────────────────────────────────────────────


def test_a_proof_of_service_has_a_method_for_each_party_and_ticks_none() -> None:
    page, told = html(SERVICE), words(SERVICE)
    assert "Method asked for Personal delivery" in told
    assert "Method asked for Mail with notice and acknowledgment of receipt" in told
    assert (page.count(TICKED), page.count(UNTICKED)) == (0, 8)


def test_lists_say_what_stands_on_which_page() -> None:
    told = words("us.exhibit_list")
    assert "A Cardmember Agreement of May 14, 2021 May 14, 2021 ECU000001-000008 12-19 Casey Custodian" in told
    assert "1 Complaint 2 6 2 Affidavit of debt 7 9" in words("us.packet.index")


def test_a_notice_alone_dismisses_nothing_once_there_was_an_answer() -> None:
    assert "must_be_a_stipulation_once_answered" in refused("us.court.dismissal", form="notice", answered=True)
    told = words("us.court.dismissal", form="notice", answered=False)
    assert "gives notice that this action is dismissed as a whole" in told
    assert "For Defendant" not in told
    assert "paid_on" in refused("us.court.dismissal", paid_on=None)


def test_consent_to_confidentiality_is_the_claimants_own_answer() -> None:
    kind = "us.mediation.request"
    assert find_kind(kind).fields["confidential"].supplier == "claimant"
    for answer in (True, False):
        page = html(kind, confidential=answer)
        assert (page.count(TICKED), page.count(UNTICKED)) == (1, 1)
        assert (page.index(TICKED) < page.index(UNTICKED)) is answer


@pytest.mark.parametrize("kind", [NEW_YORK, CALIFORNIA, SC100, "us.court.civil_cover"])
def test_machines_are_told_all_that_the_page_says(kind: str) -> None:
    check_nothing_is_kept_from_machines(kind)
