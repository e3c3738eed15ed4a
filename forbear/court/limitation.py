"""The limitation: from which day it runs, what proven event began it anew, what suspended it, on which day it ends.

Which events begin it anew, how long it is and what no restart outlasts are data of the packs; how long it runs on after
a suspension is data of the path. What no proof shows is told in the calculation and begins nothing.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

from forbear.court.clock_lines import MOVED, UNMOVED, deadline
from forbear.court.decision import Clock, Line
from forbear.court.ground import Ground, Reached, day_in
from forbear.court.path import ClockRule
from forbear.court.standing import claim_since, enforceable, over
from forbear.rules.day_counting import IsRest, NotCovered, next_business_day, plus
from forbear.rules.periods import last_day
from forbear.rules.terms import Length, Terms, Timing

ACKNOWLEDGED: Final = {
    "agreed": "debtor_agreed",
    "part_payment": "part_payment",
    "asked_for_time": "delay_requested",
    "plan": "repayment_plan_agreed",
    "security": "security_given",
}
IN_WRITING: Final = frozenset({"written_acknowledgment", "acknowledgment"})
PROMISED: Final = frozenset({"debtor_agreed", "repayment_plan_agreed"})
"""What a settlement is. A signed writing it is only where `acknowledged` says so (Limitation Act 1980 ss. 29, 30)."""
BY_FACT: Final = {
    "filed": ("suit_filed", "the claim was handed in"),
    "order_applied": ("payment_order_requested", "a payment order was applied for"),
    "order_objected": ("payment_order_requested", "the procedure of the payment order ended"),
    "order_refused": ("payment_order_requested", "the procedure of the payment order ended"),
    "mediation_applied": ("mediation_requested", "mediation was asked for"),
    "mediation_declined": ("mediation_requested", "the mediation ended"),
    "mediation_failed": ("mediation_requested", "the mediation ended"),
}
"""Procedures begin it anew when they are asked for and again when they end (Civil Code 195, from memory)."""
RECOURSE: Final = "recourse"


@dataclass(frozen=True, slots=True)
class Again:
    """Something that may begin the limitation anew, in the packs' words; `counts` is false where nothing proves it."""

    day: date
    words: frozenset[str]
    what: str
    counts: bool = True


@dataclass(frozen=True, slots=True)
class Pause:
    """A stretch in which the limitation was suspended."""

    first: date
    last: date


def limitation(ground: Ground, rule: ClockRule) -> Iterator[Clock]:
    """The limitation of the claim, where a rule of the place or a lawyer says how long it is."""
    base, event, what = accrued(ground)
    found = last_day(rule.duty, ground.matter([(event, base), ("cause_of_action_accrued", base)]), ground.packs)
    reason = min((each for each in found.rules if each.day), key=lambda each: each.day or base, default=None)
    terms = None if reason is None else _terms(ground, reason.rule, max(ground.today, base))
    if terms is None or terms.timing is None:
        yield from _told(ground, rule, base)
        return
    run = Run(ground, rule, terms, terms.timing, ground.rests(terms.calendar))
    start, last, lines = run.through(base, what, restarts(ground, rule, base), pauses(ground, rule))
    yield _clock(ground, rule, start, last, lines)


def guarantor_limitation(ground: Ground, rule: ClockRule, person: str, asked: Reached, papers: frozenset[str]) -> Clock:
    """Of a joint guarantor who was asked in time: it runs from then, and anew from each later notice (694)."""
    found = last_day(rule.duty, ground.matter([("harm_known", asked.day)]), ground.packs)
    reason = min((each for each in found.rules if each.day), key=lambda each: each.day or asked.day)
    terms = _terms(ground, reason.rule, max(ground.today, asked.day))
    if terms is None or terms.timing is None:
        raise LookupError(reason.rule)
    run = Run(ground, rule, terms, terms.timing, ground.rests(terms.calendar))
    later = [
        Again(each.day, frozenset({"demand_received"}), "a notice reached the guarantor", each.proven)
        for each in ground.served(papers, [person])
    ]
    start, last, lines = run.through(asked.day, "the guarantor was asked to pay", later, pauses(ground, rule))
    return _clock(ground, rule, start, last, lines, person)


