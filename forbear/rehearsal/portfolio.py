"""The portfolios as the rehearsal's lenders know them: rows of their exports, and the people they belong to.

What a lender says of its accounts is kept apart from what Forbear makes of them, so that a judge can compare the two.
"""

import csv
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property
from pathlib import Path

from forbear.api.import_columns import VALUES, Prefix, canonical, prefixes
from forbear.errors import BadData
from forbear.ledger.addresses import phone_country
from forbear.rehearsal.lenders import BANK, ENGLISH, UNION, Creditor

EXAMPLE = UNION.export
PERSONAL = (
    *("name", "birth_date", "identity_number", "phone", "email", "address_line1", "address_line2", "city"),
    "postal_code",
)
"""Fields of a party whose values may appear in no history, id, log or address; nor may a loan's number."""
AMOUNTS = {
    "principal": "principal",
    "interest": "interest",
    "penalty_interest": "penalty_interest",
    "compound_interest": "compound_interest",
    "fee": "fees",
    "cost": "costs",
}
"""Components of a balance to their columns."""
EVERY_WAY, ASKED_AND_DECLINED = "us-first-party-all", 3
"""Whoever is called at all was asked about calls by a machine; one in so many declined."""
BETWEEN = re.compile(r"\W+")

Row = dict[str, str]
Labels = dict[tuple[str, str], str]


@dataclass(frozen=True, slots=True)
class Party:
    """One person on a loan. `label` is the rehearsal's own, the same for a person over all loans and lenders."""

    row: Row
    prefix: Prefix
    label: str

    def cell(self, field: str) -> str:
        return self.row.get(self.prefix.column(field), "")

    @property
    def role(self) -> str:
        return self.prefix.role

    @property
    def phone(self) -> str:
        return self.cell("phone")

    @property
    def phones(self) -> list[str]:
        return [self.phone] if self.phone else []

    @property
    def zones(self) -> list[str]:
        return sorted({zone for zone in (self.cell("phone_zone"), self.cell("address_zone")) if zone})

    @property
    def birth_date(self) -> str | None:
        return self.cell("birth_date") or None

    @property
    def home(self) -> str | None:
        """The zone in which they sleep, as far as their lender knows."""
        return self.cell("address_zone") or self.cell("phone_zone") or None

    @property
    def language(self) -> str:
        return self.cell("language") or self.row["language"]

    def countries(self, home: str) -> list[str]:
        """Whose law the lender says protects the person: as told, else where the address or the phone is."""
        if told := [name for name in BETWEEN.split(self.cell("jurisdictions")) if name]:
            return told
        if self.cell("address_line1") or self.cell("city"):
            return [self.cell("country") or self.row.get("country") or home]
        country = phone_country(self.phone) if self.phone else None
        return [country] if country else []


@dataclass(frozen=True)
class Loan:
    """One row of an export with its people, the borrower first."""

    row: Row
    parties: Sequence[Party]
    lender: Creditor = UNION

    @property
    def borrower(self) -> Party:
        return self.parties[0]

    @property
    def person(self) -> str:
        return self.borrower.label

    @property
    def number(self) -> str:
        return self.row["loan_number"]

    @property
    def phone(self) -> str:
        return self.borrower.phone

    @property
    def zones(self) -> list[str]:
        return self.borrower.zones

    @property
    def owed(self) -> Decimal:
        return sum(self.components.values(), Decimal(0))

    @cached_property
    def components(self) -> dict[str, Decimal]:
        return {name: Decimal(self.row.get(column) or "0") for name, column in AMOUNTS.items()}

    @property
    def birth_date(self) -> date:
        return date.fromisoformat(self.row["borrower_birth_date"])

    @property
    def balance_as_of(self) -> datetime | None:
        return datetime.fromisoformat(self.row["balance_as_of"]) if self.row["balance_as_of"] else None

    @property
    def recorded_calls_at(self) -> str:
        """When the borrower agreed to calls with a recorded voice; empty for those who did not."""
        agreed = self.row["playbook"] == EVERY_WAY and int(self.number[-1]) % ASKED_AND_DECLINED
        return self.row["sms_consent_at"] if agreed and self.phone else ""

    @property
    def contacts(self) -> list[dict[str, str]]:
        """Contacts from before enrolment, as the export lists them."""
        made = [one.split("|") for one in self.row["prior_contacts"].split(";") if one]
        return [{"at": at, "channel": channel, "result": result} for at, channel, result in made]


def read(path: Path, limit: int | None = None, lender: Creditor = UNION, labels: Labels | None = None) -> list[Loan]:
    """The loans of a file, the first `limit` of them; `labels` carries people from one lender's file to the next."""
    rows = _rows(path, lender.encoding)[:limit]
    if not rows:
        raise BadData(path, None, "holds no account")
    known: Labels = {} if labels is None else labels
    return [Loan(row, parties_of(row, known), lender) for row in rows]


def read_all(limit: int | None = None, labels: Labels | None = None) -> list[Loan]:
    """The loans of all lenders; with a limit, a third of it from the bank and an eighth from the English one."""
    labels = {} if labels is None else labels
    of_bank, of_english = (None, None) if limit is None else (limit // 3, limit // 8)
    of_union = None if limit is None else limit - limit // 3 - limit // 8
    shares = ((UNION, of_union), (BANK, of_bank), (ENGLISH, of_english))
    return [loan for lender, share in shares if share != 0 for loan in read(lender.export, share, lender, labels)]


def cut(loans: Sequence[Loan]) -> bytes:
    """The lender's own file with no more than these loans, in the bytes it came in."""
    head, *lines = loans[0].lender.export.read_bytes().splitlines(keepends=True)
    wanted = {loan.number.encode() for loan in loans}
    return b"".join([head, *(line for line in lines if line.split(b",", 1)[0] in wanted)])


def personal_values(loans: Iterable[Loan]) -> list[str]:
    """Every personal string of the portfolio, and the parts of names and of phones by which a person is known."""
    values: set[str] = set()
    for loan in loans:
        values.add(loan.number)
        for party in loan.parties:
            values |= {party.cell(field) for field in PERSONAL if party.cell(field)}
            values |= set(party.cell("name").split())
            for phone in party.phones:
                values |= {
                    phone,
                    phone.removeprefix("+"),
                    phone.removeprefix("+1").removeprefix("+86").removeprefix("+44"),
                }
    return sorted(values)


def _rows(path: Path, encoding: str) -> list[Row]:
    """The cells by the canonical names of their columns, in our words where they have Chinese ones."""
    with path.open(encoding=encoding, newline="") as file:
        header, *lines = csv.reader(file)
    names = [canonical(name) or name for name in header]
    return [{name: _word(name, cell) for name, cell in zip(names, cells, strict=True)} for cells in lines]


def _word(column: str, cell: str) -> str:
    words: Mapping[str, str] = VALUES.get(column, {})
    return words.get(cell, cell)


def parties_of(row: Row, labels: Labels) -> list[Party]:
    """The people of a row, the borrower first."""
    told = [name for name, cell in row.items() if cell]
    return [Party(row, prefix, _label(row, prefix, labels)) for prefix in prefixes(told)]


def _label(row: Row, prefix: Prefix, labels: Labels) -> str:
    who = row[prefix.column("name")], row.get(prefix.column("birth_date"), "")
    return labels.setdefault(who, f"p{len(labels) + 1:03d}")
