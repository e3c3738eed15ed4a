"""The one registry of search attributes: what an operator may list and count accounts by in the Web UI.

Search attributes are stored in the clear, whatever the codec does, so they hold codes only.
"""

from typing import Any

from temporalio.common import SearchAttributeKey

from forbear.contracts import queues

HELD_BY = SearchAttributeKey.for_keyword(queues.HELD_BY)
STAGE = SearchAttributeKey.for_keyword(queues.STAGE)

REGISTRY: tuple[SearchAttributeKey[Any], ...] = (HELD_BY, STAGE)
