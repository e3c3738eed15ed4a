"""What the sender of a letter is given: the paper to render and the envelope it goes into."""

from forbear.ledger.handing import Handing
from forbear.ledger.papers import address_of, head_of, make_envelope, make_paper
from forbear.ports.book import Dispatch


def hand_letter(handing: Handing) -> Dispatch:
    """A letter. News of it comes by the touch's id and not to an address of ours.

    Raises:
        BadInput: the lender has told no postal address of its own.
    """
    touch = handing.touch
    to, head = address_of(handing), head_of(handing)
    return Dispatch(
        touch=touch.id,
        channel=touch.channel,
        provider=touch.provider,
        template=touch.template,
        language=touch.language,
        to=handing.to,
        sender=touch.sender,
        values={},
        dispatch_by=touch.dispatch_by,
        validity=handing.validity(),
        callback_url="",
        envelope=make_envelope(handing, to=to, head=head),
        paper=make_paper(handing, to=to, head=head),
    )
