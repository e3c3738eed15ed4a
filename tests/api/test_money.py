"""Payments, their reversal and the lender's nightly word on what is owed."""

import random
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

import pytest
from sqlalchemy import select, update

from forbear.api.lender import answers
from forbear.ledger.confirming import STALE_AFTER
from forbear.ledger.owed import owed_on
from forbear.ledger.promises import make_promise
from forbear.ledger.tables.accounts import Account, Entry, Party
from tests.api.house import Client, House, Json, payment


def _confirm(client: Client, account: str, as_of: str, **components: str) -> Json:
    row = {"account_id": account, "as_of": as_of, "components": components}
    return client.made("/v1/balances", {"balances": [row]})["results"][0]


def _close(house: House, client: Client, account: str) -> None:
    """What `decide` does when nothing is owed."""
    with house.ledger.api(client.tenant, client.lender) as session:
        values = {"state": "closed", "close_reason": "paid in full", "closed_at": house.ledger.clock.now()}
        gone = {"next_at": None, "next_reason": None, "next_rule": None}
        session.execute(update(Account).where(Account.id == account).values(**values, **gone))


def test_a_payment_is_taken_off_in_order(house: House, one: Client) -> None:
    account = one.enrol()["id"]
    answer = one.post(f"/v1/accounts/{account}/payments", payment("30.00"))
    assert answer.status_code == 201
    posted = answers.Payment.model_validate(answer.json())
    assert posted.balance.components["fee"] == "0.00"
    assert posted.balance.components["interest"] == "13.75"
    assert posted.balance.components["principal"] == "412.50"
    assert posted.balance.total.amount == "426.25"
    assert house.facts(account)[-1] == "payment_received"
    with house.ledger.api(one.tenant, one.lender) as session:
        entries = session.scalars(select(Entry).where(Entry.payment == posted.id)).all()
    assert {(entry.component, entry.amount) for entry in entries} == {("fee", Decimal(-25)), ("interest", Decimal(-5))}


@pytest.mark.parametrize("seed", range(4))
def test_any_split_and_order_leaves_the_same_balance(one: Client, seed: int) -> None:
    dice = random.Random(seed)
    parts = [dice.randint(1, 9000) for _ in range(5)]
    accounts = [one.enrol()["id"] for _ in range(2)]
    for account in accounts:
        dice.shuffle(parts)
        for cents in parts:
            one.pay(account, f"{Decimal(cents) / 100:.2f}")
    whole = one.enrol()["id"]
    one.pay(whole, f"{Decimal(sum(parts)) / 100:.2f}")
    owed = [one.account(account)["balance"]["components"] for account in (*accounts, whole)]
    assert owed[0] == owed[1] == owed[2]


def test_payments_at_once_all_count(one: Client) -> None:
    account = one.enrol()["id"]
    with ThreadPoolExecutor(6) as pool:
        paid = [pool.submit(one.pay, account, "10.00") for _ in range(12)]
    assert len({each.result()["id"] for each in paid}) == 12
    assert one.account(account)["balance"]["total"]["amount"] == "336.25"


def test_a_payment_is_posted_once(house: House, one: Client) -> None:
    account, other = one.enrol()["id"], one.enrol()["id"]
    body = payment("10.00", external_id="PMT-once")
    first = one.post(f"/v1/accounts/{account}/payments", body)
    again = one.post(f"/v1/accounts/{account}/payments", body)
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json()["id"] == first.json()["id"]
    assert house.facts(account).count("payment_received") == 1
    for path, changed in ((account, payment("11.00", external_id="PMT-once")), (other, body)):
        refused = one.post(f"/v1/accounts/{path}/payments", changed)
        assert (refused.status_code, refused.json()["code"]) == (409, "payment_differs")
        assert refused.json()["payment"] == first.json()["id"]
    assert one.account(account)["balance"]["total"]["amount"] == "446.25"


def test_the_same_payment_at_once_under_two_keys_is_posted_once(house: House, one: Client) -> None:
    account = one.enrol()["id"]
    body = payment("10.00")
    with ThreadPoolExecutor(4) as pool:
        posted = [pool.submit(one.post, f"/v1/accounts/{account}/payments", body) for _ in range(4)]
    assert sorted(each.result().status_code for each in posted) == [200, 200, 200, 201]
    assert house.facts(account).count("payment_received") == 1


