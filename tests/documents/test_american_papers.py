"""The American papers: what each must say, that its sums and days are right, and that no prescribed word is invented."""

import hashlib
import json
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from forbear.calendars import near
from forbear.documents.checking import folded
from forbear.documents.presses import Presses
from forbear.documents.registry import FOLDER, find_kind
from forbear.documents.samples import sample
from forbear.documents.wording import word_letter
from forbear.money.legal_dates import validation_period_us
from forbear.money.statements import Booked, of_entries
from forbear.ports.papers import Figure, Paper, Unprintable
from forbear.ports.post import PostAddress
from tests.documents.in_english import EVERYWHERE, pages_of, paper, said

VALIDATION = "us.notice.validation"
COLLECTORS = ("us.letter.final_demand", "us.notice.intent", "us.statement.account", "us.confirmation.plan")
KINDS = (VALIDATION, "us.notice.right_to_cure", *COLLECTORS)
UNREAD = {"dispute_form", "ask_original", "stop_original", "federal_rights"}
ROOT = FOLDER.parents[1]
LONG = PostAddress(
    "Maximiliana Alexandrina Featherstonehaugh-Example",
    ("12345 Extraordinarily Long Sample Boulevard", "Building 7, Apartment 1204B"),
    "South San Specimen Heights", "US", "CA", "94080-0001",
)  # fmt: skip


def english(kind: str, **changes: Any) -> Paper:
    base = sample(find_kind(kind), "en")
    return replace(base, fields={**base.fields, **changes.pop("fields", {})}, **changes)


def told(kind: str) -> Mapping[str, Any]:
    return tomllib.loads((FOLDER / find_kind(kind).folder / "wording.toml").read_text("utf-8"))["slot"]


# ── The validation notice ───────────────────────────────────────────────────────────────────────────────────────────


def test_words_stand_in_a_slot_only_if_they_were_read_and_are_locked() -> None:
    slots = told(VALIDATION)
    assert {name for name, slot in slots.items() if "text" not in slot} == UNREAD
    for name, slot in slots.items():
        assert slot["read"] is (name not in UNREAD), name
        assert "Form B-1" in slot["source"]
        if "text" in slot:
            assert hashlib.sha256(slot["text"]["en"].encode()).hexdigest() == slot["sha256"]["en"]


def test_it_says_what_the_reference_quotes_of_the_form_sign_for_sign() -> None:
    words = said(paper(VALIDATION))
    opening = (
        "Harbor Example Recovery LLC is a debt collector. We are trying to collect a debt that you owe to "
        "Example Funding II LLC. We will use any information you give us to help collect the debt."
    )
    for quoted in (
        opening,
        "Our information shows:",
        "As of August 31, 2026, you owed: $2,234.56",
        "You were charged this amount in interest: + $75.00",
        "You were charged this amount in fees: + $25.00",
        "Total amount of the debt now: $2,284.56",
        "How can you dispute the debt?",
        "What else can you do?",
        "How do you want to respond?",
        "I want to dispute the debt because I think:",
        "This is not my debt.",
        "The amount is wrong.",
        "I want you to send me the name and address of the original creditor.",
    ):
        assert quoted in words, quoted


def test_it_is_a_draft_and_may_not_leave_while_words_of_the_form_are_missing(presses: Presses) -> None:
    rendered = presses.render(paper(VALIDATION))
    assert rendered.draft
    assert all("DRAFT" in page for page in pages_of(rendered.pdf))
    with pytest.raises(Unprintable) as refused:
        presses.render(replace(paper(VALIDATION), leaves=True))
    assert refused.value.code == "draft.leaves"
    assert "lacks prescribed words" in refused.value.sentence


@pytest.mark.parametrize("day", [date(2026, 11, 23), date(2026, 12, 21), date(2027, 5, 28), date(2027, 7, 2)])
def test_the_last_day_of_its_period_is_reckoned_and_an_earlier_one_refused(day: date) -> None:
    end = validation_period_us(day, near("US-federal", day).days).period_end
    right = english(VALIDATION, day=day, fields={"period_end": end})
    assert said(right).count(f"{end:%B} {end.day}, {end.year}") == 3
    with pytest.raises(Unprintable, match="earlier than the law"):
        word_letter(english(VALIDATION, day=day, fields={"period_end": end - timedelta(days=1)}))


