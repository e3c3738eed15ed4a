"""What the pages of visits share: a desk for the signed-in person, names of officers, sentences for what holds."""

from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated, Final
from zoneinfo import ZoneInfo

from fastapi import Depends, Request

from forbear.api.pages.wording import Writing
from forbear.api.staff.installed import ThePacks, ThePlaybooks
from forbear.api.staff.rendering import when, words_of
from forbear.api.staff.session import Staff, TheLedger, requires
from forbear.errors import BadInput
from forbear.ledger import staffing
from forbear.ledger.begun import Held
from forbear.ledger.engine import Ledger
from forbear.ledger.visits_desk import Desk, Rules
from forbear.ledger.visits_planned import Team

ROOT: Final = "/staff/visits"
YEARS: Final = range(2000, 2201)
Supervisor = Annotated[Staff, Depends(requires("supervisor"))]
Officer = Annotated[Staff, Depends(requires("officer"))]
Either = Annotated[Staff, Depends(requires("supervisor", "officer"))]


@dataclass(frozen=True, slots=True)
class Visits:
    """One request about visits."""

    request: Request
    ledger: Ledger
    rules: Rules

    @contextmanager
    def desk(self, staff: Staff) -> Generator[Desk]:
        with self.ledger.staff(staff.tenant) as session:
            yield Desk(self.ledger, session, staff.id, self.rules)

    def held(self, held: Held, zone: str | None) -> str:
        """Why not now, in the reader's words where the reason is ours, else by the rule and its statement."""
        words = words_of(self.request)
        key = f"visit_held.{held.rule.replace('.', '_').lower()}"
        until = "" if held.until is None else words("visit_held.until", when=when(words, zone, held.until))
        if key in words.sentences:
            return words(key) + until
        return words("visit_held.rule", rule=held.rule, reason=held.reason) + until

    def when(self, at: datetime, zone: str | None) -> str:
        return when(words_of(self.request), zone, at)

    def day(self, day: date) -> str:
        language = words_of(self.request).language
        return Writing.of(language, "CN" if language.startswith("zh") else "US", None).day(day)


def visits_of(request: Request, ledger: TheLedger, playbooks: ThePlaybooks, packs: ThePacks) -> Visits:
    return Visits(request, ledger, Rules(playbooks, packs))


TheVisits = Annotated[Visits, Depends(visits_of)]


def officers(desk: Desk) -> Mapping[str, str]:
    """The names of those who may be sent, and of whoever else a plan may name, by id."""
    vault = desk.ledger.vault
    return {each.id: each.name for each in staffing.members(desk.session, vault, role="officer") if not each.disabled}


def read_day(text: str) -> date:
    """A date as a form sends it, and of our time: next to the first and the last there is no other day.

    Raises:
        BadInput: it is none.
    """
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = date.min
    if day.year not in YEARS:
        raise BadInput("day", "is no date", "Send it as YYYY-MM-DD.")
    return day


def read_time(text: str, missing: time) -> time:
    try:
        return time.fromisoformat(text).replace(tzinfo=None) if text else missing
    except ValueError:
        raise BadInput("hours", "are no time of day", "Send them as HH:MM.") from None


def read_instant(text: str) -> datetime | None:
    """An instant with its offset, or None."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return None
    return at.astimezone(UTC) if at.tzinfo is not None else None


def read_number(text: str) -> float | None:
    """A coordinate or an accuracy; None where nothing was sent.

    Raises:
        BadInput: it is no number.
    """
    if not text.strip():
        return None
    try:
        return float(text)
    except ValueError:
        raise BadInput("place", "is no number", "Send degrees such as 31.2304.") from None


def team_of(fields: Mapping[str, object]) -> Team:
    """Two officers, a day and their hours, from a form."""
    first, second = (str(fields.get(name, "")) for name in ("first", "second"))
    day = read_day(str(fields.get("day", "")))
    opens = read_time(str(fields.get("opens", "")), time(9))
    return Team(first, second, day, opens, read_time(str(fields.get("closes", "")), time(18)))


def today(now: datetime, zone: str) -> date:
    return now.astimezone(ZoneInfo(zone)).date()


def days_from(day: date, count: int) -> list[date]:
    return [day + timedelta(days=number) for number in range(count)]
