"""Visits made by robots: a supervisor decides and plans at the board, two officers go to each door and report.

The two carry a phone each. They knock when the page of both says that they may, and leave when it does not.
"""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Final

from forbear.clock import Clock
from forbear.rehearsal.answering import MET, Answer, at_the_door
from forbear.rehearsal.asking import Refused
from forbear.rehearsal.browser import GONE, SEE_OTHER, Browser
from forbear.rehearsal.lenders import Creditor
from forbear.rehearsal.reading import read_message
from forbear.rehearsal.robot import CLOSES, OPENS, Robot
from forbear.rehearsal.stafflog import StaffLog

ASKED: Final = re.compile(r'action="/staff/visits/([^/"]+)/approve"')
PLANNED: Final = re.compile(r'href="/staff/visits/([^/"]+)/plan"')
SLOT: Final = re.compile(r'<option value="(\d{4}-\d\d-\d\dT[^"]+)"')
POINT: Final = re.compile(r"(-?\d+\.\d{6}),\s*(-?\d+\.\d{6})")
AHEAD: Final = timedelta(hours=2)
"""World time from planning to the slot at the least: the two have to get there."""
PAST: Final = timedelta(hours=4)
"""World time after a slot's beginning from which it is planned anew."""
EVERY, MOST_HOURS = 4, 6
"""Of the hours offered every fourth is asked for, and no more than six before the board is looked at again."""
DECLINED: Final = 0.1
TRIES: Final = 8
LATEST: Final = time(20)
"""Where they are; whatever the page says later comes too late for that day."""
TICKS: Final = {"tick_credit_harm": "1", "tick_more_time_costs": "1"}


@dataclass(frozen=True, slots=True)
class Round:
    """Where two officers are to be, and when."""

    visit: str
    at: datetime


@dataclass
class Rounds:
    """What the supervisor told each team; the pages of the two say the same."""

    teams: Sequence[tuple[str, str]]
    told: list[dict[str, Round]] = field(default_factory=list[dict[str, Round]])

    def __post_init__(self) -> None:
        self.told = [{} for _ in self.teams]

    def latest(self, visit: str) -> Round | None:
        return next((rounds[visit] for rounds in self.told if visit in rounds), None)

    def give(self, team: int, given: Round) -> None:
        for rounds in self.told:
            rounds.pop(given.visit, None)
        self.told[team][given.visit] = given


class Supervisor(Robot):
    """Decides about requests, says where an address is, sends two officers; reads what was understood and obeyed."""

    def __init__(self, browser: Browser, clock: Clock, lender: Creditor, rounds: Rounds, *, seed: int) -> None:
        super().__init__("supervisor", clock, lender.zone)
        self._browser, self._rounds = browser, rounds
        self._chance = Random(f"{seed}:supervisor")  # noqa: S311  seeded on purpose
        self._turn = 0

    def begin(self) -> None:
        self._browser.sign_in()

    def round(self) -> None:
        board = self._browser.page("/staff/visits/board")
        for visit in ASKED.findall(board):
            self._decide(visit)
        if ASKED.search(board):
            board = self._browser.page("/staff/visits/board")
        for visit in PLANNED.findall(board):
            before = self._rounds.latest(visit)
            if before is None or self.clock.now() > before.at + PAST:
                self._plan(visit)
        for task in self._browser.tasks():
            read_message(self._browser, task)

    def _decide(self, visit: str) -> None:
        if self._chance.random() < DECLINED:
            self._browser.send(f"/staff/visits/{visit}/decline", {"reason": "other_way_first"})
        elif self._browser.done(f"/staff/visits/{visit}/approve", {"reason": "learn_more"}):
            self._browser.send(f"/staff/visits/{visit}/place", _somewhere(self._chance))

    def _plan(self, visit: str) -> None:
        """The first hour in office hours for which one of the teams is free; each refusal is by hour and team."""
        found = [
            datetime.fromisoformat(text) for text in SLOT.findall(self._browser.page(f"/staff/visits/{visit}/plan"))
        ]
        fit = [at for at in found if OPENS <= at.astimezone(self.zone).time() < CLOSES]
        for at in [at for at in fit if at >= self.clock.now() + AHEAD][::EVERY][:MOST_HOURS]:
            self._turn = (self._turn + 1) % len(self._rounds.teams)
            first, second = self._rounds.teams[self._turn]
            sent = {"first": first, "second": second, "starts_at": at.isoformat()}
            answer = self._browser.send(f"/staff/visits/{visit}/assign", sent)
            if answer.status_code == SEE_OTHER:
                self._rounds.give(self._turn, Round(visit, at))
            if answer.status_code in {SEE_OTHER, *GONE}:
                return


