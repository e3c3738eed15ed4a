"""What passes between whoever wants a paper and the process that makes it."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Annotated, Final, Literal

from pydantic import Discriminator, TypeAdapter

from forbear.ports.papers import Figure, LetterHead, Paper
from forbear.ports.post import PostAddress


@dataclass(frozen=True, slots=True)
class LetterJob:
    paper: Paper
    job: Literal["letter"] = "letter"


@dataclass(frozen=True, slots=True)
class AddressJob:
    touch: str
    to: PostAddress = field(repr=False)
    head: LetterHead
    job: Literal["address"] = "address"


@dataclass(frozen=True, slots=True)
class BundleJob:
    """Several papers of one packet; without `write` they are only laid out, to learn how many pages each has."""

    papers: tuple[Paper, ...]
    write: bool = True
    job: Literal["bundle"] = "bundle"


Job = LetterJob | AddressJob | BundleJob
JOB: Final[TypeAdapter[Job]] = TypeAdapter(Annotated[Job, Discriminator("job")])


Place = tuple[int, float, float, float, float]
"""A page, counted from 0, and on it left, bottom, right and top in points."""


@dataclass(frozen=True, slots=True)
class Leaf:
    """What is told of one paper of several: as of one alone, with the length of its file and where its rows stand."""

    pages: int = 0
    sha256: str = ""
    draft: bool = False
    size: int = 0
    rows: dict[str, Place] = field(default_factory=dict[str, Place])
    code: str = ""
    sentence: str = ""


@dataclass(frozen=True, slots=True)
class Bundle:
    """Papers of one packet: what is told of each, its own file, and one file of all."""

    leaves: tuple[Leaf, ...]
    files: tuple[bytes, ...] = field(repr=False, default=())
    together: bytes = field(repr=False, default=b"")


@dataclass(frozen=True, slots=True)
class Answer:
    """Pages and digest of what was made; or the check that refused it."""

    pages: int = 0
    sha256: str = ""
    draft: bool = False
    code: str = ""
    sentence: str = ""
    leaves: tuple[Leaf, ...] = ()


WARM_UP: Final = LetterJob(
    Paper(
        kind="reminder",
        language="zh-Hans",
        touch="tch_0000000000000000000000",
        role="borrower",
        to=PostAddress("示例", ("Example 1",), "示例市", "CN", "", "000000"),
        head=LetterHead("Example 示例", "+12125550100"),
        day=date(2026, 1, 1),
        currency="CNY",
        figures=(Figure("principal", Decimal("1.00")),),
        as_of=date(2026, 1, 1),
        due_since=date(2026, 1, 1),
        link="https://example.org/p/0000000000000000",
    )
)
"""A letter to nobody: with it the engine loads its libraries, styles and fonts."""
