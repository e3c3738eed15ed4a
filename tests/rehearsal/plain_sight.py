"""Everything of an installation that others may see, as text: histories with payloads decoded, search attributes, URLs.

Personal data must be in none of it, not even in what the codec encrypts.
"""

import asyncio
import os
import re
import sqlite3
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import cast

from google.protobuf.message import Message
from temporalio.api.common.v1 import Payload
from temporalio.client import Client
from temporalio.converter import PayloadCodec

from forbear.services.house import House
from forbear.temporal.client import connect
from forbear.temporal.codec import data_converter

ADDRESS = re.compile(r"https?://[^\s\"'<>]+")


def histories(house: House) -> str:
    """Every event of every workflow as it is stored, then every payload in it decoded; and what the lists show."""
    os.environ.update(house.environment)
    try:
        return asyncio.run(_histories(house))
    finally:
        for name in house.environment:
            os.environ.pop(name)


async def _histories(house: House) -> str:
    client = await connect(house.settings)
    codec = data_converter(house.settings).payload_codec
    assert codec is not None
    return "\n".join([text async for text in _texts(client, codec)])


async def _texts(client: Client, codec: PayloadCodec) -> AsyncIterator[str]:
    async for execution in client.list_workflows():
        yield str(execution.raw_info)
        handle = client.get_workflow_handle(execution.id, run_id=execution.run_id)
        for event in (await handle.fetch_history()).events:
            yield str(event)
            for payload in await codec.decode(list(_payloads(event))):
                yield payload.data.decode("utf-8", errors="replace")


def _payloads(message: Message) -> Iterator[Payload]:
    """All payloads inside a message, however deep."""
    if isinstance(message, Payload):
        yield message
        return
    for field, value in message.ListFields():
        if field.message_type is None:
            continue
        repeated = hasattr(value, "values") or hasattr(value, "append")
        children = list(value.values()) if hasattr(value, "values") else list(value) if repeated else [value]
        for child in children:
            if isinstance(child, Message):
                yield from _payloads(child)


def addresses_minted(state: Path) -> list[str]:
    """Every address we put into a text or gave to a provider, from the sandbox's memory."""
    with sqlite3.connect(f"file:{state}?mode=ro", uri=True) as memory:
        rows = cast("list[tuple[str, str | None]]", memory.execute("SELECT body, callback FROM messages").fetchall())
        pages = cast("list[tuple[str]]", memory.execute("SELECT body FROM sessions").fetchall())
    told = [text for row in rows for text in row if text] + [body for (body,) in pages]
    return [found for text in told for found in ADDRESS.findall(text)]
