"""A second reading of what an account owes on a day: one morning after the other, in fractions.

Every morning the clerk asks what is owed today and at which rate, and puts the day's interest on a slip for each kind.
A slip is torn off, rounded and booked when its base or rate is another than yesterday's, and before any money is
taken. Nothing here was shared with the room that it judges: an account is plain lists and texts.
"""

from datetime import date, timedelta
from fractions import Fraction
from typing import Any

from tests.oracle.money import cents, is_leap, of, thirty_360

Json = dict[str, Any]
PARTS: tuple[str, ...] = ("principal", "interest", "penalty_interest", "compound_interest", "fee", "cost")
FIRST = {"charge": 1, "credit": 2, "payment": 3, "reversal": 4}


class Slip:
    """The interest of one kind since it last changed."""

    def __init__(self, first: date, base: Fraction, rate: Fraction) -> None:
        self.first, self.base, self.rate = first, base, rate

    def interest(self, by: str | None, end: date) -> str:
        return cents(self.base * self.rate * weight(by, self.first, end))


def weight(by: str | None, first: date, end: date) -> Fraction:
    """Each day's part of a year, added up; thirty-day months have no days to add."""
    if by == "30/360":
        return Fraction(thirty_360(str(first), str(end)), 360)
    days = [first + timedelta(days=count) for count in range((end - first).days)]
    return sum((Fraction(1, year_of(by, day)) for day in days), Fraction(0))


def year_of(by: str | None, day: date) -> int:
    if by is None:
        return 1
    return (366 if is_leap(day.year) else 365) if by == "ACT/ACT" else int(by.removeprefix("ACT/"))


def owed(account: Json) -> dict[str, str]:
    """The balance by component at the end of `as_of`."""
    undone = [each for each in account["postings"] if each["kind"] == "reversal"]
    same_day = {each["reverses"] for each in undone if each["day"] == _day(account, each)}
    books = Books(account)
    postings = [each for each in account["postings"] if not {each["id"], each.get("reverses")} & same_day]
    if not postings:
        return books.told()
    today, last = date.fromisoformat(min(each["day"] for each in postings)), date.fromisoformat(account["as_of"])
    while today <= last:
        of_today = [each for each in postings if each["day"] == str(today)]
        if any(each["kind"] != "charge" for each in of_today) or today == last:
            books.tear_all(today)
        for each in sorted(of_today, key=lambda each: (FIRST[each["kind"]], each["id"])):
            books.book(each)
        books.morning(today)
        today += timedelta(days=1)
    return books.told()


def _day(account: Json, reversal: Json) -> str:
    return next(each["day"] for each in account["postings"] if each["id"] == reversal["reverses"])


class Books:
    def __init__(self, account: Json) -> None:
        self.accruals: list[Json] = account["accruals"]
        self.order: list[str] = account["order"]
        self.owed: dict[str, Fraction] = dict.fromkeys(PARTS, Fraction(0))
        self.charged = Fraction(0)
        self.took: dict[str, tuple[dict[str, Fraction], Fraction]] = {}
        self.slips: dict[int, Slip] = {}

    def told(self) -> dict[str, str]:
        return {part: cents(amount) for part, amount in self.owed.items()}

    def tear(self, number: int, today: date) -> None:
        slip = self.slips.pop(number, None)
        if slip is not None:
            accrual = self.accruals[number]
            self.owed[accrual["component"]] += of(slip.interest(accrual["by"], today))

    def tear_all(self, today: date) -> None:
        for number in list(self.slips):
            self.tear(number, today)

    def morning(self, today: date) -> None:
        for number, accrual in enumerate(self.accruals):
            base = self.owed["principal"] if accrual["on"] == "principal" else self.charged
            rate = Fraction(0)
            for step in accrual["rates"]:
                if step["from"] <= str(today):
                    rate = of(step["rate"])
            slip = self.slips.get(number)
            if slip is not None and (slip.base, slip.rate) != (base, rate):
                self.tear(number, today)
            if number not in self.slips and base > 0 and rate > 0:
                self.slips[number] = Slip(today, base, rate)

    def book(self, each: Json) -> None:
        if each["kind"] == "charge":
            self.owed[each["component"]] += of(each["amount"])
            self.charged += of(each["amount"]) if each["component"] == "interest" else 0
            return
        if each["kind"] == "reversal":
            parts, from_charged = self.took[each["reverses"]]
            for part, amount in parts.items():
                self.owed[part] += amount
            self.charged += from_charged
            return
        purse, parts = of(each["amount"]), dict.fromkeys(PARTS, Fraction(0))
        for part in [each["component"]] if each["kind"] == "credit" else self.order:
            parts[part] = max(min(purse, self.owed[part]), Fraction(0))
            purse -= parts[part]
        if each["kind"] == "payment":
            parts["principal"] += purse
        from_charged = min(parts["interest"], self.charged)
        self.charged -= from_charged
        for part, amount in parts.items():
            self.owed[part] -= amount
        self.took[each["id"]] = (parts, from_charged)
