"""Playbooks: the cadence of one kind of product as versioned data, read from TOML and checked on load.

A file that says something unknown, impossible or unsourced is refused with its line and the reason, at start-up
and in the linter, never in the middle of an account's life.
"""

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path

from forbear.cadence.playbook_file import Reader
from forbear.cadence.steps import PRODUCT_CONTACTS_IN_7_DAYS, After, Escalation, Playbook, Repaid, Step
from forbear.errors import BadData

__all__ = [
    "FOLDER",
    "PRODUCT_CONTACTS_IN_7_DAYS",
    "After",
    "Escalation",
    "Playbook",
    "Repaid",
    "Step",
    "load",
    "load_all",
]
FOLDER = Path(__file__).parent / "playbooks"


def load_all(folder: Path = FOLDER) -> Mapping[str, Playbook]:
    """Every playbook of a folder by name.

    Raises:
        BadData: a file cannot be accepted, or two files share a name.
    """
    books: dict[str, Playbook] = {}
    for path in sorted(folder.glob("*.toml")):
        book = load(path)
        if book.name in books:
            raise BadData(path, None, f"the name {book.name!r} is used by another playbook")
        books[book.name] = book
    return books


def load(path: Path) -> Playbook:
    """Read one playbook.

    Raises:
        BadData: with the line and the reason.
    """
    text = path.read_text("utf-8")
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        line = re.search(r"line (\d+)", str(error))
        raise BadData(path, int(line.group(1)) if line else None, f"not TOML: {error}") from None
    return Reader(path, text).playbook(raw)
