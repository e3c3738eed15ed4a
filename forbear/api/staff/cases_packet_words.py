"""How packets are told of on pages: what they are, how they stand, and what their hash is called."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from forbear.api.staff.cases_at import ROOT, CaseDesk
from forbear.api.staff.cases_missing import paper_title
from forbear.api.staff.cases_packet_pages import PartOf
from forbear.errors import Erased
from forbear.ledger.cases import files, rows
from forbear.ledger.tables.accounts import LegalCase
from forbear.ledger.tables.cases import Packet


def packet_line(desk: CaseDesk, row: Packet, colleagues: Mapping[str, str], zone: str | None = None) -> dict[str, Any]:
    """One packet on one line."""
    return {
        "id": row.id,
        "number": row.number,
        "address": f"{ROOT}/{row.legal_case}/packets/{row.id}",
        "profile": desk.named("case_profile", row.profile),
        "state": row.state,
        "said": desk.named("packet_state", row.state),
        "cut_off": desk.day(row.cut_off),
        "pages": row.pages,
        "draft": row.draft,
        "missing": len(row.missing),
        "by": colleagues.get(row.asked_by or "", ""),
        "asked": desk.when(row.asked_at, zone),
        "sha256": row.sha256 or "",
    }


def part_title(desk: CaseDesk, part: PartOf, exhibits: Mapping[str, str]) -> str:
    """What a part is: the title of its paper, or its tab among the exhibits with the exhibit's own title."""
    if part.template:
        return paper_title(part.template, desk.language)
    return " ".join(filter(None, (part.tab or part.key, exhibits.get(part.sha256, ""))))


def exhibits_of(desk: CaseDesk, session: Session, case: LegalCase) -> dict[str, str]:
    """The titles of a case's exhibits by the hash of what was uploaded; none where the person was erased."""
    try:
        return {row.sha256: files.called(desk.ledger, session, row)[0] for row in rows.files(session, case.id)}
    except Erased:
        return {}
