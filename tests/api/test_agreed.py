"""Consents and agreements put down after enrolment, and their end: what `decide` is told of them."""

from forbear.api.lender.shapes import agreements, consents
from forbear.cadence.life import Person
from forbear.ledger.lives import load_life
from tests.api.house import Client, House, Json, enrolment

HOURS: Json = {"kind": "hours", "at": "2026-03-01T10:00:00Z", "open": "07:00", "close": "08:30"}
CALL: Json = {
    "kind": "call_consent",
    "at": "2026-03-01T10:00:00Z",
    "start": "2026-03-02T10:00:00Z",
    "end": "2026-03-04T10:00:00Z",
}


def _borrower(house: House, client: Client, account: str) -> Person:
    with house.ledger.worker(client.tenant) as session:
        life = load_life(session, account, now=house.ledger.clock.now())
    assert life is not None
    return life.borrower


def test_an_agreement_counts_until_it_ends(house: House, one: Client) -> None:
    account = one.enrol()["id"]
    path = f"/v1/accounts/{account}/agreements"
    hours = agreements.Agreement.model_validate(one.made(path, HOURS))
    call = agreements.Agreement.model_validate(one.made(path, CALL))
    assert (hours.open, hours.close, hours.roles) == ("07:00:00", "08:30:00", ["borrower"])
    assert call.end is not None
    assert call.end.isoformat() == "2026-03-04T10:00:00+00:00"
    assert {each.kind for each in _borrower(house, one, account).agreements} == {"hours", "call_consent"}
    ended = one.made(f"{path}/{hours.id}/end", {})
    assert agreements.Agreement.model_validate(ended).ended_at == house.ledger.clock.now()
    assert [each.kind for each in _borrower(house, one, account).agreements] == ["call_consent"]
    house.later(hours=1)
    assert one.made(f"{path}/{hours.id}/end", {}) == ended
    page = agreements.AgreementPage.model_validate(one.get(path).json())
    assert {each.id: each.ended_at is None for each in page.data} == {hours.id: False, call.id: True}
    facts = house.facts(account)
    assert (facts.count("agreement_made"), facts.count("agreement_ended")) == (2, 1)


def test_a_consent_counts_until_it_is_revoked(house: House, one: Client) -> None:
    body = enrolment()
    del body["parties"][0]["consents"]
    account = one.made("/v1/accounts", body)
    path = f"/v1/accounts/{account['id']}/consents"
    number = body["parties"][0]["contact_points"][0]["value"]
    given = consents.Consent.model_validate(one.made(path, {**consents.CONSENT, "number": number}))
    points = next(iter(account["parties"].values()))["contact_points"]
    assert given.contact_point is not None
    assert points[given.contact_point]["kind"] == "phone"
    by_id = one.made(
        path, {**{k: v for k, v in consents.CONSENT.items() if k != "number"}, "contact_point": given.contact_point}
    )
    assert by_id["contact_point"] == given.contact_point
    for_all = one.made(path, {key: value for key, value in consents.CONSENT.items() if key != "number"})
    assert for_all["contact_point"] is None
    assert [each.revoked_at for each in _borrower(house, one, account["id"]).consents] == [None] * 3
    revoked = one.made(f"{path}/{given.id}/revocation", consents.REVOKE)
    assert revoked["revoked_at"] == consents.REVOKE["at"]
    assert one.made(f"{path}/{given.id}/revocation", {}) == revoked, "the first end stays"
    assert sum(each.revoked_at is None for each in _borrower(house, one, account["id"]).consents) == 2
    assert house.facts(account["id"])[-1] == "consent_revoked"
    page = consents.ConsentPage.model_validate(one.get(path).json())
    assert sorted(each.id for each in page.data) == sorted([given.id, by_id["id"], for_all["id"]])


def test_what_is_wrong_with_them_is_named(one: Client) -> None:
    account, stranger = one.enrol(), one.enrol()
    point = next(iter(next(iter(stranger["parties"].values()))["contact_points"]))
    consent = {key: value for key, value in consents.CONSENT.items() if key != "number"}
    for path, form, pointer in (
        ("consents", {**consent, "number": "+12125550198"}, "/number"),
        ("consents", {**consent, "contact_point": point}, "/contact_point"),
        ("consents", {**consent, "number": "+12125550198", "contact_point": point}, ""),
        ("consents", {**consent, "at": "2027-01-01T00:00:00Z"}, "/at"),
        ("consents", {**consent, "channel": "pigeon"}, "/channel"),
        ("consents", {**consent, "role": "guarantor"}, "/role"),
        ("agreements", {**HOURS, "open": "09:00"}, ""),
        ("agreements", {**HOURS, "at": "2027-01-01T00:00:00Z"}, "/at"),
        ("agreements", {**HOURS, "kind": "never"}, ""),
        ("agreements", {**CALL, "end": CALL["start"]}, ""),
    ):
        answer = one.post(f"/v1/accounts/{account['id']}/{path}", form)
        assert answer.status_code == 422, (path, form)
        assert answer.json()["errors"][0]["pointer"].startswith(pointer)


def test_ends_are_found_on_their_own_person_only(one: Client, two: Client) -> None:
    account, other = one.enrol()["id"], one.enrol()["id"]
    theirs = two.enrol()["id"]
    agreed = one.made(f"/v1/accounts/{account}/agreements", HOURS)["id"]
    given = one.get(f"/v1/accounts/{account}/consents").json()["data"][0]["id"]
    for client, where in ((one, other), (two, theirs), (two, account)):
        assert client.post(f"/v1/accounts/{where}/agreements/{agreed}/end", {}).status_code == 404
        assert client.post(f"/v1/accounts/{where}/consents/{given}/revocation", {}).status_code == 404
