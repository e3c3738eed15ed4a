"""Periods that courts open: confirmation, objection to an order, answer, appeal, enforcement, freeze."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from typing import Final

from forbear.court.clock_lines import Reckoned, by_count, by_duty, clock, deadline, waiting, with_more
from forbear.court.decision import Clock, Line
from forbear.court.ground import Ground, day_of
from forbear.court.life import Happened
from forbear.court.limitation import Again, restarts
from forbear.court.path import ClockRule
from forbear.court.standing import enforceable, enforcement_since, frozen, over, performance_day

BEGINS_ANEW: Final = frozenset(
    {"demand_received", "part_payment", "debtor_agreed", "delay_requested", "repayment_plan_agreed", "security_given"}
)
"""What begins the time to apply for enforcement anew, besides an application (Civil Procedure Law 250 [M])."""


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
    """The time to appeal from service of the judgment: ours to keep where we did not get all, else waited for.

    What the other side appeals keeps nothing of ours.
    """
    given = ground.last("judged", "dismissed")
    if given is None or _of_second_instance(ground, given):
        return
    dismissed = given.kind == "dismissed" and given.details.get("form") != "judgment"
    what = "the dismissal was served" if dismissed else "the judgment was served"
    reckoned = by_count(ground, rule, _service(given), what, rule.dismissal if dismissed else 0)
    final = ground.last("judgment_final")
    void = over(ground) or (final is not None and final.on >= given.on)
    brought = [each for each in ground.facts("appealed") if each.on >= given.on]
    if given.details.get("result") == "granted":
        state = waiting(reckoned[0], ground.today, ended=bool(brought), void=void)
        yield replace(clock(rule, reckoned, _service(given), state), nature="waiting", ladder=())
        return
    met = min((each.on for each in brought if each.details.get("by") != "respondent"), default=None)
    state = deadline(reckoned[0], met, ground.today, void=void)
    yield replace(clock(rule, _done(reckoned, met, "an appeal was brought"), _service(given), state), met=met)


def _service(given: Happened) -> date:
    return max(given.on, day_of(given, "served_on"))


def _of_second_instance(ground: Ground, given: Happened) -> bool:
    """Whether it was given upon an appeal in the same suit.

    What the court below decides once its dismissal was set aside is its own judgment, and can be appealed anew.
    """
    since = max((each.on for each in ground.facts("filed") if each.on <= given.on), default=date.min)
    appeals = [each.on for each in ground.facts("appealed") if since <= each.on < given.on]
    if not appeals:
        return False
    against = [each for each in ground.facts("judged", "dismissed") if since <= each.on <= appeals[-1]]
    return given.kind == "dismissed" or not against or against[-1].kind != "dismissed"


def enforcement(ground: Ground, rule: ClockRule) -> Iterator[Clock]:
    """The time to apply for enforcement: from the last day on which to perform; where a path counts, from the judgment.

    A judgment that nobody told to be final runs too, once it can no longer be appealed.
    """
    fact, first, what = enforceable(ground), performance_day(ground), "the last day on which to perform"
    if fact is None and first is not None:
        what = "the time to object to the payment order ended: it is enforceable"
    elif first is None:
        first, what = _unappealed(ground), "the time to appeal ended: it is enforceable"
    if first is None or (fact is None and first >= ground.today):
        return
    if rule.duty:
        first, reckoned = _anew(ground, rule, first, what)
    else:
        given = [each.on for each in ground.facts("judged") if each.on <= first]
        first = min(first, given[-1] if given else first, fact.on if fact is not None else first)
        reckoned = by_count(ground, rule, first, "the judgment was given")
    if reckoned is None:
        return
    met = enforcement_since(ground)
    state = deadline(reckoned[0], met, ground.today, void=over(ground))
    yield replace(clock(rule, _done(reckoned, met, "enforcement was applied for"), first, state), met=met)


def _unappealed(ground: Ground) -> date | None:
    """The last day to appeal against a judgment for us that nobody appealed; of a second instance, its service."""
    given, rule = ground.last("judged", "dismissed"), ground.path.clocks.get("appeal")
    if given is None or rule is None or given.details.get("result") not in {"granted", "granted_in_part"}:
        return None
    if any(each.on >= given.on for each in ground.facts("appealed", "withdrawn")):
        return None
    if _of_second_instance(ground, given):
        return _service(given)
    return by_count(ground, rule, _service(given), "the judgment was served")[0]


def _anew(ground: Ground, rule: ClockRule, first: date, what: str) -> tuple[date, Reckoned | None]:
    """The period by a duty, from what last began it anew in time: proven, as of a limitation."""
    reckoned = by_duty(ground, rule.duty, "judgment_debt_due", first, what)
    events = [each for each in restarts(ground, rule, first) if each.words & BEGINS_ANEW] if rule.papers else []
    events += [Again(each.on, BEGINS_ANEW, "enforcement was applied for") for each in _applied(ground, rule, first)]
    for each in sorted(events, key=lambda one: one.day):
        if reckoned is None:
            return first, None
        if not each.counts:
            reckoned = with_more(reckoned, [Line(each.day, f"{each.what}, which nothing proves: not counted")])
        elif each.day > reckoned[0]:
            reckoned = with_more(reckoned, [Line(each.day, f"{each.what}, after the last day: begins nothing")])
        else:
            later = by_duty(ground, rule.duty, "judgment_debt_due", each.day, each.what)
            first = each.day
            reckoned = later and (later[0], (*reckoned[1], Line(first, f"{each.what}: it begins anew"), *later[1][1:]))
    if reckoned is not None and reckoned[1][-1].day != reckoned[0]:
        reckoned = with_more(reckoned, [Line(reckoned[0], "so this is the last day")])
    return first, reckoned


def _applied(ground: Ground, rule: ClockRule, first: date) -> list[Happened]:
    """Applications that were called off: they began it anew all the same."""
    stands = enforcement_since(ground)
    facts = ground.facts("enforcement_applied") if rule.papers else ()
    return [each for each in facts if each.on > first and each.on != stands]


def freeze(ground: Ground, rule: ClockRule) -> Iterator[Clock]:
    """Up to when each freeze lasts; its renewal is asked for some days before. It holds until it is lifted."""
    for number, (fact, until) in sorted(frozen(ground).items()):
        lines = [Line(fact.on, "frozen" if fact.kind == "frozen" else "renewed")]
        lead = until - timedelta(days=rule.lead)
        lines.append(Line(lead, f"ask for renewal by this day, {rule.lead} days before", rule.source))
        lines.append(Line(until, "last day of the freeze, as told"))
        state = deadline(until, None, ground.today, void=over(ground))
        yield clock(rule, (until, tuple(lines)), fact.on, state, subject=f"freeze-{number}")
