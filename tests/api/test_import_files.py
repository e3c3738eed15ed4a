"""Every bad file and every bad row gets its clear answer: a code, where it is, and what to do."""

import gzip
import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from forbear.api.imports.flaws import REMEDIES
from forbear.api.lender.examples import ENROLMENT
from forbear.ledger.outbox import waiting
from forbear.ledger.tables.people import Profile
from forbear.settings import Settings
from tests.api.importing import Importer, Json, good, importer, lender, packed, row, table

__all__ = ["lender"]
CHINESE = "姓名" * 10


def _refused(lender: Importer, body: str | bytes, **declared: Any) -> Json:
    """The problem of a file that is refused whole; nothing of it may be there."""
    seen, results = lender.done(body, **declared)
    assert (seen["state"], seen["position"]["row"], results) == ("refused", 0, [])
    assert lender.accounts() == []
    assert lender.count("import_piece") == 0
    assert seen["finished_at"] is not None
    return seen["problem"]


def _ndjson(**changes: Any) -> str:
    return json.dumps({**ENROLMENT, **changes}, ensure_ascii=False)


FILES: list[tuple[str, Callable[[], str | bytes], str, dict[str, Any], str]] = [
    (
        "latin1",
        lambda: good(3).replace("Quux 2", "Qu\xfcx 2").encode("latin-1"),
        "encoding",
        {"line": 3},
        "is not UTF-8",
    ),
    (
        "gb as utf8",
        lambda: good(2).replace("Quux 2", "样本").encode("gb18030"),
        "encoding",
        {"line": 3},
        "is not UTF-8",
    ),
    ("utf16", lambda: good(1).encode("utf-16"), "encoding", {"line": 1, "byte": 0}, "is UTF-16"),
    ("cut utf8", lambda: (good(1) + "样").encode()[:-1], "encoding", {"line": 3}, "is not UTF-8"),
    (
        "no column",
        lambda: good(1).replace("principal,", "", 1),
        "column_missing",
        {"line": 1, "column": "principal"},
        "is missing",
    ),
    (
        "two missing",
        lambda: "loan_number\r\n1\r\n",
        "column_missing",
        {"column": "product, debt_kind, playbook, currency, due_since, principal, borrower_name, language"},
        "is missing",
    ),
    (
        "misspelt",
        lambda: good(1).replace("phone_zone", "fone_zone", 1),
        "column_unknown",
        {"line": 1, "column": None},
        "column 14 of the header is not known",
    ),
    (
        "twice",
        lambda: good(1).replace("phone_type", "手机号", 1),
        "column_twice",
        {"line": 1, "column": "手机号"},
        "twice",
    ),
    ("semicolons", lambda: good(1).replace(",", ";"), "delimiter", {"line": 1}, "only one column"),
    ("open quote", lambda: good(2) + '"' + "x" * 200_000 + "\r\n", "csv_broken", {"line": 4}, "quotes"),
    ("text after quote", lambda: good(2) + '"a"b\r\n', "csv_broken", {"line": 4}, "quotes"),
    ("endless line", lambda: good(1) + "x" * 2_100_000, "csv_broken", {"line": 3}, "too long"),
    ("gzip cut", lambda: packed(good(50))[:-20], "gzip_broken", {}, "middle"),
    (
        "gzip damaged",
        lambda: packed(good(50)).replace(packed(good(50))[200:230], b"\0" * 30),
        "gzip_broken",
        {},
        "gzip",
    ),
    ("gzip with more", lambda: packed(good(5)) + b"more", "gzip_broken", {}, "gzip"),
    (
        "bomb",
        lambda: gzip.compress(good(1).encode() + (b"x" * 99_999 + b"\n") * 400),
        "too_large",
        {},
        "unpacks to more",
    ),
    ("header only", lambda: good(1).split("\r\n")[0], "no_rows", {"line": 1}, "holds no account"),
    ("blank rows", lambda: good(1).split("\r\n")[0] + "\r\n,,,\r\n\r\n", "no_rows", {}, "holds no account"),
    ("empty", lambda: "", "no_rows", {}, "holds nothing"),
    ("array", lambda: "[" + _ndjson() + "]", "not_ndjson", {"line": 1}, "no JSON object"),
]


