"""May we? `check` weighs one attempt under every pack that applies and gives a written permit.

It is pure: the same attempt, facts, packs and `now` give the same permit for ever, and it reads no clock. Every
rule that denies at `now` is a finding; `until` is the first instant that satisfies all of them together.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from forbear.rules.duties import disclosures
from forbear.rules.facts import Attempt, Facts, Finding, Permit, Verdict
from forbear.rules.kinds import KINDS, NOT_FOR_LAWYERS, daily_hours
from forbear.rules.limits import HORIZON, Ban, Hours, Limit, Never, by_rule, settle
from forbear.rules.packs import Pack, Packs
from forbear.rules.terms import SILENT_FORCES, Terms, unknown_jurisdiction
from forbear.rules.wall import to_instant
from forbear.rules.weighing import EARLIEST_AND_LATEST, Weighing

HUMAN_REVIEW = "human_review"
"""The event of a denial that a person must decide on."""
ZONE_KNOWN = "zone_known"


def check(attempt: Attempt, facts: Facts, packs: Packs, now: datetime) -> Permit:
    """Weigh an attempt.

    Args:
        attempt: the one try to reach one party.
        facts: all that is known of the person, the debts, the past and the lender.
        packs: the rules, as `forbear.rules.packs.load` gives them.
        now: an aware instant.
    """
    weighing = Weighing(attempt, facts, now)
    asked = _packs(facts, packs)
    limits = [*_unknown(facts, packs), *_limits(weighing, asked)]
    findings = [finding for rule in by_rule(limits).values() if (finding := _finding(rule, weighing.now))]
    earliest = settle(limits, weighing.now, weighing.now + HORIZON)
    verdict, until, event = _verdict(earliest, findings, weighing.now)
    opens_at, closes_at = _bounds([limit for limit in limits if isinstance(limit, Hours)], weighing.now)
    return Permit(
        verdict=verdict,
        until=until,
        event=event,
        findings=tuple(findings),
        human_review=event == HUMAN_REVIEW or any(finding.event == HUMAN_REVIEW for finding in findings),
        zones=tuple(dict.fromkeys(name for pack in asked for name in weighing.zones(pack, asked))),
        opens_at=opens_at,
        closes_at=closes_at,
        disclosures=disclosures(weighing, asked) if verdict == "allow" else (),
        packs=tuple((pack.jurisdiction, pack.version) for pack in asked),
    )


def _packs(facts: Facts, packs: Packs) -> list[Pack]:
    """The packs that apply, widest first, the product's policy last."""
    found = [packs.by_jurisdiction[each] for each in packs.stack(facts.jurisdictions) if each in packs]
    policy = packs.policy()
    return [*found, policy] if policy else found


def _unknown(facts: Facts, packs: Packs) -> Iterator[Limit]:
    """A place whose law we do not have denies: nobody knows what it says."""
    for name in packs.stack(facts.jurisdictions):
        if name not in packs:
            yield Ban(unknown_jurisdiction(name), event="pack_loaded")


def _limits(weighing: Weighing, asked: Sequence[Pack]) -> Iterator[Limit]:
    for pack in asked:
        zones = weighing.zones(pack, asked)
        for terms in pack.terms:
            if terms.force in SILENT_FORCES or not _applies(weighing, terms):
                continue
            if terms.kind == "zone":
                yield from _zone_unknown(weighing, terms, asked)
            else:
                yield from _limits_of(weighing, terms, _where(terms, zones, asked))


def _zone_unknown(weighing: Weighing, terms: Terms, asked: Sequence[Pack]) -> Iterator[Limit]:
    """One pack whose clock is not known is enough, whatever the legal time of another."""
    if not all(weighing.zones(pack, asked) for pack in asked):
        yield Ban(terms, event=terms.event)


def _where(terms: Terms, zones: Sequence[str], asked: Sequence[Pack]) -> Sequence[str] | None:
    """The zones in which a rule is read; None where others' own hours hold in all of them."""
    left_to_others = {pack.legal_zone for pack in asked if pack.jurisdiction in terms.yields_to}
    kept = [name for name in zones if name not in left_to_others]
    return None if zones and not kept else kept


def _applies(weighing: Weighing, terms: Terms) -> bool:
    """Whether a rule is asked at all: the product's own can be off, and lawyers are outside hours and caps."""
    if terms.force == "policy" and not weighing.facts.policy.product and not terms.is_lenders:
        return False
    if terms.kind in NOT_FOR_LAWYERS and weighing.attempt.party == "attorney":
        return False
    if weighing.attempt.channel == "letter" and _leaves_letters_free(terms):
        return False
    return weighing.binds(terms.scope)


def _leaves_letters_free(terms: Terms) -> bool:
    """Letters have no hours, and no holidays unless a rule names them."""
    return terms.kind == "quiet_hours" or (terms.kind == "holiday" and "letter" not in terms.scope.channels)


def _limits_of(weighing: Weighing, terms: Terms, zones: Sequence[str] | None) -> Iterator[Limit]:
    if zones is None:
        return
    if terms.kind == "jurisdiction":
        if not weighing.facts.jurisdictions:
            yield Ban(terms, event=terms.event)
    elif terms.kind == "quiet_hours" and not zones:
        if daily_hours(weighing, terms) is not None:
            yield Ban(terms, event=ZONE_KNOWN)
    elif terms.kind in KINDS:
        for name in zones or EARLIEST_AND_LATEST:
            wall = weighing.wall(name)
            if terms.kind == "frequency_cap" and terms.unit == "attempt" and terms.force != "policy":
                weighing.attempt_caps.append((terms, wall))
            yield from KINDS[terms.kind](weighing, terms, wall)


def _finding(limits: Sequence[Limit], now: int) -> Finding | None:
    lifted = settle(limits, now, now + HORIZON)
    terms = limits[0].terms
    if isinstance(lifted, Never):
        return Finding(terms.rule, None, lifted.event, terms.statement, terms.kind)
    return Finding(terms.rule, to_instant(lifted), None, terms.statement, terms.kind) if lifted > now else None


def _verdict(
    earliest: int | Never, findings: Sequence[Finding], now: int
) -> tuple[Verdict, datetime | None, str | None]:
    """Block outranks hold: where no instant is known, nothing else matters."""
    if not isinstance(earliest, Never):
        return ("allow", None, None) if earliest <= now else ("hold", to_instant(earliest), None)
    stuck = [finding for finding in findings if finding.until is None]
    if not stuck:
        return "block", None, earliest.event
    for_good = any(finding.event is None for finding in stuck)
    return "block", None, None if for_good else stuck[0].event


def _bounds(hours: Iterable[Hours], now: int) -> tuple[datetime | None, datetime | None]:
    """When the hours that are open now opened last, and when they close."""
    binding = list(hours)
    if not binding or any(limit.lift(now) != now for limit in binding):
        return None, None
    opened = [at for limit in binding if (at := limit.opened(now)) is not None]
    closes = [at for limit in binding if (at := limit.closes(now)) is not None]
    return to_instant(max(opened)) if opened else None, to_instant(min(closes)) if closes else None
