"""An account's entries and its terms, reckoned for the end of any day: pure, and the same again for the same record.

The last balance that the lender confirmed by that day stands as it is, whatever made it; what was paid or reversed
since counts from its own day, and interest grows by the terms from that balance on. What had grown when the lender
confirmed the next one was written down as entries, so that nothing that was confirmed is ever reckoned again.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final, cast

from forbear.ledger.days import local
from forbear.money.allocation import allocate
from forbear.money.balance import AccruedRow, Balance, Base, Terms, balance
from forbear.money.components import COMPONENTS, Component
from forbear.money.currency import minor_unit
from forbear.money.day_count import DayCount
from forbear.money.exact import CONTEXT, NOTHING, ZERO, total
from forbear.money.growing import Contract, fallen_due, grown
from forbear.money.postings import Posting, charge, opening, payment, reversal
from forbear.money.statements import Booked

CONFIRMING: Final = frozenset({"opening", "interest", "charge", "adjustment"})
"""Entries that stand at the instant of a confirmed balance."""
Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Row:
    """One entry. `reference` is its payment, or its reversal, which `reverses` the payment it undoes."""

    at: datetime
    kind: str
    component: Component
    amount: Decimal
    reference: str = ""
    reverses: str | None = None
    reckoned: Json | None = None


@dataclass(frozen=True, slots=True)
class Book:
    """All that an account is reckoned from. `confirmed` is the instant of its last confirmed balance."""

    currency: str
    zone: str | None
    rows: tuple[Row, ...]
    contract: Contract | None
    confirmed: datetime | None

    def day(self, at: datetime) -> date:
        return local(at, self.zone)

    def latest(self, today: date) -> date:
        """Today, or the day of what is booked ahead by a clock before ours."""
        return max((today, *(self.day(row.at) for row in self.rows)))

    def until(self, at: datetime) -> "Book":
        """The book as of an instant, with what is known now."""
        return replace(self, rows=tuple(row for row in self.rows if row.at <= at))


@dataclass(frozen=True, slots=True)
class Reckoned:
    """An account by the end of a day: the entries that stand, and what was reckoned on top of them."""

    currency: str
    day: date
    standing: tuple[Booked, ...]
    claim: Balance | None = None
    shown: Mapping[str, tuple[str, str]] = field(default_factory=dict[str, tuple[str, str]])
    """Kind and reference of the postings that are lines of their own; the others bring the standing entries in."""

    @property
    def owed(self) -> dict[Component, Decimal]:
        unit = minor_unit(self.currency)
        by = {part: total(row.amount for row in self.standing if row.component == part) for part in COMPONENTS}
        found = by if self.claim is None else self.claim.owed
        return {part: CONTEXT.quantize(found[part], unit) for part in COMPONENTS}

    def booked(self) -> Iterator[Booked]:
        """Every change, as the lines of a statement are made from it."""
        yield from self.standing
        if self.claim is None:
            return
        for taken in self.claim.taken:
            posting = taken.posting
            if posting.id in self.shown:
                kind, reference = self.shown[posting.id]
                for component, amount in taken.changed.items():
                    yield Booked(posting.day, kind, reference, component, amount)
        for row in self.claim.rows:
            yield Booked(row.end, "interest", row.name, row.component, row.interest, row)


def reckon(book: Book, day: date) -> Reckoned:
    """The account by the end of a day, as is known now."""
    known = [row for row in book.rows if book.day(row.at) <= day]
    anchor = _anchor(book, day)
    if book.contract is None or anchor is None:
        return Reckoned(book.currency, day, tuple(_booked(book, row) for row in known))
    standing = [row for row in known if row.at <= anchor]
    later = [row for row in known if row.at > anchor]
    first = book.day(anchor)
    moved = dict(_moved(book, later))
    postings = [*_brought_in(standing, first), *moved]
    due = fallen_due(book.contract, postings, first, day)
    claim = balance([*postings, *due], grown(book.contract), day)
    shown = {posting.id: line for posting, line in moved.items()} | {each.id: ("charge", each.id) for each in due}
    return Reckoned(book.currency, day, tuple(_booked(book, row) for row in standing), claim, shown)


def _anchor(book: Book, day: date) -> datetime | None:
    """The instant of the last balance that was confirmed by the end of a day."""
    if book.confirmed is None:
        return None
    told = {row.at for row in book.rows if row.kind in CONFIRMING} | {book.confirmed}
    return max((at for at in told if book.day(at) <= day), default=None)


def _brought_in(standing: Sequence[Row], first: date) -> Iterator[Posting]:
    """What stands, by component; of the interest what bears interest where the terms say so, which accrued does not."""
    for part in COMPONENTS:
        of_part = [row for row in standing if row.component == part]
        amount, charged = total(row.amount for row in of_part), ZERO
        if part == "interest":
            told = total(row.amount for row in of_part if row.kind != "interest")
            charged = max(min(told, amount), ZERO)
            if charged:
                yield charge("charged interest", first, part, charged)
        if rest := CONTEXT.subtract(amount, charged):
            yield opening(f"opening {part}", first, part, rest)


def _moved(book: Book, later: Sequence[Row]) -> Iterator[tuple[Posting, tuple[str, str]]]:
    """Payments and reversals, each with kind and reference of its line.

    A payment that stood when the balance was confirmed is put back as it was taken. What came on one day counts in the
    order in which it was booked.
    """
    paid = {row.reference: book.day(row.at) for row in later if row.kind == "payment"}
    names = {each: f"{place:06} {each}" for place, each in enumerate(dict.fromkeys(row.reference for row in later))}
    for reference, name in names.items():
        rows = [row for row in later if row.reference == reference]
        day, undone = book.day(rows[0].at), rows[0].reverses
        if undone is None:
            amount = CONTEXT.minus(total(row.amount for row in rows))
            yield payment(name, day, amount), ("payment", reference)
        elif undone in paid:
            yield reversal(name, max(day, paid[undone]), names[undone]), ("reversal", reference)
        else:
            for row in rows:
                yield charge(f"{name} {row.component}", day, row.component, row.amount), ("reversal", reference)


def _booked(book: Book, row: Row) -> Booked:
    """An entry as a line: what was reckoned stands on the day on which it ended."""
    told = row.reckoned
    if told is None:
        return Booked(book.day(row.at), row.kind, row.reference, row.component, row.amount)
    found = accrued(told, row) if row.kind == "interest" else None
    return Booked(date.fromisoformat(told["end"]), row.kind, told["name"], row.component, row.amount, found)


def shares(book: Book, new: Row, today: date) -> dict[Component, Decimal]:
    """What a payment that is yet to be booked takes off each component."""
    amount, paid = CONTEXT.minus(new.amount), dict[Component, Decimal]()
    day = max(book.latest(today), book.day(new.at))
    anchor = _anchor(book, day)
    terms = Terms() if book.contract is None else grown(book.contract)
    if anchor is None or new.at <= anchor:
        # It stands among what was confirmed: of what has grown since, it takes nothing.
        held = book if anchor is None else book.until(anchor)
        sums = dict[Component, Decimal]()
        for part in COMPONENTS:
            sums[part] = total(row.amount for row in held.rows if row.component == part)
        found = allocate(terms.order_on(book.day(new.at)), sums, amount)
        paid |= found.paid
        paid["principal"] = CONTEXT.add(paid["principal"], found.unallocated)
    else:
        found = reckon(replace(book, rows=(*book.rows, new)), day)
        taken = () if found.claim is None else found.claim.taken
        line = ("payment", new.reference)
        changed = next(each.changed for each in taken if found.shown.get(each.posting.id) == line)
        for part in COMPONENTS:
            paid[part] = CONTEXT.minus(changed.get(part, NOTHING))
    return dict(each for each in paid.items() if each[1])


def grown_until(book: Book, at: datetime) -> list[tuple[str, Component, Decimal, Json]]:
    """What had grown by an instant, as entries to be written: kind, component, amount and how it was reckoned."""
    found = reckon(book.until(at), book.day(at))
    claim, written = found.claim, list[tuple[str, Component, Decimal, Json]]()
    if claim is None:
        return written
    for taken in claim.taken:
        posting = taken.posting
        if found.shown.get(posting.id) == ("charge", posting.id) and posting.component is not None:
            told = {"name": posting.id, "end": str(posting.day)}
            written.append(("charge", posting.component, posting.amount, told))
    for row in claim.rows:
        written.append(("interest", row.component, row.interest, _told(row)))
    return written


def _told(row: AccruedRow) -> Json:
    return {
        "name": row.name,
        "start": str(row.start),
        "end": str(row.end),
        "days": row.days,
        "base": f"{row.base:f}",
        "rate": f"{row.rate:f}",
        "by": row.by,
        "on": row.on,
        "clause": row.clause,
    }


def accrued(told: Json, row: Row) -> AccruedRow:
    """A row of interest as it was written down."""
    return AccruedRow(
        told["name"],
        row.component,
        date.fromisoformat(told["start"]),
        date.fromisoformat(told["end"]),
        told["days"],
        Decimal(told["base"]),
        Decimal(told["rate"]),
        cast("DayCount | None", told["by"]),
        cast("Base", told["on"]),
        row.amount,
        told["clause"],
    )