@pytest.mark.parametrize(
    ("spoil", "code", "place", "said"), [each[1:] for each in FILES], ids=[each[0] for each in FILES]
)
def test_a_file_that_cannot_be_taken_is_refused_whole(
    lender: Importer, spoil: Callable[[], str | bytes], code: str, place: dict[str, Any], said: str
) -> None:
    problem = _refused(lender, spoil())
    assert problem["code"] == code
    assert problem | place == problem
    assert said in problem["problem"]
    assert problem["remedy"] == REMEDIES[code]
    assert "Quux" not in str(problem)


def test_a_wrong_byte_is_named_by_its_offset_and_line_however_far_down(lender: Importer) -> None:
    text = good(3_000, borrower_name="样本")
    body = text.encode() + b"\xff" + good(1).encode()
    problem = _refused(lender, body)
    assert (problem["byte"], problem["line"]) == (len(text.encode()), 3_002)
    assert "encoding=gb18030" in problem["remedy"]


def test_utf8_that_is_said_to_be_gb18030_is_not_stored_as_noise(lender: Importer) -> None:
    problem = _refused(lender, good(2, borrower_name="样本一"), encoding="gb18030")
    assert (problem["code"], problem["problem"]) == ("encoding", "was said to be GB18030 and is UTF-8")
    problem = _refused(lender, good(2).encode() + b"\xff\xff\xff\n", encoding="gb18030")
    assert (problem["line"], problem["problem"]) == (4, "is not GB18030")


def test_csv_that_is_said_to_be_ndjson_is_refused(lender: Importer) -> None:
    assert _refused(lender, good(1), format="ndjson")["code"] == "not_ndjson"


def test_what_is_said_to_be_gzip_must_be(lender: Importer) -> None:
    assert _refused(lender, good(1), compressed=True)["code"] == "gzip_broken"


def test_a_problem_far_down_keeps_the_good_rows_before_it_out(lender: Importer) -> None:
    seen, _ = lender.done(good(300) + '"never closed')
    assert (seen["state"], seen["problem"]["line"]) == ("refused", 302)
    assert lender.accounts() == []


CELLS: list[tuple[str, dict[str, str], str, str, str]] = [
    ("negative", {"principal": "-5.00"}, "amount_negative", "principal", "Set a credit off before enrolling."),
    ("thousands", {"principal": "1,234.50"}, "amount", "principal", REMEDIES["amount"]),
    ("digits", {"principal": "1.234"}, "amount", "principal", "Send it rounded as your own books have it."),
    ("zone", {"phone_zone": "Mars/Olympus"}, "zone", "phone_zone", REMEDIES["zone"]),
    ("zone abbreviated", {"phone_zone": "EST"}, "zone", "phone_zone", REMEDIES["zone"]),
    ("formula", {"product": "=HYPERLINK(1)"}, "formula", "product", REMEDIES["formula"]),
    ("formula at", {"borrower_name": "@SUM(A1)"}, "formula", "borrower_name", REMEDIES["formula"]),
    ("formula plus", {"borrower_name": "+cmd|' /C calc'!A0"}, "formula", "borrower_name", REMEDIES["formula"]),
    ("formula minus", {"product": "-2+3+cmd"}, "formula", "product", REMEDIES["formula"]),
    ("formula blank", {"product": "  =1+1"}, "formula", "product", REMEDIES["formula"]),
    ("formula tab", {"product": "\t=1+1"}, "formula", "product", REMEDIES["formula"]),
    ("formula return", {"product": "\rx"}, "formula", "product", REMEDIES["formula"]),
    ("formula wide", {"product": "＝1+1"}, "formula", "product", REMEDIES["formula"]),
    ("day", {"due_since": "20/02/2026"}, "date", "due_since", "Write it as 2026-03-02."),
    ("no such day", {"due_since": "2026-02-30"}, "date", "due_since", "Write it as 2026-03-02."),
    ("birth", {"borrower_birth_date": "1861-05-06"}, "date", "borrower_birth_date", "Correct it, or leave it out."),
    ("instant", {"balance_as_of": "2026-03-02 09:00"}, "instant", "balance_as_of", "Write it as 2026-03-02T09:00:00Z."),
    ("playbook", {"playbook": "us-nobody"}, "playbook", "playbook", "Known are: "),
    ("phone", {"phone": "555"}, "phone", "phone", "Correct it, or leave it empty."),
    ("phone type", {"phone_type": "fax"}, "invalid", "phone_type", "Use one of mobile, landline, work."),
    ("currency", {"currency": "XXX"}, "currency", "currency", REMEDIES["currency"]),
    ("language", {"language": "English!"}, "language", "language", REMEDIES["language"]),
    ("empty", {"due_since": ""}, "missing", "due_since", "Fill it in."),
    ("no name", {"borrower_name": ""}, "missing", "borrower_name", "Fill it in."),
    ("nul", {"product": "Auto\0Loan"}, "nul", "product", REMEDIES["nul"]),
    ("long", {"product": "x" * 20_001}, "too_long", "product", REMEDIES["too_long"]),
    ("long for its place", {"product": "x" * 201}, "invalid", "product", REMEDIES["invalid"]),
    ("reference", {"loan_number": CHINESE}, "reference", "loan_number", REMEDIES["reference"]),
]


