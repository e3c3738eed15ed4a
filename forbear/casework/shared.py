"""Which values go before which: the record's own before what was told, what was told before what merely follows.

What the record supplies is never typed for a case. A lender may have told such a value for its letters; here the record
stands in its place, or nothing.
"""

import tomllib
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import Any, Final

from forbear.casework.found import Found
from forbear.casework.record import CaseRecord
from forbear.documents.fields import Field, read_fields
from forbear.documents.registry import COURT, FIELDS, kinds

LEDGER: Final = "ledger"
RECORDED: Final = frozenset(
    {"claimant_persons", "claimant_organisations", "respondent_persons", "respondent_organisations"}
)
"""Fields that a lender may add to, which `parties.py` lays beside the record's own rows."""
RECORDED_IF_ANY: Final = frozenset({"guarantees", "costs"})
"""Fields that are the record's own where it has rows of them, else whoever tells them."""


UNRECORDED: Final = frozenset({"lpr_source", "lpr_read_on"})
"""What papers ask the record for and it does not keep: whoever has the paper tells it."""


@cache
def shared_fields() -> Mapping[str, Field]:
    """Every field that papers of packets share."""
    path = COURT / FIELDS
    told = tomllib.loads(path.read_text("utf-8"))["field"]
    # What is asked for on a condition is asked for by a paper, and here nothing is.
    bare = {name: {key: each[key] for key in each if key not in {"required", "when"}} for name, each in told.items()}
    return read_fields(path, bare, ())


@cache
def shared() -> Mapping[str, str]:
    """Every shared field with its supplier."""
    return MappingProxyType({name: each.supplier for name, each in shared_fields().items()})


@cache
def recorded() -> frozenset[str]:
    """Every field of papers of packets that the record supplies, shared or of one paper alone."""
    own = {
        name
        for kind in kinds(COURT).values()
        for name, each in kind.fields.items()
        if each.supplier == LEDGER and name not in shared()
    }
    return frozenset(own | {name for name, supplier in shared().items() if supplier == LEDGER}) - UNRECORDED


def settled(known: Mapping[str, Any], found: Found) -> dict[str, Any]:
    """All values by name."""
    own = found.values
    hard = {
        name: value for name, value in own.items() if name in recorded() or name in RECORDED or name in RECORDED_IF_ANY
    }
    told = {
        name: value
        for name, value in known.items()
        if name not in recorded() and name not in RECORDED and value not in (None, "", [])
    }
    return {**own, **told, **hard}


def refuse_typed(record: CaseRecord, found: Found) -> None:
    """Name every value that was typed for the case although the record says it."""
    for kind, told in record.told.items():
        for name in sorted(told):
            if name in recorded():
                found.lack(
                    f"field:{name}",
                    f"was typed{f' for {kind}' if kind else ''}, and is the record's own",
                    "Tell it empty: the record says it",
                    "legal",
                )
