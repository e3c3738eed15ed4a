"""Whether a path that was read can be walked: every stage reached and left, every word of it meaning one thing."""

from collections import Counter
from pathlib import Path

from forbear.court.path import PATHS, CasePath, Stage
from forbear.errors import BadData


def check_shape(path: Path, found: CasePath) -> None:
    """Pass a path that can be walked.

    Raises:
        BadData: with the stage, the key and the remedy.
    """
    if found.id not in PATHS:
        raise BadData(path, None, f"path.id: {found.id!r} is not known; use one of {', '.join(PATHS)}")
    names: Counter[str] = Counter(each.id for each in found.stages)
    for name, count in names.items():
        if count > 1:
            raise BadData(path, None, f"stage {name}: the id stands {count} times; give each stage its own")
    for stage in found.stages:
        _check_stage(path, found, stage)
    _check_begins(path, found)
    _check_landmarks(path, found)
    _check_reached(path, found)
    _check_turning(path, found)
    for hold in found.holds:
        if hold.before and found.stage(hold.before) is None:
            raise BadData(path, None, f"hold.before: there is no stage {hold.before!r}; name one of this file")


def _check_stage(path: Path, found: CasePath, stage: Stage) -> None:
    where = f"stage {stage.id}"
    for way in stage.next:
        if found.stage(way.stage) is None:
            raise BadData(path, None, f"{where}.next: there is no stage {way.stage!r}; name one of this file")
    if stage.ends and any(not way.on for way in stage.next):
        raise BadData(path, None, f"{where}.next: only a fact leads out of a stage that ends; give it `on`")
    if not stage.ends and not stage.next:
        raise BadData(path, None, f"{where}.next: nothing leads out of it; give `next`, or `ends`")
    for kind in stage.waits:
        rule = found.clocks.get(kind)
        if rule is None or rule.nature != "waiting":
            raise BadData(path, None, f"{where}.waits: {kind} is no waiting clock here; add [clock.{kind}]")


def _check_begins(path: Path, found: CasePath) -> None:
    for kind, name in found.begins.items():
        if found.stage(name) is None:
            raise BadData(path, None, f"path.begins.{kind}: there is no stage {name!r}; name one of this file")


def _check_landmarks(path: Path, found: CasePath) -> None:
    """A fact puts a case into one stage only, whatever value of it is told."""
    by_kind: dict[str, list[tuple[frozenset[str], str]]] = {}
    for told, stage in found.landmarks():
        for values, other in by_kind.get(told.kind, []):
            if other != stage and (not values or not told.values or values & told.values):
                raise BadData(
                    path, None, f"stage {stage}: {told.word} leads to {other} too; let a fact lead to one stage"
                )
        by_kind.setdefault(told.kind, []).append((told.values, stage))


def _check_reached(path: Path, found: CasePath) -> None:
    reached, ahead = set(found.begins.values()), list(found.begins.values())
    while ahead:
        stage = found.stage(ahead.pop())
        names = [] if stage is None else [each.stage for each in stage.next]
        ahead += [each for each in names if each not in reached]
        reached.update(names)
    for stage in found.stages:
        if stage.id not in reached:
            raise BadData(path, None, f"stage {stage.id}: nothing leads to it; add a `next` to it or take it out")


def _check_turning(path: Path, found: CasePath) -> None:
    """Ways without a fact that come back to where they began would be walked for ever."""
    for stage in found.stages:
        for way in stage.next:
            if not way.on and stage.id in found.open_from(way.stage):
                raise BadData(
                    path,
                    None,
                    f"stage {stage.id}.next: without a fact the way to {way.stage} comes back; let a fact lead on",
                )
