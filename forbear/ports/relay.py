"""What the relay asks of the record: facts that wait to be told to their workflows, and what is open."""

from dataclasses import dataclass
from typing import Protocol

from forbear.ports.book import OpenAccount
from forbear.ports.cases import OpenCase


@dataclass(frozen=True, slots=True)
class Telling:
    """One fact for one account, or for the case that it names, as ids and a name."""

    id: int
    tenant: str
    account: str
    fact: str
    case: str = ""


class RelayBook(Protocol):
    def waiting(self, limit: int) -> list[Telling]:
        """The oldest facts not yet delivered."""
        ...

    def delivered(self, ids: list[int]) -> None:
        """Mark facts as delivered. A crash before this call tells them twice, which wakes once more and no worse."""
        ...

    def wait(self, seconds: float) -> None:
        """Return when a fact was written, or after some machine seconds."""
        ...


class OpenBook(Protocol):
    def open_accounts(self, after: str, many: int) -> list[OpenAccount]:
        """So many open accounts of all tenants whose ids come after one, in the order of their ids."""
        ...

    def open_cases(self, after: str, many: int) -> list[OpenCase]:
        """The same of open cases that walk a path: those have a workflow."""
        ...
