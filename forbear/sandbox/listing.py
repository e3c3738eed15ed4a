"""A page of anything the carrier keeps: tokens that survive new arrivals, exactly the real keys.

The SDK refuses a list with a surplus key, and follows only relative addresses.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Generic, Protocol, TypeVar
from urllib.parse import urlencode

from forbear.sandbox.wire import iso

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_INSTANT = timedelta(seconds=1)
_DEFAULT_SIZE, _LARGEST = 50, 1_000
_FARTHEST_PAGE = 1_000_000


class Kept(Protocol):
    """What can be listed."""

    @property
    def sid(self) -> str: ...
    @property
    def seq(self) -> int: ...


K = TypeVar("K", bound=Kept)


@dataclass(frozen=True, slots=True)
class Shelf(Generic[K]):
    """What a list is made from.

    Args:
        name: of the list in its envelope.
        filters: parameters that narrow it; they stay in the addresses of other pages.
        page: so many, newest first, older than the one `below` or the nearest newer than the one `above`.
        find: one by its sid, also where it was deleted: a page after it still has its place.
        show: its JSON form.
    """

    name: str
    filters: tuple[str, ...]
    page: Callable[[int, int | None, int | None], list[K]]
    find: Callable[[str], K | None]
    show: Callable[[K], dict[str, Any]]


def envelope(shelf: Shelf[K], path: str, params: Mapping[str, str]) -> dict[str, Any]:
    """The list as Twilio wraps it."""
    size = max(1, min(_LARGEST, _number(params.get("PageSize"), _DEFAULT_SIZE)))
    number = _number(params.get("Page"), 0)
    below, above = _edges(shelf, params.get("PageToken", ""))
    placed = below is not None or above is not None
    # Without a token a page is counted off, as the provider once had it: what arrives meanwhile moves it.
    found = shelf.page(size, below, above) if placed else shelf.page(size * (number + 1), None, None)[size * number :]

    def uri(page: int, token: str | None = None) -> str:
        given = {name: params[name] for name in shelf.filters if name in params}
        extra = {"PageToken": token} if token else {}
        return f"{path}?{urlencode(given | {'PageSize': str(size), 'Page': str(page)} | extra)}"

    older = bool(found) and bool(shelf.page(1, found[-1].seq, None))
    newer = bool(found) and bool(shelf.page(1, None, found[0].seq))
    start = number * size
    return {
        shelf.name: [shelf.show(one) for one in found],
        "page": number,
        "page_size": size,
        "start": start,
        "end": start + max(0, len(found) - 1),
        "uri": uri(number, params.get("PageToken")),
        "first_page_uri": uri(0),
        "next_page_uri": uri(number + 1, f"PA{found[-1].sid}") if older else None,
        "previous_page_uri": _previous(uri, number, f"PB{found[0].sid}" if newer else None),
    }


def _previous(uri: Callable[[int, str | None], str], number: int, token: str | None) -> str | None:
    """Before an empty page beyond the end there is one too."""
    return uri(max(0, number - 1), token) if token or number else None


def _edges(shelf: Shelf[K], token: str) -> tuple[int | None, int | None]:
    """A token names the one after (`PA`) or before (`PB`) which the page lies."""
    one = shelf.find(token[2:]) if token else None
    if one is None:
        return None, None
    return (one.seq, None) if token.startswith("PA") else (None, one.seq)


def phone_filter(given: str | None) -> str | None:
    """A number to look for; where somebody forgot to write `+` as `%2B`, it is a blank."""
    if given is None:
        return None
    bare = given.strip()
    return f"+{bare}" if given.startswith(" ") and bare.isdecimal() else given


def bounds(params: Mapping[str, str], name: str) -> tuple[str | None, str | None]:
    """The half-open span that `name`, `name<` and `name>` leave; `<` and `>` include their own day or instant.

    Whole days are GMT days.
    """
    on, before, after = (_span(params.get(f"{name}{mark}")) for mark in ("", "<", ">"))
    starts = [span[0] for span in (on, after) if span]
    ends = [span[1] for span in (on, before) if span]
    return max(starts, default=None), min(ends, default=None)


def _span(given: str | None) -> tuple[str, str] | None:
    """The half-open span a date or an instant covers; what is neither filters nothing."""
    try:
        start = datetime.fromisoformat(given or "")
        start = start.replace(tzinfo=start.tzinfo or UTC)
        return iso(start), iso(start + (timedelta(days=1) if _DAY.fullmatch(given or "") else _INSTANT))
    except (ValueError, OverflowError):
        return None


def _number(given: str | None, default: int) -> int:
    try:
        return max(0, min(_FARTHEST_PAGE, int(given))) if given is not None else default
    except ValueError:
        return default
