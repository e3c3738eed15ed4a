"""Where an account stands: its stage, its place among the person's debts, and whether a promise was missed. Pure."""

from datetime import date, datetime
from decimal import Decimal

from forbear.cadence.life import Life
from forbear.cadence.translate import days_past_due, home_zone

BUCKET_DAYS = 30


def stage_of(day: int) -> str:
    """The bucket by days past due: M1 to day 30, M2 to day 60, and so on; `current` before day 1."""
    return f"M{(day - 1) // BUCKET_DAYS + 1}" if day >= 1 else "current"


def first_to_speak(life: Life, now: datetime) -> bool:
    """Whether this account speaks before the person's other open debts: stage, then amount, then age."""
    mine = _rank(days_past_due(life, now), life.balance, life.due_since, life.account)
    today = now.astimezone(home_zone(life.borrower)).date()
    return all(
        mine <= _rank(max(0, (today - rival.due_since).days), rival.amount, rival.due_since, rival.account)
        for rival in life.rivals
        if rival.speaks
    )


def missed_promise(life: Life) -> datetime | None:
    """When the last broken promise was made, if it was not followed by another promise; else None."""
    if not life.promises:
        return None
    last = max(life.promises, key=lambda promise: promise.made_at)
    return last.made_at if last.state == "broken" else None


def _rank(day: int, amount: Decimal, due_since: date, account: str) -> tuple[int, Decimal, date, str]:
    """Smaller speaks first. The account's id only breaks ties, the same way for both debts."""
    stage = (day - 1) // BUCKET_DAYS if day >= 1 else -1
    return (-stage, -amount, due_since, account)
