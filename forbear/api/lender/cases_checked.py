"""What a lender may tell of a case: which facts are its own to tell and take back, and which fields papers have."""

from collections.abc import Generator, Iterable, Mapping
from contextlib import contextmanager
from functools import cache
from typing import Final

from sqlalchemy.orm import Session

from forbear.api.problems import Refusal
from forbear.casework.shared import LEDGER, shared
from forbear.contracts.case_words import FactKind
from forbear.documents.kinds import Kind
from forbear.documents.registry import COURT, kinds
from forbear.errors import BadInput, Conflict, NotFound
from forbear.ledger.tables.cases import CaseFact

OF_STAFF: Final[frozenset[FactKind]] = frozenset({"taken_up", "closed_by_staff", "reopened"})
"""Facts by which somebody decides how a matter goes on; a lender's program does not."""


def may_tell(kind: FactKind) -> None:
    """Refuse facts that are for legal staff to tell.

    Raises:
        BadInput: it is one of them.
    """
    if kind in OF_STAFF:
        raise BadInput("kind", "is for legal staff to tell", "Ask them; the case shows what it waits for.")


@contextmanager
def in_values() -> Generator[None]:
    """Say of a value that cannot be accepted where it stands in what was sent."""
    try:
        yield
    except BadInput as error:
        places = {"kind": "kind", "on": "on", "person": "party"}
        place = places.get(error.field, f"values.{error.field}")
        raise BadInput(place, error.problem, error.remedy) from None


def fact_of(session: Session, case: str, fact: str) -> CaseFact:
    """A fact of a case that its lender told.

    Raises:
        Conflict: staff told it.
        NotFound: it is none of this case.
    """
    found = session.get(CaseFact, fact)
    if found is None or found.legal_case != case:
        raise NotFound(f"No fact {fact}")
    if found.staff is not None:
        raise Conflict("Legal staff told this fact: ask them to take it back")
    return found


def check_fields(paper: str | None, values: Mapping[str, object]) -> None:
    """Refuse values that no paper takes, and those that the record supplies itself.

    Raises:
        BadInput: there is no such paper.
        Refusal: naming each field that cannot be told.
    """
    papers = _papers()
    if paper is not None and paper not in papers:
        raise BadInput("paper", "is no paper of packets", "Leave it out, or name the kind as the registry does.")
    chosen = [papers[paper]] if paper else papers.values()
    known = _suppliers(chosen)
    errors = [
        {"pointer": f"/values/{name}", "detail": "no paper takes it"}
        if name not in known
        else {"pointer": f"/values/{name}", "detail": "the record supplies it: correct the account instead"}
        for name in values
        if known.get(name, LEDGER) == LEDGER
    ]
    if errors:
        raise Refusal("invalid", errors)


@cache
def _papers() -> Mapping[str, Kind]:
    return kinds(COURT)


def _suppliers(chosen: Iterable[Kind]) -> dict[str, str]:
    """Who supplies each field; of a name that papers declare for themselves, anybody who is not the record.

    Shared ones that no paper prints, such as what was paid before the account was handed over, are read for all.
    """
    found: dict[str, str] = dict(shared())
    for kind in chosen:
        for name, each in kind.fields.items():
            found[name] = shared().get(name, each.supplier if found.get(name, LEDGER) == LEDGER else found[name])
    return found
