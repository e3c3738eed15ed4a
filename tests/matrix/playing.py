"""How a batch of cases is played: all claim, all send at once and some die of it, and then the world comes to rest."""

from collections.abc import Collection, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

from twilio.rest import Client

from forbear.channels.twilio_http import RoutedHttpClient
from forbear.contracts.decision import Rest
from forbear.ledger import senders
from tests.matrix.cases import ALIVE, CLAIMED, HELD, PRODUCTS, Case
from tests.matrix.office import Played
from tests.matrix.sending import Task
from tests.matrix.world import World
from tests.sandbox.box import ACCOUNT, AUTH_TOKEN, eventually

AT_ONCE: Final = 6
HELD_SECONDS: Final = 45.0
"""Machine time for which an answer is kept back from a worker who is killed meanwhile."""
KILLED: Final = 9
TALKS_FOR: Final = 20.0
"""World seconds that somebody listens to a menu."""
NOT_BY_RULE: Final = frozenset({senders.BUSY, senders.BACKED_OFF})
UNCAPPED: Final = frozenset({"lob", "print_room"})
"""No rule counts letters."""
LETTERS_TAKE: Final = timedelta(days=12)


@dataclass
class Play:
    """What was played, and what was wrong while it was."""

    world: World
    played: list[Played] = field(default_factory=list[Played])
    findings: list[str] = field(default_factory=list[str])

    def run(self, cases: Sequence[Case]) -> None:
        with self.world.one_afternoon():
            self.played = [self.world.office.play(case) for case in cases]
            for one in self.played:
                self._arm(one)
            with ThreadPoolExecutor(AT_ONCE) as pool:
                list(pool.map(self._send, self.played))
            self._ask_again()
            self._hold("right after it was sent", {"claimed", "dispatching", "unknown"})
            self.world.look_after()
        self._settle()
        self._hold("when all was settled", {"sent", "delivered", "undelivered", "unknown"})
        self._follow_letters()
        self._disarm()

    def _arm(self, one: Played) -> None:
        product = PRODUCTS.get(one.case.route)
        if one.case.route == "call":
            script = {"phone": one.to, "script": {"leaves_after": TALKS_FOR}}
            self.world.box.control.post("/calls/handsets", json=script).raise_for_status()
        for armed in one.case.story.armed:
            if one.case.kill == HELD and armed["kind"] == "slow":
                continue  # it is held for longer below
            # The list of letters is asked for a touch, and a fault of it names nobody.
            whom = None if one.case.route == "lob" and armed["kind"] == "list_lag" else one.struck
            more = {name: value for name, value in armed.items() if name != "kind"}
            self.world.box.arm(armed["kind"], **more, phone=whom, product=product)
        if one.case.kill == HELD:
            self.world.box.arm("slow", phone=one.struck, product=product, machine_seconds=HELD_SECONDS)

    def _disarm(self) -> None:
        """A fault that struck nobody has shown nothing."""
        for fault in self.world.box.control.get("/faults").raise_for_status().json():
            ordered = 2 if fault["kind"] == "callback_bad_signature" else 1
            if fault["times"] == ordered:
                struck = next((str(one.case) for one in self.played if one.struck == fault["phone"]), "nobody here")
                self.findings.append(f"{struck}: {fault['kind']} was armed and never struck")
        self.world.box.control.delete("/faults").raise_for_status()

    def _send(self, one: Played) -> None:
        if one.case.kill == ALIVE:
            self.world.contact.contact(one.order)
        else:
            self._kill(one)
        if one.case.fault == "another_call":
            self._call_beside(one)

    def _kill(self, one: Played) -> None:
        clock = self.world.clock
        task = Task(
            tenant=one.order.tenant,
            account=one.account,
            touch=one.touch,
            clock=clock.to_json(),
            machine=clock.machine_now().isoformat(),
            dies=one.case.kill,
        )
        child = self.world.workers.begin(task)
        if one.case.kill == HELD:
            eventually(lambda: self.world.accepted(one))
            self.world.workers.kill(child)
        how = self.world.workers.buried(child)
        if how != KILLED:
            self.findings.append(f"{one.case}: the worker was to die and ended with signal {how}")

    def _call_beside(self, one: Played) -> None:
        """The same numbers, moments later, and not by us."""
        client = Client(ACCOUNT, AUTH_TOKEN, http_client=RoutedHttpClient(self.world.box.url))
        client.calls.create(to=one.to, from_=one.row().sender, twiml="<Response><Say>Hello</Say></Response>")

    def _ask_again(self) -> None:
        """Every other worker that died is believed to be slow, and its order is given to another one."""
        dead = [one for one in self.played if one.case.kill not in {ALIVE, CLAIMED}]
        for one in dead[::2]:
            outcome = self.world.contact.contact(one.order)
            if outcome.state == "failed" and self.world.accepted(one):
                self.findings.append(f"{one.case}: taken, and told to be certainly not sent")

    def _hold(self, when: str, states: Collection[str]) -> None:
        """Whoever was contacted, or may have been, is not contacted again by another account of theirs."""
        for one in self.played:
            if one.row().state not in states or one.case.route in UNCAPPED:
                continue
            answer = one.again()
            if not isinstance(answer, Rest) or answer.rule in NOT_BY_RULE:
                self.findings.append(f"{one.case}: {when} a second contact was not held by a rule: {answer.kind}")

    def _settle(self) -> None:
        """Leases end, patience ends, what was late comes; texts and calls have nothing more to come."""
        for minutes in (2, 18, 15):
            self.world.move_on(timedelta(minutes=minutes))
            self.world.look_after()
        self.world.quiet()
        self.world.look_after()

    def _follow_letters(self) -> None:
        if not any(one.case.route == "lob" for one in self.played):
            return
        for _ in range(3):
            self.world.move_on(LETTERS_TAKE / 3)
            self.world.look_after()
        self.world.quiet()
