"""What a reader of a page is given to read, block by block: the other half of the comparison with the finished file."""

from html.parser import HTMLParser
from typing import Final

INSIDE_A_LINE: Final = frozenset({"span", "br", "b", "i", "a", "em", "small"})
UNSEEN: Final = frozenset({"title", "style", "head"})


class _Reader(HTMLParser):
    """Gathers text until a block begins or ends."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.blocks: list[str] = [""]
        self._unseen = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        del attrs
        self._unseen += tag in UNSEEN
        self._turn(tag)

    def handle_endtag(self, tag: str) -> None:
        self._unseen -= tag in UNSEEN
        self._turn(tag)

    def handle_data(self, data: str) -> None:
        if not self._unseen:
            self.blocks[-1] += data

    def _turn(self, tag: str) -> None:
        if tag not in INSIDE_A_LINE:
            self.blocks.append("")


def blocks(html: str) -> list[str]:
    """Every paragraph, cell, heading and line that is seen, in order, without the empty ones."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return [block for block in reader.blocks if block.strip()]
