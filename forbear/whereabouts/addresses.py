"""The zones of a postal address: by ZIP code and county in the United States, by state or country elsewhere."""

from forbear.whereabouts import us
from forbear.whereabouts.clues import Address, Clue, clues, zones_of_country

AUSTRALIA = {
    "NSW": ("Australia/Sydney", "Australia/Broken_Hill", "Australia/Lord_Howe"),
    "VIC": ("Australia/Melbourne",),
    "QLD": ("Australia/Brisbane",),
    "SA": ("Australia/Adelaide",),
    "WA": ("Australia/Perth", "Australia/Eucla"),
    "TAS": ("Australia/Hobart",),
    "NT": ("Australia/Darwin",),
    "ACT": ("Australia/Sydney",),
}
XINJIANG = ("新疆", "xinjiang", "sinkiang")


def zones_of_address(address: Address) -> tuple[Clue, ...]:
    """A clue for every clock that may hang at this address; none where nothing is known of its country."""
    if address.country == "US":
        counties, source = us.counties(address.region, address.postal_code, address.city)
        return clues(us.zones(counties), "address", source)
    region = (address.region or "").strip()
    if address.country == "CN":
        return clues(("Asia/Shanghai", *(("Asia/Urumqi",) if _in_xinjiang(region) else ())), "address", "province")
    if address.country == "AU" and region.upper() in AUSTRALIA:
        return clues(AUSTRALIA[region.upper()], "address", "state")
    return clues(zones_of_country(address.country), "address", "country")


def _in_xinjiang(region: str) -> bool:
    return any(name in region.casefold() for name in XINJIANG)
