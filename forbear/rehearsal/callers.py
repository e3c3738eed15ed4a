"""Callers and operators at their work list: calls are begun, dialled and told, messages read, what was asked for done.

A caller begins what the list offers and nothing else, dials the number that the page shows, and puts down how it ended.
"""

import re
from collections import Counter
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from forbear.clock import Clock
from forbear.rehearsal.answering import Answer, on_the_telephone
from forbear.rehearsal.asking import Refused
from forbear.rehearsal.browser import GONE, SEE_OTHER, Browser
from forbear.rehearsal.lenders import Creditor
from forbear.rehearsal.reading import read_message
from forbear.rehearsal.robot import Robot
from forbear.rehearsal.stafflog import StaffLog

DIALS: Final = re.compile(r'href="tel:(\+\d+)"')
FIRST_DAY: Final = re.compile(r'name="on"[^>]* min="(\d{4}-\d\d-\d\d)"')
TICKS: Final = {"tick-credit_harm": "yes", "tick-more_time_costs": "yes"}
DIALS_WITHIN: Final = timedelta(hours=2)
"""World time from a permit to the call; a page that takes longer to come is not acted on."""
NOT_GIVEN: Final = "fields.given"
"""The code of a paper that was not told all it has to say: nobody of ours can say that this is right."""
QUIET: Final = "never_answers"
"""The habit of whoever is in nobody's file."""


class Caller(Robot):
    """One lender's caller, at work where the lender is."""

    def __init__(
        self,
        browser: Browser,
        clock: Clock,
        lender: Creditor,
        log: StaffLog,
        *,
        habits: Mapping[str, str],
        seed: int,
    ) -> None:
        super().__init__(f"caller of {lender.name}", clock, lender.zone)
        self._browser, self._lender, self._log, self._habits, self._seed = browser, lender, log, habits, seed
        self._dialled: Counter[str] = Counter()
        self._began: dict[str, datetime] = {}
        self._told: dict[str, tuple[str, Answer]] = {}

    def begin(self) -> None:
        self._browser.sign_in()

    def round(self) -> None:
        for task in self._browser.tasks(self._lender.name):
            if self.stopping.is_set() or not self.at_work():
                return
            self._call(task)

    def _call(self, task: str) -> None:
        """Begin with a permit of this moment; what is no call is a message. What is held or gone is left alone."""
        began = self._began.setdefault(task, self.clock.now())
        if self._browser.send(f"{task}/begin").status_code in GONE:
            read_message(self._browser, task)
            return
        page = self._browser.page(task)
        if task not in self._told and self.clock.now() > began + DIALS_WITHIN:
            return  # the permit was of another hour: nobody dials, and the task says that nobody knows
        dials = DIALS.search(page)
        if dials is None or f"{task}/outcome" not in page:
            return
        phone, answer = self._dial(task, dials[1])
        first = FIRST_DAY.search(page)
        sent = self._browser.send(f"{task}/outcome", _form(answer, first[1] if first else ""))
        if sent.status_code == SEE_OTHER:
            self._log.note("call_ended", task=_id(task), staff=self._browser.who.id, to=phone, outcome=answer.outcome)
        elif sent.status_code not in GONE:
            raise Refused(f"A caller's page answered {sent.status_code} to {answer.outcome}")

    def _dial(self, task: str, phone: str) -> tuple[str, Answer]:
        """Dial once for a task, however often its page has to be sent."""
        if task not in self._told:
            self._dialled[phone] += 1
            self._log.note("call", task=_id(task), staff=self._browser.who.id, to=phone)
            habit = self._habits.get(phone, QUIET)
            self._told[task] = phone, on_the_telephone(habit, self._seed, phone, self._dialled[phone])
        return self._told[task]


class Operator(Robot):
    """Closes what only had to be looked into; a letter that lacks what only its lender knows stays held."""

    def __init__(self, browser: Browser, clock: Clock, zone: ZoneInfo) -> None:
        super().__init__(browser.who.role, clock, zone)
        self._browser = browser

    def begin(self) -> None:
        self._browser.sign_in()

    def round(self) -> None:
        for task in self._browser.tasks():
            if self.stopping.is_set():
                return
            page = self._browser.page(task)
            if f"{task}/done" in page and NOT_GIVEN not in page:
                self._browser.send(f"{task}/done")
        self.rest(timedelta(hours=6))


def _form(answer: Answer, first_day: str) -> dict[str, str]:
    """How it ended, as the form wants it."""
    form = {"outcome": answer.outcome}
    if answer.outcome.startswith("spoke_"):
        form |= {"cause": answer.cause, **TICKS}
        form |= {"no_promise": "yes"} if answer.days is None else {"on": _day(first_day, answer.days)}
    return form


def _day(first: str, ahead: int) -> str:
    return (date.fromisoformat(first) + timedelta(days=ahead)).isoformat()


def _id(task: str) -> str:
    return task.rpartition("/")[2]
