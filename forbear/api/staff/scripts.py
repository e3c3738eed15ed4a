"""What a caller says, before and after the other person is known, and what nobody may say: by stage, party, language.

A script is read aloud by a person. Without one that is meant for this lender, only what the rules ask for is shown.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, Final, cast

from forbear.api.staff.wording import FOLDER
from forbear.contracts.words import PartyRole
from forbear.rules import sentences, spoken
from forbear.rules.packs import POLICY, Packs
from forbear.rules.wording import Text, binding
from forbear.wording.manifest import party_kinds

SCRIPTS: Final = FOLDER / "scripts"
FOR_ROLES: Final = frozenset({"original_creditor"})
"""The lenders for whom the shipped scripts are written; a collector's need words that these do not have."""
GUARANTORS: Final = frozenset({"guarantor", "counter_guarantor"})
DEBTORS: Final = frozenset({"borrower", "co_borrower"})
BY_STAGE: Final = {"current": "call-friendly", "M1": "call-friendly", "M2": "call-talk"}


@dataclass(frozen=True, slots=True)
class Script:
    """One script in one language, its sentences filled in: name of the step, and what is said."""

    name: str
    language: str
    before: tuple[tuple[str, str], ...]
    after: tuple[tuple[str, str], ...]
    message: tuple[tuple[str, str], ...]


def choose(template: str, party: str, stage: str, lender_role: str) -> str | None:
    """The name of the script for a call, or None where none is meant for it."""
    if lender_role not in FOR_ROLES:
        return None
    if party in GUARANTORS:
        return "call-guarantor"
    if party not in DEBTORS:
        return None
    return template if template in names() else BY_STAGE.get(stage, "call-help")


@cache
def names() -> frozenset[str]:
    """Every script there is."""
    return frozenset(path.stem for path in SCRIPTS.glob("*/*.toml"))


def fill(name: str, language: str, values: Mapping[str, str]) -> Script:
    """A script in the language of the person called, or in English where it is not written in theirs."""
    path = SCRIPTS / language / f"{name}.toml"
    path = path if path.exists() else SCRIPTS / "en" / f"{name}.toml"
    read = _read(path)
    parts = {
        part: tuple((step, sentence.format(**values)) for step, sentence in read[part].items())
        for part in ("before", "after", "message")
    }
    return Script(name, path.parent.name, parts["before"], parts["after"], parts["message"])


def must_say(disclosures: tuple[str, ...], language: str) -> list[str]:
    """What the permit says must be said, in words."""
    words = spoken.words(language)
    return [words.of("say", key) for key in disclosures]


def never(
    packs: Packs, day: date, *, party: str, jurisdictions: tuple[str, ...], lender: Any, language: str
) -> list[str]:
    """What the rules in force forbid to say to this person, each rule in one sentence with its name."""
    kinds = party_kinds((cast("PartyRole", party),)) if party else frozenset[str]()
    text = Text(
        name="call",
        language=language,
        channel="call",
        source="",
        stage="after_identity",
        party_kinds=kinds,
        jurisdictions=(*jurisdictions, POLICY),
        roles=frozenset({lender.role}),
        lender_kinds=frozenset({lender.kind}),
    )
    here = {POLICY, *jurisdictions}
    rules = [
        rule
        for rule in binding(text, packs, day, frozenset({"wording"}))
        # What may not be said too early is what the script keeps for later.
        if rule.rule.partition(".")[0] in here and rule.phrases and rule.stage != "before_identity"
    ]
    found = {rule.rule: sentences.of_rule(rule, language, None) for rule in rules}
    return [f"{sentence[:1].upper()}{sentence[1:]} ({rule})" for rule, sentence in found.items()]


@cache
def _read(path: Path) -> Mapping[str, Mapping[str, str]]:
    return tomllib.loads(path.read_text("utf-8"))
