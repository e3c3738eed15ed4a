"""Answers published cases: the `given` of `tests/vectors/money.jsonl`, alone or inside its whole line.

Every answer is made of exact decimal strings and days. A case that cannot be read is answered with the field at
fault, and the cases after it are answered all the same.
"""

import json
from collections.abc import Callable, Iterable
from typing import Any, Final, cast

from forbear.errors import BadInput
from forbear.money.case_kinds import Answer, of_kind
from forbear.money.reading import Node

UNREADABLE: Final = 2


def answer(given: object) -> Answer:
    """The answer to one `given`; `BadInput` names the field that cannot be read."""
    return of_kind(Node(given))


def answer_line(text: str) -> tuple[Answer, bool]:
    """The answer to one case and whether it could be read; what could not says why under `error`."""
    try:
        raw = _parse(text)
        given = raw["given"] if isinstance(raw, dict) and "given" in raw else raw
        return answer(cast("object", given)), True
    except BadInput as wrong:
        return {"error": str(wrong)}, False
    except (ValueError, ArithmeticError) as fault:
        # A fault of ours must not keep the cases after it from being answered; nor is it an answer.
        return {"error": f"given: could not be reckoned ({type(fault).__name__})"}, False


def check_stream(lines: Iterable[str], write: Callable[[str], object]) -> int:
    """Answer a case a line, in order; each answer is written with its newline. Returns the exit status, 0 or 2."""
    status = 0
    for line in lines:
        if line.strip():
            found, readable = answer_line(line)
            write(json.dumps(found) + "\n")
            status = status if readable else UNREADABLE
    return status


def check_one(text: str, write: Callable[[str], object]) -> int:
    """Answer one case that may run over several lines, or a stream of cases, a line each."""
    lines = text.split("\n")
    if sum(bool(line.strip()) for line in lines) > 1 and any(_is_case(line) for line in lines):
        return check_stream(lines, write)
    return check_stream([text if text.strip() else "{}"], write)


def _is_case(line: str) -> bool:
    try:
        raw = _parse(line)
    except BadInput:
        return False
    return isinstance(raw, dict) and ("given" in raw or "kind" in raw)


def _parse(text: str) -> Any:
    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        table = dict(pairs)
        if len(table) < len(pairs):
            raise BadInput("given", "names a key twice", "Send each key once")
        return table

    try:
        return json.loads(text.strip().removeprefix("\ufeff"), object_pairs_hook=once)
    except (ValueError, RecursionError):
        raise BadInput("given", "is no JSON", "Send one JSON object a line") from None
