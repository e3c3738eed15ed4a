"""What the two who go to a door are told before they check in: the house's ways, and the rules that bind this visit.

The words stand in `templates/staff/guides`, one file for each language. A rule is shown only where a pack in force has
it for this person's places and this lender; what the playbook asks of the talk comes from its step.
"""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Final

from forbear.api.staff.wording import FALLBACK, FOLDER
from forbear.rules.packs import POLICY, Packs
from forbear.rules.wording import Text, binding

GUIDES: Final = FOLDER / "guides"
KINDS: Final = frozenset({"disclosure", "identity", "no_contact", "recording", "visit"})
PARTS: Final = ("before", "say", "never")


@dataclass(frozen=True, slots=True)
class Guide:
    """What is read before the check-in; `rules` are sentences with the ids of their rules."""

    parts: Mapping[str, Sequence[str]]
    rules: Sequence[tuple[str, str]]


def guide(
    packs: Packs, day: date, *, language: str, jurisdictions: tuple[str, ...], role: str, lender_kind: str
) -> Guide:
    """The guide of one visit, in the language of who reads it."""
    words, text = words_of(language), _visit(language, jurisdictions, role, lender_kind)
    bound = {rule.rule for rule in binding(text, packs, day, KINDS) if rule.rule.partition(".")[0] in jurisdictions}
    parts = {part: tuple(words[part].values()) for part in PARTS}
    return Guide(parts, [(sentence, rule) for rule, sentence in words["rules"].items() if rule in bound])


@cache
def words_of(language: str) -> Mapping[str, Mapping[str, str]]:
    """A language's file, or English."""
    path = GUIDES / f"{language}.toml"
    return tomllib.loads((path if path.exists() else GUIDES / f"{FALLBACK}.toml").read_text("utf-8"))


def _visit(language: str, jurisdictions: tuple[str, ...], role: str, lender_kind: str) -> Text:
    return Text(
        name="visit",
        language=language,
        channel="visit",
        source="",
        stage="after_identity",
        jurisdictions=(*jurisdictions, POLICY),
        roles=frozenset({role}),
        lender_kinds=frozenset({lender_kind}),
    )
