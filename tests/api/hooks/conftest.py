"""Somebody was just sent a text; the carrier and the payment provider call."""

from collections.abc import Iterator

import pytest

from forbear.settings import Settings
from tests.api.hooks.carrier import Carrier
from tests.api.pages.site import Borrower, Site


@pytest.fixture(scope="module")
def _site(module_database: Settings) -> Iterator[Site]:
    site = Site(module_database)
    yield site
    site.close()


@pytest.fixture
def site(_site: Site) -> Site:
    """Monday noon, everything in order."""
    _site.reset()
    return _site


@pytest.fixture
def borrower(site: Site) -> Borrower:
    """Owes 100 dollars."""
    return site.borrower()


@pytest.fixture
def carrier(site: Site) -> Carrier:
    return Carrier(site)
