"""What happened in a case, told by a person or by a lender's own system, and taken back where it was entered wrong.

Plain values lie open for the rules; what people alone read is sealed. What money a fact tells of is booked with the
case's next decision (`forbear.ledger.cases.money`).
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Final, cast, get_args

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from forbear.contracts.case_words import FactKind
from forbear.court.facts import check_fact, is_sound, parted
from forbear.errors import BadInput, Conflict, NotFound
from forbear.ledger.cases import acts
from forbear.ledger.cases.rows import all_facts
from forbear.ledger.cases.sealing import seal_json, unseal_json
from forbear.ledger.days import local, zone_of
from forbear.ledger.engine import Ledger
from forbear.ledger.ids import new_id
from forbear.ledger.tables.accounts import LegalCase, Party
from forbear.ledger.tables.cases import CaseFact

KINDS: Final[frozenset[str]] = frozenset(get_args(FactKind))
BY_ACTS: Final = frozenset({"closed_by_staff", "reopened"})
"""Facts that come with an act of their own (`forbear.ledger.cases.opening`)."""
MONEY: Final = frozenset({"paid_on_behalf", "booked_back"})
"""Facts that are nothing without an amount."""


def tell_fact(
    ledger: Ledger,
    session: Session,
    case_id: str,
    kind: str,
    on: date,
    *,
    person: str | None = None,
    values: Mapping[str, Any] | None = None,
    staff: str | None = None,
    now: datetime,
) -> CaseFact:
    """Tell a fact; its kind says which values it takes (`forbear/court/facts.toml`).

    Args:
        ledger: with the vault.
        session: of staff, of the lender's API or of the worker.
        case_id: the case.
        kind: one of `FactKind`.
        on: the civil day on which it happened, in the court's zone.
        person: a party of the account, where the fact is about one.
        values: plain and sealed ones together, as the form gives them.
        staff: who tells it; None for the lender's own system.
        now: world instant.

    Raises:
        BadInput: naming the first value that cannot be accepted.
        Conflict: the case is closed.
        NotFound: there is no such case, or the person is no party of its account.
    """
    if kind in BY_ACTS:
        raise BadInput("kind", "comes with an act of its own", "Close the case, or open it again.")
    case = acts.lock(session, case_id)
    if kind != "booked_back":
        acts.is_open(case)
    if kind in MONEY and not (values or {}).get("amount"):
        raise BadInput("amount", "is missing", "Say how much money it was.")
    row = put(ledger, session, case, kind, on, person=person, values=values, staff=staff, now=now)
    acts.tell(session, case, "case_fact_told", now)
    return row


def put(
    ledger: Ledger,
    session: Session,
    case: LegalCase,
    kind: str,
    on: date,
    *,
    person: str | None = None,
    values: Mapping[str, Any] | None = None,
    staff: str | None = None,
    now: datetime,
) -> CaseFact:
    """Check and store a fact of a case that the caller holds, and wakes.

    Raises:
        BadInput: naming the first value that cannot be accepted.
        NotFound: the person is no party of its account.
    """
    told = dict(values or {})
    _accept(session, case, kind, on, person, told, now)
    plain, sealed = parted(cast("FactKind", kind), told)
    row = CaseFact(
        kind=kind,
        on_day=on,
        person=person,
        details=plain,
        told=seal_json(ledger, session, case, sealed),
        staff=staff,
    )
    _write(session, case, row, now)
    return row


def take_back(session: Session, fact_id: str, *, staff: str | None = None, now: datetime) -> CaseFact:
    """Say that a fact was entered wrong; what it moved is reckoned anew without it.

    Raises:
        Conflict: it was taken back before, or takes one back itself.
        NotFound: the session sees no such fact.
    """
    found = session.get(CaseFact, fact_id)
    if found is None:
        raise NotFound(f"No fact {fact_id}")
    case = acts.lock(session, found.legal_case)
    if found.takes_back is not None:
        raise Conflict("This takes a fact back: tell the fact again instead")
    if any(row.takes_back == fact_id for row in all_facts(session, case.id)):
        raise Conflict(f"Fact {fact_id} was taken back before")
    row = CaseFact(
        kind=found.kind, on_day=found.on_day, person=found.person, details={}, staff=staff, takes_back=fact_id
    )
    _write(session, case, row, now)
    acts.tell(session, case, "case_fact_told", now)
    return row


def read_told(ledger: Ledger, session: Session, fact: CaseFact) -> dict[str, Any]:
    """The sealed values of a fact, for whoever may read them.

    Raises:
        Erased: the borrower was erased.
    """
    return unseal_json(ledger, session, acts.find(session, fact.legal_case), fact.told)


def _write(session: Session, case: LegalCase, row: CaseFact, now: datetime) -> None:
    """Number a fact and store it with its audit row."""
    last = session.scalars(select(func.max(CaseFact.number)).where(CaseFact.legal_case == case.id)).one()
    row.id, row.legal_case, row.number = new_id("fct"), case.id, (last or 0) + 1
    row.tenant, row.lender, row.at = case.tenant, case.lender, now
    session.add(row)
    kind = "case_fact_taken_back" if row.takes_back else "case_fact_told"
    acts.did(session, case, kind, row.id, row, now, staff=row.staff, person=row.person)


def _accept(  # noqa: PLR0917  a fact is all of these
    session: Session,
    case: LegalCase,
    kind: str,
    on: date,
    person: str | None,
    values: Mapping[str, Any],
    now: datetime,
) -> None:
    if kind not in KINDS:
        raise BadInput("kind", "is no kind of fact", f"Choose one of {', '.join(sorted(KINDS))}.")
    if on > local(now, zone_of(session, case.account)):
        raise BadInput(
            "on", "lies in the future", "Tell a fact when it has happened; a later day goes into its values."
        )
    if not is_sound(on):
        raise BadInput("on", "is no day of ours", "Send a day such as 2026-11-22.")
    flaws = check_fact(cast("FactKind", kind), values, person=person is not None)
    if flaws:
        raise BadInput(flaws[0].field, flaws[0].problem, "; ".join(each.remedy for each in flaws))
    if person is not None:
        parties = select(Party.id).where(Party.account == case.account, Party.person == person)
        if session.scalars(parties.limit(1)).first() is None:
            raise NotFound("That person is no party of this case's account")
