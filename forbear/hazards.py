"""The dangers Forbear knows: the fixed names under which the code says, in its log, that one of them came to pass.

Each name stands in one log call beside the branch that deals with it, and in at least one test that makes it happen
(`with covers("touch.zombie_refused")`). A branch that nobody has seen at work is a guess.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

HAZARDS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "touch.zombie_refused": "A sender slept past the claim's last instant and woke before the first byte.",
        "touch.asked_twice": "A touch that may be under way was handed to a second sender, who does not send it.",
        "touch.withheld": "Something was committed between claim and sending, a stop or a payment, that forbids it.",
        "touch.lease_over": "A claim outlived its lease: nobody will send it, or nobody knows whether it was sent.",
        "touch.found": "A text whose answer was lost stands in the provider's list: it was sent once.",
        "touch.absent": "A text whose answer was lost is in no list after all patience: it was never sent.",
        "touch.second_provider_id": "One touch came back under two provider ids: it may have been sent twice.",
        "touch.unmapped_status": "A provider used a status nobody knows; it is kept and changes nothing.",
        "touch.refused_for_our_setup": "A provider refused because of our own settings; an operator must look.",
        "receipt.doubled": "The same receipt came again and changed nothing.",
        "receipt.late": "An older receipt came after a stronger one and took nothing back.",
        "callback.forged": "A webhook without the carrier's signature was refused and left no trace.",
        "reply.caught_up": "What a person wrote reached nobody by webhook and was taken from the carrier's list.",
        "reply.start_outdated": "A START that was found late is older than a word that was obeyed; it lifts nothing.",
        "decision.close_void": "A stored 'close' was asked for again after a chargeback had opened the account.",
        "account.reopened": "Money came back on a closed account, and it was opened again.",
        "account.swept": "An open account was late, told by no timer and no fact, and was woken by the sweep.",
        "import.resumed": "A process took up an import where another had left it.",
    }
)
