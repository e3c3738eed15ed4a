"""What every page of a list has besides its items, and an example of one."""

from typing import Any

from forbear.api.lender.answers import Answer

Json = dict[str, Any]


class Page(Answer):
    """A page of a list; the next one is asked for with `next_cursor`."""

    next_cursor: str | None
    has_more: bool


def page_of(*items: Json) -> Json:
    """An example: a list that ends with this page."""
    return {"data": list(items), "next_cursor": None, "has_more": False}
