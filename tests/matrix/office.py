"""People with an account each, one lender to each case: what one case teaches about a route holds up no other.

Their touch is claimed by a cadence without manners, so that only the rules hold a second one back.
"""

import itertools
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import insert, select, update

from forbear.cadence import decision as cadence
from forbear.cadence.life import Life
from forbear.cadence.permits import usable
from forbear.cadence.playbooks import Playbook
from forbear.cadence.translate import to_attempt, to_facts
from forbear.clock import Clock
from forbear.contracts.decision import Contact, ContactOrder, Decision
from forbear.contracts.words import Channel
from forbear.ledger.addresses import PostalAddress, key_form
from forbear.ledger.deciding import Decide
from forbear.ledger.engine import make_engine
from forbear.ledger.ids import new_id
from forbear.ledger.tables.contacts import PastContact, Touch
from forbear.ledger.tables.people import ContactPoint, Lender, Profile
from forbear.ledger.tables.tasks import Task
from forbear.rules.engine import check
from forbear.rules.packs import Packs
from forbear.settings import Settings
from tests.ledger import facts
from tests.ledger.chinese import ChineseHouse
from tests.ledger.house import House
from tests.matrix.cases import Case, Route
from tests.post.mailing import OFFICE

PACIFIC: Final = "America/Los_Angeles"
NAME, ZIP = "Example Borrower", "90012"
CAPPED: Final = ["US", "US-DC"]
"""Whose law counts calls about one account, four in a week, whoever made them and whether they were answered."""
CALLED: Final = (2, 3, 4)
"""Days ago."""
AREAS = ("213", "310", "323", "408", "415", "510", "530", "559")
WORDS: Final[dict[Route, tuple[Channel, str, str]]] = {
    "number": ("sms", "twilio", "reminder-friendly"),
    "service": ("sms", "twilio", "reminder-friendly"),
    "aliyun": ("sms", "aliyun", "cn-notice-friendly"),
    "call": ("call", "twilio", "menu"),
    "lob": ("letter", "lob", "reminder"),
    "print_room": ("letter", "print_room", "reminder"),
}
_numbers, _services = itertools.count(), itertools.count(1)


def wanting(route: Route) -> Decide:
    """A cadence that contacts by this way whenever the rules allow it, whatever is under way."""
    channel, provider, template = WORDS[route]

    def decide(life: Life, playbook: Playbook, packs: Packs, now: datetime) -> cadence.Decision:
        person = life.borrower
        told = to_facts(life, person, now, contacts_in_7_days=playbook.contacts_in_7_days)
        [point] = usable(person, channel)
        attempt = to_attempt(life, person, point, channel)
        permit, question = check(attempt, told, packs, now), cadence.Question(attempt, told)
        if permit.verdict != "allow":
            return cadence.Rest(
                permit.until or now + timedelta(days=7), "held", permit.rules[0], permit, "M1", question
            )
        return cadence.Contact(
            step=f"matrix-{route}",
            channel=channel,
            role=person.role,
            person=person.id,
            point=point.id,
            key=point.key,
            place=point.place,
            template=template,
            language=person.language,
            accounts=(life.account,),
            window_closes=permit.closes_at,
            priority=3,
            reason="a reminder",
            permit=permit,
            stage="M1",
            question=question,
            provider=provider,
        )

    return decide


@dataclass
class Played:
    """A case with its person and its touch."""

    case: Case
    house: "AmericanHouse | BeijingHouse"
    lender: str
    person: str
    account: str
    to: str
    """The number, or the first street line."""
    order: ContactOrder

    @property
    def touch(self) -> str:
        return self.order.touch

    @property
    def struck(self) -> str:
        """Whom a fault names."""
        return f"{self.to.casefold()}|{ZIP}" if self.case.route == "lob" else self.to

    @property
    def secrets(self) -> list[str]:
        """What no log may show."""
        return [self.to.removeprefix("+"), self.to[2:]] if self.to.startswith("+") else [self.to]

    def row(self) -> Touch:
        return self.house.touch(self.touch)

    def tasks(self) -> list[tuple[str, str]]:
        """Kind and state of what people were asked about this touch."""
        with self.house.worker() as session:
            return [(task.kind, task.state) for task in session.scalars(select(Task).where(Task.touch == self.touch))]

    def again(self) -> Decision:
        """What is decided when they are to be contacted once more; of texts about another account, as a cap counts both."""
        self.house.lender = self.lender
        other = self.account if self.case.route == "call" else self.house.debt(self.person)
        return self.house.ask(other, wanting(self.case.route))


