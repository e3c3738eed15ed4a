"""What happened in a case, as its lender reads it: facts, stages, packets and alarms. Holds nothing personal."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from forbear.api.lender.cases_shown import Parties, parties_of
from forbear.ledger.cases import rows, told
from forbear.ledger.tables.accounts import LegalCase
from forbear.ledger.views import instant

Event = tuple[datetime, str, str, str]
"""Instant, kind, id and words."""
MOST_DECISIONS = 200
MOVED = "move"


def events_of(session: Session, case: LegalCase) -> list[Mapping[str, Any]]:
    """Everything in the order of time."""
    parties = parties_of(session, case.account)
    every = [*_facts(session, case), *_moves(session, case, parties), *_papers(session, case)]
    # What has one instant stays in its order, with the opening first and the end last.
    found = sorted([_opened(case), *every, *_closed(case)], key=lambda each: each[0])
    return [{"at": instant(at), "kind": kind, "id": id_, "text": text} for at, kind, id_, text in found]


def _opened(case: LegalCase) -> Event:
    return case.opened_at, "opened", case.id, f"The case was opened: {case.reason}"


def _closed(case: LegalCase) -> Iterator[Event]:
    if case.closed_at is not None:
        yield case.closed_at, "closed", case.id, f"The case was closed: {(case.outcome or 'ended').replace('_', ' ')}"


def _facts(session: Session, case: LegalCase) -> Iterator[Event]:
    for row in rows.all_facts(session, case.id):
        kind = "fact" if row.takes_back is None else "took_back"
        yield row.at, kind, row.id, f"{row.kind.replace('_', ' ')} on {row.on_day.isoformat()}"


def _moves(session: Session, case: LegalCase, parties: Parties) -> Iterator[Event]:
    for row in told.decisions(session, case.id, MOST_DECISIONS):
        if row.kind == MOVED:
            yield row.at, "moved", row.id, parties.words(row.reason)


def _papers(session: Session, case: LegalCase) -> Iterator[Event]:
    for packet in rows.packets(session, case.id):
        yield packet.asked_at, "asked", packet.id, f"Packet {packet.profile} was asked for; it is {packet.state} now"
    kinds = {clock.id: clock.kind for clock in rows.clocks(session, case.id)}
    for alarm in rows.alarms(session, case.id):
        clock = kinds.get(alarm.clock, "a clock").replace("_", " ")
        said = f"{clock} lapsed on" if alarm.rung < 0 else f"{clock} ends on"
        yield alarm.raised_at, "alarm", alarm.id, f"{said} {alarm.last_day.isoformat()}"
