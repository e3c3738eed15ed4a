"""The parts of a case's page: clocks with their calculation, packets, service, guarantees, files, costs, records."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from sqlalchemy.orm import Session

from forbear.api.staff.cases_at import ROOT, CaseDesk
from forbear.api.staff.cases_missing import paper_title
from forbear.api.staff.cases_people import Somebody, people_of
from forbear.api.staff.cases_said import say
from forbear.api.staff.cases_values import shown
from forbear.errors import Erased
from forbear.ledger.cases import files, rows
from forbear.ledger.cases.sealing import unseal_json
from forbear.ledger.days import local, zone_of
from forbear.ledger.tables.accounts import Account, LegalCase
from forbear.ledger.tables.cases import CaseClock, CaseFact, ClockAlarm

LAPSE: Final = -1
FILING: Final = (
    "filed", "filing_accepted", "filing_refused", "preservation_applied", "served", "answered", "hearing", "judged",
    "appealed", "judgment_final", "enforcement_applied", "enforcement_ended", "withdrawn", "dismissed",
)  # fmt: skip
MEDIATING: Final = (
    "mediation_applied", "mediation_accepted", "mediation_declined", "mediation_session", "mediation_agreed",
    "mediation_failed", "agreement_breached", "agreement_performed", "confirmation_applied", "confirmed",
    "confirmation_refused",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Showing:
    """One case being shown to somebody."""

    desk: CaseDesk
    session: Session
    case: LegalCase
    account: Account
    people: tuple[Somebody, ...]
    colleagues: Mapping[str, str]
    zone: str | None
    today: date

    @classmethod
    def of(cls, desk: CaseDesk, session: Session, case: LegalCase) -> "Showing":
        zone = zone_of(session, case.account)
        return cls(
            desk,
            session,
            case,
            session.get_one(Account, case.account),
            people_of(desk, session, case),
            desk.colleagues(session),
            zone,
            local(desk.now(), zone),
        )

    def named(self, person: str | None) -> str:
        return next((each.said for each in self.people if each.person == person), "")

    def colleague(self, staff: str | None) -> str:
        return self.colleagues.get(staff or "", "")

    def told(self, sealed: bytes | None) -> Mapping[str, Any]:
        try:
            return unseal_json(self.desk.ledger, self.session, self.case, sealed)
        except Erased:
            return {}

    def address(self, way: str) -> str:
        return f"{ROOT}/{self.case.id}/{way}"


def clocks(seen: Showing) -> list[dict[str, Any]]:
    """Every clock that counts, those that run first; then those that are done."""
    raised: dict[str, list[ClockAlarm]] = {}
    for alarm in rows.alarms(seen.session, seen.case.id):
        raised.setdefault(alarm.clock, []).append(alarm)
    found = [_clock(seen, row, raised.get(row.id, [])) for row in rows.clocks(seen.session, seen.case.id)]
    order = ("lapsed", "running", "met", "over", "void")
    return sorted(found, key=lambda each: order.index(each["state"]))


def _clock(seen: Showing, row: CaseClock, alarms: list[ClockAlarm]) -> dict[str, Any]:
    desk = seen.desk
    return {
        "id": row.id,
        "state": row.state,
        "name": desk.named("case_clock", row.kind),
        "whom": seen.named(row.subject),
        "said": desk.named("case_clock_state", row.state),
        "nature": desk.named("case_nature", row.nature),
        "last": desk.day(row.last_day),
        "left": days_left(desk, row.last_day, seen.today) if row.state == "running" else "",
        "met": desk.day(row.met_on),
        "lines": [_line(desk, each) for each in row.reckoned],
        "alarms": [_alarm(seen, each, row) for each in alarms],
    }


def _line(desk: CaseDesk, line: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "day": desk.day(date.fromisoformat(str(line["day"]))),
        "what": say(str(line["what"]), desk.language),
        "rule": str(line.get("rule", "")),
    }


def _alarm(seen: Showing, alarm: ClockAlarm, row: CaseClock) -> dict[str, Any]:
    words = seen.desk.words
    if alarm.rung == LAPSE:
        said = words("case_page.alarm_lapse")
    else:
        said = words("case_page.alarm_one" if alarm.rung == 1 else "case_page.alarm", days=alarm.rung)
    return {
        "id": alarm.id,
        "said": said,
        "raised": seen.desk.when(alarm.raised_at, seen.zone),
        "seen": seen.desk.when(alarm.seen_at, seen.zone),
        "by": seen.colleague(alarm.seen_by),
        "old": alarm.last_day != row.last_day,
    }


def days_left(desk: CaseDesk, last: date, today: date) -> str:
    """How many days a clock has, today and its last day both not counted twice."""
    left = (last - today).days
    if left < 0:
        return desk.words("case_days.past", days=-left)
    if left == 0:
        return desk.words("case_days.today")
    return desk.words("case_days.one" if left == 1 else "case_days.left", days=left)


def services(seen: Showing) -> list[dict[str, Any]]:
    """The register of service, latest first; what another piece took the place of is left out."""
    return [_service(seen, row) for row in reversed(rows.services(seen.session, seen.case))]


def _service(seen: Showing, row: Any) -> dict[str, Any]:
    desk = seen.desk
    tracking = seen.told(row.tracking)
    return {
        "id": row.id,
        "paper": paper_title(row.paper, desk.language),
        "person": seen.named(row.person),
        "how": desk.named("case_method", row.method),
        "result": desk.named("case_result", row.result),
        "sent": desk.day(row.sent_on),
        "reached": desk.day(row.reached_on),
        "rule": row.rule or "",
        "source": desk.named("case_source", row.source),
        "tracking": [str(value) for value in tracking.values() if value],
        "files": list(row.files),
        "mine": row.source == "staff",
    }


def guarantees(seen: Showing) -> list[dict[str, Any]]:
    desk = seen.desk
    return [
        {
            "person": seen.named(row.person),
            "kind": desk.named("case_guarantee", row.kind),
            "counter": row.counter,
            "signed": desk.day(row.signed_on),
            "due": desk.day(row.main_due_on),
            "period": _period(desk, row),
            "most": "" if row.most is None else desk.money(row.most, seen.account.currency),
        }
        for row in rows.guarantees(seen.session, seen.case.account)
    ]


def _period(desk: CaseDesk, row: Any) -> str:
    if row.agreed_end is not None:
        return desk.words("case_page.until", day=desk.day(row.agreed_end))
    if row.agreed_months is not None:
        return desk.words("case_page.months", months=row.agreed_months)
    return desk.words("case_page.by_law")


def files_of(seen: Showing) -> list[dict[str, Any]]:
    """The exhibits in the slots of the checklist, and what was withdrawn nowhere."""
    found: list[dict[str, Any]] = []
    for row in rows.files(seen.session, seen.case.id):
        title, told = _called(seen, row)
        found.append(
            {
                "id": row.id,
                "slot": seen.desk.named("case_slot", row.slot),
                "title": title,
                "pages": row.pages,
                "form": seen.desk.named("case_form_of", str(row.details.get("form", "copy"))),
                "proves": str(told.get("proves", "")),
                "source": str(told.get("source", "")),
                "sha256": row.sha256,
            }
        )
    return found


def _called(seen: Showing, row: Any) -> tuple[str, Mapping[str, Any]]:
    try:
        return files.called(seen.desk.ledger, seen.session, row)
    except Erased:
        return seen.desk.words("case_page.erased"), {}


def costs(seen: Showing) -> dict[str, Any]:
    """The ledger of costs, with what they come to."""
    found = rows.costs(seen.session, seen.case.id)
    desk = seen.desk
    sums: dict[str, Any] = {}
    for row in found:
        sums[row.currency] = sums.get(row.currency, 0) + row.amount
    return {
        "rows": [
            {
                "id": row.id,
                "kind": desk.named("case_cost", row.kind),
                "amount": desk.money(row.amount, row.currency),
                "on": desk.day(row.on_day),
                "claimed": row.claimed,
                "what": [str(value) for value in seen.told(row.told).values() if value],
            }
            for row in found
        ],
        "total": [desk.money(amount, currency) for currency, amount in sums.items()],
    }


def record(seen: Showing, facts: list[CaseFact], kinds: tuple[str, ...]) -> list[dict[str, Any]]:
    """The facts of some kinds with all that was told: a court's number, its judge, the days."""
    return [_fact(seen, row) for row in facts if row.kind in kinds]


def _fact(seen: Showing, row: CaseFact) -> dict[str, Any]:
    told = seen.told(row.told)
    return {
        "id": row.id,
        "kind": row.kind,
        "name": seen.desk.named("case_fact", row.kind),
        "on": seen.desk.day(row.on_day),
        "person": seen.named(row.person),
        "values": list(shown(seen.desk, row.kind, row.details, told, seen.account.currency)),
        "by": seen.colleague(row.staff),
        "at": seen.desk.when(row.at, seen.zone),
    }


def history(seen: Showing) -> list[dict[str, Any]]:
    """Every fact in the order of telling, latest first, with what was taken back and by whom."""
    every = rows.all_facts(seen.session, seen.case.id)
    taken = {row.takes_back: row for row in every if row.takes_back}
    return list(_history(seen, every, taken))


def _history(seen: Showing, every: Any, taken: Mapping[str, CaseFact]) -> Iterator[dict[str, Any]]:
    for row in reversed(every):
        if row.takes_back is not None:
            continue
        back = taken.get(row.id)
        yield _fact(seen, row) | {
            "back": "" if back is None else seen.desk.when(back.at, seen.zone),
            "back_by": "" if back is None else seen.colleague(back.staff),
        }
