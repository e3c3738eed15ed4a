"""The print room's shelves: one folder per letter, moved from shelf to shelf as people print, post and scan it.

A letter lies on a shelf whole or not at all: it is written aside and renamed. The folder's name is the touch's id, so
that a letter given twice is one letter. Only the owner may look: what lies there is personal.
"""

import errno
import hashlib
import json
import os
import re
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final, Literal, get_args

from pydantic import TypeAdapter

from forbear.errors import BadInput, Conflict, NotFound
from forbear.ports.post import PostStatus, Tracked

Shelf = Literal["waiting", "printed", "posted", "ended", "cancelled"]
SHELVES: Final[tuple[Shelf, ...]] = get_args(Shelf)
ASIDE: Final = ".making"
LETTER, ADDRESS, MANIFEST, NEWS = "letter.pdf", "address.pdf", "manifest.json", "news.json"
TOUCH: Final = re.compile(r"tch_[0-9A-Za-z]{8,40}")
REFERENCE: Final = re.compile(r"(?i:tch)-([0-9A-Za-z]{8,40})")
TOLD: Final = TypeAdapter(list[Tracked])
OURS_ALONE: Final = 0o700


@dataclass(frozen=True, slots=True)
class Item:
    """One letter on a shelf."""

    touch: str
    shelf: Shelf
    folder: Path

    @property
    def manifest(self) -> Mapping[str, Any]:
        return json.loads((self.folder / MANIFEST).read_text("utf-8"))

    @property
    def news(self) -> list[Tracked]:
        path = self.folder / NEWS
        return TOLD.validate_json(path.read_bytes()) if path.exists() else []


class Spool:
    """All shelves below one folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def put(self, touch: str, files: Mapping[str, bytes], manifest: Mapping[str, Any]) -> Item:
        """Lay a letter on the first shelf, unless it lies somewhere already: then that one is given.

        Raises:
            OSError: it could not be written, and does not lie there.
        """
        if (known := self.look(touch)) is not None:
            return known
        for name in (ASIDE, *SHELVES):
            (self._folder / name).mkdir(mode=OURS_ALONE, parents=True, exist_ok=True)
        digests = {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}
        written = json.dumps({**manifest, "touch": touch, "files": digests}, indent=1, sort_keys=True).encode()
        aside = Path(tempfile.mkdtemp(prefix=f"{touch}-", dir=self._folder / ASIDE))
        try:
            for name, content in {**files, MANIFEST: written}.items():
                _write(aside / name, content)
            _settle(aside)
            self._rename(aside, "waiting", touch)
        finally:
            shutil.rmtree(aside, ignore_errors=True)
        found = self.look(touch)
        if found is None:
            raise OSError(errno.EIO, "the letter is not where it was laid")
        return found

    def look(self, touch: str) -> Item | None:
        """The letter of a touch, wherever it lies."""
        _check(touch)
        for shelf in SHELVES:
            folder = self._folder / shelf / touch
            if folder.is_dir():
                return Item(touch, shelf, folder)
        return None

    def on(self, shelf: Shelf) -> Iterator[Item]:
        """Every letter on a shelf, in the order of their ids."""
        place = self._folder / shelf
        for folder in sorted(place.iterdir()) if place.is_dir() else ():
            if TOUCH.fullmatch(folder.name):
                yield Item(folder.name, shelf, folder)

    def meant(self, code: str) -> Item:
        """The letter whose id or printed reference somebody scanned or typed.

        Raises:
            NotFound: no letter here has it.
            BadInput: it is no such code, or several letters begin like it.
        """
        code = code.strip()
        if TOUCH.fullmatch(code):
            if (item := self.look(code)) is None:
                raise NotFound("no letter of this print room has this code")
            return item
        if not (short := REFERENCE.fullmatch(code)):
            raise BadInput("code", "is no letter's code", "Scan the code, or type the reference: TCH-…")
        begins = f"tch_{short[1]}"
        found = [item for shelf in SHELVES for item in self.on(shelf) if item.touch.startswith(begins)]
        if not found:
            raise NotFound("no letter of this print room has this reference")
        if len(found) > 1:
            raise BadInput("code", "is the beginning of several letters' codes", "Scan the code on the address page")
        return found[0]

    def move(self, item: Item, shelf: Shelf, news: Tracked) -> Tracked:
        """Carry the letter on and note what happened; the same again changes nothing, and gives what was noted then.

        Raises:
            Conflict: somebody else carried it on meanwhile.
        """
        if shelf != item.shelf:
            # First the step that only one of two can take: what the other wanted to note did not happen.
            try:
                self._rename(item.folder, shelf, item.touch)
            except OSError:
                raise Conflict("somebody else has just moved this letter; look again") from None
            item = Item(item.touch, shelf, self._folder / shelf / item.touch)
        known = {each.event: each for each in item.news}
        if news.event not in known:
            aside = item.folder / f".{NEWS}"
            _write(aside, TOLD.dump_json([*known.values(), news]))
            aside.replace(item.folder / NEWS)
        return known.get(news.event, news)

    def _rename(self, folder: Path, shelf: Shelf, touch: str) -> None:
        """The one step by which a letter comes to lie on a shelf."""
        goal = self._folder / shelf
        try:
            folder.rename(goal / touch)
        except OSError as error:
            if error.errno not in {errno.ENOTEMPTY, errno.EEXIST}:
                raise
            return  # another process laid the same letter there
        _settle(goal)


def happened(touch: str, what: PostStatus, at: datetime, **more: Any) -> Tracked:
    """News of a letter that people of ours saw; once for each thing that can happen to it."""
    return Tracked(status=what, at=at, event=f"{touch}:{what}", **more)


def _check(touch: str) -> None:
    if not TOUCH.fullmatch(touch):
        raise BadInput("touch", "is no touch's id", "Give tch_ and its digits")


def _write(path: Path, content: bytes) -> None:
    with path.open("xb") if path.name != f".{NEWS}" else path.open("wb") as file:
        os.fchmod(file.fileno(), 0o600)
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _settle(folder: Path) -> None:
    """Make a folder's names outlive a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