@pytest.mark.parametrize(("change", "answer"), [(each[1], each[2:]) for each in CELLS], ids=[each[0] for each in CELLS])
@pytest.mark.parametrize("dry_run", [False, True], ids=["real", "dry"])
def test_a_bad_cell_refuses_its_row_alone(
    lender: Importer, change: dict[str, str], answer: tuple[str, str, str], dry_run: bool
) -> None:
    code, column, remedy = answer
    body = table(row(1), row(2, **change), row(3))
    seen, results = lender.done(body, dry_run=dry_run)
    good_ones = "would_enrol" if dry_run else "enrolled"
    assert [each["status"] for each in results] == [good_ones, "refused", good_ones]
    assert (seen["state"], seen["counts"][good_ones], seen["counts"]["refused"]) == ("done", 2, 1)
    [problem] = results[1]["problems"]
    assert (problem["line"], problem["column"], problem["code"]) == (3, column, code)
    assert problem["remedy"].startswith(remedy)
    assert lender.accounts() == ([] if dry_run else ["IM-1", "IM-3"])
    for cell in change.values():
        assert not cell or len(cell) < 4 or cell not in str(problem)


def test_all_that_is_wrong_with_a_row_is_said_at_once(lender: Importer) -> None:
    _, [result] = lender.done(table(row(1, due_since="soon", phone="555", phone_type="fax", balance_as_of="now")))
    assert {each["column"] for each in result["problems"]} == {"due_since", "phone", "phone_type", "balance_as_of"}


def test_the_problem_names_the_column_as_the_file_does(lender: Importer) -> None:
    body = (
        good(1, principal="-1.00", phone_zone="Nowhere").replace("principal", "本金").replace("phone_zone", "电话时区")
    )
    _, [result] = lender.done(body.replace("Nowhere", "America/Chicago"))
    assert [each["column"] for each in result["problems"]] == ["本金"]
    _, [result] = lender.done(body.replace("-1.00", "1.00"))
    assert [each["column"] for each in result["problems"]] == ["电话时区"]


def test_a_row_with_another_number_of_cells_says_how_many(lender: Importer) -> None:
    _, results = lender.done(good(1) + "a,b\r\n")
    [problem] = results[1]["problems"]
    assert (problem["line"], problem["column"], problem["code"]) == (3, None, "cells")
    assert problem["problem"] == "has 2 cells, the header 15"


def test_a_number_or_a_phone_may_begin_with_a_sign(lender: Importer) -> None:
    seen, results = lender.done(table(row(1, phone="+1 (312) 555-0142"), row(2, borrower_name="-17")))
    assert seen["counts"]["enrolled"] == 2, results


def test_an_account_twice_in_a_file_names_the_first_line(lender: Importer) -> None:
    for dry_run in (True, False):
        body = table(row(1), row(2, borrower_name="Two\nLines"), row(3), row(1, borrower_name="Somebody Else"))
        _, results = lender.done(body.replace("Two\nLines", "Two Lines"), dry_run=dry_run)
        [problem] = results[3]["problems"]
        assert (results[3]["status"], problem["line"], problem["column"]) == ("refused", 5, "loan_number")
        assert (problem["code"], problem["problem"]) == ("duplicate", "is also on line 2")
        assert problem["remedy"] == "Send each account once."


