"""The example portfolios: committed as their scripts make them, plainly fictional, and with something of everything."""

import csv
import importlib.util
import re
from collections import Counter
from pathlib import Path
from types import ModuleType
from zoneinfo import ZoneInfo

import phonenumbers
import pytest

from forbear.api.client_import import to_enrolment
from forbear.errors import BadData
from forbear.ledger.forms.enrolment import EnrolmentForm
from forbear.ledger.placing import jurisdictions
from forbear.rehearsal.lenders import BANK, ENGLISH
from forbear.rehearsal.portfolio import EXAMPLE, Loan, cut, personal_values, read, read_all


@pytest.fixture(scope="module")
def loans() -> list[Loan]:
    return read(EXAMPLE)


@pytest.fixture(scope="module")
def bank() -> list[Loan]:
    return [loan for loan in read_all() if loan.lender is BANK]


def script(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, EXAMPLE.with_name(f"{name}.py"))
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize(
    ("name", "file", "encoding"),
    [
        ("make_portfolio", EXAMPLE, "utf-8"),
        ("make_portfolio_cn", BANK.export, "gb18030"),
        ("make_portfolio_gb", ENGLISH.export, "utf-8"),
    ],
)
def test_the_committed_file_is_what_the_script_makes(name: str, file: Path, encoding: str) -> None:
    maker = script(name)
    with file.open(encoding=encoding, newline="") as lines:
        committed = list(csv.DictReader(lines))
    made = [{column: row.get(column, "") for column in maker.COLUMNS} for row in maker.make()]
    assert committed == made


def test_every_row_can_be_enrolled() -> None:
    for loan in read_all():
        form = EnrolmentForm.model_validate(to_enrolment(loan.row, loan.lender.country))
        assert [(party.role, _countries(jurisdictions(party))) for party in form.parties] == [
            (party.role, party.countries(loan.lender.country)) for party in loan.parties
        ]


def _countries(packs: list[str]) -> list[str]:
    return list(dict.fromkeys(pack.split("-")[0] for pack in packs))


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


def test_the_banks_people_are_plainly_made_up(bank: list[Loan]) -> None:
    parties = [party for loan in bank for party in loan.parties]
    phones = {party.phone for party in parties}
    assert len([phone for phone in phones if not re.fullmatch(r"\+861990000\d{4}", phone)]) == 1
    assert all(phonenumbers.is_valid_number(phonenumbers.parse(phone)) for phone in phones)
    names = {party.cell("name") for party in parties if party.label not in shared()}
    assert all(re.fullmatch(r"[甲乙丙丁戊己庚辛壬癸][一二三四五六七八九十]", name) for name in names)
    numbers = {party.cell("identity_number") for party in parties} - {""}
    assert all(re.fullmatch(r"0{6}\d{11}X", number) for number in numbers)


def shared() -> set[str]:
    """The labels of people who owe to both lenders."""
    lenders: dict[str, set[str]] = {}
    for loan in read_all():
        lenders.setdefault(loan.person, set()).add(loan.lender.name)
    return {label for label, names in lenders.items() if len(names) == 2}


def test_the_bank_has_something_of_everything(bank: list[Loan]) -> None:
    assert len(bank) == 60
    assert {loan.row["currency"] for loan in bank} == {"CNY"}
    assert {loan.row["language"] for loan in bank} == {"zh-Hans", "en"}
    assert len({loan.row["state"] for loan in bank}) >= 8
    assert any(loan.zones == ["Asia/Urumqi"] for loan in bank)
    assert {tuple(loan.borrower.countries("CN")) for loan in bank} == {("CN",), ("CN", "US"), ("CN", "SG")}
    roles = Counter(party.role for loan in bank for party in loan.parties)
    assert roles.keys() == {"borrower", "guarantor", "counter_guarantor", "contact"}
    assert len(shared()) == 3
    owing = {loan.person for loan in bank}
    assert any(party.label in owing for loan in bank for party in loan.parties[1:])
    for column in ("address_zone", "sms_consent_at", "balance_as_of"):
        assert any(not loan.row[column] for loan in bank), column
    for column in ("opt_out_sms_at", "prior_contacts"):
        assert any(loan.row[column] for loan in bank), column


def test_a_file_is_cut_in_the_bytes_it_came_in(bank: list[Loan], tmp_path: Path) -> None:
    (tmp_path / "some.csv").write_bytes(cut(bank[3:6]))
    assert [loan.row for loan in read(tmp_path / "some.csv", lender=BANK)] == [loan.row for loan in bank[3:6]]
    assert BANK.export.read_bytes().startswith("借据号".encode("gb18030"))


def test_the_english_lenders_people_are_plainly_made_up() -> None:
    english = [loan for loan in read_all() if loan.lender is ENGLISH]
    assert len(english) == 30
    assert {loan.row["currency"] for loan in english} == {"GBP"}
    assert all(re.fullmatch(r"\+447700900\d{3}", loan.phone) for loan in english)
    assert all(loan.row["postal_code"].startswith("ZZ99 ") for loan in english)
    assert all(re.search(r"@example\.(com|org|net)$", loan.row["email"]) for loan in english)
    assert all(loan.borrower.countries("GB") == ["GB"] for loan in english)
    assert {loan.row["language"] for loan in english} == {"en", "en-GB"}
    for column in ("sms_consent_at", "opt_out_sms_at", "prior_contacts"):
        assert {bool(loan.row[column]) for loan in english} == {True, False}, column


def test_a_limit_is_shared_out_over_all_lenders() -> None:
    assert Counter(loan.lender.country for loan in read_all(16)) == {"US": 9, "CN": 5, "GB": 2}
    assert Counter(loan.lender.country for loan in read_all(6)) == {"US": 4, "CN": 2}


def test_one_person_has_one_phone_and_one_label(loans: list[Loan]) -> None:
    assert len({loan.person for loan in loans}) == len({loan.phone for loan in loans}) == 120


def test_what_is_personal_is_listed_whole_and_in_parts(loans: list[Loan]) -> None:
    values = set(personal_values(loans[:1]))
    row = loans[0].row
    assert {row["borrower_name"], row["borrower_birth_date"], row["email"], row["loan_number"], row["phone"]} <= values
    assert set(row["borrower_name"].split()) <= values
    assert row["phone"].removeprefix("+1") in values


def test_what_is_personal_of_those_who_answer_for_a_loan_is_listed_too(bank: list[Loan]) -> None:
    loan = next(loan for loan in bank if len(loan.parties) == 3)
    values = set(personal_values([loan]))
    for party in loan.parties:
        assert {party.cell("name"), party.phone, party.phone.removeprefix("+86"), party.birth_date} <= values
        assert party.cell("identity_number") in values


def test_a_file_without_rows_is_refused(tmp_path: Path) -> None:
    empty = tmp_path / "empty.csv"
    empty.write_text("loan_number\n", encoding="utf-8")
    with pytest.raises(BadData, match="holds no account"):
        read(empty)
