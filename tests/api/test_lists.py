"""Lists: the filters of accounts, and pages of what an account has on file."""

from datetime import timedelta
from typing import Any

import pytest

from forbear.api.lender import answers
from tests.api.house import Client, House, Json, enrolment


def _ids(client: Client, query: str) -> list[str]:
    answer = client.get(f"/v1/accounts?limit=1000&{query}")
    assert answer.status_code == 200, answer.text
    return [row.id for row in answers.AccountPage.model_validate(answer.json()).data]


def test_each_filter_finds_its_accounts(house: House, one: Client) -> None:
    today = house.ledger.clock.now().date()
    old = one.enrol(due_since=str(today - timedelta(days=75)), product="Filtered Card")["id"]
    house.later(hours=1)
    since = house.ledger.clock.now().strftime("%Y-%m-%dT%H:%M:%SZ")
    new = one.enrol(due_since=str(today - timedelta(days=5)), product="Filtered Card")["id"]
    for query, found in (
        ("product=Filtered Card", [old, new]),
        ("product=Filtered Card&stage=M3", [old]),
        ("product=Filtered Card&min_days_past_due=75&max_days_past_due=75", [old]),
        ("product=Filtered Card&min_days_past_due=76", []),
        ("product=Filtered Card&max_days_past_due=30", [new]),
        (f"product=Filtered Card&enrolled_since={since}", [new]),
        (f"product=Filtered Card&enrolled_before={since}", [old]),
        ("product=Filtered Card&playbook=us-first-party&currency=USD&state=open", [old, new]),
        ("product=Filtered Card&playbook=cn-consumer", []),
        ("product=Filtered Card&currency=CNY", []),
        ("product=Filtered Card&state=closed", []),
        ("product=Filtered Card&next_before=2026-03-02T15:30:00Z", [old]),
        ("product=Filtered Card&held_by=POLICY.STOP", []),
    ):
        assert _ids(one, query) == found, query


def test_accounts_are_found_by_the_rule_that_holds_them(house: House, one: Client) -> None:
    from forbear.cadence.playbooks import load_all
    from forbear.contracts.decision import Asked
    from forbear.ledger.deciding import DecidingBook
    from forbear.rules.packs import load

    account = one.enrol()["id"]
    one.made(f"/v1/accounts/{account}/stops", {"kind": "insolvency"})
    DecidingBook(house.ledger, load_all(), load()).decide(
        Asked(tenant=one.tenant, account=account, run="run", number=0)
    )
    rule = one.account(account)["next"]["rule"]
    assert account in _ids(one, f"held_by={rule}")
    row = next(row for row in one.get(f"/v1/accounts?held_by={rule}").json()["data"] if row["id"] == account)
    assert row["held_by"] == rule


@pytest.mark.parametrize(
    "query",
    ["stat=open", "state=gone", "min_days_past_due=-1", "enrolled_since=yesterday", "currency=usd", "stage=M", "held_by=%27",
     "limit=0", "limit=1001", "product=", "playbook=A%20B"],
)  # fmt: skip
def test_a_filter_that_is_none_is_named(one: Client, query: str) -> None:
    answer = one.get(f"/v1/accounts?{query}")
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid")
    assert answer.json()["errors"][0]["pointer"] == f"/query/{query.partition('=')[0]}"


def test_a_cursor_is_bound_to_every_filter(one: Client) -> None:
    for _ in range(3):
        one.enrol(product="Bound")
    query = "product=Bound&min_days_past_due=0&limit=1"
    cursor = one.get(f"/v1/accounts?{query}").json()["next_cursor"]
    assert one.get(f"/v1/accounts?{query.replace('limit=1', 'limit=2')}&cursor={cursor}").status_code == 200
    for other in ("product=Bound", "product=Bound&min_days_past_due=1", "min_days_past_due=0", query + "&currency=USD"):
        answer = one.get(f"/v1/accounts?{other}&cursor={cursor}")
        assert (answer.status_code, answer.json()["code"]) == (400, "bad_cursor")


def _filled(client: Client) -> dict[str, list[str]]:
    """An account with three of each thing; the ids by the list's name, in their order where instants tell it."""
    account = client.enrol()["id"]
    path = f"/v1/accounts/{account}"
    forms: dict[str, Any] = {
        "holds": {"reason": "review"},
        "stops": {"kind": "hardship"},
        "promises": {"amount": {"amount": "5.00", "currency": "USD"}, "due_on": "2026-03-10"},
        "agreements": {"kind": "hours", "at": "2026-03-01T10:00:00Z", "open": "07:00", "close": "08:30"},
        "consents": {"channel": "email", "given_to": "Us", "how": "on paper", "at": "2026-03-01T10:00:00Z"},
    }
    made = {name: [client.made(f"{path}/{name}", form)["id"] for _ in range(3)] for name, form in forms.items()}
    made["payments"] = [client.pay(account, "1.00")["id"] for _ in range(3)]
    made["opt-outs"] = [
        client.made(f"{path}/opt-outs", {"scope": "channel", "channel": channel})["id"]
        for channel in ("sms", "call", "letter")
    ]
    return {"account": [account], **made}


def test_every_list_of_an_account_is_paged(one: Client, two: Client) -> None:
    made = _filled(one)
    [account] = made.pop("account")
    theirs = two.made("/v1/accounts", enrolment())["id"]
    for name, ids in made.items():
        seen: list[Json] = []
        cursor = ""
        while True:
            page = one.get(f"/v1/accounts/{account}/{name}?limit=2{cursor}").json()
            assert page["has_more"] == (page["next_cursor"] is not None)
            seen += page["data"]
            if not page["has_more"]:
                break
            cursor = f"&cursor={page['next_cursor']}"
        found = [each["id"] for each in seen]
        assert len(found) == len(set(found))
        assert set(ids) <= set(found), name
        assert cursor
        for where, client in ((theirs, two), (account, two)):
            assert client.get(f"/v1/accounts/{where}/{name}?limit=2{cursor}").status_code in {400, 404}
        other = next(each for each in made if each != name)
        assert one.get(f"/v1/accounts/{account}/{other}?{cursor[1:]}").json()["code"] == "bad_cursor"


def test_a_payment_and_its_reversal_are_both_listed(one: Client) -> None:
    account = one.enrol()["id"]
    paid = one.pay(account, "12.00")["id"]
    path = f"/v1/accounts/{account}/payments"
    undone = one.made(f"{path}/{paid}/reversal", {"external_id": "R-list", "received_at": "2026-03-02T14:30:00Z"})
    page = answers.PaymentPage.model_validate(one.get(path).json())
    assert [(each.id, each.reverses) for each in page.data] in (
        [(paid, None), (undone["id"], paid)], [(undone["id"], paid), (paid, None)])  # fmt: skip
