"""Plays one seed on a fresh database and says how it went: what a test, the command and the planted bugs share."""

import itertools
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import structlog

from forbear.ledger.migrate import upgrade
from forbear.services import settings_file
from forbear.services.ports import free_port
from forbear.services.postgres import Postgres
from forbear.settings import Settings
from tests.season.driver import Parts, Season
from tests.season.engines import reused
from tests.season.findings import findings
from tests.season.options import USUAL, Options, Size
from tests.season.sown import keyed, sown

TEMPLATE = "season_template"
SEEDS = Path(__file__).with_name("seeds.txt")


@dataclass(frozen=True, slots=True)
class Played:
    """One season's end. `digest` is the same whenever the same season is played."""

    options: Options
    size: Size
    findings: list[str]
    digest: str
    tail: list[str]
    decisions: int
    texts: int
    account_days: int

    def report(self) -> str:
        """What a failure prints: how to play it again, what was drawn, what happened last, and what is wrong."""
        again = f".venv/bin/python -m tests.season --seed {self.options.seed}"
        size = "" if self.size == USUAL else f" --people {self.size.people} --days {self.size.days}"
        return "\n".join(
            [f"play it again: {again}{size}", "", *self.options.lines(), "", *self.tail, "", *self.findings[:20]]
        )


def play(
    settings: Settings, seed: int, folder: Path, *, size: Size = USUAL, parts: Parts | None = None, **forced: float
) -> Played:
    """One season on an empty, migrated database; `forced` options are not drawn."""
    options = replace(Options.draw(seed, size), **forced)
    folder.mkdir(parents=True, exist_ok=True)
    with sown(seed), reused(), quiet():
        season = Season(keyed(settings, seed), options, folder, parts or Parts())
        try:
            season.run()
            found = findings(season)
        finally:
            season.ledger.close()
    return Played(
        options=options,
        size=size,
        findings=found,
        digest=season.papers.digest(),
        tail=season.papers.tail(),
        decisions=season.decisions,
        texts=len(season.world.messages),
        account_days=len(season.office.enrolled) * options.days,
    )


@contextmanager
def quiet() -> Generator[None]:
    """Without the log: a season logs thousands of lines that its own events say shorter."""
    before = structlog.get_config()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50), cache_logger_on_first_use=False)
    try:
        yield
    finally:
        structlog.configure(**before)


class Stand:
    """A database server of its own, for the command: gives out fresh databases."""

    def __init__(self, server: Postgres, secrets: dict[str, object], folder: Path) -> None:
        self._server, self._secrets, self._folder = server, secrets, folder
        self._numbers = itertools.count(1)
        server.create_database(TEMPLATE)
        upgrade(self._settings(TEMPLATE).database_url_for("migrator"))

    def _settings(self, name: str) -> Settings:
        values = {**self._secrets, "data": self._folder / name, "database_url": self._server.url(name)}
        return Settings.model_validate(values)

    @contextmanager
    def database(self) -> Generator[Settings]:
        name = f"season_{next(self._numbers)}"
        self._server.create_database(name, template=TEMPLATE)
        yield self._settings(name)
        self._server.drop_database(name)


@contextmanager
def stand(folder: Path) -> Generator[Stand]:
    """Start the server and end it."""
    secrets = settings_file.fresh_secrets()
    settings = Settings.model_validate(secrets)
    with Postgres(folder / "server", free_port(), settings, fast=True, connections=40) as server:
        yield Stand(server, secrets, folder)


def kept_seeds() -> list[tuple[int, Size]]:
    """Seasons that once failed, one a line: seed, people, days; what stands behind # is why."""
    lines = (line.partition("#")[0].split() for line in SEEDS.read_text(encoding="utf-8").splitlines())
    return [(int(seed), Size(int(people), int(days))) for seed, people, days in (line for line in lines if line)]
