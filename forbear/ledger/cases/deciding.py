"""Decides what comes next for a legal case and writes down what follows: one short transaction under its locks.

The answer is stored under the asker's key before anybody acts on it, so that asking again, after a crash or twice at
once, gives the same answer and never a second alarm or packet.
"""

from collections.abc import Callable, Mapping
from dataclasses import asdict, replace
from datetime import datetime, timedelta
from typing import Any, Final, cast

import structlog
from pydantic import TypeAdapter
from sqlalchemy import select
from sqlalchemy.orm import Session

from forbear.contracts.case_words import CaseKind
from forbear.contracts.cases import CaseAlarm, CaseAsked, CaseClose, CaseDecision, CaseMove, CasePrepare, CaseRest
from forbear.court.decide import UNTAKEN
from forbear.court.decide import decide as decide_by_path
from forbear.court.decision import Alarm, Ask, Close, Decided, Move, Prepare, Rest
from forbear.court.life import CaseLife
from forbear.court.path import CasePath
from forbear.errors import NotFound
from forbear.ledger.cases import acts, clocks, money, opening, packets, tracking
from forbear.ledger.cases.loading import life_of
from forbear.ledger.days import local, zone_of
from forbear.ledger.engine import Ledger
from forbear.ledger.ids import new_id
from forbear.ledger.tables.accounts import Account, LegalCase
from forbear.ledger.tables.cases import CaseDecisionRow
from forbear.rules.packs import Packs

Decide = Callable[[CaseLife, CasePath, datetime], Decided]
ANSWER: TypeAdapter[CaseDecision] = TypeAdapter(CaseDecision)
LONGEST_REST: Final = timedelta(days=7)
PATH_MISSING, OPENED_AGAIN = "PATH.MISSING", "the case was opened again"
MOST_ASKS: Final = 8
"""Packets that a case may ask for in one decision."""
log = structlog.get_logger(__name__)


class CaseDecidingBook:
    """Implements `forbear.ports.cases.CaseBook`."""

    def __init__(
        self, ledger: Ledger, paths: Mapping[str, CasePath], packs: Packs, *, decide: Decide = decide_by_path
    ) -> None:
        self._ledger = ledger
        self._paths = paths
        self._packs = packs
        self._decide = decide

    def decide(self, asked: CaseAsked) -> CaseDecision:
        now = self._ledger.clock.now()
        with self._ledger.worker(asked.tenant) as session:
            try:
                case = acts.lock(session, asked.case)
            except NotFound:
                return CaseClose(reason="no such case")
            # Only now: the same question may have been answered by another worker while this one waited.
            stored = _stored(session, asked)
            if stored is not None:
                return self._unless_opened_again(case, stored, now)
            return self._answer(session, asked, case, now)

    def _unless_opened_again(self, case: LegalCase, answer: CaseDecision, now: datetime) -> CaseDecision:
        """A stored `close` is void when somebody has opened the case since."""
        if not isinstance(answer, CaseClose) or case.state != "open":
            return answer
        log.info("case_decision.close_void", case=case.id)
        return CaseRest(until=now, wake_at=self._ledger.clock.to_machine(now), reason=OPENED_AGAIN, stage=case.stage)

    def _answer(self, session: Session, asked: CaseAsked, case: LegalCase, now: datetime) -> CaseDecision:
        account = session.get_one(Account, case.account, populate_existing=True)
        zone = zone_of(session, account.id)
        tracking.catch_up(session, account, zone, now)
        money.book(session, case, account, zone, now)
        writing = _Writing(session, asked, case, self._ledger, now)
        if case.state != "open":
            clocks.stop(session, case, now)
            return writing.closed()
        for _ in range(MOST_ASKS):
            path = self._paths.get(opening.path_of(session, case) or "")
            decided = self._next(session, case, path, now)
            # Without its path nothing is reckoned, which is no reason to void what was reckoned before.
            known = clocks.keep(session, case, decided.clocks, now) if path else {}
            answer = decided.answer
            if not isinstance(answer, Ask):
                return writing.write(answer, known)
            packets.ask_itself(session, case, answer.profile, local(now, zone), now)
        raise RuntimeError(f"case {case.id} asks for packets without end")

    def _next(self, session: Session, case: LegalCase, path: CasePath | None, now: datetime) -> Decided:
        if path is None and case.path is not None:
            log.error("case_decision.no_path", case=case.id, path=case.path)
            why = "the case's path is not installed here: install it"
            return Decided(Rest(now + LONGEST_REST, why, PATH_MISSING), ())
        if path is None:
            return Decided(Rest(now + LONGEST_REST, "nobody has taken this case up yet", UNTAKEN), ())
        life = life_of(session, case, now, self._packs)
        if case.path is None:
            # Its periods run out although nobody has decided yet whether it is one for a court: they are told.
            life = replace(life, kind=cast("CaseKind", opening.REVIEW))
        return self._decide(life, path, now)


