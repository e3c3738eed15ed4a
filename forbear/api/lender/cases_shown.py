"""Legal cases as their lender sees them: ids, words, days and sums. What is sealed is named, and never opened here.

Whoever takes part is named by the id of the account's party: a person's own id would tell one lender of another's.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from forbear.court.facts import forms
from forbear.court.paths import load_all
from forbear.errors import NotFound
from forbear.ledger.cases import rows, told
from forbear.ledger.tables.accounts import LegalCase, Party
from forbear.ledger.tables.cases import CaseClock, CaseCost, CaseFact, CaseFile, CaseService, Guarantee, Packet
from forbear.ledger.views import instant
from forbear.money.currency import wire

View = dict[str, Any]
Lines = Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Parties:
    """Everybody on an account, by person and by the id that its lender knows."""

    of_person: Mapping[str, str]
    of_party: Mapping[str, str] = field(repr=False)

    def person(self, party: str) -> str:
        """Who a party is.

        Raises:
            NotFound: it is none of this account.
        """
        if (found := self.of_party.get(party)) is None:
            raise NotFound("No such party of this account")
        return found

    def party(self, person: str | None) -> str | None:
        return None if person is None else self.of_person.get(person)

    def words(self, text: str) -> str:
        """A text of ours in which persons are named by their parties."""
        for person, party in self.of_person.items():
            text = text.replace(person, party)
        return text


def parties_of(session: Session, account: str) -> Parties:
    """Everybody on an account; whoever stands on it in several roles has the id of the first."""
    found = session.scalars(select(Party).where(Party.account == account).order_by(Party.role, Party.id)).all()
    of_person: dict[str, str] = {}
    for row in found:
        of_person.setdefault(row.person, row.id)
    return Parties(of_person, {row.id: row.person for row in found})


def row_view(case: LegalCase) -> View:
    """A case in a list."""
    return {
        "id": case.id,
        "account": case.account,
        "kind": case.kind,
        "state": case.state,
        "path": case.path,
        "stage": case.stage or None,
        "stage_since": _at(case.stage_since),
        "opened_at": instant(case.opened_at),
        "closed_at": _at(case.closed_at),
        "outcome": case.outcome,
    }


def case_view(session: Session, case: LegalCase) -> View:
    """A case with all that bears on it."""
    parties = parties_of(session, case.account)
    taken = {each.takes_back for each in rows.all_facts(session, case.id) if each.takes_back}
    facts = [each for each in rows.all_facts(session, case.id) if each.takes_back is None]
    return {
        **row_view(case),
        "stage_title": _stage_title(case),
        "next": _next(case, parties),
        "missing": [lacking_view(each, parties) for each in told.lacking(session, case.id)]
        if case.state == "open"
        else [],
        "clocks": [clock_view(each, parties) for each in rows.clocks(session, case.id)],
        "facts": [fact_view(each, parties, taken_back=each.id in taken) for each in facts],
        "fields_told": sorted(rows.fields_told(session, case.id)),
        "services": [service_view(each, parties) for each in rows.services(session, case)],
        "costs": [cost_view(each) for each in rows.costs(session, case.id)],
        "files": [file_view(each) for each in rows.files(session, case.id)],
        "packets": [packet_view(each, parties) for each in rows.packets(session, case.id)],
    }


def _next(case: LegalCase, parties: Parties) -> View | None:
    if case.state != "open" or case.next_at is None:
        return None
    return {
        "at": instant(case.next_at),
        "reason": parties.words(case.next_reason or ""),
        "rule": case.next_rule or None,
    }


def _stage_title(case: LegalCase) -> str | None:
    path = load_all().get(case.path or "")
    stage = None if path is None else next((each for each in path.stages if each.id == case.stage), None)
    return None if stage is None else stage.title["en"]


def lacking_view(each: Mapping[str, Any], parties: Parties) -> View:
    return {
        "item": parties.words(each["item"]),
        "problem": parties.words(each["what"]),
        "supplier": each["supplier"],
    }


def clock_view(row: CaseClock, parties: Parties) -> View:
    lines: Lines = row.reckoned
    return {
        "id": row.id,
        "kind": row.kind,
        "subject": parties.of_person.get(row.subject, row.subject) or None,
        "nature": row.nature,
        "state": row.state,
        "first_day": row.first_day.isoformat(),
        "last_day": row.last_day.isoformat(),
        "met_on": _day(row.met_on),
        "reckoned": [
            {"day": each["day"], "what": parties.words(each["what"]), "rule": each.get("rule") or None}
            for each in lines
        ],
    }


def fact_view(row: CaseFact, parties: Parties, *, taken_back: bool) -> View:
    values: Mapping[str, Any] = row.details or {}
    form = next((each for kind, each in forms().items() if kind == row.kind), None)
    sealed = [each.name for each in form.values if each.sealed] if form and row.told else []
    return {
        "id": row.id,
        "number": row.number,
        "kind": row.kind,
        "on": row.on_day.isoformat(),
        "party": parties.party(row.person),
        "values": dict(values),
        "may_be_sealed": sealed,
        "told_by": "lender" if row.staff is None else "staff",
        "taken_back": taken_back,
        "at": instant(row.at),
    }


def service_view(row: CaseService, parties: Parties) -> View:
    return {
        "id": row.id,
        "paper": row.paper,
        "party": parties.party(row.person),
        "method": row.method,
        "result": row.result,
        "sent_on": _day(row.sent_on),
        "reached_on": _day(row.reached_on),
        "rule": row.rule,
        "source": row.source,
        "evidence": list(row.files),
        "at": instant(row.at),
    }


def cost_view(row: CaseCost) -> View:
    return {
        "id": row.id,
        "kind": row.kind,
        "amount": wire(row.amount, row.currency),
        "on": row.on_day.isoformat(),
        "claimed": row.claimed,
        "at": instant(row.at),
    }


def file_view(row: CaseFile) -> View:
    details: Mapping[str, Any] = row.details or {}
    return {
        "id": row.id,
        "slot": row.slot,
        "number": row.number,
        "form": details.get("form"),
        "day": details.get("day"),
        "media_type": row.media_type,
        "sha256": row.sha256,
        "size": row.size,
        "pages": row.pages,
        "state": row.state,
        "at": instant(row.at),
    }


def packet_view(row: Packet, parties: Parties) -> View:
    missing: Lines = row.missing
    return {
        "id": row.id,
        "case": row.legal_case,
        "number": row.number,
        "profile": row.profile,
        "court": row.court or None,
        "state": row.state,
        "cut_off": row.cut_off.isoformat(),
        "asked_at": instant(row.asked_at),
        "made_at": _at(row.made_at),
        "sha256": row.sha256,
        "pages": row.pages,
        "draft": row.draft,
        "run": row.run,
        "missing": [missing_view(each, parties) for each in missing],
    }


def missing_view(each: Mapping[str, Any], parties: Parties) -> View:
    return {
        "item": parties.words(each["item"]),
        "problem": parties.words(each["problem"]),
        "remedy": parties.words(each["remedy"]),
        "supplier": each["supplier"],
    }


def guarantee_view(row: Guarantee, parties: Parties, currency: str) -> View:
    return {
        "id": row.id,
        "party": parties.party(row.person),
        "number": row.number,
        "kind": row.kind,
        "counter": row.counter,
        "signed_on": row.signed_on.isoformat(),
        "main_due_on": row.main_due_on.isoformat(),
        "agreed_end": _day(row.agreed_end),
        "agreed_months": row.agreed_months,
        "most": None if row.most is None else wire(row.most, currency),
        "at": instant(row.at),
    }


def _day(day: Any) -> str | None:
    return None if day is None else day.isoformat()


def _at(at: Any) -> str | None:
    return None if at is None else instant(at)
