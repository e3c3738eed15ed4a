"""Holds every text of a templates folder against the rules of words, and refuses to go on where one fails.

A text is checked as each of the communications that its manifest allows, in every language, on the day that is asked.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Final

from forbear.errors import BadData, CannotStart
from forbear.rules.packs import Packs
from forbear.rules.phrases import put_in, statements
from forbear.rules.wording import MONEY_FILTERS, Fault, Text, binding, in_language, may_not_say, must_carry
from forbear.wording.manifest import COURT, NAME, Entry, Manifest
from forbear.wording.reading import catalogue_sections, sources

FOLDER: Final = Path(__file__).parents[2] / "templates"
PLAIN: Final = "TEMPLATE.PLAIN"
CLAIM: Final = "TEMPLATE.CLAIM"
UNREAD: Final = "TEMPLATE.LANGUAGE"
_SIMPLE: Final = re.compile(rf"[A-Za-z_]\w*(?:\s*\|\s*(?:{'|'.join(sorted(MONEY_FILTERS))}))?")
_KINDS: Final = frozenset({"disclosure", "identity", "recording"})
_PASSED: Final = set[tuple[object, ...]]()
"""What `refuse_bad_words` let pass in this process: reading it all takes most of a second."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One fault of one text, in its file."""

    path: Path
    text: str
    fault: Fault

    def __str__(self) -> str:
        fault = self.fault
        return f"{self.path}:{fault.line}: {self.text}: “{fault.phrase}” ({fault.rule}). {fault.statement}"


def check_templates(folder: Path, packs: Packs, day: date) -> list[Finding]:
    """Every fault of every text of a folder on a day, by file and line; papers for a court are no contact with anybody.

    Raises:
        BadData: the manifest and the files disagree, so that not every text can be checked.
    """
    manifest = Manifest.read(folder)
    _check_sections(manifest)
    found: dict[Finding, None] = {}
    for entry in manifest.entries:
        if entry.channel == COURT:
            continue
        for language in entry.languages:
            path = folder / entry.path(language)
            for name, source in sources(path, entry):
                faults = _checked(tuple(_texts(entry, name, language, source)), packs, day, entry.format == "text")
                found |= dict.fromkeys(Finding(path, name, fault) for fault in faults)
    return sorted(found, key=lambda each: (each.path, each.fault.line))


def _checked(texts: tuple[Text, ...], packs: Packs, day: date, plain: bool) -> list[Fault]:
    """`check_text`, once for each text under the same rules: whoever changes one text has the others' answers."""
    asked = (check_text, texts, day, plain)
    if asked not in packs.remembered:
        packs.remembered[asked] = check_text(texts, packs, day, plain=plain)
    return packs.remembered[asked]


def check_text(texts: Iterable[Text], packs: Packs, day: date, *, plain: bool) -> list[Fault]:
    """Every fault of one text as each of its communications; `plain` is whether it may hold words and values alone."""
    found: dict[Fault, None] = {}
    looked_at: set[Text] = set()
    for text in texts:
        if (alike := replace(text, first=True)) not in looked_at:  # nothing forbidden depends on it
            found |= dict.fromkeys(may_not_say(alike, packs, day))
            looked_at.add(alike)
        found |= dict.fromkeys(must_carry(text, packs, day))
        found |= dict.fromkeys(_claims(text, packs, day))
        found |= dict.fromkeys(_unread(text, packs, day))
        if plain:
            found |= dict.fromkeys(_beyond_values(text.source))
    return list(found)


def rules_asked(texts: Iterable[Text], packs: Packs, day: date) -> list[str]:
    """Every rule of words that binds a text, in the order of the packs."""
    bound = (rule for text in texts for rule in binding(text, packs, day, _KINDS | {"wording"}))
    kept = (rule for rule in bound if rule.kind == "wording" or rule.words)
    return list(dict.fromkeys(rule.rule for rule in kept))


