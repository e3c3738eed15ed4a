"""Was every letter handed over once, in a claim's name, while it was still right, and never again where one came back?

Letters by a print house are read from the world's log, those of the own print room from what its people wrote down.
"""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime

from tests.judge.attempts import attempt_of, check_silence
from tests.judge.finding import Finding
from tests.judge.reading import Row, instant
from tests.judge.silences import Case, Silence

MADE = {"sent", "delivered", "undelivered"}
HOUSE = "lob"
STILL_GOOD = {"unclaimed", "refused"}
"""Reasons for a return that say nothing against the address."""


def check_letters(case: Case, quiet: list[Silence]) -> list[Finding]:
    claims = {row["id"]: row for row in case.record.rows("touch") if row["channel"] == "letter"}
    return [*_taken(case, claims, quiet), *_unseen(case, claims), *_returned(case, claims)]


def _handed(case: Case) -> list[tuple[str, datetime]]:
    """Every letter that a print house or a printer took, by its touch."""
    taken = [(letter.ref or letter.sid, letter.at) for letter in case.world.letters]
    return taken + [(each.touch, each.at) for each in case.works.carried if each.what == "printed"]


def _taken(case: Case, claims: dict[str, Row], quiet: list[Silence]) -> Iterator[Finding]:
    handed = _handed(case)
    for ref, count in Counter(ref for ref, _ in handed).items():
        if count > 1:
            yield Finding("duplicated", "letter", ref, f"printed {count} times")
    for ref, at in handed:
        claim = claims.get(ref)
        if claim is None:
            yield Finding("unexpected", "letter", ref, "the ledger holds no claim for it")
            continue
        if instant(claim["claimed_at"]) > at:
            yield Finding("unexpected", "order", ref, "printed before it was claimed")
        yield from check_silence(case, attempt_of(case, "letter", claim, (at,)), quiet, by_number=False)


def _unseen(case: Case, claims: dict[str, Row]) -> Iterator[Finding]:
    seen = {letter.ref for letter in case.world.letters}
    for ref, claim in claims.items():
        if claim["provider"] != HOUSE:
            continue
        if claim["state"] in MADE and ref not in seen:
            yield Finding("lost", "record", ref, f"the ledger says {claim['state']}, no print house saw it")
        if claim["state"] == "failed" and ref in seen:
            yield Finding("lost", "record", ref, "the ledger says it was not made, the print house has it")


def _returned(case: Case, claims: dict[str, Row]) -> Iterator[Finding]:
    """An address from which a letter came back is invalid, and nothing is sent there again."""
    points = case.record.by_id("contact_point")
    for ref, back in _came_back(case):
        if ref not in claims or back + case.allowed.patience > case.allowed.now:
            continue
        point = claims[ref]["contact_point"]
        if points.get(point, {}).get("state") == "valid":
            yield Finding("lost", "fact", ref, "it came back, and its address is still written to")
        for other in claims.values():
            if other["contact_point"] == point and instant(other["claimed_at"]) > back + case.allowed.patience:
                yield Finding("unlawful", "letter returned", other["id"], "went to an address that mail came back from")


def _came_back(case: Case) -> Iterator[tuple[str, datetime]]:
    for letter in case.world.letters:
        if letter.ref and "returned" in letter.ended:
            yield letter.ref, letter.ended["returned"]
    for each in case.works.carried:
        if each.what == "returned" and each.code not in STILL_GOOD:
            yield each.touch, each.at
