"""A guaranteed loan in China with its counter-guarantor: a life to start from, and hands to change it with."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from forbear.cadence.life import ContactPoint, Errand, Lender, Life, PastTouch, Person, Tightened
from forbear.contracts.words import Channel, PartyRole, TaskState, TouchState

DUE = date(2026, 3, 1)
MORNING = datetime(2026, 3, 2, 1, tzinfo=UTC)
"""09:00 in Beijing on the first day late."""
A_DAY = timedelta(days=1)


def somebody(id_: str, role: PartyRole) -> Person:
    points = (
        ContactPoint(f"pt_{id_}", "phone", f"k_{id_}", "mobile", "valid", None, None, "CN"),
        ContactPoint(f"pa_{id_}", "postal", f"a_{id_}", "workplace", "valid", "Asia/Shanghai", "address", "CN"),
    )
    return Person(id_, role, "zh-Hans", ("CN",), points)


def a_loan(**changes: Any) -> Life:
    life = Life(
        account="acc_loan",
        lender=Lender("len_1", "original_creditor", "bank", Tightened()),
        product="guaranteed loan",
        debt_kind="other",
        currency="CNY",
        balance=Decimal("120000.00"),
        balance_as_of=MORNING,
        due_since=DUE,
        enrolled_at=MORNING,
        state="open",
        stage="",
        persons=(somebody("b", "borrower"), somebody("c", "counter_guarantor")),
    )
    return replace(life, **changes)


def touched(
    life: Life,
    at: datetime,
    step: str,
    channel: Channel,
    *,
    person: str = "b",
    state: TouchState = "undelivered",
    result: str | None = None,
) -> Life:
    """The life after one touch of a person."""

    def more(each: Person) -> Person:
        if each.id != person:
            return each
        ref = f"tch_{len(each.history)}_{person}"
        past = PastTouch(
            at,
            channel,
            each.role,
            state,
            "k",
            "mobile",
            life.account,
            (life.account,),
            step,
            result,
            "reminder",
            person,
            ref,
        )
        return replace(each, history=(*each.history, past))

    return replace(life, balance_as_of=at, persons=tuple(map(more, life.persons)))


def asked_for(
    life: Life, step: str, at: datetime, *, person: str = "b", state: TaskState = "open", **more: Any
) -> Life:
    """The life after somebody was asked for something."""
    values: dict[str, Any] = {"expires_at": at + A_DAY, **more}
    errand = Errand(f"tsk_{len(life.errands)}", step, person, state, at, **values)
    return replace(life, errands=(*life.errands, errand))


def on(day: int, hour: int = 9) -> datetime:
    """An hour in Beijing of a day past due, as the playbook's file counts them: the first day late is 0."""
    return MORNING + day * A_DAY + timedelta(hours=hour - 9)
