"""A lender's cases over the API: opened once, told of, prepared in bulk; nothing of them is another lender's."""

from collections.abc import Callable

import pytest

from tests.api.house import Client, House, enrolment
from tests.api.legal import Json, asked, made, opened, pdf, picture, upload


def test_a_case_begins_on_the_path_of_its_place_and_is_told_of(house: House, one: Client) -> None:
    case = opened(one)
    assert (case["state"], case["path"], case["kind"]) == ("open", "US", "suit")
    assert case["next"]["reason"]
    assert house.facts(case["account"])[-2:] == ["case_opened", "case_opened"], "the account, and its case"
    assert one.get(f"/v1/cases/{case['id']}").json() == case


def test_one_open_case_is_enough(one: Client) -> None:
    case = opened(one)
    again = one.post(f"/v1/accounts/{case['account']}/cases", {"kind": "mediation"})
    assert (again.status_code, again.json()["code"]) == (409, "conflict")
    assert case["id"] in again.json()["detail"]


def test_nothing_is_claimed_on_what_is_paid(one: Client) -> None:
    account = one.enrol()["id"]
    one.pay(account, "456.25")
    assert one.post(f"/v1/accounts/{account}/cases", {"kind": "suit"}).status_code == 409


def test_an_opening_repeated_is_one_case(one: Client) -> None:
    account = one.enrol()["id"]
    path = f"/v1/accounts/{account}/cases"
    first, second = (one.post(path, {"kind": "suit"}, key="open-once") for _ in range(2))
    assert first.json() == second.json()
    assert second.headers["Idempotency-Replayed"] == "true"
    assert one.post(path, {"kind": "mediation"}, key="open-once").json()["code"] == "idempotency_key_reused"
    assert len(one.get(f"/v1/cases?account_id={account}").json()["data"]) == 1


def test_the_list_is_filtered_and_paged(one: Client) -> None:
    mine = [opened(one)["id"] for _ in range(3)]
    first = one.get("/v1/cases?state=open&limit=2").json()
    assert len(first["data"]) == 2
    seen = [each["id"] for each in first["data"]]
    while first["has_more"]:
        first = one.get(f"/v1/cases?state=open&limit=2&cursor={first['next_cursor']}").json()
        seen += [each["id"] for each in first["data"]]
    assert len(seen) == len(set(seen))
    assert set(mine) <= set(seen)
    assert one.get("/v1/cases?state=closed").json()["data"] == []
    assert one.get("/v1/cases?stage=judged").json()["data"] == []
    assert one.get("/v1/cases?colour=red").status_code == 422


def test_a_fact_says_what_it_lacks_and_stands_until_it_is_taken_back(one: Client) -> None:
    case = opened(one)["id"]
    path = f"/v1/cases/{case}/facts"
    bad = one.post(path, {"kind": "acknowledged", "on": "2026-03-01", "values": {"how": "Zebediah said so"}})
    assert [each["pointer"] for each in bad.json()["errors"]] == ["/values/how"]
    assert "Zebediah" not in bad.text
    fact = one.made(path, {"kind": "acknowledged", "on": "2026-03-01", "values": {"how": "part_payment"}})
    assert one.post(path, {"kind": "acknowledged", "on": "2026-04-01", "values": {"how": "plan"}}).status_code == 422
    back = one.made(f"{path}/{fact['id']}/take-back", {})
    assert back == {**fact, "taken_back": True}
    assert one.post(f"{path}/{fact['id']}/take-back", {}).status_code == 409
    assert one.get(f"/v1/cases/{case}").json()["facts"] == [back]
    kinds = [each["kind"] for each in one.get(f"/v1/cases/{case}/events").json()["data"]]
    assert kinds == ["opened", "fact", "took_back"]


@pytest.mark.parametrize("kind", ["taken_up", "closed_by_staff", "reopened"])
def test_how_a_case_goes_on_is_for_legal_staff_to_tell(one: Client, kind: str) -> None:
    answer = one.post(f"/v1/cases/{opened(one)['id']}/facts", {"kind": kind, "on": "2026-03-01", "values": {}})
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/kind")


def test_only_what_papers_take_and_the_record_does_not_hold_is_told(one: Client) -> None:
    path = f"/v1/cases/{opened(one)['id']}/fields"
    answer = one.post(path, {"values": {"sum_total": "1.00", "colour": "red", "contract_no": "LN-1"}})
    assert {each["pointer"] for each in answer.json()["errors"]} == {"/values/sum_total", "/values/colour"}
    assert one.post(path, {"paper": "us.court.nothing", "values": {"contract_no": "LN-1"}}).status_code == 422
    told = one.made(path, {"values": {"contract_no": "LN-1", "contract_day": None}})
    assert told["names"] == {"contract_no": True, "contract_day": False}


