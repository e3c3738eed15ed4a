"""Where a phone number comes from: its area code's zones, which for a mobile say where it was bought and no more."""

import phonenumbers
from phonenumbers import PhoneNumberType, timezone

from forbear.whereabouts import us
from forbear.whereabouts.clues import Clue, ClueKind, clues, zones_of_country

NOWHERE = frozenset(
    {
        PhoneNumberType.TOLL_FREE,
        PhoneNumberType.PREMIUM_RATE,
        PhoneNumberType.SHARED_COST,
        PhoneNumberType.VOIP,
        PhoneNumberType.PERSONAL_NUMBER,
        PhoneNumberType.UAN,
        PhoneNumberType.PAGER,
        PhoneNumberType.VOICEMAIL,
    }
)
"""Kinds of number that are at home anywhere."""
MAYBE_MOBILE = frozenset({PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE, PhoneNumberType.UNKNOWN})


def zones_of_number(e164: str, *, mobile: bool) -> tuple[Clue, ...]:
    """The zones of a number's area code, or of its country where it has none; none for a number at home anywhere.

    Args:
        e164: the number.
        mobile: whether the lender says so; a number that is known to be no mobile is a landline all the same.
    """
    number = phonenumbers.parse(e164)
    kind = phonenumbers.number_type(number)
    if kind in NOWHERE:
        return ()
    is_mobile = mobile if kind in MAYBE_MOBILE else False
    evidence: ClueKind = "area_code_mobile" if is_mobile else "area_code_landline"
    known = set(timezone.time_zones_for_number(number)) | set(us.zones_of(e164))
    found = clues(sorted(known), evidence, "area code of the number")
    country = phonenumbers.region_code_for_number(number)
    if found or country is None:
        return found
    return clues(zones_of_country(country), evidence, "country of the number")