@pytest.mark.parametrize("field", ["owed_then", "interest_since", "fees_since", "credits_since"])
def test_an_itemization_that_does_not_lead_to_what_is_owed_is_refused(field: str) -> None:
    with pytest.raises(Unprintable, match="itemization_does_not_add_up"):
        word_letter(paper(VALIDATION, **{field: "75.01"}))


def test_lines_of_nothing_are_printed_as_zero() -> None:
    figures = (Figure("principal", Decimal("2234.56")),)
    nothing = dict.fromkeys(("interest_since", "fees_since", "credits_since"), "0.00")
    words = said(english(VALIDATION, figures=figures, fields=nothing))
    assert words.count("$0.00") == 3


@pytest.mark.parametrize("duty", ["licence_number", "language_services", "mini_miranda", "from_debt_collector"])
def test_what_the_packs_ask_of_a_first_letter_stands_in_it(duty: str) -> None:
    words = said(replace(paper(VALIDATION), disclosures=(duty,)))
    assert {
        "licence_number": "License: New York City Department of Consumer and Worker Protection 0000000-DCA",
        "language_services": "Services in languages other than English: Spanish",
        "mini_miranda": "We will use any information you give us to help collect the debt.",
        "from_debt_collector": "is a debt collector.",
    }[duty] in words


def test_a_balance_that_grows_is_said_to_grow_where_the_permit_asks_for_it() -> None:
    assert "may be more than the total in this notice" in said(
        replace(paper(VALIDATION), disclosures=("balance_may_grow",))
    )
    with pytest.raises(Unprintable, match="growing_must_be_yes"):
        word_letter(replace(paper(VALIDATION, growing=False), disclosures=("balance_may_grow",)))


@pytest.mark.parametrize("duty", ["time_barred_notice", "work_call_rights"])
def test_words_that_nobody_has_read_refuse_it_where_a_permit_asks_for_them(duty: str) -> None:
    with pytest.raises(Unprintable) as refused:
        word_letter(replace(paper(VALIDATION), disclosures=(duty,)))
    assert refused.value.code == "words.owed"


