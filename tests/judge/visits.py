"""Was every visit asked for, let by a person who does not go, made once and by two who were both there, and by day?"""

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta

from tests.judge.attempts import attempt_of, check_hours, check_silence
from tests.judge.finding import Finding
from tests.judge.handwork import Knocked
from tests.judge.reading import Row, instant
from tests.judge.silences import Case, Silence

TWO = 2
BEFORE = timedelta(hours=6)
"""How long before they knock both may have said that they are there: written down after the page answered, and a world
that goes 7,200 times as fast makes hours of a loaded machine's seconds. The product itself grants half an hour."""
NOT_AGAIN = "asked_not_to_return"
MADE = {"sent", "delivered", "undelivered"}


def check_visits(case: Case, quiet: list[Silence]) -> list[Finding]:
    visits = case.record.by_id("visit")
    claims = {row["id"]: row for row in case.record.rows("touch") if row["channel"] == "visit"}
    found: list[Finding] = []
    for visit, count in Counter(each.visit for each in case.works.knocked).items():
        if count > 1:
            found.append(Finding("duplicated", "visit", visit, f"begun {count} times"))
    for knocked in case.works.knocked:
        row = visits.get(knocked.visit, {})
        claim = claims.get(row.get("touch") or "")
        if claim is None:
            found.append(Finding("unexpected", "visit", knocked.visit, "begun without a claim"))
            continue
        made = attempt_of(case, "visit", claim, (knocked.at,))
        found += [*check_hours(case, made), *check_silence(case, made, quiet, by_number=False)]
        found += [*_approved(row, knocked), *_by_two(case, knocked), *_told(row, knocked)]
    return [*found, *_again(case, visits), *_unseen(case, visits, claims)]


def _approved(row: Row, knocked: Knocked) -> Iterator[Finding]:
    """A human who is none of the two said yes before."""
    by, at = row["decided_by"], row["decided_at"]
    if not by or by in knocked.staff or by == row["requested_by"]:
        yield Finding("unlawful", "visit approval", knocked.visit, "nobody else had approved it")
    elif instant(at) > knocked.at:
        yield Finding("unlawful", "visit approval", knocked.visit, f"approved at {at}, after they knocked")


def _by_two(case: Case, knocked: Knocked) -> Iterator[Finding]:
    if len(set(knocked.staff)) < TWO:
        yield Finding("unlawful", "visit alone", knocked.visit, "fewer than two went")
    rows = [row for row in case.record.rows("visit_check_in") if row["visit"] == knocked.visit]
    for officer in knocked.staff:
        times = [instant(row["at"]) for row in rows if row["officer"] == officer]
        if not any(timedelta(0) <= knocked.at - at <= BEFORE for at in times):
            yield Finding("unlawful", "visit alone", knocked.visit, "one of the two had not checked in")


def _told(row: Row, knocked: Knocked) -> Iterator[Finding]:
    if knocked.outcome is not None and row["outcome"] != knocked.outcome:
        yield Finding("lost", "outcome", knocked.visit, f"told {knocked.outcome}, the ledger has another end")


def _again(case: Case, visits: dict[str, Row]) -> Iterator[Finding]:
    """Whoever asked them not to return is not visited again."""
    refused = [
        (visits[each.visit]["person"], each.ended_at)
        for each in case.works.knocked
        if each.outcome == NOT_AGAIN and each.ended_at and each.visit in visits
    ]
    for knocked in case.works.knocked:
        person = visits.get(knocked.visit, {}).get("person")
        if any(person == whom and since < knocked.at for whom, since in refused):
            yield Finding("unlawful", "visit silence", knocked.visit, "the person had asked them not to return")


def _unseen(case: Case, visits: dict[str, Row], claims: dict[str, Row]) -> Iterator[Finding]:
    """Visits that the ledger holds for made, and nobody made them."""
    seen = {visits.get(each.visit, {}).get("touch") for each in case.works.knocked}
    for claim in claims.values():
        if claim["state"] in MADE and claim["id"] not in seen:
            yield Finding("lost", "record", claim["id"], f"the ledger says {claim['state']}, nobody went there")
