"""`forbear import`: a servicing export becomes accounts, each refused row gets an answer, and running it again is safe."""

import csv
import io
from pathlib import Path

import httpx
import pytest
from rich.console import Console

from forbear.api import client_import, import_rows
from forbear.api.import_columns import OPTIONAL, REQUIRED, canonical, columns_table
from forbear.api.import_places import column_of
from forbear.api.import_rows import to_enrolment
from forbear.api.imports.records import Reading
from forbear.errors import BadInput
from forbear.ledger.admin import add_key
from forbear.ledger.forms.enrolment import EnrolmentForm
from forbear.ledger.placing import jurisdictions
from tests.api.house import Client, House

PORTFOLIO = Path(__file__).parents[2] / "examples" / "portfolio.csv"
GOOD = {
    "loan_number": "IM-1",
    "product": "Auto Loan",
    "debt_kind": "other",
    "playbook": "us-first-party",
    "currency": "USD",
    "due_since": "2026-02-20",
    "principal": "250.00",
    "interest": "1.50",
    "fees": "",
    "balance_as_of": "2026-03-02T09:00:00Z",
    "borrower_name": "Zebediah Quux",
    "borrower_birth_date": "1931-05-06",
    "language": "en",
    "phone": "(312) 555-0142",
    "phone_type": "mobile",
    "phone_zone": "America/Chicago",
    "email": "z.quux@example.com",
    "address_line1": "1 Example Street",
    "city": "Sampleville",
    "state": "IL",
    "postal_code": "60601",
    "address_zone": "America/Chicago",
    "sms_consent_at": "2025-01-05T10:00:00Z",
    "sms_consent_how": "loan agreement",
    "sms_consent_given_to": "Example Lender",
    "opt_out_sms_at": "",
    "prior_contacts": "2026-02-20T18:13:00Z|sms|delivered;2026-02-24T16:52:00Z|letter|delivered",
}


def _file(folder: Path, *changes: dict[str, str]) -> Path:
    path = folder / "export.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, [*REQUIRED, *OPTIONAL])
        writer.writeheader()
        writer.writerows({**GOOD, **change} for change in changes)
    return path


def _run(house: House, client: Client, file: Path) -> tuple[int, str]:
    out = io.StringIO()
    console = Console(file=out, width=400, force_terminal=False, color_system=None)
    return client_import.run(file, house.base_url, client.key, console), out.getvalue()


def test_the_shipped_portfolio_is_read_whole() -> None:
    reading = Reading([PORTFOLIO.read_bytes()], format=None, encoding=None)
    read = [EnrolmentForm.model_validate(to_enrolment(record.cells)) for record in reading]
    assert len(read) >= 120
    assert len({form.external_id for form in read}) == len(read)


def test_a_row_becomes_an_enrolment() -> None:
    form = EnrolmentForm.model_validate(to_enrolment(GOOD))
    party = form.parties[0]
    assert [point.kind for point in party.contact_points] == ["phone", "email", "postal"]
    assert (party.contact_points[0].value, party.contact_points[0].place) == ("+13125550142", "mobile")
    assert (party.consents[0].channel, party.consents[0].contact_point) == ("sms", 0)
    assert [(contact.channel, contact.contact_point) for contact in party.contacts] == [("sms", 0), ("letter", 2)]
    assert jurisdictions(party)[0] == "US"
    assert form.balance.components.fee == "0"


def test_empty_cells_mean_not_known() -> None:
    row = {column: GOOD[column] if column in REQUIRED else "" for column in GOOD}
    form = EnrolmentForm.model_validate(to_enrolment(row))
    party = form.parties[0]
    assert form.balance.as_of is None
    assert (party.contact_points, party.consents, party.contacts, party.birth_date) == ([], [], [], None)
    opted = to_enrolment({**row, "opt_out_sms_at": "2026-01-01T00:00:00Z"})["parties"][0]["opt_outs"]
    assert [(each["scope"], each["channel"]) for each in opted] == [("channel", "sms")]


def test_circumstances_are_words_with_blanks_between() -> None:
    row = {
        **{column: cell for column, cell in GOOD.items() if column != "interest"},
        "circumstances": "time_barred oral_contract",
        "borrower_circumstances": "vulnerable、employer_forbids",
        "contact_name": "Ophelia Quux",
        "contact_circumstances": " contact_from_phone_book ",
    }
    form = EnrolmentForm.model_validate(to_enrolment(row))
    assert form.circumstances == ["oral_contract", "time_barred"]
    assert [(party.role, party.circumstances) for party in form.parties] == [
        ("borrower", ["employer_forbids", "vulnerable"]),
        ("contact", ["contact_from_phone_book"]),
    ]
    bare = EnrolmentForm.model_validate(to_enrolment(GOOD))
    assert (bare.circumstances, bare.parties[0].circumstances) == ([], [])
    assert column_of("/circumstances/1", row) == "circumstances"
    assert column_of("/parties/0/circumstances/0", row) == "borrower_circumstances"
    assert column_of("/parties/1/circumstances/0", row) == "contact_circumstances"


