"""The paths that we ship, and which of them a case walks by where its debtor lives."""

from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path

from forbear.court.path import CasePath
from forbear.court.path_file import read

FOLDER = Path(__file__).parent / "paths"


@cache
def load_all(folder: Path = FOLDER) -> Mapping[str, CasePath]:
    """Every path of a folder by its id.

    Raises:
        BadData: a file cannot be accepted.
    """
    return {path.id: path for path in map(read, sorted(folder.glob("*.toml")))}


def path_for(jurisdictions: Iterable[str]) -> CasePath | None:
    """The path of the narrowest place that has one. A place within another is named after it: `US-NYC`, `US-NY`."""
    known = load_all()
    found: CasePath | None = None
    for place in jurisdictions:
        fits = [path for path in known.values() if place == path.jurisdiction or place.startswith(path.jurisdiction)]
        narrowest = max(fits, key=lambda path: len(path.jurisdiction), default=None)
        if narrowest and (found is None or len(narrowest.jurisdiction) >= len(found.jurisdiction)):
            found = narrowest
    return found
