"""What every answer carries, what is logged, and what the documentation says."""

import json
import re
from datetime import datetime, timedelta
from typing import Any

import pytest
import structlog
from fastapi.routing import APIRoute
from structlog.testing import capture_logs

from forbear.api import logs
from forbear.api.app import create_app
from forbear.api.auth import SCOPES
from forbear.api.documentation import METHODS
from forbear.api.lender import answers, examples
from forbear.api.problems import KINDS
from forbear.settings import Settings
from tests.api.house import Client, House, enrolment


@pytest.mark.parametrize("path", ["/healthz", "/docs", "/openapi.json", "/v1/accounts", "/nothing"])
def test_every_answer_carries_safe_headers(house: House, path: str) -> None:
    headers = house.http.get(path).headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["Cache-Control"] == "no-store"
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert re.fullmatch(r"[0-9a-f]{32}", headers["X-Trace-Id"])


def test_the_service_says_that_it_is_well(house: House) -> None:
    answer = answers.Health.model_validate(house.http.get("/healthz").json())
    assert (answer.status, answer.world_time) == ("ok", house.ledger.clock.now())


def test_the_log_names_routes_and_keys_and_nothing_personal(house: House, one: Client) -> None:
    body = enrolment()
    body["parties"][0]["name"] = "Zebediah Quux"
    with capture_logs() as logs:
        account = one.made("/v1/accounts", body)["id"]
        one.get(f"/v1/accounts/{account}/timeline?cursor=Zebediah")
        house.http.get("/p/0123456789abcdef")
        house.http.get("/Zebediah/Quux")
        one.post("/v1/accounts", body)
    # A line is written after its answer: one of an earlier test's requests may still come in.
    name = one.key.split("_")[1]
    requests = [line for line in logs if line["event"] == "request" and line.get("key") == name]
    assert [(line["method"], line["status"]) for line in requests][:2] == [("POST", 201), ("GET", 400)]
    assert requests[0]["route"] == "/v1/accounts"
    assert requests[1]["route"] == "/v1/accounts/{account}/timeline"
    written = str(logs)
    secret = one.key.split("_")[2]
    for value in ("Zebediah", "Quux", "0123456789abcdef", body["parties"][0]["contact_points"][0]["value"], secret):
        assert value not in written


def test_log_lines_are_json_with_an_instant(capsys: pytest.CaptureFixture[str]) -> None:
    held = structlog.get_config()
    try:
        structlog.reset_defaults()
        logs.configure("warning")
        log = structlog.get_logger()
        log.info("quiet")
        log.warning("said", lender="len_1")
        logs.configure("debug")
        log.info("still quiet")
    finally:
        structlog.configure(**held)
    line = json.loads(capsys.readouterr().out)
    assert (line["event"], line["level"], line["lender"]) == ("said", "warning", "len_1")
    assert datetime.fromisoformat(line["at"]).utcoffset() == timedelta(0)


QUESTIONS = {"checkRules", "checkTemplate"}
"""Calls that send a body, change nothing, and so need no key."""


