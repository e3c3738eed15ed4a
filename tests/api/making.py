"""Makes whatever an operation needs, by making the documented calls that make it.

The id in `/payments/{payment}` is made by the documented POST to `/payments`, with its documented example, and so on up
the path; where no POST goes there, by the one that ends with the same word: `/accounts/{account}/cases` makes a case.
What a body names is made by the POST that answers with it. A document that shows the same id in two examples means the
same thing by it: what was made stands for it in every later body.
"""

import copy
import itertools
import json
import re
import time
from dataclasses import dataclass, field
from typing import Any

import httpx
import jsonschema

from forbear.api.auth import SCOPES
from forbear.api.lender.cases_examples import GUARANTOR
from forbear.api.lender.examples import PARTY
from forbear.ledger.admin import add_key, add_lender, add_tenant
from forbear.ledger.ids import LENGTH, base62
from tests.api.document import Json, Media, Operation, fields, operations
from tests.api.house import Client, House

ID = re.compile(rf"[a-z]{{2,3}}_[0-9A-Za-z]{{{LENGTH}}}")
ACCEPTED = 202
SETTLED = {"done", "refused"}
PAUSE_SECONDS = 0.05
FORM = "multipart/form-data"
BOUNDARY = "example-boundary"
GUARANTEES = "/guarantees"
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
    guaranteed: bool = False
    """Whether somebody answers for the documented account, which nobody does in its example."""

    def start(self, operation: Operation) -> None:
        """Have the documented account, which some examples name without its being in their path."""
        enrolment = self._makes("/v1/accounts", "account")
        self.guaranteed = operation.path.endswith(GUARANTEES)
        if operation.name != enrolment.name:
            self._make(enrolment)

    def ids(self, operation: Operation) -> dict[str, str]:
        """Everything the path names."""
        return {name: self.id_of(operation.prefix(name), name) for name in operation.ids}

    def id_of(self, prefix: str, name: str) -> str:
        if prefix not in self.made:
            maker = self._makes(prefix, name)
            if maker.path not in self.made:
                self._make(maker)
            self.made[prefix] = self.made[maker.path]
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
        for id_ in ID.findall(json.dumps(media.example)):
            self._named(operation, id_)
        example = self._real(media.example)
        if self.guaranteed and operation.name == "enrolAccount":
            example["parties"].append(_guarantor(example["parties"][0]))
        return Media(media.type, media.schema, example)

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
        if self.guaranteed and operation.name == "enrolAccount":
            parties = answer.json()["parties"].items()
            self.stands_for[GUARANTOR] = next(id_ for id_, each in parties if each["role"] == "guarantor")
            self.stands_for[PARTY] = next(id_ for id_, each in parties if each["role"] == "borrower")
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
        for operation in operations(self.document):
            # What is made in one place may be shown in another: a case of an account, and then by itself.
            same = operation.path.rpartition("/")[2] == prefix.rpartition("/")[2]
            if same and operation.method == "post" and operation.ids and "id" in _members(operation):
                return operation
        raise AssertionError(f"no example makes the id {{{name}}}: no POST to {prefix} answers with an `id`")

    def _named(self, operation: Operation, id_: str) -> None:
        """Make what a body names, where a documented call answers with it."""
        for other in operations(self.document):
            shown = [each.example for each in other.answered if isinstance(each.example, dict)]
            made = other.method == "post" and other.path not in self.made and other.name != operation.name
            if made and id_ not in self.stands_for and any(each.get("id") == id_ for each in shown):
                self._make(other)

    def _headers(self, operation: Operation, media: Media | None) -> dict[str, str]:
        named = operation.parameters("header")
        headers = {"Content-Type": _content_type(media.type)} if media else {}
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
    if media.type == FORM:
        return _form(media)
    return media.example.encode() if isinstance(media.example, str) else json.dumps(media.example).encode()


def _content_type(type_: str) -> str:
    return f"{type_}; boundary={BOUNDARY}" if type_ == FORM else type_


def _form(media: Media) -> bytes:
    """A form whose binary part is sent as a file."""
    parts: list[str] = []
    for name, value in media.example.items():
        binary = media.schema["properties"][name].get("format") == "binary"
        file = f'; filename="{name}"\r\nContent-Type: application/octet-stream' if binary else ""
        parts.append(f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"{file}\r\n\r\n{value}\r\n')
    return "".join((*parts, f"--{BOUNDARY}--\r\n")).encode()


def _guarantor(borrower: Json) -> Json:
    """Somebody who answers for the documented borrower."""
    told = copy.deepcopy(borrower)
    told.update(role="guarantor", name="Gus Sampleton", birth_date="1985-03-09", consents=[], contacts=[])
    told["contact_points"][0]["value"] = "+13125550143"
    return told