def test_more_than_owed_is_a_credit(one: Client) -> None:
    account = one.enrol()["id"]
    posted = one.pay(account, "500.00")
    assert posted["balance"]["total"]["amount"] == "-43.75"
    assert posted["balance"]["components"]["principal"] == "-43.75"


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"amount": {"amount": "0.00", "currency": "USD"}}, "/amount/amount"),
        ({"amount": {"amount": "-5.00", "currency": "USD"}}, "/amount/amount"),
        ({"amount": {"amount": "5.001", "currency": "USD"}}, "/amount"),
        ({"amount": {"amount": 5.0, "currency": "USD"}}, "/amount/amount"),
        ({"amount": {"amount": "5.00", "currency": "EUR"}}, "/amount/currency"),
        ({"received_at": "2026-03-02T16:00:00Z"}, "/received_at"),
        ({"received_at": "2026-03-02T14:00:00"}, "/received_at"),
    ],
)
def test_a_payment_that_cannot_be_taken(one: Client, change: Json, pointer: str) -> None:
    account = one.enrol()["id"]
    refused = one.post(f"/v1/accounts/{account}/payments", {**payment("5.00"), **change})
    assert refused.status_code == 422
    assert [error["pointer"] for error in refused.json()["errors"]] == [pointer]
    assert one.account(account)["balance"]["total"]["amount"] == "456.25"


def test_a_reversal_counters_its_payment_and_opens_the_account(house: House, one: Client) -> None:
    account = one.enrol()["id"]
    posted = one.pay(account, "456.25")
    _close(house, one, account)
    body = {"external_id": f"R-{posted['external_id']}", "received_at": "2026-03-02T14:30:00Z"}
    path = f"/v1/accounts/{account}/payments/{posted['id']}/reversal"
    reversal = answers.Payment.model_validate(one.made(path, body))
    assert (reversal.reverses, reversal.amount.amount) == (posted["id"], "-456.25")
    now = one.account(account)
    assert (now["state"], now["balance"]["total"]["amount"]) == ("open", "456.25")
    assert now["next"]["reason"] == "A payment was reversed; the next decision is pending"
    assert house.facts(account)[-1] == "payment_reversed"
    repeated = one.post(path, body)
    assert (repeated.status_code, repeated.json()["id"]) == (200, reversal.id)
    assert one.post(path, {**body, "external_id": "R-other"}).json()["code"] == "payment_differs"
    again = one.post(f"/v1/accounts/{account}/payments/{reversal.id}/reversal", {**body, "external_id": "R-2"})
    assert again.json()["code"] == "conflict"


def test_a_promise_is_kept_by_money_and_broken_by_its_reversal(house: House, one: Client) -> None:
    account = one.enrol()["id"]
    now = house.ledger.clock.now()
    with house.ledger.api(one.tenant, one.lender) as session:
        person = session.scalars(select(Party.person).where(Party.account == account)).one()
        make_promise(
            session, tenant=one.tenant, lender=one.lender, account=account, person=person, amount=Decimal(50),
            currency="USD", due_on=now.date(), via="page", now=now,
        )  # fmt: skip
    house.later(minutes=1)
    posted = one.pay(account, "50.00")
    assert [promise["state"] for promise in one.account(account)["promises"]] == ["kept"]
    house.later(days=4)
    one.made(
        f"/v1/accounts/{account}/payments/{posted['id']}/reversal",
        {"external_id": "R-kept", "received_at": "2026-03-05T10:00:00Z"},
    )
    assert [promise["state"] for promise in one.account(account)["promises"]] == ["broken"]


def test_a_confirmed_balance_becomes_an_adjustment(house: House, one: Client) -> None:
    account = one.enrol()["id"]
    told = _confirm(one, account, "2026-03-02T12:00:00Z", principal="412.50", interest="20.00", fee="0.00")
    assert (told["account"], told["result"]) == (account, "adjusted")
    now = one.account(account)
    assert now["balance"]["as_of"] == "2026-03-02T12:00:00Z"
    assert now["balance"]["total"]["amount"] == "432.50"
    assert house.facts(account)[-1] == "balance_confirmed"
    adjusted = {
        item["component"]: item["amount"]["amount"] for item in one.story(account) if item["kind"] == "adjustment"
    }
    assert adjusted == {"interest": "1.25", "fee": "-25.00"}


