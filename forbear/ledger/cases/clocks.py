"""Keeps the clocks of a case as each decision reckoned them, and raises their alarms: once for a last day and a rung.

An alarm opens a task for whoever is named for the case, or for everybody with the role; a lapse is an incident besides.
A clock that stops running takes its open tasks back.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from forbear.court.decision import Alarm, Clock
from forbear.errors import NotFound
from forbear.ledger import audit, incidents, tasks
from forbear.ledger.cases import acts, rows
from forbear.ledger.days import local, zone_of
from forbear.ledger.ids import new_id
from forbear.ledger.tables.accounts import LegalCase
from forbear.ledger.tables.cases import CaseClock, ClockAlarm
from forbear.ledger.tables.tasks import Task
from forbear.ledger.task_reasons import because

TASK: Final = "clock"
LAPSE: Final = -1
"""The rung of an alarm that says that it is too late."""
SEEN: Final = "seen"
VOID, LAPSED = "void", "lapsed"
SOON: Final = 7
"""Days before its last day in which a clock's task comes before other work."""


def keep(session: Session, case: LegalCase, clocks: Iterable[Clock], now: datetime) -> dict[tuple[str, str], CaseClock]:
    """Store the clocks as they stand; those that are no longer there are void. The caller holds the case.

    Returns:
        The rows by kind and subject.
    """
    known = {(row.kind, row.subject): row for row in rows.clocks(session, case.id)}
    seen: set[tuple[str, str]] = set()
    for clock in clocks:
        key = (clock.kind, clock.subject)
        seen.add(key)
        known[key] = _keep(session, case, known.get(key), clock, now)
    for key, row in known.items():
        if key not in seen and row.state != VOID:
            _change(session, case, row, {"state": VOID}, now)
    return known


def stop(session: Session, case: LegalCase, now: datetime) -> None:
    """Nothing runs any more in a case that is closed. What lapsed stays so: its incident ends by somebody's hand."""
    for row in rows.clocks(session, case.id):
        if row.state == "running":
            _change(session, case, row, {"state": VOID}, now)


def _keep(session: Session, case: LegalCase, row: CaseClock | None, clock: Clock, now: datetime) -> CaseClock:
    values: dict[str, Any] = {
        "nature": clock.nature,
        "state": clock.state,
        "first_day": clock.first,
        "last_day": clock.last,
        "met_on": clock.met,
        "reckoned": [{"day": each.day.isoformat(), "what": each.what, "rule": each.rule} for each in clock.lines],
    }
    if row is None:
        row = CaseClock(
            id=new_id("clk"),
            tenant=case.tenant,
            lender=case.lender,
            legal_case=case.id,
            kind=clock.kind,
            subject=clock.subject,
            changed_at=now,
            **values,
        )
        session.add(row)
        _note(session, case, row, now)
    elif any(getattr(row, name) != value for name, value in values.items()):
        _change(session, case, row, values, now)
    return row


def _change(session: Session, case: LegalCase, row: CaseClock, values: dict[str, Any], now: datetime) -> None:
    before = (row.state, row.last_day)
    for name, value in values.items():
        setattr(row, name, value)
    row.changed_at = now
    _note(session, case, row, now)
    if (row.state, row.last_day) != before:
        _take_back(session, row, now, lapses=before == ("running", row.last_day) and row.state == LAPSED)


def _note(session: Session, case: LegalCase, row: CaseClock, now: datetime) -> None:
    session.flush()
    written = {
        "clock": row.id, "kind": row.kind, "subject": row.subject, "state": row.state, "first_day": row.first_day,
        "last_day": row.last_day, "met_on": row.met_on, "reckoned": row.reckoned,
    }  # fmt: skip
    acts.did(session, case, "clock_reckoned", row.id, written, now)


def raise_alarm(session: Session, case: LegalCase, row: CaseClock, alarm: Alarm, now: datetime) -> bool:
    """Tell people of a clock; says whether they had not been told of this rung before."""
    values = {
        "id": new_id("alm"),
        "tenant": case.tenant,
        "lender": case.lender,
        "clock": row.id,
        "legal_case": case.id,
        "last_day": row.last_day,
        "rung": alarm.rung,
        "staff": case.assignee,
        "raised_at": now,
    }
    made = session.scalar(insert(ClockAlarm).values(values).on_conflict_do_nothing().returning(ClockAlarm.id))
    if made is None:
        return False
    written = {"clock": row.id, "last_day": row.last_day, "rung": alarm.rung, "staff": case.assignee}
    acts.did(session, case, "clock_alarm", made, written, now)
    _withdraw(session, row, now, keep=made)
    left = max((row.last_day - local(now, zone_of(session, case.account))).days, 0)
    task = _ask(session, case, row, made, now, left=None if alarm.rung == LAPSE else left)
    # What is urgent stays with everybody of the role: who is named may be away, or gone.
    if task is not None and case.assignee is not None and alarm.rung != LAPSE and left > SOON:
        tasks.take(session, tasks.lock_task(session, task), case.assignee, now)
    return True


