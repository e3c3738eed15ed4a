"""What the staff of a rehearsal wrote down of their own work, as the judge reads it: calls, visits, posted letters.

JSON Lines by `kind`, at the writer's own time: `call` (`task`, `staff`, `to`, when it was dialled), `call_ended` (the same
with `outcome`, when the page had taken it), `visit` (`visit`, `staff`: both ids, when the page let them knock),
`visit_ended` (the same with `outcome`, `person`), `letter` (`touch`, `what`, `code`).
"""

import json
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from tests.judge.reading import Row, Said, instant

TOLD = {
    "spoke_stop": "stop",
    "spoke_dispute": "dispute",
    "spoke_hardship": "hardship",
    "wrong_party": "wrong_person",
}
"""Outcomes of a call after which somebody is left alone, in the words in which people write it."""
REACHED = {"hung_up_before_check", "voicemail_left"}
"""Outcomes of a call that were a contact, beside every talk."""


@dataclass(slots=True)
class Dialled:
    """One call by a person; `outcome` None as long as no page has taken one."""

    at: datetime
    task: str
    staff: str
    to: str
    outcome: str | None = None
    ended_at: datetime | None = None

    @property
    def reached(self) -> bool:
        return self.outcome is None or self.outcome.startswith("spoke_") or self.outcome in REACHED


@dataclass(slots=True)
class Knocked:
    """One visit."""

    at: datetime
    visit: str
    staff: tuple[str, ...]
    outcome: str | None = None
    ended_at: datetime | None = None


@dataclass(slots=True)
class Carried:
    """Something that happened to a letter of the print room."""

    at: datetime
    touch: str
    what: str
    code: str | None


@dataclass(slots=True)
class Works:
    dialled: list[Dialled] = field(default_factory=list[Dialled])
    knocked: list[Knocked] = field(default_factory=list[Knocked])
    carried: list[Carried] = field(default_factory=list[Carried])
    touches: dict[str, str] = field(default_factory=dict[str, str])
    """The ledger's touch of each task, where it has one."""

    @property
    def said(self) -> list[Said]:
        """What people told callers and must not have to tell twice."""
        return [
            Said(call.ended_at, call.to, TOLD[call.outcome], None, on_page=True, ref=self.touches.get(call.task))
            for call in self.dialled
            if call.outcome in TOLD and call.ended_at is not None
        ]


def read_works(path: Path | None) -> Works:
    works = Works()
    for text in path.read_text(encoding="utf-8").splitlines() if path else ():
        line = json.loads(text)
        _enter(works, line, instant(line["at"]))
    return works


def _enter(works: Works, line: Row, at: datetime) -> None:
    match line["kind"]:
        case "call":
            works.dialled.append(Dialled(at, line["task"], line["staff"], line["to"]))
        case "visit":
            works.knocked.append(Knocked(at, line["visit"], tuple(line["staff"])))
        case "letter":
            works.carried.append(Carried(at, line["touch"], line["what"], line.get("code")))
        case "call_ended":
            for call in [each for each in works.dialled if each.task == line["task"]]:
                call.outcome, call.ended_at = line["outcome"], at
        case "visit_ended":
            for visit in [each for each in works.knocked if each.visit == line["visit"]]:
                visit.outcome, visit.ended_at = line["outcome"], at
        case other:
            raise ValueError(f"a line of an unknown kind in the staff's log: {other}")
