"""Builds a letter from the record: the reader's name and address, what is owed by component, who writes, a fresh link.

Read in the transaction that lets the letter's touch go, so that the figures are those of the moment in which the last
look found something owed. Opened names and addresses live in memory between here and the printer.
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from pydantic import TypeAdapter, ValidationError
from sqlalchemy import select

from forbear.errors import BadInput
from forbear.ledger.addresses import PostalAddress
from forbear.ledger.approving import approvals_for
from forbear.ledger.handing import Handing
from forbear.ledger.lender_house import look_of
from forbear.ledger.owed import owed_on
from forbear.ledger.paper_fields import known_of
from forbear.ledger.schedule_fields import grown_fields
from forbear.ledger.statements import statement_of
from forbear.ledger.tables.accounts import Account
from forbear.ledger.tables.contacts import Decision
from forbear.ledger.tables.people import ContactPoint, Lender, Profile
from forbear.money.components import COMPONENTS
from forbear.ports.papers import Figure, LetterHead, Paper
from forbear.ports.post import Envelope, PostAddress, PostService

POST: Final = "post"
"""In a lender's policy: its `address`, as one of a person is told, and the `service` by which its letters travel."""
SERVICE: Final = TypeAdapter(PostService)
FOR_ANOTHER: Final = frozenset({"guarantor", "counter_guarantor"})
"""Who answers for somebody else's debt: their letters bear no link, as the page behind one speaks to the borrower."""


def address_of(handing: Handing) -> PostAddress:
    """The reader's name and address, opened."""
    sealed = handing.session.scalars(
        select(Profile.name).where(Profile.lender == handing.touch.lender, Profile.person == handing.touch.person)
    ).one()
    name = handing.ledger.vault.open(
        handing.session, lender=handing.touch.lender, person=handing.touch.person, sealed=sealed
    )
    return addressed(name, PostalAddress.model_validate_json(handing.to))


def head_of(handing: Handing) -> LetterHead:
    """Who writes.

    Raises:
        BadInput: the lender has told no address to which its letters could come back.
    """
    return head_of_lender(handing.lender)


def head_of_lender(lender: Lender) -> LetterHead:
    """Who writes, by the lender's own row.

    Raises:
        BadInput: the lender has told no address to which its letters could come back.
    """
    told = _post(lender).get("address")
    try:
        address = PostalAddress.model_validate(told)
    except ValidationError:
        raise BadInput(
            "policy.post.address",
            "the lender has no postal address" if told is None else "is no postal address",
            "Give the lender one: lines, city, region, postal_code and country",
        ) from None
    return LetterHead(lender.name, lender.phone, addressed(lender.name, address), **look_of(lender.policy))


def make_paper(handing: Handing, *, to: PostAddress, head: LetterHead) -> Paper:
    """The letter that a claimed touch is."""
    touch, session = handing.touch, handing.session
    account = session.get_one(Account, touch.account)
    owed = owed_on(session, account, handing.now)
    zone = zone_of(session.get_one(ContactPoint, touch.contact_point))
    return Paper(
        kind=touch.template,
        language=touch.language,
        touch=touch.id,
        account=account.id,
        role=touch.role,
        to=to,
        head=head,
        day=local_day(handing.now, zone),
        currency=account.currency,
        figures=tuple(Figure(name, owed.parts[name]) for name in COMPONENTS if owed.parts[name]),
        as_of=owed.reckoned_to or local_day(account.balance_as_of or handing.now, zone),
        due_since=account.due_since,
        link="" if touch.role in FOR_ANOTHER else handing.make_link(),
        disclosures=_disclosures(handing),
        known={
            **known_of(handing.ledger, session, account, handing.lender, touch.template),
            **grown_fields(session, account, touch.template, handing.now, None),
        },
        statement=statement_of(session, account.id, None, handing.now),
        leaves=True,
        approvals=approvals_for(session, touch.tenant, touch.template, account.id),
    )


def make_envelope(handing: Handing, *, to: PostAddress, head: LetterHead) -> Envelope:
    """From whom, to whom and how it travels: by plain mail unless the lender's policy says otherwise.

    Raises:
        BadInput: the policy names a service that there is not, or no address.
    """
    if head.address is None:
        raise BadInput("policy.post.address", "the lender has no postal address", "Give the lender one")
    try:
        service = SERVICE.validate_python(_post(handing.lender).get("service", "plain"))
    except ValidationError:
        raise BadInput("policy.post.service", "is no service", "Give plain, registered or certified") from None
    return Envelope(to=to, sender=head.address, service=service)


def _post(lender: Lender) -> Mapping[str, Any]:
    told = lender.policy.get(POST)
    return told if isinstance(told, dict) else {}


def addressed(name: str, at: PostalAddress) -> PostAddress:
    """A name and an address as they are posted to."""
    return PostAddress(
        name=name,
        lines=tuple(at.lines),
        city=at.city,
        country=at.country,
        region=at.region or "",
        postal_code=at.postal_code or "",
    )


def _disclosures(handing: Handing) -> tuple[str, ...]:
    """What the permit of this touch says must be said."""
    permit = handing.session.scalars(select(Decision.permit).where(Decision.id == handing.touch.decision)).one()
    return tuple((permit or {}).get("disclosures", ()))


def zone_of(point: ContactPoint) -> ZoneInfo:
    """By which clock the reader dates a letter: the address's own, else universal time."""
    spoken = [point.zone, *(clue["zone"] for clue in point.clues)]
    return ZoneInfo(next((name for name in spoken if name), "UTC"))


def local_day(instant: datetime, zone: ZoneInfo) -> date:
    """The civil date of an instant in a zone."""
    return instant.astimezone(zone).date()
