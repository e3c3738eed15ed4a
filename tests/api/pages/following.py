"""Pressing what leads to another page: a click alone returns while the new page may still be empty."""

from playwright.sync_api import Locator


def follow(control: Locator) -> None:
    """Press a link or a button and wait until the page to which it leads has loaded."""
    with control.page.expect_navigation():
        control.click()
