"""What assembling a packet gives: its parts, what is missing, and a digest of everything that it rests on."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from types import MappingProxyType
from typing import Any, Final

from forbear.errors import Missing
from forbear.ports.packets import CourtProfile, PacketFacts, Part

GROUP_DIGITS: Final = 16


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which packet of a case.

    Attributes:
        day: its civil date: that on which it was asked for.
        court: profile of the court; that of the packet's profile where empty.
        packet: its own id; empty while nobody has asked for it.
        previous: hash of the packet that it takes the place of.
    """

    case: str
    profile: str
    cut_off: date
    day: date
    court: str = ""
    packet: str = ""
    previous: str = ""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A digest of all that a packet rests on, and of each group of it, so that one can tell what changed."""

    sha256: str
    groups: Mapping[str, str]

    @property
    def text(self) -> str:
        """As the record keeps it: the digest, then each group with the first digits of its own."""
        return " ".join((self.sha256, *(f"{name}={digest}" for name, digest in self.groups.items())))


@dataclass(frozen=True, slots=True)
class Assembly:
    """The parts of a packet in their order, complete or not. Holds personal data."""

    wanted: Wanted
    court: CourtProfile
    parts: tuple[Part, ...] = field(repr=False)
    facts: PacketFacts = field(repr=False)
    missing: tuple[Missing, ...]
    snapshot: Snapshot
    slots: Mapping[str, str] = field(default_factory=dict[str, str])
    """Key of an exhibit to the slot that it is from, with its number there."""
    drafts: tuple[str, ...] = ()
    """Prescribed words that nobody has entered: part and slot. With one of them the packet is a draft."""


def plain(value: Any) -> Any:
    """A value as JSON has it, the same for the same value whatever process asks."""
    if isinstance(value, Mapping):
        return {str(name): plain(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [plain(each) for each in value]
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, date | datetime):
        return value.isoformat()
    return value


def digest(value: Any) -> str:
    """SHA-256 of a value's canonical JSON."""
    text = json.dumps(plain(value), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def snapshot_of(groups: Mapping[str, Any]) -> Snapshot:
    """The snapshot of values by group."""
    found = {name: digest(groups[name]) for name in sorted(groups)}
    short = {name: each[:GROUP_DIGITS] for name, each in found.items()}
    return Snapshot(digest(found), MappingProxyType(short))


def changed_groups(kept: str, fresh: Snapshot) -> tuple[str, ...]:
    """The groups that differ from a kept snapshot; none where it is the same."""
    sha256, *groups = kept.split(" ")
    if sha256 == fresh.sha256:
        return ()
    before = dict(each.split("=", 1) for each in groups if "=" in each)
    return tuple(name for name in fresh.groups if before.get(name) != fresh.groups[name]) or ("everything",)
