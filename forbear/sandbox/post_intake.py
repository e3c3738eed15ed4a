"""Reads an order for a letter as Lob does: nested form fields, a PDF, and what it refuses.

Only what the application uses is understood; a field it never sends is kept out of the letter, and a value that would
be a mistake of the application's is refused as Lob refuses it.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Final

from forbear.sandbox.post_refusals import LobRefusal

LONGEST_NAME: Final = 40
LONGEST_LINES: Final = 50
"""Both street lines together."""
LONGEST_KEY: Final = 256
MOST_PAGES: Final = 60
SERVICES: Final = frozenset({"certified", "certified_return_receipt", "registered"})
PLACEMENTS: Final = frozenset({"top_first_page", "insert_blank_page", "bottom_first_page", "bottom_first_page_center"})
ZIP: Final = re.compile(r"\d{5}(-\d{4})?")
PART: Final = re.compile(r"(\w+)\[(\w+)\]")
PAGE: Final = re.compile(rb"/Type\s*/Page[^s]")
ADDRESS: Final = (
    *("name", "company", "address_line1", "address_line2"),
    *("address_city", "address_state", "address_zip", "address_country"),
)

Address = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Draft:
    """An order that may be printed."""

    to: Address
    sender: Address
    pdf: bytes = field(repr=False)
    use_type: str
    color: bool
    double_sided: bool
    address_placement: str
    extra_service: str | None
    description: str | None
    metadata: Mapping[str, str]

    @property
    def sha256(self) -> str:
        return sha256(self.pdf).hexdigest()

    @property
    def pages(self) -> int:
        """As far as can be told without reading it: a file may pack its pages where they cannot be seen."""
        return max(1, len(PAGE.findall(self.pdf)))

    @property
    def certified(self) -> bool:
        return (self.extra_service or "").startswith("certified")


def read(pairs: Sequence[tuple[str, str]], pdf: bytes | None) -> Draft:
    """The order, or a refusal in Lob's words."""
    flat, nested = _sorted_out(pairs)
    extra = flat.get("extra_service") or None
    placement = flat.get("address_placement", "top_first_page")
    if flat.get("use_type") not in {"operational", "marketing"}:
        raise LobRefusal("invalid", "use_type is required")
    if extra is not None and extra not in SERVICES:
        raise LobRefusal("invalid", "extra_service is not one we know")
    if placement not in PLACEMENTS:
        raise LobRefusal("invalid", "address_placement is not one we know")
    draft = Draft(
        to=_address("to", nested.get("to", {})),
        sender=_address("from", nested.get("from", {})),
        pdf=_file(pdf),
        use_type=flat["use_type"],
        color=_boolean("color", flat.get("color")),
        double_sided=_boolean("double_sided", flat.get("double_sided", "true")),
        address_placement=placement,
        extra_service=extra,
        description=flat.get("description"),
        metadata=nested.get("metadata", {}),
    )
    _judge_countries(draft)
    if draft.pages > MOST_PAGES:
        raise LobRefusal("file_pages_exceed_max", "Too many pages.")
    return draft


def addressee(address: Address) -> str:
    """Who gets the mail, whatever the case and the spaces: the first street line and the postal code."""
    first, code = address.get("address_line1", ""), address.get("address_zip", "")
    return f"{' '.join(first.casefold().split())}|{code[:5].casefold()}"


def _sorted_out(pairs: Sequence[tuple[str, str]]) -> tuple[dict[str, str], dict[str, dict[str, str]]]:
    flat, nested = dict[str, str](), dict[str, dict[str, str]]()
    for name, value in pairs:
        if part := PART.fullmatch(name):
            nested.setdefault(part[1], {})[part[2]] = value
        else:
            flat[name] = value
    return flat, nested


def _address(which: str, given: Mapping[str, str]) -> Address:
    kept = {name: given[name].strip() for name in ADDRESS if given.get(name, "").strip()}
    kept["address_country"] = kept.get("address_country", "US").upper()
    needed = ["address_line1", *(("address_city", "address_state", "address_zip") if _domestic(kept) else ())]
    for name in needed:
        if name not in kept:
            raise LobRefusal("invalid", f"{which}.{name} is required")
    if "name" not in kept and "company" not in kept:
        raise LobRefusal("invalid", f"{which}.name or company is required")
    if len(kept.get("name", "")) > LONGEST_NAME:
        raise LobRefusal("invalid", f"{which}.name must be at most {LONGEST_NAME} characters long")
    if _domestic(kept) and not ZIP.fullmatch(kept["address_zip"]):
        raise LobRefusal("invalid", f"{which}.address_zip must be in a valid zip format")
    if which == "to" and len(kept["address_line1"] + kept.get("address_line2", "")) > LONGEST_LINES:
        raise LobRefusal("address_length_exceeds_limit", "The street lines cannot surpass 50 characters.")
    return kept


def _domestic(address: Address) -> bool:
    return address["address_country"] == "US"


def _judge_countries(draft: Draft) -> None:
    if not _domestic(draft.sender):
        raise LobRefusal("foreign_return_address", "The 'from' address must be a US address.")
    if draft.certified and not _domestic(draft.to):
        raise LobRefusal("invalid_international_feature", "Certified mail cannot be sent abroad.")
    if draft.extra_service == "registered" and _domestic(draft.to):
        raise LobRefusal("invalid", "Registered mail is for addresses abroad.")


def _file(pdf: bytes | None) -> bytes:
    if not pdf:
        raise LobRefusal("invalid", "file is required")
    if not pdf.startswith(b"%PDF-"):
        raise LobRefusal("invalid_file", "The file is invalid.")
    if b"/Encrypt" in pdf:
        raise LobRefusal("pdf_encrypted", "An encrypted PDF was provided.")
    return pdf


def _boolean(name: str, text: str | None) -> bool:
    if text not in {"true", "false"}:
        raise LobRefusal("invalid", f"{name} must be a boolean")
    return text == "true"