def test_with_its_words_filled_in_it_is_final_and_the_whole_form_stands_on_its_first_page(tmp_path: Path) -> None:
    """The fillings are a test's own and as long as the form's."""
    letters = tmp_path / "letters"
    shutil.copytree(FOLDER, letters)
    wording = letters / find_kind(VALIDATION).folder / "wording.toml"
    text = wording.read_text("utf-8")
    for name in UNREAD:
        filling = ("Ww " * {"federal_rights": 48, "ask_original": 33}.get(name, 20)).strip()
        digest = hashlib.sha256(filling.encode()).hexdigest()
        text, changed = re.subn(
            rf"(\[slot\.{name}\]\n[^\[]*?)read = false\n",
            rf'\1read = true\ntext = {{ en = "{filling}" }}\nsha256 = {{ en = "{digest}" }}\n',
            text,
        )
        assert changed == 1
    wording.write_text(text, "utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "tests.documents.filled_slots", VALIDATION, str(letters), str(tmp_path)],
        cwd=ROOT, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    told = json.loads(done.stdout.splitlines()[-1])
    assert told["draft"] is False
    assert told["pages"] == 2  # the form, and what states and cities ask for


def test_its_form_to_send_back_stands_on_the_first_page_below_both_columns(presses: Presses) -> None:
    pages = pages_of(presses.render(paper(VALIDATION)).pdf)
    assert len(pages) == 2
    assert folded("How do you want to respond?") in pages[0]
    assert folded("Disclosures under state and local law") in pages[1]


# ── The others ──────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("kind", KINDS)
def test_each_names_its_law_honestly_and_nobody_has_accepted_it(kind: str) -> None:
    found = find_kind(kind)
    assert found.reviewer == ""
    assert found.legal_basis
    assert all(each.endswith("[M]") or ":" in each or "," in each for each in found.legal_basis)
    assert found.languages == ("en",)
    assert found.approval == {"us.notice.intent": "lawyer", "us.notice.right_to_cure": "supervisor"}.get(
        kind, "operator"
    )


@pytest.mark.parametrize("kind", KINDS[1:])
def test_each_tells_a_frightened_reader_what_to_do_how_to_disagree_and_where_help_is(kind: str) -> None:
    words = said(paper(kind))
    assert "cannot pay" in words or "want to pay, or cannot" in words
    assert any(each in words for each in ("do not owe this", "think this is wrong", "something is not right"))
    assert "211" in words
    assert "(212) 555-0100" in words


@pytest.mark.parametrize("kind", COLLECTORS)
def test_a_collectors_paper_says_so_and_a_creditors_does_not(kind: str) -> None:
    own = replace(paper(kind, own_debt=True), disclosures=())
    assert "debt collector" not in said(own)
    others = paper(kind, own_debt=False, current_creditor="Example Funding II LLC")
    assert "from a debt collector." in said(others)
    assert "Example Funding II LLC" in said(others)
    with pytest.raises(Unprintable, match="own_debt_must_be_no"):
        word_letter(replace(own, disclosures=("from_debt_collector",)))


@pytest.mark.parametrize("kind", COLLECTORS)
@pytest.mark.parametrize(("duty", "field"), [("licence_number", "licence"), ("language_services", "languages")])
def test_what_a_permit_asks_for_is_printed_or_refuses_the_paper(kind: str, duty: str, field: str) -> None:
    asked = replace(paper(kind, **{field: "Sample value 0000000"}), disclosures=(duty,))
    assert "Sample value 0000000" in said(asked)
    with pytest.raises(Unprintable, match="asked_for"):
        word_letter(replace(paper(kind, **{field: None}), disclosures=(duty,)))


@pytest.mark.parametrize(
    ("kind", "field", "days", "whose"),
    [
        ("us.notice.right_to_cure", "cure_by", 15, "earlier than the law lets it be"),
        ("us.notice.intent", "cure_by", 10, "our own rule and no law's"),
        ("us.letter.final_demand", "answer_by", 10, "our own rule and no law's"),
        ("us.statement.account", "object_by", 10, "our own rule and no law's"),
    ],
)
def test_a_reader_has_days_to_answer_in_whenever_the_paper_is_made(
    kind: str, field: str, days: int, whose: str
) -> None:
    day = date(2027, 2, 20)
    given = english(kind, day=day, fields={field: day + timedelta(days=days)})
    assert f"{day + timedelta(days=days):%B}" in said(given)
    with pytest.raises(Unprintable, match=whose):
        word_letter(english(kind, day=day, fields={field: day + timedelta(days=days - 1)}))


@pytest.mark.parametrize(
    ("field", "value", "flaw"),
    [
        ("unpaid", "911.99", "unpaid_does_not_add_up"),
        ("charged", "29.99", "charged_does_not_add_up"),
        ("to_cure", "942.01", "to_cure_does_not_add_up"),
    ],
)
def test_a_cure_sum_that_its_parts_do_not_make_is_refused(field: str, value: str, flaw: str) -> None:
    with pytest.raises(Unprintable, match=flaw):
        word_letter(paper("us.notice.right_to_cure", **{field: value}))


def test_a_default_without_charges_is_cured_by_what_is_unpaid() -> None:
    words = said(paper("us.notice.right_to_cure", charges=None, charged=None, to_cure="912.00"))
    assert "Delinquency charge" not in words
    assert "Total payment to cure the default $912.00" in words


def test_no_case_is_announced_for_a_debt_whose_time_was_not_checked_or_without_a_sum() -> None:
    with pytest.raises(Unprintable, match="in_time_must_be_yes"):
        word_letter(paper("us.notice.intent", in_time=False))
    with pytest.raises(Unprintable, match="whole_is_missing"):
        word_letter(paper("us.notice.intent", whole=None))
    words = said(paper("us.notice.intent", intends="claim", whole=None))
    assert "No case has been started." in words


@pytest.mark.parametrize("next_step", ["legal_review", "attorney", "claim"])
def test_the_final_demand_says_what_is_meant_to_follow_and_nothing_else(next_step: str) -> None:
    words = said(paper("us.letter.final_demand", next=next_step, in_time="yes"))
    marks = {"legal_review": "Nothing has been decided yet", "attorney": "to an attorney", "claim": "a case in court"}
    assert [mark for mark in marks.values() if mark in words] == [marks[next_step]]


def test_the_statement_prints_every_line_and_ends_with_what_the_letter_says() -> None:
    given = paper("us.statement.account")
    assert given.statement is not None
    words = said(given)
    for line in given.statement.lines:
        assert f"{line.day:%B} {line.day.day}, {line.day.year}" in words
        assert f"${line.balance:,.2f}" in words
    assert f"Owed on November 22, 2026 ${given.total:,.2f}" in words


def test_a_statement_of_eighty_lines_heads_every_page_and_splits_no_line(presses: Presses) -> None:
    given = paper("us.statement.account")
    days = [date(2026, 1, 1) + timedelta(days=4 * each) for each in range(80)]
    entries = [Booked(day, "interest", str(day), "interest", Decimal("10.00")) for day in days]
    statement = of_entries("acc_1", "USD", entries, given.as_of)
    figures = (Figure("interest", statement.total),)
    pages = pages_of(presses.render(replace(given, statement=statement, figures=figures)).pdf)
    heads = sum(folded("Day What Added Taken off Balance") in page for page in pages)
    assert heads == len([page for page in pages if folded("Interest $10.00") in page]) >= 2
    assert "".join(pages).count(folded("Interest $10.00")) == len(statement.lines)


def payments(count: int) -> list[dict[str, str]]:
    return [{"day": str(date(2026, 12, 15) + timedelta(days=30 * each)), "amount": "30.00"} for each in range(count)]


@pytest.mark.parametrize("count", [1, 40])
def test_a_plan_of_forty_payments_prints_each_of_them_and_their_sum(count: int, presses: Presses) -> None:
    plan = paper("us.confirmation.plan", payments=payments(count), planned=f"{30 * count}.00")
    pages = pages_of(presses.render(plan).pdf)
    whole = "".join(pages)
    assert folded(f"All payments ${30 * count:,}.00") in whole
    assert whole.count(folded("$30.00")) >= count
    assert sum(folded("No. By, or on Amount") in page for page in pages) == (1 if count == 1 else 2)


def test_a_plan_whose_payments_do_not_make_its_sum_is_refused() -> None:
    with pytest.raises(Unprintable, match="planned: is not the sum of the payments"):
        word_letter(paper("us.confirmation.plan", planned="1200.01"))


def test_the_copy_of_an_authorization_stands_only_in_a_plan_that_is_paid_electronically() -> None:
    assert "Copy of your authorization" in said(paper("us.confirmation.plan"))
    by_check = paper("us.confirmation.plan", method="check", authorized_on=None, authorized_by=None, bank_account=None)
    assert "authoriz" not in said(by_check)
    with pytest.raises(Unprintable, match="bank_account"):
        word_letter(paper("us.confirmation.plan", bank_account=None))


@pytest.mark.parametrize("kind", [*KINDS, *EVERYWHERE])
def test_a_long_name_and_address_fit(kind: str, presses: Presses) -> None:
    pages = pages_of(presses.render(english(kind, to=LONG)).pdf)
    assert folded(LONG.name) in pages[0]
    assert kind != VALIDATION or folded("How do you want to respond?") in pages[0]


def test_a_name_that_the_window_cannot_show_is_refused_and_not_cut(presses: Presses) -> None:
    too_long = replace(LONG, name=f"{LONG.name} and {LONG.name}")
    with pytest.raises(Unprintable) as refused:
        presses.render(english("receipt-payment", to=too_long))
    assert refused.value.code == "window.address"
