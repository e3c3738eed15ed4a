"""The example portfolio: committed as its script makes it, plainly fictional, and with something of everything."""

import csv
import importlib.util
import re
from collections import Counter
from pathlib import Path
from types import ModuleType
from zoneinfo import ZoneInfo

import pytest

from forbear.api.client_import import to_enrolment
from forbear.errors import BadData
from forbear.ledger.forms.enrolment import EnrolmentForm
from forbear.rehearsal.portfolio import EXAMPLE, Loan, personal_values, read

SCRIPT = EXAMPLE.with_name("make_portfolio.py")


@pytest.fixture(scope="module")
def loans() -> list[Loan]:
    return read(EXAMPLE)


@pytest.fixture(scope="module")
def script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("make_portfolio", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_committed_file_is_what_the_script_makes(script: ModuleType) -> None:
    with EXAMPLE.open(encoding="utf-8", newline="") as file:
        committed = list(csv.DictReader(file))
    made = [{column: row[column] for column in script.COLUMNS} for row in script.make()]
    assert committed == made


def test_every_row_can_be_enrolled(loans: list[Loan]) -> None:
    for loan in loans:
        EnrolmentForm.model_validate(to_enrolment(loan.row))


def test_numbers_and_addresses_are_those_kept_for_fiction(loans: list[Loan]) -> None:
    assert all(re.fullmatch(r"\+1[2-9]\d{2}55501\d{2}", loan.phone) for loan in loans)
    assert all(re.search(r"@example\.(com|org|net)$", loan.row["email"]) for loan in loans)


def test_it_has_something_of_everything(loans: list[Loan]) -> None:
    assert len(loans) >= 120
    assert len({loan.row["product"] for loan in loans}) >= 4
    assert max(Counter(loan.person for loan in loans).values()) == 3
    offsets = {ZoneInfo(zone) for loan in loans for zone in loan.zones}
    assert len(offsets) == 7
    assert sum(len(loan.zones) == 2 for loan in loans) >= 10
    for column in ("address_zone", "sms_consent_at", "balance_as_of"):
        assert any(not loan.row[column] for loan in loans), column
    for column in ("opt_out_sms_at", "prior_contacts"):
        assert any(loan.row[column] for loan in loans), column


def test_one_person_has_one_phone_and_one_label(loans: list[Loan]) -> None:
    assert len({loan.person for loan in loans}) == len({loan.phone for loan in loans}) == 120


def test_what_is_personal_is_listed_whole_and_in_parts(loans: list[Loan]) -> None:
    values = set(personal_values(loans[:1]))
    row = loans[0].row
    assert {row["borrower_name"], row["borrower_birth_date"], row["email"], row["loan_number"], row["phone"]} <= values
    assert set(row["borrower_name"].split()) <= values
    assert row["phone"].removeprefix("+1") in values


def test_a_file_without_rows_is_refused(tmp_path: Path) -> None:
    empty = tmp_path / "empty.csv"
    empty.write_text("loan_number\n", encoding="utf-8")
    with pytest.raises(BadData, match="holds no account"):
        read(empty)
