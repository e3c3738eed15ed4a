"""Opens the exhibits of a packet at several desks at once: each drawn anew, in pieces where it is too large for a file.

An exhibit that is unfit is named with what is wrong; the others are opened all the same, so that everything that is
missing is told at once.
"""

import hashlib
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from typing import Final

from forbear.documents.envelopes import sheets
from forbear.documents.packets import ocr
from forbear.documents.packets.boxing import POINTS_PER_MM
from forbear.documents.packets.desks import Desks
from forbear.documents.packets.limits import Unfit
from forbear.documents.packets.opening import PDF, Asked, Opened
from forbear.documents.packets.words import words_of
from forbear.errors import Missing
from forbear.ports.packets import CourtProfile, Part

ROOM: Final = 0.85
"""Of what the court takes in one file, how much an exhibit may fill: index, numbers and fonts take the rest."""
NAMED_PAGES: Final = 12
BETWEEN: Final = "~"


@dataclass(frozen=True, slots=True)
class Drawn:
    """An exhibit, or a piece of one, as it is bound."""

    part: Part
    content: bytes = field(repr=False)
    pages: int

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.content).hexdigest()


class Exhibits:
    """Opens exhibits as one court wants them."""

    def __init__(self, desks: Desks, profile: CourtProfile, language: str) -> None:
        self._desks, self._profile, self._language = desks, profile, language
        sheet = sheets()[profile.sheet]
        self.sheet = (sheet.width * POINTS_PER_MM, sheet.height * POINTS_PER_MM)

    def open(self, parts: Sequence[Part]) -> tuple[dict[str, tuple[Drawn, ...]], tuple[Missing, ...]]:
        """Each exhibit by its key, in one piece or several; and what is missing."""
        with ThreadPoolExecutor(self._desks.count) as threads:
            answers = list(threads.map(self._opened, parts))
        drawn = {part.key: each for part, each in zip(parts, answers, strict=True) if not isinstance(each, Missing)}
        return drawn, tuple(each for each in answers if isinstance(each, Missing))

    def _opened(self, part: Part) -> tuple[Drawn, ...] | Missing:
        try:
            return self._drawn(part)
        except Unfit as no:
            return Missing(part.key, f"{no.problem} ({no.code})", no.remedy, part.supplier, part.title)

    def _drawn(self, part: Part) -> tuple[Drawn, ...]:
        content, media_type = part.content or b"", part.media_type
        made, opened = self._desks.open(content, self._asked(part, media_type))
        if self._profile.needs_text_layer and opened.bare:
            content, media_type = self._recognised(made, opened, part), PDF
            made, opened = self._desks.open(content, self._asked(part, media_type))
            if opened.bare:
                raise _without_text(opened)
        most = int(self._profile.max_file_bytes * ROOM)
        if len(made) <= most:
            return (Drawn(part, made, opened.pages),)
        return self._divided(part, content, media_type, opened.pages, -(-len(made) // most))

    def _recognised(self, made: bytes, opened: Opened, part: Part) -> bytes:
        read = ocr.recognise(made, part.language or self._language) if ocr.is_installed() else None
        if read is None:
            raise _without_text(opened)
        return read

    def _divided(self, part: Part, content: bytes, media_type: str, pages: int, least: int) -> tuple[Drawn, ...]:
        """In as few pieces as the court's limit allows, each of about as many pages."""
        most = int(self._profile.max_file_bytes * ROOM)
        for count in range(least, pages + 1):
            pieces = self._pieces(part, content, media_type, pages, count)
            if all(len(piece.content) <= most for piece in pieces):
                return pieces
        raise Unfit(
            "exhibit.size",
            f"a page of it is larger than a file of {self._profile.max_file_bytes} bytes, which is all the court takes",
            "Scan it in grey at 200 dpi",
        )

    def _pieces(self, part: Part, content: bytes, media_type: str, pages: int, count: int) -> tuple[Drawn, ...]:
        ends = [round(pages * each / count) for each in range(count + 1)]
        words, made = words_of(part.language or self._language), list[Drawn]()
        for number in range(1, count + 1):
            first, last = ends[number - 1] + 1, ends[number]
            asked = replace(self._asked(part, media_type), first=first, last=last)
            title = words.piece.format(title=part.title, piece=number, pieces=count)
            piece = replace(part, key=f"{part.key}{BETWEEN}{number}", title=title)
            made.append(Drawn(piece, *_sized(self._desks.open(content, asked))))
        return tuple(made)

    def _asked(self, part: Part, media_type: str) -> Asked:
        language = part.language or self._language
        scan = words_of(language).scan.replace("{title}", part.title.replace("{", "(").replace("}", ")"))
        return Asked(media_type, *self.sheet, self._profile.most_dpi, scan, language)


def _sized(answer: tuple[bytes, Opened]) -> tuple[bytes, int]:
    made, opened = answer
    return made, opened.pages


def _without_text(opened: Opened) -> Unfit:
    named = ", ".join(map(str, opened.bare[:NAMED_PAGES])) + (" and others" if len(opened.bare) > NAMED_PAGES else "")
    return Unfit(
        "exhibit.text",
        f"its text cannot be searched on pages {named}, and the court wants that",
        "Give it with recognised text, or install ocrmypdf where packets are bound",
    )
