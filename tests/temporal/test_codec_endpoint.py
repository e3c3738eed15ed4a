"""The decode-only endpoint: it answers the Web UI of this machine and nobody else."""

import json
from collections.abc import AsyncIterator

import httpx
import pytest
from google.protobuf import json_format
from temporalio.api.common.v1 import Payloads

from forbear.settings import Settings
from forbear.temporal.codec import Codec, data_converter
from forbear.temporal.codec_endpoint import MAX_BYTES, codec_app, decode

UI = "http://127.0.0.1:8233"


@pytest.fixture
def settings(secrets: dict[str, object]) -> Settings:
    return Settings.model_validate({**secrets, "ui_origin": UI})


@pytest.fixture
async def browser(settings: Settings) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(codec_app(settings), client=("127.0.0.1", 50_000))
    async with httpx.AsyncClient(
        transport=transport, base_url="http://127.0.0.1:8000", headers={"origin": UI}
    ) as client:
        yield client


async def encoded(settings: Settings, value: str) -> str:
    payloads = await data_converter(settings).encode([value])
    return json_format.MessageToJson(Payloads(payloads=payloads))


async def test_the_web_ui_reads_what_was_encrypted(settings: Settings, browser: httpx.AsyncClient) -> None:
    answer = await browser.post("/decode", content=await encoded(settings, "resting until Monday"))
    assert answer.status_code == 200
    assert answer.headers["access-control-allow-origin"] == UI
    (payload,) = json_format.Parse(answer.content, Payloads()).payloads
    assert json.loads(payload.data) == "resting until Monday"


async def test_the_function_alone_decodes(settings: Settings) -> None:
    text = await decode((await encoded(settings, "why")).encode(), Codec.from_settings(settings))
    assert json.loads(json_format.Parse(text, Payloads()).payloads[0].data) == "why"


@pytest.mark.parametrize("origin", ["http://evil.example", "http://127.0.0.1:8000", ""])
async def test_another_origin_gets_nothing(settings: Settings, browser: httpx.AsyncClient, origin: str) -> None:
    answer = await browser.post("/decode", content=await encoded(settings, "why"), headers={"origin": origin})
    assert answer.status_code == 403
    assert "access-control-allow-origin" not in answer.headers


async def test_another_machine_gets_nothing_even_with_the_right_origin(settings: Settings) -> None:
    transport = httpx.ASGITransport(codec_app(settings), client=("192.0.2.7", 50_000))
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8000") as client:
        answer = await client.post("/decode", content=await encoded(settings, "why"), headers={"origin": UI})
    assert answer.status_code == 403


async def test_the_browser_is_told_what_it_may_send(browser: httpx.AsyncClient) -> None:
    ask = {"access-control-request-method": "POST", "access-control-request-headers": "content-type,x-namespace"}
    answer = await browser.options("/decode", headers=ask)
    assert answer.status_code == 200
    assert answer.headers["access-control-allow-origin"] == UI
    assert "access-control-allow-credentials" not in answer.headers


async def test_nothing_is_encoded_here(browser: httpx.AsyncClient) -> None:
    assert (await browser.post("/encode", content="{}")).status_code == 404


async def test_what_cannot_be_decoded_is_an_answer_and_not_a_crash(
    settings: Settings, browser: httpx.AsyncClient
) -> None:
    other = settings.model_copy(update={"codec_keys": {"k7": settings.codec_keys["k1"]}, "codec_key": "k7"})
    assert (await browser.post("/decode", content=await encoded(other, "why"))).status_code == 422
    assert (await browser.post("/decode", content="not json")).status_code == 400
    assert (await browser.post("/decode", content=b"\xff\xfe")).status_code == 400
    assert (await browser.post("/decode", content="x" * (MAX_BYTES + 1))).status_code == 413
