"""Writes `portfolio-gb.csv`: the overdue loans of a made-up English lender, as its loan-servicing system exports them.

Every person, street and town is invented; phones lie in the range that Ofcom keeps for drama (07700 900000 to 900999),
postal codes in the ZZ99 that belong to no place, and addresses in the domains kept for examples. The same seed gives
the same file, byte for byte. Dates lead up to Monday 26 October 2026, the day after the clocks went back.

Run it as `.venv/bin/python examples/make_portfolio_gb.py`.
"""
# ruff: noqa: INP001, S311, SIM905  a script beside its output, with seeded randomness and lists kept readable as text

import csv
import random
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

SEED = 20261028
TARGET = Path(__file__).with_name("portfolio-gb.csv")
LONDON = ZoneInfo("Europe/London")
START = datetime(2026, 10, 26, 10, 0, tzinfo=UTC)
LENDER = "Larkspur Example Finance"
PEOPLE, SECOND_LOANS = 28, 2
NO_CONSENT, OPTED_OUT, CONTACTED, OLD_BALANCE = 2, 1, 3, 1
LATE = (1, 1, 1, 2, 2, 3, 4, 5, 6, 8, 10, 12)
"""Days. As the month goes by, one account after the other passes its second missed payment, and with it the first paper
of the law: a notice whose prescribed words nobody has entered, so that it holds what would follow."""
CHARGE_AFTER_DAYS = 10

COLUMNS = (
    "loan_number product debt_kind playbook currency due_since principal interest fees balance_as_of borrower_name "
    "borrower_birth_date language phone phone_type phone_zone email address_line1 city postal_code country "
    "address_zone sms_consent_at sms_consent_how sms_consent_given_to opt_out_sms_at prior_contacts"
).split()
FIRST = (
    "Aldwyna Bartholos Corwenna Dunstana Eldridan Fenellope Godrica Hesperin Isoldan Jocastin Kendrax Lavinette".split()
)
LAST = (
    "Cogglethwaite Dribblesworth Fettlebury Gobbledale Inklethorpe Mumblecote Nibthwaite Quibbleford Wimbleshaw".split()
)
TOWNS = "Inventlebury Mockhampton Pretendwich Fablethorpe Specimenstoke".split()
STREETS = "Figment Terrace,Sketchley Mews,Dummywick Lane,Trialgate".split(",")


@dataclass(frozen=True)
class Product:
    name: str
    share: int
    least: int
    most: int


PRODUCTS = (Product("Fixed-Sum Loan", 20, 120, 900), Product("Home Improvement Loan", 10, 300, 1_600))
Row = dict[str, str]


def zulu(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def draw_person(rng: random.Random, index: int, name: str) -> Row:
    given = START - timedelta(days=rng.randint(90, 900), minutes=rng.randint(0, 600))
    how = rng.choice(("online application, box ticked", "signed agreement, term 9"))
    agreed = index >= NO_CONSENT
    out = START - timedelta(days=rng.randint(3, 60))
    return {
        "borrower_name": name,
        "borrower_birth_date": date.fromordinal(rng.randint(date(1950, 1, 1).toordinal(), 731_600)).isoformat(),
        "language": rng.choice(("en", "en", "en-GB")),
        "phone": f"+447700900{100 + index * 7:03d}",
        "phone_type": "mobile",
        "phone_zone": "Europe/London",
        "email": f"{name.lower().replace(' ', '.')}@example.{rng.choice(('com', 'org', 'net'))}",
        "address_line1": f"{rng.randint(1, 199)} {rng.choice(STREETS)}",
        "city": rng.choice(TOWNS),
        "postal_code": f"ZZ99 {rng.randint(1, 9)}{rng.choice('ABDEFGHJ')}{rng.choice('ABDEFGHJ')}",
        "country": "GB",
        "address_zone": "Europe/London",
        "sms_consent_at": zulu(given) if agreed else "",
        "sms_consent_how": how if agreed else "",
        "sms_consent_given_to": LENDER if agreed else "",
        "opt_out_sms_at": zulu(out) if NO_CONSENT <= index < NO_CONSENT + OPTED_OUT else "",
        "prior_contacts": draw_contact(rng) if index >= PEOPLE - CONTACTED else "",
    }


def draw_contact(rng: random.Random) -> str:
    """What the lender itself tried in the last weeks."""
    day = (START - timedelta(days=rng.choice((1, 3, 5, 9)))).date()
    at = datetime.combine(day, time(rng.randint(9, 18), rng.randint(0, 59)), LONDON)
    return f"{zulu(at)}|{rng.choice(('call|no_answer', 'call|connected', 'sms|delivered'))}"


def draw_loan(rng: random.Random, product: Product, owner: int) -> Row:
    late = rng.choice(LATE)
    principal = rng.randint(product.least * 100, product.most * 100)
    as_of = datetime.combine((START - timedelta(days=1)).date(), time(22, 30), LONDON)
    if owner == PEOPLE // 2:
        as_of -= timedelta(days=OLD_BALANCE + 5)
    return {
        "product": product.name,
        "debt_kind": "personal_loan",
        "playbook": "gb-consumer",
        "currency": "GBP",
        "due_since": (START.date() - timedelta(days=late)).isoformat(),
        "principal": pence(principal),
        "interest": pence(round(principal * 0.0005 * late)),
        "fees": pence(1200 if late > CHARGE_AFTER_DAYS else 0),
        "balance_as_of": zulu(as_of),
    }


def pence(amount: int) -> str:
    return f"{amount // 100}.{amount % 100:02d}"


def make() -> list[Row]:
    """All rows, in the order of their loan numbers."""
    rng = random.Random(SEED)
    names = [f"{first} {last}" for first in FIRST for last in LAST]
    rng.shuffle(names)
    people = [draw_person(rng, index, names[index]) for index in range(PEOPLE)]
    owners = [*range(PEOPLE), *range(5, 5 + SECOND_LOANS)]
    products = [product for product in PRODUCTS for _ in range(product.share)]
    rng.shuffle(products)
    rows = [people[owner] | draw_loan(rng, product, owner) for owner, product in zip(owners, products, strict=True)]
    for further in rows[PEOPLE:]:
        further["prior_contacts"] = ""  # a contact is reported once, with the loan it was about
    rng.shuffle(rows)
    numbers = sorted(rng.sample(range(10_000, 99_999), len(rows)))
    return [{**row, "loan_number": f"LEF-{number}"} for number, row in zip(numbers, rows, strict=True)]


def main() -> None:
    with TARGET.open("w", encoding="utf-8", newline="") as file:
        writer: csv.DictWriter[str] = csv.DictWriter(file, COLUMNS, extrasaction="ignore", lineterminator="\n")
        writer.writeheader()
        writer.writerows(make())


if __name__ == "__main__":
    main()
