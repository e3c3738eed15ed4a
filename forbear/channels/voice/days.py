"""The day of a promise as keys give it: month and day, four digits, the next such day. Pure."""

from datetime import date, timedelta
from typing import Final

FURTHEST: Final = timedelta(days=31)
"""As on the page: a promise further away is one that a human agrees to."""
KEYS: Final = 4


def readable_day(digits: str, today: date) -> date | None:
    """The next day with this month and day, from today on; None if there is none within the time allowed."""
    if len(digits) != KEYS or not digits.isascii() or not digits.isdigit():
        return None
    for year in (today.year, today.year + 1):
        try:
            day = date(year, int(digits[:2]), int(digits[2:]))
        except ValueError:
            continue
        if today <= day <= today + FURTHEST:
            return day
    return None
