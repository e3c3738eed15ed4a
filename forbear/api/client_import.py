"""`forbear import FILE.csv`: enrols each row of an export over the API, and answers for each row that was refused.

Every row is posted under a key made from its content: run again after an interruption, or after correcting the refused
rows, it enrols what is missing and repeats nothing. The columns are described in `forbear.api.import_rows`.
"""

import hashlib
import json
import threading
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal
from urllib.parse import urlsplit

import httpx
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from forbear.api.import_rows import Row, column_of, rows, to_enrolment
from forbear.errors import BadData, BadInput, ForbearError

__all__ = ["rows", "run", "to_enrolment"]
AT_ONCE: Final = 4
WAITING: Final = 4 * AT_ONCE
"""Rows handed to the threads before the first of them is answered: a file of any size is never held whole."""
TRIES: Final = 8
LONGEST_PAUSE: Final = 5.0
"""Machine seconds."""
LOOPBACK: Final = {"127.0.0.1", "localhost", "::1"}
AGAIN: Final = {429, 502, 503, 504}


class Aborted(ForbearError):
    """No row can be enrolled: the reason, with the remedy."""


@dataclass(frozen=True, slots=True)
class Told:
    """How one row fared; `complaints` are column and reason."""

    line: int
    result: Literal["enrolled", "known", "changed", "refused"]
    complaints: tuple[tuple[str, str], ...] = ()


def run(file: Path, api: str, key: str, console: Console) -> int:
    """Import a file and print how it went; 0 if every row is enrolled now, 1 if some were refused, 2 if none can be."""
    counts: Counter[str] = Counter()
    with httpx.Client(
        base_url=api,
        headers={"Authorization": f"Bearer {key}"},
        timeout=30,
        trust_env=urlsplit(api).hostname not in LOOPBACK,
    ) as client:
        try:
            total = sum(1 for _ in rows(file))
            _reach(client)
            with _progress(console) as progress:
                task = progress.add_task("Enrolling", total=total)
                for told in _enrol_all(client, file):
                    counts[told.result] += 1
                    for column, reason in told.complaints:
                        progress.console.print(
                            f"line {told.line}, column {column}: {reason}", markup=False, soft_wrap=True
                        )
                    progress.advance(task)
        except (Aborted, BadData) as error:
            console.print(str(error), style="red", markup=False, soft_wrap=True)
            return 2
    before = counts["known"] + counts["changed"]
    known = f", {before} were enrolled before" if before else ""
    console.print(f"{counts['enrolled']} accounts enrolled{known}, {counts['refused']} rows refused", highlight=False)
    return 1 if counts["refused"] else 0


def _progress(console: Console) -> Progress:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    return Progress(*columns, console=console)


def _reach(client: httpx.Client) -> None:
    try:
        client.get("/healthz")
    except httpx.HTTPError:
        raise Aborted(f"No API answers at {client.base_url}: start it, or name it with --api") from None


def _enrol_all(client: httpx.Client, file: Path) -> Iterator[Told]:
    """Enrol a few rows at a time; rows are answered in the order in which they are done."""
    seen: dict[str, int] = {}
    stop = threading.Event()
    with ThreadPoolExecutor(AT_ONCE) as pool:
        pending: set[Future[Told]] = set()
        try:
            for line, row in rows(file):
                first = seen.setdefault(row["loan_number"], line)
                if first != line:
                    yield Told(line, "refused", (("loan_number", f"is also on line {first}. Enrol a loan once."),))
                    continue
                pending.add(pool.submit(_enrol, client, line, row, stop))
                if len(pending) >= WAITING:
                    done, pending = wait(pending, return_when=FIRST_COMPLETED)
                    yield from (each.result() for each in done)
            yield from (each.result() for each in pending)
        except BaseException:
            stop.set()
            raise


def _enrol(client: httpx.Client, line: int, row: Row, stop: threading.Event) -> Told:
    try:
        body = to_enrolment(row)
    except BadInput as error:
        return Told(line, "refused", ((error.field, f"{error.problem}. {error.remedy}"),))
    content = json.dumps([row["loan_number"], row], sort_keys=True)
    key = f"import-{hashlib.sha256(content.encode()).hexdigest()}"
    answer = _post(client, body, key, stop)
    if answer.is_success:
        return Told(line, "known" if answer.headers.get("Idempotency-Replayed") == "true" else "enrolled")
    problem = _problem(answer)
    if answer.status_code in {401, 403}:
        raise Aborted(f"{problem.get('detail')}: give a key that may enrol accounts with --key")
    if problem.get("code") == "already_enrolled":
        return Told(line, "changed", (("loan_number", "was enrolled before from another row; nothing was changed"),))
    found = problem.get("errors") or [{"pointer": "/external_id", "detail": problem.get("detail") or "refused"}]
    return Told(line, "refused", tuple((column_of(each["pointer"], row), each["detail"]) for each in found))


def _post(client: httpx.Client, body: object, key: str, stop: threading.Event) -> httpx.Response:
    """Post under a key; while the API cannot answer, wait and ask again under the same key."""
    pause = 0.5
    for _ in range(TRIES):
        if stop.is_set():
            raise Aborted("The import was stopped: run it again to go on")
        try:
            answer = client.post("/v1/accounts", json=body, headers={"Idempotency-Key": key})
        except httpx.TransportError:
            answer = None
        if answer is not None and answer.status_code not in AGAIN and _problem(answer).get("code") != "in_progress":
            return answer
        stop.wait(pause)
        pause = min(2 * pause, LONGEST_PAUSE)
    raise Aborted(f"The API at {client.base_url} stopped answering: run the import again to go on")


def _problem(answer: httpx.Response) -> dict[str, Any]:
    return answer.json() if answer.headers.get("content-type") == "application/problem+json" else {}
