"""Draws valid money cases of every kind, with edges more often than in life: month ends, leap days, halves of a cent."""

from collections.abc import Callable
from datetime import date, timedelta
from random import Random
from typing import Any

Json = dict[str, Any]
BASES = ("ACT/360", "ACT/365", "ACT/ACT", "30/360")
EDGES = ("0.00", "0.01", "0.05", "1.00", "50.00", "1000.00", "10000.00", "10000.01", "100000.00", "1000000000000000.00")
TURNS = ((2, 28), (2, 29), (3, 1), (12, 31), (1, 1), (1, 30), (1, 31), (4, 30), (10, 1))


def drawn(kind: str, dice: Random) -> Json:
    """A case of a kind."""
    return {"kind": kind} | DRAWS[kind](dice)


def amount(dice: Random, most: int = 10**8) -> str:
    if dice.random() < 0.15:
        return dice.choice(EDGES)
    whole = dice.randrange(dice.choice((10, 1_000, 100_000, most)))
    return f"{whole}.{dice.choice(('00', '05', '50', '10', f'{dice.randrange(100):02}'))}"


def rate(dice: Random, digits: int = 4) -> str:
    return f"0.{dice.randrange(10**digits // 2):0{digits}}"


def day(dice: Random, first: int = 1999, last: int = 2101) -> date:
    year = dice.choice((2000, 2024, 2026, 2028, 2100, dice.randrange(first, last)))
    if dice.random() < 0.4:
        month, number = dice.choice(TURNS)
        try:
            return date(year, month, number)
        except ValueError:
            return date(year, 2, 28)
    return date(year, 1, 1) + timedelta(days=dice.randrange(365))


def dates(dice: Random) -> Json:
    start = day(dice)
    length = dice.choice((0, 1, 28, 29, 30, 31, 59, 60, 90, 153, 366, dice.randrange(800)))
    return {"start": str(start), "end": str(start + timedelta(days=length))}


def period(dice: Random, by: str = "ACT/365") -> Json:
    if by in BASES[:2] and dice.random() < 0.4:
        return {"days": str(dice.randrange(1_000))}
    return dates(dice)


def steps(dice: Random, given: Json, name: str, value: Callable[[Random], str], *, covers: bool = True) -> list[Json]:
    """A table that begins before the period or on its first day, some of whose values come twice."""
    start = date.fromisoformat(given["start"])
    days = {start - timedelta(days=dice.choice((0, 0, 1, 400)))} if covers else set[date]()
    days |= {start + timedelta(days=dice.randrange(-5, 400)) for _ in range(dice.randrange(5))}
    if covers and min(days) > start:
        days.add(start)
    values = [value(dice), value(dice), value(dice)]
    return [{"from": str(each), name: dice.choice(values)} for each in sorted(days)]


def simple_interest(dice: Random) -> Json:
    if dice.random() < 0.4:
        return {"principal": amount(dice), "daily_rate": rate(dice, 6), **period(dice)}
    by = dice.choice(BASES)
    return {"principal": amount(dice), "rate": rate(dice), "day_count": by, **period(dice, by)}


def late_performance_interest_cn(dice: Random) -> Json:
    return {"principal": amount(dice), **period(dice)}


def lpr_interest(dice: Random) -> Json:
    given = dates(dice) | {"principal": amount(dice), "multiple": dice.choice(("0", "1", "1.3", "1.5", "4"))}
    given |= {"day_count": dice.choice(BASES), "lpr": steps(dice, given, "rate", rate)}
    if dice.random() < 0.5:
        given["principal_changes"] = steps(dice, given, "principal", amount, covers=False)
    return given


def capped_interest(dice: Random) -> Json:
    given = dates(dice) | {"principal": amount(dice), "contract_rate": rate(dice)}
    return given | {"day_count": dice.choice(BASES), "caps": steps(dice, given, "rate", rate)}


def compound_late_interest(dice: Random) -> Json:
    by = dice.choice(BASES)
    given = {"principal": amount(dice), "unpaid_interest": amount(dice), "contract_rate": rate(dice), "day_count": by}
    return given | {"uplift": dice.choice(("0", "0.3", "0.5", "1")), **period(dice, by)}


def card_interest_cn(dice: Random) -> Json:
    first = day(dice)

    def movements(fewest: int) -> list[Json]:
        days = (first + timedelta(days=dice.randrange(45)) for _ in range(dice.randrange(fewest, 6)))
        return [{"date": str(each), "amount": amount(dice, 10_000)} for each in days]

    rates = {"daily_rate": "0.0005", "minimum_rate": "0.10", "late_fee_rate": "0.05", "late_fee_floor": "10.00"}
    moves = {"purchases": movements(1), "payments": movements(0), "paid_by_due_date": amount(dice, 10_000)}
    return rates | moves | {"to": str(first + timedelta(days=dice.randrange(-3, 60)))}


def late_payment_gb(dice: Random) -> Json:
    principal = dice.choice(("999.99", "1000.00", "9999.99", "10000.00", amount(dice)))
    return {"principal": principal, "reference_rate": rate(dice), **period(dice)}


def allocation(dice: Random) -> Json:
    parts = ["costs", "interest", "principal"]
    balances = {part: amount(dice) for part in parts}
    return {"order": dice.sample(parts, 3), "balances": balances, "payment": amount(dice)}


def allocation_pro_rata(dice: Random) -> Json:
    debts = [dice.choice(("0.00", "1.00", "1.00", amount(dice, 1_000))) for _ in range(dice.randrange(1, 9))]
    return {"debts": debts, "payment": amount(dice, 1_000)}


