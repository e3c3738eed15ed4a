"""The next step of an account: each of its persons has a path of steps, and one of them comes first. Pure.

A moment is everything that a question of `decide` may look at, with what it is asked most.
"""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property

from forbear.cadence.conditions import applies, asked, own_touches, unmet, used_up
from forbear.cadence.decision import Ask, Contact, Rest
from forbear.cadence.life import Errand, Life, Person
from forbear.cadence.permits import NO_VOICE, VOICE_CONSENT, Scales, Weighed, country_of, sendable, usable
from forbear.cadence.standing import cause_of, debt_stands_still, first_to_speak, stage_of
from forbear.cadence.steps import Playbook, Step
from forbear.cadence.translate import days_past_due, home_zone
from forbear.rules.packs import Packs

LONGEST_REST = timedelta(days=7)
"""World time. Then decide again, so that a new rule or a forgotten account is never far away."""
WHILE_IN_TURN = timedelta(days=3)
"""World time. The other debt's end wakes nobody by itself."""
CARRIED = {"sms": ("texts", "numbers"), "letter": ("letters", "addresses")}


@dataclass(frozen=True)
class Moment:
    """Everything a question may look at."""

    life: Life
    playbook: Playbook
    packs: Packs
    now: datetime

    @cached_property
    def day(self) -> int:
        return days_past_due(self.life, self.now)

    @cached_property
    def stage(self) -> str:
        return stage_of(self.day)

    @cached_property
    def turns(self) -> list[tuple[Step, Person]]:
        """For each path the first step that is due and not used up, in the order of the playbook.

        Visits are a path of their own beside the person's other steps, because each waits for a human's approval. A
        step that is required and has not become what it must is due until it has, and holds both.
        """
        turns: dict[tuple[str, bool], tuple[Step, Person]] = {}
        held: set[str] = set()
        for step in self.playbook.steps:
            for person in self.life.persons:
                path = person.id, step.channel == "visit"
                if person.role != step.party or person.id in held or path in turns:
                    continue
                if unmet(self.life, step, person, self.day):
                    held.add(person.id)
                    turns[path] = step, person
                elif self._due(step, person):
                    turns[path] = step, person
        return list(turns.values())

    def _due(self, step: Step, person: Person) -> bool:
        if not step.from_day <= self.day <= step.to_day or used_up(self.life, step, person):
            return False
        return applies(self.life, step, person) and not (step.optional and _barred(self, step, person))

    @cached_property
    def waiting(self) -> list[tuple[Errand, Step, Person]]:
        """Open tasks which somebody may still do, because their step still applies."""
        persons = {person.id: person for person in self.life.persons}
        found: list[tuple[Errand, Step, Person]] = []
        for errand in self.life.errands:
            step, person = self.playbook.step(errand.step), persons.get(errand.person)
            if not errand.waiting or over(errand, self.now) or step is None or person is None:
                continue
            if person.role == step.party and step.from_day <= self.day and applies(self.life, step, person):
                found.append((errand, step, person))
        return found

    def rest(self, until: datetime, reason: str, rule: str = "", weighed: Weighed | None = None) -> Rest:
        """A rest of at most seven days; the reason stays that of the whole wait."""
        until = min(until, self.now + LONGEST_REST)
        if weighed is None:
            return Rest(until, reason, rule, stage=self.stage)
        return Rest(until, reason, rule, weighed.permit, self.stage, weighed.question)


def next_step(moment: Moment) -> Contact | Ask | Rest | None:
    """Each person has a path of steps; the answer is the one whose time comes first, of equals the playbook's first.

    A step for a party that the account does not have is nobody's, and a person who may not be reached holds up his
    own path alone.
    """
    begins = _next_beginning(moment)
    answers = [(person, _take(moment, step, person)) for step, person in moment.turns]
    act = next((answer for _, answer in answers if not isinstance(answer, Rest)), None)
    if act is not None:
        return act
    rests = [(person, answer) for person, answer in answers if isinstance(answer, Rest)]
    turns = {(step.id, person.id) for step, person in moment.turns}
    rests += [
        (person, _task_open(moment, step, errand))
        for errand, step, person in moment.waiting
        if (step.id, person.id) not in turns
    ]
    if not rests:
        return None if begins is None else moment.rest(*begins)
    _, first = min(rests, key=lambda each: each[1].until)
    if begins is not None and begins[0] < first.until:
        first = replace(first, until=begins[0])
    return next((_barred_meanwhile(moment, own, first) for who, own in rests if who is moment.life.borrower), first)


def over(errand: Errand, now: datetime) -> bool:
    """Whether the time of a task that nobody began is over."""
    return errand.touch is None and errand.expires_at is not None and errand.expires_at <= now


