"""Money spent on a case: fees, lawyers, postage. A row that was wrong is taken back by a later one."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final, get_args

from sqlalchemy.orm import Session

from forbear.contracts.case_words import CostKind
from forbear.errors import BadInput, Conflict, NotFound
from forbear.ledger.cases import acts, rows
from forbear.ledger.cases.sealing import seal_json, unseal_json
from forbear.ledger.days import local, zone_of
from forbear.ledger.engine import Ledger
from forbear.ledger.ids import new_id
from forbear.ledger.tables.accounts import Account, LegalCase
from forbear.ledger.tables.cases import CaseCost
from forbear.money.currency import minor_unit

COST_KINDS: Final[tuple[str, ...]] = get_args(CostKind)
TOLD: Final = frozenset({"what", "proof", "remark"})
MOST_TOLD: Final = 1_000
MOST_AMOUNT: Final = Decimal(10) ** 12


def tell_cost(
    ledger: Ledger,
    session: Session,
    case_id: str,
    kind: str,
    amount: Decimal,
    *,
    on: date,
    claimed: bool,
    told: Mapping[str, Any] | None = None,
    staff: str | None = None,
    now: datetime,
) -> CaseCost:
    """Enter what was spent, in the account's currency.

    Args:
        ledger: with the vault.
        session: of staff or of the lender's API.
        case_id: the case.
        kind: one of `CostKind`.
        amount: more than zero, in whole coins.
        on: the day on which it was paid.
        claimed: whether it is asked back from the debtor.
        told: what for and by which proof, of `TOLD`; sealed.
        staff: who enters it; None for the lender's own system.
        now: world instant.

    Raises:
        BadInput: naming what cannot be accepted.
        NotFound: there is no such case.
    """
    case = acts.lock(session, case_id)
    account = session.get_one(Account, case.account)
    _accept(kind, amount, account.currency, told or {})
    if on > local(now, zone_of(session, account.id)):
        raise BadInput("on", "lies in the future", "Enter a cost when it was paid.")
    row = CaseCost(
        id=new_id("cst"),
        tenant=case.tenant,
        lender=case.lender,
        legal_case=case.id,
        kind=kind,
        amount=amount,
        currency=account.currency,
        on_day=on,
        claimed=claimed,
        told=seal_json(ledger, session, case, dict(told or {})),
        staff=staff,
        takes_back=None,
        at=now,
    )
    return _write(session, case, row, "case_cost_told", now)


def take_back_cost(session: Session, cost_id: str, *, staff: str | None = None, now: datetime) -> CaseCost:
    """Say that a cost was entered wrong.

    Raises:
        Conflict: it was taken back before, or takes one back itself.
        NotFound: the session sees no such cost.
    """
    found = session.get(CaseCost, cost_id)
    if found is None:
        raise NotFound(f"No cost {cost_id}")
    case = acts.lock(session, found.legal_case)
    if not any(each.id == cost_id for each in rows.costs(session, case.id)):
        raise Conflict(f"Cost {cost_id} was taken back before")
    row = CaseCost(
        id=new_id("cst"),
        tenant=case.tenant,
        lender=case.lender,
        legal_case=case.id,
        kind=found.kind,
        amount=found.amount,
        currency=found.currency,
        on_day=found.on_day,
        claimed=found.claimed,
        told=None,
        staff=staff,
        takes_back=found.id,
        at=now,
    )
    return _write(session, case, row, "case_cost_taken_back", now)


def read_cost(ledger: Ledger, session: Session, case: LegalCase, row: CaseCost) -> dict[str, Any]:
    """What it was for, for people."""
    return unseal_json(ledger, session, case, row.told)


def _write(session: Session, case: LegalCase, row: CaseCost, kind: str, now: datetime) -> CaseCost:
    session.add(row)
    acts.did(session, case, kind, row.id, row, now, staff=row.staff)
    acts.tell(session, case, "case_fact_told", now)
    return row


def _accept(kind: str, amount: Decimal, currency: str, told: Mapping[str, Any]) -> None:
    if kind not in COST_KINDS:
        raise BadInput("kind", "is not one of the words", f"Choose one of {', '.join(COST_KINDS)}.")
    if not amount.is_finite() or not 0 < amount < MOST_AMOUNT or amount != amount.quantize(minor_unit(currency)):
        raise BadInput("amount", "is no amount of money", "Give it in whole coins, above zero.")
    if set(told) - TOLD or sum(len(str(value)) for value in told.values()) > MOST_TOLD:
        raise BadInput("told", "is too long or holds something unknown", f"Known are: {', '.join(sorted(TOLD))}.")
