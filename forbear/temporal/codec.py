"""Encrypts every payload on its way to Temporal, so that its histories read as ciphertext to whoever stores them.

AES-GCM with the key's id in the payload's metadata: new payloads use the current key, and old ones stay readable as
long as their key is in the ring. What is not encrypted, such as a signal typed into the Web UI, passes as it is.
"""

import binascii
import os
from base64 import b64decode
from collections.abc import Mapping, Sequence
from typing import Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from temporalio.api.common.v1 import Payload
from temporalio.contrib.pydantic import PydanticPayloadConverter
from temporalio.converter import DataConverter, DefaultFailureConverterWithEncodedAttributes, PayloadCodec

from forbear.errors import BadInput, NotFound
from forbear.settings import Settings

ENCODING = b"binary/encrypted"
KEY_ID = "encryption-key-id"
KEY_BYTES, NONCE_BYTES = 32, 12


class Codec(PayloadCodec):
    """A ring of keys by id, one of which encrypts."""

    def __init__(self, keys: Mapping[str, bytes], current: str) -> None:
        if current not in keys:
            raise BadInput("codec_key", "names no key of codec_keys", "Name the id of one of them")
        self._ring = {key_id: AESGCM(key) for key_id, key in keys.items()}
        self._current = current

    @classmethod
    def from_settings(cls, settings: Settings) -> Self:
        """The ring the settings hold, each key checked for its length."""
        return cls(
            {key_id: _key(key_id, text.get_secret_value()) for key_id, text in settings.codec_keys.items()},
            settings.codec_key,
        )

    async def encode(self, payloads: Sequence[Payload]) -> list[Payload]:
        return [self._encrypt(payload) for payload in payloads]

    async def decode(self, payloads: Sequence[Payload]) -> list[Payload]:
        return [self._decrypt(payload) for payload in payloads]

    def _encrypt(self, payload: Payload) -> Payload:
        nonce = os.urandom(NONCE_BYTES)
        key_id = self._current.encode()
        data = nonce + self._ring[self._current].encrypt(nonce, payload.SerializeToString(), key_id)
        return Payload(metadata={"encoding": ENCODING, KEY_ID: key_id}, data=data)

    def _decrypt(self, payload: Payload) -> Payload:
        if payload.metadata.get("encoding") != ENCODING:
            return payload
        key_id = payload.metadata[KEY_ID]
        key = self._ring.get(key_id.decode(errors="replace"))
        if key is None:
            raise NotFound(f"No codec key {key_id!r} in the settings: put it back into codec_keys to read this history")
        try:
            plain = key.decrypt(payload.data[:NONCE_BYTES], payload.data[NONCE_BYTES:], key_id)
        except InvalidTag:
            raise BadInput("payload", "is altered, or its key has changed under the same id", "Restore both") from None
        return Payload.FromString(plain)


def data_converter(settings: Settings) -> DataConverter:
    """How values become payloads, for clients, workers, the replayer and tests alike."""
    return DataConverter(
        payload_converter_class=PydanticPayloadConverter,
        payload_codec=Codec.from_settings(settings),
        # Failure messages and stack traces are attributes of their own, in the clear unless encoded.
        failure_converter_class=DefaultFailureConverterWithEncodedAttributes,
    )


def _key(key_id: str, text: str) -> bytes:
    try:
        key = b64decode(text, validate=True)
    except binascii.Error:
        key = b""
    if len(key) != KEY_BYTES:
        raise BadInput(f"codec_keys.{key_id}", f"is not {KEY_BYTES} bytes in base64", "Put the original key back")
    return key
