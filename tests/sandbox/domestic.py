"""A sandbox with an account at the domestic provider of China, for tests; its pushes go where the test says."""

import json
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from forbear.channels.aliyun_client import client
from forbear.channels.sms_aliyun import AliyunCarrier
from forbear.channels.wording import SmsWording
from forbear.settings import Settings
from tests.sandbox.box import Box, Receiver

KEY_ID, SECRET = "LTAIexample", "an-example-secret"
PUSHES = "/hooks/aliyun/a-secret-of-the-test"
WORDING = SmsWording()


class DomesticBox(Box):
    """`Box` with our wordings registered."""

    def __init__(self, folder: Path, receiver: Receiver, *extra: str, speed: int = 3_600, people: object = ()) -> None:
        templates = folder / "templates.json"
        templates.write_text(json.dumps(WORDING.registered("aliyun")))
        arguments = "--aliyun-key-id", KEY_ID, "--aliyun-templates", str(templates)
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("FORBEAR_SANDBOX_ALIYUN_SECRET", SECRET)
            patch.setenv("FORBEAR_SANDBOX_ALIYUN_PUSH_URL", f"{receiver.url}{PUSHES}")
            super().__init__(folder, receiver, *arguments, *extra, speed=speed, people=people)

    def settings(self, **more: Any) -> Settings:
        given: dict[str, Any] = {
            "sandbox": True,
            "aliyun_access_key_id": KEY_ID,
            "aliyun_access_key_secret": SecretStr(SECRET),
            "aliyun_endpoint": self.url.removeprefix("http://"),
        }
        return Settings(**(given | more))

    def carrier(self, read_seconds: float = 10.0) -> AliyunCarrier:
        return AliyunCarrier(client(self.settings()), WORDING, read_seconds=read_seconds)

    def kept(self, phone: str) -> list[dict[str, Any]]:
        """What the provider has for a number, newest first, whatever its list shows."""
        return self.control.get("/domestic/messages", params={"to": phone}).json()

    def handset(self, phone: str, outcome: str) -> None:
        self.control.post("/handsets", json={"phone": phone, "outcome": outcome}).raise_for_status()

    def answers(self, phone: str, signature: str, body: str) -> str:
        text = {"phone": phone, "to": signature, "body": body}
        return self.control.post("/domestic/inbound", json=text).raise_for_status().json()["sid"]
