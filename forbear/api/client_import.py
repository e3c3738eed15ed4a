"""`forbear import FILE`: sends an export to the API, shows how far it is, and answers for each row that was refused.

The file is sent under a key made from its content: run again after an interruption, it goes on with the same import;
run again after its end, or after correcting rows, it enrols what is missing and repeats nothing.
"""

import hashlib
import json
import secrets
import threading
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import httpx
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from forbear.api.import_rows import to_enrolment
from forbear.errors import ForbearError

__all__ = ["AGAIN", "run", "to_enrolment"]
TRIES: Final = 8
LONGEST_PAUSE: Final = 5.0
LOOK_EVERY: Final = 0.25
"""Machine seconds, all of them."""
LOOPBACK: Final = {"127.0.0.1", "localhost", "::1"}
AGAIN: Final = {429, 502, 503, 504}
NO_KEY: Final = {401, 403}
BLOCK: Final = 1 << 20
ENDED: Final = {"done", "refused"}
Json = dict[str, Any]


class Aborted(ForbearError):
    """Nothing more can be imported: the reason, with the remedy."""


class NotAllowed(Aborted):
    """The key may not do this."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What to send, and how it is to be read."""

    file: Path
    encoding: str | None = None
    dry_run: bool = False

    def parameters(self) -> dict[str, str]:
        told = {"dry_run": "true"} if self.dry_run else {}
        return told | ({"encoding": self.encoding} if self.encoding else {})

    def packed(self) -> Iterator[bytes]:
        """The file as gzip, the same bytes each time."""
        with self.file.open("rb") as source:
            engine = zlib.compressobj(wbits=31)
            while block := source.read(BLOCK):
                if part := engine.compress(block):
                    yield part
            yield engine.flush()

    def sent(self) -> Iterator[bytes]:
        """What goes over the wire: a file that is packed already goes as it is."""
        with self.file.open("rb") as source:
            if source.read(2) != b"\x1f\x8b":
                yield from self.packed()
                return
            source.seek(0)
            while block := source.read(BLOCK):
                yield block

    def key(self) -> str:
        told = hashlib.sha256(json.dumps(self.parameters(), sort_keys=True).encode())
        for part in self.sent():
            told.update(part)
        return f"import-{told.hexdigest()}"


def run(file: Path, api: str, key: str, console: Console, *, encoding: str | None = None, dry_run: bool = False) -> int:
    """Import a file and print how it went; 0 if every row is enrolled now, 1 if some were refused, 2 if none can be."""
    asked = Asked(file, encoding, dry_run)
    local = urlsplit(api).hostname in LOOPBACK
    headers = {"Authorization": f"Bearer {key}"}
    with httpx.Client(base_url=api, headers=headers, timeout=60, trust_env=not local) as client:
        lender = _Lender(client)
        try:
            told = _follow(lender, _send(lender, asked), console)
            for line in _results(client, told):
                for problem in line["problems"]:
                    console.print(_sentence(problem), markup=False, soft_wrap=True, highlight=False)
        except Aborted as error:
            console.print(str(error), style="red", markup=False, soft_wrap=True)
            return 2
    if told["problem"]:
        console.print(f"{file}: {_sentence(told['problem'])}", style="red", markup=False, soft_wrap=True)
        return 2
    counts = told["counts"]
    known = f", {counts['already']} were enrolled before" if counts["already"] else ""
    enrolled = f"{counts['would_enrol']} accounts would be" if dry_run else f"{counts['enrolled']} accounts"
    console.print(f"{enrolled} enrolled{known}, {counts['refused']} rows refused", highlight=False)
    return 1 if counts["refused"] else 0


class _Lender:
    """Calls that are made again while the API cannot answer, once it has answered at all."""

    def __init__(self, client: httpx.Client) -> None:
        self._client, self._reached = client, False

    def get(self, path: str) -> Json:
        return self._patiently(lambda: self._client.get(path)).json()

    def post(self, asked: Asked, key: str) -> tuple[Json, bool]:
        """Send the file; also whether this key was answered before."""
        headers = {"Idempotency-Key": key, "Content-Type": "application/octet-stream", "Content-Encoding": "gzip"}
        answer = self._patiently(
            lambda: self._client.post("/v1/imports", content=asked.sent(), params=asked.parameters(), headers=headers)
        )
        return answer.json(), answer.headers.get("Idempotency-Replayed") == "true"

    def _patiently(self, call: Callable[[], httpx.Response]) -> httpx.Response:
        pause, tick = 0.5, threading.Event()
        for _ in range(TRIES):
            if (answer := self._once(call)) is not None:
                return answer
            tick.wait(pause)
            pause = min(2 * pause, LONGEST_PAUSE)
        raise Aborted(f"The API at {self._client.base_url} stopped answering: run the import again to go on")

    def _once(self, call: Callable[[], httpx.Response]) -> httpx.Response | None:
        """The answer, or None where it is worth asking again."""
        try:
            answer = call()
        except httpx.TransportError as error:
            if isinstance(error, httpx.ConnectError) and not self._reached:
                raise Aborted(f"No API answers at {self._client.base_url}: start it, or name it with --api") from None
            answer = None
        self._reached = True
        if answer is None or answer.is_success:
            return answer
        problem = _problem(answer)
        if answer.status_code in NO_KEY:
            raise NotAllowed(f"{problem.get('detail')}: give a key with accounts:write and accounts:read with --key")
        if answer.status_code in AGAIN or problem.get("code") == "in_progress":
            return None
        raise Aborted(str(problem.get("detail") or "The API refused the file"))


def _send(lender: _Lender, asked: Asked) -> Json:
    """The import of this file: the one under way, or a new one."""
    key = asked.key()
    sent, replayed = lender.post(asked, key)
    try:
        told = lender.get(f"/v1/imports/{sent['id']}")
    except NotAllowed as error:
        taken = f"The file was taken as {sent['id']} and is worked on, but this key may not follow it"
        raise Aborted(f"{taken}: {error}") from None
    if replayed and told["state"] in ENDED:
        # Sent before and ended: what is missing since then is enrolled by another import of the same file.
        told, _ = lender.post(asked, f"{key}-{secrets.token_hex(8)}")
    return told


def _follow(lender: _Lender, told: Json, console: Console) -> Json:
    """Show how far it is until it ended."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    tick = threading.Event()
    with Progress(*columns, console=console) as progress:
        task = progress.add_task("Checking", total=None)
        while told["state"] not in ENDED:
            tick.wait(LOOK_EVERY)
            told = lender.get(f"/v1/imports/{told['id']}")
            position = told["position"]
            doing = "Enrolling" if position["rows"] else "Checking"
            progress.update(task, description=doing, total=position["rows"], completed=position["row"])
    return told


def _results(client: httpx.Client, told: Json) -> Iterator[Json]:
    with client.stream("GET", told["results"]) as answer:
        for line in answer.iter_lines():
            yield json.loads(line)


def _sentence(problem: Json) -> str:
    """A problem as a person reads it."""
    places = (("line", problem.get("line")), ("column", problem.get("column")))
    place = ", ".join(f"{name} {value}" for name, value in places if value is not None)
    return f"{place or 'file'}: {problem['problem']}. {problem['remedy']}"


def _problem(answer: httpx.Response) -> Json:
    return answer.json() if answer.headers.get("content-type") == "application/problem+json" else {}
