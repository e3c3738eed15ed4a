"""The kinds of published cases: for each, how its inputs are read, which calculation it is, and how that is written.

A kind is one function here; the calculations stand in the other modules and know no JSON.
"""

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any, Final

from forbear.money import card, fees, interest, itemisation, legal_dates, words_cn
from forbear.money.allocation import allocate, allocate_pro_rata
from forbear.money.day_count import DAY_COUNTS, DAYS_OF_YEAR, DayCount, Length, between, by_the_day, of_days
from forbear.money.exact import CONTEXT
from forbear.money.reading import Node

Answer = dict[str, Any]
MOST_DAYS, MOST_MONTHS, MOST_YEARS, MOST_TO_SERVICE = 200_000, 9_999, 999, 999
PARTS: Final = ("costs", "interest", "principal")


def of_kind(given: Node) -> Answer:
    """The answer to a case of any kind."""
    found = KINDS[given.choice("kind", KINDS)](given)
    given.done()
    return found


def _money(amount: Decimal) -> str:
    return f"{amount:f}"


def _each(amounts: Mapping[str, Decimal]) -> dict[str, str]:
    return {name: _money(amount) for name, amount in amounts.items()}


def _dates(given: Node) -> tuple[date, date]:
    start, end = given.day("start"), given.day("end")
    if end < start:
        raise given.refuse("end", "comes before start", "Send the day after the last")
    return start, end


def _has_days(given: Node) -> bool:
    """Whether the period is told by its days alone; `BadInput` where it is told both ways."""
    if given.has("days") and (given.has("start") or given.has("end")):
        raise given.refuse("days", "stands beside start or end", "Send days, or start and end")
    return given.has("days")


def _length(given: Node, by: DayCount) -> Length:
    if not _has_days(given):
        return between(*_dates(given), by)
    if by not in DAYS_OF_YEAR:
        raise given.refuse("days", f"is not enough for {by}", "Send start and end")
    return of_days(given.count("days", MOST_DAYS), by)


def _days(given: Node) -> int:
    if _has_days(given):
        return given.count("days", MOST_DAYS)
    start, end = _dates(given)
    return (end - start).days


def simple_interest(given: Node) -> Answer:
    principal = given.amount("principal")
    if given.has("rate") and given.has("daily_rate"):
        raise given.refuse("daily_rate", "stands beside rate", "Send one of the two")
    if given.has("daily_rate"):
        return _daily_interest(given, principal, given.rate("daily_rate"))
    if not given.has("rate"):
        raise given.refuse("rate", "is missing", "Send rate with day_count, or daily_rate")
    rate, by = given.rate("rate"), given.choice("day_count", DAY_COUNTS)
    length = _length(given, by)
    found = {"days": str(length.days), "interest": _money(interest.simple(principal, rate, length))}
    a_day = interest.per_diem(principal, rate, by)
    return found if a_day is None else found | {"per_diem": _money(a_day)}


def late_performance_interest_cn(given: Node) -> Answer:
    return _daily_interest(given, given.amount("principal"), interest.LATE_PERFORMANCE_CN)


def _daily_interest(given: Node, principal: Decimal, rate: Decimal) -> Answer:
    if given.has("day_count"):
        raise given.refuse("day_count", "has no meaning for a daily rate", "Remove it, or send a yearly rate")
    length = by_the_day(_days(given))
    return {
        "days": str(length.days),
        "interest": _money(interest.simple(principal, rate, length)),
        "per_diem": _money(interest.per_diem_of_daily(principal, rate)),
    }


def lpr_interest(given: Node) -> Answer:
    principal, (start, end) = given.amount("principal"), _dates(given)
    multiple, by = given.rate("multiple"), given.choice("day_count", DAY_COUNTS)
    reference = given.steps("lpr", "rate", covers=start)
    changed = given.has("principal_changes")
    later = given.steps("principal_changes", "principal", money=True) if changed else ()
    found = interest.floating(principal, reference, multiple=multiple, start=start, end=end, by=by, later=later)
    rows = [_row(row) | {"interest": _money(row.interest)} for row in found.rows]
    return {"rows": rows, "total": _money(found.total), "rounded_once": _money(found.rounded_once)}


def _row(row: interest.Row | interest.CappedRow) -> dict[str, str]:
    return {"start": str(row.start), "end": str(row.end), "days": str(row.days)}


def capped_interest(given: Node) -> Answer:
    principal, rate, (start, end) = given.amount("principal"), given.rate("contract_rate"), _dates(given)
    by, caps = given.choice("day_count", DAY_COUNTS), given.steps("caps", "rate", covers=start)
    found = interest.capped(principal, rate, caps, start=start, end=end, by=by)
    sums = ("contract", "cap", "claimable")
    rows = [_row(row) | {name: _money(getattr(row, name)) for name in sums} for row in found.rows]
    return {"rows": rows} | {name: _money(getattr(found, name)) for name in (*sums, "waived")}


def compound_late_interest(given: Node) -> Answer:
    principal, unpaid = given.amount("principal"), given.amount("unpaid_interest")
    rate, uplift = given.rate("contract_rate"), given.rate("uplift")
    found = interest.late(principal, rate, uplift, unpaid, _length(given, given.choice("day_count", DAY_COUNTS)))
    return _each({"penalty_interest": found.penalty, "compound_interest": found.compound, "total": found.total})


