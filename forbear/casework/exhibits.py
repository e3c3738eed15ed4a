"""The exhibits of a packet: the files in the slots of its checklist, numbered as its court has it, with their rows.

What a file proves and where it is from, whoever uploaded it said; where nobody did, the profile's own words stand, and
where it has none, that is missing.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from forbear.casework.found import Found
from forbear.casework.profile_file import ExhibitWanted, PacketProfile
from forbear.casework.record import CaseRecord
from forbear.ledger.cases.files import called
from forbear.ledger.tables.cases import CaseFile

GROUP: Final = "evidence"
LETTERS: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
FILLED: Final = "-"
"""Where whoever binds writes the pages."""
MOST_TAB: Final = 8


@dataclass(frozen=True, slots=True)
class Exhibit:
    """One file in its place: `number` as lists of exhibits have it, `tab` as the packet calls it."""

    key: str
    number: str
    tab: str
    title: str
    file: CaseFile
    supplier: str
    original: bool


def find_exhibits(
    record: CaseRecord, profile: PacketProfile, circumstances: dict[str, str], signer: str, found: Found
) -> tuple[Exhibit, ...]:
    """Give the rows of exhibits; returns the exhibits in their order."""
    wanted = list(_wanted(record, profile, circumstances, found))
    exhibits: list[Exhibit] = []
    rows: list[dict[str, Any]] = []
    for count, (slot, file) in enumerate(wanted, 1):
        number, tab = _called(profile, count, signer)
        title, told = called(record.ledger, record.session, file)
        title = title or slot.title
        original = _form(file) == "original"
        exhibits.append(Exhibit(f"exhibit-{count}", number, tab, title, file, slot.supplier, original))
        row = {
            "number": number[:MOST_TAB],
            "title": title[:160],
            "source": str(told.get("source") or slot.source)[:80],
            "form": _form(file),
            "pages": FILLED,
            "proves": str(told.get("proves") or slot.proves)[:300],
            "day": file.details.get("day"),
            "sponsor": told.get("sponsor"),
            "note": told.get("remark"),
        }
        rows.append({name: value for name, value in row.items() if value})
        _check(file, rows[-1], found)
    found.give(GROUP, {"evidence": rows, "agreement_exhibit": _of_slot(exhibits, "contract"),
                       "dmdc_exhibit": _of_slot(exhibits, "scra_certificate")})  # fmt: skip
    return tuple(exhibits)


def _wanted(
    record: CaseRecord, profile: PacketProfile, circumstances: dict[str, str], found: Found
) -> Iterator[tuple[ExhibitWanted, CaseFile]]:
    for slot in profile.exhibits:
        files = [each for each in record.files if each.slot == slot.slot]
        if not files and slot.needed(circumstances):
            found.lack(
                f"slot:{slot.slot}",
                f"no file lies there{f': {slot.title}' if slot.title else ''}",
                f"Upload it: forbear case file add CASE {slot.slot} FILE",
                slot.supplier,
            )
        yield from ((slot, each) for each in files)


def _form(file: CaseFile) -> str:
    """Whether it is an original or a copy, as it was told; a scan is a copy where nobody said otherwise."""
    return "original" if file.details.get("form") == "original" else "copy"


def _check(file: CaseFile, row: dict[str, Any], found: Found) -> None:
    for column, what in (("source", "where it is from"), ("proves", "what it proves")):
        if column not in row:
            found.lack(
                f"slot:{file.slot}:{file.number}:{column}",
                f"nobody said {what}",
                "Upload it anew with --source and --proves",
                "legal",
            )


def _called(profile: PacketProfile, count: int, signer: str) -> tuple[str, str]:
    match profile.numbering:
        case "number":
            number = str(count)
        case "letter":
            number = LETTERS[(count - 1) % 26] * (1 + (count - 1) // 26)
        case "initials":
            number = f"{initials(signer)}{count}"
    return number, profile.tab.format(n=number)


def initials(name: str) -> str:
    """Of the witness who exhibits: `ABC` of Anna Beth Clark; nothing where nobody is named yet."""
    return "".join(part[0].upper() for part in name.split() if part[0].isalpha())[:4]


def _of_slot(exhibits: list[Exhibit], slot: str) -> str | None:
    return next((each.number for each in exhibits if each.file.slot == slot), None)
