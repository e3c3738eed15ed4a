"""Gives stored permits again: from what was asked then, with the rules and holidays of then, all read from the ledger.

A permit that comes out otherwise shows that the engine changed its mind, or that the record was changed. Asked under
other packs, the same cases show what a change of the rules would have done.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Row, select, tuple_
from sqlalchemy.orm import Session

from forbear import calendars
from forbear.errors import ForbearError, NotFound
from forbear.ledger import permit_form, routes
from forbear.ledger.engine import Ledger
from forbear.ledger.keeping import Shelf
from forbear.ledger.permit_form import Json
from forbear.ledger.tables.contacts import Decision
from forbear.rules.cases import read_case
from forbear.rules.engine import check
from forbear.rules.facts import Attempt, Facts
from forbear.rules.packs import Packs

BATCH = 500
Stored = Row[*tuple[Any, ...]]
COLUMNS: tuple[Any, ...] = (
    Decision.id,
    Decision.tenant,
    Decision.account,
    Decision.at,
    Decision.permit,
    Decision.asked,
)
NOT_KEPT = "what was asked was not kept when this was decided"
ANSWER = ("verdict", "until", "event", "human_review", "disclosures")
"""What makes a permit another answer under other packs, beside the rules that deny."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that a permit says otherwise: a key of its stored form, e.g. `verdict`."""

    what: str
    stored: object
    again: object


@dataclass(frozen=True, slots=True)
class Recomputed:
    """A stored permit and the same one given again, both in the stored form.

    `again` is None where it could not be given: `why` says the reason. `differences` compares what was stored; what
    only newer permits tell is none.
    """

    tenant: str
    account: str
    decision: str
    at: datetime
    stored: Json
    again: Json | None
    differences: tuple[Difference, ...]
    why: str = ""

    @property
    def same(self) -> bool:
        return self.again is not None and not self.differences


@dataclass(frozen=True, slots=True)
class Differing:
    """How many stored permits were asked again, those that would differ, and how many could not be asked."""

    asked: int
    differ: tuple[Recomputed, ...]
    unasked: int

    def __str__(self) -> str:
        left = f"; {self.unasked} could not be asked again" if self.unasked else ""
        return f"{len(self.differ)} of {self.asked} stored permits would differ{left}"


def recompute(session: Session, decision: str) -> Recomputed:
    """Give one permit again, with the packs and calendars of its day, from the ledger alone.

    Args:
        session: of the worker's role.
        decision: its id.

    Raises:
        NotFound: no such decision, or one that asked nothing of the rules.
    """
    row = next(iter(_rows(session, (Decision.id == decision,))), None)
    if row is None:
        raise NotFound(f"No decision {decision} with a permit")
    return _recomputed(session, Shelf(), row)


def replay(
    ledger: Ledger, tenant: str, account: str | None = None, since: datetime | None = None
) -> Iterator[Recomputed]:
    """Give every stored permit of a tenant again, or those of an account or since an instant, oldest first."""
    shelf = Shelf()
    where = [] if account is None else [Decision.account == account]
    for session, rows in _batches(ledger, tenant, where, since):
        yield from [_recomputed(session, shelf, row) for row in rows]


def would_differ(
    ledger: Ledger, packs: Packs, *, tenant: str | None = None, since: datetime | None = None
) -> Differing:
    """Ask every stored case again under other packs: what a change of the rules would have done.

    Holidays that only the other packs need are read from the library.
    """
    asked, unasked, differ, shelf = 0, 0, list[Recomputed](), Shelf()
    for each in _tenants(ledger) if tenant is None else [tenant]:
        for session, rows in _batches(ledger, each, [], since):
            for again in [_recomputed(session, shelf, row, packs) for row in rows]:
                unasked += again.again is None
                asked += again.again is not None
                differ += [again] if again.differences else []
    return Differing(asked, tuple(differ), unasked)


def _tenants(ledger: Ledger) -> list[str]:
    with ledger.worker() as session:
        return list(routes.tenants(session))


def _rows(session: Session, where: Any, *, limit: int | None = None) -> Sequence[Stored]:
    chosen = select(*COLUMNS).where(Decision.permit.is_not(None), *where)
    return session.execute(chosen.order_by(Decision.at, Decision.id).limit(limit)).all()


def _batches(
    ledger: Ledger, tenant: str, where: list[Any], since: datetime | None
) -> Iterator[tuple[Session, Sequence[Stored]]]:
    """So many at a time, each in a transaction of its own: a replay of a year must not hold one open."""
    after = [] if since is None else [Decision.at >= since]
    while True:
        with ledger.worker(tenant) as session:
            rows = _rows(session, [Decision.tenant == tenant, *where, *after], limit=BATCH)
            if rows:
                yield session, rows
        if len(rows) < BATCH:
            return
        after = [tuple_(Decision.at, Decision.id) > (rows[-1].at, rows[-1].id)]


def _recomputed(session: Session, shelf: Shelf, row: Stored, packs: Packs | None = None) -> Recomputed:
    """One permit again; under `packs` where given, compared as an answer, else under its own, compared whole."""
    found = {"tenant": row.tenant, "account": row.account, "decision": row.id, "at": row.at, "stored": row.permit}
    if row.asked is None:
        return Recomputed(**found, again=None, differences=(), why=NOT_KEPT)
    try:
        own = packs or shelf.packs(session, row.permit["packs"])
        attempt, facts, now = _asked(session, shelf, row.asked, own, more=packs is not None)
    except ForbearError as wrong:
        return Recomputed(**found, again=None, differences=(), why=str(wrong))
    again = permit_form.written(check(attempt, facts, own, now))
    differences = _answers(row.permit, again) if packs else _differences(row.permit, again)
    return Recomputed(**found, again=again, differences=differences)


def _asked(
    session: Session, shelf: Shelf, asked: Mapping[str, Any], packs: Packs, *, more: bool
) -> tuple[Attempt, Facts, datetime]:
    """What was asked. A place whose pack the ledger did not have is asked all the same: it denied, and does again."""
    case: dict[str, Any] = asked["case"]
    person: dict[str, Any] = case["person"]
    places = tuple(person["jurisdictions"])
    known = {**case, "person": {**person, "jurisdictions": [name for name in places if name in packs]}}
    attempt, facts, now = read_case(known, packs)
    given = shelf.calendars(session, asked["calendars"])
    if more:
        names = {each.name for each in given}
        given += tuple(each for each in calendars.for_packs(packs, places, now.date()) if each.name not in names)
    return attempt, replace(facts, jurisdictions=places, calendars=given), now


def _differences(stored: Mapping[str, Any], again: Mapping[str, Any]) -> tuple[Difference, ...]:
    return tuple(
        Difference(key, told, again.get(key)) for key, told in stored.items() if not _as_told(told, again.get(key))
    )


def _as_told(stored: object, again: object) -> bool:
    """Whether all that was stored is said again; a newer permit may say more of a finding."""
    match stored, again:
        case dict(), dict():
            return all(_as_told(told, again.get(key)) for key, told in stored.items())
        case list(), list():
            return len(stored) == len(again) and all(map(_as_told, stored, again))
        case _:
            return stored == again


def _answers(stored: Mapping[str, Any], again: Mapping[str, Any]) -> tuple[Difference, ...]:
    """What differs of the answer itself; that other rules were looked at is none."""
    rules = [[finding["rule"] for finding in each["findings"]] for each in (stored, again)]
    told = tuple(Difference(key, stored.get(key), again[key]) for key in ANSWER if stored.get(key) != again[key])
    return told if rules[0] == rules[1] else (*told, Difference("rules", *rules))
