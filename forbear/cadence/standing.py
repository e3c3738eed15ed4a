"""Where an account stands: its stage, its place among the person's debts, and whether a promise was missed. Pure."""

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

from forbear.cadence.counting import counts_as
from forbear.cadence.life import Life, Person, Rival
from forbear.cadence.translate import home_zone

BUCKET_DAYS = 30
OF_THE_DEBT = frozenset(
    {"dispute", "hold", "hardship", "insolvency", "breathing_space", "mental_health_crisis", "minor", "deceased"}
)
"""Stops of the borrower that leave nothing to ask of others before a human has looked; the rest are his alone."""
AFTER_A_PROMISE = timedelta(days=1)
"""World time. Money needs a day to arrive before a promise counts as missed."""


def stage_of(day: int) -> str:
    """The bucket by days past due: M1 to day 30, M2 to day 60, and so on; `current` before day 1."""
    return f"M{(day - 1) // BUCKET_DAYS + 1}" if day >= 1 else "current"


def first_to_speak(life: Life, now: datetime) -> bool:
    """Whether this account speaks before the person's other open debts: stage, then amount, then age.

    Every account of the person must find the same answer, so that all are seen on one calendar, whatever zone each
    lender knows, and amounts decide only where they are of one currency. The account's id only breaks ties.
    """
    today = now.astimezone(UTC).date()
    mine = Rival(life.account, life.lender.id, life.stage, life.currency, life.balance, life.due_since, speaks=True)
    debts = [mine, *(rival for rival in life.rivals if rival.speaks)]
    latest = max(_bucket(debt, today) for debt in debts)
    speakers = [debt for debt in debts if _bucket(debt, today) == latest]
    one_currency = len({debt.currency for debt in speakers}) == 1

    def rank(debt: Rival) -> tuple[Decimal, date, str]:
        return -debt.amount if one_currency else Decimal(0), debt.due_since, debt.account

    return min(speakers, key=rank).account == life.account


def _bucket(debt: Rival, today: date) -> int:
    day = (today - debt.due_since).days
    return (day - 1) // BUCKET_DAYS if day >= 1 else -1


def promised_day(life: Life, now: datetime) -> tuple[date, datetime] | None:
    """The day an open promise names and the end of waiting for its money; None if nothing is waited for any more."""
    due = [promise.due_on for promise in life.promises if promise.state == "open"]
    if not due:
        return None
    midnight = datetime.combine(max(due) + timedelta(days=1), time(), tzinfo=home_zone(life.borrower))
    until = midnight.astimezone(UTC) + AFTER_A_PROMISE
    return (max(due), until) if until > now else None


def debt_stands_still(life: Life, now: datetime) -> bool:
    """Whether a stop of the borrower stops the debt itself, so that those who answer for it are left alone too."""
    return any(
        stop.kind in OF_THE_DEBT
        and stop.lifted_at is None
        and (stop.until is None or stop.until > now)
        and stop.account in {None, life.account}
        for stop in life.borrower.stops
    )


def missed_promise(life: Life) -> datetime | None:
    """When the last broken promise was made, if it was not followed by another promise; else None."""
    if not life.promises:
        return None
    last = max(life.promises, key=lambda promise: promise.made_at)
    return last.made_at if last.state == "broken" else None


TRIES = 3
"""So many calls in a row that reached nobody make a person unreachable, as the rules count them."""
NOBODY = frozenset({"no_answer", "busy", "not_in_service", "machine_no_message", "wrong_party"})


def unreachable(life: Life, person: Person) -> bool:
    """Whether the person has no telephone left, or the account's last calls to him reached nobody."""
    phones = [point for point in person.points if point.kind == "phone" and point.state == "valid"]
    calls = [
        touch
        for touch in person.history
        if touch.account == life.account and touch.channel == "call" and touch.person in {"", person.id}
    ]
    counted = [(touch.result,) if touch.result else counts_as(touch.channel, touch.state) for touch in calls]
    last = [results for results in counted if results][-TRIES:]
    return not phones or (len(last) == TRIES and all(NOBODY.issuperset(results) for results in last))


def cause_of(life: Life) -> str | None:
    """Why the debtor is late, as it was told last; None where nobody told."""
    return next((errand.cause for errand in reversed(life.errands) if errand.cause), None)
