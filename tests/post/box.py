"""A box with a print house in it, and letters to hand to it."""

import json
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from forbear.channels.lob_client import LobClient
from forbear.channels.post_lob import NAME, LobPost
from forbear.ports.post import Envelope, PostAddress, PostOrder, PostService
from tests.sandbox.box import SECRETS, Box, Receiver, eventually

KEY = "test_sandbox"
SECRET = "lob-sandbox-secret"
SHORT = 1.5
"""Seconds; the slow print house answers after twice that."""
PDF = b"%PDF-1.7\n1 0 obj << /Type /Page >> endobj\n%%EOF\n"
BANK = PostAddress("Example Bank", ("1 Example Plaza",), "New York", "US", "NY", "10001")
BORROWER = PostAddress("Example Borrower", ("210 Example St", "Apt 2"), "Chicago", "US", "IL", "60601")


class PostBox:
    """The box, its control plane, and what it told."""

    def __init__(self, folder: Path, receiver: Receiver, monkeypatch: pytest.MonkeyPatch, *extra: str) -> None:
        monkeypatch.setitem(SECRETS, "FORBEAR_SANDBOX_LOB_KEY", KEY)
        monkeypatch.setitem(SECRETS, "FORBEAR_SANDBOX_LOB_WEBHOOK_SECRET", SECRET)
        given = ("--lob-webhook-url", f"{receiver.url}/lob", "--returned-share", "0", *extra)
        self.box = Box(folder, receiver, *given)
        self.receiver = receiver

    @property
    def base(self) -> str:
        return f"{self.box.url}/lob/v1"

    def post(self, seconds: float = SHORT) -> LobPost:
        return LobPost(LobClient(KEY, self.base, answer_seconds=seconds))

    def arm(self, kind: str, **more: object) -> None:
        self.box.arm(kind, product="letters", **more)

    def calm(self) -> None:
        self.box.control.delete("/faults").raise_for_status()

    def script(self, fate: str, line: str, zip_code: str = BORROWER.postal_code) -> None:
        order = {"line": line, "zip": zip_code, "fate": fate}
        self.box.control.post("/post/addressees", json=order).raise_for_status()

    def wait_world(self, **much: float) -> None:
        """Until that much world time went by."""
        until = self.box.clock.now() + timedelta(**much)
        eventually(lambda: self.box.clock.now() >= until)

    def live(self, days: float) -> None:
        """Let days go by, half a day at a time: what happens in between has its own day."""
        until = self.box.clock.now() + timedelta(days=days)
        while (now := self.box.clock.now()) < until:
            self.box.jump(min(now + timedelta(hours=12), until))
            self.box.control.get("/health").raise_for_status()

    def told(self, touch: str) -> list[dict[str, Any]]:
        """The events about a touch's letter that reached the application, in the order in which they came."""
        ids = {letter["id"] for letter in self.letters(touch)}
        events = [json.loads(seen.body) for seen in self.receiver.at("/lob")]
        return [event for event in events if event["reference_id"] in ids]

    def kinds(self, touch: str) -> list[str]:
        return [event["event_type"]["id"].removeprefix("letter.") for event in self.told(touch)]

    def story(self, touch: str) -> list[str]:
        """The same in the order in which it happened: events of one moment overtake each other on their way."""
        happened = sorted(self.told(touch), key=lambda event: event["date_created"])
        return [event["event_type"]["id"].removeprefix("letter.") for event in happened]

    def letters(self, touch: str) -> list[dict[str, Any]]:
        """What the print house has of a touch, whatever its list shows."""
        return self.box.control.get("/post/letters", params={"ref": touch}).raise_for_status().json()

    def logged(self, touch: str) -> list[str]:
        """What the world's log says of a touch's letters, in order."""
        return [line["kind"] for line in self.box.log() if line.get("channel") == "letter" and line["ref"] == touch]


def order(
    touch: str, *, line: str = "", service: PostService = "plain", pdf: bytes = PDF, to: PostAddress = BORROWER
) -> PostOrder:
    """A letter to an address of the touch's own."""
    to = replace(to, lines=(line or f"{touch} Example St", *to.lines[1:]))
    return PostOrder(touch, NAME, pdf, sha256(pdf).hexdigest(), 1, Envelope(to, BANK, service))
