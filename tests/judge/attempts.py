"""What a call, a visit or a letter has in common for the judge: its instant, whom it was for, what silence forbids it.

Hours are the same as those of texts, worked out anew: a caller or an officer may not disturb where a text may not.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from tests.judge.finding import Finding
from tests.judge.reading import Row, Text, instant
from tests.judge.silences import Case, Silence
from tests.judge.told import BORROWER, Person, Spoken
from tests.judge.wall import windows


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try to reach somebody otherwise than by text. `at` holds every instant at which they may have been disturbed."""

    what: str
    subject: str
    at: tuple[datetime, ...]
    claim: Row
    persons: tuple[Person, ...]
    to: str = ""

    @property
    def accounts(self) -> set[str]:
        return {str(account) for account in self.claim["accounts"]}

    @property
    def phones(self) -> set[str]:
        return {self.to} if self.to else {phone for person in self.persons for phone in person.phones}


def attempt_of(case: Case, what: str, claim: Row, at: tuple[datetime, ...], to: str = "") -> Attempt:
    persons = case.client.on(claim["account"], claim.get("role", BORROWER))
    ids = {claim.get("person")}
    own = [person for person in persons if case.ledger_persons([person]) & ids] or persons
    return Attempt(what, claim["id"], at, claim, tuple(own), to)


def unlawful(rule: str, made: Attempt, detail: str) -> Finding:
    return Finding("unlawful", f"{made.what} {rule}", made.subject, detail)


def spoken_in(case: Case, made: Attempt) -> Spoken:
    """When it was decided, about what, and in whose name."""
    decided = min(instant(made.claim["claimed_at"]), made.at[0])
    return Spoken(decided, made.accounts, case.client.lenders(made.accounts))


def check_hours(case: Case, made: Attempt) -> Iterator[Finding]:
    """Whether it was day by every clock the person may live by."""
    as_text = Text(made.at[0], made.to, "", made.subject, made.subject)
    bounds = windows(as_text, spoken_in(case, made), list(made.persons))
    if not bounds:
        yield unlawful("zone", made, "no zone of this person is known")
    for at in made.at:
        shut = [window.zone for window in bounds if window.shut(at)]
        if shut:
            yield unlawful("hours", made, f"at {at.astimezone(ZoneInfo(shut[0])).isoformat()} in {shut[0]}")
            return


def check_silence(case: Case, made: Attempt, quiet: list[Silence], *, by_number: bool = True) -> Iterator[Finding]:
    """Whether somebody had to be left alone. A stop of a number binds letters and visits no further than its accounts."""
    decided = spoken_in(case, made).at
    for silence in quiet:
        if silence.phones is not None and not by_number and silence.accounts is None:
            continue
        phones = made.phones or {""}
        if any(silence.forbids(phone, made.accounts, decided, made.what) for phone in phones):
            yield unlawful("silence", made, f"{silence.why} ({silence.subject}) since {silence.start.isoformat()}")
