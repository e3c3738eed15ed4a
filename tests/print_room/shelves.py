"""A letter ready to be handed over, and a renderer that makes its address page of a few bytes."""

import hashlib
from dataclasses import dataclass, field

from forbear.ports.papers import LetterHead, Paper, Rendered, Unprintable
from forbear.ports.post import Envelope, PostAddress, PostOrder, PostService

TO = PostAddress("Jordan Example", ("1200 Sample Street",), "Chicago", "US", "IL", "60601")
FROM = PostAddress("Example Bank", ("1 Example Plaza",), "Chicago", "US", "IL", "60602")
TOUCH = "tch_4QmXb7Zk2LpR9sTvW1yC3d"


@dataclass
class Stamps:
    """Makes address pages; `refuses` says under which code, if it does."""

    refuses: str = ""
    asked: list[str] = field(default_factory=list)

    def render(self, paper: Paper) -> Rendered:
        raise AssertionError("a print room renders no letters")

    def address_page(self, touch: str, to: PostAddress, head: LetterHead) -> Rendered:
        self.asked.append(touch)
        if self.refuses:
            raise Unprintable(self.refuses, "no")
        page = f"%PDF {to.name} {head.name}".encode()
        return Rendered(page, hashlib.sha256(page).hexdigest(), 1)


def order(touch: str = TOUCH, *, pdf: bytes = b"%PDF letter", service: PostService = "plain") -> PostOrder:
    return PostOrder(
        touch=touch,
        provider="print_room",
        pdf=pdf,
        sha256=hashlib.sha256(pdf).hexdigest(),
        pages=2,
        envelope=Envelope(TO, FROM, service),
    )
