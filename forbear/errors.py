"""Every error Forbear raises on purpose, as one drawn hierarchy.

Each names what is wrong and what to do about it, and holds no personal data: messages end up in logs,
HTTP problems and workflow histories.

    ForbearError
    ├── BadInput             a field that cannot be accepted: names the field and the remedy   422
    ├── BadData              a pack, playbook, template or vector file: path, line, reason
    ├── Unauthenticated      no key, or a key we do not know                                   401
    ├── Forbidden            a known key without the needed scope                              403
    ├── NotFound             nothing under this id that the asker may see                      404
    ├── Conflict             true as asked, but the state forbids it now                       409
    │   └── KeyReused        an Idempotency-Key with another body                              422
    ├── TooMany              asked too often                                                   429
    ├── Erased               personal data whose key was destroyed, or does not fit            410
    ├── PartlyDone           some items of a round failed; the others were done
    ├── Incomplete           a packet that lacks something: every item, its problem and its remedy   409
    └── CannotStart          a service that cannot run here, with the one thing to do
        ├── PortBusy
        ├── LibraryMissing
        ├── FolderLocked
        └── FolderCorrupt
"""

from dataclasses import dataclass, field
from pathlib import Path


class ForbearError(Exception):
    """Root of all errors raised on purpose."""


class BadInput(ForbearError):
    """A field that cannot be accepted.

    Args:
        field: path of the field as the sender wrote it, e.g. `parties.0.contact_points.1.zone`.
        problem: what is wrong, without quoting personal values.
        remedy: what to send instead.
    """

    def __init__(self, field: str, problem: str, remedy: str) -> None:
        super().__init__(f"{field}: {problem}. {remedy}")
        self.field, self.problem, self.remedy = field, problem, remedy


class BadData(ForbearError):
    """A file of ours or of a lender's policy that cannot be loaded."""

    def __init__(self, path: Path | str, line: int | None, reason: str) -> None:
        place = f"{path}:{line}" if line else f"{path}"
        super().__init__(f"{place}: {reason}")
        self.path, self.line, self.reason = Path(path), line, reason


class Unauthenticated(ForbearError):
    """No key was given, or one that is unknown, expired or revoked."""


class Forbidden(ForbearError):
    """The key is known but lacks the scope this call needs."""


class NotFound(ForbearError):
    """Nothing under this id that the asker may see; the same answer for 'absent' and 'not yours'."""


class Conflict(ForbearError):
    """The call is well-formed, but the present state forbids it."""


class KeyReused(Conflict):
    """An `Idempotency-Key` came back with another body."""


class TooMany(ForbearError):
    """The asker must wait; `retry_after` is in whole seconds of machine time."""

    def __init__(self, message: str, retry_after: int) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class Erased(ForbearError):
    """Personal data that cannot be read again: its key was destroyed, or row and key do not fit."""


class PartlyDone(ForbearError):
    """Some items of a round failed, each in the log; `done` counts what the others brought."""

    def __init__(self, part: str, *, done: int, failed: int) -> None:
        super().__init__(f"{part}: {failed} failed; the next round tries again")
        self.done, self.failed = done, failed


@dataclass(frozen=True, slots=True)
class Missing:
    """One thing that keeps a packet from being complete.

    Attributes:
        item: the key of the part it concerns, or the name of what is missing.
        problem: what is wrong; quotes nothing that is personal.
        remedy: what to do about it.
        supplier: who can: `lender`, `legal`, `ledger`, `claimant`, `court` or `operator`.
        title: of the part, for people who may see it.
    """

    item: str
    problem: str
    remedy: str
    supplier: str = "legal"
    title: str = field(default="", repr=False)


class Incomplete(ForbearError):
    """A packet that lacks something; `missing` has everything at once."""

    def __init__(self, missing: tuple[Missing, ...]) -> None:
        super().__init__("; ".join(f"{each.item}: {each.problem}. {each.remedy}" for each in missing))
        self.missing = missing


class CannotStart(ForbearError):
    """A service cannot run here. The message is one line and ends with the remedy."""


class PortBusy(CannotStart):
    """Another process listens where we must."""


class LibraryMissing(CannotStart):
    """A system library or program is not installed."""


class FolderLocked(CannotStart):
    """Another live process owns the data folder."""


class FolderCorrupt(CannotStart):
    """The data folder does not hold what it should."""
