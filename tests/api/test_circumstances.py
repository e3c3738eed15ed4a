"""What a lender tells in the rules' own words: kept, shown, corrected, its own alone, and heard by the rules."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import count
from typing import Any, get_args

import pytest
from sqlalchemy import select
from sqlalchemy.orm import undefer

from forbear.api.auth import SCOPES
from forbear.api.lender import answers
from forbear.cadence.life import Happened, Life
from forbear.cadence.playbooks import load_all
from forbear.contracts.decision import Asked, Contact, Decision, Rest
from forbear.contracts.words import LenderRole
from forbear.ledger import enrol, happenings
from forbear.ledger.admin import add_key, add_lender, add_tenant
from forbear.ledger.deciding import DecidingBook
from forbear.ledger.lives import load_life
from forbear.ledger.tables.contacts import Decision as Stored
from forbear.ledger.tables.record import AuditRow
from forbear.ledger.views import instant
from forbear.rules.packs import load
from tests.api.house import Client, House, Json, enrolment
from tests.ledger.house import NOON, eager

_senders = count(1)
NOTICE: Json = {"kind": "medical_notice_sent", "at": "2026-03-02T14:00:00Z"}


def told(of_person: list[str] | None = None, **changes: Any) -> Json:
    """An enrolment that tells of nothing but what is given here."""
    body = enrolment(**{"circumstances": [], "events": [], **changes})
    body["parties"][0]["circumstances"] = of_person or []
    return body


def party_of(account: Json) -> Json:
    return next(iter(account["parties"].values()))


def changed(client: Client, account: Json, body: Json) -> Json:
    path = f"/v1/accounts/{account['id']}"
    answer = client.patch(path, body, client.get(path).headers["ETag"])
    assert answer.status_code == 200, answer.text
    return answer.json()


def life_of(house: House, client: Client, account: str) -> Life:
    with house.ledger.worker(client.tenant) as session:
        life = load_life(session, account, now=house.ledger.clock.now())
    assert life is not None
    return life


def test_what_was_told_is_shown_once_and_in_order(one: Client) -> None:
    events = [{"kind": "validation_notice_sent", "at": "2026-02-20T10:00:00-06:00"}, NOTICE, NOTICE]
    body = told(["vulnerable", "vulnerable"], circumstances=["time_barred", "oral_contract"], events=events)
    account = answers.Account.model_validate(one.made("/v1/accounts", body)).model_dump(mode="json")
    assert account["circumstances"] == ["oral_contract", "time_barred"]
    assert party_of(account)["circumstances"] == ["vulnerable"]
    assert [(each["kind"], each["at"]) for each in account["events"]] == [
        ("validation_notice_sent", "2026-02-20T16:00:00Z"), ("medical_notice_sent", NOTICE["at"])]  # fmt: skip
    assert one.account(account["id"])["events"] == account["events"]


def test_an_account_of_which_nothing_was_told_says_nothing(one: Client) -> None:
    body = told()
    del body["circumstances"], body["events"], body["parties"][0]["circumstances"]
    account = one.made("/v1/accounts", body)
    assert (account["circumstances"], account["events"], party_of(account)["circumstances"]) == ([], [], [])


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"circumstances": ["vulnerable"]}, "/circumstances/0"),
        ({"circumstances": ["Zebediah"]}, "/circumstances/0"),
        ({"circumstances": "time_barred"}, "/circumstances"),
        ({"circumstances": None}, "/circumstances"),
        ({"events": [{**NOTICE, "kind": "stop_lifted"}]}, "/events/0/kind"),
        ({"events": [NOTICE, {**NOTICE, "at": "2026-03-03T14:00:00Z"}]}, "/events/1/at"),
        ({"events": [{"kind": "medical_notice_sent"}]}, "/events/0/at"),
    ],
    ids=str,
)
def test_what_no_rule_knows_is_refused(one: Client, change: Json, pointer: str) -> None:
    answer = one.post("/v1/accounts", told(**change))
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, pointer)
    assert "Zebediah" not in answer.text


def test_circumstances_of_a_debt_are_none_of_a_person(one: Client) -> None:
    answer = one.post("/v1/accounts", told(["time_barred"]))
    assert answer.json()["errors"][0]["pointer"] == "/parties/0/circumstances/0"


def test_they_are_corrected_like_all_else(house: House, one: Client) -> None:
    account = one.made("/v1/accounts", told(["employer_forbids"], circumstances=["time_barred"]))
    party = next(iter(account["parties"]))
    after = changed(one, account, {"circumstances": ["oral_contract"]})
    assert (after["circumstances"], party_of(after)["circumstances"]) == (["oral_contract"], ["employer_forbids"])
    after = changed(one, account, {"parties": {party: {"circumstances": []}}})
    assert (after["circumstances"], party_of(after)["circumstances"]) == (["oral_contract"], [])
    assert house.facts(account["id"]) == ["account_enrolled", "account_changed", "account_changed"]
    answers.Account.model_validate(changed(one, account, {"circumstances": ["oral_contract"]}))
    assert len(house.facts(account["id"])) == 3, "what is the same changes nothing"
    with house.ledger.api(one.tenant, one.lender) as session:
        kinds = session.scalars(select(AuditRow.kind).where(AuditRow.account == account["id"])).all()
    assert {"account_changed", "party_changed"} <= set(kinds)


def test_a_stale_tag_overwrites_nothing(one: Client) -> None:
    account = one.made("/v1/accounts", told())
    path = f"/v1/accounts/{account['id']}"
    tag = one.get(path).headers["ETag"]
    one.made(f"{path}/events", NOTICE)
    assert one.patch(path, {"circumstances": ["time_barred"]}, tag).status_code == 412
    assert one.account(account["id"])["circumstances"] == []


def test_a_later_telling_adds_and_takes_nothing_back(one: Client) -> None:
    body = told(["employer_forbids"])
    one.made("/v1/accounts", body)
    again = {**body, "external_id": f"{body['external_id']}-b"}
    again["parties"] = [{**body["parties"][0], "circumstances": ["vulnerable"]}]
    second = one.made("/v1/accounts", again)
    assert party_of(second)["circumstances"] == ["employer_forbids", "vulnerable"]


def test_a_persons_circumstances_bind_the_accounts_of_who_told_them(house: House, one: Client, two: Client) -> None:
    body = told(["employer_forbids"], circumstances=["time_barred"], events=[NOTICE])
    ours = one.made("/v1/accounts", body)["id"]
    silent = told(external_id=body["external_id"])
    silent["parties"] = [{**body["parties"][0], "circumstances": []}]
    theirs = two.made("/v1/accounts", silent)
    lives = life_of(house, one, ours), life_of(house, two, theirs["id"])
    assert lives[0].borrower.id == lives[1].borrower.id, "one person, known to two lenders"
    assert [life.borrower.circumstances for life in lives] == [("employer_forbids",), ()]
    assert [life.circumstances for life in lives] == [("time_barred",), ()]
    assert [life.events for life in lives] == [
        (Happened("medical_notice_sent", datetime.fromisoformat(NOTICE["at"])),), ()]  # fmt: skip
    assert (party_of(theirs)["circumstances"], theirs["circumstances"], theirs["events"]) == ([], [], [])


def test_an_event_is_told_once_and_wakes_the_account(house: House, one: Client, two: Client) -> None:
    account = one.made("/v1/accounts", told())["id"]
    path = f"/v1/accounts/{account}"
    first = one.post(f"{path}/events", NOTICE)
    assert (first.status_code, answers.Event.model_validate(first.json()).kind) == (201, NOTICE["kind"])
    again = one.post(f"{path}/events", {**NOTICE, "at": "2026-03-02T08:00:00-06:00"})
    assert (again.status_code, again.json()) == (200, first.json())
    assert one.account(account)["events"] == [first.json()]
    assert house.facts(account) == ["account_enrolled", "event_told"]
    [shown] = [item for item in one.story(account) if item["kind"] == "event"]
    assert (shown["id"], shown["event"], shown["at"]) == (first.json()["id"], NOTICE["kind"], NOTICE["at"])
    assert two.post(f"{path}/events", NOTICE).status_code == 404
    with house.ledger.api(one.tenant, one.lender) as session:
        noted = session.execute(select(AuditRow.kind, AuditRow.subject).where(AuditRow.of_table == "event")).all()
    assert ("event_told", first.json()["id"]) in noted


def test_what_has_not_happened_is_refused(house: House, one: Client) -> None:
    account = one.made("/v1/accounts", told())["id"]
    now = house.ledger.clock.now()
    for form, pointer in (
        ({**NOTICE, "at": instant(now + timedelta(minutes=6))}, "/at"),
        ({**NOTICE, "at": "2026-03-02"}, "/at"),
        ({**NOTICE, "kind": "debtor_withdraws"}, "/kind"),
        ({**NOTICE, "note": "by post"}, "/note"),
        ({}, "/kind"),
    ):
        answer = one.post(f"/v1/accounts/{account}/events", form)
        assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, pointer)
    ahead = one.made(f"/v1/accounts/{account}/events", {**NOTICE, "at": instant(now + timedelta(minutes=4))})
    assert ahead["at"] == instant(now), "a clock ahead of ours counts as ours"
    assert [each["id"] for each in one.account(account)["events"]] == [ahead["id"]]


def test_a_program_that_loops_comes_to_an_end(monkeypatch: pytest.MonkeyPatch, one: Client) -> None:
    monkeypatch.setattr(happenings, "MOST_EVENTS", 2)
    path = f"/v1/accounts/{one.made('/v1/accounts', told())['id']}/events"
    told_at = [f"2026-03-02T14:0{minute}:00Z" for minute in range(3)]
    assert [one.post(path, {**NOTICE, "at": at}).status_code for at in told_at] == [201, 201, 409]
    assert one.post(path, {**NOTICE, "at": told_at[0]}).status_code == 200


Agency = Callable[[LenderRole], Client]


@pytest.fixture
def agency(house: House, monkeypatch: pytest.MonkeyPatch) -> Agency:
    """A new lender in this role, with a cadence that is also for it; it is noon in Chicago."""
    house.hands.set(NOON)
    book = replace(load_all()["us-first-party"], lender_roles=get_args(LenderRole))
    monkeypatch.setattr(enrol, "playbooks", lambda: {book.name: book})

    def make(role: LenderRole) -> Client:
        tenant = add_tenant(house.migrator, "Example Agency")
        lender = add_lender(
            house.migrator, tenant=tenant, name="Example Agency", role=role, kind="other", country="US",
            phone="+13125550180", sender=f"+1917555{next(_senders):04}",
        )  # fmt: skip
        key = add_key(house.migrator, lender=lender, scopes=SCOPES, label="tests")
        return Client(house.http, tenant, lender, key.shown)

    return make


class Days:
    """An account's decisions, one after the other, with the balance confirmed before each."""

    def __init__(self, house: House, client: Client, account: str) -> None:
        self.house, self.client, self.account, self.number = house, client, account, 0
        # No route carries an agency's texts in the United States yet; what its permits say is the same by any way.
        self.book = DecidingBook(house.ledger, load_all(), load(), decide=eager)

    def decide(self) -> Decision:
        now = self.house.ledger.clock.now()
        row = {"account_id": self.account, "as_of": instant(now), "components": {"principal": "456.25"}}
        self.client.made("/v1/balances", {"balances": [row]})
        self.number += 1
        return self.book.decide(Asked(tenant=self.client.tenant, account=self.account, run="run", number=self.number))

    def contact(self) -> Json:
        """Go on until a touch is claimed; its permit."""
        while not isinstance(answer := self.decide(), Contact):
            assert isinstance(answer, Rest), answer
            assert self.number < 10, answer
            self.house.hands.set(answer.until)
        with self.house.ledger.worker(self.client.tenant) as session:
            claimed = select(Stored).options(undefer(Stored.permit)).where(Stored.account == self.account)
            permit = session.scalars(claimed.where(Stored.kind == "contact")).one().permit
        assert permit is not None
        return permit


