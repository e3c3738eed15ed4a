"""What the judge says: findings, each of one class, counted into a verdict.

A detail names ids, rules and instants, never a person's number, so that a verdict may be shown to anyone.
"""

from dataclasses import asdict, dataclass, field
from typing import Any, Literal

Class = Literal["unlawful", "unexpected", "duplicated", "lost", "idle", "leaking"]


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """One thing that must not be. `subject` is the id it concerns."""

    kind: Class
    rule: str
    subject: str
    detail: str


@dataclass(slots=True)
class Verdict:
    """All findings, and how many unknown touches were found again (which is allowed)."""

    findings: list[Finding] = field(default_factory=list[Finding])
    recovered: int = 0

    def count(self, kind: Class) -> int:
        return sum(finding.kind == kind for finding in self.findings)

    @property
    def clean(self) -> bool:
        return not self.findings

    def to_json(self) -> dict[str, Any]:
        return {
            "violations": self.count("unlawful"),
            "duplicates": self.count("duplicated"),
            "lost": self.count("lost"),
            "unexpected": self.count("unexpected"),
            "idle": self.count("idle"),
            "leaks": self.count("leaking"),
            "recovered": self.recovered,
            "findings": [asdict(finding) for finding in sorted(self.findings)],
        }
