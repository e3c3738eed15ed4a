"""Whether each step of a playbook has its words in every language: asked when a worker starts, not when somebody dials.

Texts are looked at by `route_check`, with what their routes carry. What officers are told to do at a door is a page.
"""

import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final, get_args

from forbear.cadence.playbooks import Playbook, Step
from forbear.contracts.words import PartyRole
from forbear.errors import CannotStart

FOLDER: Final = Path(__file__).resolve().parents[2] / "templates"


def check_words(playbooks: Mapping[str, Playbook], folder: Path = FOLDER) -> None:
    """Pass playbooks of whose calls and letters every word is there, each letter written for its reader.

    Raises:
        CannotStart: with every step that lacks some, a line each.
    """
    problems = [
        f"Playbook {book.name}, step {step.id}: no {step.channel} {step.template} in {language}. "
        f"Write {missing}, or take {language} out of the playbook."
        for book in playbooks.values()
        for step in book.steps
        for language, missing in _missing(step, book, folder)
    ]
    problems += [
        f"Playbook {book.name}, step {step.id}: the letter {step.template} is not written for a "
        f"{step.party.replace('_', ' ')}. Choose one that is, from 'forbear letters kinds'."
        for book in playbooks.values()
        for step in book.steps
        if step.channel == "letter" and step.party not in _readers(step.template, folder)
    ]
    if problems:
        raise CannotStart("\n".join(problems))


def _missing(step: Step, book: Playbook, folder: Path) -> Iterator[tuple[str, str]]:
    for language in book.languages:
        words = _words(step, language)
        if words is not None and not (folder / words).is_file():
            yield language, f"templates/{words}"


def _readers(letter: str, folder: Path) -> tuple[str, ...]:
    """For whom a letter is written. One that is not there has been told already."""
    path = folder / _home(letter) / "paper.toml"
    return tuple(tomllib.loads(path.read_text("utf-8"))["parties"]) if path.is_file() else get_args(PartyRole)


def _home(letter: str) -> str:
    """The folder of a letter, as the registry of papers names it."""
    return f"letters/{letter.replace('.', '-').replace('_', '-')}"


def _words(step: Step, language: str) -> str | None:
    """The file of a step's words, within the folder of templates; None where there is no such file."""
    if step.channel == "letter":
        return f"{_home(step.template)}/{language}.html"
    if step.channel == "call":
        spoken = "calls/{}/{}" if step.by == "machine" else "staff/scripts/{}/{}"
        return f"{spoken.format(language, step.template)}.toml"
    return None
