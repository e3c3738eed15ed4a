"""How many examples a property draws: few and always the same in `make test`, many and new ones in `make prove`."""

import os

from hypothesis import HealthCheck, settings

PROVE = os.environ.get("FORBEAR_PROVE") == "1"


def counts(few: int, many: int) -> settings:
    """So many examples in `make test`; so many in `make prove`."""
    return settings(
        max_examples=many if PROVE else few,
        deadline=None,
        derandomize=not PROVE,
        database=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
    )
