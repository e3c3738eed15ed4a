"""A life lived once in a test process, from which tests branch off: at any stage a copy of its database goes its own way.

A case is at its tenth stage only after nine others; to live through them anew for each stage would take most of the time.
"""

import copy
from collections.abc import Callable, Generator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field, replace

from forbear.clock import Clock
from forbear.settings import Settings
from tests.case_life.handing_over import CaseHouse
from tests.case_life.lives import LIVES
from tests.case_life.living import LivedCase, open_case
from tests.case_life.steps import live
from tests.conftest import Hands
from tests.ledger.house import NOON
from tests.ledger.kept import KeptLedger


def begun(house: CaseHouse, hands: Hands, name: str) -> LivedCase:
    """A case of one of the lives, before its first step."""
    place, guarantors, _ = LIVES[name]
    case = open_case(house, hands, place, guarantors=guarantors)
    case.settle()
    return case


@dataclass
class Trunks:
    """The lives of a module, each with a tenant of its own in one database; `branch` copies it."""

    settings: Settings
    branch: Callable[[], AbstractContextManager[Settings]]
    lived: dict[str, tuple[LivedCase, int]] = field(default_factory=dict[str, tuple[LivedCase, int]])

    @contextmanager
    def at(self, name: str, number: int) -> Generator[LivedCase]:
        """A case after that step of its life, which the caller may end as it likes."""
        case, reached = self.lived.pop(name, (None, -1))  # a life that stumbles is no start for another test
        if case is None or reached > number:
            hands = Hands(NOON)
            case, reached = begun(CaseHouse(self.settings, hands), hands, name), -1
        live(case, LIVES[name][2][reached + 1 : number + 1])
        self.lived[name] = case, number
        with self.branch() as settings:
            yield _branched(case, settings)


def _branched(case: LivedCase, settings: Settings) -> LivedCase:
    """The same case in another database, with hands of its own."""
    hands, house = Hands(case.hands.at), copy.copy(case.house)
    house.settings, house.migrator = settings, settings.database_url_for("migrator")
    house.ledger = KeptLedger.open(settings, clock=Clock.real(hands))
    return replace(case, house=house, hands=hands, answers=list(case.answers), running=dict(case.running))
