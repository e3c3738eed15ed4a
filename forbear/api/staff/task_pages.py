"""The pages of one task, put together from what the ledger knows at this moment."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final

from fastapi import Request
from fastapi.responses import Response
from sqlalchemy import select
from sqlalchemy.orm import Session

from forbear.api.pages.wording import Writing, shown_phone
from forbear.api.staff import list_routes, scripts, task_outcomes, task_reasons
from forbear.api.staff.reading_forms import Bounds, Told
from forbear.api.staff.rendering import render, when, words_of, writing_of
from forbear.api.staff.session import Staff
from forbear.cadence.playbooks import Playbook
from forbear.contracts.outcomes import CALL_OUTCOMES, CAUSES, TICKS
from forbear.ledger import staffing
from forbear.ledger.begun import Begun, Held
from forbear.ledger.call_begun import message_allowed
from forbear.ledger.engine import Ledger
from forbear.ledger.human_readings import Message, meanings_of
from forbear.ledger.owed import owed_on
from forbear.ledger.tables.accounts import Account
from forbear.ledger.tables.contacts import Reply, Touch
from forbear.ledger.tables.people import Profile
from forbear.ledger.work import Waiting
from forbear.rules import sentences
from forbear.rules.packs import Packs

UNPROCESSABLE: Final = 422
NOT_REACHED: Final = tuple(name for name in CALL_OUTCOMES if not name.startswith("spoke_"))
MESSAGE_LEFT: Final = "voicemail_left"
NEVER: Final = ("threat", "others", "pose", "false", "shame", "borrow", "stop")


@dataclass(frozen=True, slots=True)
class Desk:
    """What every page of a task is made from."""

    request: Request
    staff: Staff
    ledger: Ledger
    packs: Packs
    playbooks: Mapping[str, Playbook]

    def page(self, template: str, found: Waiting, *, told: Told | None = None, **values: Any) -> Response:
        words, task, now = words_of(self.request), found.task, self.ledger.clock.now()
        reason = task_reasons.why(words, task)
        facts = [
            (words("task.why"), reason.sentence),
            (words("task.lender"), found.lender.name),
            (words("task.whom"), list_routes.party(words, found.party) if task.person else ""),
            (words("task.stage"), found.stage if found.stage.startswith("M") else ""),
            (words("task.there"), list_routes.there(words, found.zone, now) if task.person else ""),
            (words("task.due"), when(words, found.zone, task.due_at) if task.due_at else ""),
            (words("task.expires"), when(words, found.zone, task.expires_at) if task.expires_at else ""),
            (words("task.reference"), task.id),
        ]
        return render(
            self.request,
            template,
            status=UNPROCESSABLE if told and told.errors else 200,
            task=task,
            title=list_routes.title(words, found),
            reason_language=reason.language,
            facts=[(name, fact) for name, fact in facts if fact],
            mine=task.assignee == self.staff.id,
            errors=told.errors if told else {},
            values=told.values if told else {},
            ticked=told.ticked if told else (),
            **values,
        )


def before_call(desk: Desk, found: Waiting) -> Response:
    """Whether the call may begin, and the button that begins it."""
    words, held = words_of(desk.request), found.held
    reason = None if held is None else list_routes.why(words, held, desk.packs)
    until = None if held is None or held.until is None else when(words, found.zone, held.until)
    return desk.page("call_before.html", found, held=reason, until=until)


def during_call(desk: Desk, session: Session, found: Waiting, begun: Begun, *, told: Told | None = None) -> Response:
    """Whom to call, what to say and what never, and the form for how it ended."""
    words, profile = words_of(desk.request), _profile(session, found)
    bounds = bounds_of(desk, session, found)
    name = scripts.choose(begun.template, found.party, found.stage, found.lender.role)
    written = _sentence_values(desk, found, begun, bounds)
    country = found.lender.country
    leaves = may_leave(desk, session, found)
    return desk.page(
        "call_during.html",
        found,
        told=told,
        name=begun.name,
        number=begun.to,
        shown=shown_phone(begun.to, country),
        closes=None if begun.window_closes is None else when(words, found.zone, begun.window_closes),
        must=scripts.must_say(begun.disclosures, words.language),
        born=_born(desk, session, found, profile, bounds),
        lender_phone=shown_phone(found.lender.phone, country),
        script=None if name is None else scripts.fill(name, begun.language, written),
        leaves=leaves,
        never=[words(f"never.{each}") for each in NEVER],
        rules=_forbidden(desk, found, profile, bounds.today),
        **_end_values(desk, session, found, bounds),
    )


def may_leave(desk: Desk, session: Session, found: Waiting) -> bool:
    """Whether a message might be left when the call was begun: what was allowed then may be told later."""
    touch = None if found.task.touch is None else session.get(Touch, found.task.touch)
    if touch is None or touch.dispatched_at is None:
        return False
    at = touch.dispatched_at
    return message_allowed(session, touch, packs=desk.packs, playbooks=desk.playbooks, now=at, recorded=False)


def after_call(desk: Desk, session: Session, found: Waiting, over: Held, *, told: Told | None = None) -> Response:
    """The form alone for how one's own call ended, once nothing may be dialled any more."""
    why = sentences.of_code(over.rule, over.reason, desk.packs, words_of(desk.request).language)
    values = _end_values(desk, session, found, bounds_of(desk, session, found))
    return desk.page("call_over.html", found, told=told, why=why, **values)


