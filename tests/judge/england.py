"""Did each paper of England's law come after the one before it, and in time for whoever had to put things right?

Written from the Acts and the protocol, as regulation notes tell them: a notice of sums in arrears comes before a default
notice (Consumer Credit Act 1974, ss. 86B, 87). That one gives 14 days from service (s. 88), and first-class post takes
two working days, so that a letter of claim goes 17 days after it at the earliest.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from tests.judge.finding import Finding
from tests.judge.reading import Row
from tests.judge.silences import Case

ARREARS, DEFAULT, CLAIM = "gb.notice.arrears", "gb.notice.default", "gb.letter.claim"
BEFORE = {DEFAULT: (ARREARS, timedelta(0)), CLAIM: (DEFAULT, timedelta(days=17))}
"""Of a paper, which must have gone before, and how long ago."""


def check_papers(case: Case) -> Iterator[Finding]:
    claims = case.record.by_id("touch")
    gone = [(at, claims[ref]) for ref, at in _handed(case) if ref in claims]
    for at, claim in gone:
        wanted, since = BEFORE.get(claim.get("template", ""), (None, timedelta(0)))
        if wanted is not None and not any(_is(other, wanted, claim) and then + since <= at for then, other in gone):
            yield Finding("unlawful", "paper order", claim["id"], f"went without a {wanted} {since.days} days before")


def _handed(case: Case) -> Iterator[tuple[str, datetime]]:
    """Every letter that somebody printed, by its touch."""
    yield from ((letter.ref or "", letter.at) for letter in case.world.letters)
    yield from ((each.touch, each.at) for each in case.works.carried if each.what == "printed")


def _is(other: Row, template: str, claim: Row) -> bool:
    return other.get("template") == template and other["account"] == claim["account"]
