"""The worker process: builds the adapters, gives them to the activities, registers the workflows, relays facts.

Run as many as you like; they share the work. This is the composition root: nothing below it builds an adapter.
"""

import asyncio
import signal
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import structlog
from pydantic_settings import BaseSettings, SettingsConfigDict
from temporalio.client import Client
from temporalio.worker import Worker

import activities.cadence
import workflows.account
from activities.cadence import CadenceActivities
from activities.calls import Calls
from activities.case import CaseActivities, PacketActivities
from activities.contact import ContactActivities
from activities.letters import Letters
from activities.texts import Texts
from activities.upkeep import UpkeepActivities
from forbear.cadence.playbooks import load_all as load_playbooks
from forbear.cadence.sms_routes import load_routes
from forbear.casework.shop import PacketShopHere
from forbear.channels.calls_twilio import TwilioCalls
from forbear.channels.inbound_words import read
from forbear.channels.lender_news import LenderNews
from forbear.channels.lender_webhooks import LenderWebhooks
from forbear.channels.post_routed import RoutedPost
from forbear.channels.route_check import check_routes
from forbear.channels.sms_routed import RoutedCarrier
from forbear.channels.step_words import check_words
from forbear.channels.voice.speaking import Speaking
from forbear.channels.wording import SmsWording
from forbear.contracts import queues
from forbear.court.paths import load_all as load_paths
from forbear.documents.on_demand import OnDemand
from forbear.documents.packets.on_demand import BinderyOnDemand
from forbear.errors import CannotStart, ForbearError
from forbear.ledger.asking import CheckoutsBook
from forbear.ledger.call_rounds import CallRoundsBook
from forbear.ledger.cases.deciding import CaseDecidingBook
from forbear.ledger.cases.upkeeping import CaseSweepsBook
from forbear.ledger.deciding import DecidingBook
from forbear.ledger.engine import Ledger
from forbear.ledger.following import FollowingBook
from forbear.ledger.letter_rounds import LetterRoundsBook
from forbear.ledger.listening import ListeningBook
from forbear.ledger.relaying import RelayingBook
from forbear.ledger.touching import TouchingBook
from forbear.ledger.upkeeping import UpkeepingBook
from forbear.ledger.webhooks import LenderNewsBook
from forbear.payments.checkout import StripeCheckout
from forbear.ports.ways import Way
from forbear.rules.packs import load as load_packs
from forbear.settings import Settings
from forbear.temporal.client import connect
from forbear.temporal.relay import Relay
from forbear.temporal.runner import sandbox
from forbear.temporal.runs import RunningWorkflows
from forbear.temporal.starting import keep_upkeep, start_upkeep
from forbear.wording.checking import FOLDER as TEMPLATES
from forbear.wording.checking import refuse_bad_words
from workflows.account import AccountWorkflow
from workflows.case import CaseWorkflow
from workflows.upkeep import UpkeepWorkflow

HOME = Path(__file__).resolve().parent
WORKFLOW_TASKS_AT_ONCE = 8
"""Few: a cold cache that replays many histories at once trips the SDK's two-second deadlock detector."""
LETTERS_AT_ONCE = 4
"""As many as are made and handed over at a time; the print shop has fewer presses."""
PACKETS_AT_ONCE = 2
"""Each keeps a press and a desk busy for seconds."""
CALLS_AT_ONCE = 2
"""Few: the carrier starts one call a second, and whatever is more waits in its queue, where windows may close."""
NEWS_AT_ONCE = 8
"""Threads of their own: a lender's server that does not answer must not keep letters and calls waiting."""
GRACE = timedelta(seconds=20)
"""Machine time for an activity under way to finish when the process is asked to stop."""

log = structlog.get_logger("forbear.worker")


class ReadyFile(BaseSettings):
    """`FORBEAR_READY_FILE`: touched when the worker polls, for whoever waits for it."""

    model_config = SettingsConfigDict(env_prefix="FORBEAR_")
    ready_file: Path | None = None


