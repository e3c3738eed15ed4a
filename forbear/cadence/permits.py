"""When a step may and should be taken: the rules' answer for each contact point, and the account's place in the day.

Sends are spread over the open window by a stable hash of the account and the date, so that 08:00 is not a wall; the
window's last quarter stays free for what was late.
"""

import hashlib
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from forbear.cadence.decision import Question
from forbear.cadence.either_way import readings, weigh
from forbear.cadence.life import ContactPoint, Life, Person
from forbear.cadence.steps import LETTER_ROUTES, Playbook, Step
from forbear.cadence.translate import home_zone, to_attempt
from forbear.contracts.words import Channel, Worker
from forbear.rules.facts import Attempt, Finding, Permit
from forbear.rules.packs import Packs

POINT_KINDS = {"sms": "phone", "call": "phone", "email": "email", "letter": "postal", "visit": "postal"}
USED_SHARE_OF_WINDOW = 0.75
MOST_WINDOWS = 3
"""Looking further than a few windows for a place means that something is wrong with the rules."""


VOICE_CONSENT = "VOICE.CONSENT"
NO_VOICE = (
    "no consent to calls with an artificial or recorded voice is on record, as 47 CFR 64.1200(a)(1) asks for, so no "
    "machine may call"
)
"""Why a machine does not call somebody, with the source."""
ROUTINE = frozenset({"balance_confirmed"})
"""Events that every lender brings about in the ordinary course, if perhaps late."""


@dataclass(frozen=True, slots=True)
class Weighed:
    """One contact point, its permit now, and the instant of its place in the day (None: barred)."""

    point: ContactPoint
    question: Question
    permit: Permit
    slot: datetime | None
    zone_name: str

    @property
    def held_now(self) -> bool:
        """Whether a rule denies it now."""
        return self.permit.verdict != "allow"

    @property
    def awaits_routine(self) -> bool:
        """Whether all that keeps an instant from being known is an event that is merely late."""
        lasting = [finding for finding in self.permit.findings if finding.until is None]
        return bool(lasting) and all(finding.event in ROUTINE for finding in lasting)

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.zone_name)

    @property
    def binding(self) -> Finding:
        """The finding that holds longest; one that only an event or nothing lifts comes first."""
        return max(
            self.permit.findings,
            key=lambda each: (each.until is None, each.until or datetime.min.replace(tzinfo=UTC)),
        )


def usable(person: Person, channel: str) -> list[ContactPoint]:
    """Valid points of the channel's kind; texts go to mobiles only. What no text reaches may still be called."""
    good = ("valid", "unreachable") if channel == "call" else ("valid",)
    return [
        point
        for point in person.points
        if point.kind == POINT_KINDS[channel] and point.state in good and (channel != "sms" or point.place == "mobile")
    ]


def sendable(
    life: Life, person: Person, channel: Channel, playbook: Playbook, *, by: Worker = "machine"
) -> list[ContactPoint]:
    """Usable points which the playbook's way for this channel reaches, and a machine's voice may call."""
    points = usable(person, channel)
    if channel == "call" and by == "machine":
        return [point for point in points if voice_agreed(person, point)]
    if channel == "letter" and (reached := LETTER_ROUTES[playbook.letter_route]) is not None:
        return [point for point in points if country_of(point, person) in reached]
    if channel != "sms":
        return points
    return [point for point in points if playbook.route.reaches(country_of(point, person), life.lender.role)]


def voice_agreed(person: Person, point: ContactPoint) -> bool:
    """Whether a recorded or artificial voice may call: in the United States only who agreed to such calls.

    It is 47 CFR 64.1200(a)(1), which binds creditors too. That speaks of mobiles; a landline may be one by now, and is
    held to the same here, as policy. No pack has a rule of it: the published cases take such calls without consent.
    """
    if country_of(point, person) != "US" and not any(name.split("-", 1)[0] == "US" for name in person.jurisdictions):
        return True
    given = [each for each in person.consents if each.channel == "call" and each.revoked_at is None]
    return any(each.point in {None, point.id} and not each.by_start for each in given)


