"""The worker's part that sends, built from the real adapters with their real SDKs; and a process of it that can be killed.

`python -m tests.matrix.sending` imports everything once and then forks a child for each order it reads, so that a
worker which is to die costs no start. Each child dies by SIGKILL where its order says, or is killed from outside.
"""

import json
import os
import select
import signal
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from pydantic import SecretStr
from twilio.rest import Client

from activities.calls import Calls
from activities.contact import ContactActivities
from activities.letters import Letters
from activities.texts import Texts
from forbear.channels import aliyun_client
from forbear.channels.calls_twilio import TwilioCalls
from forbear.channels.lob_client import LobClient
from forbear.channels.post_lob import LobPost
from forbear.channels.post_routed import RoutedPost
from forbear.channels.print_room import PrintRoom
from forbear.channels.sms_aliyun import AliyunCarrier
from forbear.channels.sms_routed import RoutedCarrier
from forbear.channels.sms_twilio import TwilioCarrier
from forbear.channels.twilio_http import RoutedHttpClient
from forbear.channels.voice.speaking import Speaking
from forbear.channels.wording import SmsWording
from forbear.clock import Clock
from forbear.contracts.decision import ContactOrder
from forbear.ledger.engine import Ledger
from forbear.ledger.touching import TouchingBook
from forbear.ports.book import TouchBook
from forbear.ports.papers import LetterHead, Paper, Rendered
from forbear.ports.post import PostAddress
from forbear.ports.ways import Way
from forbear.settings import Settings
from tests.ledger.house import PACKS, PLAYBOOKS
from tests.season.faulty import faulty

SHORT = 3.0
"""Machine seconds that a worker who lives waits for an answer; the slow box takes longer."""
LONG = 60.0
"""Likewise of a worker who is killed while it waits."""
PDF = b"%PDF-1.7\n1 0 obj << /Type /Page >> endobj\n%%EOF\n"
WORDING = SmsWording()


class Quill:
    """Writes every letter alike but for its touch."""

    def render(self, paper: Paper) -> Rendered:
        return _written(paper.touch)

    def address_page(self, touch: str, to: PostAddress, head: LetterHead) -> Rendered:
        del to, head
        return _written(f"address {touch}")


def _written(words: str) -> Rendered:
    pdf = PDF + words.encode()
    return Rendered(pdf, sha256(pdf).hexdigest(), 1)


class WaysOut:
    """Every adapter that a worker has."""

    def __init__(self, settings: Settings, clock: Clock, seconds: float) -> None:
        token = settings.twilio_auth_token.get_secret_value()
        http = RoutedHttpClient(settings.twilio_base, timeout=seconds)
        client = Client(settings.twilio_account_sid, token, http_client=http)
        twilio = TwilioCarrier(client)
        aliyun = AliyunCarrier(aliyun_client.client(settings), WORDING, clock=clock, read_seconds=seconds)
        lob = LobPost(LobClient(settings.lob_key.get_secret_value(), settings.lob_base, answer_seconds=seconds))
        self.texts = RoutedCarrier({"twilio": twilio, "aliyun": aliyun}, twilio, by_id={"twilio": twilio})
        self.calls = TwilioCalls(client, clock)
        self.post = RoutedPost({"lob": lob, "print_room": PrintRoom.from_settings(settings, Quill(), clock)})

    @property
    def by_channel(self) -> dict[str, Way]:
        return {
            "sms": Texts(self.texts, WORDING),
            "call": Calls(self.calls, Speaking()),
            "letter": Letters(Quill(), self.post),
        }


@dataclass(frozen=True, slots=True)
class Task:
    """One order for a worker that dies: when the world and the machine say it is, and before or after which call."""

    tenant: str
    account: str
    touch: str
    clock: str
    machine: str
    dies: str

    @property
    def order(self) -> ContactOrder:
        return ContactOrder(tenant=self.tenant, account=self.account, touch=self.touch)

    def to_json(self) -> str:
        return json.dumps(asdict(self))


class Dies:
    """A plan in which the process ends, as if the machine had."""

    def __init__(self, point: str) -> None:
        self._point = point

    def before(self, call: str) -> None:
        self._end(f"before {call}")

    def after(self, call: str) -> None:
        self._end(f"after {call}")

    def _end(self, point: str) -> None:
        if point == self._point:
            os.kill(os.getpid(), signal.SIGKILL)


POINTS = {
    "claimed": "before book.prepare",
    "prepared": "after book.prepare",
    "held": "",
    "answered": "before book.record",
}


def work(settings: Settings, task: Task) -> None:
    """Send as the worker does, until the end."""
    machine = datetime.fromisoformat(task.machine)
    clock = Clock.from_json(task.clock, source=lambda: machine)
    plan = Dies(POINTS[task.dies])
    with Ledger.open(settings, pool=1, clock=clock) as ledger:
        book: TouchBook = faulty(TouchingBook(ledger, settings, PLAYBOOKS, PACKS), plan, "book")
        ContactActivities(book, WaysOut(settings, clock, LONG).by_channel, clock).contact(task.order)


def to_json(settings: Settings) -> str:
    """Settings for another process of the same installation."""

    def plain(value: Any) -> Any:
        return value.get_secret_value() if isinstance(value, SecretStr) else str(value)

    return json.dumps({name: getattr(settings, name) for name in Settings.model_fields}, default=plain)


def serve(settings: Settings, tell: Callable[[dict[str, Any]], None]) -> None:
    """Fork a child for each order until there are none; tell each child's id, and when it ended and how."""
    children: set[int] = set()
    reading = True
    # Unbuffered: a line that a buffer took along would never be seen by select.
    with open(sys.stdin.fileno(), "rb", buffering=0, closefd=False) as orders:
        while reading or children:
            if select.select([orders] if reading else [], [], [], 0.02)[0]:
                line = orders.readline()
                if line:
                    children.add(_forked(settings, Task(**json.loads(line)), tell))
                reading = bool(line)
            for child in list(children):
                ended, status = os.waitpid(child, os.WNOHANG)
                if ended:
                    children.remove(child)
                    tell({"ended": child, "status": status})


def _forked(settings: Settings, task: Task, tell: Callable[[dict[str, Any]], None]) -> int:
    child = os.fork()
    if child == 0:
        status = 1
        os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # what a worker logs is no answer of ours
        try:
            work(settings, task)
            status = 0
        finally:
            os._exit(status)
    tell({"touch": task.touch, "child": child})
    return child


def main(path: Path) -> None:
    def tell(told: dict[str, Any]) -> None:
        sys.stdout.write(json.dumps(told) + "\n")
        sys.stdout.flush()

    serve(Settings(**json.loads(path.read_text("utf-8"))), tell)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
