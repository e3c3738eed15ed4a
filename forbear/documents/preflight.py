"""What a finished paper's file must be besides its words: harmless, whole, and told in order to who does not see it.

Looked up in the final bytes by qpdf's library, which shares nothing with the engine. Each check has a code; no sentence
quotes the paper.
"""

import io
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, Final, cast

import pikepdf

from forbear.documents.markup import Read
from forbear.documents.reading import Page
from forbear.ports.papers import Unprintable

ACTIVE: Final = frozenset({"/JavaScript", "/JS", "/Launch", "/AA", "/OpenAction", "/SubmitForm", "/RichMedia", "/XFA"})
"""What lets a file do something when somebody opens it."""
INSIDE: Final = frozenset({"/EmbeddedFiles", "/EmbeddedFile", "/Filespec", "/AF", "/Collection"})
OUTWARD: Final = frozenset({"/URI", "/GoToR", "/GoToE"})
NAME: Final = re.compile(rb"/[A-Za-z]+")
TEXT: Final = re.compile(rb"\((?:\\.|[^()\\])*\)", re.DOTALL)
HEADING: Final = {f"/H{level}": level for level in range(1, 7)}
SUBSET: Final = re.compile(r"/[A-Z]{6}\+.+")
"""The name of a font that holds only the signs used."""
NO_SIGNS: Final = frozenset({"\ufffd", "\u25a1", "\ufffe", "\uffff"})
"""What readers put where a font has no sign."""
PDFA, PDFUA = "http://www.aiim.org/pdfa/ns/id/", "http://www.aiim.org/pdfua/ns/id/"


@dataclass(frozen=True, slots=True)
class Tag:
    """One element of the tags: what it is, words for who does not see it, its name and the heads it is under."""

    kind: str
    alt: str
    name: str
    heads: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class File:
    """A file as it was read, and what it should say."""

    pdf: pikepdf.Pdf
    pages: tuple[Page, ...] = field(repr=False)
    put: Read = field(repr=False)
    tags: tuple[Tag, ...] = field(repr=False)
    """In reading order."""
    folded: Callable[[str], str]

    @property
    def root(self) -> Any:
        return self.pdf.Root


def preflight(pdf: bytes, pages: tuple[Page, ...], put: Read, folded: Callable[[str], str]) -> None:
    """Look at final bytes.

    Raises:
        Unprintable: with the first check that failed.
    """
    try:
        opened = pikepdf.open(io.BytesIO(pdf))
    except pikepdf.PdfError:
        raise Unprintable("file.readable", "the finished file cannot be read (PdfError)") from None
    with opened:
        root = cast("Any", opened.Root).get("/StructTreeRoot")
        file = File(opened, pages, put, tuple(_tags(root)) if root is not None else (), folded)
        for code, look in CHECKS.items():
            if (problem := look(file)) is not None:
                raise Unprintable(code, problem)


def _harmless(file: File) -> str | None:
    """Nothing in it is locked, acts, is hidden or leads anywhere: papers have no links, as they are printed."""
    if file.pdf.is_encrypted:
        return "the file is encrypted"
    names = _names(file.pdf)
    if names & ACTIVE:
        return "the file does something when it is opened"
    if names & INSIDE:
        return "another file is hidden in this one"
    return "the file leads to an address; print it as words instead" if names & OUTWARD else None


def _fonts(file: File) -> str | None:
    for page in file.pdf.pages:
        for font in cast("Any", page.obj).Resources.get("/Font", {}).values():
            if not SUBSET.fullmatch(str(font.BaseFont)):
                return "a font is in the file whole: only the signs used may be"
    return None


def _complete(file: File) -> str | None:
    """What an archive asks of a file, told twice and alike."""
    root = file.root
    if "/ID" not in file.pdf.trailer or not root.get("/OutputIntents"):
        return "the file has no identifier, or does not say which colours it means"
    with file.pdf.open_metadata(set_pikepdf_as_editor=False, update_docinfo=False) as said:
        if (said.get(f"{{{PDFA}}}part"), said.get(f"{{{PDFA}}}conformance"), said.get(f"{{{PDFUA}}}part")) != (
            "2",
            "A",
            "1",
        ):
            return "the file's own description does not say PDF/A-2a and PDF/UA-1 in a form that is understood"
        title = str(said.get("dc:title", ""))
    if not title or title != str(file.pdf.docinfo.get("/Title", "")):
        return "the file's two titles differ"
    return None if str(root.get("/Lang", "")) == file.put.language else "the file is not in the language of its paper"


