"""Calls that schemathesis generates from the document, and documented examples with a value or three spoilt.

Whatever is sent, the answer is one that the document describes: never a failure of ours, its status, headers, media
type and shape as written; and what the document forbids is refused.
"""

import itertools
import json
import os
import re
import secrets
from typing import Any

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.config import SchemathesisConfig
from schemathesis.specs.openapi import checks

from forbear.api.described import KEY_PARAMETER
from tests.api.document import ID_PATTERN, Json, Operation, operations
from tests.api.house import House
from tests.api.making import Maker, newcomer
from tests.api.snapshot import committed
from tests.api.spoiling import spoilt

pytestmark = pytest.mark.counted

PROVE = os.environ.get("FORBEAR_PROVE") == "1"
GENERATED, SPOILT = (40, 200) if PROVE else (5, 15)
SEED = secrets.randbelow(2**31) if PROVE else 20260302
"""The same calls in every quick run, others in every long one; a failure shows the call itself."""
HEADER = "Idempotency-Key"
KEY = re.compile(KEY_PARAMETER["schema"]["pattern"])
DOCUMENT = committed()
OPERATIONS = {(each.path, each.method): each for each in operations(DOCUMENT)}
SENDING = [each for each in OPERATIONS.values() if each.sent]
CONFIG = SchemathesisConfig.from_dict(
    {
        "seed": SEED,
        # Each call is sent with the lender's key, so that one generated without a key would not be refused.
        "generation": {
            "deterministic": not PROVE,
            "max-examples": GENERATED,
            "database": "none",
            "with-security-parameters": False,
        },
        # A busy machine is no defect of what is generated.
        "suppress-health-check": ["too_slow"],
        "request-timeout": 120,
        "cache": {"enabled": False},
        "analysis": {"constants": {"enabled": False}},
        # A change without If-Match is 428 (RFC 6585), which the library does not expect.
        "checks": {"missing_required_header": {"expected-statuses": [400, 401, 403, 406, 415, 422, 428]}},
    }
)
DESCRIBED = [
    not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_headers_conformance,
    checks.response_schema_conformance,
]
schema = schemathesis.openapi.from_dict(DOCUMENT, config=CONFIG)


@schemathesis.serializer("text/csv", "application/x-ndjson")
def _file(_: Any, value: Any) -> bytes:
    """The body of a call that takes a file: whatever was generated, as it stands."""
    return (
        value if isinstance(value, bytes) else value.encode() if isinstance(value, str) else json.dumps(value).encode()
    )


_numbers = itertools.count(1)


@pytest.fixture(scope="module")
def maker(served: House) -> Maker:
    """A lender that has one of everything."""
    maker = Maker(DOCUMENT, newcomer(served))
    for operation in OPERATIONS.values():
        maker.ids(operation)
    return maker


@schema.parametrize()  # pyright: ignore[reportUntypedFunctionDecorator]  the library ships it untyped
@pytest.mark.timeout(1800 if PROVE else 300)
def test_a_generated_call_is_answered_as_documented(served: House, maker: Maker, case: Any) -> None:
    # A well-formed id that nobody has leads nowhere: ours leads on. A key used twice would hide what its call does.
    for name, ours in maker.ids(OPERATIONS[case.operation.path, case.operation.method]).items():
        if re.fullmatch(ID_PATTERN, str(case.path_parameters.get(name))):
            case.path_parameters[name] = ours
    if KEY.fullmatch(str((case.headers or {}).get(HEADER, ""))):
        case.headers[HEADER] = f"generated-{next(_numbers)}"
    case.call_and_validate(
        base_url=served.base_url,
        headers={"Authorization": f"Bearer {maker.client.key}"},
        # What is well-formed may still be wrong: an unknown currency, a day that has not come.
        excluded_checks=[checks.positive_data_acceptance],
    )


@pytest.mark.timeout(1800 if PROVE else 300)
@pytest.mark.parametrize("operation", SENDING, ids=lambda each: each.name)
def test_a_spoilt_example_is_answered_as_documented(maker: Maker, operation: Operation) -> None:
    case = schema[operation.path][operation.method].Case(path_parameters=maker.ids(operation))

    @settings(
        max_examples=SPOILT,
        derandomize=not PROVE,
        database=None,
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow],
    )
    @given(body=_bodies(maker, operation))
    def answered(body: bytes) -> None:
        case.validate_response(_sent(maker, operation, body), checks=DESCRIBED)

    answered()


def _sent(maker: Maker, operation: Operation, body: bytes) -> httpx.Response:
    return maker.call(operation, maker.ids(operation), body=body)


def _bodies(maker: Maker, operation: Operation) -> st.SearchStrategy[bytes]:
    media = maker.body(operation)
    assert media is not None
    if not isinstance(media.example, str):
        return spoilt(media.example).map(_fresh).map(lambda body: json.dumps(body).encode())
    lines = media.example.splitlines(keepends=True)
    return st.lists(st.sampled_from(lines) | st.text(max_size=30), max_size=6).map("".join).map(_utf8) | st.binary()


def _fresh(body: Any) -> Any:
    """With a name of its own for what it makes, so that it is not refused as known."""
    named: Json = body if isinstance(body, dict) else {}
    return {**named, "external_id": f"SP-{next(_numbers)}"} if "external_id" in named else body


def _utf8(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")