def accrued(ground: Ground) -> tuple[date, str, str]:
    """The day from which the claim is limited, the rules' word for it, and what it is.

    Of several payments on behalf the first one counts, which is never too late for the others. Only China counts a debt
    in instalments as a whole (Civil Code 189); elsewhere the oldest unpaid one is limited by itself.
    """
    life = ground.life
    paid = ground.facts("paid_on_behalf") if life.kind == RECOURSE else ()
    if paid:
        return paid[0].on, "harm_known", "the guarantor paid on behalf"
    if life.instalment_due is None or life.instalment_due <= life.due_since or "CN" not in life.jurisdictions:
        return life.due_since, "harm_known", "the debt was due and not paid"
    called = called_due(ground)
    if called is not None and called < life.instalment_due:
        return called, "last_instalment_due", "the whole was called due"
    return life.instalment_due, "last_instalment_due", "the last instalment is due"


def called_due(ground: Ground) -> date | None:
    """The day on which a notice that calls the whole debt due reached the debtor, with proof."""
    rule = ground.path.clocks.get("limitation")
    papers = () if rule is None else [each for each in rule.papers if "acceleration" in each]
    return next((each.day for each in ground.served(papers, ground.persons()) if each.proven), None)


def restarts(ground: Ground, rule: ClockRule, base: date) -> list[Again]:
    """Everything that may begin it anew after it began, oldest first."""
    return sorted((each for each in _restarts(ground, rule) if each.day > base), key=lambda each: each.day)


def _restarts(ground: Ground, rule: ClockRule) -> Iterator[Again]:
    for each in ground.served(rule.papers, ground.persons()):
        yield Again(
            each.day, frozenset({"demand_received"}), f"a demand reached the debtor ({each.paper})", each.proven
        )
    # What was paid on the account was paid to the lender: it acknowledges nothing to a guarantor who claims it back.
    own = ground.life.kind != RECOURSE
    paid: set[date] = {each for each in (*ground.life.paid_on, ground.life.last_paid) if each is not None and own}
    for day in sorted(paid):
        if day <= ground.today:
            yield Again(day, frozenset({"part_payment"}), "the debtor paid a part")
    for fact in ground.facts():
        if fact.kind == "acknowledged":
            word = ACKNOWLEDGED.get(str(fact.details.get("how")), "debtor_agreed")
            written = IN_WRITING if fact.details.get("in_writing") == "yes" else frozenset[str]()
            yield Again(fact.on, frozenset({word}) | written, "the debtor acknowledged the debt")
        elif fact.kind in {"settled", "mediation_agreed"}:
            yield Again(fact.on, PROMISED, "the sides agreed on how to pay")
        elif (named := BY_FACT.get(fact.kind)) is not None:
            yield Again(fact.on, frozenset({named[0]}), named[1])


def pauses(ground: Ground, rule: ClockRule) -> list[Pause]:
    """What suspended it, as people told it; what has no end yet lasts until today at least.

    No stop of the account extends it by itself: the last day would fall back the day the stop ends, perhaps behind us.
    """
    if rule.tail is None:
        return []
    found = [
        Pause(each.on, day_in(each, "until") or max(each.on, ground.today))
        for each in ground.facts("limitation_suspended")
    ]
    return sorted(found, key=lambda each: each.first)


