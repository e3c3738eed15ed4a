"""The carrier as our hooks of calls see it, and somebody whose phone rings."""

import itertools
import json
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode, urlsplit
from xml.etree import ElementTree as ET

from httpx import Response
from sqlalchemy import select, update
from twilio.request_validator import RequestValidator

from forbear.contracts.decision import Contact, ContactOrder
from forbear.ledger.tables.accounts import Promise, Stop
from forbear.ledger.tables.calls import Call, CallStep
from forbear.ledger.tables.contacts import PastContact, Receipt, Reply, Suppression
from forbear.ledger.tables.people import Lender, Profile
from forbear.ledger.tables.tasks import Task
from forbear.ports.book import Dispatch
from forbear.ports.sms import Accepted
from tests.api.pages.site import Site
from tests.ledger import facts
from tests.ledger.postal import lender_chooses
from tests.ledger.wanting import insisting

BORN = date(1985, 3, 27)
RIGHT, WRONG = "03271985", "01011990"
_numbers, _sids = itertools.count(), itertools.count(1)
calling = insisting("call", "menu", "twilio")


@dataclass
class Answer:
    """What the carrier was told."""

    response: Response

    @property
    def document(self) -> ET.Element:
        assert self.response.status_code == 200, self.response.text
        assert self.response.headers["content-type"].startswith("text/xml")
        return ET.fromstring(self.response.text)  # noqa: S314  our own document

    @property
    def verbs(self) -> list[str]:
        return [each.tag for each in self.document]

    @property
    def spoken(self) -> str:
        return " ".join(each.text or "" for each in self.document.iter("Say"))

    @property
    def action(self) -> str:
        [address] = {each.attrib["action"] for each in self.document.iter() if "action" in each.attrib}
        return address


class Phone:
    """Somebody with one number and one account, and the carrier between us."""

    def __init__(self, site: Site, *, language: str = "en", **profile: Any) -> None:
        self.site, self.house = site, site.house
        self.http = site.browser()
        number = next(_numbers)
        self.number = f"+1{772 + number // 100}55501{number % 100:02}"
        self.person, self.account = self.house.borrower(self.number)
        with self.house.api() as session:
            self.lender_number = session.scalars(select(Lender.sender)).one()
            self._tell(session, "birth_date", BORN.isoformat())
            for name, text in profile.items():
                self._tell(session, name, text)
            session.execute(update(Profile).where(Profile.person == self.person).values(language=language))
            facts.give_consent(self.house, session, self.account, channel="call")

    def _tell(self, session: Any, name: str, text: str | None) -> None:
        sealed = None
        if text is not None:
            sealed = self.house.ledger.vault.seal(
                session, tenant=self.house.tenant, lender=self.house.lender, person=self.person, text=text
            )
        session.execute(update(Profile).where(Profile.person == self.person).values({name: sealed}))

    def rung(self) -> "Ringing":
        """A call was placed and its answer recorded."""
        decision = self.house.ask(self.account, calling)
        assert isinstance(decision, Contact), decision
        order = self.house.order(self.account, decision.touch)
        ready = self.house.touching().prepare(order)
        assert isinstance(ready, Dispatch), ready
        sid = f"CA{next(_sids):032x}"
        self.house.record(order, Accepted(provider_id=sid, status="queued"))
        return Ringing(self, order, ready, sid)

    def post(self, target: str, fields: dict[str, str], signature: str | None = "") -> Response:
        """A webhook, signed as the carrier signs unless told otherwise; a fragment is sent by no carrier."""
        target = target.partition("#")[0]
        if signature == "":
            token = self.site.settings.twilio_auth_token.get_secret_value()
            signature = RequestValidator(token).compute_signature(target, fields)
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        if signature is not None:
            headers["X-Twilio-Signature"] = signature
        parts = urlsplit(target)
        path = f"{parts.path}?{parts.query}" if parts.query else parts.path
        return self.http.post(path, content=urlencode(fields), headers=headers)

    def dials_in(self, *, sid: str = "", number: str = "", to: str = "") -> tuple[Answer, str]:
        """Calls the lender's number; the answer and the call's id."""
        sid = sid or f"CA{next(_sids):032x}"
        target = f"{self.site.settings.public_url}/hooks/twilio/voice/inbound"
        fields = {"CallSid": sid, "From": number or self.number, "To": to or self.lender_number, "Direction": "inbound"}
        return Answer(self.post(target, fields)), sid

    def rows(self, table: Any, *conditions: Any) -> list[Any]:
        with self.house.worker() as session:
            return list(session.scalars(select(table).where(*conditions)))

    def stops(self) -> list[tuple[str, str | None]]:
        return [(row.kind, row.account) for row in self.rows(Stop, Stop.person == self.person)]

    def opt_outs(self) -> list[str]:
        key = self.house.key(self.number)
        return [row.scope for row in self.rows(Suppression, Suppression.address_key == key)]

    def promises(self) -> list[Promise]:
        return self.rows(Promise, Promise.account == self.account)

    def replies(self) -> list[Reply]:
        return self.rows(Reply, Reply.person == self.person)

    def tasks(self) -> list[Task]:
        return self.rows(Task, Task.person == self.person)

    def called_us(self) -> list[PastContact]:
        return self.rows(PastContact, PastContact.person == self.person)

    def steps(self, sid: str) -> list[CallStep]:
        [call] = self.rows(Call, Call.provider_id == sid)
        return sorted(self.rows(CallStep, CallStep.call == call.id), key=lambda step: step.number)

    def told(self) -> list[str]:
        return self.house.told(self.account)


@dataclass
class Ringing:
    """One call of ours, under way."""

    phone: Phone
    order: ContactOrder
    ready: Dispatch
    sid: str

    def fields(self, **more: str) -> dict[str, str]:
        return {"CallSid": self.sid, "From": self.phone.lender_number, "To": self.phone.number, **more}

    def answered(self, by: str = "human") -> Answer:
        more = {"AnsweredBy": by} if by else {}
        return Answer(self.phone.post(self.ready.answer_url, self.fields(CallStatus="in-progress", **more)))

    def press(self, last: Answer, digits: str = "", **more: str) -> Answer:
        return Answer(self.phone.post(last.action, self.fields(Digits=digits, **more)))

    def walk(self, *keys: str) -> Answer:
        """Answer as a human and press one after another."""
        answer = self.answered()
        for digits in keys:
            answer = self.press(answer, digits)
        return answer

    def status(self, status: str, **more: str) -> None:
        answer = self.phone.post(self.ready.callback_url, self.fields(CallStatus=status, **more))
        assert answer.status_code == 204

    @property
    def touch(self) -> tuple[str, str | None]:
        now = self.phone.house.touch(self.order.touch)
        return now.state, now.result

    def receipts(self) -> list[str]:
        return [row.status for row in self.phone.rows(Receipt, Receipt.touch == self.order.touch)]


def choosing(phone: Phone, policy: str) -> None:
    """Let the lender choose."""
    lender_chooses(phone.house, json.loads(policy))
