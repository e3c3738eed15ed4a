"""What may be said in one call: read from the record when it connects and again at each step.

It holds personal data for as long as a request takes. Who guessed too often in a day is asked nothing more: only the
lender's own people can help then, as on the page.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from sqlalchemy import any_, func, literal, select
from sqlalchemy.orm import Session

from forbear.cadence.playbooks import Playbook
from forbear.errors import Erased
from forbear.ledger import promises
from forbear.ledger.owed import owed_on
from forbear.ledger.tables.accounts import Account
from forbear.ledger.tables.calls import Call, CallStep
from forbear.ledger.tables.people import ContactPoint, Lender, Profile
from forbear.ledger.vault import Vault
from forbear.ledger.writers import owes
from forbear.ports.talks import Check, TalkFacts

MOST_GUESSES: Final = 6
GUESSED_WITHIN: Final = timedelta(hours=24)
"""World time. Two guesses a call, so that a third call in a day asks nothing."""
MONTH_FIRST: Final = frozenset({"US", "PH", "FM", "PW"})
IDENTITY_KEYS: Final = 4
FIRST_PARTY: Final = "original_creditor"


def load(session: Session, vault: Vault, call: Call, *, playbooks: Mapping[str, Playbook], now: datetime) -> TalkFacts:
    """The facts of a call. Without a person, or without an account that is theirs, it knows nobody."""
    lender = session.get_one(Lender, call.lender)
    profile = _profile(session, call)
    account = None if call.account is None else session.get_one(Account, call.account)
    if (
        profile is None
        or account is None
        or lender.role != FIRST_PARTY
        or not owes(session, account.id, profile.person)
    ):
        return TalkFacts(language=call.language, lender=lender.name, phone=lender.phone)
    try:
        name, check, answers = _identity(session, vault, profile, lender)
    except Erased:
        return TalkFacts(language=call.language, lender=lender.name, phone=lender.phone)
    if _guessed_too_often(session, call, now):
        check, answers = "none", frozenset()
    zone = promises.zone_of(session, account.id)
    return TalkFacts(
        language=call.language,
        lender=lender.name,
        phone=lender.phone,
        name=name,
        contact=str(lender.policy.get("voicemail_contact", "")),
        check=check,
        answers=answers,
        disclosures=tuple(call.disclosures),
        owed=owed_on(session, account, now).total,
        currency=account.currency,
        due_since=account.due_since,
        today=now.astimezone(ZoneInfo(zone) if zone else UTC).date(),
        link_by_text=_takes_links(session, call, playbooks.get(account.playbook)),
        month_first=lender.country in MONTH_FIRST,
        inbound=call.direction == "inbound",
    )


def _profile(session: Session, call: Call) -> Profile | None:
    theirs = select(Profile).where(Profile.lender == call.lender, Profile.person == call.person)
    return None if call.person is None else session.scalar(theirs)


def _identity(session: Session, vault: Vault, profile: Profile, lender: Lender) -> tuple[str, Check, frozenset[str]]:
    """Name, what is asked, and the keys that answer it: a birth date, or the end of an identity number."""

    def opened(sealed: bytes) -> str:
        return vault.open(session, lender=profile.lender, person=profile.person, sealed=sealed)

    name = opened(profile.name)
    if lender.policy.get("call_identity") == "last_four":
        held = opened(profile.identity_number) if profile.identity_number is not None else ""
        end = held.strip().upper()[-IDENTITY_KEYS:].replace("X", "*")
        fits = len(end) == IDENTITY_KEYS and set(end) <= set("0123456789*")
        return (name, "last_four", frozenset({end})) if fits else (name, "none", frozenset())
    if profile.birth_date is None:
        return name, "none", frozenset()
    year, month, day = opened(profile.birth_date).split("-")
    return name, "birth_date", frozenset({f"{year}{month}{day}", f"{month}{day}{year}"})


def _guessed_too_often(session: Session, call: Call, now: datetime) -> bool:
    """Over all calls of the person: whoever may guess in one call more may guess for ever."""
    wrong = (
        select(func.count())
        .select_from(CallStep)
        .join(Call, Call.id == CallStep.call)
        .where(
            Call.person == call.person,
            Call.id != call.id,
            CallStep.at > now - GUESSED_WITHIN,
            literal("not_verified") == any_(CallStep.did),
        )
    )
    return session.scalars(wrong).one() >= MOST_GUESSES


def _takes_links(session: Session, call: Call, playbook: Playbook | None) -> bool:
    """Whether a link could reach this number by text: the rules are asked when it is sent."""
    if playbook is None or call.contact_point is None or not playbook.route.urls_allowed:
        return False
    return session.get_one(ContactPoint, call.contact_point).place == "mobile"
