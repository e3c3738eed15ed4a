"""Was every call placed once, in a claim's name, by day, to somebody who may be called, and in a number that is bearable?

A machine's calls are read from the carrier's log, a person's from what the callers wrote down when they dialled.
"""

from collections import Counter
from collections.abc import Iterator

from tests.judge.attempts import Attempt, attempt_of, check_hours, check_silence, spoken_in, unlawful
from tests.judge.finding import Finding
from tests.judge.reading import Row, instant
from tests.judge.silences import Case, Silence
from tests.judge.wall import local_day

MADE = {"sent", "delivered", "undelivered"}
CALLS_A_DAY = 3
"""Dials of one number on one local day, over all lenders and by whomever; the tightest law in force here allows no more."""
AGREES = "US"
"""Where a machine's voice needs a consent to calls."""


def check_calls(case: Case, quiet: list[Silence]) -> list[Finding]:
    claims = {row["id"]: row for row in case.record.rows("touch") if row["channel"] == "call"}
    return [*_by_machine(case, claims, quiet), *_by_people(case, claims, quiet), *_unseen(case, claims), *_often(case)]


def _by_machine(case: Case, claims: dict[str, Row], quiet: list[Silence]) -> Iterator[Finding]:
    for ref, count in Counter([call.ref or "" for call in case.world.calls]).items():
        if ref in claims and count > 1:
            yield Finding("duplicated", "call", ref, f"placed {count} times")
    for call in case.world.calls:
        claim = claims.get(call.ref or "")
        if claim is None:
            yield Finding("unexpected", "call", call.sid, "the ledger holds no claim for it")
            continue
        made = attempt_of(case, "call", claim, (call.at, call.answered_at or call.at), call.to)
        yield from _right(made)
        if instant(claim["claimed_at"]) > call.at:
            yield Finding("unexpected", "order", claim["id"], "placed before it was claimed")
        yield from check_hours(case, made)
        yield from check_silence(case, made, quiet)
        yield from _voice(case, made)


def _by_people(case: Case, claims: dict[str, Row], quiet: list[Silence]) -> Iterator[Finding]:
    tasks = case.record.by_id("task")
    for task, count in Counter(call.task for call in case.works.dialled).items():
        if count > 1:
            yield Finding("duplicated", "call", task, f"dialled {count} times")
    for call in case.works.dialled:
        claim = claims.get(tasks.get(call.task, {}).get("touch") or "")
        if claim is None:
            yield Finding("unexpected", "call", call.task, "dialled without a claim")
            continue
        made = attempt_of(case, "call", claim, (call.at,), call.to)
        yield from _right(made)
        yield from check_hours(case, made)
        yield from check_silence(case, made, quiet)
        if call.outcome is not None and tasks[call.task]["outcome"] != call.outcome:
            yield Finding("lost", "outcome", call.task, f"told {call.outcome}, the ledger has another end")


def _right(made: Attempt) -> Iterator[Finding]:
    if not any(made.to in person.phones for person in made.persons):
        yield Finding("unexpected", "recipient", made.subject, "a number of somebody else was called")


def _voice(case: Case, made: Attempt) -> Iterator[Finding]:
    """A recorded voice calls nobody in the United States who did not agree to it."""
    spoken = spoken_in(case, made)
    for person in made.persons:
        there = {country for country, told in person.countries if spoken.knew(told)}
        agreed = any(
            given.channel == "call" and given.covers("call", made.to) and given.at <= spoken.at
            for given in person.consents
            if given.told.lender in spoken.lenders
        )
        if AGREES in there and not agreed:
            yield unlawful("consent", made, "a machine called without a consent to calls")


def _unseen(case: Case, claims: dict[str, Row]) -> Iterator[Finding]:
    """Calls of which the ledger says that they were made, and nobody made them."""
    seen: set[str | None] = {call.ref for call in case.world.calls}
    tasks = case.record.by_id("task")
    seen |= {tasks.get(call.task, {}).get("touch") for call in case.works.dialled}
    failed = {call.ref for call in case.world.calls if call.failed}
    for ref, claim in claims.items():
        if claim["state"] in MADE and ref not in seen:
            yield Finding("lost", "record", ref, f"the ledger says {claim['state']}, nobody saw the call")
        if claim["state"] == "failed" and ref in seen - failed:
            yield Finding("lost", "record", ref, "the ledger says it was not made, the world has it")


def _often(case: Case) -> Iterator[Finding]:
    """Nobody's telephone rings all day."""
    rings = [(call.to, call.at, call.ref or call.sid) for call in case.world.calls]
    rings += [(call.to, call.at, call.task) for call in case.works.dialled]
    for to in sorted({ring[0] for ring in rings}):
        zones = {zone for person in case.client.holders(to) for zone, _ in person.zones} or {"UTC"}
        for zone in sorted(zones):
            days = Counter(local_day(at, zone) for number, at, _ in rings if number == to)
            over = [(day, count) for day, count in days.items() if count > CALLS_A_DAY]
            for day, count in over:
                subject = next(ref for number, at, ref in rings if number == to and local_day(at, zone) == day)
                yield Finding("unlawful", "calls a day", subject, f"{count} instead of {CALLS_A_DAY} on {day}")
