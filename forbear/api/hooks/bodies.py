"""Reads the bodies of requests that anybody may send: bounded, and only as what they say they are."""

from typing import Final
from urllib.parse import parse_qsl

from fastapi import HTTPException
from starlette.datastructures import FormData
from starlette.requests import Request

LONGEST: Final = 64 * 1024
MOST_FIELDS: Final = 200
FORM: Final = "application/x-www-form-urlencoded"


async def raw_body(request: Request, longest: int = LONGEST) -> bytes:
    """The body's bytes; 413 once it is longer than any form or event we take."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > longest:
            raise HTTPException(413)
    return bytes(body)


async def form_body(request: Request) -> FormData:
    """The fields of a plain form, empty ones and repeated ones included; 415 for any other kind of body."""
    body = await raw_body(request)
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if body and kind != FORM:
        raise HTTPException(415)
    try:
        fields = parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=MOST_FIELDS)
    except ValueError:  # not UTF-8, or more fields than any form of ours
        raise HTTPException(400) from None
    return FormData(fields)  # pyright: ignore[reportArgumentType]  pairs of texts are pairs of what a field may be
