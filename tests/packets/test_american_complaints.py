"""American complaints: every allegation that New York and California ask for, and what a small claims sheet holds."""

from typing import Any, Final

import pytest

from tests.packets.court_papers import elements, html, refused, rows, words

COMPLAINT, NEW_YORK, CALIFORNIA = "us.court.complaint", "us.ny.court.complaint", "us.ca.court.complaint"
COMPLAINTS: Final = (COMPLAINT, NEW_YORK, CALIFORNIA)
AFFIDAVIT, AFFIRMATION, SC100 = "us.affidavit.debt", "us.ny.affirmation", "us.ca.sc100_data"

ITEMIZED: Final = {
    "Principal": "sum_principal",
    "Finance charge or charges": "finance_charges",
    "Fees imposed by the original creditor": "creditor_fees",
    "Collection costs": "collection_costs",
    "Attorney’s fees": "attorney_fees",
    "Interest": "interest_asked",
    "Any other fees and charges": "other_fees",
}
"""The Act's seven lines, and the field of each."""
FAIR_CREDIT: Final = (
    "The original creditor is Example Credit Union.",
    (
        "The last four digits of the account number, as printed on the most recent monthly statement that records the last "
        "payment, are 0215"
    ),
    "The last payment on the account was made on August 20, 2025, in the amount of $120.00.",
    "The final statement of account is dated April 30, 2026.",
    "The cause of action accrued on September 16, 2025.",
    "The period of limitation is three years (CPLR 214-i) and its last day is September 15, 2028.",
    "A copy of the charge-off statement is attached as Exhibit B.",
)
FAIR_BUYING: Final = (
    "(a)(1) Plaintiff is a debt buyer.",
    (
        "(a)(2) The nature of the underlying debt is: A balance on a revolving credit card account. The consumer transaction "
        "from which it is derived is: Purchases of goods and services for household use with the card."
    ),
    "(a)(3) Plaintiff is the sole owner of the debt.",
    "(a)(4) The balance at charge-off on April 30, 2026",
    (
        "(a)(5) The debt has been in default since September 15, 2025. The last payment on the account was made on August "
        "20, 2025, in the amount of $120.00."
    ),
    (
        "(a)(6) The charge-off creditor at the time of charge-off was Example Bank, N.A., 5 Original Square, Wilmington, DE "
        "19801. Its account number for the debt ends in 0215."
    ),
    (
        "(a)(7) The name and last known address of the debtor as they stood in the records of the charge-off creditor are "
        "Jordan Example, 1200 Sample Street, Apt 4B, Oakland, CA 94607."
    ),
    (
        "(a)(8) All who bought the debt after charge-off, Plaintiff included, are: No. Name Address 1 Example Funding I LLC "
        "8 Middle Road, Dover, DE 19901 2 Example Credit Union 1 Example Plaza, New York, NY 10001"
    ),
    "(a)(9) Plaintiff has complied with Civil Code section 1788.52.",
)
OF_A_BUYER: Final = (
    "nature_of_debt",
    "transaction",
    "ownership",
    "after_interest",
    "after_fees",
    "after_credits",
    "after_explained",
    "charge_off_creditor",
    "charge_off_creditor_address",
    "debtor_name_then",
    "debtor_address_then",
    "purchasers",
    "complied",
)


# ── Complaints ──────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("kind", COMPLAINTS)
def test_a_complaint_has_its_caption_facts_counts_prayer_and_block_for_counsel(kind: str) -> None:
    told = words(kind)
    parts = (
        "Court", "v.", "Defendant.", "venue", "Cardmember Agreement", "default since September 15, 2025",
        "breach of contract", "account stated", "unjust enrichment", "Total $2,639.35", "$0.72 a day", "Dated", "Signature",
        "Alex Sample (Bar no. 0000000)", "20 Example Row", "+1 212 555 0111", "alex@counsel.example.com", "Verification",
    )  # fmt: skip
    for part in parts:
        assert part.casefold() in told.casefold(), part
    numbers = [int(each.partition(".")[0]) for each in html(kind).split('<p class="number">')[1:]]
    last = numbers.index(1, 1)
    assert numbers == [*range(1, last + 1), *range(1, len(numbers) - last + 1)]


