"""What a stage lacks before it can be entered, and who can supply it; and which packets of it are how far."""

from collections.abc import Iterator
from datetime import date

from forbear.contracts.case_words import FACTS, PacketState
from forbear.court.conditions import all_hold
from forbear.court.decision import Clock, Lacking
from forbear.court.eligibility import Asked, check_all
from forbear.court.ground import Ground, fits
from forbear.court.life import PacketKnown
from forbear.court.path import Notice, Stage, Wanted
from forbear.court.walking import Landmark
from forbear.rules.wall import zone

APPROVED = frozenset({"approved", "filed"})


def lacking(asked: Asked, stage: Stage) -> tuple[Lacking, ...]:
    """Everything that the stage needs and that is not there."""
    ground, needs = asked.ground, stage.needs
    found = [
        Lacking(each.check, f"{each.reason}. {each.remedy}", each.supplier)
        for each in check_all(needs.checks, asked)
        if each.passed is not True
    ]
    for notice in needs.notices:
        if all_hold(asked, notice.when):
            found += _unserved(asked, notice)
    if needs.facts and ground.told(*needs.facts) is None:
        found.append(_telling("fact", [each.word for each in needs.facts], "court"))
    told, filled = ground.life.fields_told, ground.life.slots_filled
    found += [
        Lacking(f"field:{each}", f"the field {each} is not told", "lender") for each in needs.fields if each not in told
    ]
    found += [
        Lacking(f"slot:{each}", f"no file lies in {each}", "lender") for each in needs.slots if each not in filled
    ]
    if needs.packet and not any(
        each.profile == needs.packet and each.state in APPROVED for each in ground.life.packets
    ):
        found.append(Lacking(f"packet:{needs.packet}", "the packet is not approved", "lawyer"))
    return tuple(found)


def _unserved(asked: Asked, notice: Notice) -> Iterator[Lacking]:
    """Each person whom the notice did not reach with proof."""
    ground, addressees = asked.ground, _addressees(asked, notice)
    if notice.to == "borrower" and not addressees:
        yield Lacking(f"notice:{notice.papers[0]}", "no borrower is among the parties of the account", "lender")
    for person in sorted(addressees):
        served = ground.served(notice.papers, [person], notice.by)
        if any(each.proven for each in served):
            continue
        what = f"not shown: {notice.what['en']}"
        what += "; it is entered, but nothing proves it" if served else ""
        yield Lacking(f"notice:{notice.papers[0]}:{person}", what, "legal")


def _addressees(asked: Asked, notice: Notice) -> frozenset[str]:
    ground = asked.ground
    if notice.to == "borrower":
        return ground.persons()
    lapsed = {each.subject for each in asked.of("guarantee") if each.state == "lapsed"}
    kinds = {"joint"} if notice.to == "joint_guarantors" else {"joint", "general"}
    return frozenset(each.person for each in ground.guarantees() if each.kind in kinds) - lapsed


def waits(asked: Asked, stage: Stage) -> tuple[Clock, ...]:
    """The waiting periods that still run before the stage, the longest first."""
    running = [each for kind in stage.waits for each in asked.of(kind) if each.state == "running"]
    return tuple(sorted(running, key=lambda each: each.last, reverse=True))


def wanted(asked: Asked, stage: Stage) -> tuple[Wanted, ...]:
    """The packets that the stage asks for, as the case stands."""
    return tuple(each for each in stage.packets if all_hold(asked, each.when))


def handed_in(ground: Ground, each: Wanted, here: Landmark) -> bool:
    """Whether a fact says so, since the case came to where it is; of what goes beside, whenever."""
    if each.beside:
        return bool(each.filed_by) and ground.told(*each.filed_by) is not None
    return any(fits(told, fact) for told in each.filed_by for fact in here.since)


def of_profile(ground: Ground, profile: str, since: date | None) -> PacketKnown | None:
    """The latest packet of a profile that belongs to this round: one that was handed in before does not."""
    found = [
        each
        for each in ground.life.packets
        if each.profile == profile and (each.state != "filed" or _belongs(ground, each, since))
    ]
    live = [each for each in found if each.state not in {"void", "failed"} or _belongs(ground, each, since)]
    return max(live, key=lambda each: each.number, default=None)


def _belongs(ground: Ground, packet: PacketKnown, since: date | None) -> bool:
    """Whether it was asked for since a day, on the court's own calendar."""
    at = packet.asked_at
    return since is None or at is None or at.astimezone(zone(ground.life.zone)).date() >= since


def packet_lacks(packet: PacketKnown, each: Wanted) -> Lacking | None:
    """What a packet still needs from people; None where it was handed in and no fact has to say so."""
    then = f"tell {' or '.join(told.word for told in each.filed_by)}" if each.filed_by else "mark it as handed in"
    if packet.state == "filed":
        return (
            Lacking(f"fact:{each.filed_by[0].word}", f"the packet was handed in: {then}", "legal")
            if each.filed_by
            else None
        )
    draft = "a prescribed wording is missing in it: it is a draft and cannot be approved yet"
    approval = draft if packet.draft else "it is to be approved by somebody who did not prepare it"
    said: dict[PacketState, tuple[str, str]] = {
        "asked": ("it is being made", "ledger"),
        "incomplete": (f"it lacks {packet.missing} thing(s); its page lists them", "legal"),
        "prepared": (approval, "lawyer"),
        "returned": ("it was returned: put it right and ask for it again", "legal"),
        "approved": (f"it is approved: hand it in, then {then}", "legal"),
        "void": ("something in it changed since: ask for it again", "legal"),
        "failed": ("it could not be made: see its page, then ask for it again", "operator"),
    }
    what, supplier = said[packet.state]
    return Lacking(f"packet:{packet.profile}", what, supplier)


def going_on(stage: Stage) -> tuple[Lacking, ...]:
    """The facts that would lead on from a stage."""
    facts = [told.word for way in stage.next for told in way.on]
    facts += [each.of for way in stage.next for each in way.when if each.word == "fact" and not each.no]
    words = list(dict.fromkeys(facts))
    return (_telling("next", words, "legal"),) if words else ()


def _telling(item: str, words: list[str], supplier: str) -> Lacking:
    kinds = dict.fromkeys(each.partition(".")[0] for each in words)
    meanings = [f"{kind} ({meaning})" for kind, meaning in FACTS.items() if kind in kinds]
    return Lacking(f"{item}:{'|'.join(words)}", f"to be told as it happens: {'; '.join(meanings)}", supplier)
