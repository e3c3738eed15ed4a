"""What a code means on the channel where it was heard: each channel has a table of its own. Pure."""

from forbear.cadence.call_codes import call_meaning
from forbear.cadence.letter_codes import letter_meaning
from forbear.cadence.sms_codes import OF_FORBEAR, Meaning, meaning


def meaning_on(channel: str, provider: str, code: str | None, *, refused: bool) -> Meaning | None:
    """What a code of a route means; None for one that nobody has put into its table.

    Args:
        channel: how the touch was made.
        provider: its route.
        code: the provider's word, or ours.
        refused: whether it was refused, or failed, with it; a letter is held by a code that nobody knows.
    """
    if channel == "letter":
        return letter_meaning(code, refused=refused)
    if channel == "call":
        return call_meaning(code) or OF_FORBEAR.get(code or "")
    return meaning(provider, code)
