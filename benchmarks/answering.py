"""A carrier that takes whatever it is sent and answers after 100 ms: `python -m benchmarks.answering PORT`."""

import asyncio
import json
import sys
from itertools import count

from forbear.services.ports import LOOPBACK

SECONDS = 0.1
PREFIXES = {"Messages": "SM", "Calls": "CA", "letters": "ltr_"}
_numbers = count()


async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while True:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            lines = [line.lower() for line in head.split("\r\n")]
            length = next((int(line[15:]) for line in lines if line.startswith("content-length:")), 0)
            await reader.readexactly(length)
            if lines[0].startswith("post"):
                await asyncio.sleep(SECONDS)
            writer.write(_answer(head.split(" ", 2)[1]))
            await writer.drain()
    except (asyncio.IncompleteReadError, ConnectionError):
        writer.close()


def _answer(path: str) -> bytes:
    prefix = next((prefix for word, prefix in PREFIXES.items() if word in path), "X")
    body = json.dumps(
        {"sid": f"{prefix}{next(_numbers):032x}", "id": f"{prefix}{next(_numbers):016x}", "status": "queued"}
    )
    head = f"HTTP/1.1 201 Created\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    return f"{head}{body}".encode()


async def main(port: int) -> None:
    server = await asyncio.start_server(serve, LOOPBACK, port)
    async with server:
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1])))