def _ask(
    session: Session, case: LegalCase, row: CaseClock, made: str, now: datetime, *, left: int | None
) -> str | None:
    """Open the task; `left` are the days that are left, None where it is too late."""
    told = {"clock": row.kind, "last_day": row.last_day.isoformat(), "case": case.id, "alarm": made}
    if left is None:
        reason = because("clock_lapsed", **told)
        return incidents.lapsed(session, _wanted(case, reason, 1), row.id, row.last_day, now)
    reason = because("clock_alarm", **told, days=str(left))
    return tasks.open_task(session, _wanted(case, reason, 1 if left <= SOON else 2), now)


def _wanted(case: LegalCase, reason: Any, priority: int) -> tasks.Wanted:
    return tasks.Wanted(
        tenant=case.tenant,
        lender=case.lender,
        kind=TASK,
        role="legal",
        reason=reason,
        account=case.account,
        priority=priority,
    )


def see(session: Session, alarm_id: str, *, staff: str, now: datetime) -> ClockAlarm:
    """Somebody saw an alarm; its task ends with it.

    Raises:
        NotFound: the session sees no such alarm.
        Forbidden: they are neither legal staff nor a lawyer.
    """
    acts.may(session, staff, acts.LEGAL, acts.LAWYER, "supervisor", "operator")
    found = session.get(ClockAlarm, alarm_id)
    if found is None:
        raise NotFound(f"No alarm {alarm_id}")
    case = acts.lock(session, found.legal_case)
    task = session.scalars(
        select(Task).where(
            Task.kind == TASK, Task.account == case.account, Task.reason_values["alarm"].astext == alarm_id
        )
    ).first()
    if task is not None and task.state in tasks.WAITING:
        locked = tasks.lock_task(session, task.id)
        if locked.state in tasks.WAITING:
            locked.assignee = staff
            tasks.close(session, locked, now, outcome=SEEN)
    return _seen(session, case, alarm_id, staff, now)


def task_ended(session: Session, task: Task, at: datetime) -> None:
    """The end of an alarm's task says who saw it; that of a lapse ends its incident too."""
    if task.state != "done":
        return
    incidents.task_ended(session, task, at)
    alarm = session.get(ClockAlarm, task.reason_values.get("alarm", ""))
    if alarm is not None and task.assignee is not None:
        _seen(session, acts.find(session, alarm.legal_case), alarm.id, task.assignee, at)


def _seen(session: Session, case: LegalCase, alarm_id: str, staff: str, now: datetime) -> ClockAlarm:
    alarm = session.get_one(ClockAlarm, alarm_id, populate_existing=True)
    if alarm.seen_at is None:
        alarm.seen_by, alarm.seen_at = staff, now
        acts.did(session, case, "alarm_seen", alarm.id, {"alarm": alarm.id, "staff": staff}, now, staff=staff)
        acts.tell(session, case, "alarm_seen", now)
    return alarm


def _take_back(session: Session, row: CaseClock, now: datetime, *, lapses: bool) -> None:
    """What was asked for by an alarm is asked no more once the clock says something else.

    Its alarms are void then, so that they are raised again should the clock come back to what it said. A clock that
    only ran out says nothing else: whom its alarms told, they told.
    """
    _withdraw(session, row, now)
    if not lapses:
        session.execute(
            update(ClockAlarm).where(ClockAlarm.clock == row.id, ClockAlarm.void_at.is_(None)).values(void_at=now)
        )
    if row.state != LAPSED:
        incidents.unlapsed(session, row.id, now)


def _withdraw(session: Session, row: CaseClock, now: datetime, *, keep: str = "") -> None:
    of = select(ClockAlarm.id).where(ClockAlarm.clock == row.id, ClockAlarm.id != keep)
    alarms = list(session.scalars(of))
    if not alarms:
        return
    gone = session.scalars(
        update(Task)
        .where(
            Task.kind == TASK,
            Task.state.in_(tasks.WAITING),
            Task.reason == "clock_alarm",
            Task.reason_values["alarm"].astext.in_(alarms),
        )
        .values(state="withdrawn", closed_at=now, version=Task.version + 1)
        .returning(Task.id)
    ).all()
    for task in gone:
        written = {"task": task, "kind": TASK, "state": "withdrawn", "clock": row.id}
        audit.note(
            session, tenant=row.tenant, lender=row.lender, kind="task_withdrawn", subject=task, at=now, written=written
        )
