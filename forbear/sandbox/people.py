"""The people of the sandbox: who they are, when they are awake, and what they do about a text that reached them.

Remembered are only how many texts a person got, the latest link and who sent it; everything else follows from the
seed, so that a restart goes on as if nothing had been.
"""

import json
from dataclasses import asdict, dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import structlog

from forbear.sandbox.agenda import Again, Payload
from forbear.sandbox.carrier import Carrier
from forbear.sandbox.dysms import Arrived, DomesticProvider
from forbear.sandbox.ground import Ground
from forbear.sandbox.habits import HABITS, Deed, Heard, delay, handset, heard
from forbear.sandbox.habits_zh import in_language
from forbear.sandbox.messages import Message
from forbear.sandbox.statuses import Handset
from forbear.sandbox.visits import Done, PageRefused, PageUnreachable, Visit, link_in
from forbear.sandbox.wire import iso

_ERRAND = "deed"
_WAKES, _SLEEPS = time(7, 30), time(22, 30)
_TRIES = 12
_EXPECTS = "expects_link:"
_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody with a phone. Without a birth date they never use the page and answer in words."""

    phone: str
    habit: str
    zone: ZoneInfo
    birth_date: date | None = None
    amount: Decimal | None = None
    language: str = "en"
    id_last_four: str | None = None

    @property
    def domestic(self) -> bool:
        """Whether texts reach them by China's own provider."""
        return self.phone.startswith("+86")


def load(path: Path) -> dict[str, Person]:
    """The people of a JSON list, by phone."""
    people = [_person(raw, position) for position, raw in enumerate(json.loads(path.read_text()))]
    return {person.phone: person for person in people}


def awake(at: datetime, zone: ZoneInfo, chance: Random) -> datetime:
    """The same instant, or some time after waking up."""
    local = at.astimezone(zone)
    if _WAKES <= local.time() < _SLEEPS:
        return at
    day = local.date() + timedelta(days=1 if local.time() >= _SLEEPS else 0)
    rises = datetime.combine(day, _WAKES, zone).astimezone(UTC)
    return rises + timedelta(minutes=chance.uniform(5, 120))


