"""Cases of fictional people on a real database, told as far as their packets need: what the tests of casework start from."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache
from typing import Any, Final

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session
from weasyprint import HTML

from forbear.casework.assembling import assemble
from forbear.casework.assembly import Assembly, Wanted
from forbear.casework.profile_file import find_profile
from forbear.casework.shared import shared
from forbear.documents.registry import find_kind
from forbear.documents.samples import sample
from forbear.ledger import paper_fields, passwords, staffing
from forbear.ledger.cases.facts import tell_fact
from forbear.ledger.cases.files import keep_file
from forbear.ledger.cases.opening import open_recourse
from forbear.ledger.cases.sealing import seal, seal_json
from forbear.ledger.engine import make_engine
from forbear.ledger.enrol import enrol
from forbear.ledger.forms.enrolment import EnrolmentForm
from forbear.ledger.ids import new_id
from forbear.ledger.tables.accounts import Account, LegalCase, Party
from forbear.ledger.tables.cases import CaseClock, CaseFields, CaseService, Guarantee
from forbear.ledger.tables.people import Lender
from tests.conftest import Hands
from tests.ledger.house import House

CUT_OFF: Final = date(2026, 3, 12)
TODAY: Final = date(2026, 3, 16)
"""When packets are asked for, a Monday."""
THE_RECORDS: Final = frozenset(
    {"claimant_persons", "claimant_organisations", "respondent_persons", "respondent_organisations"}
    | {"third_persons", "third_organisations", "guarantees", "costs", "agreement_exhibit", "attachments"}
    | {"service_addresses", "terms", "case_no", "cause", "assignments", "collateral", "guarantees_have", "statement"}
    | {"collateral_have", "agents", "agents_have", "debt_buyer", "original_creditor", "matured", "charged_off_on"}
    | {"charged_off_balance", "loan_lender", "loan_borrower", "dmdc_exhibit", "plead_account_stated", "stage"}
)
"""Fields of samples that are not told to these cases: the record has them, or they belong to another case."""
Told = dict[str, Any]
PASSWORD: Final = "correct horse battery staple"


@dataclass(frozen=True, slots=True)
class Country:
    """What is the same for all cases of a country."""

    path: str
    currency: str
    playbook: str
    jurisdictions: list[str]
    entity: dict[str, str]
    office: dict[str, Any]
    names: tuple[str, str, str]
    home: dict[str, Any]
    phone: str
    columns: dict[str, Any] = field(default_factory=dict[str, Any])
    """What a lender tells of each respondent beside the profile."""


CN: Final = Country(
    path="CN",
    currency="CNY",
    playbook="cn-consumer",
    jurisdictions=["CN"],
    entity={
        "name": "示例储蓄银行股份有限公司", "domicile": "示例市示例大街1号", "registered_at": "示例市",
        "head_name": "范例君", "head_title": "行长", "head_phone": "010-5555-0100", "code": "00000000SAMPLE0001",
        "org_type": "股份有限公司", "ownership": "民营", "email": "legal@bank.example.com",
    },
    office={"lines": ["示例大街1号"], "city": "示例市", "postal_code": "000000", "country": "CN"},
    names=("李玥镕", "周喆", "范例远"),
    home={"lines": ["示例区样例路100号"], "city": "示例市", "postal_code": "000000", "country": "CN"},
    phone="+8619900000{:03d}",
    columns={"sex": "female", "ethnic_group": "汉族", "id_type": "居民身份证"},
)  # fmt: skip
US: Final = Country(
    path="US-NY",
    currency="USD",
    playbook="us-first-party",
    jurisdictions=["US", "US-NY"],
    entity={"name": "Example Credit Union", "domicile": "1 Example Plaza, New York, NY 10001", "head_name": "Robin Specimen",
            "head_title": "Vice president", "org_type": "a not-for-profit cooperative"},
    office={"lines": ["1 Example Plaza"], "city": "New York", "region": "NY", "postal_code": "10001", "country": "US"},
    names=("Jordan Example", "Casey Specimen", "Alex Sample"),
    home={"lines": ["1200 Sample Street"], "city": "New York", "region": "NY", "postal_code": "10002", "country": "US"},
    phone="+12125550{:03d}",
)  # fmt: skip
GB: Final = Country(
    path="GB-EAW",
    currency="GBP",
    playbook="gb-consumer",
    jurisdictions=["GB", "GB-EAW"],
    entity={"name": "Larkspur Example Finance Ltd", "domicile": "1 Specimen Court, Exampleford, ZZ99 1AA",
            "registered_at": "England and Wales", "code": "00000000"},
    office={"lines": ["1 Specimen Court"], "city": "Exampleford", "postal_code": "ZZ99 1AA", "country": "GB"},
    names=("Morgan Example", "Robin Example", "Sam Example"),
    home={"lines": ["14 Sample Terrace"], "city": "Exampleford", "postal_code": "ZZ99 3WZ", "country": "GB"},
    phone="+442079460{:03d}",
)  # fmt: skip


@dataclass(slots=True)
class Filing:
    """A house with one lender of a country, and its cases."""

    house: House
    country: Country
    hands: Hands
    numbers: int = 0

    @property
    def row(self) -> Told:
        return {"tenant": self.house.tenant, "lender": self.house.lender}

    def settle_in(self, **policy: Any) -> None:
        """Give the lender its country, its office and its legal entity."""
        told = {"post": {"address": self.country.office}, "entity": self.country.entity, **policy}
        values = {"policy": told, "country": self.country.path.partition("-")[0], "name": self.country.entity["name"]}
        with make_engine(self.house.migrator).begin() as connection:
            connection.execute(update(Lender).where(Lender.id == self.house.lender).values(**values))

    def party(self, number: int, role: str) -> Told:
        """Somebody as an enrolment tells them."""
        self.numbers += 1
        return {
            "role": role,
            "name": self.country.names[number],
            "birth_date": f"198{8 - number}-02-28",
            "identity_number": f"00000019800228000{number}",
            "language": "zh-Hans" if self.country is CN else "en",
            "jurisdictions": self.country.jurisdictions,
            "contact_points": [
                {"kind": "phone", "value": self.country.phone.format(100 + number), "place": "mobile"},
                {"kind": "postal", "value": self.country.home, "place": "residence"},
                {"kind": "email", "value": f"party{number}@example.org"},
            ],
        }

    def case(
        self, *, kind: str = "suit", roles: tuple[str, ...] = ("borrower",), terms: bool = True, **form: Any
    ) -> str:
        """A case of a debt of 36,500 that grows by ten per cent a year."""
        told: Told = {
            "external_id": new_id("acc"),
            "product": "loan",
            "debt_kind": "personal_loan",
            "playbook": self.country.playbook,
            "currency": self.country.currency,
            "due_since": "2026-01-31",
            "balance": {
                "as_of": self.house.now.isoformat(),
                "components": {"principal": "36500.00", "interest": "120.00"},
            },
            "parties": [self.party(number, role) for number, role in enumerate(roles)],
            **(
                {"terms": {"since": "2026-01-01", "day_count": "ACT/365", "interest": {"rate": "0.10"}}}
                if terms
                else {}
            ),
            **form,
        }
        with self.house.api() as session:
            account = enrol(
                session, self.house.ledger, **self.row, enrolment=EnrolmentForm.model_validate(told), now=self.house.now
            )
        made = new_id("cas")
        values = {"state": "open", "reason": "overdue", "path": self.country.path, "path_version": "1",
                  "opened_at": self.house.now}  # fmt: skip
        with make_engine(self.house.migrator).begin() as connection:
            connection.execute(insert(LegalCase).values(id=made, **self.row, account=account, kind=kind, **values))
        return made

    def recourse(self, case: str, guarantor: str) -> str:
        """The case in which a guarantor claims back what was paid in another."""
        with self.house.worker() as session:
            made = open_recourse(session, session.get_one(LegalCase, case), guarantor, self.house.now)
            made.path, made.path_version = self.country.path, "1"
            return made.id

    def account(self, case: str) -> str:
        with self.house.worker() as session:
            return session.get_one(LegalCase, case).account

    def person(self, case: str, role: str = "borrower") -> str:
        with self.house.worker() as session:
            return session.scalars(
                select(Party.person).where(Party.account == self.account(case), Party.role == role)
            ).one()

    def told(self, case: str, fields: Mapping[str, Any], kind: str = "") -> None:
        """Values for papers, as legal staff tell them, one after the other."""
        self.hands.advance(timedelta(seconds=1))
        with self.house.worker() as session:
            found = session.get_one(LegalCase, case)
            sealed = seal_json(self.house.ledger, session, found, json.loads(json.dumps(dict(fields), default=str)))
            names = {name: value not in ("", None) for name, value in fields.items()}
            session.add(CaseFields(id=new_id("cfd"), **self.row, legal_case=case, kind=kind, told=sealed, names=names,
                                   at=self.house.now))  # fmt: skip

    def lender_told(self, case: str, fields: Mapping[str, Any]) -> None:
        """Values for papers, as the lender tells them of its account, one after the other."""
        self.hands.advance(timedelta(seconds=1))
        with Session(make_engine(self.house.migrator)) as session, session.begin():
            account = session.get_one(Account, session.get_one(LegalCase, case).account)
            paper_fields.tell(self.house.ledger, session, account, "", fields)

    def file(self, case: str, slot: str, *, content: bytes = b"", title: str = "", **told: str) -> str:
        """A file in a slot; a plain page if no other is given."""
        content = content or page(f"{slot} of {case}")
        with self.house.worker() as session:
            return keep_file(
                self.house.ledger, session, case, slot, content, title=title or slot, told=told, now=self.house.now
            ).id

    def fact(self, case: str, kind: str, on: date = CUT_OFF, *, person: str | None = None, **values: Any) -> str:
        with self.house.worker() as session:
            return tell_fact(
                self.house.ledger, session, case, kind, on, person=person, values=values, now=self.house.now
            ).id

    def serve(
        self, case: str, paper: str, *, sent: date = date(2026, 2, 2), reached: date | None = date(2026, 2, 5)
    ) -> str:
        made = new_id("srv")
        with self.house.worker() as session:
            found = session.get_one(LegalCase, case)
            told = seal_json(self.house.ledger, session, found, {"carrier": "EMS", "number": "EX000000001"})
            session.add(CaseService(id=made, **self.row, account=found.account, legal_case=case, paper=paper,
                                    person=self.person(case), method="registered_post",
                                    result="signed" if reached else "sent", sent_on=sent, reached_on=reached,
                                    tracking=told, source="staff", files=[], event=made, at=self.house.now))  # fmt: skip
        return made

    def guarantee(
        self, case: str, role: str = "guarantor", *, counter: bool = False, ends: date | None = date(2026, 7, 31)
    ) -> str:
        """A guarantee, and the clock of its period as the case reckons it."""
        person, made = self.person(case, role), new_id("gua")
        with self.house.api() as session:
            found = session.get_one(LegalCase, case)
            session.add(Guarantee(id=made, **self.row, account=found.account, person=person, number=1, kind="joint",
                                  counter=counter, contract_no=seal(self.house.ledger, session, found, "BZ-0001"),
                                  signed_on=date(2025, 1, 10), main_due_on=date(2026, 1, 31), at=self.house.now))  # fmt: skip
        if ends is not None:
            self.clock(case, "guarantee", person, ends)
        return made

    def clock(
        self, case: str, kind: str, subject: str = "", ends: date = date(2029, 1, 31), state: str = "running"
    ) -> None:
        """A clock as the case reckons it."""
        with self.house.worker() as session:
            session.add(CaseClock(id=new_id("clk"), **self.row, legal_case=case, kind=kind, subject=subject,
                                  nature="deadline", state=state, first_day=date(2026, 1, 31), last_day=ends,
                                  reckoned=[], changed_at=self.house.now))  # fmt: skip

    def told_all(self, case: str, profile: str, **more: Any) -> None:
        """What papers of a profile need beside the record: the words of their samples, from whoever supplies them."""
        lenders, ours = Told(), Told()
        for part in find_profile(profile).parts:
            if part.paper:
                kind = find_kind(part.paper)
                for name, value in sample(kind).fields.items():
                    supplier = kind.fields[name].supplier
                    if name not in THE_RECORDS and supplier != "ledger" and shared().get(name) != "ledger":
                        (lenders if supplier == "lender" else ours)[name] = value
        respondents = [{"name": name, **self.country.columns} for name in self.names(case)]
        side = {"respondent_persons": respondents} if self.country.columns else {}
        ours.pop("total_claimed", None)
        lines = {"finance_charges": "0.00", "interest_asked": "{sum_interest}", "creditor_fees": "0.00",
                 "other_fees": "0.00", "collection_costs": "0.00", "attorney_fees": "0.00"}  # fmt: skip
        lenders |= {name: value for name, value in lines.items() if name in lenders}
        self.lender_told(case, {**lenders, **BEFORE, "account_no": "4400-0000-0000-0215"})
        chosen = {"agents_have": False, "plead_account_stated": False, "requests": [{"text": "… {sum_total} …"}]}
        self.told(case, {**ours, **chosen, **side, **more})

    def lenders_words(self, case: str) -> Told:
        """What the lender told of the account, as the record has it now."""
        with self.house.worker() as session:
            account = session.get_one(Account, session.get_one(LegalCase, case).account)
            lender = session.get_one(Lender, account.lender)
            return dict(paper_fields.known_of(self.house.ledger, session, account, lender, ""))

    def staff(self, *roles: str) -> str:
        """Somebody who works for the tenant, with a password."""
        self.numbers += 1
        with Session(make_engine(self.house.migrator)) as session, session.begin():
            vault = self.house.ledger.vault
            made = staffing.add(
                session, vault, tenant=self.house.tenant, email=f"staff{new_id('stf')}@example.org", name="Sam Sample",
                roles=list(roles), language="en", now=self.house.now,
            )  # fmt: skip
            staffing.locked(session, made).password_hash = _hashed()
        return made

    def names(self, case: str) -> list[str]:
        """Whom the case is against, as the fixtures call them."""
        from forbear.casework.parties import respondents
        from forbear.casework.record import read_case

        with self.house.worker() as session:
            return [each.name for each in respondents(read_case(self.house.ledger, session, case))]

    def fill_slots(self, case: str, profile: str, *more: str) -> None:
        """A file in every slot that must have one, and in those named."""
        for each in find_profile(profile).exhibits:
            if each.need == "required" or each.slot in more:
                self.file(case, each.slot)

    def assembled(self, case: str, profile: str, *, contents: bool = False, cut_off: date = CUT_OFF) -> Assembly:
        wanted = Wanted(case, profile, cut_off, TODAY, packet="pkt_0SampLe")
        with self.house.worker() as session:
            return assemble(self.house.ledger, session, wanted, contents=contents)


BEFORE: Final = {
    "principal_advanced": "40000.00", "principal_agreed": "40000.00", "interest_paid_before": "1500.00",
    "paid_before": "5000.00", "last_paid_before_on": "2026-01-05", "last_paid_before": "500.00",
}  # fmt: skip


@cache
def _hashed() -> str:
    """Made once in a process: a hash is a tenth of a second's work on purpose."""
    return passwords.hashed(PASSWORD)


@cache
def page(words: str) -> bytes:
    """A plain page with words on it, as somebody would upload it."""
    made = HTML(string=f"<html lang=en><title>{words}</title><p>{words}").write_pdf()
    assert made is not None
    return made
