"""A packet of plainly fictional people, as large as wanted: for the bench, the tests and whoever wants to look at one.

Its exhibits are what lenders upload: statements with a text, scanned pages, photographs, some lying and some turned.
"""

import hashlib
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final

import pikepdf
from pikepdf import Array, Dictionary, Name, Pdf
from PIL import Image, ImageDraw

from forbear.documents.packets.opening import PDF
from forbear.documents.packets.stamping import embed_font
from forbear.documents.registry import find_kind
from forbear.documents.samples import sample
from forbear.ports.packets import INDEX, PacketFacts, Part
from forbear.ports.papers import Paper

JPEG, PNG = "image/jpeg", "image/png"
LETTER, A4, LEGAL = (612.0, 792.0), (595.276, 841.89), (612.0, 1008.0)
SCAN_DPI: Final = 150
OWN_PAGES: Final = 11
"""Of the papers of a packet with 25 exhibits."""
PHOTOGRAPH, SCAN, LONG, TURNED = 8, 3, 5, 7
"""Every eighth exhibit is a photograph, and so on."""
TITLES: Final = (
    "Loan agreement",
    "Statement of account",
    "Payment history",
    "Notice of default",
    "Certificate of mailing",
    "Letter of the borrower",
)


@dataclass(frozen=True, slots=True)
class Home:
    """The papers with which a packet of one place begins, and the language of its exhibits."""

    papers: tuple[tuple[str, str, str], ...]
    """Kind, role and title of each."""
    language: str
    jurisdiction: str
    size: tuple[float, float]


AMERICAN: Final = Home(
    (
        ("us.packet.index", INDEX, "Index"),
        ("us.court.complaint", "complaint", "Complaint"),
        ("us.affidavit.debt", "affidavit", "Affidavit of debt"),
        ("us.exhibit_list", "exhibit_list", "Exhibit list"),
    ),
    "en",
    "US",
    LETTER,
)
CHINESE: Final = Home(
    (
        ("cn.packet.index", INDEX, "卷内目录"),
        ("cn.court.complaint_loan", "complaint", "民事起诉状"),
        ("cn.auth.legal_rep", "authority", "负责人身份证明书"),
        ("cn.court.evidence_list", "evidence_list", "证据清单"),
    ),
    "zh-Hans",
    "CN",
    A4,
)


def sample_packet(home: Home = AMERICAN, exhibits: int = 25, pages: int = 120) -> tuple[tuple[Part, ...], PacketFacts]:
    """Parts of about so many pages, and what is said of them as a whole."""
    papers = [_paper(*each, home.language) for each in home.papers]
    lengths = _lengths(exhibits, max(exhibits, pages - OWN_PAGES))
    shown = [_exhibit(at, length, home) for at, length in enumerate(lengths, 1)]
    rows = [_row(part, at) for at, part in enumerate(shown, 1)]
    evidence = {str(row["number"]): part.key for row, part in zip(rows, shown, strict=True)}
    parts = (*(_with_evidence(part, rows) for part in papers), *shown)
    facts = PacketFacts(
        packet="pkt_0SampLe0SampLe0SampLe0",
        case="cas_0SampLe0SampLe0SampLe0",
        title="Sample packet" if home.language == "en" else "样例卷宗",
        jurisdiction=home.jurisdiction,
        day=date(2026, 11, 23),
        language=home.language,
        evidence=evidence,
        data_sha256=hashlib.sha256(b"sample").hexdigest(),
    )
    return parts, facts