def idle(moment: Moment) -> tuple[str, ...]:
    """Tasks that nobody needs to do any more: over, of no due step, or of somebody who may not be reached at all.

    A balance file that is late takes nothing back: whoever begins a task is asked for a permit then anyway. Nor does
    another debt's turn take back what somebody has in hand: turns change with every payment, and nobody begins before
    this one has its turn again.
    """
    needed = {
        errand.id
        for errand, step, person in moment.waiting
        if _waits_for_its_turn(moment, errand, step, person) or not _pointless(moment, step, person)
    }
    return tuple(errand.id for errand in moment.life.errands if errand.waiting and errand.id not in needed)


def _waits_for_its_turn(moment: Moment, errand: Errand, step: Step, person: Person) -> bool:
    """Whether another debt's turn alone holds a call that somebody took, or a visit, which may be planned already."""
    in_hand = errand.state == "taken" or step.channel == "visit"
    held = _out_of_reach(moment, step, person) if in_hand else None
    return held is not None and held.rule == "PERSON.TURN" and not _for_good(moment, step, person)


def _barred(moment: Moment, step: Step, person: Person) -> bool:
    if _out_of_reach(moment, step, person) is not None:
        return True
    return all(weighed.slot is None for weighed in _weigh(moment, step, person))


def _pointless(moment: Moment, step: Step, person: Person) -> bool:
    return _out_of_reach(moment, step, person) is not None or _for_good(moment, step, person)


def _for_good(moment: Moment, step: Step, person: Person) -> bool:
    """Whether only what nobody expects would let it be done."""
    return all(weighed.slot is None and not weighed.awaits_routine for weighed in _weigh(moment, step, person))


def _barred_meanwhile(moment: Moment, own: Rest, first: Rest) -> Rest:
    """Where no instant is known for the borrower, that is how the account stands, until somebody else's time comes."""
    barred = own.rule != "" and own.until == moment.now + LONGEST_REST
    if not barred or first.reason == own.reason:
        return first
    return replace(own, until=first.until, reason=f"{own.reason}; meanwhile {first.reason}")


def _next_beginning(moment: Moment) -> tuple[datetime, str] | None:
    """When the next step begins for somebody who has none now, or the matter is handed on; and the words for it."""
    busy = {(person.id, step.channel == "visit") for step, person in moment.turns}
    later = [
        step.from_day
        for step in moment.playbook.steps
        for person in moment.life.persons
        if step.from_day > moment.day and step.party == person.role and (person.id, step.channel == "visit") not in busy
    ]
    end = moment.playbook.escalation
    idle_now = all(visit for _, visit in busy)
    if end is not None and (last := end.begins(cause_of(moment.life))) > moment.day and idle_now:
        later.append(last)
    if not later:
        return None
    begins = _start_of(moment.life.due_since + timedelta(days=min(later)), moment.life.borrower)
    return begins, f"the next step of the playbook begins on {begins:%a %d %b %Y}, {min(later)} days past due"


def _take(moment: Moment, step: Step, person: Person) -> Contact | Ask | Rest:
    """Weigh a step for each contact point it could use; take the first allowed, else wait for the earliest."""
    life = moment.life
    if (held := _out_of_reach(moment, step, person)) is not None:
        return held
    if step.required and used_up(life, step, person):
        return _awaited(moment, step)
    weighed = _weigh(moment, step, person)
    best = min(weighed, key=lambda each: (each.slot is None, each.slot or moment.now))
    errand = asked(life, step, person)
    if best.slot is not None and errand is not None and not over(errand, moment.now):
        return _task_open(moment, step, errand)
    if best.slot is not None and best.slot <= moment.now:
        return contact(moment, step, person, best) if step.by == "machine" else _ask(moment, step, person, best)
    return _wait(moment, step, best, paused=_after_gap(life, step, person) > moment.now)


def _weigh(moment: Moment, step: Step, person: Person) -> list[Weighed]:
    earliest = _after_gap(moment.life, step, person)
    return Scales(moment.life, person, moment.packs, moment.playbook, now=moment.now, earliest=earliest).weigh(step)


def _task_open(moment: Moment, step: Step, errand: Errand) -> Rest:
    """Somebody was asked; the account hears of the end by itself."""
    until = errand.expires_at or moment.now + LONGEST_REST
    who = step.staff if errand.state == "open" else f"{step.staff} who took it"
    return moment.rest(max(until, moment.now), f"{step.title}: waiting for a {who} (step {step.id})", "TASK.OPEN")


def _awaited(moment: Moment, step: Step) -> Rest:
    why = f"{step.title}: step {step.id} must be {step.required.replace('_', ' ')} before anything after it is done"
    return moment.rest(moment.now + LONGEST_REST, why, "STEP.REQUIRED")