class _Writing:
    """One decision being written in the transaction that took it."""

    def __init__(self, session: Session, asked: CaseAsked, case: LegalCase, ledger: Ledger, now: datetime) -> None:
        self._session = session
        self._asked = asked
        self._case = case
        self._ledger = ledger
        self._now = now

    def write(
        self, decided: Alarm | Move | Prepare | Rest | Close, known: Mapping[tuple[str, str], Any]
    ) -> CaseDecision:
        case = self._case
        match decided:
            case Rest():
                return self._rest(decided)
            case Move():
                self._move(decided)
                return self._store(CaseMove(stage=decided.stage, reason=decided.reason))
            case Alarm():
                row = known[decided.clock.kind, decided.clock.subject]
                clocks.raise_alarm(self._session, case, row, decided, self._now)
                self._stand(self._now, decided.reason, "")
                return self._store(CaseAlarm(clock=row.id, reason=decided.reason, stage=case.stage))
            case Prepare():
                self._stand(self._now, decided.reason, "")
                return self._store(CasePrepare(packet=decided.packet, reason=decided.reason, stage=case.stage))
            case Close():
                opening.end(self._session, case, decided.outcome, self._now)
                clocks.stop(self._session, case, self._now)
                return self._store(CaseClose(reason=decided.reason))

    def closed(self) -> CaseDecision:
        """The answer about a case that is closed already."""
        return self._store(CaseClose(reason=f"the case is closed: {self._case.outcome or 'ended'}"))

    def _rest(self, decided: Rest) -> CaseDecision:
        clock = self._ledger.clock
        wake_at = max(clock.to_machine(decided.until), clock.to_machine(self._now))
        answer = CaseRest(
            until=decided.until, wake_at=wake_at, reason=decided.reason, rule=decided.rule, stage=self._case.stage
        )
        self._stand(decided.until, decided.reason, decided.rule)
        lacking = [asdict(each) for each in decided.lacking]
        return self._store(answer, until=decided.until, rule=decided.rule, lacking=lacking)

    def _move(self, decided: Move) -> None:
        case = self._case
        written = {"case": case.id, "from": case.stage, "stage": decided.stage}
        case.stage, case.stage_since = decided.stage, self._now
        self._stand(self._now, decided.reason, "")
        acts.did(self._session, case, "case_moved", case.id, written, self._now)

    def _stand(self, at: datetime, reason: str, rule: str) -> None:
        """Put down what comes next and why: no open case is ever without both."""
        case = self._case
        case.next_at, case.next_reason, case.next_rule = at, reason, rule
        case.version += 1

    def _store(
        self,
        answer: CaseDecision,
        *,
        until: datetime | None = None,
        rule: str = "",
        lacking: list[dict[str, Any]] | None = None,
    ) -> CaseDecision:
        row = CaseDecisionRow(
            id=new_id("cdc"),
            tenant=self._case.tenant,
            lender=self._case.lender,
            legal_case=self._case.id,
            run=self._asked.run,
            number=self._asked.number,
            at=self._now,
            kind=answer.kind,
            until=until,
            rule=rule,
            reason=answer.reason,
            answer={"told": answer.model_dump(mode="json"), "lacking": lacking or []},
        )
        self._session.add(row)
        acts.did(self._session, self._case, "case_decided", row.id, row, self._now)
        return answer


def _stored(session: Session, asked: CaseAsked) -> CaseDecision | None:
    found = session.scalars(
        select(CaseDecisionRow.answer).where(
            CaseDecisionRow.legal_case == asked.case,
            CaseDecisionRow.run == asked.run,
            CaseDecisionRow.number == asked.number,
        )
    ).first()
    return None if found is None else ANSWER.validate_python(found["told"])
