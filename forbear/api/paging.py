"""Pages of a list: a signed cursor says after which item to go on, and only for the list it was given for."""

from collections.abc import Callable, Mapping, Sequence
from typing import Annotated, Any

from fastapi import Query, Request
from fastapi.responses import JSONResponse

from forbear.api import cursors

Json = dict[str, Any]
Cursor = Annotated[
    str | None, Query(max_length=500, description="next_cursor of the page before, with the same filters.")
]
Limit = Annotated[int, Query(ge=1, le=1000, description="How many at most.")]


def page(data: Sequence[Mapping[str, Any]], next_cursor: str | None) -> JSONResponse:
    """One page as it is answered."""
    return JSONResponse({"data": list(data), "next_cursor": next_cursor, "has_more": next_cursor is not None})


def by_id(item: Mapping[str, Any]) -> list[str]:
    return [str(item["id"])]


def cut(
    request: Request,
    asked: str,
    items: Sequence[Mapping[str, Any]],
    *,
    limit: int,
    cursor: str | None,
    position: Callable[[Mapping[str, Any]], list[str]] = by_id,
) -> JSONResponse:
    """The page of a list that is read whole; `asked` names the list and whose it is."""
    settings, start = request.app.state.settings, 0
    if cursor is not None:
        seen = cursors.read(settings, asked, cursor)
        start = 1 + next((index for index, item in enumerate(items) if position(item) == seen), len(items))
    chosen = items[start : start + limit]
    more = start + limit < len(items)
    return page(chosen, cursors.write(settings, asked, position(chosen[-1])) if more else None)
