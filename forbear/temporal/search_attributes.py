"""The one registry of search attributes: what an operator may list and count accounts by in the Web UI.

Search attributes are stored in the clear, whatever the codec does, so they hold codes, instants and opaque ids only.
"""

from typing import Any

from temporalio.common import SearchAttributeKey

from forbear.contracts import queues

STATE = SearchAttributeKey.for_keyword("ForbearState")
HELD_BY = SearchAttributeKey.for_keyword(queues.HELD_BY)
NEXT_AT = SearchAttributeKey.for_datetime("ForbearNextAt")
"""World time."""
LENDER = SearchAttributeKey.for_keyword("ForbearLender")
"""The opaque id."""
STAGE = SearchAttributeKey.for_keyword(queues.STAGE)

REGISTRY: tuple[SearchAttributeKey[Any], ...] = (STATE, HELD_BY, NEXT_AT, LENDER, STAGE)
