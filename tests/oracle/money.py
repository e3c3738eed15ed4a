"""A second reading of the published money cases: slow, in fractions, a day at a time, and from their description alone.

A clerk with a calendar: every day's interest is looked up and added as a fraction, and only a finished row is rounded.
Valid cases only; what must be refused is tested where it is refused.
"""

import re
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

Json = dict[str, Any]
DAY = timedelta(days=1)


def answer(given: Json) -> Json:
    """What a case of any kind answers; all that the description names."""
    return KINDS[given["kind"]](given)


def cents(value: Fraction, places: int = 2) -> str:
    """Half up, by whole numbers: twice the value plus one, halved and cut."""
    scaled = value * 10**places
    whole = (2 * scaled.numerator + scaled.denominator) // (2 * scaled.denominator)
    sign, digits = ("-" if whole < 0 else ""), str(abs(whole)).rjust(places + 1, "0")
    return f"{sign}{digits[:-places]}.{digits[-places:]}"


def of(text: str) -> Fraction:
    """A decimal string, digit by digit."""
    whole, _, part = text.partition(".")
    return Fraction(int(whole + part), 10 ** len(part))


def added(texts: list[str]) -> str:
    return cents(sum((of(text) for text in texts), Fraction(0)))


def each_day(start: str, end: str) -> Iterator[date]:
    day = date.fromisoformat(start)
    while day < date.fromisoformat(end):
        yield day
        day += DAY


def held(table: list[Json], name: str, day: date) -> str | None:
    """The last row that has begun."""
    found = None
    for row in table:
        if date.fromisoformat(row["from"]) <= day:
            found = row[name]
    return found


def is_leap(year: int) -> bool:
    return year % 400 == 0 or (year % 4 == 0 and year % 100 != 0)


def thirty_360(start: str, end: str) -> int:
    """Every month has thirty days; a first day 31 is a 30, and so is a second one after a first that is 30."""
    year, month, day = (int(part) for part in start.split("-"))
    other_year, other_month, other_day = (int(part) for part in end.split("-"))
    if day == 31:
        day = 30
    if other_day == 31 and day == 30:
        other_day = 30
    return (other_year * 360 + other_month * 30 + other_day) - (year * 360 + month * 30 + day)


def share(given: Json, by: str) -> tuple[int, Fraction]:
    """The days of a period, and what part of a year they are."""
    if "days" in given:
        days = int(given["days"])
        return days, Fraction(days, int(by.removeprefix("ACT/")))
    if by == "30/360":
        days = thirty_360(given["start"], given["end"])
        return days, Fraction(days, 360)
    days, part = 0, Fraction(0)
    for day in each_day(given["start"], given["end"]):
        days += 1
        year = (366 if is_leap(day.year) else 365) if by == "ACT/ACT" else int(by.removeprefix("ACT/"))
        part += Fraction(1, year)
    return days, part


def simple_interest(given: Json) -> Json:
    if "daily_rate" in given:
        days, _ = share(given, "ACT/365")
        a_day = of(given["principal"]) * of(given["daily_rate"])
        return {"days": str(days), "interest": cents(a_day * days), "per_diem": cents(a_day, 4)}
    days, part = share(given, given["day_count"])
    a_year = of(given["principal"]) * of(given["rate"])
    found = {"days": str(days), "interest": cents(a_year * part)}
    if given["day_count"] in {"ACT/360", "ACT/365"}:
        found["per_diem"] = cents(a_year / int(given["day_count"].removeprefix("ACT/")), 4)
    return found


def late_performance_interest_cn(given: Json) -> Json:
    return simple_interest({**given, "daily_rate": "0.000175"})


def runs(start: str, end: str, sign: Callable[[date], object]) -> Iterator[tuple[str, str]]:
    """Stretches of days that look the same."""
    days = list(each_day(start, end))
    first = 0
    for place in range(1, len(days) + 1):
        if place == len(days) or sign(days[place]) != sign(days[first]):
            yield str(days[first]), str(days[place - 1] + DAY)
            first = place


def lpr_interest(given: Json) -> Json:
    def terms(day: date) -> tuple[Fraction, Fraction]:
        rate = held(given["lpr"], "rate", day)
        principal = held(given.get("principal_changes", []), "principal", day) or given["principal"]
        return of(str(rate)), of(principal)

    rows: list[Json] = []
    exact = Fraction(0)
    for start, end in runs(given["start"], given["end"], terms):
        days, part = share({"start": start, "end": end}, given["day_count"])
        rate, principal = terms(date.fromisoformat(start))
        interest = principal * rate * of(given["multiple"]) * part
        exact += interest
        rows.append({"start": start, "end": end, "days": str(days), "interest": cents(interest)})
    return {"rows": rows, "total": added([row["interest"] for row in rows]), "rounded_once": cents(exact)}