def american(state: str, zone: str, **changes: Any) -> Json:
    """Somebody of that state whom a text may reach."""
    body = told(**changes)
    party = body["parties"][0]
    party |= {"jurisdictions": ["US", state], "contacts": []}
    for point in party["contact_points"]:
        point["zone"] = zone
    return body


@pytest.mark.parametrize("barred", [True, False])
def test_a_time_barred_debt_carries_its_notice_in_new_york(house: House, agency: Agency, barred: bool) -> None:
    client = agency("debt_buyer")
    circumstances = ["time_barred"] if barred else []
    account = client.made("/v1/accounts", american("US-NY", "America/New_York", circumstances=circumstances))["id"]
    permit = Days(house, client, account).contact()
    assert permit["verdict"] == "allow"
    assert ("time_barred_notice" in permit["disclosures"]) == barred


def test_a_medical_debt_waits_sixty_days_for_the_notice_that_was_told_in_nevada(house: House, agency: Agency) -> None:
    client = agency("licensed_agency")
    body = american("US-NV", "America/Los_Angeles", debt_kind="medical")
    account = client.made("/v1/accounts", body)["id"]
    days = Days(house, client, account)
    first = days.decide()
    assert isinstance(first, Rest)
    assert first.rule == "US-NV.MED60"
    house.later(hours=1)
    client.made(f"/v1/accounts/{account}/events", NOTICE)
    assert house.facts(account)[-1] == "event_told"
    house.later(days=58)
    held = days.decide()
    assert isinstance(held, Rest)
    assert held.rule == "US-NV.MED60"
    assert client.account(account)["next"]["rule"] == "US-NV.MED60"
    days.contact()
    # The notice was sent on 2 March, so that 1 May is the sixtieth day after it.
    assert instant(house.ledger.clock.now())[:10] == "2026-05-01"
