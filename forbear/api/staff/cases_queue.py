"""The queue of cases: what has lapsed on top, then by last day, sum or readiness; chosen by state, stage and lender."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import ceil
from typing import Any, Final, cast
from urllib.parse import urlencode

from fastapi import APIRouter
from fastapi.responses import Response
from sqlalchemy.orm import Session

from forbear.api.staff.cases_at import ROOT, CaseDesk, Input, Looker, TheCases, plain, reference
from forbear.api.staff.cases_missing import NEXT, gaps
from forbear.api.staff.cases_said import say
from forbear.api.staff.cases_shown import days_left
from forbear.api.staff.rendering import render, see_other
from forbear.api.staff.session import Fields, Staff
from forbear.api.staff.staff_route import StaffRoute
from forbear.api.staff.task_reasons import Said
from forbear.court.paths import load_all
from forbear.ledger.cases import told
from forbear.ledger.cases.queue import READINESS, CaseListed, CaseWanted, Order, cases_page, count_cases
from forbear.ledger.days import local, zone_of
from forbear.ledger.tables.people import Lender

router = APIRouter(prefix=ROOT, route_class=StaffRoute, include_in_schema=False)
ORDERS: Final[Mapping[str, str]] = {"clock": "by_clock", "amount": "by_amount", "readiness": "by_readiness"}
STATES: Final = ("open", "closed", "any")
PAGE: Final = 25
MOST_PAGES: Final = 10_000


@dataclass(frozen=True, slots=True)
class Card:
    """One case in the queue, in words."""

    address: str
    reference: str
    lender: str
    incident: str
    clock: str
    left: str
    stage: str
    sum: str
    missing: str
    why: Said | None
    packet: str
    assignee: str


@router.get("")
def queue(staff: Looker, desk: TheCases) -> Response:
    """A page of cases."""
    asked = {name: value for name, value in desk.request.query_params.items() if value}
    with desk.open(staff) as session:
        wanted = _wanted(asked, staff)
        count = count_cases(session, wanted)
        pages = max(1, ceil(count / PAGE))
        page = min(_whole(asked.get("page", "")), pages)
        order = cast("Order", asked["order"] if asked.get("order") in ORDERS else "clock")
        found = cases_page(session, wanted, order=order, limit=PAGE, offset=PAGE * (page - 1), now=desk.now())
        names = desk.colleagues(session)
        values: dict[str, Any] = {
            "cards": [_card(desk, session, each, names) for each in found],
            "count": count,
            "lapsed": count_cases(session, _wanted(asked | {"lapsed": "yes"}, staff)),
            "page": page,
            "pages": pages,
            "before": _to(asked, page - 1) if page > 1 else "",
            "onward": _to(asked, page + 1) if page < pages else "",
            "inputs": _inputs(desk, session, asked),
            "working": staff.is_any("legal", "lawyer"),
            "narrowed": bool(set(asked) - {"page"}),
            "unknown": "unknown" in asked,
        }
        return render(desk.request, "cases/queue.html", **values)


@router.post("/search")
def search(staff: Looker, fields: Fields, desk: TheCases) -> Response:
    """To the case of a reference, or to the cases that fit: what was chosen stands in the address, and no name."""
    typed = plain(dict(fields))
    if typed.get("reference"):
        with desk.open(staff) as session:
            case = told.by_reference(session, typed["reference"])
        return see_other(f"{ROOT}/{case}" if case else f"{ROOT}?{urlencode({'unknown': 'yes'})}")
    chosen = {
        name: typed[name] for name in ("state", "stage", "lender", "readiness", "order", "mine") if typed.get(name)
    }
    return see_other(f"{ROOT}?{urlencode(chosen)}" if chosen else ROOT)


def _wanted(asked: Mapping[str, str], staff: Staff) -> CaseWanted:
    state = asked.get("state", "open")
    path, _, stage = asked.get("stage", "").partition(":")
    return CaseWanted(
        state=None if state == "any" else state,
        lender=asked.get("lender") or None,
        path=path or None,
        stage=stage if path else None,
        assignee=staff.id if asked.get("mine") else None,
        readiness=asked.get("readiness") or None,
        lapsed=True if asked.get("lapsed") else None,
    )


def _whole(text: str) -> int:
    return min(max(int(text), 1), MOST_PAGES) if text.isdecimal() and len(text) <= 6 else 1  # noqa: PLR2004  digits


def _to(asked: Mapping[str, str], page: int) -> str:
    return f"{ROOT}?{urlencode({**asked, 'page': str(page)})}"


def _card(desk: CaseDesk, session: Session, each: CaseListed, names: Mapping[str, str]) -> Card:
    case, words = each.case, desk.words
    path = load_all().get(case.path or "")
    stage = path.stage(case.stage) if path else None
    today = local(desk.now(), zone_of(session, case.account))
    clock = desk.named("case_clock", each.clock) if each.clock else ""
    return Card(
        address=f"{ROOT}/{case.id}",
        reference=reference(case.id),
        lender=words("case_queue.lender", lender=session.get_one(Lender, case.lender).name),
        incident=words("case_queue.incidents", count=each.lapsed) if each.lapsed else "",
        clock=words("case_queue.next", clock=clock, day=desk.day(each.last_day))
        if clock
        else words("case_queue.no_clock"),
        left=days_left(desk, each.last_day, today) if each.last_day else "",
        stage=words("case_queue.stage", stage=stage.title[desk.language]) if stage else _unwalked(desk, case),
        sum=words("case_queue.sum", sum=desk.money(each.owed, each.account.currency)),
        missing=_missing(desk, session, each),
        why=say(case.next_reason, desk.language) if case.next_reason and case.path and case.state == "open" else None,
        packet=desk.named("packet_state", each.packet) if each.packet else "",
        assignee=words("case_queue.assignee", who=names.get(case.assignee or "", words("case_queue.nobody"))),
    )


def _unwalked(desk: CaseDesk, case: Any) -> str:
    if case.state != "open":
        return desk.words("case_queue.ended", outcome=desk.named("case_outcome", case.outcome or "closed"))
    return desk.words("case_queue.untaken" if case.path is None else "case_queue.beginning")


def _missing(desk: CaseDesk, session: Session, each: CaseListed) -> str:
    """What is missing, in one phrase."""
    case = each.case
    if case.state != "open" or case.path is None:
        return ""
    lacks = [row for row in told.lacking(session, case.id) if not str(row.get("item", "")).startswith(NEXT)]
    found = gaps(desk, case.id, lacks, {})
    if not found:
        return desk.words("case_queue.ready")
    key = "case_queue.missing_one" if len(found) == 1 else "case_queue.missing"
    return desk.words(key, what=found[0].what, count=len(found))


def _inputs(desk: CaseDesk, session: Session, asked: Mapping[str, str]) -> list[Input]:
    words, any_ = desk.words, ("", desk.words("case_queue.any"))
    paths = load_all()
    stages = [any_]
    for name, stage in told.stages(session):
        path = paths.get(name)
        known = path.stage(stage) if path else None
        if path and known:
            stages.append(
                (f"{name}:{stage}", words("case_queue.path_stage", path=name, stage=known.title[desk.language]))
            )

    def select(name: str, options: list[tuple[str, str]], value: str = "") -> Input:
        return Input(
            name, "select", words(f"case_queue.of_{name}"), options=tuple(options), value=asked.get(name, value)
        )

    return [
        Input("reference", "text", words("case_queue.search"), words("case_queue.search_hint"), most=40),
        select("state", [(each, words(f"case_queue.{each}")) for each in STATES], "open"),
        select("stage", stages),
        select("lender", [any_, *told.lenders(session)]),
        select("readiness", [any_, ("none", words("case_queue.no_packet")), *desk.options("packet_state", READINESS)]),
        select("order", [(name, words(f"case_queue.{label}")) for name, label in ORDERS.items()], "clock"),
        Input("mine", "tick", words("case_queue.mine"), value=asked.get("mine", "")),
    ]
