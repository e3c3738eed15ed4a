"""Who lives in the rehearsal's world: a habit for each phone of the portfolios, drawn from the seed.

The file is the sandbox's: people with a phone, a habit, a birth date and a zone in which they sleep.
"""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from random import Random

from forbear.rehearsal.lenders import BANK, ENGLISH, UNION
from forbear.rehearsal.portfolio import Loan, Party
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
IN_CHINA = {
    AT_BANK: 46,
    "promises_and_keeps": 6,
    "promises_and_breaks": 6,
    "never_answers": 16,
    "replies_stop": 6,
    "replies_stop_in_words": 3,
    "stops_and_returns": 2,
    "disputes": 3,
    "hardship": 4,
    "wrong_number": 2,
    "asks_help": 3,
    "unreachable": 3,
    "unknown_number": 1,
    "filtered": 1,
    "no_delivery_report": 2,
}
"""Likewise for the Chinese lender. No text there holds a link: who pays does so in the lender's app, which tells us."""
PAYS_THE_LENDER = {AT_BANK, "promises_and_keeps"}
"""Habits of people without a link whose money reaches the lender."""
AWAKE_ANYWHERE, AWAKE_IN_CHINA = "America/Chicago", "Asia/Shanghai"
"""Where somebody lives whose zone the lender does not know."""
CHINESE, TEXTED = "+86", ("CN", "GB", "US")
"""The prefix of Chinese numbers, and the countries whose rules are known."""


def draw(loans: Sequence[Loan], seed: int) -> dict[str, str]:
    """A habit for each phone. Those of one lender's people do not depend on the others'."""
    habits: dict[str, str] = {}
    for lender, shares in ((ENGLISH, SHARES), (BANK, IN_CHINA), (UNION, SHARES)):
        habits |= _drawn(_people([loan for loan in loans if loan.lender is lender]), shares, seed)
    return habits


def _people(loans: Sequence[Loan]) -> dict[str, Party]:
    """Everyone with a phone, borrowers before those who answer for them."""
    parties = [loan.borrower for loan in loans] + [party for loan in loans for party in loan.parties[1:]]
    found: dict[str, Party] = {}
    for party in parties:
        for phone in party.phones:
            found.setdefault(phone, party)
    return found


def _drawn(people: Mapping[str, Party], shares: Mapping[str, int], seed: int) -> dict[str, str]:
    rng = Random(seed)  # noqa: S311  seeded on purpose: the same seed is the same month
    habits: dict[str, str] = {}
    some_of_each = rng.sample(list(shares), len(shares))
    for phone in rng.sample(sorted(people), len(people)):
        if people[phone].cell("phone_type") == "landline":
            habits[phone] = "landline"
        elif _out_of_reach(people[phone]):
            habits[phone] = "never_answers"
        elif some_of_each:
            habits[phone] = some_of_each.pop()
        else:
            habits[phone] = rng.choices(list(shares), list(shares.values()))[0]
    return habits


def _out_of_reach(party: Party) -> bool:
    """Whom the bank cannot text, by number or by law: they stay as they are, so that one sees what the bank is told."""
    home = party.cell("country")
    return home not in {"", *TEXTED} or (home == BANK.country and not party.phone.startswith(CHINESE))


def write(loans: Sequence[Loan], habits: Mapping[str, str], folder: Path) -> Path:
    """The people file, for its owner's eyes: it holds phones and birth dates."""
    by_phone = _people(loans)
    people = [
        {
            "phone": phone,
            "habit": habit,
            "birth_date": by_phone[phone].birth_date,
            "zone": _zone(by_phone[phone]),
            "language": by_phone[phone].language,
        }
        for phone, habit in sorted(habits.items())
    ]
    write_private(folder / FILE, json.dumps(people, indent=1))
    return folder / FILE


def _zone(party: Party) -> str:
    return party.home or (AWAKE_IN_CHINA if party.phone.startswith(CHINESE) else AWAKE_ANYWHERE)
