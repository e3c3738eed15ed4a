"""The one place where Forbear's words become the law's: `borrower` to `debtor`, `touch` to `attempt`.

Packs and published cases keep the law's vocabulary; everything else in Forbear uses the glossary's.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime, tzinfo
from types import MappingProxyType
from typing import cast
from zoneinfo import ZoneInfo

from forbear.cadence.counting import counts_as
from forbear.cadence.life import Consent, ContactPoint, Life, PastTouch, Person
from forbear.contracts.words import Channel, Worker
from forbear.rules import facts as law

PARTIES: dict[str, law.Party] = {
    "borrower": "debtor",
    "co_borrower": "co_debtor",
    "spouse": "spouse",
    "guarantor": "guarantor",
    "counter_guarantor": "counter_guarantor",
    "contact": "contact",
    "attorney": "attorney",
}
STOPS = {"insolvency": "bankruptcy", "cease": "cease_all"}
"""Stops whose name differs; the others are called the same."""


LEGAL_TIME = {"CN": "Asia/Shanghai", "IN": "Asia/Kolkata", "PH": "Asia/Manila", "TW": "Asia/Taipei"}
"""The one legal zone of a country, as its pack says: whose law alone protects a person lives by that clock."""


def legal_time(jurisdictions: Iterable[str]) -> str | None:
    """The zone by which those packs alone count the days, wherever the person is; None if they do not agree on one."""
    zones = {LEGAL_TIME.get(pack.split("-")[0]) for pack in jurisdictions}
    return zones.pop() if len(zones) == 1 else None


TOLD, HINT = "told by the lender", "area_code_mobile"


def home_zone(person: Person) -> tzinfo:
    """The zone in which a person's dates are counted for the cadence; UTC if nothing is known.

    It is the first point's that has one: what its lender told, or what was read off an address or a landline.
    """
    if (legal := legal_time(person.jurisdictions)) is not None:
        return ZoneInfo(legal)
    zone = next((point.zone for point in person.points if point.zone and point.state == "valid"), None)
    return ZoneInfo(zone) if zone else UTC


def days_past_due(life: Life, now: datetime) -> int:
    """Civil days from the due date to `now` where the borrower lives; 0 before it."""
    return max(0, (now.astimezone(home_zone(life.borrower)).date() - life.due_since).days)


STAFF: Mapping[str, int] = MappingProxyType({"visit": 2})
"""How many people make a touch, where it is more than one: nobody goes to a door alone."""


def to_attempt(
    life: Life,
    person: Person,
    point: ContactPoint,
    channel: Channel,
    *,
    staff: int | None = None,
    by: Worker = "machine",
) -> law.Attempt:
    """A touch that is being weighed, as the law's attempt. What a machine says on the telephone is a recorded voice.

    `staff` is how many go; left out, as many as ever do.
    """
    return law.Attempt(
        channel=channel,
        party=PARTIES[person.role],
        to=point.key,
        debts=(life.account,),
        place=cast("law.ContactPlace", point.place),
        person=person.id,
        staff=staff or STAFF.get(channel, 1),
        prerecorded=channel == "call" and by == "machine",
        language=person.language,
    )


def to_facts(life: Life, person: Person, now: datetime, *, contacts_in_7_days: int, missed: bool = False) -> law.Facts:
    """Everything the engine needs to know of one person, at `now`.

    A call under way is told as the conversation that it may become, or as the call that nobody took where `missed`.
    """
    return law.Facts(
        lender=law.Lender(role=_role(life, person), kind=life.lender.kind),
        jurisdictions=person.jurisdictions,
        places=_places(person),
        stops=_stops(person, now),
        agreements=_agreements(person),
        events=tuple(law.Event(kind=each.kind, at=each.at) for each in life.events),
        debts=(_debt(life, now),),
        history=_history(life, person, missed=missed),
        suppressions=_suppressions(person),
        policy=_policy(life, contacts_in_7_days),
        calendars=life.calendars,
        circumstances=frozenset({*life.circumstances, *person.circumstances}),
    )


def _role(life: Life, person: Person) -> law.Role:
    """What its lender is to the law of a person's places.

    Washington and Nevada bind agencies by the license that they need there to collect from anybody of the state. To an
    American an agency is therefore a licensed one, whatever it was enrolled as: that adds rules and takes none away.
    """
    at_home = any(pack == "US" or pack.startswith("US-") for pack in person.jurisdictions)
    return "licensed_agency" if at_home and life.lender.role == "third_party_collector" else life.lender.role


def _places(person: Person) -> tuple[law.Place, ...]:
    """Zone evidence of every point that may still be the person's; a wrong party's number says nothing of them."""
    theirs = [point for point in person.points if point.state != "wrong_party"]
    clues = sorted((clue for point in theirs for clue in point.clues), key=lambda clue: clue.kind != HINT)
    read = {
        clue.zone: law.Place(cast("law.PlaceKind", clue.kind), clue.zone, clue.source, derived=True) for clue in clues
    }
    told = {
        point.zone: law.Place(cast("law.PlaceKind", point.zone_evidence or "address"), point.zone, TOLD)
        for point in theirs
        if point.zone is not None and not _was_read(point)
    }
    return tuple((read | told).values())


def _was_read(point: ContactPoint) -> bool:
    """Whether a point's zone was read off the point itself, as a mobile's never is."""
    return any((clue.zone, clue.kind) == (point.zone, point.zone_evidence) for clue in point.clues if clue.kind != HINT)


def _stops(person: Person, now: datetime) -> tuple[law.Stop, ...]:
    said = tuple(
        law.Stop(
            kind=STOPS.get(stop.kind, stop.kind),
            at=stop.at,
            to=stop.key,
            until=stop.until,
            debts=(stop.account,) if stop.account else (),
            written=stop.written,
        )
        for stop in person.stops
        if stop.lifted_at is None and (stop.until is None or stop.until > now)
    )
    opted_out = tuple(
        law.Stop(kind="opt_out", at=each.at, channel=each.channel, to=each.key)
        for each in person.suppressions
        if each.lifted_at is None and each.scope in {"number", "channel"} and each.channel
    )
    return said + opted_out


def _agreements(person: Person) -> tuple[law.Agreement, ...]:
    keys = {point.id: point.key for point in person.points}
    agreed = tuple(
        law.Agreement(kind=each.kind, open=each.open, close=each.close, start=each.start, end=each.end, at=each.at)
        for each in person.agreements
    )
    # A START takes back what was said of its number; who said 'never again' must say otherwise in so many words.
    never_again = any(each.scope == "everything" and each.lifted_at is None for each in person.suppressions)
    given = [each for each in person.consents if each.revoked_at is None and not (each.by_start and never_again)]
    return agreed + tuple(_consent(each, keys) for each in given)


def _consent(consent: Consent, keys: dict[str, str]) -> law.Agreement:
    to = keys.get(consent.point, consent.point) if consent.point else None
    return law.Agreement(kind="message_consent", channel=consent.channel, at=consent.at, to=to)


def _debt(life: Life, now: datetime) -> law.Debt:
    return law.Debt(
        id=life.account,
        kind=life.debt_kind,
        days_past_due=days_past_due(life, now),
        balance_as_of=life.balance_as_of,
    )


def _history(life: Life, person: Person, *, missed: bool) -> tuple[law.PastAttempt, ...]:
    """The past of everybody on the account, in order: limits of a debt, or of a debtor and spouse, count them all.

    What the person's own history holds is the person's, whomever it was made to: a shared number makes the limits
    common. Everything else stays with whom it was made to, and out of the limits of this person alone.
    """
    made = [(touch, person.id) for touch in person.history]
    others = list(_others(life, person))
    if others:
        made = sorted([*made, *others], key=lambda each: (each[0].at, each[0].ref or ""))
    return tuple(past for touch, whose in made for past in _past(touch, whose, missed=missed))


def _others(life: Life, person: Person) -> Iterator[tuple[PastTouch, str]]:
    """The touches of the other parties that are not the person's too, each once, with whom it was made to."""
    known = {_which(touch) for touch in person.history}
    for other in life.persons:
        if other.id == person.id:
            continue
        theirs = [touch for touch in other.history if _which(touch) not in known]
        known |= {_which(touch) for touch in theirs}
        yield from ((touch, touch.person or other.id) for touch in theirs)