def country_of(point: ContactPoint, person: Person) -> str | None:
    """The point's country; unknown, that of the person's packs if they name one alone, as they came from the points."""
    if point.country is not None:
        return point.country
    named = {pack.split("-")[0] for pack in person.jurisdictions}
    return named.pop() if len(named) == 1 else None


class Scales:
    """Weighs touches of one person about one account: what is allowed now, and when its place in the day comes.

    Args:
        life: the account's life.
        person: whom to reach.
        packs: the rules in force.
        playbook: where a higher limit may be declared, and the route of texts.
        now: world time.
        earliest: the end of the playbook's own pause; `now` or earlier if there is none.
    """

    def __init__(
        self, life: Life, person: Person, packs: Packs, playbook: Playbook, *, now: datetime, earliest: datetime
    ) -> None:
        self._life = life
        self._person = person
        self._packs = packs
        self._now = now
        self._earliest = max(now, earliest)
        self._playbook = playbook
        self._facts = readings(life, person, now, contacts_in_7_days=playbook.contacts_in_7_days)

    def weigh(self, step: Step) -> list[Weighed]:
        """Every contact point that the step can use, with its permit and its place in the day."""
        points = sendable(self._life, self._person, step.channel, self._playbook, by=step.by)
        return [self._weigh_point(point, step) for point in points]

    def _weigh_point(self, point: ContactPoint, step: Step) -> Weighed:
        attempt = to_attempt(self._life, self._person, point, step.channel, by=step.by)
        permit, facts = weigh(attempt, self._facts, self._packs, self._now)
        barred = any(finding.until is None for finding in permit.findings)
        zone = permit.zones[0] if permit.zones else "UTC"
        slot = None if barred else self._slot(attempt, step.by)
        question = Question(attempt, facts)
        return Weighed(point=point, question=question, permit=permit, slot=slot, zone_name=zone)

    def _slot(self, attempt: Attempt, by: Worker) -> datetime | None:
        """The first place from `earliest` on in a window the rules leave open; None if only an event opens one.

        People are asked when the window opens: they spread their day themselves.
        """
        at, permit = self._earliest, self._planned(attempt, self._earliest)
        for _ in range(MOST_WINDOWS):
            if permit.verdict == "hold" and permit.until is not None:
                at = permit.until
            elif permit.verdict != "allow":
                return None
            elif permit.opens_at is None or permit.closes_at is None:
                return at
            else:
                place, last = self._place(permit.opens_at, permit.closes_at)
                if at <= last:
                    return max(at, place if by == "machine" else permit.opens_at)
                at = permit.closes_at
            permit = self._planned(attempt, at)
        return at if permit.verdict == "allow" else permit.until

    def _planned(self, attempt: Attempt, at: datetime) -> Permit:
        """The permit on a later day if the lender confirms the balance until then, as it does every night.

        If it does not, the decision on that day holds and says so.
        """
        if at <= self._now:
            return weigh(attempt, self._facts, self._packs, at)[0]
        debts = tuple(replace(debt, balance_as_of=at) for debt in self._facts[0].debts)
        hopeful = [replace(each, debts=debts) for each in self._facts]
        return weigh(attempt, hopeful, self._packs, at)[0]

    def _place(self, opens: datetime, closes: datetime) -> tuple[datetime, datetime]:
        """The account's place in one window, and the last instant of the part that is used."""
        used = (closes - opens) * USED_SHARE_OF_WINDOW
        day = opens.astimezone(home_zone(self._person)).date()
        digest = hashlib.sha256(f"{self._life.account}|{day.isoformat()}".encode()).digest()
        share = int.from_bytes(digest[:8], "big") / 2**64
        return opens + timedelta(seconds=int(used.total_seconds() * share)), opens + used
