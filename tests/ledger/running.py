"""Runs of letters on a real database, with presses and a post that do what a test needs of them."""

import hashlib
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Final

from activities.contact import ContactActivities
from activities.letters import Letters
from forbear.documents.registry import find_kind
from forbear.ledger import letter_runs
from forbear.ledger.letter_runs_claimed import Rules
from forbear.ledger.tables.letter_runs import LetterRunItem
from forbear.letter_runs_work import Shop, hand_over
from forbear.ports.papers import LetterHead, Paper, Rendered, Unprintable
from forbear.ports.post import PostAddress, PostOrder
from forbear.ports.sms import Accepted, Sending
from tests.ledger.house import PACKS, PLAYBOOKS, House
from tests.ledger.postal import OFFICE, home, is_called, lender_chooses, lives_at

DAY: Final = date(2026, 3, 2)
KIND: Final = "reminder"
POST: Final = {"post": {"address": OFFICE, "service": "certified"}}


def never(*_: object) -> None:
    """Nothing happens here."""


@dataclass
class Press:
    """Implements `ports.papers.Renderer` with a few bytes; `before` may refuse, or never come back."""

    before: Callable[[Paper], None] = never
    made: list[str] = field(default_factory=list[str])
    lock: threading.Lock = field(default_factory=threading.Lock)

    def render(self, paper: Paper) -> Rendered:
        self.before(paper)
        with self.lock:
            self.made.append(paper.touch)
        pdf = f"%PDF {paper.kind} {paper.day} {paper.touch} {paper.to.name} {paper.total}".encode()
        return Rendered(pdf, hashlib.sha256(pdf).hexdigest(), 2)

    def address_page(self, touch: str, to: PostAddress, head: LetterHead) -> Rendered:
        raise AssertionError("nobody asked for it")


@dataclass
class Post:
    """Implements what of `ports.post.PostCarrier` a run needs; `before` and `after` may end the process."""

    before: Callable[[PostOrder], None] = never
    after: Callable[[PostOrder], None] = never
    posted: list[str] = field(default_factory=list[str])

    def send(self, order: PostOrder) -> Sending:
        self.before(order)
        self.posted.append(order.touch)
        self.after(order)
        return Accepted(provider_id=order.touch, status="accepted")


class Ended(BaseException):
    """The process ended here: nothing after it was done."""


def people(house: House, how_many: int) -> list[str]:
    """Accounts whose borrowers have addresses, in the order of their ids."""
    lender_chooses(house, POST)
    found: list[str] = []
    for number in range(how_many):
        person, account = house.borrower(f"+1312555{100 + number:04}")
        is_called(house, person, f"Jordan Example {number}")
        lives_at(house, person, home(f"{number + 1} Sample Street"))
        found.append(account)
    return sorted(found)


def started(house: House, accounts: list[str], kind: str = KIND) -> str:
    with house.ledger.worker(house.tenant) as session:
        asked = letter_runs.Asked(kind, find_kind(kind).parties, DAY, tuple(accounts))
        return letter_runs.start(house.ledger, session, asked)


def make(house: House, run: str, press: Press, folder: Path, presses: int = 1) -> None:
    Shop(house.ledger, press, presses, folder).make(house.tenant, run, find_kind(KIND), never)


def hand(house: House, run: str, press: Press, post: Post) -> None:
    ways = {"letter": Letters(press, post)}  # pyright: ignore[reportArgumentType]  a run only sends
    contact = ContactActivities(house.touching(), ways, house.ledger.clock)
    hand_over(house.ledger, house.tenant, run, contact, Rules(PLAYBOOKS, PACKS), never)


def items(house: House, run: str) -> list[LetterRunItem]:
    states: tuple[letter_runs.State, ...] = ("waiting", "made", "refused", "held", "handed")
    with house.ledger.worker(house.tenant) as session:
        return letter_runs.of_state(session, run, *states)


def refusing(names: dict[str, str]) -> Callable[[Paper], None]:
    """Refuses the papers of accounts, each with its code."""

    def before(paper: Paper) -> None:
        if paper.touch in names:
            raise Unprintable(names[paper.touch], "no")

    return before