def abandoned_call(desk: Desk, session: Session, found: Waiting, *, told: Told | None = None) -> Response:
    """The form for how somebody else's call ended, without whom it was about."""
    began = staffing.name_of(session, desk.ledger.vault, str(found.task.assignee))
    values = _end_values(desk, session, found, bounds_of(desk, session, found))
    return desk.page("call_abandoned.html", found, told=told, caller=began, **values)


def plain(desk: Desk, session: Session, found: Waiting, *, told: Told | None = None) -> Response:
    """Something to look into, with the ends that it may have."""
    words, kind = words_of(desk.request), task_outcomes.sort_of(session, found.task)
    offered = task_outcomes.offered(kind)
    return desk.page(
        "task_plain.html",
        found,
        told=told,
        lead=words(f"{kind}.lead"),
        legend=words(f"{kind}.legend") if len(offered) > 1 else "",
        offered=[(each, words(f"{kind}.{each}")) for each in offered] if len(offered) > 1 else [],
        button=words("plain.done" if len(offered) > 1 else f"{kind}.done"),
        abandoned=task_outcomes.abandoned(session, found.task),
    )


def message(
    desk: Desk, session: Session, found: Waiting, opened: Message | None, *, told: Told | None = None
) -> Response:
    """A message: sealed until somebody opens it, then what it says and what it may mean."""
    words, bounds = words_of(desk.request), bounds_of(desk, session, found)
    reply = session.get_one(Reply, found.task.reply)
    channel = words(f"channels.{reply.channel}")
    return desk.page(
        "reply.html",
        found,
        told=told,
        opened=opened,
        text=opened.text if opened else None,
        reading=words(f"readings.{reply.reading}") if f"readings.{reply.reading}" in words.sentences else reply.reading,
        written_at=words("reply.at", when=when(words, found.zone, reply.at), channel=channel),
        known=reply.person is not None,
        meanings=[(each, words(f"reply.{each}")) for each in meanings_of(reply)],
        total=bounds.writing.money(bounds.most, bounds.currency),
        **_promise_values(bounds),
    )


