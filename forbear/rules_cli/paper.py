"""What the rules commands write: tables at a terminal, plain lines in a pipe, JSON where it was asked for."""

import json
import sys
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated, Any, Final

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from forbear.errors import BadInput

WIDTH: Final = 100
DAY: Final = "a day such as 2027-01-01"
Json = Annotated[bool, typer.Option("--json", help="Write JSON instead of text.")]
Language = Annotated[str, typer.Option("--language", metavar="en|zh-Hans", help="The language of the sentences.")]


def console() -> Console:
    """A console of at most a hundred columns."""
    plain = Console(highlight=False, markup=False)
    return Console(highlight=False, markup=False, width=min(plain.width, WIDTH)) if plain.is_terminal else plain


def at_terminal() -> bool:
    """Whether a person reads along, for whom lines are short."""
    return console().is_terminal


def say(*lines: str) -> None:
    """Write lines, wrapped at a terminal and whole in a pipe."""
    out = console()
    for line in lines:
        out.print(line, soft_wrap=not out.is_terminal)


def head(line: str) -> None:
    """Write a heading."""
    out = console()
    out.print(Text(line, style="bold"), soft_wrap=not out.is_terminal)


def table(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Write rows: as a table at a terminal, with tabs between the columns in a pipe."""
    out = console()
    if not out.is_terminal:
        for row in rows:
            sys.stdout.write("\t".join(str(cell).replace("\n", " ") for cell in row) + "\n")
        return
    drawn = Table(box=None, pad_edge=False, header_style="bold")
    for place, name in enumerate(columns):
        drawn.add_column(name, no_wrap=place == 0, overflow="fold")
    for row in rows:
        drawn.add_row(*(Text(str(cell)) for cell in row))
    out.print(drawn)


def write_json(value: Any) -> None:
    """Write one value."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False, indent=2) + "\n")


def read_text(file: Path, option: str) -> str:
    """A file in UTF-8; `BadInput` names the file, and the byte at which it is another encoding."""
    try:
        return file.read_bytes().decode("utf-8")
    except OSError as error:
        raise BadInput(option, f"{file} cannot be read ({error.strerror})", "Give a file that you may read") from None
    except UnicodeDecodeError as error:
        raise BadInput(option, f"{file} is not UTF-8 at byte {error.start + 1}", "Save it as UTF-8") from None


def write_text(file: Path, text: str, option: str) -> None:
    """Write a file in UTF-8; `BadInput` names the file that cannot be written."""
    try:
        file.write_text(text, encoding="utf-8")
    except OSError as error:
        remedy = "Give a file in a folder that exists and that you may write to"
        raise BadInput(option, f"{file} cannot be written ({error.strerror})", remedy) from None


def a_day(raw: str | None, option: str) -> date | None:
    """A civil date; `BadInput` says which option is none."""
    if raw is None:
        return None
    try:
        return date.fromisoformat(raw)
    except ValueError:
        raise BadInput(option, f"'{raw}' is no day", f"Give {DAY}") from None


def the_day(raw: str, option: str) -> date:
    """A civil date that must be given."""
    day = a_day(raw, option)
    if day is None:
        raise BadInput(option, "is missing", f"Give {DAY}")
    return day


def an_instant(raw: str | None, option: str) -> datetime | None:
    """An instant with its offset from UTC; one without would mean another instant on another machine."""
    if raw is None:
        return None
    try:
        at = datetime.fromisoformat(raw)
    except ValueError:
        raise BadInput(option, f"'{raw}' is no instant", "Give one such as 2026-12-01T08:00:00-05:00") from None
    if at.tzinfo is None:
        raise BadInput(option, f"'{raw}' has no offset", f"Add one: {raw}Z, or {raw}-05:00")
    return at.astimezone(UTC)
