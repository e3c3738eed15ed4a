"""One task: look at it, begin it with a permit of that moment, say how it ended, or give it back.

Each act is a POST that leads on to a page, and each can be pressed twice: it is done once. Whatever shows a name, a
number or somebody's words is put down under the name of the one who saw it.
"""

from collections.abc import Generator
from contextlib import contextmanager
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from sqlalchemy.orm import Session

from forbear.api.staff import reading_forms, task_outcomes, task_pages
from forbear.api.staff.installed import ThePacks, ThePlaybooks
from forbear.api.staff.rendering import see_other, words_of
from forbear.api.staff.session import ROOT, Fields, NotYours, SignedIn, TheLedger
from forbear.api.staff.staff_route import StaffRoute
from forbear.api.staff.task_pages import Desk
from forbear.errors import BadInput, Conflict
from forbear.ledger import human_readings, not_dialled, staff_acts, task_ends, tasks, work
from forbear.ledger.begun import Begun, Held, begin, settle
from forbear.ledger.tables.tasks import Task
from forbear.ledger.work import Waiting

router = APIRouter(prefix=f"{ROOT}/tasks/{{task_id}}", route_class=StaffRoute, include_in_schema=False)
FIELD_OF = {"outcome": "outcome", "cause": "cause", "promise": "on", "ticked": "ticked"}
"""Where on the form stands what the ledger refuses."""


def desk_of(request: Request, staff: SignedIn, ledger: TheLedger, packs: ThePacks, playbooks: ThePlaybooks) -> Desk:
    return Desk(request, staff, ledger, packs, playbooks)


TheDesk = Annotated[Desk, Depends(desk_of)]


@router.get("")
def look(task_id: str, desk: TheDesk) -> Response:
    """The page that fits how the task stands now."""
    with _found(desk, task_id) as (session, found):
        task = found.task
        if task.kind == "reply" and task.state in tasks.WAITING:
            return _message(desk, session, found)
        if task_outcomes.is_abandoned(task) and task.assignee != desk.staff.id:
            return task_pages.abandoned_call(desk, session, found)
        if task.kind == "call" and _is_under_way(task):
            return _call(desk, session, found)
        if task.state not in tasks.WAITING:
            return task_pages.over(desk, found)
        if task.kind == "call":
            return task_pages.before_call(desk, found)
        return task_pages.plain(desk, session, found)


@router.post("/begin")
def begin_call(task_id: str, desk: TheDesk, fields: Fields) -> Response:
    """Ask for the permit now; a call that is held says why on its page."""
    del fields
    with _found(desk, task_id) as (session, found):
        _is_call(found.task)
        _begun(desk, session, found.task, "call_begun")
    return _onward(task_id)


@router.post("/outcome")
def end_call(task_id: str, desk: TheDesk, fields: Fields) -> Response:
    """How the call ended; the form comes back with what is missing."""
    with _found(desk, task_id) as (session, found):
        _is_call(found.task)
        told = reading_forms.call_ended(fields, task_pages.bounds_of(desk, session, found))
        told.ticked = tuple(tick for tick in told.ticked if tick in task_pages.required(desk, session, found))
        left = told.values["outcome"] == task_pages.MESSAGE_LEFT
        if left and found.task.state != "done" and not task_pages.may_leave(desk, session, found):
            told.errors["outcome"] = words_of(desk.request)("outcome.missing")
        if not told.errors:
            try:
                _settle(desk, session, found.task, told)
                return _onward(task_id)
            except BadInput as refused:
                told.errors[FIELD_OF.get(refused.field, "outcome")] = words_of(desk.request)(
                    f"outcome.{refused.field}_wrong"
                    if refused.field in {"cause", "promise", "ticked"}
                    else "outcome.missing"
                )
        if found.task.assignee not in {None, desk.staff.id}:
            return task_pages.abandoned_call(desk, session, found, told=told)
        return _call(desk, session, found, told)


@router.post("/not-dialled")
def say_not_dialled(task_id: str, desk: TheDesk, fields: Fields) -> Response:
    """Give a begun call back as never made, so that no attempt is counted."""
    del fields
    with _found(desk, task_id) as (session, found):
        _is_call(found.task)
        if not_dialled.take_back(desk.ledger, session, task_id, desk.staff.id):
            _note(desk, session, found.task, "call_not_dialled")
    return see_other(ROOT)


@router.post("/open")
def open_message(task_id: str, desk: TheDesk, fields: Fields) -> Response:
    """Take a message to read."""
    del fields
    with _found(desk, task_id) as (session, found):
        if found.task.kind != "reply":
            raise Conflict("this task is about no message")
        task, over = tasks.lock_task(session, task_id), "supervisor" in desk.staff.roles
        tasks.take(session, task, desk.staff.id, desk.ledger.clock.now(), over=over)
    return _onward(task_id)


@router.post("/meaning")
def say_meaning(task_id: str, desk: TheDesk, fields: Fields) -> Response:
    """What a message means, and all that follows from it."""
    with _found(desk, task_id) as (session, found):
        bounds = task_pages.bounds_of(desk, session, found)
        told = reading_forms.message_means(fields, bounds, human_readings.MEANINGS)
        if told.errors:
            return _message(desk, session, found, told)
        promise = told.promise
        human_readings.mean(
            desk.ledger,
            session,
            found.task,
            desk.staff.id,
            told.values["meaning"],
            due_on=promise.due_on if promise else None,
            amount=promise.amount if promise else None,
        )
    return _onward(task_id)


