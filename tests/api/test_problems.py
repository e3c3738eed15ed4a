"""Every error has one shape and quotes nothing of what was sent."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest
from sqlalchemy.exc import OperationalError

from forbear.api import acting
from forbear.api.lender import accounts, answers
from forbear.api.problems import KINDS, MEDIA_TYPE
from forbear.settings import Settings
from tests.api.house import Client, House, enrolment, payment

SECRET = "Zebediah Quux 1931"  # stands for something personal; it may come back nowhere


def problem(answer: httpx.Response) -> answers.Problem:
    assert answer.headers["content-type"] == MEDIA_TYPE, answer.text
    read = answers.Problem.model_validate(answer.json())
    kind = KINDS[read.code]
    assert (read.status, read.title) == (answer.status_code, kind.title)
    assert answer.status_code == kind.status
    assert read.type.endswith(f"/docs#problem-{read.code}")
    assert read.trace_id == answer.headers["X-Trace-Id"]
    assert read.instance.endswith(read.trace_id)
    return read


def _set(body: Any, path: str, value: object) -> Any:
    *way, last = path.split(".")
    place = body
    for part in way:
        place = place[int(part) if part.isdigit() else part]
    place[int(last) if last.isdigit() else last] = value
    return body


FIELDS: list[tuple[str, object]] = [
    ("parties.0.name", ""),
    ("parties.0.name", f"{SECRET}\x00"),
    ("parties.0.name", f"{SECRET}\nBcc: x"),
    ("parties.0.name", "x" * 201),
    ("parties.0.name", 5),
    ("parties.0.birth_date", SECRET),
    ("parties.0.birth_date", "1831-01-01"),
    ("parties.0.birth_date", "2027-01-01"),
    ("parties.0.identity_number", SECRET * 5),
    ("parties.0.role", SECRET),
    ("parties.0.language", SECRET),
    ("parties.0.jurisdictions", [SECRET]),
    ("parties.0.contact_points.0.kind", SECRET),
    ("parties.0.contact_points.0.value", SECRET),
    ("parties.0.contact_points.0.value", "+1 312 555 0142 ext. 5"),
    ("parties.0.contact_points.0.value", "(312) 555-0142"),
    ("parties.0.contact_points.0.value", "+1 555 0142"),
    ("parties.0.contact_points.0.value", "911"),
    ("parties.0.contact_points.0.zone", SECRET),
    ("parties.0.contact_points.0.zone", "EST"),
    ("parties.0.contact_points.0.zone", "Etc/GMT+5"),
    ("parties.0.contact_points.0.zone_evidence", SECRET),
    ("parties.0.contact_points.0.place", SECRET),
    ("parties.0.contact_points.1.value", SECRET),
    ("parties.0.contact_points.1.value.country", "usa"),
    ("parties.0.contact_points.1.value.lines", []),
    ("parties.0.consents.0.at", "2026-03-02"),
    ("parties.0.consents.0.at", "2027-01-01T00:00:00Z"),
    ("parties.0.consents.0.contact_point", 7),
    ("parties.0.consents.0.contact_point", -1),
    ("parties.0.contacts.0.result", SECRET),
    ("parties.0.contacts.0.at", "2024-01-01T00:00:00Z"),
    ("parties.0.agreements", [{"kind": SECRET}]),
    ("parties.0.agreements", [{"kind": "hours", "at": "2026-01-01T00:00:00Z", "open": "10:00", "close": "09:00"}]),
    ("parties.0.opt_outs", [{"scope": "number", "at": "2026-01-01T00:00:00Z"}]),
    ("parties.0.stops", [{"kind": "wrong_number", "at": "2026-01-01T00:00:00Z"}]),
    ("parties.0.extra", SECRET),
    ("parties", []),
    ("parties", SECRET),
    ("external_id", f"{SECRET}é"),
    ("external_id", ""),
    ("currency", "usd"),
    ("currency", "XXX"),
    ("currency", "EUR"),
    ("playbook", "nobody-knows"),
    ("due_since", "2026-13-01"),
    ("due_since", "2026-05-01"),
    ("debt_kind", SECRET),
    ("lender_role", "debt_buyer"),
    ("lender_kind", "other"),
    ("balance.as_of", "2026-03-02T16:00:00Z"),
    ("balance.components.principal", "1.005"),
    ("balance.components.principal", "-1.00"),
    ("balance.components.principal", 412.5),
    ("balance.components.principal", "1e3"),
    ("balance.components", {}),
    ("balance.components.tax", "1.00"),
]


@pytest.mark.parametrize(("path", "value"), FIELDS, ids=lambda each: str(each)[:40])
def test_a_bad_field_is_named_and_not_quoted(one: Client, path: str, value: object) -> None:
    answer = one.post("/v1/accounts", _set(enrolment(), path, value))
    found = problem(answer)
    assert found.code == "invalid"
    place = "/" + path.replace(".", "/")
    assert any(error.pointer.startswith(place) or place.startswith(error.pointer) for error in found.errors)
    assert all(error.detail for error in found.errors)
    assert SECRET not in answer.text


def test_lone_surrogates_are_refused(one: Client) -> None:
    headers = {"Authorization": f"Bearer {one.key}", "Idempotency-Key": "s", "Content-Type": "application/json"}
    body = b'{"external_id": "\\ud800", "parties": [{"name": "\\udfff"}]}'
    answer = one.http.post("/v1/accounts", content=body, headers=headers)
    assert problem(answer).code == "invalid"


def test_all_that_is_wrong_is_said_at_once(one: Client) -> None:
    body = enrolment(playbook="none", due_since="2026-05-01")
    body["parties"][0]["consents"][0]["contact_point"] = 9
    pointers = {error.pointer for error in problem(one.post("/v1/accounts", body)).errors}
    assert pointers == {"/playbook", "/due_since", "/parties/0/consents/0/contact_point"}


BODIES: list[tuple[bytes, str]] = [
    (b"{", "not_json"),
    (b"\xff\xfe", "not_json"),
    (b"[" * 100_000, "not_json"),
    (b"", "invalid"),
    (b"[]", "invalid"),
    (b'"text"', "invalid"),
    (b"null", "invalid"),
    (b'{"a": NaN}', "invalid"),
]


@pytest.mark.parametrize(("body", "code"), BODIES, ids=lambda each: str(each)[:20])
def test_a_body_that_is_no_enrolment(one: Client, body: bytes, code: str) -> None:
    headers = {"Authorization": f"Bearer {one.key}", "Idempotency-Key": "b", "Content-Type": "application/json"}
    assert problem(one.http.post("/v1/accounts", content=body, headers=headers)).code == code


def test_a_body_must_say_that_it_is_json(one: Client) -> None:
    headers = {"Authorization": f"Bearer {one.key}", "Idempotency-Key": "t", "Content-Type": "text/plain"}
    found = problem(one.http.post("/v1/accounts", content=b"{}", headers=headers))
    assert "Content-Type" in found.errors[0].detail


def test_a_large_body_is_refused_before_it_is_read(one: Client) -> None:
    headers = {"Authorization": f"Bearer {one.key}", "Idempotency-Key": "l", "Content-Type": "application/json"}
    whole = one.http.post("/v1/accounts", content=b"x" * 2_000_001, headers=headers)
    assert problem(whole).code == "too_large"
    chunks = (b"x" * 100_000 for _ in range(30))
    chunked = one.http.post("/v1/accounts", content=chunks, headers=headers)
    assert problem(chunked).code == "too_large"


CALLS: list[tuple[Callable[[Client], httpx.Response], str]] = [
    (lambda one: one.get("/v1/nothing"), "not_found"),
    (lambda one: one.get("/v1/accounts/acc_none"), "not_found"),
    (lambda one: one.http.delete("/v1/accounts"), "method_not_allowed"),
    (lambda one: one.get("/v1/accounts/%00"), "invalid"),
    (lambda one: one.get("/v1/accounts/%F0%9F%92%A9/timeline"), "invalid"),
    (lambda one: one.get("/v1/accounts?external_id=%00"), "invalid"),
    (lambda one: one.get("/v1/accounts?limit=0"), "invalid"),
    (lambda one: one.get("/v1/accounts?limit=many"), "invalid"),
    (lambda one: one.get("/v1/accounts?state=gone"), "invalid"),
]


@pytest.mark.parametrize(("call", "code"), CALLS)
def test_other_errors_have_the_same_shape(one: Client, call: Callable[[Client], httpx.Response], code: str) -> None:
    answer = call(one)
    assert problem(answer).code == code
    if code == "method_not_allowed":
        assert "POST" in answer.headers["Allow"]


def test_a_query_parameter_is_named(one: Client) -> None:
    assert problem(one.get("/v1/accounts?limit=0")).errors[0].pointer == "/query/limit"


def test_an_unexpected_error_says_nothing(house: House, one: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    account = one.enrol()["id"]

    def broken(*_: object, **__: object) -> None:
        raise RuntimeError(SECRET)

    monkeypatch.setattr("forbear.api.lender.payments.post_payment", broken)
    answer = one.post(f"/v1/accounts/{account}/payments", payment("1.00"), key="broken")
    assert problem(answer).code == "internal"
    assert SECRET not in answer.text
    monkeypatch.undo()
    assert one.post(f"/v1/accounts/{account}/payments", payment("1.00"), key="broken").status_code == 201


class _Deadlock(Exception):
    sqlstate = acting.DEADLOCK


@pytest.mark.parametrize(("times", "status"), [(1, 201), (2, 201), (3, 503)])
def test_two_calls_that_lock_each_other_out_start_again(
    one: Client, monkeypatch: pytest.MonkeyPatch, times: int, status: int
) -> None:
    enrol, failed = accounts.enrol, list[int]()

    def meeting(*given: Any, **named: Any) -> str:
        account = enrol(*given, **named)
        if len(failed) < times:
            failed.append(1)
            raise OperationalError("lock", None, _Deadlock())
        return account

    monkeypatch.setattr(accounts, "enrol", meeting)
    assert one.post("/v1/accounts", enrolment()).status_code == status
    assert len(failed) == times


def test_a_database_that_cannot_be_reached_is_said(house: House, one: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    ledger = house.ledger
    nowhere = Settings.model_validate(
        {**house.settings.model_dump(), "database_url": "postgresql+psycopg://127.0.0.1:1/none"}
    )
    ledger.close()
    monkeypatch.setattr(ledger, "settings", nowhere)
    for answer in (one.get("/v1/accounts"), house.http.get("/healthz")):
        assert problem(answer).code == "unavailable"
        assert "Retry-After" in answer.headers
    ledger.close()
    monkeypatch.undo()
    assert house.http.get("/healthz").status_code == 200
