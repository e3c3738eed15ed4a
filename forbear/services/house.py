"""One whole installation on this machine: PostgreSQL, Temporal, the sandbox, the API and the worker.

`forbear up`, the demo and the fault tests all run this. What it needs lies in one folder: settings with their secrets,
data, logs. Everything listens on the loopback, and nothing outlives the process that started it.
"""

import json
import os
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol, Self

from forbear.clock import Clock
from forbear.errors import CannotStart
from forbear.services import processes, settings_file
from forbear.services.addresses import Addresses
from forbear.services.dev_server import DevServer
from forbear.services.folders import Lock, private, write_private
from forbear.services.ports import LOOPBACK
from forbear.services.postgres import Postgres
from forbear.services.program import Program, answers_at
from forbear.settings import Settings
from forbear.tokens import push_url

WATCH_SECONDS = 0.5
GIVE_UP_AFTER, WITHIN_SECONDS = 3, 60.0
"""A service that ends so often in so short a time will not get better by being started again."""


class Service(Protocol):
    """What a house can do with each of its services."""

    child: processes.Child | None

    def start(self) -> object: ...

    def stop(self) -> None: ...

    def kill(self) -> None: ...


class House:
    """The services of one data folder.

    Args:
        data: made when absent, for its owner's eyes only.
        addresses: the ports; those the folder was served on before, unless given.
        clock: stored for all processes; the stored one goes on, unless given.
        people: the sandbox's cast and their habits; those who lived there before, unless given.
        seed: of the sandbox's chances.
        returned_share: of a hundred addressees, how many send their mail back; the sandbox's own figure unless given.
        say: takes lines for the operator.
        fast: PostgreSQL without durability against power cuts.
    """

    def __init__(
        self,
        data: Path,
        *,
        addresses: Addresses | None = None,
        clock: Clock | None = None,
        people: Path | None = None,
        seed: int = 1,
        returned_share: float | None = None,
        say: Callable[[str], None] = lambda _: None,
        fast: bool = False,
    ) -> None:
        self.data = data.absolute()
        self.settings_file = self.data / settings_file.FILE
        self.addresses = addresses or Addresses.remembered(settings_file.load(self.settings_file))
        self.carrier_log = self.data / "carrier.jsonl"
        self.services: dict[str, Service] = {}
        self.settings: Settings
        self.clock: Clock
        self._given_clock, self._people, self._seed, self._say, self._fast = clock, people, seed, say, fast
        self._returned_share = returned_share
        self._deaths: dict[str, list[datetime]] = {}
        self._lock = Lock(self.data / "lock", "Forbear")
        self._seen = self.data / "last_seen"

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def environment(self) -> dict[str, str]:
        """What a process needs to be told to belong to this house."""
        profile = str(self.data / settings_file.TEMPORAL)
        return {**settings_file.variables(self.settings_file), "TEMPORAL_CONFIG_FILE": profile}

    @property
    def logs(self) -> list[Path]:
        """Every file a service of this house writes its words to."""
        return sorted(self.data.rglob("*.log"))

    def start(self) -> Self:
        """Start all services and wait until each is healthy; on any failure none is left."""
        private(self.data)
        private(self.data / "logs")
        self._lock.take()
        try:
            self._write_settings()
            self._start_record()
            self._start_rest()
        except BaseException:
            self.stop()
            raise
        return self

    def stop(self) -> None:
        """Stop all, those first that use the others."""
        for service in reversed(self.services.values()):
            service.stop()
        if self.services:
            self._remember_time()
        self.services = {}
        self._lock.release()

    def kill(self, name: str) -> None:
        """SIGKILL one service."""
        self.services[name].kill()

    def restart(self, name: str) -> None:
        """Start one service again, stopping it first when it still runs."""
        service = self.services[name]
        if service.child is not None and service.child.alive():
            service.child.stop()
        service.start()

    def watch(self, until: Callable[[], bool] = lambda: False) -> None:
        """Report each service that dies and start it again; return when `until` holds.

        Raises:
            CannotStart: one of them keeps dying.
        """
        while True:
            processes.poll_until(lambda: until() or bool(self._dead()), WATCH_SECONDS)
            if until():
                return
            self._remember_time()
            for name in self._dead():
                self._revive(name)

    def _revive(self, name: str) -> None:
        child = self.services[name].child
        if child is None:
            return
        now = self.clock.machine_now()
        recent = [at for at in self._deaths.get(name, []) if (now - at).total_seconds() < WITHIN_SECONDS]
        self._deaths[name] = [*recent, now]
        if len(recent) + 1 >= GIVE_UP_AFTER:
            raise CannotStart(f"{name} {child.ending()}, and keeps doing so. See {child.log}")
        self._say(f"{name} {child.ending()}. Starting it again")
        self.restart(name)

    def _dead(self) -> list[str]:
        return [name for name, service in self.services.items() if service.child and not service.child.alive()]

    def _write_settings(self) -> None:
        url = f"postgresql+psycopg://{LOOPBACK}:{self.addresses.postgres}/forbear"
        self.settings = settings_file.provide(self.settings_file, self.addresses.settings(self.data, url))
        profile = {"address": self.addresses.temporal_address, "namespace": self.settings.namespace}
        lines = [f"{name} = {json.dumps(value)}" for name, value in profile.items()]
        write_private(self.data / settings_file.TEMPORAL, "\n".join(["[profile.default]", *lines, ""]))

    def _start_record(self) -> None:
        from forbear.ledger import clock_row, migrate
        from forbear.ledger.engine import Ledger

        self._say("PostgreSQL")
        postgres = Postgres(self.data / "postgres", self.addresses.postgres, self.settings, fast=self._fast)
        self.services["postgres"] = postgres
        postgres.start()
        migrator = self.settings.database_url_for("migrator")
        migrate.upgrade(migrator)
        with Ledger.open(self.settings, pool=0) as ledger:
            self.clock = self._given_clock or self._going_on(ledger.clock)
            if self.clock != ledger.clock:
                clock_row.store(migrator, self.clock)

    def _going_on(self, stored: Clock) -> Clock:
        """The stored clock; a rehearsal's world stood still while nothing ran, or it would be years ahead."""
        if stored.speed == 1 or not self._seen.exists():
            return stored
        return Clock.starting(stored.to_world(datetime.fromisoformat(self._seen.read_text())), stored.speed)

    def _remember_time(self) -> None:
        if hasattr(self, "clock"):
            write_private(self._seen, self.clock.machine_now().astimezone(UTC).isoformat())

    def _start_rest(self) -> None:
        sandbox, api, worker = self._sandbox(), self._api(), self._worker()
        temporal = DevServer(
            self.data / "temporal",
            self.addresses.temporal_ports(),
            codec_endpoint=self.addresses.codec_endpoint,
            namespace=self.settings.namespace,
        )
        self.services |= {"temporal": temporal, "sandbox": sandbox, "api": api, "worker": worker}
        self._say("Temporal, sandbox, API, worker")
        sandbox.launch()
        api.launch()
        temporal.start()
        worker.launch()
        for program in (sandbox, api, worker):
            program.await_ready()

    def _sandbox(self) -> Program:
        settings, at = self.settings, self.addresses
        folder = private(self.data / "sandbox")
        cast = folder / "people.json"  # kept, so that the same people live there when the folder is served again
        if self._people is not None:
            write_private(cast, self._people.read_text())
        people = ["--people", cast] if cast.exists() else []
        returned = [] if self._returned_share is None else ["--returned-share", str(self._returned_share)]
        arguments: list[str | Path] = [
            *("-m", "forbear.sandbox", "--host", LOOPBACK, "--port", str(at.sandbox), "--clock", self.clock.to_json()),
            *people,
            *("--log", self.carrier_log, "--state", folder / "state.sqlite", "--seed", str(self._seed)),
            *("--account-sid", settings.twilio_account_sid),
            *("--aliyun-key-id", settings.aliyun_access_key_id, "--aliyun-templates", self._register(folder)),
            *("--stripe-webhook-url", f"{at.api_url}/hooks/stripe"),
            *("--inbound-url", f"{at.api_url}/hooks/twilio/inbound#rc=5&rp=all"),
            *("--lob-webhook-url", f"{at.api_url}/hooks/lob"),
            *returned,
            *("--voice-url", f"{at.api_url}/hooks/twilio/voice/inbound"),
        ]
        secrets = {
            "FORBEAR_SANDBOX_AUTH_TOKEN": settings.twilio_auth_token.get_secret_value(),
            "FORBEAR_SANDBOX_STRIPE_KEY": settings.stripe_key.get_secret_value(),
            "FORBEAR_SANDBOX_STRIPE_WEBHOOK_SECRET": settings.stripe_webhook_secret.get_secret_value(),
            "FORBEAR_SANDBOX_LOB_KEY": settings.lob_key.get_secret_value(),
            "FORBEAR_SANDBOX_LOB_WEBHOOK_SECRET": settings.lob_webhook_secret.get_secret_value(),
            "FORBEAR_SANDBOX_ALIYUN_SECRET": settings.aliyun_access_key_secret.get_secret_value(),
            "FORBEAR_SANDBOX_ALIYUN_PUSH_URL": push_url(at.api_url, settings.aliyun_push_secret),
        }
        return self._program("sandbox", arguments, at.sandbox, answers_at(at.sandbox, "/_sandbox/health"), secrets)

    def _register(self, folder: Path) -> Path:
        """Have our wordings approved by the sandbox's provider, as an operator does at the real one."""
        from forbear.channels.wording import SmsWording

        registered = folder / "templates.json"
        write_private(registered, json.dumps(SmsWording().registered("aliyun"), ensure_ascii=False))
        return registered

    def _api(self) -> Program:
        port = self.addresses.api
        arguments: list[str | Path] = [
            *("-m", "uvicorn", "forbear.api.app:create_app", "--factory", "--host", LOOPBACK, "--port", str(port)),
            *("--log-level", "warning", "--no-access-log", "--timeout-graceful-shutdown", "5"),
        ]
        return self._program("api", arguments, port, answers_at(port, "/healthz"), self.environment)

    def _worker(self) -> Program:
        ready = self.data / "worker.ready"
        worker = self._program(
            "worker", ["worker.py"], None, ready.exists, {**self.environment, "FORBEAR_READY_FILE": str(ready)}
        )
        worker.before = lambda: ready.unlink(missing_ok=True)
        return worker

    def _program(
        self,
        name: str,
        arguments: list[str | Path],
        port: int | None,
        ready: Callable[[], bool],
        more: Mapping[str, str],
    ) -> Program:
        log = self.data / "logs" / f"{name}.log"
        return Program(name, arguments, {**_base(), **more}, log, ready, port, inherit=[self._lock.take()])


def _base() -> dict[str, str]:
    """Our environment without what would lead a child elsewhere: other settings, another Temporal, a proxy."""
    elsewhere = ("FORBEAR_", "TEMPORAL_")
    return {
        **{k: v for k, v in os.environ.items() if not k.startswith(elsewhere) and not k.lower().endswith("_proxy")},
        "PYTHONUNBUFFERED": "1",
        "PYTHONTZPATH": "",
        "TZ": "UTC",
    }
