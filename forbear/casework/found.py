"""Values found for the papers of a case, by the names of `templates/packets/fields.toml`, with what went wrong."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from forbear.errors import Missing


@dataclass(slots=True)
class Found:
    """Values by group, so that a change can be told by its group; and everything that is missing besides fields."""

    groups: dict[str, dict[str, Any]] = field(default_factory=dict[str, dict[str, Any]], repr=False)
    missing: list[Missing] = field(default_factory=list[Missing])

    def give(self, group: str, values: Mapping[str, Any]) -> None:
        """Add values; what is None or empty is nothing found."""
        kept = self.groups.setdefault(group, {})
        kept.update({name: value for name, value in values.items() if value not in (None, "", (), [])})

    def lack(self, item: str, problem: str, remedy: str, supplier: str = "legal") -> None:
        if all(each.item != item or each.problem != problem for each in self.missing):
            self.missing.append(Missing(item, problem, remedy, supplier))

    @property
    def values(self) -> dict[str, Any]:
        """All of them by name."""
        found: dict[str, Any] = {}
        for group in self.groups.values():
            found |= group
        return found


def names_of(rows: Iterable[Mapping[str, Any]]) -> tuple[str, ...]:
    """The names in rows of parties."""
    return tuple(str(row.get("name", "")) for row in rows)
