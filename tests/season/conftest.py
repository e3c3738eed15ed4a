"""Databases for seasons: one, or one after the other."""

import itertools
from collections.abc import Callable, Generator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest

from forbear.services.postgres import Postgres
from forbear.settings import Settings

Databases = Callable[[], AbstractContextManager[Settings]]
_serial = itertools.count(1)


@pytest.fixture
def databases(postgres: Postgres, migrated: str, secrets: dict[str, object], tmp_path: Path) -> Databases:
    """Fresh installations, each gone when its block ends."""

    @contextmanager
    def fresh() -> Generator[Settings]:
        name = f"season_{next(_serial)}"
        postgres.create_database(name, template=migrated)
        yield Settings.model_validate({**secrets, "data": tmp_path / name, "database_url": postgres.url(name)})
        postgres.drop_database(name)

    return fresh
