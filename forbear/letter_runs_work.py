"""Works on a run of letters: makes its papers in the presses, and hands over those that may leave, paper by paper.

Nothing is kept between two papers but the record and files named by their digests: a run that was ended goes on where
it stood, makes no paper differently and hands no letter over twice. One that fails is put down with its reason, and the
next one is made.
"""

import os
import tempfile
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import structlog

from activities.contact import ContactActivities
from forbear.documents.kinds import Kind
from forbear.errors import BadInput, Conflict, Erased, ForbearError, NotFound
from forbear.ledger import letter_runs
from forbear.ledger.asked_papers import Asked, paper_for
from forbear.ledger.engine import Ledger
from forbear.ledger.letter_runs_claimed import Rules, claim
from forbear.ledger.tables.letter_runs import LetterRun, LetterRunItem
from forbear.ports.papers import Paper, Rendered, Renderer, Unprintable

REASONS: Final[tuple[tuple[type[ForbearError], str], ...]] = (
    (Unprintable, ""),
    (Erased, "person.erased"),
    (NotFound, "account.unknown"),
    (Conflict, "address.none"),
    (BadInput, "paper.asked"),
)
"""Why no paper could be asked for; one that could not be printed says its own code."""
PASSING: Final = frozenset({"engine.busy", "engine.hung", "engine.closed"})
"""Of the engine and not of the paper: it is tried once more."""
Progress = Callable[[str, str], None]
"""Told the phase and the paper's new state."""
log = structlog.get_logger("forbear.letter_runs")


@dataclass(frozen=True, slots=True)
class Shop:
    """Where papers are made: as many at once as there are presses. Finished ones lie in the folder by their digest."""

    ledger: Ledger
    renderer: Renderer
    presses: int
    folder: Path

    def make(self, tenant: str, run: str, kind: Kind, progress: Progress) -> None:
        """Make every paper of a run that waits."""
        with self.ledger.worker(tenant) as session:
            waiting, day = letter_runs.of_state(session, run, "waiting"), session.get_one(LetterRun, run).day
        asked = [
            (item.id, Asked(item.account, kind.id, kind.parties, kind.statement, day=day, party=item.person))
            for item in waiting
        ]

        def one(what: tuple[str, Asked]) -> None:
            item, paper = what
            progress("made", self._make(tenant, item, paper))

        with ThreadPoolExecutor(self.presses) as pool:
            for _ in pool.map(one, asked):
                pass

    def _make(self, tenant: str, item: str, asked: Asked) -> letter_runs.State:
        try:
            with self.ledger.worker(tenant) as session:
                paper = paper_for(self.ledger, session, asked)
            made = self._print(paper)
            keep(self.folder, made)
        except ForbearError as error:
            return self._refuse(tenant, item, _reason(error))
        with self.ledger.worker(tenant) as session:
            letter_runs.put(self.ledger, session, item, "made", sha256=made.sha256, pages=made.pages)
        return "made"

    def _print(self, paper: Paper) -> Rendered:
        try:
            return self.renderer.render(paper)
        except Unprintable as no:
            if no.code not in PASSING:
                raise
        return self.renderer.render(paper)

    def _refuse(self, tenant: str, item: str, code: str) -> letter_runs.State:
        log.warning("letter_run.refused", item=item, code=code)
        with self.ledger.worker(tenant) as session:
            letter_runs.put(self.ledger, session, item, "refused", code=code)
        return "refused"


def hand_over(  # noqa: PLR0917  a run is all of these
    ledger: Ledger, tenant: str, run: str, contact: ContactActivities, rules: Rules, progress: Progress
) -> None:
    """Hand over every letter of a run that was made or is held, where it may leave now.

    One after the other: what goes to one person may hold what would go to another of the same debt.
    """
    with ledger.worker(tenant) as session:
        items = [item.id for item in letter_runs.of_state(session, run, "made", "held")]
    for item in items:
        progress("handed", _hand(ledger, tenant, item, contact, rules))
    with ledger.worker(tenant) as session:
        letter_runs.follow(ledger, session, run)


def _hand(ledger: Ledger, tenant: str, item: str, contact: ContactActivities, rules: Rules) -> letter_runs.State:
    with ledger.worker(tenant) as session:
        order = claim(ledger, session, item, rules)
    if order is None:
        return "held"
    contact.contact(order)
    with ledger.worker(tenant) as session:
        letter_runs.follow(ledger, session, session.get_one(LetterRunItem, item).run)
        session.expire_all()
        state: letter_runs.State = session.get_one(LetterRunItem, item).state  # pyright: ignore[reportAssignmentType]  the table holds no other
    return state


def keep(folder: Path, made: Rendered) -> Path:
    """Put a finished paper where its digest says; what lies there already is the same."""
    path = file_of(folder, made.sha256)
    if path.is_file():
        return path
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    descriptor, making = tempfile.mkstemp(dir=path.parent)  # readable by its owner alone
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(made.pdf)
            file.flush()
            os.fsync(file.fileno())
        Path(making).replace(path)
    finally:
        Path(making).unlink(missing_ok=True)
    return path


def file_of(folder: Path, sha256: str) -> Path:
    return folder / sha256[:2] / f"{sha256}.pdf"


def strays(folder: Path) -> Iterable[Path]:
    """What a process that was ended left half written."""
    return (path for path in folder.glob("??/*") if path.suffix != ".pdf")


def _reason(error: ForbearError) -> str:
    code = next((code for kind, code in REASONS if isinstance(error, kind)), type(error).__name__)
    return error.code if isinstance(error, Unprintable) else code
