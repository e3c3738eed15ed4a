"""Rows of a loan-servicing export, and the enrolment each becomes.

A CSV file with a header, and one overdue loan with its people in a row. An empty cell means 'not known': an account
without a zone, a consent or a balance date is enrolled and held, and says so. An unknown column is refused, because a
misspelt opt-out would otherwise be lost. `forbear.api.import_columns` has the Chinese names.

Columns marked * must be there:

* `loan_number`* the lender's reference, `product`*, `debt_kind`* (credit_card, personal_loan, microfinance, medical,
  mortgage, other), `playbook`*, `currency`*, `due_since`* (YYYY-MM-DD: the day after which it was late)
* `principal`*, `interest`, `penalty_interest`, `compound_interest`, `fees`, `costs` as 1234.50, and `balance_as_of`,
  the instant at which the books had them
* `interest_rate` a year or `daily_rate`, `day_count` (ACT/360, ACT/365, ACT/ACT, 30/360), `penalty_rate` or
  `penalty_uplift`, `compounding` (yes or no), `rate_cap` or `rate_cap_reference` (CN.LPR.1Y), `rate_cap_multiple` and
  `contract_date`, `payment_order` (the six components), `terms_since`: the terms by which the balance grows; rates are
  fractions such as 0.12
* `borrower_name`*, `borrower_birth_date` (YYYY-MM-DD), `borrower_identity_number`, `language`* (en, es, zh-Hans …)
* `circumstances` of the debt (time_barred, balance_growing …) and `borrower_circumstances` (employer_forbids,
  vulnerable …), with blanks between
* `jurisdictions`: the packs that apply, widest first, with blanks between; derived from the contact points if empty
* `phone` (in national or international form), `phone_type` (mobile, landline, work), `phone_zone` (IANA); `email`
* `address_line1`, `address_line2`, `city`, `state`, `postal_code`, `address_zone` (IANA); `country` (two letters) of
  the address and of a phone in national form, the lender's own if empty
* `sms_consent_at`, `sms_consent_how`, `sms_consent_given_to`; `opt_out_sms_at`
* `prior_contacts` of the last 30 days: `at|channel|result` with semicolons between them

Further parties have the same columns behind `co_borrower_`, `spouse_`, `guarantor_`, `counter_guarantor_` or
`contact_`: `guarantor_name`, `guarantor_phone` …; the second to ninth of a role behind `guarantor_2_` to
`guarantor_9_`. A party whose columns are all empty is not there; an empty language is the borrower's.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final

from forbear.api.import_columns import VALUES, Prefix, prefixes
from forbear.api.import_terms import to_terms
from forbear.errors import BadInput
from forbear.ledger import addresses
from forbear.ledger.forms.checks import Refused

COUNTRY: Final = "US"
PHONES: Final = {
    "mobile": ("mobile", "area_code_mobile"),
    "landline": ("residence", "area_code_landline"),
    "work": ("workplace", "area_code_landline"),
}
"""Type of a phone to its place and to what its zone is evidence of."""
COMPONENTS: Final = {
    "principal": "principal",
    "interest": "interest",
    "penalty_interest": "penalty_interest",
    "compound_interest": "compound_interest",
    "fee": "fees",
    "cost": "costs",
}
"""Components of a balance to their columns."""
POINTS: Final = {"sms": "phone", "call": "phone", "email": "email", "letter": "postal", "visit": "postal"}
CONTACT_PARTS: Final = 3
BETWEEN: Final = re.compile(r"[\s;,、，；]+")
Row = Mapping[str, str]
Json = dict[str, Any]


class _Cells:
    """A row's cells, and what is wrong with them."""

    def __init__(self, row: Row) -> None:
        self._row = row
        self.found: list[BadInput] = []

    def text(self, column: str) -> str:
        """The cell, in our own word where it has a Chinese one; empty where there is no such column."""
        return self._word(column, self._row.get(column, ""))

    def of(self, prefix: Prefix, field: str) -> str:
        """The cell of a field of this party, likewise."""
        return self._word(field, self._row.get(prefix.column(field), ""))

    def _word(self, field: str, value: str) -> str:
        return VALUES[field].get(value, value) if value and field in VALUES else value

    def refuse(self, column: str, problem: str, remedy: str) -> None:
        self.found.append(BadInput(column, problem, remedy))

    def day(self, column: str) -> str | None:
        text = self.text(column)
        if not text:
            return None
        try:
            return date.fromisoformat(text).isoformat()
        except ValueError:
            self.refuse(column, "is not a date", "Write it as 2026-03-02.")
            return None

    def instant(self, column: str, text: str | None = None) -> str | None:
        """The instant in a cell, or in a part of one."""
        written = self.text(column) if text is None else text
        if not written:
            return None
        try:
            at = datetime.fromisoformat(written)
        except ValueError:
            at = None
        if at is None or at.utcoffset() is None:
            self.refuse(column, "is not an instant with its offset", "Write it as 2026-03-02T09:00:00Z.")
            return None
        return at.isoformat()


