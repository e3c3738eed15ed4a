"""Rows of a loan-servicing export, and the enrolment each becomes.

A CSV file in UTF-8 with a header, and one overdue loan with its borrower in a row. An empty cell means 'not known': an
account without a zone, a consent or a balance date is enrolled and held, and says so. An unknown column is refused,
because a misspelt opt-out would otherwise be lost.

Columns marked * must be there:

* `loan_number`* the lender's reference, `product`*, `debt_kind`* (credit_card, personal_loan, microfinance, medical,
  mortgage, other), `playbook`*, `currency`*, `due_since`* (YYYY-MM-DD: the day after which it was late)
* `principal`*, `interest`, `fees` as 1234.50, and `balance_as_of`, the instant at which the books had them
* `borrower_name`*, `borrower_birth_date` (YYYY-MM-DD), `language`* (en, es …)
* `phone` (in national or international form), `phone_type` (mobile, landline, work), `phone_zone` (IANA); `email`
* `address_line1`, `city`, `state`, `postal_code` of a US address, `address_zone` (IANA)
* `sms_consent_at`, `sms_consent_how`, `sms_consent_given_to`; `opt_out_sms_at`
* `prior_contacts` of the last 30 days: `at|channel|result` with semicolons between them
"""

import csv
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final

from forbear.errors import BadData, BadInput
from forbear.ledger import addresses

REQUIRED: Final = (
    *("loan_number", "product", "debt_kind", "playbook", "currency", "due_since", "principal"),
    *("borrower_name", "language"),
)
OPTIONAL: Final = (
    *("interest", "fees", "balance_as_of", "borrower_birth_date", "phone", "phone_type", "phone_zone", "email"),
    *("address_line1", "city", "state", "postal_code", "address_zone", "sms_consent_at", "sms_consent_how"),
    *("sms_consent_given_to", "opt_out_sms_at", "prior_contacts"),
)
COUNTRY: Final = "US"
PHONES: Final = {
    "mobile": ("mobile", "area_code_mobile"),
    "landline": ("residence", "area_code_landline"),
    "work": ("workplace", "area_code_landline"),
}
"""Type of a phone to its place and to what its zone is evidence of."""
COLUMNS: Final = {
    "external_id": "loan_number",
    "fee": "fees",
    "as_of": "balance_as_of",
    "components": "principal",
    "name": "borrower_name",
    "birth_date": "borrower_birth_date",
    "contacts": "prior_contacts",
    "opt_outs": "opt_out_sms_at",
    "region": "state",
    "lines": "address_line1",
}
"""Fields of an enrolment whose column has another name."""
POSTAL: Final = frozenset({"lines", "city", "region", "postal_code"})
CONTACT_PARTS: Final = 3
Row = dict[str, str]
Json = dict[str, Any]


def rows(file: Path) -> Iterator[tuple[int, Row]]:
    """Each row with the line on which it begins.

    Raises:
        BadData: the file is no such export; says what to change.
    """
    with file.open(encoding="utf-8-sig", newline="") as lines:
        reader = csv.reader(lines, strict=True)
        try:
            header = [name.strip() for name in next(reader, [])]
            _check_header(file, header)
            begins = reader.line_num + 1
            for cells in reader:
                if any(cell.strip() for cell in cells):
                    if len(cells) != len(header):
                        raise BadData(
                            file, begins, f"has {len(cells)} cells, the header {len(header)}: quote the commas"
                        )
                    yield begins, {name: cell.strip() for name, cell in zip(header, cells, strict=True)}
                begins = reader.line_num + 1
        except UnicodeDecodeError:
            raise BadData(file, None, "is not in UTF-8: export or convert it as UTF-8") from None
        except csv.Error as error:
            raise BadData(file, reader.line_num, f"is not CSV ({error}): correct the quotes") from None


def _check_header(file: Path, header: list[str]) -> None:
    if missing := [name for name in REQUIRED if name not in header]:
        raise BadData(file, 1, f"lacks the column {', '.join(missing)}: add it")
    known = {*REQUIRED, *OPTIONAL}
    if unknown := [name for name in header if name not in known]:
        raise BadData(file, 1, f"has the unknown column {', '.join(unknown)}: rename or remove it")
    if len(set(header)) != len(header):
        raise BadData(file, 1, "names a column twice: remove one")


def to_enrolment(row: Mapping[str, str]) -> Json:
    """The body of `POST /v1/accounts` for a row.

    Raises:
        BadInput: names the column.
    """
    return {
        "external_id": row["loan_number"],
        "product": row["product"],
        "debt_kind": row["debt_kind"],
        "playbook": row["playbook"],
        "currency": row["currency"],
        "due_since": _day(row, "due_since"),
        "balance": {
            "as_of": _instant(row, "balance_as_of"),
            "components": {
                "principal": row["principal"],
                "interest": row.get("interest") or "0",
                "fee": row.get("fees") or "0",
            },
        },
        "parties": [_borrower(row)],
    }


