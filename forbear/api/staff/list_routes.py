"""The work list: what somebody has begun, what is ready for their roles, and what is held, each with its reason."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from fastapi import APIRouter, Request
from fastapi.responses import Response

from forbear.api.staff import task_outcomes, task_reasons
from forbear.api.staff.installed import ThePacks, ThePlaybooks
from forbear.api.staff.rendering import render, time_of_day, when, words_of
from forbear.api.staff.session import ROOT, SignedIn, TheLedger
from forbear.api.staff.staff_route import StaffRoute
from forbear.api.staff.task_reasons import Said
from forbear.api.staff.wording import StaffWords
from forbear.cadence.beginning import Barred
from forbear.ledger import work
from forbear.ledger.work import Waiting
from forbear.rules import sentences
from forbear.rules.packs import Packs

router = APIRouter(prefix=ROOT, route_class=StaffRoute, include_in_schema=False)
URGENT: Final = 1
DIGITS: Final = re.compile(r"[0-9]{1,6}")


@dataclass(frozen=True, slots=True)
class Card:
    """One task on the list, in words."""

    address: str
    title: str
    lender: str
    lines: tuple[str, ...]
    urgent: bool
    why: Said | None
    """Why it is there; of a call its title says enough."""
    held: str | None


@router.get("")
def work_list(
    request: Request, staff: SignedIn, ledger: TheLedger, packs: ThePacks, playbooks: ThePlaybooks
) -> Response:
    """More than a day's work on one page, and a way on to what is behind it."""
    roles, after = sorted(staff.roles), request.query_params.get("after", "")
    behind = int(after) if DIGITS.fullmatch(after) else 0
    with ledger.staff(staff.tenant) as session:
        found = work.waiting(ledger, session, staff.id, roles, playbooks=playbooks, packs=packs, after=behind)
    words, now = words_of(request), ledger.clock.now()
    shown = {
        "mine": _cards(words, found.mine, packs, now),
        "open": _cards(words, found.ready, packs, now),
        "held": _cards(words, found.held, packs, now),
        "others": _cards(words, found.others, packs, now),
    }
    onward = f"{ROOT}?after={found.onward}" if found.rest else None
    return render(request, "work.html", shown=shown, more_held=found.more_held, rest=found.rest, onward=onward)


def title(words: StaffWords, each: Waiting) -> str:
    """What a task is, in a few words."""
    if each.task.kind == "call":
        return words("call.heading", party=party(words, each.party))
    sort = task_outcomes.OF_REASONS.get(each.task.reason, "")
    return words(f"kinds.{sort if f'kinds.{sort}' in words.sentences else each.task.kind}")


def party(words: StaffWords, role: str) -> str:
    return words(f"parties.{role or 'unknown'}")


def why(words: StaffWords, held: Barred, packs: Packs) -> str:
    """What holds a task, as one sentence in the reader's language; it tells of no other lender's doings."""
    if held.permit is not None:
        return sentences.of_permit(held.permit, packs, words.language)
    return sentences.of_code(held.rule, held.reason, packs, words.language)


def there(words: StaffWords, zone: str | None, now: datetime) -> str:
    """The time of day where the person is."""
    return time_of_day(words, zone, now)


def _cards(words: StaffWords, tasks: Sequence[Waiting], packs: Packs, now: datetime) -> list[Card]:
    return [_card(words, each, packs, now) for each in tasks]


def _card(words: StaffWords, each: Waiting, packs: Packs, now: datetime) -> Card:
    task, lines = each.task, list[str]()
    if task.state == "expired":
        lines.append(words("work.untold"))
    if task.kind == "call":
        lines.append(words("work.there", time=there(words, each.zone, now)))
    if task.due_at is not None:
        lines.append(words("work.due", when=when(words, each.zone, task.due_at)))
    elif task.expires_at is not None and task.state != "expired":
        lines.append(words("work.until", when=when(words, each.zone, task.expires_at)))
    return Card(
        address=f"{ROOT}/tasks/{task.id}",
        title=title(words, each),
        lender=words("work.lender", lender=each.lender.name),
        lines=tuple(lines),
        urgent=task.priority <= URGENT,
        why=None if task.kind == "call" else task_reasons.why(words, task),
        held=None if each.held is None else why(words, each.held, packs),
    )