def capped_interest(given: Json) -> Json:
    def cap(day: date) -> int:
        return sum(date.fromisoformat(row["from"]) <= day for row in given["caps"])

    rows: list[Json] = []
    for start, end in runs(given["start"], given["end"], cap):
        days, part = share({"start": start, "end": end}, given["day_count"])
        limit = str(held(given["caps"], "rate", date.fromisoformat(start)))
        contract, most = (cents(of(given["principal"]) * of(rate) * part) for rate in (given["contract_rate"], limit))
        row = {"start": start, "end": end, "days": str(days), "contract": contract, "cap": most}
        rows.append({**row, "claimable": contract if of(contract) < of(most) else most})
    sums = {name: added([row[name] for row in rows]) for name in ("contract", "cap", "claimable")}
    return {"rows": rows, **sums, "waived": cents(of(sums["contract"]) - of(sums["claimable"]))}


def compound_late_interest(given: Json) -> Json:
    _, part = share(given, given["day_count"])
    rate = of(given["contract_rate"]) * (1 + of(given["uplift"]))
    penalty, compound = (cents(of(given[base]) * rate * part) for base in ("principal", "unpaid_interest"))
    return {"penalty_interest": penalty, "compound_interest": compound, "total": added([penalty, compound])}


def card_interest_cn(given: Json) -> Json:
    def owed(day: date) -> Fraction:
        moves = [(1, each) for each in given["purchases"]] + [(-1, each) for each in given["payments"]]
        return sum((sign * of(each["amount"]) for sign, each in moves if each["date"] <= str(day)), Fraction(0))

    first = min(each["date"] for each in given["purchases"] + given["payments"])
    rows = [
        cents(
            max(owed(date.fromisoformat(start)), Fraction(0)) * of(given["daily_rate"]) * len([*each_day(start, end)])
        )
        for start, end in runs(first, given["to"], owed)
    ]
    minimum = cents(of(given["minimum_rate"]) * of(added([each["amount"] for each in given["purchases"]])))
    missing = of(minimum) - of(given["paid_by_due_date"])
    fee = cents(max(of(cents(missing * of(given["late_fee_rate"]))), of(given["late_fee_floor"])))
    return {"interest": added(rows), "minimum_payment": minimum, "late_fee": fee if missing > 0 else "0.00"}


def late_payment_gb(given: Json) -> Json:
    days, part = share(given, "ACT/365")
    principal = of(given["principal"])
    interest = cents(principal * (of(given["reference_rate"]) + Fraction(8, 100)) * part)
    return {"days": str(days), "interest": interest, "fixed_sum": _fixed(principal)}


def _fixed(principal: Fraction) -> str:
    if principal < 1000:
        return "40.00"
    return "70.00" if principal < 10000 else "100.00"


def allocation(given: Json) -> Json:
    """Cent after cent would be slow for a million; the smaller of purse and debt is the same."""
    purse, paid = of(given["payment"]), dict[str, Fraction]()
    for part in given["order"]:
        paid[part] = min(purse, of(given["balances"][part]))
        purse -= paid[part]
    names = ("costs", "interest", "principal")
    return {
        "paid": {name: cents(paid[name]) for name in names},
        "left": {name: cents(of(given["balances"][name]) - paid[name]) for name in names},
        "unallocated": cents(purse),
    }