def test_an_account_that_is_enrolled_is_answered_with_its_id_and_left_alone(lender: Importer) -> None:
    _, [first] = lender.done(good(1))
    for dry_run in (True, False):
        seen, [again] = lender.done(good(1, principal="1.00"), dry_run=dry_run)
        assert (again["status"], again["account"], again["problems"]) == ("already", first["account"], [])
        assert (seen["counts"]["already"], seen["counts"]["refused"]) == (1, 0)
    assert lender.count("account") == lender.count("entry") == 1


def test_lines_are_counted_through_line_breaks_in_quotes(lender: Importer) -> None:
    for end in ("\r\n", "\n", "\r"):
        rows = [row(1, sms_consent_how=f"a{end}b{end}c"), row(2, principal="-1.00"), row(3, principal="-1.00")]
        _, results = lender.done(table(*rows, end=end), dry_run=True)
        assert [each["line"] for each in results] == [2, 5, 6]
        assert [each["problems"][0]["line"] for each in results[1:]] == [5, 6]


def test_blank_lines_are_no_records(lender: Importer) -> None:
    seen, results = lender.done("\r\n" + good(2).replace("\r\n", "\r\n\r\n"), dry_run=True)
    assert (seen["position"], [each["line"] for each in results]) == ({"row": 2, "line": 6, "rows": 2}, [4, 6])


WRITTEN: list[tuple[str, Callable[[str], bytes], dict[str, Any]]] = [
    ("utf-8", lambda text: text.encode(), {}),
    ("mark", lambda text: text.encode("utf-8-sig"), {}),
    ("gb18030", lambda text: text.encode("gb18030"), {"encoding": "gb18030"}),
    ("gb18030 mark", lambda text: ("\ufeff" + text).encode("gb18030"), {}),
    ("gzip", packed, {}),
    ("gzip declared", packed, {"compressed": True}),
    ("gzip members", lambda text: packed(text[:700]) + packed(text[700:]) + bytes(512), {}),
    ("gzip gb18030", lambda text: gzip.compress(text.encode("gb18030")), {"encoding": "gb18030"}),
]


@pytest.mark.parametrize(("write", "declared"), [each[1:] for each in WRITTEN], ids=[each[0] for each in WRITTEN])
def test_names_arrive_as_they_were_written(
    lender: Importer, write: Callable[[str], bytes], declared: dict[str, Any]
) -> None:
    name = "样本𠮷𡈽 Zoë"
    body = table(*(row(number, borrower_name=f"{name}{number}") for number in range(1, 40)))
    seen, results = lender.done(write(body), **declared)
    assert seen["counts"]["enrolled"] == 39, results
    assert seen["encoding"] == declared.get("encoding", "gb18030" if b"\x84\x31" in write(body)[:2] else "utf-8")
    assert seen["compressed"] == write(body).startswith(b"\x1f\x8b")
    assert _names(lender) == {f"{name}{number}" for number in range(1, 40)}


def _names(lender: Importer) -> set[str]:
    with lender.ledger.api(lender.tenant, lender.lender) as session:
        return {
            lender.ledger.vault.open(session, lender=lender.lender, person=each.person, sealed=each.name)
            for each in session.scalars(select(Profile))
        }


def test_a_missing_zone_is_taken_and_held_with_the_reason(lender: Importer) -> None:
    _, results = lender.done(table(row(1, phone_zone="")))
    assert results[0]["status"] == "enrolled"
    assert results[0]["problems"] == []


def test_rows_of_ndjson_are_bodies_of_an_enrolment(lender: Importer) -> None:
    wrong = json.loads(_ndjson(external_id="ND-2"))
    wrong["parties"][0]["contact_points"][0]["zone"] = "Mars/Olympus"
    wrong["parties"][0]["Zebediah"] = 1
    lines = [
        _ndjson(external_id="ND-1"),
        json.dumps(wrong),
        "{broken",
        "[]",
        "",
        _ndjson(external_id="ND-1"),
        '{"external_id": "ND-3"}',
    ]
    seen, results = lender.done("\n".join(lines))
    assert (seen["format"], seen["position"]["rows"]) == ("ndjson", 6)
    assert [(each["line"], each["status"]) for each in results] == [
        (1, "enrolled"),
        *((line, "refused") for line in (2, 3, 4, 6, 7)),
    ]
    assert {(each["column"], each["code"]) for each in results[1]["problems"]} == {
        ("/parties/0/contact_points/0/zone", "zone"),
        ("/parties/0", "invalid"),
    }
    assert [each["problems"][0]["code"] for each in results[2:5]] == ["not_json", "not_json", "duplicate"]
    assert results[4]["problems"][0]["problem"] == "is also on line 1"
    assert ("/due_since", "missing") in {(each["column"], each["code"]) for each in results[5]["problems"]}
    assert "Zebediah" not in str(results)