def to_enrolment(row: Row, country: str = COUNTRY) -> Json:
    """The body of `POST /v1/accounts` for a row.

    Args:
        row: canonical column names to cells.
        country: of phones in national form and of addresses where the row names none.

    Raises:
        Refused: everything that cannot be read, by column.
    """
    cells = _Cells(row)
    body: Json = {
        "external_id": cells.text("loan_number"),
        "product": cells.text("product"),
        "debt_kind": cells.text("debt_kind"),
        "playbook": cells.text("playbook"),
        "currency": cells.text("currency"),
        "due_since": cells.day("due_since"),
        "balance": {
            "as_of": cells.instant("balance_as_of"),
            "components": {name: cells.text(column) or "0" for name, column in _components(row)},
        },
        "parties": [_party(cells, prefix, country) for prefix in _present(cells, row)],
    }
    if circumstances := _words(cells.text("circumstances")):
        body["circumstances"] = circumstances
    if terms := to_terms(cells):
        body["terms"] = terms
    if cells.found:
        raise Refused(cells.found)
    return body


def _components(row: Row) -> list[tuple[str, str]]:
    """Components with their columns; those that few books have only where the export has them."""
    usual = ("principal", "interest", "fees")
    return [(name, column) for name, column in COMPONENTS.items() if column in usual or row.get(column)]


def _present(cells: _Cells, row: Row) -> list[Prefix]:
    """The parties of a row: the borrower, and every other whose columns are not empty."""
    told = [column for column, cell in row.items() if cell]
    found = prefixes(told)
    for prefix in found[1:]:
        if not row.get(prefix.column("name")):
            cells.refuse(prefix.column("name"), "is empty", "Give the name, or leave all columns of this party empty.")
    return found


def _party(cells: _Cells, prefix: Prefix, country: str) -> Json:
    def cell(field: str) -> str:
        return cells.of(prefix, field)

    home = cell("country") or cells.text("country") or country
    points = _points(cells, prefix, home)
    opted_out = cells.instant(prefix.column("opt_out_sms_at"))
    told: Json = {
        "role": prefix.role,
        "name": cell("name"),
        "birth_date": cells.day(prefix.column("birth_date")),
        "language": cell("language") or cells.text("language"),
        "contact_points": points,
        "consents": _consents(cells, prefix, points),
        "opt_outs": [{"scope": "channel", "channel": "sms", "at": opted_out}] if opted_out else [],
        "contacts": _contacts(cells, prefix, points),
    }
    if identity := cell("identity_number"):
        told["identity_number"] = identity
    for field in ("jurisdictions", "circumstances"):
        if words := _words(cell(field)):
            told[field] = words
    return told


def _words(cell: str) -> list[str]:
    """The words of a cell, whatever stands between them."""
    return [word for word in BETWEEN.split(cell) if word]


def _consents(cells: _Cells, prefix: Prefix, points: Sequence[Json]) -> list[Json]:
    at = cells.instant(prefix.column("sms_consent_at"))
    if at is None:
        return []
    has_phone = any(point["kind"] == "phone" for point in points)
    return [
        {
            "channel": "sms",
            "contact_point": 0 if has_phone else None,
            "given_to": cells.text(prefix.column("sms_consent_given_to")),
            "at": at,
            "how": cells.text(prefix.column("sms_consent_how")),
        }
    ]


def _points(cells: _Cells, prefix: Prefix, country: str) -> list[Json]:
    """Phone, e-mail and postal address, as far as the row has them, in this order."""
    points: list[Json] = []
    if cells.text(prefix.column("phone")):
        points.append(_phone(cells, prefix, country))
    if email := cells.text(prefix.column("email")):
        points.append({"kind": "email", "value": email})
    if cells.text(prefix.column("address_line1")) or cells.text(prefix.column("city")):
        points.append(_postal(cells, prefix, country))
    return points


def _postal(cells: _Cells, prefix: Prefix, country: str) -> Json:
    def cell(field: str) -> str | None:
        return cells.text(prefix.column(field)) or None

    more = cell("address_line2")
    zone = cell("address_zone")
    address = {
        "lines": [cell("address_line1") or "", *([more] if more else [])],
        "city": cell("city") or "",
        "region": cell("state"),
        "postal_code": cell("postal_code"),
        "country": country,
    }
    evidence = "address" if zone else None
    return {"kind": "postal", "value": address, "place": "residence", "zone": zone, "zone_evidence": evidence}


def _phone(cells: _Cells, prefix: Prefix, country: str) -> Json:
    number, column = "", prefix.column("phone")
    try:
        number = addresses.phone(cells.text(column), country)
    except ValueError as error:
        cells.refuse(column, str(error), "Correct it, or leave it empty.")
    kind = cells.of(prefix, "phone_type") or "mobile"
    if kind not in PHONES:
        cells.refuse(prefix.column("phone_type"), "is not known", f"Use one of {', '.join(PHONES)}.")
    place, evidence = PHONES.get(kind, PHONES["mobile"])
    zone = cells.text(prefix.column("phone_zone")) or None
    return {
        "kind": "phone",
        "value": number,
        "place": place,
        "zone": zone,
        "zone_evidence": evidence if zone else None,
    }


def _contacts(cells: _Cells, prefix: Prefix, points: list[Json]) -> list[Json]:
    column = prefix.column("prior_contacts")
    told = [one for one in cells.text(column).split(";") if one.strip()]
    by_kind = {point["kind"]: index for index, point in enumerate(points)}
    contacts: list[Json] = []
    for one in told:
        parts = [part.strip() for part in one.split("|")]
        if len(parts) != CONTACT_PARTS:
            cells.refuse(column, "a contact is not written as at|channel|result", "Correct it.")
            continue
        at, channel, result = parts
        point = by_kind.get(POINTS.get(channel, ""))
        contacts.append(
            {
                "at": cells.instant(column, at or "missing"),
                "channel": channel,
                "contact_point": point,
                "place": None if point is None else points[point].get("place"),
                "result": result,
            }
        )
    return contacts
