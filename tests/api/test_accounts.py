"""Enrolment, the view of an account, the list and the story."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from forbear.api.lender import answers
from forbear.ledger.tables.accounts import Account, Entry, Party
from forbear.ledger.tables.contacts import Suppression
from forbear.ledger.tables.people import Agreement, Consent, ContactPoint, Person, Profile
from tests.api.house import Client, House, Json, enrolment


def _person(house: House, client: Client, account: str, role: str = "borrower") -> str:
    with house.ledger.api(client.tenant, client.lender) as session:
        return session.scalars(select(Party.person).where(Party.account == account, Party.role == role)).one()


def _profile(house: House, client: Client, person: str) -> Profile:
    with house.ledger.api(client.tenant, client.lender) as session:
        return session.scalars(select(Profile).where(Profile.person == person)).one()


def test_an_account_is_enrolled_and_says_what_is_next(house: House, one: Client) -> None:
    answer = one.post("/v1/accounts", enrolment(external_id="LN-first"))
    assert answer.status_code == 201
    account = answers.Account.model_validate(answer.json())
    assert answer.headers["Location"] == f"/v1/accounts/{account.id}"
    assert (account.external_id, account.state, account.stage) == ("LN-first", "open", "M1")
    assert account.balance.total.amount == "456.25"
    assert account.next is not None
    assert account.next.at == house.ledger.clock.now()
    assert account.next.reason == "enrolled; first decision pending"
    assert house.facts(account.id) == ["account_enrolled"]
    got = one.get(answer.headers["Location"])
    assert got.json() == answer.json()
    assert got.headers["ETag"] == answer.headers["ETag"]


def test_an_unchanged_account_is_not_sent_twice(one: Client) -> None:
    account = one.enrol()
    tag = one.get(f"/v1/accounts/{account['id']}").headers["ETag"]
    again = one.get(f"/v1/accounts/{account['id']}", **{"If-None-Match": tag})
    assert (again.status_code, again.content) == (304, b"")
    one.pay(account["id"], "1.00")
    changed = one.get(f"/v1/accounts/{account['id']}", **{"If-None-Match": tag})
    assert changed.status_code == 200
    assert changed.headers["ETag"] != tag


def test_everything_told_is_written_sealed(house: House, one: Client) -> None:
    body = enrolment()
    party = body["parties"][0]
    party["agreements"] = [
        {"kind": "hours", "at": "2026-01-05T10:00:00Z", "open": "07:00", "close": "08:30"},
        {
            "kind": "call_consent",
            "at": "2026-03-01T10:00:00Z",
            "start": "2026-03-02T10:00:00Z",
            "end": "2026-03-04T10:00:00Z",
        },
    ]
    account = one.made("/v1/accounts", body)["id"]
    person = _person(house, one, account)
    profile = _profile(house, one, person)
    assert profile.jurisdictions == ["US"]
    assert party["name"].encode() not in profile.name
    vault = house.ledger.vault
    with house.ledger.api(one.tenant, one.lender) as session:
        assert vault.open(session, lender=one.lender, person=person, sealed=profile.name) == party["name"]
        points = session.scalars(select(ContactPoint).where(ContactPoint.person == person)).all()
        by_kind = {point.kind: point for point in points}
        written = vault.open(session, lender=one.lender, person=person, sealed=by_kind["phone"].value)
        assert written == party["contact_points"][0]["value"]
        assert (by_kind["phone"].zone, by_kind["phone"].place) == ("America/Chicago", "mobile")
        consent = session.scalars(select(Consent).where(Consent.person == person)).one()
        assert consent.contact_point == by_kind["phone"].id
        agreed = {
            each.kind: each.terms for each in session.scalars(select(Agreement).where(Agreement.person == person))
        }
    assert agreed["hours"] == {"open": "07:00:00", "close": "08:30:00"}
    assert datetime.fromisoformat(agreed["call_consent"]["end"]) == datetime.fromisoformat("2026-03-04T10:00:00+00:00")


def test_what_is_unknown_is_enrolled_and_left_open(house: House, one: Client) -> None:
    body = enrolment()
    body["balance"]["as_of"] = None
    party = body["parties"][0]
    party["contact_points"] = [{"kind": "email", "value": "ada.sampleton@example.com"}]
    del party["consents"], party["contacts"], party["birth_date"]
    account = one.made("/v1/accounts", body)
    assert account["balance"]["as_of"] is None
    assert _profile(house, one, _person(house, one, account["id"])).jurisdictions == []


@pytest.mark.parametrize(
    ("points", "packs"),
    [
        ([("phone", "+12125550123")], ["US", "US-NY", "US-NYC"]),
        ([("phone", "+442079460123")], ["GB", "GB-EAW", "GB-NIR", "GB-SCT"]),
        ([("phone", "+442079460123"), ("postal", "US")], []),
        ([("phone", "+12125550123"), ("postal", "GB")], ["GB", "GB-EAW", "GB-NIR", "GB-SCT"]),
        ([("postal", "US"), ("postal", "GB")], []),
        ([], []),
    ],
)
def test_jurisdictions_follow_the_address_then_the_phone(
    house: House, one: Client, points: list[tuple[str, str]], packs: list[str]
) -> None:
    body = enrolment()
    party = body["parties"][0]
    party["contact_points"] = [
        {"kind": kind, "value": value}
        if kind == "phone"
        else {"kind": "postal", "value": {"lines": ["1 Example Street"], "city": "Sampleville", "country": value}}
        for kind, value in points
    ]
    party["consents"] = []
    account = one.made("/v1/accounts", body)["id"]
    assert _profile(house, one, _person(house, one, account)).jurisdictions == packs


def test_two_debts_of_one_person_meet_in_one_person(house: House, one: Client) -> None:
    first = enrolment()
    second = enrolment()
    second["parties"][0]["name"] = f"  {first['parties'][0]['name'].upper()} "
    accounts = [one.made("/v1/accounts", body)["id"] for body in (first, second)]
    assert len({_person(house, one, account) for account in accounts}) == 1
    other = enrolment()
    other["parties"][0] = {**first["parties"][0], "birth_date": "1987-04-13"}
    assert _person(house, one, one.made("/v1/accounts", other)["id"]) != _person(house, one, accounts[0])


def test_an_identity_number_decides_between_people_of_one_name(house: House, one: Client) -> None:
    def enrol(number: str | None, name: str = "Bo Example") -> str:
        body = enrolment()
        body["parties"][0] |= {"name": name, "birth_date": "1990-01-01", "identity_number": number}
        return _person(house, one, one.made("/v1/accounts", body)["id"])

    first = enrol("AB-100 200")
    assert enrol("ab100200", name="Bo Example-Married") == first
    assert enrol(None) == first
    assert enrol("AB-999 999") != first


def test_a_person_known_by_name_is_recognised_by_number_later(house: House, one: Client) -> None:
    body = enrolment()
    first = _person(house, one, one.made("/v1/accounts", body)["id"])
    second = enrolment()
    second["parties"][0] |= {"name": body["parties"][0]["name"], "identity_number": "ZZ 1"}
    assert _person(house, one, one.made("/v1/accounts", second)["id"]) == first
    third = enrolment()
    third["parties"][0] |= {"birth_date": None, "identity_number": "zz-1"}
    assert _person(house, one, one.made("/v1/accounts", third)["id"]) == first


def test_people_meet_over_lenders_of_a_tenant_but_not_over_tenants(
    house: House, one: Client, two: Client, bank: Client
) -> None:
    body = enrolment()
    theirs = [_person(house, client, client.made("/v1/accounts", body)["id"]) for client in (one, two, bank)]
    assert theirs[0] == theirs[1] != theirs[2]


def test_a_second_telling_adds_and_talks_nothing_away(house: House, one: Client) -> None:
    body = enrolment()
    party = body["parties"][0]
    party["contact_points"] = [{"kind": "phone", "value": "+13125550177", "place": "mobile", "state": "unreachable"}]
    person = _person(house, one, one.made("/v1/accounts", body)["id"])
    again = enrolment()
    again["parties"][0] |= {"name": party["name"]}
    again["parties"][0]["contact_points"][0]["value"] = "+1 (312) 555-0177"
    one.made("/v1/accounts", again)
    with house.ledger.api(one.tenant, one.lender) as session:
        points = session.scalars(select(ContactPoint).where(ContactPoint.person == person)).all()
    phones = [point for point in points if point.kind == "phone"]
    assert [(point.state, point.zone) for point in phones] == [("unreachable", "America/Chicago")]
    assert len(points) == 2


def test_the_same_reference_is_not_enrolled_twice(house: House, one: Client, two: Client) -> None:
    body = enrolment()
    account = one.made("/v1/accounts", body)["id"]
    again = one.post("/v1/accounts", body)
    assert again.status_code == 409
    assert (again.json()["code"], again.json()["account"]) == ("already_enrolled", account)
    assert two.post("/v1/accounts", body).status_code == 201


def test_stops_and_opt_outs_bind_before_the_first_decision(house: House, one: Client) -> None:
    body = enrolment()
    body["parties"][0]["stops"] = [{"kind": "hardship", "at": "2026-02-01T10:00:00Z"}]
    body["parties"][0]["opt_outs"] = [
        {"scope": "number", "channel": "sms", "contact_point": 0, "at": "2026-01-01T10:00:00Z"}
    ]
    account = one.made("/v1/accounts", body)
    assert [(hold["kind"], hold["scope"]) for hold in account["holds"]] == [
        ("hardship", "person"),
        ("opt_out", "number"),
    ]
    assert house.facts(account["id"]) == ["account_enrolled", "hardship_declared", "opted_out"]
    with house.ledger.api(one.tenant, one.lender) as session:
        said = session.scalars(select(Suppression).where(Suppression.id == account["holds"][1]["id"])).one()
        point = session.scalars(
            select(ContactPoint).where(ContactPoint.person == said.person, ContactPoint.kind == "phone")
        ).one()
    assert said.address_key == point.address_key


def test_a_refused_enrolment_leaves_nothing(house: House, one: Client) -> None:
    def rows() -> list[int]:
        with house.ledger.api(one.tenant, one.lender) as session:
            models = (Account, Party, Person, Entry, Profile)
            return [session.execute(select(func.count()).select_from(model)).scalar_one() for model in models]

    before = rows()
    body = enrolment()
    body["parties"].append(dict(body["parties"][0], role="borrower"))
    assert one.post("/v1/accounts", body).status_code == 422
    body["parties"][1]["role"] = "co_borrower"
    body["parties"].append(body["parties"][1])
    assert one.post("/v1/accounts", body).json()["errors"][0]["pointer"] == "/parties/2"
    assert rows() == before


def test_the_list_is_paged_and_finds_a_reference(one: Client) -> None:
    made = [one.enrol()["id"] for _ in range(5)]
    seen: list[str] = []
    path = "/v1/accounts?state=open&limit=2"
    cursor = ""
    while True:
        page = answers.AccountPage.model_validate(one.get(path + cursor).json())
        seen += [row.id for row in page.data]
        assert page.has_more == (page.next_cursor is not None)
        if page.next_cursor is None:
            break
        cursor = f"&cursor={page.next_cursor}"
    assert len(seen) == len(set(seen))
    assert set(made) <= set(seen)
    reference = one.account(made[3])["external_id"]
    found = one.get(f"/v1/accounts?external_id={reference}").json()["data"]
    assert [row["id"] for row in found] == [made[3]]


def test_a_cursor_belongs_to_its_list_and_lender(one: Client, two: Client) -> None:
    for _ in range(2):
        one.enrol()
    cursor = one.get("/v1/accounts?limit=1").json()["next_cursor"]
    assert one.get(f"/v1/accounts?limit=1&cursor={cursor}").status_code == 200
    for answer in (
        one.get(f"/v1/accounts?limit=1&state=open&cursor={cursor}"),
        two.get(f"/v1/accounts?limit=1&cursor={cursor}"),
        one.get(f"/v1/accounts?cursor=x{cursor[1:]}"),
        one.get("/v1/accounts?cursor=ÿ"),
    ):
        assert (answer.status_code, answer.json()["code"]) == (400, "bad_cursor")


def test_the_story_is_told_in_order(house: House, one: Client) -> None:
    account = one.enrol()["id"]
    house.later(hours=1)
    one.pay(account, "50.00")
    house.later(hours=1)
    stop = one.made(f"/v1/accounts/{account}/stops", {"kind": "dispute"})["id"]
    house.later(hours=1)
    one.made(f"/v1/accounts/{account}/stops/{stop}/release", {"reason": "resolved"})
    story = one.story(account)
    assert [item["kind"] for item in story] == [
        "event",
        "past_contact",
        "enrolled",
        "payment",
        "stop_placed",
        "stop_lifted",
    ]
    assert [item["at"] for item in story] == sorted(item["at"] for item in story)
    assert story[3]["text"] == "A payment was received: 50.00 USD"
    for item in story:
        answers.TimelineItem.model_validate(item)


def test_the_story_says_who_of_them_it_was(one: Client) -> None:
    body: dict[str, Any] = enrolment()
    at = "2026-01-01T00:00:00Z"
    said = {"stops": [{"kind": "hardship", "at": at}], "opt_outs": [{"scope": "everything", "at": at}]}
    body["parties"].append(
        {**body["parties"][0], **said, "role": "guarantor", "name": "Gus Sampleton", "consents": [], "contacts": []}
    )
    account = one.made("/v1/accounts", body)["id"]
    told = {item["text"] for item in one.story(account)}
    assert {"Contact with the guarantor stopped: hardship", "Guarantor opted out of all contact"} <= told


def test_the_story_is_paged(one: Client) -> None:
    account = one.enrol()["id"]
    for _ in range(4):
        one.pay(account, "1.00")
    whole = one.story(account)
    seen: list[Json] = []
    cursor = ""
    while True:
        page = one.get(f"/v1/accounts/{account}/timeline?limit=2{cursor}").json()
        seen += page["data"]
        if not page["has_more"]:
            break
        cursor = f"&cursor={page['next_cursor']}"
    assert seen == whole


def test_days_past_due_make_the_stage(one: Client, house: House) -> None:
    today = house.ledger.clock.now().date()
    stages = {days: one.enrol(due_since=str(today - timedelta(days=days)))["stage"] for days in (0, 1, 30, 31, 61)}
    assert stages == {0: "current", 1: "M1", 30: "M1", 31: "M2", 61: "M3"}


def test_nothing_personal_is_answered(one: Client) -> None:
    body: dict[str, Any] = enrolment()
    party = body["parties"][0]
    account = one.made("/v1/accounts", body)["id"]
    told = one.get(f"/v1/accounts/{account}").text + one.get(f"/v1/accounts/{account}/timeline").text
    for value in (party["name"], party["birth_date"], party["contact_points"][0]["value"], "Example Street"):
        assert value not in told