def test_a_row_that_names_one_person_twice_in_a_role_is_refused_in_a_dry_run_too(lender: Importer) -> None:
    twice = {"guarantor_name": "Gil Sample", "guarantor_birth_date": "1960-01-01"}
    twice |= {f"guarantor_2_{name.removeprefix('guarantor_')}": value for name, value in twice.items()}
    for dry_run in (True, False):
        _, results = lender.done(
            table(row(1, **twice), row(2, **{**twice, "guarantor_2_name": "Hal Sample"})), dry_run=dry_run
        )
        assert [each["status"] for each in results] == ["refused", "would_enrol" if dry_run else "enrolled"]
        [problem] = results[0]["problems"]
        assert (problem["column"], problem["problem"]) == (
            "guarantor_2_name",
            "is the same person in the same role as another",
        )
    assert lender.accounts() == ["IM-2"]


@pytest.mark.parametrize("dry_run", [True, False])
def test_a_row_is_answered_the_same_whomever_another_lender_knows(
    lender: Importer, module_database: Settings, dry_run: bool
) -> None:
    """The other lender knows that the bearer of this number is the one with that name and birth date."""
    joined = {"guarantor_name": "Gil Joined", "guarantor_birth_date": "1960-01-01"}
    apart = {"guarantor_name": "Guillermo Joined", "guarantor_identity_number": "JOIN-4711"}
    both = {**apart, "guarantor_birth_date": ""} | {f"guarantor_2_{name[10:]}": cell for name, cell in joined.items()}
    alone = importer(module_database, lender.ledger, lender.hands)
    other = importer(module_database, lender.ledger, lender.hands, lender.tenant)
    told = {**joined, "guarantor_identity_number": "JOIN-4711"}
    assert other.done(table(row(1, **told)))[1][0]["status"] == "enrolled"
    answers = [each.done(table(row(1, **both)), dry_run=dry_run)[1] for each in (lender, alone)]
    for results in answers:
        results[0].pop("account")
    assert answers[0] == answers[1]
    assert answers[0][0]["status"] == ("would_enrol" if dry_run else "enrolled")
    assert [each.count("party") for each in (lender, alone)] == ([0, 0] if dry_run else [2, 3])


def test_namesakes_with_numbers_of_their_own_may_both_stand_surety(lender: Importer) -> None:
    one = {"guarantor_name": "Gil Sample", "guarantor_birth_date": "1960-01-01", "guarantor_identity_number": "G-1"}
    two = {f"guarantor_2_{name[10:]}": cell for name, cell in one.items()}
    for number, status in (("G-2", "enrolled"), ("g 1", "refused")):
        told = {**one, **two, "guarantor_2_identity_number": number}
        assert lender.done(table(row(1, **told, loan_number=f"NS-{number[-1]}")))[1][0]["status"] == status


def test_a_dry_run_leaves_nothing_but_its_answer(lender: Importer) -> None:
    seen, results = lender.done(good(30), dry_run=True)
    assert (seen["state"], seen["counts"]["would_enrol"], len(results)) == ("done", 30, 30)
    for name in ("account", "party", "entry", "profile", "person_key", "contact_point"):
        assert lender.count(name) == 0, name
    with lender.ledger.relay() as session:
        assert not [told for told in waiting(session, 10_000) if told.tenant == lender.tenant]


@pytest.mark.parametrize(
    ("name", "encoding", "country"), [("portfolio", None, "US"), ("portfolio-cn", "gb18030", "CN")]
)
def test_the_shipped_portfolios_are_taken_whole(
    lender: Importer, module_database: Settings, name: str, encoding: str | None, country: str
) -> None:
    body = (Path(__file__).parents[2] / "examples" / f"{name}.csv").read_bytes()
    lender.hands.set(datetime(2026, 10, 27, 12, tzinfo=UTC))
    at_home = importer(module_database, lender.ledger, lender.hands, country=country)
    seen, results = at_home.done(body, encoding=encoding, dry_run=True)
    assert [each for each in results if each["status"] != "would_enrol"] == []
    assert seen["counts"]["would_enrol"] >= 60
