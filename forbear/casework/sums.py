"""The sums of a claim on its cut-off day: from the one source of every figure, with the lines that lead to them.

Nobody types a sum. What was paid before the account came to us, its lender says in fields of their own.
"""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Final

from sqlalchemy import select

from forbear.casework.found import Found
from forbear.casework.record import CaseRecord
from forbear.casework.recourse import of_recourse
from forbear.casework.words import COMPONENTS as NAMES
from forbear.casework.words import MOVEMENTS, PER, said
from forbear.ledger.cases.money import RECOURSE
from forbear.ledger.days import begins, zone_of
from forbear.ledger.owed import Owed, owed_on
from forbear.ledger.schedule_fields import grown_fields
from forbear.ledger.statements import statement_of
from forbear.ledger.tables.accounts import Payment
from forbear.money.components import COMPONENTS
from forbear.money.currency import read_amount, write_amount
from forbear.money.exact import total
from forbear.money.statements import Line, Statement
from forbear.ports.papers import Figure

GROUP: Final = "sums"
INTEREST: Final = ("interest", "penalty_interest", "compound_interest")
SCHEDULE: Final = "cn.schedule.interest"
"""The kind of paper for which the record fills a schedule; one of a packet has the same figures."""
DAILY: Final = "daily"
GROWN: Final = ("per_diem", "per_diem_exact", "capped", "cap_reason", "interest_in_all", "cap_allows", "claimed",
                "given_up")  # fmt: skip
TOTALLED: Final = ("sum_total", "court_fee", "legal_costs")
"""Lines of a claim form, beside interest under an enactment."""
MOST_MOVEMENTS: Final = 600


def find_sums(record: CaseRecord, cut_off: date, language: str, known: Mapping[str, Any], found: Found) -> Owed:
    """Give the sums, their lines and their schedule; returns what is owed."""
    session, account, now = record.session, record.account, record.now
    if record.case.kind == RECOURSE:
        owed, statement = of_recourse(record, cut_off)
        grown: Mapping[str, Any] = {}
    else:
        owed = owed_on(session, account, now, cut_off)
        statement = statement_of(session, account.id, cut_off, now)
        grown = grown_fields(session, account, SCHEDULE, now, cut_off)
    since = statement.lines[0].day if record.case.kind == RECOURSE and statement.lines else account.due_since

    def money(amount: Decimal) -> str:
        return write_amount(amount, account.currency)

    interest = total(owed.parts[part] for part in COMPONENTS if part in INTEREST)
    found.give(
        GROUP,
        {
            "cut_off": cut_off,
            **{f"sum_{part}": money(owed.parts[part]) for part in COMPONENTS},
            "sum_all_interest": money(interest),
            "sum_all_charges": money(interest + owed.parts["fee"]),
            "sum_total": money(owed.total),
            "overdue_since": since + timedelta(days=1),
            "overdue_days": (cut_off - since).days,
            "overdue": since < cut_off and owed.total > 0,
            "per_diem": money(Decimal(0)) if record.case.kind == RECOURSE or not _grows(record) else None,
            **{name: grown.get(name) for name in GROWN},
            "segments": [dict(_segment(row, language, known)) for row in grown.get("segments", ())],
            "day_basis": _basis(grown),
            "movements": [dict(_movement(line, language, account.currency)) for line in statement.lines],
            "opening_balance": money(Decimal(0)),
            "allocations": [
                dict(_allocation(line, account.currency)) for line in statement.lines if line.kind == "payment"
            ],
        },
    )
    if record.case.kind != RECOURSE:
        _paid(record, owed, statement, known, found)
    _check_since(record, cut_off, found)
    _check(owed, statement, found)
    return owed


def figures_of(owed: Owed) -> tuple[Figure, ...]:
    """As a paper is given them."""
    return tuple(Figure(part, owed.parts[part]) for part in COMPONENTS if owed.parts[part])


def _grows(record: CaseRecord) -> bool:
    """Whether terms were told, so that something may grow although there is no stretch of it yet."""
    from forbear.ledger.terms import told_of

    return bool(told_of(record.session, record.account.id))


