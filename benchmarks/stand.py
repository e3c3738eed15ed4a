"""What the bench runs on: our own database server and Temporal server in a folder of their own, and people to enrol.

The database does not wait for the disk, so that statements are compared and not disks.
"""

import copy
import itertools
import tempfile
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy.engine import make_url

from forbear.api.auth import SCOPES
from forbear.api.lender.examples import ENROLMENT
from forbear.clock import Clock
from forbear.ledger.admin import add_key, add_lender, add_tenant
from forbear.ledger.engine import Ledger
from forbear.ledger.enrol import enrol
from forbear.ledger.forms.enrolment import EnrolmentForm
from forbear.ledger.migrate import upgrade
from forbear.services import settings_file
from forbear.services.dev_server import DevServer, Ports
from forbear.services.ports import free_port
from forbear.services.postgres import Postgres
from forbear.settings import Settings

MORNING = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
"""09:00 on a Monday in Chicago: the window is open, and each account's place in the day is to come, or was."""
FRESH = datetime(2027, 1, 1, tzinfo=UTC)
TEMPLATE = "bench_template"
Json = dict[str, Any]
_people = itertools.count()


def enrolment() -> Json:
    """Somebody new with the documented debt, who may be texted at once."""
    body, number = copy.deepcopy(ENROLMENT), next(_people)
    body["external_id"] = f"LN-{number}"
    party = body["parties"][0]
    party["name"] = f"Ada Sampleton {number}"
    party["contact_points"][0]["value"] = f"+1{201 + number // 100}5550{100 + number % 100}"
    party["contact_points"][1]["value"]["lines"] = [f"{number} Example Street"]
    party["contacts"] = []
    party["consents"].append({**party["consents"][0], "channel": "call"})
    return body


@dataclass
class Place:
    """One fresh database with a tenant and its lender."""

    settings: Settings
    tenant: str
    lender: str
    name: str
    accounts: list[str] = field(default_factory=list[str])

    def open(self, source: Callable[[], datetime], *, pool: int = 20) -> Ledger:
        return Ledger.open(self.settings, pool=pool, clock=Clock.real(source))

    def key(self) -> str:
        return add_key(self.migrator, lender=self.lender, scopes=SCOPES, label="bench").shown

    @property
    def migrator(self) -> str:
        return self.settings.database_url_for("migrator")

    def enrol(self, count: int, at: datetime) -> None:
        """Enrol people whose balances stay fresh, as if their lender confirmed them every night."""
        with self.open(lambda: at) as ledger:
            for _ in range(count):
                form = EnrolmentForm.model_validate(enrolment())
                with ledger.api(self.tenant, self.lender) as session:
                    self.accounts.append(
                        enrol(session, ledger, tenant=self.tenant, lender=self.lender, enrolment=form, now=at)
                    )
        with psycopg.connect(plain(self.migrator)) as connection:
            connection.execute("UPDATE account SET balance_as_of = %s", (FRESH,))


def plain(url: str) -> str:
    """The address as psycopg takes it."""
    return make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)


@dataclass
class Stand:
    """The servers."""

    folder: Path
    secrets: dict[str, object]
    postgres: Postgres
    temporal: DevServer
    _numbers: "itertools.count[int]" = field(default_factory=itertools.count)

    def settings(self, name: str) -> Settings:
        values = {**self.secrets, "data": self.folder / name, "database_url": self.postgres.url(name)}
        return Settings.model_validate(values)

    @contextmanager
    def empty(self) -> Generator[Settings]:
        """A fresh database without anybody in it."""
        name = self._fresh(TEMPLATE)
        yield self.settings(name)
        self.postgres.drop_database(name)

    def place(self) -> Place:
        """A fresh database with a lender."""
        name = self._fresh(TEMPLATE)
        migrator = self.settings(name).database_url_for("migrator")
        tenant = add_tenant(migrator, "Example Servicing")
        lender = add_lender(
            migrator,
            tenant=tenant,
            name="Example Credit Union",
            role="original_creditor",
            kind="bank",
            country="US",
            phone="+13125550180",
            sender="+13125550190",
        )
        return Place(self.settings(name), tenant, lender, name)

    def copy(self, place: Place) -> Place:
        """The same database once more, as it stands."""
        name = self._fresh(place.name)
        return Place(self.settings(name), place.tenant, place.lender, name, list(place.accounts))

    def _fresh(self, template: str) -> str:
        name = f"bench_{next(self._numbers)}"
        self.postgres.create_database(name, template=template)
        return name

    def drop(self, *places: Place) -> None:
        for place in places:
            self.postgres.drop_database(place.name)


@contextmanager
def stand() -> Generator[Stand]:
    """Start both servers, and end them."""
    secrets = settings_file.fresh_secrets()
    with tempfile.TemporaryDirectory(prefix="forbear-bench-") as name:
        folder = Path(name)
        ports = Ports(grpc=free_port(), ui=free_port(), http=free_port(), metrics=free_port())
        settings = Settings.model_validate(secrets)
        with (
            Postgres(folder / "postgres", free_port(), settings, fast=True, connections=80) as postgres,
            DevServer(folder / "temporal", ports) as temporal,
        ):
            postgres.create_database(TEMPLATE)
            here = Stand(folder, secrets, postgres, temporal)
            upgrade(here.settings(TEMPLATE).database_url_for("migrator"))
            yield here
