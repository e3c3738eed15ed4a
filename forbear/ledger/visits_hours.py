"""What the law leaves open for one visit: its standing now, and the hours of a day in which a whole visit fits.

The same engine and the same facts as for every touch, with two people. A plan is made ahead, so it takes for granted
that the lender goes on confirming its balance; on the day itself the permit asks again.
"""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from forbear.cadence.life import Life, Person
from forbear.cadence.translate import home_zone, to_attempt, to_facts
from forbear.ledger.begun import Held
from forbear.ledger.lives import load_life
from forbear.ledger.tables.accounts import Account
from forbear.ledger.tables.visits import Visit
from forbear.ledger.visits_desk import Desk
from forbear.rules.engine import check
from forbear.rules.facts import Attempt, Facts, Finding, Permit
from forbear.visits.slots import Span, day_span, open_spans

TEAM: Final = 2
MOST_SPANS: Final = 12
"""Looked at in one day; no rule we know opens and closes more often."""
FROM, TO = time(7), time(21)
"""A shift at its longest, where none is named."""


@dataclass(frozen=True, slots=True)
class Question:
    """What the engine is asked about one visit; `zone` is the person's own."""

    attempt: Attempt
    facts: Facts
    person: Person
    zone: str


@dataclass(frozen=True, slots=True)
class Standing:
    """How the rules see a visit at this moment: allowed, or why not. `never` is set where nothing will allow it."""

    reasons: tuple[Held, ...]
    never: Held | None
    zone: str

    @property
    def allowed(self) -> bool:
        return not self.reasons


@dataclass(frozen=True, slots=True)
class OpenDay:
    """The spans of one local day in which the visit fits, and what holds it where there is none."""

    spans: tuple[Span, ...]
    why: Held | None
    zone: str


def standing(desk: Desk, visit: Visit) -> Standing:
    """The rules' answer now, to be shown to whoever decides."""
    asked = _question(desk, visit)
    if isinstance(asked, Held):
        return Standing((asked,), asked, "UTC")
    permit = check(asked.attempt, asked.facts, desk.rules.packs, desk.now())
    reasons = tuple(_held(finding) for finding in permit.findings) if permit.verdict != "allow" else ()
    never = next((_held(each) for each in permit.findings if permit.verdict == "block" and _for_good(each)), None)
    return Standing(reasons, never, asked.zone)


def open_day(desk: Desk, visit: Visit, day: date, shift: tuple[time, time] = (FROM, TO)) -> OpenDay:
    """Law, the person's wishes and the shift cut together for one local day."""
    asked = _question(desk, visit)
    if isinstance(asked, Held):
        return OpenDay((), asked, "UTC")
    zone = ZoneInfo(asked.zone)
    worked = day_span(day, *shift, zone)
    legal, why = _legal(desk, asked, worked)
    spans = open_spans(legal, _wishes(asked.person, day, zone), worked)
    if not spans and why is None:
        why = Held("VISIT.HOURS", "the hours that are open do not meet the person's wishes and the shift")
    return OpenDay(tuple(spans), None if spans else why, asked.zone)


def _question(desk: Desk, visit: Visit) -> Question | Held:
    now, packs = desk.now(), desk.rules.packs
    life = load_life(desk.session, visit.account, now=now, packs=packs)
    if life is None or life.state != "open" or life.balance <= 0:
        return Held("VISIT.OVER", "nothing is owed any more, or the account was closed")
    person = next((each for each in life.persons if each.id == visit.person), None)
    point = None if person is None else next((each for each in person.points if each.id == visit.contact_point), None)
    if person is None or point is None or point.state != "valid":
        return Held("VISIT.ADDRESS", "the address is no longer valid, or the person no longer a party")
    playbook = desk.rules.playbooks.get(desk.session.get_one(Account, visit.account).playbook)
    if playbook is None:
        return Held("PLAYBOOK.MISSING", "the account's playbook is not installed here")
    attempt = to_attempt(life, person, point, "visit", staff=TEAM, by="person")
    facts = to_facts(life, person, now, contacts_in_7_days=playbook.contacts_in_7_days)
    return Question(attempt, facts, person, _zone(life, person))


def _zone(life: Life, person: Person) -> str:
    own = home_zone(person)
    chosen = home_zone(life.borrower) if own is UTC else own
    return chosen.key if isinstance(chosen, ZoneInfo) else "UTC"


def _legal(desk: Desk, asked: Question, worked: Span) -> tuple[list[Span], Held | None]:
    """The open stretches of the team's hours that are still to come, and the last thing that held."""
    now, end = desk.now(), worked.end
    at = max(now, worked.start)
    spans: list[Span] = []
    why: Held | None = None
    for _ in range(MOST_SPANS):
        if at >= end:
            break
        permit = check(asked.attempt, _hopeful(asked.facts, at, now), desk.rules.packs, at)
        if permit.verdict == "allow":
            closes = min(end, permit.closes_at or end)
            spans.append(Span(at, closes))
            at = max(closes, at + timedelta(seconds=1))
        else:
            why = _binding(permit)
            if permit.verdict != "hold" or permit.until is None:
                break
            at = permit.until
    return spans, why


def _hopeful(facts: Facts, at: datetime, now: datetime) -> Facts:
    """As if the lender had confirmed the balance until then, as it does every night."""
    if at <= now:
        return facts
    return replace(facts, debts=tuple(replace(debt, balance_as_of=at) for debt in facts.debts))


def _wishes(person: Person, day: date, zone: ZoneInfo) -> list[Span] | None:
    agreed = [each for each in person.agreements if each.kind == "hours" and each.open and each.close]
    if not agreed:
        return None
    last = max(agreed, key=lambda each: each.at)
    opens, closes = last.open or FROM, last.close or TO
    return [day_span(day, opens, closes, zone)] if opens < closes else None


def _binding(permit: Permit) -> Held:
    return _held(
        max(permit.findings, key=lambda each: (each.until is None, each.until or datetime.min.replace(tzinfo=UTC)))
    )


def _held(finding: Finding) -> Held:
    return Held(finding.rule, finding.why, finding.until)


def _for_good(finding: Finding) -> bool:
    return finding.until is None and finding.event is None