def _outline(file: File) -> str | None:
    """Each heading is in the list of contents, and leads to a page of this file."""
    titles = 0
    with file.pdf.open_outline() as outline:
        waiting = list(outline.root)
        while waiting:
            item = waiting.pop()
            titles += 1
            waiting += item.children
            if not isinstance(item.destination, pikepdf.Array) or item.destination[0].get("/Type") != pikepdf.Name.Page:
                return "an entry of the contents leads nowhere"
    headings = sum(tag.kind in HEADING for tag in file.tags)
    return None if titles == headings else "the contents are not the headings"


def _tagged_pages(file: File) -> str | None:
    """Each page has its own place in the tree of tags."""
    places = [page.obj.get("/StructParents") for page in file.pdf.pages]
    if None in places or len({int(each) for each in places if each is not None}) != len(places):
        return "two pages share their tags, or one has none"
    return None


def _figures(file: File) -> str | None:
    bare = any(tag.kind == "/Figure" and not tag.alt.strip() for tag in file.tags)
    return "a picture has no words for who does not see it" if bare else None


def _headings(file: File) -> str | None:
    levels = [0, *(HEADING[tag.kind] for tag in file.tags if tag.kind in HEADING)]
    skipped = any(after > before + 1 for before, after in pairwise(levels))
    return "a level of headings is left out; begin with h1 and go down one by one" if skipped else None


def _tables(file: File) -> str | None:
    """Each cell says which heads it stands under, and they are there."""
    heads = {tag.name for tag in file.tags if tag.kind == "/TH"}
    cells = [tag.heads for tag in file.tags if tag.kind == "/TD"]
    if not all(cells):
        return 'a cell stands under no head; give the table a thead, or its rows <th scope="row">'
    return (
        None if heads.issuperset(head for cell in cells for head in cell) else "a cell names a head that is not there"
    )


def _order(file: File) -> str | None:
    """Read aloud by its tags, the paper says what was put in, in that order; a table's head again on each page."""
    left = file.folded("".join(file.put.blocks))
    heads = [file.folded(head) for head in file.put.heads]
    for page in file.pages:
        told = file.folded(page.told)
        again = next((head for head in heads if told.startswith(head) and not left.startswith(told)), "")
        if not left.startswith(told := told.removeprefix(again)):
            return "read aloud, the words come in another order, or some are left out"
        left = left.removeprefix(told)
    return "read aloud, some words at the end are left out" if left else None


def _signs(file: File) -> str | None:
    strange = any(NO_SIGNS & set(page.text) for page in file.pages)
    return "a sign says that it is none" if strange else None


def _names(pdf: pikepdf.Pdf) -> set[str]:
    """Every name that an object of the file uses, as key or as value; what stands in its texts is none."""
    bare = [part.stream_dict if isinstance(part, pikepdf.Stream) else part for part in pdf.objects]
    written = b"\n".join(part.unparse(resolved=True) for part in bare)
    return {name.decode() for name in NAME.findall(TEXT.sub(b" ", written))}


def _tags(element: Any) -> Iterator[Tag]:
    kids = element.get("/K", [])
    for kid in kids if isinstance(kids, pikepdf.Array) else [kids]:
        if isinstance(kid, pikepdf.Dictionary) and "/S" in kid:
            kind = str(kid.get("/S"))
            heads = kid.get("/A", {}).get("/Headers", []) if kind == "/TD" else ()
            yield Tag(kind, str(kid.get("/Alt", "")), str(kid.get("/ID", "")), tuple(map(str, heads)))
            yield from _tags(kid)


CHECKS: Final[dict[str, Callable[[File], str | None]]] = {
    "file.harmless": _harmless,
    "fonts.subset": _fonts,
    "form.complete": _complete,
    "form.outline": _outline,
    "tags.pages": _tagged_pages,
    "tags.figures": _figures,
    "tags.headings": _headings,
    "tags.tables": _tables,
    "tags.order": _order,
    "glyphs.meant": _signs,
}
"""In the order in which they are asked."""