def test_money_received_after_the_books_closed_is_kept(one: Client) -> None:
    account = one.enrol()["id"]
    one.made(f"/v1/accounts/{account}/payments", payment("100.00", received_at="2026-03-02T14:00:00Z"))
    _confirm(one, account, "2026-03-02T12:00:00Z", principal="412.50", interest="18.75", fee="25.00")
    assert one.account(account)["balance"]["total"]["amount"] == "356.25"


def test_only_news_wakes_an_account(house: House, one: Client) -> None:
    account = one.enrol()["id"]
    same = {"principal": "412.50", "interest": "18.75", "fee": "25.00"}

    def woken() -> int:
        return house.facts(account).count("balance_confirmed")

    assert _confirm(one, account, "2026-03-02T14:00:00Z", **same)["result"] == "confirmed"
    assert woken() == 0
    house.hands.advance(STALE_AFTER)
    assert _confirm(one, account, "2026-03-05T14:30:00Z", **same)["result"] == "confirmed"
    assert woken() == 1, "the old balance had gone stale"
    assert _confirm(one, account, "2026-03-04T00:00:00Z", **same)["result"] == "outdated"
    assert one.account(account)["balance"]["as_of"] == "2026-03-05T14:30:00Z"


def test_a_closed_account_is_opened_where_the_books_say_that_something_is_owed(house: House, one: Client) -> None:
    account = one.enrol()["id"]
    one.pay(account, "456.25")
    _close(house, one, account)
    _confirm(one, account, "2026-03-02T14:30:00Z", principal="10.00")
    assert one.account(account)["state"] == "open"


def test_each_row_of_balances_is_answered(one: Client, two: Client) -> None:
    mine, foreign = one.enrol(), two.enrol()["id"]
    good = {"as_of": "2026-03-02T14:00:00Z", "components": {"principal": "1.00"}}
    rows = [
        {"external_id": mine["external_id"], **good},
        {"account_id": mine["id"], **good},
        {"account_id": foreign, **good},
        {"external_id": "nobody", **good},
        {"account_id": mine["id"], "as_of": "2027-01-01T00:00:00Z", "components": {}},
    ]
    answer = one.post("/v1/balances", {"balances": rows})
    assert answer.status_code == 200
    results = answers.BalanceResults.model_validate(answer.json()).results
    assert [result.result for result in results] == ["adjusted", "refused", "refused", "refused", "refused"]
    pointers = [error.pointer for result in results for error in result.errors]
    assert pointers == ["/account_id", "/account_id", "/external_id", "/account_id"]
    assert two.account(foreign)["balance"]["total"]["amount"] == "456.25"


def test_a_row_names_its_account_once_and_exactly(one: Client) -> None:
    account = one.enrol()
    row = {"as_of": "2026-03-02T14:00:00Z", "components": {"principal": "1.005"}}
    both = {**row, "account_id": account["id"], "external_id": account["external_id"]}
    assert one.post("/v1/balances", {"balances": [both]}).status_code == 422
    answer = one.post("/v1/balances", {"balances": [{**row, "account_id": account["id"]}]}).json()
    assert answer["results"][0]["errors"][0]["pointer"] == "/components"


def test_the_balance_is_the_sum_of_its_entries(house: House, one: Client) -> None:
    account = one.enrol()["id"]
    one.pay(account, "77.77")
    _confirm(one, account, "2026-03-02T14:30:00Z", principal="400.00", interest="1.00")
    with house.ledger.api(one.tenant, one.lender) as session:
        entries = session.scalars(select(Entry).where(Entry.account == account)).all()
        found = owed_on(session, session.get_one(Account, account), house.ledger.clock.now())
    for component, owed in found.parts.items():
        assert owed == sum((entry.amount for entry in entries if entry.component == component), Decimal(0))
