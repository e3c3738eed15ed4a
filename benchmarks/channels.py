"""Touches a second by each channel, from the claim to the recorded answer, with a carrier that answers in 100 ms.

Everything but the carrier is the product's: books, words, scripts, letters that are rendered, the providers' own SDKs.
The limit is as many bare requests to the same carrier, with as many threads: what the waiting alone allows.
"""

from collections.abc import Callable, Generator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TypeVar

import psycopg
import urllib3
from psycopg.types.json import Jsonb

from activities.calls import Calls
from activities.contact import ContactActivities
from activities.letters import Letters
from activities.texts import Texts
from benchmarks.decisions import PACKS, PLAYBOOKS, Ready
from benchmarks.figure import Figure, in_turns, rates, seconds
from benchmarks.leaping import LeapingTouches
from benchmarks.served import answering
from benchmarks.sizes import Sizes
from benchmarks.stand import Place, Stand, plain
from forbear.cadence.playbooks import Playbook
from forbear.cadence.steps import Step
from forbear.channels.calls_twilio import TwilioCalls
from forbear.channels.post_lob import LobPost
from forbear.channels.sms_twilio import TwilioCarrier
from forbear.channels.voice.speaking import Speaking
from forbear.channels.wording import SmsWording
from forbear.clock import Clock
from forbear.contracts.decision import Contact, ContactOrder, Outcome
from forbear.contracts.words import Channel
from forbear.documents.on_demand import OnDemand
from forbear.ledger.touching import TouchingBook
from forbear.ports.papers import LetterHead, Unprintable
from forbear.ports.post import PostAddress
from forbear.ports.ways import Way
from forbear.services.processes import poll_until
from forbear.settings import Settings
from worker import CALLS_AT_ONCE, LETTERS_AT_ONCE

OFFICE = {"lines": ["1 Example Plaza"], "city": "Chicago", "region": "IL", "postal_code": "60602", "country": "US"}
WARM_SECONDS = 120.0
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Out:
    """A channel: what one of its touches is called, its template, and how many a worker makes at once."""

    channel: Channel
    what: str
    template: str
    threads: int

    def playbook(self) -> Playbook:
        """Nothing but this channel, all the time."""
        step = Step("bench", "Every touch", 1, 720, self.channel, "borrower", self.template, "always", 99, 1)
        return replace(PLAYBOOKS["us-first-party"], steps=(step,), letter_route="lob")


OUTS = (
    Out("sms", "texts", "reminder-friendly", Settings().worker_threads),
    Out("call", "calls by the machine", "menu", CALLS_AT_ONCE),
    Out("letter", "letters, rendered", "reminder", LETTERS_AT_ONCE),
)


def measure(stand: Stand, sizes: Sizes) -> list[Figure]:
    with answering(stand) as port, _printing() as papers:
        return [_figure(stand, sizes, out, port, papers) for out in OUTS]


def _figure(stand: Stand, sizes: Sizes, out: Out, port: int, papers: OnDemand) -> Figure:
    people = sizes.rounds_of_touches * out.threads

    def ours() -> float:
        ready = Ready.make(stand, people + out.threads, {"us-first-party": out.playbook()})
        _give_office(ready.place)
        rate = _sent(ready, _ways(ready.place.settings, port, papers)[out.channel], out)
        stand.drop(ready.place)
        return rate

    def bare() -> float:
        pool = urllib3.PoolManager(maxsize=out.threads)

        def ask(_: int) -> None:
            assert pool.request("POST", f"http://127.0.0.1:{port}/", body=b"x" * 500).status == 201  # noqa: S101, PLR2004  Created

        return people / _by_threads(out.threads, ask, range(people), range(out.threads))

    name = f"{out.what}, carrier of 100 ms / bare requests, {out.threads} at once"
    return rates(name, "1/s", *in_turns(ours, bare, sizes.slices), None)


def _sent(ready: Ready, way: Way, out: Out) -> float:
    """Touches a second, of all that are claimed but the first few.

    A letter for which no press is free in time is not sent and would be tried again; it counts for nothing.
    """
    place = ready.place
    with place.open(ready.worlds, pool=out.threads) as ledger:
        book = TouchingBook(ledger, _settings(place.settings, 0), ready.playbooks, PACKS)
        contact = ContactActivities(LeapingTouches(book, ready.worlds), {out.channel: way}, ledger.clock)
        orders: list[ContactOrder] = []
        for account in place.accounts:
            answer = ready.ask(ledger, account)
            assert isinstance(answer, Contact), answer  # noqa: S101  else it measured something else
            orders.append(ContactOrder(tenant=place.tenant, account=account, touch=answer.touch))

        outcomes: list[Outcome] = []
        took = _by_threads(
            out.threads,
            lambda order: outcomes.append(contact.contact(order)),
            orders[out.threads :],
            orders[: out.threads],
        )
    sent = sum(outcome.state == "sent" for outcome in outcomes[out.threads :])
    assert sent, outcomes  # noqa: S101  likewise
    return sent / took


def _by_threads(threads: int, work: Callable[[T], None], all_of_them: Sequence[T], warm: Sequence[T]) -> float:
    """Seconds for all of them; what is loaded or opened once is done before, and is no touch's."""
    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(work, warm))
        return seconds(lambda: list(pool.map(work, all_of_them)))


def _ways(settings: Settings, port: int, papers: OnDemand) -> dict[str, Way]:
    """As `worker.py` builds them, with the carrier at this port."""
    here, wording = _settings(settings, port), SmsWording()
    post = LobPost.from_settings(here)
    assert post is not None  # noqa: S101  the stand has a key for it
    return {
        "sms": Texts(TwilioCarrier.from_settings(here), wording),
        "call": Calls(TwilioCalls.from_settings(here, Clock.real()), Speaking()),
        "letter": Letters(papers, post),
    }


def _settings(settings: Settings, port: int) -> Settings:
    base = f"http://127.0.0.1:{port}"
    return settings.model_copy(update={"sandbox": True, "twilio_base": base, "lob_base": f"{base}/v1"})


def _give_office(place: Place) -> None:
    """A letter needs a sender."""
    with psycopg.connect(plain(place.migrator)) as connection:
        connection.execute("SELECT set_config('forbear.tenant', %s, true)", (place.tenant,))
        connection.execute("UPDATE lender SET policy = %s", (Jsonb({"post": {"address": OFFICE, "service": "plain"}}),))


@contextmanager
def _printing() -> Generator[OnDemand]:
    """The print shop, once a press of it is warm."""
    papers, page = OnDemand(), PostAddress("Ada Sampleton", ("12 Example Street",), "Sampleville", "US", "IL", "60601")

    def warm() -> bool:
        try:
            papers.address_page("tch_warm", page, LetterHead("Example Credit Union", "+13125550180", page))
        except Unprintable:
            return False
        return True

    try:
        assert poll_until(warm, WARM_SECONDS)  # noqa: S101  else no letter would be printed
        yield papers
    finally:
        papers.close()
