"""A page of messages: filters by number and sending day, tokens that survive new arrivals, exactly the real keys."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from forbear.sandbox.carrier import Carrier
from forbear.sandbox.messages import Message, Query, resource
from forbear.sandbox.wire import iso

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_INSTANT = timedelta(seconds=1)
_FILTERS = ("To", "From", "DateSent", "DateSent<", "DateSent>")
_DEFAULT_SIZE, _LARGEST = 50, 1_000


def envelope(carrier: Carrier, path: str, params: Mapping[str, str], shown_until: str) -> dict[str, Any]:
    """The list as Twilio wraps it."""
    size = max(1, min(_LARGEST, _number(params.get("PageSize"), _DEFAULT_SIZE)))
    number = _number(params.get("Page"), 0)
    query = _query(params, shown_until)
    below, above = _edges(carrier, params.get("PageToken", ""))
    found = carrier.messages.page(query, size, below=below, above=above)

    def uri(page: int, token: str | None = None) -> str:
        given = {name: params[name] for name in _FILTERS if name in params}
        extra = {"PageToken": token} if token else {}
        return f"{path}?{urlencode(given | {'PageSize': str(size), 'Page': str(page)} | extra)}"

    start = number * size
    return {
        "messages": [resource(message, carrier.account.sid) for message in found],
        "page": number,
        "page_size": size,
        "start": start,
        "end": start + max(0, len(found) - 1),
        "uri": uri(number, params.get("PageToken")),
        "first_page_uri": uri(0),
        "next_page_uri": uri(number + 1, f"PA{found[-1].sid}") if _older(carrier, query, found) else None,
        "previous_page_uri": uri(max(0, number - 1), f"PB{found[0].sid}") if _newer(carrier, query, found) else None,
    }


def _older(carrier: Carrier, query: Query, found: list[Message]) -> bool:
    return bool(found) and bool(carrier.messages.page(query, 1, below=found[-1].seq))


def _newer(carrier: Carrier, query: Query, found: list[Message]) -> bool:
    return bool(found) and bool(carrier.messages.page(query, 1, above=found[0].seq))


def _edges(carrier: Carrier, token: str) -> tuple[int | None, int | None]:
    """A token names the message after (`PA`) or before (`PB`) which the page lies."""
    message = carrier.messages.get(token[2:]) if token else None
    if message is None:
        return None, None
    return (message.seq, None) if token.startswith("PA") else (None, message.seq)


def _query(params: Mapping[str, str], shown_until: str) -> Query:
    """Whole days are GMT days; `DateSent<` and `DateSent>` include their own day or instant."""
    on, before, after = (_span(params.get(f"DateSent{mark}")) for mark in ("", "<", ">"))
    starts = [span[0] for span in (on, after) if span]
    ends = [span[1] for span in (on, before) if span]
    return Query(
        recipient=params.get("To"),
        sender=params.get("From"),
        sent_from=max(starts, default=None),
        sent_until=min(ends, default=None),
        created_until=shown_until,
    )


def _span(given: str | None) -> tuple[str, str] | None:
    """The half-open span a date or an instant covers; what is neither filters nothing."""
    try:
        start = datetime.fromisoformat(given or "")
    except ValueError:
        return None
    start = start.replace(tzinfo=start.tzinfo or UTC)
    return iso(start), iso(start + (timedelta(days=1) if _DAY.fullmatch(given or "") else _INSTANT))


def _number(given: str | None, default: int) -> int:
    return int(given) if given is not None and given.isdecimal() else default
