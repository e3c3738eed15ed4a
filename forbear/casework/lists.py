"""The rows of lists that a packet makes of itself: what is handed in, what goes with a paper, addresses for service.

Pages stand open: whoever binds fills them, since only a bound packet knows them.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from forbear.casework.exhibits import Exhibit
from forbear.casework.found import Found
from forbear.casework.profile_file import PartWanted
from forbear.casework.words import SIDES, said
from forbear.documents.kinds import Kind

GROUP: Final = "lists"
OPEN: Final = 1
"""A number of pages until the packet is bound."""
ABOUT_ITSELF: Final = frozenset({"index", "checklist", "cover"})
"""Roles of papers that are about the packet and no part of what is handed in."""
CONFIRMED: Final = "service_address"
"""The role of the paper in which one side confirms where it is reached."""
MOST: Final = 40
Listed = tuple[PartWanted, Kind]


def find_lists(
    papers: Sequence[Listed], exhibits: Sequence[Exhibit], copies: int, language: str, found: Found
) -> dict[str, str]:
    """Give the rows of a checklist, of papers to be served, and of an index; returns the part of each row."""
    titles = [
        (part, kind.titles.get(language) or next(iter(kind.titles.values())))
        for part, kind in papers
        if part.role not in ABOUT_ITSELF
    ]
    rows = [(title, part.copies or copies, True, part.key) for part, title in titles]
    rows += [(f"{each.tab} {each.title}", copies, each.original, each.key) for each in exhibits]
    found.give(
        GROUP,
        {
            "materials": [
                {"number": str(count), "title": title[:160], "copies": many, "pages": OPEN, "original": original,
                 "copy": not original}
                for count, (title, many, original, _) in enumerate(rows, 1)
            ],
            "documents": [{"title": title[:120]} for _, title in titles][:20],
            "entries": [
                {"number": str(count), "title": title[:160], "first_page": OPEN, "last_page": OPEN, "pages": OPEN}
                for count, (title, *_) in enumerate(rows, 1)
            ],
        },
    )  # fmt: skip
    return {str(count): key for count, (*_, key) in enumerate(rows, 1)}


def attachments_of(
    own: PartWanted, papers: Sequence[Listed], exhibits: Iterable[Exhibit], copies: int, language: str
) -> list[dict[str, Any]]:
    """What goes with one of the papers: the other papers and the exhibits."""
    titles = [
        kind.titles.get(language) or next(iter(kind.titles.values()))
        for part, kind in papers
        if part.key != own.key and part.role not in ABOUT_ITSELF
    ]
    titles += [f"{each.tab} {each.title}" for each in exhibits]
    return [{"title": title[:160], "copies": copies} for title in titles][:MOST]


def service_addresses(values: Mapping[str, Any], role: str, language: str) -> list[dict[str, Any]]:
    """Where each side is reached, as its rows say; whoever agreed on another address says so for the case.

    A confirmation of addresses speaks for its signer alone.
    """
    sides = ("claimant",) if role == CONFIRMED else ("claimant", "respondent")
    return [dict(_reached(side, row, language)) for side in sides for row in _sides(values, side)]


def _sides(values: Mapping[str, Any], side: str) -> Iterator[Mapping[str, Any]]:
    for kind in ("persons", "organisations"):
        rows: object = values.get(f"{side}_{kind}")
        if isinstance(rows, list | tuple):
            yield from (row for row in rows if isinstance(row, Mapping))


def _reached(side: str, row: Mapping[str, Any], language: str) -> Iterator[tuple[str, Any]]:
    yield from (("party", said(SIDES, language, side)), ("name", row.get("name", "")))
    more = {
        "recipient": row.get("head_name"),
        "address": row.get("residence") or row.get("domicile"),
        "phone": row.get("phone") or row.get("head_phone"),
        "email": row.get("email"),
    }
    yield from ((name, value) for name, value in more.items() if value)
