"""Reads the forms of a page as a browser does: where each goes, what it holds, what may be chosen under which name.

Whoever fills one in sends what the page gave them with what they changed, and never a value that it does not ask for.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Final

CHOSEN: Final = {"radio": "checked", "checkbox": "checked"}
UNSENT: Final = frozenset({"file", "submit", "button"})


@dataclass
class Sheet:
    """One form. `options` has for each choice its values with their labels."""

    action: str
    values: dict[str, str] = field(default_factory=dict[str, str])
    names: set[str] = field(default_factory=set[str])
    options: dict[str, dict[str, str]] = field(default_factory=dict[str, dict[str, str]])

    def filled(self, told: Mapping[str, str]) -> dict[str, str]:
        """What is sent: what the page gave, with what is told of it."""
        return {**self.values, **{name: value for name, value in told.items() if name in self.names}}

    def choice(self, name: str, words: str) -> str:
        """The value whose label holds these words; empty where none does."""
        return next((value for value, label in self.options.get(name, {}).items() if value and words in label), "")


class _Reader(HTMLParser):
    """Collects forms as they come; a label belongs to the input before or after it by its id."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.sheets: list[Sheet] = []
        self._open: Sheet | None = None
        self._select, self._option, self._area, self._label = "", "", "", ""
        self._radios: dict[str, tuple[str, str]] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._open = Sheet(told.get("action", ""))
            self.sheets.append(self._open)
        if self._open is None:
            return
        name = told.get("name", "")
        match tag:
            case "input" if told.get("type") not in UNSENT:
                self._input(self._open, name, told)
            case "select":
                self._select = name
                self._open.names.add(name)
                self._open.values.setdefault(name, "")
            case "option":
                self._option = told.get("value", "")
                self._open.options.setdefault(self._select, {})[self._option] = ""
                if "selected" in told:
                    self._open.values[self._select] = self._option
            case "textarea":
                self._area = name
                self._open.names.add(name)
                self._open.values[name] = ""
            case "label":
                self._label = told.get("for", "")
            case _:
                pass

    def _input(self, sheet: Sheet, name: str, told: Mapping[str, str]) -> None:
        sheet.names.add(name)
        kind, value = told.get("type", "text"), told.get("value", "")
        if kind == "radio":
            self._radios[told.get("id", "")] = name, value
            sheet.options.setdefault(name, {}).setdefault(value, "")
        if kind not in CHOSEN or CHOSEN[kind] in told:
            sheet.values[name] = value

    def handle_data(self, data: str) -> None:
        if self._open is None:
            return
        if self._area:
            self._open.values[self._area] += data
        elif self._select and self._option and data.strip():
            self._open.options[self._select][self._option] += data.strip()
        elif self._label in self._radios:
            name, value = self._radios[self._label]
            self._open.options[name][value] += data.strip()

    def handle_endtag(self, tag: str) -> None:
        match tag:
            case "form":
                self._open = None
            case "select":
                self._select = self._option = ""
            case "option":
                self._option = ""
            case "textarea":
                self._area = ""
            case "label":
                self._label = ""
            case _:
                pass


def sheets(page: str) -> list[Sheet]:
    """Every form of a page, in order."""
    reader = _Reader()
    reader.feed(page)
    return reader.sheets


def sheet_to(page: str, action: str) -> Sheet | None:
    """The form that goes to an address; None where the page has none."""
    return next((each for each in sheets(page) if each.action == action), None)


def told_as_text(told: Mapping[str, object]) -> dict[str, str]:
    """Plain values as inputs hold them: yes and no, lines of an address, everything else as it is written."""
    return dict(_texts(told))


def _texts(told: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    for name, value in told.items():
        if isinstance(value, bool):
            yield name, "yes" if value else "no"
        elif isinstance(value, list):
            if all(isinstance(each, str) for each in value):  # pyright: ignore[reportUnknownVariableType]  as TOML gave it
                yield name, "\n".join(str(each) for each in value)  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]  likewise
        else:
            yield name, str(value)
