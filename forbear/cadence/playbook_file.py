"""Reads a playbook's file: every key known, every word one of its list, every step possible, every high figure sourced.

What is wrong is told with the line it stands on.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, cast, get_args

from forbear.cadence.sms_routes import DEFAULT_ROUTE, load_routes
from forbear.cadence.steps import (
    AFTER_REPAYMENT,
    CONDITIONS,
    LETTER_ROUTES,
    MADE,
    PRODUCT_CONTACTS_IN_7_DAYS,
    PROMISED,
    SERVED,
    After,
    Escalation,
    Playbook,
    Repaid,
    Step,
)
from forbear.contracts.outcomes import CAUSES, OUTCOMES, TICKS
from forbear.contracts.words import Channel, LenderRole, PartyRole, StaffRole, Worker
from forbear.errors import BadData

HEAD = {"name", "version", "title", "currencies", "lender_roles", "languages"}
HEAD_MAY = {"contacts_in_7_days", "source", "sms_route", "letter_route", "first_day"}
STEP = {"id", "title", "from_day", "to_day", "channel", "party", "template", "at_most", "gap_days"}
STEP_MAY = {"when", "unless", "by", "staff", "after", "required", "requires", "open_days", "optional"}
END = {"from_day", "matter", "title"}
END_MAY = {"after", "sooner_when", "sooner_from_day"}
FIRST_DAY = 1
DEBTORS = ("borrower", "co_borrower")
"""Whom a machine may call: its menu speaks of the debt, which it must not to anybody else."""
VISIT_OPEN_DAYS = 7
"""A visit is approved, given to two officers and fitted into a day: a week is little for it."""


class Reader:
    """Checks one parsed file, knowing where each key stands in its text."""

    def __init__(self, path: Path, text: str) -> None:
        self._path = path
        self._lines = text.splitlines()
        self._shift = 0

    def playbook(self, raw: Mapping[str, Any]) -> Playbook:
        """The playbook that the parsed file holds.

        Raises:
            BadData: with the line and the reason.
        """
        self._only(raw, {"playbook", "step", "escalation", "repaid"}, "", 0)
        head = self._table(raw, "playbook")
        self._only(head, HEAD | HEAD_MAY, "playbook", 0)
        if "first_day" in head:
            self._shift = FIRST_DAY - self._whole(head, "first_day", "playbook", 0, least=0, most=FIRST_DAY)
        steps = self._steps(raw)
        return Playbook(
            name=self._text(head, "name", "playbook", 0),
            version=self._text(head, "version", "playbook", 0),
            title=self._text(head, "title", "playbook", 0),
            currencies=self._words(head, "currencies"),
            lender_roles=cast("tuple[LenderRole, ...]", self._words(head, "lender_roles", get_args(LenderRole))),
            languages=self._words(head, "languages"),
            steps=steps,
            escalation=self._escalation(raw, steps),
            contacts_in_7_days=self._contacts(head),
            sms_route=self._route(head, "sms_route", tuple(load_routes()), DEFAULT_ROUTE),
            letter_route=self._route(head, "letter_route", tuple(LETTER_ROUTES), "print_room"),
            repaid=self._repaid(raw),
            source=self._text(head, "source", "playbook", 0) if "source" in head else "",
        )

    def _route(self, head: Mapping[str, Any], key: str, known: tuple[str, ...], usual: str) -> str:
        return self._word(head, key, 0, known, "playbook") if key in head else usual

    def _steps(self, raw: Mapping[str, Any]) -> tuple[Step, ...]:
        tables = raw.get("step")
        if not isinstance(tables, list) or not tables:
            raise self._bad("step", 0, None, "a playbook needs at least one [[step]]")
        listed = cast("list[Mapping[str, Any]]", tables)
        steps: list[Step] = []
        for number, table in enumerate(listed):
            step = self._step(table, number)
            if any(step.id == other.id for other in steps):
                raise self._bad("step", number, "id", f"the step id {step.id!r} is used twice")
            steps.append(step)
        for number, step in enumerate(steps):
            self._known_before(step.after, {each.id for each in steps} - {step.id}, "step", number)
        return tuple(replace(step, after=_naming_papers(step.after, steps)) for step in steps)

    def _step(self, table: Mapping[str, Any], number: int) -> Step:
        self._only(table, STEP | STEP_MAY, "step", number)
        channel = cast("Channel", self._word(table, "channel", number, get_args(Channel)))
        by = self._by(table, number, channel)
        usual = "officer" if channel == "visit" else "caller"
        step = Step(
            id=self._text(table, "id", "step", number),
            title=self._text(table, "title", "step", number),
            from_day=self._day(table, "from_day", "step", number),
            to_day=self._day(table, "to_day", "step", number),
            channel=channel,
            party=cast("PartyRole", self._word(table, "party", number, get_args(PartyRole))),
            template=self._text(table, "template", "step", number),
            when=self._condition(table, "when", number) if "when" in table else "always",
            at_most=self._whole(table, "at_most", "step", number, least=1),
            gap_days=self._whole(table, "gap_days", "step", number, least=1),
            requires=self._requires(table, number),
            by=by,
            staff=cast(
                "StaffRole", self._word(table, "staff", number, get_args(StaffRole)) if "staff" in table else usual
            ),
            after=self._after(table, "step", number),
            unless=self._condition(table, "unless", number) if "unless" in table else "",
            required=self._result(table, "required", number) if "required" in table else "",
            open_days=self._open_days(table, number, channel),
            optional=self._flag(table, "optional", number),
        )
        if step.optional and step.required:
            raise self._bad("step", number, "optional", "a step that is required is not optional")
        if step.channel == "call" and step.by == "machine" and step.party not in DEBTORS:
            why = f'a machine speaks of the debt, and never to a {step.party}: let a person call (by = "person")'
            raise self._bad("step", number, "party", why)
        if step.to_day < step.from_day:
            raise self._bad("step", number, "to_day", f"ends on day {table['to_day']}, before it starts")
        return step

    def _by(self, table: Mapping[str, Any], number: int, channel: Channel) -> Worker:
        """Calls alone may go either way; a visit is a person's work whatever the file says, the rest a machine's."""
        usual: Worker = "person" if channel == "visit" else "machine"
        by = cast("Worker", self._word(table, "by", number, get_args(Worker))) if "by" in table else usual
        if by != usual and channel != "call":
            raise self._bad("step", number, "by", f"a {channel} is never made by a {by}")
        if by == "machine":
            for key in ("staff", "requires", "open_days"):
                if key in table:
                    raise self._bad("step", number, key, f"{key} is for what a person does")
        return by

    def _open_days(self, table: Mapping[str, Any], number: int, channel: Channel) -> int:
        if "open_days" in table:
            return self._whole(table, "open_days", "step", number, least=1)
        return VISIT_OPEN_DAYS if channel == "visit" else 1

    def _requires(self, table: Mapping[str, Any], number: int) -> tuple[str, ...]:
        known = ("cause", "promise", *TICKS)
        return self._words(table, "requires", known, "step", number) if "requires" in table else ()

    def _condition(self, table: Mapping[str, Any], key: str, number: int) -> str:
        return self._word(table, key, number, (*CONDITIONS, *(f"cause:{code}" for code in CAUSES)))

    def _result(self, table: Mapping[str, Any], key: str, number: int) -> str:
        return self._word(table, key, number, _results())

    def _after(self, table: Mapping[str, Any], name: str, number: int) -> tuple[After, ...]:
        if "after" not in table:
            return ()
        named = [each.partition(":") for each in self._words(table, "after", None, name, number)]
        for _, _, result in named:
            if result and result not in _results():
                raise self._bad(name, number, "after", f"{result!r} is not one of {', '.join(_results())}")
        return tuple(After(step, result or MADE) for step, _, result in named)

    def _known_before(self, after: tuple[After, ...], known: set[str], name: str, number: int) -> None:
        for each in after:
            if each.step not in known:
                raise self._bad(name, number, "after", f"there is no other step {each.step!r}")

    def _escalation(self, raw: Mapping[str, Any], steps: tuple[Step, ...]) -> Escalation | None:
        if "escalation" not in raw:
            return None
        table = self._table(raw, "escalation")
        self._only(table, END | END_MAY, "escalation", 0)
        after = self._after(table, "escalation", 0)
        self._known_before(after, {step.id for step in steps}, "escalation", 0)
        after = _naming_papers(after, steps)
        return Escalation(
            from_day=self._day(table, "from_day", "escalation", 0),
            matter=self._text(table, "matter", "escalation", 0),
            title=self._text(table, "title", "escalation", 0),
            after=after,
            **self._sooner(table),
        )

    def _sooner(self, table: Mapping[str, Any]) -> dict[str, Any]:
        """Both keys or neither."""
        keys = [key for key in ("sooner_when", "sooner_from_day") if key in table]
        if not keys:
            return {}
        causes = tuple(f"cause:{code}" for code in CAUSES)
        return {
            "sooner_when": self._word(table, "sooner_when", 0, causes, "escalation"),
            "sooner_from_day": self._day(table, "sooner_from_day", "escalation", 0),
        }

    def _repaid(self, raw: Mapping[str, Any]) -> Repaid | None:
        if "repaid" not in raw:
            return None
        table = self._table(raw, "repaid")
        self._only(table, {"matter", "title"}, "repaid", 0)
        matter = self._word(table, "matter", 0, AFTER_REPAYMENT, "repaid")
        return Repaid(matter, self._text(table, "title", "repaid", 0))

    def _contacts(self, head: Mapping[str, Any]) -> int:
        if "contacts_in_7_days" not in head:
            return PRODUCT_CONTACTS_IN_7_DAYS
        limit = self._whole(head, "contacts_in_7_days", "playbook", 0, least=1)
        if limit > PRODUCT_CONTACTS_IN_7_DAYS and not head.get("source"):
            raise self._bad("playbook", 0, "contacts_in_7_days", "a figure above three must name its `source`")
        return limit

    def _day(self, table: Mapping[str, Any], key: str, name: str, number: int) -> int:
        """A day past due; a file may call the first day late 0, as parts of the trade do."""
        return self._whole(table, key, name, number, least=FIRST_DAY - self._shift) + self._shift

    def _table(self, raw: Mapping[str, Any], name: str) -> Mapping[str, Any]:
        table = raw.get(name)
        if not isinstance(table, dict):
            raise BadData(self._path, 1, f"needs one [{name}] table")
        return cast("Mapping[str, Any]", table)

    def _only(self, table: Mapping[str, Any], known: set[str], name: str, number: int) -> None:
        for key in table:
            if key not in known:
                raise self._bad(name, number, key, f"unknown key {key!r}; known are {', '.join(sorted(known))}")

    def _text(self, table: Mapping[str, Any], key: str, name: str, number: int) -> str:
        value = table.get(key)
        if not isinstance(value, str) or not value.strip():
            raise self._bad(name, number, key, f"{key} must be a text")
        return value

    def _whole(
        self, table: Mapping[str, Any], key: str, name: str, number: int, *, least: int, most: int | None = None
    ) -> int:
        value = table.get(key)
        if not isinstance(value, int) or isinstance(value, bool) or value < least:
            raise self._bad(name, number, key, f"{key} must be a whole number of at least {least}")
        if most is not None and value > most:
            raise self._bad(name, number, key, f"{key} must be at most {most}")
        return value

    def _flag(self, table: Mapping[str, Any], key: str, number: int) -> bool:
        value = table.get(key, False)
        if not isinstance(value, bool):
            raise self._bad("step", number, key, f"{key} must be true or false")
        return value

    def _word(
        self, table: Mapping[str, Any], key: str, number: int, allowed: tuple[str, ...], name: str = "step"
    ) -> str:
        value = self._text(table, key, name, number)
        if value not in allowed:
            raise self._bad(name, number, key, f"{key} {value!r} is not one of {', '.join(allowed)}")
        return value

    def _words(
        self,
        table: Mapping[str, Any],
        key: str,
        allowed: tuple[str, ...] | None = None,
        name: str = "playbook",
        number: int = 0,
    ) -> tuple[str, ...]:
        value = table.get(key)
        listed = cast("list[object]", value) if isinstance(value, list) else []
        if not listed or not all(isinstance(word, str) for word in listed):
            raise self._bad(name, number, key, f"{key} must be a list of at least one word")
        for word in listed:
            if allowed is not None and word not in allowed:
                raise self._bad(name, number, key, f"{word!r} is not one of {', '.join(allowed)}")
        return tuple(cast("list[str]", listed))

    def _bad(self, name: str, number: int, key: str | None, reason: str) -> BadData:
        return BadData(self._path, self._line(name, number, key), reason)

    def _line(self, name: str, number: int, key: str | None) -> int | None:
        """The line of a key in the n-th table of a name; the table's own line if the key is missing."""
        header = re.compile(rf"^\s*\[\[?{re.escape(name)}\]\]?\s*(#.*)?$")
        starts = [at for at, line in enumerate(self._lines) if header.match(line)] if name else [-1]
        if number >= len(starts):
            return None
        for at in range(starts[number] + 1, len(self._lines)):
            if self._lines[at].lstrip().startswith("["):
                break
            if key and re.match(rf"\s*{re.escape(key)}\s*=", self._lines[at]):
                return at + 1
        return starts[number] + 1 or None


def _naming_papers(after: Sequence[After], steps: Sequence[Step]) -> tuple[After, ...]:
    """With the paper that each step serves."""
    named = {step.id: step for step in steps}
    return tuple(named[each.step].having(each.result) for each in after)


def _results() -> tuple[str, ...]:
    """What a step may be required to have become."""
    return (MADE, SERVED, PROMISED, *(code for kind in OUTCOMES.values() for code in kind))
