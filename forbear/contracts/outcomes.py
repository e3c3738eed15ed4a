"""How a call or a visit that a person made may end, and why a debtor is late: the closed lists a person picks from.

Each outcome is data: what the touch's receipt says, what it counts as in the words of the rules, and what follows at
once. There is no outcome for anything that must not be done, so nothing of the kind can be reported.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, Literal

Effect = Literal[
    "suppress_calls",  # no call to the person any more, and nothing at all to this number
    "suppress_visits",
    "dispute",
    "hardship",
    "attorney",
    "wrong_party",
    "point_invalid",
    "payment_expected",  # a pause until the money that he says is under way should have arrived
]
Status = Literal["reached", "not_reached"]
"""What the receipt says; `forbear.ledger.receipts` gives both their place."""


@dataclass(frozen=True, slots=True)
class TaskOutcome:
    """One way in which it can end. `result` is the rules' own word; `says` is for operators and pages in plain words.

    `promise` says whether a dated promise must come with it, may, or cannot. `talked` is true where there was a talk,
    so that what a playbook requires of one can be asked for.
    """

    says: str
    status: Status
    result: str
    effects: tuple[Effect, ...] = ()
    promise: Literal["must", "may", "no"] = "no"
    talked: bool = False


CALL_OUTCOMES: Final[Mapping[str, TaskOutcome]] = MappingProxyType(
    {
        "no_answer": TaskOutcome("nobody answered", "not_reached", "no_answer"),
        "busy": TaskOutcome("the line was busy", "not_reached", "busy"),
        "not_in_service": TaskOutcome(
            "the number is not in service", "not_reached", "not_in_service", ("point_invalid",)
        ),
        "machine_no_message": TaskOutcome(
            "a machine answered; no message was left", "not_reached", "machine_no_message"
        ),
        "voicemail_left": TaskOutcome("a message of the limited kind was left", "reached", "voicemail_left"),
        # Somebody answered: without the check nobody knows that it was not the debtor, so it counts as a conversation.
        "hung_up_before_check": TaskOutcome("somebody answered and hung up at once", "reached", "connected"),
        "wrong_party": TaskOutcome("the number is somebody else's", "not_reached", "wrong_party", ("wrong_party",)),
        "third_person": TaskOutcome("somebody else answered there, and was told nothing", "not_reached", "wrong_party"),
        "spoke_promise": TaskOutcome("promised to pay on a day", "reached", "connected", promise="must", talked=True),
        "spoke_paid": TaskOutcome("says that it is paid", "reached", "connected", ("payment_expected",), talked=True),
        "spoke_refuses": TaskOutcome("will not pay", "reached", "connected", talked=True),
        "spoke_dispute": TaskOutcome("says that it is not right", "reached", "connected", ("dispute",)),
        "spoke_hardship": TaskOutcome("cannot pay", "reached", "connected", ("hardship",), talked=True),
        "spoke_call_back": TaskOutcome("asks for a call at another time", "reached", "connected"),
        "spoke_stop": TaskOutcome("wants no more calls", "reached", "connected", ("suppress_calls",)),
        "spoke_attorney": TaskOutcome("named a lawyer who speaks for him", "reached", "connected", ("attorney",)),
    }
)
VISIT_OUTCOMES: Final[Mapping[str, TaskOutcome]] = MappingProxyType(
    {
        "met_borrower": TaskOutcome("met the person", "reached", "visited", promise="may", talked=True),
        "met_third_party": TaskOutcome("met somebody else, who was told nothing", "not_reached", "visited"),
        "nobody_home": TaskOutcome("nobody was there", "not_reached", "no_answer"),
        "address_wrong": TaskOutcome("there is no such place", "not_reached", "no_answer", ("point_invalid",)),
        "moved": TaskOutcome("the person lives there no more", "not_reached", "no_answer", ("point_invalid",)),
        "refused": TaskOutcome("met the person, who did not wish to talk", "reached", "visited"),
        # Who turned back at the door was there.
        "unsafe_aborted": TaskOutcome("broken off for safety", "not_reached", "visited"),
        "asked_not_to_return": TaskOutcome("wants no more visits", "reached", "visited", ("suppress_visits",)),
    }
)
OUTCOMES: Final[Mapping[str, Mapping[str, TaskOutcome]]] = MappingProxyType(
    {"call": CALL_OUTCOMES, "visit": VISIT_OUTCOMES}
)
"""By the kind of the task."""
FORMAL_PAPERS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "cn_notice_dunning": "cn.notice.dunning",
        "cn_notice_acceleration": "cn.notice.acceleration",
        "cn_notice_guarantor": "cn.notice.guarantor",
    }
)
"""Notices that a visit may serve, by the code of the report: their kind as the register of service has it."""
CAUSES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "money_stuck": "business goes on, money is stuck: receivables, cheques, terms of settlement",
        "market": "the market moved: prices of crops or goods, a crisis",
        "family": "divorce, marriage, school, illness",
        "bad_faith": "does not mean to pay, or used the loan for something else",
        "forgot": "forgot, or paid by mistake elsewhere",
        "other": "another reason",
    }
)
"""Why a debtor is late, as codes; a cause changes what comes next."""
TICKS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "credit_harm": "explained what being late does to the credit record, to later loans and to relief of interest",
        "more_time_costs": "explained that more time means more liability and penalty interest",
        "cards_shown": "showed the cards of both without being asked",
        "notice_handed_over": "handed the written notice over, to the person",
    }
)
"""What a playbook may require the person who was there to tick."""