def test_service_is_entered_once_with_its_evidence(one: Client) -> None:
    case = opened(one)
    party = next(iter(one.account(case["account"])["parties"]))
    exhibit = upload(one, case["id"], pdf(), key="evidence", slot="service_proof").json()["id"]
    piece = {
        "external_id": "SRV-1",
        "paper": "us.notice.validation",
        "party": party,
        "method": "certified_post",
        "result": "signed",
        "sent_on": "2025-11-03",
        "reached_on": "2025-11-06",
        "evidence": [{"exhibit_id": exhibit}],
    }
    path = f"/v1/cases/{case['id']}/services"
    first, second = one.post(path, piece), one.post(path, piece)
    assert (first.status_code, second.status_code) == (201, 200)
    assert first.json() == second.json()
    assert (first.json()["party"], first.json()["evidence"]) == (party, [exhibit])
    assert one.post(path, {**piece, "external_id": "SRV-2", "reached_on": None}).status_code == 422
    assert one.post(path, {**piece, "external_id": "SRV-3", "evidence": [{"exhibit_id": "cfl_x"}]}).status_code == 404
    assert one.post(path, {**piece, "external_id": "SRV-4", "party": "pty_x"}).status_code == 404


def test_no_persons_own_id_is_shown(house: House, one: Client) -> None:
    case = opened(one)
    with house.ledger.api(one.tenant, one.lender) as session:
        persons = session.connection().exec_driver_sql("select person from party").scalars().all()
    party = next(iter(one.account(case["account"])["parties"]))
    one.made(
        f"/v1/cases/{case['id']}/facts",
        {"kind": "served", "on": "2026-03-01", "party": party, "values": {"method": "post"}},
    )
    shown = "".join(one.get(f"/v1/cases/{case['id']}{path}").text for path in ("", "/events", "/packets", "/files"))
    assert party in shown
    assert not [each for each in persons if each in shown]


def test_a_cost_is_in_the_accounts_currency(one: Client) -> None:
    path = f"/v1/cases/{opened(one)['id']}/costs"
    cost = {"kind": "postage", "amount": {"amount": "8.40", "currency": "USD"}, "on": "2026-03-01", "claimed": True}
    assert one.made(path, cost)["amount"] == cost["amount"]
    foreign = one.post(path, {**cost, "amount": {"amount": "8.40", "currency": "EUR"}})
    assert foreign.json()["errors"][0]["pointer"] == "/amount/currency"


def test_a_guarantor_answers_and_nobody_else(one: Client) -> None:
    body = enrolment()
    body["parties"].append({**enrolment()["parties"][0], "role": "guarantor", "consents": [], "contacts": []})
    account = one.made("/v1/accounts", body)
    roles = {each["role"]: id_ for id_, each in account["parties"].items()}
    told: Json = {"kind": "joint", "signed_on": "2025-06-01", "main_due_on": "2026-02-20", "agreed_months": 24}
    path = f"/v1/accounts/{account['id']}/guarantees"
    assert one.post(path, {**told, "party": roles["borrower"]}).status_code == 404
    first = one.made(path, {**told, "party": roles["guarantor"], "most": "400.00"})
    later = one.made(path, {**told, "party": roles["guarantor"], "kind": "general"})
    assert (first["number"], later["number"], first["most"]) == (1, 2, {"amount": "400.00", "currency": "USD"})
    assert one.get(path).json()["data"] == [later]


def test_what_was_sent_is_kept_as_it_came(one: Client) -> None:
    case = opened(one)["id"]
    first = upload(one, case, pdf(), key="file-1", form="original", day="2025-06-01", proves="The agreement")
    replay = upload(one, case, pdf(), key="file-1", form="original", day="2025-06-01", proves="The agreement")
    assert first.status_code == replay.status_code == 201
    assert first.json() == replay.json()
    assert "Idempotency-Replayed" in replay.headers
    same = upload(one, case, pdf(), key="file-2")
    assert (same.status_code, same.json()) == (200, first.json())
    for number, form in enumerate(("JPEG", "PNG")):
        assert upload(one, case, picture(form), key=f"picture-{number}").json()["media_type"] == f"image/{form.lower()}"
    assert upload(one, case, picture("JPEG"), key="file-1").json()["code"] == "idempotency_key_reused"
    listed = one.get(f"/v1/cases/{case}/files").json()["data"]
    assert [each["number"] for each in listed] == [1, 2, 3]
    assert one.get(f"/v1/cases/{case}/files/{first.json()['id']}").json() == first.json()


@pytest.mark.parametrize(
    ("content", "pointer"),
    [
        (b"", "/file"),
        (b"MZ this is a program", "/file"),
        (pdf()[:60], "/file"),
        (pdf(password="secret"), "/file"),
        (picture("PNG")[:40], "/file"),
    ],
    ids=["empty", "program", "cut off", "encrypted", "half a picture"],
)
def test_what_no_packet_could_hold_is_refused(one: Client, content: bytes, pointer: str) -> None:
    case = opened(one)["id"]
    answer = upload(one, case, content, key=f"bad-{case}")
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid")
    assert [each["pointer"] for each in answer.json()["errors"]] == [pointer]
    assert one.get(f"/v1/cases/{case}/files").json()["data"] == []


