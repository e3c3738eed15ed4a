"""Webhooks over the API: added with a secret shown once, listed without it, ended; and what is told of a case."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from forbear.ledger.engine import make_engine
from forbear.ledger.webhooks import PAUSES, LenderNewsBook
from forbear.ports.lender_news import News
from tests.api.house import Client, House

HOOK = {"url": "https://lender.example.com/forbear", "events": ["case.opened", "case.stage", "case.closed"]}


def opened(house: House, client: Client, account: str, case: str) -> None:
    """A case as the cadence opens one."""
    with make_engine(house.migrator).begin() as connection:
        connection.execute(
            text(
                "insert into legal_case (id, tenant, lender, account, kind, reason, state, opened_at, stage) "
                "values (:id, :tenant, :lender, :account, 'suit', 'four months past due', 'open', :at, 'notice')"
            ),
            {
                "id": case,
                "tenant": client.tenant,
                "lender": client.lender,
                "account": account,
                "at": house.ledger.clock.now(),
            },
        )


def changed(house: House, case: str, **values: Any) -> None:
    told = ", ".join(f"{name} = :{name}" for name in values)
    with make_engine(house.migrator).begin() as connection:
        connection.execute(text(f"update legal_case set {told} where id = :id"), {"id": case, **values})  # noqa: S608  our own names


def mine(house: House, client: Client) -> list[tuple[str, dict[str, Any]]]:
    return [
        (each.kind, dict(each.body)) for each in LenderNewsBook(house.ledger).due(100) if each.tenant == client.tenant
    ]


def test_the_secret_is_shown_once(one: Client) -> None:
    made = one.made("/v1/webhooks", HOOK)
    assert made["secret"].startswith("whsec_")
    listed = [each for each in one.get("/v1/webhooks").json()["data"] if each["id"] == made["id"]]
    assert listed == [{name: value for name, value in made.items() if name != "secret"}]


def test_only_https_is_taken_outside_the_sandbox_s_loopback(one: Client) -> None:
    for url in (
        "http://lender.example.com/x",
        "ftp://lender.example.com/",
        "lender.example.com",
        "https://x.example/#a",
    ):
        answer = one.post("/v1/webhooks", {**HOOK, "url": url})
        assert answer.status_code == 422, url
        assert answer.json()["errors"][0]["pointer"] == "/url"
    assert one.post("/v1/webhooks", {**HOOK, "events": ["case.lost"]}).status_code == 422


def test_a_lender_hears_of_its_own_cases_alone(house: House, one: Client, two: Client) -> None:
    for client in (one, two):
        client.made("/v1/webhooks", HOOK)
    mine(house, one)  # what other tests left
    account = one.enrol()["id"]
    opened(house, one, account, "cas_told1")
    changed(house, "cas_told1", stage="mediation", stage_since=house.ledger.clock.now())
    changed(house, "cas_told1", state="closed", outcome="paid", closed_at=house.ledger.clock.now())
    due = [each for each in LenderNewsBook(house.ledger).due(100) if each.body.get("case") == "cas_told1"]
    assert [each.kind for each in due] != []
    assert sorted(each.kind for each in due) == sorted(["case.opened", "case.stage", "case.closed"] * (len(due) // 3))
    with house.ledger.api(two.tenant, two.lender) as session:
        seen = session.execute(
            text("select count(*) from webhook_message where body->>'case' = 'cas_told1'")
        ).scalar_one()
    assert seen == 0
    assert all(each.body["account"] == account for each in due)


def test_a_message_waits_longer_each_time_and_is_given_up_at_last(house: House, one: Client) -> None:
    hook = one.made("/v1/webhooks", {**HOOK, "events": ["case.opened"]})["id"]
    book = LenderNewsBook(house.ledger)
    book.due(100)
    opened(house, one, one.enrol()["id"], "cas_told2")

    def due() -> list[News]:
        return [each for each in book.due(100) if each.id in ids(one, hook)]

    for pause in PAUSES:
        (message,) = due()
        book.refused(message, 500)
        assert not due()
        house.hands.advance(pause)
    (message,) = due()
    book.refused(message, 500)
    house.hands.advance(timedelta(days=30))
    assert not due()
    told = one.get(f"/v1/webhooks/{hook}/messages").json()["data"][0]
    assert (told["state"], told["tries"], told["last_status"]) == ("given_up", len(PAUSES) + 1, 500)


def test_one_that_was_taken_is_told_no_more(house: House, one: Client) -> None:
    hook = one.made("/v1/webhooks", {**HOOK, "events": ["case.opened"]})["id"]
    book = LenderNewsBook(house.ledger)
    book.due(100)
    opened(house, one, one.enrol()["id"], "cas_told3")
    (message,) = [each for each in book.due(100) if each.id in ids(one, hook)]
    book.told(message, 204)
    house.hands.advance(timedelta(days=1))
    assert not [each for each in book.due(100) if each.id == message.id]
    assert one.get(f"/v1/webhooks/{hook}/messages").json()["data"][0]["state"] == "delivered"


def test_an_ended_webhook_hears_nothing_more(house: House, one: Client) -> None:
    hook = one.made("/v1/webhooks", {**HOOK, "events": ["case.opened"]})["id"]
    opened(house, one, one.enrol()["id"], "cas_told4")
    ended = one.made(f"/v1/webhooks/{hook}/end", {})
    assert ended["disabled_at"] is not None
    assert one.made(f"/v1/webhooks/{hook}/end", {}) == ended
    assert not [each for each in LenderNewsBook(house.ledger).due(100) if each.id in ids(one, hook)]
    opened(house, one, one.enrol()["id"], "cas_told5")
    assert len(one.get(f"/v1/webhooks/{hook}/messages").json()["data"]) == 1


@pytest.mark.parametrize("path", ["/v1/webhooks/{}/messages", "/v1/webhooks/{}/end"])
def test_another_lender_s_webhook_is_not_there(one: Client, two: Client, path: str) -> None:
    hook = one.made("/v1/webhooks", HOOK)["id"]
    answer = two.get(path.format(hook)) if path.endswith("messages") else two.post(path.format(hook), {})
    assert answer.status_code == 404


def ids(client: Client, hook: str) -> set[str]:
    return {each["id"] for each in client.get(f"/v1/webhooks/{hook}/messages").json()["data"]}
