"""An application's voice side for tests: a document for each path, and the requests that asked for it."""

from dataclasses import dataclass, field
from typing import Any

from twilio.rest import Client

from tests.sandbox.box import OURS, Answer, Box, Receiver, Seen, eventually

XML = {"Content-Type": "text/xml"}
OVER = {"completed", "busy", "no-answer", "failed", "canceled"}


@dataclass
class Voice:
    """Documents by path. What is not among them is a callback, and answered with nothing."""

    box: Box
    receiver: Receiver
    twilio: Client
    documents: dict[str, str] = field(default_factory=dict[str, str])

    def __call__(self, seen: Seen) -> Answer | None:
        document = self.documents.get(seen.path)
        return None if document is None else Answer(200, f"<Response>{document}</Response>", XML)

    def url(self, path: str) -> str:
        return self.receiver.url + path

    def script(self, phone: str, **script: Any) -> None:
        self.box.control.post("/calls/handsets", json={"phone": phone, "script": script}).raise_for_status()

    def call(self, phone: str, path: str = "", **more: Any) -> str:
        """Place a call that is answered by a path's document; its sid."""
        given: dict[str, Any] = {"to": phone, "from_": OURS} | ({"url": self.url(path)} if path else {}) | more
        return str(self.twilio.calls.create(**given).sid)

    def ended(self, sid: str, patience: float = 30.0) -> Any:
        """The call, once it is over."""

        def over() -> Any:
            call = self.twilio.calls(sid).fetch()
            return call if str(call.status) in OVER else None

        return eventually(over, patience)

    def transcript(self, sid: str) -> dict[str, Any]:
        return self.box.control.get(f"/calls/{sid}/transcript").raise_for_status().json()

    def said(self, sid: str) -> list[str]:
        return [entry["text"] for entry in self.transcript(sid)["entries"] if entry["kind"] == "say"]

    def lines(self, sid: str) -> list[dict[str, Any]]:
        return [line for line in self.box.log() if line.get("sid") == sid]
