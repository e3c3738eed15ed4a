"""One answer for each Idempotency-Key, also when calls race and when the answer was lost."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from forbear.ledger import turns
from tests.api.house import Client, House, enrolment, payment


def test_a_repeated_call_gets_its_first_answer(house: House, one: Client) -> None:
    body = enrolment()
    first = one.post("/v1/accounts", body, key="repeat")
    house.later(hours=3)
    again = one.post("/v1/accounts", dict(reversed(body.items())), key="repeat")
    assert (again.status_code, again.json()) == (first.status_code, first.json())
    assert again.headers["Idempotency-Replayed"] == "true"
    assert "Idempotency-Replayed" not in first.headers
    for name in ("Location", "ETag"):
        assert again.headers[name] == first.headers[name]
    assert house.facts(first.json()["id"]) == ["account_enrolled"]


def test_the_key_may_be_quoted(one: Client) -> None:
    body = enrolment()
    first = one.post("/v1/accounts", body, key='"quoted"')
    assert one.post("/v1/accounts", body, key="quoted").json() == first.json()


def test_another_body_or_path_under_the_key_is_refused(one: Client) -> None:
    account = one.enrol()["id"]
    one.post(f"/v1/accounts/{account}/payments", payment("1.00", external_id="K-1"), key="taken")
    for path, body in (
        (f"/v1/accounts/{account}/payments", payment("2.00", external_id="K-1")),
        (f"/v1/accounts/{account}/stops", {"kind": "hold"}),
    ):
        answer = one.post(path, body, key="taken")
        assert (answer.status_code, answer.json()["code"]) == (422, "idempotency_key_reused")
    assert one.account(account)["holds"] == []


@pytest.mark.parametrize("key", ["", "a b", "a" * 256, '"', "é"])
def test_an_acting_call_needs_a_key(one: Client, key: str) -> None:
    headers = {"Authorization": f"Bearer {one.key}", "Idempotency-Key": key.encode()}
    answer = one.http.post("/v1/accounts", json=enrolment(), headers=headers)  # pyright: ignore[reportArgumentType]  httpx takes bytes
    assert (answer.status_code, answer.json()["code"]) == (400, "idempotency_key_missing")
    headers.pop("Idempotency-Key")
    answer = one.http.post("/v1/accounts", json=enrolment(), headers=headers)  # pyright: ignore[reportArgumentType]  likewise
    assert answer.json()["code"] == "idempotency_key_missing"


def test_a_refused_call_leaves_its_key_free(one: Client) -> None:
    body = enrolment()
    wrong = {**body, "currency": "EUR"}
    assert one.post("/v1/accounts", wrong, key="corrected").status_code == 422
    assert one.post("/v1/accounts/none/stops", {"kind": "hold"}, key="corrected").status_code == 404
    right = one.post("/v1/accounts", body, key="corrected")
    assert right.status_code == 201
    assert "Idempotency-Replayed" not in right.headers


def test_a_call_that_meets_itself_is_told_to_come_back(house: House, one: Client) -> None:
    with house.ledger.api(one.tenant, one.lender) as other:
        assert turns.take_turn(other, one.lender, "meeting")
        answer = one.post("/v1/accounts", enrolment(), key="meeting")
    assert (answer.status_code, answer.json()["code"]) == (409, "in_progress")
    assert int(answer.headers["Retry-After"]) >= 1
    assert one.post("/v1/accounts", enrolment(), key="meeting").status_code == 201


def test_a_race_under_one_key_enrols_once(house: House, one: Client) -> None:
    for attempt in range(4):
        body, start = enrolment(), Barrier(6)

        def call(_: int, body: object = body, start: Barrier = start, key: str = f"race-{attempt}") -> tuple[int, str]:
            start.wait()
            answer = one.post("/v1/accounts", body, key=key)
            return answer.status_code, answer.json().get("id", answer.json().get("code"))

        with ThreadPoolExecutor(6) as pool:
            answers = list(pool.map(call, range(6)))
        made = {what for status, what in answers if status == 201}
        assert len(made) == 1
        assert {what for status, what in answers if status == 409} <= {"in_progress"}
        assert {status for status, _ in answers} <= {201, 409}
        assert house.facts(made.pop()) == ["account_enrolled"]


def test_a_race_under_different_keys_enrols_once(one: Client) -> None:
    body, start = enrolment(), Barrier(6)

    def call(number: int) -> tuple[int, str]:
        start.wait()
        answer = one.post("/v1/accounts", body, key=f"different-{number}")
        return answer.status_code, answer.json().get("id") or answer.json()["account"]

    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(call, range(6)))
    assert sorted(status for status, _ in answers) == [201, 409, 409, 409, 409, 409]
    assert len({account for _, account in answers}) == 1


def test_people_enrolled_at_once_become_one_person(house: House, one: Client) -> None:
    from sqlalchemy import func, select

    from forbear.ledger.tables.accounts import Party

    name, start = "Cyd Sampleton", Barrier(6)

    def call(_: int) -> str:
        body = enrolment()
        guarantor = {**body["parties"][0], "role": "guarantor", "name": "Dee Sampleton", "stops": [], "contacts": []}
        body["parties"][0]["name"] = name
        body["parties"].append(guarantor)
        body["parties"][0]["opt_outs"] = [{"scope": "number", "contact_point": 0, "at": "2026-01-01T00:00:00Z"}]
        body["parties"][0]["contact_points"][0]["value"] = "+13125550166"
        start.wait()
        return one.made("/v1/accounts", body)["id"]

    with ThreadPoolExecutor(6) as pool:
        accounts = list(pool.map(call, range(6)))
    with house.ledger.api(one.tenant, one.lender) as session:
        persons = session.execute(
            select(func.count(func.distinct(Party.person))).where(Party.account.in_(accounts), Party.role == "borrower")
        ).scalar_one()
    assert persons == 1
