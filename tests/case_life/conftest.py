"""One installation for the lives of a module: each case has people of its own."""

import itertools
from collections.abc import Generator, Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy.engine import make_url

from forbear.services.postgres import Postgres
from forbear.settings import Settings
from tests.case_life.branching import Trunks
from tests.case_life.handing_over import CaseHouse
from tests.conftest import Hands
from tests.ledger.house import NOON
from tests.ledger.kept import let_go

_branches = itertools.count(1)


@pytest.fixture
def hands() -> Hands:
    """A Monday noon in Chicago, which is Tuesday in China."""
    return Hands(NOON)


@pytest.fixture
def house(module_database: Settings, hands: Hands) -> Iterator[CaseHouse]:
    house = CaseHouse(module_database, hands)
    yield house
    house.close()


@pytest.fixture(scope="module")
def trunks(postgres: Postgres, module_database: Settings) -> Trunks:
    """Lives that tests branch off."""
    trunk = str(make_url(module_database.database_url).database)

    @contextmanager
    def branch() -> Generator[Settings]:
        name = f"case_life_{next(_branches)}"
        let_go(trunk)  # a database is copied while nobody is connected to it
        postgres.create_database(name, template=trunk)
        yield module_database.model_copy(update={"database_url": postgres.url(name)})
        let_go(name)
        postgres.drop_database(name)

    return Trunks(module_database, branch)
