"""Why an account got what it got, or nothing: told from the decisions that were stored.

An operator reads with the worker's role and sees everything of the tenant. A lender reads with the API's role,
`limited`: of a permit it sees verdict, rule, `until` and its own touches; all else is 'a limit of this person'.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Row, any_, bindparam, func, literal, or_, select, text
from sqlalchemy.dialects.postgresql import ARRAY, TEXT
from sqlalchemy.orm import Session

from forbear.errors import BadInput
from forbear.ledger import permit_form
from forbear.ledger.promises import zone_of
from forbear.ledger.shown import words
from forbear.ledger.tables.contacts import Decision, Touch
from forbear.ledger.views import find_account
from forbear.rules.facts import Permit

FIRST_YEAR, LAST_YEAR = 1970, 2199
"""Days on which anything can have been decided; instants have the same bounds."""
SHOWN = text("select id, verdict, touches from permits_shown(:sought)").bindparams(
    bindparam("sought", type_=ARRAY(TEXT))
)
"""What of its permits the API's role may read."""


@dataclass(frozen=True, slots=True)
class Touched:
    """A touch that a permit counted, or that was made on a day. `at` is when it was dispatched, else claimed."""

    id: str
    account: str
    lender: str
    channel: str
    role: str
    step: str
    state: str
    at: datetime
    code: str | None


@dataclass(frozen=True, slots=True)
class Decided:
    """A stored decision, in force from `at` until the next one was taken (`ended`; None for the last).

    `verdict` is '' where nothing was asked of the rules. `permit` is None there too, and always for a lender. `counted`
    are the touches that the permit's caps counted; of a lender's view, its own ones.
    """

    id: str
    account: str
    at: datetime
    ended: datetime | None
    kind: str
    verdict: str
    until: datetime | None
    rule: str
    reason: str
    step: str | None
    touch: str | None
    permit: Permit | None
    counted: tuple[Touched, ...]


@dataclass(frozen=True, slots=True)
class Explained:
    """The decisions around an instant: the one that was in force, the one before it and the one after it."""

    account: str
    at: datetime
    before: Decided | None
    in_force: Decided | None
    after: Decided | None


@dataclass(frozen=True, slots=True)
class Day:
    """A civil day where the borrower's dates are counted (UTC where that is not known), from `starts` to `ends`.

    `decisions` begins with the one in force when the day began. `touches` are those made on the day that spoke of the
    account; certainly none was sent of those whose state is `failed`.
    """

    account: str
    day: date
    zone: str
    starts: datetime
    ends: datetime
    days_past_due: int
    decisions: tuple[Decided, ...]
    touches: tuple[Touched, ...]


def explain(session: Session, account: str, at: datetime, *, limited: bool = False) -> Explained:
    """What was decided around an instant.

    Args:
        session: of the worker's role; of the API's where `limited`.
        account: the account.
        at: world instant.
        limited: only what the account's own lender may read.

    Raises:
        NotFound: no such account that the session may see.
    """
    find_account(session, account)
    earlier = _rows(session, (Decision.account == account, Decision.at <= at), newest=2, limited=limited)
    later = _rows(session, (Decision.account == account, Decision.at > at), oldest=2, limited=limited)
    told = _told(session, [*earlier, *later], limited=limited)  # two later ones: the second tells when the first ended
    past, after = told[: len(earlier)], told[len(earlier) :]
    return Explained(
        account=account,
        at=at,
        before=past[-2] if len(past) > 1 else None,
        in_force=past[-1] if past else None,
        after=after[0] if after else None,
    )


