"""When a matter is over: paid, closed by a person, withdrawn, or at the end of its path; and what must be undone first.

What is pending at a court is called off with its own papers, and property that was frozen is released, before the case
closes.
"""

from typing import Final

from forbear.contracts.case_words import FactKind
from forbear.court.decision import Ask, Close, Lacking, Prepare
from forbear.court.eligibility import Asked
from forbear.court.ground import Ground, day_in
from forbear.court.needing import of_profile, packet_lacks
from forbear.court.path import Condition, Stage, Told, Wanted
from forbear.court.standing import ENDS_CLAIM, claim_since, frozen, settled
from forbear.court.walking import Landmark

Ending = Close | Ask | Prepare | Lacking
BOOKED = Condition("fact", "booked_back")
WITHDRAW = "withdrawal"
HANDED_IN: Final[tuple[FactKind, ...]] = ("filed", "order_applied", "enforcement_applied", "reopened")
GOES_ON: Final[tuple[FactKind, ...]] = (
    "filed", "order_applied", "reopened", "settlement_breached", "agreement_breached", "appealed",
)  # fmt: skip
AGREED_NO_MORE: Final[tuple[FactKind, ...]] = ("agreement_breached", "agreement_performed", "mediation_failed")
DECIDED: Final[tuple[FactKind, ...]] = ("judged", "judgment_final")
LIFT: Final = "the debt is paid: have the freeze lifted and tell freeze_lifted"
KEEP_OR_LIFT: Final = "property is still frozen: have the freeze renewed in time, or lifted and tell freeze_lifted"


def ending(asked: Asked, here: Landmark, stage: Stage) -> Ending | None:
    """What ends the case, or what is to be done before it ends; None while it goes on."""
    ground = asked.ground
    closed = ground.last("closed_by_staff", "reopened")
    if closed is not None and closed.kind == "closed_by_staff":
        outcome = str(closed.details.get("outcome") or "closed_by_staff")
        return Close(outcome, "A person closed the case.")
    if ground.life.balance <= 0:
        return _paid(ground, here, stage)
    if (kept := settled(ground)) is not None:
        return _calling_off(ground, here, stage) if kept.details.get("claim") == "withdraw" else None
    return _unpaid(ground, here, stage)


def _unpaid(ground: Ground, here: Landmark, stage: Stage) -> Ending | None:
    """The path's own end, unless the case was opened again since; a withdrawal; an account that was closed."""
    if stage.ends and not any(each.kind == "reopened" for each in here.since):
        undone = _calling_off(ground, here, stage) or _unlifted(ground, KEEP_OR_LIFT)
        return undone or Close(stage.ends, f"The path ends: {stage.title['en']}.")
    if _to_withdraw(ground) and (pending := _calling_off(ground, here, stage)) is not None:
        return pending
    if _withdrawn(ground):
        return _unlifted(ground, KEEP_OR_LIFT) or Close("withdrawn", "The claim was withdrawn.")
    if not ground.life.account_open:
        return _calling_off(ground, here, stage) or Close("account_closed", "The account was closed.")
    return None


def _unlifted(ground: Ground, what: str) -> Lacking | None:
    """A freeze outlasts the case that it was for, and its clock would stop with the case."""
    return Lacking("fact:freeze_lifted", what, "legal") if frozen(ground) else None


def _paid(ground: Ground, here: Landmark, stage: Stage) -> Ending:
    pending = _calling_off(ground, here, stage)
    if pending is not None:
        return pending
    if (unlifted := _unlifted(ground, LIFT)) is not None:
        return unlifted
    if stage.ends:
        return Close(stage.ends, f"The path ends: {stage.title['en']}.")
    enforced = any(BOOKED in way.when for way in stage.next)
    return Close("enforced" if enforced else "paid", "Nothing is owed any more.")


def _calling_off(ground: Ground, here: Landmark, stage: Stage) -> Ending | None:
    """The packet that calls off what is pending, and then the fact that says that it is."""
    stage = stage if stage.withdrawal else _at_court(ground) or stage
    if not stage.withdrawal or any(each.kind == "withdrawn" for each in here.since):
        return None
    wanted = Wanted(stage.withdrawal, (Told("withdrawn"),))
    packet = of_profile(ground, stage.withdrawal, here.by.on if here.by is not None else None)
    if packet is None:
        return Ask(stage.withdrawal, f"'{stage.title['en']}' is pending and has to be called off.")
    if packet.state == "asked":
        return Prepare(packet.id, "The packet that calls off what is pending is to be made.")
    return packet_lacks(packet, wanted) or Lacking("fact:withdrawn", "tell withdrawn", "legal")


def _at_court(ground: Ground) -> Stage | None:
    """The stage of a claim that was filed and not decided: it lies at the court, wherever the case went since."""
    since = claim_since(ground)
    if since is None or any(each.on >= since for each in ground.facts(*DECIDED)):
        return None
    return ground.path.stage("filed")


def _to_withdraw(ground: Ground) -> bool:
    """Whether a person decided, after the last thing that was handed in, to call it off."""
    last = ground.last("taken_up", *HANDED_IN)
    return last is not None and last.kind == "taken_up" and last.details.get("way") == WITHDRAW


def _withdrawn(ground: Ground) -> bool:
    """Whether the claim was withdrawn and nothing takes its place; a mediated agreement that is being kept does."""
    last, agreed = ground.last("withdrawn", *GOES_ON), ground.last("mediation_agreed", *AGREED_NO_MORE)
    if last is None or last.kind != "withdrawn" or last.details.get("what") not in ENDS_CLAIM:
        return False
    return agreed is None or agreed.kind != "mediation_agreed"


def settling(ground: Ground) -> Lacking:
    """What a settlement that is being kept waits for."""
    kept = settled(ground)
    until = None if kept is None else day_in(kept, "until")
    by = f" by {until}" if until is not None else ""
    return Lacking("fact:settlement_breached", f"the settlement is paid{by}, or its breach is told", "legal")
