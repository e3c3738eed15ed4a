"""Legal staff at their pages: one prepares, tells and files; a lawyer looks at every page, returns or approves.

Both read what the pages say and press what they offer. What somebody else changed meanwhile is looked at again later.
"""

import re
from abc import abstractmethod
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import Any, Final, Literal, cast
from zoneinfo import ZoneInfo

from forbear.clock import Clock
from forbear.rehearsal.browser import SEE_OTHER, Browser
from forbear.rehearsal.court import Json, Matter, Then
from forbear.rehearsal.filling import Sheet, sheet_to, sheets, told_as_text
from forbear.rehearsal.handing import Docket
from forbear.rehearsal.robot import Robot
from forbear.rehearsal.shelf import Shelf

CASES: Final = "/staff/cases"
PACKET: Final = re.compile(r'href="/staff/cases/[^"/]+/packets/(pkt_[^"/]+)"')
FILE: Final = re.compile(r'/files/([^"/]+)"')
QUOTED: Final = 'class="quote"'
MARKED: Final = 'class="incident"'
TRIES: Final = 3
MOST_ASKED: Final = 5
"""Times that one asks for a packet of one kind before somebody else has to see to it."""
MOST_PAGES: Final = 200
HOURS: Final = (time(8), time(20))
BETWEEN: Final = timedelta(hours=3)
"""World time from one look at all cases to the next."""
Stands = Literal["waiting", "again", "prepared", "draft", "approved", "filed"]


def stands(page: str, root: str, here: str) -> Stands:
    """How a packet stands, by what its page offers."""
    if f'action="{here}/filed"' in page:
        return "approved"
    if f"{here}/files/" in page:
        return "filed"
    if f'href="{here}/return"' in page:
        return "draft" if MARKED in page else "prepared"
    return "again" if f'href="{root}/packets"' in page else "waiting"


@dataclass
class Known:
    """What somebody remembers of a case."""

    labels: dict[str, str] = field(default_factory=dict[str, str])
    """What the pages call each packet."""
    begun: bool = False
    asked: Counter[str] = field(default_factory=Counter[str])
    filed: dict[str, datetime] = field(default_factory=dict[str, datetime])
    told: set[int] = field(default_factory=set[int])
    looked: set[str] = field(default_factory=set[str])

    def profile(self, page: str) -> str:
        """Which packet a page is about; the longest name that stands in its heading."""
        heading = re.search(r"<h1[^>]*>(.*?)</h1>", page, re.DOTALL)
        words = heading[1] if heading else ""
        fits = [(len(label), profile) for profile, label in self.labels.items() if label in words]
        return max(fits)[1] if fits else ""


class _AtCases(Robot):
    """Somebody who goes through the cases that were handed over."""

    def __init__(self, browser: Browser, clock: Clock, zone: ZoneInfo, docket: Docket, shelf: Shelf) -> None:
        super().__init__(f"{browser.who.role} {browser.who.email}", clock, zone, HOURS)
        self._browser, self._docket, self._shelf = browser, docket, shelf
        self._known: dict[str, Known] = {}

    def begin(self) -> None:
        self._browser.sign_in()

    def round(self) -> None:
        self._browser.page(CASES)
        for case, matter in self._docket.cases():
            if self.stopping.is_set():
                return
            known = self._known.setdefault(case, Known())
            if self._mine(matter) and (self._labelled(case, known) or self._taken_up(case, matter)):
                self._see_to(case, matter, known)
        self.rest(BETWEEN)

    @abstractmethod
    def _mine(self, matter: Matter) -> bool:
        """Whether it is theirs to see to."""

    def _taken_up(self, case: str, matter: Matter) -> bool:
        """Take up what only waits for a person; it is seen to in the next round."""
        at = f"{CASES}/{case}/take-up"
        self._sent(at, at, {"kind": matter.kind})
        return False

    @abstractmethod
    def _see_to(self, case: str, matter: Matter, known: Known) -> None:
        """Do what there is to do in a case."""

    def _labelled(self, case: str, known: Known) -> bool:
        """Learn what the pages call packets; false as long as the case walks no path."""
        if not known.labels:
            asking = sheet_to(self._browser.page(f"{CASES}/{case}/packets"), f"{CASES}/{case}/packets")
            known.labels = asking.options.get("profile", {}) if asking else {}
        return bool(known.labels)

    def _packets(self, case: str, known: Known) -> Iterator[tuple[str, str, str]]:
        """The newest packet of each kind: its id, its kind and its page."""
        seen: set[str] = set()
        for packet in dict.fromkeys(PACKET.findall(self._browser.page(f"{CASES}/{case}"))):
            page = self._browser.page(f"{CASES}/{case}/packets/{packet}")
            profile = known.profile(page)
            if profile not in seen:
                seen.add(profile)
                yield packet, profile, page

    def _sent(self, at: str, action: str, told: Mapping[str, str], *, person: str = "") -> bool:
        """Fill in a form and send it, again where the case went on meanwhile; whether it was taken."""
        for _ in range(TRIES):
            sheet = sheet_to(self._browser.page(at), action)
            if sheet is None:
                return False
            whom = {"person": sheet.choice("person", person)} if person else {}
            if self._browser.send(action, sheet.filled({**told, **whom})).status_code == SEE_OTHER:
                return True
        return False


