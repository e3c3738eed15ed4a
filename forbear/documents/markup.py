"""What a reader of a page is given to read, block by block: the other half of the comparison with the finished file."""

import re
from dataclasses import dataclass, field
from functools import lru_cache
from html.parser import HTMLParser
from typing import Final, Self

INSIDE_A_LINE: Final = frozenset({"span", "br", "b", "i", "a", "em", "small"})
UNSEEN: Final = frozenset({"title", "style", "head"})
COLUMN_HEADS: Final = re.compile(r"(<thead\b.*?</thead>)", re.DOTALL)
BARE_HEAD: Final = re.compile(r"<th(?=[\s>])(?![^>]*\sscope=)")


class _Reader(HTMLParser):
    """Gathers text until a block begins or ends; the heads of tables once more, and what the body says of itself."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.blocks: list[str] = [""]
        self.heads: list[str] = []
        self.body: dict[str, str] = {}
        self.language = ""
        self._unseen = 0
        self._in_head = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._unseen += tag in UNSEEN
        if tag == "body":
            self.body = {name: value or "" for name, value in attrs}
        if tag == "html":
            self.language = dict(attrs).get("lang") or ""
        if tag == "thead":
            self._in_head = True
            self.heads.append("")
        self._turn(tag)

    def handle_endtag(self, tag: str) -> None:
        self._unseen -= tag in UNSEEN
        self._in_head = self._in_head and tag != "thead"
        self._turn(tag)

    def handle_data(self, data: str) -> None:
        if self._unseen:
            return
        self.blocks[-1] += data
        if self._in_head:
            self.heads[-1] += data

    def _turn(self, tag: str) -> None:
        if tag not in INSIDE_A_LINE:
            self.blocks.append("")


@dataclass(frozen=True, slots=True)
class Read:
    """A page's words as they were put in.

    Attributes:
        blocks: every paragraph, cell, heading and line that is seen, in order, without the empty ones.
        heads: of each table, the head that stands again on every page that the table goes on to.
        running: what the frame says of the words at the edge of every page.
    """

    blocks: tuple[str, ...] = field(repr=False)
    heads: tuple[str, ...] = field(repr=False)
    running: dict[str, str] = field(repr=False)
    language: str

    @classmethod
    @lru_cache(maxsize=1)  # several checks ask for the same page, one after the other
    def of(cls, html: str) -> Self:
        reader = _Reader()
        reader.feed(html)
        reader.close()
        seen = tuple(block for block in reader.blocks if block.strip())
        return cls(seen, tuple(head for head in reader.heads if head.strip()), reader.body, reader.language)

    def edge(self, page: int, pages: int) -> str:
        """What stands at the edges of a page beside its words: the draft's mark, the reference, 'page x of y'."""
        if "data-page" not in self.running:  # a paper of packets: its pages are numbered with the whole packet's
            return self.running.get("data-draft", "")
        said = {name: self.running.get(f"data-{name}", "") for name in ("draft", "reference", "page", "of", "end")}
        return f"{said['draft']}{said['reference']}{said['page']}{page}{said['of']}{pages}{said['end']}"


def blocks(html: str) -> list[str]:
    """Every paragraph, cell, heading and line that is seen, in order, without the empty ones."""
    return list(Read.of(html).blocks)


def with_row_heads(html: str) -> str:
    """Let each head of a row say that it is one: the engine takes what does not say so for the head of its column."""
    pieces = COLUMN_HEADS.split(html)
    return "".join(
        piece if piece.startswith("<thead") else BARE_HEAD.sub(r'\g<0> scope="row"', piece) for piece in pieces
    )
