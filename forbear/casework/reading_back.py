"""Whether each finished paper prints the total of the claim: read from its final bytes, and not from what made them."""

from decimal import Decimal, InvalidOperation

import pypdfium2

from forbear.casework.assembly import Assembly
from forbear.documents.registry import find_kind
from forbear.ports.packets import Bound, Part

TOTAL = "sum_total"


def unequal_papers(assembly: Assembly, bound: Bound) -> tuple[str, ...]:
    """Keys of the papers that need the total of the claim and do not print it."""
    files = {each.part: each.content for each in bound.files}
    return tuple(
        part.key
        for part in assembly.parts
        if (total := _total(part)) is not None and f"{total:,}" not in _text(files.get(part.key, b""))
    )


def _total(part: Part) -> Decimal | None:
    """The total that a paper must print; None for one that need not."""
    if part.paper is None:
        return None
    field = find_kind(part.paper.kind).fields.get(TOTAL)
    told = part.paper.known.get(TOTAL)
    if field is None or not field.required or told is None:
        return None
    try:
        return Decimal(str(told))
    except InvalidOperation:
        return None


def _text(pdf: bytes) -> str:
    """All words of a file without the blanks between them."""
    if not pdf:
        return ""
    document = pypdfium2.PdfDocument(pdf)
    try:
        pages = [page.get_textpage().get_text_range() for page in document]
    finally:
        document.close()
    return "".join("".join(pages).split())
