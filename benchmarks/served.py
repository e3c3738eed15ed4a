"""An application served as the product serves its own: uvicorn in a process of its own, over a socket."""

import os
from collections.abc import Generator
from contextlib import contextmanager

from benchmarks.stand import Place, Stand
from forbear.services import settings_file
from forbear.services.ports import LOOPBACK, free_port
from forbear.services.program import Program, answers_at

FLAGS = ("--log-level", "warning", "--no-access-log", "--timeout-graceful-shutdown", "5")
API = "forbear.api.app:create_app"


@contextmanager
def answering(stand: Stand) -> Generator[int]:
    """The port on which a carrier answers after 100 ms."""
    port = free_port()
    arguments = ["-m", "benchmarks.answering", str(port)]
    log = stand.folder / "answering.log"
    program = Program("carrier", arguments, env=os.environ, log=log, ready=answers_at(port, "/"), port=port)
    program.start()
    try:
        yield port
    finally:
        program.stop()


@contextmanager
def served(stand: Stand, place: Place, factory: str) -> Generator[int]:
    """The port on which the application that this factory makes answers."""
    name, port = factory.partition(":")[0], free_port()
    file = stand.folder / f"{place.name}.toml"
    held = {"data": place.settings.data, "database_url": place.settings.database_url}
    settings_file.provide(file, {**stand.secrets, **held})
    program = Program(
        name,
        ["-m", "uvicorn", factory, "--factory", "--host", LOOPBACK, "--port", str(port), *FLAGS],
        env={**os.environ, **settings_file.variables(file)},
        log=stand.folder / f"{place.name}-{name}.log",
        ready=answers_at(port, "/healthz"),
        port=port,
    )
    program.start()
    try:
        yield port
    finally:
        program.stop()
