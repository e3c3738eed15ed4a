"""Reads a published case into the engine's types and writes the permit as its answer.

A case is the `given` of `tests/vectors/contact.jsonl`, alone or inside its whole line. What cannot be read is
answered with the field that is at fault; it is never guessed.
"""

import json
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any, cast

from forbear.errors import BadInput
from forbear.rules import case_parts as parts
from forbear.rules import facts as law
from forbear.rules.engine import check
from forbear.rules.packs import Packs, load
from forbear.rules.reading import Node

Answer = dict[str, Any]
Calendars = Callable[[str, date], law.Calendar]
"""The public holidays of a name, as far as they are known around a date."""
Say = Callable[[law.Permit, Packs], str]
"""Says the reason of a permit."""

UNREADABLE = 2


@lru_cache(maxsize=16)
def packs_on(ruleset: date | None) -> Packs:
    """The shipped packs as they stood on a date, read once."""
    return load(ruleset=ruleset)


def read_case(
    given: object, packs: Packs, calendars: Calendars | None = None
) -> tuple[law.Attempt, law.Facts, datetime]:
    """The attempt, the facts and the instant of one `given`; `BadInput` names the field that cannot be read.

    Args:
        given: the case.
        packs: the rules that will be asked; they name the public holidays that they need.
        calendars: where those are read; None leaves them unknown.
    """
    node = Node(given, "")
    now = node.instant("now")
    person = node.child("person")
    jurisdictions = parts.jurisdictions(person, packs)
    needed = packs.calendars(jurisdictions) if calendars else ()
    facts = law.Facts(
        lender=parts.lender(node.child("lender")),
        jurisdictions=jurisdictions,
        places=tuple(parts.place(each) for each in person.children("places")),
        stops=tuple(parts.stop(each) for each in person.children("stops")),
        agreements=tuple(parts.agreement(each) for each in person.children("agreements")),
        events=tuple(law.Event(each.text("kind"), each.instant("at")) for each in person.children("events")),
        suppressions=tuple(parts.suppression(each) for each in person.children("suppressions")),
        debts=parts.debts(node),
        history=tuple(parts.past(each) for each in node.children("history")),
        policy=parts.policy(node.maybe_child("policy")),
        calendars=tuple(calendars(name, now.date()) for name in needed) if calendars else (),
        circumstances=parts.circumstances(person),
    )
    attempt = parts.attempt(node.child("attempt"))
    person.done()
    node.done()
    return attempt, facts, now


def answer(permit: law.Permit) -> Answer:
    """A permit in the published form."""
    until = permit.until and permit.until.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return {
        "verdict": permit.verdict,
        "until": until,
        "event": permit.event,
        "rules": list(permit.rules),
        "disclosures": list(permit.disclosures),
        "human_review": permit.human_review,
    }


def answer_line(
    text: str, *, ruleset: date | None = None, calendars: Calendars | None = None, sentence: Say | None = None
) -> tuple[Answer, bool]:
    """The answer to one case and whether it could be read; what could not says why under `error`."""
    try:
        raw = _parse(text)
        given = raw["given"] if isinstance(raw, dict) and "given" in raw else raw
        packs = packs_on(ruleset)
        attempt, facts, now = read_case(cast("object", given), packs, calendars)
        permit = check(attempt, facts, packs, now)
        return answer(permit) | ({"sentence": sentence(permit, packs)} if sentence else {}), True
    except BadInput as wrong:
        return {"error": str(wrong)}, False


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


def check_stream(
    lines: Iterable[str],
    write: Callable[[str], object],
    *,
    ruleset: date | None = None,
    calendars: Calendars | None = None,
    sentence: Say | None = None,
) -> int:
    """Answer a case a line, in order; each answer is written with its newline. Returns the exit status, 0 or 2."""
    status = 0
    for line in lines:
        if line.strip():
            found, readable = answer_line(line, ruleset=ruleset, calendars=calendars, sentence=sentence)
            write(json.dumps(found, ensure_ascii=sentence is None) + "\n")
            status = status if readable else UNREADABLE
    return status


def check_one(
    text: str,
    write: Callable[[str], object],
    *,
    ruleset: date | None = None,
    calendars: Calendars | None = None,
    sentence: Say | None = None,
) -> int:
    """Answer one case that may run over several lines, or a stream of cases, a line each."""
    lines = text.split("\n")
    if sum(bool(line.strip()) for line in lines) > 1 and any(_is_case(line) for line in lines):
        return check_stream(lines, write, ruleset=ruleset, calendars=calendars, sentence=sentence)
    given = [text if text.strip() else "{}"]
    return check_stream(given, write, ruleset=ruleset, calendars=calendars, sentence=sentence)


def _is_case(line: str) -> bool:
    try:
        raw = _parse(line)
    except BadInput:
        return False
    return isinstance(raw, dict) and ("given" in raw or "now" in raw)
