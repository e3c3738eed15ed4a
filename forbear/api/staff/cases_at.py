"""What the pages of legal cases share: who may see and who may act, a desk for one request, words for codes."""

from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, Final

from fastapi import Depends, Request
from fastapi.responses import Response
from sqlalchemy.orm import Session

from forbear.api.staff.rendering import PLAIN, render, when, words_of, writing_of
from forbear.api.staff.session import Staff, TheLedger, requires
from forbear.api.staff.wording import StaffWords
from forbear.ledger import staff_acts, staffing
from forbear.ledger.cases import acts
from forbear.ledger.engine import Ledger
from forbear.ledger.tables.accounts import LegalCase

ROOT: Final = "/staff/cases"
UNPROCESSABLE: Final = 422
REFERENCE: Final = 10
"""Characters of an id that a reference bears: as many as on our papers."""
WITH_PICTURES: Final = f"{PLAIN}; img-src 'self'"
Legal = Annotated[Staff, Depends(requires("legal", "lawyer"))]
"""Whoever works cases."""
Looker = Annotated[Staff, Depends(requires("legal", "lawyer", "supervisor", "operator"))]
"""Whoever may see them."""


class Wrong(Exception):
    """A form that cannot be taken: nothing of it is kept, and it comes back with a sentence at each field."""

    def __init__(self, errors: Mapping[str, str]) -> None:
        super().__init__("a form cannot be taken")
        self.errors = dict(errors)


def refuse(errors: Mapping[str, str]) -> None:
    """Take back the transaction of a form with errors.

    Raises:
        Wrong: there are some.
    """
    if errors:
        raise Wrong(errors)


@dataclass(frozen=True, slots=True)
class Input:
    """One thing that a form asks for. `most` is the most signs of a text, or files."""

    id: str
    kind: str
    label: str
    hint: str = ""
    options: tuple[tuple[str, str], ...] = ()
    value: str = field(default="", repr=False)
    most: int = 300


@dataclass(frozen=True, slots=True)
class CaseDesk:
    """One request about cases."""

    request: Request
    ledger: Ledger

    @property
    def words(self) -> StaffWords:
        return words_of(self.request)

    @property
    def language(self) -> str:
        return self.words.language

    def now(self) -> datetime:
        return self.ledger.clock.now()

    @contextmanager
    def open(self, staff: Staff) -> Generator[Session]:
        with self.ledger.staff(staff.tenant) as session:
            yield session

    @contextmanager
    def case(self, staff: Staff, case: str) -> Generator[tuple[Session, LegalCase]]:
        """A case and its transaction; a case of another tenant is not there."""
        with self.open(staff) as session:
            yield session, acts.find(session, case)

    def day(self, day: date | None) -> str:
        return "" if day is None else writing_of(self.words, None).day(day)

    def when(self, at: datetime | None, zone: str | None = None) -> str:
        return "" if at is None else when(self.words, zone, at)

    def money(self, amount: Decimal, currency: str) -> str:
        return writing_of(self.words, None).money(amount, currency)

    def named(self, section: str, code: str) -> str:
        """A code in words; the code itself, readable, where a newer release knows more."""
        key = f"{section}.{code.replace('.', '_').replace('-', '_')}"
        return self.words(key) if key in self.words.sentences else code.replace("_", " ")

    def options(self, section: str, codes: Sequence[str]) -> tuple[tuple[str, str], ...]:
        return tuple((each, self.named(section, each)) for each in codes)

    def colleagues(self, session: Session) -> Mapping[str, str]:
        """Everybody's name by id."""
        return {each.id: each.name for each in staffing.members(session, self.ledger.vault)}

    def note(self, session: Session, staff: Staff, case: LegalCase, kind: str, subject: str = "") -> None:
        """Put down that somebody looked at what is personal."""
        staff_acts.note(
            session,
            tenant=case.tenant,
            staff=staff.id,
            kind=kind,
            subject=subject or case.id,
            at=self.now(),
            lender=case.lender,
            account=case.account,
        )

    def form(
        self,
        case: LegalCase,
        heading: str,
        action: str,
        inputs: Sequence[Input],
        button: str,
        *,
        lead: Sequence[str] = (),
        errors: Mapping[str, str] | None = None,
        files: bool = False,
        grave: bool = False,
    ) -> Response:
        """The page of one form about a case; with errors it comes back as it was sent."""
        return render(
            self.request,
            "cases/form.html",
            status=UNPROCESSABLE if errors else 200,
            heading=heading,
            action=f"{ROOT}/{case.id}/{action}",
            inputs=list(inputs),
            button=button,
            lead=list(lead),
            errors=dict(errors or {}),
            files=files,
            grave=grave,
            back=f"{ROOT}/{case.id}",
            reference=reference(case.id),
        )


def desk_of(request: Request, ledger: TheLedger) -> CaseDesk:
    return CaseDesk(request, ledger)


TheCases = Annotated[CaseDesk, Depends(desk_of)]


def reference(case: str) -> str:
    """Our reference of a case, as our papers print it and people read it out."""
    prefix, _, random = case.partition("_")
    return f"{prefix.upper()}-{random[:REFERENCE]}"


def plain(values: Mapping[str, Any]) -> dict[str, str]:
    """The texts of a form."""
    return {name: value.strip() for name, value in values.items() if isinstance(value, str)}
