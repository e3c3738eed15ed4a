"""May we? `check` weighs one attempt under every pack that applies and gives a written permit.

It is pure: the same attempt, facts, packs and `now` give the same permit for ever, and it reads no clock. Every
rule that denies at `now` is a finding; `until` is the first instant that satisfies all of them together.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from forbear.rules.asked import Rule
from forbear.rules.duties import disclosures
from forbear.rules.facts import Attempt, Count, Facts, Finding, Permit, Verdict
from forbear.rules.kinds import KINDS, daily_hours
from forbear.rules.limits import HORIZON, Ban, Cap, Hours, Limit, Never, settle
from forbear.rules.packs import POLICY, Packs
from forbear.rules.terms import unknown_jurisdiction
from forbear.rules.wall import to_instant
from forbear.rules.weighing import EARLIEST_AND_LATEST, Weighing

HUMAN_REVIEW = "human_review"
"""The event of a denial that a person must decide on."""
ZONE_KNOWN = "zone_known"
Lift = int | Never
"""What one limit answers for an instant."""


def check(attempt: Attempt, facts: Facts, packs: Packs, now: datetime) -> Permit:
    """Weigh an attempt.

    Args:
        attempt: the one try to reach one party.
        facts: all that is known of the person, the debts, the past and the lender.
        packs: the rules, as `forbear.rules.packs.load` gives them.
        now: an aware instant.
    """
    weighing = Weighing(attempt, facts, packs, now)
    rules = [rule for rule in weighing.asked.checks if weighing.binds(rule)]
    limits, drafts = _limits(weighing, rules)
    lifts = [limit.lift(weighing.now) for limit in limits]
    findings = _findings(limits, lifts, weighing.now)
    verdict, until, event = _verdict(limits, lifts, findings, weighing.now)
    opens_at, closes_at = _bounds(limits, lifts, weighing.now)
    zones = tuple(dict.fromkeys(name for pack in weighing.asked.packs for name in weighing.zones(pack)))
    return Permit(
        verdict=verdict,
        until=until,
        event=event,
        findings=findings,
        human_review=event == HUMAN_REVIEW or any(finding.event == HUMAN_REVIEW for finding in findings),
        zones=zones,
        opens_at=opens_at,
        closes_at=closes_at,
        disclosures=disclosures(weighing) if verdict == "allow" else (),
        packs=weighing.asked.versions,
        looked_at=tuple(dict.fromkeys(rule.terms.rule for rule in rules)),
        warnings=_findings(drafts, [limit.lift(weighing.now) for limit in drafts], weighing.now),
        counts=tuple(_counts(weighing, [*limits, *drafts])),
        evidence=weighing.evidence(zones),
        calendars=tuple((each.name, each.version) for each in facts.calendars),
    )


def _limits(weighing: Weighing, rules: Iterable[Rule]) -> tuple[list[Limit], list[Limit]]:
    """What denies at some time, and what would if it were law. A place whose law we do not have denies too."""
    limits: list[Limit] = [Ban(unknown_jurisdiction(name), event="pack_loaded") for name in weighing.asked.unknown]
    drafts: list[Limit] = []
    for rule in rules:
        (drafts if rule.silent else limits).extend(_limits_of(weighing, rule))
    return limits, drafts


def _limits_of(weighing: Weighing, rule: Rule) -> Iterator[Limit]:
    terms, zones = rule.terms, weighing.zones_of(rule)
    if zones is None:
        return
    if terms.kind == "zone":
        if _zone_unknown(weighing, rule):
            yield Ban(terms, event=terms.event)
    elif terms.kind == "jurisdiction":
        if not weighing.facts.jurisdictions:
            yield Ban(terms, event=terms.event)
    elif terms.kind == "quiet_hours" and not zones:
        if daily_hours(weighing, terms) is not None:
            yield Ban(terms, event=ZONE_KNOWN)
    else:
        for name in zones or EARLIEST_AND_LATEST:
            yield from KINDS[terms.kind](weighing, terms, weighing.wall(name))


def _zone_unknown(weighing: Weighing, rule: Rule) -> bool:
    """One pack whose clock is not known is enough, whatever the legal time of another.

    Nor is a clock known where a pack is read by the person's places and all that is known of them are hints.
    """
    asked = weighing.asked.packs
    if not all(weighing.zones(pack) for pack in asked):
        return True
    of_law = [pack for pack in asked if pack.jurisdiction != POLICY] or asked
    return any(not pack.legal_zone for pack in of_law) and weighing.is_hinted(rule.terms.not_alone)


def _findings(limits: Sequence[Limit], lifts: Sequence[Lift], now: int) -> tuple[Finding, ...]:
    """Each rule that denies at `now`, in the order in which the packs name them, with all that it denies weighed."""
    denying = {limit.terms.rule for limit, lift in zip(limits, lifts, strict=True) if lift != now}
    if not denying:
        return ()
    by_rule: dict[str, list[tuple[Limit, Lift]]] = {}
    for limit, lift in zip(limits, lifts, strict=True):
        if limit.terms.rule in denying:
            by_rule.setdefault(limit.terms.rule, []).append((limit, lift))
    return tuple(_finding(*zip(*rule, strict=True), now=now) for rule in by_rule.values())


def _finding(limits: Sequence[Limit], lifts: Sequence[Lift], *, now: int) -> Finding:
    lifted = settle(limits, now, now + HORIZON, lifts)
    # Of several versions of a rule, the one that denies now says why.
    terms = next(limit.terms for limit, lift in zip(limits, lifts, strict=True) if lift != now)
    if isinstance(lifted, Never):
        return Finding(terms.rule, None, lifted.event, terms.statement, terms.kind)
    return Finding(terms.rule, to_instant(lifted), None, terms.statement, terms.kind)


def _verdict(
    limits: Sequence[Limit], lifts: Sequence[Lift], findings: Sequence[Finding], now: int
) -> tuple[Verdict, datetime | None, str | None]:
    """Block outranks hold: where no instant is known, nothing else matters."""
    if not findings:
        return "allow", None, None
    earliest = settle(limits, now, now + HORIZON, lifts)
    if not isinstance(earliest, Never):
        return "hold", to_instant(earliest), None
    stuck = [finding for finding in findings if finding.until is None]
    if not stuck:
        return "block", None, earliest.event
    for_good = any(finding.event is None for finding in stuck)
    return "block", None, None if for_good else stuck[0].event


def _bounds(limits: Sequence[Limit], lifts: Sequence[Lift], now: int) -> tuple[datetime | None, datetime | None]:
    """When the hours that are open now opened last, and when they close."""
    hours: dict[object, Hours] = {}
    for limit, lift in zip(limits, lifts, strict=True):
        if isinstance(limit, Hours):
            if lift != now:
                return None, None
            hours[limit.reading] = limit
    opened = [at for limit in hours.values() if (at := limit.opened(now)) is not None]
    closes = [at for limit in hours.values() if (at := limit.closes(now)) is not None]
    return to_instant(max(opened)) if opened else None, to_instant(min(closes)) if closes else None


def _counts(weighing: Weighing, limits: Iterable[Limit]) -> Iterator[Count]:
    """What each cap in force counted in the window that ends today."""
    for cap in limits:
        if isinstance(cap, Cap) and cap.by.in_force(cap.wall.today):
            first, last = cap.taken(cap.wall.today)
            refs = weighing.recent.refs(cap.places[first:last])
            yield Count(cap.terms.rule, cap.debt, cap.wall.name, cap.limit, last - first, refs)