class People:
    """Plans and does what people do."""

    def __init__(self, people: dict[str, Person], ground: Ground, carrier: Carrier, domestic: DomesticProvider) -> None:
        self._people, self._carrier, self._domestic = people, carrier, domestic
        self._store, self._journal, self._agenda = ground.store, ground.journal, ground.agenda
        self._clock, self._seed = ground.clock, ground.seed
        carrier.on_delivered = self._read
        domestic.on_delivered = self._hear
        carrier.handset_of = domestic.handset_of = self._handset
        ground.agenda.on_errand(_ERRAND, self._act)

    def person(self, phone: str) -> Person | None:
        """Whose number this is."""
        return self._people.get(phone)

    def expect_link(self, person: Person) -> None:
        """Somebody was promised a link, and will pay by the next one they get."""
        self._store.remember(_EXPECTS + person.phone, "1")

    def keep_promise(self, person: Person, promised: date) -> None:
        """Plan to pay on the promised day, within the current transaction."""
        chance = Random(f"{self._seed}:{person.phone}:kept")
        day = datetime.combine(promised, time(9), person.zone).astimezone(UTC)
        keeping = _payload(person, Deed("pay", timedelta(0)))
        self._agenda.add(_ERRAND, keeping, day + timedelta(hours=chance.uniform(0, 9)))

    def _handset(self, phone: str) -> Handset:
        person = self._people.get(phone)
        return Handset() if person is None else handset(person.habit)

    def _read(self, message: Message) -> None:
        self._hear(Arrived(message.recipient, message.sender or "", message.body))

    def _hear(self, message: Arrived) -> None:
        """A text reached somebody: plan what it moves them to do, within the current transaction."""
        person = self._people.get(message.phone)
        if person is None:
            return
        known = self._known(person.phone)
        number = 1 if known is None else known["heard"] + 1
        link = link_in(message.body) or (known["link"] if known else None)
        values = person.phone, number, link, message.correspondent
        self._store.run("INSERT OR REPLACE INTO persons VALUES (?, ?, ?, ?)", *values)
        news = heard(self._seed, person.phone, number)
        for deed in self._moved(person, message, news):
            deed = in_language(deed, person.language, news.chance)  # noqa: PLW2901  the same deed, in their words
            due = awake(self._clock.now() + deed.after, person.zone, news.chance)
            self._agenda.add(_ERRAND, _payload(person, deed), due)

    def _moved(self, person: Person, message: Arrived, news: Heard) -> tuple[Deed, ...]:
        """What a text moves somebody to do: what their habit says, and to pay by a link they asked for."""
        deeds = HABITS[person.habit](news)
        if link_in(message.body) and self._store.fact(_EXPECTS + person.phone):
            self._store.forget(_EXPECTS + person.phone)
            if not any(deed.kind == "pay" for deed in deeds):
                deeds = (*deeds, Deed("pay", delay(news.chance)))
        return deeds

    async def _act(self, payload: Payload) -> Again | None:
        person, deed = self._people[payload["phone"]], _deed(payload["deed"])
        known = self._known(person.phone)
        if known is None:
            return None
        if deed.kind == "say" or person.birth_date is None or known["link"] is None:
            self._say(person, deed, known["correspondent"])
            return None
        promised = self._clock.now().astimezone(person.zone).date() + timedelta(days=deed.days)
        try:
            done = await Visit(known["link"], person.birth_date).carry_out(
                deed, promised=promised, amount=person.amount
            )
        except PageUnreachable:
            return self._later(payload)
        except PageRefused as refusal:
            _log.info("page_refused", deed=deed.kind, reason=str(refusal))
            return None
        self._record(person, deed, done, promised)
        return None

    def _say(self, person: Person, deed: Deed, correspondent: str) -> None:
        """Answer in words. A promise names its day, as people do who have no page to choose it on."""
        if not deed.text:
            return
        day = self._clock.now().astimezone(person.zone).date() + timedelta(days=deed.days)
        text = deed.text.format(month=day.month, day=day.day) if deed.kind == "promise" else deed.text
        line = self._domestic if person.domestic else self._carrier
        line.receive(person.phone, correspondent, text, deed.meaning)

    def _later(self, payload: Payload) -> Again | None:
        """Try again in an hour, or in two machine seconds, whichever is later."""
        tries = payload["tries"] + 1
        if tries >= _TRIES:
            return None
        due = max(self._clock.now() + timedelta(hours=1), self._clock.after_machine_seconds(2))
        return Again(due, {**payload, "tries": tries})

    def _record(self, person: Person, deed: Deed, done: Done, promised: date) -> None:
        """Write down what the page acknowledged, and plan to keep a promise that will be kept."""
        if deed.kind == "abandon":
            return
        with self._store.transaction():
            line: dict[str, Any] = {"at": iso(self._clock.now()), "channel": "page", "kind": deed.kind}
            self._journal.write(line | {"from": person.phone, "sid": done.session, "ref": None})
            if deed.keeps:
                self.keep_promise(person, promised)

    def _known(self, phone: str) -> dict[str, Any] | None:
        return self._store.row("SELECT * FROM persons WHERE phone = ?", phone)


def _person(raw: dict[str, Any], position: int) -> Person:
    """One entry. The message names its position, never its values: they are a person's."""
    if raw.get("habit") not in HABITS:
        raise ValueError(f"people[{position}].habit is not one of {', '.join(sorted(HABITS))}")
    born, amount = raw.get("birth_date"), raw.get("amount")
    return Person(
        phone=raw["phone"],
        habit=raw["habit"],
        zone=ZoneInfo(raw.get("zone", "UTC")),
        birth_date=date.fromisoformat(born) if born else None,
        amount=Decimal(str(amount)) if amount else None,
        id_last_four=raw.get("id_last_four"),
        language=raw.get("language") or ("zh-Hans" if raw["phone"].startswith("+86") else "en"),
    )


def _payload(person: Person, deed: Deed) -> Payload:
    return {"phone": person.phone, "tries": 0, "deed": asdict(deed) | {"after": deed.after.total_seconds()}}


def _deed(raw: dict[str, Any]) -> Deed:
    return replace(Deed(**raw), after=timedelta(seconds=raw["after"]), part=tuple(raw["part"]))
