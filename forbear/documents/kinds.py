"""One kind of paper: who may read it, in which languages, on what sheet, what it is told, and who answers for it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Final, Literal

from forbear.documents.fields import Field
from forbear.documents.slots import Slot
from forbear.ports.papers import Paper, Unprintable

HOME_LANGUAGE: Final = {"US": "en", "GB": "en", "CN": "zh-Hans", "TW": "zh-Hant"}
"""In which language people of a country are written to when we do not write theirs."""
WRITTEN: Final = {"zh-CN": "zh-Hans", "zh-SG": "zh-Hans", "zh-TW": "zh-Hant", "zh-HK": "zh-Hant", "zh-MO": "zh-Hant"}
Signer = Literal["creditor", "lawyer", "both_parties", "debtor", "none"]
Approval = Literal["none", "operator", "supervisor", "lawyer"]
COURT_ROLE: Final = "court"
"""The reader of a paper of packets: no party of an account."""
SINGLE: Final = "lawyer"
"""Whose approval is of one file alone and never of a kind's words."""
LinkUse = Literal["optional", "required", "never"]
BalanceUse = Literal["owed", "zero", "any", "none"]
"""Whether a paper is about something owed, about nothing being owed any more, about either, or prints no balance."""


@dataclass(frozen=True, slots=True)
class Kind:
    """One entry of the registry.

    Attributes:
        folder: of its files, within the folder of letters.
        sheet: its size of paper; empty where it follows the reader's country.
        window: whether its first page lies behind the window of an envelope.
        carries: the duties of a permit that its words fulfil.
        digest: over every file it is made from.
        reviewer: the named person who accepted its words; empty where nobody has.
        court: whether it is a paper of packets, which is read by a court or a committee and never leaves by itself.
    """

    id: str
    folder: str
    jurisdiction: str
    version: int
    titles: Mapping[str, str]
    sheet: str
    window: bool
    signer: Signer
    approval: Approval
    channels: tuple[str, ...]
    parties: frozenset[str]
    carries: frozenset[str]
    legal_basis: tuple[str, ...]
    valid_from: date
    valid_to: date | None
    reviewer: str
    statement: bool
    link: LinkUse
    balance: BalanceUse
    most_pages: int
    fields: Mapping[str, Field]
    slots: Mapping[str, Slot]
    style: str = field(repr=False)
    digest: str = ""
    court: bool = False

    @property
    def languages(self) -> tuple[str, ...]:
        return tuple(self.titles)

    @property
    def single(self) -> bool:
        """Whether each of its papers is approved by itself, and none by its kind."""
        return self.approval == SINGLE

    def template(self, language: str) -> str:
        return f"{self.folder}/{language}.html"

    def empty_slots(self, language: str) -> tuple[str, ...]:
        """The prescribed words that nobody has put in yet; with one of them the paper is a draft."""
        return tuple(name for name, slot in self.slots.items() if language not in slot.text)

    def spoken(self, language: str, country: str) -> str:
        """In which language a paper is written: its reader's, the nearest to it, else that of the country."""
        wanted = WRITTEN.get(language, language)
        if wanted in self.titles:
            return wanted
        main = wanted.partition("-")[0]
        nearest = (known for known in self.titles if known.partition("-")[0] == main)
        home = HOME_LANGUAGE.get(country, "")
        return next(nearest, home if home in self.titles else self.languages[0])

    def admit(self, paper: Paper) -> None:
        """Pass a paper that may be of this kind.

        Raises:
            Unprintable: it is for another reader or another day, or owes words that this kind lacks.
        """
        if paper.role not in (frozenset({COURT_ROLE}) if self.court else self.parties):
            raise Unprintable("kind.reader", f"'{self.id}' is not written for a {paper.role.replace('_', ' ')}")
        if paper.day < self.valid_from or (self.valid_to is not None and paper.day >= self.valid_to):
            until = f" until {self.valid_to}" if self.valid_to else ""
            raise Unprintable("kind.validity", f"'{self.id}' may be dated from {self.valid_from}{until}; use another")
        if owed := sorted(set(paper.disclosures) - self.carries):
            raise Unprintable("words.owed", f"its permit asks for {', '.join(owed)}, which '{self.id}' does not say")