class Forbear:
    """Everything the worker process holds."""

    def __init__(self, settings: Settings, ledger: Ledger, client: Client) -> None:
        self.settings = settings
        self.ledger = ledger
        self.client = client
        self.wording = SmsWording()
        self.playbooks = load_playbooks()
        self.packs = load_packs()
        check_routes(self.playbooks, self.wording, load_routes())
        check_words(self.playbooks)
        refuse_bad_words(TEMPLATES, self.packs, ledger.clock.now().date())
        # A worker that was given no key leaves payments to the provider's webhooks.
        self.payments = StripeCheckout.from_settings(settings) if settings.stripe_key.get_secret_value() else None
        self.carrier = RoutedCarrier.from_settings(
            settings, self.wording, clock=ledger.clock, threads=settings.worker_threads
        )
        self.calls = TwilioCalls.from_settings(settings, ledger.clock)
        self.paths = load_paths()
        self.papers = OnDemand()
        self.bindery = BinderyOnDemand(PACKETS_AT_ONCE)
        self.post = RoutedPost.from_settings(settings, self.papers, ledger.clock)
        self.webhooks = LenderWebhooks(ledger.clock, sandbox=settings.sandbox)

    def warm(self) -> None:
        """Open the presses in the background where any letter may be due, so that the first is not late."""
        if any(step.channel == "letter" for book in self.playbooks.values() for step in book.steps):
            self.papers.warm()

    def workers(self, pool: ThreadPoolExecutor) -> list[Worker]:
        cadence = CadenceActivities(DecidingBook(self.ledger, self.playbooks, self.packs, costs=self.wording.costs))
        touching = TouchingBook(self.ledger, self.settings, self.playbooks, self.packs)
        ways: dict[str, Way] = {
            "sms": Texts(self.carrier, self.wording),
            "call": Calls(self.calls, Speaking()),
            "letter": Letters(self.papers, self.post),
        }
        contact = ContactActivities(touching, ways, self.ledger.clock)
        cases = CaseActivities(CaseDecidingBook(self.ledger, self.paths, self.packs))
        packets = PacketActivities(PacketShopHere(self.ledger, self.bindery))
        listening = ListeningBook(self.ledger, read)
        upkeep = UpkeepActivities(
            UpkeepingBook(self.ledger, self.settings),
            {"sms": self.carrier, "call": self.calls, "letter": self.post},
            listening,
            self.carrier,
            follow=FollowingBook(self.ledger),
            fates=self.carrier,
            runs=RunningWorkflows(self.client, asyncio.get_running_loop()),
            checkouts=CheckoutsBook(self.ledger),
            payments=self.payments,
            letters=LetterRoundsBook(self.ledger, self.post.routes, self.packs),
            post=self.post,
            calls=CallRoundsBook(self.ledger),
            line=self.calls,
            cases=CaseSweepsBook(self.ledger),
            case_runs=RunningWorkflows.of_cases(self.client, asyncio.get_running_loop()),
            clock=self.ledger.clock,
        )
        threads = self.settings.worker_threads

        def worker(queue: str, activity: Callable[..., Any], *, at_once: int, **more: Any) -> Worker:
            return Worker(
                self.client,
                task_queue=queue,
                activities=[activity],
                activity_executor=pool,
                max_concurrent_activities=at_once,
                graceful_shutdown_timeout=GRACE,
                **more,
            )

        def deciding(workflow: type, tasks_at_once: int) -> dict[str, Any]:
            return {
                "workflows": [workflow],
                "workflow_runner": sandbox(),
                "max_concurrent_workflow_tasks": tasks_at_once,
            }

        few = {"max_concurrent_local_activities": threads}
        account = deciding(AccountWorkflow, WORKFLOW_TASKS_AT_ONCE) | few
        case = deciding(CaseWorkflow, WORKFLOW_TASKS_AT_ONCE) | few
        return [
            worker(queues.ACCOUNTS, cadence.decide, at_once=1, **account),
            worker(queues.SMS, contact.contact, at_once=threads),
            worker(queues.CALLS, contact.contact, at_once=CALLS_AT_ONCE),
            worker(queues.LETTERS, contact.contact, at_once=LETTERS_AT_ONCE),
            worker(queues.CASES, cases.decide_case, at_once=1, **case),
            worker(queues.PACKETS, packets.make_packet, at_once=PACKETS_AT_ONCE),
            worker(queues.UPKEEP, upkeep.look_after, at_once=1, **deciding(UpkeepWorkflow, 2)),
        ]


def assert_ours() -> None:
    """`workflows` and `activities` are generic names: refuse to run somebody else's."""
    for module in (workflows.account, activities.cadence):
        if HOME not in Path(module.__file__ or "/").resolve().parents:
            raise CannotStart(f"{module.__name__} was imported from elsewhere: run the worker from its own checkout.")


async def run(settings: Settings) -> None:
    """Work until SIGTERM or Ctrl-C."""
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    ledger = Ledger.open(settings, pool=settings.worker_threads)
    client = await connect(settings)
    forbear = Forbear(settings, ledger, client)
    forbear.warm()
    with (
        ThreadPoolExecutor(settings.worker_threads * 2 + 2, thread_name_prefix="activity") as pool,
        ThreadPoolExecutor(NEWS_AT_ONCE, thread_name_prefix="news") as news_pool,
    ):
        workers = forbear.workers(pool)
        running = [asyncio.create_task(worker.run()) for worker in workers]
        telling = RelayingBook(ledger)
        relay = asyncio.create_task(Relay(telling, client).run())
        news = asyncio.create_task(LenderNews(LenderNewsBook(ledger), forbear.webhooks, news_pool).run())
        await start_upkeep(client, settings.upkeep_seconds)
        keeper = asyncio.create_task(keep_upkeep(client, settings.upkeep_seconds))
        _say_ready()
        stopped = asyncio.create_task(stop.wait())
        await asyncio.wait([stopped, relay, keeper, news, *running], return_when=asyncio.FIRST_COMPLETED)
        for task in (relay, keeper, news):
            task.cancel()
        await asyncio.gather(*(worker.shutdown() for worker in workers))
        for task in (relay, keeper, news):
            with suppress(asyncio.CancelledError):
                await task
        await asyncio.gather(*running)
    forbear.webhooks.close()
    forbear.papers.close()
    forbear.bindery.close()
    telling.close()
    ledger.close()


def _say_ready() -> None:
    log.info("worker_ready")
    if (path := ReadyFile().ready_file) is not None:
        path.touch()


def main() -> int:
    assert_ours()
    try:
        asyncio.run(run(Settings()))
    except ForbearError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
