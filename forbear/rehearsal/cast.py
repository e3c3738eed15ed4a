"""Who lives in the rehearsal's world: a habit for each person of the portfolio, drawn from the seed.

The file is the sandbox's: people with a phone, a habit, a birth date and a zone in which they sleep.
"""

import json
from pathlib import Path
from random import Random

from forbear.rehearsal.portfolio import Loan
from forbear.services.folders import write_private

FILE = "people.json"
AT_BANK = "pays_at_bank"
SHARES = {
    "pays_after_first": 13,
    "pays_after_second": 14,
    "pays_after_third": 9,
    "pays_in_parts": 9,
    "promises_and_keeps": 9,
    "promises_and_breaks": 8,
    "never_answers": 14,
    AT_BANK: 9,
    "replies_stop": 6,
    "replies_stop_in_words": 4,
    "stops_on_page": 2,
    "stops_and_returns": 2,
    "disputes": 5,
    "hardship": 5,
    "wrong_number": 3,
    "wrong_person_on_page": 1,
    "asks_help": 4,
    "pays_after_declined_card": 2,
    "mistypes_and_pays": 2,
    "abandons_payment": 2,
    "unreachable": 3,
    "unknown_number": 1,
    "filtered": 1,
    "no_delivery_report": 2,
}
"""How often a habit occurs. Each occurs once before the shares count, so that a small cast is still a mixed one."""
AWAKE_ANYWHERE = "America/Chicago"
"""Where somebody lives whose zone the lender does not know."""


def draw(loans: list[Loan], seed: int) -> dict[str, str]:
    """A habit for each phone."""
    rng = Random(seed)  # noqa: S311  seeded on purpose: the same seed is the same month
    phones = {loan.phone: loan for loan in loans}
    habits: dict[str, str] = {}
    some_of_each = rng.sample(list(SHARES), len(SHARES))
    for phone in rng.sample(sorted(phones), len(phones)):
        if phones[phone].row["phone_type"] == "landline":
            habits[phone] = "landline"
        elif some_of_each:
            habits[phone] = some_of_each.pop()
        else:
            habits[phone] = rng.choices(list(SHARES), list(SHARES.values()))[0]
    return habits


def write(loans: list[Loan], habits: dict[str, str], folder: Path) -> Path:
    """The people file, for its owner's eyes: it holds phones and birth dates."""
    by_phone = {loan.phone: loan for loan in loans}
    people = [
        {
            "phone": phone,
            "habit": habit,
            "birth_date": by_phone[phone].birth_date.isoformat(),
            "zone": (by_phone[phone].row["address_zone"] or AWAKE_ANYWHERE),
        }
        for phone, habit in sorted(habits.items())
    ]
    write_private(folder / FILE, json.dumps(people, indent=1))
    return folder / FILE
