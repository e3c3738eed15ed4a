"""Promises that a lender heard: the page's rules, replaced or withdrawn, and settled by entries alone."""

from datetime import date, timedelta
from typing import Any

from forbear.api.lender import answers
from forbear.api.lender.shapes import promises as shapes
from forbear.cadence.playbooks import load_all
from forbear.contracts.decision import Asked, Rest
from forbear.ledger.deciding import DecidingBook
from forbear.rules.packs import load
from tests.api.house import Client, House, Json, enrolment


def _form(amount: str = "100.00", due_on: date | str = "2026-03-10", **more: Any) -> Json:
    return {"amount": {"amount": amount, "currency": "USD"}, "due_on": str(due_on), **more}


def _promise(client: Client, account: str, **form: Any) -> answers.Promise:
    return answers.Promise.model_validate(client.made(f"/v1/accounts/{account}/promises", _form(**form)))


def test_a_promise_waits_for_its_money(house: House, one: Client) -> None:
    account = one.enrol()["id"]
    made = _promise(one, account)
    assert (made.state, made.amount.amount, made.due_on) == ("open", "100.00", date(2026, 3, 10))
    assert house.facts(account)[-1] == "promise_made"
    book = DecidingBook(house.ledger, load_all(), load())
    answer = book.decide(Asked(tenant=one.tenant, account=account, run="run", number=0))
    assert isinstance(answer, Rest)
    assert answer.rule == "PROMISE.OPEN"
    one.pay(account, "100.00")
    assert one.get(f"/v1/accounts/{account}/promises").json()["data"][0]["state"] == "kept"


def test_a_later_promise_replaces_an_open_one(one: Client) -> None:
    account = one.enrol()["id"]
    first, second = _promise(one, account), _promise(one, account, amount="50.00", due_on="2026-03-20")
    page = shapes.PromisePage.model_validate(one.get(f"/v1/accounts/{account}/promises").json())
    assert {each.id: each.state for each in page.data} == {first.id: "replaced", second.id: "open"}


def test_a_withdrawn_promise_is_no_broken_one(house: House, one: Client) -> None:
    account = one.enrol()["id"]
    made = _promise(one, account)
    path = f"/v1/accounts/{account}/promises/{made.id}/withdrawal"
    for _ in range(2):
        assert one.made(path, shapes.WITHDRAW)["state"] == "withdrawn"
    assert house.facts(account).count("promise_withdrawn") == 1
    house.later(days=20)
    one.pay(account, "1.00")
    assert one.account(account)["promises"][0]["state"] == "withdrawn"


def test_only_an_open_promise_is_withdrawn(house: House, one: Client) -> None:
    account = one.enrol()["id"]
    first, second = _promise(one, account), _promise(one, account)
    path = f"/v1/accounts/{account}/promises"
    replaced = one.post(f"{path}/{first.id}/withdrawal", shapes.WITHDRAW)
    house.later(days=20)
    broken = one.post(f"{path}/{second.id}/withdrawal", shapes.WITHDRAW)
    assert [(each.status_code, each.json()["code"]) for each in (replaced, broken)] == [(409, "conflict")] * 2
    assert "broken" in broken.json()["detail"]
    other = one.enrol()["id"]
    assert one.post(f"/v1/accounts/{other}/promises/{second.id}/withdrawal", shapes.WITHDRAW).status_code == 404


def test_what_the_page_would_not_take_is_not_taken_here(house: House, one: Client) -> None:
    account, today = one.enrol()["id"], house.ledger.clock.now().date()
    for form, pointer in (
        (_form(amount="0.00"), "/amount/amount"),
        (_form(amount="-5.00"), "/amount/amount"),
        (_form(amount="456.26"), "/amount/amount"),
        ({**_form(), "amount": {"amount": "5.00", "currency": "EUR"}}, "/amount/currency"),
        (_form(due_on=today - timedelta(days=1)), "/due_on"),
        (_form(due_on=today + timedelta(days=32)), "/due_on"),
        (_form(role="spouse"), "/role"),
        ({"due_on": str(today)}, "/amount"),
    ):
        answer = one.post(f"/v1/accounts/{account}/promises", form)
        assert [error["pointer"] for error in answer.json()["errors"]] == [pointer], answer.text
    for due_on in (today, today + timedelta(days=31)):
        _promise(one, account, amount="456.25", due_on=due_on)
    one.pay(account, "456.25")
    assert one.post(f"/v1/accounts/{account}/promises", _form()).status_code == 409


def test_the_day_is_counted_where_the_borrower_lives(house: House, one: Client) -> None:
    """At two in the morning in UTC it is still the evening before in Chicago."""
    account = one.made("/v1/accounts", enrolment())["id"]
    house.later(hours=11)
    assert house.ledger.clock.now().date() == date(2026, 3, 3)
    _promise(one, account, due_on="2026-03-02")
    assert one.post(f"/v1/accounts/{account}/promises", _form(due_on="2026-04-03")).status_code == 422
