"""Writes `portfolio.csv`: the overdue accounts of one made-up lender, as its loan-servicing system exports them.

Every person, street and town is invented; phones lie in the range kept for fiction (555-0100 to 555-0199) and
addresses in the domains kept for examples. The same seed gives the same file, byte for byte. Dates lead up to the
morning of Monday 26 October 2026, on which a rehearsal starts, so that the clocks change inside its month.

Run it as `.venv/bin/python examples/make_portfolio.py`.
"""
# ruff: noqa: INP001, S311, SIM905  a script beside its output, with seeded randomness and lists kept readable as text

import csv
import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

SEED = 20261026
TARGET = Path(__file__).with_name("portfolio.csv")
START = datetime(2026, 10, 26, 10, 0, tzinfo=UTC)
LENDER = "Harbor Example Credit Union"
PEOPLE = 120
SECOND_DEBTS, THIRD_DEBTS = 10, 2
FEE_AFTER_DAYS = 10
EVERY_WAY, TEXTS_ALONE = 6, {"MA", "NY"}
"""One loan in so many is worked over all channels; the others by text alone, and those in states where a letter has to
say more than the ones that there are: rights about calls at work, services in other languages."""

COLUMNS = (
    "loan_number product debt_kind playbook currency due_since principal interest fees balance_as_of borrower_name "
    "borrower_birth_date language phone phone_type phone_zone email address_line1 city state postal_code address_zone "
    "sms_consent_at sms_consent_how sms_consent_given_to opt_out_sms_at prior_contacts"
).split()

FIRST = (
    "Adalind Beatriz Cyrus Delphine Emeka Farida Gustavo Hanako Ingrid Jasper Keiko Leopold Marisol Nadira Octavio "
    "Priyanka Quentin Rosalind Soren Tamsin Ulises Valeria Winifred Xiomara Yusuf Zelda Anselm Bettina Caspian Dorothea"
).split()
LAST = (
    "Sampleton Exampleby Placeholderman Testerfield Mockridge Fakenham Specimenos Dummond Fictionby Madeupson "
    "Nonesuchly Prototyper Standinski Notrealli Pretendson Instancia Demonstrov Trialwood Invenzione Imaginaldi"
).split()
TOWNS = "Exampleton Sampleville Mockford Testbury Fictionham Placeholder-on-Sea Demowick Nowhere-upon-Page".split()
STREETS = "Specimen Street,Prototype Avenue,Dummy Lane,Mock Orchard Road,Sample Hill,Placeholder Terrace".split(",")


@dataclass(frozen=True)
class Region:
    """States with their telephone area codes and the first digits of their postal codes, under one zone."""

    zone: str
    people: int
    places: tuple[tuple[str, int, str], ...]


REGIONS = (
    Region(
        "America/New_York",
        42,
        (
            ("NJ", 201, "070"),
            ("PA", 717, "171"),
            ("OH", 614, "432"),
            ("GA", 404, "303"),
            ("NC", 704, "282"),
            ("VA", 804, "232"),
            ("NY", 212, "100"),
            ("NY", 518, "122"),
            ("MA", 617, "021"),
            ("FL", 305, "331"),
            ("DC", 202, "200"),
        ),
    ),
    Region(
        "America/Chicago",
        30,
        (("IL", 312, "606"), ("TX", 512, "787"), ("MN", 612, "554"), ("MO", 314, "631"), ("WI", 414, "532")),
    ),
    Region("America/Denver", 14, (("CO", 303, "802"), ("UT", 801, "841"), ("NM", 505, "871"), ("MT", 406, "591"))),
    Region("America/Phoenix", 8, (("AZ", 602, "850"), ("AZ", 480, "852"))),
    Region("America/Los_Angeles", 18, (("CA", 213, "900"), ("CA", 916, "958"), ("WA", 206, "981"))),
    Region("America/Anchorage", 4, (("AK", 907, "995"),)),
    Region("Pacific/Honolulu", 4, (("HI", 808, "968"),)),
)