def _segment(row: Mapping[str, Any], language: str, known: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    daily = row["day_count"] == DAILY
    per = said(PER, language, "day" if daily else "year")
    clauses = {"interest": "rate_clause", "penalty_interest": "penalty_clause", "compound_interest": "compound_clause"}
    yield from ((name, row[name]) for name in ("kind", "start", "end", "days", "base"))
    yield from (("rate", f"{row['rate']}{per}"), ("amount", row["result"]))
    if basis := known.get(clauses.get(str(row["kind"]), "")):
        yield "basis", str(basis)[:80]


def _basis(grown: Mapping[str, Any]) -> str:
    """By which days a year is reckoned, where the terms say one thing only."""
    counts = {str(row["day_count"]) for row in grown.get("segments", ()) if row["day_count"] != DAILY}
    return counts.pop() if len(counts) == 1 else ""


def _movement(line: Line, language: str, currency: str) -> Iterator[tuple[str, Any]]:
    parts = [said(NAMES, language, part) for part, amount in line.changed.items() if amount]
    words = said(MOVEMENTS, language, line.kind)
    yield from (("day", line.day), ("what", f"{words} ({', '.join(parts)})" if parts else words))
    if line.amount < 0:
        yield "credit", write_amount(-line.amount, currency)
    else:
        yield "debit", write_amount(line.amount, currency)
    yield "balance", write_amount(line.balance, currency)


def _allocation(line: Line, currency: str) -> Iterator[tuple[str, Any]]:
    def taken(*parts: str) -> str:
        return write_amount(-total(amount for part, amount in line.changed.items() if part in parts), currency)

    yield from (("day", line.day), ("amount", write_amount(-line.amount, currency)))
    yield from (("cost", taken("cost", "fee")), ("interest", taken(*INTEREST)), ("principal", taken("principal")))


def _paid(record: CaseRecord, owed: Owed, statement: Statement, known: Mapping[str, Any], found: Found) -> None:
    """What was paid: on the account as it stands, and before it came to us as its lender told."""
    currency = record.account.currency
    advanced, interest, before = (
        _amount(known.get(name), currency) for name in ("principal_advanced", "interest_paid_before", "paid_before")
    )
    payments = [line for line in statement.lines if line.kind == "payment"]
    booked = -total(
        amount
        for line in statement.lines
        if line.kind in {"payment", "reversal"}
        for part, amount in line.changed.items()
        if part in INTEREST
    )
    received = -total(line.amount for line in statement.lines if line.kind in {"payment", "reversal"})
    last = max(payments, key=lambda line: line.day, default=None)
    untouched = advanced is not None and advanced == owed.parts["principal"] and interest == 0
    found.give(
        GROUP,
        {
            "paid_principal": None
            if advanced is None or advanced < owed.parts["principal"]
            else write_amount(advanced - owed.parts["principal"], currency),
            "paid_interest": None if interest is None else write_amount(interest + booked, currency),
            "paid_total": None if before is None else write_amount(before + received, currency),
            "paid_on": last.day if last and owed.total == 0 else None,
            "paid_in_full_on": last.day if last and owed.total == 0 else None,
            "last_paid_on": last.day if last else known.get("last_paid_before_on"),
            "last_paid": write_amount(-last.amount, currency) if last else known.get("last_paid_before"),
            "never_paid": False
            if payments or known.get("last_paid_before_on")
            else (True if untouched else None),
        },
    )  # fmt: skip


def with_totals(values: dict[str, Any], currency: str) -> dict[str, Any]:
    """With the total of a claim form, where its lines were told and it was not."""
    lines = [_amount(values.get(name), currency) for name in TOTALLED]
    if "total_claimed" in values or None in lines:
        return values
    more = _amount(values.get("statutory_interest"), currency) or Decimal(0)
    return {**values, "total_claimed": write_amount(total([more, *(each for each in lines if each)]), currency)}


def _amount(told: object, currency: str) -> Decimal | None:
    """An amount that its lender told; what is none is told by the paper that prints it."""
    if isinstance(told, bool) or not isinstance(told, str | int | Decimal) or told == "":
        return None
    try:
        return read_amount(f"{told:f}" if isinstance(told, Decimal) else str(told), currency)
    except ValueError:
        return None


def _check_since(record: CaseRecord, cut_off: date, found: Found) -> None:
    """Nobody is sued for what they paid after the cut-off day: the claim is reckoned to a later one."""
    if record.case.kind == RECOURSE:
        came = [
            each.amount
            for each in of_recourse(record, date.max)[1].lines
            if each.kind == "payment" and each.day > cut_off
        ]
    else:
        after = begins(cut_off + timedelta(days=1), zone_of(record.session, record.account.id))
        came = list(
            record.session.scalars(
                select(Payment.amount).where(Payment.account == record.account.id, Payment.received_at >= after)
            )
        )
    if total(came):
        found.lack("cut_off", "money came in after this day", "Ask for the packet with a later cut-off day")


def _check(owed: Owed, statement: Statement, found: Found) -> None:
    """The same figure by whatever way it is reached, or no packet."""
    ends = statement.lines[-1].balance if statement.lines else Decimal(0)
    if not owed.total == statement.total == ends or dict(owed.parts) != dict(statement.owed):
        found.lack(
            "field:sum_total",
            "is not what the account's lines lead to",
            "Have the account's entries looked at",
            "operator",
        )
    if any(amount < 0 for amount in owed.parts.values()):
        found.lack(
            "field:sum_total",
            "less than nothing is owed of a component",
            "Have the account's entries looked at",
            "operator",
        )
    if len(statement.lines) > MOST_MOVEMENTS:
        found.lack(
            "field:movements",
            f"the account has {len(statement.lines)} lines",
            f"At most {MOST_MOVEMENTS} are printed",
            "operator",
        )
