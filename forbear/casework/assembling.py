"""From the record of a case to the parts of a packet, with all that is missing at once and a digest of what it says.

Nothing here renders, binds or writes: the same record gives the same parts, so that asking again tells whether anything
changed since a packet was looked at.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any, Final

from sqlalchemy.orm import Session

from forbear.casework.amounts import strange_amounts
from forbear.casework.assembly import Assembly, Snapshot, Wanted, snapshot_of
from forbear.casework.circumstances import check_choices, circumstances
from forbear.casework.contract import find_contract, find_costs
from forbear.casework.data_files import data_files
from forbear.casework.exhibits import Exhibit, find_exhibits
from forbear.casework.found import Found, names_of
from forbear.casework.lacking import lacking
from forbear.casework.lists import Listed, attachments_of, find_lists, service_addresses
from forbear.casework.matters import find_matters, find_notices_of_law
from forbear.casework.notices import check_services, find_notices
from forbear.casework.opened import find_opened
from forbear.casework.papers import Frame, PaperMade, make_paper, with_columns
from forbear.casework.parties import find_parties, head_of, respondents
from forbear.casework.profile_file import PacketProfile, PartWanted, find_profile, met
from forbear.casework.record import CaseRecord, read_case
from forbear.casework.shared import refuse_typed, settled
from forbear.casework.standing import Standing
from forbear.casework.sums import figures_of, find_sums, with_totals
from forbear.documents.filters import locale_of
from forbear.documents.packets.profiles import profiles as court_profiles
from forbear.documents.registry import find_kind
from forbear.errors import BadInput, Erased, NotFound
from forbear.ledger.cases.files import open_file
from forbear.ledger.engine import Ledger
from forbear.ports.packets import CourtProfile, PacketFacts, Part

FOR_COURTS: Final = frozenset({"index", "checklist"})
REQUESTS: Final = "requests"
COMPLAINT: Final = "complaint"
UNSEEN: Final = frozenset({"opened_log"})
"""Values that change by looking at a packet, which is no change of it."""


def assemble(ledger: Ledger, session: Session, wanted: Wanted, *, contents: bool = True) -> Assembly:
    """A packet from the record as it stands.

    Args:
        ledger: whose record it is.
        session: one that sees the case, its account and the people on it.
        wanted: which packet.
        contents: whether to open the files of exhibits; without them only the snapshot and what is missing are told.

    Raises:
        NotFound: no such case or profile.
        BadInput: the cut-off day is not over when the packet is dated.
    """
    profile = find_profile(wanted.profile)
    if wanted.cut_off > wanted.day:
        raise BadInput("cut_off", "is after the day of the packet", f"Give {wanted.day} or an earlier day")
    return _Assembling(read_case(ledger, session, wanted.case), profile, wanted).assembly(contents=contents)


class _Assembling:
    """One packet being assembled."""

    def __init__(self, record: CaseRecord, profile: PacketProfile, wanted: Wanted) -> None:
        self.record, self.profile, self.wanted = record, profile, wanted
        self.found = Found()
        self.known = record.known("")
        self.materials: dict[str, str] = {}

    def assembly(self, *, contents: bool) -> Assembly:
        self._check_case()
        court = self._court()
        frame = self._find()
        values = settled(self.known, self.found)
        words = circumstances(self.record, values)
        check_choices(self.profile, values, self.found)
        check_services(self.record, self.profile, words, self.found)
        signer = str(values.get("signer_name", ""))
        exhibits = find_exhibits(self.record, self.profile, words, signer, self.found)
        listed = [(part, find_kind(part.paper)) for part in self.profile.parts if part.paper and met(part.when, words)]
        if not any(part.role == COMPLAINT for part, _ in listed) and any(
            part.role == COMPLAINT for part in self.profile.parts
        ):
            self.found.lack(
                COMPLAINT,
                "no form of complaint fits this claim",
                "Choose another form: for recourse there is the free one",
            )
        self.materials = find_lists(listed, exhibits, self._copies(), self.profile.language, self.found)
        refuse_typed(self.record, self.found)
        papers = [self._paper(part, kind, listed, exhibits, frame) for part, kind in listed]
        self._check_sums(papers)
        parts = tuple(self._parts(papers, exhibits, contents=contents))
        missing, snapshot = (*self.found.missing, *lacking(papers)), self._snapshot(papers, exhibits, frame)
        return Assembly(
            wanted=self.wanted,
            court=court,
            parts=parts,
            facts=replace(self._facts(papers, exhibits, snapshot), data=() if missing else data_files(papers)),
            missing=missing,
            snapshot=snapshot,
            slots={each.key: f"slot:{each.file.slot}:{each.file.number}" for each in exhibits},
            drafts=tuple(slot for each in papers for slot in each.drafts),
        )

    def _court(self) -> CourtProfile:
        named = self.wanted.court or self.profile.court
        if named in court_profiles():
            return court_profiles()[named]
        there = ", ".join(court_profiles())
        self.found.lack(
            "court_profile", "there is no profile of such a court", f"Ask for the packet with one of {there}"
        )
        return court_profiles()[self.profile.court]

    def _find(self) -> Frame:
        record, found, language = self.record, self.found, self.profile.language
        find_parties(record, self.known, found)
        owed = find_sums(record, self.wanted.cut_off, language, self.known, found)
        find_notices(record, language, found)
        find_notices_of_law(record, language, found)
        find_contract(record, self.wanted.cut_off, self.known, found)
        find_costs(record, language, owed.parts["cost"], found)
        find_matters(record, self.profile, found)
        find_opened(record, self.wanted, found)
        return Frame(
            case=record.case.id,
            language=language,
            country=self.profile.country,
            day=self.wanted.day,
            cut_off=self.wanted.cut_off,
            due_since=record.account.due_since,
            currency=record.account.currency,
            head=head_of(record, found),
            figures=figures_of(owed),
        )

    def _check_case(self) -> None:
        case, profile = self.record.case, self.profile
        creditor = "guarantor" if case.creditor else "lender"
        if case.path not in profile.paths:
            self.found.lack(
                "path", f"{profile.id} is for cases on {' or '.join(profile.paths)}", "Take the case up on that path"
            )
        if creditor not in profile.creditors:
            self.found.lack("creditor", f"{profile.id} is not for a claim of the {creditor}", "Ask for another packet")
        for kinds in profile.facts:
            if self.record.fact(*kinds) is None:
                told = " or ".join(kinds)
                self.found.lack(f"fact:{kinds[0]}", f"nobody told {told}", "Tell it: forbear case tell")

    def _copies(self) -> int:
        return self.profile.copies or len(respondents(self.record)) + 1

    def _paper(
        self, part: PartWanted, kind: Any, listed: Sequence[Listed], exhibits: Sequence[Exhibit], frame: Frame
    ) -> PaperMade:
        language, values = self.profile.language, settled(self.record.known(kind.id), self.found)
        values.setdefault("attachments", attachments_of(part, listed, exhibits, self._copies(), language))
        values.setdefault("service_addresses", service_addresses(values, part.role, language))
        values = with_totals(values, frame.currency)
        standing = Standing(values, frame.currency, locale_of(language, frame.country))
        own = self.found.values
        filled = {
            name: with_columns(value, kind.fields[name]) if name in own else standing.filled(value)
            for name, value in values.items()
            if name in kind.fields
        }
        for name in sorted(standing.unknown):
            self.found.lack(
                f"field:{name}",
                f"stands as {{{name}}} in words told for the case, and is not known",
                "Tell it, or take it out",
            )
        if strange_amounts(filled.get(REQUESTS), values):
            self.found.lack(
                f"field:{REQUESTS}",
                "names an amount that is none of the record's on the cut-off day",
                "Write {sum_total} and the like: the record's own amount is put in its place",
            )
        court = {name: values[name] for name in ("court", "court_address") if name in values}
        return make_paper(part, kind, {**court, **filled}, frame)

    def _check_sums(self, papers: Iterable[PaperMade]) -> None:
        """Every paper says the same total, which is what its account owes."""
        owed = {str(each.part.paper.total) for each in papers if each.part.paper is not None}
        said = {f"{each.values['sum_total']:f}" for each in papers if isinstance(each.values.get("sum_total"), Decimal)}
        if {Decimal(each) for each in said} - {Decimal(each) for each in owed}:
            self.found.lack(
                "field:sum_total", "is not the same in every paper", "Have the account's entries looked at", "operator"
            )
        if any(each.kind.balance == "owed" for each in papers) and not any(Decimal(each) > 0 for each in owed):
            self.found.lack(
                "field:sum_total",
                "nothing is owed on the cut-off day",
                "Choose another day, or ask for nothing",
                "ledger",
            )

    def _parts(self, papers: Sequence[PaperMade], exhibits: Sequence[Exhibit], *, contents: bool) -> Iterator[Part]:
        made = {each.wanted.key: each.part for each in papers}
        for wanted in self.profile.parts:
            if wanted.paper:
                if wanted.key in made:
                    yield made[wanted.key]
                continue
            for each in exhibits:
                content = self._content(each) if contents else None
                yield Part(
                    key=each.key,
                    title=each.title,
                    kind="exhibit",
                    role="exhibit",
                    tab=each.tab,
                    content=content,
                    media_type=each.file.media_type,
                    sha256=each.file.sha256,
                    language=self.profile.language,
                    supplier=each.supplier,
                )

    def _content(self, exhibit: Exhibit) -> bytes | None:
        try:
            return open_file(self.record.ledger, self.record.session, exhibit.file)
        except (Erased, NotFound):
            file = exhibit.file
            self.found.lack(
                f"slot:{file.slot}:{file.number}",
                "its file is gone, or is not the one that was received",
                "Restore it from a backup, or withdraw it and upload it again",
                "operator",
            )
            return None

    def _snapshot(self, papers: Sequence[PaperMade], exhibits: Sequence[Exhibit], frame: Frame) -> Snapshot:
        """Of every value that is printed, by the group it is from; of templates, files and the profile."""
        of = {name: group for group, values in self.found.groups.items() for name in values}
        groups: dict[str, Any] = {group: {} for group in self.found.groups}
        groups["told"] = {}
        for each in papers:
            for name, value in each.given.items():
                if name not in UNSEEN:
                    groups[of.get(name, "told")].setdefault(name, {})[each.wanted.key] = value
        head = frame.head
        at = head.address
        groups["parties"]["head"] = [head.name, head.phone, head.colour, head.logo, *(at.lines if at else ())]
        groups["templates"] = [[each.wanted.key, each.kind.id, each.kind.digest, each.part.language] for each in papers]
        groups["files"] = [[each.tab, each.title, each.file.sha256] for each in exhibits]
        groups["profile"] = [
            self.profile.id, self.profile.version, self.wanted.court or self.profile.court, self.wanted.cut_off,
            self.wanted.day,
        ]  # fmt: skip
        return snapshot_of(groups)

    def _facts(self, papers: Sequence[PaperMade], exhibits: Sequence[Exhibit], snapshot: Snapshot) -> PacketFacts:
        values = settled(self.known, self.found)
        return PacketFacts(
            packet=self.wanted.packet,
            case=self.record.case.id,
            title=self.profile.title,
            jurisdiction=self.record.case.path or "",
            day=self.wanted.day,
            language=self.profile.language,
            evidence={each.number: each.key for each in exhibits},
            materials=self.materials,
            says=tuple(_said(papers, values)),
            data_sha256=snapshot.sha256,
            previous=self.wanted.previous,
        )


def _said(papers: Sequence[PaperMade], values: Mapping[str, Any]) -> Iterator[str]:
    """Words that must stand in the finished packet: who is claimed against, the total, the court's number."""
    names = {name for each in papers for name in each.kind.fields}
    if "respondent_persons" in names:
        for rows in (values.get("respondent_persons", ()), values.get("respondent_organisations", ())):
            yield from (name for name in names_of(rows) if name)
    total = next((each.values["sum_total"] for each in papers if each.values.get("sum_total")), None)
    if isinstance(total, Decimal):
        yield f"{total:,}"
    if "case_no" in names and values.get("case_no"):
        yield str(values["case_no"])