class Clerk(_AtCases):
    """Prepares the cases of some lenders, asks for packets, files what is approved and tells how it went on."""

    def __init__(  # noqa: PLR0917  who, when, where and for whom
        self, browser: Browser, clock: Clock, zone: ZoneInfo, docket: Docket, shelf: Shelf, countries: frozenset[str]
    ) -> None:
        super().__init__(browser, clock, zone, docket, shelf)
        self._countries = countries

    def _mine(self, matter: Matter) -> bool:
        return matter.loan.lender.country in self._countries

    def _see_to(self, case: str, matter: Matter, known: Known) -> None:
        if not known.begun:
            for way in matter.ways:
                self._tell(case, Then("", "taken_up", 0, {"way": way}), matter)
            self._fill(case, matter.packets[0], matter.fields("legal"))
            known.begun = True
        for packet, profile, page in self._packets(case, known):
            if profile in matter.packets:
                self._follow(case, matter, known, packet=packet, profile=profile, page=page)
        for number, then in enumerate(matter.then):
            filed = known.filed.get(then.after)
            due = filed is not None and self.clock.now() >= filed + timedelta(hours=then.hours)
            if due and number not in known.told and self._tell(case, then, matter):
                known.told.add(number)

    def _follow(self, case: str, matter: Matter, known: Known, *, packet: str, profile: str, page: str) -> None:
        root = f"{CASES}/{case}"
        here = f"{root}/packets/{packet}"
        match stands(page, root, here):
            case "again" if known.asked[profile] < MOST_ASKED:
                known.asked[profile] += 1
                mended = matter.fields("mended") if QUOTED in page else {}
                self._fill(case, profile, {**matter.fields("legal"), **matter.fields("withdrawal"), **mended})
                self._sent(f"{root}/packets", f"{root}/packets", {"profile": profile})
            case "approved":
                files = {
                    name: self._browser.fetch(f"{here}/files/{name}") for name in dict.fromkeys(FILE.findall(page))
                }
                if files and all(files.values()):
                    self._shelf.put(case, packet, profile, files, name=matter.name)
                    if self._sent(here, f"{here}/filed", {}):
                        known.filed[profile] = self.clock.now()
            case _:
                pass

    def _tell(self, case: str, then: Then, matter: Matter) -> bool:
        action = f"{CASES}/{case}/tell/{then.fact}"
        person = matter.loan.borrower.cell("name") if then.person else ""
        told = self._sent(action, action, told_as_text(then.values), person=person)
        if told:
            self._docket.note(case, then.fact, self.clock.now())
        return told

    def _fill(self, case: str, profile: str, told: Json) -> None:
        """Tell papers what legal staff tell them: rows on pages of their own, the rest in the forms of one page."""
        root = f"{CASES}/{case}/fields"
        page = self._browser.page(f"{root}?profile={profile}")
        for name, value in told.items():
            rows = _rows(value)
            if rows and f"{root}/{name}?" in page:
                self._sent(f"{root}/{name}?profile={profile}&rows={len(rows)}", f"{root}/{name}", _cells(rows))
        plain = told_as_text(told)
        for number in range(len(_of(page, root))):
            for _ in range(TRIES):
                there = _of(self._browser.page(f"{root}?profile={profile}"), root)
                filled = there[number].filled(plain) if number < len(there) else {}
                if not filled or filled == there[number].values:
                    break
                if self._browser.send(root, filled).status_code == SEE_OTHER:
                    break


class Reviewer(_AtCases):
    """A lawyer: looks at each page of a packet, then returns it with a reason or approves it; drafts stay drafts."""

    def _mine(self, matter: Matter) -> bool:
        return bool(matter.packets)

    def _see_to(self, case: str, matter: Matter, known: Known) -> None:
        root = f"{CASES}/{case}"
        for packet, profile, page in self._packets(case, known):
            here = f"{root}/packets/{packet}"
            how = stands(page, root, here)
            if packet in known.looked or how not in {"prepared", "draft"} or profile not in matter.packets:
                continue
            pictures = self._look(here)
            if how == "draft":
                self._shelf.put(case, packet, profile, pictures, name=matter.name, final=False)
                known.looked.add(packet)
            elif self._decide(here, matter, profile, known):
                known.looked.add(packet)

    def _look(self, here: str) -> dict[str, bytes]:
        """Every page with its picture, one after another."""
        pictures: dict[str, bytes] = {}
        for number in range(1, MOST_PAGES):
            address = f"{here}/pages/{number}"
            page = self._browser.page(address)
            if f"{address}.png" not in page:
                break
            pictures[f"page-{number:03d}.png"] = self._browser.fetch(f"{address}.png")
            if f'{here}/pages/{number + 1}"' not in page:
                break
        return pictures

    def _decide(self, here: str, matter: Matter, profile: str, known: Known) -> bool:
        returned = matter.returned
        if returned is not None and returned[0] == profile and not known.asked[profile]:
            known.asked[profile] += 1
            return self._sent(f"{here}/return", f"{here}/return", {"reason": returned[1]})
        return self._sent(f"{here}/approve", f"{here}/approve", {"password": self._browser.who.password})


def _of(page: str, action: str) -> list[Sheet]:
    return [each for each in sheets(page) if each.action == action]


def _rows(value: Any) -> list[Json]:
    """Rows of a table; none where it is something else."""
    rows = cast("list[Any]", value) if isinstance(value, list) else []
    return [each for each in rows if isinstance(each, dict)]


def _cells(rows: list[Json]) -> dict[str, str]:
    return {f"r{number}-{name}": text for number, row in enumerate(rows) for name, text in told_as_text(row).items()}
