"""Who may call, and what nobody sees of anybody else."""

from collections.abc import Callable
from datetime import timedelta

import httpx
import pytest

from forbear.api.auth import SCOPES
from forbear.ledger.admin import add_key, revoke_key
from tests.api.house import Client, House, enrolment, payment


def _with_key(client: Client, key: str) -> Client:
    return Client(client.http, client.tenant, client.lender, key)


def test_a_call_without_a_key_is_refused(house: House) -> None:
    answer = house.http.get("/v1/accounts")
    assert (answer.status_code, answer.json()["code"]) == (401, "unauthenticated")
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


@pytest.mark.parametrize(
    "shown",
    ["x", "fbk", "fbk_00000000_", "fbk_00000000_" + "a" * 43, "fbk_0000000\x7f_" + "a" * 43],
)
def test_what_is_no_key_is_refused(one: Client, shown: str) -> None:
    assert _with_key(one, shown).get("/v1/accounts").status_code == 401


def test_every_part_of_a_key_counts(one: Client, two: Client) -> None:
    _, key_id, secret = one.key.split("_")
    for shown in (
        f"fbk_{key_id}_{secret[:-1]}{'a' if secret[-1] != 'a' else 'b'}",
        f"fbk_{two.key.split('_')[1]}_{secret}",
    ):
        assert _with_key(one, shown).get("/v1/accounts").status_code == 401
    assert one.http.get("/v1/accounts", headers={"Authorization": f"Basic {one.key}"}).status_code == 401


def test_a_key_ends(house: House, one: Client) -> None:
    now = house.ledger.clock.now()
    short = add_key(
        house.migrator, lender=one.lender, scopes=["accounts:read"], label="short", expires_at=now + timedelta(hours=1)
    )
    client = _with_key(one, short.shown)
    assert client.get("/v1/accounts").status_code == 200
    house.later(hours=2)
    assert client.get("/v1/accounts").status_code == 401
    house.later(hours=-2)
    revoke_key(house.migrator, short.id)
    assert client.get("/v1/accounts").status_code == 401


def test_a_scope_opens_its_own_calls_only(house: House, one: Client) -> None:
    account = one.enrol()["id"]
    calls: dict[str, Callable[[Client], httpx.Response]] = {
        "accounts:read": lambda client: client.get(f"/v1/accounts/{account}"),
        "accounts:write": lambda client: client.post("/v1/accounts", enrolment()),
        "payments:write": lambda client: client.post(f"/v1/accounts/{account}/payments", payment("1.00")),
        "balances:write": lambda client: client.post("/v1/balances", {"balances": [
            {"account_id": account, "as_of": "2026-03-02T14:00:00Z", "components": {"principal": "9.00"}}]}),
        "stops:write": lambda client: client.post(f"/v1/accounts/{account}/stops", {"kind": "hold"}),
        "promises:write": lambda client: client.post(f"/v1/accounts/{account}/promises", {
            "amount": {"amount": "5.00", "currency": "USD"}, "due_on": "2026-03-10"}),
        "consents:write": lambda client: client.post(f"/v1/accounts/{account}/agreements", {
            "kind": "hours", "at": "2026-03-01T10:00:00Z", "open": "07:00", "close": "08:30"}),
        "cases:read": lambda client: client.get("/v1/cases"),
        "cases:write": lambda client: client.post(f"/v1/accounts/{account}/cases", {"kind": "suit"}),
    }  # fmt: skip
    assert set(calls) == set(SCOPES)
    for scope in calls:
        key = add_key(house.migrator, lender=one.lender, scopes=[scope], label=scope)
        client = _with_key(one, key.shown)
        for needed, call in calls.items():
            answer = call(client)
            assert (answer.status_code < 300) == (needed == scope), (scope, needed, answer.text)
            if needed != scope:
                assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")
                assert needed in answer.json()["detail"]


def test_lenders_and_tenants_see_nothing_of_each_other(one: Client, two: Client, bank: Client) -> None:
    body = enrolment()
    mine = one.made("/v1/accounts", body)
    posted = one.pay(mine["id"], "5.00")
    stop = one.made(f"/v1/accounts/{mine['id']}/stops", {"kind": "insolvency"})
    for other in (two, bank):
        theirs = other.made("/v1/accounts", body)
        assert theirs["holds"] == []
        assert theirs["balance"]["total"]["amount"] == "456.25"
        assert [item["kind"] for item in other.story(theirs["id"])] == ["event", "past_contact", "enrolled"]
        listed = {row["id"] for row in other.get("/v1/accounts").json()["data"]}
        assert theirs["id"] in listed
        assert mine["id"] not in listed
        path = f"/v1/accounts/{mine['id']}"
        foreign = [
            other.get(path),
            other.get(f"{path}/timeline"),
            other.post(f"{path}/payments", payment("1.00")),
            other.post(f"{path}/payments/{posted['id']}/reversal", {"external_id": "X", "received_at": "2026-03-02T14:00:00Z"}),
            other.post(f"{path}/stops", {"kind": "hold"}),
            other.post(f"{path}/stops/{stop['id']}/release", {"reason": "court_order"}),
            other.post(f"{path}/opt-outs", {"scope": "everything"}),
            other.post(f"/v1/accounts/{theirs['id']}/stops/{stop['id']}/release", {"reason": "court_order"}),
            other.post(f"/v1/accounts/{theirs['id']}/payments/{posted['id']}/reversal", {"external_id": "X", "received_at": "2026-03-02T14:00:00Z"}),
        ]  # fmt: skip
        assert {answer.status_code for answer in foreign} == {404}
        absent = other.get("/v1/accounts/acc_0000000000000000000000").json()
        hidden = foreign[0].json()
        assert {**hidden, "detail": "", "instance": "", "trace_id": ""} == {
            **absent,
            "detail": "",
            "instance": "",
            "trace_id": "",
        }


def test_keys_of_idempotency_are_each_lenders_own(one: Client, two: Client) -> None:
    first = one.post("/v1/accounts", enrolment(), key="shared")
    second = two.post("/v1/accounts", enrolment(), key="shared")
    assert (first.status_code, second.status_code) == (201, 201)
    assert "Idempotency-Replayed" not in second.headers
