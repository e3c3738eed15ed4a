"""What must be so before a step is due: conditions, steps that came before, results that are required. Pure."""

from collections.abc import Iterator

from forbear.cadence.life import Errand, Life, PastTouch, Person
from forbear.cadence.standing import cause_of, missed_promise, unreachable
from forbear.cadence.steps import MADE, PROMISED, SERVED, After, Step


def own_touches(life: Life, person: Person) -> list[PastTouch]:
    """Touches of the person, or of one who shares his number, that this account's cadence made and perhaps sent."""
    own = (touch for touch in person.history if touch.account == life.account and touch.step is not None)
    return [touch for touch in own if touch.state != "failed"]


def happened(life: Life, after: After, person: Person | None = None) -> bool:
    """Whether a step has become what is asked for: with anybody of the account, or with this person."""
    touches = [touch for touch in _made(life) if touch.step == after.step and _with(touch, person)]
    if after.result == MADE:
        return bool(touches)
    if after.result == SERVED:
        return any(touch.state == "delivered" for touch in touches) or _proven(life, after, touches, person)
    if after.result == PROMISED:
        return any(promise.made_at >= touch.at for promise in life.promises for touch in touches)
    return any(
        errand.step == after.step and errand.outcome == after.result and (person is None or errand.person == person.id)
        for errand in life.errands
    )


def applies(life: Life, step: Step, person: Person) -> bool:
    """Whether a step's conditions hold and what must have happened before it has."""
    if step.when != "always" and not _holds(life, step.when, person):
        return False
    if step.unless and _holds(life, step.unless, person):
        return False
    return all(happened(life, after) for after in step.after)


def used_up(life: Life, step: Step, person: Person) -> bool:
    """Whether the step was taken as often as it may be; a task that a human declined was taken too."""
    told = [touch for touch in own_touches(life, person) if touch.step == step.id and _with(touch, person)]
    declined = sum(
        errand.state == "declined" and errand.step == step.id and errand.person == person.id for errand in life.errands
    )
    if step.when == "promise_broken" and (missed := missed_promise(life)) is not None:
        return sum(touch.at >= missed for touch in told) >= step.at_most
    return len(told) + declined >= step.at_most


def unmet(life: Life, step: Step, person: Person, day: int) -> bool:
    """Whether a step that holds all that follows has begun to, and has not become what it must."""
    if not step.required or step.party != person.role or day < step.from_day or not applies(life, step, person):
        return False
    return not happened(life, step.having(step.required), person)


def asked(life: Life, step: Step, person: Person) -> Errand | None:
    """The open task of a step for this person, if there is one."""
    waiting = (errand for errand in life.errands if errand.waiting)
    return next((errand for errand in waiting if errand.step == step.id and errand.person == person.id), None)


def _proven(life: Life, after: After, touches: list[PastTouch], person: Person | None) -> bool:
    """Whether it is proven that the paper reached him, by a letter of this step or out of somebody's hand."""
    letters = {touch.ref for touch in touches}
    return any(
        (served.touch in letters if served.touch else bool(after.paper) and served.paper == after.paper)
        for served in life.served
        if person is None or served.person == person.id
    )


def _holds(life: Life, condition: str, person: Person) -> bool:
    if condition == "promise_broken":
        return missed_promise(life) is not None
    if condition == "unreachable":
        return unreachable(life, person)
    return cause_of(life) == condition.removeprefix("cause:")


def _made(life: Life) -> Iterator[PastTouch]:
    for person in life.persons:
        yield from own_touches(life, person)


def _with(touch: PastTouch, person: Person | None) -> bool:
    return person is None or touch.person in {"", person.id}