def allocation_pro_rata(given: Json) -> Json:
    debts = [of(debt) * 100 for debt in given["debts"]]
    payment, owed = of(given["payment"]) * 100, sum(debts, Fraction(0))
    given_out = min(payment, owed)
    exact = [given_out * debt / owed if owed else Fraction(0) for debt in debts]
    shares = [part.numerator // part.denominator for part in exact]
    while sum(shares) < given_out:
        gaps = [part - floor for part, floor in zip(exact, shares, strict=True)]
        place = gaps.index(max(gaps))
        shares[place] += 1
    return {
        "shares": [cents(Fraction(part, 100)) for part in shares],
        "unallocated": cents((payment - given_out) / 100),
    }


COURT = ((0, "0.025"), (100000, "0.02"), (200000, "0.015"), (500000, "0.01"), (1000000, "0.009"), (2000000, "0.008"),
         (5000000, "0.007"), (10000000, "0.006"), (20000000, "0.005"))  # fmt: skip
"""Each bracket's lower end and its rate; the first counts above ten thousand."""


def court_fee_cn(given: Json) -> Json:
    """Each bracket by the difference of its rate from the one below it, taken of all that lies above its lower end."""
    amount, fee, before = of(given["amount"]), Fraction(50), Fraction(0)
    for lower, rate in COURT:
        above = max(amount - (lower or 10000), Fraction(0))
        fee += above * (of(rate) - before)
        before = of(rate)
    return {"full": cents(fee), "half": cents(fee / 2), "third": cents(fee / 3)}


def preservation_fee_cn(given: Json) -> Json:
    amount = of(given["amount"])
    if amount <= 1000:
        return {"fee": "30.00"}
    if amount <= 100000:
        return {"fee": cents(30 + (amount - 1000) / 100)}
    return {"fee": cents(min(30 + 990 + (amount - 100000) / 200, Fraction(5000)))}


def validation_itemisation(given: Json) -> Json:
    added_up = of(given["on_date"]) + of(given["interest"]) + of(given["fees"])
    return {"total": cents(added_up - of(given["credits"]))}


def _rests(given: Json, day: date) -> bool:
    if str(day) in given["work_days"]:
        return False
    return str(day) in given["rest_days"] or (given["weekends_rest"] and day.isoweekday() in {6, 7})


def period_end_cn(given: Json) -> Json:
    end = date.fromisoformat(given["event_date"])
    for _ in range(int(given.get("days", "0"))):
        end += DAY
    months = int(given.get("months", "0")) + 12 * int(given.get("years", "0"))
    if months:
        wanted, year, month = end.day, end.year, end.month
        for _ in range(months):
            year, month = (year + 1, 1) if month == 12 else (year, month + 1)
        while True:
            try:
                end = date(year, month, wanted)
                break
            except ValueError:
                wanted -= 1
    while _rests(given, end):
        end += DAY
    return {"last_day": str(end)}


def _working(day: date, count: int, holidays: list[str]) -> date:
    seen = 0
    while seen < count:
        day += DAY
        if day.isoweekday() < 6 and str(day) not in holidays:
            seen += 1
    return day


def reg_f_period_end(given: Json) -> Json:
    receipt = _working(date.fromisoformat(given["sent_on"]), 5, given["holidays"])
    return {"assumed_receipt": str(receipt), "period_end": str(receipt + 30 * DAY)}


def default_notice_date_gb(given: Json) -> Json:
    count = int(given["working_days_to_service"])
    service = _working(date.fromisoformat(given["posted_on"]), count, given["holidays"])
    names = ("deemed_service", "earliest_date", "recommended_date")
    return {name: str(service + days * DAY) for name, days in zip(names, (0, 14, 15), strict=True)}


def letter_of_claim_dates_gb(given: Json) -> Json:
    letter = date.fromisoformat(given["letter_date"])
    return {"reply_by": str(letter + 30 * DAY), "earliest_issue": str(letter + 31 * DAY)}


def amount_in_words_cn(given: Json) -> Json:
    return {"words": [in_words(amount) for amount in given["amounts"]]}


def in_words(amount: str) -> str:
    """Every digit with its place, and then the empty places are struck out, as a clerk does with a pencil."""
    yuan, _, part = amount.partition(".")
    jiao, fen = (int(digit) for digit in part.ljust(2, "0"))
    marks = "零壹贰叁肆伍陆柒捌玖"
    whole = _whole([[marks[int(digit)] for digit in group] for group in _fours(yuan.lstrip("0"))])
    if not whole and not jiao and not fen:
        return "人民币零元整"
    end = f"{marks[jiao]}角" if jiao else ""
    end += f"{marks[fen]}分" if fen else ""
    if whole and (jiao or fen) and (not jiao or yuan.endswith("0")):
        end = f"零{end}"
    return "人民币" + (f"{whole}元" if whole else "") + end + ("" if fen else "整")


def _fours(digits: str) -> list[str]:
    digits = digits.rjust(-(-len(digits) // 4) * 4, "0")
    return [digits[place : place + 4] for place in range(0, len(digits), 4)]


def _whole(groups: list[list[str]]) -> str:
    text = ""
    for left, group in zip(reversed(range(len(groups))), groups, strict=True):
        spelled = "".join(mark + (unit if mark != "零" else "") for mark, unit in zip(group, "仟佰拾 ", strict=True))
        spelled = re.sub("零+", "零", spelled.replace(" ", "")).rstrip("零")
        text += (spelled or "空") + ("", "万", "亿", "兆")[left]
    text = re.sub("空[万兆]?", "零", text.replace("空亿", "亿零"))
    text = text.replace("兆", "万") if "亿" in text else text
    return re.sub("零+", "零", text).strip("零")


KINDS: dict[str, Callable[[Json], Json]] = {
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
        court_fee_cn,
        preservation_fee_cn,
        validation_itemisation,
        period_end_cn,
        reg_f_period_end,
        default_notice_date_gb,
        letter_of_claim_dates_gb,
        amount_in_words_cn,
    )
} | {"limitation_date_cn": period_end_cn}