def card_interest_cn(given: Node) -> Answer:
    purchases, payments = _movements(given, "purchases"), _movements(given, "payments")
    minimum = card.minimum_payment(given.rate("minimum_rate"), purchases)
    fee = card.LateFee(given.rate("late_fee_rate"), given.amount("late_fee_floor"))
    rows = card.card_rows(given.rate("daily_rate"), purchases, payments, given.day("to"))
    return {
        "interest": _money(card.card_interest(rows)),
        "minimum_payment": _money(minimum),
        "late_fee": _money(fee.of(minimum, given.amount("paid_by_due_date"))),
    }


def _movements(given: Node, key: str) -> tuple[card.Movement, ...]:
    found: list[card.Movement] = []
    for row in given.children(key, filled=key == "purchases"):
        found.append(card.Movement(row.day("date"), row.amount("amount")))
        row.done()
    return tuple(found)


def late_payment_gb(given: Node) -> Answer:
    principal, reference = given.amount("principal"), given.rate("reference_rate")
    length = of_days(_days(given), "ACT/365")
    rate = CONTEXT.add(reference, interest.LATE_PAYMENT_GB_OVER_REFERENCE)
    return {
        "days": str(length.days),
        "interest": _money(interest.simple(principal, rate, length)),
        "fixed_sum": _money(interest.fixed_sum_gb(principal)),
    }


def allocation(given: Node) -> Answer:
    order, node = given.words("order", PARTS), given.child("balances")
    balances = {part: node.amount(part) for part in PARTS}
    node.done()
    found = allocate(order, balances, given.amount("payment"))
    paid, left = ({part: amounts[part] for part in PARTS} for amounts in (found.paid, found.left))
    return {"paid": _each(paid), "left": _each(left), "unallocated": _money(found.unallocated)}


def allocation_pro_rata(given: Node) -> Answer:
    found = allocate_pro_rata(given.amounts("debts"), given.amount("payment"))
    return {"shares": [_money(share) for share in found.shares], "unallocated": _money(found.unallocated)}


def court_fee_cn(given: Node) -> Answer:
    found = fees.court_fee_cn(given.amount("amount"))
    return _each({"full": found.full, "half": found.half, "third": found.third})


def preservation_fee_cn(given: Node) -> Answer:
    return {"fee": _money(fees.preservation_fee_cn(given.amount("amount")))}


def validation_itemisation(given: Node) -> Answer:
    parts = (given.amount(name) for name in ("on_date", "interest", "fees", "credits"))
    return {"total": _money(itemisation.Itemisation(*parts).total)}


def limitation_date_cn(given: Node) -> Answer:
    years = given.count("years", MOST_YEARS)
    return {"last_day": str(legal_dates.last_day_cn(given.day("event_date"), years, "years", _rest_days(given)))}


def period_end_cn(given: Node) -> Answer:
    if given.has("days") == given.has("months"):
        told = "stands beside months" if given.has("days") else "is missing"
        raise given.refuse("days", told, "Send days or months")
    unit: legal_dates.Unit = "days" if given.has("days") else "months"
    count = given.count(unit, MOST_DAYS if unit == "days" else MOST_MONTHS)
    return {"last_day": str(legal_dates.last_day_cn(given.day("event_date"), count, unit, _rest_days(given)))}


def _rest_days(given: Node) -> legal_dates.RestDays:
    return legal_dates.RestDays(given.flag("weekends_rest"), given.days("rest_days"), given.days("work_days"))


def reg_f_period_end(given: Node) -> Answer:
    found = legal_dates.validation_period_us(given.day("sent_on"), given.days("holidays"))
    return {"assumed_receipt": str(found.assumed_receipt), "period_end": str(found.period_end)}


def default_notice_date_gb(given: Node) -> Answer:
    working_days = given.count("working_days_to_service", MOST_TO_SERVICE)
    found = legal_dates.default_notice_gb(given.day("posted_on"), working_days, given.days("holidays"))
    names = ("deemed_service", "earliest_date", "recommended_date")
    return {name: str(getattr(found, name)) for name in names}


def letter_of_claim_dates_gb(given: Node) -> Answer:
    found = legal_dates.letter_of_claim_gb(given.day("letter_date"))
    return {"reply_by": str(found.reply_by), "earliest_issue": str(found.earliest_issue)}


def amount_in_words_cn(given: Node) -> Answer:
    return {"words": [words_cn.in_words(amount) for amount in given.amounts("amounts")]}


KINDS: Final[dict[str, Callable[[Node], Answer]]] = {
    calculation.__name__: calculation
    for calculation in (
        simple_interest,
        late_performance_interest_cn,
        lpr_interest,
        capped_interest,
        compound_late_interest,
        card_interest_cn,
        late_payment_gb,
        allocation,
        allocation_pro_rata,
        court_fee_cn,
        preservation_fee_cn,
        validation_itemisation,
        limitation_date_cn,
        period_end_cn,
        reg_f_period_end,
        default_notice_date_gb,
        letter_of_claim_dates_gb,
        amount_in_words_cn,
    )
}
