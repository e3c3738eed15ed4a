"""The people of a season and what their lenders know of them, drawn from the seed; plainly fictional.

The same person may owe two lenders, who then tell the same of them; two people of one household may share a number.
"""

from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from random import Random
from typing import Any

from forbear.money.components import Component
from tests.season.options import Options

AREAS = {
    "212": "America/New_York",
    "312": "America/Chicago",
    "303": "America/Denver",
    "213": "America/Los_Angeles",
    "602": "America/Phoenix",
    "907": "America/Anchorage",
    "808": "Pacific/Honolulu",
}
BEIJING = "Asia/Shanghai"
ALL_ZONES = tuple(AREAS.values())
FIRST = ("Ada", "Bo", "Cleo", "Dara", "Eli", "Fern", "Gus", "Hana", "Ivo", "Jun")
LAST = ("Sampleton", "Placeholder", "Exampleson", "Testerfield", "Mockridge", "Fictionby", "Demoway")
CHANNELS = (("sms", "delivered"), ("call", "voicemail_left"), ("call", "no_answer"))
"""All to the one number, so that who shares it shares them too."""
LINES_A_HUNDRED = 100


@dataclass
class Debt:
    """One account as its lender's books have it."""

    number: str
    person: str
    phone: str
    lender: int
    form: dict[str, Any]
    told: dict[str, Any]
    owed: dict[Component, Decimal]
    account: str = ""
    taken: list[tuple[str, dict[Component, Decimal]]] = field(
        default_factory=list[tuple[str, dict[Component, Decimal]]]
    )

    @property
    def currency(self) -> str:
        return str(self.form["currency"])

    @property
    def left(self) -> dict[Component, Decimal]:
        """What is owed after everything that came."""
        left = dict(self.owed)
        for _, parts in self.taken:
            for component, part in parts.items():
                left[component] -= part
        return left


