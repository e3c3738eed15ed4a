"""The validation period of Regulation F, counted by public holidays that are passed in.

12 CFR 1006.34(b)(5): receipt may be assumed on the fifth day after sending that is no Saturday, Sunday or
holiday of 5 U.S.C. 6103(a); the period's last day is a number of days after receipt.
"""

from datetime import date

from forbear.rules.day_counting import NotCovered, business_days_after, days_after, rests
from forbear.rules.facts import Calendar


def assumed_receipt(sent_on: date, receipt_days: int, calendar: Calendar) -> date:
    """The `receipt_days`th business day after sending; `NotCovered` where the calendar does not reach."""
    return business_days_after(sent_on, receipt_days, rests(calendar))


def last_day(sent_on: date, receipt_days: int, days: int, calendar: Calendar | None) -> date | None:
    """The last day of the validation period of a notice sent on `sent_on`; None where its holidays are not known."""
    if calendar is None:
        return None
    try:
        return days_after(assumed_receipt(sent_on, receipt_days, calendar), days)
    except NotCovered:
        return None
