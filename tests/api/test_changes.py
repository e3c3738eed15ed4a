"""Changes of an account under If-Match: what may be corrected, what never, and that nobody's change is lost."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import httpx
import pytest
from sqlalchemy import select

from forbear.api.lender import answers
from forbear.api.lender.shapes import changes
from forbear.ledger.tables.people import ContactPoint
from forbear.ledger.tables.record import AuditRow
from tests.api.house import Client, House, Json, enrolment


def _read(client: Client, account: str) -> tuple[Json, str]:
    answer = client.get(f"/v1/accounts/{account}")
    return answer.json(), answer.headers["ETag"]


def _party(account: Json) -> str:
    return next(iter(account["parties"]))


def _point(account: Json, kind: str = "phone") -> str:
    points = account["parties"][_party(account)]["contact_points"]
    return next(point for point, told in points.items() if told["kind"] == kind)


def _of_point(account: Json, **change: Any) -> Json:
    return {"parties": {_party(account): {"contact_points": {_point(account): change}}}}


def _changed(client: Client, account: str, body: Json) -> Json:
    _, tag = _read(client, account)
    answer = client.patch(f"/v1/accounts/{account}", body, tag)
    assert answer.status_code == 200, answer.text
    answers.Account.model_validate(answer.json())
    return answer.json()


def _refused(answer: httpx.Response, *pointers: str) -> None:
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid")
    assert [error["pointer"] for error in answer.json()["errors"]] == list(pointers)


def test_what_is_named_is_changed_and_the_rest_stays(house: House, one: Client) -> None:
    account = one.enrol()
    before, tag = _read(one, account["id"])
    body = {"product": "Car Loan", "due_since": "2026-01-20", "parties": {_party(before): {"language": "es"}}}
    answer = one.patch(f"/v1/accounts/{account['id']}", body, tag)
    after = answer.json()
    assert (after["product"], after["due_since"], after["stage"]) == ("Car Loan", "2026-01-20", "M2")
    assert after["parties"][_party(after)] == {**before["parties"][_party(before)], "language": "es"}
    assert {**after, "product": "", "due_since": "", "stage": "", "parties": {}} == {
        **before, "product": "", "due_since": "", "stage": "", "parties": {}}  # fmt: skip
    assert answer.headers["ETag"] != tag
    assert _read(one, account["id"]) == (after, answer.headers["ETag"])
    assert house.facts(account["id"]) == ["account_enrolled", "account_changed"]


def test_the_documented_change_is_taken(one: Client) -> None:
    account = one.enrol()
    change = next(iter(changes.CHANGE["parties"].values()))
    point = next(iter(change["contact_points"].values()))
    body = {
        **changes.CHANGE,
        "parties": {_party(account): {**change, "contact_points": {_point(account): point}}},
    }
    after = _changed(one, account["id"], body)
    told = after["parties"][_party(after)]
    assert (after["due_since"], told["language"]) == ("2026-02-27", "es")
    assert told["contact_points"][_point(after)]["zone"] == "America/Denver"


def test_a_change_of_nothing_tells_nobody(house: House, one: Client) -> None:
    account = one.enrol()
    view, tag = _read(one, account["id"])
    same = {"product": view["product"], "due_since": view["due_since"], "playbook": view["playbook"]["name"]}
    for body in ({}, same, _of_point(view, zone="America/Chicago", zone_evidence="area_code_mobile")):
        answer = one.patch(f"/v1/accounts/{account['id']}", body, tag)
        assert (answer.status_code, answer.headers["ETag"]) == (200, tag)
    assert house.facts(account["id"]) == ["account_enrolled"]


def test_it_may_be_sent_as_a_merge_patch(one: Client) -> None:
    account = one.enrol()["id"]
    _, tag = _read(one, account)
    headers = {"If-Match": tag, "Authorization": f"Bearer {one.key}", "Content-Type": "application/merge-patch+json"}
    answer = one.http.patch(f"/v1/accounts/{account}", content=b'{"product": "Card"}', headers=headers)
    assert (answer.status_code, answer.json()["product"]) == (200, "Card")


def test_the_tag_must_be_sent_and_right(one: Client) -> None:
    account = one.enrol()["id"]
    path, (_, tag) = f"/v1/accounts/{account}", _read(one, account)
    for missing in (None, "", "*"):
        answer = one.patch(path, {"product": "Card"}, missing)
        assert (answer.status_code, answer.json()["code"]) == (428, "precondition_required")
    for wrong in ('"0123456789abcdef0123456789abcdef"', f"W/{tag}", tag.strip('"'), f'{tag}"', '"a", W/"b"'):
        answer = one.patch(path, {"product": "Card"}, wrong)
        assert (answer.status_code, answer.json()["code"]) == (412, "precondition_failed")
    assert one.account(account)["product"] == "Personal Loan"
    several = one.patch(path, {"product": "Card"}, f'W/"x" , "y",{tag}')
    assert several.status_code == 200
    stale = one.patch(path, {"product": "Car"}, tag)
    assert stale.status_code == 412
    assert one.account(account)["product"] == "Card"


def test_money_and_decisions_make_a_read_stale(one: Client) -> None:
    account = one.enrol()["id"]
    _, tag = _read(one, account)
    one.pay(account, "1.00")
    assert one.patch(f"/v1/accounts/{account}", {"product": "Card"}, tag).status_code == 412


def test_of_two_changes_at_once_one_is_told_to_read_again(house: House, one: Client) -> None:
    for attempt in range(6):
        account = one.enrol()
        _, tag = _read(one, account["id"])
        start = Barrier(2)
        bodies: list[Json] = [{"product": f"Left {attempt}"}, _of_point(account, zone="America/Denver")]

        def change(body: Json, account: Json = account, tag: str = tag, start: Barrier = start) -> httpx.Response:
            with httpx.Client(base_url=house.base_url, trust_env=False, timeout=30) as http:
                http.get("/healthz")
                start.wait()
                return Client(http, one.tenant, one.lender, one.key).patch(f"/v1/accounts/{account['id']}", body, tag)

        with ThreadPoolExecutor(2) as pool:
            both = list(pool.map(change, bodies))
        assert sorted(answer.status_code for answer in both) == [200, 412]
        won = next(answer for answer in both if answer.status_code == 200)
        assert one.account(account["id"]) == won.json(), "what was answered is what stands"
        loser = bodies[[answer.status_code for answer in both].index(412)]
        again = _changed(one, account["id"], loser)
        phone = again["parties"][_party(again)]["contact_points"][_point(again)]
        assert (again["product"], phone["zone"]) == (f"Left {attempt}", "America/Denver"), "nothing was lost"


def test_a_zone_can_be_corrected_and_made_unknown(one: Client) -> None:
    account = one.enrol()
    for change, shown in (
        ({"zone": "America/Denver", "zone_evidence": "stated"}, ("America/Denver", "stated")),
        ({"zone": "America/Phoenix"}, ("America/Phoenix", None)),
        ({"zone_evidence": "address"}, ("America/Phoenix", "address")),
        ({"zone": None}, (None, None)),
    ):
        after = _changed(one, account["id"], _of_point(account, **change))
        point = after["parties"][_party(after)]["contact_points"][_point(after)]
        assert (point["zone"], point["zone_evidence"]) == shown
    where = f"/parties/{_party(account)}/contact_points/{_point(account)}"
    _, tag = _read(one, account["id"])
    path = f"/v1/accounts/{account['id']}"
    _refused(one.patch(path, _of_point(account, zone_evidence="address"), tag), f"{where}/zone_evidence")
    _refused(one.patch(path, _of_point(account, zone="EST"), tag), f"{where}/zone")


def test_a_number_only_ever_gets_worse(one: Client) -> None:
    body = enrolment()
    account = one.made("/v1/accounts", body)
    states = ("valid", "unreachable", "invalid", "wrong_party")
    for rank, state in enumerate(states):
        _changed(one, account["id"], _of_point(account, state=state))
        for better in states[:rank]:
            _, tag = _read(one, account["id"])
            answer = one.patch(f"/v1/accounts/{account['id']}", _of_point(account, state=better), tag)
            _refused(answer, f"/parties/{_party(account)}/contact_points/{_point(account)}/state")


def test_a_wrong_number_stays_wrong_whoever_said_it(one: Client) -> None:
    body = enrolment()
    account = one.made("/v1/accounts", body)
    number = body["parties"][0]["contact_points"][0]["value"]
    one.made(f"/v1/accounts/{account['id']}/stops", {"kind": "wrong_number", "number": number})
    view, tag = _read(one, account["id"])
    assert view["parties"][_party(view)]["contact_points"][_point(view)]["state"] == "wrong_party"
    assert one.patch(f"/v1/accounts/{account['id']}", _of_point(view, state="valid"), tag).status_code == 422
    told = one.post(f"/v1/accounts/{account['id']}/contact-points", {"kind": "phone", "value": number})
    assert (told.status_code, told.json()["state"]) == (200, "wrong_party")


def test_a_workplace_stays_one_and_a_known_jurisdiction_stays(one: Client) -> None:
    account = one.enrol()
    path, party, point = f"/v1/accounts/{account['id']}", _party(account), _point(account)
    _changed(one, account["id"], _of_point(account, place="workplace"))
    _, tag = _read(one, account["id"])
    _refused(one.patch(path, _of_point(account, place="mobile"), tag), f"/parties/{party}/contact_points/{point}/place")
    for taken in ([], ["US-NY"]):
        _refused(
            one.patch(path, {"parties": {party: {"jurisdictions": taken}}}, tag), f"/parties/{party}/jurisdictions"
        )
    after = _changed(one, account["id"], {"parties": {party: {"jurisdictions": ["US", "US-NY"]}}})
    assert after["parties"][party]["jurisdictions"] == ["US", "US-NY"]


def test_an_unknown_jurisdiction_can_be_told(one: Client) -> None:
    body = enrolment()
    body["parties"][0]["jurisdictions"] = []
    account = one.made("/v1/accounts", body)
    after = _changed(one, account["id"], {"parties": {_party(account): {"jurisdictions": ["US"]}}})
    assert after["parties"][_party(after)]["jurisdictions"] == ["US"]


NEVER: list[tuple[Json, str]] = [
    ({"external_id": "other"}, "/external_id"),
    ({"state": "closed"}, "/state"),
    ({"holds": []}, "/holds"),
    ({"balance": {}}, "/balance"),
    ({"debt_kind": "medical"}, "/debt_kind"),
    ({"currency": "EUR"}, "/currency"),
    ({"next": None}, "/next"),
    ({"promises": []}, "/promises"),
    ({"product": None}, "/product"),
    ({"product": ""}, "/product"),
    ({"due_since": None}, "/due_since"),
    ({"due_since": "2026-05-01"}, "/due_since"),
    ({"playbook": "nobody-knows"}, "/playbook"),
    ({"parties": None}, "/parties"),
    ({"parties": {"pty_stranger": {"language": "es"}}}, "/parties/pty_stranger"),
    ({"parties": {"pty_stranger": {"name": "Zebediah"}}}, "/parties/pty_stranger/name"),
    ({"parties": {"pty_stranger": {"role": "guarantor"}}}, "/parties/pty_stranger/role"),
    ({"parties": {"pty_stranger": {"language": None}}}, "/parties/pty_stranger/language"),
    ({"parties": {"pty_stranger": {"contact_points": {"pt_x": {"value": "+12125550100"}}}}}, "/parties/pty_stranger/contact_points/pt_x/value"),
]  # fmt: skip


@pytest.mark.parametrize(("body", "pointer"), NEVER, ids=lambda each: str(each)[:60])
def test_what_cannot_be_changed_is_named(house: House, one: Client, body: Json, pointer: str) -> None:
    account = one.enrol()["id"]
    view, tag = _read(one, account)
    answer = one.patch(f"/v1/accounts/{account}", body, tag)
    _refused(answer, pointer)
    assert "Zebediah" not in answer.text
    assert _read(one, account) == (view, tag)
    assert house.facts(account) == ["account_enrolled"]


def test_all_that_is_wrong_is_said_at_once_and_nothing_is_written(one: Client) -> None:
    account = one.enrol()
    view, tag = _read(one, account["id"])
    body: Json = {"product": "Card", "playbook": "none", "due_since": "2026-05-01", **_of_point(account, zone=None)}
    body["parties"]["pty_stranger"] = {}
    _refused(one.patch(f"/v1/accounts/{account['id']}", body, tag), "/due_since", "/playbook", "/parties/pty_stranger")
    assert _read(one, account["id"]) == (view, tag)


def test_a_playbook_must_fit_the_lender_and_the_currency(one: Client, two: Client) -> None:
    account = one.enrol()["id"]
    _, tag = _read(one, account)
    for name in ("us-first-party", "cn-consumer"):
        answer = one.patch(f"/v1/accounts/{account}", {"playbook": name}, tag)
        assert answer.status_code == (200 if name == "us-first-party" else 422)


def test_a_closed_account_is_not_changed(house: House, one: Client) -> None:
    account = one.enrol()["id"]
    with house.ledger.api(one.tenant, one.lender) as session:
        from forbear.ledger.tables.accounts import Account

        found = session.get_one(Account, account)
        found.state, found.close_reason, found.closed_at = "closed", "paid in full", house.ledger.clock.now()
    _, tag = _read(one, account)
    answer = one.patch(f"/v1/accounts/{account}", {"product": "Card"}, tag)
    assert (answer.status_code, answer.json()["code"]) == (409, "conflict")


def test_a_correction_of_a_person_reaches_the_lenders_other_account(house: House, one: Client, two: Client) -> None:
    body = enrolment()
    first = one.made("/v1/accounts", body)
    second = one.made("/v1/accounts", {**body, "external_id": f"{body['external_id']}-b"})
    other = two.made("/v1/accounts", body)
    _changed(one, first["id"], {"parties": {_party(first): {"language": "es"}}})
    read = one.account(second["id"])
    assert read["parties"][_party(read)]["language"] == "es"
    assert house.facts(second["id"])[-1] == "account_changed"
    assert two.account(other["id"])["parties"][_party(other)]["language"] == "en"
    assert "account_changed" not in house.facts(other["id"])


def test_a_change_is_audited_without_words(house: House, one: Client) -> None:
    account = one.enrol()
    _changed(one, account["id"], {"product": "Car Loan", **_of_point(account, zone="America/Denver")})
    with house.ledger.api(one.tenant, one.lender) as session:
        noted = session.execute(select(AuditRow.kind, AuditRow.subject).where(AuditRow.account == account["id"])).all()
    assert ("account_changed", account["id"]) in noted
    assert ("contact_point_changed", _point(account)) in noted


def test_a_contact_point_can_be_added(house: House, one: Client) -> None:
    account = one.enrol()
    path = f"/v1/accounts/{account['id']}/contact-points"
    added = one.post(path, changes.POINT)
    assert added.status_code == 201
    assert {**added.json(), "id": ""} == {**changes.ADDED, "id": ""}
    assert house.facts(account["id"])[-1] == "account_changed"
    again = one.post(path, {**changes.POINT, "zone": "America/Denver"})
    assert (again.status_code, again.json()["id"], again.json()["zone"]) == (200, added.json()["id"], "America/Denver")
    with house.ledger.api(one.tenant, one.lender) as session:
        point = session.get_one(ContactPoint, added.json()["id"])
        assert changes.POINT["value"].encode() not in point.value
    for wrong in (
        {**changes.POINT, "role": "spouse"},
        {**changes.POINT, "value": "911"},
        {"kind": "postal", "value": "x"},
    ):
        assert one.post(path, wrong).status_code == 422
