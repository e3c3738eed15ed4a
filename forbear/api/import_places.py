"""Which column of an export stands behind a place in the enrolment that was made from a row.

Forms name what is wrong by its place; a lender looks for the column.
"""

from collections.abc import Sequence
from typing import Final

from forbear.api.import_columns import THE_BORROWER, Prefix, prefixes
from forbear.api.import_rows import COMPONENTS, Row
from forbear.api.import_terms import column_of as terms_column

WHOLE: Final = {"external_id": "loan_number", "as_of": "balance_as_of", "components": "principal", **COMPONENTS}
FIELDS: Final = {"contacts": "prior_contacts", "opt_outs": "opt_out_sms_at"}
POSTAL: Final = {
    "lines": "address_line1",
    "city": "city",
    "region": "state",
    "postal_code": "postal_code",
    "country": "country",
}


def column_of(pointer: str, row: Row) -> str:
    """The column behind a place in the enrolment of this row, as a problem points at it."""
    path = pointer.strip("/").split("/")
    if path[0] == "terms":
        return terms_column(path[1:])
    if path[0] != "parties":
        return next((WHOLE.get(part, part) for part in reversed(path) if not part.isdigit()), path[0])
    present = prefixes([column for column, cell in row.items() if cell])
    index = int(path[1]) if len(path) > 1 and path[1].isdigit() else 0
    prefix = present[index] if index < len(present) else THE_BORROWER
    return prefix.column(_field(path[2:], row, prefix))


def _field(path: Sequence[str], row: Row, prefix: Prefix) -> str:
    """The field of a party behind the rest of a path."""
    if not path:
        return "name"
    if path[0] == "contact_points":
        return _point_field(path[1:], row, prefix)
    if path[0] == "consents":
        return f"sms_consent_{path[-1] if path[-1] in {'how', 'given_to'} else 'at'}"
    return FIELDS.get(path[0], path[0])


def _point_field(path: Sequence[str], row: Row, prefix: Prefix) -> str:
    kinds = [*(kind for kind in ("phone", "email") if row.get(prefix.column(kind))), "postal"]
    index = int(path[0]) if path and path[0].isdigit() else 0
    kind = kinds[min(index, len(kinds) - 1)] if path else "phone"
    if kind == "postal":
        part = next((each for each in reversed(path) if not each.isdigit()), "value")
        return POSTAL.get(part, "address_zone")
    return f"{kind}_zone" if path and path[-1].startswith("zone") else kind
