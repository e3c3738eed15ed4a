"""Where the drawn people live: their jurisdictions as real life stacks them, their clocks, and days that turn something."""

from dataclasses import dataclass
from datetime import date

AMERICAN = (
    "America/New_York",
    "America/Chicago",
    "America/Denver",
    "America/Phoenix",
    "America/Los_Angeles",
    "America/Anchorage",
    "Pacific/Honolulu",
)
AUSTRALIAN = ("Australia/Sydney", "Australia/Perth", "Australia/Brisbane", "Australia/Adelaide", "Australia/Lord_Howe")
IN_AMERICA = (
    date(2027, 6, 10),  # nothing at all
    date(2026, 11, 1),  # clocks go back
    date(2027, 3, 14),  # clocks go forward
    date(2027, 1, 1),  # a new year
    date(2027, 1, 31),  # one revocation reaches everything
    date(2026, 7, 4),  # a holiday on a Saturday
    date(2028, 2, 29),  # a leap day
    date(2027, 11, 7),
)
IN_NEW_YORK = (*IN_AMERICA, date(2027, 1, 1), date(2027, 1, 2), date(2027, 1, 4))
IN_CHINA = (date(2026, 12, 1), date(2025, 2, 28), date(2026, 1, 30), date(2028, 2, 29), date(2027, 1, 1))
IN_BRITAIN = (date(2027, 6, 10), date(2026, 10, 25), date(2027, 3, 28), date(2028, 2, 29), date(2027, 1, 1))
IN_AUSTRALIA = (
    date(2027, 6, 10),
    date(2026, 10, 4),  # clocks go forward
    date(2027, 4, 4),  # clocks go back
    date(2027, 1, 1),
    date(2027, 1, 26),
    date(2027, 3, 26),  # Good Friday to Easter Monday
    date(2027, 3, 29),
    date(2027, 4, 25),
    date(2026, 12, 26),
    date(2028, 2, 29),
)
IN_ASIA = (date(2027, 6, 10), date(2027, 1, 1), date(2028, 2, 29))


@dataclass(frozen=True)
class World:
    """The packs that apply together, the zones that places may name, and the days near which things happen."""

    jurisdictions: tuple[str, ...]
    zones: tuple[str, ...]
    days: tuple[date, ...]
    placeless: bool = False
    """Whether the law needs no place, as it has one clock."""


EASTERN, WESTERN = (AMERICAN[0], *AMERICAN), (AMERICAN[4], *AMERICAN)
FEDERAL = World(("US",), AMERICAN, IN_AMERICA)
CHINA = World(("CN",), ("Asia/Shanghai", "Asia/Urumqi", "Asia/Singapore"), IN_CHINA, placeless=True)
TWO_LAWS = World(("CN", "US"), ("Asia/Shanghai", "Asia/Singapore", "America/Los_Angeles"), IN_CHINA)
CITY = World(("US", "US-NY", "US-NYC"), EASTERN, IN_NEW_YORK)
STATES = (
    World(("US", "US-NY"), EASTERN, IN_AMERICA),
    World(("US", "US-MA"), EASTERN, IN_AMERICA),
    World(("US", "US-WA"), WESTERN, IN_AMERICA),
    World(("US", "US-DC"), EASTERN, IN_AMERICA),
    World(("US", "US-FL"), EASTERN, IN_AMERICA),
    World(("US", "US-WV"), EASTERN, IN_AMERICA),
    World(("US", "US-NV"), WESTERN, IN_AMERICA),
    World(("US", "US-MA", "US-FL"), EASTERN, IN_AMERICA),
    World(("US", "US-NY", "US-NYC", "US-WA", "US-DC"), AMERICAN, IN_NEW_YORK),
)
ABROAD = (
    World(("GB-EAW",), ("Europe/London",), IN_BRITAIN),
    World(("TW",), ("Asia/Taipei",), IN_ASIA, placeless=True),
    World(("IN",), ("Asia/Kolkata",), IN_ASIA, placeless=True),
    World(("PH",), ("Asia/Manila",), IN_ASIA, placeless=True),
    World(("AU",), AUSTRALIAN, IN_AUSTRALIA),
    World(("AU", "GB-EAW"), ("Australia/Perth", "Europe/London"), (*IN_AUSTRALIA, *IN_BRITAIN)),
    World(("TW", "CN"), ("Asia/Taipei", "Asia/Shanghai", "Asia/Singapore"), IN_ASIA, placeless=True),
    World(("IN", "PH"), ("Asia/Kolkata", "Asia/Manila"), IN_ASIA, placeless=True),
    World(("US", "US-FL", "GB-EAW"), ("America/New_York", "Europe/London"), (*IN_AMERICA, *IN_BRITAIN)),
)
EVERYWHERE = (FEDERAL, CITY, CITY, CHINA, TWO_LAWS, *STATES, *ABROAD)
