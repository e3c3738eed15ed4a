"""The papers of England and Wales: what each must say, which days it may name, and that no prescribed word is invented."""

import hashlib
import io
import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader

from forbear.documents.checking import folded
from forbear.documents.presses import Presses
from forbear.documents.registry import FOLDER, find_kind
from forbear.documents.samples import READERS, sample
from forbear.documents.wording import word_letter
from forbear.money.legal_dates import default_notice_gb, letter_of_claim_gb
from forbear.ports.papers import Paper, Unprintable

KINDS = (
    "gb.notice.arrears",
    "gb.notice.default",
    "gb.letter.claim",
    "gb.sheet.information",
    "gb.form.reply",
    "gb.form.standard_financial_statement",
)
EVERYWHERE = ("receipt-payment", "promise-confirmation", "plan-schedule", "settlement", "release", "paid-in-full")
ROOT = FOLDER.parents[1]


def paper(kind: str, **fields: Any) -> Paper:
    base = sample(find_kind(kind))
    return replace(base, fields={**base.fields, **fields})


def text_of(pdf: bytes) -> str:
    return folded("".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages))


@pytest.mark.parametrize("kind", KINDS)
def test_its_sample_renders_and_is_a_draft_while_prescribed_words_are_missing(kind: str, presses: Presses) -> None:
    rendered = presses.render(sample(find_kind(kind)))
    said = text_of(rendered.pdf)
    assert rendered.draft
    assert folded("DRAFT") in said
    assert folded("Private and confidential") in said


@pytest.mark.parametrize("kind", KINDS)
def test_no_prescribed_word_stands_in_a_slot_that_nobody_read(kind: str) -> None:
    slots = find_kind(kind).slots
    assert slots
    told = tomllib.loads((FOLDER / find_kind(kind).folder / "wording.toml").read_text("utf-8"))["slot"]
    for name, slot in slots.items():
        assert slot.source
        assert told[name]["read"] is False
        assert not slot.text


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_official_is_claimed_and_nobody_has_accepted_it_yet(kind: str) -> None:
    found = find_kind(kind)
    assert (found.jurisdiction, found.version, found.reviewer) == ("GB-EAW", 1, "")
    assert found.legal_basis
    assert all(":" in each or each.endswith("[M]") for each in found.legal_basis)


def test_the_arrears_are_shown_as_they_came_about(presses: Presses) -> None:
    said = text_of(presses.render(sample(find_kind("gb.notice.arrears"))).pdf)
    for words in ("£512.00", "£250.00", "LEF-2024-0815", "We received a payment", "moneyhelper.org.uk"):
        assert folded(words) in said


def test_a_default_notice_names_the_day_that_the_law_reckons(presses: Presses) -> None:
    base = sample(find_kind("gb.notice.default"))
    found = default_notice_gb(base.day, 2, frozenset())
    assert base.fields["deemed_service"] == found.deemed_service
    assert base.fields["remedy_by"] == found.recommended_date
    assert folded("Before 10 December 2026") in text_of(presses.render(base).pdf)


@pytest.mark.parametrize(
    ("kind", "field", "given"),
    [
        ("gb.notice.default", "remedy_by", date(2026, 12, 9)),
        ("gb.notice.default", "deemed_service", date(2026, 11, 24)),
        ("gb.notice.default", "posted_on", date(2026, 11, 20)),
        ("gb.notice.default", "posted_on", date(2026, 11, 27)),
        ("gb.letter.claim", "reply_by", date(2026, 12, 22)),
        ("gb.letter.claim", "claim_from", date(2026, 12, 23)),
        ("gb.letter.claim", "reply_by", date(2027, 1, 5)),
        ("gb.form.reply", "reply_by", date(2026, 12, 22)),
    ],
)
def test_a_day_that_is_too_early_refuses_the_paper(kind: str, field: str, given: date) -> None:
    """Also where another day moved: a notice posted later, a later reply, move what follows from them."""
    with pytest.raises(Unprintable, match="is earlier than the law lets it be") as refused:
        word_letter(paper(kind, **{field: given}))
    assert refused.value.code == "fields.given"


@pytest.mark.parametrize("kind", ["gb.notice.default", "gb.letter.claim", "gb.form.reply", "us.notice.validation"])
def test_who_gives_no_day_of_law_is_given_it(kind: str) -> None:
    base = sample(find_kind(kind))
    days = ("posted_on", "deemed_service", "remedy_by", "reply_by", "claim_from", "period_end")
    without = {name: value for name, value in base.fields.items() if name not in days}
    assert without.keys() < base.fields.keys()
    assert word_letter(replace(base, fields=without)).html == word_letter(base).html


def test_what_is_no_day_is_told_and_not_replaced() -> None:
    with pytest.raises(Unprintable, match="remedy_by") as refused:
        word_letter(paper("gb.notice.default", remedy_by="soon"))
    assert refused.value.code == "fields.given"


def test_around_christmas_a_default_notice_takes_longer() -> None:
    late = replace(sample(find_kind("gb.notice.default")), day=date(2026, 12, 24))
    days = {"posted_on": date(2026, 12, 24), "deemed_service": date(2026, 12, 30), "remedy_by": date(2027, 1, 14)}
    assert word_letter(replace(late, fields={**late.fields, **days})).draft
    with pytest.raises(Unprintable, match="2027-01-14"):
        word_letter(replace(late, fields={**late.fields, **days, "remedy_by": date(2027, 1, 13)}))