def column_of(pointer: str, row: Mapping[str, str]) -> str:
    """The column behind a place in the enrolment of this row, as a problem points at it."""
    path = pointer.strip("/").split("/")
    if "contact_points" in path:
        named = _points(row)
        index = path.index("contact_points") + 1
        kind = named[int(path[index])]["kind"] if len(path) > index else "phone"
        if kind == "postal":
            part = next((each for each in reversed(path) if not each.isdigit()), "value")
            return COLUMNS.get(part, part) if part in POSTAL else "address_zone"
        return f"{kind}_zone" if path[-1].startswith("zone") else kind
    if "consents" in path:
        return "sms_consent_at" if path[-1] == "at" else f"sms_consent_{path[-1]}"
    known = [COLUMNS.get(part, part) for part in reversed(path)]
    return next((name for name in known if name in REQUIRED or name in OPTIONAL), known[-1])


def _borrower(row: Mapping[str, str]) -> Json:
    points = _points(row)
    has_phone = any(point["kind"] == "phone" for point in points)
    consents: list[Json] = []
    if row.get("sms_consent_at"):
        consents.append(
            {
                "channel": "sms",
                "contact_point": 0 if has_phone else None,
                "given_to": row.get("sms_consent_given_to", ""),
                "at": _instant(row, "sms_consent_at"),
                "how": row.get("sms_consent_how", ""),
            }
        )
    opted_out = _instant(row, "opt_out_sms_at")
    return {
        "role": "borrower",
        "name": row["borrower_name"],
        "birth_date": _day(row, "borrower_birth_date"),
        "language": row["language"],
        "contact_points": points,
        "consents": consents,
        "opt_outs": [{"scope": "channel", "channel": "sms", "at": opted_out}] if opted_out else [],
        "contacts": _contacts(row, points),
    }


def _points(row: Mapping[str, str]) -> list[Json]:
    """Phone, e-mail and postal address, as far as the row has them, in this order."""
    points: list[Json] = []
    if row.get("phone"):
        points.append(_phone(row))
    if row.get("email"):
        points.append({"kind": "email", "value": row["email"]})
    if row.get("address_line1") or row.get("city"):
        zone = row.get("address_zone") or None
        address = {
            "lines": [row.get("address_line1", "")],
            "city": row.get("city", ""),
            "region": row.get("state") or None,
            "postal_code": row.get("postal_code") or None,
            "country": COUNTRY,
        }
        evidence = "address" if zone else None
        points.append(
            {"kind": "postal", "value": address, "place": "residence", "zone": zone, "zone_evidence": evidence}
        )
    return points


def _phone(row: Mapping[str, str]) -> Json:
    try:
        number = addresses.phone(row["phone"], COUNTRY)
    except ValueError as error:
        raise BadInput("phone", str(error), "Correct it, or leave it empty.") from None
    kind = row.get("phone_type") or "mobile"
    if kind not in PHONES:
        raise BadInput("phone_type", "is not known", f"Use one of {', '.join(PHONES)}.")
    place, evidence = PHONES[kind]
    zone = row.get("phone_zone") or None
    return {
        "kind": "phone",
        "value": number,
        "place": place,
        "zone": zone,
        "zone_evidence": evidence if zone else None,
    }


def _contacts(row: Mapping[str, str], points: list[Json]) -> list[Json]:
    told = [one for one in row.get("prior_contacts", "").split(";") if one.strip()]
    by_kind = {point["kind"]: index for index, point in enumerate(points)}
    wanted = {"sms": "phone", "call": "phone", "email": "email", "letter": "postal", "visit": "postal"}
    contacts: list[Json] = []
    for one in told:
        parts = [part.strip() for part in one.split("|")]
        if len(parts) != CONTACT_PARTS:
            raise BadInput("prior_contacts", "a contact is not written as at|channel|result", "Correct it.")
        at, channel, result = parts
        point = by_kind.get(wanted.get(channel, ""))
        contacts.append(
            {
                "at": _instant({"prior_contacts": at}, "prior_contacts"),
                "channel": channel,
                "contact_point": point,
                "place": None if point is None else points[point].get("place"),
                "result": result,
            }
        )
    return contacts


def _instant(row: Mapping[str, str], column: str) -> str | None:
    text = row.get(column, "")
    if not text:
        return None
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        at = None
    if at is None or at.utcoffset() is None:
        raise BadInput(column, "is not an instant with its offset", "Write it as 2026-03-02T09:00:00Z.")
    return at.isoformat()


def _day(row: Mapping[str, str], column: str) -> str | None:
    text = row.get(column, "")
    if not text:
        return None
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        raise BadInput(column, "is not a date", "Write it as 2026-03-02.") from None