@dataclass(frozen=True, slots=True)
class Run:
    """One limitation by one version of a rule."""

    ground: Ground
    rule: ClockRule
    terms: Terms
    timing: Timing
    rest: IsRest

    def through(
        self, base: date, what: str, events: list[Again], stops: list[Pause]
    ) -> tuple[date, date, tuple[Line, ...]]:
        """The day from which it runs now, its last day, and how that came about."""
        lines = [Line(base, f"{what}; this day is not counted", self.terms.rule)]
        longest = self._plus(base, self.timing.long_stop) if self.timing.long_stop else date.max
        start, end = base, self._end(base, stops, longest, lines)
        for each in events:
            if each.day <= start or not each.words & frozenset(self.timing.restarts):
                continue
            if not each.counts:
                lines.append(Line(each.day, f"{each.what}, which nothing proves: not counted", self.terms.rule))
            elif each.day <= self._rolled(end)[0] or self.timing.restarts_after_expiry:
                start = each.day
                lines.append(Line(start, f"{each.what}: it begins anew", self.terms.rule))
                end = self._end(start, stops, longest, lines)
            else:
                lines.append(Line(each.day, f"{each.what}, after the last day: begins nothing", self.terms.rule))
        last, known = self._rolled(end)
        if last != end or not known:
            lines.append(Line(last, MOVED if known else UNMOVED, self.terms.rule))
        if lines[-1].day != last:
            lines.append(Line(last, "so this is the last day", self.terms.rule))
        return start, last, tuple(lines)

    def _end(self, start: date, stops: list[Pause], longest: date, lines: list[Line]) -> date:
        end = self._plus(start, self.timing.length)
        count, unit = self.timing.length.count, self.timing.length.unit
        lines.append(Line(min(end, date.max), f"{count} {unit} later", self.terms.rule))
        for stop in stops:
            end = self._after(stop, start, end, lines)
        if end > longest:
            lines.append(Line(longest, "no event moves it beyond this day", self.terms.rule))
        return min(end, longest)

    def _after(self, stop: Pause, start: date, end: date, lines: list[Line]) -> date:
        """The end after a suspension: some time from when that ended, if it fell in the stretch that counts."""
        if self.rule.tail is None:
            return end
        opens = start if self.rule.within is None else _back(end, Length(*self.rule.within))
        later = self._plus(stop.last, Length(*self.rule.tail))
        if stop.first > end or stop.last < opens or later <= end:
            return end
        lines.append(Line(stop.last, "it was suspended until this day", self.rule.source))
        lines.append(Line(later, f"{self.rule.tail[0]} {self.rule.tail[1]} later", self.rule.source))
        return later

    def _plus(self, day: date, length: Length) -> date:
        return plus(day, length.count, length.unit, self.rest)

    def _rolled(self, day: date) -> tuple[date, bool]:
        if self.timing.roll != "next_business_day":
            return day, True
        if not any(each.name == self.terms.calendar for each in self.ground.life.calendars):
            return day, False
        try:
            return next_business_day(day, self.rest), True
        except NotCovered:
            return day, False


def _back(day: date, length: Length) -> date:
    return plus(day, -length.count, length.unit, lambda _: False)


def effect(ground: Ground) -> str:
    """What the end of the limitation does at the place: `defence`, `barred` or another word of the rules."""
    base, event, _ = accrued(ground)
    found = last_day("sue", ground.matter([(event, base), ("cause_of_action_accrued", base)]), ground.packs)
    return next((each.effect for each in found.rules if each.day is not None), "")


def _terms(ground: Ground, rule: str, day: date) -> Terms | None:
    versions = ground.packs.versions_of(rule)
    return next((each for each in versions if each.in_force(day.toordinal())), None)


def _told(ground: Ground, rule: ClockRule, base: date) -> Iterator[Clock]:
    """A last day that legal staff gave where no rule of ours knows the place."""
    days = [each for fact in ground.facts("taken_up") if (each := day_in(fact, "limitation_ends")) is not None]
    if days:
        line = Line(days[-1], "last day told by legal staff: no rule here knows the place's limitation")
        yield _clock(ground, rule, base, days[-1], (line,))


def _clock(  # noqa: PLR0917  a clock is all of these
    ground: Ground, rule: ClockRule, start: date, last: date, lines: tuple[Line, ...], guarantor: str = ""
) -> Clock:
    met = claim_since(ground, everyone=True) if guarantor else _met(ground)
    state = deadline(last, met, ground.today, void=over(ground))
    if met is not None:
        lines = (*lines, Line(met, "the claim was brought" + ("" if met <= last else ", too late")))
    return Clock(rule.kind, guarantor, rule.nature, state, start, last, lines, rule.ladder, met)


def _met(ground: Ground) -> date | None:
    """When the claim was brought that stands, or what can be enforced was had."""
    since = claim_since(ground)
    if since is not None:
        return since
    fact = enforceable(ground)
    return None if fact is None else fact.on
