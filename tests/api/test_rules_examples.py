"""The documented examples of the rules' calls are what the packs and the calls say, their problems too."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest

from forbear.api.lender.shapes import rules as shapes
from forbear.rules import catalogue, differences
from forbear.rules.packs import load
from tests.api.house import Client
from tests.api.snapshot import committed

Json = dict[str, Any]


def test_the_rule_of_the_examples_stands_so_in_its_pack() -> None:
    found = catalogue.whole(load(), "US.REGF.HOURS")
    assert found is not None
    assert {**found, "pack_version": ""} == {**shapes.WHOLE, "pack_version": ""}


def test_the_difference_of_the_example_is_one_of_the_days_that_are_documented() -> None:
    found = differences.in_law(load(), date(2026, 12, 31), date(2027, 2, 1), "en")
    assert [each for each in found if each["id"] == "US-NYC.SHIELD.FREQ3"] == shapes.DIFFERENCES["data"]


def test_the_answer_of_the_example_is_given(one: Client) -> None:
    given = one.post("/v1/rules/check", shapes.CASE).json()
    assert {**given, "packs": given["packs"].keys()} == {**shapes.VERDICT, "packs": shapes.VERDICT["packs"].keys()}


@pytest.mark.parametrize(
    ("path", "operation", "code"),
    [
        ("/v1/rules?on=soon", "/v1/rules", "invalid"),
        ("/v1/rules/diff?to=2027-02-01", "/v1/rules/diff", "invalid"),
        ("/v1/rules/us", "/v1/rules/{rule}", "invalid"),
        ("/v1/rules/US.NONE", "/v1/rules/{rule}", "not_found"),
    ],
)
def test_a_documented_problem_is_the_one_given(one: Client, path: str, operation: str, code: str) -> None:
    assert _told(one.get(path).json()) == _documented(operation, "get", code)


def test_a_case_that_cannot_be_read_is_refused_as_documented(one: Client) -> None:
    case = {**shapes.CASE, "attempt": {**shapes.CASE["attempt"], "channel": "fax"}}
    assert _told(one.post("/v1/rules/check", case).json()) == _documented("/v1/rules/check", "post", "invalid")


def test_a_case_may_tell_all_that_the_rules_ask(one: Client) -> None:
    person = shapes.CASE["person"]
    place = {**person["places"][0], "source": "postal code", "derived": True}
    case = {
        **shapes.CASE,
        "person": {**person, "places": [place], "circumstances": ["minor"]},
        "attempt": {**shapes.CASE["attempt"], "language": "en"},
        "history": [
            {
                "at": "2026-11-30T12:00:00-05:00",
                "channel": "call",
                "party": "debtor",
                "result": "no_answer",
                "ref": "t1",
            }
        ],
    }
    assert one.post("/v1/rules/check", case).status_code == 200


def _documented(path: str, method: str, code: str) -> Json:
    answers: Mapping[str, Json] = committed()["paths"][path][method]["responses"]
    status = {"invalid": "422", "not_found": "404"}[code]
    return _told(answers[status]["content"]["application/problem+json"]["examples"][code]["value"])


def _told(problem: Json) -> Json:
    return {name: problem[name] for name in ("code", "status", "title", "detail", "errors")}
