"""Periods that courts open: confirmation, objection to an order, answer, appeal, enforcement, freeze."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

from forbear.court.clock_lines import by_count, by_duty, clock, deadline, waiting, with_more
from forbear.court.decision import Clock, Line
from forbear.court.ground import Ground, day_of
from forbear.court.life import Happened
from forbear.court.path import ClockRule
from forbear.court.standing import enforceable, enforcement_since, frozen, over, performance_day


def judicial_confirmation(ground: Ground, rule: ClockRule) -> Iterator[Clock]:
    """Both sides ask the court within thirty days of the agreement's effect."""
    agreed = ground.last("mediation_agreed")
    if agreed is None or ground.policy("confirmation") == "skip":
        return
    first = day_of(agreed, "effective_on")
    what = "the mediation agreement took effect"
    reckoned = by_duty(ground, rule.duty, "mediation_agreement_effective", first, what)
    if reckoned is None:
        return
    asked = [each.on for each in ground.facts("confirmation_applied", "confirmed") if each.on >= first]
    met = min(asked, default=None)
    ended = any(each.on >= first for each in ground.facts("agreement_performed", "agreement_breached"))
    state = deadline(reckoned[0], met, ground.today, void=over(ground) or ended)
    yield replace(clock(rule, _done(reckoned, met, "confirmation was asked for"), first, state), met=met)


def _done(reckoned: tuple[date, tuple[Line, ...]], met: date | None, what: str) -> tuple[date, tuple[Line, ...]]:
    if met is None:
        return reckoned
    return with_more(reckoned, [Line(met, what + ("" if met <= reckoned[0] else ", too late"))])


def payment_order_objection(ground: Ground, rule: ClockRule) -> Iterator[Clock]:
    """The debtor pays or objects within fifteen days of service."""
    served = ground.last("order_served")
    if served is None:
        return
    reckoned = by_duty(ground, rule.duty, "payment_order_received", served.on, "the payment order was served")
    if reckoned is None:
        return
    objected = any(each.on >= served.on for each in ground.facts("order_objected", "order_refused"))
    yield clock(rule, reckoned, served.on, waiting(reckoned[0], ground.today, void=objected or over(ground)))


def answer(ground: Ground, rule: ClockRule) -> Iterator[Clock]:
    """The time of each defendant to answer, from when the claim and its particulars were served."""
    served = {each.person: each for each in ground.facts("served")}
    filed = ground.last("filed")
    for person, fact in sorted(served.items()):
        if filed is not None and fact.on < filed.on:
            continue
        first = max(fact.on, day_of(fact, "particulars_on"))
        replies = [each for each in ground.facts("answered") if _answers(each, person, fact.on)]
        acknowledged = any(each.details.get("how") == "acknowledged" for each in replies)
        answered = [each.on for each in replies if each.details.get("how") != "acknowledged"]
        answered += [each.on for each in ground.facts("default") if each.on >= fact.on and each.person in {"", person}]
        what = "the claim was served"
        if rule.duty:
            reckoned = by_duty(ground, rule.duty, "complaint_copy_received", first, what)
        else:
            reckoned = by_count(ground, rule, first, what, rule.more if acknowledged and rule.more else 0)
        if reckoned is None:
            continue
        lines = [Line(min(answered), "answered, or in default")] if answered else []
        state = waiting(reckoned[0], ground.today, ended=bool(answered), void=over(ground))
        yield clock(rule, with_more(reckoned, lines), first, state, subject=person)


def _answers(fact: Happened, person: str, since: date) -> bool:
    return fact.details.get("to") == "claim" and fact.person in {"", person} and fact.on >= since


def appeal(ground: Ground, rule: ClockRule) -> Iterator[Clock]:
    """The time to appeal from service of the judgment: ours to keep where we did not get all, else waited for."""
    given = ground.last("judged", "dismissed")
    if given is None:
        return
    before = [each for each in ground.facts("appealed") if each.on < given.on]
    if before:
        return
    first = max(given.on, day_of(given, "served_on"))
    reckoned = by_count(ground, rule, first, "the judgment was served")
    final = ground.last("judgment_final")
    void = over(ground) or (final is not None and final.on >= given.on)
    if given.details.get("result") == "granted":
        state = waiting(reckoned[0], ground.today, ended=ground.last("appealed") is not None, void=void)
        yield replace(clock(rule, reckoned, first, state), nature="waiting", ladder=())
        return
    met = min((each.on for each in ground.facts("appealed")), default=None)
    state = deadline(reckoned[0], met, ground.today, void=void)
    yield replace(clock(rule, _done(reckoned, met, "an appeal was brought"), first, state), met=met)


def enforcement(ground: Ground, rule: ClockRule) -> Iterator[Clock]:
    """The time to apply for enforcement, from the last day on which it had to be performed."""
    first = performance_day(ground)
    if first is None:
        return
    fact, what = enforceable(ground), "the last day on which to perform"
    if fact is None:
        what = "the time to object to the payment order ended: it is enforceable"
        if first >= ground.today:
            return
    if rule.duty:
        reckoned = by_duty(ground, rule.duty, "judgment_debt_due", first, what)
    else:
        reckoned = by_count(ground, rule, first, what)
    if reckoned is None:
        return
    met = enforcement_since(ground)
    state = deadline(reckoned[0], met, ground.today, void=over(ground))
    yield replace(clock(rule, _done(reckoned, met, "enforcement was applied for"), first, state), met=met)


def freeze(ground: Ground, rule: ClockRule) -> Iterator[Clock]:
    """Up to when each freeze lasts; its renewal is asked for some days before. It holds until it is lifted."""
    for number, (fact, until) in sorted(frozen(ground).items()):
        lines = [Line(fact.on, "frozen" if fact.kind == "frozen" else "renewed")]
        lead = until - timedelta(days=rule.lead)
        lines.append(Line(lead, f"ask for renewal by this day, {rule.lead} days before", rule.source))
        lines.append(Line(until, "last day of the freeze, as told"))
        state = deadline(until, None, ground.today, void=over(ground))
        yield clock(rule, (until, tuple(lines)), fact.on, state, subject=f"freeze-{number}")