class Team(Robot):
    """Two officers who go together."""

    def __init__(
        self,
        number: int,
        browsers: tuple[Browser, Browser],
        clock: Clock,
        lender: Creditor,
        log: StaffLog,
        *,
        rounds: Rounds,
        habits: Mapping[str, tuple[str, str]],
        seed: int,
    ) -> None:
        """`habits` has by a person's name the rehearsal's label and the habit."""
        super().__init__(f"officers {number + 1}", clock, lender.zone)
        self._browsers, self._log, self._mine = browsers, log, rounds.told[number]
        self._habits, self._seed = habits, seed
        self._seen: Counter[str] = Counter()
        self._answers: dict[str, tuple[str, Answer]] = {}

    def begin(self) -> None:
        for browser in self._browsers:
            browser.sign_in()

    def round(self) -> None:
        for each in sorted(self._mine.values(), key=lambda given: given.at):
            if each.at + PAST < self.clock.now():
                continue
            if self.rest(max(timedelta(0), each.at - self.clock.now())):
                return
            if self._visit(each.visit):
                self._mine.pop(each.visit, None)

    def _visit(self, visit: str) -> bool:
        """Go there; whether nothing is left to do."""
        address = f"/staff/visits/{visit}"
        first, second = self._browsers
        if visit not in self._answers:
            page = first.page(address)
            if f"{address}/start" not in page and f"{address}/report" not in page:
                return True
            if f"{address}/report" not in page and not self._knock(address):
                return False
            self._answers[visit] = self._open(visit, page)
        label, answer = self._answers[visit]
        sent = first.send(f"{address}/report", _report(visit, answer, self.clock.now().astimezone(self.zone).date()))
        if sent.status_code != SEE_OTHER and sent.status_code not in GONE:
            raise Refused(f"An officer's page answered {sent.status_code} to {answer.outcome}")
        if sent.status_code == SEE_OTHER:
            self._note("visit_ended", visit, person=label, outcome=answer.outcome)
        second.send(f"{address}/sign")
        return True

    def _knock(self, address: str) -> bool:
        """Both say that they are there, at the same moment; whether the page then lets them knock."""
        here = POINT.search(self._browsers[0].page(f"{address}/map"))
        if here is None:
            return False
        for number in range(TRIES):
            if self.clock.now().astimezone(self.zone).time() > LATEST:
                return False
            self._check_in(address, _here(here, number))
            answer = self._browsers[0].send(f"{address}/start")
            if answer.status_code == SEE_OTHER:
                self._note("visit", address.rpartition("/")[2])
                return True
            if answer.status_code in GONE or self.stopping.is_set():
                return False
        return False

    def _check_in(self, address: str, told: Mapping[str, str]) -> None:
        with ThreadPoolExecutor(len(self._browsers)) as pool:
            for sent in [pool.submit(browser.send, f"{address}/check-in", told) for browser in self._browsers]:
                sent.result()

    def _open(self, visit: str, page: str) -> tuple[str, Answer]:
        """Who opens the door, if anybody does."""
        label, habit = next(
            (known for name, known in self._habits.items() if f"<p>{name}</p>" in page), ("", "never_answers")
        )
        self._seen[label] += 1
        return label, at_the_door(habit, self._seed, label or visit, self._seen[label])

    def _note(self, kind: str, visit: str, **more: str) -> None:
        self._log.note(kind, visit=visit, staff=[browser.who.id for browser in self._browsers], **more)


def _somewhere(chance: Random) -> dict[str, str]:
    """Coordinates in a desert where nobody lives."""
    latitude, longitude = 39.5 + chance.uniform(0, 0.2), 102.2 + chance.uniform(0, 0.2)
    return {"latitude": f"{latitude:.6f}", "longitude": f"{longitude:.6f}", "system": "wgs84"}


def _here(place: re.Match[str], number: int) -> dict[str, str]:
    told = {"latitude": place[1], "longitude": place[2], "accuracy": "12", "system": "wgs84"}
    return {**told, "key": f"here-{number}", "typed": "0", "device_at": ""}


def _report(visit: str, answer: Answer, today: date) -> dict[str, str]:
    """What the form is sent with."""
    form = {"key": f"report-{visit}", "outcome": answer.outcome, "met": MET.get(answer.outcome, "borrower")}
    if answer.outcome == "met_borrower":
        form |= {"cause": answer.cause, "paper_contact_card": "borrower", **TICKS}
        form |= (
            {"no_promise": "1"}
            if answer.days is None
            else {"promise_day": (today + timedelta(days=answer.days)).isoformat()}
        )
    elif answer.outcome == "refused":
        form["paper_contact_card"] = "refused"
    return form
