"""Files that nobody should bind: made to act, to hide, to hang or to swell."""

import io
import struct
import zlib
from collections.abc import Callable
from typing import Any

import pikepdf
from pikepdf import Array, Dictionary, Name, Pdf, String

from forbear.documents.packets.sample_packet import printed


def saved(pdf: Pdf, **how: Any) -> bytes:
    written = io.BytesIO()
    pdf.save(written, **how)
    return written.getvalue()


def changed(change: Callable[[Pdf], object], pages: int = 1) -> bytes:
    """A plain file with one thing changed."""
    with Pdf.open(io.BytesIO(printed(1, pages))) as pdf:
        change(pdf)
        return saved(pdf)


def locked(user: str) -> bytes:
    with Pdf.open(io.BytesIO(printed(1, 1))) as pdf:
        return saved(pdf, encryption=pikepdf.Encryption(user=user, owner="owner"))


def _script(pdf: Pdf) -> None:
    pdf.Root.OpenAction = Dictionary(S=Name.JavaScript, JS=String("app.alert(1)"))


def _launch(pdf: Pdf) -> None:
    pdf.Root.OpenAction = Dictionary(S=Name.Launch, F=String("calc"))


def _hidden(pdf: Pdf) -> None:
    pdf.attachments["notes.txt"] = b"hidden"


def _huge(pdf: Pdf) -> None:
    pdf.pages[0].obj.MediaBox = Array([0, 0, 90_000, 90_000])


def _nothing(pdf: Pdf) -> None:
    pdf.pages[0].obj.MediaBox = Array([0, 0, 0, 792])


def _swelling(pdf: Pdf) -> None:
    pdf.pages[0].obj.Contents = pdf.make_stream(b" " * 41_000_000)


def _bare_font(pdf: Pdf) -> None:
    pdf.pages[0].obj.Resources.Font.F = Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Courier)


def _many(pdf: Pdf) -> None:
    first: Any = pdf.pages[0]
    for _ in range(1_000):
        pdf.pages.append(first)


def _none(pdf: Pdf) -> None:
    del pdf.pages[:]


def _layers(pdf: Pdf) -> None:
    layer = pdf.make_indirect(Dictionary(Type=Name.OCG, Name=String("hidden")))
    pdf.Root.OCProperties = Dictionary(OCGs=Array([layer]), D=Dictionary(OFF=Array([layer])))


def nested_forms(depth: int = 9, width: int = 10) -> bytes:
    """A page that draws ten forms, each of which draws ten: a few bytes, and more than anybody can draw."""
    with Pdf.new() as pdf:
        box = Array([0, 0, 600, 800])
        form = pdf.make_stream(b"0 0 1 1 re f", Dictionary(Type=Name.XObject, Subtype=Name.Form, BBox=box))
        for _ in range(depth):
            inner = Dictionary(XObject=Dictionary(X=form))
            form = pdf.make_stream(
                b"/X Do " * width, Dictionary(Type=Name.XObject, Subtype=Name.Form, BBox=box, Resources=inner)
            )
        page = Dictionary(Type=Name.Page, MediaBox=Array([0, 0, 612, 792]), Contents=pdf.make_stream(b"/X Do"))
        page.Resources = Dictionary(XObject=Dictionary(X=form))
        pdf.pages.append(pikepdf.Page(pdf.make_indirect(page)))
        return saved(pdf)


def page_loop() -> bytes:
    """Pages that hang under themselves."""
    return (
        b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
        b"2 0 obj<</Type/Pages/Kids[2 0 R]/Count 1>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF"
    )


def endless_tags() -> bytes:
    """A tree of tags that bites its tail."""

    def change(pdf: Pdf) -> None:
        element = pdf.make_indirect(Dictionary(Type=Name.StructElem, S=Name.P))
        element.K = Array([element, element])
        pdf.Root.StructTreeRoot = Dictionary(Type=Name.StructTreeRoot, K=element)

    return changed(change)


def own_form() -> bytes:
    """A form that draws itself."""

    def change(pdf: Pdf) -> None:
        form = pdf.make_stream(b"/X Do", Dictionary(Type=Name.XObject, Subtype=Name.Form, BBox=Array([0, 0, 600, 800])))
        form.Resources = Dictionary(XObject=Dictionary(X=form))
        pdf.pages[0].obj.Resources.XObject = Dictionary(X=form)
        pdf.pages[0].obj.Contents = pdf.make_stream(b"/X Do")

    return changed(change)


def swelling_picture(side: int = 60_000) -> bytes:
    """A PNG of a few hundred bytes that says it has 3,600 million dots."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    head = struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0)
    body = zlib.compress(b"\0" * 1000)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


REFUSED: dict[str, tuple[Callable[[], bytes], str]] = {
    "locked with a password": (lambda: locked("secret"), "exhibit.encrypted"),
    "protected against changes": (lambda: locked(""), "exhibit.encrypted"),
    "a script": (lambda: changed(_script), "exhibit.active"),
    "a program to start": (lambda: changed(_launch), "exhibit.active"),
    "a file inside": (lambda: changed(_hidden), "exhibit.active"),
    "a layer that is switched off": (lambda: changed(_layers), "exhibit.layers"),
    "no page": (lambda: changed(_none), "exhibit.pages"),
    "too many pages": (lambda: changed(_many), "exhibit.pages"),
    "a page of thirty metres": (lambda: changed(_huge), "exhibit.measure"),
    "a page of no width": (lambda: changed(_nothing), "exhibit.measure"),
    "a content that swells": (lambda: changed(_swelling), "exhibit.measure"),
    "a font that is not there": (lambda: changed(_bare_font), "exhibit.fonts"),
    "pages under themselves": (page_loop, "exhibit."),
    "no PDF": (lambda: b"GIF89a", "exhibit.readable"),
    "half a file": (lambda: printed(1, 3)[:300], "exhibit."),
    "nothing": (lambda: b"", "exhibit.readable"),
}
"""What it is, how it is made, and the code that refuses it, or with which that begins."""
