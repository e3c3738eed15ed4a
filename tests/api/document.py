"""Reads the OpenAPI document: its operations, their parameters and bodies, and the fields of a schema by their paths."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

Json = dict[str, Any]
METHODS = ("get", "post", "put", "patch", "delete")


@dataclass(frozen=True)
class Media:
    """One media type of a body: its schema and its example, if it has one."""

    type: str
    schema: Json
    example: Any


@dataclass(frozen=True, eq=False)
class Operation:
    """One method of one path."""

    document: Json
    path: str
    method: str

    def __str__(self) -> str:
        return f"{self.method.upper()} {self.path}"

    @cached_property
    def told(self) -> Json:
        return self.document["paths"][self.path][self.method]

    @property
    def name(self) -> str:
        return self.told["operationId"]

    @property
    def ids(self) -> list[str]:
        """The names of the ids of ours in the path, in their order; a name that nobody makes is none of them."""
        named = self.parameters("path")
        return [
            part[1:-1]
            for part in self.path.split("/")
            if part.startswith("{") and (part[1:-1] not in named or is_id(self.document, named[part[1:-1]]["schema"]))
        ]

    def documented(self, place: str) -> Json:
        """What must be sent there and is no id of ours, as the document shows it."""
        named = self.parameters(place).items()
        return {name: told["schema"]["examples"][0] for name, told in named if told["schema"].get("examples")}

    def prefix(self, name: str) -> str:
        """The path before an id: where such a thing is made."""
        return self.path.partition(f"/{{{name}}}")[0]

    def parameters(self, place: str) -> dict[str, Json]:
        return {each["name"]: each for each in self.told.get("parameters", []) if each["in"] == place}

    @cached_property
    def success(self) -> int:
        """What it answers the first time; 200 beside 201 says that the thing was there."""
        return max(int(status) for status in self.told["responses"] if int(status) < 300)

    @property
    def sent(self) -> list[Media]:
        return _media(self.told.get("requestBody", {}))

    @property
    def answered(self) -> list[Media]:
        return _media(self.told["responses"][str(self.success)])


def operations(document: Json) -> list[Operation]:
    return [
        Operation(document, path, method)
        for path, methods in document["paths"].items()
        for method in methods
        if method in METHODS
    ]


def resolved(document: Json, schema: Json) -> Json:
    name = schema.get("$ref", "").rpartition("/")[2]
    return document["components"]["schemas"][name] if name else schema


@dataclass(frozen=True)
class Field:
    """One field of a schema, wherever it stands in it."""

    kinds: frozenset[str]
    choices: frozenset[str]
    needed: bool


def fields(document: Json, schema: Json) -> Iterator[tuple[str, Field]]:
    """Every field with its path, `parties[].zone`; a path may come once for each shape its parent can take."""
    for path, inner, needed in walk(document, schema):
        options = list(shapes(document, inner))
        yield path, Field(_kinds(options), _choices(options), needed=needed)


def walk(document: Json, schema: Json, path: str = "", seen: tuple[str, ...] = ()) -> Iterator[tuple[str, Json, bool]]:
    """Every field's path and schema, and whether what it stands in needs it; `parties{}` are the members' names."""
    if (name := schema.get("$ref", "")) in seen:
        return
    seen = (*seen, name) if name else seen
    for shape in shapes(document, schema):
        if shape.get("type") == "array":
            yield from walk(document, shape.get("items", {}), f"{path}[]", seen)
        for name, inner in shape.get("properties", {}).items():
            label = f"{path}.{name}".removeprefix(".")
            yield label, inner, name in shape.get("required", [])
            yield from walk(document, inner, label, seen)
        for pattern, inner in shape.get("patternProperties", {}).items():
            yield f"{path}{{}}", {"type": "string", "pattern": pattern}, False
            yield from walk(document, inner, f"{path}{{}}", seen)


def shapes(document: Json, schema: Json) -> Iterator[Json]:
    """The shapes a value may take, with references followed."""
    whole = resolved(document, schema)
    choices = whole.get("anyOf") or whole.get("oneOf") or whole.get("allOf")
    if not choices:
        yield whole
    for choice in choices or []:
        yield from shapes(document, choice)


ID_PATTERN = "^[0-9A-Za-z_]{1,40}$"
"""What the document says of every id of ours, and of nothing else."""


def is_id(document: Json, schema: Json) -> bool:
    """Whether a field or parameter takes an id of ours, or several."""
    options = list(shapes(document, schema))
    return any(each.get("pattern") == ID_PATTERN for each in options) or any(
        is_id(document, each.get("items", {})) for each in options if each.get("type") == "array"
    )


def _kinds(options: list[Json]) -> frozenset[str]:
    return frozenset(str(each.get("format") or each.get("type", "any")) for each in options)


def _choices(options: list[Json]) -> frozenset[str]:
    listed = [each.get("enum", [each["const"]] if "const" in each else None) for each in options]
    if any(each is None for each in listed):
        return frozenset()
    return frozenset(str(choice) for each in listed for choice in each or [])


def _media(body: Json) -> list[Media]:
    return [Media(kind, told.get("schema", {}), told.get("example")) for kind, told in body.get("content", {}).items()]
