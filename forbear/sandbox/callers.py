"""The people of the sandbox on the telephone: who picks up, with what in mind, and what they do after the call."""

from datetime import datetime, timedelta
from random import Random

from forbear.sandbox.agenda import Payload
from forbear.sandbox.ground import Ground
from forbear.sandbox.people import People, Person, awake
from forbear.sandbox.voice.calls import Call
from forbear.sandbox.voice.manners import MANNERS, pickup
from forbear.sandbox.voice.scripts import CallScript, Intent, Mind
from forbear.sandbox.voice.switchboard import Switchboard

_CALL_BACK = "call_back"
_MISSED = {"no-answer", "busy"}
_PROMISED_DAYS = 5


class Callers:
    """Gives every call its person."""

    def __init__(self, people: People, ground: Ground, switchboard: Switchboard) -> None:
        self._people, self._switchboard = people, switchboard
        self._agenda, self._clock, self._seed = ground.agenda, ground.clock, ground.seed
        switchboard.callee_of = self._callee
        switchboard.desk.on_ended = self._after
        switchboard.desk.on_meant = self._meant
        ground.agenda.on_step(_CALL_BACK, self._call_back)

    def _callee(self, phone: str, number: int) -> CallScript | None:
        person = self._people.person(phone)
        if person is None:
            return None
        now = self._clock.now()
        up = awake(now, person.zone, Random(0)) == now
        fate = pickup(person.habit, self._seed, phone, number, awake=up)
        return CallScript(
            answers=fate.answers,
            ring_seconds=fate.ring_seconds,
            greeting_seconds=fate.greeting_seconds,
            detected_as=fate.detected_as,
            leaves_after=MANNERS[person.habit].leaves_after,
            mind=self._mind(person, now),
        )

    def _mind(self, person: Person, now: datetime) -> Mind:
        manner = MANNERS[person.habit]
        return Mind(
            wants=manner.wants,
            phone=person.phone,
            language=person.language,
            born=person.birth_date,
            id_last_four=person.id_last_four,
            promised=now.astimezone(person.zone).date() + timedelta(days=_PROMISED_DAYS),
            promise_days=_PROMISED_DAYS,
            leaves_at_check=manner.leaves_at_check,
        )

    def _meant(self, call: Call, meaning: Intent) -> None:
        """Somebody told a menu what they want, and it took it."""
        person = self._people.person(call.phone)
        if person is None:
            return
        if meaning == "pay":
            self._people.expect_link(person)
        elif meaning == "promise" and person.habit == "promises_and_keeps":
            mind = call.callee.mind
            if mind is not None and mind.promised is not None:
                self._people.keep_promise(person, mind.promised)

    def _after(self, call: Call) -> None:
        """Some people call back when they missed a call."""
        person = self._people.person(call.phone)
        if person is None or call.direction == "inbound" or not MANNERS[person.habit].calls_back:
            return
        if call.status in _MISSED or call.callee.answers == "voicemail":
            chance = Random(f"{self._seed}:{call.sid}:back")
            due = awake(self._clock.now() + timedelta(minutes=chance.uniform(5, 180)), person.zone, chance)
            self._agenda.add(_CALL_BACK, {"phone": call.phone, "to": call.ours}, due)

    def _call_back(self, payload: Payload) -> None:
        person = self._people.person(payload["phone"])
        if person is not None:
            script = CallScript(mind=self._mind(person, self._clock.now()))
            self._switchboard.called_by(person.phone, payload["to"], script)
