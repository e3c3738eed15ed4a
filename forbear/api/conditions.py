"""Conditional requests: the tag of an answer, and what `If-Match` and `If-None-Match` ask of it (RFC 9110).

A tag is strong: the same answer has the same one. `If-Match` never accepts a weak tag, `If-None-Match` takes both.
"""

import json
import re
from collections.abc import Iterator, Mapping
from hashlib import sha256
from typing import Any, Final

from fastapi import Request

from forbear.api.problems import Problem

MUST_MATCH: Final = "If-Match"
_TAG: Final = re.compile(r'(W/)?("[!#-~\x80-\xff]*")')
LONGEST: Final = 1_000
"""Characters of a list of tags; one of ours has 34."""


def etag(body: Mapping[str, Any]) -> str:
    """A strong validator: the same answer has the same one."""
    text = json.dumps(body, sort_keys=True, separators=(",", ":"))
    return f'"{sha256(text.encode()).hexdigest()[:32]}"'


def required(request: Request) -> frozenset[str]:
    """The strong tags of `If-Match`, read before anything is looked up.

    Raises:
        Problem: there are none, so that a change nobody read could be overwritten; `*` names none either.
    """
    given = ",".join(request.headers.getlist(MUST_MATCH)).strip()
    if given in {"", "*"}:
        raise Problem("precondition_required", "Send If-Match with the ETag of the account as you read it")
    told = _told(given)
    if told is None:
        raise Problem(
            "precondition_failed", "If-Match holds no list of tags; send the ETag as it was given, quotes and all"
        )
    return frozenset(tag for weak, tag in told if not weak)


def must_match(tags: frozenset[str], body: Mapping[str, Any]) -> None:
    """Compare with what is true now.

    Raises:
        Problem: it is not what was read.
    """
    if etag(body) not in tags:
        raise Problem("precondition_failed", "The account is not as you read it; or the tag is a weak one")


def unchanged(request: Request, tag: str) -> bool:
    """Whether the asker holds this very answer already."""
    given = ",".join(request.headers.getlist("If-None-Match")).strip()
    return given == "*" or tag in {each for _, each in _told(given) or ()}


def _told(given: str) -> list[tuple[bool, str]] | None:
    """Each tag of a list and whether it is weak; None where it is no such list, or a longer one than we read."""
    if len(given) > LONGEST:
        return None
    tags: list[tuple[bool, str]] = []
    for part in filter(None, _parts(given)):
        # Each part alone: one pattern for a list of parts that may be empty would try every way to divide its blanks.
        found = _TAG.fullmatch(part)
        if found is None:
            return None
        tags.append((found[1] is not None, found[2]))
    return tags


def _parts(given: str) -> Iterator[str]:
    """What stands between commas; a comma inside quotes is part of its tag."""
    begin, quoted = 0, False
    for place, letter in enumerate(given):
        if letter == '"':
            quoted = not quoted
        elif letter == "," and not quoted:
            yield given[begin:place].strip(" \t")
            begin = place + 1
    yield given[begin:].strip(" \t")
