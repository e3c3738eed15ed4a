"""Decodes payloads for the Web UI of this machine, so that the operator reads the story and the store does not.

Decode only. The dev server's Web UI sends no session cookie, so the guard is the loopback and the UI's origin: a page
of any other origin gets neither an answer nor permission to ask. Elsewhere the console's sign-in must stand before it.
"""

import ipaddress

import structlog
from google.protobuf import json_format
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from temporalio.api.common.v1 import Payloads

from forbear.errors import ForbearError
from forbear.settings import Settings
from forbear.temporal.codec import Codec

MAX_BYTES = 8 * 1024 * 1024
log = structlog.get_logger("forbear.codec")


async def decode(body: bytes, codec: Codec) -> str:
    """`Payloads` as JSON in, the same decrypted out."""
    given = json_format.Parse(body, Payloads())
    return json_format.MessageToJson(Payloads(payloads=await codec.decode(given.payloads)))


def codec_app(settings: Settings) -> Starlette:
    """An app with `POST /decode`, to be mounted at `/codec` when `settings.loopback_codec` is on."""
    codec = Codec.from_settings(settings)

    async def answer(request: Request) -> Response:
        if not _loopback(request) or request.headers.get("origin") != settings.ui_origin:
            return Response("Only the Web UI of this machine may decode", status_code=403)
        if int(request.headers.get("content-length") or MAX_BYTES + 1) > MAX_BYTES:
            return Response("More than may be decoded at once", status_code=413)
        try:
            decoded = await decode(await request.body(), codec)
        except (json_format.ParseError, UnicodeDecodeError):
            return Response("Not payloads as JSON", status_code=400)
        except ForbearError as error:
            return Response(str(error), status_code=422)
        log.info("payloads_decoded", namespace=request.headers.get("x-namespace", ""))
        return Response(decoded, media_type="application/json")

    allow_ui = Middleware(
        CORSMiddleware,
        allow_origins=[settings.ui_origin],
        allow_methods=["POST"],
        allow_headers=["content-type", "x-namespace"],
    )
    return Starlette(routes=[Route("/decode", answer, methods=["POST"])], middleware=[allow_ui])


def _loopback(request: Request) -> bool:
    if request.client is None:
        return False
    try:
        return ipaddress.ip_address(request.client.host).is_loopback
    except ValueError:
        return False
