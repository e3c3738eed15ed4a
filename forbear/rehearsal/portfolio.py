"""The portfolio as the rehearsal's lender knows it: rows of the export, and the people they belong to.

What the lender says of its accounts is kept apart from what Forbear makes of them, so that a judge can compare the two.
"""

import csv
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

from forbear.errors import BadData

EXAMPLE = Path(__file__).parents[2] / "examples" / "portfolio.csv"
PERSONAL = (
    *("loan_number", "borrower_name", "borrower_birth_date", "phone", "email", "address_line1", "city"),
    "postal_code",
)
"""Columns whose values may appear in no history, id, log or address."""

Row = dict[str, str]


@dataclass(frozen=True, slots=True)
class Loan:
    """One row of the export. `person` is the lender's own label, the same for all loans of a borrower."""

    row: Row
    person: str

    @property
    def number(self) -> str:
        return self.row["loan_number"]

    @property
    def phone(self) -> str:
        return self.row["phone"]

    @property
    def zones(self) -> list[str]:
        return sorted({zone for zone in (self.row["phone_zone"], self.row["address_zone"]) if zone})

    @property
    def owed(self) -> Decimal:
        return sum((self.components[name] for name in self.components), Decimal(0))

    @property
    def components(self) -> dict[str, Decimal]:
        return {
            "principal": Decimal(self.row["principal"]),
            "interest": Decimal(self.row["interest"]),
            "fee": Decimal(self.row["fees"]),
        }

    @property
    def balance_as_of(self) -> datetime | None:
        return datetime.fromisoformat(self.row["balance_as_of"]) if self.row["balance_as_of"] else None

    @property
    def birth_date(self) -> date:
        return date.fromisoformat(self.row["borrower_birth_date"])

    @property
    def contacts(self) -> list[dict[str, str]]:
        """Contacts from before enrolment, as the export lists them."""
        made = [one.split("|") for one in self.row["prior_contacts"].split(";") if one]
        return [{"at": at, "channel": channel, "result": result} for at, channel, result in made]


def read(path: Path, limit: int | None = None) -> list[Loan]:
    """The loans of a file, the first `limit` of them."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))[:limit]
    if not rows:
        raise BadData(path, None, "holds no account")
    labels: dict[tuple[str, str], str] = {}
    loans: list[Loan] = []
    for row in rows:
        who = row["borrower_name"], row["borrower_birth_date"]
        loans.append(Loan(row, labels.setdefault(who, f"p{len(labels) + 1:03d}")))
    return loans


def personal_values(loans: list[Loan]) -> list[str]:
    """Every personal string of the portfolio, and the parts of names and of phones by which a person is known."""
    values: set[str] = set()
    for loan in loans:
        values |= {loan.row[column] for column in PERSONAL if loan.row[column]}
        values |= set(loan.row["borrower_name"].split())
        values |= {loan.phone.removeprefix("+"), loan.phone.removeprefix("+1")}
    return sorted(values)
