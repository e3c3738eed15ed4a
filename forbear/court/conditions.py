"""Whether the conditions of a path's ways, notices and packets hold for a case."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Final, cast

from forbear.contracts.case_words import ClockKind
from forbear.court.eligibility import COLLECTORS, Asked, check
from forbear.court.ground import Ground
from forbear.court.path import Condition, Told
from forbear.court.standing import performance_day

BESIDE: Final = "preservation"
ENDED: Final = frozenset({"over", "lapsed", "met"})
Holds = Callable[[Asked, str], bool]


def all_hold(asked: Asked, conditions: tuple[Condition, ...]) -> bool:
    """Whether every one of them holds."""
    return all(HOLDS[each.word](asked, each.of) != each.no for each in conditions)


def _policy(asked: Asked, of: str) -> bool:
    name, _, value = of.partition("=")
    return asked.ground.policy(name) == value


def _fact(asked: Asked, of: str) -> bool:
    kind, _, rest = of.partition(".")
    detail, _, values = rest.partition("=")
    wanted = Told(kind, detail, frozenset(values.split("|")) if values else frozenset())  # pyright: ignore[reportArgumentType]  the reader of the file knows it
    return asked.ground.told(wanted) is not None


def chosen_way(ground: Ground) -> str:
    """The way that a person chose last; preservation goes beside the others and is none of them."""
    chosen = [str(each.details.get("way", "")) for each in ground.facts("taken_up")]
    return next((each for each in reversed(chosen) if each != BESIDE), "")


def _way(asked: Asked, of: str) -> bool:
    if of == BESIDE:
        return any(each.details.get("way") == BESIDE for each in asked.ground.facts("taken_up"))
    return chosen_way(asked.ground) == of


def _guarantors(asked: Asked, _: str) -> bool:
    return bool(asked.ground.guarantees())


def _joint(asked: Asked, _: str) -> bool:
    return any(each.kind == "joint" for each in asked.ground.guarantees())


def _collector(asked: Asked, _: str) -> bool:
    return asked.ground.life.lender_role in COLLECTORS


def _performance_over(asked: Asked, _: str) -> bool:
    day = performance_day(asked.ground)
    return day is not None and asked.ground.today > day


def _lost(asked: Asked, _: str) -> bool:
    """Whether the last judgment refused the claim; an earlier one says nothing of a suit that was brought anew."""
    last = asked.ground.last("judged")
    return last is not None and last.details.get("result") == "refused"


def _over(asked: Asked, of: str) -> bool:
    found = asked.of(cast("ClockKind", of))
    return bool(found) and all(each.state in ENDED for each in found)


def _lapsed(asked: Asked, of: str) -> bool:
    return any(each.state == "lapsed" for each in asked.of(cast("ClockKind", of)))


HOLDS: Final[Mapping[str, Holds]] = {
    "policy": _policy,
    "fact": _fact,
    "way": _way,
    "kind": lambda asked, of: asked.ground.life.kind == of,
    "place": lambda asked, of: of in asked.ground.life.jurisdictions,
    "role": lambda asked, of: asked.ground.life.lender_role == of,
    "balance_at_most": lambda asked, of: asked.ground.life.balance <= Decimal(of),
    "check": lambda asked, of: check(of, asked).passed is True,
    "over": _over,
    "lapsed": _lapsed,
    "guarantors": _guarantors,
    "joint_guarantors": _joint,
    "collector": _collector,
    "performance_over": _performance_over,
    "lost": _lost,
}
