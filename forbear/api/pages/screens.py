"""The pages of a journey, each from what the visit knows: cover, account, question, and the ones that only tell."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final

from fastapi.responses import Response

from forbear.api.pages.answers import FURTHEST, Wrong
from forbear.api.pages.rendering import page
from forbear.api.pages.visits import Visit
from forbear.api.pages.wording import FALLBACK, words_in
from forbear.money.currency import minor_unit
from forbear.settings import Settings

UNPROCESSABLE: Final = 422
FORBIDDEN: Final = 403
ID_CHARACTERS: Final = 10
"""Of an id's 22 random digits, those a person reads out on the phone."""


def gone(settings: Settings) -> Response:
    """The same for a link that never was, expired, or was taken back."""
    return page(settings, "gone.html", {"w": words_in(FALLBACK), "lang": FALLBACK, "about": "gone"}, 404)


def broken(settings: Settings) -> Response:
    """Something failed on our side."""
    return page(settings, "gone.html", {"w": words_in(FALLBACK), "lang": FALLBACK, "about": "broken"}, 500)


def busy(settings: Settings, retry_after: int) -> Response:
    """More guesses came from one address than a person makes."""
    answer = page(settings, "gone.html", {"w": words_in(FALLBACK), "lang": FALLBACK, "about": "busy"}, 429)
    answer.headers["Retry-After"] = str(retry_after)
    return answer


def stage(visit: Visit, *, values: Mapping[str, str] | None = None, wrong: Wrong | None = None) -> Response:
    """The page on which a browser that was not let in stands: the identity check, or why there is none."""
    if visit.stage == "locked":
        return _locked(visit)
    if visit.stage == "unverifiable":
        return note(visit, "unverifiable.heading", [visit.words("unverifiable.lead", lender=visit.journey.lender_name)])
    order = ("year", "month", "day") if visit.writing.year_first else ("day", "month", "year")
    order = ("month", "day", "year") if visit.writing.month_first else order
    example = {"day": "27", "month": "3", "year": "1985"}
    context = {
        **visit.context(),
        "order": order,
        "example": " ".join(example[part] for part in order),
        "values": values or {},
        "errors": {wrong.field: wrong.sentence} if wrong else {},
    }
    return page(visit.settings, "cover.html", context, UNPROCESSABLE if wrong else 200)


def _locked(visit: Visit) -> Response:
    lender, sentences = visit.journey.lender_name, [visit.words("locked.lead")]
    opens = visit.journey.locked_until
    if opens is not None:
        at, writing = visit.ledger.clock.to_world(opens), visit.writing
        sentences.append(visit.words("locked.when", time=writing.time(at), day=writing.day(writing.local_day(at))))
    sentences.append(visit.words("locked.call", lender=lender))
    return note(visit, "locked.heading", sentences, status=FORBIDDEN)


def account(visit: Visit) -> Response:
    """The balance and what can be done about it; or that nothing is due."""
    view, words, lender = visit.view, visit.words, visit.journey.lender_name
    if view.nothing_due:
        return note(visit, "nothing_due.heading", [words("nothing_due.lead")], silent=view.silenced is not None)
    as_of = words("account.as_of_unknown", lender=lender)
    if view.as_of is not None:
        as_of = words("account.as_of", date=visit.writing.day(visit.writing.local_day(view.as_of)))
    context = {
        **form_context(visit),
        "notices": _notices(visit),
        "as_of": as_of,
        "components": [(name, visit.money(amount)) for name, amount in view.components],
        "choices": _choices(visit),
    }
    return page(visit.settings, "account.html", context)


def question(
    visit: Visit, choice: str, *, values: Mapping[str, str] | None = None, wrong: Sequence[Wrong] = ()
) -> Response:
    """One form on a page of its own; with errors, as it was filled in."""
    known = choice in {"stop", "wrong_person"}
    context = visit.context() if known else form_context(visit)
    errors = {f"{choice}-{each.field}": each.sentence for each in wrong}
    filled = {**context, "choice": choice, "values": values or {}, "errors": errors}
    return page(visit.settings, "question.html", filled, UNPROCESSABLE if wrong else 200)


def form_context(visit: Visit) -> dict[str, Any]:
    """What the forms about money need."""
    view, today = visit.view, visit.writing.local_day(visit.ledger.clock.now())
    last: date = today + FURTHEST
    return {
        **visit.context(),
        "total": visit.money(view.total),
        "plain_total": f"{view.total.quantize(minor_unit(view.currency)):f}",
        "first_day": visit.writing.day(today),
        "last_day": visit.writing.day(last),
        "min_day": today.isoformat(),
        "max_day": last.isoformat(),
    }


def note(
    visit: Visit,
    heading: str,
    sentences: Sequence[str],
    *,
    subject: str | None = None,
    following: str | None = None,
    onward: Sequence[tuple[str, str]] = (),
    silent: bool = False,
    status: int = 200,
) -> Response:
    """A page that only tells.

    Args:
        visit: the journey.
        heading: key of the heading's words.
        sentences: what is told.
        subject: the id of what was done; the page shows its short form as the reference.
        following: what happens next.
        onward: paths below the link's address, with their words.
        silent: whether contact has stopped already, so that the page need not offer to stop it.
        status: of the response.
    """
    context = {
        **visit.context(),
        "heading": visit.words(heading),
        "sentences": sentences,
        "reference": reference(subject) if subject else None,
        "next": following,
        "links": onward,
        "silent": silent,
    }
    return page(visit.settings, "note.html", context, status)


def told(
    visit: Visit,
    section: str,
    subject: str | None,
    *,
    values: Mapping[str, str] | None = None,
    onward: Sequence[tuple[str, str]] = (),
    silent: bool = False,
) -> Response:
    """That something was done: the reference, what happens next, whom to call."""
    named = {"lender": visit.journey.lender_name, **(values or {})}
    return note(
        visit,
        f"{section}.heading",
        [visit.words(f"{section}.what", **named)],
        subject=subject,
        following=visit.words(f"{section}.next", **named),
        onward=onward,
        silent=silent,
    )


def reference(subject: str) -> str:
    """An id in the form in which a person can read it out."""
    prefix, _, random = subject.partition("_")
    return f"{prefix.upper()}-{random[:ID_CHARACTERS]}"


def _notices(visit: Visit) -> list[str]:
    view, words, lender = visit.view, visit.words, visit.journey.lender_name
    told: list[str] = []
    if view.silenced:
        told.append(words("account.silenced"))
    if view.paying:
        told.append(words("account.paying"))
    if view.promise is not None:
        told.append(
            words(
                "account.promised", amount=visit.money(view.promise.amount), date=visit.writing.day(view.promise.due_on)
            )
        )
    if "dispute" in view.stops:
        told.append(words("account.disputed", lender=lender))
    if "hardship" in view.stops:
        told.append(words("account.struggling", lender=lender))
    return told


def _choices(visit: Visit) -> list[str]:
    """What can still be done: what was said already is not asked again."""
    said = {*visit.view.stops, *(("stop",) if visit.view.silenced else ())}
    return [each for each in ("pay", "promise", "dispute", "hardship", "wrong_person", "stop") if each not in said]
