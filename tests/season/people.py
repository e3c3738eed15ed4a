"""What people do with a text: write back, or open its link and promise, dispute, ask for peace or pay.

Every reply goes through the same functions as the carrier's webhook, every click through the page's.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial
from random import Random

from sqlalchemy import select

from forbear.channels.inbound_words import read
from forbear.ledger import books, checkouts, links, page_acts, replies, routes
from forbear.ledger.engine import Ledger
from forbear.ledger.links import Journey
from forbear.ledger.owed import owed_on
from forbear.ledger.page_acts import Act
from forbear.ledger.replies import Inbound
from forbear.ledger.tables.accounts import Account
from forbear.ledger.tables.contacts import Reply
from forbear.ledger.writers import find_writer
from forbear.ports.payments import Begun, PaymentOrder, ProviderPayment
from forbear.ports.replies import Written
from tests.season.cast import Debt
from tests.season.faulty import LOST, Plan
from tests.season.office import CENT, SENDERS, Office
from tests.season.options import Options
from tests.season.papers import Papers
from tests.season.world import Message, Stage, World

WORDS = (
    ("STOP", "stop"),
    ("Please stop texting me", "stop"),
    ("Wrong number", "wrong_person"),
    ("I dispute this", "dispute"),
    ("I lost my job", "hardship"),
    ("I will pay on Friday", "promise"),
    ("I can pay tomorrow", "promise"),
    ("who is this?", "help"),
    ("my lawyer will answer you", "attorney"),
    ("I filed for bankruptcy", "insolvency"),
    ("ok", "other"),
)
CLICKS = ("promise", "dispute", "hardship", "stop", "wrong_person", "pay", "pay", "pay")
HOOK_TRIES = 3
WEBHOOK_HOURS = 18
"""Within which a payment's webhook is repeated: less than the judge's patience."""


class People:
    """Draws what each reader of a text does."""

    def __init__(
        self,
        options: Options,
        ledger: Ledger,
        papers: Papers,
        *,
        plan: Plan,
        office: Office,
        world: World,
        stage: Stage,
    ) -> None:
        self._options, self._ledger, self._papers, self._plan = options, ledger, papers, plan
        self._office, self._world = office, world
        self._at, self._trouble = stage.at, stage.trouble
        self._draw = Random(f"people {options.seed}")
        self._silent: set[str] = set()
        self._acts = 0
        self._paid: dict[str, tuple[ProviderPayment, Debt]] = {}

    @property
    def _now(self) -> datetime:
        return self._ledger.clock.now()

    def read(self, message: Message) -> None:
        """A text was delivered: its reader may write or click, some hours later."""
        delay = timedelta(minutes=self._draw.choice((0, 1, 30, 300, 1_500)))
        if self._draw.random() < self._options.replies:
            self._at(self._now + delay, partial(self._reply, message.phone))
        if self._draw.random() < self._options.clicks:
            self._at(self._now + 2 * delay, partial(self._click, message, self._draw.choice(CLICKS)))

    def says_stop(self, debt: Debt) -> bool:
        """Right now, in writing, to the lender of this debt; whether it was committed."""
        to, known = SENDERS[debt.lender], len(self._world.written)
        self._write(debt.phone, to, "STOP", "stop", lost=False)
        written, _ = self._world.written[known]
        with self._ledger.api(self._office.tenant, self._office.lender(debt)) as session:
            return session.scalar(select(Reply.id).where(Reply.provider_id == written.provider_id)) is not None

    def _reply(self, phone: str) -> None:
        """People answer what they read last."""
        last = self._world.last_to(phone)
        if last is None:
            return
        text, kind = self._draw.choice(WORDS)
        self._write(phone, last.sender, text, kind)
        if kind == "stop" and phone not in self._silent and self._draw.random() < 0.5:
            self._silent.add(phone)
            later = self._now + timedelta(hours=self._draw.choice((0.01, 5, 60)))
            self._at(later, partial(self._start_again, phone, last.sender))

    def _start_again(self, phone: str, sender: str) -> None:
        self._silent.discard(phone)
        self._write(phone, sender, "START", "start")

    def _write(self, phone: str, to: str, text: str, kind: str, *, lost: bool = True) -> None:
        written = self._world.inbound(phone, to, text)
        line = {"channel": "sms-in", "kind": kind, "from": phone, "to": to}
        self._papers.world(self._now, **line, sid=written.provider_id)
        self._papers.say(written.provider_id, "wrote", kind)
        if self._draw.random() < self._options.hook_lost and lost and not self._world.healed:
            self._papers.say(written.provider_id, "webhook lost")
            self._trouble()
            return
        self._hook(written, to, HOOK_TRIES)

    def _hook(self, written: Written, to: str, tries: int) -> None:
        """The carrier's webhook, repeated for some seconds and then given up, as carriers do; sometimes told twice."""
        try:
            self._take(written, to)
            if self._draw.random() < self._options.asked_twice:
                self._take(written, to)
        except LOST:
            self._trouble()
            if tries > 1:
                self._at(self._now + timedelta(seconds=4), partial(self._hook, written, to, tries - 1))

    def _take(self, written: Written, to: str) -> None:
        with self._ledger.anyone() as session:
            owner = routes.sender_owner(session, to)
        if owner is None:
            raise LookupError("a number of ours without a lender")
        with self._ledger.api(*owner) as session:
            writer = find_writer(session, self._ledger.vault, *owner, written.sender)
            reading = read(written.text, writer.language, writer.today(self._now))
            inbound = Inbound(sender=written.sender, text=written.text, provider_id=written.provider_id)
            replies.take_reply(self._ledger, session, writer, inbound, reading)
            self._plan.before("hook.commit")
        self._plan.after("hook.commit")

    def _click(self, message: Message, kind: str) -> None:
        place = links.find(self._ledger, message.token)
        if place is None:
            raise LookupError("a link in a text that the ledger does not know")
        with self._ledger.api(place.tenant, place.lender) as session:
            journey = links.look(session, place, self._ledger.clock)
            account = session.get_one(Account, journey.account)
            owed, currency = owed_on(session, account, self._ledger.clock.now()).total, account.currency
        if not journey.open or owed <= 0:
            return
        self._acts += 1
        act = Act(kind, f"form-{self._acts}", {})
        if kind == "pay":
            self._pay(journey, act, owed if self._draw.random() < 0.5 else max(CENT, (owed / 2).quantize(CENT)))
        else:
            self._patiently(partial(self._act, journey, act, message.phone, owed, currency))

    def _patiently(self, deed: Callable[[], None]) -> None:
        """A browser without an answer is told to try again, and its owner does; the form's key stays."""
        try:
            self._plan.before("page.act")
            deed()
        except LOST:
            self._at(self._now + timedelta(seconds=30), partial(self._patiently, deed))

    def _act(self, journey: Journey, act: Act, phone: str, owed: Decimal, currency: str) -> None:
        ledger, day = self._ledger, (self._now + timedelta(days=3)).date()
        match act.name:
            case "promise":
                page_acts.promise(ledger, journey, act, amount=owed, currency=currency, due_on=day)
            case "dispute" | "hardship" as kind:
                page_acts.stop_account(ledger, journey, act, kind, "")
            case "stop":
                page_acts.silence(ledger, journey, act, known=False)
            case _:
                page_acts.not_this_person(ledger, journey, act)
        self._plan.after("page.act")
        self._papers.world(self._now, **{"channel": "page", "kind": act.name, "from": phone, "sid": None})
        self._papers.say(journey.account, "on the page", act.name)

    def fetch(self, provider_id: str) -> ProviderPayment:
        """The payment provider's own word. Of `forbear.ports.payments.PaymentProvider`."""
        return self._paid[provider_id][0]

    def begin(self, order: PaymentOrder) -> Begun:
        """Pages begin payments here without a provider's page."""
        raise ConnectionError(order.checkout)

    def read_settlement(self) -> None:
        """The lender's books take what came through links, once Forbear has it: the provider settles a day later."""
        for session, (paid, debt) in self._paid.items():
            whose = self._office.lender(debt)
            with self._ledger.api(self._office.tenant, whose) as transaction:
                payment = books.payment_of(transaction, whose, checkouts.SOURCE, session)
            if payment is not None and payment not in {known for known, _ in debt.taken}:
                self._office.take(debt, payment, paid.amount)

    def _pay(self, journey: Journey, act: Act, amount: Decimal) -> None:
        """Through the provider's page; its webhook comes late, twice, and until it was answered."""
        checkout = checkouts.begin(self._ledger, journey, act, amount=amount, currency="USD")
        session = f"cs_{self._acts}"
        checkouts.attach(self._ledger, journey, checkout.checkout, session)
        paid = ProviderPayment(session, checkout.checkout, "paid", checkout.amount, "USD", self._now)
        line = {"channel": "payment", "kind": "payment", "from": None, "sid": session, "ref": checkout.checkout}
        self._papers.world(self._now, **line, amount=str(checkout.amount), currency="USD")
        self._papers.say(journey.account, "paid by link", str(checkout.amount))
        debt = next(debt for debt in self._office.enrolled if debt.account == journey.account)
        self._paid[session] = paid, debt
        if self._draw.random() < self._options.hook_lost:
            self._papers.say(journey.account, "webhook lost", session)
            self._trouble()
            return

        def settled() -> None:
            checkouts.settle(self._ledger, paid)
            self._plan.after("hook.payment")

        for hours in self._draw.choice(((0.001,), (0.001, 0.002), (WEBHOOK_HOURS,), (0.01, WEBHOOK_HOURS))):
            self._at(self._now + timedelta(hours=hours), partial(self._patiently, settled))
