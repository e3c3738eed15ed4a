"""The process that opens exhibits and reads finished packets back: it takes one job after the other from its pipe.

Apart from whoever asks, because a file from outside may be made to hang its reader or to eat memory; then the process
is simply replaced. It may have only so much memory.
"""

import resource
import sys
from multiprocessing.connection import Connection
from typing import Annotated, Final

from pydantic import Discriminator, TypeAdapter
from pydantic.dataclasses import dataclass

from forbear.documents.packets.limits import MOST_MEMORY, Unfit
from forbear.documents.packets.opening import Asked, Opened, open_exhibit
from forbear.documents.packets.preflight import Look, look_at

Job = Asked | Look
JOB: Final[TypeAdapter[Job]] = TypeAdapter(Annotated[Job, Discriminator("job")])


@dataclass
class Told:
    """What the desk answers: of an exhibit what it has, of a packet nothing; or what refused it."""

    opened: Opened | None = None
    code: str = ""
    problem: str = ""
    remedy: str = ""


TOLD: Final = TypeAdapter(Told)


def work(pipe: Connection) -> None:
    """Serve until whoever asks is gone."""
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    pipe.send_bytes(b"ready")
    while True:
        try:
            job = JOB.validate_json(pipe.recv_bytes())
            files = [pipe.recv_bytes() for _ in range(len(job.files) if isinstance(job, Look) else 1)]
        except (EOFError, OSError):
            return
        told, made = answer(job, files)
        pipe.send_bytes(TOLD.dump_json(told))
        pipe.send_bytes(made)


def answer(job: Job, files: list[bytes]) -> tuple[Told, bytes]:
    """Do one job; whatever a reader of broken files raises is a refusal."""
    try:
        if isinstance(job, Look):
            look_at(job, files)
            return Told(), b""
        made, opened = open_exhibit(files[0], job)
    except Unfit as no:
        return Told(None, no.code, no.problem, no.remedy), b""
    except (Exception, RecursionError, MemoryError) as error:  # noqa: BLE001  readers of broken files raise anything
        told = f"it cannot be read ({type(error).__name__})"
        return Told(None, "exhibit.readable", told, "Scan or export it again"), b""
    return Told(opened), made


if __name__ == "__main__":
    sys.stdout = sys.stderr
    work(Connection(int(sys.argv[1])))