def test_circumstances_have_chinese_headers() -> None:
    named = {
        "债务情形": "circumstances",
        "个人情形": "borrower_circumstances",
        "借款人个人情形": "borrower_circumstances",
    }
    named["担保人2个人情形"] = "guarantor_2_circumstances"
    assert {header: canonical(header) for header in named} == named


@pytest.mark.parametrize(
    ("change", "column"),
    [
        ({"phone": "555"}, "phone"),
        ({"phone_type": "fax"}, "phone_type"),
        ({"due_since": "20/02/2026"}, "due_since"),
        ({"balance_as_of": "2026-03-02 09:00"}, "balance_as_of"),
        ({"prior_contacts": "yesterday"}, "prior_contacts"),
        ({"prior_contacts": "2026-02-20|sms|delivered"}, "prior_contacts"),
    ],
)
def test_a_cell_that_cannot_be_read_names_its_column(change: dict[str, str], column: str) -> None:
    with pytest.raises(BadInput) as caught:
        to_enrolment({**GOOD, **change})
    assert caught.value.field == column
    assert not any(value in str(caught.value) for value in change.values())


@pytest.mark.parametrize(
    ("pointer", "column"),
    [
        ("/external_id", "loan_number"),
        ("/balance/components/fee", "fees"),
        ("/balance/as_of", "balance_as_of"),
        ("/balance/components", "principal"),
        ("/parties/0/name", "borrower_name"),
        ("/parties/0/birth_date", "borrower_birth_date"),
        ("/parties/0/contact_points/0/value", "phone"),
        ("/parties/0/contact_points/0/zone", "phone_zone"),
        ("/parties/0/contact_points/1/value", "email"),
        ("/parties/0/contact_points/2/value/city", "city"),
        ("/parties/0/contact_points/2/value/lines/0", "address_line1"),
        ("/parties/0/contact_points/2/value/region", "state"),
        ("/parties/0/contact_points/2/zone", "address_zone"),
        ("/parties/0/consents/0/how", "sms_consent_how"),
        ("/parties/0/consents/0/at", "sms_consent_at"),
        ("/parties/0/opt_outs/0/at", "opt_out_sms_at"),
        ("/parties/0/contacts/1/result", "prior_contacts"),
        ("/playbook", "playbook"),
        ("/parties/0/language", "language"),
    ],
)
def test_a_problem_leads_back_to_its_column(pointer: str, column: str) -> None:
    assert column_of(pointer, GOOD) == column


def test_good_rows_are_enrolled_and_bad_ones_answered(house: House, one: Client, tmp_path: Path) -> None:
    file = _file(
        tmp_path,
        {"loan_number": "IM-1"},
        {"loan_number": "IM-2", "phone": "555"},
        {"loan_number": "IM-3", "due_since": "2026-05-01", "principal": "12.345"},
        {"loan_number": "IM-4", "sms_consent_how": "", "phone_zone": "Mars/Olympus"},
        {"loan_number": "IM-1"},
        {"loan_number": "IM-5", "borrower_name": "Other Quux"},
    )
    status, said = _run(house, one, file)
    assert status == 1
    lines = said.splitlines()
    refused = {3: ("phone",), 4: ("due_since", "principal"), 5: ("sms_consent_how", "phone_zone"), 6: ("loan_number",)}
    assert "line 6, column loan_number: is also on line 2. Send each account once." in lines
    for line, column in ((line, column) for line, columns in refused.items() for column in columns):
        assert any(text.startswith(f"line {line}, column {column}: ") for text in lines), (line, column, said)
    assert "2 accounts enrolled, 4 rows refused" in said
    for value in ("Quux", "Mars", "555"):
        assert value not in said
    found = {row["external_id"] for row in one.get("/v1/accounts").json()["data"]}
    assert {"IM-1", "IM-5"} <= found


def test_running_it_again_repeats_nothing(house: House, two: Client, tmp_path: Path) -> None:
    file = _file(tmp_path, *({"loan_number": f"AG-{n}", "borrower_name": f"Person {n}"} for n in range(9)))
    assert _run(house, two, file)[0] == 0
    status, said = _run(house, two, file)
    assert (status, "0 accounts enrolled, 9 were enrolled before, 0 rows refused" in said) == (0, True)
    changed = _file(tmp_path, {"loan_number": "AG-1", "borrower_name": "Person 1", "principal": "9.00"})
    status, said = _run(house, two, changed)
    assert (status, "0 accounts enrolled, 1 were enrolled before, 0 rows refused" in said) == (0, True)
    [account] = two.get("/v1/accounts?external_id=AG-1").json()["data"]
    assert two.account(account["id"])["balance"]["total"]["amount"] == "251.50"


def test_an_interrupted_import_goes_on(house: House, bank: Client, tmp_path: Path) -> None:
    changes = [{"loan_number": f"IN-{n}", "borrower_name": f"Person {n}"} for n in range(8)]
    assert _run(house, bank, _file(tmp_path, *changes[:5]))[0] == 0
    status, said = _run(house, bank, _file(tmp_path, *changes))
    assert (status, "3 accounts enrolled, 5 were enrolled before" in said) == (0, True)


