"""What became of the accounts in court, counted from the ledger's dump and from what legal staff fetched.

A packet is told with who asked for it and who approved it, by role; what was missing is told by its item.
"""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from forbear.court.paths import load_all
from forbear.rehearsal.figures import Month, Row
from forbear.rehearsal.lenders import LENDERS
from forbear.rehearsal.shelf import LIST

FINAL: Final = frozenset({"approved", "filed"})
ITSELF: Final = "case"
"""Who asked for a packet that nobody asked for: its case did."""
FIRST: Final = (".zip", ".pdf")
"""Files of a packet that are linked: the whole, and what one reads."""
REFERENCE: Final = 8
LAPSED: Final = -1


@dataclass(frozen=True, slots=True)
class Shown:
    """One packet as the report lists it. `links` are file names with their places beside the report."""

    reference: str
    lender: str
    profile: str
    state: str
    draft: bool
    pages: int
    sha256: str
    asked_by: str
    approved_by: str
    links: Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Court:
    """A month of cases. `fetched` is what staff put down of what they took, by packet; `roles` are of staff by id."""

    month: Month
    fetched: Mapping[str, Row] = field(default_factory=dict[str, Row])
    roles: Mapping[str, str] = field(default_factory=dict[str, str])

    @property
    def cases(self) -> list[Row]:
        """Those that walk a path."""
        return [row for row in self.month.rows("legal_case") if row.get("path")]

    @property
    def stages(self) -> list[tuple[str, str, int]]:
        """How many open cases stand in each stage, by path."""
        counts = Counter((row["path"], row["stage"]) for row in self.cases if row["state"] == "open")
        return [(path, stage, count) for (path, stage), count in sorted(counts.items())]

    @property
    def outcomes(self) -> list[tuple[str, int]]:
        counts = Counter(row["outcome"] or "closed" for row in self.cases if row["state"] != "open")
        return sorted(counts.items())

    @property
    def clocks(self) -> list[tuple[str, Counter[str], int]]:
        """Each kind of clock: how many stand in which state, and how many alarms were raised."""
        kinds = {row["id"]: row["kind"] for row in self.month.rows("case_clock")}
        alarms = Counter(kinds.get(row["clock"], "") for row in self.month.rows("clock_alarm"))
        states: dict[str, Counter[str]] = {}
        for row in self.month.rows("case_clock"):
            states.setdefault(row["kind"], Counter())[row["state"]] += 1
        return [(kind, states[kind], alarms[kind]) for kind in sorted(states)]

    @property
    def missing(self) -> list[tuple[str, str, int]]:
        """What packets lacked when they were first tried: the item, who can supply it, and how often."""
        found = Counter(
            (_plain(each["item"]), each["supplier"]) for row in self.month.rows("packet") for each in row["missing"]
        )
        return [(item, supplier, count) for (item, supplier), count in found.most_common()]

    @property
    def packets(self) -> list[Shown]:
        """Final packets, then drafts."""
        rows = [row for row in self.month.rows("packet") if _is_listed(row)]
        return [self._shown(row) for row in sorted(rows, key=lambda row: (row["draft"], row["profile"], row["id"]))]

    def _shown(self, row: Row) -> Shown:
        lenders = {each["id"]: each["name"] for each in self.month.rows("lender")}
        approved = [
            review["staff"]
            for review in self.month.rows("packet_review")
            if review["packet"] == row["id"] and review["verdict"] == "approved"
        ]
        return Shown(
            reference=reference(row["legal_case"]),
            lender=lenders.get(row["lender"], ""),
            profile=row["profile"],
            state=row["state"],
            draft=row["draft"],
            pages=row["pages"] or 0,
            sha256=row["sha256"] or "",
            asked_by=self.roles.get(row["asked_by"] or "", ITSELF),
            approved_by=self.roles.get(approved[-1], "") if approved else "",
            links=self._links(row["id"]),
        )

    def _links(self, packet: str) -> list[tuple[str, str]]:
        told = self.fetched.get(packet)
        if told is None:
            return []
        folder = f"packets/{told['folder']}"
        if not told["final"]:
            return [(name, f"{folder}/{name}") for name in sorted(told["files"])[:1]]
        return [(name, f"{folder}/{name}") for end in FIRST for name in sorted(told["files"]) if name.endswith(end)]


def read(month: Month, folder: Path, roles: Mapping[str, str]) -> Court:
    """With the list that legal staff kept of what they fetched; there is none where they fetched nothing."""
    path = folder / LIST
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    return Court(month, {told["packet"]: told for told in map(json.loads, lines)}, roles)


def counted(month: Month) -> Row:
    """What `summary.json` says of cases."""
    court = Court(month)
    states = Counter(row["state"] for row in month.rows("packet"))
    profiles = Counter(row["profile"] for row in month.rows("packet") if row["state"] in FINAL)
    return {
        "cases": len(court.cases),
        "open_cases": sum(row["state"] == "open" for row in court.cases),
        "packets": sum(profiles.values()),
        "packets_by_profile": dict(sorted(profiles.items())),
        "drafts": sum(shown.draft for shown in court.packets),
        "packet_states": dict(sorted(states.items())),
        "returned": sum(row["verdict"] == "returned" for row in month.rows("packet_review")),
        "clocks": len(month.rows("case_clock")),
        "alarms": sum(row["rung"] != LAPSED for row in month.rows("clock_alarm")),
        "lapses": sum(row["rung"] == LAPSED for row in month.rows("clock_alarm")),
    }


def stage_title(path: str, stage: str, language: str) -> str:
    """What a stage is called; its code where its path knows it no more."""
    found = load_all().get(path)
    known = found.stage(stage) if found else None
    return known.title[language] if known else stage


def named(lender: str, language: str) -> str:
    return next((each.named(language) for each in LENDERS if each.name == lender), lender)


def reference(case: str) -> str:
    """Our reference of a case, as pages and papers show it."""
    prefix, _, random = case.partition("_")
    return f"{prefix.upper()}-{random[:REFERENCE]}"


def _is_listed(row: Row) -> bool:
    return row["state"] in FINAL or (row["state"] == "prepared" and row["draft"])


def _plain(item: str) -> str:
    """An item without the id of a person that it may end in."""
    return ":".join(part for part in item.split(":") if not part.startswith("per_"))
