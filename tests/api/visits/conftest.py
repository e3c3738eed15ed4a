"""The pages of visits over a real ledger: a supervisor, two officers, a door in Chicago."""

from collections.abc import Generator
from dataclasses import dataclass

import pytest

from forbear.settings import Settings
from tests.api.staff.desk import Colleague, Desk
from tests.ledger.visiting import Crew


@dataclass
class Round:
    """Those who decide and go, signed in, and the crew by whose hands a test sets the scene."""

    desk: Desk
    crew: Crew
    supervisor: Colleague
    one: Colleague
    two: Colleague


@pytest.fixture(scope="module")
def _desk(module_database: Settings) -> Generator[Desk]:
    desk = Desk(module_database)
    yield desk
    desk.close()


def make_round(desk: Desk, language: str = "en") -> Round:
    supervisor, one, two = (desk.hire(role, language=language) for role in ("supervisor", "officer", "officer"))
    second, three = (desk.hire(role, password=None) for role in ("supervisor", "officer"))
    crew = Crew(desk.house, supervisor.id, second.id, one.id, two.id, three.id)
    return Round(desk, crew, supervisor.signed_in(), one.signed_in(), two.signed_in())


@pytest.fixture
def visits(_desk: Desk) -> Round:
    """Monday noon, nothing planned for these two."""
    _desk.reset()
    return make_round(_desk)
