"""Every operation of the document has examples of what is sent and answered, and they are true of a live installation."""

import pytest

from tests.api.document import Operation, operations
from tests.api.house import House
from tests.api.making import Maker, conforms, newcomer
from tests.api.snapshot import committed

OPERATIONS = operations(committed())
WAITS_FOR_STAFF = {"getFinalPacket", "getFinalPdf", "getManifest"}
"""What is answered only once somebody of legal staff has approved; `test_cases_final` has that done."""


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda each: each.name)
def test_an_operation_shows_what_is_sent_and_answered(operation: Operation) -> None:
    for media in operation.sent:
        assert media.example is not None, f"{operation}: this operation has no example of what is sent"
        conforms(operation.document, media.schema, media.example)
    assert operation.answered, f"{operation}: this operation does not say what it answers"
    for media in operation.answered:
        assert media.example is not None, f"{operation}: this operation has no example of its answer"
        conforms(operation.document, media.schema, media.example)


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda each: each.name)
def test_an_example_is_taken_and_answered_as_documented(house: House, operation: Operation) -> None:
    maker = Maker(operation.document, newcomer(house))
    maker.start(operation)
    answer = maker.call(operation, maker.ids(operation))
    if operation.name in WAITS_FOR_STAFF:
        assert (answer.status_code, answer.json()["code"]) == (409, "packet_not_final")
        return
    assert answer.status_code == operation.success, answer.text
    media = {each.type: each for each in operation.answered}[answer.headers["content-type"].partition(";")[0]]
    if media.type == "application/json":
        conforms(operation.document, media.schema, answer.json())
        assert answer.json().keys() == media.example.keys()


def test_an_operation_that_makes_nothing_is_named() -> None:
    document = committed()
    document["paths"]["/v1/parcels/{parcel}"] = {"get": document["paths"]["/v1/accounts/{account}"]["get"]}
    parcel = next(each for each in operations(document) if each.ids == ["parcel"])
    with pytest.raises(AssertionError, match=r"no example makes the id \{parcel\}: no POST to /v1/parcels"):
        Maker(document, None).ids(parcel)  # pyright: ignore[reportArgumentType]  nothing is ever sent


def test_an_operation_without_an_example_is_named() -> None:
    document = committed()
    del document["paths"]["/v1/balances"]["post"]["requestBody"]["content"]["application/json"]["example"]
    bare = next(each for each in operations(document) if each.name == "confirmBalances")
    with pytest.raises(AssertionError, match="POST /v1/balances: this operation has no example"):
        Maker(document, None).body(bare)  # pyright: ignore[reportArgumentType]  nothing is ever sent