@router.post("/done")
def say_done(task_id: str, desk: TheDesk, fields: Fields) -> Response:
    """What was found out, or that something was put right; the form comes back where nothing was chosen."""
    with _found(desk, task_id) as (session, found):
        kind = found.task.kind
        if kind in {"call", "visit", "reply"}:
            raise Conflict("this task asks for more than that it is done")
        told = reading_forms.looked_into(fields)
        kind = task_outcomes.sort_of(session, found.task)
        outcome = task_outcomes.chosen(kind, told.values["outcome"])
        if outcome is None:
            told.errors["outcome"] = words_of(desk.request)(f"{kind}.missing")
            return task_pages.plain(desk, session, found, told=told)
        _end(desk, session, task_id, outcome)
    return _onward(task_id)


@router.post("/give-back")
def give_back(task_id: str, desk: TheDesk, fields: Fields) -> Response:
    """Put one's task back on the list; of a call that was begun it is told how it ended, or that it never was."""
    del fields
    with _found(desk, task_id) as (session, _):
        task = tasks.lock_task(session, task_id)
        if task.touch is not None and task.kind == "call":
            raise Conflict("the call was begun: say how it ended")
        if task.assignee == desk.staff.id and task.state == "taken":
            tasks.give_back(session, task, desk.ledger.clock.now())
            _note(desk, session, task, "task_given_back")
    return see_other(ROOT)


@contextmanager
def _found(desk: Desk, task_id: str) -> Generator[tuple[Session, Waiting]]:
    """The task in a transaction, if it is this person's to see: by role, or because they have it."""
    with desk.ledger.staff(desk.staff.tenant) as session:
        found = work.one(desk.ledger, session, task_id, playbooks=desk.playbooks, packs=desk.packs)
        task = found.task
        over = task.kind == "call" and task.state not in tasks.WAITING
        left = over or (task.kind == "reply" and task.assignee is not None)
        watched = left and "supervisor" in desk.staff.roles
        if not work.may_take(task, desk.staff.roles) and task.assignee != desk.staff.id and not watched:
            raise NotYours
        if task.assignee not in {None, desk.staff.id} and not watched:
            raise Conflict("somebody else works on this task")
        yield session, found


def _is_call(task: Task) -> None:
    if task.kind != "call":
        raise Conflict("this task is no call")


def _is_under_way(task: Task) -> bool:
    """Whether somebody dialled and has not said how it ended; a task may run out meanwhile."""
    return task.touch is not None and task.state in {*tasks.WAITING, "expired"}


def _begun(desk: Desk, session: Session, task: Task, kind: str) -> Begun | Held:
    answer = begin(desk.ledger, session, task.id, (desk.staff.id,), playbooks=desk.playbooks, packs=desk.packs)
    if isinstance(answer, Begun):
        _note(desk, session, task, kind)
    return answer


def _call(desk: Desk, session: Session, found: Waiting, told: reading_forms.Told | None = None) -> Response:
    if found.task.touch is None:
        raise Conflict("the call was not begun")
    begun = _begun(desk, session, found.task, "call_shown")
    if isinstance(begun, Held):
        return task_pages.after_call(desk, session, found, begun, told=told)
    return task_pages.during_call(desk, session, found, begun, told=told)


def _message(desk: Desk, session: Session, found: Waiting, told: reading_forms.Told | None = None) -> Response:
    mine = found.task.assignee == desk.staff.id
    opened = human_readings.opened(desk.ledger, session, found.task, desk.staff.id) if mine else None
    return task_pages.message(desk, session, found, opened, told=told)


def _end(desk: Desk, session: Session, task_id: str, outcome: str) -> None:
    """Take a task and end it; ended so before, nothing changes."""
    task, now = task_ends.lock(session, task_id), desk.ledger.clock.now()
    if task.state == "done" and (task.assignee, task.outcome) == (desk.staff.id, outcome):
        return
    tasks.take(session, task, desk.staff.id, now)
    tasks.close(session, task, now, outcome=outcome)
    _note(desk, session, task, "task_done")


def _settle(desk: Desk, session: Session, task: Task, told: reading_forms.Told) -> None:
    before = task.state
    settle(
        desk.ledger,
        session,
        task.id,
        (desk.staff.id,),
        told.values["outcome"],
        playbooks=desk.playbooks,
        cause=told.cause,
        promise=told.promise,
        no_promise=bool(told.values["no_promise"]),
        ticked=told.ticked,
        note=told.values["note"] or None,
        instead="supervisor" in desk.staff.roles,
    )
    if before != "done":
        _note(desk, session, task, "call_told")


def _note(desk: Desk, session: Session, task: Task, kind: str) -> None:
    staff_acts.note(
        session,
        tenant=task.tenant,
        staff=desk.staff.id,
        kind=kind,
        subject=task.id,
        at=desk.ledger.clock.now(),
        lender=task.lender,
        account=task.account,
        person=task.person,
    )


def _onward(task_id: str) -> Response:
    return see_other(f"{ROOT}/tasks/{task_id}")