class Cast:
    """Draws people and their debts."""

    def __init__(self, options: Options) -> None:
        self._options = options
        self._draw = Random(f"cast {options.seed}")
        self._serial = 0
        self.debts: list[Debt] = []
        homes: list[tuple[str, str, str]] = []
        for index in range(options.people):
            abroad = self._draw.random() < options.chinese
            shared = bool(homes) and not abroad and self._draw.random() < options.shared_phone
            home = self._draw.choice(homes) if shared else self._home(index)
            self._person(index, *home)
            if abroad:
                self._chinese(index)
            else:
                homes.append(home)

    def _home(self, index: int) -> tuple[str, str, str]:
        """A number, the zone of its area, and the zone of the address behind it; who shares a number shares all."""
        area = self._draw.choice(sorted(AREAS))
        areas = sorted(AREAS)
        if index >= LINES_A_HUNDRED:  # a fictional exchange has a hundred lines; then the next area begins
            area = areas[(areas.index(area) + 1) % len(areas)]
        zone = AREAS[area]
        home = self._draw.choice(ALL_ZONES) if self._draw.random() < 0.2 else zone
        return f"+1{area}55501{index % LINES_A_HUNDRED:02}", zone, home

    def _person(self, index: int, phone: str, zone: str, home: str) -> None:
        draw, options = self._draw, self._options
        born = f"19{50 + index % 50:02}-0{1 + index % 9}-1{index // 50 % 10}"
        name = f"{FIRST[index % len(FIRST)]} {LAST[index // len(FIRST) % len(LAST)]}"
        party = {
            "role": "borrower",
            "name": name,
            "birth_date": born,
            "language": "en",
            "contact_points": [
                {"kind": "phone", "value": phone, "place": "mobile", "zone": zone, "zone_evidence": "area_code_mobile"},
                {"kind": "postal", "value": _address(index), "place": "residence", "zone": home}
                | {"zone_evidence": "address"},
            ],
        }
        self._debt(index, phone, party, [zone, home], draw.randrange(options.lenders))
        if draw.random() < options.second_debt:
            self._debt(index, phone, party, [zone, home], draw.randrange(options.lenders))

    def _chinese(self, index: int) -> None:
        """The same person at the Chinese lender, which knows a number and an address in China."""
        phone = f"+8619900000{index:03}"
        address = {"lines": [f"{index} Example Road"], "city": "Sample", "region": "Zhejiang", "country": "CN"}
        postal = {**address, "postal_code": "310000"}
        party = {
            **self.debts[-1].form["parties"][0],
            "language": self._draw.choice(("zh-Hans", "en")),
            "contact_points": [
                {"kind": "phone", "value": phone, "place": "mobile", "zone": None, "zone_evidence": None},
                {"kind": "postal", "value": postal, "place": "residence", "zone": BEIJING, "zone_evidence": "address"},
            ],
        }
        debt = self._debt(index, phone, party, [BEIJING], self._options.lenders)
        debt.form |= {"playbook": "cn-consumer", "currency": "CNY", "product": "Example Consumer Loan"}
        debt.told |= {"countries": ["CN"]}

    def _debt(self, index: int, phone: str, party: dict[str, Any], zones: list[str], lender: int) -> Debt:
        draw, origin = self._draw, self._options.origin
        lacking = draw.choice(("zone", "consent", "balance", "opted_out")) if self._chance("unready") else ""
        owed: dict[Component, Decimal] = {
            "principal": Decimal(draw.randint(5_000, 90_000)) / 100,
            "interest": Decimal(draw.randint(0, 3_000)) / 100,
            "fee": Decimal(draw.choice((0, 2_500))) / 100,
        }
        as_of = None if lacking == "balance" else (origin - timedelta(hours=draw.randint(1, 40))).isoformat()
        consent = (origin - timedelta(days=draw.randint(20, 400))).isoformat()
        contacts = [
            {"at": (origin - timedelta(hours=draw.randint(2, 200))).isoformat(), "channel": channel, "result": result}
            for channel, result in draw.choices(CHANNELS, k=draw.choice((0, 0, 0, 1, 2)))
        ]
        points = [dict(point) for point in party["contact_points"]]
        if lacking == "zone":
            points[0]["zone"] = points[0]["zone_evidence"] = None
            points = points[:1]
        agreed = [] if lacking == "consent" else [{"channel": "sms", "to": phone, "at": consent}]
        opted_out = [{"channel": "sms", "to": phone, "at": consent}] if lacking == "opted_out" else []
        self._serial += 1
        number = f"LN-{self._serial:05}"
        parties = [
            {
                **party,
                "contact_points": points,
                "consents": [
                    {"channel": "sms", "contact_point": 0, "at": consent, "how": "on paper", "given_to": "Example"}
                    for _ in agreed
                ],
                "opt_outs": [{"scope": "number", "contact_point": 0, "at": consent} for _ in opted_out],
                "contacts": [{**made, "place": "mobile", "contact_point": 0} for made in contacts],
            }
        ]
        form = {
            "external_id": number,
            "product": "Example Loan",
            "debt_kind": "personal_loan",
            "playbook": "us-first-party",
            "currency": "USD",
            "due_since": (origin - timedelta(days=draw.choice((3, 10, 28, 45, 100, 115)))).date().isoformat(),
            "balance": {"as_of": as_of, "components": {name: str(part) for name, part in owed.items()}},
            "parties": parties,
        }
        told = {
            "lender": f"lender {lender}",
            "person": f"p{index:03}",
            "phones": [phone],
            "zones": [] if lacking == "zone" else sorted(set(zones)),
            "consents": agreed,
            "opt_outs": opted_out,
            "contacts": contacts,
            "owed": str(sum(owed.values(), Decimal(0))),
            "balance_as_of": as_of,
        }
        self.debts.append(Debt(number, f"p{index:03}", phone, lender, form, told, owed))
        return self.debts[-1]

    def _chance(self, name: str) -> bool:
        return self._draw.random() < getattr(self._options, name)


def _address(index: int) -> dict[str, Any]:
    return {
        "lines": [f"{index} Example Street"],
        "city": "Sampleville",
        "region": "IL",
        "postal_code": "60601",
        "country": "US",
    }
