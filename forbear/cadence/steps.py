"""What a playbook is made of: its steps, what each needs and asks for, where it ends. Plain values.

Days are days past due, both included: 1 is the first day late.
"""

from dataclasses import dataclass

from forbear.cadence.sms_routes import DEFAULT_ROUTE, SmsRoute, load_routes
from forbear.contracts.words import Channel, LenderRole, PartyRole, StaffRole, Worker

PRODUCT_CONTACTS_IN_7_DAYS = 3
"""The product's own default over all channels; a playbook that wants more must name its source."""
CONDITIONS = ("always", "promise_broken", "unreachable")
"""What a step may wait for; or `cause:` with a code of `forbear.contracts.outcomes.CAUSES`."""
LETTER_ROUTES = {"print_room": None, "lob": frozenset({"US"})}
"""The ways a letter can take, and the countries each reaches; None is all."""
CALL_ROUTE = "twilio"
"""The way of calls that a machine makes."""
AFTER_REPAYMENT = ("blacklist_proposal",)
"""Matters that are looked at once all is paid. They hold no outreach, should the account be opened again."""
MADE, SERVED, PROMISED = "made", "served", "promised"
"""What may have become of a step, besides the outcomes of a person's call or visit: it was done; its paper reached the
person; a promise followed it."""


@dataclass(frozen=True, slots=True)
class After:
    """A step that must have happened, with this result: one of the three above, or an outcome's code.

    `paper` is what the step serves, where it is a letter's service that is asked for: handed over at a visit it was
    served too.
    """

    step: str
    result: str = MADE
    paper: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to say or to do. `gap_days` are local dates between the account's touches of one person.

    Attributes:
        when: a condition without which it is not due.
        requires: what must be told of a talk: `cause`, `promise` (a dated one, or that there is none), or a tick.
        by: who does it. A person is asked by a task and gets a permit of his own when he begins.
        staff: who may take the task.
        after: what must have happened before.
        unless: a condition with which it is not due.
        required: it holds all later steps of its path, and the end, until it has this result; '' if it does not.
        open_days: local dates for which its task stays open.
        optional: it is passed over while the rules, the person's numbers or the lender's leave no way at all, as where
            no consent was given; otherwise it holds its path.
    """

    id: str
    title: str
    from_day: int
    to_day: int
    channel: Channel
    party: PartyRole
    template: str
    when: str
    at_most: int
    gap_days: int
    requires: tuple[str, ...] = ()
    by: Worker = "machine"
    staff: StaffRole = "caller"
    after: tuple[After, ...] = ()
    unless: str = ""
    required: str = ""
    open_days: int = 1
    optional: bool = False

    def having(self, result: str) -> After:
        """This step with a result, as something that must have happened."""
        return After(self.id, result, self.template if self.channel == "letter" and result == SERVED else "")


@dataclass(frozen=True, slots=True)
class Escalation:
    """Where outreach ends and legal staff take over, if all that `after` names has happened.

    `sooner_when` is a cause with which it ends on `sooner_from_day` already.
    """

    from_day: int
    matter: str
    title: str
    after: tuple[After, ...] = ()
    sooner_when: str = ""
    sooner_from_day: int = 0

    def begins(self, cause: str | None) -> int:
        """The day from which it is due, for a debtor who is late for this reason as far as anybody told."""
        sooner = self.sooner_when and self.sooner_when == f"cause:{cause}"
        return self.sooner_from_day if sooner else self.from_day


@dataclass(frozen=True, slots=True)
class Repaid:
    """What legal staff are asked to look at once all is paid."""

    matter: str
    title: str


@dataclass(frozen=True, slots=True)
class Playbook:
    """`source` names where figures above the product's own come from."""

    name: str
    version: str
    title: str
    currencies: tuple[str, ...]
    lender_roles: tuple[LenderRole, ...]
    languages: tuple[str, ...]
    steps: tuple[Step, ...]
    escalation: Escalation | None
    contacts_in_7_days: int = PRODUCT_CONTACTS_IN_7_DAYS
    sms_route: str = DEFAULT_ROUTE
    letter_route: str = "print_room"
    repaid: Repaid | None = None
    source: str = ""

    @property
    def route(self) -> SmsRoute:
        """The way its texts take."""
        return load_routes()[self.sms_route]

    def provider(self, channel: Channel) -> str:
        """Who carries what a machine sends by this channel."""
        return {"sms": self.sms_route, "letter": self.letter_route, "call": CALL_ROUTE}.get(channel, channel)

    def step(self, step_id: str | None) -> Step | None:
        """The step of this id."""
        return next((step for step in self.steps if step.id == step_id), None)
