"""The chain over a tenant's audit rows: how a link is made, and the file in which its head is published.

The key is kept outside the database, so whoever can write there cannot make a link; the file is kept outside too, so
whoever can delete there cannot shorten the chain unseen.
"""

import fcntl
import hmac
import json
import os
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from forbear.ledger.tables.record import AuditRow

FOLDER = "audit"
"""Within the installation's data folder."""
SUFFIX = ".head"


class Head(NamedTuple):
    """The chain's end at one time, as published: its length and its last link."""

    position: int
    link: bytes
    at: datetime


def start(key: bytes, tenant: str) -> bytes:
    """What the first link of a tenant's chain follows."""
    return hmac.digest(key, f"forbear audit chain\0{tenant}".encode(), sha256)


def link(key: bytes, previous: bytes, position: int, row: AuditRow) -> bytes:
    """The link over one audit row at its place in the chain."""
    at = row.at.astimezone(UTC).isoformat(timespec="microseconds")
    names = [row.lender, row.account, row.person, row.kind, row.subject, row.of_table]
    told = [previous.hex(), position, row.tenant, row.id, *names, at, bytes(row.digest).hex()]
    return hmac.digest(key, json.dumps(told, separators=(",", ":")).encode(), sha256)


def publish(data: Path, tenant: str, head: Head, rows: int) -> None:
    """Append a head to the tenant's file; `rows` is how many it adds."""
    file = _file(data, tenant)
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    line = {"position": head.position, "link": head.link.hex(), "at": head.at.isoformat(), "rows": rows}
    with os.fdopen(os.open(file, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600), "r+b") as out:
        fcntl.flock(out, fcntl.LOCK_EX)
        # What a crash left of a line would spoil the next one.
        whole = out.read().rfind(b"\n") + 1
        out.truncate(whole)
        out.write(json.dumps(line).encode() + b"\n")
        out.flush()
        os.fsync(out.fileno())


def published(data: Path, tenant: str) -> list[Head]:
    """All heads of a tenant, oldest first. A torn last line, left by a crash, published nothing.

    Raises:
        ValueError: the file holds something else than heads.
    """
    file = _file(data, tenant)
    lines = file.read_text().split("\n") if file.exists() else [""]
    return [_head(line) for line in lines[:-1] if line]


def tenants_published(data: Path) -> list[str]:
    """Tenants that ever had a head."""
    return sorted(file.stem for file in (data / FOLDER).glob(f"*{SUFFIX}"))


def _file(data: Path, tenant: str) -> Path:
    return data / FOLDER / f"{tenant}{SUFFIX}"


def _head(line: str) -> Head:
    try:
        raw = json.loads(line)
        return Head(int(raw["position"]), bytes.fromhex(raw["link"]), datetime.fromisoformat(raw["at"]))
    except (KeyError, TypeError) as error:
        raise ValueError("not a head") from error
