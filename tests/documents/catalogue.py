"""Every paper there is, in each of its languages, for tests: found by its folder, so that one that is broken fails alone."""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from forbear.documents.jobs import AddressJob, LetterJob
from forbear.documents.presses import Presses
from forbear.documents.registry import FOLDER, read_kind
from forbear.documents.samples import sample
from forbear.documents.wording import Sheets, word_address_page, word_letter
from forbear.ports.papers import Rendered


@dataclass(frozen=True, slots=True)
class Entry:
    """One paper in one language."""

    folder: str
    language: str

    def __str__(self) -> str:
        return f"{self.folder}.{self.language}"

    def job(self) -> LetterJob | AddressJob:
        kind = read_kind(self.folder)
        paper = sample(kind, self.language)
        return LetterJob(paper) if kind.parties else AddressJob(paper.touch, paper.to, paper.head)

    def words(self) -> Sheets:
        job = self.job()
        return word_letter(job.paper) if isinstance(job, LetterJob) else word_address_page(job.touch, job.to, job.head)

    def render(self, presses: Presses) -> Rendered:
        return _render(self, presses)


@cache
def _render(entry: Entry, presses: Presses) -> Rendered:
    job = entry.job()
    if isinstance(job, LetterJob):
        return presses.render(job.paper)
    return presses.address_page(job.touch, job.to, job.head)


def entries() -> list[Entry]:
    """Every paper in each of its languages."""
    return [Entry(path.parent.name, each) for path in sorted(FOLDER.glob("*/paper.toml")) for each in _titles(path)]


def _titles(path: Path) -> list[str]:
    told: dict[str, Any] = tomllib.loads(path.read_text("utf-8"))
    return sorted(told["title"])
