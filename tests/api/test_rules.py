"""The contact rules over HTTP: lists, one rule, two days, a case; and why an account got nothing."""

import copy

import pytest

from forbear.api.lender.shapes.rules import CASE
from forbear.cadence.playbooks import load_all
from forbear.contracts.decision import Asked
from forbear.ledger.deciding import DecidingBook
from forbear.rules.packs import load
from tests.api.house import Client, House, Json
from tests.api.test_problems import problem


def _data(client: Client, path: str) -> list[Json]:
    answer = client.get(path)
    assert answer.status_code == 200, answer.text
    return answer.json()["data"]


def test_a_list_is_paged_and_filtered_and_its_rules_can_be_read(one: Client) -> None:
    every = [rule["id"] for rule in _data(one, "/v1/rules?limit=1000")]
    assert set(every) == {terms.rule for pack in load().by_jurisdiction.values() for terms in pack.terms}
    first = one.get("/v1/rules?jurisdiction=US-NYC&limit=3").json()
    second = one.get(f"/v1/rules?jurisdiction=US-NYC&limit=3&cursor={first['next_cursor']}").json()
    city = [rule["id"] for rule in _data(one, "/v1/rules?jurisdiction=US-NYC")]
    assert [rule["id"] for rule in (*first["data"], *second["data"])] == city[:6]
    whole = one.get(f"/v1/rules/{city[0]}").json()
    assert (whole["id"], whole["pack_version"]) == (city[0], load().by_jurisdiction["US-NYC"].version)
    doubtful = _data(one, "/v1/rules?unverified=true&limit=1000")
    read_whole = {"S", "R", "G"}
    open_of = load().by_jurisdiction
    for rule in doubtful:
        pack = open_of[rule["jurisdiction"]]
        evidence = {version["evidence"] for version in rule["versions"]}
        assert pack.asked_of.get(rule["id"]) or not evidence & read_whole, rule["id"]
    assert one.get("/v1/rules/US.NONE").status_code == 404
    assert one.get("/v1/rules/check").status_code == 405


@pytest.mark.parametrize(
    "query",
    [
        "?functions=check",
        "?function=checks",
        "?on=tomorrow",
        "?on=0",
        "?jurisdiction=us",
        "?language=fr",
        "/diff?from=2026-12-31",
    ],
)
def test_what_cannot_be_asked_is_named(one: Client, query: str) -> None:
    assert problem(one.get(f"/v1/rules{query}")).code == "invalid"


def test_two_days_are_compared(one: Client) -> None:
    told = {each["id"]: each["what"] for each in _data(one, "/v1/rules/diff?from=2026-12-31&to=2027-01-01")}
    assert (told["US-NYC.FREQ2"], told["US-NYC.SHIELD.FREQ3"]) == ("ended", "begun")
    assert _data(one, "/v1/rules/diff?from=2020-01-01&to=2020-01-02&believed=true") == []
    begun = _data(one, "/v1/rules/diff?from=2020-01-01&to=2026-11-21&believed=true")
    assert {each["what"] for each in begun} == {"begun"}


def test_a_case_is_answered_with_its_reason_in_the_language_asked_for(one: Client) -> None:
    english = one.post("/v1/rules/check", CASE).json()
    chinese = one.post("/v1/rules/check?language=zh-Hans", CASE).json()
    assert (english["verdict"], english["until"]) == ("hold", "2026-12-01T13:00:00Z")
    assert english["rules"] == ["US.REGF.HOURS"]
    assert english.pop("sentence").startswith("Held until Tue 1 December 2026, 08:00")
    assert chinese.pop("sentence").startswith("暂缓至2026年12月1日（星期二）08:00")
    assert english == chinese


def test_a_case_that_cannot_be_read_names_the_place(one: Client) -> None:
    case = copy.deepcopy(CASE)
    case["person"]["places"][0]["zone"] = "Mars/Base"
    found = one.post("/v1/rules/check", case)
    assert (found.status_code, found.json()["errors"][0]["pointer"]) == (422, "/person/places/0/zone")
    missing = one.post("/v1/rules/check", {**CASE, "attempt": {}})
    assert missing.json()["errors"][0]["pointer"] == "/attempt/channel"
    assert one.post("/v1/rules/check?ruleset=2020-01-01", CASE).status_code == 422


def test_why_nothing_was_sent_is_explained_by_instant_and_by_day(house: House, one: Client) -> None:
    account = one.enrol()["id"]
    one.made(f"/v1/accounts/{account}/stops", {"kind": "insolvency"})
    asked = Asked(tenant=one.tenant, account=account, run="run", number=0)
    DecidingBook(house.ledger, load_all(), load()).decide(asked)
    told = one.get(f"/v1/accounts/{account}/explanation").json()
    assert (told["before"], told["after"]) == (None, None)
    decided = told["in_force"]
    assert (decided["decision"], decided["verdict"]) == ("rest", "block")
    assert decided["rule"]
    assert decided["sentence"]
    chinese = one.get(f"/v1/accounts/{account}/explanation?language=zh-Hans").json()["in_force"]
    assert chinese["sentence"] != decided["sentence"]
    assert one.get(f"/v1/accounts/{account}/explanation?at=2020-01-01T00:00:00Z").json()["in_force"] is None
    day = one.get(f"/v1/accounts/{account}/day?on=2026-03-02").json()
    assert [each["id"] for each in day["decisions"]] == [decided["id"]]
    assert (day["touches"], day["zone"]) == ([], "America/Chicago")
