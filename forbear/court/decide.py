"""What comes next in a case: `decide` reads its life, its path and the instant, and answers with one thing to do.

The order is fixed: due alarms; a stage that the facts have left behind; the matter being over; stops; packets that were
asked for; the next stage; the stage's own packet; and rest, with everything that is lacking and who can supply it.
Reasons are for operators and name nobody.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from forbear.contracts.case_words import CASE_KINDS
from forbear.court.alarms import due, named, next_days
from forbear.court.clocks import reckon
from forbear.court.decision import Ask, CaseDecision, Clock, Decided, Lacking, Move, Prepare, Rest
from forbear.court.eligibility import Asked
from forbear.court.ending import ending, settling
from forbear.court.ground import Ground
from forbear.court.life import CaseLife
from forbear.court.needing import going_on, handed_in, lacking, of_profile, packet_lacks, waits, wanted
from forbear.court.path import CasePath, Condition, Hold, Stage
from forbear.court.standing import over, performance_day, settled
from forbear.court.walking import Landmark, landmark, open_way, route
from forbear.rules.wall import zone

LONGEST: Final = timedelta(days=7)
ONE_DAY: Final = timedelta(days=1)
CLOSED: Final = "closed"
UNTAKEN: Final = "CASE.UNTAKEN"
PERFORMED: Final = Condition("performance_over")
TO_TAKE_UP: Final = Lacking("fact:taken_up", "a person decides whether, and how, the case goes on", "legal")


@dataclass(frozen=True, slots=True)
class Scene:
    """A case at an instant: its ground and clocks, and where its facts put it."""

    asked: Asked
    here: Landmark
    now: datetime

    @property
    def ground(self) -> Ground:
        return self.asked.ground

    @property
    def life(self) -> CaseLife:
        return self.asked.ground.life

    @property
    def path(self) -> CasePath:
        return self.asked.ground.path

    def rest(self, reason: str, *, rule: str = "", lacks: Iterable[Lacking] = (), until: Iterable[date] = ()) -> Rest:
        """Rest until the next thing that time alone brings: an alarm, the end of a wait, a day told; a week at most."""
        day, ground = self.ground.today, self.ground
        days = {*next_days(self.asked.clocks, day), *until, *(each.on for each in self.life.facts if each.on > day)}
        if (performed := performance_day(ground)) is not None:
            days.add(performed + ONE_DAY)
        clock = zone(self.life.zone)
        instants = [datetime.combine(each, time(), clock).astimezone(UTC) for each in days if each > day]
        instants += [each.until for each in self.life.stops if each.until is not None and each.until > self.now]
        longest = self.now + LONGEST
        return Rest(
            min((each for each in (*instants, longest) if each > self.now), default=longest), reason, rule, tuple(lacks)
        )


def decide(life: CaseLife, path: CasePath | None, now: datetime) -> Decided:
    """The next thing to do in a case, with every clock as it stands.

    Args:
        life: everything that bears on the case, read in one transaction.
        path: the path of its place; None where we have none, and then nothing is reckoned.
        now: an aware instant of the world.
    """
    if path is None:
        reason = "No path is known for this place: a person works the case by hand."
        return Decided(Rest(now + LONGEST, reason, "", (TO_TAKE_UP,)), ())
    ground = Ground(life, path, now.astimezone(zone(life.zone)).date())
    clocks = reckon(ground)
    scene = Scene(Asked(ground, clocks), landmark(ground), now)
    return Decided(_answer(scene), clocks)


def outlook(life: CaseLife, path: CasePath, stage: str, now: datetime) -> tuple[Lacking, ...]:
    """What a stage of the path lacks today, whether or not the case is near it; for pages and for facts told early."""
    ground = Ground(life, path, now.astimezone(zone(life.zone)).date())
    found = path.stage(stage)
    return () if found is None else lacking(Asked(ground, reckon(ground)), found)


def _answer(scene: Scene) -> CaseDecision:
    """The first of the steps that has something to say, in the fixed order."""
    stage = _stage(scene)
    return next((answer for step in STEPS if (answer := step(scene, stage)) is not None), None) or _forward(
        scene, stage
    )


def _alarm(scene: Scene, _: Stage) -> CaseDecision | None:
    return due(scene.asked.clocks, scene.life.clocks, scene.ground.today)


def _untaken(scene: Scene, _: Stage) -> CaseDecision | None:
    if scene.life.state == CLOSED:
        return scene.rest("The case is closed.")
    if scene.life.kind in CASE_KINDS:
        return None
    why = "A person must look at this case and decide how it goes on."
    return scene.rest(why, rule=UNTAKEN, lacks=[TO_TAKE_UP])


def _moved(scene: Scene, stage: Stage) -> CaseDecision | None:
    return Move(stage.id, _why(scene, stage)) if stage.id != scene.life.stage else None


def _ended(scene: Scene, stage: Stage) -> CaseDecision | None:
    ended = ending(scene.asked, scene.here, stage)
    return scene.rest(_over_reason(scene), lacks=[ended]) if isinstance(ended, Lacking) else ended


def _asked(scene: Scene, _: Stage) -> CaseDecision | None:
    packets = [each for each in scene.life.packets if each.state == "asked"]
    packet = min(packets, key=lambda each: each.number, default=None)
    return None if packet is None else Prepare(packet.id, "A packet was asked for and is to be made.")


def _settled(scene: Scene, _: Stage) -> CaseDecision | None:
    if settled(scene.ground) is None:
        return None
    return scene.rest("The sides settled: the settlement is being kept.", lacks=[settling(scene.ground)])


def _over_reason(scene: Scene) -> str:
    if scene.life.balance <= 0:
        return "Nothing is owed any more: what is still pending is to be called off."
    return "The matter is over outside the court: what is still pending is to be called off."


def _stage(scene: Scene) -> Stage:
    """The stage in which the case is: that in which it was put, if its facts and what holds today lead there."""
    path, begin = scene.path, scene.here.stage
    reached = path.open_from(begin) if over(scene.ground) else frozenset(route(scene.asked, begin))
    stage = path.stage(scene.life.stage if scene.life.stage in reached else begin)
    if stage is None:
        raise LookupError(begin)
    return stage


def _why(scene: Scene, stage: Stage) -> str:
    by = scene.here.by
    if by is not None:
        return f"The fact {by.kind} of {by.on} leads to: {stage.title['en']}."
    if not scene.life.stage:
        return f"The case begins with: {stage.title['en']}."
    return f"What led further no longer holds: back to {stage.title['en']}."


def _hold(scene: Scene, stage: Stage) -> Rest | None:
    """Stops hold the matter, never the clocks."""
    found = scene.path.hold(stage.id, (each.kind for each in scene.life.stops))
    if found is None:
        return None
    hold, stop = found
    return scene.rest(_held(hold, stop), rule=f"STOP.{stop.upper()}", lacks=[_release(stop)])


def _held(hold: Hold, stop: str) -> str:
    return f"Held by a stop ({stop.replace('_', ' ')}): {hold.reason}."


def _release(stop: str) -> Lacking:
    return Lacking(f"stop:{stop}", "the stop is to be settled and released by whoever may", "operator")


def _forward(scene: Scene, stage: Stage) -> CaseDecision:
    """On to the next stage, or the stage's own packet, or rest."""
    asked = scene.asked
    lost, still = lacking(asked, stage), waits(asked, stage)
    if lost or still:
        return _blocked(scene, f"{stage.title['en']} cannot go on", lost, still)
    way = open_way(asked, stage)
    if way is not None:
        target = scene.path.stage(way.stage)
        if target is None:
            raise LookupError(way.stage)
        lacks, still = lacking(asked, target), waits(asked, target)
        if not lacks and not still:
            return Move(target.id, f"Everything that '{target.title['en']}' needs is there.")
        return _blocked(scene, f"'{target.title['en']}' cannot begin yet", lacks, still)
    return _packets(scene, stage)


