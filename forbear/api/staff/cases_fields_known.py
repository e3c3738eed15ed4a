"""The fields that papers of packets ask for: which of them a profile needs, and what each is called."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Final

from forbear.api.staff.cases_said import curled
from forbear.casework.profile_file import find_profile, names
from forbear.casework.shared import RECORDED_IF_ANY, shared
from forbear.documents.fields import Field, read_fields
from forbear.documents.registry import COURT, FIELDS, find_kind

LEDGER: Final = "ledger"


@dataclass(frozen=True, slots=True)
class Asked:
    """A field as the papers of one profile ask for it. `kind` is of the one paper that alone has it, if one does."""

    field: Field
    kind: str = ""
    required: bool = False
    papers: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        return self.field.name


@cache
def asked_by(profile: str) -> Mapping[str, Asked]:
    """Every field that somebody can tell for the papers of a profile, by name; the record's own are left out."""
    wanted = find_profile(profile)
    found = {name: Asked(_declared()[name], required=True) for name in wanted.choices if name in _declared()}
    for part in wanted.parts:
        if not part.paper:
            continue
        kind = find_kind(part.paper)
        for name, each in kind.fields.items():
            if each.supplier == LEDGER and name not in RECORDED_IF_ANY:
                continue
            before = found.get(name)
            # What several papers ask for by one name is told once, for all of them.
            own = "" if name in shared() or (before is not None and before.kind != kind.id) else kind.id
            papers = (*(before.papers if before else ()), kind.id)
            found[name] = Asked(each, own, each.required or (before is not None and before.required), papers)
    return MappingProxyType(found)


@cache
def _declared() -> Mapping[str, Field]:
    """The fields that papers share, and what a profile asks to be chosen beside them."""
    path = COURT / FIELDS
    return read_fields(path, tomllib.loads(path.read_text("utf-8"))["field"], ("zh-Hans",))


@cache
def _everything() -> Mapping[str, Asked]:
    found: dict[str, Asked] = {}
    for profile in names():
        for name, each in asked_by(profile).items():
            found.setdefault(name, each)
    return MappingProxyType(found)


@cache
def _labels() -> Mapping[str, Mapping[str, str]]:
    labels = {name: each.label for name, each in _declared().items()}
    kinds = {part.paper for profile in names() for part in find_profile(profile).parts if part.paper}
    return labels | {name: each.label for kind in sorted(kinds) for name, each in find_kind(kind).fields.items()}


def called(field: Field, language: str) -> str:
    """A field's label as pages print it."""
    return curled(field.called(language))


def known_field(name: str, profile: str = "") -> Asked | None:
    """A field by its name, as a profile asks for it or, where it does not, as another does."""
    found = asked_by(profile).get(name) if profile else None
    return found or _everything().get(name)


def field_label(name: str, language: str) -> str:
    """What a field is called; its name, readable, where nobody declares it."""
    plain = name.partition(".")[0]
    label = _labels().get(plain)
    if label is None:
        return plain.replace("_", " ")
    return curled(label.get(language) or label.get("en") or plain)
