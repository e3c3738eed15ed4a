"""What a new OpenAPI document takes away from, or newly asks of, a program that was written against the old one."""

from collections.abc import Callable, Iterator
from typing import Any

from tests.api.document import Field, Media, Operation, fields, operations

Json = dict[str, Any]
Compare = Callable[[str, Field, Field | None], Iterator[str]]


def breaking_changes(old: Json, new: Json) -> list[str]:
    """One sentence for each, in the order of the old document."""
    left = {str(each): each for each in operations(new)}
    return [
        f"{was}: {change}"
        for was in operations(old)
        for change in (_operation(was, left[str(was)]) if str(was) in left else ["the operation is gone"])
    ]


def _operation(old: Operation, new: Operation) -> Iterator[str]:
    if old.name != new.name:
        yield f"operationId {old.name} is now {new.name}"
    before, after = old.told.get("x-scope"), new.told.get("x-scope")
    if before != after:
        yield f"needs the scope {after} instead of {before}"
    if str(old.success) not in new.told["responses"]:
        yield f"answers {new.success} instead of {old.success}"
    yield from _parameters(old, new)
    yield from _bodies(old, new, old.sent, new.sent, _asked, "body")
    yield from _needed(old, new)
    yield from _bodies(old, new, old.answered, new.answered, _answered, "answer")


def _parameters(old: Operation, new: Operation) -> Iterator[str]:
    for place in ("path", "query", "header"):
        before, after = old.parameters(place), new.parameters(place)
        for name in before.keys() - after.keys():
            yield f"the {place} parameter {name} is gone"
        for name, told in after.items():
            if told.get("required") and not before.get(name, {}).get("required"):
                yield f"the {place} parameter {name} is now required"


def _bodies(  # noqa: PLR0917  two sides of the same two things
    old: Operation, new: Operation, before: list[Media], after: list[Media], compare: Compare, what: str
) -> Iterator[str]:
    left = {media.type: media for media in after}
    for media in before:
        if media.type not in left:
            yield f"the {what} can no longer be {media.type}"
            continue
        now = dict(fields(new.document, left[media.type].schema))
        for path, was in dict(fields(old.document, media.schema)).items():
            yield from (f"{what}: {change}" for change in compare(path, was, now.get(path)))


def _asked(path: str, old: Field, new: Field | None) -> Iterator[str]:
    if new is None:
        yield f"{path} is no longer accepted"
        return
    if gone := old.kinds - new.kinds:
        yield f"{path} may no longer be {_list(gone)}"
    if new.choices and (gone := old.choices - new.choices):
        yield f"{path} no longer takes {_list(gone)}"
    if new.choices and not old.choices:
        yield f"{path} now takes only {_list(new.choices)}"
    if new.needed and not old.needed:
        yield f"{path} is now required"


def _answered(path: str, old: Field, new: Field | None) -> Iterator[str]:
    if new is None:
        yield f"{path} is gone"
        return
    if more := new.kinds - old.kinds:
        yield f"{path} may now be {_list(more)}"
    if old.needed and not new.needed:
        yield f"{path} may now be missing"


def _needed(old: Operation, new: Operation) -> Iterator[str]:
    """Required fields that the old body did not know, unless what they stand in is new and may be left out."""
    left = {media.type: media for media in new.sent}
    for media in old.sent:
        known = dict(fields(old.document, media.schema))
        now = dict(fields(new.document, left[media.type].schema)) if media.type in left else {}
        for path, field in now.items():
            parent = path.rpartition(".")[0].removesuffix("[]")
            if field.needed and path not in known and (not parent or parent in known):
                yield f"body: {path} is new and required"


def _list(words: frozenset[str]) -> str:
    return ", ".join(sorted(words))
