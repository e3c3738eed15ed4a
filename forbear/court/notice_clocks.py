"""Waiting periods that formal notices open: validation, right to cure, default notice, letter of claim."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Final

from forbear.court.clock_lines import Reckoned, by_count, by_duty, clock, waiting
from forbear.court.decision import Clock, Line
from forbear.court.ground import Ground, day_in
from forbear.court.path import ClockRule
from forbear.court.standing import over

DEEMED_POST_GB: Final = 2
"""Working days after which first-class post counts as served (from memory: CPR 6.26, Interpretation Act s. 7)."""
REPLY_DAYS: Final = 30
BEFORE_ISSUE: Final = "gb.notice.before_issue"
LETTER: Final = "letter_of_claim"


def validation(ground: Ground, rule: ClockRule) -> Iterator[Clock]:
    """Of collectors and debt buyers: five working days for the post, then thirty days to dispute."""
    days = [each.day for each in ground.served(rule.papers, ground.persons(), "sent")]
    days += ground.events("validation_notice_sent")
    if not days:
        return
    first = max(days)
    reckoned = by_duty(ground, rule.duty, "validation_notice_sent", first, "the validation notice was sent")
    if reckoned is not None:
        yield clock(rule, reckoned, first, waiting(reckoned[0], ground.today, void=over(ground)))


def right_to_cure(ground: Ground, rule: ClockRule) -> Iterator[Clock]:
    """Days after the notice of the right to cure in which the debtor may put it right."""
    found = ground.served(rule.papers, ground.persons(), "sent")
    if found:
        first = found[-1].day
        reckoned = by_count(ground, rule, first, "the notice of the right to cure was sent")
        yield clock(rule, reckoned, first, waiting(reckoned[0], ground.today, void=over(ground)))


def default_notice(ground: Ground, rule: ClockRule) -> Iterator[Clock]:
    """Fourteen days after the default notice counts as served: the first date that it may name, for each debtor.

    What it threatens is done from the day after, which is the date that we print.
    """
    for person in sorted(ground.persons()):
        sent = ground.served(rule.papers, [person], "sent")
        if not sent:
            continue
        arrived = [each for each in ground.served(rule.papers, [person]) if each.day >= sent[-1].day]
        first, lines = sent[-1].day, [Line(sent[-1].day, "the default notice was posted; this day is not counted")]
        if arrived:
            served = arrived[0].day
            lines.append(Line(served, "it reached the debtor"))
        else:
            served, known = ground.working_days_after(first, DEEMED_POST_GB, rule.calendar)
            said = "" if known else "; the bank holidays are not known: a week more"
            lines.append(Line(served, f"counts as served, {DEEMED_POST_GB} working days later{said}", "CPR 6.26 [M]"))
        last, counted = by_count(ground, rule, served, "it is served")
        subject = person if len(ground.persons()) > 1 else ""
        state = waiting(last, ground.today, void=over(ground))
        yield clock(rule, (last, (*lines, counted[-1])), first, state, subject=subject)


def letter_of_claim(ground: Ground, rule: ClockRule) -> Iterator[Clock]:
    """Thirty days from the letter; from the reply or the documents, where later; and fourteen after a last notice.

    Of several debtors the last letter begins it; what any of them answered since their own letter counts.
    """
    letters = {each.person: each.day for each in ground.served(rule.papers, ground.persons(), "sent")}
    days = [*letters.values(), *ground.events("letter_of_claim_sent")]
    if not days:
        return
    first, since = max(days), min(letters.values(), default=max(days))
    last, lines = by_count(ground, rule, first, "the date of the letter of claim")
    more = [*_replies(ground, since, rule), *_last_notice(ground, since, rule)]
    latest = max((last, *(day for day, _ in more)))
    reckoned: Reckoned = (latest, (*lines, *(line for _, line in more)))
    yield clock(rule, reckoned, first, waiting(latest, ground.today, void=over(ground)))


def _replies(ground: Ground, since: date, rule: ClockRule) -> Iterator[tuple[date, Line]]:
    """What a reply adds that asked for documents or for time to take advice."""
    for fact in ground.facts("answered"):
        if fact.details.get("to") != LETTER or fact.on < since or fact.details.get("documents") != "asked":
            continue
        for day, what in ((fact.on, "the reply form came"), (day_in(fact, "documents_sent_on"), "documents were sent")):
            if day is not None:
                end = day + timedelta(days=REPLY_DAYS)
                yield end, Line(end, f"{what} on {day}: {REPLY_DAYS} days later", rule.source)
    for day in ground.events("documents_sent"):
        if day >= since:
            end = day + timedelta(days=REPLY_DAYS)
            yield end, Line(end, f"documents were sent on {day}: {REPLY_DAYS} days later", rule.source)


def _last_notice(ground: Ground, since: date, rule: ClockRule) -> Iterator[tuple[date, Line]]:
    for day in before_issue(ground, since):
        end = day + timedelta(days=rule.more)
        yield end, Line(end, f"the notice before issue was sent on {day}: {rule.more} days later", rule.source)


def before_issue(ground: Ground, since: date) -> tuple[date, ...]:
    """Days on which notice was given that a claim will be issued although there was a reply."""
    served = [each.day for each in ground.served([BEFORE_ISSUE], ground.persons(), "sent")]
    return tuple(sorted(day for day in (*served, *ground.events("notice_before_issue_sent")) if day >= since))
