"""The committed document is the application's, and what would break a lender's program is said in words."""

import copy
from collections.abc import Callable
from typing import Any

import pytest

from tests.api.breaking import breaking_changes
from tests.api.snapshot import FILE, REMEDY, committed, document, written

Json = dict[str, Any]


@pytest.fixture(scope="module")
def old() -> Json:
    """Made once: tests change copies of it."""
    return document()


def test_the_committed_document_is_the_applications() -> None:
    now = document()
    broken = "\n  ".join(breaking_changes(committed(), now)) or "nothing"
    assert FILE.exists() and FILE.read_text("utf-8") == written(now), (  # noqa: PT018  one remedy for both
        f"docs/openapi.json is not what the application says of itself. What would break callers:\n  {broken}\n"
        f"If all of it is meant, run `{REMEDY}` and commit the file with the change."
    )


def test_nothing_changed_is_nothing_broken() -> None:
    assert breaking_changes(document(), document()) == []


def _drop_operation(told: Json) -> None:
    del told["paths"]["/v1/accounts/{account}/opt-outs"]["post"]


def _rename(told: Json) -> None:
    told["paths"]["/v1/balances"]["post"]["operationId"] = "setBalances"


def _rescope(told: Json) -> None:
    told["paths"]["/v1/balances"]["post"]["x-scope"] = "accounts:write"


def _require_header(told: Json) -> None:
    new = {"name": "If-Match", "in": "header", "required": True, "schema": {"type": "string"}}
    told["paths"]["/v1/balances"]["post"]["parameters"].append(new)


def _drop_parameter(told: Json) -> None:
    listing = told["paths"]["/v1/accounts"]["get"]
    listing["parameters"] = [each for each in listing["parameters"] if each["name"] != "state"]


def _drop_status(told: Json) -> None:
    responses = told["paths"]["/v1/balances"]["post"]["responses"]
    responses["202"] = responses.pop("200")


def _require_field(told: Json) -> None:
    form = told["components"]["schemas"]["PaymentForm"]
    form["properties"]["purpose"] = {"type": "string"}
    form["required"].append("purpose")


def _require_known(told: Json) -> None:
    told["components"]["schemas"]["PlaceStopForm"].setdefault("required", []).append("written")


def _drop_input(told: Json) -> None:
    del told["components"]["schemas"]["PlaceStopForm"]["properties"]["written"]


def _narrow_choice(told: Json) -> None:
    told["components"]["schemas"]["ReleaseForm"]["properties"]["reason"]["enum"].remove("verified")


def _retype_input(told: Json) -> None:
    told["components"]["schemas"]["PlaceStopForm"]["properties"]["written"] = {"type": "string"}


def _drop_answer(told: Json) -> None:
    del told["components"]["schemas"]["Hold"]["properties"]["until"]


def _empty_answer(told: Json) -> None:
    told["components"]["schemas"]["Hold"]["properties"]["at"] = {"anyOf": [{"type": "null"}]}


def _optional_answer(told: Json) -> None:
    told["components"]["schemas"]["Amount"]["required"].remove("currency")


def _drop_media(told: Json) -> None:
    content = told["paths"]["/v1/balances"]["post"]["requestBody"]["content"]
    content["text/csv"] = content.pop("application/json")


BREAKING: list[tuple[Callable[[Json], None], str]] = [
    (_drop_operation, "POST /v1/accounts/{account}/opt-outs: the operation is gone"),
    (_rename, "POST /v1/balances: operationId confirmBalances is now setBalances"),
    (_rescope, "POST /v1/balances: needs the scope accounts:write instead of balances:write"),
    (_require_header, "POST /v1/balances: the header parameter If-Match is now required"),
    (_drop_parameter, "GET /v1/accounts: the query parameter state is gone"),
    (_drop_status, "POST /v1/balances: answers 202 instead of 200"),
    (_require_field, "POST /v1/accounts/{account}/payments: body: purpose is new and required"),
    (_require_known, "POST /v1/accounts/{account}/stops: body: written is now required"),
    (_drop_input, "POST /v1/accounts/{account}/stops: body: written is no longer accepted"),
    (_narrow_choice, "POST /v1/accounts/{account}/stops/{stop}/release: body: reason no longer takes verified"),
    (_retype_input, "POST /v1/accounts/{account}/stops: body: written may no longer be boolean"),
    (_drop_answer, "POST /v1/accounts/{account}/stops: answer: until is gone"),
    (_empty_answer, "POST /v1/accounts/{account}/stops: answer: at may now be null"),
    (_optional_answer, "POST /v1/accounts/{account}/payments: answer: amount.currency may now be missing"),
    (_drop_media, "POST /v1/balances: the body can no longer be application/json"),
]


@pytest.mark.parametrize(("change", "said"), BREAKING, ids=lambda each: getattr(each, "__name__", ""))
def test_what_breaks_callers_is_said(old: Json, change: Callable[[Json], None], said: str) -> None:
    new = copy.deepcopy(old)
    change(new)
    assert said in breaking_changes(old, new)


def test_what_is_added_breaks_nobody(old: Json) -> None:
    new = copy.deepcopy(old)
    new["paths"]["/v1/accounts"]["get"]["parameters"].append({"name": "stage", "in": "query", "schema": {}})
    schemas = new["components"]["schemas"]
    schemas["Account"]["properties"]["colour"] = {"type": "string"}
    schemas["Account"]["required"].append("colour")
    schemas["PlaceStopForm"]["properties"]["colour"] = {"type": "string"}
    schemas["PlaceStopForm"]["properties"]["paint"] = {
        "type": "object",
        "properties": {"tone": {"type": "string"}},
        "required": ["tone"],
    }
    schemas["ReleaseForm"]["properties"]["reason"]["enum"].append("paid")
    new["paths"]["/v1/accounts/new"] = {"get": new["paths"]["/healthz"]["get"]}
    assert breaking_changes(old, new) == []
