"""Callbacks that the API takes over its socket, against an endpoint that inserts one row with the same server and pool.

Each is the carrier's own: signed, for a touch that was sent, and news that was not told before; of every tenth text, it
tells in the end that it did not arrive, and why. Then they come at twice the rate that the API could take: some are
told to come again, and whatever was taken is in the record.
"""

import asyncio
import math
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit

import psycopg
from twilio.request_validator import RequestValidator

from benchmarks import caller, one_row
from benchmarks.decisions import Ready
from benchmarks.figure import Figure, costs, rates
from benchmarks.served import API, served
from benchmarks.sizes import Sizes
from benchmarks.stand import Place, Stand, plain
from forbear.cadence.playbooks import load_all
from forbear.clock import machine_time
from forbear.contracts.decision import Contact, ContactOrder
from forbear.ledger.handing import CALLBACK_LIVES
from forbear.ledger.touching import TouchingBook
from forbear.ports.book import Dispatch
from forbear.ports.sms import Accepted
from forbear.rules.packs import load as load_packs
from forbear.tokens import callback_url, key_bytes, sign_callback

GOAL = 0.5
NEWS = ("queued", "sending", "sent", "delivered")
"""Of every text, one after the other."""
LOST = ("undelivered", "30003")
"""The last news of every tenth text instead, and its code: such news has consequences and is stored by itself."""
ONE_IN = 10
LINES = 16
WARM = 2
"""Touches whose news are not measured."""
MILLISECONDS = 1000


@dataclass(frozen=True)
class Sent:
    """A place whose people were all just sent a text, and what the carrier is to tell of it."""

    place: Place
    addresses: dict[str, str]

    def news(self, touches: Sequence[str]) -> list[bytes]:
        """One status after the other of all of them, so that news of one touch seldom meets other news of it."""
        *before, last = NEWS
        ends = [LOST if place % ONE_IN == ONE_IN - 1 else (last, "") for place in range(len(touches))]
        told = [self._told(touch, status) for status in before for touch in touches]
        return told + [self._told(touch, *end) for touch, end in zip(touches, ends, strict=True)]

    def _told(self, touch: str, status: str, code: str = "") -> bytes:
        address = self.addresses[touch].partition("#")[0]
        fields = {
            "AccountSid": self.place.settings.twilio_account_sid,
            "ApiVersion": "2010-04-01",
            "From": "+13125550190",
            "MessageSid": sid_of(touch),
            "MessageStatus": status,
            "SmsSid": sid_of(touch),
            "SmsStatus": status,
            "To": "+12015550100",
            **({"ErrorCode": code} if code else {}),
        }
        token = self.place.settings.twilio_auth_token.get_secret_value()
        signature = RequestValidator(token).compute_signature(address, fields)
        parts = urlsplit(address)
        return caller.request(f"{parts.path}?{parts.query}", urlencode(fields), {"X-Twilio-Signature": signature})


def sid_of(touch: str) -> str:
    return f"SM{touch.encode().hex()[-32:]:0>32}"


def send(stand: Stand, people: int) -> Sent:
    """Send each of so many people a text."""
    ready = Ready.make(stand, people)
    place, addresses = ready.place, dict[str, str]()
    with place.open(ready.worlds, pool=2) as ledger:
        book = TouchingBook(ledger, place.settings, load_all(), load_packs())
        for account in place.accounts:
            answer = ready.ask(ledger, account)
            assert isinstance(answer, Contact), answer  # noqa: S101  else nothing was sent
            order = ContactOrder(tenant=place.tenant, account=account, touch=answer.touch)
            assert isinstance(book.prepare(order), Dispatch)  # noqa: S101  likewise
            addresses[answer.touch] = _address(place, answer.touch)
            book.record(order, Accepted(sid_of(answer.touch), "queued"), body_sha256="0" * 64, segments=1)
    return Sent(place, addresses)


