"""What a lender may stop and what it may end; and which reasons another lender's rows must not explain."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from forbear.api.lender import answers
from forbear.cadence.playbooks import load_all
from forbear.contracts.decision import Asked, Rest
from forbear.contracts.words import StopKind
from forbear.ledger.deciding import DecidingBook
from forbear.ledger.releases import ENDS
from forbear.ledger.shown import LIMIT_OF_PERSON
from forbear.ledger.stops import place_stop
from forbear.ledger.tables.accounts import Account, Party
from forbear.ledger.tables.people import ContactPoint
from forbear.rules.packs import load
from tests.api.house import Client, House, enrolment

WITHDRAWN = "withdrawn_by_person"


def _stop(client: Client, account: str, **form: object) -> answers.Hold:
    return answers.Hold.model_validate(client.made(f"/v1/accounts/{account}/stops", form))


def _decide(house: House, client: Client, account: str, number: int = 0) -> Rest | None:
    """One decision of the real cadence; None unless it rests."""
    book = DecidingBook(house.ledger, load_all(), load())
    answer = book.decide(Asked(tenant=client.tenant, account=account, run="run", number=number))
    return answer if isinstance(answer, Rest) else None


def test_a_stop_binds_at_once_and_is_shown(house: House, one: Client) -> None:
    account = one.enrol()["id"]
    stop = _stop(one, account, kind="dispute", written=True)
    assert (stop.kind, stop.scope, stop.via, stop.at) == ("dispute", "account", "lender", house.ledger.clock.now())
    assert [hold["id"] for hold in one.account(account)["holds"]] == [stop.id]
    assert house.facts(account)[-1] == "dispute_opened"
    rested = _decide(house, one, account)
    assert rested is not None
    assert "stop is in force" in rested.reason or "dispute" in rested.reason.lower()
    shown = one.account(account)["next"]
    assert (shown["rule"], shown["reason"]) == (rested.rule, rested.reason)


def test_a_persons_stop_reaches_all_their_accounts(house: House, one: Client, two: Client) -> None:
    body = enrolment()
    first, theirs = one.made("/v1/accounts", body)["id"], two.made("/v1/accounts", body)["id"]
    second = one.made("/v1/accounts", {**body, "external_id": f"{body['external_id']}-b"})["id"]
    stop = _stop(one, first, kind="insolvency")
    assert stop.scope == "person"
    assert [hold["id"] for hold in one.account(second)["holds"]] == [stop.id]
    assert two.account(theirs)["holds"] == []
    assert house.facts(theirs)[-1] == "stop_placed"


def test_what_another_lender_heard_is_a_limit_of_this_person(house: House, one: Client, two: Client) -> None:
    body = enrolment()
    one.made("/v1/accounts", body)
    theirs = two.made("/v1/accounts", body)["id"]
    mine = one.get(f"/v1/accounts?external_id={body['external_id']}").json()["data"][0]["id"]
    _stop(one, mine, kind="insolvency", this_account_only=False)
    rested = _decide(house, two, theirs)
    assert rested is not None
    assert "insolv" in rested.reason.lower() or "bankrupt" in rested.reason.lower()
    shown = two.account(theirs)["next"]
    assert (shown["rule"], shown["reason"]) == (rested.rule, LIMIT_OF_PERSON)
    decided = [item for item in two.story(theirs) if item["kind"] == "decision"]
    assert [(item["rule"], item["text"]) for item in decided] == [(rested.rule, LIMIT_OF_PERSON)]


def test_another_lenders_turn_is_a_limit_of_this_person(house: House, one: Client, two: Client) -> None:
    body = enrolment()
    older = {**body, "due_since": str(house.ledger.clock.now().date() - timedelta(days=50))}
    one.made("/v1/accounts", older)
    theirs = two.made("/v1/accounts", body)["id"]
    rested = _decide(house, two, theirs)
    assert rested is not None
    assert rested.rule == "PERSON.TURN"
    assert two.account(theirs)["next"]["reason"] == LIMIT_OF_PERSON
    two.made("/v1/accounts", {**older, "external_id": "LN-second"})
    again = _decide(house, two, theirs, number=1)
    assert again is not None
    assert two.account(theirs)["next"]["reason"] == again.reason, "its own older debt explains it as well"


@pytest.mark.parametrize("kind", sorted(ENDS))
def test_which_reasons_end_which_stop(one: Client, kind: StopKind) -> None:
    body = enrolment()
    account = one.made("/v1/accounts", body)["id"]
    number = body["parties"][0]["contact_points"][0]["value"]
    reasons = {"resolved", WITHDRAWN, "verified", "court_order", "representative_named", "mistaken"}
    for reason in sorted(reasons):
        stop = _stop(one, account, kind=kind, number=number)
        answer = one.post(f"/v1/accounts/{account}/stops/{stop.id}/release", {"reason": reason})
        if reason == "mistaken" or reason in ENDS[kind]:
            assert answers.Hold.model_validate(answer.json()).lifted_at is not None
            assert stop.id not in {hold["id"] for hold in one.account(account)["holds"]}
        else:
            assert (answer.status_code, answer.json()["code"]) == (409, "conflict")


def test_a_lender_cannot_have_been_mistaken_in_what_a_person_said(house: House, one: Client) -> None:
    account = one.enrol()["id"]
    with house.ledger.api(one.tenant, one.lender) as session:
        person = session.scalars(select(Party.person).where(Party.account == account)).one()
        stop = place_stop(
            session, tenant=one.tenant, lender=one.lender, person=person, account=None, kind="cease", via="page",
            at=house.ledger.clock.now(),
        )  # fmt: skip
    path = f"/v1/accounts/{account}/stops/{stop}/release"
    assert one.post(path, {"reason": "mistaken"}).status_code == 409
    assert one.post(path, {"reason": WITHDRAWN}).status_code == 200
    assert house.facts(account)[-1] == "stop_lifted"


def test_a_stop_of_another_account_is_not_found_here(one: Client) -> None:
    first, second = one.enrol()["id"], one.enrol()["id"]
    stop = _stop(one, first, kind="hold")
    answer = one.post(f"/v1/accounts/{second}/stops/{stop.id}/release", {"reason": "resolved"})
    assert answer.status_code == 404


def test_a_wrong_number_marks_the_number(house: House, one: Client) -> None:
    body = enrolment()
    account = one.made("/v1/accounts", body)["id"]
    _stop(one, account, kind="wrong_number", number=body["parties"][0]["contact_points"][0]["value"])
    with house.ledger.api(one.tenant, one.lender) as session:
        borrower = session.scalars(select(Account.borrower).where(Account.id == account)).one()
        points = session.scalars(select(ContactPoint).where(ContactPoint.person == borrower)).all()
    assert {point.kind: point.state for point in points} == {"phone": "wrong_party", "postal": "valid"}
    assert one.post(f"/v1/accounts/{account}/stops", {"kind": "wrong_number"}).status_code == 422


def test_a_stop_names_who_it_is_about(one: Client) -> None:
    body = enrolment()
    body["parties"] += [{"role": "guarantor", "name": f"Guarantor {n}", "language": "en"} for n in range(2)]
    account = one.made("/v1/accounts", body)["id"]
    for role in ("guarantor", "spouse"):
        answer = one.post(f"/v1/accounts/{account}/stops", {"kind": "hardship", "role": role})
        assert answer.json()["errors"][0]["pointer"] == "/role"


def test_a_stop_with_an_end_ends(house: House, one: Client) -> None:
    account = one.enrol()["id"]
    _stop(one, account, kind="breathing_space", until="2026-03-04T00:00:00Z")
    assert len(one.account(account)["holds"]) == 1
    house.later(days=3)
    assert one.account(account)["holds"] == []
    late = {"kind": "hold", "at": "2026-04-01T00:00:00Z"}
    assert one.post(f"/v1/accounts/{account}/stops", late).json()["errors"][0]["pointer"] == "/at"


def test_an_opt_out_is_put_down_once(house: House, one: Client) -> None:
    account = one.enrol()["id"]
    form = {"scope": "channel", "channel": "sms"}
    first = one.made(f"/v1/accounts/{account}/opt-outs", form)
    assert one.made(f"/v1/accounts/{account}/opt-outs", form) == first
    assert [(hold["kind"], hold["scope"], hold["channel"]) for hold in one.account(account)["holds"]] == [
        ("opt_out", "channel", "sms")
    ]
    assert house.facts(account).count("opted_out") == 1
    for wrong in ({"scope": "number"}, {"scope": "channel"}):
        assert one.post(f"/v1/accounts/{account}/opt-outs", wrong).status_code == 422
