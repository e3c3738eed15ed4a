"""A lender's own pauses: they bind everybody on the account, end by themselves, and are no stop that somebody said."""

from datetime import datetime, timedelta

from forbear.api.lender.shapes import holds as shapes
from forbear.cadence.playbooks import load_all
from forbear.contracts.decision import Asked, Decision, Rest
from forbear.ledger.deciding import DecidingBook
from forbear.ledger.lives import load_life
from forbear.rules.packs import load
from tests.api.house import Client, House, Json, enrolment


def _hold(client: Client, account: str, **form: object) -> shapes.LenderHold:
    body = {"reason": "review", **form}
    return shapes.LenderHold.model_validate(client.made(f"/v1/accounts/{account}/holds", body))


def _decide(house: House, client: Client, account: str, number: int) -> Decision:
    book = DecidingBook(house.ledger, load_all(), load())
    return book.decide(Asked(tenant=client.tenant, account=account, run="run", number=number))


def _held(decision: Decision) -> bool:
    return isinstance(decision, Rest) and decision.rule == "POLICY.STOP"


def _confirmed(client: Client, account: str, as_of: datetime) -> None:
    row: Json = {"account_id": account, "as_of": as_of.isoformat(), "components": {"principal": "400.00"}}
    client.made("/v1/balances", {"balances": [row]})


def test_a_hold_binds_at_once_until_its_instant(house: House, one: Client) -> None:
    account, now = one.enrol()["id"], house.ledger.clock.now()
    until = now + timedelta(days=4)
    hold = _hold(one, account, until=until.isoformat(), reason="settlement_talks")
    assert (hold.reason, hold.at, hold.until, hold.released_at) == ("settlement_talks", now, until, None)
    assert house.facts(account)[-1] == "stop_placed"
    rested = _decide(house, one, account, 0)
    assert isinstance(rested, Rest)
    shown = one.account(account)
    assert [(each["id"], each["kind"]) for each in shown["holds"]] == [(hold.id, "hold")]
    assert shown["next"]["rule"] == rested.rule == "POLICY.STOP"
    assert until <= rested.until <= until + timedelta(days=1), "the account is looked at again when the hold ends"
    house.later(days=4, hours=1)
    _confirmed(one, account, house.ledger.clock.now())
    assert one.account(account)["holds"] == []
    assert not _held(_decide(house, one, account, 1))


def test_a_hold_without_an_end_waits_for_its_release(house: House, one: Client) -> None:
    account = one.enrol()["id"]
    hold = _hold(one, account)
    assert _held(_decide(house, one, account, 0))
    path = f"/v1/accounts/{account}/holds/{hold.id}/release"
    house.later(hours=1)
    released = shapes.LenderHold.model_validate(one.made(path, {"reason": "resolved"}))
    assert released.released_at == house.ledger.clock.now()
    house.later(hours=1)
    assert one.made(path, {})["released_at"] == released.model_dump(mode="json")["released_at"]
    assert house.facts(account).count("stop_lifted") == 1


def test_holds_and_stops_are_two_lists(one: Client) -> None:
    account = one.enrol()["id"]
    path = f"/v1/accounts/{account}"
    hold = _hold(one, account)
    stop = one.made(f"{path}/stops", {"kind": "hardship"})
    said = one.made(f"{path}/opt-outs", {"scope": "all_automated"})
    listed = {name: one.get(f"{path}/{name}").json()["data"] for name in ("holds", "stops", "opt-outs")}
    assert {name: [each["id"] for each in rows] for name, rows in listed.items()} == {
        "holds": [hold.id], "stops": [stop["id"]], "opt-outs": [said["id"]]}  # fmt: skip
    one.made(f"{path}/holds/{hold.id}/release", {})
    assert one.get(f"{path}/holds").json()["data"][0]["released_at"] is not None, "an ended one stays on the list"


def test_what_a_person_said_is_no_hold_to_release(one: Client) -> None:
    account, other = one.enrol()["id"], one.enrol()["id"]
    stop = one.made(f"/v1/accounts/{account}/stops", {"kind": "cease"})["id"]
    hold = _hold(one, account).id
    for path in (f"{account}/holds/{stop}", f"{other}/holds/{hold}", f"{account}/holds/stp_none"):
        assert one.post(f"/v1/accounts/{path}/release", {}).status_code == 404
    assert one.get(f"/v1/accounts/{account}/stops").json()["data"][0]["lifted_at"] is None


def test_a_hold_says_what_it_cannot_be(house: House, one: Client) -> None:
    account, now = one.enrol()["id"], house.ledger.clock.now()
    for form, pointer in (
        ({"reason": "review", "until": now.isoformat()}, "/until"),
        ({"reason": "review", "until": (now + timedelta(days=500)).isoformat()}, "/until"),
        ({"reason": "Zebediah called"}, "/reason"),
        ({}, "/reason"),
    ):
        answer = one.post(f"/v1/accounts/{account}/holds", form)
        assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]
        assert "Zebediah" not in answer.text


def test_a_hold_is_of_everybody_on_the_account_and_of_no_other(house: House, one: Client) -> None:
    body = enrolment()
    guarantor = {
        **enrolment()["parties"][0],
        "role": "guarantor",
        "name": "Gus Sampleton",
        "consents": [],
        "contacts": [],
    }
    body["parties"].append(guarantor)
    account = one.made("/v1/accounts", body)["id"]
    less = {"as_of": body["balance"]["as_of"], "components": {"principal": "1.00"}}
    second = one.made("/v1/accounts", {**body, "external_id": f"{body['external_id']}-b", "balance": less})["id"]
    _hold(one, account)
    with house.ledger.worker(one.tenant) as session:
        lives = [load_life(session, each, now=house.ledger.clock.now()) for each in (account, second)]
    held = [
        sorted(stop.account for person in life.persons for stop in person.stops if stop.account)
        for life in lives
        if life
    ]
    assert held[0] == [account, account], "borrower and guarantor"
    assert set(held[1]) <= {account}, "the other account's own attempts are about another debt"
    assert _held(_decide(house, one, account, 0))
    assert not _held(_decide(house, one, second, 0))