def of_amount(dice: Random) -> Json:
    edge = dice.choice((1_000, 10_000, 100_000, 200_000, 500_000, 1_000_000, 2_000_000, 5_000_000, 10**7, 2 * 10**7))
    cents = max(edge * 100 + dice.randrange(-3, 4), 0)
    return {"amount": dice.choice((amount(dice, 10**9), f"{cents // 100}.{cents % 100:02}"))}


def validation_itemisation(dice: Random) -> Json:
    return {name: amount(dice) for name in ("on_date", "interest", "fees", "credits")}


def rest(dice: Random, near: date) -> Json:
    def some() -> list[str]:
        return [str(near + timedelta(days=dice.randrange(-2, 9))) for _ in range(dice.randrange(8))]

    return {"weekends_rest": dice.random() < 0.7, "rest_days": some(), "work_days": some()[:2]}


def limitation_date_cn(dice: Random) -> Json:
    event, years = day(dice, last=2090), dice.randrange(21)
    near = date(event.year + years, event.month, min(event.day, 28))
    return {"event_date": str(event), "years": str(years), **rest(dice, near)}


def period_end_cn(dice: Random) -> Json:
    event, count = day(dice), dice.randrange(60)
    if dice.random() < 0.5:
        return {"event_date": str(event), "days": str(count), **rest(dice, event + timedelta(days=count))}
    return {"event_date": str(event), "months": str(count), **rest(dice, event + timedelta(days=30 * count))}


def holidays(dice: Random, near: date) -> list[str]:
    return [str(near + timedelta(days=dice.randrange(12))) for _ in range(dice.randrange(5))]


def reg_f_period_end(dice: Random) -> Json:
    sent = day(dice)
    return {"sent_on": str(sent), "holidays": holidays(dice, sent)}


def default_notice_date_gb(dice: Random) -> Json:
    posted = day(dice)
    working_days = str(dice.randrange(5))
    return {"posted_on": str(posted), "working_days_to_service": working_days, "holidays": holidays(dice, posted)}


def letter_of_claim_dates_gb(dice: Random) -> Json:
    return {"letter_date": str(day(dice))}


def amount_in_words_cn(dice: Random) -> Json:
    def digits() -> str:
        marks = dice.choice(("01", "0005", "0123456789"))
        return "".join(dice.choice(marks) for _ in range(dice.randrange(1, 17)))

    return {"amounts": [f"{digits()}.{dice.choice('0001')}{dice.choice('0035')}" for _ in range(5)]}


DRAWS: dict[str, Callable[[Random], Json]] = {
    each.__name__: each
    for each in (
        simple_interest,
        late_performance_interest_cn,
        lpr_interest,
        capped_interest,
        compound_late_interest,
        card_interest_cn,
        late_payment_gb,
        allocation,
        allocation_pro_rata,
        validation_itemisation,
        limitation_date_cn,
        period_end_cn,
        reg_f_period_end,
        default_notice_date_gb,
        letter_of_claim_dates_gb,
        amount_in_words_cn,
    )
} | {"court_fee_cn": of_amount, "preservation_fee_cn": of_amount}


PARTS = ("principal", "interest", "penalty_interest", "compound_interest", "fee", "cost")


def account(dice: Random) -> Json:
    """An account of some months: charges, payments, waivers, reversals and back-dated ones, and rates that change."""
    start = day(dice)
    length = dice.choice((30, 90, 200))

    busy = [start, *(start + timedelta(days=dice.randrange(length)) for _ in range(3))]

    def some_day() -> date:
        """A day of its own, or one on which more happens."""
        return dice.choice((*busy, start + timedelta(days=dice.randrange(length))))

    def table() -> list[Json]:
        days = sorted({start, *(some_day() for _ in range(dice.randrange(3)))})
        return [{"from": str(each), "rate": dice.choice(("0", "0.0435", rate(dice), rate(dice)))} for each in days]

    made = (("interest", "principal"), ("penalty_interest", "principal"), ("compound_interest", "charged_interest"))
    accruals: list[Json] = [
        {"component": part, "on": on, "by": dice.choice((*BASES, "ACT/365")), "rates": table()}
        for part, on in made
        if dice.random() < 0.7
    ]
    if dice.random() < 0.2:
        daily = [{"from": str(start), "rate": "0.0005"}]
        accruals.append({"component": "interest", "on": "principal", "by": None, "rates": daily})
    first = {"id": "p00", "day": str(start), "kind": "charge", "component": "principal", "amount": amount(dice, 50_000)}
    postings = [first, *(_posting(dice, f"p{number:02}", some_day()) for number in range(1, dice.randrange(2, 9)))]
    return {
        "postings": [*postings, *_reversals(dice, postings, start + timedelta(days=length))],
        "accruals": accruals,
        "order": dice.sample(PARTS, 6) if dice.random() < 0.3 else list(reversed(PARTS)),
        "as_of": str(dice.choice((some_day(), start + timedelta(days=dice.randrange(length + 20))))),
    }


def _posting(dice: Random, name: str, on: date) -> Json:
    kind = dice.choice(("charge", "payment", "payment", "payment", "credit"))
    found = {"id": name, "day": str(on), "kind": kind, "amount": amount(dice, 20_000)}
    return found if kind == "payment" else found | {"component": dice.choice(PARTS)}


def _reversals(dice: Random, postings: list[Json], last: date) -> list[Json]:
    found: list[Json] = []
    for each in postings:
        if each["kind"] == "payment" and dice.random() < 0.3:
            paid = date.fromisoformat(each["day"])
            on = paid + timedelta(days=dice.randrange((last - paid).days + 1) * dice.randrange(2))
            found.append({"id": f"a{each['id']}", "day": str(on), "kind": "reversal", "reverses": each["id"]})
    return found