def _operations(document: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    return [
        (path, method, operation)
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
        if method in METHODS
    ]


def test_every_operation_is_described(house: House) -> None:
    document = house.http.get("/openapi.json").json()
    names = [operation["operationId"] for *_, operation in _operations(document)]
    assert len(names) == len(set(names)) > 10
    for path, method, operation in _operations(document):
        assert operation["summary"], path
        assert operation["description"], path
        problems = {
            code
            for status, response in operation["responses"].items()
            for code in response["content"].get("application/problem+json", {}).get("examples", {})
            if KINDS[code].status == int(status)
        }
        assert problems, path
        success = next(response for status, response in operation["responses"].items() if int(status) < 300)
        assert any(body.get("example") for body in success["content"].values()), path
        assert operation.get("x-scope", "") in {*SCOPES, ""}
        assert ("x-scope" in operation) == ("unauthenticated" in problems) == ("security" in operation), path
        if method == "patch":
            assert next(each for each in operation["parameters"] if each["name"] == "If-Match")["required"]
            assert {"precondition_required", "precondition_failed"} <= problems
        if method == "post":
            assert all(body["example"] is not None for body in operation["requestBody"]["content"].values()), path
        if method == "post" and operation["operationId"] not in QUESTIONS:
            key = next(each for each in operation["parameters"] if each["name"] == "Idempotency-Key")
            assert key["required"]
            assert "idempotency_key_missing" in problems


def test_every_reference_in_the_document_leads_somewhere(house: House) -> None:
    text = house.http.get("/openapi.json").text
    schemas = house.http.get("/openapi.json").json()["components"]["schemas"]
    named = set(re.findall(r'"#/components/schemas/([^"]+)"', text))
    assert named
    assert named <= set(schemas)
    assert "HTTPValidationError" not in schemas


def test_the_examples_of_answers_have_their_shapes() -> None:
    answers.Account.model_validate(examples.ACCOUNT)
    answers.AccountPage.model_validate(examples.PAGE)
    answers.Timeline.model_validate(examples.TIMELINE)
    for posted in (examples.POSTED, examples.REVERSED):
        answers.Payment.model_validate(posted)
    answers.BalanceResults.model_validate(examples.CONFIRMED)
    for hold in (examples.STOPPED, examples.RELEASED):
        answers.Hold.model_validate(hold)


def _without_ids(account: dict[str, Any]) -> dict[str, Any]:
    """The account with lists of parties and contact points in place of what is found by id."""
    parties = [
        {**party, "contact_points": sorted(party["contact_points"].values(), key=lambda point: point["kind"])}
        for party in account["parties"].values()
    ]
    events = [{**event, "id": ""} for event in account["events"]]
    return {**account, "id": "", "events": events, "parties": parties}


def test_the_examples_are_taken_as_they_stand(one: Client) -> None:
    account = one.made("/v1/accounts", examples.ENROLMENT)
    assert _without_ids(account) == _without_ids(examples.ACCOUNT)
    path = f"/v1/accounts/{account['id']}"
    posted = one.made(f"{path}/payments", examples.PAYMENT)
    assert posted["balance"] == examples.POSTED["balance"]
    reversed_ = one.made(f"{path}/payments/{posted['id']}/reversal", examples.REVERSAL)
    assert reversed_["balance"] == examples.REVERSED["balance"]
    assert one.made("/v1/balances", examples.BALANCES)["results"][0]["result"] == "adjusted"
    stop = one.made(f"{path}/stops", examples.STOP)
    assert {**stop, "id": ""} == {**examples.STOPPED, "id": ""}
    released = one.made(f"{path}/stops/{stop['id']}/release", examples.RELEASE)
    assert {**released, "id": ""} == {**examples.RELEASED, "id": ""}
    assert set(one.made(f"{path}/opt-outs", examples.OPT_OUT)) == set(examples.OPTED_OUT)
    assert {**one.made(f"{path}/events", examples.EVENT), "id": ""} == {**examples.TOLD_EVENT, "id": ""}


def test_the_page_describes_everything_without_a_script(house: House) -> None:
    page = house.http.get("/docs")
    assert page.headers["content-type"].startswith("text/html")
    assert "<script" not in page.text
    assert "http://" not in page.text.replace(house.settings.public_url, "")
    document = house.http.get("/openapi.json").json()
    for *_, operation in _operations(document):
        assert f'id="{operation["operationId"]}"' in page.text
    for said in (
        "parties[].contact_points[].zone",
        "parties.{id}.contact_points.{id}.zone",
        "parties[].agreements[].open",
        "scope <code>accounts:write</code>",
    ):
        assert said in page.text
    for code in KINDS:
        assert f'id="problem-{code}"' in page.text


def test_acting_routes_wait_in_threads_and_not_in_the_loop() -> None:
    import inspect

    from forbear.api.lender.routes import ROOMS

    routes = [route for module in ROOMS for route in module.router.routes]
    assert routes
    assert not [
        route.path
        for route in routes
        if isinstance(route, APIRoute)
        and inspect.iscoroutinefunction(route.endpoint)
        # A file is read as it comes; what touches the ledger waits in threads there too.
        and route.path != "/v1/imports"
    ]


def test_the_codec_is_served_only_where_it_is_asked_for(module_database: Settings) -> None:
    def mounted(*, on: bool) -> bool:
        app = create_app(module_database.model_copy(update={"loopback_codec": on}))
        return any(getattr(route, "path", "") == "/codec" for route in app.routes)

    assert mounted(on=True)
    assert not mounted(on=False)
