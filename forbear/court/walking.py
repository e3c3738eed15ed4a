"""Where a case is on its path: the stage to which its facts lead, and the stages that lie open from there.

The facts that stand are walked through in the order in which they happened. A fact leads forward from anywhere, since
the world does not wait for our stages, and back only where the stage says so; so does a withdrawal, which leads on from
nothing but what was withdrawn. So a fact that was told late, corrected or taken back puts the case where it would have
been.
"""

from dataclasses import dataclass

from forbear.court.conditions import all_hold
from forbear.court.eligibility import Asked
from forbear.court.ground import Ground, fits
from forbear.court.life import Happened
from forbear.court.path import CasePath, Stage, Way


@dataclass(frozen=True, slots=True)
class Landmark:
    """The stage to which the facts lead, the fact that led there, and those that happened after it."""

    stage: str
    by: Happened | None = None
    since: tuple[Happened, ...] = ()


def landmark(ground: Ground) -> Landmark:
    """Where the facts that stand put the case."""
    path, marks = ground.path, ground.path.landmarks()
    facts = ground.facts()
    found = Landmark(path.begins.get(ground.life.kind) or path.begins["suit"], None, facts)
    for at, fact in enumerate(facts):
        target = next((stage for told, stage in marks if fits(told, fact)), None)
        if target is None:
            continue
        ahead = path.place(target) > path.place(found.stage) and fact.kind != "withdrawn"
        if ahead or _said(path, found.stage, fact):
            found = Landmark(target, fact, facts[at + 1 :])
    return found


def _said(path: CasePath, stage: str, fact: Happened) -> bool:
    """Whether some stage that is open from here says that the fact leads on."""
    ways = (way for name in path.open_from(stage) for way in _stage(path, name).next)
    return any(fits(told, fact) for way in ways for told in way.on)


def route(asked: Asked, begin: str) -> tuple[str, ...]:
    """The stages that lie open one after another from a stage, by what holds today; what they need is left out."""
    found = [begin]
    while (way := open_way(asked, _stage(asked.ground.path, found[-1]))) is not None:
        found.append(way.stage)
    return tuple(found)


def open_way(asked: Asked, stage: Stage) -> Way | None:
    """The first way out of a stage that needs no fact and whose conditions hold."""
    return next((way for way in stage.next if not way.on and all_hold(asked, way.when)), None)


def _stage(path: CasePath, name: str) -> Stage:
    stage = path.stage(name)
    if stage is None:
        raise LookupError(name)
    return stage
