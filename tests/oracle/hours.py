"""Hours: whether a clock of the person shows a time outside a window, and which times of the day are edges of one."""

from collections.abc import Callable
from datetime import datetime
from zoneinfo import ZoneInfo

from tests.oracle.clocks import day, inside, seconds
from tests.oracle.life import HOLD, Life, Rule, in_force

OPENINGS = ("06:00", "07:00", "07:30", "08:00", "09:00")
CLOSINGS = ("17:00", "18:00", "19:00", "21:00", "22:00")
EVERY_DAY = range(1, 8)
WEEKDAYS = range(1, 6)
WEEKEND = range(6, 8)


def edges(life: Life) -> frozenset[int]:
    """Midnight, and the times at which any hours open or close, with the guard."""
    own = life.agreed_hours()
    if life.policy.get("open") and life.policy.get("close"):
        own.append((life.policy["open"], life.policy["close"]))
    opening = [*OPENINGS, *(each for each, _ in own)]
    closing = [*CLOSINGS, *(each for _, each in own)]
    later, sooner = (
        {seconds(each) + sign * life.guard for each in all_} for all_, sign in ((opening, 1), (closing, -1))
    )
    return frozenset({0} | later | sooner)


def keep(
    life: Life,
    name: str,
    hours: tuple[str, str],
    zones: list[ZoneInfo],
    *,
    unless_agreed: bool = False,
    days: range = EVERY_DAY,
    binds: Callable[[datetime, ZoneInfo], bool] = in_force,
) -> list[Rule]:
    """The rule that it must be within these hours on these weekdays by each of these clocks; none for letters."""
    windows = [hours, *(life.agreed_hours() if unless_agreed else ())]

    def denies(at: datetime) -> bool:
        return any(
            binds(at, zone)
            and day(at, zone).isoweekday() in days
            and not any(inside(at, zone, window, life.guard) for window in windows)
            for zone in zones
        )

    return [Rule(name, HOLD, denies)] if life.has_hours else []
