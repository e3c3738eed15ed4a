"""The file of one part, with the stamps its pages have in the volume: for courts that take parts one by one."""

import io
from typing import Any, Final

import pikepdf
from pikepdf import Array, Dictionary, Name, OutlineItem, Pdf, String

from forbear.documents.packets.merging import Piece, entitle
from forbear.documents.packets.stamping import Stamp, set_labels
from forbear.ports.packets import CourtProfile

UNTOLD: Final = "/Names"


def stamped(content: bytes, piece: Piece, profile: CourtProfile) -> bytes:
    """A part's own file, numbered as in its packet.

    A paper keeps what it claims to be; an exhibit never claimed anything.
    """
    run = piece.run
    with Pdf.open(io.BytesIO(content)) as pdf:
        stamp = Stamp(pdf, profile.stamp)
        for at, page in enumerate(pdf.pages):
            stamp.press(page, run.labels[at], run.bates[at] if run.bates else "")
        set_labels(pdf, run.prefix, run.first)
        root: Any = pdf.Root
        root.Lang = String(piece.language)
        root.ViewerPreferences = Dictionary(DisplayDocTitle=True)
        root.StructTreeRoot.ParentTreeNextKey = len(root.StructTreeRoot.ParentTree.Nums) // 2
        if UNTOLD in root:
            del root.Names
        if piece.exhibit is not None:
            with pdf.open_outline() as outline:
                first = pdf.pages[0]
                target = Array([first.obj, Name.XYZ, 0, float(first.mediabox[3]), None])
                outline.root.append(OutlineItem(piece.title, target))
        entitle(pdf, piece.title, claims=piece.exhibit is None)
        saved = io.BytesIO()
        pdf.save(saved, deterministic_id=True, object_stream_mode=pikepdf.ObjectStreamMode.generate)
        return saved.getvalue()