def test_a_lost_answer_is_asked_for_again(
    house: House, one: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lost: list[str] = []
    posting = httpx.Client.post

    def losing(client: httpx.Client, url: str, **more: object) -> httpx.Response:
        answer = posting(client, url, **more)  # pyright: ignore[reportArgumentType]  passes on what it got
        if len(lost) < 3:
            lost.append(url)
            raise httpx.ReadError("the connection was lost")
        return answer

    monkeypatch.setattr(httpx.Client, "post", losing)
    file = _file(tmp_path, *({"loan_number": f"LO-{n}", "borrower_name": f"Person {n}"} for n in range(4)))
    status, said = _run(house, one, file)
    assert (status, len(lost)) == (0, 3)
    assert "0 rows refused" in said
    found = [row["external_id"] for row in one.get("/v1/accounts?limit=1000").json()["data"]]
    assert sorted(name for name in found if name.startswith("LO-")) == [f"LO-{n}" for n in range(4)]


def test_no_row_can_be_enrolled_without_a_key_or_an_api(house: House, one: Client, tmp_path: Path) -> None:
    file = _file(tmp_path, {"loan_number": "NO-1"}, {"loan_number": "NO-2"})
    status, said = _run(house, Client(one.http, one.tenant, one.lender, one.key[:-1] + "!"), file)
    assert status == 2
    assert "give a key" in said
    out = io.StringIO()
    assert client_import.run(file, "http://127.0.0.1:1", one.key, Console(file=out, width=200)) == 2
    assert "No API answers" in out.getvalue()


def _files(client: Client) -> set[str]:
    return {file["id"] for file in client.get("/v1/imports?limit=100").json()["data"]}


def test_a_key_that_may_send_but_not_follow_is_told_what_was_taken(house: House, one: Client, tmp_path: Path) -> None:
    file = _file(tmp_path, {"loan_number": "WO-1", "borrower_name": "Person Wo"})
    writer = add_key(house.migrator, lender=one.lender, scopes=["accounts:write"], label="writes")
    before = _files(one)
    status, said = _run(house, Client(one.http, one.tenant, one.lender, writer.shown), file)
    (taken,) = _files(one) - before
    assert status == 2
    assert f"The file was taken as {taken}" in said
    assert "accounts:write and accounts:read" in said


def test_every_column_is_documented() -> None:
    assert import_rows.__doc__ is not None
    for column in (*REQUIRED, *OPTIONAL):
        assert f"`{column}`" in import_rows.__doc__


def test_the_operating_guide_lists_every_column_with_its_chinese_names() -> None:
    guide = (Path(__file__).parents[2] / "docs" / "operating.md").read_text("utf-8")
    for column, chinese in columns_table():
        assert f"| {column} | {chinese} |" in guide


def test_chinese_headers_and_further_parties_become_an_enrolment() -> None:
    written = {
        "借据号": "CN-1",
        "产品名称": "消费贷",
        "债务类型": "消费贷款",
        "策略": "cn-consumer",
        "币种": "人民币",
        "逾期起始日": "2026-02-20",
        "本金": "1000.00",
        "罚息": "12.30",
        "姓名": "样本一",
        "语言": "中文",
        "国家": "CN",
        "手机号": "13100000001",
        "城市": "示例市",
        "地址": "示例路1号",
        "担保人姓名": "样本二",
        "担保人手机号": "13100000002",
        "担保人2姓名": "样本三",
        "反担保人姓名": "样本四",
        "反担保人身份证号": "TEST-000004",
    }
    row = {str(canonical(header)): cell for header, cell in written.items()}
    body = to_enrolment(row)
    form = EnrolmentForm.model_validate(body)
    assert (form.currency, form.debt_kind, form.balance.components.penalty_interest) == (
        "CNY",
        "personal_loan",
        "12.30",
    )
    assert [party.role for party in form.parties] == ["borrower", "guarantor", "guarantor", "counter_guarantor"]
    assert [party.language for party in form.parties] == ["zh-Hans"] * 4
    assert form.parties[0].contact_points[0].value == "+8613100000001"
    assert [point.country for point in form.parties[0].contact_points] == ["CN", "CN"]
    assert form.parties[3].identity_number == "TEST-000004"
    assert column_of("/parties/2/name", row) == "guarantor_2_name"
    assert column_of("/parties/1/contact_points/0/value", row) == "guarantor_phone"


def test_a_party_with_columns_and_no_name_is_told_apart_from_no_party() -> None:
    with pytest.raises(BadInput) as caught:
        to_enrolment({**GOOD, "spouse_phone": "+13125550101"})
    assert caught.value.field == "spouse_name"
    assert len(to_enrolment({**GOOD, "spouse_phone": "", "spouse_name": ""})["parties"]) == 1


@pytest.mark.parametrize(
    "header", ["contact_fax", "guarantor_1_name", "guarantor_10_name", "担保人1姓名", "传真", "name"]
)
def test_a_header_that_means_nothing_to_us_is_not_guessed(header: str) -> None:
    assert canonical(header) is None