@pytest.mark.parametrize("kind", COMPLAINTS)
def test_an_account_stated_is_pleaded_only_by_choice_and_then_with_its_final_statement(kind: str) -> None:
    told = words(kind, plead_account_stated=False, final_statement_on=None)
    assert "An account was thereby stated" not in told
    assert "final_statement_on" in refused(kind, final_statement_on=None)


@pytest.mark.parametrize("kind", COMPLAINTS)
def test_that_nothing_was_ever_paid_is_stated_and_never_supposed(kind: str) -> None:
    nothing = {"last_paid_on": None, "last_paid": None}
    assert "No payment was ever made on the account." in words(kind, never_paid=True, **nothing)
    assert "last_paid_must_be_given_or_never_paid" in refused(kind, never_paid=False, **nothing)


@pytest.mark.parametrize("kind", [COMPLAINT, NEW_YORK, AFFIDAVIT, CALIFORNIA])
def test_a_chain_must_be_given_without_a_gap_and_down_to_the_plaintiff(kind: str) -> None:
    bought = rows(CALIFORNIA, "assignments")
    told = words(kind, debt_buyer=True, assignments=bought)
    assert "Bill of Sale no. 12" in told
    assert "Bill of Sale no. 44" in told
    assert "assignments_must_be_given" in refused(kind, debt_buyer=True, assignments=None)
    assert "from_the_buyer_before" in refused(kind, debt_buyer=True, assignments=bought[::-1])
    assert "down_to_the_claimant" in refused(kind, debt_buyer=True, assignments=bought[:1])


# ── New York ────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("allegation", FAIR_CREDIT)
def test_every_allegation_of_the_consumer_credit_fairness_act_stands_in_it(allegation: str) -> None:
    assert allegation in words(NEW_YORK)


def test_a_name_that_ends_in_a_point_gets_no_second_one() -> None:
    assert "The original creditor is Example Bank, N.A. 6." in words(NEW_YORK, original_creditor="Example Bank, N.A.")


def test_the_contract_is_attached_where_it_is_not_the_charge_off_statement() -> None:
    told = words(NEW_YORK, attached="contract", agreement_exhibit="A")
    assert "A copy of the contract on which the action is based is attached as Exhibit A." in told


@pytest.mark.parametrize("recorded", ["a purchase", "the last payment", "a balance transfer"])
def test_the_statement_of_the_last_four_digits_is_one_of_the_three(recorded: str) -> None:
    told = words(NEW_YORK, statement_records=recorded.split(" ", 1)[1].replace(" ", "_"))
    assert f"most recent monthly statement that records {recorded}, are 0215" in told


def test_the_seven_lines_are_printed_in_their_order_those_of_nothing_too() -> None:
    told = words(NEW_YORK)
    table = told[told.index("Itemization") :]
    places = [table.index(f"{line} $") for line in ITEMIZED]
    assert places == sorted(places)
    for line, amount in zip(ITEMIZED, ("2,400.00", "164.35", "75.00", *["0.00"] * 4), strict=True):
        assert f"{line} ${amount}" in table


@pytest.mark.parametrize("field", ITEMIZED.values())
def test_no_line_is_supposed_to_be_nothing_or_may_differ_from_the_account(field: str) -> None:
    assert f"{field}: " in refused(NEW_YORK, **{field: None})
    assert "_must_be_" in (told := refused(NEW_YORK, **{field: "1.00"})) or "do_not_add_up" in told


@pytest.mark.parametrize("kind", [NEW_YORK, CALIFORNIA])
def test_no_complaint_is_made_once_the_period_is_over(kind: str) -> None:
    assert "limitation_ends_on_is_over" in refused(kind, limitation_ends_on="2026-11-21")
    assert "November 22, 2026" in words(kind, limitation_ends_on="2026-11-22")


