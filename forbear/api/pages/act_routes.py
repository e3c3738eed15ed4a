"""What a borrower can do on the page. Acts are POSTs, done once, and lead on to a page that says what was done.

To stop contact, or to say that one is somebody else, nobody must first prove who they are.
"""

from typing import Literal

from fastapi import APIRouter
from fastapi.responses import Response

from forbear.api.pages import answers, screens
from forbear.api.pages.answers import Wrong, collecting
from forbear.api.pages.page_route import PageRoute
from forbear.api.pages.rendering import see_other
from forbear.api.pages.visits import AnyVisit, Fields, GoTo, Inside, Owing, Visit, act
from forbear.ledger import page_acts

router = APIRouter(prefix="/p/{token}", route_class=PageRoute, include_in_schema=False)
StopWord = Literal["dispute", "hardship"]


@router.get("/promise")
def ask_promise(visit: Owing) -> Response:
    return screens.question(visit, "promise")


@router.post("/promise")
def make_promise(visit: Owing, fields: Fields) -> Response:
    """Promise an amount by a day."""
    press = act("promise", fields, "amount", "on")
    words, writing, view = visit.words, visit.writing, visit.view
    given, today, wrong = press.fields, writing.local_day(visit.ledger.clock.now()), list[Wrong]()
    with collecting(wrong):
        amount = answers.amount("amount", given["amount"], words, writing, most=view.total, currency=view.currency)
    with collecting(wrong):
        day = answers.promised_day(given["on"], words, writing, today)
    if wrong:
        return screens.question(visit, "promise", values=given, wrong=wrong)
    page_acts.promise(visit.ledger, visit.journey, press, amount=amount, currency=view.currency, due_on=day)
    return see_other(visit.settings, visit.address("/done/promise"))


@router.get("/dispute")
def ask_dispute(visit: Inside) -> Response:
    return _ask_stop(visit, "dispute")


@router.post("/dispute")
def dispute(visit: Inside, fields: Fields) -> Response:
    return _stop_account(visit, "dispute", fields)


@router.get("/hardship")
def ask_hardship(visit: Inside) -> Response:
    return _ask_stop(visit, "hardship")


@router.post("/hardship")
def hardship(visit: Inside, fields: Fields) -> Response:
    return _stop_account(visit, "hardship", fields)


@router.get("/wrong-person")
def ask_wrong_person(visit: AnyVisit) -> Response:
    if visit.journey.revoked:
        raise GoTo("/thanks")
    return screens.question(visit, "wrong_person")


@router.post("/wrong-person")
def wrong_person(visit: AnyVisit, fields: Fields) -> Response:
    """Whoever holds this phone says that they are somebody else."""
    page_acts.not_this_person(visit.ledger, visit.journey, act("wrong_person", fields))
    return see_other(visit.settings, visit.address("/thanks"))


@router.get("/stop")
def ask_stop(visit: AnyVisit) -> Response:
    return screens.question(visit, "stop")


@router.post("/stop")
def stop(visit: AnyVisit, fields: Fields) -> Response:
    """Stop all contact; it holds before this answers."""
    page_acts.silence(visit.ledger, visit.journey, act("stop", fields), known=visit.let_in)
    return see_other(visit.settings, visit.address("/stopped"))


@router.get("/stopped")
def stopped(visit: AnyVisit) -> Response:
    if visit.view.silenced is None:
        raise GoTo("")
    onward = [("/account", visit.words("done.account"))] if visit.let_in else []
    return screens.told(visit, "done_stop", visit.view.silenced, onward=onward, silent=True)


@router.get("/thanks")
def thanks(visit: AnyVisit) -> Response:
    if not visit.journey.revoked:
        raise GoTo("")
    return screens.told(visit, "done_wrong_person", None, silent=True)


@router.get("/done/promise")
def promise_done(visit: Inside) -> Response:
    promise = visit.view.promise
    if promise is None:
        raise GoTo("/account")
    values = {"amount": visit.money(promise.amount), "date": visit.writing.day(promise.due_on)}
    return screens.told(visit, "done_promise", promise.id, values=values, onward=_to_account(visit))


@router.get("/done/dispute")
def dispute_done(visit: Inside) -> Response:
    return _stop_done(visit, "dispute")


@router.get("/done/hardship")
def hardship_done(visit: Inside) -> Response:
    return _stop_done(visit, "hardship")


def _ask_stop(visit: Visit, kind: StopWord) -> Response:
    """The form, or, where it was said already, the page that says so."""
    if kind in visit.view.stops:
        raise GoTo(f"/done/{kind}")
    return screens.question(visit, kind)


def _stop_account(visit: Visit, kind: StopWord, fields: Fields) -> Response:
    press = act(kind, fields, "reason")
    try:
        reason = answers.reason(press.fields["reason"], visit.words)
    except Wrong as wrong:
        return screens.question(visit, kind, values=press.fields, wrong=[wrong])
    page_acts.stop_account(visit.ledger, visit.journey, press, kind, reason)
    return see_other(visit.settings, visit.address(f"/done/{kind}"))


def _stop_done(visit: Visit, kind: StopWord) -> Response:
    if kind not in visit.view.stops:
        raise GoTo("/account")
    return screens.told(visit, f"done_{kind}", visit.view.stops[kind], onward=_to_account(visit))


def _to_account(visit: Visit) -> list[tuple[str, str]]:
    return [("/account", visit.words("done.account"))]
