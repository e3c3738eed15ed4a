"""The words a carrier itself obeys on a long code: STOP, START and HELP, alone in a message.

Anything else ("please stop texting me") is the application's to understand.
"""

from typing import Literal

Keyword = Literal["stop", "start", "help"]

_WORDS: dict[str, Keyword] = {
    **dict.fromkeys(("STOP", "STOPALL", "UNSUBSCRIBE", "END", "QUIT", "CANCEL", "REVOKE", "OPTOUT"), "stop"),
    **dict.fromkeys(("START", "YES", "UNSTOP"), "start"),
    **dict.fromkeys(("HELP", "INFO"), "help"),
}

ANSWERS: dict[Keyword, str] = {
    "stop": "You have successfully been unsubscribed. You will not receive any more messages from this number. "
    "Reply START to resubscribe.",
    "start": "You have successfully been re-subscribed to messages from this number. Reply HELP for help. "
    "Reply STOP to unsubscribe. Msg&Data Rates May Apply.",
    "help": "Reply STOP to unsubscribe. Msg&Data Rates May Apply.",
}
"""What the carrier answers on its own account."""


def keyword(body: str) -> Keyword | None:
    """The keyword a message consists of, if it does."""
    return _WORDS.get(body.strip().upper())