@pytest.mark.parametrize(
    ("statement", "says", "also"),
    [
        ("facts_original_creditor", "Affirmation of facts by the original creditor", {}),
        ("facts_debt_buyer", "of the purchase of the account by the debt buyer", {"debt": True}),
        ("sale_original_creditor", "of the sale of the account by the original creditor", {"debt": True}),
        ("sale_debt_seller", "Example Funding I LLC sold the account to Example Credit Union", {"debt": True, "transfer": 2}),
        ("limitation", "has not expired", {"limitation_basis": "The first missed payment was due then.",
                                           "accrued_on": "2025-09-16", "limitation_ends_on": "2028-09-15"}),
    ],
)  # fmt: skip
def test_each_affirmation_of_a_default_judgment_says_what_it_is(
    statement: str, says: str, also: dict[str, Any]
) -> None:
    fields = dict(also)
    if fields.pop("debt", False):
        fields["assignments"] = rows(CALIFORNIA, "assignments")
    told = words(AFFIRMATION, statement=statement, **fields)
    assert says in told
    assert "Prescribed wording to be put in here" in told
    for name in fields:
        assert name.split("_")[0] in refused(AFFIRMATION, statement=statement, **{**fields, name: None})


def test_the_clerks_notice_has_what_the_clerk_needs_and_none_of_its_prescribed_words() -> None:
    told = words("us.ny.court.notice_306d")
    for part in (
        "Kings",
        "CV-000000-26/KI",
        "141 Fictional Street",
        "Original creditor Example Credit Union",
        "Brooklyn",
    ):
        assert part in told
    assert "Prescribed wording to be put in here" in told


# ── California ──────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("allegation", FAIR_BUYING)
def test_every_allegation_of_the_fair_debt_buying_practices_act_stands_in_it(allegation: str) -> None:
    assert allegation in words(CALIFORNIA)


def test_the_three_totals_are_separate_and_lead_to_what_is_owed() -> None:
    told = words(CALIFORNIA)
    for line in ("balance at charge-off $2,612.40", "interest after charge-off $26.95", "fees after charge-off $0.00"):
        assert line in told
    assert "charged_off_balance_and_what_came_after" in refused(CALIFORNIA, after_fees="1.00")


@pytest.mark.parametrize("field", OF_A_BUYER)
def test_a_debt_buyer_must_be_able_to_make_each_of_them(field: str) -> None:
    assert f"{field}: " in refused(CALIFORNIA, **{field: None})


def test_a_debt_buyer_who_did_not_comply_may_not_say_so() -> None:
    assert "complied_must_be_yes" in refused(CALIFORNIA, complied=False)


def test_an_original_creditor_alleges_none_of_the_nine() -> None:
    own = {**dict.fromkeys(OF_A_BUYER), "assignments": None, "original_creditor": "Example Credit Union"}
    told = words(CALIFORNIA, debt_buyer=False, **own)
    assert "is not a debt buyer" in told
    assert "(a)(" not in told
    assert "attached as Exhibit A." in told


def test_the_small_claims_sheet_has_the_ten_items_and_says_that_it_is_no_form() -> None:
    told = words(SC100)
    assert "It is not form SC-100 and cannot be filed in its place." in told
    assert "Items 6 to 10 are arranged from memory: compare" in told
    for item in (
        "Item 1",
        "Item 2",
        "Item 3",
        "(a) Why",
        "(b) When",
        "(c) How",
        "Item 4",
        "Item 5",
        "6:",
        "7:",
        "8:",
        "9:",
    ):
        assert item in told, item
    assert "10: claim over $2,500 Yes; more than two such claims this year: No" in told
    assert "over_2500_must_be_as_the_sum_is" in refused(SC100, over_2500=False)
    assert "not_asked_why" in refused(SC100, asked=False)


def test_elements_have_the_numbers_of_the_law_and_of_the_form() -> None:
    assert [each for each in elements(CALIFORNIA) if each.startswith("(")] == [f"({number})" for number in range(1, 10)]
    assert elements(CALIFORNIA)["(3)"] == {"ownership": "Sole owner", "authority_facts": None}
    small = elements(SC100)
    assert [each for each in small if each[0].isdigit()] == [
        "1",
        "2",
        "3",
        "3(a)",
        "3(b)",
        "3(c)",
        *map(str, range(4, 11)),
    ]
    assert small["10"] == {"over_2500": "Yes", "over_2500_twice": "No"}
    assert elements(NEW_YORK)["5"]["attorney_fees"] == "0.00"
