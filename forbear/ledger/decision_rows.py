"""Writes one decision: its row with the permit, what it claims or opens, and where the account stands after it."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from forbear.cadence import decision as cadence
from forbear.cadence.life import Life
from forbear.clock import Clock
from forbear.contracts.decision import Asked, Close, Contact, Decision, Escalate, Rest
from forbear.ledger import asks, audit, decision_writing, permit_form
from forbear.ledger.cases import opening
from forbear.ledger.claims import BY_HAND, Claim
from forbear.ledger.ids import new_id
from forbear.ledger.keeping import Keeping
from forbear.ledger.tables.accounts import Account, LegalCase
from forbear.ledger.tables.people import Lender
from forbear.rules.cases_writing import write_case
from forbear.rules.facts import Permit

REST_WITH_LEGAL = timedelta(days=7)
"""World time until an account with legal staff is looked at again."""
LONGEST_REST = timedelta(days=7)
TASK_OPEN = "TASK.OPEN"
CASE_ENDED = "CASE.ENDED"
"""Legal staff looked at what was left of a matter and ended it; its debt is unpaid."""


class DecisionRows:
    """One decision being written in the transaction that took it. `own`: the lender's own facts alone explain it."""

    def __init__(
        self,
        session: Session,
        of: tuple[Account, Lender],
        asked: Asked,
        clock: Clock,
        now: datetime,
        *,
        own: bool,
        keeping: Keeping,
    ) -> None:
        self._session = session
        self._account, self._lender = of
        self._asked = asked
        self._clock = clock
        self._now = now
        self._own = own
        self._keeping = keeping
        self._notes: list[audit.Line] = []
        self._rows: dict[str, dict[str, Any]] = {}
        self._id = new_id("dec")

    def write(self, decided: cadence.Decision, claim: Claim | None, life: Life) -> Decision:
        """Store the decision and all that follows from it; returns what the workflow is told."""
        if decided.drops:  # first: a step may be asked for again once its old task is over
            asks.drop(self._session, decided.drops, self._now)
        answer = self._written(decided, claim, life)
        self._finish()
        return answer

    def write_begun(self, decided: cadence.Contact, claim: Claim, task: str) -> str:
        """Store what a person begins for a task, with its permit; returns the touch's id."""
        answer = self._contact(decided, claim, task)
        self._finish()
        return answer.touch

    def _finish(self) -> None:
        self._session.flush()
        decided, touch = self._rows["decision"], self._rows.get("touch")
        decision_writing.write(self._session, self._account, decided, touch, self._notes)

    def _written(self, decided: cadence.Decision, claim: Claim | None, life: Life) -> Decision:
        match decided:
            case cadence.Rest():
                return self._rest(decided)
            case cadence.Ask():
                return self._ask(decided, life)
            case cadence.Contact() if claim is not None:
                return self._contact(decided, claim)
            case cadence.Contact():
                raise ValueError("a contact without a claim must not be told to anybody")
            case cadence.Escalate():
                return self._escalate(decided, life)
            case cadence.Close():
                return self._close(decided)

    def _rest(self, decided: cadence.Rest) -> Rest:
        wake_at = max(self._clock.to_machine(decided.until), self._clock.to_machine(self._now))
        answer = Rest(
            until=decided.until, wake_at=wake_at, reason=decided.reason, rule=decided.rule, stage=decided.stage
        )
        self._store(answer, decided.permit, decided.question, until=decided.until, rule=decided.rule)
        self._stand(stage=decided.stage, at=decided.until, reason=decided.reason, rule=decided.rule)
        return answer

    def _ask(self, decided: cadence.Ask, life: Life) -> Rest:
        """Open the task; what is under way to others, or on another path, is decided at once anew."""
        asks.ask(self._session, self._account, decided, self._now)
        alone = len(life.persons) == 1 and decided.channel != "visit"
        until = min(decided.expires_at, self._now + LONGEST_REST) if alone else self._now
        wake_at = max(self._clock.to_machine(until), self._clock.to_machine(self._now))
        reason = f"{decided.reason}: asked of a {decided.staff_role}"
        answer = Rest(until=until, wake_at=wake_at, reason=reason, rule=TASK_OPEN, stage=decided.stage)
        self._store(answer, decided.permit, decided.question, until=until, rule=TASK_OPEN, step=decided.step)
        self._stand(stage=decided.stage, at=until, reason=reason, rule=TASK_OPEN)
        return answer

    def _contact(self, decided: cadence.Contact, claim: Claim, task: str | None = None) -> Contact:
        touch = new_id("tch")
        answer = Contact(
            touch=touch,
            channel=decided.channel,
            reason=decided.reason,
            priority=decided.priority,
            stage=decided.stage,
        )
        self._store(answer, decided.permit, decided.question, step=decided.step, touch=touch)
        self._claim(touch, claim, task)
        if task is None:
            at, reason = claim.dispatch_by, f"sending: {decided.reason}"
        else:
            at, reason = self._now + BY_HAND[decided.channel], f"under way: {decided.reason}"
        self._stand(stage=decided.stage, at=at, reason=reason, rule="")
        return answer

    def _escalate(self, decided: cadence.Escalate, life: Life) -> Escalate | Rest:
        ended = None if life.legal_case else opening.ended(self._session, self._account)
        if ended is not None and ended.kind == opening.REVIEW:
            why = (
                f"legal staff ended the matter ({ended.outcome}) with the debt unpaid: open the case again, or close it"
            )
            return self._rest(cadence.Rest(self._now + REST_WITH_LEGAL, why, CASE_ENDED, stage="legal"))
        matter, reason = decided.matter, decided.reason
        if ended is not None:
            matter, reason = opening.REVIEW, f"the matter ended ({ended.outcome}) with the debt unpaid: what follows?"
        case = life.legal_case or self._open_case(matter, reason)
        answer = Escalate(case=case, reason=decided.reason)
        self._store(answer)
        self._stand(stage=decided.stage, at=self._now + REST_WITH_LEGAL, reason=decided.reason, rule="")
        return answer

    def _close(self, decided: cadence.Close) -> Close:
        answer = Close(reason=decided.reason)
        self._store(answer)
        changed: dict[str, Any] = {"next_at": None, "next_reason": None, "next_rule": None, "next_permit": self._id}
        if self._account.state == "open":
            changed |= {"state": "closed", "close_reason": decided.reason, "closed_at": self._now}
            self._note("account_closed", self._account.id, {"reason": decided.reason, "decision": self._id})
            if decided.then is not None:
                self._propose(*decided.then)
        decision_writing.stand(self._account, **changed)
        return answer

    def _store(
        self,
        answer: Decision,
        permit: Permit | None = None,
        question: cadence.Question | None = None,
        *,
        until: datetime | None = None,
        rule: str = "",
        step: str | None = None,
        touch: str | None = None,
    ) -> None:
        row = dict[str, Any](
            id=self._id,
            tenant=self._account.tenant,
            lender=self._account.lender,
            account=self._account.id,
            run=self._asked.run,
            number=self._asked.number,
            at=self._now,
            kind=answer.kind,
            until=until,
            rule=rule,
            reason=answer.reason,
            step=step,
            touch=touch,
            answer=answer.model_dump(mode="json"),
            own=self._own,
            permit=None if permit is None else permit_form.written(permit),
            asked=None if permit is None or question is None else self._asked_of(permit, question),
        )
        self._add("decision", row, "decided")

    def _asked_of(self, permit: Permit, question: cadence.Question) -> dict[str, Any]:
        """What the permit answers, so that it can be given again; what many cases share is kept once."""
        calendars = self._keeping.keep(self._session, permit, question.facts.calendars, self._now)
        case = write_case(question.attempt, replace(question.facts, calendars=()), self._now)
        return {"case": case, "calendars": calendars}

    def _claim(self, touch: str, claim: Claim, task: str | None) -> None:
        contact, account = claim.contact, self._account
        row = dict[str, Any](
            id=touch,
            tenant=account.tenant,
            lender=account.lender,
            account=account.id,
            person=contact.person,
            contact_point=contact.point,
            address_key=bytes.fromhex(contact.key),
            decision=self._id,
            channel=contact.channel,
            role=contact.role,
            place=contact.place,
            purpose="reminder",
            accounts=list(contact.accounts),
            step=contact.step,
            template=contact.template,
            language=contact.language,
            provider=contact.provider,
            sender=claim.sender or self._lender.sender if task is None else self._lender.phone,
            task=task,
            state="claimed",
            claimed_at=self._now,
            lease_until=claim.lease_until,
            dispatch_by=claim.dispatch_by,
            window_closes=contact.window_closes,
        )
        self._add("touch", row, "touch_claimed")

    def _propose(self, matter: str, reason: str) -> None:
        """Ask legal staff, once for an account, to look at what the playbook proposes after repayment."""
        known = select(LegalCase.id).where(LegalCase.account == self._account.id, LegalCase.kind == matter)
        if self._session.scalars(known).first() is None:
            self._open_case(matter, reason)

    def _open_case(self, matter: str, reason: str) -> str:
        case = LegalCase(
            id=new_id("cas"),
            tenant=self._account.tenant,
            lender=self._account.lender,
            account=self._account.id,
            kind=matter,
            reason=reason,
            state="open",
            stage="",
            version=0,
            opened_at=self._now,
        )
        self._session.add(case)
        self._note("case_opened", case.id, {"kind": case.kind, "decision": self._id})
        opening.begin(self._session, case, self._account, self._now)
        return case.id

    def _stand(self, *, stage: str, at: datetime, reason: str, rule: str) -> None:
        """Put down what comes next and why: no open account is ever without both."""
        stage = stage or self._account.stage
        decision_writing.stand(
            self._account, stage=stage, next_at=at, next_reason=reason, next_rule=rule, next_permit=self._id
        )

    def _add(self, table: str, row: dict[str, Any], kind: str) -> None:
        self._rows[table] = row
        self._note(kind, row["id"], row, table=table, person=row.get("person"))

    def _note(
        self,
        kind: str,
        subject: str,
        written: dict[str, Any],
        *,
        table: str | None = None,
        person: str | None = None,
    ) -> None:
        line = audit.line(
            tenant=self._account.tenant,
            lender=self._account.lender,
            account=self._account.id,
            person=person,
            kind=kind,
            subject=subject,
            at=self._now,
            written=written,
            table=table,
        )
        self._notes.append(line)
