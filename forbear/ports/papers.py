"""What activities ask of the papers: one letter from the ledger's own figures, rendered to the bytes that are printed.

A paper is made in the transaction that lets its touch go; rendering reads no clock, no ledger and no network, so that
the same paper gives the same bytes for ever.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, Protocol

from forbear.errors import ForbearError
from forbear.money.statements import Statement
from forbear.ports.post import PostAddress


class Unprintable(ForbearError):
    """A paper that may not leave, or could not be made: the check that says so, and what to do, without its words.

    Args:
        code: of the check, e.g. `window.only`; a closed list in `docs/papers.md`.
        sentence: what is wrong and what to do; names a line or a page, never what stands there.
    """

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(f"{code}: {sentence}")
        self.code, self.sentence = code, sentence


@dataclass(frozen=True, slots=True)
class Figure:
    """One component of what is owed, as the lender posted it."""

    component: str
    amount: Decimal


@dataclass(frozen=True, slots=True)
class LetterHead:
    """Who writes: the lender's name, where its people answer, and where its mail goes back to, if known.

    `colour` is of the form #1a2b3c; `logo` a picture that stands in the page itself (`data:`). Both may be empty.
    """

    name: str
    phone: str
    address: PostAddress | None = None
    colour: str = ""
    logo: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Paper:
    """One letter about one account to one person. Holds personal data.

    Attributes:
        kind: its id in the registry, `templates/letters/*/paper.toml`.
        role: of the reader on the account.
        day: the letter's civil date where its reader lives, passed in: nothing here reads a clock.
        figures: what was posted and is still owed, by component; what the letter calls the total is their sum.
        as_of: the civil date until which the figures are known.
        due_since: when the oldest unpaid instalment was due.
        link: where the account can be looked at and paid; also printed as a code. Empty for whoever answers for the
            debt of another: that page speaks to its borrower.
        disclosures: what the permit says must be said; a letter that does not say one of them is refused.
        fields: what its kind has to be told beside that, as plain values (text, yes or no, lists of rows); whoever
            renders it reads them by the kind's own declarations.
        account: the account it is about; a paper that is approved file by file bears its reference, so that the file
            which leaves is the one that was looked at.
        known: what the record holds by names that kinds use for their fields; a kind takes what it has a field for, and
            what stands in `fields` goes before it.
        statement: the lines that lead to the figures, for a kind that prints them.
        leaves: whether it is about to be sent: then it is refused as a draft, and without the approval of its kind.
        approvals: what people approved that may bear on it: `<role>:<digest>` of finished files, and
            `<role>:<digest>:<language>` of kinds.
    """

    kind: str
    language: str
    touch: str
    role: str
    to: PostAddress = field(repr=False)
    head: LetterHead
    day: date
    currency: str
    figures: tuple[Figure, ...] = field(repr=False)
    as_of: date
    due_since: date
    link: str = field(repr=False)
    disclosures: tuple[str, ...] = ()
    fields: Mapping[str, Any] = field(default_factory=dict[str, Any], repr=False)
    known: Mapping[str, Any] = field(default_factory=dict[str, Any], repr=False)
    statement: Statement | None = field(default=None, repr=False)
    account: str = ""
    leaves: bool = False
    approvals: tuple[str, ...] = ()

    @property
    def total(self) -> Decimal:
        return sum((figure.amount for figure in self.figures), Decimal(0))


@dataclass(frozen=True, slots=True)
class Rendered:
    """The bytes that are printed, their digest, and how many pages they have."""

    pdf: bytes = field(repr=False)
    sha256: str
    pages: int
    draft: bool = False
    """Whether it says on every page that it is a draft, as prescribed words are missing; then it may not leave."""


class Renderer(Protocol):
    def render(self, paper: Paper) -> Rendered:
        """Render a letter and check its final bytes.

        Raises:
            Unprintable: a check failed, or the engine hung; nothing was made.
        """
        ...

    def address_page(self, touch: str, to: PostAddress, head: LetterHead) -> Rendered:
        """Render the sheet that a print room puts with a letter: the address, and the touch as a code to scan.

        Raises:
            Unprintable: as for a letter.
        """
        ...
