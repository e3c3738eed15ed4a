"""The period of each guarantee: agreed, or six months from when the secured debt came due; and what meets it.

Nothing suspends it or starts it anew. A joint guarantor is asked in time, a general one is kept by suing the debtor.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

from forbear.court.clock_lines import MOVED, UNMOVED, Reckoned, by_duty, clock, deadline
from forbear.court.decision import Clock, Line
from forbear.court.ground import Ground, Reached
from forbear.court.life import Guaranteed, Happened
from forbear.court.limitation import called_due, guarantor_limitation
from forbear.court.path import ClockRule
from forbear.court.standing import over
from forbear.rules.day_counting import months_after

AGREED = "the agreement of guarantee"


def guarantees(ground: Ground, rule: ClockRule) -> Iterator[Clock]:
    """The clock of each guarantee, and the limitation of each joint guarantor who was asked in time."""
    papers = frozenset(rule.papers)
    for told in ground.guarantees():
        held, before = _as_due(ground, told)
        reckoned = period(ground, rule, held)
        if reckoned is None:
            continue
        last, lines = reckoned[0], (*before, *reckoned[1])
        asked = _asked(ground, papers, held, last)
        met, how = _met(ground, held, asked, last)
        state = deadline(last, met, ground.today, void=over(ground))
        done = () if met is None else (Line(met, how, "CN.GUAR" if "CN" in ground.life.jurisdictions else AGREED),)
        found = clock(rule, (last, (*lines, *done)), held.main_due, state, subject=held.person)
        yield replace(found, met=met)
        limited = ground.path.clocks.get("limitation")
        if asked is not None and limited is not None and "CN" in ground.life.jurisdictions:
            yield guarantor_limitation(ground, limited, held.person, asked, papers)


def _as_due(ground: Ground, held: Guaranteed) -> tuple[Guaranteed, tuple[Line, ...]]:
    """The guarantee with the day on which what it secures came due, and why that is another than its contract says.

    A debt that was called due is due from then. A counter-guarantee secures what its guarantor claims back, which is
    not due before the guarantor paid.
    """
    called, paid = called_due(ground), ground.facts("paid_on_behalf")
    if held.counter:
        if not paid or paid[0].on <= held.main_due:
            return held, ()
        return replace(held, main_due=paid[0].on), (Line(paid[0].on, "the guarantor paid on behalf"),)
    if called is None or called >= held.main_due:
        return held, ()
    end = held.agreed_end if held.agreed_end is not None and held.agreed_end > held.main_due else None
    return replace(held, main_due=called, agreed_end=end), (Line(called, "the whole was called due"),)


def period(ground: Ground, rule: ClockRule, held: Guaranteed) -> Reckoned | None:
    """The last day of a guarantee's period; None where nothing was agreed and no law of the place gives one."""
    if held.agreed_end is not None and held.agreed_end > held.main_due:
        return held.agreed_end, (
            Line(held.main_due, "the secured debt is due"),
            Line(held.agreed_end, "agreed", AGREED),
        )
    if held.agreed_months:
        end = months_after(held.main_due, held.agreed_months)
        last, known = ground.rolled(end, "CN") if "CN" in ground.life.jurisdictions else (end, True)
        lines = [Line(held.main_due, "the secured debt is due; this day is not counted")]
        lines.append(Line(end, f"{held.agreed_months} months later, as agreed", AGREED))
        if last != end or not known:
            lines.append(Line(last, MOVED if known else UNMOVED))
        return last, tuple(lines)
    what = "the secured debt is due"
    if held.agreed_end is not None:
        what += f" (an end agreed for {held.agreed_end}, not later than that, counts as none agreed)"
    return by_duty(ground, rule.duty, "main_debt_due", held.main_due, what)


def _asked(ground: Ground, papers: frozenset[str], held: Guaranteed, last: date) -> Reached | None:
    """The first proven notice that reached a joint guarantor within the period."""
    if held.kind != "joint":
        return None
    found = ground.served(papers, [held.person])
    return next((each for each in found if each.proven and held.main_due < each.day <= last), None)


def _met(ground: Ground, held: Guaranteed, asked: Reached | None, last: date) -> tuple[date | None, str]:
    """When and how the period was kept; too late is told too."""
    suits = [
        each.on
        for each in _standing_suits(ground)
        if held.kind == "general" or each.details.get("against") == "everyone"
    ]
    if asked is not None and not any(day < asked.day for day in suits):
        return asked.day, "the notice reached the guarantor"
    in_time = [day for day in suits if day <= last]
    if in_time:
        return in_time[0], "the claim was brought"
    return None, ""


def _standing_suits(ground: Ground) -> list[Happened]:
    """Suits that were neither sent back, withdrawn nor dismissed for good: only those keep the period."""
    found: list[Happened] = []
    gone: Happened | None = None
    for fact in ground.facts("filed", "filing_refused", "withdrawn", "dismissed", "appealed"):
        if fact.kind == "filed":
            found.append(fact)
        elif fact.kind == "appealed":
            found += [gone] if gone is not None else []
            gone = None
        elif found and (fact.kind != "withdrawn" or fact.details.get("what") == "claim"):
            gone = found.pop()
    return found