@dataclass(frozen=True)
class Product:
    name: str
    kind: str
    share: int
    least: int
    most: int


PRODUCTS = (
    Product("Everyday Card", "credit_card", 52, 35, 640),
    Product("Personal Loan", "personal_loan", 30, 120, 980),
    Product("Care Plan", "medical", 16, 60, 720),
    Product("Home Equity Loan", "mortgage", 12, 480, 1900),
    Product("Auto Loan", "other", 22, 210, 860),
)


@dataclass(frozen=True)
class Trouble:
    """Which people the file tells too little or too much about, by their place in the list."""

    moved: frozenset[int]
    landline: frozenset[int]
    no_zone: frozenset[int]
    no_consent: frozenset[int]
    opted_out: frozenset[int]
    contacted: frozenset[int]
    old_balance: frozenset[int]
    no_balance_date: frozenset[int]


Row = dict[str, str]


def zulu(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def local_instant(rng: random.Random, day: date, zone: str) -> datetime:
    """Some minute of a local office day."""
    at = time(rng.randint(9, 18), rng.randint(0, 59))
    return datetime.combine(day, at, ZoneInfo(zone))


def draw_trouble(rng: random.Random) -> Trouble:
    order = list(range(PEOPLE))
    rng.shuffle(order)
    cut = iter(order)

    def take(count: int) -> frozenset[int]:
        return frozenset(next(cut) for _ in range(count))

    return Trouble(take(12), take(2), take(2), take(3), take(3), take(16), take(4), take(1))


def draw_people(rng: random.Random, trouble: Trouble) -> list[Row]:
    """One row of personal columns for each person; their debts come later."""
    names = [f"{first} {last}" for first in FIRST for last in LAST]
    rng.shuffle(names)
    homes = [region for region in REGIONS for _ in range(region.people)]
    rng.shuffle(homes)
    lines = {place[1]: iter(range(100, 200)) for region in REGIONS for place in region.places}
    return [
        draw_person(rng, index, names[index], homes[index], lines=lines, trouble=trouble) for index in range(PEOPLE)
    ]


def draw_person(
    rng: random.Random, index: int, name: str, home: Region, *, lines: dict[int, Iterator[int]], trouble: Trouble
) -> Row:
    state, code, postal = rng.choice(home.places)
    zone_of_phone = home.zone
    if index in trouble.moved:
        elsewhere = rng.choice([region for region in REGIONS if region.zone != home.zone])
        zone_of_phone, code = elsewhere.zone, rng.choice(elsewhere.places)[1]
    known = index not in trouble.no_zone
    row: Row = {
        "borrower_name": name,
        "borrower_birth_date": date.fromordinal(rng.randint(date(1948, 1, 1).toordinal(), 731_600)).isoformat(),
        "language": "en",
        "phone": f"+1{code}5550{next(lines[code])}",
        "phone_type": "landline" if index in trouble.landline else "mobile",
        "phone_zone": zone_of_phone if known else "",
        "email": f"{name.lower().replace(' ', '.')}@example.{rng.choice(('com', 'org', 'net'))}",
        "address_line1": f"{rng.randint(1, 399)} {rng.choice(STREETS)}" if known else "",
        "city": rng.choice(TOWNS) if known else "",
        "state": state if known else "",
        "postal_code": f"{postal}{rng.randint(10, 99)}-{rng.randint(1000, 9899)}" if known else "",
        "address_zone": home.zone if known else "",
        "zone": home.zone,
    }
    return row | draw_permissions(rng, index, trouble) | {"prior_contacts": draw_contacts(rng, index, home, trouble)}


def draw_permissions(rng: random.Random, index: int, trouble: Trouble) -> Row:
    given = START - timedelta(days=rng.randint(90, 900), minutes=rng.randint(0, 600))
    out = START - timedelta(days=rng.randint(3, 60), minutes=rng.randint(0, 600))
    agreed = index not in trouble.no_consent
    how = rng.choice(("online account opening, box ticked", "signed loan agreement, clause 12", "in branch, form C-4"))
    return {
        "sms_consent_at": zulu(given) if agreed else "",
        "sms_consent_how": how if agreed else "",
        "sms_consent_given_to": LENDER if agreed else "",
        "opt_out_sms_at": zulu(out) if index in trouble.opted_out else "",
    }


def draw_contacts(rng: random.Random, index: int, home: Region, trouble: Trouble) -> str:
    """What the lender itself tried in the last weeks, oldest first."""
    if index not in trouble.contacted:
        return ""
    made: list[tuple[datetime, str]] = []
    for _ in range(rng.randint(1, 3)):
        day = (START - timedelta(days=rng.choice((1, 2, 3, 4, 5, 6, 9, 14, 21)))).date()
        channel, results = rng.choice(
            (
                ("call", ("no_answer", "busy", "voicemail_left", "connected")),
                ("sms", ("delivered",)),
                ("email", ("delivered",)),
                ("letter", ("delivered",)),
            )
        )
        made.append((local_instant(rng, day, home.zone), f"{channel}|{rng.choice(results)}"))
    return ";".join(f"{zulu(at)}|{what}" for at, what in sorted(made))


def draw_debt(rng: random.Random, product: Product, person: int, trouble: Trouble) -> Row:
    late = rng.choice((*range(3, 31), *range(3, 31), *range(31, 76), *range(98, 104)))
    principal = rng.randint(product.least * 100, product.most * 100)
    as_of = datetime.combine((START - timedelta(days=1)).date(), time(22, 30), ZoneInfo("America/New_York"))
    if person in trouble.old_balance:
        as_of -= timedelta(days=rng.randint(5, 9))
    return {
        "product": product.name,
        "debt_kind": product.kind,
        "playbook": "us-first-party",
        "currency": "USD",
        "due_since": (START.date() - timedelta(days=late)).isoformat(),
        "principal": cents(principal),
        "interest": cents(round(principal * 0.0005 * late)),
        "fees": cents(rng.choice((0, 0, 1500, 2500)) if late > FEE_AFTER_DAYS else 0),
        "balance_as_of": "" if person in trouble.no_balance_date else zulu(as_of),
    }


def cents(amount: int) -> str:
    return f"{amount // 100}.{amount % 100:02d}"


def make() -> list[Row]:
    """All rows, in the order of their loan numbers."""
    rng = random.Random(SEED)
    trouble = draw_trouble(rng)
    people = draw_people(rng, trouble)
    ordinary = [index for index in range(PEOPLE) if index not in trouble.landline | trouble.no_zone]
    owners = list(range(PEOPLE)) + ordinary[:SECOND_DEBTS] + ordinary[:THIRD_DEBTS]
    products = [product for product in PRODUCTS for _ in range(product.share)]
    rng.shuffle(products)
    rows = [
        people[owner] | draw_debt(rng, product, owner, trouble) for owner, product in zip(owners, products, strict=True)
    ]
    for further in rows[PEOPLE:]:
        further["prior_contacts"] = ""  # a contact is reported once, with the loan it was about
    rng.shuffle(rows)
    for row in [row for row in rows if row["address_line1"] and row["state"] not in TEXTS_ALONE][::EVERY_WAY]:
        row["playbook"] = "us-first-party-all"
    numbers = sorted(rng.sample(range(100_000, 999_999), len(rows)))
    return [row | {"loan_number": f"HXCU-{number}"} for number, row in zip(numbers, rows, strict=True)]


def main() -> None:
    with TARGET.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, extrasaction="ignore", lineterminator="\n")
        writer.writeheader()
        writer.writerows(make())


if __name__ == "__main__":
    main()
