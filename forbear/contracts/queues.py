"""Names that workflows and the Temporal adapter share: task queues, workflow types, ids, search attributes.

One queue per external limit, so that a slow provider delays its own channel only.
"""

ACCOUNTS = "accounts"
"""Account workflows and their local activities."""
SMS = "sms"
"""The contact activity of text messages."""
CALLS = "calls"
"""The contact activity of calls that the machine makes."""
LETTERS = "letters"
"""The contact activity of letters: a page is rendered before it is handed over."""
CASES = "cases"
"""Case workflows and their local activities."""
PACKETS = "packets"
"""The activity that makes a packet: it takes a press and minutes, and no account or case shall wait for another's."""
UPKEEP = "upkeep"
"""The upkeep loop and its activities."""

CHANNEL_QUEUES = {"sms": SMS, "call": CALLS, "letter": LETTERS}
"""The queue on which a channel's contact activity runs. Visits have none: people make them, from the visit board."""

ACCOUNT_WORKFLOW = "Account"
CASE_WORKFLOW = "Case"
UPKEEP_WORKFLOW = "Upkeep"
UPKEEP_ID = "upkeep"

HELD_BY = "ForbearHeldBy"
"""Search attribute, keyword: the rule that holds the account or case, or empty."""
STAGE = "ForbearStage"
"""Search attribute, keyword: the stage the account or case is in."""


def account_workflow_id(account: str) -> str:
    """The workflow id of an account: opaque, as ids stand in clear everywhere."""
    return f"account:{account}"


def case_workflow_id(case: str) -> str:
    """The workflow id of a legal case, opaque like an account's."""
    return f"case:{case}"
