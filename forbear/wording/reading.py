"""Turns a file of templates into the sources that the rules look at, every line where it stands in the file.

Of a page only what is read remains: its text and the attributes that are shown or read aloud. A catalogue is read one
section at a time, with its values in the form that templates have.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping
from functools import lru_cache
from html.parser import HTMLParser
from pathlib import Path
from typing import Final

from forbear.errors import BadData
from forbear.wording.manifest import Entry
from forbear.wording.papers import with_its_words

READ_ALOUD: Final = frozenset({"title", "alt", "placeholder", "aria-label", "value", "label", "summary", "content"})
INSIDE_A_WORD: Final = frozenset(
    "a abbr b bdi bdo big cite code em font i ins kbd mark q s small span strong sub sup tt u var wbr".split()  # noqa: SIM905  a list of names reads better so
)
UNREAD: Final = frozenset({"style", "script"})
_TAG: Final = re.compile(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}", re.DOTALL)
_MARK: Final = re.compile("\ue000(\\d+)\ue001")
_VALUE: Final = re.compile(r"\{(\w+)\}")
_KEY: Final = re.compile(r"\s*\"?([^\"=]*[^\"=\s])\"?\s*=")
_SECTION: Final = re.compile(r"\s*\[\s*\"?([^\]\"]+)\"?\s*\]")


def sources(path: Path, entry: Entry) -> Iterator[tuple[str, str]]:
    """The names and sources of what an entry says of a file: one, or one for each section of a catalogue."""
    text = with_its_words(path, _text(path))
    if entry.format == "catalogue":
        yield from _sections(path, text, entry)
    else:
        shown = _page(text) if entry.format == "page" else text
        yield entry.name, _through_filters(shown, entry.written)


def catalogue_sections(path: Path) -> frozenset[str]:
    """Every section of a catalogue."""
    return frozenset(_tables(path, _text(path)))


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise BadData(path, line, f"is not UTF-8 at byte {error.start + 1} of the file. Save it as UTF-8") from None
    except OSError as error:
        raise BadData(path, None, f"cannot be read ({error.strerror}). Make it a file that you may read") from None


def _tables(path: Path, text: str) -> Mapping[str, Mapping[str, str]]:
    try:
        return _parsed(text)
    except tomllib.TOMLDecodeError as error:
        raise BadData(path, None, f"not TOML: {error}") from None


@lru_cache(maxsize=256)
def _parsed(text: str) -> Mapping[str, Mapping[str, str]]:
    """Once for each text: a catalogue is read for each of the entries that are about it."""
    return tomllib.loads(text)


def _sections(path: Path, text: str, entry: Entry) -> Iterator[tuple[str, str]]:
    """The sections that an entry is about, each at its own lines of an otherwise empty text."""
    tables = _tables(path, text)
    for name in entry.sections or tuple(tables):
        if name not in tables:
            raise BadData(path, None, f"has no section [{name}], which the manifest names")
    lines, here = [""] * (text.count("\n") + 1), ""
    starts: dict[str, int] = {}
    for at, line in enumerate(text.split("\n")):
        if section := _SECTION.fullmatch(line):
            here = section[1].strip()
            starts[here] = at
        lines[at] = here
    for name in entry.sections or tuple(tables):
        yield f"{entry.name} [{name}]", _sentences(tables[name], starts[name], lines, text, entry.written)


def _sentences(table: Mapping[str, str], start: int, owners: list[str], text: str, written: tuple[str, ...]) -> str:
    """A section's sentences, each at the line of its key."""
    shown, places = [""] * len(owners), dict[str, int]()
    given = text.split("\n")
    for at in range(start, len(given)):
        if owners[at] == owners[start] and (named := _KEY.match(given[at])):
            places.setdefault(named[1], at)
    for key, sentence in table.items():
        shown[places.get(key, start)] = " ".join(_VALUE.sub(r"{{ \1 }}", sentence).split())
    return _through_filters("\n".join(shown), written)


def _through_filters(source: str, written: tuple[str, ...]) -> str:
    """Show the money filter through which a value went before it came here."""
    for name in written:
        source = re.sub(rf"\{{\{{\s*{re.escape(name)}\s*\}}\}}", f"{{{{ {name} | money }}}}", source)
    return source


def _page(text: str) -> str:
    """What a reader sees or hears of a page, on the lines on which it stands."""
    tags = _TAG.findall(text)
    numbers = iter(range(len(tags)))
    marked = _TAG.sub(lambda tag: f"\ue000{next(numbers)}\ue001" + "\n" * tag[0].count("\n"), text)
    reader = _Reader()
    reader.feed(marked)
    reader.close()
    return _MARK.sub(lambda mark: re.sub(r"\s+", " ", tags[int(mark[1])]), "".join(reader.shown))


class _Reader(HTMLParser):
    """Keeps what is read, with as many line breaks before it as the page has."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.shown: list[str] = []
        self._line, self._unread = 1, 0

    def handle_data(self, data: str) -> None:
        if not self._unread:
            self._put(data)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._unread += tag in UNREAD
        self._put("" if tag in INSIDE_A_WORD else " ")
        for name, value in attrs:
            if name in READ_ALOUD and value:
                self._put(f" {value} ")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        self._unread -= tag in UNREAD

    def handle_endtag(self, tag: str) -> None:
        self._unread -= tag in UNREAD
        self._put("" if tag in INSIDE_A_WORD else " ")

    def _put(self, text: str) -> None:
        line = self.getpos()[0]
        if line > self._line:
            self.shown.append("\n" * (line - self._line))
            self._line = line
        self.shown.append(text)
        self._line += text.count("\n")
