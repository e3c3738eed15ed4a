"""One paper of a packet: what its kind has a field for, of all that is known of the case; and what it lacks."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from forbear.casework.profile_file import PartWanted
from forbear.documents.fields import Field
from forbear.documents.filling import Flaw, Value, fill
from forbear.documents.kinds import COURT_ROLE, Kind
from forbear.documents.legal_days import legal_flaws
from forbear.documents.sums import sum_flaws
from forbear.documents.wording import given_for
from forbear.ports.packets import Part
from forbear.ports.papers import Figure, LetterHead, Paper
from forbear.ports.post import PostAddress


@dataclass(frozen=True, slots=True)
class Frame:
    """What every paper of a packet has in common."""

    case: str
    language: str
    country: str
    day: date
    cut_off: date
    due_since: date
    currency: str
    head: LetterHead = field(repr=False)
    figures: tuple[Figure, ...] = field(repr=False)


@dataclass(frozen=True, slots=True)
class PaperMade:
    """A paper as it goes to whoever binds, with its values as they are printed."""

    wanted: PartWanted
    kind: Kind
    part: Part = field(repr=False)
    given: Mapping[str, Any] = field(repr=False)
    values: Mapping[str, Value] = field(repr=False)
    flaws: tuple[Flaw, ...]

    @property
    def drafts(self) -> tuple[str, ...]:
        """Its prescribed words that nobody has entered."""
        language = self.part.language
        return tuple(f"{self.wanted.key}: {name}" for name in self.kind.empty_slots(language))


def make_paper(wanted: PartWanted, kind: Kind, values: Mapping[str, Any], frame: Frame) -> PaperMade:
    """A paper from the values of the case; `fields` of the profile go before them."""
    known = {name: values[name] for name in kind.fields if name in values}
    language = kind.spoken(frame.language, frame.country)
    paper = Paper(
        kind=kind.id,
        language=language,
        touch=frame.case,
        role=COURT_ROLE,
        to=addressed(values, frame.country),
        head=frame.head,
        day=frame.day,
        currency=frame.currency,
        figures=frame.figures,
        as_of=frame.cut_off,
        due_since=frame.due_since,
        link="",
        fields=dict(wanted.fields),
        known=known,
    )
    given = given_for(kind, paper)
    read, flaws = fill(kind.fields, given, frame.currency)
    flaws = flaws or (*sum_flaws(read), *legal_flaws(kind.id, paper.day, read))
    part = Part(
        key=wanted.key,
        title=kind.titles[language],
        kind="paper",
        role=wanted.role,
        paper=paper,
        language=language,
    )
    return PaperMade(wanted, kind, part, given, read, tuple(flaws))


def with_columns(value: Any, field: Field) -> Any:
    """The record's own rows with the columns that a kind has; every other value as it is."""
    if field.type != "rows" or not isinstance(value, list | tuple):
        return value
    return [{name: row[name] for name in row if name in field.columns} for row in value]


def addressed(values: Mapping[str, Any], country: str) -> PostAddress:
    """The court or the committee, as far as it was told."""
    told: object = values.get("court_address")
    lines = told.split("\n") if isinstance(told, str) else list(told) if isinstance(told, list | tuple) else []
    return PostAddress(str(values.get("court", "")), tuple(str(line) for line in lines), "", country)
