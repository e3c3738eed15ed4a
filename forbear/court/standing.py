"""Where the proceedings of a case stand by its facts: what is pending, what can be enforced, what was frozen."""

from datetime import date

from forbear.court.ground import Ground, day_in, day_of
from forbear.court.life import Happened
from forbear.rules.periods import last_day

ENDS_CLAIM = frozenset({"claim", "order"})


def claim_since(ground: Ground, *, everyone: bool = False) -> date | None:
    """The day on which the claim was handed in that stands: neither sent back, withdrawn nor dismissed for good.

    Where it must be against `everyone`, one that names the borrower alone, or does not say whom, is none.
    """
    since: date | None = None
    before: date | None = None
    for fact in ground.facts("filed", "filing_refused", "withdrawn", "dismissed", "appealed"):
        if fact.kind == "filed":
            since = fact.on if not everyone or fact.details.get("against") == "everyone" else since
        elif fact.kind == "appealed":
            since = since or before
        elif fact.kind != "withdrawn" or fact.details.get("what") in ENDS_CLAIM:
            before, since = since or before, None
    return since


def enforceable(ground: Ground) -> Happened | None:
    """The fact that says what can be enforced: a final judgment or order, or a confirmed agreement."""
    return ground.last("judgment_final", "order_final", "confirmed")


def objection_ended(ground: Ground) -> date | None:
    """The last day to object to a payment order that was served and not objected to."""
    served = ground.last("order_served")
    if served is None or any(each.on >= served.on for each in ground.facts("order_objected", "order_refused")):
        return None
    return last_day("object_to_payment_order", ground.matter([("payment_order_received", served.on)]), ground.packs).day


def performance_day(ground: Ground) -> date | None:
    """The last day on which what can be enforced had to be performed."""
    fact = enforceable(ground)
    if fact is not None:
        return day_of(fact, "perform_by")
    return objection_ended(ground)


def enforcement_since(ground: Ground) -> date | None:
    """The day on which enforcement was applied for that was not called off."""
    since: date | None = None
    for fact in ground.facts("enforcement_applied", "withdrawn"):
        if fact.kind == "enforcement_applied":
            since = fact.on
        elif fact.details.get("what") == "enforcement":
            since = None
    return since


def frozen(ground: Ground) -> dict[int, tuple[Happened, date]]:
    """Freezes that hold by number: the fact that says so, and the day up to which they last."""
    found: dict[int, tuple[Happened, date]] = {}
    for fact in ground.facts("frozen", "freeze_renewed", "freeze_lifted"):
        number, until = fact.details.get("freeze"), day_in(fact, "until")
        number = number if isinstance(number, int) else 1
        if fact.kind == "freeze_lifted":
            found.pop(number, None)
        elif until is not None:
            found[number] = (fact, until)
    return found


def settled(ground: Ground) -> Happened | None:
    """A settlement that is being kept."""
    last = ground.last("settled", "settlement_breached")
    return last if last is not None and last.kind == "settled" else None


def over(ground: Ground) -> bool:
    """Whether nothing is owed any more, or the case is closed: its clocks ask nothing of anybody."""
    return ground.life.balance <= 0 or ground.life.state == "closed"