def test_a_form_that_is_none_is_refused(one: Client) -> None:
    case = opened(one)["id"]
    path, headers = f"/v1/cases/{case}/files", {"Authorization": f"Bearer {one.key}", "Idempotency-Key": "no-form"}
    assert one.post(path, {"slot": "contract"}).json()["code"] == "unsupported_media"
    broken = one.http.post(path, content=b"x", headers={**headers, "Content-Type": "multipart/form-data"})
    assert broken.status_code == 400
    assert upload(one, case, pdf(), key="no-slot", slot="somewhere").json()["errors"][0]["pointer"] == "/slot"
    assert upload(one, case, pdf(), key="no-title", title=" ").json()["errors"][0]["pointer"] == "/title"
    large = one.http.post(path, content=b"x" * 30_200_000, headers={**headers, "Content-Type": "multipart/form-data"})
    assert large.json()["code"] == "too_large"


def test_a_packet_asked_for_twice_waits_once(house: House, one: Client) -> None:
    case = opened(one)["id"]
    first, second = asked(one, case), asked(one, case)
    assert first == second
    made(house, one, first)
    later = asked(one, case)
    assert later != first
    states = {each["id"]: each["state"] for each in one.get(f"/v1/cases/{case}/packets").json()["data"]}
    assert states == {first: "prepared", later: "asked"}
    wrong = {"profile": "us.suit", "court": "no.such.court"}
    assert one.post(f"/v1/cases/{case}/packets", wrong).json()["errors"][0]["pointer"] == "/court"
    ahead = {"profile": "us.suit", "cut_off": "2027-01-01"}
    assert one.post(f"/v1/cases/{case}/packets", ahead).json()["errors"][0]["pointer"] == "/cut_off"


def test_a_run_asks_for_many_and_lists_its_exceptions(house: House, one: Client, two: Client) -> None:
    cases = [opened(one) for _ in range(4)]
    waiting = asked(one, cases[3]["id"])
    items = [{"case_id": cases[0]["id"]}, *({"account_id": each["account"]} for each in cases[1:])]
    body = {"profile": "us.suit", "cut_off": "2026-03-01", "cases": items}
    bare = one.enrol()["id"]
    refused = one.post("/v1/cases/runs", {**body, "cases": [*items, {"account_id": bare}, {"case_id": "cas_x"}]})
    assert [each["pointer"] for each in refused.json()["errors"]] == ["/cases/4", "/cases/5"]
    assert one.get(f"/v1/cases/{cases[0]['id']}/packets").json()["data"] == [], "nothing was asked for"
    run = one.made("/v1/cases/runs", body)
    assert (run["state"], run["wanted"], run["waiting"]) == ("running", 4, 3)
    assert [(each["case"], each["state"]) for each in run["exceptions"]] == [(cases[3]["id"], "refused")]
    for case in cases[:3]:
        (packet,) = one.get(f"/v1/cases/{case['id']}/packets").json()["data"]
        assert packet["run"] == run["id"]
        made(house, one, packet["id"])
    done = one.get(f"/v1/cases/runs/{run['id']}").json()
    assert (done["state"], done["made"], done["states"]) == ("done", 3, {"prepared": 3})
    assert waiting not in str(done)
    assert next(each["id"] for each in one.get("/v1/cases/runs").json()["data"]) == run["id"]
    assert two.get(f"/v1/cases/runs/{run['id']}").status_code == 404


FOREIGN: list[Callable[[Client, Json], int]] = [
    lambda client, case: client.get(f"/v1/cases/{case['id']}").status_code,
    lambda client, case: client.get(f"/v1/cases/{case['id']}/events").status_code,
    lambda client, case: client.get(f"/v1/cases/{case['id']}/files").status_code,
    lambda client, case: client.get(f"/v1/cases/{case['id']}/packets").status_code,
    lambda client, case: client.get(f"/v1/accounts/{case['account']}/guarantees").status_code,
    lambda client, case: client.post(f"/v1/accounts/{case['account']}/cases", {"kind": "suit"}).status_code,
    lambda client, case: client.post(f"/v1/cases/{case['id']}/packets", {"profile": "us.suit"}).status_code,
    lambda client, case: client.post(f"/v1/cases/{case['id']}/fields", {"values": {"contract_no": "LN-1"}}).status_code,
    lambda client, case: upload(client, case["id"], pdf(), key=f"foreign-{client.lender}").status_code,
]


@pytest.mark.parametrize("call", FOREIGN)
def test_another_lenders_case_is_not_there(
    one: Client, two: Client, bank: Client, call: Callable[[Client, Json], int]
) -> None:
    case = opened(one)
    before = one.get(f"/v1/cases/{case['id']}").json()
    assert [call(other, case) for other in (two, bank)] == [404, 404]
    assert case["id"] not in two.get("/v1/cases?limit=1000").text + bank.get("/v1/cases?limit=1000").text
    assert one.get(f"/v1/cases/{case['id']}").json() == before
