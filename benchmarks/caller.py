"""A caller who costs next to nothing: requests over open connections, as many at once or as often as is told."""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass

from forbear.services.ports import LOOPBACK

ACCEPTED = range(200, 300)


@dataclass(frozen=True, slots=True)
class Answer:
    """`seconds` are from the first byte written to the last one read; `wait` is what Retry-After says."""

    status: int
    seconds: float
    wait: float | None


class Line:
    """One connection, kept open."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._ends: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def ask(self, request: bytes) -> Answer:
        began = time.perf_counter()
        self._ends = self._ends or await asyncio.open_connection(LOOPBACK, self._port)
        reader, writer = self._ends
        writer.write(request)
        status, *lines = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        await reader.readexactly(int(headers.get("content-length", "0")))
        if headers.get("connection", "").lower() == "close":
            self.close()
        wait = headers.get("retry-after")
        return Answer(int(status.split()[1]), time.perf_counter() - began, None if wait is None else float(wait))

    def close(self) -> None:
        if self._ends is not None:
            self._ends[1].close()
            self._ends = None


def request(path: str, body: str, headers: dict[str, str]) -> bytes:
    """A POST of a form, as it goes over the wire."""
    told = {
        "Host": LOOPBACK,
        "Content-Type": "application/x-www-form-urlencoded",
        "Content-Length": str(len(body.encode())),
        **headers,
    }
    lines = "".join(f"{name}: {value}\r\n" for name, value in told.items())
    return f"POST {path} HTTP/1.1\r\n{lines}\r\n{body}".encode()


async def at_once(port: int, requests: Sequence[bytes], lines: int) -> tuple[float, list[Answer]]:
    """Seconds for all of them over so many connections, each asking again as soon as it is answered."""
    waiting, answers = iter(requests), list[Answer]()

    async def caller() -> None:
        line = Line(port)
        for each in waiting:
            answers.append(await line.ask(each))
        line.close()

    began = time.perf_counter()
    await asyncio.gather(*(caller() for _ in range(lines)))
    return time.perf_counter() - began, answers


async def at_rate(port: int, requests: Sequence[bytes], rate: float) -> tuple[float, list[Answer]]:
    """So many a second, however slowly they are answered; who is told to wait waits and asks again.

    Returns the seconds until nobody waited any more, and every answer, refusals too.
    """
    free, answers = list[Line](), list[Answer]()

    async def caller(number: int, each: bytes) -> None:
        await asyncio.sleep(number / rate)
        while True:
            line = free.pop() if free else Line(port)
            answers.append(answer := await line.ask(each))
            free.append(line)
            if answer.wait is None:
                return
            await asyncio.sleep(answer.wait)

    began = time.perf_counter()
    await asyncio.gather(*(caller(number, each) for number, each in enumerate(requests)))
    took = time.perf_counter() - began
    for line in free:
        line.close()
    return took, answers
