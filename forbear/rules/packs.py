"""Packs: the rules of each jurisdiction as dated data, loaded from TOML, checked, and given a version.

A pack is bitemporal: `from` and `to` say what the law is on a day, `added` what this project believed on a day.
`load(..., ruleset=day)` answers with what was believed then.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from forbear.errors import BadData, BadInput
from forbear.rules.pack_file import PackFile
from forbear.rules.terms import Terms

SHIPPED = Path(__file__).parent / "packs"
POLICY = "POLICY"


@dataclass(frozen=True, slots=True)
class Pack:
    """One jurisdiction's rules, in the order of the file.

    `legal_zone` is its one legal time, if it has one, and `own_zones` are the other zones of its places, whose people
    live by the legal one all the same.
    `version` is a digest of what was read without its signature, so that a permit names exactly the rules that
    it was given under.
    """

    jurisdiction: str
    version: str
    legal_zone: str | None
    own_zones: tuple[str, ...]
    signed_by: str
    terms: tuple[Terms, ...]
    questions: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Packs:
    """The packs that were loaded, by jurisdiction."""

    by_jurisdiction: Mapping[str, Pack]
    ruleset: date | None = None

    def __contains__(self, jurisdiction: str) -> bool:
        return jurisdiction in self.by_jurisdiction

    def policy(self) -> Pack | None:
        """The product's own limits, if they were loaded."""
        return self.by_jurisdiction.get(POLICY)

    def versions_of(self, rule: str) -> tuple[Terms, ...]:
        """Every version of a rule, to show what it says and where it stands."""
        return tuple(terms for pack in self.by_jurisdiction.values() for terms in pack.terms if terms.rule == rule)


def load(folder: Path = SHIPPED, jurisdictions: Iterable[str] | None = None, ruleset: date | None = None) -> Packs:
    """Read and check every `*.toml` of a folder; `BadData` names path, line and reason of the first fault.

    Args:
        folder: where the packs lie.
        jurisdictions: keep only these, and `POLICY`; None keeps all.
        ruleset: keep what was in the packs on that date; None keeps all.
    """
    wanted = None if jurisdictions is None else {*jurisdictions, POLICY}
    packs: dict[str, Pack] = {}
    for path in sorted(folder.glob("*.toml")):
        file = PackFile(path)
        name = file.head["jurisdiction"]
        if name in packs:
            raise BadData(path, None, f"a second pack for {name}")
        if wanted is None or name in wanted:
            packs[name] = _pack(file, ruleset)
    kept = {name: pack for name, pack in packs.items() if pack.terms}
    if ruleset is not None and not kept:
        raise BadInput("ruleset", "no pack existed on that date", "Give a later date, or none")
    return Packs(kept, ruleset)


def _pack(file: PackFile, ruleset: date | None) -> Pack:
    rows = file.believed(ruleset)
    head = {key: value for key, value in file.head.items() if not key.startswith("signed_")}
    whole = json.dumps([head, [row.raw for row in rows]], sort_keys=True, default=str)
    return Pack(
        jurisdiction=file.head["jurisdiction"],
        version=hashlib.sha256(whole.encode()).hexdigest()[:12],
        legal_zone=file.head.get("legal_zone"),
        own_zones=file.head.get("own_zones", ()),
        signed_by=file.head.get("signed_by", ""),
        terms=tuple(row.terms for row in rows),
        questions=file.questions,
    )