def over(desk: Desk, found: Waiting) -> Response:
    """How a task ended."""
    words, task = words_of(desk.request), found.task
    sort = task_outcomes.OF_REASONS.get(task.reason, task.kind)
    section = {"call": "outcome", "visit": "visit_outcome"}.get(task.kind, sort)
    key = f"{section}.{'nothing' if task.outcome == 'other' else task.outcome}"
    if key not in words.sentences:
        key = f"{task_outcomes.ADDRESS}.{task.outcome}"
    outcome = words(key) if key in words.sentences else words(f"states.{task.state}")
    return desk.page("task_over.html", found, outcome=outcome, state=words(f"states.{task.state}"))


def required(desk: Desk, session: Session, found: Waiting) -> tuple[str, ...]:
    """What the playbook's step asks to be told of a talk."""
    account = None if found.task.account is None else session.get(Account, found.task.account)
    book = None if account is None else desk.playbooks.get(account.playbook)
    steps = () if book is None else book.steps
    return next((step.requires for step in steps if step.id == found.task.step), ())


def bounds_of(desk: Desk, session: Session, found: Waiting) -> Bounds:
    """Within what a promise may be made."""
    words = words_of(desk.request)
    writing = writing_of(words, found.zone)
    account = None if found.task.account is None else session.get(Account, found.task.account)
    now = desk.ledger.clock.now()
    owed = Decimal(0) if account is None else owed_on(session, account, now).total
    today = writing.local_day(now)
    return Bounds(today, owed, "USD" if account is None else account.currency, writing, words)


def _end_values(desk: Desk, session: Session, found: Waiting, bounds: Bounds) -> dict[str, Any]:
    """What the form for the end of a call is made of."""
    words = bounds.words
    return {
        "not_reached": [
            (each, words(f"outcome.{each}"))
            for each in NOT_REACHED
            if each != MESSAGE_LEFT or may_leave(desk, session, found)
        ],
        "spoke": [(each, words(f"outcome.{each}")) for each in CALL_OUTCOMES if each not in NOT_REACHED],
        "causes": [(each, words(f"causes.{each}")) for each in CAUSES],
        "ticks": [(each, words(f"ticks.{each}")) for each in required(desk, session, found) if each in TICKS],
        "total": bounds.writing.money(bounds.most, bounds.currency),
        **_promise_values(bounds),
    }


def _promise_values(bounds: Bounds) -> dict[str, Any]:
    return {
        **bounds.spoken(),
        "min_day": bounds.today.isoformat(),
        "max_day": bounds.last.isoformat(),
    }


def _sentence_values(desk: Desk, found: Waiting, begun: Begun, bounds: Bounds) -> dict[str, str]:
    """What a script's sentences are filled with, written as the person called would read it."""
    writing = Writing.of(begun.language, found.lender.country, found.zone)
    return {
        "name": begun.name,
        "caller": desk.staff.name,
        "lender": begun.values["lender"],
        "phone": shown_phone(begun.values["phone"], found.lender.country),
        "amount": writing.money(Decimal(begun.values["amount"]), begun.values["currency"]),
        "day": writing.day(date.fromisoformat(begun.values["due_since"])),
        "summary": bounds.words("call.agreed"),
    }


def _profile(session: Session, found: Waiting) -> Profile | None:
    theirs = (Profile.lender == found.task.lender, Profile.person == found.task.person)
    return session.scalars(select(Profile).where(*theirs)).one_or_none()


def _born(desk: Desk, session: Session, found: Waiting, profile: Profile | None, bounds: Bounds) -> str | None:
    """The date of birth to compare with, opened for the one who asks for it."""
    if profile is None or profile.birth_date is None:
        return None
    vault = desk.ledger.vault
    held = vault.open(session, lender=found.task.lender, person=profile.person, sealed=profile.birth_date)
    return bounds.writing.day(date.fromisoformat(held))


def _forbidden(desk: Desk, found: Waiting, profile: Profile | None, day: date) -> list[str]:
    places = tuple(profile.jurisdictions) if profile else ()
    language = words_of(desk.request).language
    return scripts.never(
        desk.packs, day, party=found.party, jurisdictions=places, lender=found.lender, language=language
    )
