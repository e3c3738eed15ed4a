"""What a permit rested on besides its case: the packs and the public holidays, each kept once and for ever.

A decision names them by digest. They are written in the transaction of the first decision that names them, so that no
permit is ever kept without its rules, and read back only if they still have the digest they are kept under.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from functools import lru_cache, partial
from typing import Any

from sqlalchemy import event, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from forbear.errors import BadData, NotFound
from forbear.ledger.tables.record import RuleCalendar, RulePack
from forbear.rules.facts import Calendar, Permit
from forbear.rules.packs import Pack, Packs, from_texts

DIGITS = 16
"""Of a calendar's digest."""


class Keeping:
    """Writes what is not kept yet. `known` is what this process has seen committed, and outlives a book."""

    def __init__(self, known: set[str], packs: Packs) -> None:
        self._known = known
        self._packs = packs

    def keep(self, session: Session, permit: Permit, calendars: Iterable[Calendar], at: datetime) -> list[str]:
        """Keep the packs that the permit names and the calendars it was given; returns the digests of the latter."""
        days = {calendar_digest(each): each for each in calendars}
        packs = {version: name for name, version in permit.packs}
        new = sorted({*days, *packs} - self._known)
        # In one order everywhere: two first decisions at once then wait for each other and never in a ring.
        for digest in new:
            if digest in days:
                self._insert(session, RuleCalendar, _calendar_row(digest, days[digest]), at)
            elif (pack := self._packs.by_jurisdiction.get(packs[digest])) is not None:
                self._insert(session, RulePack, _pack_row(pack, self._packs.ruleset), at)
        if new:
            # Only then: what was rolled back is not kept.
            event.listen(session, "after_commit", partial(_learn, self._known, new), once=True)
        return sorted(days)

    @staticmethod
    def _insert(session: Session, table: type[Any], row: Mapping[str, Any], at: datetime) -> None:
        session.execute(insert(table).values(**row, first_seen_at=at).on_conflict_do_nothing())


class Shelf:
    """Reads kept rules and calendars back, each stack of packs once.

    Raises:
        NotFound: something was never kept.
        BadData: what is kept under a digest has another one, or cannot be read by this version.
    """

    def __init__(self) -> None:
        self._stacks: dict[frozenset[tuple[str, str]], Packs] = {}
        self._calendars: dict[str, Calendar] = {}

    def packs(self, session: Session, versions: Mapping[str, str]) -> Packs:
        """The packs of these versions, by jurisdiction."""
        wanted = frozenset(versions.items())
        if wanted not in self._stacks:
            self._stacks[wanted] = _read_packs(session, versions)
        return self._stacks[wanted]

    def calendars(self, session: Session, digests: Iterable[str]) -> tuple[Calendar, ...]:
        """The calendars of these digests, in the same order."""
        asked = list(digests)
        missing = [each for each in asked if each not in self._calendars]
        if missing:
            rows = session.scalars(select(RuleCalendar).where(RuleCalendar.digest.in_(missing)))
            self._calendars |= {row.digest: _calendar(row) for row in rows}
        for each in asked:
            if each not in self._calendars:
                raise NotFound(f"No calendar is kept under {each}")
        return tuple(self._calendars[each] for each in asked)


def _learn(known: set[str], new: Iterable[str], _: Session) -> None:
    known.update(new)


@lru_cache(maxsize=256)
def calendar_digest(calendar: Calendar) -> str:
    """What a calendar is kept under: of its name, version, reach and days."""
    return hashlib.sha256(json.dumps(_told(calendar), sort_keys=True).encode()).hexdigest()[:DIGITS]


def _told(calendar: Calendar) -> dict[str, Any]:
    return {
        "name": calendar.name,
        "version": calendar.version,
        "first": calendar.first.isoformat(),
        "last": calendar.last.isoformat(),
        "days": sorted(day.isoformat() for day in calendar.days),
        "works": sorted(day.isoformat() for day in calendar.works),
    }


def _calendar_row(digest: str, calendar: Calendar) -> dict[str, Any]:
    return {"digest": digest, "name": calendar.name, "version": calendar.version, "told": _told(calendar)}


def _calendar(row: RuleCalendar) -> Calendar:
    told: Mapping[str, Any] = row.told
    calendar = Calendar(
        name=told["name"],
        version=told["version"],
        first=date.fromisoformat(told["first"]),
        last=date.fromisoformat(told["last"]),
        days=frozenset(date.fromisoformat(day) for day in told["days"]),
        works=frozenset(date.fromisoformat(day) for day in told["works"]),
    )
    if calendar_digest(calendar) != row.digest:
        raise BadData(f"calendar {row.digest}", None, "is not what was kept under its digest")
    return calendar


def _pack_row(pack: Pack, ruleset: date | None) -> dict[str, Any]:
    return {"jurisdiction": pack.jurisdiction, "version": pack.version, "ruleset": ruleset, "text": pack.text}


def _read_packs(session: Session, versions: Mapping[str, str]) -> Packs:
    kept = session.scalars(select(RulePack).where(RulePack.version.in_(versions.values())))
    rows = {(row.jurisdiction, row.version): row for row in kept}
    for wanted in versions.items():
        if wanted not in rows:
            raise NotFound(f"No pack {wanted[0]} is kept in version {wanted[1]}")
    found = {name: rows[name, version] for name, version in versions.items()}
    texts = {name: row.text for name, row in found.items()}
    believed = {ruleset: from_texts(texts, ruleset) for ruleset in {row.ruleset for row in found.values()}}
    packs = {name: believed[row.ruleset].by_jurisdiction.get(name) for name, row in found.items()}
    for name, version in versions.items():
        if (pack := packs[name]) is None or pack.version != version:
            raise BadData(f"pack {name} {version}", None, "the text kept under it has another version")
    return Packs({name: pack for name, pack in packs.items() if pack is not None})
