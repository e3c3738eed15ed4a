"""Values for the papers of a case, told by whoever can supply them; of each name the latest holds, empty takes it away.

They are sealed; which names were told, by whom and when lies open, so that a page can say it without opening them.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy.orm import Session

from forbear.errors import BadInput
from forbear.ledger.cases import acts
from forbear.ledger.cases.rows import field_rows
from forbear.ledger.cases.sealing import seal, unseal_json
from forbear.ledger.engine import Ledger
from forbear.ledger.ids import new_id
from forbear.ledger.tables.accounts import LegalCase
from forbear.ledger.tables.cases import CaseFields

EVERY_PAPER: Final = ""
"""The kind under which values for all papers of a case are told."""
MOST: Final = 60_000
"""Signs of what is told at once."""
MOST_NAMES: Final = 300
EMPTY: Final[tuple[object, ...]] = (None, "", [], {})


@dataclass(frozen=True, slots=True)
class WhoTold:
    """Who told a value last; `staff` is None for the lender's own system. `given` is false where it was taken away."""

    kind: str
    name: str
    staff: str | None
    at: datetime
    given: bool


def tell_fields(
    ledger: Ledger,
    session: Session,
    case_id: str,
    kind: str,
    values: Mapping[str, Any],
    *,
    staff: str | None = None,
    now: datetime,
) -> CaseFields:
    """Keep values for one kind of paper, or for all of a case's.

    Raises:
        BadInput: nothing is told, or more than any paper takes, or it is no JSON.
        Conflict: the case is closed.
        NotFound: there is no such case.
    """
    told = dict(values)
    if not told or len(told) > MOST_NAMES:
        raise BadInput("fields", f"are none, or more than {MOST_NAMES}", "Tell what papers need, in several turns.")
    try:
        text = json.dumps(told, ensure_ascii=False, sort_keys=True)
    except (TypeError, ValueError):
        raise BadInput(
            "fields", "are no plain values", "Send texts, days as text, amounts as text, and rows."
        ) from None
    if len(text) > MOST:
        raise BadInput("fields", f"are longer than {MOST} signs", "Tell them in several turns.")
    case = acts.is_open(acts.lock(session, case_id))
    row = CaseFields(
        id=new_id("cfd"),
        tenant=case.tenant,
        lender=case.lender,
        legal_case=case.id,
        kind=kind,
        told=seal(ledger, session, case, text),
        names={name: value not in EMPTY for name, value in told.items()},
        staff=staff,
        at=now,
    )
    session.add(row)
    acts.did(session, case, "case_fields_told", row.id, row, now, staff=staff)
    acts.tell(session, case, "case_fields_told", now)
    return row


def read_fields(ledger: Ledger, session: Session, case: LegalCase) -> dict[str, dict[str, Any]]:
    """The values that hold, by kind of paper; those for every paper under an empty name.

    Raises:
        Erased: the borrower was erased.
    """
    held: dict[str, dict[str, Any]] = {}
    for row in field_rows(session, case.id):
        held.setdefault(row.kind, {}).update(unseal_json(ledger, session, case, row.told))
    return {
        kind: {name: value for name, value in values.items() if value not in EMPTY} for kind, values in held.items()
    }


def who_told(session: Session, case_id: str) -> Sequence[WhoTold]:
    """Who told each value last, by kind and name."""
    found: dict[tuple[str, str], WhoTold] = {}
    for row in field_rows(session, case_id):
        for name, given in row.names.items():
            found[row.kind, name] = WhoTold(row.kind, name, row.staff, row.at, bool(given))
    return [found[key] for key in sorted(found)]
