"""Real servers for tests: one PostgreSQL and one Temporal dev server per test process, a fresh database per test."""

import itertools
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import structlog
from hypothesis import HealthCheck, settings

from forbear.clock import Clock
from forbear.documents import fonts
from forbear.documents.packets.binding import PacketBinder
from forbear.documents.packets.desks import Desks
from forbear.documents.presses import Presses
from forbear.ledger.migrate import upgrade
from forbear.services import settings_file
from forbear.services.dev_server import DevServer, Ports
from forbear.services.ports import free_port
from forbear.services.postgres import Postgres
from forbear.settings import Settings
from tests.ledger.kept import let_go

settings.register_profile("forbear", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("forbear")  # how fast a shared machine is just now says nothing about what is tested

TEMPLATE = "forbear_template"
MONDAY_MORNING = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
"""09:00 in Chicago, 10:00 in New York."""


class Hands:
    """Machine time that moves only when a test says so."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def __call__(self) -> datetime:
        return self.at

    def advance(self, span: timedelta) -> None:
        self.at += span

    def set(self, at: datetime) -> None:
        self.at = at


@pytest.fixture(autouse=True, scope="session")
def _fonts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Our fonts alone: a process reads its font configuration once, when some test first lays out a page."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FONTCONFIG_FILE", str(fonts.configure(tmp_path_factory.mktemp("fonts"))))
        yield


@pytest.fixture(autouse=True, scope="module")
def _log_as_before_the_module() -> Iterator[None]:
    """Nor does the next module inherit what a program sets up that serves all tests of one."""
    yield from _log_restored()


@pytest.fixture(autouse=True)
def _log_as_before() -> Iterator[None]:
    """What a program under test sets up for its own log, the next test does not inherit."""
    yield from _log_restored()


def _log_restored() -> Iterator[None]:
    before, configured = structlog.get_config(), structlog.is_configured()
    yield
    if configured:
        structlog.configure(**before)
    else:
        structlog.reset_defaults()


@pytest.fixture
def hands() -> Hands:
    """The source of the test's clock: `hands.advance(timedelta(hours=1))`."""
    return Hands(MONDAY_MORNING)


@pytest.fixture
def clock(hands: Hands) -> Clock:
    """A clock at speed 1 that stands still until the test moves its hands."""
    return Clock.real(source=hands)


@pytest.fixture(scope="session")
def secrets() -> dict[str, object]:
    """One set of secrets for the whole test process, under the names of `Settings`."""
    return settings_file.fresh_secrets()


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory, secrets: dict[str, object]) -> Iterator[Postgres]:
    """A running server with the four roles, and fast instead of durable."""
    folder = tmp_path_factory.mktemp("postgres")
    settings = Settings.model_validate(secrets)
    with Postgres(folder / "server", free_port(), settings, fast=True, connections=100) as server:
        yield server


@pytest.fixture(scope="session")
def migrated(postgres: Postgres, secrets: dict[str, object]) -> str:
    """The name of a database with the ledger's schema, to copy from."""
    postgres.create_database(TEMPLATE)
    template = Settings.model_validate({**secrets, "database_url": postgres.url(TEMPLATE)})
    upgrade(template.database_url_for("migrator"))
    return TEMPLATE


@pytest.fixture(scope="session")
def _numbers() -> Iterator[int]:
    return itertools.count(1)


@pytest.fixture
def database(
    postgres: Postgres, migrated: str, secrets: dict[str, object], _numbers: Iterator[int], tmp_path: Path
) -> Iterator[Settings]:
    """Settings of a fresh installation: an empty, migrated database, all secrets, a data folder of the test's own."""
    name = f"forbear_{next(_numbers)}"
    postgres.create_database(name, template=migrated)
    yield Settings.model_validate({**secrets, "data": tmp_path / "data", "database_url": postgres.url(name)})
    let_go(name)
    postgres.drop_database(name)


@pytest.fixture(scope="module")
def module_database(
    postgres: Postgres,
    migrated: str,
    secrets: dict[str, object],
    _numbers: Iterator[int],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Settings]:
    """Like `database`, shared by the tests of one file."""
    name = f"forbear_{next(_numbers)}"
    postgres.create_database(name, template=migrated)
    data = tmp_path_factory.mktemp("data")
    yield Settings.model_validate({**secrets, "data": data, "database_url": postgres.url(name)})
    let_go(name)
    postgres.drop_database(name)


@pytest.fixture(scope="session")
def temporal_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DevServer]:
    """A running dev server with our search attributes. Tests share its namespace: use fresh workflow ids and queues."""
    ports = Ports(grpc=free_port(), ui=free_port(), http=free_port(), metrics=free_port())
    with DevServer(tmp_path_factory.mktemp("temporal") / "server", ports) as server:
        yield server


@pytest.fixture(scope="session")
def press() -> Iterator[Presses]:
    """One real press for all tests of a process: it takes seconds to start. Whoever ends or exhausts one, has another."""
    with Presses(1, ready_seconds=120, job_seconds=120, jobs=1_000) as presses:
        yield presses


@pytest.fixture(scope="session")
def binder(press: Presses) -> Iterator[PacketBinder]:
    """Binds packets with the press of all and one desk."""
    with Desks(1) as desks:
        yield PacketBinder(press, desks)