def _address(place: Place, touch: str) -> str:
    """Where the carrier is to tell news: the API's clock is the machine's, not this world's in which it was sent."""
    token = sign_callback(key_bytes(place.settings.token_key), touch, machine_time() + CALLBACK_LIVES)
    return callback_url(place.settings.public_url, token)


def measure(stand: Stand, sizes: Sizes) -> list[Figure]:
    """Callbacks a second, the slowest of a hundred, and what became of twice as many."""
    sent = send(stand, sizes.texted + WARM)
    found: list[tuple[list[float], list[float]]] = [([], []), ([], []), ([], [])]
    for number in range(sizes.slices):
        for side in (0, 1) if number % 2 == 0 else (1, 0):
            rate, slowest = (_ours, _bare)[side](stand, sent)
            found[0][side].append(rate)
            found[1][side].append(slowest)
        stored, acknowledged = _twice(stand, sent, found[0][0][-1])
        found[2][0].append(stored)
        found[2][1].append(acknowledged)
    stand.drop(sent.place)
    speed, slow, kept = found
    return [
        rates("callbacks taken / requests that insert one row", "1/s", *speed, GOAL),
        costs("99th percentile of a callback / of such a request", "ms", *slow, None),
        rates("receipts stored / callbacks acknowledged at twice the load", "rows", *kept, 1.0),
    ]


def _ours(stand: Stand, sent: Sent) -> tuple[float, float]:
    place, touches = stand.copy(sent.place), list(sent.addresses)
    with served(stand, place, API) as port:
        asyncio.run(caller.at_once(port, sent.news(touches[:WARM]), LINES))
        before = _stored(place)
        measured = _measured(port, sent.news(touches[WARM:]))
        assert _stored(place) - before == len(NEWS) * len(touches[WARM:])  # noqa: S101  each was to be a new receipt
    stand.drop(place)
    return measured


def _bare(stand: Stand, sent: Sent) -> tuple[float, float]:
    place, touches = stand.copy(sent.place), list(sent.addresses)
    with psycopg.connect(plain(place.migrator)) as connection:
        for statement in one_row.MAKE:
            connection.execute(statement.encode())
    rows = [each.replace(b"/hooks/twilio/message-status", b"/row", 1) for each in sent.news(touches)]
    with served(stand, place, "benchmarks.one_row:create_app") as port:
        asyncio.run(caller.at_once(port, rows[: WARM * len(NEWS)], LINES))
        measured = _measured(port, rows[WARM * len(NEWS) :])
    stand.drop(place)
    return measured


def _measured(port: int, requests: list[bytes]) -> tuple[float, float]:
    """Requests a second, and the milliseconds within which 99 of 100 were answered."""
    took, answers = asyncio.run(caller.at_once(port, requests, LINES))
    statuses = {each.status for each in answers}
    assert statuses <= set(caller.ACCEPTED), statuses  # noqa: S101  else it measured something else
    slowest = sorted(each.seconds for each in answers)[math.ceil(len(answers) * 0.99) - 1]
    return len(requests) / took, slowest * MILLISECONDS


def _twice(stand: Stand, sent: Sent, rate: float) -> tuple[float, float]:
    """Receipts that are in the record, and callbacks that were acknowledged, once nobody was told to wait any more."""
    place = stand.copy(sent.place)
    before = _stored(place)
    with served(stand, place, API) as port:
        _, answers = asyncio.run(caller.at_rate(port, sent.news(list(sent.addresses)), 2 * rate))
        taken = sum(each.status in caller.ACCEPTED for each in answers)
        statuses = {each.status for each in answers}
        assert statuses <= {204, 429, 503}, statuses  # noqa: S101  nothing else was promised
        stored = _stored(place) - before
    stand.drop(place)
    return float(stored), float(taken)


def _stored(place: Place) -> int:
    with psycopg.connect(plain(place.migrator)) as connection:
        connection.execute("SELECT set_config('forbear.tenant', %s, true)", (place.tenant,))
        connection.execute("SELECT set_config('forbear.lender', %s, true)", (place.lender,))
        (count,) = connection.execute("SELECT count(*) FROM receipt").fetchone() or (0,)
        return int(count)
