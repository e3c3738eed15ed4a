"""The borrower's pages over a real ledger: one small house for the tests of a file, a borrower of its own for each."""

from collections.abc import Iterator

import pytest

from forbear.settings import Settings
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
