"""How a task that is neither a call, a visit nor a message may end, and whose end a supervisor may tell for somebody.

The ends are those that the ledger acts on; a task with one possible end is ended by one button.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from sqlalchemy.orm import Session

from forbear.ledger import deceased, numbers
from forbear.ledger.tables.contacts import Touch
from forbear.ledger.tables.people import ContactPoint
from forbear.ledger.tables.tasks import Task
from forbear.ledger.task_ends import UNKNOWN_OUTCOMES

ADDRESS, UNPRINTED, MEND = "address", "unprinted", "mend"
"""A task of kind `number` about the address of somebody who may have died, or about one that cannot be printed; and one
of kind `route` that holds nothing."""
OF_REASONS: Final[Mapping[str, str]] = MappingProxyType(
    {"address_code": UNPRINTED, "incident_call": MEND, "incident_lacking": MEND}
)
ENDS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "number": numbers.OUTCOMES,
        ADDRESS: deceased.ADDRESS_OUTCOMES,
        UNPRINTED: numbers.OUTCOMES,
        "unknown_touch": UNKNOWN_OUTCOMES,
        "route": ("released",),
        MEND: ("released",),
        "account": ("released",),
        "unmapped_code": ("looked_up",),
        "clock": ("seen",),
    }
)


def sort_of(session: Session, task: Task) -> str:
    """Which of the ends below such a task has: its kind, or what it is about."""
    if (sort := OF_REASONS.get(task.reason)) is not None:
        return sort
    point = None if task.contact_point is None else session.get(ContactPoint, task.contact_point)
    return ADDRESS if task.kind == numbers.KIND and point is not None and point.kind == "postal" else task.kind


def offered(kind: str) -> tuple[str, ...]:
    """The ends of such a task."""
    return ENDS[kind]


def chosen(kind: str, typed: str) -> str | None:
    """The end that a form names; None where it names none of them."""
    ends = offered(kind)
    return ends[0] if len(ends) == 1 else typed if typed in ends else None


def abandoned(session: Session, asking: Task) -> str | None:
    """The call that such a task asks after, if somebody began it and never said how it ended."""
    touch = None if asking.kind != "unknown_touch" or asking.touch is None else session.get(Touch, asking.touch)
    call = None if touch is None or touch.task is None else session.get(Task, touch.task)
    return call.id if call is not None and is_abandoned(call) else None


def is_abandoned(task: Task) -> bool:
    """Whether its time ran out while somebody was on the line, as far as anybody knows."""
    return task.kind == "call" and task.state == "expired" and task.touch is not None
