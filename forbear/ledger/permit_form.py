"""A permit as the ledger keeps it: everything it says, as JSON; and the permit again, whatever it did not say then.

Permits of older schemas lack what newer ones tell: read again, they tell nothing of it.
"""

from collections.abc import Mapping
from typing import Any, Final

from pydantic import TypeAdapter

from forbear.rules.facts import Permit

Json = dict[str, Any]
FORM: Final = TypeAdapter(Permit)


def written(permit: Permit) -> Json:
    """Verdict, findings, what was looked at and counted, zones and their sources, and pack versions by jurisdiction."""
    return {**FORM.dump_python(permit, mode="json"), "packs": dict(permit.packs)}


def read(kept: Mapping[str, Any]) -> Permit:
    """The permit of a stored form."""
    packs: Mapping[str, str] = kept.get("packs", {})
    return FORM.validate_python({**kept, "packs": tuple(packs.items())})
