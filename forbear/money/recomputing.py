"""The other side's check of a claim: every printed figure again, from the printed rows and postings alone.

It takes a balance as anyone holds it on paper and reckons each row by its own base, rate and days, each sum by its
rows, and the bases by the postings. What does not come out is told in a sentence; nothing is put right.
"""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from forbear.money.balance import AccruedRow, Balance
from forbear.money.components import COMPONENTS, Component
from forbear.money.day_count import Length, between, by_the_day
from forbear.money.exact import CONTEXT, ZERO, product, rounded, total


def faults(claim: Balance) -> list[str]:
    """All that does not come out when it is reckoned again; nothing for a sound claim."""
    return [*_rows(claim), *_payments(claim), *_sums(claim), *_bases(claim)]


def rounded_once(claim: Balance) -> dict[Component, Decimal]:
    """The interest of each component if its rows had been rounded at the end only, for courts that want it so."""
    found: dict[Component, Decimal] = {}
    for component in COMPONENTS:
        exact = ZERO
        for row in claim.rows:
            if row.component == component:
                length = _length(row)
                exact = CONTEXT.add(
                    exact, CONTEXT.divide(product(row.base, row.rate, length.top), Decimal(length.bottom))
                )
        found[component] = rounded(exact, to=claim.unit)
    return found


def _length(row: AccruedRow) -> Length:
    return by_the_day((row.end - row.start).days) if row.by is None else between(row.start, row.end, row.by)


def _rows(claim: Balance) -> Iterator[str]:
    for row in claim.rows:
        length = _length(row)
        if row.days != length.days:
            yield f"{_named(row)}: {row.days} days are {length.days}"
        interest = rounded(product(row.base, row.rate, length.top), length.bottom, claim.unit)
        if row.interest != interest:
            yield f"{_named(row)}: the interest of {row.interest} is {interest}"
        if row.end > claim.as_of:
            yield f"{_named(row)}: ends after the claim's day"


def _payments(claim: Balance) -> Iterator[str]:
    for each in claim.taken:
        if each.posting.kind == "payment" and -total(each.changed.values()) != each.posting.amount:
            yield f"payment {each.posting.id}: its parts do not make {each.posting.amount}"


def _sums(claim: Balance) -> Iterator[str]:
    for component in COMPONENTS:
        found = total(_parts(claim, component))
        if claim.owed[component] != found:
            yield f"{component}: {claim.owed[component]} is {found} by its rows and postings"
    if claim.total != total(claim.owed.values()):
        yield "the total is not the sum of the components"


def _parts(claim: Balance, component: Component) -> Iterator[Decimal]:
    yield from (row.interest for row in claim.rows if row.component == component)
    yield from (each.changed.get(component, ZERO) for each in claim.taken)


def _bases(claim: Balance) -> Iterator[str]:
    """The base of each row, on its first day and until its last, by the postings."""
    principal, charged = _moved(claim, "principal"), _charged(claim)
    if claim.principal != tuple(principal):
        yield "the principal is not what the postings make of it"
    for row in claim.rows:
        history = principal if row.on == "principal" else charged
        held = [amount for day, amount in history if day <= row.start][-1:]
        held += [amount for day, amount in history if row.start < day < row.end]
        for amount in held:
            if max(amount, ZERO) != row.base:
                yield f"{_named(row)}: the base of {row.base} is {amount} by the postings"


def _moved(claim: Balance, component: Component) -> list[tuple[date, Decimal]]:
    """What postings made of a component that does not grow, by the end of each day on which it became another."""
    found: list[tuple[date, Decimal]] = []
    for day in sorted({each.posting.day for each in claim.taken}):
        amount = total(each.changed.get(component, ZERO) for each in claim.taken if each.posting.day <= day)
        if not found or found[-1][1] != amount:
            found.append((day, amount))
    return found


def _charged(claim: Balance) -> list[tuple[date, Decimal]]:
    """The interest that was charged and not paid: money for interest goes to it before it goes to what accrued."""
    by_day: dict[date, Decimal] = {}
    charged, off = ZERO, dict[str, Decimal]()
    for each in claim.taken:
        change = each.changed.get("interest", ZERO)
        if each.posting.kind == "reversal":
            charged += off[each.posting.reverses]
        elif each.posting.kind == "charge":
            charged += change
        elif each.posting.kind != "opening":  # what was brought in had accrued, or was brought in as a charge
            off[each.posting.id] = min(-change, charged)
            charged -= off[each.posting.id]
        by_day[each.posting.day] = charged
    return list(by_day.items())


def _named(row: AccruedRow) -> str:
    return f"{row.name} from {row.start} to {row.end}"