def test_a_later_day_is_the_readers_gain() -> None:
    later = letter_of_claim_gb(date(2026, 11, 23)).reply_by + timedelta(days=20)
    assert word_letter(paper("gb.letter.claim", reply_by=later, claim_from=later + timedelta(days=1))).draft


def test_prescribed_statements_are_printed_in_a_bold_face_and_nothing_else_is(tmp_path: Path) -> None:
    """In a face of its own: the file would hold no bold font, were the regular one thickened."""
    letters = tmp_path / "letters"
    shutil.copytree(FOLDER, letters)
    bold = _fonts(letters, tmp_path, prominent=True)
    assert (bold["fonts"], bold["draft"]) == (["Forbear-Sans", "Forbear-Serif", "Noto-Serif-Bold"], False)
    plain = _fonts(letters, tmp_path, prominent=False)
    assert (plain["fonts"], plain["draft"]) == (["Forbear-Sans", "Forbear-Serif"], False)


def _fonts(letters: Path, home: Path, *, prominent: bool) -> dict[str, Any]:
    """The fonts of a default notice whose slots are filled, with and without those that must stand out."""
    path = letters / "gb-notice-default" / "wording.toml"
    words = "Words that a test puts in."
    locked = f'read = true\ntext = {{ en = "{words}" }}\n'
    locked += f'sha256 = {{ en = "{hashlib.sha256(words.encode()).hexdigest()}" }}'
    path.write_text(path.read_text("utf-8").replace("read = false", locked), "utf-8")
    page = letters / "gb-notice-default" / "en.html"
    if not prominent:
        page.write_text(page.read_text("utf-8").replace('class="prominent"', ""), "utf-8")
    folder = home / str(prominent)
    folder.mkdir()
    asked = [sys.executable, str(Path(__file__).with_name("filled_slots.py")), "gb.notice.default"]
    made = subprocess.run(
        [*asked, str(letters), str(folder)], cwd=ROOT, env=_environment(), capture_output=True, text=True, check=True
    )
    return json.loads(made.stdout)


def _environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(ROOT)}


@pytest.mark.parametrize("kind", KINDS)
def test_no_word_is_set_in_block_capitals(kind: str) -> None:
    """They are no means of prominence; what is short is an abbreviation."""
    source = (FOLDER / find_kind(kind).folder / "en.html").read_text("utf-8")
    seen = re.sub(r"\{[{%].*?[%}]\}|<[^>]*>", " ", source, flags=re.DOTALL)
    assert not re.findall(r"\b[A-Z]{4,}\b", seen)


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        (
            {
                "agreement_form": "oral",
                "oral_who": "J. Sample",
                "oral_words": "I lend you it",
                "oral_where": "by phone",
            },
            ["An oral agreement", "by phone", "J. Sample", "I lend you it"],
        ),
        (
            {"assigned": True, "first_creditor": "Another Example Ltd", "assigned_on": date(2026, 1, 5)},
            ["was assigned to", "Another Example Ltd", "5 January 2026"],
        ),
        ({"interest_continues": True, "interest_rate": "6.6"}, ["Interest still runs, at 6.6% a year"]),
        ({"charges_continue": True, "charges_which": "a letter fee"}, ["Further charges may be added: a letter fee"]),
    ],
)
def test_a_letter_of_claim_says_what_the_protocol_asks_for(fields: dict[str, Any], said: list[str]) -> None:
    html = folded(re.sub(r"<[^>]*>", "", word_letter(paper("gb.letter.claim", **fields)).html))
    for words in said:
        assert folded(words) in html
    for words in ("Statement of account", "Reply Form", "Information Sheet", "Standard Financial Statement"):
        assert folded(words) in html


def test_a_letter_of_claim_without_what_it_needs_is_refused_by_name() -> None:
    with pytest.raises(Unprintable, match="oral_words") as refused:
        word_letter(paper("gb.letter.claim", agreement_form="oral"))
    assert refused.value.code == "fields.given"


def test_its_statement_leads_to_what_it_claims(presses: Presses) -> None:
    base = sample(find_kind("gb.letter.claim"))
    assert base.statement is not None
    assert base.statement.total == base.total
    assert base.statement.lines[-1].balance == base.total
    assert folded(f"£{base.total}") in text_of(presses.render(base).pdf)


@pytest.mark.parametrize("kind", EVERYWHERE)
def test_a_paper_for_everywhere_is_british_to_a_british_reader(kind: str, presses: Presses) -> None:
    """In British words and marked as letters there must be, whether the reader's language is told as English or theirs."""
    base = sample(find_kind(kind), "en")
    marked = replace(base, to=READERS["GB"], currency="GBP", disclosures=("private_and_confidential",))
    rendered = presses.render(marked)
    said = text_of(rendered.pdf)
    assert folded("Private and confidential") in said
    assert "$" not in said
    assert not re.search(r"counselor|routingnumber:|taxes", said)
    assert presses.render(replace(marked, language="en-GB")).sha256 == rendered.sha256
    assert folded("Private and confidential") not in text_of(presses.render(base).pdf)