def _which(touch: PastTouch) -> PastTouch | str:
    return touch.ref or touch


def _past(touch: PastTouch, whose: str, *, missed: bool) -> Iterator[law.PastAttempt]:
    """A touch in the law's words, in the role that it was made in; none for one that certainly was not made."""
    results = (touch.result,) if touch.result else counts_as(touch.channel, touch.state)
    for result in results[:1] if missed else results[-1:]:
        yield law.PastAttempt(
            at=touch.at,
            channel=touch.channel,
            party=PARTIES[touch.role],
            result=cast("law.Result", result),
            to=touch.key,
            place=cast("law.ContactPlace | None", touch.place),
            debts=touch.accounts,
            purpose=cast("law.Purpose", touch.purpose),
            person=whose,
            ref=touch.ref,
        )


def _suppressions(person: Person) -> tuple[law.Suppression, ...]:
    return tuple(
        law.Suppression(scope=each.scope, at=each.at, channel=each.channel, to=each.key)
        for each in person.suppressions
        if each.lifted_at is None
    )


def _policy(life: Life, contacts_in_7_days: int) -> law.Policy:
    own = life.lender.tightened
    limit = contacts_in_7_days
    if own.contacts_in_7_days is not None:
        limit = min(limit, own.contacts_in_7_days)
    return law.Policy(
        contacts_in_7_days=limit,
        open=own.open,
        close=own.close,
        sms_a_day=own.sms_a_day,
        sms_in_7_days=own.sms_in_7_days,
    )
