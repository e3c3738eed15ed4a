"""What a past attempt counts as, and with whom it was.

Attempts, communications, contacts, conversations and unanswered calls are counted apart, because rules count
differently. Attempts to the person's lawyer are outside every count.
"""

from forbear.rules.facts import Attempt, PastAttempt, Result
from forbear.rules.terms import Subject, Unit

COUNTED: dict[Unit, frozenset[Result]] = {
    "attempt": frozenset(
        {"delivered", "no_answer", "voicemail_left", "machine_no_message", "connected", "wrong_party", "visited"}
    ),
    "communication": frozenset({"delivered", "voicemail_left", "machine_no_message", "connected"}),
    "contact": frozenset({"delivered", "voicemail_left", "connected", "visited"}),
    "conversation": frozenset({"connected", "called_us"}),
    "unanswered": frozenset({"no_answer", "busy"}),
    "dial": frozenset(
        {
            "delivered",
            "no_answer",
            "busy",
            "voicemail_left",
            "machine_no_message",
            "connected",
            "wrong_party",
            "visited",
        }
    ),
}
"""The results that each unit counts. A `dial` is an attempt in which a busy line counts too; `called_us` is a
conversation that the person began, and no attempt of anybody's."""
WHOLE_DEBT: frozenset[Subject] = frozenset({"debt", "person_debt"})
"""Subjects that are counted once for each debt of the attempt."""


def same_person(past: PastAttempt, attempt: Attempt) -> bool:
    """Whether a past attempt was made to the person whom this attempt is for."""
    if past.person is not None and attempt.person is not None:
        return past.person == attempt.person
    return past.party == attempt.party and (attempt.party != "contact" or past.to == attempt.to)


def same_subject(past: PastAttempt, attempt: Attempt, subject: Subject) -> bool:
    """Whether a past attempt falls under a rule's subject, apart from the debt."""
    if subject in {"person", "person_debt"}:
        return same_person(past, attempt)
    if subject == "contact_method":
        return past.to == attempt.to
    return True