class AmericanHouse(House):
    """Its people live by the Pacific: when it is afternoon there, it is morning in Beijing."""

    def debt(self, person: str) -> str:
        return self.account(person)

    def somebody(self, case: Case) -> tuple[str, str]:
        """A person whom the case's way out reaches: person, and the number or the first street line."""
        serial, person = next(_numbers), self.person()
        number = f"+1{AREAS[serial // 100]}55501{serial % 100:02}"
        self.phone(person, number, zone=PACIFIC)
        if case.route not in {"lob", "print_room"}:
            return person, number
        line = f"{serial + 1} Matrix Street"
        self._lives(person, line)
        return person, line

    def _lives(self, person: str, line: str) -> None:
        vault = self.ledger.vault
        written = PostalAddress(lines=[line], city="Los Angeles", region="CA", postal_code=ZIP, country="US")
        text = written.model_dump_json()
        with self.api() as session:
            values: dict[str, Any] = {
                "id": new_id("pt"),
                "tenant": self.tenant,
                "lender": self.lender,
                "person": person,
                "kind": "postal",
                "value": vault.seal(session, tenant=self.tenant, lender=self.lender, person=person, text=text),
                "address_key": vault.address_key(self.tenant, "postal", key_form("postal", text)),
                "place": "residence",
                "state": "valid",
                "zone": PACIFIC,
                "zone_evidence": "address",
                "country": "US",
                "clues": [],
                "created_at": self.now,
            }
            session.execute(insert(ContactPoint).values(**values))


class BeijingHouse(ChineseHouse):
    def debt(self, person: str) -> str:
        return self._debt(person)

    def somebody(self, case: Case) -> tuple[str, str]:
        number, person, _ = self.chinese()
        return person, number


class Office:
    """Both houses on one database and one clock."""

    def __init__(self, settings: Settings, clock: Clock) -> None:
        self.settings = settings
        hands: Callable[[], datetime] = clock.now
        self.here, self.beijing = AmericanHouse(settings, hands), BeijingHouse(settings, hands)
        for house in (self.here, self.beijing):
            house.ledger.clock = clock

    def play(self, case: Case) -> Played:
        """A lender, a person of theirs and a claimed touch."""
        house = self.beijing if case.route == "aliyun" else self.here
        house.lender = house.add_lender()
        self._set_up(house.lender, case)
        person, to = house.somebody(case)
        account = house.debt(person)
        if case.route == "call":
            with house.api() as session:
                facts.give_consent(house, session, account, channel="call")
                session.add_all(_called(house, account, person, days) for days in CALLED)
                session.execute(update(Profile).where(Profile.person == person).values(jurisdictions=CAPPED))
        decision = house.ask(account, wanting(case.route))
        assert isinstance(decision, Contact), (str(case), decision)
        return Played(case, house, house.lender, person, account, to, house.order(account, decision.touch))

    def _set_up(self, lender: str, case: Case) -> None:
        """What of a lender its way out needs."""
        changed: dict[str, Any] = {}
        if case.route == "service":
            changed["sender"] = f"MG{next(_services):032x}"
        if case.route in {"lob", "print_room"}:
            changed["policy"] = {"post": {"address": OFFICE, "service": "plain"}}
        if changed:
            engine = make_engine(self.settings.database_url_for("migrator"))
            with engine.begin() as connection:
                connection.execute(update(Lender).where(Lender.id == lender).values(changed))

    def close(self) -> None:
        self.here.close()
        self.beijing.close()


def _called(house: House, account: str, person: str, days: int) -> PastContact:
    """A call that the lender made: with ours the week is full."""
    return PastContact(
        id=new_id("pst"),
        tenant=house.tenant,
        lender=house.lender,
        account=account,
        person=person,
        at=house.now - timedelta(days=days),
        channel="call",
        role="borrower",
        address_key=None,
        place="mobile",
        result="no_answer",
    )