def _blocked(scene: Scene, what: str, lacks: tuple[Lacking, ...], still: tuple[Clock, ...]) -> Rest:
    parts: list[str] = []
    if still:
        parts.append(f"the period of {named(still[0])} runs until {still[0].last}")
    if lacks:
        said = "; ".join(dict.fromkeys(each.what.rstrip(".") for each in lacks))
        parts.append(f"{len(lacks)} thing(s) are lacking: {said}")
    rule = f"WAIT.{still[0].kind.upper()}" if still else f"NEED.{lacks[0].item.partition(':')[0].upper()}"
    return scene.rest(f"{what}: {', and '.join(parts)}.", rule=rule, lacks=lacks)


def _packets(scene: Scene, stage: Stage) -> CaseDecision:
    """Ask for what the stage wants and nobody asked for; else rest, with how far its packets are and what leads on."""
    lacks: list[Lacking] = []
    for each in wanted(scene.asked, stage):
        if handed_in(scene.ground, each, scene.here):
            continue
        since = scene.here.by.on if scene.here.by is not None and not each.beside else None
        packet = of_profile(scene.ground, each.profile, since)
        if packet is None:
            return Ask(each.profile, f"'{stage.title['en']}' asks for the packet {each.profile}.")
        if (lack := packet_lacks(packet, each)) is not None:
            lacks.append(lack)
    hint = f": {stage.hint}" if stage.hint else ""
    day = performance_day(scene.ground)
    until = f"; until {day}" if day is not None and any(PERFORMED in way.when for way in stage.next) else ""
    return scene.rest(f"{stage.title['en']}{hint}{until}.", lacks=[*lacks, *going_on(stage)])


STEPS: Final = (_alarm, _untaken, _moved, _ended, _hold, _asked, _settled)
"""The order in which a decision is sought; what none of them says goes forward."""
