"""What is told out of order: an opt-out after a consent, a clock ahead of ours, a number better than it is."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from forbear.cadence.playbooks import load_all
from forbear.cadence.recheck import ClaimedTouch, still_allowed
from forbear.ledger.lives import load_life
from forbear.ledger.tables.people import ContactPoint
from forbear.ledger.views import instant
from forbear.rules.packs import load
from tests.api.house import Client, House, Json, enrolment

CONSENT: Json = {"channel": "sms", "given_to": "Us", "how": "on paper"}
SCOPES = ["number", "channel", "all_automated", "everything"]


def now(house: House, **ahead: float) -> str:
    return instant(house.ledger.clock.now() + timedelta(**ahead))


def opt_out(scope: str, number: str) -> Json:
    asked: dict[str, Json] = {"number": {"number": number}, "channel": {"channel": "sms"}}
    return {"scope": scope, **asked.get(scope, {})}


def number_of(body: Json) -> str:
    return body["parties"][0]["contact_points"][0]["value"]


def why_not(house: House, client: Client, account: str) -> str | None:
    """What speaks against a text to the borrower's phone at this moment."""
    at = house.ledger.clock.now()
    with house.ledger.worker(client.tenant) as session:
        life = load_life(session, account, now=at)
    assert life is not None
    [phone] = [point for point in life.borrower.points if point.kind == "phone"]
    return still_allowed(
        life, ClaimedTouch(life.borrower.id, phone.id, "sms"), load_all()["us-first-party"], load(), at
    )


@pytest.mark.parametrize("scope", SCOPES)
def test_an_opt_out_after_a_consent_binds_again(house: House, one: Client, scope: str) -> None:
    body = enrolment()
    account = one.made("/v1/accounts", body)["id"]
    path, form = f"/v1/accounts/{account}", opt_out(scope, number_of(body))
    assert why_not(house, one, account) is None
    for _ in range(2):
        one.made(f"{path}/opt-outs", form)
        house.later(minutes=1)
        assert (why_not(house, one, account) or "").startswith("POLICY.SUPPRESSED")
        one.made(f"{path}/consents", {**CONSENT, "at": now(house)})
        house.later(minutes=1)
        assert why_not(house, one, account) is None, "a consent is what lifts it"


@pytest.mark.parametrize("scope", SCOPES)
def test_an_opt_out_told_with_a_later_account_binds_again(house: House, one: Client, scope: str) -> None:
    body = enrolment()
    account = one.made("/v1/accounts", body)["id"]
    one.made(f"/v1/accounts/{account}/opt-outs", opt_out(scope, number_of(body)))
    house.later(hours=1)
    one.made(f"/v1/accounts/{account}/consents", {**CONSENT, "at": now(house)})
    house.later(hours=1)
    said: Json = {"scope": scope, "channel": "sms" if scope == "channel" else None, "at": now(house)}
    body["parties"][0]["opt_outs"] = [{**said, "contact_point": 0 if scope == "number" else None}]
    one.made("/v1/accounts", {**body, "external_id": f"{body['external_id']}-b"})
    assert (why_not(house, one, account) or "").startswith("POLICY.SUPPRESSED")


@pytest.mark.parametrize("over", ["consents", "enrolment"])
def test_a_consent_dated_ahead_does_not_outlive_a_stop(house: House, one: Client, over: str) -> None:
    body = enrolment()
    ahead = {**CONSENT, "at": now(house, minutes=4)}
    if over == "enrolment":
        body["parties"][0]["consents"] = [ahead]
    account = one.made("/v1/accounts", body)["id"]
    path = f"/v1/accounts/{account}"
    if over == "consents":
        assert one.made(f"{path}/consents", ahead)["at"] == now(house)
    house.later(minutes=1)
    one.made(f"{path}/opt-outs", {"scope": "everything"})
    house.later(minutes=10)
    assert (why_not(house, one, account) or "").startswith("POLICY.SUPPRESSED")


def test_nothing_that_was_said_is_kept_as_of_later_than_now(house: House, one: Client) -> None:
    told, ahead = now(house), now(house, minutes=4)
    body = enrolment()
    party = body["parties"][0]
    party["consents"] = [{**CONSENT, "at": ahead}]
    party["agreements"] = [{"kind": "hours", "at": ahead, "open": "09:00", "close": "18:00"}]
    party["opt_outs"] = [{"scope": "channel", "channel": "call", "at": ahead}]
    party["stops"] = [{"kind": "dispute", "at": ahead}]
    path = f"/v1/accounts/{one.made('/v1/accounts', body)['id']}"
    one.made(f"{path}/consents", {**CONSENT, "at": ahead})
    one.made(f"{path}/agreements", {"kind": "hours", "at": ahead, "open": "09:00", "close": "18:00"})
    one.made(f"{path}/opt-outs", {"scope": "everything", "at": ahead})
    one.made(f"{path}/stops", {"kind": "hardship", "at": ahead})
    for name in ("consents", "agreements", "opt-outs", "stops"):
        rows = one.get(f"{path}/{name}").json()["data"]
        assert [row["at"] for row in rows] == [told, told], name


@pytest.mark.parametrize(
    ("known", "told", "kept"),
    [
        ("wrong_party", "unreachable", "wrong_party"),
        ("wrong_party", "invalid", "wrong_party"),
        ("invalid", "unreachable", "invalid"),
        ("invalid", "valid", "invalid"),
        ("unreachable", "invalid", "invalid"),
        ("valid", "wrong_party", "wrong_party"),
    ],
)
def test_a_number_told_again_only_gets_worse(house: House, one: Client, known: str, told: str, kept: str) -> None:
    body: Any = enrolment()
    phone = body["parties"][0]["contact_points"][0]
    phone["state"] = known
    account = one.made("/v1/accounts", body)["id"]
    again = {**phone, "state": told}
    later = {**body["parties"][0], "contact_points": [again]}
    ways: tuple[tuple[str, Json], ...] = (
        (f"/v1/accounts/{account}/contact-points", again),
        ("/v1/accounts", {**body, "external_id": f"{body['external_id']}-b", "parties": [later]}),
    )
    key = house.ledger.vault.address_key(one.tenant, "phone", phone["value"])
    for way, form in ways:
        one.made(way, form)
        with house.ledger.api(one.tenant, one.lender) as session:
            [point] = session.scalars(select(ContactPoint).where(ContactPoint.address_key == key))
        assert point.state == kept


def test_a_hold_is_of_one_account(one: Client) -> None:
    account = one.enrol()["id"]
    wide = {"kind": "hold", "this_account_only": False}
    refused = one.post(f"/v1/accounts/{account}/stops", wide)
    assert refused.status_code == 422
    [wrong] = refused.json()["errors"]
    assert wrong["pointer"] == "/this_account_only"
    assert "a hold is of one account" in str(wrong)
    body = enrolment()
    body["parties"][0]["stops"] = [{**wide, "at": "2026-02-01T10:00:00Z"}]
    refused = one.post("/v1/accounts", body)
    assert refused.status_code == 422
    assert [each["pointer"] for each in refused.json()["errors"]] == ["/parties/0/stops/0/this_account_only"]
    for only in (True, None):
        hold = one.made(f"/v1/accounts/{account}/stops", {"kind": "hold", "this_account_only": only})
        assert hold["id"] in {each["id"] for each in one.get(f"/v1/accounts/{account}/holds").json()["data"]}
