"""Who is asked when a person calls a number the account holds."""

from forbear.sandbox.numbers.books import Books
from forbear.sandbox.voice.intake import CallOrder


def voice_order(books: Books, number: str) -> CallOrder | None:
    """What a number's settings say of calls to it; None where it names nobody."""
    held = books.named("number", number)
    if held is None or not held.body.get("voice_url"):
        return None
    told = held.body
    return CallOrder(
        to=number,
        sender="",
        url=told["voice_url"],
        method=told.get("voice_method", "POST"),
        fallback_url=told.get("voice_fallback_url", ""),
        fallback_method=told.get("voice_fallback_method", "POST"),
        status_url=told.get("status_callback", ""),
        status_method=told.get("status_callback_method", "POST"),
    )
