"""Notices and their service: the register of service as a court reads it, and what must have reached somebody first."""

from collections.abc import Iterable
from typing import Any, Final

from forbear.casework.found import Found
from forbear.casework.profile_file import PacketProfile, ServiceWanted, met
from forbear.casework.record import CaseRecord
from forbear.casework.words import METHODS, RESULTS, said
from forbear.documents.registry import find_kind
from forbear.ledger.cases.services import REACHED
from forbear.ledger.tables.cases import CaseService
from forbear.ports.papers import Unprintable

GROUP: Final = "notices"


def find_notices(record: CaseRecord, language: str, found: Found) -> None:
    """Give the rows of notices that left before or in the case."""
    rows = [_row(record, each, language) for each in record.services if each.result != "failed"]
    there = [row for row in rows if row is not None]
    found.give(GROUP, {"notices": there, "notified": bool(there)})


def _row(record: CaseRecord, service: CaseService, language: str) -> dict[str, Any] | None:
    title = title_of(service.paper, language)
    day = service.sent_on or service.reached_on
    who = record.somebody(service.person)
    if title is None or day is None or who is None:
        return None
    tracking = record.opened_json(service.tracking)
    row: dict[str, Any] = {
        "title": title,
        "day": day,
        "to": who.name,
        "method": said(METHODS, language, service.method),
        "tracking": str(tracking.get("number", ""))[:60],
        "result": said(RESULTS, language, service.result),
        "reached": service.reached_on,
    }
    return {name: value for name, value in row.items() if value not in (None, "")}


def title_of(paper: str, language: str) -> str | None:
    """A notice's title in a language; None for a paper of packets, which is no notice, and for one nobody knows."""
    try:
        kind = find_kind(paper)
    except Unprintable:
        return None
    return None if kind.court else kind.titles.get(language) or next(iter(kind.titles.values()))


def check_services(record: CaseRecord, profile: PacketProfile, circumstances: dict[str, str], found: Found) -> None:
    """Every notice without which nobody may be claimed against, for each borrower."""
    borrowers = {each.person for each in record.people if each.role in {"borrower", "co_borrower"}}
    for wanted in profile.services:
        if met(wanted.when, circumstances):
            _check(record.services, wanted, sorted(borrowers), found)


def _check(services: Iterable[CaseService], wanted: ServiceWanted, people: list[str], found: Found) -> None:
    reached = {
        each.person
        for each in services
        if each.paper in wanted.papers and each.result in REACHED and each.reached_on is not None
    }
    for person in people:
        if person not in reached:
            found.lack(
                f"service:{wanted.papers[0]}:{person}",
                f"nothing shows that it reached them: {wanted.why}",
                "Enter its service with the day on which it arrived: forbear case service",
            )
