"""No id of another lender or tenant opens anything: it is answered as an id that nobody has, and nothing is written.

Made from the document: every operation, every id in its path, query or body, for a second lender of the same tenant and
for one of another tenant. A new route is covered by being documented, or named as one whose id no example makes.
"""

import httpx
import pytest

from tests.api.document import Operation, fields, is_id, operations, walk
from tests.api.house import House
from tests.api.making import Maker, newcomer, random_id
from tests.api.snapshot import committed
from tests.api.strangers import ANSWERS, Neighbours, changed, made, telling, unknown, with_value

OPERATIONS = operations(committed())
NAME = "external_id"
"""A lender's own name of a thing, which another lender may have given to a thing of its own."""
BY_PATH = [(each, name) for each in OPERATIONS for name in each.ids]
BY_FIELD = sorted(
    {
        (each, "body", path)
        for each in OPERATIONS
        for media in each.sent
        for path, schema, _ in walk(each.document, media.schema)
        if is_id(each.document, schema)
    }
    | {
        (each, "query", name)
        for each in OPERATIONS
        for name, told in each.parameters("query").items()
        if is_id(each.document, told["schema"])
    },
    key=lambda each: (str(each[0]), *each[1:]),
)
LISTED = [each for each in OPERATIONS if NAME in each.parameters("query")]
NAMED = [
    (each, path)
    for each in OPERATIONS
    for media in each.sent
    for path, _ in fields(each.document, media.schema)
    if path.endswith(f"[].{NAME}")
]


def _label(each: Operation | str) -> str:
    return each if isinstance(each, str) else each.name


@pytest.mark.parametrize(("operation", "name"), BY_PATH, ids=_label)
def test_a_foreign_id_in_the_path_is_not_found(house: House, operation: Operation, name: str) -> None:
    near = Neighbours(house, operation)
    own = near.ours.ids(operation)
    before = near.everything()
    for stranger in near.strangers:
        foreign = stranger.ids(operation)
        nothing = {each: random_id(foreign[each]) for each in foreign}
        for ids, absent in (({**own, name: foreign[name]}, {**own, name: nothing[name]}), (foreign, nothing)):
            answer, other = near.ours.call(operation, ids), near.ours.call(operation, absent)
            assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
            assert telling(answer, ids) == telling(other, absent)
    assert changed(before, near.everything()) == set()


@pytest.mark.parametrize(("operation", "place", "path"), BY_FIELD, ids=_label)
def test_a_foreign_id_elsewhere_is_unknown(house: House, operation: Operation, place: str, path: str) -> None:
    near = Neighbours(house, operation)
    own, name = near.ours.ids(operation), path.rpartition(".")[2]

    def call(value: str) -> httpx.Response:
        if place == "query":
            return near.ours.call(operation, own, query={path: value})
        sent = near.ours.body(operation)
        assert sent is not None
        return near.ours.call(operation, own, body=with_value(sent.example, path, value))

    before = near.everything(but=ANSWERS)
    for stranger in near.strangers:
        foreign = made(stranger, operation, name)
        absent = random_id(foreign)
        answer, other = call(foreign), call(absent)
        unknown(answer)
        assert telling(answer, {name: foreign}) == telling(other, {name: absent})
    assert changed(before, near.everything(but=ANSWERS)) == set()


@pytest.mark.parametrize("operation", LISTED, ids=_label)
def test_a_list_finds_no_stranger_by_name(house: House, operation: Operation) -> None:
    near = Neighbours(house, operation)
    bare = Maker(operation.document, newcomer(house, near.ours.client.tenant))
    own = near.ours.ids(operation)
    known, nobodys = _name_of_ours(near.ours), "LN-unknown"
    assert near.ours.call(operation, own, query={NAME: known}).json()["data"]
    answer, other = (bare.call(operation, own, query={NAME: each}) for each in (known, nobodys))
    unknown(answer)
    assert telling(answer, {NAME: known}) == telling(other, {NAME: nobodys})


@pytest.mark.parametrize(("operation", "path"), NAMED, ids=_label)
def test_a_row_names_no_strangers_thing(house: House, operation: Operation, path: str) -> None:
    near = Neighbours(house, operation)
    bare = Maker(operation.document, newcomer(house, near.ours.client.tenant))
    sent = near.ours.body(operation)
    assert sent is not None
    before = near.everything(but=ANSWERS)
    known, nobodys = _name_of_ours(near.ours), "LN-unknown"
    answer, other = (bare.call(operation, {}, body=with_value(sent.example, path, each)) for each in (known, nobodys))
    unknown(answer)
    assert telling(answer, {NAME: known}) == telling(other, {NAME: nobodys})
    assert changed(before, near.everything(but=ANSWERS)) == set()


def test_the_document_names_ids_in_every_place() -> None:
    assert {operation.name for operation, _ in BY_PATH} >= {"getAccount", "reversePayment", "releaseStop"}
    assert ("confirmBalances", "balances[].account_id") in {(each.name, path) for each, _, path in BY_FIELD}
    assert ("confirmBalances", "balances[].external_id") in {(each.name, path) for each, path in NAMED}
    assert "listAccounts" in {each.name for each in LISTED}


def test_what_is_written_is_seen(house: House) -> None:
    operation = next(each for each in OPERATIONS if each.name == "placeStop")
    near = Neighbours(house, operation)
    before = near.everything()
    near.ours.call(operation, near.ours.ids(operation))
    after = near.everything()
    assert changed(before, after) >= {"stop", "outbox", "idempotency"}


def _name_of_ours(maker: Maker) -> str:
    enrolment = next(each for each in OPERATIONS if each.name == "enrolAccount")
    body = maker.body(enrolment)
    assert body is not None
    return body.example[NAME]
