"""A lender's own legal desk: hands accounts over to court with everything that only the lender has, over the API.

It enrols the account, opens the case, sends exhibits, tells notices, guarantees, history and values for papers; later
it posts what a debtor pays after all.
"""

import threading
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from forbear.clock import Clock
from forbear.rehearsal import exhibits
from forbear.rehearsal.asking import Asking, Refused
from forbear.rehearsal.clientlog import ClientLog
from forbear.rehearsal.court import Json, Matter
from forbear.rehearsal.lenders import Creditor
from forbear.rehearsal.robot import Robot

PROOF: Final = "notice_proof"


@dataclass
class Docket:
    """What lenders and legal staff tell each other of their cases: which matter each is, and what was told when."""

    matters: dict[str, Matter] = field(default_factory=dict[str, Matter])
    accounts: dict[str, str] = field(default_factory=dict[str, str])
    told: dict[tuple[str, str], datetime] = field(default_factory=dict[tuple[str, str], datetime])
    """By case and fact."""
    turn: threading.Lock = field(default_factory=threading.Lock)

    def enter(self, case: str, account: str, matter: Matter) -> None:
        with self.turn:
            self.accounts[case], self.matters[case] = account, matter

    def note(self, case: str, fact: str, at: datetime) -> None:
        with self.turn:
            self.told[case, fact] = at

    def cases(self) -> list[tuple[str, Matter]]:
        with self.turn:
            return list(self.matters.items())


class LegalDesk(Robot):
    """One lender's legal desk."""

    def __init__(
        self, api: Asking, clock: Clock, log: ClientLog, *, lender: Creditor, matters: list[Matter], docket: Docket
    ) -> None:
        super().__init__(f"legal desk of {lender.name}", clock, lender.zone)
        self._api, self._log, self._matters, self._docket = api, log, matters, docket
        self._paid: set[str] = set()

    def begin(self) -> None:
        for matter in self._matters:
            self._hand_over(matter)

    def round(self) -> None:
        for case, matter in self._docket.cases():
            if matter not in self._matters:
                continue
            self._release(self._docket.accounts[case])
            if matter.pays is not None and case not in self._paid:
                self._pay(case, matter, *matter.pays)
        self.rest(timedelta(hours=2))

    def _hand_over(self, matter: Matter) -> None:
        key = matter.name
        enrolled = self._api.post("/v1/accounts", f"court-{key}", matter.enrolment)
        account = str(enrolled["id"])
        self._log.enrolled(matter.loan, account)
        shown = self._api.get(f"/v1/accounts/{account}")["parties"]
        parties = {str(each["role"]): party for party, each in shown.items()}
        case = self._case(account, matter)
        self._history(case, matter, parties)
        proofs = [kept for slot, kept in self._exhibits(case, matter) if slot == PROOF]
        for number, each in enumerate(matter.guarantees):
            told = {name: value for name, value in each.items() if name != "role"}
            body = {"party": parties[each["role"]], **told}
            self._api.post(f"/v1/accounts/{account}/guarantees", f"guarantee-{key}-{number}", body)
        for number, each in enumerate(matter.notices):
            body = _service(f"{key}-{number}", each, parties, proofs)
            self._api.post(f"/v1/cases/{case}/services", f"service-{key}-{number}", body)
        self._api.post(f"/v1/cases/{case}/fields", f"fields-{key}", {"values": matter.fields("lender")})
        self._docket.enter(case, account, matter)

    def _case(self, account: str, matter: Matter) -> str:
        """A case of the account: opened for it, or the one that a playbook's last stage opened a moment before."""
        try:
            opened = self._api.post(f"/v1/accounts/{account}/cases", f"open-{matter.name}", {"kind": matter.kind})
        except Refused:
            opened = next(iter(self._api.get("/v1/cases", account_id=account, state="open")["data"]), None)
            if opened is None:
                raise
        return str(opened["id"])

    def _history(self, case: str, matter: Matter, parties: Json) -> None:
        """What happened before: told first, so that the case begins where it stands."""
        for number, each in enumerate(matter.facts):
            body: Json = {"kind": each["kind"], "on": each["on"], "values": each["values"]}
            if "person" in each:
                body["party"] = parties[each["person"]]
            self._api.post(f"/v1/cases/{case}/facts", f"fact-{matter.name}-{number}", body)

    def _exhibits(self, case: str, matter: Matter) -> list[tuple[str, str]]:
        kept: list[tuple[str, str]] = []
        for number, each in enumerate(matter.files):
            body, kind = exhibits.make(matter.loan.lender.country, each)
            told = {name: str(each[name]) for name in ("slot", "title", "form", "day") if name in each}
            name = f"exhibit-{number + 1}.{'jpg' if kind == exhibits.JPEG else 'pdf'}"
            answer = self._api.upload(
                f"/v1/cases/{case}/files", f"file-{matter.name}-{number}", told, (name, body, kind)
            )
            kept.append((str(each["slot"]), str(answer["id"])))
        return kept

    def _release(self, account: str) -> None:
        """End the pause under which a reminder that could not be printed left the account: it is in court now."""
        for hold in self._api.get(f"/v1/accounts/{account}/holds")["data"]:
            if hold["until"] is None and hold["released_at"] is None:
                path = f"/v1/accounts/{account}/holds/{hold['id']}/release"
                self._api.post(path, f"release-{hold['id']}", {"reason": "resolved"})

    def _pay(self, case: str, matter: Matter, after: str, hours: int) -> None:
        """Everything that is owed, once a fact is so many hours old."""
        told = self._docket.told.get((case, after))
        if told is None or self.clock.now() < told + timedelta(hours=hours):
            return
        account, received = self._docket.accounts[case], self.clock.now()
        amount: Decimal = matter.loan.owed
        external = f"transfer-{matter.name}"
        body: dict[str, Any] = {
            "external_id": external,
            "amount": {"amount": f"{amount:.2f}", "currency": matter.loan.row["currency"]},
            "received_at": received.isoformat(),
        }
        self._api.post(f"/v1/accounts/{account}/payments", external, body)
        self._log.payment(account, external, amount)
        self._paid.add(case)


def _service(name: str, each: Json, parties: Json, proofs: list[str]) -> Json:
    body: Json = {
        "external_id": f"service-{name}",
        "paper": each["paper"],
        "party": parties[each["to"]],
        "method": each["method"],
        "result": each["result"],
        "sent_on": each["sent"],
        "reached_on": each["reached"],
        "evidence": [{"exhibit_id": proofs[each["proof"]]}],
    }
    if each["number"]:
        body["tracking"] = {"carrier": each.get("carrier", "EMS"), "number": each["number"]}
    return body | ({"rule": each["rule"]} if "rule" in each else {})