def explain_day(session: Session, account: str, day: date, *, limited: bool = False) -> Day:
    """Every decision that was in force at some time of a civil day of the borrower, and what was sent that day.

    Arguments and errors are those of `explain`.
    """
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise BadInput("day", "is out of range", f"Send a day from {FIRST_YEAR} to {LAST_YEAR}")
    found = find_account(session, account)
    name = zone_of(session, account) or "UTC"
    starts, ends = (_midnight(each, name) for each in (day, day + timedelta(days=1)))
    first = select(func.max(Decision.at)).where(Decision.account == account, Decision.at <= starts).scalar_subquery()
    on_day = (Decision.account == account, Decision.at < ends, Decision.at >= func.coalesce(first, starts))
    decided = _rows(session, on_day, limited=limited)
    following = _rows(session, (Decision.account == account, Decision.at >= ends), oldest=1, limited=limited)
    told = _told(session, [*decided, *following], limited=limited)[: len(decided)]
    # Of several decisions of the instant in which the last one before the day was taken, that last one was in force.
    in_force = [each for each in told if each.ended is None or each.ended > starts]
    return Day(
        account=account,
        day=day,
        zone=name,
        starts=starts,
        ends=ends,
        days_past_due=max(0, (day - found.due_since).days),
        decisions=tuple(in_force),
        touches=tuple(_touched_on(session, account, starts, ends)),
    )


def _midnight(day: date, zone: str) -> datetime:
    return datetime.combine(day, time(), tzinfo=ZoneInfo(zone)).astimezone(UTC)


def _rows(session: Session, where: Sequence[Any], *, newest: int = 0, oldest: int = 0, limited: bool) -> list[Row[Any]]:
    """Decisions in the order in which they were taken: all of them, or so many of the newest or the oldest."""
    # Column by column: the API's role may not read the permit.
    columns = [
        Decision.id, Decision.account, Decision.at, Decision.kind, Decision.until, Decision.rule, Decision.reason,
        Decision.step, Decision.touch, Decision.own, *(() if limited else (Decision.permit,)),
    ]  # fmt: skip
    order = (Decision.at, Decision.number, Decision.id)
    chosen = select(*columns).where(*where)
    if newest:
        turned = chosen.order_by(*(column.desc() for column in order)).limit(newest)
        return list(reversed(session.execute(turned).all()))
    chosen = chosen.order_by(*order)
    return list(session.execute(chosen.limit(oldest) if oldest else chosen).all())


def _told(session: Session, rows: Sequence[Row[Any]], *, limited: bool) -> list[Decided]:
    """The rows as they may be told, each with the instant at which the next one ended it."""
    permits = {} if limited else {row.id: permit_form.read(row.permit) for row in rows if row.permit is not None}
    verdicts: dict[str, str] = {each: permit.verdict for each, permit in permits.items()}
    refs: dict[str, list[str]] = {
        each: list(dict.fromkeys(ref for count in permit.counts for ref in count.refs))
        for each, permit in permits.items()
    }
    if limited and rows:
        for shown in session.execute(SHOWN, {"sought": [row.id for row in rows]}):
            verdicts[shown.id], refs[shown.id] = shown.verdict, list(shown.touches)
    touches = _touches(session, {ref for of in refs.values() for ref in of})
    ends = [*(row.at for row in rows[1:]), None][: len(rows)]
    return [
        Decided(
            id=row.id, account=row.account, at=row.at, ended=ended, kind=row.kind, verdict=verdicts.get(row.id, ""),
            until=row.until, rule=row.rule,
            reason=words(row.rule, row.reason, own=row.own) if limited else row.reason,
            step=row.step, touch=row.touch, permit=permits.get(row.id),
            counted=tuple(touches[ref] for ref in refs.get(row.id, ()) if ref in touches),
        )
        for row, ended in zip(rows, ends, strict=True)
    ]  # fmt: skip


def _touches(session: Session, ids: set[str]) -> dict[str, Touched]:
    if not ids:
        return {}
    return {row.id: _touched(row) for row in session.scalars(select(Touch).where(Touch.id.in_(ids)))}


def _touched_on(session: Session, account: str, starts: datetime, ends: datetime) -> list[Touched]:
    made = func.coalesce(Touch.dispatched_at, Touch.claimed_at)
    about = or_(Touch.account == account, literal(account) == any_(Touch.accounts))
    rows = session.scalars(select(Touch).where(about, made >= starts, made < ends).order_by(made, Touch.id))
    return [_touched(row) for row in rows]


def _touched(row: Touch) -> Touched:
    return Touched(
        id=row.id, account=row.account, lender=row.lender, channel=row.channel, role=row.role, step=row.step,
        state=row.state, at=row.dispatched_at or row.claimed_at, code=row.code,
    )  # fmt: skip
