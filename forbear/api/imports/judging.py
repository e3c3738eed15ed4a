"""What a record of an imported file is worth: an enrolment, or the flaws that keep it from being one.

Everything that needs no ledger is said at once, so that a lender corrects a row once.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pydantic import ValidationError

from forbear.api.import_places import column_of
from forbear.api.import_rows import to_enrolment
from forbear.api.imports.flaws import Flaw, code_of, of_form, of_input
from forbear.api.imports.records import Record
from forbear.api.problems import pointer
from forbear.errors import BadInput
from forbear.ledger.enrol import playbooks
from forbear.ledger.forms.checks import Refused, Surroundings, problems
from forbear.ledger.forms.enrolment import EnrolmentForm
from forbear.ledger.tables.people import Lender


@dataclass(frozen=True, slots=True)
class Judged:
    """A record with the enrolment it is, if it is one. `external_id` as far as it could be read."""

    record: Record
    external_id: str | None
    form: EnrolmentForm | None
    flaws: tuple[Flaw, ...]


@dataclass(frozen=True, slots=True)
class Names:
    """How places of an enrolment are called in this file."""

    record: Record
    headers: Mapping[str, str]

    def column(self, place: str) -> str:
        """The file's own name of the column behind a JSON pointer; of NDJSON the pointer itself."""
        if not self.headers:
            return place
        known = column_of(place, self.record.cells)
        return self.headers.get(known, known)

    def empty(self, place: str) -> bool:
        """Whether the cell behind a place is empty, or there is no such column."""
        return bool(self.headers) and not self.record.cells.get(column_of(place, self.record.cells))


def judge(record: Record, headers: Mapping[str, str], lender: Lender, now: datetime) -> Judged:
    """Check a record against the form, the lender, the playbook and the clock."""
    names = Names(record, headers)
    named = _named(record)
    if record.flaws:
        return Judged(record, named, None, record.flaws)
    try:
        body = to_enrolment(record.cells, lender.country) if headers else record.body
        form = EnrolmentForm.model_validate(body)
    except Refused as error:
        flaws = [of_input(each, names.headers.get(each.field, each.field)) for each in error.found]
        return Judged(record, named, None, tuple(flaws))
    except ValidationError as error:
        return Judged(record, named, None, tuple(_of_form(error, names)))
    book = playbooks().get(form.playbook)
    wrong = problems(form, Surroundings(lender, book, tuple(sorted(playbooks())), now))
    return Judged(record, form.external_id, form, tuple(of_refusal(each, names) for each in wrong))


def of_refusal(error: BadInput, names: Names) -> Flaw:
    """A flaw of what a check of the whole enrolment says."""
    place = pointer(error.field.split("."))
    return of_input(error, names.column(place))


def _of_form(error: ValidationError, names: Names) -> list[Flaw]:
    flaws: dict[tuple[str, str], Flaw] = {}
    for place, reason, missing in of_form(error):
        column = names.column(place)
        if missing or names.empty(place):
            flaw = Flaw("missing", column, "is missing" if missing else "is empty")
        else:
            flaw = Flaw(code_of(column, place.replace("/", ".")), column, reason)
        flaws.setdefault((column, flaw.code), flaw)
    return list(flaws.values())


def _named(record: Record) -> str | None:
    """The reference a record gives, if it is fit to be repeated."""
    body: Any = record.body
    given: Any = record.cells.get("loan_number") or (body.get("external_id") if isinstance(body, dict) else None)
    fit = isinstance(given, str) and 0 < len(given) <= 100 and given.isascii() and given.isprintable()  # noqa: PLR2004  as a Reference
    return given if fit else None
