"""Makes whatever an operation needs, by making the documented calls that make it.

The id in `/payments/{payment}` is made by the documented POST to `/payments`, with its documented example, and so on up
the path. A document that shows the same id in two examples means the same thing by it: what was made stands for it in
every later body.
"""

import itertools
import json
import re
import time
from dataclasses import dataclass, field
from typing import Any

import httpx
import jsonschema

from forbear.api.auth import SCOPES
from forbear.ledger.admin import add_key, add_lender, add_tenant
from forbear.ledger.ids import LENGTH, base62
from tests.api.document import Json, Media, Operation, fields, operations
from tests.api.house import Client, House

ID = re.compile(rf"[a-z]{{2,3}}_[0-9A-Za-z]{{{LENGTH}}}")
ACCEPTED = 202
SETTLED = {"done", "refused"}
PAUSE_SECONDS = 0.05
_lenders, _calls = itertools.count(1), itertools.count(1)


def newcomer(house: House, tenant: str | None = None) -> Client:
    """A lender that has nothing yet, of this tenant or of a new one."""
    number = next(_lenders)
    tenant = tenant or add_tenant(house.migrator, f"Example Newcomers {number}")
    lender = add_lender(
        house.migrator,
        tenant=tenant,
        name=f"Example Newcomer {number}",
        role="original_creditor",
        kind="bank",
        country="US",
        phone="+13125550180",
        sender=f"+1{400 + number // 100}5550{100 + number % 100}",
    )
    return Client(house.http, tenant, lender, add_key(house.migrator, lender=lender, scopes=SCOPES, label="t").shown)


def random_id(like: str) -> str:
    """An id of the same kind that nothing has."""
    return f"{like.partition('_')[0]}_{base62(LENGTH)}"


@dataclass
class Maker:
    """One lender at work with the document's examples."""

    document: Json
    client: Client
    made: dict[str, str] = field(default_factory=dict[str, str])
    """Where a thing is made, as a path of the document, and the id it got."""
    stands_for: dict[str, str] = field(default_factory=dict[str, str])
    """The ids in the document's examples, and the real ones."""

    def start(self, operation: Operation) -> None:
        """Have the documented account, which some examples name without its being in their path."""
        enrolment = self._makes("/v1/accounts", "account")
        if operation.name != enrolment.name:
            self._make(enrolment)

    def ids(self, operation: Operation) -> dict[str, str]:
        """Everything the path names."""
        return {name: self.id_of(operation.prefix(name), name) for name in operation.ids}

    def id_of(self, prefix: str, name: str) -> str:
        if prefix not in self.made:
            self._make(self._makes(prefix, name))
        return self.made[prefix]

    def call(
        self, operation: Operation, ids: dict[str, str], *, body: Any = None, query: Json | None = None
    ) -> httpx.Response:
        """Make the call as documented, with these ids in its path, and its own body unless another is given."""
        media = self.body(operation)
        if media is not None and body is not None:
            media = Media(media.type, media.schema, body)
        return self.client.http.request(
            operation.method,
            operation.path.format(**operation.documented("path"), **ids),
            params={**operation.documented("query"), **(query or {})},
            headers={"Authorization": f"Bearer {self.client.key}", **self._headers(operation, media)},
            content=_bytes(media),
        )

    def body(self, operation: Operation) -> Media | None:
        """The first documented example of its body, with what was made in place of the documented ids."""
        if not operation.sent:
            return None
        media = next((each for each in operation.sent if each.example is not None), None)
        assert media is not None, f"{operation}: this operation has no example of what is sent"
        return Media(media.type, media.schema, self._real(media.example))

    def learn(self, operation: Operation, answer: Any) -> None:
        """Note what the ids of the documented answer are in the real one."""
        for media in operation.answered:
            for documented, real in _pairs(media.example, answer):
                if ID.fullmatch(documented) and documented != real:
                    self.stands_for[documented] = real

    def _make(self, operation: Operation) -> None:
        answer = self.call(operation, self.ids(operation))
        assert answer.status_code == operation.success, f"{operation}: its example answers {answer.text}"
        self.learn(operation, answer.json())
        self.made[operation.path] = answer.json()["id"]
        if operation.success == ACCEPTED:
            self._settled(answer.headers["Location"])

    def _settled(self, place: str) -> None:
        """Wait until what goes on behind an answer is over."""
        while self.client.get(place).json()["state"] not in SETTLED:
            time.sleep(PAUSE_SECONDS)

    def _makes(self, prefix: str, name: str) -> Operation:
        for operation in operations(self.document):
            if (operation.path, operation.method) == (prefix, "post") and "id" in _members(operation):
                return operation
        raise AssertionError(f"no example makes the id {{{name}}}: no POST to {prefix} answers with an `id`")

    def _headers(self, operation: Operation, media: Media | None) -> dict[str, str]:
        named = operation.parameters("header")
        headers = {"Content-Type": media.type} if media else {}
        if "Idempotency-Key" in named:
            headers["Idempotency-Key"] = f"made-{next(_calls)}"
        if "If-Match" in named:
            headers["If-Match"] = self._version(operation)
        return headers

    def _version(self, operation: Operation) -> str:
        """The version of our own thing, whichever one the call will name."""
        path = operation.path.format(**self.ids(operation))
        return self.client.get(path).headers["ETag"]

    def _real(self, example: Any) -> Any:
        text = json.dumps(example)
        return json.loads(ID.sub(lambda found: self.stands_for.get(found.group(), found.group()), text))


def conforms(document: Json, schema: Json, value: Any) -> None:
    """Fail unless the value has the shape.

    Raises:
        jsonschema.ValidationError: it has not.
    """
    whole = {**schema, "components": document["components"]}
    jsonschema.Draft202012Validator(whole, format_checker=jsonschema.FormatChecker()).validate(value)


def _members(operation: Operation) -> set[str]:
    return {path for media in operation.answered for path, _ in fields(operation.document, media.schema)}


def _pairs(documented: Any, real: Any) -> list[tuple[str, str]]:
    """Each text of the documented value beside the one in its place in the real value; names too, where they are ids."""
    if isinstance(documented, dict) and isinstance(real, dict):
        if documented and all(ID.fullmatch(name) for name in documented):
            named = list(zip(documented, real, strict=False))
            return [*named, *(pair for names in named for pair in _pairs(documented[names[0]], real[names[1]]))]
        return [pair for name in documented.keys() & real.keys() for pair in _pairs(documented[name], real[name])]
    if isinstance(documented, list) and isinstance(real, list):
        return [pair for both in zip(documented, real, strict=False) for pair in _pairs(*both)]
    return [(documented, real)] if isinstance(documented, str) and isinstance(real, str) else []


def _bytes(media: Media | None) -> bytes | None:
    if media is None:
        return None
    if isinstance(media.example, bytes):
        return media.example
    return media.example.encode() if isinstance(media.example, str) else json.dumps(media.example).encode()
