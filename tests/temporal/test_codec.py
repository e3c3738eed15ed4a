"""The codec: what it hides, what it still reads after a rotation, and what it refuses."""

from base64 import b64encode

import pytest
from pydantic import BaseModel, SecretStr
from temporalio.api.failure.v1 import Failure
from temporalio.converter import DataConverter
from temporalio.exceptions import ApplicationError

from forbear.errors import BadInput, NotFound
from forbear.settings import Settings
from forbear.temporal.codec import KEY_ID, Codec, data_converter

SECRET = "a reason nobody else reads"


class Reason(BaseModel):
    words: str


def settings(current: str, *ids: str) -> Settings:
    keys = {key_id: SecretStr(b64encode(key_id.encode().ljust(32)).decode()) for key_id in ids}
    return Settings(codec_keys=keys, codec_key=current)


async def test_a_value_comes_back_and_is_unreadable_on_the_way() -> None:
    converter = data_converter(settings("k1", "k1"))
    (payload,) = await converter.encode([Reason(words=SECRET)])
    assert SECRET.encode() not in payload.SerializeToString()
    assert payload.metadata[KEY_ID] == b"k1"
    assert await converter.decode([payload], [Reason]) == [Reason(words=SECRET)]


async def test_equal_values_do_not_look_equal() -> None:
    converter = data_converter(settings("k1", "k1"))
    first, second = await converter.encode([SECRET, SECRET])
    assert first.data != second.data


async def test_after_a_rotation_old_payloads_are_read_and_new_ones_use_the_new_key() -> None:
    old = await data_converter(settings("k1", "k1")).encode([SECRET])
    rotated = data_converter(settings("k2", "k1", "k2"))
    assert await rotated.decode(old, [str]) == [SECRET]
    assert (await rotated.encode([SECRET]))[0].metadata[KEY_ID] == b"k2"


async def test_a_key_that_left_the_ring_is_named() -> None:
    old = await data_converter(settings("k1", "k1")).encode([SECRET])
    with pytest.raises(NotFound, match="k1"):
        await data_converter(settings("k2", "k2")).decode(old)


async def test_an_altered_payload_is_refused_and_so_is_one_relabelled_with_another_key() -> None:
    converter = data_converter(settings("k1", "k1", "k2"))
    for change in ("data", "key"):
        (payload,) = await converter.encode([SECRET])
        if change == "data":
            payload.data = payload.data[:-1] + bytes([payload.data[-1] ^ 1])
        else:
            payload.metadata[KEY_ID] = b"k2"
        with pytest.raises(BadInput, match="altered"):
            await converter.decode([payload])


async def test_what_was_never_encrypted_passes() -> None:
    (plain,) = await DataConverter.default.encode([SECRET])
    assert await data_converter(settings("k1", "k1")).decode([plain], [str]) == [SECRET]


async def test_a_failure_shows_neither_message_nor_trace() -> None:
    converter = data_converter(settings("k1", "k1"))

    def refuse() -> None:
        raise ApplicationError(SECRET, type="Refused")

    with pytest.raises(ApplicationError) as raised:
        refuse()
    failure = Failure()
    await converter.encode_failure(raised.value, failure)
    assert SECRET.encode() not in failure.SerializeToString()
    assert b"test_codec" not in failure.SerializeToString()
    assert failure.application_failure_info.type == "Refused"
    back = await converter.decode_failure(failure)
    assert str(back) == f"Refused: {SECRET}"


@pytest.mark.parametrize("text", ["", "not base64!", b64encode(b"short").decode()])
def test_a_key_of_the_wrong_length_is_named_by_its_id(text: str) -> None:
    with pytest.raises(BadInput, match=r"codec_keys\.k1"):
        Codec.from_settings(Settings(codec_keys={"k1": SecretStr(text)}, codec_key="k1"))


def test_a_current_key_outside_the_ring_is_refused() -> None:
    with pytest.raises(BadInput, match="codec_key"):
        Codec.from_settings(settings("k9", "k1"))
