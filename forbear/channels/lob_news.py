"""What Lob tells of a letter, in our words: from the letter itself when asked, from an event when it calls.

Only a scan proves anything. "Delivered" of plain mail is what Lob infers from the last scan, and is marked so; a
certified letter with return receipt is signed for. Unknown words are left out: Lob adds new ones without notice.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final, NamedTuple, cast

from forbear.ports.post import PostStatus, ProofKind, ReturnReason, Tracked

WITH_SIGNATURE: Final = "certified_return_receipt"


class _Meaning(NamedTuple):
    status: PostStatus
    proof: ProofKind | None = None
    scanned: bool = False
    code: str | None = None


_SCANS: Final[Mapping[str, _Meaning]] = MappingProxyType(
    {
        "mailed": _Meaning("handed_over", "posted", scanned=True),
        "in_transit": _Meaning("in_transit", "tracked", scanned=True),
        "in_local_area": _Meaning("in_transit", "tracked", scanned=True),
        "processed_for_delivery": _Meaning("in_transit", "tracked", scanned=True),
        "international_exit": _Meaning("in_transit", "tracked", scanned=True),
        "pickup_available": _Meaning("in_transit", "tracked", scanned=True, code="waits_at_post_office"),
        "re-routed": _Meaning("in_transit", "tracked", scanned=True, code="moved"),
        "delivered": _Meaning("delivered", "tracked", scanned=True),
        "returned_to_sender": _Meaning("returned", "returned", scanned=True, code="other"),
    }
)
"""Scans on the way: as names of tracking events, and as the last part of an event's type."""
_EVENTS: Final[Mapping[str, _Meaning]] = MappingProxyType(
    {
        "created": _Meaning("accepted"),
        "rendered_pdf": _Meaning("rendered"),
        "deleted": _Meaning("cancelled"),
        "rejected": _Meaning("cancelled", code="rejected"),
        "failed": _Meaning("cancelled", code="failed"),
        "delivered": _Meaning("delivered", "tracked"),
        "viewed": _Meaning("delivered", "read"),
    }
)
"""What Lob tells beside the scans. Plain mail's `delivered` is inferred; a code in the letter was `viewed`."""
_ISSUES: Final[Mapping[str, ReturnReason]] = MappingProxyType(
    {
        "package_unclaimed": "unclaimed",
        "package_undeliverable": "unknown_address",
        "address_issue": "insufficient_address",
        "package_forwarded": "moved",
    }
)
"""Why a certified letter comes back, as told before it does."""
_GONE: Final = frozenset({"package_lost", "package_disposed"})


def touch_of(letter: Mapping[str, Any]) -> str:
    """The touch that we put into the letter's metadata; empty where it is not ours."""
    metadata = letter.get("metadata")
    return str(cast("Mapping[str, Any]", metadata).get("touch", "")) if isinstance(metadata, Mapping) else ""


def news_of_letter(letter: Mapping[str, Any]) -> tuple[Tracked, ...]:
    """All scans, oldest first; that it was deleted; and that Lob has it, which goes without saying."""
    identity, created = str(letter.get("id", "")), _instant(letter.get("date_created"))
    if not identity or created is None:
        return ()
    told = [Tracked("accepted", created, f"{identity}:created")]
    if letter.get("deleted"):
        told.append(Tracked("cancelled", _instant(letter.get("date_modified")) or created, f"{identity}:deleted"))
    return (*told, *_scans(letter))


def news_of_event(event: Mapping[str, Any]) -> tuple[Tracked, ...]:
    """What an event says. Where the letter in it holds the scan itself, that scan: asked later, it is the same."""
    kind = str(_part(event, "event_type").get("id", ""))
    product, _, word = kind.removeprefix("letter.").rpartition(".")
    letter, at = _part(event, "body"), _instant(event.get("date_created"))
    if not kind.startswith("letter.") or at is None:
        return ()
    scans = [one for name, one in _named_scans(letter) if name == word]
    if scans:
        return (scans[-1],)
    meaning = _meaning(word, letter) if product == "certified" or word not in _EVENTS else _EVENTS[word]
    if meaning is None:
        return ()
    return (_tracked(meaning, at, str(event.get("id", "")), letter),)


def _scans(letter: Mapping[str, Any]) -> tuple[Tracked, ...]:
    return tuple(one for _, one in _named_scans(letter))


def _named_scans(letter: Mapping[str, Any]) -> list[tuple[str, Tracked]]:
    """Each scan under its name; the issue told last says why a letter came back."""
    found, reason = list[tuple[str, Tracked]](), None
    for event in _tracking_events(letter):
        word = str(event.get("name", "")).lower().replace(" ", "_")
        at = _instant(event.get("time")) or _instant(event.get("date_created"))
        meaning = _meaning(word, letter)
        if word == "issue":
            issue = str(_part(event, "details").get("event", ""))
            reason = _ISSUES.get(issue, reason)
            code = _ISSUES.get(issue, issue[:40] or None)
            meaning = _Meaning("lost_in_post" if issue in _GONE else "in_transit", "tracked", scanned=True, code=code)
        if meaning is None or at is None:
            continue
        if meaning.status == "returned" and reason is not None:
            meaning = meaning._replace(code=reason)
        found.append((word, _tracked(meaning, at, str(event.get("id", "")), letter)))
    return sorted(found, key=lambda scan: scan[1].at)


def _meaning(word: str, letter: Mapping[str, Any]) -> _Meaning | None:
    if word == "delivered" and letter.get("extra_service") == WITH_SIGNATURE:
        return _Meaning("signed", "signed", scanned=True)
    return _SCANS.get(word)


def _tracked(meaning: _Meaning, at: datetime, event: str, letter: Mapping[str, Any]) -> Tracked:
    made = Tracked(meaning.status, at, event, meaning.code, meaning.proof, meaning.scanned)
    number = letter.get("tracking_number")
    return replace(made, tracking_number=number) if isinstance(number, str) and number else made


def _tracking_events(letter: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    events = letter.get("tracking_events")
    if not isinstance(events, list):
        return ()
    return [cast("Mapping[str, Any]", each) for each in cast("list[object]", events) if isinstance(each, Mapping)]


def _part(whole: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    part = whole.get(name)
    return cast("Mapping[str, Any]", part) if isinstance(part, Mapping) else {}


def _instant(text: object) -> datetime | None:
    """An instant with its zone; None for anything else."""
    try:
        read = datetime.fromisoformat(text) if isinstance(text, str) else None
    except ValueError:
        return None
    return read if read is not None and read.tzinfo is not None else None
