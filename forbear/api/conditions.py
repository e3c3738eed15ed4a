"""Conditional requests: the tag of an answer, and what `If-Match` and `If-None-Match` ask of it (RFC 9110).

A tag is strong: the same answer has the same one. `If-Match` never accepts a weak tag, `If-None-Match` takes both.
"""

import json
import re
from collections.abc import Mapping
from hashlib import sha256
from typing import Any, Final

from fastapi import Request

from forbear.api.problems import Problem

MUST_MATCH: Final = "If-Match"
_TAG: Final = re.compile(r'(W/)?("[!#-~\x80-\xff]*")')
_LIST: Final = re.compile(rf"\s*(?:{_TAG.pattern})?(?:\s*,\s*(?:{_TAG.pattern})?)*\s*")


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
    if not _LIST.fullmatch(given):
        raise Problem(
            "precondition_failed", "If-Match holds no list of tags; send the ETag as it was given, quotes and all"
        )
    return frozenset(found[1] for found in _TAG.findall(given) if not found[0])


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
    return given == "*" or tag in {found[1] for found in _TAG.findall(given)}