def _lengths(exhibits: int, pages: int) -> list[int]:
    """Pages of each exhibit; a photograph has one."""
    long = [at for at in range(1, exhibits + 1) if at % PHOTOGRAPH] or [1]
    rest = max(len(long), pages - (exhibits - len(long)))
    share = {at: rest // len(long) + (place < rest % len(long)) for place, at in enumerate(long)}
    return [share.get(at, 1) for at in range(1, exhibits + 1)]


def _paper(kind: str, role: str, title: str, language: str) -> Part:
    return Part(
        key=kind.replace(".", "-"), title=title, kind="paper", role=role, paper=sample(find_kind(kind), language),
        language=language,
    )  # fmt: skip


def _with_evidence(part: Part, rows: Sequence[dict[str, Any]]) -> Part:
    paper: Paper | None = part.paper
    if paper is None or "evidence" not in find_kind(paper.kind).fields:
        return part
    return replace(part, paper=replace(paper, fields={**paper.fields, "evidence": list(rows)}))


def _row(part: Part, at: int) -> dict[str, Any]:
    return {
        "number": part.tab,
        "title": part.title,
        "source": "The lender's records" if part.language == "en" else "贷款人业务系统",
        "form": "copy" if at % 2 else "original",
        "pages": "0",
        "proves": "What was agreed and paid" if part.language == "en" else "借款合同的约定与履行情况",
    }


def _exhibit(at: int, pages: int, home: Home) -> Part:
    """Every third is scanned, every eighth a photograph, and some lie or are turned."""
    title = TITLES[at % len(TITLES)] if home.language == "en" else f"样例证据材料{at}"
    media_type, content = PDF, b""
    if at % PHOTOGRAPH == 0:
        media_type, content = (
            (PNG, photograph(at, "PNG")) if at % (2 * PHOTOGRAPH) == 0 else (JPEG, photograph(at, "JPEG"))
        )
    elif at % SCAN == 0:
        content = scanned(at, pages, home.size)
    else:
        content = printed(at, pages, LEGAL if at % LONG == 0 else home.size, turned=90 if at % TURNED == 0 else 0)
    return Part(
        key=f"ex-{at}",
        title=title,
        kind="exhibit",
        role="exhibit",
        tab=letters(at) if home.language == "en" else str(at),
        content=content,
        media_type=media_type,
        sha256=hashlib.sha256(content).hexdigest(),
        language=home.language,
        level=2,
    )


def letters(number: int) -> str:
    """A, B and so on; after Z comes AA."""
    told = ""
    while number:
        number, rest = divmod(number - 1, 26)
        told = chr(ord("A") + rest) + told
    return told


def printed(seed: int, pages: int, size: tuple[float, float] = LETTER, *, turned: int = 0) -> bytes:
    """A file of pages with lines of text, as a lender's system prints them."""
    pdf = Pdf.new()
    font = embed_font(pdf)
    for number in range(1, pages + 1):
        content = pdf.make_stream("".join(_lines(seed, number, size[1])).encode())
        page = Dictionary(Type=Name.Page, MediaBox=Array([0, 0, *size]), Contents=content)
        page.Resources = Dictionary(Font=Dictionary(F=font))
        if turned:  # its lines stand upright in the file: whoever follows its own word reads them lying
            page.Rotate = turned
        pdf.pages.append(pikepdf.Page(pdf.make_indirect(page)))
    return _saved(pdf)


def scanned(seed: int, pages: int, size: tuple[float, float] = LETTER) -> bytes:
    """A file of scanned pages: pictures without a text."""
    pdf = Pdf.new()
    for number in range(1, pages + 1):
        picture = _drawn(seed + number, (round(size[0] * SCAN_DPI / 72), round(size[1] * SCAN_DPI / 72)))
        stream = pdf.make_stream(
            _compressed(picture, "JPEG"),
            Dictionary(Type=Name.XObject, Subtype=Name.Image, Width=picture.width, Height=picture.height),
        )
        stream.ColorSpace, stream.BitsPerComponent, stream.Filter = Name.DeviceGray, 8, Name.DCTDecode
        page = Dictionary(Type=Name.Page, MediaBox=Array([0, 0, *size]))
        page.Contents = pdf.make_stream(f"q {size[0]} 0 0 {size[1]} 0 0 cm /Im Do Q".encode())
        page.Resources = Dictionary(XObject=Dictionary(Im=stream))
        pdf.pages.append(pikepdf.Page(pdf.make_indirect(page)))
    return _saved(pdf)


def photograph(seed: int, form: str, size: tuple[int, int] = (1600, 1200)) -> bytes:
    """A lying photograph."""
    return _compressed(_drawn(seed, size).convert("RGB"), form)


def _lines(seed: int, number: int, height: float) -> Iterator[str]:
    yield f"BT /F 11 Tf 60 {height - 60:.1f} Td 14 TL "
    for line in range(int((height - 130) // 14)):
        said = f"Sample {seed}, page {number}, line {line + 1}: 2026-{1 + line % 12:02}-15  payment  {line * 37}.50"
        yield f"({said}) Tj T* "
    yield "ET"


def _drawn(seed: int, size: tuple[int, int]) -> Image.Image:
    """Lines of grey, as writing looks from afar."""
    picture = Image.new("L", size, 252)
    pen = ImageDraw.Draw(picture)
    for line, top in enumerate(range(size[1] // 12, size[1] - size[1] // 8, max(12, size[1] // 60))):
        length = (line * 37 + seed * 101) % (size[0] // 2) + size[0] // 4
        pen.rectangle((size[0] // 10, top, size[0] // 10 + length, top + max(3, size[1] // 150)), fill=40 + line % 30)
    pen.rectangle((4, 4, size[0] - 5, size[1] - 5), outline=120, width=3)
    return picture


def _compressed(picture: Image.Image, form: str) -> bytes:
    written = io.BytesIO()
    picture.save(written, form, dpi=(SCAN_DPI, SCAN_DPI))
    return written.getvalue()


def _saved(pdf: Pdf) -> bytes:
    saved = io.BytesIO()
    pdf.save(saved, deterministic_id=True)
    return saved.getvalue()
