"""Us and two strangers who have the same things as we have, and what an answer tells about a thing that is not ours."""

import re
from typing import Any

import httpx
import psycopg
from psycopg import sql
from sqlalchemy.engine import make_url

from tests.api.document import Operation, operations
from tests.api.house import House
from tests.api.making import Maker, newcomer

PASSING = {"date", "content-length", "x-trace-id", "ratelimit"}
"""Headers that differ between any two answers, or follow from the length of an id."""
ANSWERS = frozenset({"idempotency"})
"""Keeps what was answered, for every answer that is no error."""
SHOWN = {name: rf"{prefix}_[0-9A-Za-z]{{22}}" for prefix, name in (("pty", "parties"), ("pt", "contact_points"))}
SHOWN["contact_point"], SHOWN["party"] = SHOWN["contact_points"], SHOWN["parties"]
"""Ids that no path has, because the account's own answer shows them."""
INSTEAD_OF = {
    "account_id": {"external_id", "case_id"},
    "external_id": {"account_id"},
    "case_id": {"account_id"},
    "contact_point": {"number"},
}
"""Of which a body takes one."""


class Neighbours:
    """We; a second lender of our tenant and a lender of another tenant, both strangers."""

    def __init__(self, house: House, operation: Operation) -> None:
        self.database = make_url(house.migrator).set(drivername="postgresql").render_as_string(hide_password=False)
        us = newcomer(house)
        self.ours = Maker(operation.document, us)
        self.strangers = [
            Maker(operation.document, newcomer(house, us.tenant)),
            Maker(operation.document, newcomer(house)),
        ]
        for maker in (self.ours, *self.strangers):
            maker.start(operation)
            maker.ids(operation)
            maker.body(operation)

    def everything(self, *, but: frozenset[str] = frozenset()) -> dict[str, Any]:
        """A digest of every table but that of keys, which notes when each was used."""
        with psycopg.connect(self.database) as connection:
            named = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
            return {name: _digest(connection, name) for (name,) in named if name not in {"api_key", *but}}


def changed(before: dict[str, Any], after: dict[str, Any]) -> set[str]:
    """The tables that are not as they were."""
    return {name for name in before if after[name] != before[name]}


def made(stranger: Maker, operation: Operation, field: str) -> str:
    """A thing of the stranger's that a field of this name can name."""
    name = field.removesuffix("[]").removesuffix("{}").removesuffix("_id")
    if name in SHOWN:
        documented = re.findall(SHOWN[name], str([media.example for media in _enrolment(stranger).answered]))
        return stranger.stands_for[documented[0]]
    for other in operations(operation.document):
        if name in other.ids:
            return stranger.id_of(other.prefix(name), name)
    raise AssertionError(f"{operation}: no example makes what the field {field} names: no path has {{{name}}}")


def with_value(example: Any, path: str, value: str) -> Any:
    """The example with a value at a path like `balances[].account_id`."""
    head, _, rest = path.partition(".")
    name = head.removesuffix("[]").removesuffix("{}")
    if not rest and head.endswith("{}"):
        return {**example, name: {value: next(iter(example.get(name, {}).values()), {})}}
    if not rest:
        left = {each: example[each] for each in example if each not in INSTEAD_OF.get(name, ())}
        return {**left, name: [value] if head.endswith("[]") else value}
    inner, name_of_all = example[name], head.removeprefix(name)
    if name_of_all == "[]":
        return {**example, name: [with_value(each, rest, value) for each in inner]}
    if name_of_all == "{}":
        return {**example, name: {each: with_value(told, rest, value) for each, told in inner.items()}}
    return {**example, name: with_value(inner, rest, value)}


def _enrolment(maker: Maker) -> Operation:
    return next(each for each in operations(maker.document) if each.name == "enrolAccount")


def unknown(answer: httpx.Response) -> None:
    """Fail unless it is an error, or lists nothing, or lists refusals only."""
    if answer.status_code < 300:
        told = answer.json()
        assert all(each["result"] == "refused" for each in told["data" if "data" in told else "results"]), answer.text


def telling(answer: httpx.Response, ids: dict[str, str]) -> tuple[int, dict[str, str], str]:
    """What an answer tells: all but the traces of its request, and its ids by their names."""
    text = re.sub(r"[0-9a-f]{32}", "trace", answer.text)
    for name, value in ids.items():
        text = text.replace(value, name)
    headers = {name.lower(): value for name, value in answer.headers.items() if name.lower() not in PASSING}
    return answer.status_code, headers, text


def _digest(connection: psycopg.Connection, table: str) -> Any:
    query = "SELECT count(*), md5(string_agg(row, '' ORDER BY row)) FROM (SELECT md5(t::text) AS row FROM {} t) r"
    return connection.execute(sql.SQL(query).format(sql.Identifier(table))).fetchone()
