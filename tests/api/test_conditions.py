"""Lists of tags are read in time that grows with their length, whatever is sent; so is all other text of a request."""

import re
from collections.abc import Callable
from contextlib import suppress
from itertools import product
from time import thread_time
from typing import Final

import pytest
from fastapi import Request

from forbear.api import acting, conditions, import_columns, import_rows, problems
from forbear.api.hooks import domestic
from forbear.api.imports import flaws, records
from forbear.api.pages import answers
from forbear.api.problems import Problem

LONG: Final = 20_000
QUICK: Final = 0.5
"""Seconds of the processor, thousands of times what a linear reading takes."""
PATTERNS: Final[dict[str, re.Pattern[str]]] = {
    "tag": vars(conditions)["_TAG"],
    "idempotency key": vars(acting)["_KEY"],
    "column": vars(import_columns)["_PREFIXED"],
    "blanks": import_rows.BETWEEN,
    "number or phone": records.HARMLESS,
    "place": vars(flaws)["_KEY"],
    "id": vars(problems)["_ID"],
    "mobile": domestic.MOBILE,
    "amount": vars(answers)["_PLAIN"],
}
PIECES: Final = (*'",+(1-a_ W/\t', ", ", '""', "+ (", "1,", "guarantor_", "a_1", "0086")
METHODS: Final = ("fullmatch", "search", "findall", "split")


def _request(name: str, *values: str) -> Request:
    headers = [(name.lower().encode(), value.encode("latin-1")) for value in values]
    return Request({"type": "http", "headers": headers})


def _took(deed: Callable[[], object]) -> float:
    begun = thread_time()
    deed()
    return thread_time() - begun


@pytest.mark.parametrize("text", [", " * 25 + "x", ", " * 10_000 + "x", '"a" ' * 5_000 + "x", '"' * LONG, "," * 999])
def test_no_list_of_tags_takes_long_to_read(text: str) -> None:
    def asked() -> None:
        assert not conditions.unchanged(_request("If-None-Match", text), '"tag"')
        with suppress(Problem):
            assert conditions.required(_request("If-Match", text)) == frozenset()

    assert _took(asked) < QUICK


@pytest.mark.parametrize(
    ("text", "strong"),
    [
        ('"a"', {'"a"'}),
        ('"a,b" ,, W/"c",\t"d"', {'"a,b"', '"d"'}),
        ('W/"c"', set[str]()),
        ('"\xe9!"', {'"\xe9!"'}),
        ('""', {'""'}),
    ],
)
def test_a_list_of_tags_is_read_as_it_is_written(text: str, strong: set[str]) -> None:
    assert conditions.required(_request("If-Match", text)) == strong
    assert conditions.required(_request("If-Match", text, '"z"')) == {*strong, '"z"'}
    assert all(conditions.unchanged(_request("If-None-Match", text), tag) for tag in strong)


@pytest.mark.parametrize("text", ["a", '"a" "b"', '"a', 'w/"a"', '"a b"', '*, "a"', '"a",' * 300])
def test_what_is_no_list_of_tags_is_refused(text: str) -> None:
    with pytest.raises(Problem) as refused:
        conditions.required(_request("If-Match", text))
    assert refused.value.code == "precondition_failed"


@pytest.mark.parametrize("name", PATTERNS)
def test_no_pattern_that_meets_what_others_wrote_takes_long(name: str) -> None:
    pattern = PATTERNS[name]
    for piece, end in product(PIECES, ("", "x", '"', "\n")):
        text = (piece * LONG)[:LONG] + end
        for method in METHODS:
            assert _took(lambda method=method, text=text: getattr(pattern, method)(text)) < QUICK, (piece, method)