def _ask(moment: Moment, step: Step, person: Person, best: Weighed) -> Ask:
    """Ask for it until the end of its days where the person lives."""
    today = moment.now.astimezone(home_zone(person)).date()
    return Ask(
        step=step.id,
        channel=step.channel,
        role=step.party,
        person=person.id,
        point=best.point.id,
        key=best.point.key,
        place=best.point.place,
        template=step.template,
        language=person.language,
        staff_role=step.staff,
        expires_at=_start_of(today + timedelta(days=step.open_days), person),
        title=step.title,
        reason=f"{step.title} (step {step.id})",
        permit=best.permit,
        stage=moment.stage,
        question=best.question,
    )


def in_turn(moment: Moment) -> Rest:
    """Another debt of the borrower speaks; this one waits."""
    return moment.rest(moment.now + WHILE_IN_TURN, "another debt of this person speaks first", "PERSON.TURN")


def _out_of_reach(moment: Moment, step: Step, person: Person) -> Rest | None:
    """The rest of a person who cannot be reached by this step whatever the hour; None where he can."""
    life = moment.life
    if person.id == life.borrower.id and not first_to_speak(life, moment.now):
        return in_turn(moment)
    why = rule = ""
    if person.id != life.borrower.id and debt_stands_still(life, moment.now):
        why, rule = f"the debt itself is stopped, so its {step.party.replace('_', ' ')} is left alone", "DEBT.STOPPED"
    elif not person.jurisdictions:
        why = "it is not known where this person lives, so no rules can be chosen: the lender must say `jurisdictions`"
        rule = "PLACE.UNKNOWN"
    elif not (points := usable(person, step.channel)):
        why, rule = f"no valid contact point for {step.channel}", "POINT.NONE"
    elif step.optional and step.channel == "call" and step.by == "machine" and not life.can_call:
        # One that is not optional waits for a number, and a person is asked for it (`SENDER.NONE`).
        why, rule = "no number of the lender can call", "SENDER.NONE"
    elif sendable(life, person, step.channel, moment.playbook, by=step.by):
        return None
    elif step.channel == "call":
        why, rule = f"{NO_VOICE}; lifted by: consent to calls", VOICE_CONSENT
    else:
        countries = ", ".join(sorted({country_of(point, person) or "unknown" for point in points}))
        route, (what, where) = moment.playbook.provider(step.channel), CARRIED.get(step.channel, CARRIED["sms"])
        why, rule = f"{what} go by {route}, which carries none to this person's {where} ({countries})", "ROUTE.NONE"
    return moment.rest(moment.now + LONGEST_REST, why, rule) if rule else None


def contact(moment: Moment, step: Step, person: Person, best: Weighed) -> Contact:
    """A step that a machine takes now, with the permit that allows it."""
    return Contact(
        step=step.id,
        channel=step.channel,
        role=step.party,
        person=person.id,
        point=best.point.id,
        key=best.point.key,
        place=best.point.place,
        template=step.template,
        language=person.language,
        accounts=(moment.life.account,),
        window_closes=best.permit.closes_at,
        priority=3,
        reason=f"{step.title} (step {step.id})",
        permit=best.permit,
        question=best.question,
        stage=moment.stage,
        provider=moment.playbook.provider(step.channel),
    )


def _wait(moment: Moment, step: Step, best: Weighed, *, paused: bool) -> Rest:
    """Hold: by a rule until its instant, or until an event; or simply until this account's place in the day.

    While the playbook itself pauses, no rule is what holds: a window that will be shut at the pause's end is no news.
    """
    if best.slot is None:
        finding = best.binding
        lifted = f"; lifted by: {finding.event.replace('_', ' ')}" if finding.event else ""
        why = f"{finding.why.rstrip('.')}{lifted}"
        return moment.rest(moment.now + LONGEST_REST, why, finding.rule, best)
    local = best.slot.astimezone(best.zone)
    turn = f"step {step.id} has its place on {local:%a %d %b %H:%M} {best.zone_name}"
    if best.held_now and not paused:
        return moment.rest(best.slot, f"{best.binding.why.rstrip('.')}; {turn}", best.binding.rule, best)
    return moment.rest(best.slot, turn, "", best)


def _after_gap(life: Life, step: Step, person: Person) -> datetime:
    """The first instant at which the playbook's own pause since the account's last touch of the person is over.

    Visits keep their pause from each other alone.
    """
    touches = [touch for touch in own_touches(life, person) if step.channel != "visit" or touch.channel == "visit"]
    if not touches:
        return life.enrolled_at
    last = max(touch.at for touch in touches).astimezone(home_zone(person)).date()
    return _start_of(last + timedelta(days=step.gap_days), person)


def _start_of(day: date, person: Person) -> datetime:
    return datetime.combine(day, time(), tzinfo=home_zone(person)).astimezone(UTC)
