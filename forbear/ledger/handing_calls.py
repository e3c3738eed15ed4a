"""What the sender of a call is given: the number, and the addresses under which the carrier asks what to say."""

from sqlalchemy import select

from forbear.errors import BadInput
from forbear.ledger.handing import Handing
from forbear.ledger.tables.contacts import Decision
from forbear.ports.book import Dispatch
from forbear.tokens import RETRIES, voice_url

NUMBER = "+"
"""How a sender begins from which can be called; a signature cannot."""

FIRST_PARTY = "original_creditor"


def hand_call(handing: Handing) -> Dispatch:
    """A call by the machine. The link that a person may ask for in it is made when they do.

    Raises:
        BadInput: the lender texts under a name, from which nobody can call, or is one for whom no script is written.
    """
    touch = handing.touch
    if handing.lender.role != FIRST_PARTY:
        raise BadInput(
            "lender", "collects for others", "The scripts are an original creditor's: leave calls to people."
        )
    if not touch.sender.startswith(NUMBER):
        raise BadInput("sender", "is no number", "Give the lender a number to call from, or leave calls to people.")
    permit = handing.session.scalars(select(Decision.permit).where(Decision.id == touch.decision)).one_or_none()
    token, public = handing.callback_token(), handing.settings.public_url
    return Dispatch(
        touch=touch.id,
        channel=touch.channel,
        provider=touch.provider,
        template=touch.template,
        language=touch.language,
        to=handing.to,
        sender=touch.sender,
        values={"disclosures": " ".join((permit or {}).get("disclosures", ()))},
        dispatch_by=touch.dispatch_by,
        validity=handing.validity(),
        callback_url=voice_url(public, "status", token, retries=RETRIES),
        answer_url=voice_url(public, "start", token),
        fallback_url=voice_url(public, "fallback", token),
    )