def refuse_bad_words(folder: Path, packs: Packs, day: date) -> None:
    """Pass a folder whose texts may all be sent on a day; one that passed is read again when something in it changed.

    Raises:
        CannotStart: with every fault, a line each: file, line, phrase, rule.
    """
    rules = tuple((pack.version, pack.text) for pack in packs.by_jurisdiction.values())
    asked = (folder, day, rules, _stamps(folder))
    if asked in _PASSED:
        return
    try:
        found = check_templates(folder, packs, day)
    except BadData as error:
        raise CannotStart(f"{error}. Mend it, then start again.") from None
    if found:
        listed = "\n".join(map(str, found))
        raise CannotStart(f"{listed}\nChange these texts; 'forbear templates check' shows whether they pass.")
    _PASSED.add(asked)


def _stamps(folder: Path) -> tuple[tuple[str, int, int], ...]:
    """Every file with its size and when it was written, by which a change is known without reading."""
    found = ((path, path.stat()) for path in folder.rglob("*"))
    return tuple(sorted((str(path), stat.st_mtime_ns, stat.st_size) for path, stat in found))


def days_ahead(packs: Packs, day: date) -> list[date]:
    """A day, and each later one on which a version of a rule of words begins."""
    starts = {
        date.fromordinal(rule.first)
        for pack in packs.by_jurisdiction.values()
        for rule in pack.terms
        if (rule.kind == "wording" or rule.words) and rule.first > day.toordinal()
    }
    return [day, *sorted(starts)]


def _texts(entry: Entry, name: str, language: str, source: str) -> Iterator[Text]:
    """A text as each of the communications that it may be."""
    for when in entry.when:
        for purpose in entry.purposes:
            yield Text(
                name=name,
                language=language,
                channel=entry.channel,
                source=source,
                stage=entry.stage,
                purpose=purpose,
                party_kinds=entry.party_kinds,
                first=when == "first",
                says=frozenset(entry.says),
                jurisdictions=entry.jurisdictions,
                roles=frozenset(entry.roles),
                lender_kinds=frozenset(entry.lender_kinds),
                debt_kinds=frozenset(entry.debt_kinds),
                circumstances=frozenset(entry.circumstances),
            )


def _unread(text: Text, packs: Packs, day: date) -> Iterator[Fault]:
    """That nobody has said what a text's language forbids."""
    rules = binding(text, packs, day, frozenset({"wording"}))
    if not any(in_language(rule.phrases, text.language) for rule in rules):
        yield Fault(UNREAD, text.language, 1, "No pack lists what may not be said in this language.")


def _claims(text: Text, packs: Packs, day: date) -> Iterator[Fault]:
    """What a text claims to say although no rule's words can show it."""
    shown = {rule.say for rule in binding(text, packs, day, _KINDS) if rule.words}
    for key in sorted(text.says - shown):
        yield Fault(CLAIM, key, 1, "A text claims only what the words of a rule in force can show.")


def _beyond_values(source: str) -> Iterator[Fault]:
    """What a plain text holds beside words and values: anything else could say what no check sees."""
    told = "Between braces stands the name of a value, with an amount its money filter, and nothing else."
    for statement in statements(source):
        yield Fault(PLAIN, statement.expression, statement.line, told)
    for put in put_in(source):
        if not _SIMPLE.fullmatch(put.expression):
            yield Fault(PLAIN, f"{{{{ {put.expression} }}}}", put.line, told)


def _check_sections(manifest: Manifest) -> None:
    """Refuse a catalogue with a section that no entry is about."""
    told: dict[str, set[str]] = {}
    for entry in manifest.entries:
        for language in entry.languages:
            if entry.format == "catalogue":
                whole = entry.sections or catalogue_sections(manifest.folder / entry.path(language))
                told.setdefault(entry.path(language), set()).update(whole)
    for path, sections in told.items():
        if left := sorted(catalogue_sections(manifest.folder / path) - sections):
            raise BadData(manifest.folder / path, None, f"section [{left[0]}] is not in {NAME}")
